//! What triggers know of a change.

use std::fmt::Write;

use base::{Locale, Result};
use kernel::Tx;
use rules::{CustomValue, Fact, Facts, FieldKey};
use tickets::{Ticket, Update};

/// A change of a ticket, as conditions ask about it.
pub(crate) struct Seen<'a> {
    before: Option<&'a Ticket>,
    after: &'a Ticket,
    /// The text of the comments that it adds, and whether one of them is public.
    comment: Option<(String, bool)>,
    by_staff: bool,
    locale: Locale,
}

impl<'a> Seen<'a> {
    /// What there is to know: the ticket as it was before the whole change, and as it is now.
    pub fn of(tx: &mut Tx<'_>, update: &'a Update) -> Result<Self> {
        let mut text = String::new();
        for (comment, _) in &update.comments {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{}", comment.body);
        }
        let public = update.comments.iter().any(|(comment, _)| comment.public);
        let author = update.comments.first().map(|(comment, _)| comment.author);
        let by = if update.actor.user == base::Actor::SYSTEM { author } else { None };
        let by_staff = match by {
            Some(author) => people::find_user(tx, author)?.is_none_or(|author| author.role.is_staff()),
            None => update.actor.is_staff(),
        };
        let requester = people::find_user(tx, update.after.requester)?;
        Ok(Self {
            before: update.before.as_ref(),
            after: &update.after,
            comment: (!update.comments.is_empty()).then_some((text, public)),
            by_staff,
            locale: requester.map(|requester| requester.locale).unwrap_or_default(),
        })
    }
}

impl Facts for Seen<'_> {
    fn now(&self, field: FieldKey) -> Fact {
        match field {
            FieldKey::UpdateType => Fact::from(if self.before.is_none() { "Create" } else { "Change" }),
            FieldKey::CommentPublic => Fact::from(self.comment.as_ref().map(|(_, public)| *public)),
            FieldKey::Comment => Fact::from(self.comment.as_ref().map(|(text, _)| text.as_str())),
            FieldKey::UpdaterRole => Fact::from(if self.by_staff { "agent" } else { "end_user" }),
            FieldKey::RequesterLocale => Fact::from(self.locale.code()),
            other => fact(self.after, other),
        }
    }

    fn before(&self, field: FieldKey) -> Option<Fact> {
        Some(self.before.map_or(Fact::Missing, |before| fact(before, field)))
    }
}

/// A ticket's own value.
fn fact(t: &Ticket, field: FieldKey) -> Fact {
    match field {
        FieldKey::Status => Fact::Int(t.status.rank()),
        FieldKey::CustomStatus => Fact::Int(t.custom_status.0),
        FieldKey::Priority => Fact::from(t.priority.map(rules::Priority::rank)),
        FieldKey::Type => Fact::from(t.kind.map(rules::TicketType::name)),
        FieldKey::Group => Fact::from(t.group.map(|id| id.0)),
        FieldKey::Assignee => Fact::from(t.assignee.map(|id| id.0)),
        FieldKey::Requester => Fact::Int(t.requester.0),
        FieldKey::Organization => Fact::from(t.organization.map(|id| id.0)),
        FieldKey::Brand => Fact::Int(t.brand.0),
        FieldKey::Form => Fact::from(t.form.map(|id| id.0)),
        FieldKey::Tags => Fact::Many(t.tags.iter().cloned().collect()),
        FieldKey::Via => Fact::from(t.via.name()),
        FieldKey::Recipient => Fact::from(t.recipient.as_deref().map(str::to_lowercase).as_deref()),
        FieldKey::Subject => Fact::from(t.subject.as_str()),
        FieldKey::Description => Fact::from(t.description.as_str()),
        FieldKey::Satisfaction => Fact::from(t.satisfaction.as_str()),
        FieldKey::Visibility => Fact::Bool(t.is_public),
        FieldKey::Custom(id) => t.fields.get(&id).map_or(Fact::Missing, custom),
        other => figure(t, other),
    }
}

/// Counts and dates.
fn figure(t: &Ticket, field: FieldKey) -> Fact {
    let m = &t.metrics;
    match field {
        FieldKey::Reopens => Fact::Int(m.reopens),
        FieldKey::Replies => Fact::Int(m.replies),
        FieldKey::AssigneeStations => Fact::Int(m.assignee_stations),
        FieldKey::GroupStations => Fact::Int(m.group_stations),
        FieldKey::CreatedAt | FieldKey::SinceCreated => Fact::from(t.created_at),
        FieldKey::UpdatedAt | FieldKey::SinceUpdated => Fact::from(t.updated_at),
        FieldKey::SinceOpen | FieldKey::SincePending | FieldKey::SinceHold | FieldKey::SinceClosed => {
            Fact::from(m.status_changed_at)
        }
        FieldKey::SinceSolved => Fact::from(m.solved_at),
        FieldKey::SinceAssigned => Fact::from(m.assigned_at),
        FieldKey::SinceRequesterUpdated => Fact::from(m.requester_updated_at),
        FieldKey::SinceAssigneeUpdated => Fact::from(m.assignee_updated_at),
        FieldKey::SinceDue | FieldKey::UntilDue => Fact::from(t.due_at),
        _ => Fact::Missing,
    }
}

fn custom(value: &CustomValue) -> Fact {
    match value {
        CustomValue::Nothing | CustomValue::DaysFromNow(_) => Fact::Missing,
        CustomValue::Text(text) | CustomValue::Date(text) => Fact::from(text.as_str()),
        CustomValue::Options(options) => Fact::Many(options.clone()),
        CustomValue::Int(n) => Fact::Int(*n),
        CustomValue::Real(x) => Fact::Real(*x),
        CustomValue::Flag(flag) => Fact::Int(i64::from(*flag)),
    }
}
