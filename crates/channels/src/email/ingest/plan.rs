//! What a message is for. Reads the database and writes nothing.

use base::{CommentId, Result, Role, TicketId};
use kernel::Tx;
use mail::classify::AutoReply;
use mail::{Mailbox, thread};
use people::User;

use super::Read;
use crate::email::addresses::{self, Address};
use crate::email::inbound::IMPORT;
use crate::email::outbound::Outbound;
use crate::email::settings::MailSettings;
use crate::email::suspension::{Cause, Suspended};
use crate::email::{signing, store};

/// What is to be done with a message.
pub(super) enum Plan {
    /// It becomes a comment.
    Receive(Box<Place>),
    /// It is kept out.
    Suspend(Box<Suspended>),
    /// It reports that this mail of ours could not be delivered.
    Returned(Box<Outbound>),
    /// The same mail is part of this ticket already.
    Copy(TicketId, Option<CommentId>),
    /// It answers this side conversation.
    Side(String, Box<Place>),
    /// It needs nothing.
    Ignore(&'static str),
}

/// Where a message belongs, as far as its transport and its threading tell.
pub(super) struct Place {
    /// The ticket that it answers.
    pub answers: Option<TicketId>,
    /// Our address that it came to.
    pub recipient: Option<Address>,
    /// All our addresses.
    pub ours: Vec<Address>,
    /// Who sent it, if we know them.
    pub sender: Option<User>,
}

/// The author of a message. A form on a web site that writes from our own address names the writer in Reply-To.
fn author(read: &Read) -> Option<Mailbox> {
    let message = &read.message;
    let usable = |mailbox: &&Mailbox| people::user::email(&mailbox.address).is_some();
    let all = message.from.iter().chain(&message.sender).chain(&message.reply_to);
    all.clone().find(usable).cloned().or_else(|| {
        let from = read.inbound.envelope.from.as_deref()?;
        Some(Mailbox::new("", people::user::email(from)?))
    })
}

/// Who is to be answered: [`author`], unless that is one of our own addresses and Reply-To names somebody else.
pub(super) fn correspondent(read: &Read, ours: &[Address]) -> Option<Mailbox> {
    let author = author(read)?;
    if addresses::find_in(ours, &author.address).is_none() {
        return Some(author);
    }
    let foreign = |mailbox: &&Mailbox| {
        people::user::email(&mailbox.address).is_some() && addresses::find_in(ours, &mailbox.address).is_none()
    };
    read.message.reply_to.iter().find(foreign).cloned().or(Some(author))
}

/// Decides what a message is for. Gives the address of whoever is to be answered, too: that is whom limits count.
pub(super) fn plan(tx: &mut Tx<'_>, read: &Read, settings: &MailSettings) -> Result<(Plan, String)> {
    let ours = addresses::all(tx)?;
    let sender = correspondent(read, &ours).map(|mailbox| mailbox.address.to_lowercase()).unwrap_or_default();
    Ok((decide(tx, read, settings, ours)?, sender))
}

fn decide(tx: &mut Tx<'_>, read: &Read, settings: &MailSettings, ours: Vec<Address>) -> Result<Plan> {
    if read.class.bounce.is_some()
        && let Some(mail) = returned_mail(tx, read)?
    {
        return Ok(Plan::Returned(Box::new(mail)));
    }
    let recipient = recipient(read, &ours).cloned();
    let side = crate::side::letter::answered(tx, &read.message, &read.inbound.envelope.to)?;
    let answers = if side.is_some() { None } else { answered(tx, read)? };
    if let Some(copy) = store::inbound::earlier_copy(tx, &read.inbound)?
        && let Some(ticket) = copy.ticket
        && answers.is_none_or(|other| other == ticket)
    {
        return Ok(Plan::Copy(ticket, copy.comment));
    }
    let correspondent = correspondent(read, &ours);
    let sender = match &correspondent {
        Some(mailbox) => people::find_by_email(tx, &mailbox.address)?,
        None => None,
    };
    let place = Place { answers, recipient, ours, sender };
    if !read.recovered {
        if read.class.auto_reply == Some(AutoReply::Receipt) && answers.is_some() {
            return Ok(Plan::Ignore("confirms that a mail was read"));
        }
        if let Some(cause) = cause(tx, read, &place, correspondent.as_ref(), settings)? {
            return Ok(Plan::Suspend(Box::new(suspended(tx, read, &place, correspondent, cause))));
        }
    }
    Ok(match side {
        Some(conversation) => Plan::Side(conversation, Box::new(place)),
        None => Plan::Receive(Box::new(place)),
    })
}

/// The mail of ours that a report is about: the return path names it, else the report holds its Message-ID.
fn returned_mail(tx: &mut Tx<'_>, read: &Read) -> Result<Option<Outbound>> {
    let path = read.inbound.envelope.to.iter().find_map(|to| signing::outbound_of_path(tx.app(), to));
    let by_path = match path {
        Some(id) => store::outbound::find(tx, id)?,
        None => None,
    };
    let original = read.class.bounce.as_ref().and_then(|bounce| bounce.original_message_id.clone());
    match (by_path, original) {
        (Some(mail), _) => Ok(Some(mail)),
        (None, Some(id)) => store::outbound::find_by_message_id(tx, &id),
        (None, None) => Ok(None),
    }
}

/// Our address that the message came to: as the transport says, else as the message says.
fn recipient<'a>(read: &Read, ours: &'a [Address]) -> Option<&'a Address> {
    let envelope = read.inbound.envelope.to.iter().map(String::as_str);
    let listed = read.message.to.iter().chain(&read.message.cc).map(|mailbox| mailbox.address.as_str());
    let delivered = ["Delivered-To", "X-Original-To", "Envelope-To"];
    let delivered = delivered.into_iter().flat_map(|name| read.message.headers_named(name));
    envelope.chain(listed).chain(delivered).find_map(|address| addresses::find_in(ours, address))
}

