//! Header fields: unfolding, encoded words (RFC 2047), addresses, ids, dates and parameters.

use base::Timestamp;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue};

use crate::charset;
use crate::message::{Header, Mailbox, Problem};
use crate::transfer::{self, Transfer};

/// Most addresses taken from one field.
const MAX_ADDRESSES: usize = 1000;
/// Longest encoded word taken; RFC 2047 allows 75 characters.
const MAX_WORD: usize = 4000;
/// Most ids taken from References; the newest are kept.
const MAX_IDS: usize = 200;

/// One field before its value is understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Unfolded, charset repaired, encoded words still in it.
    pub(crate) raw: String,
}

/// A header value with parameters, such as Content-Type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parametrised {
    /// Lower case, `type/subtype` or a token; empty when missing.
    pub(crate) value: String,
    parameters: Vec<(String, String)>,
}

impl Parametrised {
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

/// Takes a header block apart. Lines that are no field are left out by the caller.
pub(crate) fn fields(block: &[u8], domain: Option<&str>, problems: &mut Vec<Problem>) -> Vec<Field> {
    let mut found = Vec::new();
    let mut rest = block;
    while !rest.is_empty() {
        let (line, after) = folded_line(rest);
        rest = after;
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        let name = String::from_utf8_lossy(line[..colon].trim_ascii()).into_owned();
        if name.is_empty() || name.contains(char::is_whitespace) {
            continue;
        }
        let (text, problem) = charset::decode(&unfold(&line[colon + 1..]), None, domain);
        // Plain UTF-8 in headers is RFC 6532; only older charsets are a problem.
        if let Some(Problem::UndeclaredCharset(used)) = problem
            && used != "UTF-8"
        {
            problems.push(Problem::UndeclaredCharset(used));
        }
        found.push(Field { name, raw: text.trim().to_owned() });
    }
    found
}

/// The domain of the From field in a raw header block, before anything is decoded.
pub(crate) fn sender_domain(block: &[u8]) -> Option<String> {
    let mut rest = block;
    while !rest.is_empty() {
        let (line, after) = folded_line(rest);
        rest = after;
        if line.len() > 5 && line[..5].eq_ignore_ascii_case(b"from:") {
            let text = String::from_utf8_lossy(line);
            let domain: String =
                text.rsplit_once('@')?.1.chars().take_while(|c| c.is_alphanumeric() || "-.".contains(*c)).collect();
            return Some(domain.to_ascii_lowercase()).filter(|d| !d.is_empty());
        }
    }
    None
}

/// A field for the public list, fully decoded.
pub(crate) fn decoded(field: &Field) -> Header {
    Header { name: field.name.clone(), value: decode_words(&field.raw) }
}

/// Decodes the encoded words in unstructured text; neighbours in one charset are joined before decoding, so that a
/// character cut in two by a careless client is whole again.
pub(crate) fn decode_words(text: &str) -> String {
    rewrite_words(text, |decoded, out| out.push_str(decoded))
}

/// Reads an address field.
pub(crate) fn mailboxes(raw: &str, problems: &mut Vec<Problem>) -> Vec<Mailbox> {
    // mail-parser understands the structure; it gets each run of encoded words as one clean word in UTF-8.
    let clean = rewrite_words(raw, |decoded, out| {
        let bytes = mail_builder::encoders::base64::base64_encode(decoded.as_bytes()).unwrap_or_default();
        out.push_str("=?utf-8?B?");
        out.push_str(&String::from_utf8_lossy(&bytes));
        out.push_str("?=");
    });
    let line = format!("{clean}\n");
    let HeaderValue::Address(parsed) = MessageStream::new(line.as_bytes()).parse_address() else {
        return Vec::new();
    };
    let mut found: Vec<Mailbox> = match parsed {
        Address::List(list) => list.into_iter().map(mailbox).collect(),
        Address::Group(groups) => groups.into_iter().flat_map(|g| g.addresses).map(mailbox).collect(),
    };
    found.retain(|m| !m.address.is_empty() || !m.name.is_empty());
    if found.len() > MAX_ADDRESSES {
        problems.push(Problem::TooManyAddresses);
        found.truncate(MAX_ADDRESSES);
    }
    found
}

/// Reads message ids: what is in angle brackets, else words with an `@`.
pub(crate) fn ids(raw: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = raw;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else { break };
        let id: String =
            rest[start + 1..start + length].chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        if !id.is_empty() && !found.contains(&id) {
            found.push(id);
        }
        rest = &rest[start + length + 1..];
        if found.len() > MAX_IDS {
            found.remove(1);
        }
    }
    if found.is_empty() {
        let words = raw.split([' ', '\t', ',']).map(|w| w.trim_matches(['<', '>']));
        found = words.filter(|w| w.contains('@')).take(MAX_IDS).map(str::to_owned).collect();
    }
    found
}

