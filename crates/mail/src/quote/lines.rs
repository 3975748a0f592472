//! A body as lines with their places, from text and from HTML alike.

use crate::html::{Tag, Token, append_text, tokens};

use super::words;

/// A line as the reader sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Without quotation marks and white space around it.
    pub(crate) text: String,
    /// Where it starts in the body, with what belongs to it (tags that open it, `>`).
    pub(crate) start: usize,
    /// Where its text ends and the next line starts.
    pub(crate) end: usize,
    /// How many times it is quoted.
    pub(crate) depth: usize,
    pub(crate) mark: Option<Mark>,
    /// Inside of an element that holds a signature.
    pub(crate) signature: bool,
}

/// What HTML says about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// From here on there is only the message that is answered.
    History,
    /// An attribution line.
    Attribution,
    /// A horizontal line.
    Rule,
}

/// Lines of plain text; `>` quotes.
pub(crate) fn of_text(text: &str) -> Vec<Line> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|whole| {
        let (depth, content) = unquoted(whole);
        let text = content.trim().to_owned();
        let rule = text.len() >= 10 && text.bytes().all(|b| matches!(b, b'_' | b'-' | b'='));
        let line =
            Line { mark: rule.then_some(Mark::Rule), text, start, end: start + whole.len(), depth, signature: false };
        start += whole.len();
        line
    });
    lines.collect()
}

/// Lines of HTML; quoting blockquotes quote.
pub(crate) fn of_html(html: &str) -> Vec<Line> {
    let mut page = Page::default();
    for token in tokens(html) {
        match token {
            Token::Text(range) => page.text(&html[range.clone()], range.start),
            Token::Tag(tag) => page.tag(&tag),
        }
    }
    page.end_line(html.len(), false);
    let mut end = html.len();
    for line in page.lines.iter_mut().rev() {
        line.end = end;
        end = line.start;
    }
    // What comes before the first text belongs to it.
    if let Some(first) = page.lines.first_mut() {
        first.start = 0;
    }
    page.lines
}

/// Counts and takes off the `>` at the start of a line. A `>` after text, or as in `>>>` of a program's prompt, isn't
/// told apart: clients quote like that.
fn unquoted(line: &str) -> (usize, &str) {
    let mut rest = line;
    let mut depth = 0;
    loop {
        let trimmed = rest.strip_prefix(' ').filter(|_| depth > 0).unwrap_or(rest);
        match trimmed.strip_prefix('>') {
            Some(after) => {
                depth += 1;
                rest = after;
            }
            None => return (depth, rest),
        }
    }
}

#[derive(Default)]
struct Page {
    lines: Vec<Line>,
    text: String,
    start: Option<usize>,
    mark: Option<Mark>,
    /// One entry per open blockquote: does it quote?
    quotes: Vec<bool>,
    /// How many of them quote.
    depth: usize,
    /// Elements inside of the signature's element, by name, with itself as the first.
    signature: Option<(String, usize)>,
    picture: bool,
}

impl Page {
    fn text(&mut self, raw: &str, at: usize) {
        if raw.trim().is_empty() && self.text.is_empty() {
            return;
        }
        self.start.get_or_insert(at);
        append_text(raw, false, &mut self.text);
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let at = tag.range.start;
        match (tag.name.as_str(), tag.closing) {
            ("br", _) => return self.end_line(at, true),
            ("img", _) => {
                self.start.get_or_insert(at);
                self.picture = true;
                return;
            }
            ("hr", _) => {
                self.end_line(at, false);
                self.lines.push(Line { start: at, mark: Some(Mark::Rule), depth: self.depth, ..Line::default() });
                return;
            }
            _ => {}
        }
        self.follow_signature(tag);
        if tag.is_block() && self.has_content() {
            self.end_line(at, false);
        } else if tag.is_block() && tag.closing && self.mark.is_none() {
            // It opened and held nothing.
            self.start = None;
        }
        if tag.name == "blockquote" {
            if tag.closing {
                self.depth -= usize::from(self.quotes.pop() == Some(true));
            } else {
                self.quotes.push(quotes(tag));
                self.depth += usize::from(quotes(tag));
            }
        }
        if !tag.closing {
            self.start.get_or_insert(at);
            self.mark = self.mark.or_else(|| mark(tag));
        }
    }

    fn follow_signature(&mut self, tag: &Tag<'_>) {
        match &mut self.signature {
            Some((name, open)) if *name == tag.name => {
                *open = if tag.closing { *open - 1 } else { *open + 1 };
                if *open == 0 {
                    self.end_line(tag.range.start, false);
                    self.signature = None;
                }
            }
            None if !tag.closing && named(tag, words::SIGNATURE_IDS, words::SIGNATURE_CLASSES) => {
                self.end_line(tag.range.start, false);
                self.signature = Some((tag.name.clone(), 1));
            }
            _ => {}
        }
    }

    fn has_content(&self) -> bool {
        self.picture || !self.text.trim().is_empty()
    }

    /// Ends the line in hand; an empty one is kept when a line break made it, or when it carries a mark.
    fn end_line(&mut self, at: usize, by_break: bool) {
        if !self.has_content() && !by_break {
            self.text.clear();
            return;
        }
        let mut text = std::mem::take(&mut self.text).trim().to_owned();
        if text.is_empty() && std::mem::take(&mut self.picture) {
            text.push('\u{fffc}');
        }
        self.picture = false;
        let start = self.start.take().unwrap_or(at);
        let (depth, signature) = (self.depth, self.signature.is_some());
        self.lines.push(Line { text, start, end: at, depth, mark: self.mark.take(), signature });
    }
}

fn quotes(tag: &Tag<'_>) -> bool {
    let cites =
        tag.attribute("type").is_some_and(|t| t.eq_ignore_ascii_case("cite")) || tag.attribute("cite").is_some();
    let class = tag.attribute("class").unwrap_or_default();
    let bordered = tag.attribute("style").is_some_and(|style| style.contains("border-left"));
    cites
        || bordered
        || class.contains("gmail_quote")
        || class.contains("protonmail_quote")
        || class.contains("tutanota_quote")
}

fn mark(tag: &Tag<'_>) -> Option<Mark> {
    if named(tag, words::HISTORY_IDS, words::HISTORY_CLASSES) {
        return Some(Mark::History);
    }
    named(tag, &[], words::ATTRIBUTION_CLASSES).then_some(Mark::Attribution)
}

/// Ids may carry a prefix that a web mail added (`x_divRplyFwdMsg`).
fn named(tag: &Tag<'_>, ids: &[&str], classes: &[&str]) -> bool {
    let id = tag.attribute("id").unwrap_or_default().to_ascii_lowercase();
    let matches = |known: &str| id == known || id.strip_suffix(known).is_some_and(|head| head.ends_with('_'));
    if !id.is_empty() && ids.iter().any(|known| matches(known)) {
        return true;
    }
    let class = tag.attribute("class").unwrap_or_default().to_ascii_lowercase();
    class
        .split_ascii_whitespace()
        .any(|c| classes.iter().any(|known| c == *known || c.strip_prefix("x_") == Some(known)))
}
