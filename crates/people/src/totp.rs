//! The second factor: codes of the moment (RFC 6238) and recovery codes.

use base::{Actor, Error, Result, Timestamp};
use kernel::Tx;
use ring::hmac;

use crate::access::get_user;
use crate::change::record;
use crate::sign_in::REFUSED;
use crate::store;
use crate::user::User;

/// Seconds for which a code holds.
const STEP: i64 = 30;
/// Steps that a clock may go wrong by.
const DRIFT: i64 = 1;
/// Recovery codes that a person has.
const RECOVERY_CODES: usize = 8;
/// What the secret is sealed for.
const PURPOSE: &str = "totp";

/// A second factor that waits for its first code.
pub struct Enrolment {
    /// The secret, in Base32.
    pub secret: String,
    /// What the authenticator's camera reads.
    pub url: String,
}

/// Begins to set a second factor up: it counts once [`confirm`] has seen a code.
///
/// # Errors
/// `Invalid` when there is one already.
pub fn enrol(tx: &mut Tx<'_>, actor: &Actor) -> Result<Enrolment> {
    let user = get_user(tx, actor.user)?;
    if user.second_factor {
        return Err(Error::invalid("totp", "InvalidValue", "totp: a second factor is set up already"));
    }
    let mut key = [0; 20];
    tx.app().secrets().fill(&mut key);
    let secret = base32(&key);
    let sealed = tx.app().secrets().seal(PURPOSE, &secret)?;
    store::credentials::set_totp(tx, user.id, Some(&sealed), false)?;
    let desk: crate::settings::Desk = kernel::settings::get(tx)?;
    let label = escape(user.email.as_deref().unwrap_or(&user.name));
    let issuer = escape(&desk.name);
    Ok(Enrolment { url: format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}"), secret })
}

fn escape(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Switches the second factor on with its first code; gives recovery codes, which are never shown again.
///
/// # Errors
/// `Invalid` for a wrong code and when nothing was begun.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, code: &str) -> Result<Vec<String>> {
    let keys = store::credentials::keys(tx, actor.user)?;
    let wrong = || Error::invalid("code", "InvalidValue", "code: is not the right code");
    let sealed = keys.totp_secret.filter(|_| !keys.totp_confirmed).ok_or_else(wrong)?;
    let secrets = tx.app().secrets();
    let key = from_base32(&secrets.open_sealed(PURPOSE, &sealed)?);
    let step = matching_step(&key, tx.now(), code).ok_or_else(wrong)?;
    store::credentials::set_totp(tx, actor.user, Some(&sealed), true)?;
    store::credentials::use_totp_step(tx, actor.user, step)?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| secrets.hex_id()[..10].to_owned()).collect();
    let hashes: Vec<String> = codes.iter().map(|code| secrets.hash_token(code)).collect();
    store::credentials::set_recovery_codes(tx, actor.user, &hashes)?;
    let user = get_user(tx, actor.user)?;
    record(tx, actor, "update", &user, "two_factor_auth_enabled: false -> true")?;
    Ok(codes)
}

/// Switches the actor's second factor off, with a code.
///
/// # Errors
/// `Invalid` for a wrong code.
pub fn drop_factor(tx: &mut Tx<'_>, actor: &Actor, code: &str) -> Result<()> {
    let user = get_user(tx, actor.user)?;
    if user.second_factor && pass(tx, &user, Some(code)).is_err() {
        return Err(Error::invalid("code", "InvalidValue", "code: is not the right code"));
    }
    clear(tx, actor, &user)
}

/// Switches off somebody's second factor who lost it.
///
/// # Errors
/// `Forbidden` as for other changes of that person.
pub fn reset_factor(tx: &mut Tx<'_>, actor: &Actor, user: base::UserId) -> Result<()> {
    actor.needs(base::Permission::SecurityManage)?;
    let user = get_user(tx, user)?;
    crate::access::may_change(tx, actor, &user)?;
    clear(tx, actor, &user)
}

fn clear(tx: &mut Tx<'_>, actor: &Actor, user: &User) -> Result<()> {
    store::credentials::set_totp(tx, user.id, None, false)?;
    store::credentials::set_recovery_codes(tx, user.id, &[])?;
    record(tx, actor, "update", user, "two_factor_auth_enabled: true -> false")
}

/// Lets somebody with a second factor pass. No code passes twice.
///
/// # Errors
/// `Unauthenticated`: `TotpRequired` without a code.
pub(crate) fn pass(tx: &mut Tx<'_>, user: &User, code: Option<&str>) -> Result<()> {
    let code: String = code.unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    if code.is_empty() {
        return Err(Error::Unauthenticated("TotpRequired"));
    }
    let keys = store::credentials::keys(tx, user.id)?;
    let secrets = tx.app().secrets();
    let sealed = keys.totp_secret.ok_or(REFUSED)?;
    let key = from_base32(&secrets.open_sealed(PURPOSE, &sealed)?);
    if let Some(step) = matching_step(&key, tx.now(), &code) {
        return if store::credentials::use_totp_step(tx, user.id, step)? { Ok(()) } else { Err(REFUSED) };
    }
    let hash = secrets.hash_token(&code.to_lowercase());
    if store::credentials::use_recovery_code(tx, user.id, &hash)? { Ok(()) } else { Err(REFUSED) }
}

fn matching_step(key: &[u8], now: Timestamp, code: &str) -> Option<i64> {
    let step = now.unix_seconds() / STEP;
    (step - DRIFT..=step + DRIFT).find(|step| code_at(key, *step) == code)
}

/// The code of a step: RFC 4226's truncation of an HMAC-SHA-1, six digits.
pub fn code_at(key: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 0xf);
    let number = bytes[offset..offset + 4].iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The code of an instant for a secret in Base32, as an authenticator shows it.
pub fn code_of(secret: &str, at: Timestamp) -> String {
    code_at(&from_base32(secret), at.unix_seconds() / STEP)
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base32 (RFC 4648) without padding.
fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let bits: Vec<u8> = bits.collect();
    bits.chunks(5)
        .map(|chunk| {
            let index = (0..5).fold(0, |index, place| index << 1 | chunk.get(place).copied().unwrap_or(0));
            char::from(ALPHABET[usize::from(index)])
        })
        .collect()
}

fn from_base32(text: &str) -> Vec<u8> {
    let places = text.bytes().filter_map(|c| ALPHABET.iter().position(|letter| *letter == c.to_ascii_uppercase()));
    let bits: Vec<u8> = places.flat_map(|place| (0..5).rev().map(move |bit| (place >> bit & 1) as u8)).collect();
    bits.chunks_exact(8).map(|chunk| chunk.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        let key = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code_at(key, seconds / STEP), code);
        }
    }

    #[test]
    fn a_code_holds_for_a_step_before_and_after() {
        let key = b"12345678901234567890";
        let code = code_at(key, 10);
        let at = |step: i64| Timestamp(step * STEP * 1_000);
        assert_eq!(matching_step(key, at(9), &code), Some(10));
        assert_eq!(matching_step(key, at(11), &code), Some(10));
        assert_eq!(matching_step(key, at(12), &code), None);
    }

    #[test]
    fn base32_is_read_back() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(from_base32("mzxw6ytboi"), b"foobar");
    }
}
