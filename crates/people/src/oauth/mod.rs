//! OAuth 2: programs that act for people, as far as those let them (RFC 6749, 6750 and 7636, with Zendesk's scopes).
//!
//! | module | holds |
//! |---|---|
//! | [`clients`] | the programs, and how they prove who they are |
//! | [`grants`] | what somebody allows becomes a code, a code becomes a token, a token a newer one |
//! | [`tokens`] | the tokens: who shows one, lists, giving back |
//!
//! Secrets, codes and tokens are kept as keyed hashes. A code works once, for a minute. A refresh replaces both texts of
//! a token, so an older refresh token opens nothing; it doesn't end the newer one.

pub mod clients;
pub mod grants;
pub mod tokens;

pub(crate) use tokens::by_token;

/// Why a grant is refused: a code of RFC 6749, section 5.2 or 4.1.2.1, and one English sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `invalid_request`, `invalid_client`, `invalid_grant`, `invalid_scope` ...
    pub code: &'static str,
    /// For the program's author.
    pub description: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self { code, description: description.into() }
    }
}

/// What a grant gives, unless it is refused. The outer error is a fault of ours.
pub type Granted<T> = std::result::Result<T, Refusal>;
