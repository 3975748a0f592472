//! What a line is: attribution, header block, separator, signature.

use super::lines::{Line, Mark};
use super::words::{LANGUAGES, Labels, Language};

/// Attribution lines are broken into at most this many lines.
const MAX_WRAPPED: usize = 4;
const MAX_ATTRIBUTION: usize = 400;
/// Clients don't break shorter lines.
const MIN_WRAPPED: usize = 15;

/// Does an attribution start at this line? Gives the number of lines and whether it is surely one: it has a date with
/// a time, so that it counts even when no quoted line follows.
pub(crate) fn attribution(lines: &[Line], at: usize) -> Option<(usize, bool)> {
    let first = lines.get(at)?;
    if first.text.is_empty() {
        return None;
    }
    let mut joined = String::new();
    for (count, line) in lines[at..].iter().take(MAX_WRAPPED).enumerate() {
        if line.text.is_empty() || line.depth != first.depth || joined.len() > MAX_ATTRIBUTION {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&line.text);
        if is_attribution(&joined) {
            let dated = is_dated(&joined);
            let starts_later = (1..=count).any(|skip| is_shorter(&lines[at + skip..=at + count], dated));
            return (!starts_later).then_some((count + 1, dated));
        }
        if line.text.ends_with(':') || line.text.len() < MIN_WRAPPED {
            break;
        }
    }
    (first.mark == Some(Mark::Attribution)).then_some((1, false))
}

/// Whether the last lines alone are an attribution as good as with the lines above, which are then text of their own.
fn is_shorter(lines: &[Line], dated: bool) -> bool {
    let joined = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    is_attribution(&joined) && (!dated || is_dated(&joined))
}

fn is_attribution(text: &str) -> bool {
    let Some(head) = text.strip_suffix(':') else { return false };
    if head.len() > MAX_ATTRIBUTION {
        return false;
    }
    let head = head.trim_end().to_lowercase().replace(['\u{202f}', '\u{a0}'], " ");
    // Without a verb: "3 Nov 2025, 10:00, Mari <mari@a.ee>:" of Russian clients and web mails.
    let has_address = head.contains('@');
    if has_address && head.ends_with('>') && is_dated(&head) {
        return true;
    }
    LANGUAGES.iter().flat_map(|language| language.wrote).any(|verb| has_words(&head, verb))
}

/// Whether the text has the words, not as a part of longer ones.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + words.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// A date and a time: five digits at least, and two of them around `:`, `.` or `h`.
pub(crate) fn is_dated(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let bytes = text.as_bytes();
    let time = bytes.windows(4).any(|w| {
        w[0].is_ascii_digit() && matches!(w[1], b':' | b'.' | b'h') && w[2].is_ascii_digit() && w[3].is_ascii_digit()
    });
    digits >= 5 && time
}

/// `-----Original Message-----` and the like, or the first line of a forward.
pub(crate) fn is_separator(text: &str) -> bool {
    is_original(text) || is_forward_line(text)
}

fn is_original(text: &str) -> bool {
    dashed(text).is_some_and(|words| LANGUAGES.iter().any(|l| l.original.contains(&words.as_str())))
}

/// `---------- Forwarded message ---------`, `Begin forwarded message:`.
pub(crate) fn is_forward_line(text: &str) -> bool {
    let known = |words: &str| LANGUAGES.iter().any(|l| l.forwarded.contains(&words));
    if let Some(words) = dashed(text) {
        return known(&words)
            || LANGUAGES
                .iter()
                .any(|l| l.forwarded.iter().any(|f| words.starts_with(f) && words.len() < f.len() + 80));
    }
    text.strip_suffix(':').is_some_and(|head| known(&head.trim_end().to_lowercase()))
}

/// The words inside of dashes, lower case.
fn dashed(text: &str) -> Option<String> {
    let is_dash = |c: char| matches!(c, '-' | '_' | '=' | '*' | '–' | '—');
    let inner = text.trim_start_matches(is_dash);
    let dashes = text.len() - inner.len();
    let inner = inner.trim_end_matches(is_dash).trim().trim_end_matches(':');
    (dashes >= 3 && !inner.is_empty() && inner.len() < 200).then(|| inner.to_lowercase())
}

