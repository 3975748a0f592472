//! Signing what we send (DKIM, RFC 6376; Ed25519 by RFC 8463), relaxed/relaxed.

use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

use crate::compose::base64;
use crate::transfer::{self, Transfer};

/// Fields that are signed when present. From is signed once more than it occurs, so that nobody can add another.
const SIGNED: &[&str] = &[
    "from",
    "to",
    "cc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
];

/// Why a key can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProblem {
    /// No `BEGIN ... PRIVATE KEY` block with base64 in it.
    NotPem,
    /// The key is encrypted with a password.
    Encrypted,
    /// Neither RSA of 2048 to 4096 bits nor Ed25519.
    NotSupported,
    /// The domain or selector isn't made of host name characters.
    BadName,
}

/// A domain's key, ready to sign.
pub struct Signer {
    key: Key,
    domain: String,
    selector: String,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// Reads a private key in PEM: PKCS#8 (RSA or Ed25519) or PKCS#1 (RSA).
    ///
    /// # Errors
    /// See [`KeyProblem`].
    pub fn new(domain: &str, selector: &str, private_key_pem: &str) -> Result<Self, KeyProblem> {
        let valid =
            |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        if !valid(domain) || !valid(selector) {
            return Err(KeyProblem::BadName);
        }
        let (label, der) = pem(private_key_pem).ok_or(KeyProblem::NotPem)?;
        let key = match label {
            "RSA PRIVATE KEY" if private_key_pem.contains("ENCRYPTED") => return Err(KeyProblem::Encrypted),
            "ENCRYPTED PRIVATE KEY" => return Err(KeyProblem::Encrypted),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).ok().map(|key| Key::Rsa(Box::new(key))),
            _ => RsaKeyPair::from_pkcs8(&der)
                .map(|key| Key::Rsa(Box::new(key)))
                .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map(Key::Ed25519))
                .ok(),
        };
        let key = key.ok_or(KeyProblem::NotSupported)?;
        Ok(Self { key, domain: domain.to_ascii_lowercase(), selector: selector.to_owned() })
    }

    /// The DKIM-Signature field with its CRLF, to be put before the message. None when the system has no randomness.
    pub fn sign(&self, raw: &[u8]) -> Option<String> {
        let (head, body) = split(raw);
        let fields = fields(head);
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let (names, mut signed) = signed_fields(&fields);
        let hash = base64(digest::digest(&digest::SHA256, &relaxed_body(body)).as_ref());
        let value = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={};\r\n\th={};\r\n\tbh={hash};\r\n\tb=",
            self.domain,
            self.selector,
            names.join(":")
        );
        signed.extend_from_slice(&relaxed_field(b"DKIM-Signature", value.as_bytes()));
        let signature = self.signature(&signed)?;
        Some(format!("DKIM-Signature: {value}{}\r\n", folded(&base64(&signature))))
    }

    /// The TXT record to publish at `selector._domainkey.domain`.
    pub fn dns_record(&self) -> String {
        use ring::signature::KeyPair;
        match &self.key {
            Key::Rsa(key) => format!("v=DKIM1; k=rsa; p={}", base64(&spki(key.public_key().as_ref()))),
            Key::Ed25519(key) => format!("v=DKIM1; k=ed25519; p={}", base64(key.public_key().as_ref())),
        }
    }

    fn signature(&self, signed: &[u8]) -> Option<Vec<u8>> {
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463: Ed25519 signs the SHA-256 hash.
            Key::Ed25519(key) => Some(key.sign(digest::digest(&digest::SHA256, signed).as_ref()).as_ref().to_vec()),
        }
    }
}

/// Signs once: [`Signer::new`] and [`Signer::sign`] in one go.
///
/// # Errors
/// See [`KeyProblem`].
pub fn dkim_sign(raw: &[u8], domain: &str, selector: &str, private_key_pem: &str) -> Result<String, KeyProblem> {
    Signer::new(domain, selector, private_key_pem)?.sign(raw).ok_or(KeyProblem::NotSupported)
}

/// The label and the bytes of the first private key.
fn pem(text: &str) -> Option<(&str, Vec<u8>)> {
    let from = text
        .match_indices("-----BEGIN ")
        .map(|(at, m)| &text[at + m.len()..])
        .find(|rest| rest.split("-----").next().is_some_and(|label| label.ends_with("PRIVATE KEY")))?;
    let (label, rest) = from.split_once("-----")?;
    let inner = rest.split("-----END").next()?;
    // Old PEM has header lines before the data.
    let data: String = inner.lines().filter(|line| !line.contains(':')).collect();
    let der = transfer::decode(data.as_bytes(), Transfer::Base64).into_owned();
    (!der.is_empty()).then_some((label, der))
}

/// SubjectPublicKeyInfo around a PKCS#1 public key.
fn spki(pkcs1: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: &[u8] =
        &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let mut bits = vec![0];
    bits.extend_from_slice(pkcs1);
    let inner = [RSA_ENCRYPTION.to_vec(), der(0x03, &bits)].concat();
    der(0x30, &inner)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().position(|b| *b != 0).unwrap_or(length.len() - 1)..];
    let mut out = vec![tag];
    if content.len() >= 128 {
        out.push(0x80 | length.len() as u8);
    }
    out.extend_from_slice(length);
    out.extend_from_slice(content);
    out
}

fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memmem::find(raw, b"\r\n\r\n") {
        Some(at) => (&raw[..at + 2], &raw[at + 4..]),
        None => (raw, &[]),
    }
}

