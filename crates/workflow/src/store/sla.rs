//! What is promised to customers and between groups.

use base::{Error, Result};
use db::{Row, params};
use kernel::Tx;
use serde_json::json;

use super::json_column;
use crate::sla::{Kind, Policy};

fn policy(row: &Row) -> Result<Policy> {
    let kind: String = row.get("kind")?;
    Ok(Policy {
        id: row.get("id")?,
        kind: if kind == Kind::Group.name() { Kind::Group } else { Kind::Ticket },
        title: row.get("title")?,
        description: row.get("description")?,
        position: row.get("position")?,
        filter: json_column(row, "filter")?,
        targets: json_column(row, "metrics")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The policies of a kind in their order.
pub(crate) fn all(tx: &mut Tx<'_>, kind: Kind) -> Result<Vec<Policy>> {
    let sql = "SELECT * FROM sla_policies WHERE kind = $1 ORDER BY position, id";
    tx.query(sql, params![kind.name()])?.iter().map(policy).collect()
}

pub(crate) fn get(tx: &mut Tx<'_>, kind: Kind, id: i64) -> Result<Policy> {
    let row = tx.find("SELECT * FROM sla_policies WHERE id = $1 AND kind = $2", params![id, kind.name()])?;
    policy(&row.ok_or(Error::NotFound)?)
}

pub(crate) fn insert(tx: &mut Tx<'_>, p: &Policy) -> Result<i64> {
    let sql = "INSERT INTO sla_policies (kind, title, description, position, filter, metrics, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    let values = params![
        p.kind.name(),
        &p.title,
        &p.description,
        p.position,
        &p.filter,
        json!(p.targets),
        p.created_at,
        p.updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update(tx: &mut Tx<'_>, p: &Policy) -> Result<()> {
    let sql = "UPDATE sla_policies SET title = $2, description = $3, position = $4, filter = $5, metrics = $6,
        updated_at = $7 WHERE id = $1";
    let values = params![p.id, &p.title, &p.description, p.position, &p.filter, json!(p.targets), p.updated_at];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM sla_policies WHERE id = $1", params![id]).map(drop)
}
