//! The one way to change a ticket.
//!
//! [`commit`] loads and locks the ticket, checks who asks and what they ask for, applies the changes, saves, records the
//! audit with its events, and lets the reactions run: all in the caller's transaction.

mod check;
mod comment;
mod edits;

use base::{Actor, AuditId, Error, Result, Timestamp};
use kernel::exports::{self, Kind};
use kernel::{Tx, events};
use rules::Status;
use serde_json::{Value, json};

use crate::access::{self, rights};
use crate::apply::{apply, events as audit_events, set_status};
use crate::change::{Change, How, NewComment, NewTicket, Rule, Target};
use crate::ticket::{Comment, Ticket};
use crate::{desk, gone, personal, store};

/// What a commit left behind.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// The audit; none when nothing was changed.
    pub audit: Option<AuditId>,
    /// The comments that were written.
    pub comments: Vec<Comment>,
}

/// A change that was just made, for the reactions.
pub struct Update {
    /// The ticket before; none when it is new.
    pub before: Option<Ticket>,
    /// The ticket after.
    pub after: Ticket,
    /// The comments that were written, with what was asked of each.
    pub comments: Vec<(Comment, Asked)>,
    /// Who made the change.
    pub actor: Actor,
    /// How it was made.
    pub how: How,
}

/// What the author asked for beside the comment itself.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// When it is to be sent.
    pub send_at: Option<Timestamp>,
    /// Whether a program wrote it.
    pub automatic: bool,
}

/// Something that happens in the same transaction, right after a change: rules, deliveries. One that commits further
/// changes of the ticket leaves its newest state in [`Update::after`] for those that come after it.
pub type Reaction = fn(&mut Tx<'_>, &mut Update) -> Result<()>;

/// The reactions in their order; a part of the app, put together in wiring.
#[derive(Default)]
pub struct Reactions(pub Vec<Reaction>);

/// Changes a ticket, or makes one.
///
/// # Errors
/// `NotFound` when the actor may not see the ticket, `Forbidden` when they may not do this, `Invalid` with every problem
/// named, `Conflict` when a field was changed by somebody else since the actor looked.
pub fn commit(tx: &mut Tx<'_>, actor: &Actor, target: Target, changes: Vec<Change>, how: &How) -> Result<Committed> {
    let (mut before, mut after) = load(tx, actor, target, how)?;
    let (changes, comments) = split(changes);
    // Who answers a ticket answers the person that its requester became.
    if let Some(ticket) = before.as_ref().filter(|_| !comments.is_empty())
        && gone::keep_up(tx, ticket)?
    {
        (before, after) = load(tx, actor, Target::Ticket(ticket.id), how)?;
    }
    check::permission(actor, before.as_ref(), &changes, &comments)?;
    check::deleted(before.as_ref(), &changes, &comments)?;
    check::closed(before.as_ref(), &changes, &comments)?;
    if let (Some(before), Some(since)) = (&before, how.unless_changed_since) {
        check::conflict(tx, before, since, &changes)?;
    }
    let changes = check::resolve(tx, actor, &after, changes)?;
    save(tx, actor, before, after, changes, comments, how)
}

fn load(tx: &mut Tx<'_>, actor: &Actor, target: Target, how: &How) -> Result<(Option<Ticket>, Ticket)> {
    match target {
        Target::Ticket(id) => {
            let ticket = store::tickets::lock(tx, id)?.ok_or(Error::NotFound)?;
            if !access::may_see(actor, &ticket) {
                return Err(Error::NotFound);
            }
            Ok((Some(ticket.clone()), ticket))
        }
        Target::New(new) => Ok((None, draft(tx, actor, *new, how)?)),
    }
}

/// A new ticket before its changes.
fn draft(tx: &mut Tx<'_>, actor: &Actor, new: NewTicket, how: &How) -> Result<Ticket> {
    let requester = people::get_user(tx, new.requester)?;
    let brand = match new.brand {
        Some(brand) => brand,
        None => desk::default_brand(tx)?.id,
    };
    let otherwise = match how.dated {
        Some(dated) => dated.author,
        None if actor.user == Actor::SYSTEM => requester.id,
        None => actor.user,
    };
    let submitter = new.submitter.unwrap_or(otherwise);
    let created_at = new.created_at.unwrap_or(tx.now());
    let mut ticket = Ticket::new(requester.id, submitter, brand, how.via, created_at);
    ticket.organization = requester.organization_id;
    ticket.custom_status = store::desk::default_status(tx, Status::New)?;
    ticket.via_source = new.via_source;
    ticket.recipient = new.recipient;
    ticket.followup_of = new.followup_of;
    if let Some(id) = new.id {
        ticket.id = id;
    }
    Ok(ticket)
}

fn split(changes: Vec<Change>) -> (Vec<Change>, Vec<NewComment>) {
    let (mut rest, mut comments) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Comment(comment) => comments.push(*comment),
            other => rest.push(other),
        }
    }
    (rest, comments)
}

