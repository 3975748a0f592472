//! IMAP mailboxes as admins set them up, and what is known of them.

use base::{Actor, AddressId, Error, MailboxId, Permission, Result, Timestamp};
use kernel::{Tx, alarms, audit_log};
use serde::{Deserialize, Serialize};

use super::store;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $name { $($(#[$each])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// The word in the database and in the API.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// What the word stands for.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// How the connection is protected.
    Security {
        /// From the first byte.
        Tls = "tls",
        /// By STARTTLS.
        StartTls = "starttls",
        /// Not at all.
        None = "none",
    }
}

words! {
    /// How Tugi signs in.
    Auth {
        /// With a password.
        Password = "password",
        /// With an OAuth 2 access token.
        Xoauth2 = "xoauth2",
    }
}

words! {
    /// Who gives the OAuth 2 tokens.
    Provider {
        /// Google Workspace and Gmail.
        Google = "google",
        /// Microsoft 365.
        Microsoft = "microsoft",
        /// Another, whose token endpoint is given.
        Custom = "custom",
    }
}

words! {
    /// What is done with a message once it is stored.
    AfterFetch {
        /// Nothing.
        Keep = "keep",
        /// It is marked as read.
        Seen = "seen",
        /// It is deleted.
        Delete = "delete",
        /// It is moved to another folder.
        Move = "move",
    }
}

words! {
    /// How the mailbox did last.
    MailboxState {
        /// Not tried yet.
        New = "new",
        /// Fetched.
        Ok = "ok",
        /// Could not be reached or refused us.
        Failed = "failed",
        /// The tokens are not accepted any more: somebody has to give new ones.
        TokenDead = "token_dead",
    }
}

/// A mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Mailbox {
    /// Its number.
    pub id: MailboxId,
    /// The address of ours whose mail it holds.
    pub address: Option<AddressId>,
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User name.
    pub username: String,
    /// How Tugi signs in.
    pub auth: Auth,
    /// Who gives the tokens.
    pub provider: Option<Provider>,
    /// A [`Secret`], sealed.
    pub secret: String,
    /// The folder that is fetched.
    pub folder: String,
    /// What is done with a message once it is stored.
    pub after_fetch: AfterFetch,
    /// The folder for [`AfterFetch::Move`].
    pub move_to: Option<String>,
    /// Whether it is fetched at all.
    pub active: bool,
    /// The folder's UIDVALIDITY (RFC 3501, 2.3.1.1) when it was last fetched.
    pub uid_validity: Option<i64>,
    /// The last UID that was stored.
    pub last_uid: Option<i64>,
    /// How it did last.
    pub state: MailboxState,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was last looked at.
    pub checked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed by an admin.
    pub updated_at: Timestamp,
}

/// What a mailbox is signed in with. Kept sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secret {
    /// The password.
    pub password: String,
    /// OAuth 2 (RFC 6749): the client's id at the provider.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// The provider's token endpoint, when it isn't the usual one.
    pub token_url: String,
    /// What new access tokens are got with.
    pub refresh_token: String,
    /// The access token.
    pub access_token: String,
    /// When the access token ends, in milliseconds.
    pub expires_at: i64,
}

/// The purpose under which secrets are sealed.
const PURPOSE: &str = "mailbox";

/// The alarm of a mailbox that can't be fetched.
pub const MAILBOX_FAILED: &str = "mailbox_failed";
/// The alarm of a mailbox whose tokens are dead.
pub const TOKEN_DEAD: &str = "mailbox_token_dead";

impl Mailbox {
    /// What it is signed in with.
    pub(crate) fn open(&self, secrets: &kernel::secrets::Secrets) -> Result<Secret> {
        let json = secrets.open_sealed(PURPOSE, &self.secret)?;
        serde_json::from_str(&json).map_err(Error::internal)
    }

    /// What alarms call it.
    pub(crate) fn label(&self) -> String {
        format!("{}@{}/{}", self.username, self.host, self.folder)
    }

