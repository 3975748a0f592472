//! HTML to text and text to HTML.

use crate::html::{Tag, Token, append_text, tokens};

/// Renders HTML as text: paragraphs, lists, table rows, `>` before quotations, link targets in angle brackets.
pub fn html_to_text(html: &str) -> String {
    let mut page = Page::default();
    for token in tokens(html) {
        match token {
            Token::Text(range) => page.text(&html[range]),
            Token::Tag(tag) => page.tag(&tag),
        }
    }
    page.finish()
}

/// Text as HTML: escaped, with paragraphs, line breaks and links.
pub fn text_to_html(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for paragraph in text.split("\n\n").filter(|p| !p.trim().is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("<p>");
        for (number, line) in paragraph.trim_matches('\n').split('\n').enumerate() {
            if number > 0 {
                out.push_str("<br>");
            }
            for word in line.split_inclusive(' ') {
                linkify(word, &mut out);
            }
        }
        out.push_str("</p>");
    }
    out
}

/// Longest word that is searched for links.
const MAX_LINKED: usize = 2000;

#[derive(Default)]
struct Page {
    out: String,
    line: String,
    quote: usize,
    /// Ordered (with the next number) or unordered.
    lists: Vec<Option<u32>>,
    pre: usize,
    link: Option<(String, usize)>,
    /// An empty line is due before the next text, quoted this deep.
    gap: Option<usize>,
}

impl Page {
    fn text(&mut self, raw: &str) {
        if self.pre > 0 {
            let mut text = String::new();
            append_text(raw, true, &mut text);
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.end_line(true);
                }
                self.line.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        append_text(raw, false, &mut self.line);
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        match (tag.name.as_str(), tag.closing) {
            ("br", _) => self.end_line(true),
            ("p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => self.paragraph(),
            ("hr", _) => {
                self.end_line(false);
                self.line.push_str("----------");
                self.end_line(false);
            }
            ("pre", false) => {
                self.paragraph();
                self.pre += 1;
            }
            ("pre", true) => {
                self.end_line(false);
                self.pre = self.pre.saturating_sub(1);
            }
            ("blockquote", closing) => {
                self.paragraph();
                self.quote = if closing { self.quote.saturating_sub(1) } else { self.quote + 1 };
                self.open_gap();
            }
            ("ul" | "ol", true) => {
                self.end_line(false);
                self.lists.pop();
                self.open_list_gap();
            }
            ("ul", false) => self.open_list(None),
            ("ol", false) => self.open_list(Some(1)),
            ("li", false) => self.item(),
            ("td" | "th", true) => self.line.push('\t'),
            ("a", false) => self.open_link(tag),
            ("a", true) => self.close_link(),
            ("img", _) => self.text(tag.attribute("alt").unwrap_or_default()),
            _ if tag.is_block() => self.end_line(false),
            _ => {}
        }
    }

    fn open_list(&mut self, number: Option<u32>) {
        self.end_line(false);
        self.open_list_gap();
        self.lists.push(number);
    }

    fn item(&mut self) {
        self.end_line(false);
        let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(10));
        self.line.push_str(&indent);
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.line.push_str(&format!("{number}. "));
                *number += 1;
            }
            _ => self.line.push_str("- "),
        }
    }

    fn open_link(&mut self, tag: &Tag<'_>) {
        let target = tag.attribute("href").unwrap_or_default().replace("&amp;", "&");
        self.link = target.starts_with("http").then_some((target, self.line.len()));
    }

    fn close_link(&mut self) {
        let Some((target, start)) = self.link.take() else { return };
        let shown = self.line.get(start..).unwrap_or_default().trim();
        let bare = |url: &str| {
            url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/').to_owned()
        };
        if !shown.is_empty() && bare(shown) != bare(&target) {
            self.line.push_str(&format!(" <{target}>"));
        }
    }

    fn paragraph(&mut self) {
        self.end_line(false);
        self.open_gap();
    }

    fn open_gap(&mut self) {
        self.gap = Some(self.gap.map_or(self.quote, |depth| depth.min(self.quote)));
    }

    fn open_list_gap(&mut self) {
        if self.lists.is_empty() {
            self.open_gap();
        }
    }

    /// Ends the line in hand; an empty one counts only when asked for (`<br>`).
    fn end_line(&mut self, even_empty: bool) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        if line.is_empty() && !even_empty {
            return;
        }
        if let Some(depth) = self.gap.take()
            && !self.out.is_empty()
            && !self.out.ends_with("\n\n")
        {
            self.out.push_str("> ".repeat(depth.min(20)).trim_end());
            self.out.push('\n');
        }
        let quote = "> ".repeat(self.quote.min(20));
        let whole = format!("{quote}{line}");
        self.out.push_str(whole.trim_end());
        self.out.push('\n');
    }

    fn finish(mut self) -> String {
        self.end_line(false);
        let mut out = String::with_capacity(self.out.len());
        let mut empty = 0;
        for line in self.out.lines() {
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty < 3 {
                out.push_str(line);
                out.push('\n');
            }
        }
        out.trim_matches('\n').to_owned()
    }
}

