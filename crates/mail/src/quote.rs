//! Tells what is new in a mail from the message that it answers and from the signature.
//!
//! Nothing is thrown away: the result is a range of the body. When nothing would be left, everything is kept.

mod detect;
mod lines;
mod words;

use std::ops::Range;

use lines::Mark;

pub(crate) use detect::{Label, header_block, is_forward_line};
pub(crate) use lines::{Line, of_html, of_text};
pub(crate) use words::LANGUAGES;

/// Lines looked at; what comes after is history or not, but not told apart.
const MAX_LINES: usize = 20_000;
/// Longer ones are no signature but text under a line of dashes.
const MAX_SIGNATURE: usize = 30;
/// A quoted line of this length may have been broken by a client, its rest unquoted.
const WRAPS_AT: usize = 60;

/// The parts of a body, as byte ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The new text. Answers between quoted lines come with these lines.
    pub new: Range<usize>,
    /// The signature, when there is one outside of `new`.
    pub signature: Option<Range<usize>>,
}

impl Split {
    /// Something is outside of the new text.
    pub fn is_cut(&self, body: &str) -> bool {
        let outside = [&body[..self.new.start], &body[self.new.end..]];
        outside.iter().any(|part| !part.trim().is_empty())
    }
}

/// Splits a text body.
pub fn split_text(text: &str) -> Split {
    split(&of_text(text), text.len())
}

/// Splits an HTML body. The new part may leave tags open or close ones that it didn't open: sanitise it after cutting.
pub fn split_html(html: &str) -> Split {
    split(&of_html(html), html.len())
}

/// The line above which a customer is asked to write, in a language (ISO 639-1; English when it is unknown).
/// [`split_text`] and [`split_html`] recognise it in any language.
pub fn reply_marker(language: &str) -> &'static str {
    let found = LANGUAGES.iter().find(|l| l.code == language).or(LANGUAGES.first());
    found.map_or("", |l| l.reply_marker)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    New,
    Empty,
    Quoted,
    Signature,
}

fn split(lines: &[Line], length: usize) -> Split {
    let considered = &lines[..lines.len().min(MAX_LINES)];
    let cut = history(considered);
    let parts = parts(&considered[..cut.unwrap_or(considered.len())]);
    let everything = Split { new: 0..length, signature: None };
    let new = |part: &Part| *part == Part::New;
    let (Some(first), Some(last)) = (parts.iter().position(new), parts.iter().rposition(new)) else {
        return everything;
    };
    let quotes_inside = parts[first..=last].contains(&Part::Quoted);
    let quotes_before = parts[..first].contains(&Part::Quoted);
    let start = if quotes_before && !quotes_inside { lines[first].start } else { 0 };
    let beyond = lines.len() > considered.len() && cut.is_none();
    let end = if beyond || (last + 1 == lines.len()) { length } else { lines[last].end };
    let signature = parts.iter().skip(last).position(|part| *part == Part::Signature).map(|at| {
        let first = last + at;
        let count = parts[first..].iter().take_while(|p| matches!(p, Part::Signature | Part::Empty)).count();
        lines[first].start..lines[first + count - 1].end
    });
    Split { new: start..end.max(start), signature }
}

/// The first line from which on there is nothing but the message that is answered.
fn history(lines: &[Line]) -> Option<usize> {
    let found = (0..lines.len()).find(|at| lines[*at].depth == 0 && starts_history(lines, *at))?;
    // The line drawn above it belongs to it, as does an attribution in a language that isn't known above our own marker.
    let above = lines[..found].iter().rposition(|line| !line.text.is_empty() || line.mark.is_some());
    let marker = detect::is_reply_marker(&lines[found].text);
    let belongs = |line: &Line| {
        line.mark == Some(Mark::Rule) || (marker && line.text.ends_with(':') && detect::is_dated(&line.text))
    };
    Some(above.filter(|above| belongs(&lines[*above])).unwrap_or(found))
}

fn starts_history(lines: &[Line], at: usize) -> bool {
    let line = &lines[at];
    if line.mark == Some(Mark::History) || detect::is_reply_marker(&line.text) || detect::is_separator(&line.text) {
        return true;
    }
    if line.text.is_empty() {
        return false;
    }
    if let Some((count, dated)) = detect::attribution(lines, at) {
        let next = lines[at + count..].iter().find(|line| !line.text.is_empty());
        // When a quotation follows, text may follow that: see `parts`.
        return match next {
            Some(next) if next.depth > 0 => false,
            Some(next) => dated || detect::is_reply_marker(&next.text),
            None => dated,
        };
    }
    detect::header_block(lines, at).is_some()
}

