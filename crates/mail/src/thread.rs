//! Keys of threading: what proves that a mail belongs to a ticket. Never the subject.

use ring::{digest, hmac};

use crate::message::{Mailbox, Message};

/// Length of a signature: 16 characters of base32, 80 bits.
const MAC_LENGTH: usize = 16;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The desk's secret for signing addresses and ids.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// A key from secret bytes; give at least 32.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }
}

/// Signs text: HMAC-SHA256 cut to 80 bits, 16 characters of lower-case base32 (RFC 4648).
pub fn sign(key: &Key, text: &str) -> String {
    let tag = hmac::sign(&key.0, text.as_bytes());
    let mut out = String::with_capacity(MAC_LENGTH);
    let (mut bits, mut count) = (0u32, 0);
    for &byte in &tag.as_ref()[..MAC_LENGTH * 5 / 8] {
        bits = bits << 8 | u32::from(byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            out.push(char::from(ALPHABET[(bits >> count) as usize & 31]));
        }
    }
    out
}

/// Checks a signature in constant time, in any case of letters.
pub fn verify(key: &Key, text: &str, mac: &str) -> bool {
    let expected = sign(key, text);
    let given = mac.to_ascii_lowercase();
    expected.len() == given.len() && expected.bytes().zip(given.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

/// The address that answers to a ticket go to: `support@desk` -> `support+42-abcdefghijklmnop@desk`.
/// A tag that the address has already is replaced.
pub fn reply_address(key: &Key, ticket: i64, address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let local = local.split('+').next().unwrap_or(local);
    let mac = sign(key, &address_text(ticket));
    format!("{local}+{ticket}-{mac}@{domain}")
}

/// The ticket that a signed address names. None when it has no token of ours or a wrong one.
pub fn ticket_of_address(key: &Key, address: &str) -> Option<i64> {
    let (local, _) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let (_, token) = local.rsplit_once('+')?;
    let (number, mac) = token.split_once('-')?;
    let ticket = number_in(number)?;
    verify(key, &address_text(ticket), mac).then_some(ticket)
}

/// Takes the tag off an address: `support+42-abc@desk` -> `support@desk`.
pub fn without_tag(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address.to_owned(),
    }
}

/// The tickets named by signed addresses among the recipients: those of the envelope, then To, Cc and the delivery
/// fields. Each ticket once.
pub fn addresses_of_ours(key: &Key, message: &Message, envelope: &[String]) -> Vec<i64> {
    let listed = message.to.iter().chain(&message.cc).map(|Mailbox { address, .. }| address.as_str());
    let delivered =
        ["Delivered-To", "X-Original-To", "Envelope-To"].into_iter().flat_map(|name| message.headers_named(name));
    let mut found = Vec::new();
    for address in envelope.iter().map(String::as_str).chain(listed).chain(delivered) {
        if let Some(ticket) = ticket_of_address(key, address)
            && !found.contains(&ticket)
        {
            found.push(ticket);
        }
    }
    found
}

/// What one of our Message-IDs says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OurMessage {
    /// What was sent, for example `comment`; lower-case letters.
    pub kind: String,
    /// The row that it came from.
    pub id: i64,
}

/// Our Message-ID, without angle brackets: `tugi.<kind>.<id>.<mac>@host`. `kind` is made of ASCII letters.
pub fn message_id(key: &Key, kind: &str, id: i64, host: &str) -> String {
    let kind = kind.to_ascii_lowercase();
    let mac = sign(key, &id_text(&kind, id));
    format!("tugi.{kind}.{id}.{mac}@{host}")
}

/// Recognises one of our Message-IDs; angle brackets may be on it.
pub fn our_message(key: &Key, message_id: &str) -> Option<OurMessage> {
    let (local, _) = message_id.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let mut parts = local.split('.');
    if !parts.next()?.eq_ignore_ascii_case("tugi") {
        return None;
    }
    let kind = parts.next()?.to_ascii_lowercase();
    let id = number_in(parts.next()?)?;
    let mac = parts.next()?;
    (parts.next().is_none() && verify(key, &id_text(&kind, id), mac)).then_some(OurMessage { kind, id })
}

