//! Comments and audits.

use std::collections::{BTreeMap, BTreeSet};

use base::{AuditId, CommentId, Error, Fragment, Result, TicketId, Timestamp, UserId};
use db::{Row, params};
use kernel::Tx;
use serde_json::Value;

use crate::ticket::{Comment, Via};
use crate::timeline::Audit;

/// Adds a comment; gives its number.
pub(crate) fn insert(tx: &mut Tx<'_>, c: &Comment) -> Result<CommentId> {
    let sql = "INSERT INTO comments (ticket_id, author_id, audit_id, public, body, html_body, full_html_body,
        has_remote_images, via, via_source, inbound_id, message_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";
    let values = params![
        c.ticket,
        c.author,
        c.audit,
        c.public,
        &c.body,
        &c.html_body,
        &c.full_html_body,
        c.has_remote_images,
        c.via.name(),
        &c.via_source,
        c.inbound,
        &c.message_id,
        c.created_at
    ];
    tx.insert(sql, values)
}

fn read(row: &Row) -> Result<Comment> {
    let via_source: String = row.get("via_source")?;
    Ok(Comment {
        id: row.get("id")?,
        ticket: row.get("ticket_id")?,
        author: row.get("author_id")?,
        audit: row.get("audit_id")?,
        public: row.get("public")?,
        body: row.get("body")?,
        html_body: row.get("html_body")?,
        full_html_body: row.get("full_html_body")?,
        has_remote_images: row.get("has_remote_images")?,
        via: Via::parse(&row.get::<String>("via")?).ok_or_else(|| Error::internal("unknown channel"))?,
        via_source: serde_json::from_str(&via_source).unwrap_or_default(),
        inbound: row.get("inbound_id")?,
        message_id: row.get("message_id")?,
        created_at: row.get("created_at")?,
    })
}

/// One comment.
pub(crate) fn find(tx: &mut Tx<'_>, id: CommentId) -> Result<Option<Comment>> {
    tx.find("SELECT * FROM comments WHERE id = $1", params![id])?.as_ref().map(read).transpose()
}

/// The comments that a WHERE expression over the alias `c` names.
pub(crate) fn select(tx: &mut Tx<'_>, filter: &Fragment, rest: &str) -> Result<Vec<Comment>> {
    let mut sql = Fragment::new("SELECT c.* FROM comments c WHERE ");
    sql.append(filter).push(" ").push(rest);
    tx.query_fragment(&sql)?.iter().map(read).collect()
}

/// All comments of a ticket, oldest first.
pub(crate) fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Comment>> {
    let mut filter = Fragment::new("c.ticket_id = ");
    filter.bind(ticket);
    select(tx, &filter, "ORDER BY c.id")
}

/// Makes what one person wrote on a ticket another's; gives the comments.
pub(crate) fn set_author(tx: &mut Tx<'_>, ticket: TicketId, from: UserId, into: UserId) -> Result<Vec<CommentId>> {
    let sql = "SELECT id FROM comments WHERE ticket_id = $1 AND author_id = $2 ORDER BY id";
    let comments = tx.column(sql, params![ticket, from])?;
    let sql = "UPDATE comments SET author_id = $3 WHERE ticket_id = $1 AND author_id = $2";
    tx.execute(sql, params![ticket, from, into])?;
    Ok(comments)
}

/// The comments that belong to these audits.
pub(crate) fn of_audits(tx: &mut Tx<'_>, audits: &[Audit]) -> Result<Vec<Comment>> {
    if audits.is_empty() {
        return Ok(Vec::new());
    }
    // The ticket is what the index knows.
    let tickets: BTreeSet<TicketId> = audits.iter().map(|audit| audit.ticket).collect();
    let mut filter = Fragment::new("c.ticket_id IN (");
    filter.bind_all(tickets).push(") AND c.audit_id IN (");
    filter.bind_all(audits.iter().map(|audit| audit.id)).push(")");
    select(tx, &filter, "ORDER BY c.id")
}

/// The tickets of these audits, each once.
pub(crate) fn tickets_of_audits(tx: &mut Tx<'_>, audits: &[AuditId]) -> Result<Vec<TicketId>> {
    if audits.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Fragment::new("SELECT DISTINCT ticket_id FROM audits WHERE id IN (");
    sql.bind_all(audits.iter().copied()).push(") ORDER BY ticket_id");
    tx.column(&sql.sql, &sql.params)
}

/// The last audit of each of these tickets.
pub(crate) fn last_audits(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Result<Vec<Audit>> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Fragment::new("a.id IN (SELECT MAX(id) FROM audits WHERE ticket_id IN (");
    filter.bind_all(tickets.iter().copied()).push(") GROUP BY ticket_id)");
    audits(tx, &filter, "ORDER BY a.ticket_id")
}

