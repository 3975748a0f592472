//! OAuth 2 for mailboxes: where providers give tokens, and how access tokens are renewed (RFC 6749, 6).

use std::time::Duration;

use base::{Timestamp, time};
use serde::Deserialize;

use super::mailbox::{Provider, Secret};

/// What is known of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Where tokens are given.
    pub token_url: &'static str,
    /// The right that is asked for.
    pub scope: &'static str,
    /// The IMAP host.
    pub imap_host: &'static str,
}

/// The endpoints of a provider; none for others.
/// See <https://developers.google.com/workspace/gmail/imap/xoauth2-protocol> and
/// <https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth>.
pub fn endpoints(provider: Provider) -> Option<Endpoints> {
    match provider {
        Provider::Google => Some(Endpoints {
            token_url: "https://oauth2.googleapis.com/token",
            scope: "https://mail.google.com/",
            imap_host: "imap.gmail.com",
        }),
        Provider::Microsoft => Some(Endpoints {
            token_url: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            scope: "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
            imap_host: "outlook.office365.com",
        }),
        Provider::Custom => None,
    }
}

/// Why there is no access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    /// The provider says that the grant is void: somebody has to grant anew.
    Dead(String),
    /// It could not be asked, or had trouble of its own.
    Later(String),
}

/// An access token that ends this soon is renewed, in milliseconds.
const MARGIN: i64 = 2 * time::MINUTE;

/// The longest wait for a provider.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the access token is to be renewed before it is used.
pub(crate) fn is_stale(secret: &Secret, now: Timestamp) -> bool {
    secret.access_token.is_empty() || secret.expires_at < now.plus(MARGIN).0
}

/// Gets a new access token. Blocks.
pub(crate) fn refresh(provider: Option<Provider>, secret: &Secret, now: Timestamp) -> Result<Secret, TokenProblem> {
    let known = provider.and_then(endpoints);
    let url = match (secret.token_url.as_str(), known) {
        ("", Some(known)) => known.token_url,
        ("", None) => return Err(TokenProblem::Dead("no token endpoint is known".into())),
        (url, _) => url,
    };
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", secret.refresh_token.as_str()),
        ("client_id", secret.client_id.as_str()),
    ];
    if !secret.client_secret.is_empty() {
        form.push(("client_secret", secret.client_secret.as_str()));
    }
    if let Some(known) = known.filter(|_| provider == Some(Provider::Microsoft)) {
        form.push(("scope", known.scope));
    }
    let (status, body) = post(url, &form)?;
    read_answer(secret, status, &body, now)
}

fn post(url: &str, form: &[(&str, &str)]) -> Result<(u16, String), TokenProblem> {
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
    let agent = ureq::Agent::new_with_config(config);
    let later = |cause: ureq::Error| TokenProblem::Later(cause.to_string());
    let mut answer = agent.post(url).send_form(form.iter().copied()).map_err(later)?;
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(1024 * 1024).read_to_string().map_err(later)?;
    Ok((status, body))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
    error: String,
    error_description: String,
}

fn read_answer(secret: &Secret, status: u16, body: &str, now: Timestamp) -> Result<Secret, TokenProblem> {
    let answer: Answer = serde_json::from_str(body).unwrap_or_default();
    if status == 200 && !answer.access_token.is_empty() {
        return Ok(Secret {
            access_token: answer.access_token,
            refresh_token: answer.refresh_token.unwrap_or_else(|| secret.refresh_token.clone()),
            expires_at: now.plus(answer.expires_in.unwrap_or(3_600) * time::SECOND).0,
            ..secret.clone()
        });
    }
    let words = base::text::excerpt(&format!("{status} {} {}", answer.error, answer.error_description), 300);
    let dead = ["invalid_grant", "invalid_client", "unauthorized_client", "interaction_required", "consent_required"];
    if dead.contains(&answer.error.as_str()) { Err(TokenProblem::Dead(words)) } else { Err(TokenProblem::Later(words)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_void_grant_is_told_from_passing_trouble() {
        let secret = Secret { refresh_token: "r".into(), ..Secret::default() };
        let read = |status, body: &str| read_answer(&secret, status, body, Timestamp(0));
        assert!(matches!(read(400, r#"{"error":"invalid_grant"}"#), Err(TokenProblem::Dead(_))));
        assert!(matches!(read(503, "busy"), Err(TokenProblem::Later(_))));
        assert!(matches!(read(429, r#"{"error":"slow_down"}"#), Err(TokenProblem::Later(_))));
        let renewed = read(200, r#"{"access_token":"a","expires_in":60}"#).unwrap();
        assert_eq!(
            (renewed.access_token.as_str(), renewed.refresh_token.as_str(), renewed.expires_at),
            ("a", "r", 60_000)
        );
        assert!(is_stale(&renewed, Timestamp(0)));
        assert_eq!(read(200, r#"{"access_token":"a","refresh_token":"n"}"#).unwrap().refresh_token, "n");
    }
}
