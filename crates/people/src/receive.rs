//! The person behind a message or a call.

use base::{Actor, Error, Locale, Result, UserId};
use kernel::Tx;

use crate::access::{find_by_identity, get_user, survivor};
use crate::change::{add_to_organization_of, index_user};
use crate::news::{self, News};
use crate::store;
use crate::user::{Contact, IdentityKind, User, domain, name_from};

/// The person with this address or number, made if there is none; tells whether they were made. One who is made is an
/// unverified end user of the organization that has the address's domain.
///
/// # Errors
/// `Invalid` when the contact has neither a usable address nor a usable number.
pub fn find_or_create(tx: &mut Tx<'_>, contact: &Contact) -> Result<(User, bool)> {
    let keys = keys(contact)?;
    for (kind, value) in &keys {
        if let Some(user) = find_by_identity(tx, *kind, value)? {
            return Ok((named(tx, user, contact)?, false));
        }
    }
    create(tx, contact, &keys)
}

fn keys(contact: &Contact) -> Result<Vec<(IdentityKind, String)>> {
    let given = [(IdentityKind::Email, &contact.email), (IdentityKind::PhoneNumber, &contact.phone)];
    let keys: Vec<_> =
        given.into_iter().filter_map(|(kind, value)| Some((kind, kind.normalise(value.as_deref()?)?))).collect();
    match keys.is_empty() {
        true => Err(Error::invalid("email", "InvalidValue", "Email: is not an address")),
        false => Ok(keys),
    }
}

/// Follows merges, and takes over a name from a person whom we knew by an address only.
fn named(tx: &mut Tx<'_>, user: User, contact: &Contact) -> Result<User> {
    let mut user = survivor(tx, user)?;
    let Some(name) = clean_name(contact) else { return Ok(user) };
    let made_up = name_from(user.email.as_deref(), user.phone.as_deref());
    if user.role.is_staff() || user.name != made_up || user.name == name {
        return Ok(user);
    }
    user.name = name;
    user.updated_at = tx.now();
    store::users::update(tx, &user)?;
    index_user(tx, user.id)?;
    Ok(user)
}

/// The name if it says more than the address does.
fn clean_name(contact: &Contact) -> Option<String> {
    let name = contact.name.as_deref()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['"', '\'']).trim();
    (!name.is_empty() && !name.contains('@')).then(|| name.chars().take(255).collect())
}

fn create(tx: &mut Tx<'_>, contact: &Contact, keys: &[(IdentityKind, String)]) -> Result<(User, bool)> {
    let value = |kind| keys.iter().find(|key| key.0 == kind).map(|key| key.1.clone());
    let (email, phone) = (value(IdentityKind::Email), value(IdentityKind::PhoneNumber));
    let name = clean_name(contact).unwrap_or_else(|| name_from(email.as_deref(), phone.as_deref()));
    let mut user = blank(tx, contact.locale)?;
    user.name = name;
    user.email = email;
    user.phone = phone;
    user.id = store::users::insert(tx, &user, None)?;
    for (place, (kind, value)) in keys.iter().enumerate() {
        let added = store::identities::add(tx, user.id, (*kind, value), false, true)?;
        // Another node made the same person at this very moment: theirs is the one.
        if added.is_none() && place == 0 {
            store::users::delete(tx, user.id)?;
            let other = find_by_identity(tx, *kind, value)?.ok_or(Error::NotFound)?;
            return Ok((survivor(tx, other)?, false));
        }
    }
    if let Some(email) = user.email.clone() {
        add_to_organization_of(tx, &mut user, domain(&email))?;
    }
    index_user(tx, user.id)?;
    let user = get_user(tx, user.id)?;
    news::tell(tx, &News::UserCreated(user.clone()))?;
    Ok((user, true))
}

/// An end user of whom nothing is known, as the desk's settings have them.
pub(crate) fn blank(tx: &mut Tx<'_>, locale: Option<Locale>) -> Result<User> {
    let desk: crate::settings::Desk = kernel::settings::get(tx)?;
    let now = tx.now();
    Ok(User {
        id: Actor::SYSTEM,
        name: String::new(),
        email: None,
        phone: None,
        shared_phone: false,
        role: base::Role::EndUser,
        custom_role: None,
        ticket_access: base::TicketAccess::Requested,
        organization_id: None,
        default_group_id: None,
        locale: locale.unwrap_or(desk.locale),
        time_zone: desk.time_zone,
        external_id: None,
        alias: None,
        signature: String::new(),
        details: String::new(),
        notes: String::new(),
        photo_key: None,
        active: true,
        verified: false,
        suspended: false,
        moderator: false,
        second_factor: false,
        last_login_at: None,
        merged_into_id: None,
        created_at: now,
        updated_at: now,
    })
}

/// Mail to the address came back for good: it is marked. Gives whose it is.
pub fn bounce(tx: &mut Tx<'_>, email: &str) -> Result<Option<UserId>> {
    match crate::user::email(email) {
        Some(email) => store::identities::bounced(tx, &email),
        None => Ok(None),
    }
}

/// Mail to the address arrives, or mail from it came: the mark goes.
pub fn unbounce(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    match crate::user::email(email) {
        Some(email) => store::identities::delivered(tx, &email),
        None => Ok(()),
    }
}
