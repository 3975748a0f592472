//! Changes applied to a ticket in memory, and the audit events that tell the difference. Pure.

use std::collections::BTreeSet;

use base::{Timestamp, UserId};
use rules::{CustomValue, Status};
use serde_json::{Value, json};

use crate::change::{Became, Change};
use crate::ticket::{Rating, Ticket};

/// What stands where the words of a ticket stood that was deleted for good.
pub(crate) const SCRUBBED: &str = "SCRUBBED";

/// The longest tag, in characters.
const LONGEST_TAG: usize = 255;

/// Applies everything but comments, which need the database, and custom statuses, which `commit` turns into statuses.
pub(crate) fn apply(ticket: &mut Ticket, change: &Change, now: Timestamp, actor: UserId) {
    match change {
        Change::Subject(subject) => ticket.subject.clone_from(subject),
        Change::Status(status) => set_status(ticket, *status, now),
        Change::CustomStatus(id) => ticket.custom_status = *id,
        Change::Priority(priority) => ticket.priority = *priority,
        Change::Type(kind) => ticket.kind = *kind,
        Change::Requester(user) => ticket.requester = *user,
        Change::Assignee(assignee) => ticket.assignee = *assignee,
        Change::Group(group) => ticket.group = *group,
        Change::Organization(organization) => ticket.organization = *organization,
        Change::Brand(brand) => ticket.brand = *brand,
        Change::Form(form) => ticket.form = *form,
        Change::Problem(problem) => ticket.problem = *problem,
        Change::DueAt(due) => ticket.due_at = *due,
        Change::ExternalId(id) => ticket.external_id.clone_from(id),
        Change::SetTags(tags) => ticket.tags = normalise_tags(tags).collect(),
        Change::AddTags(tags) => ticket.tags.extend(normalise_tags(tags)),
        Change::RemoveTags(tags) => {
            let gone: BTreeSet<String> = normalise_tags(tags).collect();
            ticket.tags.retain(|tag| !gone.contains(tag));
        }
        Change::Field(..) => set_field(ticket, change),
        Change::SetCcs(users) => ticket.ccs = users.iter().copied().collect(),
        Change::AddCc(user) => ticket.ccs.extend([*user]),
        Change::RemoveCc(user) => drop(ticket.ccs.remove(user)),
        Change::RemoveFollower(user) => drop(ticket.followers.remove(user)),
        Change::SetFollowers(users) => ticket.followers = users.iter().copied().collect(),
        Change::AddFollower(user) => ticket.followers.extend([*user]),
        Change::Comment(_)
        | Change::MakePrivate(_)
        | Change::Redact(..)
        | Change::RedactFile(..)
        | Change::UsedMacro(_) => {}
        Change::Scrub => {
            ticket.subject = SCRUBBED.into();
            ticket.description = SCRUBBED.into();
            ticket.external_id = None;
            ticket.recipient = None;
            ticket.via_source = Value::Null;
            ticket.tags.clear();
            ticket.fields.clear();
            ticket.ccs.clear();
            ticket.followers.clear();
        }
        Change::Rate(rating) => {
            ticket.satisfaction = rating.word();
            ticket.rating = Some(Rating { id: ticket.rating.as_ref().map_or(0, |old| old.id), ..rating.clone() });
        }
        Change::MergedInto(other) => {
            ticket.merged_into = Some(*other);
            set_status(ticket, Status::Closed, now);
        }
        Change::Reset(status) => {
            ticket.merged_into = None;
            set_status(ticket, *status, now);
        }
        Change::Delete { spam } => {
            ticket.deleted_at = Some(now);
            ticket.deleted_by = Some(actor);
            ticket.is_spam = *spam;
        }
        Change::Restore => {
            ticket.deleted_at = None;
            ticket.deleted_by = None;
            ticket.is_spam = false;
        }
        Change::HasIncidents(has) => ticket.has_incidents = *has,
        Change::Became(became) => put_in_place(ticket, *became),
    }
}

