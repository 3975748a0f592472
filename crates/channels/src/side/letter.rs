//! The mails of side conversations: who gets them, where answers go, and how answers find back.

use base::{Error, OutboundId, Result};
use kernel::{App, Staged, Tx, alarms, blobs, settings};
use mail::compose::{File as MailFile, Outgoing};
use mail::{Mailbox, Message, thread};

use super::store::{self, File};
use super::{NewMessage, SideConversation};
use crate::email::outbound::{self, New, OutboundKind};
use crate::email::settings::DkimKeys;
use crate::email::store as mail_store;
use crate::email::{addresses, compose, signing};

/// The most bytes of files in one mail.
const MOST_BYTES: i64 = 20 * 1024 * 1024;

/// The address that answers to a conversation go to: `support+s.7.abc@desk`.
fn address(app: &App, number: i64, sender: &str) -> String {
    let (local, domain) = sender.rsplit_once('@').unwrap_or((sender, ""));
    let local = local.split('+').next().unwrap_or(local);
    let mac = thread::sign(&signing::key(app), &text(number));
    format!("{local}+s.{number}.{mac}@{domain}")
}

fn text(number: i64) -> String {
    format!("side-conversation:{number}")
}

/// The conversation that a signed address names.
fn of_address(app: &App, address: &str) -> Option<i64> {
    let (local, _) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let (_, token) = local.rsplit_once('+')?;
    let mut parts = token.split('.');
    let (mark, number, mac) = (parts.next()?, parts.next()?, parts.next()?);
    let number: i64 = number.parse().ok().filter(|number: &i64| *number > 0)?;
    let good = mark.eq_ignore_ascii_case("s") && thread::verify(&signing::key(app), &text(number), mac);
    good.then_some(number)
}

/// The conversation that a message answers: by its signed address, then by the Message-IDs that it refers to.
pub(crate) fn answered(tx: &mut Tx<'_>, message: &Message, envelope: &[String]) -> Result<Option<String>> {
    let listed = message.to.iter().chain(&message.cc).map(|mailbox| mailbox.address.as_str());
    let delivered =
        ["Delivered-To", "X-Original-To", "Envelope-To"].into_iter().flat_map(|name| message.headers_named(name));
    let named = envelope.iter().map(String::as_str).chain(listed).chain(delivered);
    let number = named.filter_map(|address| of_address(tx.app(), address)).next();
    if let Some(number) = number
        && let Some(found) = store::by_number(tx, number)?
    {
        return Ok(Some(found.id));
    }
    let referred = message.in_reply_to.iter().chain(message.references.iter().rev());
    for id in referred.filter(|id| id.len() <= 500).take(50) {
        if let Some(found) = store::of_message(tx, id)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Composes the mail of a message and asks for it to be sent. None when there is nobody to send it to by mail.
pub(crate) fn send(
    tx: &mut Tx<'_>,
    conversation: &SideConversation,
    message: &NewMessage,
    files: &[File],
) -> Result<Option<(OutboundId, String)>> {
    let to: Vec<Mailbox> = message
        .to
        .iter()
        .filter_map(|one| Some(Mailbox::new(one.name.clone().unwrap_or_default(), one.email.clone()?)))
        .collect();
    let all = mail_store::addresses::all(tx)?;
    let ticket = tickets::access::get(tx, &base::Actor::system(), conversation.ticket)?;
    let Some(sender) = addresses::sender_for(&all, ticket.recipient.as_deref(), ticket.brand) else {
        alarms::raise(tx, "no_address", "", &serde_json::Value::Null)?;
        return Ok(None);
    };
    if to.is_empty() {
        return Ok(None);
    }
    if files.iter().map(|file| file.size).sum::<i64>() > MOST_BYTES {
        let text = format!("attachment_ids: at most {MOST_BYTES} bytes go with a message");
        return Err(Error::invalid("attachment_ids", "TooLarge", text));
    }
    let attachments = files
        .iter()
        .map(|file| {
            let bytes = blobs::read(tx, &file.blob_key)?;
            Ok(MailFile { name: file.name.clone(), content_type: file.content_type.clone(), content_id: None, bytes })
        })
        .collect::<Result<Vec<_>>>()?;
    let references = store::message_ids(tx, &conversation.id)?;
    let app = tx.app();
    let message_id = format!("{}@{}", app.secrets().hex_id(), signing::domain(&sender.email));
    let outgoing = Outgoing {
        from: compose::from(sender, message.from.name.as_deref().unwrap_or_default()),
        reply_to: Some(Mailbox::new(sender.name.clone(), address(app, conversation.number, &sender.email))),
        to,
        message_id: message_id.clone(),
        in_reply_to: references.last().cloned(),
        references,
        subject: message.subject.clone(),
        date: tx.now(),
        text: message.content.text().to_owned(),
        html: Some(message.content.html().to_owned()),
        attachments,
        loop_mark: Some(signing::loop_mark(app)),
        ..Outgoing::default()
    };
    let recipients: Vec<String> = outgoing.to.iter().map(|mailbox| mailbox.address.clone()).collect();
    let keys: DkimKeys = settings::get(tx)?;
    let app = tx.app();
    let raw = compose::sign_with(app, &keys, &sender.email, mail::compose::compose(&outgoing))?;
    let blob_key = Staged::of(app, &raw)?.keep(tx)?;
    // The ticket isn't named: answers belong to the conversation, not to the ticket.
    let new = New {
        kind: OutboundKind::Letter,
        ticket: None,
        comment: None,
        user: None,
        sender: sender.email.clone(),
        recipients,
        subject: message.subject.clone(),
        automatic: false,
        blob_key: Some(blob_key),
        not_before: None,
    };
    let id = outbound::add(tx, &new, Some(message_id.clone()))?;
    Ok(Some((id, message_id)))
}