/// Reads a date (RFC 5322 and common deviations).
pub(crate) fn date(raw: &str) -> Option<Timestamp> {
    let line = format!("{raw}\n");
    let parsed = match MessageStream::new(line.as_bytes()).parse_date() {
        HeaderValue::DateTime(date) if date.is_valid() => Some(date),
        _ => mail_parser::DateTime::parse_rfc3339(raw).filter(mail_parser::DateTime::is_valid),
    };
    parsed.map(|date| Timestamp(date.to_timestamp() * 1000))
}

/// Reads a value with parameters; RFC 2231 continuations and encoded words are undone.
pub(crate) fn parametrised(raw: &str) -> Parametrised {
    let line = format!("{raw}\n");
    let HeaderValue::ContentType(parsed) = MessageStream::new(line.as_bytes()).parse_content_type() else {
        let value = raw.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        return Parametrised { value, parameters: Vec::new() };
    };
    let mut value = parsed.c_type.trim().to_ascii_lowercase();
    if let Some(subtype) = &parsed.c_subtype {
        value.push('/');
        value.push_str(&subtype.trim().to_ascii_lowercase());
    }
    let attributes = parsed.attributes.unwrap_or_default();
    let parameters = attributes.into_iter().map(|a| (a.name.into_owned(), decode_words(&a.value))).collect();
    Parametrised { value, parameters }
}

/// The name that a file may have: no folders, no control characters, not too long.
pub(crate) fn file_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or(raw);
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let clean: String = last.chars().filter(|c| !invisible(*c)).collect();
    let clean = clean.trim().trim_start_matches("..");
    if clean.chars().count() <= 200 {
        return clean.to_owned();
    }
    // Keep the extension, which says how to open it.
    let (stem, extension) = clean.rsplit_once('.').unwrap_or((clean, ""));
    let stem: String = stem.chars().take(180).collect();
    let extension: String = extension.chars().take(16).collect();
    format!("{stem}.{extension}")
}

fn mailbox(parsed: mail_parser::Addr<'_>) -> Mailbox {
    let name = parsed.name.map(|n| tidy_name(&n)).unwrap_or_default();
    let address: String = parsed.address.unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    let address = address.trim().trim_matches(['<', '>', '\'', '"']).trim();
    if !address.contains('@') || address.contains(char::is_whitespace) {
        let name = if name.is_empty() { address.to_owned() } else { name };
        return Mailbox { name, address: String::new() };
    }
    Mailbox { name, address: address.to_owned() }
}

fn tidy_name(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ").trim_matches(['\'', '"']).trim().to_owned()
}

/// Cuts one field with its continuation lines off the block.
fn folded_line(block: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    loop {
        end = memchr::memchr(b'\n', &block[end..]).map_or(block.len(), |at| end + at + 1);
        if !matches!(block.get(end), Some(b' ' | b'\t')) {
            return block.split_at(end);
        }
    }
}

fn unfold(value: &[u8]) -> Vec<u8> {
    value.iter().filter(|b| !matches!(b, b'\r' | b'\n' | 0)).copied().collect()
}