/// What a header line inside of a body says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    From,
    Date,
    To,
    Cc,
    Subject,
}

/// The header lines that start at this line: label and value each. At least From and two others in one language.
pub(crate) fn header_block(lines: &[Line], at: usize) -> Option<(Vec<(Label, String)>, usize)> {
    let first = lines.get(at)?;
    if !first.text.contains([':', '：']) {
        return None;
    }
    LANGUAGES.iter().find_map(|language| header_block_in(language, lines, at, first.depth))
}

fn header_block_in(
    language: &Language,
    lines: &[Line],
    at: usize,
    depth: usize,
) -> Option<(Vec<(Label, String)>, usize)> {
    // Gmail's forwards and Apple Mail's begin with From too; Apple may put Subject first, never anything else.
    let (label, value) = labelled(&language.labels, &lines[at].text)?;
    if !matches!(label, Label::From | Label::Subject | Label::Date) {
        return None;
    }
    let mut found = vec![(label, value)];
    let mut next = at + 1;
    while let Some(line) = lines.get(next).filter(|line| line.depth == depth) {
        if let Some(entry) = labelled(&language.labels, &line.text) {
            found.push(entry);
            next += 1;
            continue;
        }
        // A long list of recipients runs on; HTML may have empty lines between.
        let ahead = lines.iter().skip(next + 1).take(3);
        let goes_on = ahead.filter(|l| l.depth == depth).any(|l| labelled(&language.labels, &l.text).is_some());
        if !goes_on || found.len() >= 5 || (line.text.is_empty() && found.len() >= 3) {
            break;
        }
        if let Some((_, value)) = found.last_mut().filter(|_| !line.text.is_empty()) {
            value.push(' ');
            value.push_str(&line.text);
        }
        next += 1;
    }
    let has = |wanted: Label| found.iter().any(|(label, _)| *label == wanted);
    let others = [Label::Date, Label::To, Label::Subject].into_iter().filter(|label| has(*label)).count();
    if !has(Label::From) || others < 2 {
        return None;
    }
    Some((found, next))
}

/// `From: Mari`, also `*From:* Mari` as text made from HTML has it.
fn labelled(labels: &Labels, text: &str) -> Option<(Label, String)> {
    let text = text.trim_start_matches(['*', '_']);
    let colon = text.find([':', '：'])?;
    let name = text[..colon].trim_end_matches(['*', '_', ' ', '\u{a0}', '\u{202f}']).to_lowercase();
    if name.is_empty() || name.chars().count() > 20 {
        return None;
    }
    let sets = [
        (Label::From, labels.from),
        (Label::Date, labels.date),
        (Label::To, labels.to),
        (Label::Cc, labels.cc),
        (Label::Subject, labels.subject),
    ];
    let (label, _) = sets
        .into_iter()
        .find(|(label, names)| names.contains(&name.as_str()) || (*label == Label::Cc && name == "cc"))?;
    let value = text[colon..].trim_start_matches([':', '：', '*', '_', ' ']).trim();
    Some((label, value.to_owned()))
}

/// The line that our own mails begin with: `##- ... -##`.
pub(crate) fn is_reply_marker(text: &str) -> bool {
    let text = text.trim_matches(['*', ' ']);
    text.len() > 6 && text.starts_with("##-") && text.ends_with("-##")
}

/// `-- `, alone on its line.
pub(crate) fn is_signature_line(text: &str) -> bool {
    matches!(text, "--" | "—" | "–" | "-- ")
}

