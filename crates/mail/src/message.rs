//! What a mail is made of, once it is parsed.

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use base::Timestamp;

use crate::transfer::{self, Transfer};

/// A name with an address, as in From and To.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Display name, decoded; may be empty.
    pub name: String,
    /// `local@domain` as written; empty when the header named nobody reachable.
    pub address: String,
}

impl Mailbox {
    /// A mailbox from its two halves.
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into() }
    }
}

/// One header field of the top of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// As written, for example `List-Id`.
    pub name: String,
    /// Unfolded, with charset and encoded words decoded.
    pub value: String,
}

/// A parsed mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Ids of In-Reply-To without angle brackets.
    pub in_reply_to: Vec<String>,
    /// Ids of References, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// Authors; usually one.
    pub from: Vec<Mailbox>,
    /// Recipients of the To field.
    pub to: Vec<Mailbox>,
    /// Recipients of the Cc field.
    pub cc: Vec<Mailbox>,
    /// Where answers are wanted.
    pub reply_to: Vec<Mailbox>,
    /// Who sent it on the author's behalf.
    pub sender: Option<Mailbox>,
    /// Decoded subject; empty when missing.
    pub subject: String,
    /// The Date field; None when missing or unreadable.
    pub date: Option<Timestamp>,
    /// Text body with `\n` line ends. None when the mail has only HTML (see [`Message::plain`]).
    pub text: Option<String>,
    /// HTML body, not sanitised. None when the mail has only text.
    pub html: Option<String>,
    /// Everything that isn't the body, in order.
    pub attachments: Vec<Attachment>,
    /// Machine-readable parts: delivery reports, returned headers.
    pub reports: Vec<Report>,
    /// All top-level header fields in order.
    pub headers: Vec<Header>,
    /// Lower-case type of the whole, for example `multipart/report`.
    pub content_type: String,
    /// Its `report-type` parameter, lower case; empty for others.
    pub report_type: String,
    /// Length of the raw message in bytes.
    pub size: u64,
}

impl Message {
    /// The first value of a header field, by name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// All values of a header field, in order.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// The author's mailbox: the first From with an address, else Sender, else Reply-To.
    pub fn author(&self) -> Option<&Mailbox> {
        let mut all = self.from.iter().chain(&self.sender).chain(&self.reply_to);
        all.find(|m| !m.address.is_empty())
    }

    /// The body as text: the text part, else the HTML rendered as text.
    pub fn plain(&self) -> Cow<'_, str> {
        match (&self.text, &self.html) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, Some(html)) => Cow::Owned(crate::sanitize::html_to_text(html)),
            (None, None) => Cow::Borrowed(""),
        }
    }
}

/// A part that is not the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name without folders or control characters; made up when missing.
    pub name: String,
    /// Lower case, without parameters, for example `image/png`.
    pub content_type: String,
    /// Content-ID without angle brackets, for `cid:` references.
    pub content_id: Option<String>,
    /// Meant to be shown in the body.
    pub inline: bool,
    /// What it is to us.
    pub kind: Kind,
    /// Where its bytes are.
    pub content: Content,
    /// For [`Kind::Message`]: the message inside, parsed from at most 1 MiB. Its ranges count from its own start.
    pub nested: Option<Box<Message>>,
}

/// What an attachment is to the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any file.
    File,
    /// A message (`message/rfc822`), named `.eml`.
    Message,
    /// An invitation (`text/calendar`).
    Calendar,
    /// S/MIME: signature or enveloped data, unopened.
    Smime,
    /// PGP: signature, key or encrypted data, unopened.
    Pgp,
    /// A part of a report (delivery status and the like), also in [`Message::reports`].
    Report,
}

/// Where the bytes of an attachment are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A range of the raw message, in bytes, and how it is encoded.
    Range {
        /// From the start of the raw message.
        range: Range<u64>,
        /// Transfer encoding to undo.
        encoding: Transfer,
    },
    /// Decoded bytes (out of a winmail.dat).
    Bytes(Vec<u8>),
}

impl Attachment {
    /// The decoded bytes, given the whole raw message. A range outside of it gives what is there.
    pub fn bytes<'a>(&'a self, raw: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.content {
            Content::Bytes(bytes) => Cow::Borrowed(bytes),
            Content::Range { range, encoding } => {
                let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(raw.len());
                let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
                transfer::decode(&raw[start..end], *encoding)
            }
        }
    }

    /// Streams the decoded bytes out of the raw message in constant memory.
    ///
    /// # Errors
    /// Those of seeking in `raw`.
    pub fn reader<'a, R: Read + Seek + 'a>(&'a self, mut raw: R) -> io::Result<Box<dyn Read + 'a>> {
        match &self.content {
            Content::Bytes(bytes) => Ok(Box::new(bytes.as_slice())),
            Content::Range { range, encoding } => {
                raw.seek(SeekFrom::Start(range.start))?;
                let length = range.end.saturating_sub(range.start);
                Ok(Box::new(transfer::Reader::new(raw.take(length), *encoding)))
            }
        }
    }
}

/// A machine-readable part, decoded, at most 64 KiB of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// `message/delivery-status`, `text/rfc822-headers`, `message/feedback-report` ...
    pub content_type: String,
    /// Decoded text with `\n` line ends.
    pub text: String,
}

/// Something wrong with a mail that was repaired or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Neither From nor Sender names an address.
    NoSender,
    /// A field that may occur once occurs again; the first is used. Two From fields are a forger's trick.
    RepeatedField(String),
    /// There is no header at all.
    NoHeaders,
    /// Lines among the headers that are no headers.
    BrokenHeader,
    /// The header block of a part is longer than 256 KiB; the rest was left out.
    HeadersTooLarge,
    /// An address field has more than 1 000 addresses; the rest was left out.
    TooManyAddresses,
    /// The Date field can't be read.
    BadDate(String),
    /// The charset label is unknown; the charset was guessed.
    UnknownCharset(String),
    /// Bytes don't fit the declared charset (first); another was used (second).
    WrongCharset(String, String),
    /// Eight-bit text without a declared charset; this one was used.
    UndeclaredCharset(String),
    /// A multipart without (usable) boundary.
    MissingBoundary,
    /// A multipart that isn't closed; the message may be cut short.
    UnclosedMultipart,
    /// Parts nest deeper than 32; what is deeper is kept as one attachment.
    NestedTooDeep,
    /// More than 1 000 parts; the rest was left out.
    TooManyParts,
    /// Transfer encoding that we don't know; bytes are taken as they are.
    UnknownEncoding(String),
    /// Base64 or quoted-printable with foreign characters; they were skipped.
    BrokenEncoding,
    /// A text part is longer than 4 MiB; the rest was left out.
    TextTooLarge,
    /// A winmail.dat that can't be read (to its end); it is kept as an attachment.
    BrokenTnef,
    /// Reading the source failed; what was read is here.
    Unreadable(String),
}
