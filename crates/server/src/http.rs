//! The router, with what every request passes on its way in and every answer on its way out.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures_util::StreamExt;
use kernel::App;
use kernel::http::layers;
use serde_json::json;
use tokio::sync::watch;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;

use crate::metrics::{self, Metrics};
use crate::wiring;

/// Everything from our own pages only. Images may come from any HTTPS host, since agents may allow those of a mail: until
/// then the workspace leaves them out of the frame that shows it. Styles inside a mail are inline.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob: https:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
    form-action 'self'";

/// How large a body may be to be read whatever becomes of the request, in bytes.
const SMALL_BODY: usize = 256 * 1024;

/// Proxies whose `X-Forwarded-*` headers are believed; a part of the app.
#[derive(Default)]
pub struct TrustedProxies(pub Vec<IpAddr>);

/// Turns true when the program is told to stop: connections that would last for hours end then. A part of the app.
pub struct Stopping(pub watch::Receiver<bool>);

/// The whole router.
pub fn router(app: &App) -> Router {
    let state = || app.clone();
    let api = wiring::api_routes().into_router(app.clone());
    let api = api.layer(from_fn(layers::entity_tags)).layer(from_fn_with_state(state(), layers::limit));
    let api = api.layer(from_fn_with_state(state(), layers::authenticate));
    let api = api.layer(from_fn_with_state(state(), people::basic_password));
    let inner = api
        .merge(wiring::open_routes().into_router(app.clone()))
        .method_not_allowed_fallback(unknown_method)
        .fallback(unknown_route)
        .layer(from_fn_with_state(state(), metrics::measure))
        .with_state::<()>(app.clone());
    // A route is chosen before its layers run, so the suffix has to go outside of the router that chooses.
    let stripped = inner.map_request(strip_suffix as fn(Request) -> Request);
    Router::new()
        .fallback_service(stripped)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state(), watch_streams))
        .layer(from_fn_with_state(state(), layers::tell_limits))
        .layer(from_fn_with_state(state(), layers::cross_origin))
        .layer(from_fn_with_state(state(), layers::request_id))
        .layer(from_fn_with_state(state(), secure))
        .layer(from_fn_with_state(state(), believe_trusted_proxies))
        .layer(from_fn(read_small_body))
}

fn strip_suffix(mut request: Request) -> Request {
    if let Some(uri) = layers::without_suffix(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

async fn unknown_route() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({"error": "InvalidEndpoint", "description": "Not found"}))).into_response()
}

async fn unknown_method() -> Response {
    let body = json!({"error": "MethodNotAllowed", "description": "This address doesn't take this method"});
    (StatusCode::METHOD_NOT_ALLOWED, Json(body)).into_response()
}

/// The headers that keep browsers from doing what our pages never ask for. A route that sets one itself keeps its own.
async fn secure(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let always = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.base_url().starts_with("https://") {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// The request passed a proxy that is none of ours: its peer is not its caller.
#[derive(Clone, Copy)]
pub struct Proxied;

/// Reads a body that is announced as small before anybody looks at the request.
///
/// Who refuses a request without reading its body makes the connection close under the client, which may still be sending,
/// or about to send its next request on it: many clients then report a broken connection instead of the answer.
async fn read_small_body(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<usize>().ok());
    if length.is_none_or(|length| length == 0 || length > SMALL_BODY) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match axum::body::to_bytes(body, SMALL_BODY).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Drops `X-Forwarded-*` unless a proxy of ours sent them, and sees to it that `X-Forwarded-For` names the caller.
async fn believe_trusted_proxies(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trusted = app.part::<TrustedProxies>().zip(peer).is_some_and(|(list, peer)| list.0.contains(&peer));
    if !trusted {
        let mut told = false;
        for name in ["x-forwarded-proto", "x-forwarded-host", "x-forwarded-for", "forwarded"] {
            told |= request.headers_mut().remove(name).is_some();
        }
        if told {
            request.extensions_mut().insert(Proxied);
        }
    }
    next.run(request).await
}

/// Counts live connections, and ends them when the program stops.
async fn watch_streams(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"text/event-stream")) {
        return response;
    }
    let connection = app.part::<Metrics>().map(Metrics::live_connection);
    let stopping = app.part::<Stopping>().map(|stopping| stopping.0.clone());
    let stopped = async move {
        match stopping {
            Some(mut stopping) => drop(stopping.wait_for(|stop| *stop).await),
            None => std::future::pending().await,
        }
    };
    response.map(|body| {
        let counted = body.into_data_stream().map(move |chunk| {
            let _ = &connection;
            chunk
        });
        Body::from_stream(counted.take_until(Box::pin(stopped)))
    })
}
