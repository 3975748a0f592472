//! `organization_merges` and `organization_subscriptions`.

use base::{Fragment, OrganizationId, Result, UserId};
use db::{Row, params};
use kernel::Tx;

use super::{Stored, select};
use crate::organization::OrganizationSubscription;
use crate::organization_merge::OrganizationMerge;

impl Stored for OrganizationMerge {
    const SELECT: &'static str = "SELECT m.* FROM organization_merges m";
    const ID: &'static str = "m.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            loser: row.get("loser_id")?,
            winner: row.get("winner_id")?,
            status: row.get("status")?,
        })
    }
}

pub(crate) fn insert(tx: &mut Tx<'_>, merge: &OrganizationMerge) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO organization_merges (id, loser_id, winner_id, status, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $5)";
    tx.execute(sql, params![&merge.id, merge.loser, merge.winner, &merge.status, now]).map(drop)
}

pub(crate) fn set_status(tx: &mut Tx<'_>, id: &str, status: &str) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE organization_merges SET status = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, params![id, status, now]).map(drop)
}

/// The merges in which an organization went or stayed, oldest first.
pub(crate) fn of(tx: &mut Tx<'_>, organization: OrganizationId) -> Result<Vec<OrganizationMerge>> {
    let mut rest = Fragment::new("WHERE m.loser_id = ");
    rest.bind(organization).push(" OR m.winner_id = ").bind(organization).push(" ORDER BY m.created_at, m.id");
    select(tx, &rest)
}

/// Some of those who belong to an organization.
pub(crate) fn members(tx: &mut Tx<'_>, organization: OrganizationId, limit: i64) -> Result<Vec<UserId>> {
    let sql = "SELECT user_id FROM organization_memberships WHERE organization_id = $1 ORDER BY id LIMIT $2";
    tx.column(sql, params![organization, limit])
}

pub(crate) fn move_domains(tx: &mut Tx<'_>, from: OrganizationId, into: OrganizationId) -> Result<()> {
    let sql = "UPDATE organization_domains SET organization_id = $2 WHERE organization_id = $1";
    tx.execute(sql, params![from, into]).map(drop)
}

impl Stored for OrganizationSubscription {
    const SELECT: &'static str = "SELECT s.* FROM organization_subscriptions s";
    const ID: &'static str = "s.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            user: row.get("user_id")?,
            organization: row.get("organization_id")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// The subscriptions of a person, of an organization, or all.
pub(crate) fn subscriptions(
    tx: &mut Tx<'_>,
    user: Option<UserId>,
    organization: Option<OrganizationId>,
) -> Result<Vec<OrganizationSubscription>> {
    let mut rest = Fragment::new("WHERE 1 = 1");
    if let Some(user) = user {
        rest.push(" AND s.user_id = ").bind(user);
    }
    if let Some(organization) = organization {
        rest.push(" AND s.organization_id = ").bind(organization);
    }
    rest.push(" ORDER BY s.id");
    select(tx, &rest)
}

/// Adds a subscription unless it is there; gives its number when it was added.
pub(crate) fn subscribe(tx: &mut Tx<'_>, user: UserId, organization: OrganizationId) -> Result<Option<i64>> {
    let now = tx.now();
    let sql = "INSERT INTO organization_subscriptions (user_id, organization_id, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, organization_id) DO NOTHING RETURNING id";
    tx.find(sql, params![user, organization, now])?.map(|row| row.at(0)).transpose()
}

pub(crate) fn unsubscribe(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM organization_subscriptions WHERE id = $1", params![id]).map(drop)
}
