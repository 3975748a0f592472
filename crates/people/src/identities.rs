//! Writers of people's addresses, numbers and accounts.

use base::{Actor, Error, IdentityId, Result, UserId};
use kernel::Tx;

use crate::access::{get_user, may_change};
use crate::change::{index_user, settle};
use crate::letters;
use crate::store;
use crate::user::{Identity, IdentityKind, User};

/// What is written of an identity that is added.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    /// What it is.
    pub kind: IdentityKind,
    /// The address, number or account.
    pub value: String,
    /// Whether it counts as proved.
    pub verified: bool,
    /// Whether it becomes the primary one of its kind.
    pub primary: bool,
}

/// A person's identities, primary ones first.
pub fn identities(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Identity>> {
    get_user(tx, user)?;
    store::identities::of_user(tx, user)
}

/// One identity of a person.
///
/// # Errors
/// `NotFound` when they have no such one.
pub fn get_identity(tx: &mut Tx<'_>, user: UserId, id: IdentityId) -> Result<Identity> {
    store::find::<Identity>(tx, id)?.filter(|identity| identity.user == user).ok_or(Error::NotFound)
}

fn changeable(tx: &mut Tx<'_>, actor: &Actor, user: UserId) -> Result<User> {
    let person = get_user(tx, user)?;
    may_change(tx, actor, &person)?;
    active(person)
}

/// The same for what customers may do with their own identities, too.
fn own_or_changeable(tx: &mut Tx<'_>, actor: &Actor, user: UserId) -> Result<User> {
    match actor.user == user && !actor.is_staff() {
        true => active(get_user(tx, user)?),
        false => changeable(tx, actor, user),
    }
}

fn active(person: User) -> Result<User> {
    if person.active { Ok(person) } else { Err(Error::NotFound) }
}

fn normalised(kind: IdentityKind, value: &str) -> Result<String> {
    let wrong = || Error::invalid("value", "InvalidValue", format!("Value: {value} is not properly formatted"));
    kind.normalise(value).ok_or_else(wrong)
}

fn taken(value: &str) -> Error {
    Error::invalid("value", "DuplicateValue", format!("Value: {value} is already being used by another user"))
}

/// Adds an identity. One that isn't proved is asked to be, by mail.
///
/// # Errors
/// `Forbidden` as for changes of that person; `Invalid` for values that are malformed or somebody's already.
pub fn add_identity(tx: &mut Tx<'_>, actor: &Actor, user: UserId, new: NewIdentity) -> Result<Identity> {
    let mut person = changeable(tx, actor, user)?;
    let value = normalised(new.kind, &new.value)?;
    let first = !store::identities::of_user(tx, user)?.iter().any(|identity| identity.kind == new.kind);
    let id = store::identities::add(tx, user, (new.kind, &value), new.verified, first)?;
    let id = id.ok_or_else(|| taken(&value))?;
    if new.primary {
        let identity = get_identity(tx, user, id)?;
        store::identities::make_primary(tx, &identity)?;
    }
    if new.kind == IdentityKind::Email && !new.verified {
        letters::send_proof(tx, &person, &value)?;
    }
    settle(tx, &mut person, false)?;
    index_user(tx, user)?;
    get_identity(tx, user, id)
}

/// Writes another value into an identity; it has to be proved anew. Errors as [`add_identity`].
pub fn change_identity(tx: &mut Tx<'_>, actor: &Actor, user: UserId, id: IdentityId, value: &str) -> Result<Identity> {
    let mut person = changeable(tx, actor, user)?;
    let identity = get_identity(tx, user, id)?;
    let value = normalised(identity.kind, value)?;
    if value == identity.value {
        return Ok(identity);
    }
    if store::identities::by_value(tx, identity.kind, &value)?.is_some() {
        return Err(taken(&value));
    }
    store::identities::change_value(tx, id, &value)?;
    settle(tx, &mut person, false)?;
    index_user(tx, user)?;
    get_identity(tx, user, id)
}

/// Takes an identity for proved. Errors as [`add_identity`].
pub fn verify_identity(tx: &mut Tx<'_>, actor: &Actor, user: UserId, id: IdentityId) -> Result<Identity> {
    let mut person = changeable(tx, actor, user)?;
    get_identity(tx, user, id)?;
    store::identities::verify(tx, id)?;
    settle(tx, &mut person, false)?;
    get_identity(tx, user, id)
}

/// Asks the person, by mail, to prove an address. Errors as [`add_identity`].
pub fn request_proof(tx: &mut Tx<'_>, actor: &Actor, user: UserId, id: IdentityId) -> Result<Identity> {
    let person = own_or_changeable(tx, actor, user)?;
    let identity = get_identity(tx, user, id)?;
    if identity.kind != IdentityKind::Email {
        return Err(Error::invalid("type", "InvalidValue", "type: only e-mail addresses are proved by mail"));
    }
    letters::send_proof(tx, &person, &identity.value)?;
    Ok(identity)
}

/// Makes an identity the first choice among those of its kind; gives all. Errors as [`add_identity`].
pub fn make_primary(tx: &mut Tx<'_>, actor: &Actor, user: UserId, id: IdentityId) -> Result<Vec<Identity>> {
    let mut person = own_or_changeable(tx, actor, user)?;
    let identity = get_identity(tx, user, id)?;
    if actor.user == user && !identity.verified {
        return Err(Error::invalid(
            "base",
            "InvalidValue",
            "An address that isn't proved can't be made the primary one",
        ));
    }
    store::identities::make_primary(tx, &identity)?;
    settle(tx, &mut person, false)?;
    store::identities::of_user(tx, user)
}

/// Deletes an identity.
///
/// # Errors
/// As [`add_identity`], and `Invalid` for the primary address of somebody who works at the desk.
pub fn delete_identity(tx: &mut Tx<'_>, actor: &Actor, user: UserId, id: IdentityId) -> Result<()> {
    let mut person = own_or_changeable(tx, actor, user)?;
    let identity = get_identity(tx, user, id)?;
    if actor.user == user && identity.primary {
        return Err(Error::invalid("base", "InvalidValue", "Your primary address can't be deleted"));
    }
    if person.role.is_staff() && identity.primary && identity.kind == IdentityKind::Email {
        return Err(Error::invalid("base", "InvalidValue", "The primary address of an agent can't be deleted"));
    }
    store::identities::delete(tx, id)?;
    settle(tx, &mut person, false)?;
    index_user(tx, user)
}
