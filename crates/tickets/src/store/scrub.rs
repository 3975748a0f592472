//! Blackening of comments, and deleting of tickets' words, for good.

use base::{Result, TicketId};
use db::params;
use kernel::Tx;

use crate::ticket::Comment;

/// Saves what a comment says, and whether the requester sees it.
pub(crate) fn save_comment(tx: &mut Tx<'_>, c: &Comment) -> Result<()> {
    let sql = "UPDATE comments SET public = $2, body = $3, html_body = $4, full_html_body = $5 WHERE id = $1";
    tx.execute(sql, params![c.id, c.public, &c.body, &c.html_body, &c.full_html_body]).map(drop)
}

/// Deletes a ticket's comments, and what its audits, notifications, drafts and links say.
pub(crate) fn comments_of(tx: &mut Tx<'_>, id: TicketId) -> Result<()> {
    for sql in [
        "DELETE FROM comments WHERE ticket_id = $1",
        "DELETE FROM notifications WHERE ticket_id = $1",
        "DELETE FROM drafts WHERE ticket_id = $1",
        "DELETE FROM satisfaction_ratings WHERE ticket_id = $1",
        "DELETE FROM skips WHERE ticket_id = $1",
        "DELETE FROM bookmarks WHERE ticket_id = $1",
        "DELETE FROM recent_tickets WHERE ticket_id = $1",
    ] {
        tx.execute(sql, params![id])?;
    }
    let sql = "UPDATE audits SET events = '[]', via_source = 'null', metadata = 'null' WHERE ticket_id = $1";
    tx.execute(sql, params![id])?;
    let now = tx.now();
    tx.execute("UPDATE tickets SET scrubbed_at = $2 WHERE id = $1", params![id, now]).map(drop)
}

/// Whether the ticket was deleted for good.
pub(crate) fn is_done(tx: &mut Tx<'_>, id: TicketId) -> Result<bool> {
    let sql = "SELECT COUNT(*) FROM tickets WHERE id = $1 AND scrubbed_at IS NOT NULL";
    Ok(tx.value::<i64>(sql, params![id])? > 0)
}

/// Deletes what notifications quote of a ticket's comments.
pub(crate) fn excerpts(tx: &mut Tx<'_>, id: TicketId) -> Result<()> {
    let sql = "UPDATE notifications SET excerpt = '' WHERE ticket_id = $1 AND kind <> 'assigned'";
    tx.execute(sql, params![id]).map(drop)
}
