//! How much the API takes from each caller, in Zendesk's terms and headers. Counted in memory, by each node for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use base::{Actor, Credential, Error, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::failure;
use crate::App;
use crate::settings::{self, Setting};

/// How long the settings are believed before they are read again, in milliseconds: other nodes may change them.
const BELIEVED: i64 = 10_000;
/// Windows that are kept before those that ended are dropped.
const WINDOWS: usize = 10_000;

/// How the API treats its callers. A limit of 0 is none. The workspace's own sessions are never limited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ApiSettings {
    /// Requests a minute that each token, and each person with a password, may make.
    pub requests_per_minute: u32,
    /// Requests a minute to each incremental export.
    pub exports_per_minute: u32,
    /// Requests a minute to the list of all tickets.
    pub ticket_lists_per_minute: u32,
    /// Updates of one ticket in ten minutes.
    pub updates_per_ticket: u32,
    /// Whether `users/me` shows the anonymous user to those whose credentials prove nothing, as Zendesk did for long;
    /// otherwise they get 401 there too.
    pub anonymous_me: bool,
    /// Web origins (`https://app.example.com`) whose pages may call the API.
    pub cors_origins: Vec<String>,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            requests_per_minute: 700,
            exports_per_minute: 10,
            ticket_lists_per_minute: 100,
            updates_per_ticket: 30,
            anonymous_me: true,
            cors_origins: Vec::new(),
        }
    }
}

impl ApiSettings {
    /// For desks that are tried out and tested against: next to no limits.
    pub fn generous() -> Self {
        let off = 0;
        Self {
            requests_per_minute: NO_LIMIT,
            exports_per_minute: off,
            ticket_lists_per_minute: off,
            updates_per_ticket: off,
            ..Self::default()
        }
    }
}

impl Setting for ApiSettings {
    const NAME: &'static str = "api";
}

/// What this node counted; a part of the app. Without it nothing is limited and settings are the defaults.
#[derive(Default)]
pub struct Traffic {
    known: Mutex<Option<(Timestamp, Arc<ApiSettings>)>>,
    windows: Mutex<HashMap<String, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    ends: Timestamp,
    used: u32,
}

/// A limit, and what it is counted by.
struct Limit {
    /// The end of the header's name: `tickets-index` of `zendesk-ratelimit-tickets-index`; none for the general one.
    name: Option<&'static str>,
    key: String,
    total: u32,
    millis: i64,
}

/// Where a caller stands with a limit.
struct Standing {
    name: Option<&'static str>,
    total: u32,
    remaining: u32,
    /// Seconds until the count begins anew.
    resets: u32,
    passed: bool,
}

impl Traffic {
    /// The settings, from memory for some seconds.
    ///
    /// # Errors
    /// What reading settings fails with.
    pub async fn settings(app: &App) -> Result<Arc<ApiSettings>> {
        let Some(traffic) = app.part::<Self>() else { return Ok(Arc::default()) };
        let now = app.clock().now();
        let known = traffic.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, settings)) = known
            && now.since(at) < BELIEVED
        {
            return Ok(settings);
        }
        let read = Arc::new(app.read(settings::get::<ApiSettings>).await?);
        *traffic.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, read.clone()));
        Ok(read)
    }

    /// Forgets the settings that this node remembers. To be called after they were changed.
    pub fn settings_changed(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn count(&self, limit: Limit, now: Timestamp) -> Standing {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= WINDOWS {
            windows.retain(|_, window| window.ends > now);
        }
        let fresh = Window { ends: now.plus(limit.millis), used: 0 };
        let window = windows.entry(limit.key).or_insert(fresh);
        if window.ends <= now {
            *window = fresh;
        }
        let passed = window.used < limit.total;
        window.used += u32::from(passed);
        let resets = u32::try_from(window.ends.since(now).max(0) / 1_000).unwrap_or(u32::MAX).max(1);
        Standing { name: limit.name, total: limit.total, remaining: limit.total - window.used, resets, passed }
    }
}

