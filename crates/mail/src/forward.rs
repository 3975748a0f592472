//! Recognises a forwarded message and who wrote it first.

use base::Timestamp;

use crate::header;
use crate::message::{Kind, Mailbox, Message};
use crate::quote::{self, LANGUAGES, Label};

/// The message inside of a forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// Who wrote it; the address may be empty when the client left it out.
    pub sender: Mailbox,
    /// Its subject; empty when unknown.
    pub subject: String,
    /// Its date, when it can be read without knowing the time zone of the forwarder.
    pub date: Option<Timestamp>,
    /// Its date as the client wrote it.
    pub date_text: String,
    /// Its body as text.
    pub text: String,
    /// Its body as HTML, not sanitised.
    pub html: Option<String>,
    /// What the forwarder wrote above it; may be empty.
    pub note: String,
}

/// Finds the forwarded message: attached as `message/rfc822`, or in the body under one of the lines that clients write
/// there in nine languages. A header block alone (as Outlook writes it over answers too) counts when the subject says
/// that it is a forward.
pub fn forwarded(message: &Message) -> Option<Forwarded> {
    inline(message).or_else(|| attached(message))
}

/// `Fwd: Arve` -> true; in nine languages.
pub fn is_forward_subject(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    let mut prefixes = LANGUAGES.iter().flat_map(|language| language.forward_prefixes);
    prefixes.any(|prefix| subject.strip_prefix(prefix).is_some_and(|rest| rest.trim_start().starts_with(':')))
}

/// Takes reply and forward prefixes off: `Re: Fwd: Arve` -> `Arve`.
pub fn base_subject(subject: &str) -> &str {
    const REPLIES: &[&str] = &["re", "aw", "sv", "vs", "odp", "re²", "ha", "rép", "rif", "отв", "vast"];
    let mut rest = subject.trim();
    while let Some((head, tail)) = rest.split_once(':') {
        let head = head.trim().to_lowercase();
        let head = head.split('[').next().unwrap_or(&head);
        let known = REPLIES.contains(&head) || LANGUAGES.iter().any(|l| l.forward_prefixes.contains(&head));
        if !known {
            break;
        }
        rest = tail.trim();
    }
    rest
}

fn attached(message: &Message) -> Option<Forwarded> {
    let mut messages = message.attachments.iter().filter(|a| a.kind == Kind::Message);
    let (Some(only), None) = (messages.next(), messages.next()) else { return None };
    let nested = only.nested.as_deref()?;
    let note = message.plain().trim().to_owned();
    if message.content_type == "multipart/report" || !(note.is_empty() || is_forward_subject(&message.subject)) {
        return None;
    }
    Some(Forwarded {
        sender: nested.author()?.clone(),
        subject: nested.subject.clone(),
        date: nested.date,
        date_text: nested.header("Date").unwrap_or_default().to_owned(),
        text: nested.plain().into_owned(),
        html: nested.html.clone(),
        note,
    })
}

fn inline(message: &Message) -> Option<Forwarded> {
    let says_so = is_forward_subject(&message.subject);
    let plain = message.plain();
    let found = find(&quote::of_text(&plain), says_so)?;
    let html = message.html.as_deref().and_then(|html| {
        let place = find(&quote::of_html(html), says_so)?;
        Some(html[place.body..].to_owned())
    });
    let Place { note, body, entries } = found;
    let value =
        |wanted: Label| entries.iter().find(|(label, _)| *label == wanted).map_or("", |(_, value)| value.as_str());
    let date_text = value(Label::Date).to_owned();
    let text = plain[body..].trim();
    Some(Forwarded {
        sender: sender(value(Label::From)),
        subject: value(Label::Subject).to_owned(),
        date: header::date(&date_text).filter(|_| has_zone(&date_text)),
        date_text,
        text: unquoted(text),
        html,
        note: plain[..note].trim().to_owned(),
    })
}

struct Place {
    /// Where the forwarder's own text ends.
    note: usize,
    /// Where the forwarded body starts.
    body: usize,
    entries: Vec<(Label, String)>,
}

