//! `groups`, `group_memberships` and `custom_roles`.

use base::{Fragment, GroupId, PermissionSet, Result, RoleId, UserId};
use db::{Row, params};
use kernel::Tx;

use super::{Stored, known, select};
use crate::organization::{CustomRole, Group, GroupMembership};

impl Stored for Group {
    const SELECT: &'static str = "SELECT g.* FROM groups g";
    const ID: &'static str = "g.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Group {
            id: row.get("id")?,
            name: row.get("name")?,
            description: row.get("description")?,
            is_default: row.get("is_default")?,
            is_public: row.get("is_public")?,
            deleted: row.get("deleted")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// The group that tickets go to that go nowhere else.
pub(crate) fn default(tx: &mut Tx<'_>) -> Result<Option<Group>> {
    Ok(select(tx, &Fragment::new("WHERE NOT g.deleted ORDER BY g.is_default DESC, g.id LIMIT 1"))?.pop())
}

/// Every group that was not deleted, by name.
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Group>> {
    select(tx, &Fragment::new("WHERE NOT g.deleted ORDER BY g.name, g.id"))
}

pub(crate) fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<GroupId>> {
    let sql = "SELECT id FROM groups WHERE NOT deleted AND lower(name) = lower($1) ORDER BY id LIMIT 1";
    tx.find(sql, params![name])?.map(|row| row.at(0)).transpose()
}

pub(crate) fn insert(tx: &mut Tx<'_>, group: &Group) -> Result<GroupId> {
    let sql = "INSERT INTO groups (name, description, is_default, is_public, deleted, created_at, updated_at)
        VALUES ($1, $2, $3, $4, FALSE, $5, $5) RETURNING id";
    let Group { name, description, is_default, is_public, created_at, .. } = group;
    tx.insert(sql, params![name, description, *is_default, *is_public, *created_at])
}

pub(crate) fn update(tx: &mut Tx<'_>, group: &Group) -> Result<()> {
    let sql = "UPDATE groups SET name = $2, description = $3, is_default = $4, deleted = $5, updated_at = $6
        WHERE id = $1";
    let Group { id, name, description, is_default, deleted, updated_at, .. } = group;
    tx.execute(sql, params![*id, name, description, *is_default, *deleted, *updated_at]).map(drop)
}

/// Makes no other group than this the default one.
pub(crate) fn only_default(tx: &mut Tx<'_>, id: GroupId) -> Result<()> {
    tx.execute("UPDATE groups SET is_default = (id = $1) WHERE is_default OR id = $1", params![id]).map(drop)
}

impl Stored for GroupMembership {
    const SELECT: &'static str =
        "SELECT m.* FROM group_memberships m JOIN groups g ON g.id = m.group_id JOIN users u ON u.id = m.user_id";
    const ID: &'static str = "m.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(GroupMembership {
            id: row.get("id")?,
            user: row.get("user_id")?,
            group: row.get("group_id")?,
            is_default: row.get("is_default")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// Which memberships a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Members {
    pub user: Option<UserId>,
    pub group: Option<GroupId>,
    /// Only those of people who may be given tickets.
    pub assignable: bool,
}

pub(crate) fn memberships(tx: &mut Tx<'_>, of: Members) -> Result<Vec<GroupMembership>> {
    let mut query = Fragment::new("WHERE NOT g.deleted AND u.active");
    if let Some(user) = of.user {
        query.push(" AND m.user_id = ").bind(user);
    }
    if let Some(group) = of.group {
        query.push(" AND m.group_id = ").bind(group);
    }
    if of.assignable {
        query.push(" AND NOT u.suspended AND u.role IN ('agent', 'admin', 'owner')");
    }
    query.push(" ORDER BY m.id");
    select(tx, &query)
}

pub(crate) fn groups_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<GroupId>> {
    let sql = "SELECT m.group_id FROM group_memberships m JOIN groups g ON g.id = m.group_id
        WHERE m.user_id = $1 AND NOT g.deleted ORDER BY m.group_id";
    tx.column(sql, params![user])
}

/// The groups that any of these people belongs to.
pub(crate) fn groups_of_users(tx: &mut Tx<'_>, users: &[UserId]) -> Result<Vec<GroupId>> {
    super::distinct_of(tx, "group_id", "group_memberships", users)
}

pub(crate) fn add_member(tx: &mut Tx<'_>, user: UserId, group: GroupId) -> Result<bool> {
    let now = tx.now();
    let sql = "INSERT INTO group_memberships (user_id, group_id, is_default, created_at, updated_at)
        VALUES ($1, $2, FALSE, $3, $3) ON CONFLICT (user_id, group_id) DO NOTHING";
    Ok(tx.execute(sql, params![user, group, now])? > 0)
}

pub(crate) fn remove_member(tx: &mut Tx<'_>, user: UserId, group: GroupId) -> Result<()> {
    tx.execute("DELETE FROM group_memberships WHERE user_id = $1 AND group_id = $2", params![user, group]).map(drop)
}

pub(crate) fn remove_from_all(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM group_memberships WHERE user_id = $1", params![user]).map(drop)
}

pub(crate) fn remove_all_from(tx: &mut Tx<'_>, group: GroupId) -> Result<()> {
    tx.execute("DELETE FROM group_memberships WHERE group_id = $1", params![group]).map(drop)
}

/// Makes this the person's default group, in both places that say so.
pub(crate) fn make_default(tx: &mut Tx<'_>, user: UserId, group: Option<GroupId>) -> Result<()> {
    let now = tx.now();
    let id = group.map_or(0, |group| group.0);
    let sql = "UPDATE group_memberships SET is_default = (group_id = $2), updated_at = $3
        WHERE user_id = $1 AND (is_default OR group_id = $2)";
    tx.execute(sql, params![user, id, now])?;
    let sql = "UPDATE users SET default_group_id = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, params![user, group, now]).map(drop)
}

impl Stored for CustomRole {
    const SELECT: &'static str = "SELECT r.*, (SELECT COUNT(*) FROM users u WHERE u.custom_role_id = r.id AND u.active)
        AS members FROM custom_roles r";
    const ID: &'static str = "r.id";

