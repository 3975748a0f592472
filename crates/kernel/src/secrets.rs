//! Sealing of secrets at rest, signatures, and random tokens. Everything derives from one key file.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

/// Length of the key file's content and of derived keys, in bytes.
pub const KEY_LENGTH: usize = 32;

/// Where randomness comes from. Tests give a seed so that what they see is always the same.
#[derive(Clone)]
enum Random {
    System(SystemRandom),
    Seeded(Arc<Mutex<u64>>),
}

/// The desk's key, and what is done with it.
#[derive(Clone)]
pub struct Secrets {
    key: [u8; KEY_LENGTH],
    random: Random,
}

impl Secrets {
    /// Reads the key file, or makes it (readable by its owner only) when there is none.
    ///
    /// # Errors
    /// `Internal` when the file can't be read or written, or has another length.
    pub fn open(path: &Path) -> Result<Self> {
        let random = Random::System(SystemRandom::new());
        let mut secrets = Self { key: [0; KEY_LENGTH], random };
        match fs::read(path) {
            Ok(bytes) => {
                secrets.key = bytes.try_into().map_err(|_| {
                    Error::internal(format!("{} is not a key file of {KEY_LENGTH} bytes", path.display()))
                })?;
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY_LENGTH];
                secrets.fill(&mut key);
                write_key(path, &key).map_err(Error::internal)?;
                secrets.key = key;
            }
            Err(cause) => return Err(Error::internal(format!("{}: {cause}", path.display()))),
        }
        Ok(secrets)
    }

    /// A fixed key and repeatable randomness, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self { key: [seed as u8; KEY_LENGTH], random: Random::Seeded(Arc::new(Mutex::new(seed))) }
    }

    /// Fills a buffer with random bytes.
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.random {
            Random::System(random) => {
                // The system's generator fails only when the system itself is unusable.
                if random.fill(buffer).is_err() {
                    std::process::abort();
                }
            }
            Random::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for byte in buffer {
                    *byte = split_mix(&mut state) as u8;
                }
            }
        }
    }

    /// A random token of 160 bits, in letters that are safe in URLs, headers and e-mail addresses.
    pub fn token(&self) -> String {
        let mut bytes = [0; 20];
        self.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A random name of 128 bits in hexadecimal.
    pub fn hex_id(&self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        hex(&bytes)
    }

    /// A key for one purpose. Knowing it tells nothing of the others.
    pub fn derive(&self, purpose: &str) -> [u8; KEY_LENGTH] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.key), purpose.as_bytes());
        let mut key = [0; KEY_LENGTH];
        key.copy_from_slice(tag.as_ref());
        key
    }

    /// What is stored of a token that only its owner knows: a keyed hash, in hexadecimal.
    pub fn hash_token(&self, token: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive("tokens"));
        hex(hmac::sign(&key, token.as_bytes()).as_ref())
    }

    /// Encrypts a secret for keeping; `purpose` must be given again to open it.
    ///
    /// # Errors
    /// `Internal` when encryption fails, which it does for secrets of many gigabytes only.
    pub fn seal(&self, purpose: &str, secret: &str) -> Result<String> {
        let mut nonce = [0; 12];
        self.fill(&mut nonce);
        let mut bytes = secret.as_bytes().to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let key = self.sealing_key()?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut bytes)
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat()))
    }

    /// Decrypts what [`Secrets::seal`] made.
    ///
    /// # Errors
    /// `Internal` when it was sealed with another key or for another purpose.
    pub fn open_sealed(&self, purpose: &str, sealed: &str) -> Result<String> {
        let broken = || Error::internal(format!("a sealed {purpose} doesn't open with this key file"));
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| broken())?;
        let (nonce, rest) = bytes.split_at_checked(12).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut rest = rest.to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let plain = self.sealing_key()?.open_in_place(nonce, aad, &mut rest).map_err(|_| broken())?;
        String::from_utf8(plain.to_vec()).map_err(|_| broken())
    }

    fn sealing_key(&self) -> Result<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &self.derive("sealing"));
        key.map(LessSafeKey::new).map_err(|_| Error::internal("a sealing key"))
    }
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}

fn write_key(path: &Path, key: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

/// Steele, Lea and Flood's SplitMix64: enough for tests, and in no library that is needed otherwise.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_for_its_purpose_only() {
        let secrets = Secrets::seeded(1);
        let sealed = secrets.seal("mailbox", "hunter2").unwrap();
        assert_eq!(secrets.open_sealed("mailbox", &sealed).unwrap(), "hunter2");
        assert!(secrets.open_sealed("dkim", &sealed).is_err());
        assert!(Secrets::seeded(2).open_sealed("mailbox", &sealed).is_err());
        assert!(secrets.open_sealed("mailbox", "AAAA").is_err());
    }

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let first = Secrets::open(&path).unwrap();
        assert_eq!(first.derive("x"), Secrets::open(&path).unwrap().derive("x"));
        fs::write(&path, "short").unwrap();
        assert!(Secrets::open(&path).is_err());
    }
}
