//! What belongs to one agent: drafts, presence, notifications.

use std::collections::BTreeSet;

use base::{Actor, NotificationId, Result, TicketId, Timestamp, UserId, time};
use kernel::{Tx, events};
use serde_json::json;

use crate::commit::Update;
use crate::content;
use crate::store;

/// How long somebody counts as being at a ticket after they last said so, in milliseconds.
const PRESENT: i64 = 45 * time::SECOND;

/// Text that was written and not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    pub html_body: String,
    pub public: bool,
    pub updated_at: Timestamp,
}

/// Somebody who is at a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Present {
    pub user: UserId,
    pub name: String,
    /// `viewing` or `answering`.
    pub doing: String,
}

/// Something that an agent should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    pub id: NotificationId,
    pub user: UserId,
    /// `assigned`, `mentioned`, `answered` or `followed`.
    pub kind: String,
    pub ticket: Option<TicketId>,
    pub actor: Option<UserId>,
    pub excerpt: String,
    pub read_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Gives text back to the draft of its author, as when its sending is undone. A draft begun since goes below it.
pub fn discard_draft_to(tx: &mut Tx<'_>, user: UserId, ticket: TicketId, html: &str) -> Result<()> {
    let newer = store::people::draft(tx, user, ticket)?;
    let public = newer.as_ref().is_none_or(|draft| draft.public);
    let all = format!("{html}{}", newer.map(|draft| draft.html_body).unwrap_or_default());
    store::people::put_draft(tx, user, ticket, &all, public)
}

/// Records that somebody is at a ticket, or left it, and tells the others when that is new.
pub(crate) fn set_presence(
    tx: &mut Tx<'_>,
    actor: &Actor,
    ticket: TicketId,
    doing: Option<&str>,
) -> Result<Vec<Present>> {
    let since = tx.now().plus(-PRESENT);
    let before = store::people::presence(tx, ticket, since)?;
    match doing {
        Some(doing) => {
            store::people::put_presence(tx, ticket, actor.user, doing)?;
            store::marks::seen(tx, actor.user, ticket)?;
        }
        None => store::people::delete_presence(tx, ticket, actor.user)?,
    }
    let after = store::people::presence(tx, ticket, since)?;
    if before != after {
        events::push(tx, events::Event::new("presence").ticket(ticket))?;
    }
    Ok(after)
}

/// Who is at a ticket now.
pub(crate) fn presence(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<Present>> {
    let since = tx.now().plus(-PRESENT);
    store::people::presence(tx, ticket, since)
}

/// Tells agents what concerns them in a change: a ticket given to them, a mention, an answer to their ticket.
pub(crate) fn notify(tx: &mut Tx<'_>, update: &Update) -> Result<()> {
    let ticket = &update.after;
    let mut told = BTreeSet::from([update.actor.user]);
    let mut to_tell: Vec<(UserId, &str, String)> = Vec::new();
    for (comment, _) in &update.comments {
        let text = base::text::excerpt(&comment.body, 120);
        // Only colleagues mention: a mail from outside could hold the same marks.
        let mentioned = if update.actor.is_staff() { content::mentions(&comment.html_body) } else { Vec::new() };
        to_tell.extend(mentioned.into_iter().map(|user| (user, "mentioned", text.clone())));
    }
    let newly_assigned = update.before.as_ref().is_none_or(|before| before.assignee != ticket.assignee);
    let assignee = ticket.assignee;
    to_tell.extend(assignee.filter(|_| newly_assigned).map(|user| (user, "assigned", ticket.subject.clone())));
    for (comment, _) in &update.comments {
        let text = base::text::excerpt(&comment.body, 120);
        to_tell.extend(assignee.map(|user| (user, "answered", text.clone())));
        to_tell.extend(ticket.followers.iter().map(|user| (*user, "followed", text.clone())));
    }
    for (user, kind, excerpt) in to_tell {
        let staff = told.insert(user) && people::find_user(tx, user)?.is_some_and(|u| u.role.is_staff() && u.active);
        if !staff {
            continue;
        }
        let notification = Notification {
            id: NotificationId(0),
            user,
            kind: kind.to_owned(),
            ticket: Some(ticket.id),
            actor: Some(update.actor.user),
            excerpt,
            read_at: None,
            created_at: tx.now(),
        };
        let id = store::people::add_notification(tx, &notification)?;
        events::push(tx, events::Event::new("notification").user(user).payload(json!(id)))?;
    }
    Ok(())
}
