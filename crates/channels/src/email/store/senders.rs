//! Senders whose mail is always, or never, suspended.

use base::{Result, Timestamp};
use db::params;
use kernel::Tx;

/// An entry: the pattern, `allow` or `block`, and since when.
pub(crate) type Entry = (String, String, Timestamp);

pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
    let rows = tx.query("SELECT pattern, kind, created_at FROM sender_lists ORDER BY pattern", &[])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?))).collect()
}

/// The kinds of the entries for an address and for its domain.
pub(crate) fn matching(tx: &mut Tx<'_>, address: &str, domain: &str) -> Result<Vec<(String, String)>> {
    let sql = "SELECT pattern, kind FROM sender_lists WHERE pattern IN ($1, $2, '*')";
    let rows = tx.query(sql, params![address, domain])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

pub(crate) fn put(tx: &mut Tx<'_>, pattern: &str, kind: &str) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO sender_lists (pattern, kind, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (pattern) DO UPDATE SET kind = excluded.kind";
    tx.execute(sql, params![pattern, kind, now]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, pattern: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM sender_lists WHERE pattern = $1", params![pattern])? > 0)
}
