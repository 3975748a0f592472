//! The desk's settings that people's pages change.

use base::Locale;
use kernel::settings::Setting;
use serde::{Deserialize, Serialize};

/// What the desk is called, and what people are given who say nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Desk {
    /// The desk's name.
    pub name: String,
    /// The language of people whose own is not known.
    pub locale: Locale,
    /// The IANA time zone of people whose own is not known.
    pub time_zone: String,
}

impl Default for Desk {
    fn default() -> Self {
        Self { name: "Tugi".into(), locale: Locale::En, time_zone: "Europe/Tallinn".into() }
    }
}

impl Setting for Desk {
    const NAME: &'static str = "desk";
}

/// How people may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignIn {
    /// Whether API requests may carry an e-mail address and a password.
    pub api_passwords: bool,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { api_passwords: true }
    }
}

impl Setting for SignIn {
    const NAME: &'static str = "sign_in";
}