/// One encoded word, still in its charset.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Replaces each run of encoded words by what `write` makes of its decoded text.
fn rewrite_words(text: &str, write: impl Fn(&str, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let Some((first, mut after)) = word(&rest[start..]) else {
            out.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            continue;
        };
        out.push_str(&rest[..start]);
        let mut run = vec![first];
        while let Some((next, further)) = word(after.trim_start_matches([' ', '\t'])) {
            after = further;
            match run.last_mut() {
                Some(last) if last.charset.eq_ignore_ascii_case(next.charset) => last.bytes.extend(next.bytes),
                _ => run.push(next),
            }
        }
        let decoded: String = run.iter().map(|w| charset::decode(&w.bytes, Some(w.charset), None).0).collect();
        let clean: String = decoded.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        write(&clean, &mut out);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Reads `=?charset?B or Q?data?=` at the start of the text.
fn word(text: &str) -> Option<(Word<'_>, &str)> {
    let inner = text.strip_prefix("=?")?;
    let (charset, inner) = inner.split_once('?')?;
    let (encoding, inner) = inner.split_once('?')?;
    if charset.is_empty() || charset.len() > 60 || charset.contains(' ') {
        return None;
    }
    // RFC 2231 allows a language after the charset.
    let charset = charset.split('*').next().unwrap_or(charset);
    // No client writes longer ones, and a search to the end for each start would take too long.
    let end = memchr::memmem::find(&inner.as_bytes()[..inner.len().min(MAX_WORD)], b"?=")?;
    let data = &inner[..end];
    let bytes = match encoding {
        "B" | "b" => transfer::decode(data.as_bytes(), Transfer::Base64).into_owned(),
        "Q" | "q" => {
            let spaced = data.replace(['_', ' '], "=20");
            transfer::decode(spaced.as_bytes(), Transfer::QuotedPrintable).into_owned()
        }
        _ => return None,
    };
    Some((Word { charset, bytes }, &inner[end + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(raw: &str) -> (String, String) {
        let found = mailboxes(raw, &mut Vec::new());
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].name.clone(), found[0].address.clone())
    }

    #[test]
    fn encoded_words_are_decoded_and_joined() {
        assert_eq!(decode_words("=?utf-8?Q?K=C3=BCsimus?= arve kohta"), "Küsimus arve kohta");
        assert_eq!(decode_words("=?utf-8?B?w7U=?= =?utf-8?B?w7U=?="), "õõ");
        // A two-byte character cut between two words.
        assert_eq!(decode_words("=?utf-8?Q?=C3?=\t=?utf-8?Q?=BC?="), "ü");
        assert_eq!(decode_words("=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?="), "Привет");
        assert_eq!(decode_words("=?utf-8*et?Q?a b_c?= =?x"), "a b c =?x");
        assert_eq!(decode_words("=?utf-8?Q?a=0D=0ABcc: x?="), "a  Bcc: x");
    }

    #[test]
    fn addresses_of_every_shape_are_read() {
        assert_eq!(one("\"Tamm, Jüri\" <juri@a.ee>"), ("Tamm, Jüri".into(), "juri@a.ee".into()));
        assert_eq!(one("juri@a.ee (Jüri Tamm)"), ("Jüri Tamm".into(), "juri@a.ee".into()));
        assert_eq!(one("=?utf-8?Q?J=C3=BCri_Tamm?= <juri@a.ee>"), ("Jüri Tamm".into(), "juri@a.ee".into()));
        assert_eq!(one("\"=?utf-8?B?SsO8cmk=?=\" <juri@a.ee>"), ("Jüri".into(), "juri@a.ee".into()));
        assert_eq!(one("'juri@a.ee'"), (String::new(), "juri@a.ee".into()));
        assert_eq!(mailboxes("a@b.ee, Grp: c@d.ee, e@f.ee;", &mut Vec::new()).len(), 3);
        assert_eq!(one("undisclosed"), ("undisclosed".into(), String::new()));
    }

    #[test]
    fn ids_are_read_with_and_without_brackets() {
        assert_eq!(ids("<a@b> <c@d>\t<a@b>"), ["a@b", "c@d"]);
        assert_eq!(ids("a@b"), ["a@b"]);
        assert_eq!(ids("Your message of Monday"), Vec::<String>::new());
    }

    #[test]
    fn dates_of_old_and_new_form_are_read() {
        assert_eq!(date("Sun, 22 Nov 2026 09:00:00 +0200"), Some(Timestamp(1_795_330_800_000)));
        assert_eq!(date("22 Nov 2026 07:00:00 GMT"), Some(Timestamp(1_795_330_800_000)));
        assert_eq!(date("yesterday"), None);
    }

    #[test]
    fn file_names_lose_folders_and_tricks() {
        assert_eq!(file_name("..\\..\\a/b/arve.pdf"), "arve.pdf");
        assert_eq!(file_name("exe\u{202e}fdp.scr\n"), "exefdp.scr");
        assert_eq!(file_name(&format!("{}.pdf", "x".repeat(500))).len(), 184);
    }

    #[test]
    fn parameters_in_all_encodings_are_read() {
        let value = parametrised("application/pdf; name*0*=utf-8''K%C3%BC; name*1*=simus.pdf");
        assert_eq!((value.value.as_str(), value.parameter("name")), ("application/pdf", Some("Küsimus.pdf")));
        let value = parametrised("Attachment; filename=\"=?utf-8?Q?=C3=B5.txt?=\"");
        assert_eq!((value.value.as_str(), value.parameter("filename")), ("attachment", Some("õ.txt")));
    }
}
