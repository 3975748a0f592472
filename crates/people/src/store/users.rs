//! `users` and `user_tags`.

use base::{Fragment, OrganizationId, Result, Role, Timestamp, UserId};
use db::{Row, params};
use kernel::Tx;
use kernel::exports::{Kind, mark};
use kernel::http::Page;

use super::{Found, Order, Stored, among, known, select};
use crate::user::User;

impl Stored for User {
    /// A number is somebody's own when it is among their identities.
    const SELECT: &'static str = "SELECT u.*, (u.phone IS NOT NULL AND NOT EXISTS (SELECT 1 FROM user_identities i
         WHERE i.user_id = u.id AND i.kind = 'phone_number' AND i.value = u.phone)) AS shared_phone FROM users u";
    const ID: &'static str = "u.id";

    fn read(row: &Row) -> Result<Self> {
        let text = |column: &str| row.get::<String>(column);
        Ok(User {
            id: row.get("id")?,
            name: text("name")?,
            email: row.get("email")?,
            phone: row.get("phone")?,
            shared_phone: row.get("shared_phone")?,
            role: known(&text("role")?, base::Role::parse)?,
            custom_role: row.get("custom_role_id")?,
            ticket_access: known(&text("ticket_access")?, base::TicketAccess::parse)?,
            organization_id: row.get("organization_id")?,
            default_group_id: row.get("default_group_id")?,
            locale: known(&text("locale")?, base::Locale::parse)?,
            time_zone: text("time_zone")?,
            external_id: row.get("external_id")?,
            alias: row.get("alias")?,
            signature: text("signature")?,
            details: text("details")?,
            notes: text("notes")?,
            photo_key: row.get("photo_key")?,
            active: row.get("active")?,
            verified: row.get("verified")?,
            suspended: row.get("suspended")?,
            moderator: row.get("moderator")?,
            second_factor: row.get("totp_confirmed")?,
            last_login_at: row.get("last_login_at")?,
            merged_into_id: row.get("merged_into_id")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

pub(crate) fn by_identity(tx: &mut Tx<'_>, kind: &str, value: &str) -> Result<Option<User>> {
    let mut rest = Fragment::new("WHERE u.id = (SELECT user_id FROM user_identities WHERE kind = ");
    rest.bind(kind).push(" AND value = ").bind(value).push(")");
    Ok(select(tx, &rest)?.pop())
}

/// The active people with these numbers of another system.
pub(crate) fn by_external_ids(tx: &mut Tx<'_>, ids: &[String]) -> Result<Vec<User>> {
    let mut users: Vec<User> = among(tx, "u.external_id", ids)?;
    users.retain(|user| user.active);
    Ok(users)
}

/// Which people a list shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub id: Option<UserId>,
    pub roles: Vec<Role>,
    pub custom_role: Option<base::RoleId>,
    pub organization: Option<OrganizationId>,
    pub group: Option<base::GroupId>,
    pub external_id: Option<String>,
    /// Rows of `user_text` that match.
    pub matching: Option<Fragment>,
    pub deleted: bool,
}

fn conditions(filter: &Filter) -> Fragment {
    let mut out = Fragment::new(if filter.deleted { " WHERE NOT u.active" } else { " WHERE u.active" });
    if filter.deleted {
        out.push(" AND u.merged_into_id IS NULL");
    }
    if !filter.roles.is_empty() {
        out.push(" AND u.role IN (").bind_all(filter.roles.iter().map(|role| role.name())).push(")");
    }
    if let Some(id) = filter.id {
        out.push(" AND u.id = ").bind(id);
    }
    if let Some(role) = filter.custom_role {
        out.push(" AND u.custom_role_id = ").bind(role);
    }
    if let Some(organization) = filter.organization {
        let sql = " AND u.id IN (SELECT user_id FROM organization_memberships WHERE organization_id = ";
        out.push(sql).bind(organization).push(")");
    }
    if let Some(group) = filter.group {
        out.push(" AND u.id IN (SELECT user_id FROM group_memberships WHERE group_id = ").bind(group).push(")");
    }
    if let Some(external) = &filter.external_id {
        out.push(" AND u.external_id = ").bind(external);
    }
    if let Some(matching) = &filter.matching {
        out.push(" AND u.id IN (").append(matching).push(")");
    }
    out
}

pub(crate) fn page(tx: &mut Tx<'_>, filter: &Filter, page: &Page, order: Order) -> Result<Found<User>> {
    super::page(tx, &conditions(filter), page, order)
}

pub(crate) fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64> {
    super::count(tx, "users u", &conditions(filter))
}

/// Those of these people who were merged into others.
pub(crate) fn merged(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<UserId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Fragment::new("SELECT id FROM users WHERE merged_into_id IS NOT NULL AND id IN (");
    query.bind_all(ids.iter().copied()).push(") ORDER BY id");
    tx.column(&query.sql, &query.params)
}

/// The text with what `LIKE` gives a meaning to taken for itself.
pub(crate) fn like_escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Other active people of the same folded name, the same number, or the same address at another place.
pub(crate) fn alike(tx: &mut Tx<'_>, user: &User, folded: &str, local: Option<&str>) -> Result<Vec<User>> {
    let mut query = Fragment::new("WHERE u.active AND u.id <> ");
    query.bind(user.id).push(" AND (u.name_folded = ").bind(folded);
    if let Some(phone) = &user.phone {
        query.push(" OR u.phone = ").bind(phone);
        query.push(" OR u.id IN (SELECT user_id FROM user_identities WHERE kind = 'phone_number' AND value = ");
        query.bind(phone).push(")");
    }
    if let Some(local) = local {
        let sql = " OR u.id IN (SELECT user_id FROM user_identities WHERE kind = 'email' AND value LIKE ";
        query.push(sql).bind(format!("{}@%", like_escaped(local))).push(" ESCAPE '\\')");
    }
    query.push(") ORDER BY u.id LIMIT 20");
    select(tx, &query)
}

pub(crate) fn insert(tx: &mut Tx<'_>, user: &User, password_hash: Option<&str>) -> Result<UserId> {
    let sql = "INSERT INTO users (name, name_folded, email, phone, role, custom_role_id, ticket_access,
        organization_id, default_group_id, locale, time_zone, external_id, alias, signature, details, notes,
        active, verified, suspended, moderator, password_hash, totp_confirmed, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
        FALSE, $22, $22) RETURNING id";
    let mut values = columns(user);
    values.push(password_hash.into());
    values.push(user.created_at.into());
    let id: UserId = tx.insert(sql, &values)?;
    mark(tx, Kind::User, id)?;
    Ok(id)
}

/// Writes what a person is made of; not what signing in and merging write.
pub(crate) fn update(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    let sql = "UPDATE users SET name = $1, name_folded = $2, email = $3, phone = $4, role = $5, custom_role_id = $6,
        ticket_access = $7, organization_id = $8, default_group_id = $9, locale = $10, time_zone = $11,
        external_id = $12, alias = $13, signature = $14, details = $15, notes = $16, active = $17, verified = $18,
        suspended = $19, moderator = $20, updated_at = $21, merged_into_id = $22 WHERE id = $23";
    let mut values = columns(user);
    values.extend([user.updated_at.into(), user.merged_into_id.into(), user.id.into()]);
    tx.execute(sql, &values)?;
    mark(tx, Kind::User, user.id)
}

fn columns(user: &User) -> Vec<base::Value> {
    let mut values = params![
        &user.name,
        base::text::fold(&user.name),
        &user.email,
        &user.phone,
        user.role.name(),
        user.custom_role,
        user.ticket_access.name(),
        user.organization_id,
        user.default_group_id,
        user.locale.code(),
        &user.time_zone
    ]
    .to_vec();
    values.extend_from_slice(params![&user.external_id, &user.alias, &user.signature, &user.details, &user.notes]);
    values.extend_from_slice(params![user.active, user.verified, user.suspended, user.moderator]);
    values
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    tx.execute("DELETE FROM users WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn signed_in(tx: &mut Tx<'_>, id: UserId, at: Timestamp) -> Result<()> {
    tx.execute("UPDATE users SET last_login_at = $2 WHERE id = $1", params![id, at]).map(drop)
}

/// What the person chose for their workspace, as JSON.
pub(crate) fn settings(tx: &mut Tx<'_>, id: UserId) -> Result<Option<String>> {
    tx.find("SELECT value FROM user_settings WHERE user_id = $1", params![id])?.map(|row| row.at(0)).transpose()
}

pub(crate) fn put_settings(tx: &mut Tx<'_>, id: UserId, value: &str) -> Result<()> {
    let sql = "INSERT INTO user_settings (user_id, value) VALUES ($1, $2)
        ON CONFLICT (user_id) DO UPDATE SET value = excluded.value";
    tx.execute(sql, params![id, value]).map(drop)
}

/// How many active people have this role.
pub(crate) fn count_role(tx: &mut Tx<'_>, roles: &[Role]) -> Result<i64> {
    let filter = Filter { roles: roles.to_vec(), ..Filter::default() };
    count(tx, &filter)
}

/// The tags of these people, sorted.
pub(crate) fn tags(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<Vec<(UserId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Fragment::new("SELECT user_id, tag FROM user_tags WHERE user_id IN (");
    query.bind_all(ids.iter().copied()).push(") ORDER BY user_id, tag");
    tx.query_fragment(&query)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

pub(crate) fn set_tags(tx: &mut Tx<'_>, id: UserId, tags: &[String]) -> Result<()> {
    tx.execute("DELETE FROM user_tags WHERE user_id = $1", params![id])?;
    for tag in tags {
        add_tag(tx, id, tag)?;
    }
    Ok(())
}

pub(crate) fn add_tag(tx: &mut Tx<'_>, id: UserId, tag: &str) -> Result<()> {
    tx.execute("INSERT INTO user_tags (user_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING", params![id, tag])
        .map(drop)
}

/// Those who work at the desk, suspended ones left out.
pub(crate) fn staff(tx: &mut Tx<'_>) -> Result<Vec<UserId>> {
    let sql = "SELECT id FROM users WHERE role <> 'end-user' AND active = TRUE AND suspended = FALSE ORDER BY id";
    tx.column(sql, &[])
}
