//! What is asked before and after changes are applied.

use std::collections::BTreeSet;

use base::{Actor, Error, FieldProblem, Fragment, Result, Timestamp, UserId};
use kernel::Tx;
use rules::{CustomValue, Status, TicketType};
use serde_json::{Value, json};

use super::comment::Draft;
use crate::access::rights;
use crate::apply::normalise_tags;
use crate::change::{Change, NewComment};
use crate::ticket::Ticket;
use crate::{fields, store};

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;
/// The most tags that a ticket has.
const MOST_TAGS: usize = 1_000;

/// Whether the actor may do each of these things.
pub(crate) fn permission(
    actor: &Actor,
    before: Option<&Ticket>,
    changes: &[Change],
    comments: &[NewComment],
) -> Result<()> {
    let rights = rights(actor);
    for change in changes {
        let allowed = match change {
            Change::Delete { .. } | Change::Restore | Change::Redact(..) | Change::RedactFile(..) | Change::Scrub => {
                rights.delete
            }
            // Only the requester says how good it was; asking for it is the rules' business.
            Change::Rate(_) => actor.user == Actor::SYSTEM || before.is_some_and(|t| t.requester == actor.user),
            Change::Became(_) => actor.user == Actor::SYSTEM,
            // A customer who opens a ticket says what it is about.
            Change::Subject(_) | Change::Field(..) | Change::Form(_) | Change::Priority(_) | Change::Type(_) => {
                rights.edit || before.is_none()
            }
            // A customer may say that it is solved.
            Change::Status(Status::Solved) => rights.edit || before.is_some_and(|t| t.requester == actor.user),
            Change::AddCc(_) => rights.edit || !actor.is_staff(),
            _ => rights.edit,
        };
        if !allowed {
            return Err(Error::Forbidden("ticket_edit"));
        }
    }
    for comment in comments {
        if comment.author.is_some_and(|author| author != actor.user) && !rights.edit {
            return Err(Error::Forbidden("ticket_edit"));
        }
        if comment.public == Some(true) && !rights.reply {
            return Err(Error::Forbidden("ticket_reply"));
        }
        if comment.public == Some(false) && !rights.note {
            return Err(Error::Forbidden("ticket_note"));
        }
    }
    Ok(())
}

