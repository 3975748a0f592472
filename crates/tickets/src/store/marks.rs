//! What agents keep beside tickets: skips, bookmarks, searches, what they last had open; and files of macros.

use base::{Fragment, MacroId, Result, TicketId, Timestamp, UserId};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::page::{Slice, page};

/// A ticket that an agent passed by.
pub(crate) struct Skip {
    pub id: i64,
    pub ticket: TicketId,
    pub user: UserId,
    pub reason: String,
    pub created_at: Timestamp,
}

fn read_skip(row: &Row) -> Result<Skip> {
    Ok(Skip {
        id: row.get("id")?,
        ticket: row.get("ticket_id")?,
        user: row.get("user_id")?,
        reason: row.get("reason")?,
        created_at: row.get("created_at")?,
    })
}

pub(crate) fn add_skip(tx: &mut Tx<'_>, ticket: TicketId, user: UserId, reason: &str) -> Result<Skip> {
    let now = tx.now();
    let sql = "INSERT INTO skips (ticket_id, user_id, reason, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    let id = tx.insert(sql, params![ticket, user, reason, now])?;
    Ok(Skip { id, ticket, user, reason: reason.to_owned(), created_at: now })
}

/// Skips that an expression over the alias `s` names.
pub(crate) fn skips(tx: &mut Tx<'_>, filter: &Fragment, descending: bool, asked: &Page) -> Result<Slice<Skip>> {
    page(tx, ("skips s", "s.id"), filter, descending, asked, read_skip)
}

/// A ticket that an agent wants to find again.
pub(crate) struct Bookmark {
    pub id: i64,
    pub ticket: TicketId,
    pub created_at: Timestamp,
}

fn read_bookmark(row: &Row) -> Result<Bookmark> {
    Ok(Bookmark { id: row.get("id")?, ticket: row.get("ticket_id")?, created_at: row.get("created_at")? })
}

/// Bookmarks that an expression over the alias `b` names.
pub(crate) fn bookmarks(tx: &mut Tx<'_>, filter: &Fragment, asked: &Page) -> Result<Slice<Bookmark>> {
    page(tx, ("bookmarks b", "b.id"), filter, true, asked, read_bookmark)
}

/// Bookmarks a ticket; tells whether that is new.
pub(crate) fn add_bookmark(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Result<(Bookmark, bool)> {
    let now = tx.now();
    let sql = "INSERT INTO bookmarks (user_id, ticket_id, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, ticket_id) DO NOTHING";
    let made = tx.execute(sql, params![user, ticket, now])? > 0;
    let found = tx.get("SELECT * FROM bookmarks WHERE user_id = $1 AND ticket_id = $2", params![user, ticket])?;
    Ok((read_bookmark(&found)?, made))
}

pub(crate) fn delete_bookmark(tx: &mut Tx<'_>, user: UserId, id: i64) -> Result<bool> {
    Ok(tx.execute("DELETE FROM bookmarks WHERE id = $1 AND user_id = $2", params![id, user])? > 0)
}

/// Records that somebody has a ticket open.
pub(crate) fn seen(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO recent_tickets (user_id, ticket_id, seen_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, ticket_id) DO UPDATE SET seen_at = excluded.seen_at";
    tx.execute(sql, params![user, ticket, now]).map(drop)
}

/// The tickets that somebody last had open, newest first.
pub(crate) fn recent(tx: &mut Tx<'_>, user: UserId, limit: i64) -> Result<Vec<TicketId>> {
    let sql = "SELECT ticket_id FROM recent_tickets WHERE user_id = $1 ORDER BY seen_at DESC, ticket_id DESC LIMIT $2";
    tx.column(sql, params![user, limit])
}

/// A search that somebody keeps.
pub(crate) struct SavedSearch {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub query: String,
    pub filters: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

fn read_search(row: &Row) -> Result<SavedSearch> {
    Ok(SavedSearch {
        id: row.get("id")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        query: row.get("query")?,
        filters: row.get("filters")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(crate) fn searches(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<SavedSearch>> {
    let sql = "SELECT * FROM saved_searches WHERE user_id = $1 ORDER BY created_at, id";
    tx.query(sql, params![user])?.iter().map(read_search).collect()
}

pub(crate) fn put_search(tx: &mut Tx<'_>, user: UserId, s: &SavedSearch) -> Result<()> {
    let sql = "INSERT INTO saved_searches (id, user_id, name, kind, query, filters, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET name = excluded.name,
        kind = excluded.kind, query = excluded.query, filters = excluded.filters, updated_at = excluded.updated_at";
    let values = params![&s.id, user, &s.name, &s.kind, &s.query, &s.filters, s.created_at, s.updated_at];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn delete_search(tx: &mut Tx<'_>, user: UserId, id: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM saved_searches WHERE id = $1 AND user_id = $2", params![id, user])? > 0)
}

/// A file of a macro.
pub(crate) struct MacroFile {
    pub id: i64,
    pub of: Option<MacroId>,
    pub file_name: String,
    pub content_type: String,
    pub size: i64,
    pub blob_key: String,
    pub created_at: Timestamp,
}

fn read_file(row: &Row) -> Result<MacroFile> {
    Ok(MacroFile {
        id: row.get("id")?,
        of: row.get("macro_id")?,
        file_name: row.get("file_name")?,
        content_type: row.get("content_type")?,
        size: row.get("size")?,
        blob_key: row.get("blob_key")?,
        created_at: row.get("created_at")?,
    })
}

pub(crate) fn add_macro_file(tx: &mut Tx<'_>, f: &MacroFile) -> Result<i64> {
    let sql = "INSERT INTO macro_attachments (macro_id, file_name, content_type, size, blob_key, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    tx.insert(sql, params![f.of, &f.file_name, &f.content_type, f.size, &f.blob_key, f.created_at])
}

pub(crate) fn macro_file(tx: &mut Tx<'_>, id: i64) -> Result<MacroFile> {
    read_file(&tx.get("SELECT * FROM macro_attachments WHERE id = $1", params![id])?)
}

pub(crate) fn macro_files(tx: &mut Tx<'_>, of: MacroId) -> Result<Vec<MacroFile>> {
    tx.query("SELECT * FROM macro_attachments WHERE macro_id = $1 ORDER BY id", params![of])?
        .iter()
        .map(read_file)
        .collect()
}

/// What a form offers of the custom statuses: id, form, status.
pub(crate) type FormStatus = (String, i64, i64);

pub(crate) fn form_statuses(tx: &mut Tx<'_>) -> Result<Vec<FormStatus>> {
    let rows = tx.query("SELECT id, form_id, custom_status_id FROM ticket_form_statuses ORDER BY form_id, id", &[])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?))).collect()
}

pub(crate) fn add_form_status(tx: &mut Tx<'_>, id: &str, form: i64, status: i64) -> Result<()> {
    let sql = "INSERT INTO ticket_form_statuses (id, form_id, custom_status_id) VALUES ($1, $2, $3)
        ON CONFLICT (form_id, custom_status_id) DO NOTHING";
    tx.execute(sql, params![id, form, status]).map(drop)
}

pub(crate) fn delete_form_status(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.execute("DELETE FROM ticket_form_statuses WHERE id = $1", params![id]).map(drop)
}
