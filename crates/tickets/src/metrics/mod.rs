//! Ticket metric events: when the clocks of a ticket ran, stood still and stopped.
//!
//! They are computed from the audits, which every change of a ticket leaves, so that they are right for imports, merges
//! and tickets that are older than this code. The totals of the same clocks are columns of the ticket, which `commit`
//! keeps; a test holds the two against each other.

mod clocks;

use std::collections::{BTreeMap, BTreeSet};

use base::{AuditId, Result, TicketId, Timestamp};
use kernel::Tx;
use rules::Status;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::ticket::Ticket;
use crate::view::MinutesView;
use crate::{desk, store};

pub(crate) use clocks::{Event, EventKind};

/// What one audit meant for the clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub audit: AuditId,
    pub at: Timestamp,
    /// The status after it.
    pub status: Status,
    /// The requester, or another customer, wrote in public.
    pub asked: bool,
    /// An agent answered in public.
    pub answered: bool,
}

/// A metric event, as in
/// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metric_events/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct MetricEventView {
    /// Its number.
    pub id: i64,
    /// Its ticket.
    pub ticket_id: TicketId,
    /// Which clock.
    pub metric: &'static str,
    /// Which run of the clock, from 1.
    pub instance_id: i64,
    /// measure, activate, pause, fulfill or update_status.
    pub r#type: &'static str,
    /// When.
    pub time: Timestamp,
    /// With update_status: how long the clock has run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MinutesView>,
    /// True when the ticket was deleted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// The metric events of these tickets; of all their audits, or of `only` these.
pub(crate) fn events(tx: &mut Tx<'_>, tickets: &[Ticket], only: Option<&[AuditId]>) -> Result<Vec<MetricEventView>> {
    let hours = desk::business_hours(tx)?;
    let ids: Vec<TicketId> = tickets.iter().map(|ticket| ticket.id).collect();
    let mut facts = facts(tx, tickets, &ids)?;
    let wanted: Option<BTreeSet<AuditId>> = only.map(|audits| audits.iter().copied().collect());
    let mut out = Vec::new();
    for ticket in tickets {
        let facts = facts.remove(&ticket.id).unwrap_or_default();
        let mut places: BTreeMap<AuditId, i64> = BTreeMap::new();
        for event in clocks::run(&facts, &hours) {
            let place = places.entry(event.audit).or_default();
            *place += 1;
            if wanted.as_ref().is_none_or(|wanted| wanted.contains(&event.audit)) {
                out.push(view(ticket, &event, *place));
            }
        }
    }
    Ok(out)
}

fn view(ticket: &Ticket, event: &Event, place: i64) -> MetricEventView {
    MetricEventView {
        id: event.audit.0 * 1_000 + place,
        ticket_id: ticket.id,
        metric: event.metric.name(),
        instance_id: event.instance,
        r#type: event.kind.name(),
        time: event.at,
        status: match event.kind {
            EventKind::UpdateStatus { calendar, business } => Some(MinutesView::of(Some(calendar), Some(business))),
            _ => None,
        },
        deleted: ticket.deleted_at.is_some(),
    }
}

/// The facts of these tickets, oldest first.
pub(crate) fn facts(tx: &mut Tx<'_>, tickets: &[Ticket], ids: &[TicketId]) -> Result<BTreeMap<TicketId, Vec<Fact>>> {
    let by_id: BTreeMap<TicketId, &Ticket> = tickets.iter().map(|ticket| (ticket.id, ticket)).collect();
    let mut out: BTreeMap<TicketId, Vec<Fact>> = BTreeMap::new();
    let written = store::metrics::written(tx, ids)?;
    for row in store::metrics::audits(tx, ids)? {
        let Some(ticket) = by_id.get(&row.ticket) else { continue };
        let facts = out.entry(row.ticket).or_default();
        let before = facts.last().map_or(Status::New, |fact: &Fact| fact.status);
        // What counts as an answer is decided once, when it is written: nothing before the ticket's first reply does.
        let may_answer = ticket.metrics.first_reply_at.is_some_and(|first| row.at >= first);
        let comments = written.get(&row.audit).map(Vec::as_slice).unwrap_or_default();
        let public = || comments.iter().filter(|comment| comment.public);
        let is_first = facts.is_empty();
        facts.push(Fact {
            audit: row.audit,
            at: row.at,
            status: status_after(&row.events).unwrap_or(before),
            asked: public().any(|comment| !comment.by_staff || comment.author == ticket.requester),
            answered: !is_first
                && may_answer
                && public().any(|comment| comment.by_staff && comment.author != ticket.requester),
        });
    }
    Ok(out)
}

fn status_after(events: &Value) -> Option<Status> {
    let all = events.as_array()?.iter();
    all.rev().find(|event| event["field_name"] == "status").and_then(|event| Status::parse(event["value"].as_str()?))
}
