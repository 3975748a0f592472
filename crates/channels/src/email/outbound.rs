//! Mail on its way out: who gets it, when, and how it is taken back.

use std::collections::BTreeSet;

use base::{Actor, CommentId, Error, OutboundId, Permission, Result, TicketId, Timestamp, UserId, time};
use kernel::{Tx, alarms, events, jobs};
use people::User;
use tickets::commit::Asked;
use tickets::{Comment, Ticket, Update, Via};

use super::addresses::{self, Address};
use super::send::{Send, UNDELIVERED};
use super::settings::MailSettings;
use super::{signing, store};
use crate::channel::Channel;

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboundKind {
    /// A public comment, to the requester and those who get copies.
    Reply,
    /// A comment, to an agent who follows the ticket.
    Follower,
    /// An invitation and the like.
    Letter,
    /// What a rule writes about a ticket.
    Notice,
}

impl OutboundKind {
    const ALL: [OutboundKind; 4] =
        [OutboundKind::Reply, OutboundKind::Follower, OutboundKind::Letter, OutboundKind::Notice];

    /// The name in the database, in the API and in Message-IDs.
    pub fn name(self) -> &'static str {
        match self {
            OutboundKind::Reply => "reply",
            OutboundKind::Follower => "follower",
            OutboundKind::Letter => "letter",
            OutboundKind::Notice => "notice",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can still be taken back.
    Held,
    /// Waits for its first or next attempt.
    Queued,
    /// Is being sent.
    Sending,
    /// The relay took it.
    Sent,
    /// Given up.
    Failed,
    /// It came back.
    Bounced,
    /// Taken back by its author.
    Cancelled,
    /// Kept, since the desk has no relay.
    Outbox,
}

impl State {
    /// Every state.
    pub const ALL: [State; 8] = [
        State::Held,
        State::Queued,
        State::Sending,
        State::Sent,
        State::Failed,
        State::Bounced,
        State::Cancelled,
        State::Outbox,
    ];

    /// The name in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Queued => "queued",
            State::Sending => "sending",
            State::Sent => "sent",
            State::Failed => "failed",
            State::Bounced => "bounced",
            State::Cancelled => "cancelled",
            State::Outbox => "outbox",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A mail that goes out.
#[derive(Clone, Debug, PartialEq)]
pub struct Outbound {
    /// Its number.
    pub id: OutboundId,
    /// What it is for.
    pub kind: OutboundKind,
    /// The ticket that it is about.
    pub ticket: Option<TicketId>,
    /// The comment that it carries.
    pub comment: Option<CommentId>,
    /// Who reads it: the requester, the follower, the letter's reader.
    pub user: Option<UserId>,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// Our address that it comes from.
    pub sender: String,
    /// Where it goes.
    pub recipients: Vec<String>,
    /// Its subject, once it was composed.
    pub subject: String,
    /// Whether no person wrote it.
    pub automatic: bool,
    /// The composed message.
    pub blob_key: Option<String>,
    /// How far it is.
    pub state: State,
    /// Attempts so far.
    pub attempts: i64,
    /// When it is sent, or tried again.
    pub next_attempt_at: Option<Timestamp>,
    /// What the relay said last.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When the relay took it.
    pub sent_at: Option<Timestamp>,
}

/// E-mail as a channel.
pub struct EmailChannel;

impl Channel for EmailChannel {
    fn via(&self) -> Via {
        Via::Email
    }