/// "Sent from my iPhone".
pub(crate) fn is_sent_from(text: &str) -> bool {
    let text = text.trim_matches(['*', '_', '-', ' ', '>', '<']).to_lowercase();
    // "Saadetud: esmaspäev" is a header line.
    let short = text.chars().count() <= 90 && !text.ends_with(':');
    short && LANGUAGES.iter().flat_map(|language| language.sent_from).any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::lines::of_text;
    use super::*;

    #[test]
    fn attribution_lines_of_nine_languages_are_known() {
        for text in [
            "On Mon, 3 Nov 2025 at 10:00, Mari Maasikas <mari@a.example> wrote:",
            "Kontakt Mari Maasikas (<mari@a.example>) kirjutas kuupäeval E, 3. november 2025 kell 10:00:",
            "03.11.2025 10:00 Mari Maasikas kirjutas:",
            "ma 3. marrask. 2025 klo 10.00 Mari (mari@a.example) kirjoitti:",
            "пн, 3 нояб. 2025 г. в 10:00, Мария <mari@a.example>:",
            "3 нояб. 2025 г., в 10:00, Мария <mari@a.example> написал(а):",
            "03.11.2025 10:00, Мария пишет:",
            "Am Mo., 3. Nov. 2025 um 10:00 Uhr schrieb Mari <mari@a.example>:",
            "Le lun. 3 nov. 2025 à 10:00, Mari <mari@a.example> a écrit\u{a0}:",
            "El lun, 3 nov 2025 a las 10:00, Mari (<mari@a.example>) escribió:",
            "Den mån 3 nov. 2025 kl 10:00 skrev Mari <mari@a.example>:",
            "pon., 3 lis 2025 o 10:00 Mari <mari@a.example> napisał(a):",
            "Wiadomość napisana przez Mari <mari@a.example> w dniu 3 lis 2025, o godz. 10:00:",
        ] {
            assert_eq!(attribution(&of_text(text), 0), Some((1, true)), "{text}");
        }
    }

    #[test]
    fn wrapped_attributions_are_joined() {
        let text = "On Mon, 3 Nov 2025 at 10:00, Mari Maasikas\n<mari@a.example>\nwrote:\n";
        assert_eq!(attribution(&of_text(text), 0), Some((3, true)));
    }

    #[test]
    fn ordinary_lines_are_no_attributions() {
        for text in ["Here is what I need:", "He rewrote:", "See 3.11.2025 10:00", "mari@a.example:"] {
            assert_eq!(attribution(&of_text(text), 0), None, "{text}");
        }
    }

    #[test]
    fn header_blocks_need_from_and_two_more_of_one_language() {
        let block = "Saatja: Mari <mari@a.example>\nSaadetud: esmaspäev, 3. november 2025 10:00\nAdressaat: Jüri\nTeema: Arve\n\nTere";
        let (found, next) = header_block(&of_text(block), 0).unwrap();
        assert_eq!((found.len(), next), (4, 4));
        assert_eq!(found[0], (Label::From, "Mari <mari@a.example>".into()));
        assert!(header_block(&of_text("*De :* Mari\n*Envoyé :* lundi\n*À :* Jüri\n*Objet :* x"), 0).is_some());
        assert!(header_block(&of_text("From: Tallinn\nTo: Tartu\nFriday"), 0).is_none());
        assert!(header_block(&of_text("To: x\nFrom: y\nSubject: z"), 0).is_none());
    }

    #[test]
    fn separators_and_phone_signatures_are_known() {
        for text in [
            "-----Original Message-----",
            "-------- Algne sõnum --------",
            "----- Исходное сообщение -----",
            "---------- Forwarded message ---------",
            "Edastatud kirja algus:",
            "________ Ursprüngliche Nachricht ________",
        ] {
            assert!(is_separator(text), "{text}");
        }
        assert!(!is_separator("original message") && !is_separator("--- cut here ---"));
        for text in [
            "Sent from my iPhone",
            "Saadetud minu Galaxy nutitelefonist",
            "Отправлено с iPhone",
            "Von meinem iPhone gesendet",
            "Lähetetty iPhonesta",
        ] {
            assert!(is_sent_from(text), "{text}");
        }
        assert!(!is_sent_from("Saadetud:") && !is_sent_from("I sent from my shop a parcel"));
    }
}