fn parts(lines: &[Line]) -> Vec<Part> {
    let mut parts: Vec<Part> = lines.iter().map(plain_part).collect();
    mark_attributions(lines, &mut parts);
    mark_wrapped(lines, &mut parts);
    mark_signature(lines, &mut parts);
    mark_sent_from(lines, &mut parts);
    parts
}

fn plain_part(line: &Line) -> Part {
    match line {
        _ if line.depth > 0 => Part::Quoted,
        _ if line.text.is_empty() => Part::Empty,
        _ if line.mark == Some(Mark::Rule) => Part::Empty,
        _ if line.signature => Part::Signature,
        _ => Part::New,
    }
}

/// The line above a quotation that says whose it is.
fn mark_attributions(lines: &[Line], parts: &mut [Part]) {
    for at in 0..lines.len() {
        if parts[at] != Part::New {
            continue;
        }
        let Some((count, _)) = detect::attribution(lines, at) else { continue };
        let next = (at + count..lines.len()).find(|next| parts[*next] != Part::Empty);
        if next.is_some_and(|next| parts[next] == Part::Quoted) {
            parts[at..at + count].fill(Part::Quoted);
        }
    }
}

/// The rest of a quoted line that was broken on its way, between two quoted lines.
fn mark_wrapped(lines: &[Line], parts: &mut [Part]) {
    for at in 1..lines.len().saturating_sub(1) {
        let between = lines[at - 1].depth > 0 && lines[at + 1].depth > 0;
        let short = lines[at].text.len() < WRAPS_AT / 2;
        if parts[at] == Part::New && between && short && lines[at - 1].text.len() >= WRAPS_AT {
            parts[at] = Part::Quoted;
        }
    }
}

/// From `-- ` to the end or to the next quotation.
fn mark_signature(lines: &[Line], parts: &mut [Part]) {
    let first_new = parts.iter().position(|part| *part == Part::New).unwrap_or(parts.len());
    let starts = |at: &usize| parts[*at] == Part::New && detect::is_signature_line(&lines[*at].text);
    let Some(start) = (first_new + 1..parts.len()).rev().find(starts) else { return };
    let count = parts[start..].iter().take_while(|part| **part != Part::Quoted).count();
    let written = parts[start..start + count].iter().filter(|part| **part == Part::New).count();
    if written > MAX_SIGNATURE {
        return;
    }
    for part in &mut parts[start..start + count] {
        if *part == Part::New {
            *part = Part::Signature;
        }
    }
}

