//! What can go wrong, as codes. The HTTP kit turns these into Zendesk's error envelopes.

use std::fmt;

/// What every fallible function of Tugi returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with one field of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name in the API, or `base` for the input as a whole.
    pub field: String,
    /// Zendesk's code: `BlankValue`, `InvalidValue`, `TooLong`, `DuplicateValue`, `RecordNotFound` ...
    pub code: &'static str,
    /// One English sentence for the reader of the API's answer.
    pub message: String,
}

/// Why something could not be done.
#[derive(Debug)]
pub enum Error {
    /// There is no such record, or the actor may not know of it (404).
    NotFound,
    /// Nobody is signed in, or the credentials are wrong (401). The code says which.
    Unauthenticated(&'static str),
    /// The actor may not do this (403). The text names what is missing.
    Forbidden(&'static str),
    /// The input breaks rules of the record (422).
    Invalid(Vec<FieldProblem>),
    /// Somebody else changed the record first (409). The JSON says what and to what.
    Conflict(Box<serde_json::Value>),
    /// The request itself can't be understood (400): a code and one English sentence.
    BadRequest(&'static str, String),
    /// More things were asked for at once than are taken (400).
    TooManyValues {
        /// The most that are taken.
        most: usize,
    },
    /// The input is larger than `limit` bytes (413).
    TooLarge {
        /// The largest size that is taken, in bytes.
        limit: u64,
    },
    /// Too many requests (429).
    TooMany {
        /// Seconds after which to try again.
        retry_after: u32,
    },
    /// Something that this needs is out of order for now (503). The text names it.
    Unavailable(String),
    /// A fault of ours or of the machine (500). Logged once, at the edge, and never shown.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A fault of ours or of the machine.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Internal(cause.into())
    }

    /// One problem with one field.
    pub fn invalid(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Error::Invalid(vec![FieldProblem { field: field.into(), code, message: message.into() }])
    }

    /// A field that must not be empty and is.
    pub fn blank(field: &str) -> Self {
        Self::invalid(field, "BlankValue", format!("{field}: cannot be blank"))
    }

    /// A short name for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotFound => "RecordNotFound",
            Error::Unauthenticated(code) | Error::BadRequest(code, _) => code,
            Error::Forbidden(_) => "Forbidden",
            Error::Invalid(_) => "RecordInvalid",
            Error::Conflict(_) => "UpdateConflict",
            Error::TooManyValues { .. } => "TooManyValues",
            Error::TooLarge { .. } => "TooLarge",
            Error::TooMany { .. } => "TooManyRequests",
            Error::Unavailable(_) => "Unavailable",
            Error::Internal(_) => "InternalError",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Invalid(problems) => {
                let all: Vec<_> = problems.iter().map(|p| p.message.as_str()).collect();
                write!(f, "{}", all.join("; "))
            }
            Error::BadRequest(code, text) => write!(f, "{code}: {text}"),
            Error::Forbidden(what) => write!(f, "Forbidden: {what}"),
            Error::Unavailable(what) => write!(f, "Unavailable: {what}"),
            Error::Internal(cause) => write!(f, "InternalError: {cause}"),
            other => f.write_str(other.code()),
        }
    }
}

impl std::error::Error for Error {}
