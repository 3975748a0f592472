//! Loading of people, groups and organizations, and who may do what to whom.

use std::collections::HashMap;

use base::{Actor, Credential, Error, GroupId, OrganizationId, Permission, Result, Role, TicketAccess, UserId};
use kernel::Tx;

use crate::organization::{CustomRole, Group, Organization};
use crate::store;
use crate::user::{IdentityKind, User};

/// The person with this number, active or not.
pub fn find_user(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>> {
    store::find::<User>(tx, id)
}

/// The person with this number, active or not.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get_user(tx: &mut Tx<'_>, id: UserId) -> Result<User> {
    find_user(tx, id)?.ok_or(Error::NotFound)
}

/// These people, in the order of their numbers; those who don't exist are left out.
pub fn users(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<User>> {
    store::among(tx, "u.id", distinct(ids))
}

fn distinct<T: Copy + Ord>(ids: &[T]) -> Vec<T> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The group of this name, in letters of either case.
pub fn find_group_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<GroupId>> {
    store::groups::named(tx, name)
}

/// The organization of exactly this name.
pub fn find_organization_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<OrganizationId>> {
    Ok(store::organizations::named(tx, name)?.map(|organization| organization.id))
}

/// The person who has this e-mail address.
pub fn find_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<User>> {
    find_by_identity(tx, IdentityKind::Email, email)
}

/// The person who has this telephone number.
pub fn find_by_phone(tx: &mut Tx<'_>, phone: &str) -> Result<Option<User>> {
    find_by_identity(tx, IdentityKind::PhoneNumber, phone)
}

/// The person who has this address, number or account.
pub fn find_by_identity(tx: &mut Tx<'_>, kind: IdentityKind, value: &str) -> Result<Option<User>> {
    match kind.normalise(value) {
        Some(value) => store::users::by_identity(tx, kind.name(), &value),
        None => Ok(None),
    }
}

/// The person that this one was merged into, however often; the person themselves when they weren't.
pub fn survivor(tx: &mut Tx<'_>, mut user: User) -> Result<User> {
    while let Some(into) = user.merged_into_id {
        user = get_user(tx, into)?;
    }
    Ok(user)
}

/// The same by number.
///
/// # Errors
/// `NotFound` when there is no such person.
pub fn survivor_of(tx: &mut Tx<'_>, id: UserId) -> Result<UserId> {
    let user = get_user(tx, id)?;
    Ok(survivor(tx, user)?.id)
}

/// Those of these people who were merged into others, each with whom they became.
pub fn merged_among(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<(UserId, UserId)>> {
    let merged = store::users::merged(tx, ids)?;
    merged.into_iter().map(|id| Ok((id, survivor_of(tx, id)?))).collect()
}

/// The tags of these people.
pub fn tags_of(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<HashMap<UserId, Vec<String>>> {
    let mut out: HashMap<UserId, Vec<String>> = HashMap::new();
    for (user, tag) in store::users::tags(tx, ids)? {
        out.entry(user).or_default().push(tag);
    }
    Ok(out)
}

/// The person as one who asks: role, permissions, groups, organizations. For an end user these are the organizations
/// whose tickets they may see.
///
/// # Errors
/// `NotFound` when there is no such person.
pub fn actor_of(tx: &mut Tx<'_>, id: UserId, credential: Credential) -> Result<Actor> {
    let user = get_user(tx, id)?;
    actor_of_user(tx, &user, credential)
}

/// The same for a person who is loaded already.
pub fn actor_of_user(tx: &mut Tx<'_>, user: &User, credential: Credential) -> Result<Actor> {
    let mut actor = Actor {
        user: user.id,
        role: user.role,
        custom_role: user.custom_role,
        permissions: user.role.permissions(),
        tickets: user.ticket_access,
        groups: Vec::new(),
        organizations: Vec::new(),
        credential,
        ip: None,
    };
    if !user.role.is_staff() {
        let all = user.ticket_access == TicketAccess::Organization;
        actor.organizations = store::organizations::of_user(tx, user.id, !all)?;
        actor.tickets = match actor.organizations.is_empty() {
            true => TicketAccess::Requested,
            false => TicketAccess::Organization,
        };
        return Ok(actor);
    }
    actor.groups = store::groups::groups_of(tx, user.id)?;
    actor.organizations = store::organizations::of_user(tx, user.id, false)?;
    if let Some(role) = user.custom_role
        && user.role < Role::Admin
        && let Some(role) = store::find::<CustomRole>(tx, role)?
    {
        actor.permissions = role.permissions;
        actor.tickets = role.ticket_access;
    }
    Ok(actor)
}

/// The group with this number, unless it was deleted.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get_group(tx: &mut Tx<'_>, id: GroupId) -> Result<Group> {
    store::find::<Group>(tx, id)?.filter(|group| !group.deleted).ok_or(Error::NotFound)
}

/// Every group, by name.
pub fn groups(tx: &mut Tx<'_>) -> Result<Vec<Group>> {
    store::groups::all(tx)
}

/// These groups, deleted or not.
pub fn groups_by_ids(tx: &mut Tx<'_>, ids: &[GroupId]) -> Result<Vec<Group>> {
    store::among(tx, "g.id", distinct(ids))
}

/// Whether there is such a group.
pub fn group_exists(tx: &mut Tx<'_>, id: GroupId) -> Result<bool> {
    Ok(store::find::<Group>(tx, id)?.is_some_and(|group| !group.deleted))
}

/// The group that tickets go to that go nowhere else; `None` when the desk has no groups.
pub fn default_group(tx: &mut Tx<'_>) -> Result<Option<Group>> {
    store::groups::default(tx)
}

/// The groups that a person belongs to.
pub fn groups_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<GroupId>> {
    store::groups::groups_of(tx, user)
}

/// The people of a group.
pub fn members_of(tx: &mut Tx<'_>, group: GroupId) -> Result<Vec<UserId>> {
    let of = store::groups::Members { group: Some(group), ..Default::default() };
    Ok(store::groups::memberships(tx, of)?.into_iter().map(|membership| membership.user).collect())
}

/// Everybody who works at the desk.
pub fn staff(tx: &mut Tx<'_>) -> Result<Vec<UserId>> {
    store::users::staff(tx)
}

/// Whether tickets of this group may be assigned to this person.
pub fn agent_in_group(tx: &mut Tx<'_>, user: UserId, group: GroupId) -> Result<bool> {
    let of = store::groups::Members { user: Some(user), group: Some(group), assignable: true };
    Ok(!store::groups::memberships(tx, of)?.is_empty())
}

/// The organization with this number.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get_organization(tx: &mut Tx<'_>, id: OrganizationId) -> Result<Organization> {
    store::find::<Organization>(tx, id)?.ok_or(Error::NotFound)
}

/// These organizations.
pub fn organizations(tx: &mut Tx<'_>, ids: &[OrganizationId]) -> Result<Vec<Organization>> {
    store::among(tx, "o.id", distinct(ids))
}

/// The organizations that a person belongs to.
pub fn organizations_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<OrganizationId>> {
    store::organizations::of_user(tx, user, false)
}

/// Fails unless the actor may change this person in ways that the person can't themselves.
///
/// # Errors
/// `Forbidden`: for end users without `people_edit`; for staff without `agent_manage`, and for those who may do
/// something that the actor may not; for the owner, to everybody else.
pub fn may_change(tx: &mut Tx<'_>, actor: &Actor, user: &User) -> Result<()> {
    if actor.user == Actor::SYSTEM {
        return Ok(());
    }
    if user.role == Role::Owner && user.id != actor.user {
        return Err(Error::Forbidden("the owner is changed by nobody else"));
    }
    if !user.role.is_staff() {
        return actor.needs(Permission::PeopleEdit);
    }
    actor.needs(Permission::AgentManage)?;
    let theirs = actor_of_user(tx, user, Credential::System)?;
    may_grant(actor, theirs.permissions)
}

/// Fails when something is to be granted that the actor may not do: nobody makes others mightier than themselves.
pub(crate) fn may_grant(actor: &Actor, permissions: base::PermissionSet) -> Result<()> {
    match permissions.iter().all(|permission| actor.may(permission)) {
        true => Ok(()),
        false => Err(Error::Forbidden("a role that may do more than your own")),
    }
}
