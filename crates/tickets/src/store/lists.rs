//! Views, macros, and what searches find beside tickets.

use base::{Error, Fragment, MacroId, Result, ViewId};
use db::{Row, params};
use kernel::Tx;
use rules::search::Kind;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::macros::Macro;
use crate::views::View;

fn json_column<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(Error::internal)
}

pub(crate) fn views(tx: &mut Tx<'_>) -> Result<Vec<View>> {
    let rows = tx.query("SELECT * FROM views ORDER BY position, id", &[])?;
    rows.iter()
        .map(|row| {
            Ok(View {
                id: row.get("id")?,
                title: row.get("title")?,
                description: row.get("description")?,
                active: row.get("active")?,
                position: row.get("position")?,
                owner: row.get("owner_id")?,
                groups: json_column(row, "group_ids")?,
                conditions: json_column(row, "conditions")?,
                columns: json_column(row, "columns")?,
                sort_by: row.get("sort_by")?,
                sort_descending: row.get("sort_descending")?,
                group_by: row.get("group_by")?,
                group_descending: row.get("group_descending")?,
                created_at: row.get("created_at")?,
                updated_at: row.get("updated_at")?,
            })
        })
        .collect()
}

pub(crate) fn insert_view(tx: &mut Tx<'_>, v: &View) -> Result<ViewId> {
    let sql =
        "INSERT INTO views (title, description, active, position, owner_id, group_ids, conditions, columns, sort_by,
        sort_descending, group_by, group_descending, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id";
    let values = params![
        &v.title,
        &v.description,
        v.active,
        v.position,
        v.owner,
        json!(v.groups),
        &v.conditions,
        json!(v.columns),
        &v.sort_by,
        v.sort_descending,
        &v.group_by,
        v.group_descending,
        v.created_at,
        v.updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update_view(tx: &mut Tx<'_>, v: &View) -> Result<()> {
    let now = tx.now();
    let sql =
        "UPDATE views SET title = $2, description = $3, active = $4, position = $5, owner_id = $6, group_ids = $7,
        conditions = $8, columns = $9, sort_by = $10, sort_descending = $11, group_by = $12, group_descending = $13,
        updated_at = $14 WHERE id = $1";
    let values = params![
        v.id,
        &v.title,
        &v.description,
        v.active,
        v.position,
        v.owner,
        json!(v.groups),
        &v.conditions,
        json!(v.columns),
        &v.sort_by,
        v.sort_descending,
        &v.group_by,
        v.group_descending,
        now
    ];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn delete_view(tx: &mut Tx<'_>, id: ViewId) -> Result<()> {
    tx.execute("DELETE FROM views WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn macros(tx: &mut Tx<'_>) -> Result<Vec<Macro>> {
    let rows = tx.query("SELECT * FROM macros ORDER BY position, title, id", &[])?;
    rows.iter()
        .map(|row| {
            Ok(Macro {
                id: row.get("id")?,
                title: row.get("title")?,
                description: row.get("description")?,
                active: row.get("active")?,
                position: row.get("position")?,
                owner: row.get("owner_id")?,
                groups: json_column(row, "group_ids")?,
                actions: json_column(row, "actions")?,
                usage: row.get("usage")?,
                created_at: row.get("created_at")?,
                updated_at: row.get("updated_at")?,
            })
        })
        .collect()
}

pub(crate) fn insert_macro(tx: &mut Tx<'_>, m: &Macro) -> Result<MacroId> {
    let sql =
        "INSERT INTO macros (title, description, active, position, owner_id, group_ids, actions, usage, created_at,
        updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9) RETURNING id";
    let values = params![
        &m.title,
        &m.description,
        m.active,
        m.position,
        m.owner,
        json!(m.groups),
        &m.actions,
        m.created_at,
        m.updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update_macro(tx: &mut Tx<'_>, m: &Macro) -> Result<()> {
    let now = tx.now();
    let sql =
        "UPDATE macros SET title = $2, description = $3, active = $4, position = $5, owner_id = $6, group_ids = $7,
        actions = $8, updated_at = $9 WHERE id = $1";
    let values =
        params![m.id, &m.title, &m.description, m.active, m.position, m.owner, json!(m.groups), &m.actions, now];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn delete_macro(tx: &mut Tx<'_>, id: MacroId) -> Result<()> {
    tx.execute("DELETE FROM macros WHERE id = $1", params![id]).map(drop)
}

/// Counts a use of a macro.
pub(crate) fn count_macro_use(tx: &mut Tx<'_>, id: MacroId) -> Result<()> {
    tx.execute("UPDATE macros SET usage = usage + 1 WHERE id = $1", params![id]).map(drop)
}

/// The numbers of the people, organizations or groups that an expression over their alias names, newest first, below
/// `below`.
pub(crate) fn found(
    tx: &mut Tx<'_>,
    kind: Kind,
    filter: &Fragment,
    below: Option<i64>,
    limit: i64,
) -> Result<Vec<i64>> {
    let (table, alias, alive) = match kind {
        Kind::User => ("users", "u", "u.active = TRUE"),
        Kind::Organization => ("organizations", "o", "1 = 1"),
        Kind::Group => ("groups", "g", "g.deleted = FALSE"),
        Kind::Ticket => ("tickets", "t", "t.deleted_at IS NULL"),
    };
    let mut sql = Fragment::new(format!("SELECT {alias}.id FROM {table} {alias} WHERE {alive} AND "));
    sql.append(filter);
    if let Some(below) = below {
        sql.push(&format!(" AND {alias}.id < ")).bind(below);
    }
    sql.push(&format!(" ORDER BY {alias}.id DESC LIMIT ")).bind(limit);
    tx.column(&sql.sql, &sql.params)
}
