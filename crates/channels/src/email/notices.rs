//! Mails that rules write about tickets: the [`tickets::Notices`] of the desk.

use base::{Actor, Error, Result};
use kernel::settings;
use kernel::{Staged, Tx, alarms};
use mail::Mailbox;
use mail::compose::{Automatic, Outgoing};
use tickets::Notice;

use super::outbound::{self, New, OutboundKind};
use super::settings::DkimKeys;
use super::{addresses, compose, signing, store};

/// Writes a notice to each of its readers, and has it sent. Answers to it come to the ticket.
pub fn write(tx: &mut Tx<'_>, notice: &Notice) -> Result<()> {
    let ticket = tickets::access::get(tx, &Actor::system(), notice.ticket)?;
    let all = store::addresses::all(tx)?;
    let Some(sender) = addresses::sender_for(&all, ticket.recipient.as_deref(), ticket.brand) else {
        return alarms::raise(tx, "no_address", "", &serde_json::Value::Null);
    };
    let brand = tickets::desk::brands(tx)?.into_iter().find(|brand| brand.id == ticket.brand);
    let brand = brand.map(|brand| brand.name).unwrap_or_default();
    let references = store::threads::messages_of(tx, ticket.id)?;
    let keys: DkimKeys = settings::get(tx)?;
    let app = tx.app();
    let subject = notice.subject.split_whitespace().collect::<Vec<_>>().join(" ");
    for reader in people::users(tx, &notice.to)? {
        let Some(address) = outbound::reachable(&reader, &all).filter(|_| !reader.suspended) else { continue };
        let message_id = format!("{}@{}", app.secrets().hex_id(), signing::domain(&sender.email));
        let from = compose::from(sender, &brand);
        let outgoing = Outgoing {
            reply_to: Some(Mailbox::new(from.name.clone(), signing::reply_address(app, ticket.id, &sender.email))),
            from,
            to: vec![Mailbox::new(reader.name.clone(), address.clone())],
            message_id: message_id.clone(),
            in_reply_to: references.last().cloned(),
            references: references.clone(),
            subject: subject.clone(),
            date: tx.now(),
            text: notice.content.text().to_owned(),
            html: Some(notice.content.html().to_owned()),
            automatic: Some(Automatic::Generated),
            loop_mark: Some(signing::loop_mark(app)),
            ..Outgoing::default()
        };
        let raw = compose::sign_with(app, &keys, &sender.email, mail::compose::compose(&outgoing))?;
        let blob_key = Staged::of(app, &raw).map_err(Error::internal)?.keep(tx)?;
        let new = New {
            kind: OutboundKind::Notice,
            ticket: Some(ticket.id),
            comment: None,
            user: Some(reader.id),
            sender: sender.email.clone(),
            recipients: vec![address],
            subject: subject.clone(),
            automatic: true,
            blob_key: Some(blob_key),
            not_before: None,
        };
        outbound::add(tx, &new, Some(message_id))?;
    }
    Ok(())
}
