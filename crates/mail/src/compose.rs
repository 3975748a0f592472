//! Building a message that we send (RFC 5322, RFC 2045).

use base::Timestamp;
use mail_builder::headers::HeaderType;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};
use ring::digest;

use crate::header;
use crate::message::Mailbox;

/// Longest References kept: the first id and the newest ones.
const MAX_REFERENCES: usize = 20;
/// Header lines are folded before this column where there is a space.
const FOLD_AT: usize = 76;

/// Everything that goes into a message. The same input gives the same bytes, so that a message sent again is the same.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// The author.
    pub from: Mailbox,
    /// Recipients.
    pub to: Vec<Mailbox>,
    /// Recipients of copies.
    pub cc: Vec<Mailbox>,
    /// Where answers go: the signed address of the ticket.
    pub reply_to: Option<Mailbox>,
    /// Without angle brackets; see [`crate::thread::message_id`].
    pub message_id: String,
    /// The message that is answered, without angle brackets.
    pub in_reply_to: Option<String>,
    /// The thread, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// Any text.
    pub subject: String,
    /// The Date field.
    pub date: Timestamp,
    /// Body as text.
    pub text: String,
    /// Body as HTML; its pictures are `cid:` references to [`Outgoing::inline`].
    pub html: Option<String>,
    /// Pictures of the HTML.
    pub inline: Vec<File>,
    /// Attachments.
    pub attachments: Vec<File>,
    /// Set when no person wrote it (RFC 3834).
    pub automatic: Option<Automatic>,
    /// The desk's id, for the X-Tugi-Loop field.
    pub loop_mark: Option<String>,
    /// More header fields; names that aren't plain ASCII words are left out.
    pub headers: Vec<(String, String)>,
}

/// A file to send.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// File name.
    pub name: String,
    /// For example `image/png`; nonsense becomes `application/octet-stream`.
    pub content_type: String,
    /// Needed for pictures of the HTML.
    pub content_id: Option<String>,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Why a message is automatic (RFC 3834, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// Sent by a rule or a timer: `auto-generated`.
    Generated,
    /// The answer to a message: `auto-replied`.
    Replied,
}

/// Writes the message, with CRLF line ends. Line breaks in any field become spaces, so no field can bring another.
pub fn compose(outgoing: &Outgoing) -> Vec<u8> {
    let mut out = Vec::with_capacity(4096);
    write_headers(outgoing, &mut out);
    // Writing to a Vec can't fail.
    let _ = body(outgoing).write_part(&mut out);
    out
}

/// A date as the Date field and trace lines have it, in UTC.
pub fn rfc5322_date(at: Timestamp) -> String {
    // The conversion is for years that a mail can have.
    Date::new(at.0.div_euclid(1000).clamp(0, 253_402_300_799)).to_rfc822()
}

fn write_headers(outgoing: &Outgoing, out: &mut Vec<u8>) {
    field(out, "Date", &rfc5322_date(outgoing.date));
    field(out, "From", &mailbox(&outgoing.from));
    mailboxes(out, "To", &outgoing.to);
    mailboxes(out, "Cc", &outgoing.cc);
    if let Some(reply_to) = &outgoing.reply_to {
        field(out, "Reply-To", &mailbox(reply_to));
    }
    field(out, "Message-ID", &id(&outgoing.message_id));
    if let Some(parent) = &outgoing.in_reply_to {
        field(out, "In-Reply-To", &id(parent));
    }
    let references = bounded(&outgoing.references);
    if !references.is_empty() {
        field(out, "References", &references.iter().map(|r| id(r)).collect::<Vec<_>>().join(" "));
    }
    field(out, "Subject", &unstructured(&outgoing.subject));
    match outgoing.automatic {
        Some(Automatic::Generated) => field(out, "Auto-Submitted", "auto-generated"),
        Some(Automatic::Replied) => field(out, "Auto-Submitted", "auto-replied"),
        None => {}
    }
    if outgoing.automatic.is_some() {
        // Outlook and Exchange don't answer such mails with out-of-office notes.
        field(out, "X-Auto-Response-Suppress", "All");
    }
    if let Some(mark) = &outgoing.loop_mark {
        field(out, "X-Tugi-Loop", &unstructured(mark));
    }
    for (name, value) in &outgoing.headers {
        if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            field(out, name, &unstructured(value));
        }
    }
    out.extend_from_slice(b"MIME-Version: 1.0\r\n");
}

