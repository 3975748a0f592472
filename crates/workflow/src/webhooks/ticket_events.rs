//! [Events of tickets](https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/), found by comparing
//! a ticket before and after.

use std::collections::BTreeSet;

use base::Result;
use kernel::Tx;
use serde_json::{Value, json};
use tickets::{Ticket, Update};

use super::invoke::{Told, tell};
use crate::{store, ulid};

/// The number of the desk, in headers and events. A desk is its own account.
pub(crate) const ACCOUNT: i64 = 1;

/// A change that is an event by itself: its name, and what it compares.
type Changed = (&'static str, fn(&Ticket) -> Value);

const CHANGES: [Changed; 14] = [
    ("agent_assignment_changed", |t| text(t.assignee)),
    ("brand_changed", |t| text(Some(t.brand))),
    ("custom_status_changed", |t| text(Some(t.custom_status))),
    ("external_id_changed", |t| json!(t.external_id)),
    ("form_changed", |t| text(t.form)),
    ("group_assignment_changed", |t| text(t.group)),
    ("organization_changed", |t| text(t.organization)),
    ("priority_changed", |t| json!(t.priority.map(|one| one.name().to_uppercase()))),
    ("problem_link_changed", |t| text(t.problem)),
    ("requester_changed", |t| text(Some(t.requester))),
    ("status_changed", |t| json!(t.status.name().to_uppercase())),
    ("subject_changed", |t| json!(t.subject)),
    ("task_due_at_changed", |t| json!(t.due_at)),
    ("type_changed", |t| json!(t.kind.map(|one| one.name().to_uppercase()))),
];

/// Every kind that can be subscribed to.
pub(crate) const KINDS: [&str; 23] = [
    "zen:event-type:ticket.created",
    "zen:event-type:ticket.agent_assignment_changed",
    "zen:event-type:ticket.brand_changed",
    "zen:event-type:ticket.comment_added",
    "zen:event-type:ticket.custom_field_changed",
    "zen:event-type:ticket.custom_status_changed",
    "zen:event-type:ticket.email_ccs_changed",
    "zen:event-type:ticket.external_id_changed",
    "zen:event-type:ticket.followers_changed",
    "zen:event-type:ticket.form_changed",
    "zen:event-type:ticket.group_assignment_changed",
    "zen:event-type:ticket.marked_as_spam",
    "zen:event-type:ticket.merged",
    "zen:event-type:ticket.organization_changed",
    "zen:event-type:ticket.priority_changed",
    "zen:event-type:ticket.problem_link_changed",
    "zen:event-type:ticket.requester_changed",
    "zen:event-type:ticket.soft_deleted",
    "zen:event-type:ticket.status_changed",
    "zen:event-type:ticket.subject_changed",
    "zen:event-type:ticket.tags_changed",
    "zen:event-type:ticket.task_due_at_changed",
    "zen:event-type:ticket.type_changed",
];

/// An id as events write it.
pub(crate) fn text<T: std::fmt::Display>(id: Option<T>) -> Value {
    id.map_or(Value::Null, |id| json!(id.to_string()))
}

/// The [`tickets::Reaction`] that has webhooks told of what happened to a ticket.
pub fn hear(tx: &mut Tx<'_>, update: &mut Update) -> Result<()> {
    let listeners = listeners(tx, "zen:event-type:ticket.")?;
    if listeners.is_empty() {
        return Ok(());
    }
    let events = events(tx, update)?;
    let subject = format!("zen:ticket:{}", update.after.id);
    let detail = detail(update);
    for (kind, event) in events {
        announce(tx, &listeners, &format!("zen:event-type:ticket.{kind}"), &subject, &detail, &event)?;
    }
    Ok(())
}

/// The webhooks that hear of a family of events, with their subscriptions.
pub(crate) fn listeners(tx: &mut Tx<'_>, family: &str) -> Result<Vec<(String, Vec<String>)>> {
    let mut all = store::webhooks::listeners(tx)?;
    all.retain(|(_, subscriptions)| subscriptions.iter().any(|one| one.starts_with(family)));
    Ok(all)
}

/// Tells an event to those who subscribed to it.
pub(crate) fn announce(
    tx: &mut Tx<'_>,
    listeners: &[(String, Vec<String>)],
    kind: &str,
    subject: &str,
    detail: &Value,
    event: &Value,
) -> Result<()> {
    for (webhook, _) in listeners.iter().filter(|(_, subscriptions)| subscriptions.iter().any(|one| one == kind)) {
        let body = json!({
            "type": kind, "account_id": ACCOUNT, "id": ulid::new(tx), "time": tx.now(),
            "zendesk_event_version": "2022-11-06", "subject": subject, "detail": detail, "event": event,
        });
        tell(tx, webhook, Told { cause: kind, query: String::new(), body: body.to_string() })?;
    }
    Ok(())
}

fn detail(update: &Update) -> Value {
    let t = &update.after;
    json!({
        "actor_id": update.actor.user.to_string(), "assignee_id": text(t.assignee), "brand_id": t.brand.to_string(),
        "created_at": t.created_at, "custom_status": t.custom_status.to_string(), "description": t.description,
        "external_id": t.external_id, "form_id": text(t.form), "group_id": text(t.group), "id": t.id.to_string(),
        "is_public": t.is_public, "organization_id": text(t.organization),
        "priority": t.priority.map(|one| one.name().to_uppercase()), "requester_id": t.requester.to_string(),
        "status": t.status.name().to_uppercase(), "subject": t.subject, "submitter_id": t.submitter.to_string(),
        "tags": t.tags, "type": t.kind.map(|one| one.name().to_uppercase()), "updated_at": t.updated_at,
        "via": {"channel": t.via.name()},
    })
}

/// The kinds of what happened, with what each tells.
fn events(tx: &mut Tx<'_>, update: &Update) -> Result<Vec<(&'static str, Value)>> {
    let mut all = Vec::new();
    let after = &update.after;
    match &update.before {
        None => all.push(("created", json!({}))),
        Some(before) => {
            for (kind, value) in CHANGES {
                let (previous, current) = (value(before), value(after));
                if previous != current {
                    all.push((kind, json!({"current": current, "previous": previous})));
                }
            }
            all.extend(set_events(before, after));
            all.extend(field_events(before, after));
            let newly = |was: bool, is: bool| is && !was;
            if newly(before.is_spam, after.is_spam) {
                all.push(("marked_as_spam", json!({})));
            } else if newly(before.deleted_at.is_some(), after.deleted_at.is_some()) {
                all.push(("soft_deleted", json!({})));
            }
            if let Some(target) = after.merged_into.filter(|_| before.merged_into.is_none()) {
                all.push(("merged", json!({"target_ticket_id": target.to_string()})));
            }
        }
    }
    for (comment, _) in &update.comments {
        let author = people::find_user(tx, comment.author)?;
        let name = author.as_ref().map(|author| author.name.clone());
        let author = json!({
            "id": comment.author.to_string(), "is_staff": author.is_none_or(|author| author.role.is_staff()), "name": name,
        });
        let comment =
            json!({"id": comment.id.to_string(), "body": comment.body, "is_public": comment.public, "author": author});
        all.push(("comment_added", json!({"comment": comment})));
    }
    Ok(all)
}

/// Tags and people who are on the ticket: what was added and what was taken away.
fn set_events(before: &Ticket, after: &Ticket) -> Vec<(&'static str, Value)> {
    fn difference<T: Ord + ToString>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> Vec<String> {
        one.difference(other).map(ToString::to_string).collect()
    }
    let mut all = Vec::new();
    if before.tags != after.tags {
        let (added, removed) = (difference(&after.tags, &before.tags), difference(&before.tags, &after.tags));
        all.push(("tags_changed", json!({"tags_added": added, "tags_removed": removed})));
    }
    for (kind, was, is) in
        [("email_ccs_changed", &before.ccs, &after.ccs), ("followers_changed", &before.followers, &after.followers)]
    {
        if was != is {
            all.push((kind, json!({"users_added": difference(is, was), "users_removed": difference(was, is)})));
        }
    }
    all
}

fn field_events(before: &Ticket, after: &Ticket) -> Vec<(&'static str, Value)> {
    let ids: BTreeSet<_> = before.fields.keys().chain(after.fields.keys()).collect();
    let value = |ticket: &Ticket, id| ticket.fields.get(id).map_or(Value::Null, tickets::view::field_value);
    let changed = ids.into_iter().filter(|id| before.fields.get(id) != after.fields.get(id));
    changed
        .map(|id| {
            let event = json!({
                "field": {"id": id.to_string()}, "current": value(after, id), "previous": value(before, id),
            });
            ("custom_field_changed", event)
        })
        .collect()
}
