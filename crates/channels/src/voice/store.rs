//! The SQL of calls and of the desk's telephone numbers.

use base::{Error, GroupId, Result, TicketId, Timestamp, UserId};
use db::{Row, params};
use kernel::Tx;
use serde_json::{Map, Value, json};

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub id: String,
    pub ticket: Option<TicketId>,
    pub agent: Option<UserId>,
    pub user: Option<UserId>,
    pub direction: String,
    pub from: String,
    pub to: String,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub fields: Map<String, Value>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

fn read(row: &Row) -> Result<Call> {
    Ok(Call {
        id: row.get("id")?,
        ticket: row.get("ticket_id")?,
        agent: row.get("agent_id")?,
        user: row.get("user_id")?,
        direction: row.get("direction")?,
        from: row.get("from_line")?,
        to: row.get("to_line")?,
        started_at: row.get("started_at")?,
        ended_at: row.get("ended_at")?,
        fields: serde_json::from_str(&row.get::<String>("fields")?).map_err(Error::internal)?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(super) fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Call>> {
    tx.find("SELECT * FROM calls WHERE id = $1", params![id])?.map(|row| read(&row)).transpose()
}

/// The call, locked until the end of the transaction.
pub(super) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Call>> {
    let sql = format!("SELECT * FROM calls WHERE id = $1 {}", tx.for_update());
    tx.find(&sql, params![id])?.map(|row| read(&row)).transpose()
}

/// Saves a call, new or changed.
pub(super) fn put(tx: &mut Tx<'_>, c: &Call) -> Result<()> {
    let sql =
        "INSERT INTO calls (id, ticket_id, agent_id, user_id, direction, from_line, to_line, started_at, ended_at,
            fields, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (id) DO UPDATE SET ticket_id = excluded.ticket_id, agent_id = excluded.agent_id,
            user_id = excluded.user_id, direction = excluded.direction, from_line = excluded.from_line,
            to_line = excluded.to_line, started_at = excluded.started_at, ended_at = excluded.ended_at,
            fields = excluded.fields, updated_at = excluded.updated_at";
    let fields = json!(c.fields);
    let values = params![
        &c.id,
        c.ticket,
        c.agent,
        c.user,
        &c.direction,
        &c.from,
        &c.to,
        c.started_at,
        c.ended_at,
        &fields,
        c.created_at,
        c.updated_at
    ];
    tx.execute(sql, values).map(drop)
}

/// A telephone number of the desk.
#[derive(Clone, Debug)]
pub(super) struct Number {
    pub id: i64,
    pub number: String,
    pub name: String,
    pub groups: Vec<GroupId>,
    pub created_at: Timestamp,
}

pub(super) fn numbers(tx: &mut Tx<'_>) -> Result<Vec<Number>> {
    let rows = tx.query("SELECT * FROM phone_numbers ORDER BY id", &[])?;
    rows.iter()
        .map(|row| {
            Ok(Number {
                id: row.get("id")?,
                number: row.get("number")?,
                name: row.get("name")?,
                groups: serde_json::from_str(&row.get::<String>("group_ids")?).map_err(Error::internal)?,
                created_at: row.get("created_at")?,
            })
        })
        .collect()
}

/// Adds a number; none when it is there already.
pub(super) fn add_number(tx: &mut Tx<'_>, n: &Number) -> Result<Option<i64>> {
    let sql = "INSERT INTO phone_numbers (number, name, group_ids, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (number) DO NOTHING RETURNING id";
    let groups = json!(n.groups);
    let row = tx.find(sql, params![&n.number, &n.name, &groups, n.created_at])?;
    row.map(|row| row.at(0)).transpose()
}

pub(super) fn delete_number(tx: &mut Tx<'_>, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM phone_numbers WHERE id = $1", params![id])? > 0)
}