fn body(outgoing: &Outgoing) -> MimePart<'_> {
    let boundary = Boundaries::new(&outgoing.message_id);
    let text = MimePart::new("text/plain", crlf(&outgoing.text));
    let content = match &outgoing.html {
        None => text,
        Some(html) => {
            let mut html = MimePart::new("text/html", crlf(html));
            if !outgoing.inline.is_empty() {
                let pictures = outgoing.inline.iter().map(|picture| file(picture, "inline"));
                html = boundary.multipart("related", std::iter::once(html).chain(pictures).collect());
            }
            boundary.multipart("alternative", vec![text, html])
        }
    };
    let lost = if outgoing.html.is_none() { outgoing.inline.as_slice() } else { &[] };
    if outgoing.attachments.is_empty() && lost.is_empty() {
        return content;
    }
    let files = outgoing.attachments.iter().chain(lost).map(|attachment| file(attachment, "attachment"));
    boundary.multipart("mixed", std::iter::once(content).chain(files).collect())
}

/// Boundaries that depend on the message only.
struct Boundaries(String);

impl Boundaries {
    fn new(message_id: &str) -> Self {
        let hash = digest::digest(&digest::SHA256, message_id.as_bytes());
        Self(hash.as_ref()[..12].iter().map(|b| format!("{b:02x}")).collect())
    }

    fn multipart<'x>(&self, kind: &str, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
        // `=_` can't occur in quoted-printable or base64.
        let boundary = format!("=_{kind}_{}", self.0);
        MimePart::new(ContentType::new(format!("multipart/{kind}")).attribute("boundary", boundary), parts)
    }
}

fn file<'x>(file: &'x File, disposition: &str) -> MimePart<'x> {
    let name = header::file_name(&file.name);
    let name = if name.is_empty() { "attachment".into() } else { name };
    let kind =
        if is_content_type(&file.content_type) { file.content_type.as_str() } else { "application/octet-stream" };
    let raw = |value: String| HeaderType::Raw(Raw::new(value));
    let shown = if name.is_ascii() { quoted(&name) } else { format!("\"{}\"", encoded_words(&name)) };
    let mut headers = vec![
        ("Content-Type".into(), raw(format!("{kind}; name={shown}"))),
        ("Content-Disposition".into(), raw(format!("{disposition}; {}", file_name_parameter(&name)))),
    ];
    if let Some(content_id) = &file.content_id {
        headers.push(("Content-ID".into(), raw(id(content_id))));
    }
    MimePart { headers, contents: BodyPart::Binary(file.bytes.as_slice().into()) }
}

/// The `filename` parameter, by RFC 2231 when it isn't ASCII.
fn file_name_parameter(name: &str) -> String {
    if name.is_ascii() && name.len() < 60 {
        return format!("filename={}", quoted(name));
    }
    let mut pieces = vec![String::from("utf-8''")];
    for c in name.chars() {
        let mut bytes = [0; 4];
        let code: String = match c {
            c if c.is_ascii_alphanumeric() || ".-_".contains(c) => c.into(),
            c => c.encode_utf8(&mut bytes).bytes().map(|b| format!("%{b:02X}")).collect(),
        };
        match pieces.last_mut() {
            Some(last) if last.len() + code.len() <= 56 => last.push_str(&code),
            _ => pieces.push(code),
        }
    }
    let numbered = pieces.iter().enumerate().map(|(at, piece)| format!("filename*{at}*={piece}"));
    numbered.collect::<Vec<_>>().join("; ")
}

fn is_content_type(kind: &str) -> bool {
    let token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    // A multipart or message type would need another encoding than base64.
    let nested = kind.starts_with("multipart/") || kind.starts_with("message/");
    !nested && kind.split_once('/').is_some_and(|(main, sub)| token(main) && token(sub))
}

