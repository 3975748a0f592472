//! Taking a message in: durable, once, before anybody is told that it was taken.

use base::{CommentId, InboundId, Result, TicketId, Timestamp};
use kernel::{Staged, Tx, blobs, jobs};
use mail::thread::ContentHash;
use serde::{Deserialize, Serialize};

use super::ingest::Ingest;
use super::store;

/// The channel of mail that comes by SMTP or IMAP.
pub const EMAIL: &str = "email";
/// The channel of mail that is imported from files.
pub const IMPORT: &str = "import";

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Stored; not looked at yet.
    Received,
    /// Became part of a ticket.
    Processed,
    /// Kept out of the tickets, see [`super::suspension`].
    Suspended,
    /// Could not be dealt with. It can be run again.
    Failed,
    /// Needed nothing: a report about our own mail, a second copy, deleted while suspended.
    Ignored,
}

impl State {
    /// Every state.
    pub const ALL: [State; 5] = [State::Received, State::Processed, State::Suspended, State::Failed, State::Ignored];

    /// The name in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Processed => "processed",
            State::Suspended => "suspended",
            State::Failed => "failed",
            State::Ignored => "ignored",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What the transport knew of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Envelope {
    /// MAIL FROM; empty for the null sender; none when it is not known, as from IMAP.
    pub from: Option<String>,
    /// The recipients that are ours.
    pub to: Vec<String>,
    /// The name in HELO or EHLO.
    #[serde(default)]
    pub helo: String,
    /// The client's IP address.
    #[serde(default)]
    pub address: Option<String>,
    /// Whether the connection was encrypted.
    #[serde(default)]
    pub tls: bool,
    /// The mailbox that it was fetched from, or the file that it was imported from.
    #[serde(default)]
    pub source: Option<String>,
}

/// A message as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbound {
    /// Its number.
    pub id: InboundId,
    /// [`EMAIL`] or [`IMPORT`].
    pub channel: String,
    /// Message-ID or hash; unique within the channel.
    pub external_id: String,
    /// Hash of what the sender wrote.
    pub fingerprint: String,
    /// Where the raw message is.
    pub blob_key: String,
    /// Its size in bytes.
    pub size: i64,
    /// What the transport knew.
    pub envelope: Envelope,
    /// What became of it.
    pub state: State,
    /// Its subject, once it was read.
    pub subject: String,
    /// Its author's address, once it was read.
    pub sender: String,
    /// The ticket that it became part of.
    pub ticket: Option<TicketId>,
    /// The comment that it became.
    pub comment: Option<CommentId>,
    /// `pass`, `fail` or `none`.
    pub verdict: String,
    /// What was wrong with it.
    pub problems: Vec<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was dealt with.
    pub processed_at: Option<Timestamp>,
}

/// A message that is about to be stored.
pub(crate) struct New {
    pub channel: &'static str,
    /// Message-ID without angle brackets, or hash.
    pub external_id: String,
    pub fingerprint: String,
    pub size: i64,
    pub recipients: Vec<String>,
    pub envelope_json: String,
}

impl New {
    pub(crate) fn of(channel: &'static str, seen: Seen, size: u64, envelope: &Envelope) -> Result<Self> {
        Ok(Self {
            channel,
            external_id: seen.external_id,
            fingerprint: seen.fingerprint,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            recipients: envelope.to.clone(),
            envelope_json: store::inbound::envelope_json(envelope)?,
        })
    }
}

/// What [`accept`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// Stored, and a job will look at it.
    Stored(InboundId),
    /// It was stored before.
    Known(InboundId),
}

impl Accepted {
    pub(crate) fn id(self) -> InboundId {
        match self {
            Accepted::Stored(id) | Accepted::Known(id) => id,
        }
    }
}

/// Stores a message and asks for it to be looked at. The same mail to the same recipients is stored once; another mail
/// that (by mistake or malice) has the same Message-ID is stored beside it, as is a copy to another address of ours.
pub(crate) fn accept(tx: &mut Tx<'_>, new: &New, content: Staged) -> Result<Accepted> {
    let key = content.keep(tx)?;
    if let Some(id) = store::inbound::add(tx, new, &new.external_id, &key)? {
        jobs::enqueue(tx, &Ingest::new(id))?;
        return Ok(Accepted::Stored(id));
    }
    let known = store::inbound::by_external_id(tx, new.channel, &new.external_id)?;
    let other = match known {
        Some(known) if known.fingerprint == new.fingerprint => {
            let missing = |to: &&String| !known.envelope.to.iter().any(|had| had.eq_ignore_ascii_case(to));
            let mut others: Vec<String> = new.recipients.iter().filter(missing).map(|to| to.to_lowercase()).collect();
            if others.is_empty() {
                blobs::delete(tx, &key)?;
                return Ok(Accepted::Known(known.id));
            }
            others.sort();
            format!("{} {}", new.external_id, others.join(" "))
        }
        _ => format!("{} {} {}", new.external_id, new.fingerprint, new.recipients.join(" ").to_lowercase()),
    };
    if let Some(id) = store::inbound::add(tx, new, &other, &key)? {
        jobs::enqueue(tx, &Ingest::new(id))?;
        return Ok(Accepted::Stored(id));
    }
    blobs::delete(tx, &key)?;
    let known = store::inbound::by_external_id(tx, new.channel, &other)?;
    known.map(|known| Accepted::Known(known.id)).ok_or(base::Error::NotFound)
}

