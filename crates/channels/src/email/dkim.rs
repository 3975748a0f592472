//! The keys that outgoing mail is signed with.

use base::{Actor, Error, Permission, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::{Tx, audit_log, settings};
use mail::dkim::Signer;
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;

use super::compose::DKIM_KEY;
use super::settings::{DkimKey, DkimKeys};

/// What an admin publishes in the DNS so that receivers can check signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsRecord {
    /// The record's name.
    pub name: String,
    /// The TXT value.
    pub value: String,
}

/// Makes a key for a domain, or takes one that exists already (PKCS#8 or PKCS#1 in PEM). It takes the place of an older
/// one with this selector. Until it is switched on nothing is signed with it.
///
/// Keys that are made are Ed25519 (RFC 8463). Receivers that don't know these pass the signature over; RSA keys can be brought along.
///
/// # Errors
/// `Invalid` that says what is wrong with the domain, the selector or the key.
pub fn put_key(tx: &mut Tx<'_>, actor: &Actor, domain: &str, selector: &str, pem: Option<&str>) -> Result<DkimKey> {
    actor.needs(Permission::MailManage)?;
    let (domain, selector) = (domain.trim().to_lowercase(), selector.trim().to_lowercase());
    let pem = match pem {
        Some(pem) => pem.to_owned(),
        None => generate()?,
    };
    Signer::new(&domain, &selector, &pem)
        .map_err(|cause| Error::invalid("dkim_key", "InvalidValue", format!("DKIM key: can't be used ({cause:?})")))?;
    let sealed = tx.app().secrets().seal(DKIM_KEY, &pem)?;
    let key = DkimKey { domain, selector, key: sealed, active: false, created_at: tx.now() };
    let mut keys: DkimKeys = settings::get(tx)?;
    keys.0.retain(|other| (&other.domain, &other.selector) != (&key.domain, &key.selector));
    keys.0.push(key.clone());
    settings::set(tx, &keys)?;
    audit_log::record(tx, actor, "create", ("dkim_key", None, &name(&key)), "")?;
    Ok(key)
}

/// Switches a key on or off; of a domain's keys at most one is on.
///
/// # Errors
/// `NotFound` when there is no such key.
pub fn switch(tx: &mut Tx<'_>, actor: &Actor, domain: &str, selector: &str, active: Active) -> Result<DkimKey> {
    actor.needs(Permission::MailManage)?;
    let mut keys: DkimKeys = settings::get(tx)?;
    let mut found = None;
    for key in keys.0.iter_mut().filter(|key| key.domain == domain) {
        let meant = key.selector == selector;
        key.active = if meant { active == Active::On } else { key.active && active == Active::Off };
        if meant {
            found = Some(key.clone());
        }
    }
    let found = found.ok_or(Error::NotFound)?;
    settings::set(tx, &keys)?;
    audit_log::record(tx, actor, "update", ("dkim_key", None, &name(&found)), "")?;
    Ok(found)
}

/// Whether a key is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Active {
    /// Mail is signed with it.
    On,
    /// It is not.
    Off,
}

/// Deletes a key.
///
/// # Errors
/// `NotFound` when there is no such key.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, domain: &str, selector: &str) -> Result<()> {
    actor.needs(Permission::MailManage)?;
    let mut keys: DkimKeys = settings::get(tx)?;
    let before = keys.0.len();
    keys.0.retain(|key| key.domain != domain || key.selector != selector);
    if keys.0.len() == before {
        return Err(Error::NotFound);
    }
    settings::set(tx, &keys)?;
    audit_log::record(tx, actor, "destroy", ("dkim_key", None, &format!("{selector}._domainkey.{domain}")), "")
}

/// All keys.
pub fn keys(tx: &mut Tx<'_>) -> Result<Vec<DkimKey>> {
    Ok(settings::get::<DkimKeys>(tx)?.0)
}

/// What to publish for a key.
pub fn dns_record(tx: &Tx<'_>, key: &DkimKey) -> Result<DnsRecord> {
    let pem = tx.app().secrets().open_sealed(DKIM_KEY, &key.key)?;
    let signer =
        Signer::new(&key.domain, &key.selector, &pem).map_err(|cause| Error::internal(format!("{cause:?}")))?;
    Ok(DnsRecord { name: name(key), value: signer.dns_record() })
}

fn name(key: &DkimKey) -> String {
    format!("{}._domainkey.{}", key.selector, key.domain)
}

fn generate() -> Result<String> {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| Error::internal("no randomness"))?;
    let encoded = STANDARD.encode(pkcs8.as_ref());
    let lines: Vec<&str> =
        (0..encoded.len()).step_by(64).map(|at| &encoded[at..(at + 64).min(encoded.len())]).collect();
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}