/// Refuses callers that ask too often, and tells all where they stand.
pub async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(traffic) = app.part::<Traffic>() else { return next.run(request).await };
    let settings = match Traffic::settings(&app).await {
        Ok(settings) => settings,
        Err(error) => return failure(&error),
    };
    let now = app.clock().now();
    let mut standings = Vec::new();
    for limit in limits(&request, &settings) {
        standings.push(traffic.count(limit, now));
        if standings.last().is_some_and(|standing| !standing.passed) {
            break;
        }
    }
    let refused = standings.iter().find(|standing| !standing.passed);
    let mut response = match refused {
        Some(standing) => failure(&Error::TooMany { retry_after: standing.resets }),
        None => next.run(request).await,
    };
    tell(response.headers_mut(), &standings, &settings);
    response
}

/// Tells those whose request came to no route where they would stand, so that every answer of the API says it.
pub async fn tell_limits(State(app): State<App>, request: Request, next: Next) -> Response {
    let concerned = request.uri().path().starts_with("/api/v2");
    let mut response = next.run(request).await;
    if concerned && !response.headers().contains_key("x-rate-limit") {
        match Traffic::settings(&app).await {
            Ok(settings) => tell(response.headers_mut(), &[], &settings),
            Err(error) => return failure(&error),
        }
    }
    response
}

/// The limits that a request counts for, the general one first.
fn limits(request: &Request, settings: &ApiSettings) -> Vec<Limit> {
    let extensions = request.extensions();
    let (Some(actor), Some(route)) = (extensions.get::<Actor>(), extensions.get::<MatchedPath>()) else {
        return Vec::new();
    };
    let caller = match actor.credential {
        Credential::Session(_) => return Vec::new(),
        Credential::Token(id) => format!("token {id}"),
        Credential::OAuth(id) => format!("oauth {id}"),
        Credential::Password | Credential::Channel | Credential::System => format!("user {}", actor.user),
    };
    let of = |name: Option<&'static str>, what: &str, total: u32, millis: i64| Limit {
        name,
        key: format!("{caller} {what}"),
        total,
        millis,
    };
    let mut all = vec![of(None, "", settings.requests_per_minute, time::MINUTE)];
    let (route, path) = (route.as_str(), request.uri().path());
    match *request.method() {
        Method::GET if route.starts_with("/api/v2/incremental/") => {
            all.push(of(Some("incremental-exports"), route, settings.exports_per_minute, time::MINUTE));
        }
        Method::GET if route == "/api/v2/tickets" => {
            all.push(of(Some("tickets-index"), route, settings.ticket_lists_per_minute, time::MINUTE));
        }
        Method::PUT if route == "/api/v2/tickets/{id}" => {
            all.push(of(Some("per-ticket-updates"), path, settings.updates_per_ticket, 10 * time::MINUTE));
        }
        _ => {}
    }
    all.retain(|limit| limit.total > 0);
    all
}

/// What the headers say of requests that nobody counts.
const NO_LIMIT: u32 = 100_000;

fn tell(headers: &mut HeaderMap, standings: &[Standing], settings: &ApiSettings) {
    let general = standings.iter().find(|standing| standing.name.is_none());
    // Where there is no limit, a 0 would tell clients to wait.
    let limit = if settings.requests_per_minute == 0 { NO_LIMIT } else { settings.requests_per_minute };
    let total = general.map_or(limit, |standing| standing.total);
    let remaining = general.map_or(total, |standing| standing.remaining);
    let resets = general.map_or(60, |standing| standing.resets);
    for (name, value) in [
        ("x-rate-limit", total),
        ("x-rate-limit-remaining", remaining),
        ("ratelimit-limit", total),
        ("ratelimit-remaining", remaining),
        ("ratelimit-reset", resets),
    ] {
        headers.insert(name, HeaderValue::from(value));
    }
    for standing in standings {
        let Some(name) = standing.name else { continue };
        let Standing { total, remaining, resets, .. } = standing;
        let value = HeaderValue::from_str(&format!("total={total}; remaining={remaining}; resets={resets}"));
        let name = HeaderName::from_bytes(format!("zendesk-ratelimit-{name}").as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
}