fn bounded(references: &[String]) -> Vec<&String> {
    let skipped = references.len().saturating_sub(MAX_REFERENCES);
    let kept = references.iter().enumerate().filter(|(at, _)| *at == 0 || *at > skipped);
    kept.map(|(_, reference)| reference).filter(|r| !r.trim().is_empty()).collect()
}

/// Writes a field, folding at spaces.
fn field(out: &mut Vec<u8>, name: &str, value: &str) {
    let mut column = name.len() + 1;
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    for word in one_line(value).split(' ').filter(|word| !word.is_empty()) {
        if column + 1 + word.len() > FOLD_AT && column > name.len() + 1 {
            out.extend_from_slice(b"\r\n");
            column = 0;
        }
        out.push(b' ');
        out.extend_from_slice(word.as_bytes());
        column += 1 + word.len();
    }
    out.extend_from_slice(b"\r\n");
}

fn mailboxes(out: &mut Vec<u8>, name: &str, list: &[Mailbox]) {
    if !list.is_empty() {
        field(out, name, &list.iter().map(mailbox).collect::<Vec<_>>().join(", "));
    }
}

fn mailbox(mailbox: &Mailbox) -> String {
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "<>,;()".contains(c);
    let address: String = mailbox.address.chars().filter(|c| !forbidden(*c)).collect();
    let name = one_line(&mailbox.name);
    match name.trim() {
        "" => format!("<{address}>"),
        name if !needs_encoding(name) => format!("{} <{address}>", phrase(name)),
        name => format!("{} <{address}>", encoded_words(name)),
    }
}

