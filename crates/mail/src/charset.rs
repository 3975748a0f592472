//! Bytes to text, whatever the label says.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::message::Problem;

/// Labels seen in the wild that the WHATWG table lacks.
const LABELS: &[(&str, &str)] = &[
    ("cp-1250", "windows-1250"),
    ("cp-1251", "windows-1251"),
    ("cp-1252", "windows-1252"),
    ("cp-1257", "windows-1257"),
    ("win-1251", "windows-1251"),
    ("win1251", "windows-1251"),
    ("win-1257", "windows-1257"),
    ("win1257", "windows-1257"),
    ("windows1251", "windows-1251"),
    ("windows1257", "windows-1257"),
    ("windows-31j", "shift_jis"),
    ("cp932", "shift_jis"),
    ("cp936", "gbk"),
    ("cp949", "euc-kr"),
    ("cp950", "big5"),
    ("utf8mb4", "utf-8"),
    ("utf_8", "utf-8"),
    ("utf", "utf-8"),
    ("unicode", "utf-8"),
    ("8bit", "utf-8"),
    ("koi8r", "koi8-r"),
    ("koi8u", "koi8-u"),
    ("iso8859_15", "iso-8859-15"),
    ("iso_8859-13:1998", "iso-8859-13"),
    ("l9", "iso-8859-15"),
];

/// Decodes text. `label` is the declared charset, `domain` the sender's domain, which helps to guess.
/// Gives the text and what was wrong. Line ends stay as they are.
pub fn decode(bytes: &[u8], label: Option<&str>, domain: Option<&str>) -> (String, Option<Problem>) {
    let label = label.map(str::trim).filter(|l| !l.is_empty());
    if is_plain_ascii(bytes) && label.and_then(find).is_none_or(Encoding::is_ascii_compatible) && !is_utf7(label) {
        return (String::from_utf8_lossy(bytes).into_owned(), None);
    }
    let Some(label) = label else {
        let used = guess(bytes, domain);
        return (used.decode(bytes).0.into_owned(), Some(Problem::UndeclaredCharset(used.name().into())));
    };
    if is_utf7(Some(label))
        && let Some(decoder) = mail_parser::decoders::charsets::map::charset_decoder(b"utf-7")
    {
        return (decoder(bytes), None);
    }
    if is_ascii_label(label) {
        let used = guess(bytes, domain);
        return (used.decode(bytes).0.into_owned(), Some(Problem::WrongCharset(label.into(), used.name().into())));
    }
    let Some(declared) = find(label) else {
        let used = guess(bytes, domain);
        return (used.decode(bytes).0.into_owned(), Some(Problem::UnknownCharset(label.into())));
    };
    declared_or_better(bytes, label, declared, domain)
}

/// The repair of a declared charset: UTF-8 that isn't, and single-byte text that is UTF-8.
fn declared_or_better(
    bytes: &[u8],
    label: &str,
    declared: &'static Encoding,
    domain: Option<&str>,
) -> (String, Option<Problem>) {
    let wrong = |used: &'static Encoding| {
        (used.decode(bytes).0.into_owned(), Some(Problem::WrongCharset(label.into(), used.name().into())))
    };
    if declared == UTF_8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => (text.trim_start_matches('\u{feff}').to_owned(), None),
            // A few bad bytes in real UTF-8 (a character cut in two) shouldn't turn all of it into mojibake.
            Err(_) if mostly_utf8(bytes) => wrong(UTF_8),
            Err(_) => wrong(guess(bytes, domain)),
        };
    }
    if declared.is_single_byte() && std::str::from_utf8(bytes).is_ok() && !is_plain_ascii(bytes) {
        return wrong(UTF_8);
    }
    let (text, _, malformed) = declared.decode(bytes);
    if malformed && declared.is_single_byte() {
        let other = guess(bytes, domain);
        if other != declared && !other.decode(bytes).2 {
            return wrong(other);
        }
    }
    (text.into_owned(), None)
}