    /// A public comment by somebody of the desk goes to the requester and to those who get copies, in one mail. Every
    /// comment that a person wrote goes to the followers, one mail each. Nobody is sent their own words.
    fn deliver(&self, tx: &mut Tx<'_>, update: &Update, comment: &Comment, asked: &Asked) -> Result<()> {
        let author = people::find_user(tx, comment.author)?;
        let by_desk = author.as_ref().is_none_or(|author| author.role.is_staff());
        if asked.automatic && !by_desk {
            return Ok(());
        }
        let all = store::addresses::all(tx)?;
        let ticket = &update.after;
        let Some(sender) = addresses::sender_for(&all, ticket.recipient.as_deref(), ticket.brand) else {
            return alarms::raise(tx, "no_address", "", &serde_json::Value::Null);
        };
        let writing = Writing { ticket, comment, asked, sender, not_before: not_before(tx, comment, asked)? };
        if comment.public && by_desk {
            writing.to_customers(tx, &all)?;
        }
        if !asked.automatic {
            writing.to_followers(tx, &all)?;
        }
        Ok(())
    }
}

/// The instant before which the mail may still be taken back: as the author asked, or the undo window for what was
/// written in the workspace. What came by mail, the API or a rule goes at once.
fn not_before(tx: &mut Tx<'_>, comment: &Comment, asked: &Asked) -> Result<Option<Timestamp>> {
    let now = tx.now();
    if let Some(at) = asked.send_at.filter(|at| *at > now) {
        return Ok(Some(at));
    }
    if asked.automatic || comment.via != Via::Web {
        return Ok(None);
    }
    let window = MailSettings::load(tx)?.undo_seconds.clamp(0, 3_600);
    Ok((window > 0).then(|| now.plus(window * time::SECOND)))
}

/// A comment about to be written to people.
struct Writing<'a> {
    ticket: &'a Ticket,
    comment: &'a Comment,
    asked: &'a Asked,
    sender: &'a Address,
    not_before: Option<Timestamp>,
}

impl Writing<'_> {
    fn to_customers(&self, tx: &mut Tx<'_>, ours: &[Address]) -> Result<()> {
        let ids: Vec<UserId> = std::iter::once(self.ticket.requester).chain(self.ticket.ccs.iter().copied()).collect();
        let readers = people::users(tx, &ids)?;
        let mut seen = BTreeSet::new();
        let mut recipients = Vec::new();
        // The requester first: theirs are the name and the language.
        for id in ids.iter().filter(|id| **id != self.comment.author) {
            let address = readers.iter().find(|user| user.id == *id).and_then(|user| reachable(user, ours));
            recipients.extend(address.filter(|address| seen.insert(address.clone())));
        }
        if recipients.is_empty() {
            return Ok(());
        }
        self.write(tx, OutboundKind::Reply, self.ticket.requester, recipients).map(drop)
    }

    fn to_followers(&self, tx: &mut Tx<'_>, ours: &[Address]) -> Result<()> {
        let mailed = [self.ticket.requester];
        let ids: Vec<UserId> = self.ticket.followers.iter().copied().collect();
        for follower in people::users(tx, &ids)? {
            let theirs = follower.id == self.comment.author || mailed.contains(&follower.id);
            if theirs || !follower.role.is_staff() {
                continue;
            }
            if let Some(address) = reachable(&follower, ours) {
                self.write(tx, OutboundKind::Follower, follower.id, vec![address])?;
            }
        }
        Ok(())
    }

    fn write(&self, tx: &mut Tx<'_>, kind: OutboundKind, user: UserId, recipients: Vec<String>) -> Result<OutboundId> {
        let new = New {
            kind,
            ticket: Some(self.ticket.id),
            comment: Some(self.comment.id),
            user: Some(user),
            sender: self.sender.email.clone(),
            recipients,
            subject: self.ticket.subject.clone(),
            automatic: self.asked.automatic,
            blob_key: None,
            not_before: self.not_before,
        };
        let id = add(tx, &new, None)?;
        tell(tx, self.ticket.id, self.comment.id)?;
        Ok(id)
    }
}

/// The address that a person is written to: none for those who are gone, and never one of our own.
pub(crate) fn reachable(user: &User, ours: &[Address]) -> Option<String> {
    let address = user.email.clone().filter(|_| user.active)?;
    addresses::find_in(ours, &address).is_none().then_some(address)
}

/// A mail that is about to be written.
pub(crate) struct New {
    pub kind: OutboundKind,
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub user: Option<UserId>,
    pub sender: String,
    pub recipients: Vec<String>,
    pub subject: String,
    pub automatic: bool,
    pub blob_key: Option<String>,
    pub not_before: Option<Timestamp>,
}

/// Writes the row and asks for it to be sent. Without a Message-ID it gets a signed one that names the row.
pub(crate) fn add(tx: &mut Tx<'_>, new: &New, message_id: Option<String>) -> Result<OutboundId> {
    let placeholder = message_id.clone().unwrap_or_else(|| tx.app().secrets().hex_id());
    let row = store::outbound::New {
        kind: new.kind,
        ticket: new.ticket,
        comment: new.comment,
        user: new.user,
        message_id: &placeholder,
        sender: &new.sender,
        recipients: &new.recipients,
        subject: &new.subject,
        automatic: new.automatic,
        blob_key: new.blob_key.as_deref(),
        state: if new.not_before.is_some() { State::Held } else { State::Queued },
        not_before: new.not_before,
    };
    let id = store::outbound::add(tx, &row)?;
    if message_id.is_none() {
        let signed = signing::message_id(tx.app(), new.kind, id, &new.sender);
        store::outbound::set_message_id(tx, id, &signed)?;
    }
    let at = new.not_before.unwrap_or(tx.now());
    ask(tx, id, at)?;
    Ok(id)
}

/// Asks for a mail to be sent at an instant. Each asking has a key of its own: see [`store::outbound::take`].
pub(crate) fn ask(tx: &mut Tx<'_>, id: OutboundId, at: Timestamp) -> Result<()> {
    let key = tx.app().secrets().hex_id();
    jobs::enqueue_at(tx, &Send { outbound: id, key }, at)
}

