//! Which ticket a Message-ID belongs to, and the Message-IDs of a ticket.

use base::{Result, TicketId};
use db::params;
use kernel::Tx;

/// The ticket of the mail that came or went under this Message-ID (without angle brackets).
pub(crate) fn ticket_of_message(tx: &mut Tx<'_>, message_id: &str) -> Result<Option<TicketId>> {
    let sql = "SELECT ticket_id FROM comments WHERE message_id = $1
        UNION ALL SELECT ticket_id FROM outbound_messages WHERE message_id = $1 AND ticket_id IS NOT NULL LIMIT 1";
    tx.find(sql, params![message_id])?.map(|row| row.at(0)).transpose()
}

/// The Message-IDs of a ticket's mails, oldest first, and the newest that came in or went out in public.
pub(crate) fn messages_of(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<String>> {
    let sql = "SELECT message_id, created_at FROM comments WHERE ticket_id = $1 AND message_id IS NOT NULL AND public
        UNION SELECT message_id, created_at FROM outbound_messages WHERE ticket_id = $1 AND kind = 'reply' AND state <> 'cancelled'
        ORDER BY 2, 1";
    tx.column(sql, params![ticket])
}

pub(crate) fn exists(tx: &mut Tx<'_>, ticket: TicketId) -> Result<bool> {
    Ok(tx.find("SELECT id FROM tickets WHERE id = $1", params![ticket])?.is_some())
}
