//! What every request passes: a request id, `.json` suffixes, who asks, for whom, and the origin check on writes.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use base::{Actor, Credential, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::failure;
use super::request::{Origin, caller_ip};
use super::scopes::Scopes;
use super::traffic::Traffic;
use crate::{App, Tx};

pub use super::browsers::{cross_origin, entity_tags};
pub use super::traffic::{limit, tell_limits};

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "tugi_session";

/// What a request shows to prove who asks.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// A session cookie's token.
    Session(String),
    /// A bearer token.
    Bearer(String),
    /// `EMAIL/token` and an API token.
    ApiToken {
        /// Whose token.
        email: String,
        /// The token.
        token: String,
    },
    /// An e-mail address and a password.
    Password {
        /// Whose password.
        email: String,
        /// The password.
        password: String,
    },
}

/// What a request says of who asks.
#[derive(Clone)]
pub struct Claimed {
    /// What it shows to prove it.
    pub shown: Shown,
    /// Whom it acts for (`X-On-Behalf-Of`): an e-mail address or an id.
    pub on_behalf_of: Option<String>,
    /// The address that it came from.
    pub ip: Option<IpAddr>,
}

/// Who asks, and how far what they showed reaches.
pub struct Caller {
    /// Who asks; with `X-On-Behalf-Of` the person who is acted for.
    pub actor: Actor,
    /// The scopes of the token, when what was shown has any.
    pub scopes: Option<Scopes>,
}

/// Finds who claims this; a part of the app that `people` provides. `None` when it proves nothing.
pub struct Authenticate(pub fn(&mut Tx<'_>, &Claimed) -> Result<Option<Caller>>);

/// What somebody is told whose bearer token opens nothing, as RFC 6750 has it.
pub const INVALID_TOKEN: Error = Error::Unauthenticated("invalid_token");
/// What others are told.
const REFUSED: Error = Error::Unauthenticated("Couldn't authenticate you");

/// Gives each request an id, in the answer and in the log.
pub async fn request_id(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get("x-request-id").filter(|id| id.len() <= 128).cloned();
    let id = given.or_else(|| HeaderValue::from_str(&app.secrets().hex_id()).ok());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let origin = Origin::of(request.headers(), app.base_url());
    request.extensions_mut().insert(origin);
    let started = std::time::Instant::now();
    let mut response = next.run(request).await;
    let millis = started.elapsed().as_millis() as u64;
    tracing::debug!(%method, path, status = response.status().as_u16(), millis, "request");
    if let Some(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    response.headers_mut().insert("x-zendesk-api-version", HeaderValue::from_static("v2"));
    response
}

/// The same URI without a `.json` at the end of an API path: both are one route.
pub fn without_suffix(uri: &Uri) -> Option<Uri> {
    let path =
        uri.path().strip_suffix(".json").filter(|path| path.starts_with("/api/") || path.starts_with("/oauth/"))?;
    let mut parts = uri.clone().into_parts();
    let whole = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    parts.path_and_query = Some(whole.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Finds who asks, and puts the [`Actor`] where routes look for it.
pub async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get("x-on-behalf-of").and_then(|value| value.to_str().ok());
    let on_behalf_of = header.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let shown = shown(request.headers()).filter(|shown| !is_client(shown, request.uri().path()));
    let Some(shown) = shown else {
        let known = request.extensions().get::<Actor>().is_some();
        return if known && on_behalf_of.is_some() { failure(&NO_ONE_ELSE) } else { next.run(request).await };
    };
    if let Err(error) = check_origin(&request, &shown) {
        return failure(&error);
    }
    let claimed = Claimed { shown: shown.clone(), on_behalf_of, ip: caller_ip(&request) };
    let found = app.read(move |tx| match tx.app().part::<Authenticate>() {
        Some(authenticate) => (authenticate.0)(tx, &claimed),
        None => Ok(None),
    });
    match found.await {
        Ok(Some(Caller { actor, scopes })) => {
            request.extensions_mut().insert(actor);
            if let Some(scopes) = scopes {
                request.extensions_mut().insert(scopes);
            }
        }
        // A session that ended is nobody's; wrong credentials are told so.
        Ok(None) if matches!(shown, Shown::Session(_)) => {}
        Ok(None) => {
            if let Err(error) = refuse(&app, &shown, request.uri().path()).await {
                return failure(&error);
            }
        }
        Err(error) => return failure(&error),
    }
    next.run(request).await
}

/// What those are told who act for others with something that isn't made for it.
pub const NO_ONE_ELSE: Error = Error::Forbidden("X-On-Behalf-Of takes a token that may impersonate");

/// Refuses credentials that prove nothing, but lets them ask who they are, where the settings say so.
async fn refuse(app: &App, shown: &Shown, path: &str) -> Result<()> {
    if path == "/api/v2/users/me" && Traffic::settings(app).await?.anonymous_me {
        return Ok(());
    }
    match shown {
        Shown::Bearer(_) => Err(INVALID_TOKEN),
        _ => Err(REFUSED),
    }
}

/// Whether these are a program's identifier and secret, which RFC 6749 lets it send where people send passwords. They
/// are the token endpoint's to look at.
pub fn is_client(shown: &Shown, path: &str) -> bool {
    let path = path.strip_suffix(".json").unwrap_or(path);
    let endpoint = matches!(path, "/oauth/tokens" | "/api/v2/oauth/tokens");
    endpoint && matches!(shown, Shown::Password { email, .. } if !email.contains('@'))
}

/// What the request shows, the header before the cookie.
pub fn shown(headers: &HeaderMap) -> Option<Shown> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some((scheme, rest)) = authorization.and_then(|text| text.split_once(' ')) {
        return match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(Shown::Bearer(rest.trim().to_owned())),
            "basic" => basic(rest.trim()),
            _ => None,
        };
    }
    cookie(headers, SESSION_COOKIE).map(Shown::Session)
}

fn basic(encoded: &str) -> Option<Shown> {
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, secret) = text.split_once(':')?;
    let secret = secret.to_owned();
    Some(match name.strip_suffix("/token") {
        Some(email) => Shown::ApiToken { email: email.to_owned(), token: secret },
        None => Shown::Password { email: name.to_owned(), password: secret },
    })
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// A browser's write must come from our own pages: its cookie goes along from anywhere.
fn check_origin(request: &Request, shown: &Shown) -> Result<()> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || !matches!(shown, Shown::Session(_)) {
        return Ok(());
    }
    let ours = request.extensions().get::<Origin>().map(|origin| origin.0.as_str());
    let theirs = request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let host = |url: &str| url.split("://").nth(1).map(str::to_owned);
    let same = theirs.and_then(host).is_some_and(|theirs| Some(theirs) == ours.and_then(host));
    if same { Ok(()) } else { Err(Error::Forbidden("the request comes from another site")) }
}

/// Whether this credential may be used for things that a person must do themselves, such as changing a password.
pub fn is_personal(credential: Credential) -> bool {
    matches!(credential, Credential::Session(_))
}
