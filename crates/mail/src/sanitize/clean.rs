//! The allow list.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use super::render::{html_to_text, text_to_html};
use crate::html::{Token, tokens};

/// HTML that is safe to put into a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanitized {
    /// The fragment.
    pub html: String,
    /// It held pictures on foreign servers: their addresses are in `data-remote-src`, and nothing loads until the
    /// reader moves them to `src`.
    pub has_remote_images: bool,
}

/// Takes everything out of HTML that runs, tracks, submits or escapes its place. Links open in a new tab without a
/// referrer; `cid:` pictures get the URL that `cid_url` gives for their Content-ID, or go.
pub fn sanitize(html: &str, cid_url: impl Fn(&str) -> Option<String>) -> Sanitized {
    let cleaned = if is_overloaded(html) { text_to_html(&html_to_text(html)) } else { CLEANER.clean(html).to_string() };
    let mut out = String::with_capacity(cleaned.len());
    let mut has_remote_images = false;
    let mut rest = cleaned.as_str();
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let marked = &rest[at + MARK.len()..];
        let value = &marked[..marked.find('"').unwrap_or(marked.len())];
        if let Some(id) = value.strip_prefix(CID) {
            let id = id.replace("&amp;", "&");
            if let Some(url) = cid_url(&percent_decoded(&id)).or_else(|| cid_url(&id)) {
                out.push_str(&format!(" src=\"{}\"", escaped(&url)));
            }
        } else {
            has_remote_images = true;
            out.push_str(&format!(" data-remote-src=\"{value}\""));
        }
        rest = marked.get(value.len() + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    Sanitized { html: out, has_remote_images }
}

/// Elements open at once.
const MAX_DEPTH: usize = 1000;
const MAX_ENTITIES: usize = 100_000;

/// What our filter puts before a picture's address, because it can change a value but not an attribute's name:
/// nothing else gets through with it.
const MARK: &str = " src=\"/tugi-image/";
const MARK_VALUE: &str = "/tugi-image/";
/// After the mark: a picture of the mail itself.
const CID: &str = "cid/";

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags(["font", "u", "s", "strike", "big", "tt", "address", "section", "article", "figure", "figcaption"])
        .add_clean_content_tags([
            "title", "template", "noscript", "object", "embed", "iframe", "select", "textarea", "svg", "math", "head",
        ])
        .add_generic_attributes(["style", "dir", "align", "valign"])
        .add_tag_attributes("font", ["color", "size", "face"])
        // Mentions of colleagues, as the workspace's editor writes them.
        .add_tag_attributes("span", ["data-type", "data-id", "data-label"])
        .add_tag_attributes("table", ["bgcolor", "border", "cellpadding", "cellspacing", "width"])
        .add_tag_attributes("tr", ["bgcolor"])
        .add_tag_attributes("td", ["bgcolor", "width", "height", "nowrap"])
        .add_tag_attributes("th", ["bgcolor", "width", "height", "nowrap"])
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "sms", "cid", "data", "ftp"]))
        .url_relative(UrlRelative::Custom(Box::new(relative)))
        .filter_style_properties(STYLES.clone())
        .attribute_filter(attribute_value);
    builder
});

/// CSS properties that can neither load anything nor leave their place.
static STYLES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    HashSet::from([
        "color",
        "background-color",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "font-variant",
        "line-height",
        "text-align",
        "text-decoration",
        "text-indent",
        "text-transform",
        "white-space",
        "vertical-align",
        "direction",
        "margin-left",
        "padding",
        "padding-left",
        "padding-right",
        "padding-top",
        "padding-bottom",
        "border",
        "border-top",
        "border-bottom",
        "border-left",
        "border-right",
        "border-collapse",
        "border-color",
        "border-style",
        "border-width",
        "list-style-type",
        "width",
        "max-width",
        "height",
        "text-decoration-line",
    ])
});

/// Real mails nest tables some dozens deep and have some thousand entities. HTML with very much more is made to keep a
/// parser busy (its time grows with the square of both); it is shown as text.
fn is_overloaded(html: &str) -> bool {
    const VOID: &[&str] =
        &["br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "p", "li", "td", "tr", "th", "o:p"];
    if memchr::memchr_iter(b'&', html.as_bytes()).count() > MAX_ENTITIES {
        return true;
    }
    let mut depth = 0usize;
    tokens(html).any(|token| {
        if let Token::Tag(tag) = token
            && !VOID.contains(&tag.name.as_str())
        {
            depth = if tag.closing { depth.saturating_sub(1) } else { depth + 1 };
        }
        depth > MAX_DEPTH
    })
}

fn attribute_value<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        ("img", "src") => picture(value.trim()),
        ("a", "href") if has_scheme(value, "data") || has_scheme(value, "cid") => None,
        // Where a quotation comes from isn't shown, and only leaks.
        (_, "cite" | "longdesc") => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

fn picture(source: &str) -> Option<Cow<'_, str>> {
    if has_scheme(source, "cid") {
        return Some(Cow::Owned(format!("{MARK_VALUE}{CID}{}", source[4..].trim_matches(['<', '>']))));
    }
    if has_scheme(source, "data") {
        let kind = source[5..].split([';', ',']).next().unwrap_or_default().to_ascii_lowercase();
        let safe = ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"].contains(&kind.as_str());
        return safe.then_some(Cow::Borrowed(source));
    }
    if has_scheme(source, "http") || has_scheme(source, "https") {
        return Some(Cow::Owned(format!("{MARK_VALUE}{source}")));
    }
    let rooted = source.strip_prefix("//")?;
    Some(Cow::Owned(format!("{MARK_VALUE}https://{rooted}")))
}