/// A deleted ticket is there for nobody, but to be restored; the engine keeps its marks on it.
pub(crate) fn deleted(before: Option<&Ticket>, changes: &[Change], comments: &[NewComment]) -> Result<()> {
    let is_deleted = before.is_some_and(|ticket| ticket.deleted_at.is_some());
    let allowed = |change: &Change| {
        matches!(change, Change::Restore | Change::HasIncidents(_) | Change::Scrub | Change::Became(_))
    };
    if is_deleted && !(comments.is_empty() && changes.iter().all(allowed)) {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// A closed ticket takes no changes, but for what the engine itself does to it.
pub(crate) fn closed(before: Option<&Ticket>, changes: &[Change], comments: &[NewComment]) -> Result<()> {
    if !before.is_some_and(Ticket::is_closed) {
        return Ok(());
    }
    let by_engine = |change: &Change| {
        matches!(
            change,
            Change::Delete { .. }
                | Change::Restore
                | Change::Reset(_)
                | Change::HasIncidents(_)
                | Change::Redact(..)
                | Change::RedactFile(..)
                | Change::Scrub
                | Change::Became(_)
        )
    };
    if comments.is_empty() && changes.iter().all(by_engine) {
        return Ok(());
    }
    Err(Error::invalid("status", "RecordInvalid", "closed prevents ticket update"))
}

/// The field's name in audits that a change is about; none for what can't conflict (adding to a set).
fn audited_name(change: &Change) -> Option<String> {
    let name = match change {
        Change::Subject(_) => "subject",
        Change::Status(_) => "status",
        Change::CustomStatus(_) => "custom_status_id",
        Change::Priority(_) => "priority",
        Change::Type(_) => "type",
        Change::Requester(_) => "requester_id",
        Change::Assignee(_) => "assignee_id",
        Change::Group(_) => "group_id",
        Change::Organization(_) => "organization_id",
        Change::Brand(_) => "brand_id",
        Change::Form(_) => "ticket_form_id",
        Change::Problem(_) => "problem_id",
        Change::DueAt(_) => "due_at",
        Change::ExternalId(_) => "external_id",
        Change::SetTags(_) => "tags",
        Change::Field(id, _) => return Some(id.to_string()),
        _ => return None,
    };
    Some(name.to_owned())
}

/// Refuses changes of fields that somebody else changed after `since`. Others go through: they merge.
pub(crate) fn conflict(tx: &mut Tx<'_>, before: &Ticket, since: Timestamp, changes: &[Change]) -> Result<()> {
    if before.updated_at <= since {
        return Ok(());
    }
    let mut filter = Fragment::new("a.ticket_id = ");
    filter.bind(before.id).push(" AND a.created_at > ").bind(since);
    let audits = store::comments::audits(tx, &filter, "ORDER BY a.id")?;
    let theirs: BTreeSet<&str> =
        audits.iter().flat_map(|audit| &audit.events).filter_map(|event| event["field_name"].as_str()).collect();
    let both: BTreeSet<String> =
        changes.iter().filter_map(audited_name).filter(|name| theirs.contains(name.as_str())).collect();
    if both.is_empty() {
        return Ok(());
    }
    let by: Vec<Value> =
        audits.iter().map(|audit| json!({"author_id": audit.author, "created_at": audit.created_at})).collect();
    Err(Error::Conflict(Box::new(
        json!({"fields": both, "ticket_id": before.id, "updated_stamp": crate::view::stamp(before.updated_at), "by": by}),
    )))
}

/// Turns what was asked into what is done: custom statuses set their category, values are checked, all problems named.
pub(crate) fn resolve(tx: &mut Tx<'_>, actor: &Actor, ticket: &Ticket, changes: Vec<Change>) -> Result<Vec<Change>> {
    let mut problems = Vec::new();
    let mut out = Vec::new();
    for change in changes {
        match problem(tx, actor, ticket, &change)? {
            Some((field, message)) => {
                problems.push(FieldProblem { field: field.into(), code: "InvalidValue", message: message.into() });
            }
            None => match change {
                Change::CustomStatus(id) => {
                    if let Some(status) = store::desk::find_status(tx, id)? {
                        out.push(Change::Status(status.status));
                    }
                    out.push(Change::CustomStatus(id));
                }
                Change::Requester(user) => {
                    let organization = people::get_user(tx, user)?.organization_id;
                    out.extend([Change::Requester(user), Change::Organization(organization)]);
                }
                other => out.push(other),
            },
        }
    }
    if actor.user != Actor::SYSTEM && out.iter().any(|c| matches!(c, Change::Status(Status::New))) && ticket.rev > 0 {
        out.retain(|change| !matches!(change, Change::Status(Status::New)));
    }
    if problems.is_empty() { Ok(out) } else { Err(Error::Invalid(problems)) }
}

/// What is wrong with a change by itself.
fn problem(
    tx: &mut Tx<'_>,
    actor: &Actor,
    ticket: &Ticket,
    change: &Change,
) -> Result<Option<(&'static str, &'static str)>> {
    let exists =
        |tx: &mut Tx<'_>, user: &UserId| Ok::<_, Error>(people::find_user(tx, *user)?.is_some_and(|u| u.active));
    Ok(match change {
        Change::Subject(subject) if subject.chars().count() > LONGEST_SUBJECT => {
            Some(("subject", "Subject: is too long (maximum is 150 characters)"))
        }
        Change::CustomStatus(id) if store::desk::find_status(tx, *id)?.is_none() => {
            Some(("custom_status_id", "Custom status: does not exist"))
        }
        Change::Requester(user) if !exists(tx, user)? => Some(("requester", "Requester: does not exist")),
        Change::Assignee(Some(user)) => {
            let staff = people::find_user(tx, *user)?.is_some_and(|u| u.active && u.role >= base::Role::Agent);
            (!staff).then_some(("assignee", "Assignee: is not an agent"))
        }
        Change::Group(Some(group)) if !people::group_exists(tx, *group)? => Some(("group", "Group: does not exist")),
        Change::Brand(brand) if !store::desk::brands(tx)?.iter().any(|b| b.id == *brand) => {
            Some(("brand", "Brand: does not exist"))
        }
        Change::Form(Some(form)) if !store::desk::forms(tx)?.iter().any(|f| f.id == *form) => {
            Some(("ticket_form_id", "Form: does not exist"))
        }
        Change::Problem(Some(id)) => {
            let found = store::tickets::lock(tx, *id)?;
            let fits = found.is_some_and(|t| t.kind == Some(TicketType::Problem) && t.id != ticket.id);
            (!fits).then_some(("problem_id", "Problem: is not a problem ticket"))
        }
        Change::Rate(_) if actor.user != Actor::SYSTEM && ticket.status != Status::Solved => {
            Some(("satisfaction_rating", "Satisfaction rating: the ticket is not solved"))
        }
        Change::AddCc(user) if !exists(tx, user)? => Some(("email_ccs", "CC: does not exist")),
        _ => None,
    })
}

/// Keeps assignee and group together: an assignee works in the group, a group that changes loses an outsider.
pub(crate) fn match_group(tx: &mut Tx<'_>, before: Option<&Ticket>, after: &mut Ticket) -> Result<()> {
    let Some(assignee) = after.assignee else { return Ok(()) };
    let assignee_changed = before.is_none_or(|t| t.assignee != after.assignee);
    let group_changed = before.is_none_or(|t| t.group != after.group);
    if !assignee_changed && !group_changed {
        return Ok(());
    }
    let groups = people::groups_of(tx, assignee)?;
    if after.group.is_some_and(|group| groups.contains(&group)) {
        return Ok(());
    }
    if assignee_changed {
        let default = people::get_user(tx, assignee)?.default_group_id;
        after.group = default.or(groups.first().copied()).or(after.group);
    } else {
        after.assignee = None;
    }
    Ok(())
}

/// Interlocks tags with dropdown, multiselect and checkbox fields: whichever changed takes the other along. A field that
/// was changed itself wins over its tags.
pub(crate) fn tags_and_fields(tx: &mut Tx<'_>, before: Option<&Ticket>, after: &mut Ticket) -> Result<()> {
    let no_tags = BTreeSet::new();
    let old_tags = before.map_or(&no_tags, |before| &before.tags);
    let fields_changed = before.map_or(!after.fields.is_empty(), |before| before.fields != after.fields);
    if !fields_changed && *old_tags == after.tags {
        return Ok(());
    }
    let added: BTreeSet<String> = after.tags.difference(old_tags).cloned().collect();
    let gone: BTreeSet<String> = old_tags.difference(&after.tags).cloned().collect();
    for field in store::desk::fields(tx)?.iter().filter(|field| !field.system) {
        let old = before.and_then(|ticket| ticket.fields.get(&field.id)).cloned();
        if old.as_ref() == after.fields.get(&field.id) {
            let value = fields::follow_tags(field, old.as_ref(), &added, &gone);
            match value {
                Some(CustomValue::Nothing) => drop(after.fields.remove(&field.id)),
                Some(value) => drop(after.fields.insert(field.id, value)),
                None => continue,
            }
        }
        let (old, new) = (fields::tags_of(field, old.as_ref()), fields::tags_of(field, after.fields.get(&field.id)));
        let gone: BTreeSet<String> = normalise_tags(&old).collect();
        after.tags.retain(|tag| !gone.contains(tag));
        after.tags.extend(normalise_tags(&new));
    }
    Ok(())
}

/// What is asked of the ticket as it would be.
pub(crate) fn result(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<&Ticket>,
    after: &Ticket,
    drafts: &[Draft],
) -> Result<()> {
    let mut problems = Vec::new();
    let mut add =
        |field: &str, code, message: String| problems.push(FieldProblem { field: field.into(), code, message });
    if before.is_none() && drafts.is_empty() {
        add("comment", "BlankValue", "Comment: cannot be blank".into());
    }
    if after.tags.len() > MOST_TAGS {
        add("tags", "TooLong", format!("Tags: at most {MOST_TAGS} are kept"));
    }
    let was = |id: &base::FieldId| before.and_then(|before| before.fields.get(id));
    let changed = after.fields.iter().filter(|(id, value)| was(id) != Some(*value));
    let texts: Vec<_> = changed.filter(|(_, value)| matches!(value, CustomValue::Text(_))).collect();
    if !texts.is_empty() {
        for field in store::desk::fields(tx)? {
            let text = texts.iter().find(|(id, _)| **id == field.id).map(|(_, value)| *value);
            if let Some(CustomValue::Text(text)) = text
                && !fields::matches_expression(&field, text)
            {
                add(&field.id.to_string(), "InvalidValue", format!("{}: {text:?} does not match", field.title));
            }
        }
    }
    let newly_solved = after.status == Status::Solved && before.is_some_and(|t| t.status < Status::Solved);
    if newly_solved && actor.is_staff() && actor.user != Actor::SYSTEM {
        for field in store::desk::fields(tx)?.iter().filter(|field| field.required && field.active && !field.system) {
            if !after.fields.contains_key(&field.id) {
                add("base", "BlankValue", format!("{}: is required to solve the ticket", field.title));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}
