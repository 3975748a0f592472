//! Limits on how often something may be tried, such as signing in. They hold over restarts and on all nodes.

use base::{Error, Result};

use crate::{Tx, store};

/// How often, within how long.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Attempts that are let through.
    pub attempts: i64,
    /// Milliseconds over which they are counted.
    pub within: i64,
}

/// Fails with `TooMany` when `key` was tried too often of late.
pub fn check(tx: &mut Tx<'_>, key: &str, limit: Limit) -> Result<()> {
    let since = tx.now().plus(-limit.within);
    if store::attempts_since(tx, key, since)? >= limit.attempts {
        return Err(Error::TooMany { retry_after: u32::try_from(limit.within / 1_000).unwrap_or(u32::MAX) });
    }
    Ok(())
}

/// Counts an attempt.
pub fn count(tx: &mut Tx<'_>, key: &str, limit: Limit) -> Result<()> {
    let forget_before = tx.now().plus(-limit.within);
    store::add_attempt(tx, key, forget_before)
}

/// Forgets the attempts, as after a success.
pub fn forget(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    store::forget_attempts(tx, key)
}