/// The ticket that the message answers: by the signed token of an address of ours, then by the Message-IDs that it
/// refers to. Never by its subject.
fn answered(tx: &mut Tx<'_>, read: &Read) -> Result<Option<TicketId>> {
    let key = signing::key(tx.app());
    for ticket in thread::addresses_of_ours(&key, &read.message, &read.inbound.envelope.to) {
        if store::threads::exists(tx, TicketId(ticket))? {
            return Ok(Some(TicketId(ticket)));
        }
    }
    // From the newest. An id as long as an attack is nobody's.
    let referred = read.message.in_reply_to.iter().chain(read.message.references.iter().rev());
    for id in referred.filter(|id| id.len() <= 500).take(50) {
        if let Some(ticket) = store::threads::ticket_of_message(tx, id)? {
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// Why the message is to be kept out, if it is.
fn cause(
    tx: &mut Tx<'_>,
    read: &Read,
    place: &Place,
    correspondent: Option<&Mailbox>,
    settings: &MailSettings,
) -> Result<Option<Cause>> {
    let class = &read.class;
    let Some(correspondent) = correspondent else { return Ok(Some(Cause::NoSender)) };
    if class.is_loop {
        return Ok(Some(Cause::Loop));
    }
    if addresses::find_in(&place.ours, &correspondent.address).is_some() {
        return Ok(Some(Cause::FromOurselves));
    }
    let imported = read.inbound.channel == IMPORT;
    let listed = if imported { Some(Listed::Allowed) } else { listed(tx, &correspondent.address)? };
    let role = place.sender.as_ref().map_or(Role::EndUser, |sender| sender.role);
    if listed == Some(Listed::Blocked) {
        return Ok(Some(Cause::Blocked));
    }
    if class.bounce.is_some() {
        return Ok(Some(Cause::Bounce));
    }
    if place.sender.as_ref().is_some_and(|sender| sender.suspended) && !imported {
        return Ok(Some(Cause::SuspendedUser));
    }
    if read.verdict == super::Verdict::Fail && role.is_staff() {
        return Ok(Some(Cause::FailedAuthentication));
    }
    if class.auto_reply.is_some() && place.answers.is_none() && listed.is_none() {
        return Ok(Some(Cause::Automatic));
    }
    if listed == Some(Listed::Allowed) {
        return Ok(None);
    }
    if class.spam {
        return Ok(Some(Cause::Spam));
    }
    let since = read.inbound.received_at.plus(-base::time::HOUR);
    let recent = store::inbound::count_since(tx, &correspondent.address.to_lowercase(), since)?;
    Ok((recent >= settings.hourly_limit.max(1) && !role.is_staff()).then_some(Cause::TooMany))
}

/// What the sender lists say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    Allowed,
    Blocked,
}

/// The nearest entry decides: the address before its domain, its domain before all.
pub(crate) fn listed(tx: &mut Tx<'_>, address: &str) -> Result<Option<Listed>> {
    let address = address.to_lowercase();
    let domain = signing::domain(&address).to_owned();
    let entries = store::senders::matching(tx, &address, &domain)?;
    let entry = |pattern: &str| entries.iter().find(|(found, _)| found == pattern).map(|(_, kind)| kind.as_str());
    Ok(match entry(&address).or_else(|| entry(&domain)).or_else(|| entry("*")) {
        Some("allow") => Some(Listed::Allowed),
        Some(_) => Some(Listed::Blocked),
        None => None,
    })
}

fn suspended(tx: &mut Tx<'_>, read: &Read, place: &Place, correspondent: Option<Mailbox>, cause: Cause) -> Suspended {
    let correspondent = correspondent.unwrap_or_default();
    let recipient = place.recipient.as_ref();
    Suspended {
        id: base::SuspendedId(0),
        inbound: read.inbound.id,
        cause,
        author_name: correspondent.name,
        author_email: correspondent.address.to_lowercase(),
        subject: base::text::excerpt(&read.message.subject, 250),
        content: read.message.plain().chars().take(20_000).collect(),
        recipient: recipient.map(|address| address.email.clone()).unwrap_or_default(),
        message_id: read.message.message_id.clone(),
        brand: recipient.map(|address| address.brand),
        ticket: place.answers,
        created_at: tx.now(),
    }
}
