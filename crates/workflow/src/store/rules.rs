//! Triggers, automations, and when they did something.

use std::collections::BTreeMap;

use base::{Error, Result, TicketId, Timestamp};
use db::{Row, params};
use kernel::Tx;

use super::json_column;
use crate::rule::{Category, Kind, Rule};

fn rule(row: &Row) -> Result<Rule> {
    let kind: String = row.get("kind")?;
    Ok(Rule {
        id: row.get("id")?,
        kind: if kind == Kind::Trigger.name() { Kind::Trigger } else { Kind::Automation },
        title: row.get("title")?,
        description: row.get("description")?,
        active: row.get("active")?,
        position: row.get("position")?,
        category: row.get("category_id")?,
        conditions: json_column(row, "conditions")?,
        actions: json_column(row, "actions")?,
        failures: row.get("failures")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The rules of a kind in their order.
pub(crate) fn all(tx: &mut Tx<'_>, kind: Kind) -> Result<Vec<Rule>> {
    let sql = "SELECT * FROM rules WHERE kind = $1 ORDER BY position, id";
    tx.query(sql, params![kind.name()])?.iter().map(rule).collect()
}

/// Those of them that are switched on.
pub(crate) fn active(tx: &mut Tx<'_>, kind: Kind) -> Result<Vec<Rule>> {
    let sql = "SELECT * FROM rules WHERE kind = $1 AND active = TRUE ORDER BY position, id";
    tx.query(sql, params![kind.name()])?.iter().map(rule).collect()
}

pub(crate) fn get(tx: &mut Tx<'_>, kind: Kind, id: i64) -> Result<Rule> {
    let row = tx.find("SELECT * FROM rules WHERE id = $1 AND kind = $2", params![id, kind.name()])?;
    rule(&row.ok_or(Error::NotFound)?)
}

/// The rule, locked until the end of the transaction, so that it runs on one ticket after the other.
pub(crate) fn lock(tx: &mut Tx<'_>, kind: Kind, id: i64) -> Result<Rule> {
    let lock = tx.for_update();
    let sql = format!("SELECT * FROM rules WHERE id = $1 AND kind = $2 {lock}");
    rule(&tx.get(&sql, params![id, kind.name()])?)
}

/// The place behind the last rule of a kind.
pub(crate) fn next_position(tx: &mut Tx<'_>, kind: Kind) -> Result<i64> {
    let last: i64 = tx.value("SELECT COALESCE(MAX(position), 0) FROM rules WHERE kind = $1", params![kind.name()])?;
    Ok(last.saturating_add(1))
}

pub(crate) fn insert(tx: &mut Tx<'_>, r: &Rule) -> Result<i64> {
    let sql =
        "INSERT INTO rules (kind, title, description, active, position, category_id, conditions, actions, failures,
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id";
    let values = params![
        r.kind.name(),
        &r.title,
        &r.description,
        r.active,
        r.position,
        r.category,
        &r.conditions,
        &r.actions,
        r.failures,
        r.created_at,
        r.updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update(tx: &mut Tx<'_>, r: &Rule) -> Result<()> {
    let sql =
        "UPDATE rules SET title = $2, description = $3, active = $4, position = $5, category_id = $6, conditions = $7,
        actions = $8, failures = $9, updated_at = $10 WHERE id = $1";
    let values = params![
        r.id,
        &r.title,
        &r.description,
        r.active,
        r.position,
        r.category,
        &r.conditions,
        &r.actions,
        r.failures,
        r.updated_at
    ];
    tx.execute(sql, values).map(drop)
}

/// Counts a failure, or forgets them with `failures` 0; a rule that failed too often is switched off.
pub(crate) fn set_failures(tx: &mut Tx<'_>, id: i64, failures: i64, active: bool) -> Result<()> {
    tx.execute("UPDATE rules SET failures = $2, active = $3 WHERE id = $1", params![id, failures, active]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM rule_runs WHERE rule_id = $1", params![id])?;
    tx.execute("DELETE FROM rules WHERE id = $1", params![id]).map(drop)
}

/// Numbers the rows of a table in this order, from 1.
pub(crate) fn set_positions(tx: &mut Tx<'_>, table: &str, ids: &[i64]) -> Result<()> {
    let sql = format!("UPDATE {table} SET position = $2 WHERE id = $1");
    for (id, position) in ids.iter().zip(1_i64..) {
        tx.execute(&sql, params![*id, position])?;
    }
    Ok(())
}

fn category(row: &Row) -> Result<Category> {
    Ok(Category {
        id: row.get("id")?,
        name: row.get("name")?,
        position: row.get("position")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(crate) fn categories(tx: &mut Tx<'_>) -> Result<Vec<Category>> {
    tx.query("SELECT * FROM trigger_categories ORDER BY position, id", &[])?.iter().map(category).collect()
}

pub(crate) fn find_category(tx: &mut Tx<'_>, id: i64) -> Result<Option<Category>> {
    let row = tx.find("SELECT * FROM trigger_categories WHERE id = $1", params![id])?;
    row.map(|row| category(&row)).transpose()
}

pub(crate) fn insert_category(tx: &mut Tx<'_>, c: &Category) -> Result<i64> {
    let sql =
        "INSERT INTO trigger_categories (name, position, created_at, updated_at) VALUES ($1, $2, $3, $4) RETURNING id";
    tx.insert(sql, params![&c.name, c.position, c.created_at, c.updated_at])
}

pub(crate) fn update_category(tx: &mut Tx<'_>, c: &Category) -> Result<()> {
    let sql = "UPDATE trigger_categories SET name = $2, position = $3, updated_at = $4 WHERE id = $1";
    tx.execute(sql, params![c.id, &c.name, c.position, c.updated_at]).map(drop)
}

pub(crate) fn delete_category(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM trigger_categories WHERE id = $1", params![id]).map(drop)
}

/// Records that a rule did something to a ticket.
pub(crate) fn add_run(tx: &mut Tx<'_>, rule: i64, ticket: TicketId) -> Result<()> {
    let now = tx.now();
    tx.execute("INSERT INTO rule_runs (rule_id, ticket_id, at) VALUES ($1, $2, $3)", params![rule, ticket, now])
        .map(drop)
}

/// How often each rule did something since an instant.
pub(crate) fn runs_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<BTreeMap<i64, i64>> {
    let rows = tx.query("SELECT rule_id, COUNT(*) FROM rule_runs WHERE at > $1 GROUP BY rule_id", params![since])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Forgets what triggers did. What automations did is known for good: they ask whether they did it already.
pub(crate) fn forget_runs(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    let sql = "DELETE FROM rule_runs WHERE at < $1 AND rule_id IN (SELECT id FROM rules WHERE kind = 'trigger')";
    tx.execute(sql, params![before]).map(drop)
}