fn save(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<Ticket>,
    mut after: Ticket,
    changes: Vec<Change>,
    comments: Vec<NewComment>,
    how: &How,
) -> Result<Committed> {
    let written_at = comments.iter().find_map(|comment| comment.created_at).filter(|_| how.silent);
    let now = how.dated.map(|dated| dated.at).or(written_at).unwrap_or(tx.now());
    for change in &changes {
        apply(&mut after, change, now, actor.user);
    }
    let mut drafts = comment::prepare(tx, actor, before.as_ref(), &mut after, comments, how, now)?;
    settle(tx, actor, before.as_ref(), &mut after, &changes, now)?;
    check::result(tx, actor, before.as_ref(), &after, &drafts)?;
    let edits = edits::make(tx, before.as_ref(), &mut after, &changes)?;
    let mut events = audit_events(before.as_ref(), &after);
    events.extend(edits);
    if changes.iter().any(|change| matches!(change, Change::Scrub)) {
        // What was there must not live on as previous values.
        events =
            vec![json!({"type": "Change", "field_name": "subject", "value": after.subject, "previous_value": null})];
    }
    let untold = events.is_empty() && drafts.is_empty();
    if let Some(before) = before.as_ref().filter(|before| untold && before.has_incidents == after.has_incidents) {
        return Ok(Committed { ticket: before.clone(), audit: None, comments: Vec::new() });
    }
    count(tx, actor, before.as_ref(), &mut after, &drafts, how, now)?;
    save_ticket(tx, before.as_ref(), &mut after)?;
    if untold {
        // The engine's own mark on a problem is nobody's change.
        tell(tx, before.as_ref(), &after, &[])?;
        return Ok(Committed { ticket: after, audit: None, comments: Vec::new() });
    }
    let audit = store::comments::NewAudit {
        ticket: after.id,
        author: match how.dated {
            Some(dated) => dated.author,
            None if actor.user == Actor::SYSTEM && before.is_none() => after.requester,
            None => actor.user,
        },
        via: how.via,
        via_source: &how.rule.as_ref().map_or_else(|| after.via_source.clone(), Rule::via_source),
        metadata: &how.metadata,
        at: now,
    };
    let audit = store::comments::insert_audit(tx, &audit)?;
    let written = comment::write(tx, &after, audit, &mut drafts)?;
    events.extend(written.iter().map(|(comment, _)| json!({"type": "Comment", "comment_id": comment.id})));
    store::comments::set_events(tx, audit, &events)?;
    exports::mark(tx, Kind::Audit, audit)?;
    if changes.iter().any(|change| matches!(change, Change::Rate(_))) {
        store::ratings::put(tx, &mut after)?;
    }
    tell(tx, before.as_ref(), &after, &written)?;
    let mut update = Update { before, after, comments: written, actor: actor.clone(), how: how.clone() };
    react(tx, &mut update)?;
    let comments = update.comments.into_iter().map(|(comment, _)| comment).collect();
    Ok(Committed { ticket: update.after, audit: Some(audit), comments })
}

/// What follows from the changes without anybody asking: who solves takes it, who is assigned opens it, a customer who
/// answers opens it again.
fn settle(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<&Ticket>,
    after: &mut Ticket,
    changes: &[Change],
    now: Timestamp,
) -> Result<()> {
    let newly_solved = after.status == Status::Solved && before.is_none_or(|t| t.status < Status::Solved);
    if newly_solved && after.assignee.is_none() && actor.is_staff() && actor.user != Actor::SYSTEM {
        after.assignee = Some(actor.user);
    }
    check::match_group(tx, before, after)?;
    if after.status == Status::New && after.assignee.is_some() {
        set_status(after, Status::Open, now);
    }
    check::tags_and_fields(tx, before, after)?;
    let status_changed = before.is_none_or(|before| before.status != after.status);
    let status_named = changes.iter().any(|change| matches!(change, Change::CustomStatus(_)));
    if status_changed && !status_named && after.status != Status::Closed {
        after.custom_status = store::desk::default_status(tx, after.status)?;
    }
    Ok(())
}

