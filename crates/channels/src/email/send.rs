//! Sending what waits: composed once, tried until the relay takes it or time is up.

use base::{AbortPoint, Error, OutboundId, Result, time};
use kernel::jobs::{Claim, Job};
use kernel::{App, Staged, alarms, blobs};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::outbound::{self, Outbound, State};
use super::relay::{Attempt, Relay};
use super::settings::MailSettings;
use super::{Email, compose, signing, store};

/// Attempts before a mail is given up: with [`pause`] between them they take three days.
const ATTEMPTS: i64 = 26;

/// The alarm of a relay that can't be reached or refuses us.
pub const RELAY_FAILED: &str = "relay_failed";
/// The alarm of a mail that was given up.
pub const UNDELIVERED: &str = "mail_undelivered";

/// Sends one mail.
#[derive(Serialize, Deserialize)]
pub struct Send {
    /// Which.
    pub outbound: OutboundId,
    /// Tells this job from another for the same mail: only the one that began to send it goes on after a crash.
    pub key: String,
}

impl Job for Send {
    const KIND: &'static str = "send_mail";

    fn run(self, app: &App, claim: &Claim) -> Result<()> {
        let sent = self.send(app);
        if let Err(cause) = &sent
            && claim.attempt() >= Self::ATTEMPTS
        {
            let (id, words) = (self.outbound, cause.to_string());
            app.write(move |tx| give_up(tx, id, &words)).wait()?;
        }
        sent
    }
}

impl Send {
    fn send(&self, app: &App) -> Result<()> {
        let (id, key) = (self.outbound, self.key.clone());
        let taken = app.write(move |tx| {
            // A mail of a ticket that was thrown away since stays where it is.
            let mail = store::outbound::get(tx, id)?;
            let due = mail.next_attempt_at.is_none_or(|at| at <= tx.now());
            if !due || !store::outbound::take(tx, id, &key)? {
                return Ok(None);
            }
            if mail.state != State::Sending {
                outbound::tell_of(tx, &mail)?;
            }
            Ok(Some(mail))
        });
        let mail = match taken.wait() {
            Ok(Some(mail)) => mail,
            Ok(None) | Err(Error::NotFound) => return Ok(()),
            Err(cause) => return Err(cause),
        };
        let raw = message(app, &mail)?;
        let Some(relay) = relay(app)? else { return app.write(move |tx| keep(tx, id)).wait() };
        let email = app.part::<Email>().ok_or_else(|| Error::internal("the app has no e-mail part"))?;
        let from = signing::return_path(app, id, &mail.sender);
        AbortPoint::SendBegun.reached();
        let attempt = email.relays.send(&relay, &from, &mail.recipients, &raw)?;
        AbortPoint::SendTaken.reached();
        tracing::info!(outbound = id.0, outcome = ?std::mem::discriminant(&attempt), "a mail was given to the relay");
        let host = format!("{}:{}", relay.host, relay.port);
        app.write(move |tx| record(tx, &mail, &host, attempt)).wait()
    }
}

/// Writes down what came of an attempt. A job that is run once more after this finds nothing to do.
fn record(tx: &mut kernel::Tx<'_>, mail: &Outbound, host: &str, attempt: Attempt) -> Result<()> {
    if !matches!(attempt, Attempt::Unreachable(_)) {
        alarms::clear(tx, RELAY_FAILED, host)?;
    }
    match attempt {
        Attempt::Taken { refused } => {
            store::outbound::record_sent(tx, mail.id)?;
            for (recipient, words) in refused {
                let fields = json!({"outbound_id": mail.id, "recipients": [&recipient], "error": words});
                alarms::raise(tx, UNDELIVERED, &format!("{} {recipient}", mail.message_id), &fields)?;
            }
        }
        Attempt::Refused(words) => return give_up(tx, mail.id, &words),
        Attempt::Later(words) => again(tx, mail, &words)?,
        Attempt::Unreachable(words) => {
            alarms::raise(tx, RELAY_FAILED, host, &json!({"host": host, "error": words}))?;
            again(tx, mail, &words)?;
        }
    }
    outbound::tell_of(tx, mail)
}

/// Milliseconds to wait after this many failed attempts: 30 s, doubling up to 4 h.
fn pause(attempts: i64) -> i64 {
    ((30 * time::SECOND) << attempts.clamp(0, 12)).min(4 * time::HOUR)
}

fn again(tx: &mut kernel::Tx<'_>, mail: &Outbound, words: &str) -> Result<()> {
    if mail.attempts + 1 >= ATTEMPTS {
        return give_up(tx, mail.id, words);
    }
    let at = tx.now().plus(pause(mail.attempts));
    store::outbound::record_failure(tx, mail.id, words, Some(at))?;
    outbound::ask(tx, mail.id, at)
}

fn give_up(tx: &mut kernel::Tx<'_>, id: OutboundId, words: &str) -> Result<()> {
    let mail = store::outbound::get(tx, id)?;
    store::outbound::record_failure(tx, id, words, None)?;
    let fields = json!({"outbound_id": id, "ticket_id": mail.ticket, "recipients": mail.recipients, "error": words});
    alarms::raise(tx, UNDELIVERED, &mail.message_id, &fields)?;
    outbound::tell_of(tx, &mail)
}

/// Without a relay the mail stays where it can be seen.
fn keep(tx: &mut kernel::Tx<'_>, id: OutboundId) -> Result<()> {
    let mail = store::outbound::get(tx, id)?;
    store::outbound::advance(tx, id, &[State::Sending], State::Outbox)?;
    store::outbound::set_time(tx, id, None)?;
    outbound::tell_of(tx, &mail)
}

/// The relay in force: the command line's, else the settings'.
pub(crate) fn relay(app: &App) -> Result<Option<Relay>> {
    let given = app.part::<Email>().and_then(|email| email.options.relay.clone());
    if given.is_some() {
        return Ok(given);
    }
    let set = app.read(MailSettings::load).wait()?.relay;
    set.map(|relay| relay.open(app.secrets())).transpose()
}

/// The composed message. The first attempt composes it and keeps it; every other sends the same bytes.
fn message(app: &App, mail: &Outbound) -> Result<Vec<u8>> {
    if let Some(key) = mail.blob_key.clone() {
        return app.read(move |tx| blobs::read(tx, &key)).wait();
    }
    let composed = compose::compose(app, mail)?;
    let staged = Staged::of(app, &composed.raw)?;
    let (id, subject) = (mail.id, composed.subject);
    let kept = app.write(move |tx| {
        let key = staged.keep(tx)?;
        store::outbound::set_blob(tx, id, &key, &subject)
    });
    kept.wait()?;
    Ok(composed.raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_about_three_days() {
        let total: i64 = (0..ATTEMPTS - 1).map(pause).sum();
        assert!((2 * time::DAY..=3 * time::DAY).contains(&total), "{total}");
    }

    #[test]
    fn pauses_grow_from_half_a_minute_to_four_hours() {
        assert_eq!(pause(0), 30 * time::SECOND);
        assert_eq!(pause(1), time::MINUTE);
        assert_eq!(pause(9), 4 * time::HOUR);
        assert_eq!(pause(1_000), 4 * time::HOUR);
    }
}
