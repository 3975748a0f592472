//! One newtype per kind of id, so that a ticket's id is never passed for a user's.
//!
//! Ids are positive 64-bit integers, as in Zendesk's API, and are written to JSON as numbers.

use serde::{Deserialize, Serialize};

use crate::Value;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> i64 {
                id.0
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Value {
                Value::Int(id.0)
            }
        }
    )+};
}

ids! {
    /// A person: end user, agent or admin.
    UserId,
    /// One address, phone number or account of a person.
    IdentityId,
    /// A company or other body that people belong to.
    OrganizationId,
    /// A group of agents.
    GroupId,
    /// A custom role.
    RoleId,
    /// A signed-in browser.
    SessionId,
    /// An API token.
    TokenId,
    /// A program that asks people for access by OAuth.
    OAuthClientId,
    /// An access token given by OAuth.
    OAuthTokenId,
    /// A ticket.
    TicketId,
    /// A comment of a ticket.
    CommentId,
    /// One saved change of a ticket, with its events.
    AuditId,
    /// A file that came with, or goes with, a comment.
    AttachmentId,
    /// A custom field of tickets, users or organizations.
    FieldId,
    /// A ticket form.
    FormId,
    /// A brand.
    BrandId,
    /// A status within one of the status categories.
    CustomStatusId,
    /// A saved list of tickets.
    ViewId,
    /// A prepared set of changes, canned replies among them.
    MacroId,
    /// One of our own addresses, at which tickets arrive.
    AddressId,
    /// An IMAP mailbox that mail is fetched from.
    MailboxId,
    /// A message that came in, as it came.
    InboundId,
    /// A message that goes out.
    OutboundId,
    /// A message that was kept out of the ticket stream, with its cause.
    SuspendedId,
    /// A unit of background work.
    JobId,
    /// A notification to an agent.
    NotificationId,
}
