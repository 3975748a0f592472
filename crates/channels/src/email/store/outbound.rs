//! What goes out.

use base::{CommentId, Error, Fragment, OutboundId, Result, TicketId, Timestamp, UserId};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::Slice;
use crate::email::outbound::{Outbound, OutboundKind, State};

pub(crate) fn read(row: &Row) -> Result<Outbound> {
    let (kind, state, recipients): (String, String, String) =
        (row.get("kind")?, row.get("state")?, row.get("recipients")?);
    Ok(Outbound {
        id: row.get("id")?,
        kind: OutboundKind::parse(&kind).ok_or_else(|| Error::internal(format!("outbound kind {kind}")))?,
        ticket: row.get("ticket_id")?,
        comment: row.get("comment_id")?,
        user: row.get("user_id")?,
        message_id: row.get("message_id")?,
        sender: row.get("sender")?,
        recipients: serde_json::from_str(&recipients).map_err(Error::internal)?,
        subject: row.get("subject")?,
        automatic: row.get("automatic")?,
        blob_key: row.get("blob_key")?,
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("outbound state {state}")))?,
        attempts: row.get("attempts")?,
        next_attempt_at: row.get("next_attempt_at")?,
        last_error: row.get("last_error")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        sent_at: row.get("sent_at")?,
    })
}

/// A row to be added.
pub(crate) struct New<'a> {
    pub kind: OutboundKind,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub user: Option<UserId>,
    /// Unique. A signed one, which holds the row's id, may take its place right away.
    pub message_id: &'a str,
    pub sender: &'a str,
    pub recipients: &'a [String],
    pub subject: &'a str,
    pub automatic: bool,
    pub blob_key: Option<&'a str>,
    pub state: State,
    pub not_before: Option<Timestamp>,
}

pub(crate) fn add(tx: &mut Tx<'_>, new: &New<'_>) -> Result<OutboundId> {
    let now = tx.now();
    let recipients = serde_json::to_string(new.recipients).map_err(Error::internal)?;
    let sql = "INSERT INTO outbound_messages (kind, ticket_id, comment_id, user_id, message_id, sender, recipients,
            subject, automatic, blob_key, state, attempts, next_attempt_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $13) RETURNING id";
    let values = params![
        new.kind.name(),
        new.ticket,
        new.comment,
        new.user,
        new.message_id,
        new.sender,
        recipients,
        new.subject,
        new.automatic,
        new.blob_key,
        new.state.name(),
        new.not_before,
        now,
    ];
    tx.insert(sql, values)
}

pub(crate) fn set_message_id(tx: &mut Tx<'_>, id: OutboundId, message_id: &str) -> Result<()> {
    tx.execute("UPDATE outbound_messages SET message_id = $2 WHERE id = $1", params![id, message_id]).map(drop)
}

pub(crate) fn get(tx: &mut Tx<'_>, id: OutboundId) -> Result<Outbound> {
    read(&tx.get("SELECT * FROM outbound_messages WHERE id = $1", params![id])?)
}

pub(crate) fn find(tx: &mut Tx<'_>, id: OutboundId) -> Result<Option<Outbound>> {
    tx.find("SELECT * FROM outbound_messages WHERE id = $1", params![id])?.map(|row| read(&row)).transpose()
}

pub(crate) fn find_by_message_id(tx: &mut Tx<'_>, message_id: &str) -> Result<Option<Outbound>> {
    let sql = "SELECT * FROM outbound_messages WHERE message_id = $1";
    tx.find(sql, params![message_id])?.map(|row| read(&row)).transpose()
}

/// The mails of comments, newest first.
pub(crate) fn of_comments(tx: &mut Tx<'_>, comments: &[CommentId]) -> Result<Vec<Outbound>> {
    if comments.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Fragment::new("SELECT * FROM outbound_messages WHERE comment_id IN (");
    sql.bind_all(comments.iter().copied()).push(") ORDER BY id DESC");
    tx.query_fragment(&sql)?.iter().map(read).collect()
}

pub(crate) fn page(tx: &mut Tx<'_>, state: Option<State>, page: &Page) -> Result<Slice<Outbound>> {
    let mut condition = Fragment::new("id > 0");
    if let Some(state) = state {
        condition = Fragment::new("state = ");
        condition.bind(state.name());
    }
    super::page(tx, "outbound_messages", &condition, page, read)
}

