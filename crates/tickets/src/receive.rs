//! How a message from outside becomes a ticket, or a comment of one.

use base::{Actor, BrandId, CommentId, Credential, Error, GroupId, InboundId, Result, TicketId, UserId};
use kernel::Tx;
use people::{Contact, User};
use serde_json::Value;

use crate::change::{Change, How, NewAttachment, NewComment, NewTicket, Target};
use crate::commit::{Committed, commit};
use crate::content::Content;
use crate::store;
use crate::ticket::{Ticket, Via};

/// Subjects are cut to this many characters, and an ellipsis after them.
const LONGEST_SUBJECT: usize = 149;

/// A message that came in, read and made safe by its channel.
pub struct Incoming {
    /// The channel.
    pub via: Via,
    /// Who sent it.
    pub sender: Contact,
    /// Who wants something, when it isn't the sender: an agent passed the message on.
    pub requester: Option<Contact>,
    /// The ticket that the channel found it to answer.
    pub answers: Option<TicketId>,
    /// Whether it is certain that the sender sent it.
    pub trusted: bool,
    /// Its subject.
    pub subject: String,
    /// What is new in it.
    pub content: Content,
    /// All of it, when [`Incoming::content`] is a part.
    pub full: Option<Content>,
    /// Its files.
    pub attachments: Vec<NewAttachment>,
    /// Who else it was sent to; our own addresses are not among them.
    pub ccs: Vec<Contact>,
    /// Our address that it came to.
    pub recipient: Option<String>,
    /// The brand of that address.
    pub brand: Option<BrandId>,
    /// The group of that address.
    pub group: Option<GroupId>,
    /// The message as it is kept.
    pub inbound: Option<InboundId>,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// Zendesk's `via.source`.
    pub via_source: Value,
    /// Whether a program wrote it: it opens nothing again and nothing is answered to it.
    pub automatic: bool,
    /// When it was sent, for imports; nothing is sent or notified for these.
    pub imported_at: Option<base::Timestamp>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The ticket.
    pub ticket: TicketId,
    /// The comment.
    pub comment: CommentId,
    /// Whether the ticket is new.
    pub opened: bool,
}

/// Why a message that answers a ticket opens another.
enum Place {
    /// It joins the ticket.
    Joins(Box<Ticket>),
    /// The ticket is closed: a follow-up.
    FollowsUp(Box<Ticket>),
    /// A stranger, or somebody who may be one: a new ticket with a link to the other.
    Beside(TicketId),
    /// It answers nothing.
    New,
}

/// Takes a message in. A reply joins the ticket that it answers only when its sender is on the ticket or works at the
/// desk, and is who they say they are; else it opens a ticket of its own that is linked to the other. The subject
/// decides nothing.
pub fn receive(tx: &mut Tx<'_>, incoming: Incoming) -> Result<Received> {
    let (sender, _) = people::find_or_create(tx, &incoming.sender)?;
    let place = place(tx, &incoming, &sender)?;
    let ccs = people_of(tx, &incoming.ccs)?;
    let how = How { silent: incoming.imported_at.is_some(), ..How::via(incoming.via) };
    match place {
        Place::Joins(ticket) => join(tx, incoming, &sender, *ticket, ccs, &how),
        Place::FollowsUp(ticket) => open(tx, incoming, &sender, ccs, &how, Some(*ticket)),
        Place::New => open(tx, incoming, &sender, ccs, &how, None),
        Place::Beside(other) => {
            let received = open(tx, incoming, &sender, ccs, &how, None)?;
            store::tickets::link(tx, received.ticket, other, "reply", &Value::Null)?;
            Ok(received)
        }
    }
}

fn place(tx: &mut Tx<'_>, incoming: &Incoming, sender: &User) -> Result<Place> {
    let Some(id) = incoming.answers else { return Ok(Place::New) };
    let Some(mut ticket) = store::tickets::lock(tx, id)?.filter(|ticket| ticket.deleted_at.is_none()) else {
        return Ok(Place::New);
    };
    // What it was merged into may have been merged further. A ticket is closed by being merged, so there are no circles.
    while let Some(into) = ticket.merged_into {
        match store::tickets::lock(tx, into)?.filter(|ticket| ticket.deleted_at.is_none()) {
            Some(other) => ticket = other,
            None => return Ok(Place::New),
        }
    }
    if !ticket.involves(sender.id) && crate::gone::keep_up(tx, &ticket)? {
        ticket = store::tickets::lock(tx, ticket.id)?.ok_or(Error::NotFound)?;
    }
    let belongs = ticket.involves(sender.id) || sender.role.is_staff();
    Ok(match (belongs && incoming.trusted, ticket.is_closed()) {
        (false, _) => Place::Beside(ticket.id),
        (true, true) => Place::FollowsUp(Box::new(ticket)),
        (true, false) => Place::Joins(Box::new(ticket)),
    })
}

