//! From a stored message to a ticket.
//!
//! [`plan`] decides what a message is for, on a snapshot; [`content`] makes what it says and its files ready, outside of
//! any transaction; one transaction then writes all of it and the message's new state. A second run of the job finds the
//! message in that state and does nothing, so each message has its effect once.

mod content;
pub(crate) mod plan;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use base::{AbortPoint, Actor, CommentId, Error, InboundId, Permission, Result, SuspendedId, TicketId};
use kernel::jobs::{self, Claim, Job};
use kernel::{App, Tx, alarms, audit_log, blobs};
use mail::Message;
use mail::classify::{self, Class, Outcome};
use serde::{Deserialize, Serialize};
use tickets::{Incoming, Via};

use super::authenticity::{self, Verdict};
use super::inbound::{IMPORT, Inbound, State};
use super::outbound::{self, Outbound};
use super::settings::MailSettings;
use super::store::inbound::Fate;
use super::suspension::Suspended;
use super::{Email, signing, store};
use plan::Plan;

/// Mails longer than this aren't read into memory to check their signatures.
const LARGEST_VERIFIED: i64 = 25 * 1024 * 1024;

/// Deals with one message that came in.
#[derive(Serialize, Deserialize)]
pub struct Ingest {
    /// Which.
    pub inbound: InboundId,
    /// Whether an admin let it in: nothing keeps it out then.
    #[serde(default)]
    pub recovered: bool,
}

impl Ingest {
    /// The first look at a message.
    pub fn new(inbound: InboundId) -> Self {
        Self { inbound, recovered: false }
    }
}

impl Job for Ingest {
    const KIND: &'static str = "ingest_mail";

    fn run(self, app: &App, claim: &Claim) -> Result<()> {
        let done = catch_unwind(AssertUnwindSafe(|| ingest(app, self.inbound, self.recovered)))
            .unwrap_or_else(|_| Err(Error::internal("the program failed on this mail")));
        let Err(cause) = done else { return Ok(()) };
        let may_pass = matches!(cause, Error::Internal(_) | Error::Unavailable(_));
        if may_pass && claim.attempt() < Self::ATTEMPTS {
            return Err(cause);
        }
        tracing::error!(inbound = self.inbound.0, %cause, "a mail could not be dealt with");
        let id = self.inbound;
        app.write(move |tx| fail(tx, id, &cause)).wait()
    }
}

/// The alarm of messages that could not be dealt with. It ends when none is left.
pub const INBOUND_FAILED: &str = "inbound_failed";

fn fail(tx: &mut Tx<'_>, id: InboundId, cause: &Error) -> Result<()> {
    store::inbound::fail(tx, id, &[cause.to_string()])?;
    let fields = serde_json::json!({"inbound_id": id, "error": cause.to_string()});
    alarms::raise(tx, INBOUND_FAILED, "", &fields)
}

/// Has a message looked at again, as after a failure.
///
/// # Errors
/// `Invalid` for one that became part of a ticket: it would become part of another.
pub fn run_again(tx: &mut Tx<'_>, actor: &Actor, id: InboundId) -> Result<()> {
    actor.needs(Permission::MailManage)?;
    let inbound = store::inbound::get(tx, id)?;
    if inbound.ticket.is_some() {
        return Err(Error::invalid("base", "InvalidState", "The message is part of a ticket already"));
    }
    store::suspended::delete_of(tx, id)?;
    store::inbound::set_state(tx, id, State::Received)?;
    if store::inbound::count(tx, State::Failed)? == 0 {
        alarms::clear(tx, INBOUND_FAILED, "")?;
    }
    jobs::enqueue(tx, &Ingest::new(id))
}