/// Records the composed message, once. False when another attempt was first.
pub(crate) fn set_blob(tx: &mut Tx<'_>, id: OutboundId, blob_key: &str, subject: &str) -> Result<bool> {
    let now = tx.now();
    let sql =
        "UPDATE outbound_messages SET blob_key = $2, subject = $3, updated_at = $4 WHERE id = $1 AND blob_key IS NULL";
    Ok(tx.execute(sql, params![id, blob_key, subject, now])? > 0)
}

/// Goes from one state to another. False when it isn't in a state of `from` any more.
pub(crate) fn advance(tx: &mut Tx<'_>, id: OutboundId, from: &[State], to: State) -> Result<bool> {
    let now = tx.now();
    let mut sql = Fragment::new("UPDATE outbound_messages SET state = ");
    sql.bind(to.name()).push(", updated_at = ").bind(now).push(" WHERE id = ").bind(id).push(" AND state IN (");
    sql.bind_all(from.iter().map(|state| state.name())).push(")");
    Ok(tx.execute(&sql.sql, &sql.params)? > 0)
}

/// Takes the mail for the job with this key. False when it is not waiting, or another job is sending it.
pub(crate) fn take(tx: &mut Tx<'_>, id: OutboundId, job_key: &str) -> Result<bool> {
    let now = tx.now();
    let sql = "UPDATE outbound_messages SET state = 'sending', job_key = $2, updated_at = $3 WHERE id = $1
        AND (state IN ('held', 'queued') OR (state = 'sending' AND job_key = $2))";
    Ok(tx.execute(sql, params![id, job_key, now])? > 0)
}

pub(crate) fn set_time(tx: &mut Tx<'_>, id: OutboundId, at: Option<Timestamp>) -> Result<()> {
    tx.execute("UPDATE outbound_messages SET next_attempt_at = $2 WHERE id = $1", params![id, at]).map(drop)
}

pub(crate) fn record_sent(tx: &mut Tx<'_>, id: OutboundId) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE outbound_messages SET state = 'sent', attempts = attempts + 1, next_attempt_at = NULL,
        last_error = NULL, sent_at = $2, updated_at = $2 WHERE id = $1";
    tx.execute(sql, params![id, now]).map(drop)
}

/// Records a failed attempt: for good when `again` is none.
pub(crate) fn record_failure(tx: &mut Tx<'_>, id: OutboundId, error: &str, again: Option<Timestamp>) -> Result<()> {
    let now = tx.now();
    let state = if again.is_some() { State::Queued } else { State::Failed };
    let sql = "UPDATE outbound_messages SET state = $2, attempts = attempts + 1, next_attempt_at = $3, last_error = $4,
        updated_at = $5 WHERE id = $1";
    tx.execute(sql, params![id, state.name(), again, error, now]).map(drop)
}

pub(crate) fn record_bounce(tx: &mut Tx<'_>, id: OutboundId, error: &str) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE outbound_messages SET state = 'bounced', last_error = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, params![id, error, now]).map(drop)
}

/// Starts the attempts over.
pub(crate) fn reset(tx: &mut Tx<'_>, id: OutboundId) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE outbound_messages SET state = 'queued', attempts = 0, next_attempt_at = $2, updated_at = $2 WHERE id = $1";
    tx.execute(sql, params![id, now]).map(drop)
}

pub(crate) fn count(tx: &mut Tx<'_>, state: State) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM outbound_messages WHERE state = $1", params![state.name()])
}

/// The composed mails of a ticket, and where their contents are.
pub(crate) fn contents_of(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<(OutboundId, String)>> {
    let sql = "SELECT id, blob_key FROM outbound_messages
        WHERE ticket_id = $1 AND comment_id IS NOT NULL AND blob_key IS NOT NULL";
    tx.query(sql, params![ticket])?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// The mails that rules wrote about a ticket, and where their contents are. They can't be composed anew.
pub(crate) fn notices_of(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<(OutboundId, String)>> {
    let sql = "SELECT id, blob_key FROM outbound_messages
        WHERE ticket_id = $1 AND kind = 'notice' AND blob_key IS NOT NULL";
    tx.query(sql, params![ticket])?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Forgets how a mail was composed; one that is sent again is composed anew, under the same Message-ID.
pub(crate) fn drop_content(tx: &mut Tx<'_>, id: OutboundId) -> Result<()> {
    tx.execute("UPDATE outbound_messages SET blob_key = NULL WHERE id = $1", params![id]).map(drop)
}
