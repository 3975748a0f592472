//! Mail that is kept out of the ticket stream until somebody looks at it.

use base::{Actor, BrandId, Error, InboundId, Permission, Result, SuspendedId, TicketId, Timestamp};
use kernel::{Tx, audit_log, blobs};

use super::inbound::State;
use super::store;

/// Why a mail is kept out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A filter before us marked it.
    Spam,
    /// Its sender is on the block list.
    Blocked,
    /// The person who sent it is suspended.
    SuspendedUser,
    /// It claims to come from somebody of the desk and does not.
    FailedAuthentication,
    /// Its sender sent too many within an hour.
    TooMany,
    /// It went through this desk before, or in circles.
    Loop,
    /// It comes from one of our own addresses.
    FromOurselves,
    /// No person wrote it, and it answers nothing of ours.
    Automatic,
    /// A report about mail that we didn't send.
    Bounce,
    /// It doesn't say who wrote it.
    NoSender,
}

impl Cause {
    const ALL: [Cause; 10] = [
        Cause::Spam,
        Cause::Blocked,
        Cause::SuspendedUser,
        Cause::FailedAuthentication,
        Cause::TooMany,
        Cause::Loop,
        Cause::FromOurselves,
        Cause::Automatic,
        Cause::Bounce,
        Cause::NoSender,
    ];

    /// The word in the database, for which the workspace has a text.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Spam => "spam",
            Cause::Blocked => "blocked",
            Cause::SuspendedUser => "suspended_user",
            Cause::FailedAuthentication => "failed_authentication",
            Cause::TooMany => "too_many",
            Cause::Loop => "loop",
            Cause::FromOurselves => "from_ourselves",
            Cause::Automatic => "automatic",
            Cause::Bounce => "bounce",
            Cause::NoSender => "no_sender",
        }
    }

    /// The cause of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }

    /// Zendesk's words for it, which API clients read.
    /// See <https://support.zendesk.com/hc/en-us/articles/4408889194522>.
    pub fn description(self) -> &'static str {
        match self {
            Cause::Spam => "Detected as spam",
            Cause::Blocked => "Sender is on the blocklist",
            Cause::SuspendedUser => "User is suspended",
            Cause::FailedAuthentication => "Email authentication failed",
            Cause::TooMany => "Submitted too many tickets",
            Cause::Loop => "Detected as email loop",
            Cause::FromOurselves => "Received from support address",
            Cause::Automatic => "Automated response mail",
            Cause::Bounce => "Detected bounced email",
            Cause::NoSender => "Email is missing a sender",
        }
    }

    /// A number for it, as Zendesk's `cause_id`.
    pub fn number(self) -> i64 {
        Self::ALL.iter().position(|cause| *cause == self).map_or(0, |at| at as i64 + 1)
    }
}

/// A mail that is kept out. Zendesk's suspended ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspended {
    /// Its number.
    pub id: SuspendedId,
    /// The mail.
    pub inbound: InboundId,
    /// Why.
    pub cause: Cause,
    /// Its author's name.
    pub author_name: String,
    /// Its author's address.
    pub author_email: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub content: String,
    /// Our address that it came to.
    pub recipient: String,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// The brand of that address.
    pub brand: Option<BrandId>,
    /// The ticket that it would have joined.
    pub ticket: Option<TicketId>,
    /// When it was kept out.
    pub created_at: Timestamp,
}

/// Deletes a suspended mail; what came in stays on record as ignored, until the daily cleanup deletes its content.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: SuspendedId) -> Result<()> {
    actor.needs(Permission::MailManage)?;
    let suspended = store::suspended::get(tx, id)?;
    store::suspended::delete(tx, id)?;
    store::inbound::set_state(tx, suspended.inbound, State::Ignored)?;
    let source = ("suspended_ticket", Some(id.0), suspended.subject.as_str());
    audit_log::record(tx, actor, "destroy", source, suspended.cause.name())
}

/// Deletes suspended mail that is older than `before`, with what came in. Gives the number deleted, at most 200.
pub(crate) fn forget_old(tx: &mut Tx<'_>, before: Timestamp) -> Result<usize> {
    let old = store::suspended::older_than(tx, before)?;
    for suspended in &old {
        store::suspended::delete(tx, suspended.id)?;
        match store::inbound::get(tx, suspended.inbound) {
            Ok(inbound) => {
                blobs::delete(tx, &inbound.blob_key)?;
                store::inbound::delete(tx, inbound.id)?;
            }
            Err(Error::NotFound) => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_read_back_and_has_its_own_number() {
        assert!(Cause::ALL.iter().all(|cause| Cause::parse(cause.name()) == Some(*cause)));
        assert_eq!(Cause::ALL.map(Cause::number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
}
