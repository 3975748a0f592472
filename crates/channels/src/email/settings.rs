//! The desk's settings of e-mail.

use base::{Result, Timestamp};
use kernel::Tx;
use kernel::settings::{self, Setting};
use serde::{Deserialize, Serialize};

use super::relay::Relay;

/// What admins set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailSettings {
    /// Seconds for which an agent can take a comment back before it is sent.
    pub undo_seconds: i64,
    /// The server that outgoing mail is given to. What the command line says comes first.
    pub relay: Option<RelaySetting>,
    /// Mails that one sender may send in an hour before more of them are suspended.
    pub hourly_limit: i64,
    /// The name under which a mail server of ours before Tugi writes Authentication-Results (RFC 8601). Its word is taken.
    pub authserv_id: Option<String>,
    /// Whether Tugi checks SPF, DKIM and DMARC itself, over DNS, for mail that comes by SMTP.
    pub verify: bool,
    /// Days after which suspended mail is deleted.
    pub suspended_days: i64,
}

/// The relay as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RelaySetting {
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: super::relay::Security,
    /// User name, when the relay wants one.
    #[serde(default)]
    pub username: Option<String>,
    /// The password, sealed.
    #[serde(default)]
    pub password: Option<String>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self { undo_seconds: 10, relay: None, hourly_limit: 50, authserv_id: None, verify: false, suspended_days: 14 }
    }
}

impl Setting for MailSettings {
    const NAME: &'static str = "mail";
}

impl MailSettings {
    /// The settings in force.
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        settings::get(tx)
    }
}

/// The purpose under which relay passwords are sealed.
pub(crate) const RELAY_PASSWORD: &str = "relay password";

impl RelaySetting {
    /// The relay with its password opened.
    pub(crate) fn open(&self, secrets: &kernel::secrets::Secrets) -> Result<Relay> {
        let password =
            self.password.as_deref().map(|sealed| secrets.open_sealed(RELAY_PASSWORD, sealed)).transpose()?;
        let (host, security) = (self.host.clone(), self.security);
        Ok(Relay { host, port: self.port, security, username: self.username.clone(), password })
    }
}

/// The keys that outgoing mail is signed with, one a domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DkimKeys(pub Vec<DkimKey>);

/// A domain's DKIM key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DkimKey {
    /// The domain of the addresses that it signs for.
    pub domain: String,
    /// The name of its DNS record.
    pub selector: String,
    /// The private key in PEM, sealed.
    pub key: String,
    /// Whether mail is signed with it. A key is switched on once its DNS record is published.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Setting for DkimKeys {
    const NAME: &'static str = "dkim_keys";
}