/// Most bytes of the header that are looked at for the id.
const LONGEST_HEAD: usize = 64 * 1024;

/// What identifies a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Message-ID without angle brackets, or `sha256:...`.
    pub external_id: String,
    /// `sha256:...` over author, subject, date and body: the same for each copy, whatever way it came.
    pub fingerprint: String,
}

/// Watches a message pass, in constant memory, for what identifies it.
#[derive(Default)]
pub(crate) struct Watcher {
    head: Vec<u8>,
    in_body: bool,
    hash: ContentHash,
}

impl Watcher {
    /// Takes the next piece in.
    pub(crate) fn update(&mut self, piece: &[u8]) {
        if self.in_body {
            return self.hash.update(piece);
        }
        // The end of the header may lie across two pieces.
        let from = self.head.len().saturating_sub(3);
        self.head.extend_from_slice(piece);
        if let Some(at) = end_of_head(&self.head[from..]).map(|at| from + at) {
            let body = self.head.split_off(at);
            self.begin_body(&body);
        } else if self.head.len() > LONGEST_HEAD {
            let rest = self.head.split_off(LONGEST_HEAD);
            self.begin_body(&rest);
        }
    }

    /// What was seen.
    pub(crate) fn finish(mut self) -> Seen {
        if !self.in_body {
            self.begin_body(&[]);
        }
        let fingerprint = self.hash.finish();
        let id = field(&self.head, "message-id").map(|id| id.trim_matches(['<', '>', ' ', '\t']).to_owned());
        let usable = |id: &String| !id.is_empty() && id.len() <= 500 && !id.contains(char::is_whitespace);
        Seen { external_id: id.filter(usable).unwrap_or_else(|| fingerprint.clone()), fingerprint }
    }

    fn begin_body(&mut self, body: &[u8]) {
        self.in_body = true;
        for name in ["from", "subject", "date", "message-id"] {
            let value = field(&self.head, name).unwrap_or_default();
            self.hash.update(value.as_bytes());
            self.hash.update(b"\n");
        }
        self.hash.update(body);
    }
}

/// Where the body begins: after the first empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let find = |bytes: &[u8], mark: &[u8]| {
        bytes.windows(mark.len()).position(|window| window == mark).map(|at| at + mark.len())
    };
    let proper = find(bytes, b"\r\n\r\n");
    find(&bytes[..proper.unwrap_or(bytes.len())], b"\n\n").or(proper)
}

/// The first value of a header field, unfolded; names in lower case.
fn field(head: &[u8], name: &str) -> Option<String> {
    let mut value: Option<String> = None;
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        if let Some(value) = &mut value {
            if !folded {
                break;
            }
            value.push(' ');
            value.push_str(String::from_utf8_lossy(line).trim());
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        if !folded && line[..colon].trim_ascii_end().eq_ignore_ascii_case(name.as_bytes()) {
            value = Some(String::from_utf8_lossy(&line[colon + 1..]).trim().to_owned());
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(pieces: &[&[u8]]) -> Seen {
        let mut watcher = Watcher::default();
        pieces.iter().for_each(|piece| watcher.update(piece));
        watcher.finish()
    }

    #[test]
    fn the_message_id_is_found_however_the_message_is_cut() {
        let whole = b"Received: by x\r\nMessage-Id:\r\n <a@b>\r\nFrom: j@a\r\n\r\nHi\r\n\r\nthere\r\n";
        let expected = seen(&[whole]);
        assert_eq!(expected.external_id, "a@b");
        for at in 0..whole.len() {
            assert_eq!(seen(&[&whole[..at], &whole[at..]]), expected, "cut at {at}");
        }
    }

    #[test]
    fn the_way_that_a_copy_took_does_not_change_its_fingerprint() {
        let a = seen(&[b"Received: by x\r\nFrom: j@a\r\nSubject: s\r\n\r\nHi\r\n"]);
        let b = seen(&[b"Received: by y\r\nDelivered-To: z\r\nFrom: j@a\r\nSubject: s\r\n\r\nHi\r\n"]);
        let other = seen(&[b"From: j@a\r\nSubject: s\r\n\r\nHo\r\n"]);
        assert_eq!(a, b);
        assert_ne!(a.fingerprint, other.fingerprint);
        assert!(a.external_id.starts_with("sha256:"));
    }

    #[test]
    fn an_id_that_could_not_be_kept_is_replaced_by_the_hash() {
        let raw = format!("Message-ID: <{}>\r\n\r\nx", "a".repeat(600));
        assert!(seen(&[raw.as_bytes()]).external_id.starts_with("sha256:"));
        assert!(seen(&[b"no header at all"]).external_id.starts_with("sha256:"));
    }
}