/// Finds an encoding by a label as found in mails.
fn find(label: &str) -> Option<&'static Encoding> {
    let cleaned = label.trim_matches(['"', '\'', ' ', ';', ',']).to_ascii_lowercase();
    if let Some(encoding) = Encoding::for_label(cleaned.as_bytes()) {
        return Some(encoding);
    }
    let known = LABELS.iter().find(|(alias, _)| *alias == cleaned)?.1;
    Encoding::for_label(known.as_bytes())
}

fn is_utf7(label: Option<&str>) -> bool {
    label.is_some_and(|l| l.eq_ignore_ascii_case("utf-7") || l.eq_ignore_ascii_case("unicode-1-1-utf-7"))
}

fn is_ascii_label(label: &str) -> bool {
    ["us-ascii", "ascii", "ansi_x3.4-1968", "7bit"].iter().any(|l| l.eq_ignore_ascii_case(label))
}

/// ASCII without the escape sequences of ISO-2022.
fn is_plain_ascii(bytes: &[u8]) -> bool {
    bytes.is_ascii() && memchr::memchr(0x1b, bytes).is_none()
}

fn mostly_utf8(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let bad = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let good = text.chars().filter(|c| !c.is_ascii()).count() - bad;
    good > 4 * bad
}

fn guess(bytes: &[u8], domain: Option<&str>) -> &'static Encoding {
    if !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(64 * 1024)], true);
    let tld = domain.and_then(|d| d.rsplit('.').next()).map(str::to_ascii_lowercase);
    let tld =
        tld.filter(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    let found = detector.guess(tld.as_deref().map(str::as_bytes), Utf8Detection::Deny);
    if found == encoding_rs::REPLACEMENT { WINDOWS_1252 } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str, label: &str) -> Vec<u8> {
        Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
    }

    #[test]
    fn declared_charsets_are_used() {
        for (label, text) in
            [("windows-1251", "Добрый день"), ("iso-8859-4", "õhtust, šokolaad"), ("koi8-r", "принтер")]
        {
            assert_eq!(decode(&encode(text, label), Some(label), None), (text.into(), None), "{label}");
        }
    }

    #[test]
    fn undeclared_russian_and_estonian_are_guessed() {
        let russian = "Здравствуйте, у меня не работает принтер, помогите пожалуйста";
        assert_eq!(decode(&encode(russian, "windows-1251"), None, Some("example.ru")).0, russian);
        let latvian = "Labdien, mūsu mājaslapa nestrādā, lūdzu palīdziet mums šodien";
        assert_eq!(decode(&encode(latvian, "windows-1257"), None, Some("example.lv")).0, latvian);
        assert_eq!(decode("Tere õhtust".as_bytes(), None, None).0, "Tere õhtust");
    }

    #[test]
    fn wrong_labels_are_seen_through() {
        let text = "Tere, küsimus arve kohta – aitäh!";
        let (decoded, problem) = decode(text.as_bytes(), Some("iso-8859-1"), None);
        assert_eq!(decoded, text);
        assert_eq!(problem, Some(Problem::WrongCharset("iso-8859-1".into(), "UTF-8".into())));
        assert_eq!(
            decode(&encode("Здравствуйте, друзья", "windows-1251"), Some("utf-8"), Some("a.ru")).0,
            "Здравствуйте, друзья"
        );
        assert_eq!(decode("õ".as_bytes(), Some("no-such-thing"), None).0, "õ");
        assert_eq!(decode("õ".as_bytes(), Some("us-ascii"), None).0, "õ");
    }

    #[test]
    fn one_cut_character_does_not_spoil_the_rest() {
        let mut bytes = "Ää öö üü õõ šš žž ää öö".as_bytes().to_vec();
        bytes.pop();
        assert!(decode(&bytes, Some("utf-8"), None).0.starts_with("Ää öö üü õõ šš žž ää ö"));
    }

    #[test]
    fn utf7_and_iso_2022_are_decoded() {
        assert_eq!(decode(b"Hi +AOQ-", Some("utf-7"), None).0, "Hi ä");
        assert_eq!(decode(&encode("日本", "iso-2022-jp"), Some("iso-2022-jp"), None).0, "日本");
    }
}
