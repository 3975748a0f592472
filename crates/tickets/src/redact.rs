//! Blackening words for good: in a comment's text and HTML, so that they are nowhere any more.

use base::{CommentId, InboundId, Result, TicketId};
use kernel::Tx;

/// What stands in the place of each blackened character, as in Zendesk.
const BLACK: char = '\u{2587}';

/// Contents that must go because they hold what was blackened.
pub struct Forgotten {
    /// The ticket.
    pub ticket: TicketId,
    /// The comment; none when all of the ticket goes.
    pub comment: Option<CommentId>,
    /// The messages that comments came in.
    pub inbound: Vec<InboundId>,
}

/// Deletes messages as they came and went; a part of the app that channels provide.
pub struct Forget(pub fn(&mut Tx<'_>, &Forgotten) -> Result<()>);

/// Tells the channels what must go.
pub(crate) fn forget(tx: &mut Tx<'_>, forgotten: &Forgotten) -> Result<()> {
    match tx.app().part::<Forget>().map(|forget| forget.0) {
        Some(forget) => forget(tx, forgotten),
        None => Ok(()),
    }
}

/// A character of a text and the bytes that it stands at.
struct Seen {
    char: char,
    at: std::ops::Range<usize>,
}

/// The characters that a reader of HTML sees, white space left out.
fn seen(html: &str) -> Vec<Seen> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = html[at..].chars().next() {
        let rest = &html[at..];
        if first == '<'
            && let Some(end) = rest.find('>')
        {
            at += end + 1;
            continue;
        }
        let (char, length) = match first {
            '&' => entity(rest).unwrap_or(('&', 1)),
            other => (other, other.len_utf8()),
        };
        if !char.is_whitespace() {
            out.push(Seen { char, at: at..at + length });
        }
        at += length;
    }
    out
}

/// The character that an entity at the beginning of a text stands for, and its length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let char = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((char, end + 1))
}

/// Blackens each occurrence of the words in HTML, whatever tags lie between their characters; what attributes repeat goes
/// too. None when they are not there.
pub(crate) fn in_html(html: &str, words: &str) -> Option<String> {
    let wanted: Vec<char> = words.chars().filter(|c| !c.is_whitespace()).collect();
    let seen = seen(html);
    let black = blackened(&seen, &wanted);
    let (mut out, mut from) = (String::with_capacity(html.len()), 0);
    for (seen, _) in seen.iter().zip(&black).filter(|(_, black)| **black) {
        out.push_str(&html[from..seen.at.start]);
        out.push(BLACK);
        from = seen.at.end;
    }
    out.push_str(&html[from..]);
    let plain = words.trim();
    let in_attributes = !plain.is_empty() && out.contains(plain);
    if in_attributes {
        out = out.replace(plain, &covered(plain));
    }
    (in_attributes || black.contains(&true)).then_some(out)
}

/// The same in plain text.
pub(crate) fn in_text(text: &str, words: &str) -> Option<String> {
    let wanted: Vec<char> = words.chars().filter(|c| !c.is_whitespace()).collect();
    let seen: Vec<Seen> = text
        .char_indices()
        .filter(|(_, char)| !char.is_whitespace())
        .map(|(at, char)| Seen { char, at: at..at + char.len_utf8() })
        .collect();
    let black = blackened(&seen, &wanted);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (seen, _) in seen.iter().zip(&black).filter(|(_, black)| **black) {
        out.push_str(&text[from..seen.at.start]);
        out.push(BLACK);
        from = seen.at.end;
    }
    out.push_str(&text[from..]);
    black.contains(&true).then_some(out)
}

fn covered(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { c } else { BLACK }).collect()
}

/// Which characters are part of an occurrence.
fn blackened(seen: &[Seen], wanted: &[char]) -> Vec<bool> {
    let mut black = vec![false; seen.len()];
    if wanted.is_empty() {
        return black;
    }
    let mut at = 0;
    while at + wanted.len() <= seen.len() {
        if seen[at..at + wanted.len()].iter().zip(wanted).all(|(seen, wanted)| seen.char == *wanted) {
            black[at..at + wanted.len()].fill(true);
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    black
}

/// The texts between `<redact>` and `</redact>`, as a reader sees them.
pub(crate) fn marked(html: &str) -> Vec<String> {
    html.split("<redact>")
        .skip(1)
        .filter_map(|rest| rest.split("</redact>").next())
        .map(seen_text)
        .filter(|text| !text.trim().is_empty())
        .collect()
}

fn seen_text(html: &str) -> String {
    seen(html).into_iter().map(|seen| seen.char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_blackened_across_tags_entities_and_attributes() {
        let html = "<p>My number: 12<b>34</b> &amp; co <a href=\"tel:1234\">call</a></p>";
        let black = in_html(html, "1234 & co").unwrap();
        assert_eq!(black, "<p>My number: ▇▇<b>▇▇</b> ▇ ▇▇ <a href=\"tel:1234\">call</a></p>");
        let black = in_html(html, "1234").unwrap();
        assert!(!black.contains("1234"), "{black}");
        assert_eq!(in_html(html, "9999"), None);
        assert_eq!(in_html("<p>x</p>", "  "), None);
    }

    #[test]
    fn lines_that_break_elsewhere_are_found() {
        assert_eq!(in_text("a secret\nword b", "secret word").unwrap(), "a ▇▇▇▇▇▇\n▇▇▇▇ b");
        assert_eq!(in_text("näide õun", "õun").unwrap(), "näide ▇▇▇");
        assert_eq!(in_text("abc", "x"), None);
    }

    #[test]
    fn what_is_marked_is_read() {
        assert_eq!(marked("<p>a <redact>b &lt; c</redact> d <redact>e</redact></p>"), ["b<c", "e"]);
        assert_eq!(marked("<redact></redact> no"), [] as [&str; 0]);
    }
}