/// Relative addresses in a mail point nowhere, but for the ones we marked and places in the mail itself.
fn relative(url: &str) -> Option<Cow<'_, str>> {
    (url.starts_with(MARK_VALUE) || url.starts_with('#')).then_some(Cow::Borrowed(url))
}

fn escaped(url: &str) -> String {
    url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

fn has_scheme(url: &str, scheme: &str) -> bool {
    url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)) && url[scheme.len()..].starts_with(':')
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code =
            after.get(..2).and_then(|c| std::str::from_utf8(c).ok()).and_then(|c| u8::from_str_radix(c, 16).ok());
        match code {
            Some(code) if first == b'%' => {
                bytes.push(code);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(html: &str) -> String {
        sanitize(html, |cid| (cid == "pic@a").then(|| "/attachments/1/a.png".to_owned())).html
    }

    #[test]
    fn what_runs_or_submits_goes() {
        for html in [
            "<script>alert(1)</script>",
            "<style>*{}</style>",
            "<form action=x><input name=a></form>",
            "<iframe src=x></iframe>",
            "<svg onload=alert(1)></svg>",
            "<object data=x></object>",
            "<meta http-equiv=refresh content=0>",
            "<base href=x>",
            "<title>x</title>",
            "<link rel=stylesheet href=http://a/b>",
            "<math><mi xlink:href=javascript:x>",
        ] {
            assert_eq!(clean(html), "", "{html}");
        }
        assert_eq!(clean("<p onclick=x id=y class=z>a</p>"), "<p>a</p>");
        assert_eq!(
            clean("<a href='javascript:x'>a</a>"),
            "<a target=\"_blank\" rel=\"noopener noreferrer nofollow\">a</a>"
        );
    }

    #[test]
    fn styles_stay_in_their_place() {
        assert_eq!(
            clean("<p style='position:fixed;color:red;background:url(http://a/b)'>a</p>"),
            "<p style=\"color:red\">a</p>"
        );
    }

    #[test]
    fn remote_pictures_wait_for_permission() {
        let cleaned = sanitize("<img src='https://a.example/t.gif?a=1&b=2' alt=x>", |_| None);
        assert!(cleaned.has_remote_images);
        assert_eq!(cleaned.html, "<img data-remote-src=\"https://a.example/t.gif?a=1&amp;b=2\" alt=\"x\">");
        assert_eq!(clean("<img src=//a.example/t.gif>"), "<img data-remote-src=\"https://a.example/t.gif\">");
        assert_eq!(clean("<img data-remote-src=javascript:x srcset='http://a 1x'>"), "<img>");
    }

    #[test]
    fn pictures_of_the_mail_get_their_url() {
        let cleaned =
            sanitize("<img src='cid:pic@a'><img src='CID:other'>", |cid| (cid == "pic@a").then(|| "/a/1".into()));
        assert_eq!(cleaned, Sanitized { html: "<img src=\"/a/1\"><img>".into(), has_remote_images: false });
        assert_eq!(clean("<img src='cid:pic%40a'>"), "<img src=\"/attachments/1/a.png\">");
        assert_eq!(clean("<img src='data:image/png;base64,AA=='>"), "<img src=\"data:image/png;base64,AA==\">");
        assert_eq!(clean("<img src='data:image/svg+xml;base64,AA=='>"), "<img>");
        assert_eq!(clean("<img src='/tugi-image/x'>"), "<img>");
    }

    #[test]
    fn html_made_to_keep_a_parser_busy_is_shown_as_text() {
        let nested: String = (0..100_000).map(|n| format!("<font color={n}><div>")).collect();
        assert_eq!(clean(&format!("{nested}Tere")), "<p>Tere</p>");
    }

    #[test]
    fn links_open_elsewhere_and_tables_stay() {
        assert_eq!(
            clean("<a href=https://a.example target=_self>x</a>"),
            "<a href=\"https://a.example\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>"
        );
        assert_eq!(
            clean("<table width=5><tr><td bgcolor=red>1"),
            "<table width=\"5\"><tbody><tr><td bgcolor=\"red\">1</td></tr></tbody></table>"
        );
    }
}