/// Tells the browsers that a comment's delivery changed.
pub(crate) fn tell(tx: &mut Tx<'_>, ticket: TicketId, comment: CommentId) -> Result<()> {
    let payload = serde_json::json!({"comment_id": comment});
    events::push(tx, events::Event::new("delivery").ticket(ticket).payload(payload))
}

/// [`tell`] for a mail, if it carries a comment.
pub(crate) fn tell_of(tx: &mut Tx<'_>, mail: &Outbound) -> Result<()> {
    match (mail.ticket, mail.comment) {
        (Some(ticket), Some(comment)) => tell(tx, ticket, comment),
        _ => Ok(()),
    }
}

/// Takes a mail back before it is sent, with all other mails of the same comment: the text goes back to its author's
/// draft. The comment itself stays in the ticket, marked as cancelled, since others may have read it.
///
/// # Errors
/// `Invalid` when it was sent already, `Forbidden` for those who neither wrote it nor manage mail.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: OutboundId) -> Result<Outbound> {
    let mail = store::outbound::get(tx, id)?;
    let comment = may_change(tx, actor, &mail)?;
    let too_late = || Error::invalid("base", "InvalidState", "It is too late: the mail was sent or is being sent");
    let waiting = [State::Held, State::Queued, State::Failed, State::Outbox];
    if mail.state == State::Outbox || !store::outbound::advance(tx, id, &waiting, State::Cancelled)? {
        return Err(too_late());
    }
    alarms::clear(tx, UNDELIVERED, &mail.message_id)?;
    if let Some(comment) = comment {
        for other in store::outbound::of_comments(tx, &[comment.id])? {
            store::outbound::advance(tx, other.id, &waiting, State::Cancelled)?;
        }
        tickets::discard_draft_to(tx, comment.author, comment.ticket, &comment.html_body)?;
        tell(tx, comment.ticket, comment.id)?;
    }
    store::outbound::get(tx, id)
}

/// Sends a held or scheduled mail at once.
///
/// # Errors
/// As [`cancel`].
pub fn send_now(tx: &mut Tx<'_>, actor: &Actor, id: OutboundId) -> Result<Outbound> {
    let mail = store::outbound::get(tx, id)?;
    may_change(tx, actor, &mail)?;
    let waiting = [State::Held, State::Queued];
    if !store::outbound::advance(tx, id, &waiting, State::Queued)? {
        return Err(Error::invalid("base", "InvalidState", "The mail does not wait to be sent"));
    }
    let now = tx.now();
    store::outbound::set_time(tx, id, Some(now))?;
    ask(tx, id, now)?;
    tell_of(tx, &mail)?;
    store::outbound::get(tx, id)
}

/// Begins anew with a mail that failed, came back, was taken back, or was kept for want of a relay: the same bytes under
/// the same Message-ID.
///
/// # Errors
/// `Invalid` in any other state, `Forbidden` without the permission to manage mail.
pub fn retry(tx: &mut Tx<'_>, actor: &Actor, id: OutboundId) -> Result<Outbound> {
    actor.needs(Permission::MailManage)?;
    let mail = store::outbound::get(tx, id)?;
    if matches!(mail.state, State::Held | State::Sending | State::Sent) {
        return Err(Error::invalid("base", "InvalidState", "Only a mail that was not delivered can be sent again"));
    }
    store::outbound::reset(tx, id)?;
    alarms::clear(tx, UNDELIVERED, &mail.message_id)?;
    let now = tx.now();
    ask(tx, id, now)?;
    tell_of(tx, &mail)?;
    store::outbound::get(tx, id)
}

/// The comment of a mail, when the actor wrote it or manages mail.
fn may_change(tx: &mut Tx<'_>, actor: &Actor, mail: &Outbound) -> Result<Option<Comment>> {
    let comment = match (mail.ticket, mail.comment) {
        (Some(ticket), Some(comment)) => find_comment(tx, ticket, comment)?,
        _ => None,
    };
    let wrote_it = comment.as_ref().is_some_and(|comment| comment.author == actor.user);
    if !wrote_it {
        actor.needs(Permission::MailManage)?;
    }
    Ok(comment)
}

/// A comment of a ticket, for us.
pub(crate) fn find_comment(tx: &mut Tx<'_>, ticket: TicketId, comment: CommentId) -> Result<Option<Comment>> {
    let system = Actor::system();
    let Some(ticket) = tickets::access::find(tx, &system, ticket)? else { return Ok(None) };
    Ok(tickets::access::comments(tx, &system, &ticket)?.into_iter().find(|other| other.id == comment))
}
