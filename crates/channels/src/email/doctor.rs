//! What an admin should look at.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use base::Result;
use kernel::{App, Tx};

use super::addresses::Address;
use super::mailbox::MailboxState;
use super::settings::{DkimKeys, MailSettings};
use super::{Email, inbound, outbound, send, signing, store};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Good,
    /// Worth a look.
    Hint,
    /// Mail is lost to view, or will be.
    Trouble,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What was looked at, in a word or two.
    pub subject: String,
    /// What was found, and what to do.
    pub text: String,
}

fn finding(severity: Severity, subject: &str, text: impl Into<String>) -> Finding {
    Finding { severity, subject: subject.into(), text: text.into() }
}

/// Looks at addresses, relay, mailboxes, queues and signing. Connects to the relay; blocks.
pub fn doctor(app: &App) -> Result<Vec<Finding>> {
    let mut findings = app.read(look).wait()?;
    findings.push(relay(app)?);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(findings)
}

fn look(tx: &mut Tx<'_>) -> Result<Vec<Finding>> {
    let addresses = store::addresses::all(tx)?;
    let settings = MailSettings::load(tx)?;
    let mut out = vec![match addresses.len() {
        0 => finding(Severity::Trouble, "addresses", "The desk has no address: no mail is taken or sent. Add one."),
        n => finding(Severity::Good, "addresses", format!("{n} address(es) of ours")),
    }];
    mailboxes(tx, &mut out)?;
    queues(tx, &mut out)?;
    domains(tx, &addresses, &mut out)?;
    if !settings.verify && settings.authserv_id.is_none() {
        let text = "Nobody checks SPF, DKIM and DMARC of incoming mail: anybody can write in a customer's name. \
            Switch the check on, or name the server before Tugi whose word is taken.";
        out.push(finding(Severity::Hint, "authentication", text));
    }
    Ok(out)
}

fn mailboxes(tx: &mut Tx<'_>, out: &mut Vec<Finding>) -> Result<()> {
    for mailbox in store::mailboxes::all(tx)?.into_iter().filter(|mailbox| mailbox.active) {
        let error = mailbox.last_error.clone().unwrap_or_default();
        let label = mailbox.label();
        out.push(match mailbox.state {
            MailboxState::Ok => finding(Severity::Good, "mailbox", format!("{label}: fetched")),
            MailboxState::New => finding(Severity::Hint, "mailbox", format!("{label}: not fetched yet")),
            MailboxState::Failed => finding(Severity::Trouble, "mailbox", format!("{label}: {error}")),
            MailboxState::TokenDead => {
                finding(Severity::Trouble, "mailbox", format!("{label}: its tokens are dead, grant anew ({error})"))
            }
        });
    }
    Ok(())
}

fn queues(tx: &mut Tx<'_>, out: &mut Vec<Finding>) -> Result<()> {
    let failed_in = store::inbound::count(tx, inbound::State::Failed)?;
    let failed_out = store::outbound::count(tx, outbound::State::Failed)?;
    let queued = store::outbound::count(tx, outbound::State::Queued)?;
    let suspended = store::suspended::count(tx)?;
    if failed_in > 0 {
        let text = format!("{failed_in} message(s) could not be dealt with. Look at them and run them again.");
        out.push(finding(Severity::Trouble, "incoming mail", text));
    }
    if failed_out > 0 {
        let text = format!("{failed_out} mail(s) were given up. Look at the cause and send them again.");
        out.push(finding(Severity::Trouble, "outgoing mail", text));
    }
    out.push(finding(Severity::Good, "queues", format!("{queued} mail(s) wait to be sent, {suspended} are suspended")));
    Ok(())
}

/// What each domain of ours should have in the DNS.
fn domains(tx: &mut Tx<'_>, addresses: &[Address], out: &mut Vec<Finding>) -> Result<()> {
    let keys: DkimKeys = kernel::settings::get(tx)?;
    let mut domains: Vec<&str> = addresses.iter().map(|address| signing::domain(&address.email)).collect();
    domains.sort_unstable();
    domains.dedup();
    for domain in domains {
        let mut own = keys.0.iter().filter(|key| key.domain == domain);
        out.push(match own.clone().find(|key| key.active).or(own.next()) {
            Some(key) if key.active => finding(Severity::Good, "DKIM", format!("{domain}: signed as {}", key.selector)),
            Some(_) => finding(Severity::Hint, "DKIM", format!("{domain}: has a key that isn't switched on")),
            None => finding(
                Severity::Hint,
                "DKIM",
                format!("{domain}: not signed here. Make a key, unless the relay signs."),
            ),
        });
        let text = format!(
            "{domain}: its SPF record (TXT) must name the relay, and a DMARC record should exist at _dmarc.{domain}"
        );
        out.push(finding(Severity::Hint, "DNS", text));
    }
    Ok(())
}

fn relay(app: &App) -> Result<Finding> {
    let Some(relay) = send::relay(app)? else {
        let text = "There is no relay: outgoing mail stays in the outbox. Give one by --relay or in the mail settings.";
        return Ok(finding(Severity::Hint, "relay", text));
    };
    let place = format!("{}:{}", relay.host, relay.port);
    let reached = (relay.host.as_str(), relay.port).to_socket_addrs().and_then(|mut found| {
        let address = found.next().ok_or_else(|| std::io::Error::other("the name has no address"))?;
        TcpStream::connect_timeout(&address, Duration::from_secs(10))
    });
    if let Err(cause) = reached {
        return Ok(finding(Severity::Trouble, "relay", format!("{place}: can't be reached ({cause})")));
    }
    let Some(email) = app.part::<Email>() else {
        return Ok(finding(Severity::Hint, "relay", format!("{place}: can be reached")));
    };
    Ok(match email.relays.test(&relay)? {
        Ok(()) => finding(Severity::Good, "relay", format!("{place}: answers")),
        Err(words) => finding(Severity::Trouble, "relay", format!("{place}: {words}")),
    })
}
