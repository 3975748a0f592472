//! Side-loads: records that an answer names, put beside them once each.

use std::collections::{BTreeMap, BTreeSet};

use base::{Result, TicketId, UserId};
use kernel::Tx;
use kernel::http::{Origin, Paging};
use serde_json::{Value, json};

use super::desk::forms::form_json;
use crate::ticket::Ticket;
use crate::view::{AuditView, Context, MetricsView};
use crate::{desk, fields, metrics, store};

/// Adds to `answer` what the request's `include` asks for. `more`: people beside those of the tickets.
pub(crate) fn tickets(
    tx: &mut Tx<'_>,
    paging: &Paging,
    context: &Context,
    tickets: &[Ticket],
    more: &[UserId],
    answer: &mut Value,
) -> Result<()> {
    let origin = Origin(context.origin().to_owned());
    if paging.includes("users") {
        let ids: BTreeSet<UserId> = tickets
            .iter()
            .flat_map(|t| {
                [Some(t.requester), Some(t.submitter), t.assignee].into_iter().flatten().chain(t.ccs.iter().copied())
            })
            .chain(more.iter().copied())
            .collect();
        let ids: Vec<UserId> = ids.into_iter().collect();
        let users = people::users(tx, &ids)?;
        answer["users"] = json!(people::view::users(tx, &origin, &users)?);
    }
    if paging.includes("groups") {
        let ids: BTreeSet<_> = tickets.iter().filter_map(|t| t.group).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let groups = people::groups_by_ids(tx, &ids)?;
        answer["groups"] = groups.iter().map(|group| json!(people::view::group(&origin, group))).collect();
    }
    if paging.includes("organizations") {
        let ids: BTreeSet<_> = tickets.iter().filter_map(|t| t.organization).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let organizations = people::organizations_by_ids(tx, &ids)?;
        answer["organizations"] = json!(people::view::organizations(tx, &origin, &organizations)?);
    }
    if paging.includes("brands") {
        let brands = desk::brands(tx)?;
        answer["brands"] =
            brands.iter().map(|b| json!({"id": b.id, "name": b.name, "subdomain": b.subdomain})).collect();
    }
    if paging.includes("ticket_forms") {
        let all = fields::forms(tx)?;
        let used = all.iter().filter(|form| tickets.iter().any(|ticket| ticket.form == Some(form.id)));
        answer["ticket_forms"] = used.map(|form| form_json(&origin, form)).collect();
    }
    if paging.includes("last_audits") {
        answer["last_audits"] = json!(last_audits(tx, context, tickets)?);
    }
    for none in ["sharing_agreements", "slas"] {
        if paging.includes(none) {
            answer[none] = json!([]);
        }
    }
    about_each(tx, paging, context, tickets, answer)
}

/// The last change of each ticket. Lists of tickets are for the desk only, so that all comments may be shown.
fn last_audits(tx: &mut Tx<'_>, context: &Context, tickets: &[Ticket]) -> Result<Vec<AuditView>> {
    let ids: Vec<TicketId> = tickets.iter().map(|ticket| ticket.id).collect();
    let audits = store::comments::last_audits(tx, &ids)?;
    let comments = store::comments::of_audits(tx, &audits)?;
    context.audits(tx, &audits, &comments)
}

/// Adds what belongs to one ticket each: inside the ticket, and for all but the metrics in a list beside them too.
fn about_each(
    tx: &mut Tx<'_>,
    paging: &Paging,
    context: &Context,
    tickets: &[Ticket],
    answer: &mut Value,
) -> Result<()> {
    if paging.includes("metric_sets") {
        inside(answer, "metric_set", tickets, |t| json!(context.metrics(t)));
    }
    if paging.includes("metric_events") && answer["ticket"].is_object() {
        let mut by_metric: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
        for event in metrics::events(tx, tickets, None)? {
            by_metric.entry(event.metric).or_default().push(json!(event));
        }
        inside(answer, "metric_events", tickets, |_| json!(by_metric));
    }
    if paging.includes("dates") {
        let dates = |t: &Ticket| dates(&context.metrics(t));
        inside(answer, "dates", tickets, dates);
        answer["dates"] = tickets.iter().map(dates).collect();
    }
    if paging.includes("slas") {
        inside(answer, "slas", tickets, |_| json!({"policy_metrics": []}));
    }
    if paging.includes("comment_count") {
        let count = |t: &Ticket| json!({"ticket_id": t.id, "comment_count": t.comment_count});
        answer["comment_count"] = tickets.iter().map(count).collect();
    }
    if paging.includes("incident_counts") {
        let ids: Vec<TicketId> = tickets.iter().filter(|t| t.has_incidents).map(|t| t.id).collect();
        let counts = store::tickets::incident_counts(tx, &ids)?;
        let of = |t: &Ticket| counts.get(&t.id).copied().unwrap_or(0);
        inside(answer, "incident_count", tickets, |t| json!(of(t)));
        answer["incident_counts"] =
            tickets.iter().map(|t| json!({"ticket_id": t.id, "incident_count": of(t)})).collect();
    }
    Ok(())
}

/// Puts a value into each ticket of the answer.
fn inside(answer: &mut Value, name: &str, tickets: &[Ticket], value: impl Fn(&Ticket) -> Value) {
    if let Some((one, ticket)) = answer.get_mut("ticket").filter(|t| t.is_object()).zip(tickets.first()) {
        one[name] = value(ticket);
    }
    let listed = answer.get_mut("tickets").and_then(Value::as_array_mut).into_iter().flatten();
    for (view, ticket) in listed.zip(tickets) {
        view[name] = value(ticket);
    }
}

fn dates(m: &MetricsView) -> Value {
    json!({
        "ticket_id": m.ticket_id,
        "assignee_updated_at": m.assignee_updated_at,
        "requester_updated_at": m.requester_updated_at,
        "status_updated_at": m.status_updated_at,
        "initially_assigned_at": m.initially_assigned_at,
        "assigned_at": m.assigned_at,
        "solved_at": m.solved_at,
        "latest_comment_added_at": m.latest_comment_added_at,
        "custom_status_updated_at": m.custom_status_updated_at,
    })
}
