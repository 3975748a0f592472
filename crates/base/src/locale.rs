//! The languages that Tugi speaks.

use serde::{Deserialize, Serialize};

/// A language of the workspace, of templates and of people. Zendesk calls these locales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Estonian.
    Et,
    /// Finnish.
    Fi,
    /// Russian.
    Ru,
}

impl Locale {
    /// Every language, in the order of the `locales` list.
    pub const ALL: [Locale; 4] = [Locale::En, Locale::Et, Locale::Fi, Locale::Ru];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Locale::En => "en",
            Locale::Et => "et",
            Locale::Fi => "fi",
            Locale::Ru => "ru",
        }
    }

    /// The language's name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Locale::En => "English",
            Locale::Et => "Eesti",
            Locale::Fi => "Suomi",
            Locale::Ru => "Русский",
        }
    }

    /// The number by which Zendesk's API names the language.
    pub fn zendesk_id(self) -> i64 {
        match self {
            Locale::En => 1,
            Locale::Et => 101,
            Locale::Fi => 84,
            Locale::Ru => 27,
        }
    }

    /// Reads `et`, `et-EE`, `en_US`; `None` for languages that Tugi doesn't speak.
    pub fn parse(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|locale| locale.code() == code)
    }

    /// The language that Zendesk's number stands for.
    pub fn from_zendesk_id(id: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.zendesk_id() == id)
    }
}
