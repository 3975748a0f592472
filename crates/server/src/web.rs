//! The workspace's pages, which the program carries inside. While developing they are read from disk instead.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kernel::http::{Needs, Routes};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/agent/dist"]
#[allow_missing = true]
struct Agent;

/// What is shown where the pages were not built.
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Tugi</title>
<p>The workspace was not built into this program. Run <code>cargo xtask build</code> and start it again.";

/// The routes of the pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/", start)
        .needs(Needs::Nothing)
        .get("/agent", start)
        .needs(Needs::Nothing)
        .get("/agent/", index)
        .needs(Needs::Nothing)
        .get("/agent/{*path}", page)
        .needs(Needs::Nothing)
}

async fn start() -> Redirect {
    Redirect::temporary("/agent/")
}

async fn index(headers: HeaderMap) -> Response {
    match Agent::get("index.html") {
        Some(file) => answer(file, "no-cache", &headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

/// A file, or the start page, which finds its way by the path itself.
async fn page(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let hashed = path.starts_with("assets/");
    match Agent::get(&path) {
        Some(file) if hashed => answer(file, "public, max-age=31536000, immutable", &headers),
        Some(file) => answer(file, "no-cache", &headers),
        None if hashed => StatusCode::NOT_FOUND.into_response(),
        None => index(headers).await,
    }
}

fn answer(file: EmbeddedFile, cache: &'static str, asked: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("W/\"{hash}\"");
    let same = asked.get(header::IF_NONE_MATCH).is_some_and(|held| held.as_bytes() == tag.as_bytes());
    let body = if same { Body::empty() } else { Body::from(file.data) };
    let mut response = Response::new(body);
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    for (name, value) in [(header::CONTENT_TYPE, file.metadata.mimetype()), (header::ETAG, &tag)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}
