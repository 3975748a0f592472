//! The SQL of this crate.

use base::{Error, Result};
use db::Row;
use serde::de::DeserializeOwned;

pub(crate) mod automations;
pub(crate) mod rules;
pub(crate) mod schedules;
pub(crate) mod sla;
pub(crate) mod webhooks;

/// A column that holds JSON.
fn json_column<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(Error::internal)
}
