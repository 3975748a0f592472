//! Organizations, groups, people with their identities, memberships.

use base::{Actor, Error, GroupId, Locale, OrganizationId, Result, Role, TicketAccess, UserId};
use kernel::Tx;
use people::identities::NewIdentity;
use people::{GroupChange, IdentityKind, NewUser, OrganizationChange};
use serde_json::{Value, json};

use crate::records::{Place, text, texts};

/// An organization of the same name is taken for the same one.
pub(crate) fn organization(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    let name = text(&theirs["name"]);
    if let Some(known) = people::find_organization_named(tx, name.as_deref().unwrap_or_default())? {
        return Ok(Some(known.0));
    }
    let new = OrganizationChange {
        name,
        external_id: Some(text(&theirs["external_id"])),
        details: text(&theirs["details"]),
        notes: text(&theirs["notes"]),
        group: Some(place.ours(tx, "groups", &theirs["group_id"])?),
        shared_tickets: theirs["shared_tickets"].as_bool(),
        shared_comments: theirs["shared_comments"].as_bool(),
        domains: Some(texts(&theirs["domain_names"])),
        tags: Some(texts(&theirs["tags"])),
        ..OrganizationChange::default()
    };
    Ok(Some(people::create_organization(tx, &Actor::system(), new)?.id.0))
}

/// A group of the same name is taken for the same one.
pub(crate) fn group(tx: &mut Tx<'_>, _: &Place, theirs: &Value) -> Result<Option<i64>> {
    let new = GroupChange {
        name: text(&theirs["name"]),
        description: text(&theirs["description"]),
        is_default: None,
        is_public: theirs["is_public"].as_bool(),
    };
    let name = new.name.clone().unwrap_or_default();
    match people::find_group_named(tx, &name)? {
        Some(group) => Ok(Some(group.0)),
        None => Ok(Some(people::create_group(tx, &Actor::system(), new)?.id.0)),
    }
}

/// A person with an address that somebody has here is taken for the same one.
pub(crate) fn user(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    let email = text(&theirs["email"]);
    if let Some(email) = &email
        && let Some(known) = people::find_by_email(tx, email)?
    {
        return Ok(Some(known.id.0));
    }
    let role = match theirs["role"].as_str() {
        Some("admin") => Role::Admin,
        Some("agent") if theirs["role_type"] == 1 || theirs["only_private_comments"] == true => Role::LightAgent,
        Some("agent") => Role::Agent,
        _ => Role::EndUser,
    };
    let active = theirs["active"] != false;
    let role = if active { role } else { Role::EndUser };
    let access = text(&theirs["ticket_restriction"]).and_then(|name| TicketAccess::parse(&name));
    let new = NewUser {
        name: text(&theirs["name"]).or_else(|| Some("Unknown".into())),
        email,
        phone: Some(text(&theirs["phone"]).filter(|phone| IdentityKind::PhoneNumber.normalise(phone).is_some())),
        role: Some(role),
        ticket_access: access.filter(|_| role.is_staff()),
        organization: Some(place.ours::<OrganizationId>(tx, "organizations", &theirs["organization_id"])?),
        default_group: place.ours(tx, "groups", &theirs["default_group_id"])?.filter(|_| role.is_staff()),
        locale: text(&theirs["locale"]).and_then(|tag| Locale::parse(&tag)),
        time_zone: text(&theirs["iana_time_zone"]),
        external_id: Some(text(&theirs["external_id"])),
        alias: Some(text(&theirs["alias"])),
        signature: text(&theirs["signature"]),
        details: text(&theirs["details"]),
        notes: text(&theirs["notes"]),
        verified: Some(theirs["verified"] != false),
        suspended: theirs["suspended"].as_bool(),
        tags: Some(texts(&theirs["tags"])),
        password_hash: role.is_staff().then(|| place.password_hash.clone()),
        ..NewUser::default()
    };
    let made = people::create_user(tx, &Actor::system(), new)?;
    if !active {
        people::delete_user(tx, &Actor::system(), made.id)?;
    }
    Ok(Some(made.id.0))
}

/// Another address, number or account; those that somebody has already are theirs.
pub(crate) fn identity(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    let user = owner(tx, place, theirs)?;
    let (kind, value) = (text(&theirs["type"]), text(&theirs["value"]));
    let kind = kind.as_deref().and_then(IdentityKind::parse);
    let (Some(kind), Some(value)) = (kind, value) else { return Ok(None) };
    if people::find_by_identity(tx, kind, &value)?.is_some_and(|owner| owner.id == user) {
        return Ok(None);
    }
    // Nobody is asked by mail to prove an address.
    let new = NewIdentity { kind, value, verified: true, primary: false };
    Ok(Some(people::identities::add_identity(tx, &Actor::system(), user, new)?.id.0))
}

fn owner(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<UserId> {
    let found = place.ours(tx, "users", &theirs["user_id"])?;
    found.ok_or_else(|| Error::invalid("user_id", "RecordNotFound", "its person was not taken over"))
}

pub(crate) fn group_membership(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    let user = owner(tx, place, theirs)?;
    let group: Option<GroupId> = place.ours(tx, "groups", &theirs["group_id"])?;
    let group = group.ok_or_else(|| Error::invalid("group_id", "RecordNotFound", "its group was not taken over"))?;
    if let Ok(known) = people::groups::membership(tx, user, group) {
        return Ok(Some(known.id));
    }
    Ok(Some(people::add_to_group(tx, &Actor::system(), user, group)?.id))
}

pub(crate) fn organization_membership(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    let user = owner(tx, place, theirs)?;
    let organization: Option<OrganizationId> = place.ours(tx, "organizations", &theirs["organization_id"])?;
    let missing = || Error::invalid("organization_id", "RecordNotFound", "its organization was not taken over");
    let organization = organization.ok_or_else(missing)?;
    if people::organizations_of(tx, user)?.contains(&organization) {
        return Ok(None);
    }
    Ok(Some(people::add_to_organization(tx, &Actor::system(), user, organization)?.id))
}

/// Somebody of whom nothing is left at the other help desk but what they wrote.
pub(crate) fn forgotten(tx: &mut Tx<'_>, place: &Place, their_id: &str) -> Result<UserId> {
    if let Some(known) = place.ours(tx, "users", &json!(their_id))? {
        return Ok(known);
    }
    let name = Some(format!("Unknown person {their_id}"));
    let made = people::create_user(tx, &Actor::system(), NewUser { name, ..NewUser::default() })?;
    place.keep(tx, "users", their_id, made.id.0)?;
    Ok(made.id)
}
