//! Writers of groups, their members, and custom roles.

use base::{Actor, Error, GroupId, Permission, PermissionSet, Result, RoleId, TicketAccess, UserId};
use kernel::{Tx, audit_log};

use crate::access::{default_group, get_group, get_user, may_change, may_grant};
use crate::change::{problem, take_text, tell};
use crate::organization::{CustomRole, Group, GroupChange, GroupMembership};
use crate::store;
use crate::user::User;

/// Told, in the same transaction, when somebody no longer takes tickets: of one group, or of any. A part of the app
/// that `tickets` provides.
pub struct Left(pub Vec<LeftHook>);

/// What is told of somebody who left a group, or the staff.
pub type LeftHook = fn(&mut Tx<'_>, UserId, Option<GroupId>) -> Result<()>;

/// Makes a group. The first one becomes the default group.
///
/// # Errors
/// `Forbidden` without `agent_manage`; `Invalid` for a name that is blank or taken.
pub fn create_group(tx: &mut Tx<'_>, actor: &Actor, new: GroupChange) -> Result<Group> {
    actor.needs(Permission::AgentManage)?;
    let now = tx.now();
    let first = default_group(tx)?.is_none();
    let mut group = Group {
        id: GroupId(0),
        name: String::new(),
        description: String::new(),
        is_default: first || new.is_default == Some(true),
        is_public: new.is_public.unwrap_or(true),
        deleted: false,
        created_at: now,
        updated_at: now,
    };
    apply(tx, &mut group, &new)?;
    group.id = store::groups::insert(tx, &group)?;
    if group.is_default {
        store::groups::only_default(tx, group.id)?;
    }
    record(tx, actor, "create", &group)?;
    Ok(group)
}

/// Changes a group. Errors as [`create_group`].
pub fn update_group(tx: &mut Tx<'_>, actor: &Actor, id: GroupId, change: GroupChange) -> Result<Group> {
    actor.needs(Permission::AgentManage)?;
    let mut group = get_group(tx, id)?;
    apply(tx, &mut group, &change)?;
    group.updated_at = tx.now();
    group.is_default |= change.is_default == Some(true);
    store::groups::update(tx, &group)?;
    if group.is_default {
        store::groups::only_default(tx, id)?;
    }
    record(tx, actor, "update", &group)?;
    Ok(group)
}

fn apply(tx: &mut Tx<'_>, group: &mut Group, change: &GroupChange) -> Result<()> {
    let mut problems = Vec::new();
    take_text(&mut problems, "name", &mut group.name, &change.name);
    take_text(&mut problems, "description", &mut group.description, &change.description);
    if group.name.is_empty() {
        problems.push(problem("name", "BlankValue", "Name: cannot be blank"));
    } else if store::groups::named(tx, &group.name)?.is_some_and(|id| id != group.id) {
        problems.push(problem("name", "DuplicateValue", format!("Name: {} has already been taken", group.name)));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Deletes a group: its members leave it, its tickets lose it.
///
/// # Errors
/// `Forbidden` without `agent_manage`; `Invalid` for the default group.
pub fn delete_group(tx: &mut Tx<'_>, actor: &Actor, id: GroupId) -> Result<()> {
    actor.needs(Permission::AgentManage)?;
    let mut group = get_group(tx, id)?;
    if group.is_default {
        return Err(Error::invalid("base", "InvalidValue", "The default group can't be deleted"));
    }
    let members = crate::access::members_of(tx, id)?;
    group.deleted = true;
    group.updated_at = tx.now();
    store::groups::update(tx, &group)?;
    for user in members {
        leave(tx, user, id)?;
    }
    store::groups::remove_all_from(tx, id)?;
    record(tx, actor, "destroy", &group)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, group: &Group) -> Result<()> {
    audit_log::record(tx, actor, action, ("group", Some(group.id.0), &group.name), "")
}

/// Makes an agent a member of a group; the first group is the default one.
///
/// # Errors
/// `Forbidden` without `agent_manage`; `Invalid` for end users and for who is a member already.
pub fn add_to_group(tx: &mut Tx<'_>, actor: &Actor, user: UserId, group: GroupId) -> Result<GroupMembership> {
    actor.needs(Permission::AgentManage)?;
    let person = store::find::<User>(tx, user)?.filter(|person| person.active && person.role.is_staff());
    let person = person.ok_or_else(|| Error::invalid("user_id", "InvalidValue", "User: must be an agent"))?;
    if !crate::access::group_exists(tx, group)? {
        return Err(Error::invalid("group_id", "RecordNotFound", "Group: there is no such group"));
    }
    if !store::groups::add_member(tx, user, group)? {
        return Err(Error::invalid("user_id", "DuplicateValue", "User: is a member of the group already"));
    }
    if person.default_group_id.is_none() {
        store::groups::make_default(tx, user, Some(group))?;
    }
    tell(tx, user)?;
    record_member(tx, actor, "create", &person, group)?;
    membership(tx, user, group)
}

/// Whether somebody belongs to a group, as a membership.
///
/// # Errors
/// `NotFound` when they don't.
pub fn membership(tx: &mut Tx<'_>, user: UserId, group: GroupId) -> Result<GroupMembership> {
    let of = store::groups::Members { user: Some(user), group: Some(group), assignable: false };
    store::groups::memberships(tx, of)?.into_iter().next().ok_or(Error::NotFound)
}

/// Ends a membership.
///
/// # Errors
/// `Forbidden` without `agent_manage`; `NotFound`.
pub fn remove_from_group(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<()> {
    actor.needs(Permission::AgentManage)?;
    let membership = store::find::<GroupMembership>(tx, id)?.ok_or(Error::NotFound)?;
    leave(tx, membership.user, membership.group)?;
    let person = get_user(tx, membership.user)?;
    record_member(tx, actor, "destroy", &person, membership.group)
}

fn record_member(tx: &mut Tx<'_>, actor: &Actor, action: &str, person: &User, group: GroupId) -> Result<()> {
    let change = format!("group: {group}");
    audit_log::record(tx, actor, action, ("group_membership", Some(person.id.0), &person.name), &change)
}

fn leave(tx: &mut Tx<'_>, user: UserId, group: GroupId) -> Result<()> {
    store::groups::remove_member(tx, user, group)?;
    if get_user(tx, user)?.default_group_id == Some(group) {
        let next = store::groups::groups_of(tx, user)?.first().copied();
        store::groups::make_default(tx, user, next)?;
    }
    announce(tx, user, Some(group))?;
    tell(tx, user)
}

fn announce(tx: &mut Tx<'_>, user: UserId, group: Option<GroupId>) -> Result<()> {
    let hooks = tx.app().part::<Left>().map(|left| left.0.as_slice()).unwrap_or_default();
    hooks.iter().try_for_each(|hook| hook(tx, user, group))
}

/// Somebody leaves every group.
pub(crate) fn leave_all(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    store::groups::remove_from_all(tx, user)?;
    store::groups::make_default(tx, user, None)?;
    announce(tx, user, None)
}

/// Makes a group the agent's default one.
///
/// # Errors
/// `Forbidden` for others than the agent without `agent_manage`; `NotFound` when they are no member.
pub fn make_default_group(tx: &mut Tx<'_>, actor: &Actor, user: UserId, group: GroupId) -> Result<()> {
    let person = get_user(tx, user)?;
    if actor.user != user {
        may_change(tx, actor, &person)?;
    }
    membership(tx, user, group)?;
    store::groups::make_default(tx, user, Some(group))
}

/// New staff enter the default group; who leaves the staff leaves their groups.
pub(crate) fn follow_role(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    if !user.role.is_staff() {
        return leave_all(tx, user.id);
    }
    if user.default_group_id.is_none()
        && let Some(group) = default_group(tx)?
    {
        store::groups::add_member(tx, user.id, group.id)?;
        store::groups::make_default(tx, user.id, Some(group.id))?;
    }
    Ok(())
}

/// What is written into a custom role. `None` leaves a value alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleChange {
    /// The name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What its people may do.
    pub permissions: Option<PermissionSet>,
    /// Which tickets its people see.
    pub ticket_access: Option<TicketAccess>,
}

/// The custom role with this number.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get_role(tx: &mut Tx<'_>, id: RoleId) -> Result<CustomRole> {
    store::find::<CustomRole>(tx, id)?.ok_or(Error::NotFound)
}

/// Every custom role, by name.
pub fn roles(tx: &mut Tx<'_>) -> Result<Vec<CustomRole>> {
    store::groups::roles(tx)
}

/// Makes a custom role.
///
/// # Errors
/// `Forbidden` without `agent_manage`, and for permissions that the actor lacks; `Invalid` for its name.
pub fn create_role(tx: &mut Tx<'_>, actor: &Actor, new: RoleChange) -> Result<CustomRole> {
    let now = tx.now();
    let mut role = CustomRole {
        id: RoleId(0),
        name: String::new(),
        description: String::new(),
        permissions: base::Role::Agent.permissions(),
        ticket_access: TicketAccess::All,
        members: 0,
        created_at: now,
        updated_at: now,
    };
    apply_role(tx, actor, &mut role, &new)?;
    role.id = store::groups::insert_role(tx, &role)?;
    record_role(tx, actor, "create", &role)?;
    Ok(role)
}

/// Changes a custom role. Errors as [`create_role`].
pub fn update_role(tx: &mut Tx<'_>, actor: &Actor, id: RoleId, change: RoleChange) -> Result<CustomRole> {
    let mut role = get_role(tx, id)?;
    may_grant(actor, role.permissions)?;
    apply_role(tx, actor, &mut role, &change)?;
    role.updated_at = tx.now();
    store::groups::update_role(tx, &role)?;
    for user in store::groups::people_with_role(tx, id)? {
        tell(tx, user)?;
    }
    record_role(tx, actor, "update", &role)?;
    Ok(role)
}

fn apply_role(tx: &mut Tx<'_>, actor: &Actor, role: &mut CustomRole, change: &RoleChange) -> Result<()> {
    actor.needs(Permission::AgentManage)?;
    let mut problems = Vec::new();
    take_text(&mut problems, "name", &mut role.name, &change.name);
    take_text(&mut problems, "description", &mut role.description, &change.description);
    if role.name.is_empty() {
        problems.push(problem("name", "BlankValue", "Name: cannot be blank"));
    } else if store::groups::role_named(tx, &role.name)?.is_some_and(|id| id != role.id) {
        problems.push(problem("name", "DuplicateValue", format!("Name: {} has already been taken", role.name)));
    }
    role.permissions = change.permissions.unwrap_or(role.permissions);
    role.ticket_access = change.ticket_access.unwrap_or(role.ticket_access);
    if role.ticket_access == TicketAccess::Requested {
        problems.push(problem("ticket_access", "InvalidValue", "ticket_access: is for end users"));
    }
    may_grant(actor, role.permissions)?;
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Deletes a custom role that nobody has.
///
/// # Errors
/// `Forbidden` without `agent_manage`; `Invalid` while somebody has it.
pub fn delete_role(tx: &mut Tx<'_>, actor: &Actor, id: RoleId) -> Result<()> {
    actor.needs(Permission::AgentManage)?;
    let role = get_role(tx, id)?;
    if !store::groups::people_with_role(tx, id)?.is_empty() {
        return Err(Error::invalid("base", "InvalidValue", "The role can't be deleted while agents have it"));
    }
    store::groups::delete_role(tx, id)?;
    record_role(tx, actor, "destroy", &role)
}

fn record_role(tx: &mut Tx<'_>, actor: &Actor, action: &str, role: &CustomRole) -> Result<()> {
    let names: Vec<_> = role.permissions.iter().map(Permission::name).collect();
    audit_log::record(tx, actor, action, ("custom_role", Some(role.id.0), &role.name), &names.join(" "))
}