    fn read(row: &Row) -> Result<Self> {
        let names: String = row.get("permissions")?;
        let permissions: Vec<_> = names.split_whitespace().filter_map(base::Permission::parse).collect();
        Ok(CustomRole {
            id: row.get("id")?,
            name: row.get("name")?,
            description: row.get("description")?,
            permissions: PermissionSet::default().with(&permissions),
            ticket_access: known(&row.get::<String>("ticket_access")?, base::TicketAccess::parse)?,
            members: row.get("members")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

pub(crate) fn roles(tx: &mut Tx<'_>) -> Result<Vec<CustomRole>> {
    select(tx, &Fragment::new("ORDER BY r.name, r.id"))
}

pub(crate) fn role_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<RoleId>> {
    tx.find("SELECT id FROM custom_roles WHERE name = $1", params![name])?.map(|row| row.at(0)).transpose()
}

fn permission_names(role: &CustomRole) -> String {
    role.permissions.iter().map(base::Permission::name).collect::<Vec<_>>().join(" ")
}

pub(crate) fn insert_role(tx: &mut Tx<'_>, role: &CustomRole) -> Result<RoleId> {
    let sql = "INSERT INTO custom_roles (name, description, permissions, ticket_access, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $5) RETURNING id";
    let access = role.ticket_access.name();
    tx.insert(sql, params![&role.name, &role.description, permission_names(role), access, role.created_at])
}

pub(crate) fn update_role(tx: &mut Tx<'_>, role: &CustomRole) -> Result<()> {
    let sql = "UPDATE custom_roles SET name = $2, description = $3, permissions = $4, ticket_access = $5,
        updated_at = $6 WHERE id = $1";
    let access = role.ticket_access.name();
    let names = permission_names(role);
    tx.execute(sql, params![role.id, &role.name, &role.description, names, access, role.updated_at]).map(drop)
}

pub(crate) fn delete_role(tx: &mut Tx<'_>, id: RoleId) -> Result<()> {
    tx.execute("DELETE FROM custom_roles WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn people_with_role(tx: &mut Tx<'_>, id: RoleId) -> Result<Vec<UserId>> {
    tx.column("SELECT id FROM users WHERE custom_role_id = $1 ORDER BY id", params![id])
}
