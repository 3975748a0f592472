//! Invitations, password resets and proofs of an address: the [`people::Letters`] of the desk.

use base::{Error, Result};
use kernel::settings;
use kernel::{Staged, Tx, alarms};
use mail::Mailbox;
use mail::compose::{Automatic, Outgoing};
use people::{Letter, LetterKind};

use super::outbound::{self, New, OutboundKind};
use super::settings::DkimKeys;
use super::templates::{self, Kind, Placeholders};
use super::{addresses, compose, signing, store};

/// Writes a letter in its reader's language and has it sent, in the transaction that makes its link.
pub fn write(tx: &mut Tx<'_>, letter: &Letter) -> Result<()> {
    let brand = tickets::desk::default_brand(tx)?;
    let all = store::addresses::all(tx)?;
    let Some(sender) = addresses::sender_for(&all, None, brand.id) else {
        return alarms::raise(tx, "no_address", "", &serde_json::Value::Null);
    };
    let kind = match letter.kind {
        LetterKind::Invitation => Kind::Invitation,
        LetterKind::Reset => Kind::Reset,
        LetterKind::Verify => Kind::Verify,
    };
    let (template, _) = templates::in_force(tx, brand.id, letter.to.locale, kind)?;
    let mut placeholders = Placeholders::default();
    placeholders
        .text("user.name", letter.to.name.clone())
        .text("current_user.name", letter.to.name.clone())
        .text("brand.name", brand.name.clone())
        .text("link", letter.link.clone());
    let rendered = templates::render(&template, &placeholders)
        .or_else(|_| templates::render(&templates::built_in(letter.to.locale, kind)?, &placeholders))?;
    let app = tx.app();
    // The row's number isn't known before it is written, and the message has to be whole by then.
    let message_id = format!("{}@{}", app.secrets().hex_id(), signing::domain(&sender.email));
    let outgoing = Outgoing {
        from: compose::from(sender, &brand.name),
        to: vec![Mailbox::new(letter.to.name.clone(), letter.address.clone())],
        message_id: message_id.clone(),
        subject: rendered.subject.clone(),
        date: tx.now(),
        text: rendered.text,
        html: Some(rendered.html),
        automatic: Some(Automatic::Generated),
        loop_mark: Some(signing::loop_mark(app)),
        ..Outgoing::default()
    };
    let keys: DkimKeys = settings::get(tx)?;
    let raw = compose::sign_with(app, &keys, &sender.email, mail::compose::compose(&outgoing))?;
    let blob_key = Staged::of(app, &raw).map_err(Error::internal)?.keep(tx)?;
    let new = New {
        kind: OutboundKind::Letter,
        ticket: None,
        comment: None,
        user: Some(letter.to.id),
        sender: sender.email.clone(),
        recipients: vec![letter.address.clone()],
        subject: rendered.subject,
        automatic: true,
        blob_key: Some(blob_key),
        not_before: None,
    };
    outbound::add(tx, &new, Some(message_id)).map(drop)
}