/// Puts one in the place of another.
fn put_in_place(ticket: &mut Ticket, became: Became) {
    match became {
        Became::Person { from, into } => {
            for place in [&mut ticket.requester, &mut ticket.submitter] {
                if *place == from {
                    *place = into;
                }
            }
            for people in [&mut ticket.ccs, &mut ticket.followers] {
                if people.remove(&from) {
                    people.insert(into);
                }
            }
            ticket.ccs.remove(&ticket.requester);
        }
        Became::Organization { from, into } if ticket.organization == Some(from) => ticket.organization = Some(into),
        Became::Organization { .. } => {}
    }
}

/// Sets the status and the dates and counts that hang on it.
pub(crate) fn set_status(ticket: &mut Ticket, status: Status, now: Timestamp) {
    let was_done = ticket.status >= Status::Solved;
    let is_done = status >= Status::Solved;
    if status != ticket.status {
        ticket.settle_waiting(now);
        ticket.status = status;
    }
    let metrics = &mut ticket.metrics;
    match (was_done, is_done) {
        (false, true) => {
            metrics.solved_at = Some(now);
            metrics.first_solved_at.get_or_insert(now);
        }
        (true, false) => {
            metrics.solved_at = None;
            metrics.closed_at = None;
            metrics.reopens += 1;
        }
        _ => {}
    }
    if status == Status::Closed {
        metrics.closed_at.get_or_insert(now);
    }
}

fn set_field(ticket: &mut Ticket, change: &Change) {
    let Change::Field(field, value) = change else { return };
    let empty = match value {
        CustomValue::Nothing => true,
        CustomValue::Text(text) | CustomValue::Date(text) => text.is_empty(),
        CustomValue::Options(options) => options.is_empty(),
        _ => false,
    };
    if empty {
        ticket.fields.remove(field);
    } else {
        ticket.fields.insert(*field, value.clone());
    }
}

/// Tags as Zendesk keeps them: lower case, no blanks, no commas.
pub(crate) fn normalise_tags(tags: &[String]) -> impl Iterator<Item = String> + '_ {
    tags.iter()
        .flat_map(|tag| tag.split([' ', ',', '\t', '\n']))
        .map(|tag| tag.trim().to_lowercase().chars().take(LONGEST_TAG).collect::<String>())
        .filter(|tag| !tag.is_empty())
}

