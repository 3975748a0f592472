//! What happened, written in the transaction that made it happen and numbered in commit order.

use base::{Result, TicketId, UserId, time};

use crate::{Tx, store};

/// How long events are kept for browsers that come back, in milliseconds.
const KEPT: i64 = 3 * time::DAY;

/// Something that happened. Its kind says how [`crate::live::Renderer`]s show it.
#[derive(Clone, Debug)]
pub struct Event {
    /// `ticket`, `comment`, `presence` ...
    pub kind: &'static str,
    /// The ticket that it is about.
    pub ticket: Option<TicketId>,
    /// The person that it is for.
    pub user: Option<UserId>,
    /// What the renderer needs beside these.
    pub payload: serde_json::Value,
}

impl Event {
    /// An event about nothing in particular.
    pub fn new(kind: &'static str) -> Self {
        Self { kind, ticket: None, user: None, payload: serde_json::Value::Null }
    }

    /// The same about a ticket.
    pub fn ticket(self, ticket: TicketId) -> Self {
        Self { ticket: Some(ticket), ..self }
    }

    /// The same for a person.
    pub fn user(self, user: UserId) -> Self {
        Self { user: Some(user), ..self }
    }

    /// The same with a payload.
    pub fn payload(self, payload: serde_json::Value) -> Self {
        Self { payload, ..self }
    }
}

/// Adds an event to the stream.
pub fn push(tx: &mut Tx<'_>, event: Event) -> Result<()> {
    store::add_event(tx, &event)
}

/// Deletes events that no browser will ask for any more.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<()> {
    let before = tx.now().plus(-KEPT);
    store::forget_events(tx, before)
}
