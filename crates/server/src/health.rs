//! Whether the desk is alive, whether it can work, and its figures for Prometheus.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base::Error;
use kernel::App;
use kernel::http::{Answer, Needs, Routes};
use serde_json::{Value, json};

use crate::http::Proxied;
use crate::metrics::{self, Metrics};

/// What a scraper from another machine must show; a part of the app.
pub struct MetricsToken(pub Option<String>);

/// The routes of this module. They pass no sign-in.
pub fn routes() -> Routes {
    Routes::new()
        .get("/healthz", healthz)
        .needs(Needs::Nothing)
        .get("/readyz", readyz)
        .needs(Needs::Nothing)
        .get("/metrics", figures)
        .needs(Needs::Nothing)
}

async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}))
}

/// Ready once the database answers.
async fn readyz(State(app): State<App>) -> Answer<Json<Value>> {
    app.read(kernel::jobs::counts).await.map_err(|_| Error::Unavailable("the database doesn't answer".into()))?;
    Ok(Json(json!({"status": "ready"})))
}

/// The figures, for this machine or for who shows the token.
async fn figures(State(app): State<App>, peer: Peer, headers: HeaderMap) -> Answer<Response> {
    if !may_read(&app, &peer, &headers) {
        return Err(Error::Forbidden("metrics are for this machine, or for who shows metrics_token").into());
    }
    let stock = app.read(metrics::stock).await?;
    let text = app.part::<Metrics>().map(|metrics| metrics.text(&stock)).unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

fn may_read(app: &App, peer: &Peer, headers: &HeaderMap) -> bool {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|text| text.strip_prefix("Bearer "));
    let wanted = app.part::<MetricsToken>().and_then(|token| token.0.as_deref());
    // Compared as keyed hashes, so that the time it takes tells nothing.
    let hash = |token: &str| app.secrets().hash_token(token);
    let proven = shown.zip(wanted).is_some_and(|(shown, wanted)| hash(shown) == hash(wanted));
    let local = peer.0.is_some_and(|peer| peer.ip().is_loopback()) && !headers.contains_key("x-forwarded-for");
    proven || local
}

/// Where the request comes from, where that is known: not behind a proxy that is none of ours.
struct Peer(Option<SocketAddr>);

impl FromRequestParts<App> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        let proxied = parts.extensions.get::<Proxied>().is_some();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        Ok(Self(peer.filter(|_| !proxied)))
    }
}
