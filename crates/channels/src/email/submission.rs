//! Requests of people who did not sign in, kept out as their mails would be: they become mails that wait for somebody to
//! look at them.

use base::{Result, SuspendedId, time};
use kernel::{Staged, Tx};
use mail::Mailbox;
use mail::compose::Outgoing;
use tickets::requests::Submission;

use super::inbound::{Envelope, New, State, Watcher};
use super::ingest::plan::{Listed, listed};
use super::settings::MailSettings;
use super::store;
use super::suspension::{Cause, Suspended};

/// The channel of requests from forms.
pub const WEB: &str = "web";

/// The [`tickets::requests::Doubts`] of the desk: true when the request was kept out.
pub fn keep_out(tx: &mut Tx<'_>, submission: &Submission) -> Result<bool> {
    let email = submission.contact.email.clone().unwrap_or_default().to_lowercase();
    let Some(cause) = cause(tx, &email, submission)? else { return Ok(false) };
    let author = Mailbox::new(submission.contact.name.clone().unwrap_or_default(), email.clone());
    let app = tx.app();
    let raw = mail::compose::compose(&Outgoing {
        from: author.clone(),
        message_id: format!("{}@web.invalid", app.secrets().hex_id()),
        subject: submission.subject.clone(),
        date: tx.now(),
        text: submission.text.clone(),
        ..Outgoing::default()
    });
    let mut watcher = Watcher::default();
    watcher.update(&raw);
    let new = New::of(WEB, watcher.finish(), raw.len() as u64, &Envelope::default())?;
    let blob = Staged::of(app, &raw)?.keep(tx)?;
    let Some(inbound) = store::inbound::add(tx, &new, &new.external_id, &blob)? else { return Ok(true) };
    store::inbound::set_state(tx, inbound, State::Suspended)?;
    let suspended = Suspended {
        id: SuspendedId(0),
        inbound,
        cause,
        author_name: author.name,
        author_email: email,
        subject: submission.subject.clone(),
        content: submission.text.clone(),
        recipient: String::new(),
        message_id: Some(new.external_id),
        brand: None,
        ticket: None,
        created_at: tx.now(),
    };
    store::suspended::add(tx, &suspended)?;
    Ok(true)
}

/// Why it is kept out, if it is.
fn cause(tx: &mut Tx<'_>, email: &str, submission: &Submission) -> Result<Option<Cause>> {
    let listed = listed(tx, email)?;
    if listed == Some(Listed::Blocked) {
        return Ok(Some(Cause::Blocked));
    }
    match &submission.known {
        Some(user) if user.role.is_staff() => return Ok(Some(Cause::FailedAuthentication)),
        Some(user) if !user.may_sign_in() => return Ok(Some(Cause::SuspendedUser)),
        _ => {}
    }
    if listed == Some(Listed::Allowed) {
        return Ok(None);
    }
    let settings = MailSettings::load(tx)?;
    let since = tx.now().plus(-time::HOUR);
    let recent = store::inbound::count_since(tx, email, since)?;
    Ok((recent >= settings.hourly_limit.max(1)).then_some(Cause::TooMany))
}