/// A display name in ASCII: bare words, else quoted.
fn phrase(name: &str) -> String {
    let bare = name.bytes().all(|b| b.is_ascii_alphanumeric() || b" !#$%&'*+-/=?^_`{|}~".contains(&b));
    if bare { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", one_line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

fn id(id: &str) -> String {
    let clean: String =
        id.chars().filter(|c| !c.is_control() && !c.is_whitespace() && *c != '<' && *c != '>').collect();
    format!("<{clean}>")
}

fn unstructured(text: &str) -> String {
    let text = one_line(text);
    if needs_encoding(&text) { encoded_words(&text) } else { text }
}

/// Text that is not ASCII, that looks like an encoded word, or that would lose spaces or break the line length.
fn needs_encoding(text: &str) -> bool {
    let long_word = text.split(' ').any(|word| word.len() > 900);
    !text.is_ascii()
        || text.contains("=?")
        || text.contains("  ")
        || text.starts_with(' ')
        || text.ends_with(' ')
        || long_word
}

/// RFC 2047 in UTF-8 and base64, each word at most 75 characters and made of whole characters.
fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut piece = String::new();
    let flush = |piece: &mut String, words: &mut Vec<String>| {
        if !piece.is_empty() {
            words.push(format!("=?utf-8?B?{}?=", base64(piece.as_bytes())));
            piece.clear();
        }
    };
    for c in text.chars() {
        if piece.len() + c.len_utf8() > 42 {
            flush(&mut piece, &mut words);
        }
        piece.push(c);
    }
    flush(&mut piece, &mut words);
    words.join(" ")
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    let encoded = mail_builder::encoders::base64::base64_encode(bytes).unwrap_or_default();
    String::from_utf8_lossy(&encoded).into_owned()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "").replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use proptest::prelude::*;

    fn outgoing() -> Outgoing {
        Outgoing {
            from: Mailbox::new("Tugi, Näide OÜ", "help@desk.example"),
            to: vec![Mailbox::new("Jüri Tamm", "juri@a.example")],
            reply_to: Some(Mailbox::new("", "help+7-abc@desk.example")),
            message_id: "tugi.c.1.x@desk.example".into(),
            in_reply_to: Some("p@a.example".into()),
            references: vec!["o@a.example".into(), "p@a.example".into()],
            subject: "Re: Küsimus arve kohta".into(),
            date: Timestamp(1_795_330_800_000),
            text: "Tere!\n.\nõ\n".into(),
            ..Outgoing::default()
        }
    }

    #[test]
    fn a_whole_message_is_read_back() {
        let picture = File {
            name: "pilt.png".into(),
            content_type: "image/png".into(),
            content_id: Some("p1@tugi".into()),
            bytes: vec![1, 2, 3],
        };
        let long = format!("{}.pdf", "Täispikk nimi ".repeat(12));
        let document =
            File { name: long.clone(), content_type: "nonsense".into(), content_id: None, bytes: vec![0; 300] };
        let sent = Outgoing {
            html: Some("<p>Tere! <img src=\"cid:p1@tugi\"></p>".into()),
            inline: vec![picture],
            attachments: vec![document],
            automatic: Some(Automatic::Replied),
            loop_mark: Some("desk-1".into()),
            ..outgoing()
        };
        let raw = compose(&sent);
        let (read, problems) = parse(&raw);
        assert_eq!(problems, []);
        assert_eq!(
            (&read.from[0], &read.to, &read.subject, read.date),
            (&sent.from, &sent.to, &sent.subject, Some(sent.date))
        );
        assert_eq!((&read.references, read.message_id.as_ref()), (&sent.references, Some(&sent.message_id)));
        assert_eq!(
            (read.text.as_deref().map(str::trim_end), read.html.as_deref().map(str::trim_end)),
            (Some("Tere!\n.\nõ"), sent.html.as_deref())
        );
        assert_eq!((read.header("Auto-Submitted"), read.header("X-Tugi-Loop")), (Some("auto-replied"), Some("desk-1")));
        let files: Vec<_> = read.attachments.iter().map(|a| (a.name.as_str(), a.inline, a.bytes(&raw).len())).collect();
        assert_eq!(files, [("pilt.png", true, 3), (long.as_str(), false, 300)]);
        assert_eq!(compose(&sent), raw);
    }

    #[test]
    fn no_field_can_bring_another() {
        let sent = Outgoing {
            from: Mailbox::new("A\r\nBcc: x@y", "a@b\r\nBcc: x@y"),
            subject: "Hi\r\nBcc: x@y\r\n\r\n<html>".into(),
            message_id: "a\r\nBcc: x@y".into(),
            headers: vec![("X-A\r\nBcc".into(), "x@y".into()), ("X-B".into(), "1\r\nBcc: x@y".into())],
            attachments: vec![File {
                name: "a\"\r\nBcc: x".into(),
                content_type: "a/b\r\nBcc: x".into(),
                ..File::default()
            }],
            ..outgoing()
        };
        let raw = String::from_utf8(compose(&sent)).unwrap();
        assert!(!raw.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{raw}");
    }

    #[test]
    fn references_keep_the_first_and_the_newest() {
        let ids: Vec<String> = (0..50).map(|n| format!("{n}@a")).collect();
        let kept = bounded(&ids);
        assert_eq!((kept.len(), kept[0].as_str(), kept[1].as_str(), kept[19].as_str()), (20, "0@a", "31@a", "49@a"));
    }

    proptest! {
        #[test]
        fn texts_survive_the_journey(name in "[a-zõäЖ\"\\\\(),. ]{0,40}", subject in "\\PC{0,120}", text in "[ a-zõ.=\n]{0,200}") {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            let sent = Outgoing { to: vec![Mailbox::new(name.clone(), "a@b.example")], subject: subject.clone(), text: text.clone(), ..outgoing() };
            let raw = compose(&sent);
            let (read, _) = parse(&raw);
            prop_assert_eq!(read.subject.trim(), subject.trim());
            prop_assert_eq!(read.to[0].name.trim_matches(['"', '\'', ' ']), name.trim_matches(['"', '\'', ' ']));
            prop_assert_eq!(read.text.as_deref().unwrap_or_default().trim_end(), text.trim_end());
            prop_assert!(raw.split(|b| *b == b'\n').all(|line| line.len() < 999));
        }
    }
}