/// Name and value of each field, folds kept.
fn fields(head: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let mut end = 0;
        loop {
            end = memchr::memchr(b'\n', &rest[end..]).map_or(rest.len(), |at| end + at + 1);
            if !matches!(rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (line, after) = rest.split_at(end);
        rest = after;
        if let Some(colon) = memchr::memchr(b':', line) {
            found.push((&line[..colon], &line[colon + 1..]));
        }
    }
    found
}

/// The names for `h=` and the canonical fields in the same order, the last occurrence first (RFC 6376, 5.4.2).
fn signed_fields(fields: &[(&[u8], &[u8])]) -> (Vec<String>, Vec<u8>) {
    let (mut names, mut bytes) = (Vec::new(), Vec::new());
    for name in SIGNED {
        for (found, value) in fields.iter().rev().filter(|(n, _)| n.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
        {
            names.push((*name).to_owned());
            bytes.extend_from_slice(&relaxed_field(found, value));
            bytes.extend_from_slice(b"\r\n");
        }
        if *name == "from" {
            names.push("from".into());
        }
    }
    (names, bytes)
}

/// RFC 6376, 3.4.2, without the final CRLF.
fn relaxed_field(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = name.trim_ascii().to_ascii_lowercase();
    out.push(b':');
    for (number, word) in words(value).enumerate() {
        if number > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    out
}

/// RFC 6376, 3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut empty_lines = 0;
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    for line in body.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if words(line).next().is_none() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            out.extend_from_slice(b"\r\n");
        }
        if matches!(line.first(), Some(b' ' | b'\t')) {
            out.push(b' ');
        }
        for (number, word) in words(line).enumerate() {
            if number > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(word);
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).filter(|word| !word.is_empty())
}

fn folded(base64: &str) -> String {
    let lines: Vec<&str> = (0..base64.len()).step_by(72).map(|at| &base64[at..(at + 72).min(base64.len())]).collect();
    lines.join("\r\n\t ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    const MESSAGE: &[u8] = b"From: A <a@desk.example>\r\nTo: b@c.example\r\nSubject:  Hi\r\n\t there \r\n\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n\r\n";

    /// What a verifier hashes, worked out from the signature's own `h=`.
    fn signed_bytes(header: &str) -> Vec<u8> {
        let value = header.strip_prefix("DKIM-Signature:").unwrap().trim_end();
        let at = value.rfind("b=").unwrap() + 2;
        let fields = fields(split(MESSAGE).0);
        let names = value.split("h=").nth(1).unwrap().split(';').next().unwrap();
        let mut bytes = Vec::new();
        let mut seen = Vec::new();
        for name in names.split(':') {
            let found = fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()) && !seen.contains(n));
            if let Some((n, v)) = found {
                seen.push(*n);
                bytes.extend(relaxed_field(n, v));
                bytes.extend(b"\r\n");
            }
        }
        bytes.extend(relaxed_field(b"dkim-signature", &value.as_bytes()[..at]));
        bytes
    }

    fn signature(header: &str) -> Vec<u8> {
        let text: String = header.rsplit("b=").next().unwrap().split_whitespace().collect();
        transfer::decode(text.as_bytes(), Transfer::Base64).into_owned()
    }

    #[test]
    fn the_body_hash_is_that_of_rfc_8463() {
        // Appendix A of RFC 8463.
        let body = b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
        let hash = base64(digest::digest(&digest::SHA256, &relaxed_body(body)).as_ref());
        assert_eq!(hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    }

    #[test]
    fn canonical_forms_are_those_of_rfc_6376() {
        // Section 3.4.5.
        let lines: Vec<_> = fields(b"A: X\r\nB : Y\t\r\n\tZ  \r\n").iter().map(|(n, v)| relaxed_field(n, v)).collect();
        assert_eq!(lines, [b"a:X".to_vec(), b"b:Y Z".to_vec()]);
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
    }

    #[test]
    fn an_ed25519_signature_verifies() {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", base64(pkcs8.as_ref()));
        let header = dkim_sign(MESSAGE, "desk.example", "s1", &pem).unwrap();
        let public = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap().public_key().as_ref().to_vec();
        let hash = digest::digest(&digest::SHA256, &signed_bytes(&header));
        UnparsedPublicKey::new(&ED25519, public).verify(hash.as_ref(), &signature(&header)).unwrap();
        assert!(header.contains("bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;"));
        assert!(header.contains("h=from:from:to:subject;"));
    }

    #[test]
    fn an_rsa_signature_verifies() {
        let pem = include_str!("../tests/rsa-key-for-tests.pem");
        let signer = Signer::new("desk.example", "s1", pem).unwrap();
        let header = signer.sign(MESSAGE).unwrap();
        let Key::Rsa(key) = &signer.key else { panic!("an RSA key") };
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref().to_vec());
        public.verify(&signed_bytes(&header), &signature(&header)).unwrap();
        assert!(signer.dns_record().starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"));
    }

    #[test]
    fn unusable_keys_say_why() {
        assert_eq!(Signer::new("a", "b", "x").unwrap_err(), KeyProblem::NotPem);
        assert_eq!(Signer::new("a", "b;", "x").unwrap_err(), KeyProblem::BadName);
        let junk = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
        assert_eq!(Signer::new("a", "b", junk).unwrap_err(), KeyProblem::NotSupported);
        let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
        assert_eq!(Signer::new("a", "b", locked).unwrap_err(), KeyProblem::Encrypted);
    }
}