fn find(lines: &[quote::Line], says_so: bool) -> Option<Place> {
    for (at, line) in lines.iter().enumerate() {
        if quote::is_forward_line(&line.text) {
            let block =
                (at + 1..lines.len().min(at + 4)).find_map(|next| Some((next, quote::header_block(lines, next)?)));
            if let Some((_, (entries, end))) = block {
                return Some(Place { note: line.start, body: lines.get(end).map_or(line.end, |l| l.start), entries });
            }
        }
        // Under a forward's subject the first header block is that of the forwarded message.
        if says_so && let Some((entries, end)) = quote::header_block(lines, at) {
            let body = lines.get(end).map_or(lines[lines.len() - 1].end, |l| l.start);
            return Some(Place { note: line.start, body, entries });
        }
    }
    None
}

/// `Mari <mari@a.ee>`, `Mari [mailto:mari@a.ee]`, `Mari <mari@a.ee<mailto:mari@a.ee>>`.
fn sender(value: &str) -> Mailbox {
    let value = value.replace("[mailto:", "<").replace(']', ">").replace("<mailto:", " <").replace(">>", ">");
    let clean = value.trim().trim_matches('*');
    let parsed = header::mailboxes(clean, &mut Vec::new()).into_iter().next().unwrap_or_default();
    if !parsed.address.is_empty() {
        return parsed;
    }
    // Names with commas and other things that no address field may have.
    let is_edge = |c: char| c.is_whitespace() || "<>()[]\"',;".contains(c);
    let address = clean.split(is_edge).find(|word| word.contains('@')).unwrap_or_default();
    let name = clean.split(['<', '(', '[']).next().unwrap_or_default().trim().trim_matches('"');
    let name = if name.contains('@') { "" } else { name };
    Mailbox::new(name, address)
}

/// A date without a zone is the forwarder's local time, which isn't known here.
fn has_zone(date: &str) -> bool {
    let last = date.split_whitespace().rfind(|word| !word.starts_with('(')).unwrap_or_default();
    (last.starts_with(['+', '-']) && last.len() == 5) || ["GMT", "UTC", "Z"].contains(&last)
}

/// Some clients quote what they forward.
fn unquoted(text: &str) -> String {
    let quoted = text.lines().filter(|line| !line.trim().is_empty()).all(|line| line.starts_with('>'));
    if !quoted {
        return text.to_owned();
    }
    let lines = text.lines().map(|line| line.strip_prefix("> ").or(line.strip_prefix('>')).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(subject: &str, text: &str) -> Message {
        Message { subject: subject.into(), text: Some(text.into()), ..Message::default() }
    }

    #[test]
    fn an_inline_forward_gives_the_first_author() {
        let mail = mail(
            "Fwd: Arve",
            "Vaata palun\n\n---------- Forwarded message ---------\nFrom: Jüri Tamm <juri@a.example>\nDate: Mon, 3 Nov 2025 at 10:00\nSubject: Arve\nTo: <desk@b.example>\n\n\nTere!\nJüri\n",
        );
        let found = forwarded(&mail).unwrap();
        assert_eq!((found.sender, found.subject.as_str()), (Mailbox::new("Jüri Tamm", "juri@a.example"), "Arve"));
        assert_eq!((found.text.as_str(), found.note.as_str(), found.date), ("Tere!\nJüri", "Vaata palun", None));
    }

    #[test]
    fn outlook_blocks_count_under_a_forward_subject_only() {
        let text = "Von: Jüri Tamm <juri@a.example>\nGesendet: Montag, 3. November 2025 10:00\nAn: Desk\nBetreff: Arve\n\nTere!\n";
        assert_eq!(forwarded(&mail("WG: Arve", text)).unwrap().sender.address, "juri@a.example");
        assert_eq!(forwarded(&mail("AW: Arve", text)), None);
    }

    #[test]
    fn senders_are_read_in_the_forms_of_clients() {
        for value in [
            "Jüri Tamm [mailto:juri@a.example]",
            "Jüri Tamm <juri@a.example<mailto:juri@a.example>>",
            "\"Jüri Tamm\" <juri@a.example>",
        ] {
            assert_eq!(sender(value), Mailbox::new("Jüri Tamm", "juri@a.example"), "{value}");
        }
        assert_eq!(sender("Tamm, Jüri"), Mailbox::new("Tamm, Jüri", ""));
    }

    #[test]
    fn subjects_lose_their_prefixes() {
        assert_eq!(base_subject("Re: FWD: VS: Arve: mai"), "Arve: mai");
        assert_eq!(base_subject("Re[2]: Arve"), "Arve");
        assert!(is_forward_subject("Пересл: счёт") && !is_forward_subject("Forwarding question: x"));
    }
}