/// Our messages that a mail answers: In-Reply-To first, then References from the newest.
pub fn messages_of_ours(key: &Key, message: &Message) -> Vec<OurMessage> {
    let mut found = Vec::new();
    for id in message.in_reply_to.iter().chain(message.references.iter().rev()) {
        if let Some(ours) = our_message(key, id)
            && !found.contains(&ours)
        {
            found.push(ours);
        }
    }
    found
}

/// The external id of a mail: its Message-ID, else the hash of its content (see [`content_id`]).
pub fn external_id(message: &Message, content_id: &str) -> String {
    match &message.message_id {
        // An id must be storable and comparable.
        Some(id) if id.len() <= 500 => id.clone(),
        _ => content_id.to_owned(),
    }
}

/// `sha256:` and the hash of raw bytes in hexadecimal.
pub fn content_id(raw: &[u8]) -> String {
    let mut hash = ContentHash::default();
    hash.update(raw);
    hash.finish()
}

/// [`content_id`] of bytes that come in pieces.
pub struct ContentHash(digest::Context);

impl std::fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContentHash")
    }
}

impl Default for ContentHash {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl ContentHash {
    /// Takes the next piece in.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// Gives `sha256:...` of all pieces.
    pub fn finish(self) -> String {
        let hash = self.0.finish();
        let hex: String = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        format!("sha256:{hex}")
    }
}

fn address_text(ticket: i64) -> String {
    format!("reply-address:{ticket}")
}

fn id_text(kind: &str, id: i64) -> String {
    format!("message-id:{kind}:{id}")
}

/// A plain positive number: no sign, no leading zero, so that each id has one token.
fn number_in(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::new(b"a secret of the desk, 32 bytes ..")
    }

    #[test]
    fn a_reply_address_names_its_ticket_in_any_case() {
        let address = reply_address(&key(), 42, "Support+old@desk.example");
        assert!(address.starts_with("Support+42-") && address.ends_with("@desk.example"), "{address}");
        assert_eq!(ticket_of_address(&key(), &address), Some(42));
        assert_eq!(ticket_of_address(&key(), &address.to_uppercase()), Some(42));
        assert_eq!(without_tag(&address), "Support@desk.example");
    }

    #[test]
    fn a_forged_address_names_nothing() {
        let address = reply_address(&key(), 42, "support@desk.example");
        assert_eq!(ticket_of_address(&key(), &address.replace("+42-", "+43-")), None);
        assert_eq!(ticket_of_address(&key(), &address.replace("+42-", "+042-")), None);
        assert_eq!(ticket_of_address(&Key::new(b"another"), &address), None);
        for other in
            ["support@desk.example", "support+42@desk.example", "support+42-@desk.example", "support+-1-a@x", "+", "@"]
        {
            assert_eq!(ticket_of_address(&key(), other), None, "{other}");
        }
    }

    #[test]
    fn our_message_ids_are_recognised_among_references() {
        let ours = message_id(&key(), "comment", 7, "desk.example");
        let mail = Message {
            references: vec!["x@y".into(), ours.clone()],
            in_reply_to: vec!["z@y".into()],
            ..Message::default()
        };
        assert_eq!(messages_of_ours(&key(), &mail), [OurMessage { kind: "comment".into(), id: 7 }]);
        assert_eq!(our_message(&key(), &format!("<{}>", ours.to_uppercase())).map(|m| m.id), Some(7));
        assert_eq!(our_message(&key(), &ours.replace("comment", "ticket")), None);
        assert_eq!(our_message(&key(), &ours.replace(".7.", ".8.")), None);
    }

    #[test]
    fn tokens_are_found_in_all_recipients() {
        let token = |ticket| reply_address(&key(), ticket, "help@desk.example");
        let mail = Message {
            to: vec![Mailbox::new("", "other@desk.example")],
            cc: vec![Mailbox::new("", token(2))],
            ..Message::default()
        };
        assert_eq!(addresses_of_ours(&key(), &mail, &[token(1), token(2)]), [1, 2]);
    }

    #[test]
    fn the_external_id_is_the_message_id_or_the_hash() {
        let mut mail = Message { message_id: Some("a@b".into()), ..Message::default() };
        let hash = content_id(b"abc");
        assert_eq!(hash, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(external_id(&mail, &hash), "a@b");
        mail.message_id = None;
        assert_eq!(external_id(&mail, &hash), hash);
    }
}
