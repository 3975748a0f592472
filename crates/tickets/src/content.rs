//! What a comment says: text and HTML that are safe to show, made before a transaction begins.

use mail::sanitize::{html_to_text, sanitize, text_to_html};

/// The longest comment, in characters: Zendesk's limit.
pub const LONGEST: usize = 65_535;

/// The beginning of every attachment's path.
const ATTACHMENTS: &str = "/api/v2/attachments/content/";

/// Under this `cid:` name our own attachments pass the sanitiser, which knows no other pictures that are not remote.
const OWN: &str = "tugi-attachment/";

/// Text and HTML of a comment. HTML gets in here only through the sanitiser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    text: String,
    html: String,
    has_remote_images: bool,
}

impl Content {
    /// Makes HTML safe. `cid_path` gives the path of the attachment that a `cid:` name stands for. Pictures that are
    /// attachments of this desk are shown; others wait until they are allowed.
    pub fn from_html(html: &str, cid_path: impl Fn(&str) -> Option<String>) -> Self {
        let clean = sanitize(&own_pictures_by_cid(html), |cid| match cid.strip_prefix(OWN) {
            Some(rest) => Some(format!("{ATTACHMENTS}{rest}")),
            None => cid_path(cid),
        });
        Self { text: html_to_text(&clean.html), html: clean.html, has_remote_images: clean.has_remote_images }
    }

    /// Makes HTML of plain text.
    pub fn from_text(text: &str) -> Self {
        Self { html: text_to_html(text), text: text.to_owned(), has_remote_images: false }
    }

    /// The plain text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The HTML, safe to show.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// Whether the HTML has images that are not shown until allowed.
    pub fn has_remote_images(&self) -> bool {
        self.has_remote_images
    }

    /// Whether there is neither text nor a picture.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty() && !self.html.contains("<img")
    }
}

/// Writes the addresses of our own attachments, with or without a host, as `cid:` names.
fn own_pictures_by_cid(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(ATTACHMENTS) {
        let value = rest[..at].rfind(['"', '\'']).map_or(at, |quote| quote + 1);
        let is_picture = rest[..value].trim_end_matches(['"', '\'']).trim_end().ends_with("src=");
        let next = at + ATTACHMENTS.len();
        if is_picture {
            out.push_str(&rest[..value]);
            out.push_str("cid:");
            out.push_str(OWN);
        } else {
            out.push_str(&rest[..next]);
        }
        rest = &rest[next..];
    }
    out.push_str(rest);
    out
}

/// The path of an attachment. The token can't be guessed, so whoever has the path may fetch it.
pub(crate) fn attachment_path(token: &str, file_name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let name: String = file_name.chars().map(safe).collect();
    format!("{ATTACHMENTS}{token}/{}", if name.is_empty() { "file" } else { &name })
}

/// The tokens of attachments that HTML shows.
pub(crate) fn shown_tokens(html: &str) -> Vec<String> {
    html.split(ATTACHMENTS).skip(1).filter_map(|rest| rest.split('/').next()).map(str::to_owned).collect()
}

/// Whom `@` mentions in HTML name: `<span data-type="mention" data-id="5">`.
pub fn mentions(html: &str) -> Vec<base::UserId> {
    html.split("data-type=\"mention\"")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter_map(|tag| tag.split("data-id=\"").nth(1)?.split('"').next()?.parse().ok())
        .collect()
}

/// Width and height of a PNG, GIF or JPEG, in pixels, from its first bytes.
pub(crate) fn image_size(bytes: &[u8]) -> Option<(i64, i64)> {
    let be16 = |at: usize| Some(i64::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let le16 = |at: usize| Some(i64::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let be32 = |at: usize| Some(i64::from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)));
        return be32(16).zip(be32(20));
    }
    if bytes.starts_with(b"GIF8") {
        return le16(6).zip(le16(8));
    }
    if !bytes.starts_with(b"\xff\xd8") {
        return None;
    }
    let mut at = 2;
    while *bytes.get(at)? == 0xff {
        let marker = *bytes.get(at + 1)?;
        // SOF0..SOF15 hold the size, but for DHT, JPG and DAC, which lie among them.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return be16(at + 7).zip(be16(at + 5));
        }
        at += 2 + usize::try_from(be16(at + 2)?).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_go_and_remote_pictures_wait() {
        let content = Content::from_html("<p>Hi<script>x()</script><img src='http://t.test/p.gif'></p>", |_| None);
        assert!(!content.html().contains("script"));
        assert!(content.has_remote_images());
    }

    #[test]
    fn pictures_that_lie_here_are_shown() {
        for host in ["", "http://desk.test"] {
            let html = format!("<p>x <img src=\"{host}{}\"></p>", attachment_path("tok", "a b.png"));
            let content = Content::from_html(&html, |_| None);
            assert!(content.html().contains(" src=\"/api/v2/attachments/content/tok/a_b.png\""), "{}", content.html());
            assert!(!content.has_remote_images());
            assert_eq!(shown_tokens(content.html()), ["tok"]);
        }
    }

    #[test]
    fn mentions_are_found_after_cleaning() {
        let html = "<p><span data-type=\"mention\" data-id=\"12\" data-label=\"Mari\">@Mari</span> look</p>";
        assert_eq!(mentions(Content::from_html(html, |_| None).html()), [base::UserId(12)]);
    }

    #[test]
    fn the_size_of_a_picture_is_read() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 1, 0, 0, 0, 0, 2]);
        assert_eq!(image_size(&png), Some((256, 2)));
        assert_eq!(image_size(b"\xff\xd8\xff\xc0\0\x11\x08\0\x02\0\x03"), Some((3, 2)));
        assert_eq!(image_size(b"\xff\xd8\xff"), None);
    }
}
