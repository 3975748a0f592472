//! `Idempotency-Key`: a request that is sent again within two hours is answered as it was the first time.
//!
//! The key is written in the transaction of what the request makes, so that two at once make one.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, Result, time};
use serde::Serialize;
use serde_json::Value;

use super::{Answer, Failure};
use crate::secrets::sha256;
use crate::{App, Tx, store};

/// How long an answer is kept, in milliseconds.
const KEPT: i64 = 2 * time::HOUR;
/// The longest key, in characters.
const LONGEST: usize = 255;

/// The key that a request carries, if it carries one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(Option<String>);

impl FromRequestParts<App> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Answer<Self> {
        let Some(given) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = given.to_str().unwrap_or_default();
        if key.is_empty() || key.chars().count() > LONGEST {
            return Err(refused(format!("Idempotency-Key: takes 1 to {LONGEST} printable characters")).into());
        }
        Ok(Self(Some(key.to_owned())))
    }
}

fn refused(text: String) -> Error {
    Error::BadRequest("IdempotentRequestError", text)
}

/// What came of a request: a record that was made now, or the answer that was given before.
pub enum Once<T> {
    /// Made now: the place where it is found, and its view.
    Made(String, T),
    /// Made now under a key, which the answer says.
    Miss(String, T),
    /// Made before under the same key: place and answer of that time.
    Hit(String, Value),
}

/// Does the work unless it was done under this key before. `work` gives the place of what it made, and its view.
///
/// # Errors
/// `BadRequest` when the key stood for another request; what the work fails with, and then nothing is kept.
pub fn once<T: Serialize>(
    tx: &mut Tx<'_>,
    key: &IdempotencyKey,
    actor: &Actor,
    request: &Value,
    work: impl FnOnce(&mut Tx<'_>) -> Result<(String, T)>,
) -> Result<Once<T>> {
    let Some(given) = &key.0 else { return work(tx).map(|(place, view)| Once::Made(place, view)) };
    let key = format!("{} {given}", actor.user);
    let hash = sha256(request.to_string().as_bytes());
    let since = tx.now().plus(-KEPT);
    store::forget_idempotency(tx, &key, since)?;
    if !store::claim_idempotency(tx, &key, &hash)? {
        let (before, place, body) = store::idempotency(tx, &key)?;
        if before != hash {
            return Err(refused("Idempotency-Key: stood for a request with other parameters".into()));
        }
        return Ok(Once::Hit(place, serde_json::from_str(&body).map_err(Error::internal)?));
    }
    let (place, view) = work(tx)?;
    let body = serde_json::to_string(&view).map_err(Error::internal)?;
    store::keep_idempotency(tx, &key, &place, &body)?;
    Ok(Once::Miss(place, view))
}

/// Forgets answers that were kept long enough. For the daily housekeeping.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<()> {
    let since = tx.now().plus(-KEPT);
    store::forget_old_idempotency(tx, since)
}

impl<T: Serialize> IntoResponse for Once<T> {
    fn into_response(self) -> Response {
        let (lookup, place, mut response) = match self {
            Once::Made(place, view) => (None, place, Json(view).into_response()),
            Once::Miss(place, view) => (Some("miss"), place, Json(view).into_response()),
            Once::Hit(place, body) => (Some("hit"), place, Json(body).into_response()),
        };
        *response.status_mut() = StatusCode::CREATED;
        let headers = response.headers_mut();
        if let Ok(place) = HeaderValue::from_str(&place) {
            headers.insert(header::LOCATION, place);
        }
        if let Some(lookup) = lookup {
            headers.insert("x-idempotency-lookup", HeaderValue::from_static(lookup));
        }
        response
    }
}
