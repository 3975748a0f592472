//! Records of theirs and what they are here.

use base::Result;
use kernel::Tx;
use serde_json::Value;

use crate::store;

/// Where records come from, and what making people needs.
#[derive(Clone)]
pub(crate) struct Place {
    /// The name of the other help desk.
    pub source: String,
    /// The hash of a password that nobody knows: agents choose one of their own, and no invitation is sent.
    pub password_hash: String,
}

impl Place {
    /// Our number of the record of `kind` that `value` names, if it was taken over.
    pub fn ours<T: From<i64>>(&self, tx: &mut Tx<'_>, kind: &str, value: &Value) -> Result<Option<T>> {
        let Some(id) = id_of(value) else { return Ok(None) };
        Ok(store::ours(tx, &self.source, kind, &id)?.map(T::from))
    }

    /// The same for each of a list.
    pub fn all_ours<T: From<i64>>(&self, tx: &mut Tx<'_>, kind: &str, list: &Value) -> Result<Vec<T>> {
        let mut out = Vec::new();
        for value in list.as_array().into_iter().flatten() {
            out.extend(self.ours(tx, kind, value)?);
        }
        Ok(out)
    }

    /// Remembers what a record of theirs is here.
    pub fn keep(&self, tx: &mut Tx<'_>, kind: &str, their_id: &str, our_id: i64) -> Result<()> {
        store::keep(tx, &self.source, kind, their_id, Some(our_id), None)
    }
}

/// A number in JSON, as the map has it.
pub(crate) fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// A text that says something, without the characters that databases don't take.
pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(|text| text.replace('\0', "")).filter(|text| !text.trim().is_empty())
}

/// A list of texts.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}
