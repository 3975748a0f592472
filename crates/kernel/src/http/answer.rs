//! Answers, and Zendesk's error envelopes.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Error, FieldProblem};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// An error on its way out. `?` turns any [`Error`] into one.
#[derive(Debug)]
pub struct Failure(pub Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        failure(&self.0)
    }
}

/// A record that was made: 201 with the place where it is found.
pub struct Created<T>(pub String, pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Json(self.1)).into_response();
        if let Ok(place) = HeaderValue::from_str(&self.0) {
            response.headers_mut().insert(header::LOCATION, place);
        }
        response
    }
}

/// Done, with nothing to say: 204.
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// The answer that stands for an error, in the envelope that Zendesk uses for it. A fault of ours is logged here, once.
pub fn failure(error: &Error) -> Response {
    let (status, body) = match error {
        Error::NotFound => (404, json!({"error": "RecordNotFound", "description": "Not found"})),
        Error::Unauthenticated(code @ "invalid_token") => {
            let text = "The access token provided is expired, revoked, malformed or invalid for other reasons.";
            (401, json!({"error": code, "error_description": text}))
        }
        Error::Unauthenticated(code) => (401, json!({"error": code})),
        Error::Forbidden(what) => (403, forbidden(what)),
        Error::Invalid(problems) => (422, invalid(problems)),
        Error::Conflict(details) => (409, conflict(details)),
        Error::BadRequest(code, text) => (400, unreadable(code, text)),
        Error::TooManyValues { most } => {
            let text = format!("Too many values: the limit is {most}");
            (400, json!({"error": "TooManyValues", "description": text, "max_count": most}))
        }
        Error::TooLarge { limit } => {
            (413, json!({"error": "TooLarge", "description": format!("At most {limit} bytes are taken")}))
        }
        Error::TooMany { .. } => {
            let text = "Number of allowed API requests per minute exceeded";
            (429, json!({"error": "APIRateLimitExceeded", "description": text}))
        }
        Error::Unavailable(what) => (503, json!({"error": "ServiceUnavailable", "description": what})),
        Error::Internal(cause) => {
            tracing::error!(%cause, "a request failed");
            (500, json!({"error": "InternalError", "description": "Something went wrong on our side"}))
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(body)).into_response();
    if let Error::TooMany { retry_after } = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    response
}

/// Zendesk tells of bad paging in two envelopes of their own.
fn unreadable(code: &str, text: &str) -> Value {
    match code {
        "InvalidPaginationDepth" => {
            let title = "Pagination requests using Offset Pagination are limited to page 100 or up to 10000 records \
                (page * per_page)";
            json!({"errors": [{"code": code, "title": title, "detail": text}]})
        }
        "InvalidPaginationParameter" => {
            json!({"errors": [{"code": code, "title": "Invalid pagination parameter", "detail": text}]})
        }
        "Invalid attribute" => json!({"error": {"title": code, "message": text}}),
        _ => json!({"error": code, "description": text}),
    }
}

fn forbidden(what: &str) -> Value {
    let message =
        format!("You do not have access to this page ({what}). Please contact the account owner of this help desk.");
    json!({"error": {"title": "Forbidden", "message": message}})
}

fn invalid(problems: &[FieldProblem]) -> Value {
    let mut details = Map::new();
    for problem in problems {
        let entry = json!({"description": problem.message, "error": problem.code});
        match details.entry(problem.field.clone()).or_insert_with(|| json!([])) {
            Value::Array(list) => list.push(entry),
            other => *other = json!([entry]),
        }
    }
    json!({"error": "RecordInvalid", "description": "Record validation errors", "details": details})
}

fn conflict(details: &Value) -> Value {
    json!({"error": "UpdateConflict", "description": "Somebody else changed this first", "conflict": details})
}