/// A field of the audit: its name and its value in Zendesk's form.
type Audited = (&'static str, fn(&Ticket) -> Value);

/// Every field whose change is an audit event of its own. Also what two people can change without disturbing each other.
const AUDITED: &[Audited] = &[
    ("subject", |t| json!(t.subject)),
    ("status", |t| json!(t.status.name())),
    ("custom_status_id", |t| json!(t.custom_status.to_string())),
    ("priority", |t| json!(t.priority.map(rules::Priority::name))),
    ("type", |t| json!(t.kind.map(rules::TicketType::name))),
    ("requester_id", |t| json!(t.requester.to_string())),
    ("assignee_id", |t| json!(t.assignee.map(|id| id.to_string()))),
    ("group_id", |t| json!(t.group.map(|id| id.to_string()))),
    ("organization_id", |t| json!(t.organization.map(|id| id.to_string()))),
    ("brand_id", |t| json!(t.brand.to_string())),
    ("ticket_form_id", |t| json!(t.form.map(|id| id.to_string()))),
    ("problem_id", |t| json!(t.problem.map(|id| id.to_string()))),
    ("due_at", |t| json!(t.due_at)),
    ("external_id", |t| json!(t.external_id)),
    ("tags", |t| json!(t.tags)),
    ("email_ccs", |t| json!(t.ccs)),
    ("followers", |t| json!(t.followers)),
    ("is_public", |t| json!(t.is_public)),
    ("satisfaction_score", |t| json!(t.rating.as_ref().map(|rating| &rating.score))),
    ("satisfaction_comment", |t| json!(t.rating.as_ref().and_then(|rating| rating.comment.as_ref()))),
    ("deleted", |t| json!(t.deleted_at.is_some())),
    ("spam", |t| json!(t.is_spam)),
];

/// The events that lead from one state to the next: `Create` for a new ticket's fields, `Change` for others.
pub(crate) fn events(before: Option<&Ticket>, after: &Ticket) -> Vec<Value> {
    let mut events = Vec::new();
    for (name, value) in AUDITED {
        let new = value(after);
        push_event(&mut events, name, before.map(value), new);
    }
    let ids = before.into_iter().flat_map(|ticket| ticket.fields.keys()).chain(after.fields.keys());
    let ids: BTreeSet<_> = ids.collect();
    for id in ids {
        let new = after.fields.get(id).map_or(Value::Null, field_value);
        let old = before.map(|ticket| ticket.fields.get(id).map_or(Value::Null, field_value));
        push_event(&mut events, &id.to_string(), old, new);
    }
    events
}

fn push_event(events: &mut Vec<Value>, name: &str, old: Option<Value>, new: Value) {
    match old {
        None if is_blank(&new) => {}
        None => events.push(json!({"type": "Create", "field_name": name, "value": new})),
        Some(old) if old == new => {}
        Some(old) => {
            events.push(json!({"type": "Change", "field_name": name, "value": new, "previous_value": old}));
        }
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// A custom field's value in JSON.
pub fn field_value(value: &CustomValue) -> Value {
    match value {
        CustomValue::Nothing | CustomValue::DaysFromNow(_) => Value::Null,
        CustomValue::Text(text) | CustomValue::Date(text) => json!(text),
        CustomValue::Options(options) => json!(options),
        CustomValue::Int(n) => json!(n),
        CustomValue::Real(n) => json!(n),
        CustomValue::Flag(flag) => json!(flag),
    }
}

#[cfg(test)]
mod tests {
    use base::{BrandId, FieldId, time};

    use super::*;
    use crate::ticket::Via;

    fn ticket() -> Ticket {
        Ticket::new(UserId(1), UserId(1), BrandId(1), Via::Email, Timestamp(0))
    }

    #[test]
    fn solving_and_opening_again_keep_dates_and_counts() {
        let mut t = ticket();
        set_status(&mut t, Status::Pending, Timestamp(time::HOUR));
        set_status(&mut t, Status::Solved, Timestamp(3 * time::HOUR));
        assert_eq!((t.metrics.requester_wait_ms, t.metrics.agent_wait_ms), (time::HOUR, 2 * time::HOUR));
        assert_eq!(t.metrics.solved_at, Some(Timestamp(3 * time::HOUR)));
        set_status(&mut t, Status::Open, Timestamp(4 * time::HOUR));
        assert_eq!((t.metrics.solved_at, t.metrics.reopens), (None, 1));
        set_status(&mut t, Status::Solved, Timestamp(5 * time::HOUR));
        assert_eq!(t.metrics.first_solved_at, Some(Timestamp(3 * time::HOUR)));
    }

    #[test]
    fn the_difference_is_told_in_events() {
        let before = ticket();
        let mut after = before.clone();
        let changes = [
            Change::AddTags(vec!["VIP, late".into()]),
            Change::Priority(Some(rules::Priority::High)),
            Change::Field(FieldId(7), CustomValue::Int(3)),
        ];
        changes.iter().for_each(|change| apply(&mut after, change, Timestamp(1), UserId(2)));
        let events = events(Some(&before), &after);
        assert_eq!(
            events,
            [
                json!({"type": "Change", "field_name": "priority", "value": "high", "previous_value": null}),
                json!({"type": "Change", "field_name": "tags", "value": ["late", "vip"], "previous_value": []}),
                json!({"type": "Change", "field_name": "7", "value": 3, "previous_value": null}),
            ]
        );
    }

    #[test]
    fn clearing_a_field_removes_it() {
        let mut t = ticket();
        apply(&mut t, &Change::Field(FieldId(7), CustomValue::Text("x".into())), Timestamp(1), UserId(2));
        apply(&mut t, &Change::Field(FieldId(7), CustomValue::Text(String::new())), Timestamp(1), UserId(2));
        assert!(t.fields.is_empty());
    }
}
