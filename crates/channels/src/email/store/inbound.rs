//! What came in.

use base::{CommentId, Error, Fragment, InboundId, Result, TicketId, Timestamp};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::Slice;
use crate::email::inbound::{Envelope, Inbound, New, State};

pub(crate) fn read(row: &Row) -> Result<Inbound> {
    let (envelope, problems): (String, String) = (row.get("envelope")?, row.get("problems")?);
    let state: String = row.get("state")?;
    Ok(Inbound {
        id: row.get("id")?,
        channel: row.get("channel")?,
        external_id: row.get("external_id")?,
        fingerprint: row.get("fingerprint")?,
        blob_key: row.get("blob_key")?,
        size: row.get("size")?,
        envelope: serde_json::from_str(&envelope).map_err(Error::internal)?,
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("inbound state {state}")))?,
        subject: row.get("subject")?,
        sender: row.get("sender")?,
        ticket: row.get("ticket_id")?,
        comment: row.get("comment_id")?,
        verdict: row.get("verdict")?,
        problems: serde_json::from_str(&problems).map_err(Error::internal)?,
        received_at: row.get("received_at")?,
        processed_at: row.get("processed_at")?,
    })
}

/// Adds a message. `None` when there is one with this external id.
pub(crate) fn add(tx: &mut Tx<'_>, new: &New, external_id: &str, blob_key: &str) -> Result<Option<InboundId>> {
    let now = tx.now();
    let sql =
        "INSERT INTO inbound_messages (channel, external_id, fingerprint, blob_key, size, envelope, state, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'received', $7) ON CONFLICT (channel, external_id) DO NOTHING RETURNING id";
    let values = params![new.channel, external_id, &new.fingerprint, blob_key, new.size, &new.envelope_json, now];
    tx.find(sql, values)?.map(|row| row.at(0)).transpose()
}

/// The message with this external id.
pub(crate) fn by_external_id(tx: &mut Tx<'_>, channel: &str, external_id: &str) -> Result<Option<Inbound>> {
    let sql = "SELECT * FROM inbound_messages WHERE channel = $1 AND external_id = $2";
    tx.find(sql, params![channel, external_id])?.map(|row| read(&row)).transpose()
}

pub(crate) fn get(tx: &mut Tx<'_>, id: InboundId) -> Result<Inbound> {
    read(&tx.get("SELECT * FROM inbound_messages WHERE id = $1", params![id])?)
}

/// An earlier copy of the same mail that became part of a ticket.
pub(crate) fn earlier_copy(tx: &mut Tx<'_>, of: &Inbound) -> Result<Option<Inbound>> {
    let sql = "SELECT * FROM inbound_messages WHERE fingerprint = $1 AND id < $2 AND ticket_id IS NOT NULL ORDER BY id LIMIT 1";
    tx.find(sql, params![&of.fingerprint, of.id])?.map(|row| read(&row)).transpose()
}

pub(crate) fn page(tx: &mut Tx<'_>, state: Option<State>, page: &Page) -> Result<Slice<Inbound>> {
    let mut condition = Fragment::new("id > 0");
    if let Some(state) = state {
        condition = Fragment::new("state = ");
        condition.bind(state.name());
    }
    super::page(tx, "inbound_messages", &condition, page, read)
}

/// Begins to settle a message. False when that was done already; two that try take turns.
pub(crate) fn claim(tx: &mut Tx<'_>, id: InboundId) -> Result<bool> {
    let sql = "UPDATE inbound_messages SET state = 'processed' WHERE id = $1 AND state = 'received'";
    Ok(tx.execute(sql, params![id])? > 0)
}

/// What became of a message.
pub(crate) struct Fate<'a> {
    pub state: State,
    pub subject: &'a str,
    pub sender: &'a str,
    pub verdict: &'a str,
    pub problems: &'a [String],
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
}

pub(crate) fn settle(tx: &mut Tx<'_>, id: InboundId, fate: &Fate<'_>) -> Result<()> {
    let now = tx.now();
    let problems = serde_json::to_string(fate.problems).map_err(Error::internal)?;
    let sql = "UPDATE inbound_messages SET state = $2, subject = $3, sender = $4, verdict = $5, problems = $6,
        ticket_id = $7, comment_id = $8, processed_at = $9 WHERE id = $1";
    let values = params![
        id,
        fate.state.name(),
        fate.subject,
        fate.sender,
        fate.verdict,
        problems,
        fate.ticket,
        fate.comment,
        now
    ];
    tx.execute(sql, values).map(drop)
}

/// Marks a message as failed for good, keeping what is known of it.
pub(crate) fn fail(tx: &mut Tx<'_>, id: InboundId, problems: &[String]) -> Result<()> {
    let now = tx.now();
    let problems = serde_json::to_string(problems).map_err(Error::internal)?;
    let sql = "UPDATE inbound_messages SET state = 'failed', problems = $2, processed_at = $3 WHERE id = $1";
    tx.execute(sql, params![id, problems, now]).map(drop)
}

pub(crate) fn set_state(tx: &mut Tx<'_>, id: InboundId, state: State) -> Result<()> {
    tx.execute("UPDATE inbound_messages SET state = $2 WHERE id = $1", params![id, state.name()]).map(drop)
}

/// How many messages of a sender were taken in since then.
pub(crate) fn count_since(tx: &mut Tx<'_>, sender: &str, since: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM inbound_messages WHERE sender = $1 AND received_at >= $2";
    tx.value(sql, params![sender, since])
}

pub(crate) fn count(tx: &mut Tx<'_>, state: State) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM inbound_messages WHERE state = $1", params![state.name()])
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: InboundId) -> Result<()> {
    tx.execute("DELETE FROM inbound_messages WHERE id = $1", params![id]).map(drop)
}

/// The envelope as it is kept.
pub(crate) fn envelope_json(envelope: &Envelope) -> Result<String> {
    serde_json::to_string(envelope).map_err(Error::internal)
}

/// Puts another content in the place of a message's own.
pub(crate) fn replace_content(tx: &mut Tx<'_>, id: InboundId, blob_key: &str, size: i64) -> Result<()> {
    let sql = "UPDATE inbound_messages SET blob_key = $2, size = $3, subject = '' WHERE id = $1";
    tx.execute(sql, params![id, blob_key, size]).map(drop)
}
