//! The server that outgoing mail is given to.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base::{Error, Result};
use lettre::address::{Address, Envelope};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};
use serde::{Deserialize, Serialize};

/// The longest wait for the relay's answer to one command.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Not at all.
    None,
    /// By STARTTLS when the relay offers it.
    Opportunistic,
    /// By STARTTLS, or nothing is sent.
    StartTls,
    /// From the first byte.
    Tls,
}

/// The server that outgoing mail is given to.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User name, when the relay wants one.
    pub username: Option<String>,
    /// Password.
    pub password: Option<String>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relay({}:{})", self.host, self.port)
    }
}

impl Relay {
    /// Reads `smtp://USER:PASSWORD@HOST:PORT` (STARTTLS when offered; `?tls=required` or `?tls=none` to decide) or `smtps://...`.
    ///
    /// # Errors
    /// `BadRequest` that says what is wrong with it.
    pub fn parse(url: &str) -> Result<Self> {
        let wrong = |what: &str| Error::BadRequest("InvalidRelay", format!("The relay's URL: {what}"));
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("it must begin with smtp:// or smtps://"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let security = match (scheme, query) {
            ("smtp", "") => Security::Opportunistic,
            ("smtp", "tls=required") => Security::StartTls,
            ("smtp", "tls=none") => Security::None,
            ("smtps", "") => Security::Tls,
            _ => {
                return Err(wrong(
                    "it must be smtp://HOST:PORT, with ?tls=required or ?tls=none, or smtps://HOST:PORT",
                ));
            }
        };
        let (login, place) = rest.trim_end_matches('/').rsplit_once('@').map_or((None, rest), |(l, p)| (Some(l), p));
        let place = place.trim_end_matches('/');
        let default = if security == Security::Tls { 465 } else { 25 };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => {
                (host, port.parse().map_err(|_| wrong("the port is no number"))?)
            }
            _ => (place, default),
        };
        if host.is_empty() {
            return Err(wrong("the host is missing"));
        }
        let (username, password) = login.map_or((None, None), |login| {
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            (Some(decoded(user)), Some(decoded(password)))
        });
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, security, username, password })
    }

    fn transport(&self) -> Result<SmtpTransport> {
        let parameters = || TlsParameters::new_rustls(self.host.clone()).map_err(Error::internal);
        let tls = match self.security {
            Security::None => Tls::None,
            Security::Opportunistic => Tls::Opportunistic(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::Tls => Tls::Wrapper(parameters()?),
        };
        let mut builder = SmtpTransport::builder_dangerous(&self.host).port(self.port).tls(tls).timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&self.username, &self.password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(builder.build())
    }
}

/// `%40` and the like undone.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                out.push(value);
                rest = &after[2..];
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What came of an attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The relay took it, for all recipients or for those not named here with the relay's words.
    Taken { refused: Vec<(String, String)> },
    /// The relay refused it for good, in these words.
    Refused(String),
    /// The relay answered, but not now.
    Later(String),
    /// There was no talking to the relay.
    Unreachable(String),
}

/// Connections to the relay, kept for the next mail.
#[derive(Default)]
pub(crate) struct Relays(Mutex<Option<(Relay, SmtpTransport)>>);

impl Relays {
    fn transport(&self, relay: &Relay) -> Result<SmtpTransport> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, transport)) = kept.as_ref()
            && of == relay
        {
            return Ok(transport.clone());
        }
        let transport = relay.transport()?;
        *kept = Some((relay.clone(), transport.clone()));
        Ok(transport)
    }

    /// Gives a message to the relay. When one of several recipients makes the relay refuse, the others still get it.
    pub(crate) fn send(&self, relay: &Relay, from: &str, to: &[String], raw: &[u8]) -> Result<Attempt> {
        let transport = self.transport(relay)?;
        let whole = give(&transport, from, to, raw);
        let Attempt::Refused(words) = whole else { return Ok(whole) };
        if to.len() < 2 {
            return Ok(Attempt::Refused(words));
        }
        let mut refused = Vec::new();
        for (place, one) in to.iter().enumerate() {
            match give(&transport, from, std::slice::from_ref(one), raw) {
                Attempt::Taken { .. } => {}
                Attempt::Refused(words) => refused.push((one.clone(), words)),
                // Nobody has it yet: all of it may be tried again.
                other if place == refused.len() => return Ok(other),
                Attempt::Later(words) | Attempt::Unreachable(words) => refused.push((one.clone(), words)),
            }
        }
        Ok(if refused.len() == to.len() { Attempt::Refused(words) } else { Attempt::Taken { refused } })
    }

    /// Connects and says hello; the relay's words when it can't.
    pub(crate) fn test(&self, relay: &Relay) -> Result<std::result::Result<(), String>> {
        let transport = relay.transport()?;
        Ok(match transport.test_connection() {
            Ok(true) => Ok(()),
            Ok(false) => Err("the relay did not answer as a mail server".into()),
            Err(cause) => Err(words(&cause)),
        })
    }
}

fn give(transport: &SmtpTransport, from: &str, to: &[String], raw: &[u8]) -> Attempt {
    let address = |text: &String| text.parse::<Address>().map_err(|cause| format!("{text}: {cause}"));
    let envelope = to.iter().map(address).collect::<std::result::Result<Vec<_>, _>>().and_then(|to| {
        let from = if from.is_empty() { None } else { Some(from.parse().map_err(|cause| format!("{from}: {cause}"))?) };
        Envelope::new(from, to).map_err(|cause| cause.to_string())
    });
    let envelope = match envelope {
        Ok(envelope) => envelope,
        Err(cause) => return Attempt::Refused(cause),
    };
    match transport.send_raw(&envelope, raw) {
        Ok(_) => Attempt::Taken { refused: Vec::new() },
        Err(cause) => classify(&cause),
    }
}

fn classify(cause: &lettre::transport::smtp::Error) -> Attempt {
    let words = words(cause);
    let code = cause.status().map(u16::from);
    match code {
        // Wrong credentials, or none where some are wanted: the relay's matter, not the mail's.
        Some(530 | 534 | 535 | 538) => Attempt::Unreachable(words),
        // 421: the relay closes the connection.
        Some(421) => Attempt::Unreachable(words),
        Some(500..) => Attempt::Refused(words),
        Some(_) => Attempt::Later(words),
        None => Attempt::Unreachable(words),
    }
}

/// The error with its causes.
fn words(cause: &lettre::transport::smtp::Error) -> String {
    let mut text = cause.to_string();
    let mut next = std::error::Error::source(cause);
    while let Some(inner) = next {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = inner.source();
    }
    base::text::excerpt(&text, 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relay_urls_are_read() {
        let relay = Relay::parse("smtp://me%40x.ee:pa:ss@mail.example:587?tls=required").unwrap();
        assert_eq!((relay.host.as_str(), relay.port, relay.security), ("mail.example", 587, Security::StartTls));
        assert_eq!((relay.username.as_deref(), relay.password.as_deref()), (Some("me@x.ee"), Some("pa:ss")));
        assert_eq!(Relay::parse("smtps://mail.example").unwrap().port, 465);
        assert_eq!(Relay::parse("smtp://127.0.0.1:2525").unwrap().security, Security::Opportunistic);
        for bad in ["mail.example", "http://x", "smtp://", "smtp://x:y", "smtp://x?tls=maybe"] {
            assert!(Relay::parse(bad).is_err(), "{bad}");
        }
    }
}