/// Lets a suspended mail in: at once, so that the caller sees the ticket. Gives the ticket that it became part of.
pub fn recover(app: &App, actor: &Actor, id: SuspendedId) -> Result<TicketId> {
    actor.needs(Permission::MailManage)?;
    let actor = actor.clone();
    let opened = app.write(move |tx| {
        let suspended = store::suspended::get(tx, id)?;
        store::inbound::set_state(tx, suspended.inbound, State::Received)?;
        // Should the program stop right now, the job lets it in.
        let job = Ingest { inbound: suspended.inbound, recovered: true };
        let at = tx.now().plus(base::time::MINUTE);
        jobs::enqueue_at(tx, &job, at)?;
        let source = ("suspended_ticket", Some(id.0), suspended.subject.as_str());
        audit_log::record(tx, &actor, "recover", source, suspended.cause.name())?;
        Ok(suspended.inbound)
    });
    let inbound = opened.wait()?;
    ingest(app, inbound, true)?;
    let ticket = app.read(move |tx| store::inbound::get(tx, inbound)).wait()?.ticket;
    ticket.ok_or_else(|| Error::invalid("base", "InvalidValue", "The message could not be made a ticket"))
}

/// A message that was read.
pub(super) struct Read {
    pub inbound: Inbound,
    pub message: Message,
    pub class: Class,
    pub verdict: Verdict,
    pub recovered: bool,
    problems: Vec<String>,
}

fn ingest(app: &App, id: InboundId, recovered: bool) -> Result<()> {
    let settings = app.read(MailSettings::load).wait()?;
    let Some(read) = read(app, id, recovered, &settings)? else { return Ok(()) };
    let read = Arc::new(read);
    let for_plan = read.clone();
    let (plan, sender) = app.read(move |tx| plan::plan(tx, &for_plan, &settings)).wait()?;
    let work = match plan {
        Plan::Receive(place) => {
            let incoming = content::incoming(app, &read, *place)?;
            Work::Receive(Box::new(incoming))
        }
        Plan::Side(conversation, place) => {
            let incoming = content::incoming(app, &read, *place)?;
            Work::Side(conversation, Box::new(incoming))
        }
        Plan::Suspend(suspended) => Work::Suspend(suspended),
        Plan::Returned(mail) => Work::Returned(mail),
        Plan::Copy(ticket, comment) => Work::Ignore(Some(ticket), comment, "is a copy of a mail that came before"),
        Plan::Ignore(why) => Work::Ignore(None, None, why),
    };
    AbortPoint::MailPlanned.reached();
    app.write(move |tx| settle(tx, &read, &sender, work)).wait()
}

/// Reads the message in constant memory; `None` when it was dealt with before.
fn read(app: &App, id: InboundId, recovered: bool, settings: &MailSettings) -> Result<Option<Read>> {
    let opened = app.read(move |tx| {
        let inbound = store::inbound::get(tx, id)?;
        if inbound.state != State::Received {
            return Ok(None);
        }
        let raw = blobs::open(tx, &inbound.blob_key)?;
        Ok(Some((inbound, raw)))
    });
    let Some((inbound, raw)) = opened.wait()? else { return Ok(None) };
    let (message, problems) = mail::outline(raw).map_err(Error::internal)?;
    let class = classify::classify(&message, inbound.envelope.from.as_deref(), &signing::loop_mark(app));
    let verdict = verdict(app, &inbound, &message, settings)?;
    let problems = problems.iter().map(|problem| format!("{problem:?}")).collect();
    Ok(Some(Read { inbound, message, class, verdict, recovered, problems }))
}

fn verdict(app: &App, inbound: &Inbound, message: &Message, settings: &MailSettings) -> Result<Verdict> {
    if let Some(authserv_id) = settings.authserv_id.as_deref().filter(|id| !id.trim().is_empty()) {
        let read = authenticity::read_results(message, authserv_id);
        if read != Verdict::None {
            return Ok(read);
        }
    }
    let Some(email) = app.part::<Email>().filter(|_| settings.verify && inbound.size <= LARGEST_VERIFIED) else {
        return Ok(Verdict::None);
    };
    if inbound.envelope.address.is_none() {
        return Ok(Verdict::None);
    }
    let key = inbound.blob_key.clone();
    let raw = app.read(move |tx| blobs::read(tx, &key)).wait()?;
    Ok(email.options.authenticity.verify(&raw, &inbound.envelope))
}