fn linkify(word: &str, out: &mut String) {
    let mut rest = word;
    // Looking for links in an endless word would take too long.
    while word.len() <= MAX_LINKED
        && let Some(start) = next_link(rest)
    {
        escape(&rest[..start], out);
        let link = link_at(&rest[start..]);
        let href = if link.contains("://") {
            link.to_owned()
        } else if link.starts_with("www.") {
            format!("https://{link}")
        } else {
            format!("mailto:{link}")
        };
        out.push_str("<a href=\"");
        escape(&href, out);
        out.push_str("\">");
        escape(link, out);
        out.push_str("</a>");
        rest = &rest[start + link.len()..];
    }
    escape(rest, out);
}

fn next_link(text: &str) -> Option<usize> {
    let at_word_start = |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric());
    let schemes = ["https://", "http://", "www."];
    let leads_on = |at: usize, scheme: &str| {
        link_at(&text[at..]).get(scheme.len()..).is_some_and(|r| r.starts_with(char::is_alphanumeric))
    };
    let urls = schemes
        .iter()
        .filter_map(|s| text.match_indices(s).map(|(at, _)| at).find(|at| at_word_start(*at) && leads_on(*at, s)));
    urls.chain(mail_address(text)).min()
}

fn mail_address(text: &str) -> Option<usize> {
    text.match_indices('@').find_map(|(at, _)| {
        let local = text[..at].chars().rev().take_while(|c| is_address_char(*c)).map(char::len_utf8).sum::<usize>();
        let domain: String = text[at + 1..].chars().take_while(|c| is_address_char(*c)).collect();
        let named = text[at - local..at].starts_with(|c: char| c.is_alphanumeric());
        (local > 0 && named && domain.trim_end_matches('.').contains('.')).then_some(at - local)
    })
}

fn is_address_char(c: char) -> bool {
    c.is_alphanumeric() || "._%+-".contains(c)
}

/// The link that the text starts with, without the punctuation of the sentence around it.
fn link_at(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"'`".contains(c)).unwrap_or(text.len());
    let mut link = &text[..end];
    if !link.contains("://") && !link.starts_with("www.") {
        let end = link.find(|c: char| !is_address_char(c) && c != '@').unwrap_or(link.len());
        link = &link[..end];
    }
    loop {
        let trimmed = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
        let open = trimmed.matches('(').count();
        let trimmed = if trimmed.ends_with(')') && trimmed.matches(')').count() > open {
            &trimmed[..trimmed.len() - 1]
        } else {
            trimmed
        };
        if trimmed == link {
            return link;
        }
        link = trimmed;
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_readable_text() {
        let html = "<html><head><title>x</title></head><body><p>Tere&nbsp;Mari,</p><p>vaata <a href='https://a.ee/x'>siia</a><br>ja\n tagasi</p>\
            <ul><li>üks<li>kaks</ul><table><tr><td>1</td><td>2</td></tr></table><blockquote>vana<br>jutt</blockquote>lõpp</body>";
        assert_eq!(
            html_to_text(html),
            "Tere Mari,\n\nvaata siia <https://a.ee/x>\nja tagasi\n\n- üks\n- kaks\n\n1\t2\n\n> vana\n> jutt\n\nlõpp"
        );
    }

    #[test]
    fn text_becomes_safe_html() {
        assert_eq!(
            text_to_html("a <b> & \"c\"\nsee (https://a.ee/x?a=1&b=2).\n\nmari@a.ee, www.a.ee"),
            "<p>a &lt;b&gt; &amp; &quot;c&quot;<br>see (<a href=\"https://a.ee/x?a=1&amp;b=2\">https://a.ee/x?a=1&amp;b=2</a>).</p>\n\
             <p><a href=\"mailto:mari@a.ee\">mari@a.ee</a>, <a href=\"https://www.a.ee\">www.a.ee</a></p>"
        );
        assert_eq!(text_to_html("a@b http:// @ ."), "<p>a@b http:// @ .</p>");
    }
}
