//! Raw bytes -> [`Message`]. Never fails: gives what it got and what was wrong.

use base::Timestamp;

use crate::body::{self, Piece};
use crate::charset;
use crate::header::{self, Field};
use crate::message::{Attachment, Content, Kind, Message, Problem, Report};
use crate::outline::{self, Found, Leaf};
use crate::{tnef, transfer};

/// Messages inside of messages are opened this deep; deeper ones stay closed attachments.
const MAX_NESTING: usize = 3;

/// Parses a message that is in memory. Attachments are ranges of `raw`.
pub fn parse(raw: &[u8]) -> (Message, Vec<Problem>) {
    parse_nested(raw, 0)
}

pub(crate) fn parse_nested(raw: &[u8], nesting: usize) -> (Message, Vec<Problem>) {
    outline::outline_at(raw, nesting)
        .unwrap_or_else(|error| (Message::default(), vec![Problem::Unreadable(error.kind().to_string())]))
}

/// Makes a message of what the scan found.
pub(crate) fn assemble(found: Found, nesting: usize) -> (Message, Vec<Problem>) {
    let Found { top, domain, leaves, size, mut problems } = found;
    problems.extend(repeated(&top));
    let mut message = head(&top, &mut problems);
    message.size = size;
    let mut parts = Parts { message, pieces: Vec::new(), problems, domain, nesting };
    let alone = leaves.len() == 1;
    for leaf in leaves {
        parts.add(leaf, alone);
    }
    let Parts { mut message, pieces, mut problems, .. } = parts;
    let body = body::join(pieces);
    message.text = body.text.or(message.text);
    message.html = body.html.or(message.html);
    if message.author().is_none() {
        problems.push(Problem::NoSender);
    }
    problems.dedup();
    (message, problems)
}

fn head(fields: &[Field], problems: &mut Vec<Problem>) -> Message {
    let find = |name: &str| fields.iter().find(|f| f.name.eq_ignore_ascii_case(name)).map(|f| f.raw.as_str());
    let mut mailboxes = |name: &str| find(name).map(|raw| header::mailboxes(raw, problems)).unwrap_or_default();
    let (from, to, cc) = (mailboxes("From"), mailboxes("To"), mailboxes("Cc"));
    let (reply_to, sender) = (mailboxes("Reply-To"), mailboxes("Sender"));
    let ids = |name: &str| find(name).map(header::ids).unwrap_or_default();
    let content_type = header::parametrised(find("Content-Type").unwrap_or("text/plain"));
    Message {
        message_id: ids("Message-ID").into_iter().next(),
        in_reply_to: ids("In-Reply-To"),
        references: ids("References"),
        from,
        to,
        cc,
        reply_to,
        sender: sender.into_iter().next(),
        subject: find("Subject").map(header::decode_words).unwrap_or_default(),
        date: find("Date").and_then(|raw| date(raw, problems)),
        headers: fields.iter().map(header::decoded).collect(),
        report_type: content_type.parameter("report-type").unwrap_or_default().to_ascii_lowercase(),
        content_type: content_type.value,
        ..Message::default()
    }
}

/// Fields that RFC 5322, 3.6 allows once and that decide who a mail is from or what it is.
const ONCE: &[&str] = &["From", "Sender", "Subject", "Message-ID", "Content-Type"];

fn repeated(fields: &[Field]) -> impl Iterator<Item = Problem> {
    let count = |name: &str| fields.iter().filter(|f| f.name.eq_ignore_ascii_case(name)).count();
    ONCE.iter().filter(move |name| count(name) > 1).map(|name| Problem::RepeatedField((*name).to_owned()))
}

fn date(raw: &str, problems: &mut Vec<Problem>) -> Option<Timestamp> {
    let date = header::date(raw);
    if date.is_none() {
        problems.push(Problem::BadDate(raw.chars().take(60).collect()));
    }
    date
}

/// The message while its parts are added.
struct Parts {
    message: Message,
    pieces: Vec<Piece>,
    problems: Vec<Problem>,
    domain: Option<String>,
    nesting: usize,
}

impl Parts {
    fn add(&mut self, leaf: Leaf, alone: bool) {
        let name = leaf.disposition.parameter("filename").or(leaf.content_type.parameter("name"));
        let name = header::file_name(name.unwrap_or_default());
        let attached = leaf.disposition.value == "attachment";
        let content_type = leaf.content_type.value.clone();
        match content_type.as_str() {
            "text/plain" | "text/html" if !attached && (name.is_empty() || alone || self.pieces.is_empty()) => {
                self.text(&leaf, content_type == "text/html");
            }
            // Copies of the body for other kinds of reader.
            "text/x-amp-html" | "text/watch-html" if !attached => {}
            "application/ms-tnef" | "application/vnd.ms-tnef" => self.tnef(leaf, name),
            _ if name.eq_ignore_ascii_case("winmail.dat") => self.tnef(leaf, name),
            _ => self.attachment(leaf, name),
        }
    }