/// What is to be written.
enum Work {
    Receive(Box<Incoming>),
    Side(String, Box<Incoming>),
    Suspend(Box<Suspended>),
    Returned(Box<Outbound>),
    Ignore(Option<TicketId>, Option<CommentId>, &'static str),
}

fn settle(tx: &mut Tx<'_>, read: &Read, sender: &str, work: Work) -> Result<()> {
    let id = read.inbound.id;
    // Two runs of one job end here one after the other, and only the first goes on.
    if !store::inbound::claim(tx, id)? {
        return Ok(());
    }
    let subject = base::text::excerpt(&read.message.subject, 250);
    let mut problems = read.problems.clone();
    let (state, ticket, comment) = match work {
        Work::Receive(incoming) => {
            let recipient = incoming.recipient.clone();
            let received = tickets::receive(tx, *incoming)?;
            store::suspended::delete_of(tx, id)?;
            if let Some(recipient) = recipient {
                store::addresses::verify(tx, &recipient)?;
            }
            if !sender.is_empty() && read.inbound.channel != IMPORT {
                people::unbounce(tx, sender)?;
            }
            (State::Processed, Some(received.ticket), Some(received.comment))
        }
        Work::Side(conversation, incoming) => {
            let sender = &incoming.sender;
            let known = match &sender.email {
                Some(email) => people::find_by_email(tx, email)?,
                None => None,
            };
            let name = sender.name.clone().or_else(|| known.as_ref().map(|user| user.name.clone()));
            let from =
                crate::side::Participant { user_id: known.map(|user| user.id), name, email: sender.email.clone() };
            let answer = crate::side::Answer {
                conversation,
                from,
                content: incoming.content,
                subject: incoming.subject,
                files: incoming.attachments,
                inbound: id,
                message_id: incoming.message_id,
            };
            let ticket = crate::side::receive(tx, answer)?;
            store::suspended::delete_of(tx, id)?;
            (State::Processed, Some(ticket), None)
        }
        Work::Suspend(suspended) => {
            store::suspended::add(tx, &suspended)?;
            (State::Suspended, None, None)
        }
        Work::Returned(mail) => {
            returned(tx, read, &mail)?;
            (State::Ignored, None, None)
        }
        Work::Ignore(ticket, comment, why) => {
            problems.push(why.to_owned());
            (State::Ignored, ticket, comment)
        }
    };
    let verdict = read.verdict.name();
    let fate = Fate { state, subject: &subject, sender, verdict, problems: &problems, ticket, comment };
    store::inbound::settle(tx, id, &fate)
}

/// A report that a mail of ours could not be delivered: the mail and the addresses that don't work are marked.
fn returned(tx: &mut Tx<'_>, read: &Read, mail: &Outbound) -> Result<()> {
    let Some(bounce) = &read.class.bounce else { return Ok(()) };
    let failed: Vec<_> = bounce.failures.iter().filter(|failure| failure.outcome == Outcome::Failed).collect();
    // A report without details was still sent to the return path of this mail.
    if failed.is_empty() && !bounce.failures.is_empty() {
        return Ok(());
    }
    let words = failed.iter().map(|failure| format!("{} {} {}", failure.recipient, failure.status, failure.diagnostic));
    let words = words.collect::<Vec<_>>().join("; ");
    store::outbound::record_bounce(tx, mail.id, &base::text::excerpt(&words, 500))?;
    for recipient in &mail.recipients {
        let named = failed.iter().any(|failure| failure.recipient.eq_ignore_ascii_case(recipient));
        let only = mail.recipients.len() == 1 && failed.iter().all(|failure| failure.recipient.is_empty());
        // 4.x.x is a passing trouble that lasted too long, such as a full mailbox.
        let lasting = failed.iter().all(|failure| !failure.status.starts_with('4'));
        if (named || only) && lasting {
            people::bounce(tx, recipient)?;
        }
    }
    outbound::tell_of(tx, mail)
}

/// The channel's word in comments and tickets.
pub(super) const VIA: Via = Via::Email;