    /// Checks what an admin gave.
    fn check(&self) -> Result<()> {
        for (field, value) in [("host", &self.host), ("username", &self.username), ("folder", &self.folder)] {
            if value.trim().is_empty() {
                return Err(Error::blank(field));
            }
            if value.contains(['\r', '\n', '\0']) {
                return Err(Error::invalid(field, "InvalidValue", format!("{field}: has a line break")));
            }
        }
        let moves = self.after_fetch == AfterFetch::Move;
        if moves && self.move_to.as_ref().is_none_or(|folder| folder.trim().is_empty() || *folder == self.folder) {
            return Err(Error::invalid("move_to", "InvalidValue", "move_to: another folder is needed"));
        }
        Ok(())
    }
}

/// Seals what a mailbox is signed in with.
pub fn seal(tx: &Tx<'_>, secret: &Secret) -> Result<String> {
    let json = serde_json::to_string(secret).map_err(Error::internal)?;
    tx.app().secrets().seal(PURPOSE, &json)
}

/// Adds a mailbox.
///
/// # Errors
/// `Invalid` that names the field.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, mailbox: &Mailbox) -> Result<MailboxId> {
    actor.needs(Permission::MailManage)?;
    mailbox.check()?;
    let id = store::mailboxes::add(tx, mailbox)?;
    audit_log::record(tx, actor, "create", ("mailbox", Some(id.0), &mailbox.label()), "")?;
    tx.wake();
    Ok(id)
}

/// Changes a mailbox. Another host, user or folder is fetched from its beginning.
pub fn change(tx: &mut Tx<'_>, actor: &Actor, mailbox: &Mailbox) -> Result<()> {
    actor.needs(Permission::MailManage)?;
    mailbox.check()?;
    let before = store::mailboxes::get(tx, mailbox.id)?;
    let mut after = mailbox.clone();
    if (&before.host, &before.username, &before.folder) != (&after.host, &after.username, &after.folder) {
        (after.uid_validity, after.last_uid) = (None, None);
    }
    store::mailboxes::update(tx, &after)?;
    store::mailboxes::set_state(tx, mailbox.id, MailboxState::New, None)?;
    clear_alarms(tx, &before)?;
    audit_log::record(tx, actor, "update", ("mailbox", Some(mailbox.id.0), &mailbox.label()), "")?;
    tx.wake();
    Ok(())
}

/// Deletes a mailbox; the messages that came from it stay.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: MailboxId) -> Result<()> {
    actor.needs(Permission::MailManage)?;
    let mailbox = store::mailboxes::get(tx, id)?;
    store::mailboxes::delete(tx, id)?;
    clear_alarms(tx, &mailbox)?;
    audit_log::record(tx, actor, "destroy", ("mailbox", Some(id.0), &mailbox.label()), "")
}

/// Records that the mailbox was fetched.
pub(crate) fn record_ok(tx: &mut Tx<'_>, mailbox: &Mailbox) -> Result<()> {
    store::mailboxes::set_state(tx, mailbox.id, MailboxState::Ok, None)?;
    clear_alarms(tx, mailbox)
}

/// Records that it could not be, and raises the alarm for it.
pub(crate) fn record_trouble(tx: &mut Tx<'_>, mailbox: &Mailbox, state: MailboxState, words: &str) -> Result<()> {
    store::mailboxes::set_state(tx, mailbox.id, state, Some(words))?;
    let dead = state == MailboxState::TokenDead;
    let (kind, other) = if dead { (TOKEN_DEAD, MAILBOX_FAILED) } else { (MAILBOX_FAILED, TOKEN_DEAD) };
    let fields = serde_json::json!({"mailbox_id": mailbox.id, "username": mailbox.username, "error": words});
    alarms::raise(tx, kind, &mailbox.label(), &fields)?;
    alarms::clear(tx, other, &mailbox.label())
}

fn clear_alarms(tx: &mut Tx<'_>, mailbox: &Mailbox) -> Result<()> {
    alarms::clear(tx, MAILBOX_FAILED, &mailbox.label())?;
    alarms::clear(tx, TOKEN_DEAD, &mailbox.label())
}
