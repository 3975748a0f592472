//! History: the audits of a ticket, and everything that a person ever wrote or was told.

use base::{Actor, AuditId, CommentId, Result, TicketId, Timestamp, UserId};
use kernel::Tx;
use rules::Status;
use serde_json::Value;

use crate::ticket::{Comment, Via};
use crate::{access, store};

/// One saved change.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// Its number.
    pub id: AuditId,
    /// Its ticket.
    pub ticket: TicketId,
    /// Who made the change.
    pub author: UserId,
    /// How.
    pub via: Via,
    /// Zendesk's `via.source`.
    pub via_source: Value,
    /// Zendesk's metadata.
    pub metadata: Value,
    /// What was changed, as Zendesk's events.
    pub events: Vec<Value>,
    /// When.
    pub created_at: Timestamp,
}

impl Audit {
    /// The number of the event at this place; a comment has its own.
    pub fn event_id(&self, place: usize) -> i64 {
        self.id.0 * 1_000 + i64::try_from(place).unwrap_or(999)
    }
}

/// One comment in a person's timeline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The comment.
    pub comment: Comment,
    /// Its ticket's subject.
    pub subject: String,
    /// Its ticket's status.
    pub status: Status,
}

/// The comments on all tickets of a person that the actor may see, newest first, before a comment.
pub fn of_person(
    tx: &mut Tx<'_>,
    actor: &Actor,
    person: UserId,
    before: Option<CommentId>,
    limit: u64,
) -> Result<Vec<Entry>> {
    let mut filter = access::visible_to(actor);
    filter.push(" AND t.requester_id = ").bind(person);
    if !actor.is_staff() {
        filter.push(" AND c.public = TRUE");
    }
    let rows = store::comments::timeline(tx, &filter, before, limit)?;
    Ok(rows
        .into_iter()
        .map(|(comment, subject, status)| Entry {
            comment,
            subject,
            status: Status::from_rank(status).unwrap_or(Status::Open),
        })
        .collect())
}
