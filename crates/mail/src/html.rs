//! A forgiving reader of HTML tags, for finding places in mail bodies. What is shown goes through ammonia instead.

use std::ops::Range;

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Text with entities still in it.
    Text(Range<usize>),
    Tag(Tag<'a>),
}

/// An opening or closing tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// Lower case.
    pub(crate) name: String,
    pub(crate) closing: bool,
    attributes: &'a str,
    pub(crate) range: Range<usize>,
}

impl Tag<'_> {
    /// The value of an attribute, as written.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
            let found = &rest[..end];
            if found.is_empty() && !rest.starts_with('=') {
                return None;
            }
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                (value, rest) = attribute_value(after.trim_start());
            }
            if found.eq_ignore_ascii_case(name) {
                return Some(value);
            }
        }
    }

    /// Starts or ends a line of text.
    pub(crate) fn is_block(&self) -> bool {
        const BLOCKS: &[&str] = &[
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "html",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "table",
            "tbody",
            "tfoot",
            "thead",
            "tr",
            "ul",
        ];
        BLOCKS.contains(&self.name.as_str())
    }
}

/// All tags and texts; comments and what is inside of script, style, title and template are left out.
pub(crate) fn tokens(html: &str) -> Tokens<'_> {
    Tokens { html, at: 0 }
}

/// See [`tokens`].
pub(crate) struct Tokens<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
            if !opens_markup(rest) {
                let skip = rest.chars().next().map_or(1, char::len_utf8);
                let mut end = rest.len();
                let mut from = skip;
                while let Some(found) = rest[from..].find('<') {
                    if opens_markup(&rest[from + found..]) {
                        end = from + found;
                        break;
                    }
                    from += found + 1;
                }
                let range = self.at..self.at + end;
                self.at = range.end;
                return Some(Token::Text(range));
            }
            if let Some(inner) = rest.strip_prefix("<!--") {
                self.at += inner.find("-->").map_or(rest.len(), |end| end + 7);
                continue;
            }
            if rest.starts_with("<!") || rest.starts_with("<?") {
                self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
                continue;
            }
            let tag = self.tag(rest);
            self.at = tag.range.end;
            if !tag.closing && matches!(tag.name.as_str(), "script" | "style" | "title" | "template") {
                self.skip_to_end_of(&tag.name);
            }
            return Some(Token::Tag(tag));
        }
    }
}

impl<'a> Tokens<'a> {
    fn tag(&self, rest: &'a str) -> Tag<'a> {
        let end = tag_end(rest);
        let inner = rest[1..end].trim_end_matches('>');
        let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let name_end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inner.len());
        let name = inner[..name_end].to_ascii_lowercase();
        Tag { name, closing, attributes: &inner[name_end..], range: self.at..self.at + end }
    }

    fn skip_to_end_of(&mut self, name: &str) {
        let rest = &self.html[self.at..];
        let close = format!("</{name}");
        let found = rest.char_indices().filter(|(_, c)| *c == '<').map(|(at, _)| at);
        let mut found = found.filter(|at| {
            rest.as_bytes()[*at..].get(..close.len()).is_some_and(|s| s.eq_ignore_ascii_case(close.as_bytes()))
        });
        self.at += found.next().unwrap_or(rest.len());
    }
}

/// Replaces entities by their characters and runs of white space by one space, appending to `out`.
pub(crate) fn append_text(raw: &str, keep_space: bool, out: &mut String) {
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        if first == '&'
            && let Some(end) = rest.bytes().take(40).position(|b| b == b';')
        {
            let before = out.len();
            mail_parser::decoders::html::add_html_token(out, &rest.as_bytes()[..=end], false);
            if out[before..] != rest[..=end] {
                // No-break spaces are spaces to a reader of text.
                if out[before..] == *"\u{a0}" {
                    out.truncate(before);
                    out.push(' ');
                }
                rest = &rest[end + 1..];
                continue;
            }
            out.truncate(before);
        }
        if keep_space || !(first.is_ascii_whitespace() || first == '\u{a0}') {
            out.push(first);
        } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
            out.push(' ');
        }
        rest = &rest[first.len_utf8()..];
    }
}

fn opens_markup(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    bytes.next() == Some(b'<')
        && match bytes.next() {
            Some(b'!' | b'?') => true,
            Some(b'/') => bytes.next().is_some_and(|b| b.is_ascii_alphabetic()),
            Some(byte) => byte.is_ascii_alphabetic(),
            None => false,
        }
}

/// The end of the tag that opens the text, past its `>`; a `>` inside quotes doesn't count.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(q), _) if q == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (None, b'>') => return at + 1,
            _ => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    rest.len()
}

fn attribute_value(rest: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = rest.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
    rest.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_texts_are_found() {
        let html = "<!-- x --><DIV class='gmail_quote' id=q>a < b<br/><style>p{}</style>c</div>";
        let names: Vec<String> = tokens(html)
            .map(|token| match token {
                Token::Text(range) => html[range].to_owned(),
                Token::Tag(tag) => format!("<{}{}>", if tag.closing { "/" } else { "" }, tag.name),
            })
            .collect();
        assert_eq!(names, ["<div>", "a < b", "<br>", "<style>", "</style>", "c", "</div>"]);
        let Some(Token::Tag(tag)) = tokens(html).next() else { panic!("a tag") };
        assert_eq!(
            (tag.attribute("CLASS"), tag.attribute("id"), tag.attribute("x")),
            (Some("gmail_quote"), Some("q"), None)
        );
    }

    #[test]
    fn entities_are_replaced() {
        let mut out = String::new();
        append_text("a&amp;b &lt;x&gt;&nbsp;&#245; &unknown; & c\n d", false, &mut out);
        assert_eq!(out, "a&b <x> õ &unknown; & c d");
    }
}
