//! What browsers and caches ask of the API: entity tags, and calls from pages of other sites.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure;
use super::traffic::Traffic;
use crate::App;
use crate::secrets::sha256;

/// Headers that a page of another site may read.
const EXPOSED: &str = "etag, link, location, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, \
    x-idempotency-lookup, x-rate-limit, x-rate-limit-remaining, x-request-id, x-zendesk-api-version";
/// Headers that a page of another site may send.
const ALLOWED: &str = "accept, accept-language, authorization, content-type, idempotency-key, if-none-match, \
    x-on-behalf-of, x-request-id";

/// Gives every JSON answer to a GET its entity tag, and answers 304 when the caller holds the same.
pub async fn entity_tags(request: Request, next: Next) -> Response {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let held = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    let json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if !reading || !json || response.status() != StatusCode::OK || response.headers().contains_key(header::ETAG) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // The body of a JSON answer is in memory already.
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("W/\"{}\"", &sha256(&bytes)[..32]);
    let same = held.is_some_and(|held| holds(&held, &tag));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, tag);
    }
    let kept = HeaderValue::from_static("max-age=0, private, must-revalidate");
    head.headers.entry(header::CACHE_CONTROL).or_insert(kept);
    if same {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_TYPE);
        head.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}

/// Whether an `If-None-Match` names this tag, by the weak comparison of RFC 9110.
fn holds(header: &HeaderValue, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(list) = header.to_str() else { return false };
    list.split(',').any(|one| one.trim() == "*" || bare(one) == bare(tag))
}

/// Lets pages of registered origins call the API. Cookies are never taken from there.
pub async fn cross_origin(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let concerned = path.starts_with("/api/") || path.starts_with("/oauth/tokens");
    let Some(origin) = request.headers().get(header::ORIGIN).filter(|_| concerned).cloned() else {
        return next.run(request).await;
    };
    let settings = match Traffic::settings(&app).await {
        Ok(settings) => settings,
        Err(error) => return failure(&error),
    };
    if !settings.cors_origins.iter().any(|known| known.as_bytes() == origin.as_bytes()) {
        return next.run(request).await;
    }
    let asks_first =
        *request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first { preflight() } else { next.run(request).await };
    open_to(response.headers_mut(), origin);
    response
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static("DELETE, GET, HEAD, PATCH, POST, PUT");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    response
}

fn open_to(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}
