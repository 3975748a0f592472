//! The SQL of side conversations.

use base::{Error, Fragment, InboundId, OutboundId, Result, TicketId, UserId};
use db::{Row, params};
use kernel::Tx;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{SideConversation, SideEvent};

/// A file of a message.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub id: String,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub blob_key: String,
}

fn json_of<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    serde_json::from_str(&row.get::<String>(column)?).map_err(Error::internal)
}

fn read(row: &Row) -> Result<SideConversation> {
    Ok(SideConversation {
        number: row.get("number")?,
        id: row.get("id")?,
        ticket: row.get("ticket_id")?,
        subject: row.get("subject")?,
        preview: row.get("preview_text")?,
        closed: row.get::<String>("state")? == "closed",
        participants: json_of(row, "participants")?,
        external_ids: json_of(row, "external_ids")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        message_added_at: row.get("message_added_at")?,
        state_updated_at: row.get("state_updated_at")?,
    })
}

pub(crate) fn insert(tx: &mut Tx<'_>, c: &SideConversation) -> Result<i64> {
    let sql = "INSERT INTO side_conversations (id, ticket_id, subject, preview_text, state, participants, external_ids,
            created_at, updated_at, message_added_at, state_updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING number";
    let (participants, state) = (json!(c.participants), super::state(c.closed));
    let values = params![
        &c.id,
        c.ticket,
        &c.subject,
        &c.preview,
        state,
        &participants,
        &c.external_ids,
        c.created_at,
        c.updated_at,
        c.message_added_at,
        c.state_updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update(tx: &mut Tx<'_>, c: &SideConversation) -> Result<()> {
    let sql = "UPDATE side_conversations SET subject = $2, preview_text = $3, state = $4, participants = $5,
        external_ids = $6, updated_at = $7, message_added_at = $8, state_updated_at = $9 WHERE id = $1";
    let (participants, state) = (json!(c.participants), super::state(c.closed));
    let values = params![
        &c.id,
        &c.subject,
        &c.preview,
        state,
        &participants,
        &c.external_ids,
        c.updated_at,
        c.message_added_at,
        c.state_updated_at
    ];
    tx.execute(sql, values).map(drop)
}

/// The conversation of that id.
pub(crate) fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<SideConversation>> {
    tx.find("SELECT * FROM side_conversations WHERE id = $1", params![id])?.map(|row| read(&row)).transpose()
}

/// The conversation of that id, locked until the end of the transaction.
pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<SideConversation>> {
    let sql = format!("SELECT * FROM side_conversations WHERE id = $1 {}", tx.for_update());
    tx.find(&sql, params![id])?.map(|row| read(&row)).transpose()
}

pub(crate) fn by_number(tx: &mut Tx<'_>, number: i64) -> Result<Option<SideConversation>> {
    tx.find("SELECT * FROM side_conversations WHERE number = $1", params![number])?.map(|row| read(&row)).transpose()
}

pub(crate) fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<SideConversation>> {
    let sql = "SELECT * FROM side_conversations WHERE ticket_id = $1 ORDER BY number";
    tx.query(sql, params![ticket])?.iter().map(read).collect()
}

/// The conversation that has a message under this Message-ID.
pub(crate) fn of_message(tx: &mut Tx<'_>, message_id: &str) -> Result<Option<String>> {
    let sql = "SELECT conversation_id FROM side_conversation_events WHERE message_id = $1 ORDER BY number LIMIT 1";
    tx.find(sql, params![message_id])?.map(|row| row.at(0)).transpose()
}

/// The Message-IDs of a conversation, oldest first.
pub(crate) fn message_ids(tx: &mut Tx<'_>, conversation: &str) -> Result<Vec<String>> {
    let sql = "SELECT message_id FROM side_conversation_events
        WHERE conversation_id = $1 AND message_id IS NOT NULL ORDER BY number";
    tx.column(sql, params![conversation])
}

pub(crate) fn add_event(
    tx: &mut Tx<'_>,
    e: &SideEvent,
    outbound: Option<OutboundId>,
    inbound: Option<InboundId>,
    message_id: Option<String>,
) -> Result<i64> {
    let sql = "INSERT INTO side_conversation_events
            (id, conversation_id, kind, via, actor, message, updates, outbound_id, inbound_id, message_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING number";
    let (actor, message) = (json!(e.actor), e.message.as_ref().map(ToString::to_string));
    let values = params![
        &e.id,
        &e.conversation,
        &e.kind,
        &e.via,
        &actor,
        message,
        &e.updates,
        outbound,
        inbound,
        message_id,
        e.created_at
    ];
    tx.insert(sql, values)
}

/// What happened in these conversations, oldest first.
pub(crate) fn events(tx: &mut Tx<'_>, conversations: &[String]) -> Result<Vec<SideEvent>> {
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Fragment::new("SELECT * FROM side_conversation_events WHERE conversation_id IN (");
    sql.bind_all(conversations).push(") ORDER BY number");
    tx.query_fragment(&sql)?.iter().map(read_event).collect()
}

fn read_event(row: &Row) -> Result<SideEvent> {
    let message: Option<String> = row.get("message")?;
    Ok(SideEvent {
        number: row.get("number")?,
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        kind: row.get("kind")?,
        via: row.get("via")?,
        actor: json_of(row, "actor")?,
        message: message.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()?,
        updates: json_of(row, "updates")?,
        created_at: row.get("created_at")?,
    })
}

pub(crate) fn add_file(tx: &mut Tx<'_>, f: &File, event: Option<&str>, by: Option<UserId>) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO side_conversation_attachments
            (id, event_id, file_name, content_type, size, blob_key, uploaded_by_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    tx.execute(sql, params![&f.id, event, &f.name, &f.content_type, f.size, &f.blob_key, by, now]).map(drop)
}

fn read_file(row: &Row) -> Result<File> {
    Ok(File {
        id: row.get("id")?,
        name: row.get("file_name")?,
        content_type: row.get("content_type")?,
        size: row.get("size")?,
        blob_key: row.get("blob_key")?,
    })
}

/// Gives uploaded files to an event.
///
/// # Errors
/// `Invalid` for one that isn't there, or was taken before.
pub(crate) fn take_files(tx: &mut Tx<'_>, ids: &[String], event: &str) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for id in ids {
        let sql = "UPDATE side_conversation_attachments SET event_id = $2 WHERE id = $1 AND event_id IS NULL";
        if tx.execute(sql, params![id, event])? == 0 {
            let text = format!("attachment_ids: {id} does not exist");
            return Err(Error::invalid("attachment_ids", "RecordNotFound", text));
        }
        files.push(read_file(&tx.get("SELECT * FROM side_conversation_attachments WHERE id = $1", params![id])?)?);
    }
    Ok(files)
}

/// The files of these events, each with its event.
pub(crate) fn files(tx: &mut Tx<'_>, events: &[String]) -> Result<Vec<(String, File)>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Fragment::new("SELECT * FROM side_conversation_attachments WHERE event_id IN (");
    sql.bind_all(events).push(") ORDER BY created_at, id");
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.get("event_id")?, read_file(row)?))).collect()
}

/// A file with the ticket that it belongs to.
pub(crate) fn file_of(tx: &mut Tx<'_>, id: &str) -> Result<Option<(File, TicketId)>> {
    let sql = "SELECT a.*, c.ticket_id AS of_ticket FROM side_conversation_attachments a
        JOIN side_conversation_events e ON e.id = a.event_id JOIN side_conversations c ON c.id = e.conversation_id
        WHERE a.id = $1";
    tx.find(sql, params![id])?.map(|row| Ok((read_file(&row)?, row.get("of_ticket")?))).transpose()
}
