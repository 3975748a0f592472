//! Mails that rules write. `tickets` says what they are, rules write them, and channels send them.

use base::{Result, TicketId, UserId};
use kernel::Tx;

use crate::content::Content;

/// A mail from a rule about a ticket, each of its readers getting their own.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The ticket.
    pub ticket: TicketId,
    /// Who reads it.
    pub to: Vec<UserId>,
    /// The subject, placeholders filled.
    pub subject: String,
    /// The body, placeholders filled.
    pub content: Content,
}

/// Has a notice sent, in the transaction of what it is about; a part of the app that `channels` provides.
pub struct Notices(pub fn(&mut Tx<'_>, &Notice) -> Result<()>);