/// Dates and counts for reports.
fn count(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<&Ticket>,
    after: &mut Ticket,
    drafts: &[comment::Draft],
    how: &How,
    now: Timestamp,
) -> Result<()> {
    let by_requester = actor.user == after.requester || drafts.iter().any(|d| d.author == after.requester);
    let metrics = &mut after.metrics;
    if by_requester {
        metrics.requester_updated_at = Some(now);
    }
    if after.assignee == Some(how.dated.map_or(actor.user, |dated| dated.author)) {
        metrics.assignee_updated_at = Some(now);
    }
    if after.assignee.is_some() && before.is_none_or(|t| t.assignee != after.assignee) {
        metrics.assigned_at = Some(now);
        metrics.initially_assigned_at.get_or_insert(now);
        metrics.assignee_stations += 1;
    }
    if after.group.is_some() && before.is_none_or(|t| t.group != after.group) {
        metrics.group_stations += 1;
    }
    let answers = drafts.iter().filter(|d| d.public && d.by_staff && !d.asked.automatic && d.author != after.requester);
    let answers = i64::try_from(answers.count()).unwrap_or(0);
    metrics.replies += answers;
    let hours = desk::business_hours(tx)?;
    if let Some(before) = before.filter(|t| t.metrics.status_changed_at != after.metrics.status_changed_at) {
        let passed = hours.between(before.metrics.status_changed_at, now);
        after.settle_business(before.status, passed);
    }
    if answers > 0 && before.is_some() && after.metrics.first_reply_at.is_none() {
        after.metrics.first_reply_at = Some(now);
        after.metrics.first_reply_business_ms = Some(hours.between(after.created_at, now));
    }
    if let Some(solved) = after.metrics.solved_at.filter(|at| before.is_none_or(|t| t.metrics.solved_at != Some(*at))) {
        let took = hours.between(after.created_at, solved);
        after.metrics.first_resolution_business_ms.get_or_insert(took);
        after.metrics.full_resolution_business_ms = Some(took);
    }
    after.updated_at = match how.dated {
        Some(dated) => dated.updated_at,
        None if how.silent => now,
        None => now.max(after.updated_at),
    };
    Ok(())
}

fn save_ticket(tx: &mut Tx<'_>, before: Option<&Ticket>, after: &mut Ticket) -> Result<()> {
    after.rev += 1;
    match before {
        None => after.id = store::tickets::insert(tx, after)?,
        Some(before) => store::tickets::update(tx, after, before.rev)?,
    }
    store::tickets::save_parts(tx, before, after)?;
    link_problem(tx, before, after)
}

/// A problem knows whether it has incidents, and solving it solves them.
fn link_problem(tx: &mut Tx<'_>, before: Option<&Ticket>, after: &Ticket) -> Result<()> {
    let old = before.and_then(|ticket| ticket.problem);
    if old != after.problem {
        for problem in [old, after.problem].into_iter().flatten() {
            let has = !store::tickets::incidents_of(tx, problem)?.is_empty();
            let target = Target::Ticket(problem);
            commit(tx, &Actor::system(), target, vec![Change::HasIncidents(has)], &How::via(crate::Via::Rule))?;
        }
    }
    let newly_solved = after.status == Status::Solved && before.is_some_and(|t| t.status < Status::Solved);
    if after.has_incidents && newly_solved {
        kernel::jobs::enqueue(tx, &crate::jobs::SolveIncidents { problem: after.id })?;
    }
    Ok(())
}

/// Tells the live streams, the exports and the full-text index.
fn tell(tx: &mut Tx<'_>, before: Option<&Ticket>, after: &Ticket, written: &[(Comment, Asked)]) -> Result<()> {
    let mut text = String::new();
    if before.is_none_or(|ticket| ticket.subject != after.subject) {
        text.push_str(&after.subject);
    }
    for (comment, _) in written {
        text.push(' ');
        text.push_str(&comment.body);
    }
    if !text.is_empty() {
        db::fulltext::add(tx, "ticket_text", after.id.0, &text)?;
    }
    exports::mark(tx, Kind::Ticket, after.id)?;
    events::push(tx, events::Event::new("ticket").ticket(after.id))?;
    for (comment, _) in written {
        let payload = Value::from(comment.id.0);
        events::push(tx, events::Event::new("comment").ticket(after.id).payload(payload))?;
    }
    Ok(())
}

fn react(tx: &mut Tx<'_>, update: &mut Update) -> Result<()> {
    if update.how.silent {
        return Ok(());
    }
    personal::notify(tx, update)?;
    if let Some(reactions) = tx.app().part::<Reactions>() {
        for reaction in &reactions.0 {
            reaction(tx, update)?;
        }
    }
    Ok(())
}

/// Whether the actor may write in public on tickets.
pub(crate) fn may_reply(actor: &Actor) -> bool {
    rights(actor).reply
}