fn people_of(tx: &mut Tx<'_>, contacts: &[Contact]) -> Result<Vec<UserId>> {
    contacts.iter().map(|contact| Ok(people::find_or_create(tx, contact)?.0.id)).collect()
}

fn join(
    tx: &mut Tx<'_>,
    incoming: Incoming,
    sender: &User,
    ticket: Ticket,
    ccs: Vec<UserId>,
    how: &How,
) -> Result<Received> {
    let actor = channel_actor(tx, sender)?;
    // An agent who answers by mail answers in public, if they may.
    let mut changes: Vec<Change> =
        ccs.into_iter().filter(|cc| *cc != ticket.requester && *cc != sender.id).map(Change::AddCc).collect();
    // Who may only write notes copies nobody in, and their mail still arrives.
    if sender.role.is_staff() && !actor.may(base::Permission::TicketEdit) {
        changes.clear();
    }
    changes.push(Change::Comment(Box::new(comment(incoming, sender, None))));
    let committed = commit(tx, &actor, Target::Ticket(ticket.id), changes, how)?;
    received(&committed, false)
}

fn open(
    tx: &mut Tx<'_>,
    incoming: Incoming,
    sender: &User,
    ccs: Vec<UserId>,
    how: &How,
    follows: Option<Ticket>,
) -> Result<Received> {
    let requester = match &incoming.requester {
        Some(contact) if sender.role.is_staff() => people::find_or_create(tx, contact)?.0,
        _ => sender.clone(),
    };
    let mut changes = vec![Change::Subject(base::text::excerpt(&incoming.subject, LONGEST_SUBJECT))];
    changes.extend(incoming.group.map(|group| Change::Group(Some(group))));
    changes.extend(ccs.into_iter().filter(|cc| *cc != requester.id).map(Change::AddCc));
    let mut how = how.clone();
    if let Some(closed) = &follows {
        how.via = Via::FollowUp;
        changes.push(Change::SetTags(closed.tags.iter().cloned().collect()));
        changes.push(Change::Group(closed.group));
    }
    let new = NewTicket {
        brand: incoming.brand.or(follows.as_ref().map(|ticket| ticket.brand)),
        via_source: incoming.via_source.clone(),
        recipient: incoming.recipient.clone(),
        followup_of: follows.map(|ticket| ticket.id),
        created_at: incoming.imported_at,
        ..NewTicket::of(requester.id)
    };
    changes.push(Change::Comment(Box::new(comment(incoming, &requester, Some(true)))));
    let actor = Actor { user: sender.id, ..Actor::system() };
    let committed = commit(tx, &actor, Target::New(Box::new(new)), changes, &how)?;
    received(&committed, true)
}

/// The sender as an actor, with their own rights: who may not write in public writes a note.
fn channel_actor(tx: &mut Tx<'_>, sender: &User) -> Result<Actor> {
    let mut actor = people::actor_of(tx, sender.id, Credential::Channel)?;
    actor.tickets = base::TicketAccess::All;
    Ok(actor)
}

fn comment(incoming: Incoming, author: &User, public: Option<bool>) -> NewComment {
    NewComment {
        author: Some(author.id),
        content: match incoming.content.is_blank() && incoming.attachments.is_empty() {
            false => incoming.content,
            // A message without a word is a message all the same.
            true if incoming.subject.trim().is_empty() => Content::from_text("…"),
            true => Content::from_text(&incoming.subject),
        },
        full: incoming.full,
        public,
        attachments: incoming.attachments,
        via: Some(incoming.via),
        via_source: incoming.via_source,
        inbound: incoming.inbound,
        message_id: incoming.message_id,
        created_at: incoming.imported_at,
        automatic: incoming.automatic,
        ..NewComment::default()
    }
}

fn received(committed: &Committed, opened: bool) -> Result<Received> {
    let comment = committed.comments.first().ok_or_else(|| Error::internal("a message left no comment"))?;
    Ok(Received { ticket: committed.ticket.id, comment: comment.id, opened })
}