/// "Sent from my iPhone" as the last new line.
fn mark_sent_from(lines: &[Line], parts: &mut [Part]) {
    let mut last = parts.iter().rposition(|part| *part == Part::New);
    while let Some(at) = last
        && detect::is_sent_from(&lines[at].text)
        && parts[..at].contains(&Part::New)
    {
        parts[at] = Part::Signature;
        last = parts.iter().rposition(|part| *part == Part::New);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn new(text: &str) -> &str {
        text[split_text(text).new].trim()
    }

    fn new_html(html: &str) -> String {
        crate::sanitize::html_to_text(&html[split_html(html).new])
    }

    #[test]
    fn a_reply_above_the_quotation_is_new() {
        assert_eq!(
            new("Aitäh!\n\nOn Mon, 3 Nov 2025 at 10:00, Desk <d@a.example> wrote:\n\n> Tere\n> Mari\n"),
            "Aitäh!"
        );
        assert_eq!(new("Aitäh!\n\n-----Original Message-----\nFrom: Desk\n\nTere"), "Aitäh!");
        assert_eq!(
            new(
                "Aitäh!\n\n________________________________\nFrom: Desk <d@a>\nSent: Monday\nTo: Mari\nSubject: x\n\nTere"
            ),
            "Aitäh!"
        );
        assert_eq!(new("Aitäh!\n\n##- Please type your reply above this line -##\nTere"), "Aitäh!");
    }

    #[test]
    fn a_reply_below_the_quotation_is_new() {
        assert_eq!(new("On 3.11.2025 10:00, Desk wrote:\n> Tere\n> Mari\n\nAitäh!\n"), "Aitäh!");
    }

    #[test]
    fn answers_between_quoted_lines_keep_them() {
        let text = "On 3.11.2025 10:00, Desk wrote:\n> Mis on number?\n\n42\n\n> Ja nimi?\n\nMari\n\n> Lugupidamisega\n> Desk\n";
        assert_eq!(new(text), text.split("\n\n> Lugu").next().unwrap());
    }

    #[test]
    fn signatures_are_left_out_and_found() {
        let text = "Aitäh!\n\n-- \nMari Maasikas\nTel 123\n\nOn 3.11.2025 10:00, Desk wrote:\n> Tere\n";
        let split = split_text(text);
        assert_eq!(text[split.new].trim(), "Aitäh!");
        assert_eq!(text[split.signature.unwrap()].trim(), "-- \nMari Maasikas\nTel 123");
        assert_eq!(new("Ok\n\nSent from my iPhone\n\n> Tere"), "Ok");
    }

    #[test]
    fn what_would_be_empty_is_kept_whole() {
        for text in
            ["> Tere\n> Mari\n", "-----Original Message-----\nFrom: a\n\nTere", "Sent from my iPhone", "-- \nMari", ""]
        {
            let split = split_text(text);
            assert_eq!((split.new.clone(), split.is_cut(text)), (0..text.len(), false), "{text}");
        }
    }

    #[test]
    fn broken_quoted_lines_do_not_make_the_rest_new() {
        let long = "a".repeat(70);
        assert_eq!(new(&format!("Jah\n\n> {long}\nkatki\n> veel\n")), "Jah");
    }

    #[test]
    fn html_of_gmail_outlook_apple_and_thunderbird_is_split() {
        let gmail = "<div dir=ltr>Aitäh!</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=ltr class=gmail_attr>On Mon, Nov 3, 2025 at 10:00 AM Desk &lt;<a href=x>d@a</a>&gt; wrote:<br></div><blockquote class=gmail_quote>Tere</blockquote></div>";
        assert_eq!(new_html(gmail), "Aitäh!");
        let outlook = "<html><body><p class=MsoNormal>Aitäh!</p><p>&nbsp;</p><div><div style='border-top:solid'><p><b>Saatja:</b> Desk<br><b>Saadetud:</b> E<br><b>Adressaat:</b> Mari<br><b>Teema:</b> x</p></div></div><p>Tere</p></body></html>";
        assert_eq!(new_html(outlook), "Aitäh!");
        let web = "<div>Aitäh!</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>Von:</b> Desk</div><div>Tere</div>";
        assert_eq!(new_html(web), "Aitäh!");
        let apple = "<html><body>Aitäh!<br id=x><div><br><blockquote type=cite><div>On 3 Nov 2025, at 10:00, Desk wrote:</div><div>Tere</div></blockquote></div></body></html>";
        assert_eq!(new_html(apple), "Aitäh!");
        let thunderbird = "<div class=moz-cite-prefix>03.11.2025 10:00 Desk kirjutas:<br></div><blockquote type=cite cite=mid:x><p>Tere</p></blockquote><p>Aitäh!</p><div class=moz-signature>-- <br>Mari</div>";
        assert_eq!(new_html(thunderbird), "Aitäh!");
    }

    #[test]
    fn a_line_right_above_an_attribution_is_not_part_of_it() {
        assert_eq!(
            new("It did not help, I tried it twice\nOn 3 Nov 2025, at 10:00, Desk wrote:\n> Tere\n"),
            "It did not help, I tried it twice"
        );
        assert_eq!(
            new("It did not help, I tried it twice\nDesk wrote:\n> Tere\n"),
            "It did not help, I tried it twice"
        );
    }

    #[test]
    fn pictures_and_own_quotations_are_new_text() {
        let html = "<img src=cid:a><blockquote>luule</blockquote><div id=divRplyFwdMsg>x</div>";
        assert_eq!(&html[split_html(html).new], "<img src=cid:a><blockquote>luule</blockquote>");
    }

    proptest! {
        #[test]
        fn new_text_is_never_lost(text in "(Tere|> vana|On 3.11.2025 10:00, a wrote:|From: a|Sent: b|To: c|Subject: d|-- |Sent from my iPhone|\n| |##- x -##){0,14}") {
            for (split, body) in [(split_text(&text), text.clone()), { let html = text.replace('\n', "<br>"); (split_html(&html), html) }] {
                prop_assert!(body.get(split.new.clone()).is_some());
                let kept = !body[split.new.clone()].replace("<br>", "").trim().is_empty();
                prop_assert!(kept || body.replace("<br>", "").trim().is_empty(), "{:?}", body);
            }
        }

        #[test]
        fn a_first_line_of_text_is_always_kept(rest in "[ -~\n>õ]{0,200}") {
            let text = format!("Uus jutt siin\n\n{rest}");
            prop_assert!(text[split_text(&text).new].starts_with("Uus jutt siin"));
        }
    }
}
