//! Mail kept out of the tickets.

use base::{Error, Fragment, InboundId, Result, SuspendedId, Timestamp};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::Slice;
use crate::email::suspension::{Cause, Suspended};

pub(crate) fn read(row: &Row) -> Result<Suspended> {
    let cause: String = row.get("cause")?;
    Ok(Suspended {
        id: row.get("id")?,
        inbound: row.get("inbound_id")?,
        cause: Cause::parse(&cause).ok_or_else(|| Error::internal(format!("cause {cause}")))?,
        author_name: row.get("author_name")?,
        author_email: row.get("author_email")?,
        subject: row.get("subject")?,
        content: row.get("content")?,
        recipient: row.get("recipient")?,
        message_id: row.get("message_id")?,
        brand: row.get("brand_id")?,
        ticket: row.get("ticket_id")?,
        created_at: row.get("created_at")?,
    })
}

pub(crate) fn add(tx: &mut Tx<'_>, suspended: &Suspended) -> Result<SuspendedId> {
    let sql =
        "INSERT INTO suspended_tickets (inbound_id, cause, author_name, author_email, subject, content, recipient,
            message_id, brand_id, ticket_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id";
    let values = params![
        suspended.inbound,
        suspended.cause.name(),
        &suspended.author_name,
        &suspended.author_email,
        &suspended.subject,
        &suspended.content,
        &suspended.recipient,
        &suspended.message_id,
        suspended.brand,
        suspended.ticket,
        suspended.created_at,
    ];
    tx.insert(sql, values)
}

pub(crate) fn get(tx: &mut Tx<'_>, id: SuspendedId) -> Result<Suspended> {
    read(&tx.get("SELECT * FROM suspended_tickets WHERE id = $1", params![id])?)
}

pub(crate) fn page(tx: &mut Tx<'_>, page: &Page) -> Result<Slice<Suspended>> {
    super::page(tx, "suspended_tickets", &Fragment::new("id > 0"), page, read)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: SuspendedId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM suspended_tickets WHERE id = $1", params![id])? > 0)
}

pub(crate) fn delete_of(tx: &mut Tx<'_>, inbound: InboundId) -> Result<()> {
    tx.execute("DELETE FROM suspended_tickets WHERE inbound_id = $1", params![inbound]).map(drop)
}

/// Some of those that are older than `before`.
pub(crate) fn older_than(tx: &mut Tx<'_>, before: Timestamp) -> Result<Vec<Suspended>> {
    let sql = "SELECT * FROM suspended_tickets WHERE created_at < $1 ORDER BY id LIMIT 200";
    tx.query(sql, params![before])?.iter().map(read).collect()
}

pub(crate) fn count(tx: &mut Tx<'_>) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM suspended_tickets", &[])
}

/// The suspended mails of an author.
pub(crate) fn of_author(tx: &mut Tx<'_>, email: &str) -> Result<Vec<SuspendedId>> {
    tx.column("SELECT id FROM suspended_tickets WHERE author_email = $1 ORDER BY id LIMIT 1000", params![email])
}