/// The ticket that has a comment with one of these Message-IDs.
pub(crate) fn ticket_of_message(tx: &mut Tx<'_>, message_ids: &[String]) -> Result<Option<TicketId>> {
    if message_ids.is_empty() {
        return Ok(None);
    }
    let mut sql = Fragment::new("SELECT ticket_id FROM comments WHERE message_id IN (");
    sql.bind_all(message_ids).push(") ORDER BY id DESC LIMIT 1");
    tx.query_fragment(&sql)?.first().map(|row| row.at(0)).transpose()
}

/// The Message-IDs of a ticket's comments, oldest first.
pub(crate) fn message_ids(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<String>> {
    let sql = "SELECT message_id FROM comments WHERE ticket_id = $1 AND public AND message_id IS NOT NULL ORDER BY id";
    tx.column(sql, params![ticket])
}

/// The text of the first public comment of each of these tickets.
pub(crate) fn first_public(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Result<BTreeMap<TicketId, String>> {
    if tickets.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut sql = Fragment::new("SELECT ticket_id, body FROM comments WHERE id IN (SELECT MIN(id) FROM comments ");
    sql.push("WHERE public AND ticket_id IN (").bind_all(tickets.iter().copied()).push(") GROUP BY ticket_id)");
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// A person's timeline: comments of the tickets that they requested, newest first, before a comment.
pub(crate) fn timeline(
    tx: &mut Tx<'_>,
    filter: &Fragment,
    before: Option<CommentId>,
    limit: u64,
) -> Result<Vec<(Comment, String, i64)>> {
    let mut sql =
        Fragment::new("SELECT c.*, t.subject, t.status FROM comments c JOIN tickets t ON t.id = c.ticket_id WHERE ");
    sql.append(filter);
    if let Some(before) = before {
        sql.push(" AND c.id < ").bind(before);
    }
    sql.push(" ORDER BY c.id DESC LIMIT ").bind(i64::try_from(limit).unwrap_or(100));
    let rows = tx.query_fragment(&sql)?;
    rows.iter().map(|row| Ok((read(row)?, row.get("subject")?, row.get("status")?))).collect()
}

/// What an audit is made of before it has its events.
pub(crate) struct NewAudit<'a> {
    pub ticket: TicketId,
    pub author: UserId,
    pub via: Via,
    pub via_source: &'a Value,
    pub metadata: &'a Value,
    pub at: Timestamp,
}

/// Adds an audit without events; gives its number.
pub(crate) fn insert_audit(tx: &mut Tx<'_>, audit: &NewAudit<'_>) -> Result<AuditId> {
    let sql = "INSERT INTO audits (ticket_id, author_id, via, via_source, metadata, events, created_at)
        VALUES ($1, $2, $3, $4, $5, '[]', $6) RETURNING id";
    let NewAudit { ticket, author, via, via_source, metadata, at } = *audit;
    tx.insert(sql, params![ticket, author, via.name(), via_source, metadata, at])
}

/// Gives an audit its events.
pub(crate) fn set_events(tx: &mut Tx<'_>, id: AuditId, events: &[Value]) -> Result<()> {
    tx.execute("UPDATE audits SET events = $2 WHERE id = $1", params![id, Value::from(events)]).map(drop)
}

/// The audits that a WHERE expression over the alias `a` names.
pub(crate) fn audits(tx: &mut Tx<'_>, filter: &Fragment, rest: &str) -> Result<Vec<Audit>> {
    let mut sql = Fragment::new("SELECT a.* FROM audits a WHERE ");
    sql.append(filter).push(" ").push(rest);
    tx.query_fragment(&sql)?.iter().map(read_audit).collect()
}

/// How many audits a WHERE expression over the alias `a` names.
pub(crate) fn count_audits(tx: &mut Tx<'_>, filter: &Fragment) -> Result<i64> {
    let mut sql = Fragment::new("SELECT COUNT(*) FROM audits a WHERE ");
    sql.append(filter);
    tx.value(&sql.sql, &sql.params)
}

/// An expression over the alias `a`: its ticket is one that an expression over `t` lets through.
pub(crate) fn audits_visible(tickets: &Fragment) -> Fragment {
    let mut sql = Fragment::new("EXISTS (SELECT 1 FROM tickets t WHERE t.id = a.ticket_id AND ");
    sql.append(tickets).push(")");
    sql
}

fn read_audit(row: &Row) -> Result<Audit> {
    let json = |column: &str| -> Result<Value> {
        let text: String = row.get(column)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    };
    Ok(Audit {
        id: row.get("id")?,
        ticket: row.get("ticket_id")?,
        author: row.get("author_id")?,
        via: Via::parse(&row.get::<String>("via")?).unwrap_or(Via::Web),
        via_source: json("via_source")?,
        metadata: json("metadata")?,
        events: json("events")?.as_array().cloned().unwrap_or_default(),
        created_at: row.get("created_at")?,
    })
}
