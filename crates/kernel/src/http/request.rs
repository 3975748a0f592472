//! What handlers take out of a request.

use std::net::{IpAddr, SocketAddr};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use base::{Actor, Error};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Answer, Failure};
use crate::App;

/// The largest JSON body that is taken, in bytes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// Who asks. On routes that need nothing it may be taken as `Option<Me>`.
pub struct Me(pub Actor);

impl FromRequestParts<App> for Me {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Answer<Self> {
        let actor = parts.extensions.get::<Actor>().cloned();
        actor.map(Me).ok_or(Failure(Error::Unauthenticated("Couldn't authenticate you")))
    }
}

impl axum::extract::OptionalFromRequestParts<App> for Me {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Answer<Option<Self>> {
        Ok(parts.extensions.get::<Actor>().cloned().map(Me))
    }
}

/// A JSON body. Any content type will do, since clients send many. An absent body, `""` and `null` count as `{}`.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Answer<Self> {
        let bytes = axum::body::to_bytes(request.into_body(), LARGEST_BODY)
            .await
            .map_err(|_| Error::TooLarge { limit: LARGEST_BODY as u64 })?;
        Ok(Self(parse(&bytes)?))
    }
}

fn parse<T: DeserializeOwned>(bytes: &Bytes) -> base::Result<T> {
    let text = bytes.trim_ascii();
    let text = if matches!(text, b"" | b"\"\"" | b"null") { b"{}" } else { text };
    let unreadable = |cause: &dyn std::fmt::Display| {
        Error::BadRequest("Unprocessable Entity", format!("The body is not JSON: {cause}"))
    };
    let json: Value = serde_json::from_slice(text).map_err(|cause| unreadable(&cause))?;
    serde_path_to_error::deserialize(json).map_err(|cause| {
        let path = cause.path().to_string();
        let field = if path == "." { "base".to_owned() } else { path };
        Error::invalid(&field, "InvalidValue", format!("{field}: {}", cause.inner()))
    })
}

/// The query string. `page[size]` and its like are plain names to serde.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Answer<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let read = serde_urlencoded::from_str(query);
        read.map(Params).map_err(|cause| Failure(Error::BadRequest("InvalidQuery", format!("The query: {cause}"))))
    }
}

/// An id in the path. Anything else than a number is a record that doesn't exist.
pub struct Id<T>(pub T);

impl<T: From<i64> + Send> FromRequestParts<App> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, app).await;
        let values = path.map_err(|_| Error::NotFound)?.0;
        let id = values.first().and_then(|(_, text)| text.parse::<i64>().ok());
        id.map(|id| Id(T::from(id))).ok_or(Failure(Error::NotFound))
    }
}

/// Where a request comes from. What proxies say of it is taken for true: the server drops it where it is not.
pub fn caller_ip<B>(request: &axum::http::Request<B>) -> Option<IpAddr> {
    let told = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    let told = told.and_then(|list| list.rsplit(',').next()).and_then(|ip| ip.trim().parse().ok());
    told.or_else(|| request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip()))
}

/// Scheme, host and port that the client called, without a slash at its end: every URL in an answer begins with it.
#[derive(Clone, Debug)]
pub struct Origin(pub String);

impl Origin {
    pub(crate) fn of(headers: &HeaderMap, fallback: &str) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let scheme = text("x-forwarded-proto").unwrap_or_else(|| fallback.split("://").next().unwrap_or("http"));
        match text("x-forwarded-host").or_else(|| text("host")) {
            Some(host) => Self(format!("{scheme}://{host}")),
            None => Self(fallback.to_owned()),
        }
    }
}

impl FromRequestParts<App> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers, app.base_url()))
    }
}
