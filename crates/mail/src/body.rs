//! The body of a mail out of its text parts.

use crate::sanitize::{html_to_text, text_to_html};

/// A text part, decoded.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The multipart/alternative that it belongs to.
    pub(crate) alternative: Option<usize>,
    pub(crate) html: bool,
    pub(crate) text: String,
}

/// Both forms of the body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
}

/// Joins parts: the alternatives of one group are two forms of one thing, groups follow each other
/// (Apple Mail cuts a text around its pictures, list servers add footers).
pub(crate) fn join(pieces: Vec<Piece>) -> Body {
    let mut groups: Vec<(Option<usize>, Body)> = Vec::new();
    for piece in pieces {
        let group = match groups.last_mut() {
            Some((Some(group), body)) if Some(*group) == piece.alternative => body,
            _ => {
                groups.push((piece.alternative, Body::default()));
                match groups.last_mut() {
                    Some((_, body)) => body,
                    None => continue,
                }
            }
        };
        append(if piece.html { &mut group.html } else { &mut group.text }, piece.text);
    }
    for (_, body) in &mut groups {
        // An empty text beside real HTML is a client's laziness.
        if body.html.is_some() && body.text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            body.text = None;
        }
    }
    let any_text = groups.iter().any(|(_, body)| body.text.is_some());
    let any_html = groups.iter().any(|(_, body)| body.html.is_some());
    let mut joined = Body::default();
    for (_, body) in groups {
        if any_text {
            let text = body.text.clone().or_else(|| body.html.as_deref().map(html_to_text));
            append(&mut joined.text, text.unwrap_or_default());
        }
        if any_html {
            let html = body.html.or_else(|| body.text.as_deref().map(text_to_html));
            append(&mut joined.html, html.unwrap_or_default());
        }
    }
    joined
}

/// The charset that HTML declares in its first kilobyte.
pub(crate) fn charset_of_html(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let meta = &head[head.find("<meta")?..];
    let value = meta[meta.find("charset=")? + "charset=".len()..].trim_start_matches(['"', '\'', ' ']);
    let end = value.find(['"', '\'', ' ', ';', '>', '/']).unwrap_or(value.len());
    (end > 0).then(|| value[..end].to_owned())
}

/// Joins the soft-broken lines of format=flowed text (RFC 3676).
pub(crate) fn unflow(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Depth of the line that waits for its continuation.
    let mut open: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |l| (l, "\n"));
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = line[depth..].strip_prefix(' ').unwrap_or(&line[depth..]);
        if open == Some(depth) && content != "-- " {
            // Continues the line before.
        } else {
            if open.is_some() {
                out.push('\n');
            }
            out.push_str(&">".repeat(depth));
            out.push_str(if depth > 0 { " " } else { "" });
        }
        let flows = content.ends_with(' ') && content != "-- " && !end.is_empty();
        out.push_str(if flows && delete_space { &content[..content.len() - 1] } else { content });
        if flows {
            open = Some(depth);
        } else {
            open = None;
            out.push_str(end);
        }
    }
    out
}

fn append(to: &mut Option<String>, text: String) {
    match to {
        Some(before) if !before.is_empty() => {
            if !before.ends_with('\n') {
                before.push('\n');
            }
            before.push_str(&text);
        }
        _ => *to = Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_joined_per_quote_depth() {
        let text = "This is \nflowed.\n> quoted \n> too\n-- \nMari\n stuffed\n";
        assert_eq!(unflow(text, false), "This is flowed.\n> quoted too\n-- \nMari\nstuffed\n");
        assert_eq!(unflow("日 \n本\n", true), "日本\n");
    }

    #[test]
    fn html_says_its_charset() {
        assert_eq!(charset_of_html(b"<html><META charset='windows-1257'>").as_deref(), Some("windows-1257"));
        assert_eq!(
            charset_of_html(b"<meta http-equiv=x content=\"text/html; charset=KOI8-R\">").as_deref(),
            Some("koi8-r")
        );
        assert_eq!(charset_of_html(b"<p>charset=x"), None);
    }

    #[test]
    fn parts_around_a_picture_are_joined() {
        let piece = |html, text: &str| Piece { alternative: None, html, text: text.into() };
        let body = join(vec![piece(false, "above"), piece(false, "below")]);
        assert_eq!(body, Body { text: Some("above\nbelow".into()), html: None });
        let body = join(vec![piece(true, "<p>above</p>"), piece(false, "a < b")]);
        assert_eq!(body.html.as_deref(), Some("<p>above</p>\n<p>a &lt; b</p>"));
    }
}
