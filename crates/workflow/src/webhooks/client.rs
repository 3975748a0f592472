//! One call of a webhook's endpoint. Blocks, for ten seconds at most.

use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

use base::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ureq::config::Config;
use ureq::http::{Request, Uri};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::target::{self, AllowedTargets, Refused};

/// The longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is kept of an answer's body, in bytes.
const LARGEST: u64 = 16 * 1024;

/// A call that is about to be made.
pub(crate) struct Call {
    pub endpoint: String,
    pub method: &'static str,
    pub headers: Vec<(String, String)>,
    /// Empty for methods that have none.
    pub body: String,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The endpoint answered.
    Answered { status: u16, headers: Vec<(String, String)>, body: String },
    /// It did not answer in time.
    TimedOut,
    /// It could not be reached.
    Unreachable(String),
    /// It may not be called at all.
    Refused(String),
}

impl Outcome {
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Answered { status: 200..=299, .. })
    }

    /// The status that the log shows: that of the answer; 504 where none came in time.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            Self::TimedOut => Some(504),
            _ => None,
        }
    }

    pub fn error(&self) -> Option<String> {
        match self {
            Self::Answered { .. } => None,
            Self::TimedOut => Some(format!("no answer within {} seconds", PATIENCE.as_secs())),
            Self::Unreachable(problem) | Self::Refused(problem) => Some(problem.clone()),
        }
    }

    /// Seconds that the answer asks to wait for.
    pub fn retry_after(&self) -> Option<i64> {
        let Self::Answered { headers, .. } = self else { return None };
        let value = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after")).map(|(_, value)| value);
        value?.trim().parse().ok().filter(|seconds| *seconds >= 0)
    }
}

/// `X-Zendesk-Webhook-Signature`: the HMAC-SHA256 of timestamp and body with the secret as it is shown, in Base64.
pub(crate) fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(timestamp.as_bytes());
    context.update(body.as_bytes());
    STANDARD.encode(context.sign())
}

/// The headers that prove where a call comes from.
pub(crate) fn signed(secret: &str, now: Timestamp, body: &str) -> [(String, String); 2] {
    let timestamp = now.to_string();
    let signature = signature(secret, &timestamp, body);
    [("X-Zendesk-Webhook-Signature".into(), signature), ("X-Zendesk-Webhook-Signature-Timestamp".into(), timestamp)]
}

/// Makes a call. No redirect is followed, and no proxy is asked.
pub(crate) fn call(call: &Call, allowed: &AllowedTargets) -> Outcome {
    let found = target::parse(&call.endpoint, allowed).and_then(|uri| Ok((target::resolve(&uri, allowed)?, uri)));
    let (addresses, uri) = match found {
        Ok(found) => found,
        Err(Refused::Unknown) => return Outcome::Unreachable(Refused::Unknown.to_string()),
        Err(refused) => return Outcome::Refused(refused.to_string()),
    };
    send(call, &uri, addresses).unwrap_or_else(|cause| match cause {
        Error::Timeout(_) => Outcome::TimedOut,
        Error::Io(cause) if cause.kind() == std::io::ErrorKind::TimedOut => Outcome::TimedOut,
        other => Outcome::Unreachable(base::text::excerpt(&other.to_string(), 300)),
    })
}

fn send(call: &Call, uri: &Uri, addresses: Vec<SocketAddr>) -> Result<Outcome, Error> {
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent("Zendesk Webhook")
        .build();
    let agent = Agent::with_parts(config, DefaultConnector::default(), Checked(addresses));
    let mut request = Request::builder().method(call.method).uri(uri);
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let mut answer = match call.body.is_empty() {
        true => agent.run(request.body(())?)?,
        false => agent.run(request.body(call.body.as_str())?)?,
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
    let mut body = Vec::new();
    // Half an answer is an answer: its status came.
    let _ = answer.body_mut().as_reader().take(LARGEST).read_to_end(&mut body);
    // PostgreSQL takes no NUL in a text.
    let body = text(&body).replace('\0', "\u{fffd}");
    Ok(Outcome::Answered { status: answer.status().as_u16(), headers, body })
}

/// The addresses that were checked; nothing is looked up again.
#[derive(Debug)]
struct Checked(Vec<SocketAddr>);

impl Resolver for Checked {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut out = self.empty();
        self.0.iter().take(16).for_each(|address| out.push(*address));
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_a_known_vector() {
        // printf '2023-09-18T23:38:13Z{"a":1}' | openssl dgst -sha256 -hmac 'c2VjcmV0' -binary | base64
        let found = signature("c2VjcmV0", "2023-09-18T23:38:13Z", "{\"a\":1}");
        assert_eq!(found, "2ABe29C1QSv9O6RvgYpKVR5pNYB8/Bu67km5oRj4rjI=");
    }
}