    fn text(&mut self, leaf: &Leaf, html: bool) {
        if leaf.cut {
            self.problems.push(Problem::TextTooLarge);
        }
        let mut decoder = transfer::Decoder::new(leaf.encoding);
        let mut bytes = Vec::with_capacity(leaf.kept.len());
        decoder.push(&leaf.kept, &mut bytes);
        if decoder.finish(&mut bytes) {
            self.problems.push(Problem::BrokenEncoding);
        }
        let mut label = leaf.content_type.parameter("charset");
        let meta = if html && label.is_none() { body::charset_of_html(&bytes) } else { None };
        label = label.or(meta.as_deref());
        let (text, problem) = charset::decode(&bytes, label, self.domain.as_deref());
        self.problems.extend(problem);
        let mut text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        if !html && leaf.content_type.parameter("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed")) {
            let delete = leaf.content_type.parameter("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes"));
            text = body::unflow(&text, delete);
        }
        self.pieces.push(Piece { alternative: leaf.alternative, html, text });
    }

    fn tnef(&mut self, leaf: Leaf, name: String) {
        let decoded = if leaf.cut { None } else { tnef::decode(&transfer::decode(&leaf.kept, leaf.encoding)) };
        let Some(opened) = decoded else {
            self.problems.push(Problem::BrokenTnef);
            return self.attachment(leaf, name);
        };
        if opened.broken {
            self.problems.push(Problem::BrokenTnef);
        }
        // The MIME body wins; Outlook often sends it beside the winmail.dat.
        if self.pieces.iter().all(|piece| piece.text.trim().is_empty()) {
            self.pieces.clear();
            self.message.text = opened.text;
            self.message.html = opened.html;
        }
        for file in opened.files {
            let kind = kind(&file.content_type, &file.name);
            let nested = (kind == Kind::Message).then(|| self.open(&file.bytes)).flatten();
            self.message.attachments.push(Attachment {
                name: header::file_name(&file.name),
                content_type: file.content_type,
                inline: file.content_id.is_some(),
                content_id: file.content_id,
                kind,
                content: Content::Bytes(file.bytes),
                nested,
            });
        }
    }

    fn attachment(&mut self, leaf: Leaf, name: String) {
        let content_type = leaf.content_type.value.clone();
        let kind = kind(&content_type, &name);
        let decoded = || transfer::decode(&leaf.kept, leaf.encoding);
        if kind == Kind::Report {
            let text = charset::decode(&decoded(), leaf.content_type.parameter("charset"), self.domain.as_deref()).0;
            let text = text.replace("\r\n", "\n");
            self.message.reports.push(Report { content_type: content_type.clone(), text });
        }
        let nested = if kind == Kind::Message { self.open(&decoded()) } else { None };
        let name = if name.is_empty() { self.make_name(&leaf, kind, nested.as_deref()) } else { name };
        let cited = leaf.content_id.is_some() && content_type.starts_with("image/");
        self.message.attachments.push(Attachment {
            name,
            content_type,
            inline: leaf.disposition.value == "inline" || (cited && leaf.disposition.value != "attachment"),
            content_id: leaf.content_id,
            kind,
            content: Content::Range { range: leaf.range, encoding: leaf.encoding },
            nested,
        });
    }

    fn open(&self, bytes: &[u8]) -> Option<Box<Message>> {
        (self.nesting < MAX_NESTING && !bytes.is_empty()).then(|| Box::new(parse_nested(bytes, self.nesting + 1).0))
    }

    fn make_name(&self, leaf: &Leaf, kind: Kind, nested: Option<&Message>) -> String {
        let number = self.message.attachments.len() + 1;
        if let Some(nested) = nested {
            let subject = header::file_name(&nested.subject.replace(['/', '\\', ':'], "_"));
            return if subject.is_empty() { format!("message-{number}.eml") } else { format!("{subject}.eml") };
        }
        let (_, subtype) = leaf.content_type.value.split_once('/').unwrap_or(("", "bin"));
        let described = header::file_name(&leaf.description);
        if described.contains('.') {
            return described;
        }
        let known = EXTENSIONS.iter().find(|(t, _)| *t == leaf.content_type.value).map(|(_, e)| *e);
        let short: String = subtype.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let extension = known.unwrap_or(if short.is_empty() { "bin" } else { &short });
        let stem = match kind {
            Kind::Calendar => "invite",
            Kind::Report => "report",
            _ if leaf.content_type.value.starts_with("image/") => "image",
            _ => "attachment",
        };
        format!("{stem}-{number}.{extension}")
    }
}

/// File name extensions where the subtype isn't one.
const EXTENSIONS: &[(&str, &str)] = &[
    ("application/octet-stream", "bin"),
    ("application/pgp-encrypted", "asc"),
    ("application/pgp-signature", "asc"),
    ("application/pkcs7-mime", "p7m"),
    ("application/pkcs7-signature", "p7s"),
    ("application/x-pkcs7-mime", "p7m"),
    ("application/x-pkcs7-signature", "p7s"),
    ("audio/mpeg", "mp3"),
    ("image/jpeg", "jpg"),
    ("image/svg+xml", "svg"),
    ("message/delivery-status", "txt"),
    ("text/calendar", "ics"),
    ("text/plain", "txt"),
    ("text/rfc822-headers", "txt"),
];

fn kind(content_type: &str, name: &str) -> Kind {
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match content_type {
        "message/rfc822" | "message/global" => Kind::Message,
        "message/delivery-status"
        | "message/global-delivery-status"
        | "message/disposition-notification"
        | "message/feedback-report"
        | "text/rfc822-headers"
        | "message/global-headers" => Kind::Report,
        "text/calendar" | "application/ics" => Kind::Calendar,
        "application/pkcs7-mime"
        | "application/x-pkcs7-mime"
        | "application/pkcs7-signature"
        | "application/x-pkcs7-signature" => Kind::Smime,
        "application/pgp-encrypted" | "application/pgp-signature" | "application/pgp-keys" => Kind::Pgp,
        _ => match extension.as_str() {
            "ics" => Kind::Calendar,
            "p7m" | "p7s" => Kind::Smime,
            "asc" | "pgp" | "gpg" => Kind::Pgp,
            _ => Kind::File,
        },
    }
}
