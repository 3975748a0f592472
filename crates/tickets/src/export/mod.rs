//! What happened to tickets, as incremental exports tell it.

mod events;

pub(crate) use events::{TicketEventView, ticket_events};
