//! `organizations`, their domains, tags and memberships.

use base::{Fragment, OrganizationId, Result, UserId};
use db::{Row, params};
use kernel::Tx;
use kernel::exports::{Kind, mark};
use kernel::http::Page;

use super::{Found, Order, Stored, among, select};
use crate::organization::{Organization, OrganizationMembership};

impl Stored for Organization {
    const SELECT: &'static str = "SELECT o.* FROM organizations o";
    const ID: &'static str = "o.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Organization {
            id: row.get("id")?,
            name: row.get("name")?,
            external_id: row.get("external_id")?,
            details: row.get("details")?,
            notes: row.get("notes")?,
            group_id: row.get("group_id")?,
            shared_tickets: row.get("shared_tickets")?,
            shared_comments: row.get("shared_comments")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

pub(crate) fn by_external_ids(tx: &mut Tx<'_>, ids: &[String]) -> Result<Vec<Organization>> {
    among(tx, "o.external_id", ids)
}

pub(crate) fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<Organization>> {
    Ok(among(tx, "o.name", [name])?.pop())
}

/// The organizations among `rows`, by name.
pub(crate) fn matching(tx: &mut Tx<'_>, rows: &Fragment, limit: i64) -> Result<Vec<Organization>> {
    let mut rest = Fragment::new("WHERE o.id IN (");
    rest.append(rows).push(") ORDER BY o.name, o.id LIMIT ").bind(limit);
    select(tx, &rest)
}

pub(crate) fn page(tx: &mut Tx<'_>, of: Option<UserId>, page: &Page, order: Order) -> Result<Found<Organization>> {
    super::page(tx, &belonging(of), page, order)
}

pub(crate) fn count(tx: &mut Tx<'_>, of: Option<UserId>) -> Result<i64> {
    super::count(tx, "organizations o", &belonging(of))
}

fn belonging(of: Option<UserId>) -> Fragment {
    let Some(user) = of else { return Fragment::new("WHERE 1 = 1") };
    let mut out = Fragment::new("WHERE o.id IN (SELECT organization_id FROM organization_memberships WHERE user_id = ");
    out.bind(user).push(")");
    out
}

pub(crate) fn insert(tx: &mut Tx<'_>, organization: &Organization) -> Result<OrganizationId> {
    let sql = "INSERT INTO organizations (name, external_id, details, notes, group_id, shared_tickets,
        shared_comments, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id";
    let o = organization;
    let (tickets, comments) = (o.shared_tickets, o.shared_comments);
    let values = params![&o.name, &o.external_id, &o.details, &o.notes, o.group_id, tickets, comments, o.created_at];
    let id: OrganizationId = tx.insert(sql, values)?;
    mark(tx, Kind::Organization, id)?;
    Ok(id)
}

pub(crate) fn update(tx: &mut Tx<'_>, organization: &Organization) -> Result<()> {
    let sql = "UPDATE organizations SET name = $2, external_id = $3, details = $4, notes = $5, group_id = $6,
        shared_tickets = $7, shared_comments = $8, updated_at = $9 WHERE id = $1";
    let o = organization;
    let mut values = params![o.id, &o.name, &o.external_id, &o.details, &o.notes, o.group_id].to_vec();
    values.extend_from_slice(params![o.shared_tickets, o.shared_comments, o.updated_at]);
    tx.execute(sql, &values)?;
    mark(tx, Kind::Organization, o.id)
}

/// Deletes the organization and all that only says that it exists.
pub(crate) fn delete(tx: &mut Tx<'_>, id: OrganizationId) -> Result<()> {
    tx.execute("UPDATE users SET organization_id = NULL WHERE organization_id = $1", params![id])?;
    tx.execute("DELETE FROM organization_memberships WHERE organization_id = $1", params![id])?;
    tx.execute("DELETE FROM organization_subscriptions WHERE organization_id = $1", params![id])?;
    tx.execute("DELETE FROM organization_domains WHERE organization_id = $1", params![id])?;
    tx.execute("DELETE FROM organization_tags WHERE organization_id = $1", params![id])?;
    tx.execute("DELETE FROM organizations WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn domains(tx: &mut Tx<'_>, ids: &[OrganizationId]) -> Result<Vec<(OrganizationId, String)>> {
    words(tx, "domain", "organization_domains", ids)
}

pub(crate) fn tags(tx: &mut Tx<'_>, ids: &[OrganizationId]) -> Result<Vec<(OrganizationId, String)>> {
    words(tx, "tag", "organization_tags", ids)
}

fn words(tx: &mut Tx<'_>, column: &str, table: &str, ids: &[OrganizationId]) -> Result<Vec<(OrganizationId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Fragment::new(format!("SELECT organization_id, {column} FROM {table} WHERE organization_id IN ("));
    query.bind_all(ids.iter().copied()).push(&format!(") ORDER BY organization_id, {column}"));
    tx.query_fragment(&query)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

pub(crate) fn of_domain(tx: &mut Tx<'_>, domain: &str) -> Result<Option<OrganizationId>> {
    let sql = "SELECT organization_id FROM organization_domains WHERE domain = $1";
    tx.find(sql, params![domain])?.map(|row| row.at(0)).transpose()
}

pub(crate) fn set_domains(tx: &mut Tx<'_>, id: OrganizationId, domains: &[String]) -> Result<()> {
    tx.execute("DELETE FROM organization_domains WHERE organization_id = $1", params![id])?;
    for domain in domains {
        let sql = "INSERT INTO organization_domains (domain, organization_id) VALUES ($1, $2)";
        tx.execute(sql, params![domain, id])?;
    }
    Ok(())
}

pub(crate) fn set_tags(tx: &mut Tx<'_>, id: OrganizationId, tags: &[String]) -> Result<()> {
    tx.execute("DELETE FROM organization_tags WHERE organization_id = $1", params![id])?;
    for tag in tags {
        let sql = "INSERT INTO organization_tags (organization_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        tx.execute(sql, params![id, tag])?;
    }
    Ok(())
}

impl Stored for OrganizationMembership {
    const SELECT: &'static str = "SELECT m.*, o.name AS organization_name FROM organization_memberships m
        JOIN organizations o ON o.id = m.organization_id";
    const ID: &'static str = "m.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            user: row.get("user_id")?,
            organization: row.get("organization_id")?,
            organization_name: row.get("organization_name")?,
            is_default: row.get("is_default")?,
            view_tickets: row.get("view_tickets")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// Which memberships a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Members {
    pub user: Option<UserId>,
    pub organization: Option<OrganizationId>,
}

pub(crate) fn memberships(
    tx: &mut Tx<'_>,
    of: Members,
    page: &Page,
    order: Order,
) -> Result<Found<OrganizationMembership>> {
    super::page(tx, &members(of), page, order)
}

pub(crate) fn count_memberships(tx: &mut Tx<'_>, of: Members) -> Result<i64> {
    super::count(tx, "organization_memberships m", &members(of))
}

fn members(of: Members) -> Fragment {
    let mut out = Fragment::new("WHERE 1 = 1");
    if let Some(user) = of.user {
        out.push(" AND m.user_id = ").bind(user);
    }
    if let Some(organization) = of.organization {
        out.push(" AND m.organization_id = ").bind(organization);
    }
    out
}

pub(crate) fn memberships_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<OrganizationMembership>> {
    let mut rest = members(Members { user: Some(user), organization: None });
    rest.push(" ORDER BY m.is_default DESC, m.id");
    select(tx, &rest)
}

/// The organizations of a person; with `shared`, only those whose tickets the person may see.
pub(crate) fn of_user(tx: &mut Tx<'_>, user: UserId, shared: bool) -> Result<Vec<OrganizationId>> {
    let only = if shared { "AND (o.shared_tickets OR m.view_tickets)" } else { "" };
    let sql = format!(
        "SELECT m.organization_id FROM organization_memberships m JOIN organizations o ON o.id = m.organization_id
         WHERE m.user_id = $1 {only} ORDER BY m.organization_id"
    );
    tx.column(&sql, params![user])
}

/// The organizations that any of these people belongs to.
pub(crate) fn of_users(tx: &mut Tx<'_>, users: &[UserId]) -> Result<Vec<OrganizationId>> {
    super::distinct_of(tx, "organization_id", "organization_memberships", users)
}

pub(crate) fn add_member(tx: &mut Tx<'_>, user: UserId, organization: OrganizationId) -> Result<bool> {
    let now = tx.now();
    let sql = "INSERT INTO organization_memberships (user_id, organization_id, is_default, view_tickets, created_at,
        updated_at) VALUES ($1, $2, FALSE, FALSE, $3, $3) ON CONFLICT (user_id, organization_id) DO NOTHING";
    Ok(tx.execute(sql, params![user, organization, now])? > 0)
}

pub(crate) fn let_see_all(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE organization_memberships SET view_tickets = TRUE, updated_at = $2 WHERE id = $1";
    tx.execute(sql, params![id, now]).map(drop)
}

pub(crate) fn remove_member(tx: &mut Tx<'_>, user: UserId, organization: OrganizationId) -> Result<()> {
    let sql = "DELETE FROM organization_memberships WHERE user_id = $1 AND organization_id = $2";
    tx.execute(sql, params![user, organization]).map(drop)
}

pub(crate) fn remove_from_all(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM organization_memberships WHERE user_id = $1", params![user]).map(drop)
}

/// Makes this the person's default organization, in both places that say so.
pub(crate) fn make_default(tx: &mut Tx<'_>, user: UserId, organization: Option<OrganizationId>) -> Result<()> {
    let now = tx.now();
    let id = organization.map_or(0, |organization| organization.0);
    let sql = "UPDATE organization_memberships SET is_default = (organization_id = $2), updated_at = $3
        WHERE user_id = $1 AND (is_default OR organization_id = $2)";
    tx.execute(sql, params![user, id, now])?;
    let sql = "UPDATE users SET organization_id = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, params![user, organization, now]).map(drop)
}

/// Everybody who belongs to an organization.
pub(crate) fn member_ids(tx: &mut Tx<'_>, organization: OrganizationId) -> Result<Vec<UserId>> {
    tx.column("SELECT user_id FROM organization_memberships WHERE organization_id = $1", params![organization])
}
