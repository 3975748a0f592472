//! The full-text index of either database, fed with terms from [`base::text`], so that both find the same.
//!
//! A full-text table has the columns `rowid` and `terms`. On SQLite it is an FTS5 table, on PostgreSQL a `tsvector`
//! under a GIN index, with no dictionary of its own.

use std::collections::{BTreeMap, BTreeSet};

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
pub fn add(tx: &mut Tx, table: &'static str, rowid: i64, text: &str) -> Result<()> {
    let terms = base::text::index_terms(text);
    if tx.dialect() == Dialect::Sqlite {
        let terms = terms.iter().map(|term| known_to_fts5(term)).collect();
        tx.index_at_commit(Change { table, rowid, anew: false, terms });
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO {table} (rowid, terms) VALUES ($1, array_to_tsvector(string_to_array($2, ' '))) \
         ON CONFLICT (rowid) DO UPDATE SET terms = {table}.terms || excluded.terms"
    );
    tx.execute(&sql, params![rowid, joined(&terms)]).map(drop)
}

/// Makes the row's terms those of `text` alone.
pub fn replace(tx: &mut Tx, table: &'static str, rowid: i64, text: &str) -> Result<()> {
    delete(tx, table, rowid)?;
    add(tx, table, rowid, text)
}

/// Takes the row out of the index.
pub fn delete(tx: &mut Tx, table: &'static str, rowid: i64) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        tx.index_at_commit(Change { table, rowid, anew: true, terms: BTreeSet::new() });
        return Ok(());
    }
    tx.execute(&format!("DELETE FROM {table} WHERE rowid = $1"), params![rowid]).map(drop)
}

/// A change of one row of a full-text table, which waits for the commit: FTS5 writes all that it holds in memory
/// whenever a savepoint begins or ends, so one write for all callers of a commit is several times cheaper.
pub(crate) struct Change {
    table: &'static str,
    rowid: i64,
    /// Whether what the row held before is dropped.
    anew: bool,
    terms: BTreeSet<String>,
}

/// Writes changes, in the order in which they were asked for, into FTS5 tables.
pub(crate) fn write(tx: &mut Tx, changes: Vec<Change>) -> Result<()> {
    let mut rows: BTreeMap<(&'static str, i64), (bool, BTreeSet<String>)> = BTreeMap::new();
    for change in changes {
        let row = rows.entry((change.table, change.rowid)).or_default();
        if change.anew {
            *row = (true, change.terms);
        } else {
            row.1.extend(change.terms);
        }
    }
    for ((table, rowid), (anew, terms)) in rows {
        write_row(tx, table, rowid, anew, terms)?;
    }
    Ok(())
}

fn write_row(tx: &mut Tx, table: &str, rowid: i64, anew: bool, mut terms: BTreeSet<String>) -> Result<()> {
    let old = tx.find(&format!("SELECT terms FROM {table} WHERE rowid = $1"), params![rowid])?;
    let Some(old) = old else {
        if terms.is_empty() {
            return Ok(());
        }
        let sql = format!("INSERT INTO {table} (rowid, terms) VALUES ($1, $2)");
        return tx.execute(&sql, params![rowid, joined(&terms)]).map(drop);
    };
    let old: String = old.at(0)?;
    if !anew {
        terms.extend(old.split(' ').map(str::to_owned));
    }
    let new = joined(&terms);
    if new.is_empty() {
        tx.execute(&format!("DELETE FROM {table} WHERE rowid = $1"), params![rowid])?;
    } else if new != old {
        tx.execute(&format!("UPDATE {table} SET terms = $2 WHERE rowid = $1"), params![rowid, new])?;
    }
    Ok(())
}

fn joined(terms: &BTreeSet<String>) -> String {
    terms.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// A term as FTS5 is given it. Its tokenizer cuts a word at letters that it doesn't know, those of newer Unicode versions
/// among them, and a word in pieces is a phrase, which the index can't look for. So letters beyond Cyrillic are written by
/// their numbers; what is written so already stays as it is.
fn known_to_fts5(term: &str) -> String {
    let mut out = String::with_capacity(term.len());
    for letter in term.chars() {
        if letter < '\u{500}' && letter != '\u{37f}' {
            out.push(letter);
        } else {
            out.push_str(&format!("u{:x}", u32::from(letter)));
        }
    }
    out
}

/// `SELECT rowid` of the rows that hold every one of `terms`; `None` when there is nothing to look for.
pub fn matching(dialect: Dialect, table: &str, terms: &[QueryTerm]) -> Option<Fragment> {
    let mut out = Fragment::new(format!("SELECT rowid FROM {table} WHERE "));
    out.append(&holding(dialect, table, terms)?);
    Some(out)
}

/// A condition over the table that its row holds every one of `terms`; `None` when there is nothing to look for.
///
/// A query that reads the table first and orders by its `rowid` gets the first rows without having found them all.
pub fn holding(dialect: Dialect, table: &str, terms: &[QueryTerm]) -> Option<Fragment> {
    let parts: Vec<String> = terms.iter().filter_map(|term| query_part(dialect, term)).collect();
    if parts.is_empty() {
        return None;
    }
    let mut out = Fragment::default();
    match dialect {
        Dialect::Sqlite => out.push(&format!("{table} MATCH ")).bind(parts.join(" AND ")),
        Dialect::Postgres => {
            out.push(&format!("{table}.terms @@ CAST(CAST(")).bind(parts.join(" & ")).push(" AS TEXT) AS tsquery)")
        }
    };
    Some(out)
}

/// One term in the database's own query language. Terms hold letters and digits only, so quoting is safe.
fn query_part(dialect: Dialect, term: &QueryTerm) -> Option<String> {
    let (quote, or, prefix_mark) = match dialect {
        Dialect::Sqlite => ('"', " OR ", " *"),
        Dialect::Postgres => ('\'', " | ", ":*"),
    };
    let word = |text: &str| {
        let text = if dialect == Dialect::Sqlite { known_to_fts5(text) } else { text.to_owned() };
        format!("{quote}{}{quote}", text.replace(['"', '\'', '\\'], ""))
    };
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
