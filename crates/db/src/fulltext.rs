//! The full-text index of either database, fed with terms from [`base::text`], so that both find the same.
//!
//! A full-text table has the columns `rowid` and `terms`. On SQLite it is an FTS5 table, on PostgreSQL a `tsvector`
//! under a GIN index, with no dictionary of its own.

use base::text::QueryTerm;
use base::{Fragment, Result};

use crate::sql::Dialect;
use crate::{Tx, params};

/// The statement that makes a full-text table; migrations write `{fulltext NAME}`.
pub(crate) fn create(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!(
            "CREATE VIRTUAL TABLE {name} USING fts5(terms, detail=none, columnsize=0, prefix='2 3', \
             tokenize='unicode61 remove_diacritics 0')"
        ),
        Dialect::Postgres => format!(
            "CREATE TABLE {name} (rowid BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL); \
             CREATE INDEX {name}_terms ON {name} USING GIN (terms)"
        ),
    }
}

/// Adds terms of `text` to those of the row, which is made when it isn't there.
pub fn add(tx: &mut Tx, table: &str, rowid: i64, text: &str) -> Result<()> {
    let terms = base::text::index_terms(text);
    match tx.dialect() {
        Dialect::Sqlite => {
            let old = tx.find(&format!("SELECT terms FROM {table} WHERE rowid = $1"), params![rowid])?;
            let Some(old) = old else {
                let terms = terms.into_iter().collect::<Vec<_>>().join(" ");
                return insert(tx, table, rowid, &terms);
            };
            let old: String = old.at(0)?;
            let mut all = terms;
            all.extend(old.split(' ').map(str::to_owned));
            let all = all.into_iter().collect::<Vec<_>>().join(" ");
            if all != old {
                tx.execute(&format!("UPDATE {table} SET terms = $2 WHERE rowid = $1"), params![rowid, all])?;
            }
        }
        Dialect::Postgres => {
            let terms = terms.into_iter().collect::<Vec<_>>().join(" ");
            let sql = format!(
                "INSERT INTO {table} (rowid, terms) VALUES ($1, array_to_tsvector(string_to_array($2, ' '))) \
                 ON CONFLICT (rowid) DO UPDATE SET terms = {table}.terms || excluded.terms"
            );
            tx.execute(&sql, params![rowid, terms])?;
        }
    }
    Ok(())
}

/// Makes the row's terms those of `text` alone.
pub fn replace(tx: &mut Tx, table: &str, rowid: i64, text: &str) -> Result<()> {
    delete(tx, table, rowid)?;
    add(tx, table, rowid, text)
}

/// Takes the row out of the index.
pub fn delete(tx: &mut Tx, table: &str, rowid: i64) -> Result<()> {
    tx.execute(&format!("DELETE FROM {table} WHERE rowid = $1"), params![rowid]).map(drop)
}

fn insert(tx: &mut Tx, table: &str, rowid: i64, terms: &str) -> Result<()> {
    tx.execute(&format!("INSERT INTO {table} (rowid, terms) VALUES ($1, $2)"), params![rowid, terms]).map(drop)
}

/// `SELECT rowid` of the rows that hold every one of `terms`; `None` when there is nothing to look for.
pub fn matching(dialect: Dialect, table: &str, terms: &[QueryTerm]) -> Option<Fragment> {
    let parts: Vec<String> = terms.iter().filter_map(|term| query_part(dialect, term)).collect();
    if parts.is_empty() {
        return None;
    }
    let mut out = Fragment::new(format!("SELECT rowid FROM {table} WHERE "));
    match dialect {
        Dialect::Sqlite => out.push(&format!("{table} MATCH ")).bind(parts.join(" AND ")),
        Dialect::Postgres => out.push("terms @@ CAST(CAST(").bind(parts.join(" & ")).push(" AS TEXT) AS tsquery)"),
    };
    Some(out)
}

/// One term in the database's own query language. Terms hold letters and digits only, so quoting is safe.
fn query_part(dialect: Dialect, term: &QueryTerm) -> Option<String> {
    let (quote, or, prefix_mark) = match dialect {
        Dialect::Sqlite => ('"', " OR ", " *"),
        Dialect::Postgres => ('\'', " | ", ":*"),
    };
    let word = |text: &str| format!("{quote}{}{quote}", text.replace(['"', '\'', '\\'], ""));
    match &term.prefix {
        Some(prefix) if prefix.is_empty() => None,
        Some(prefix) => Some(format!("{}{prefix_mark}", word(prefix))),
        None if term.alternatives.is_empty() => None,
        None => {
            let words: Vec<_> = term.alternatives.iter().map(|text| word(text)).collect();
            Some(format!("({})", words.join(or)))
        }
    }
}
