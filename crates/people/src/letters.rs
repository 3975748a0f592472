//! Mails with one-time links: invitations, password resets, proofs of an address.

use base::{Result, UserId, time};
use kernel::Tx;

use crate::access::get_user;
use crate::store;
use crate::store::credentials::Right;
use crate::user::User;

/// How a letter is sent; a part of the app that mail's wiring adds. Without it no letter goes out.
pub struct Letters(pub fn(&mut Tx<'_>, &Letter) -> Result<()>);

/// A letter to be written in its reader's language.
#[derive(Clone, Debug)]
pub struct Letter {
    /// What it is about.
    pub kind: LetterKind,
    /// Its reader.
    pub to: User,
    /// The address it goes to, which may be one that is not proved yet.
    pub address: String,
    /// The link that it is about.
    pub link: String,
}

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// Welcome: set a password.
    Invitation,
    /// Set another password.
    Reset,
    /// Prove that an address is yours.
    Verify,
}

impl LetterKind {
    /// The purpose that the database keeps.
    pub fn name(self) -> &'static str {
        match self {
            LetterKind::Invitation => "invitation",
            LetterKind::Reset => "reset",
            LetterKind::Verify => "verify",
        }
    }

    /// Milliseconds for which its link works.
    fn lasts(self) -> i64 {
        match self {
            LetterKind::Invitation | LetterKind::Verify => 7 * time::DAY,
            LetterKind::Reset => 2 * time::HOUR,
        }
    }

    fn page(self) -> &'static str {
        match self {
            LetterKind::Invitation | LetterKind::Reset => "password",
            LetterKind::Verify => "verify",
        }
    }
}

/// Invites a new member of the staff to set a password; gives the link, or `None` when they have no address.
pub fn invite(tx: &mut Tx<'_>, user: &User) -> Result<Option<String>> {
    match user.email.clone() {
        Some(address) => send(tx, user, LetterKind::Invitation, address).map(Some),
        None => Ok(None),
    }
}

/// Sends a link to set another password to whoever has this address, if they may sign in.
pub fn send_reset(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    let Some(user) = crate::find_by_email(tx, email)? else { return Ok(()) };
    let Some(address) = crate::user::email(email).filter(|_| user.may_sign_in()) else { return Ok(()) };
    send(tx, &user, LetterKind::Reset, address).map(drop)
}

/// Sends a link by which the reader proves the address.
pub(crate) fn send_proof(tx: &mut Tx<'_>, user: &User, address: &str) -> Result<()> {
    send(tx, user, LetterKind::Verify, address.to_owned()).map(drop)
}

fn send(tx: &mut Tx<'_>, user: &User, kind: LetterKind, address: String) -> Result<String> {
    let app = tx.app();
    let token = app.secrets().token();
    let right = Right { user: user.id, purpose: kind.name().into(), value: Some(address.clone()) };
    let expires_at = tx.now().plus(kind.lasts());
    store::credentials::insert_right(tx, &app.secrets().hash_token(&token), &right, expires_at)?;
    let link = format!("{}/{}/{token}", app.base_url(), kind.page());
    if let Some(letters) = app.part::<Letters>() {
        letters.0(tx, &Letter { kind, to: user.clone(), address, link: link.clone() })?;
    }
    Ok(link)
}

/// Whether a link that lets a password be set still works.
pub(crate) fn is_good(tx: &mut Tx<'_>, token: &str) -> Result<bool> {
    let hash = tx.app().secrets().hash_token(token);
    let purpose = store::credentials::purpose_of(tx, &hash)?;
    Ok(purpose.is_some_and(|purpose| purpose != LetterKind::Verify.name()))
}

/// Uses a link up: gives whose it is, and proves the address that it was sent to. `None` when the link is unknown, was
/// used or ran out.
pub(crate) fn redeem(tx: &mut Tx<'_>, token: &str, kinds: &[LetterKind]) -> Result<Option<UserId>> {
    let hash = tx.app().secrets().hash_token(token);
    let Some(right) = store::credentials::take_right(tx, &hash)? else { return Ok(None) };
    if !kinds.iter().any(|kind| kind.name() == right.purpose) {
        return Ok(None);
    }
    let mut user = get_user(tx, right.user)?;
    if !user.may_sign_in() {
        return Ok(None);
    }
    for identity in store::identities::of_user(tx, user.id)? {
        if Some(&identity.value) == right.value.as_ref() {
            store::identities::verify(tx, identity.id)?;
        }
    }
    crate::change::settle(tx, &mut user, false)?;
    Ok(Some(right.user))
}
