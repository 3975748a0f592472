//! What a request for a list says: who asks, for which list, which page of it; and what a body gives of a record.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base::{Actor, Error, FieldProblem, Result};
use serde_json::{Map, Value};

use super::{Answer, Envelope, Failure, Me, Origin, Page, Paging, Params};
use crate::App;

/// A request for a list.
pub struct Asked {
    /// Who asks.
    pub actor: Actor,
    /// Scheme and host that they called.
    pub origin: Origin,
    /// Which page they want.
    pub paging: Paging,
    path: String,
    query: String,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let Me(actor) = Me::from_request_parts(parts, app).await?;
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        let Params(paging) = Params::from_request_parts(parts, app).await?;
        let path = format!("{}.json", parts.uri.path());
        let query = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self { actor, origin, paging, path, query })
    }
}

impl Asked {
    /// The envelope of the list that was asked for.
    pub fn envelope(&self) -> Envelope<'_> {
        Envelope { origin: &self.origin, path: &self.path, query: &self.query }
    }

    /// A page of a list that lies whole in memory.
    pub fn slice(&self, name: &str, items: Vec<Value>) -> Result<Value> {
        self.envelope().slice(&self.paging, name, items)
    }

    /// The page that is asked for.
    pub fn page(&self) -> Result<Page> {
        self.paging.page()
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&self.query).unwrap_or_default();
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// The API's address of something.
pub fn url(origin: &Origin, path: &str) -> String {
    format!("{}/api/v2/{path}.json", origin.0)
}

/// Reads what a client gives of a record, and collects what is wrong with it. A key that is absent leaves the record
/// as it is.
pub struct Given {
    map: Map<String, Value>,
    problems: Vec<FieldProblem>,
}

impl Given {
    /// What the client gives.
    pub fn new(map: Map<String, Value>) -> Self {
        Self { map, problems: Vec::new() }
    }

    /// Records that something is wrong.
    pub fn problem(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(FieldProblem { field: field.into(), code: "InvalidValue", message: message.into() });
    }

    /// The raw value, if one was given.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.map.get(key)
    }

    /// A text; null counts as the empty one.
    pub fn text(&mut self, key: &str, into: &mut String) {
        match self.map.get(key) {
            None => {}
            Some(Value::Null) => into.clear(),
            Some(Value::String(text)) => text.trim().clone_into(into),
            Some(other) => {
                let message = format!("{key}: {other} is not a text");
                self.problem(key, message);
            }
        }
    }

    /// A text that may be null; the empty one counts as null.
    pub fn optional_text(&mut self, key: &str, into: &mut Option<String>) {
        let mut text = into.clone().unwrap_or_default();
        self.text(key, &mut text);
        *into = Some(text).filter(|text| !text.is_empty());
    }

    /// True or false.
    pub fn flag(&mut self, key: &str, into: &mut bool) {
        match self.map.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::Bool(flag)) => *into = *flag,
            Some(other) => match other.as_str() {
                Some("true") => *into = true,
                Some("false") => *into = false,
                _ => {
                    let message = format!("{key}: {other} is not true or false");
                    self.problem(key, message);
                }
            },
        }
    }

    /// A whole number.
    pub fn number(&mut self, key: &str, into: &mut i64) {
        match self.map.get(key) {
            None | Some(Value::Null) => {}
            Some(value) => match as_id(value) {
                Some(number) => *into = number,
                None => {
                    let message = format!("{key}: {value} is not a whole number");
                    self.problem(key, message);
                }
            },
        }
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &str, into: &mut Vec<String>) {
        let list = match self.map.get(key) {
            None | Some(Value::Null) => return,
            Some(Value::Array(list)) => list.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        match list {
            Some(texts) => *into = texts,
            None => self.problem(key, format!("{key}: must be a list of texts")),
        }
    }

    /// A list of ids.
    pub fn ids<T: From<i64>>(&mut self, key: &str, into: &mut Vec<T>) {
        match self.map.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::Array(list)) => match list.iter().map(as_id).collect::<Option<Vec<_>>>() {
                Some(ids) => *into = ids.into_iter().map(T::from).collect(),
                None => self.problem(key, format!("{key}: must be a list of ids")),
            },
            Some(_) => self.problem(key, format!("{key}: must be a list of ids")),
        }
    }

    /// Ends the reading with what `check` finds beside.
    ///
    /// # Errors
    /// `Invalid` with every problem.
    pub fn finish<T>(self, checked: Result<T>) -> Result<T> {
        match checked {
            Err(Error::Invalid(more)) => {
                let mut all = self.problems;
                for problem in more {
                    if !all.iter().any(|known| known.field == problem.field) {
                        all.push(problem);
                    }
                }
                Err(Error::Invalid(all))
            }
            Err(other) => Err(other),
            Ok(_) if !self.problems.is_empty() => Err(Error::Invalid(self.problems)),
            Ok(done) => Ok(done),
        }
    }
}

/// Numbers separated by commas, at most 100.
pub fn numbers(text: &str) -> Vec<i64> {
    text.split(',').filter_map(|id| id.trim().parse().ok()).take(100).collect()
}

/// A number, or a text that holds one, as clients send ids.
pub fn as_id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}
