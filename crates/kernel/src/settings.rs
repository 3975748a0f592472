//! The desk's settings: one JSON value a name, read with a default.

use base::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Tx, store};

/// A setting: its name and its type. Each capability declares its own as constants' types.
pub trait Setting: Serialize + DeserializeOwned + Default {
    /// The name under which it is kept.
    const NAME: &'static str;
}

/// The setting's value, or its default when it was never set.
pub fn get<S: Setting>(tx: &mut Tx<'_>) -> Result<S> {
    match store::setting(tx, S::NAME)? {
        Some(text) => serde_json::from_str(&text).map_err(|cause| Error::internal(format!("{}: {cause}", S::NAME))),
        None => Ok(S::default()),
    }
}

/// Sets the value.
pub fn set<S: Setting>(tx: &mut Tx<'_>, value: &S) -> Result<()> {
    let text = serde_json::to_string(value).map_err(Error::internal)?;
    store::put_setting(tx, S::NAME, &text)
}
