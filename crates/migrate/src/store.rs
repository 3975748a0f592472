//! `imported_records`.

use std::collections::BTreeSet;

use base::{Fragment, Result};
use db::params;
use kernel::Tx;

/// Our number of a record of theirs.
pub(crate) fn ours(tx: &mut Tx<'_>, source: &str, kind: &str, their_id: &str) -> Result<Option<i64>> {
    let sql = "SELECT our_id FROM imported_records WHERE source = $1 AND kind = $2 AND their_id = $3";
    let row = tx.find(sql, params![source, kind, their_id])?;
    Ok(row.map(|row| row.at::<Option<i64>>(0)).transpose()?.flatten())
}

/// Those of these records that have been taken over.
pub(crate) fn known(tx: &mut Tx<'_>, source: &str, kind: &str, ids: &[String]) -> Result<BTreeSet<String>> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut sql = Fragment::new("SELECT their_id FROM imported_records WHERE source = ");
    sql.bind(source).push(" AND kind = ").bind(kind).push(" AND their_id IN (").bind_all(ids).push(")");
    Ok(tx.column(&sql.sql, &sql.params)?.into_iter().collect())
}

/// Remembers a record; one that was remembered before is kept anew.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    source: &str,
    kind: &str,
    their_id: &str,
    our_id: Option<i64>,
    body: Option<&str>,
) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO imported_records (source, kind, their_id, our_id, body, imported_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (source, kind, their_id) DO UPDATE SET our_id = excluded.our_id, body = excluded.body,
        imported_at = excluded.imported_at";
    tx.execute(sql, params![source, kind, their_id, our_id, body.map(str::to_owned), now]).map(drop)
}
