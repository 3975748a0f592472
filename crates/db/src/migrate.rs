//! The ordered list of migrations. A migration that was shipped is never edited; new ones go to the end.

use std::rc::Rc;

use base::{Error, Result, Timestamp};

use crate::sql::{Dialect, expand};
use crate::tx::{Connection, Tx};
use crate::{params, postgres, sqlite};

/// Every migration: its name, and its text in portable SQL (see `sql::expand` for the words in braces).
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_kernel", include_str!("../../../migrations/0001_kernel.sql")),
    ("0002_people", include_str!("../../../migrations/0002_people.sql")),
    ("0003_tickets", include_str!("../../../migrations/0003_tickets.sql")),
    ("0004_mail", include_str!("../../../migrations/0004_mail.sql")),
    ("0005_speed", include_str!("../../../migrations/0005_speed.sql")),
    ("0006_oauth", include_str!("../../../migrations/0006_oauth.sql")),
    ("0007_exports", include_str!("../../../migrations/0007_exports.sql")),
    ("0008_tickets", include_str!("../../../migrations/0008_tickets.sql")),
    ("0009_people", include_str!("../../../migrations/0009_people.sql")),
    ("0009_dynamic_content", include_str!("../../../migrations/0009_dynamic_content.sql")),
    ("0010_webhooks", include_str!("../../../migrations/0010_webhooks.sql")),
    ("0011_rules", include_str!("../../../migrations/0011_rules.sql")),
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)";

pub(crate) fn sqlite(conn: rusqlite::Connection, now: Timestamp) -> Result<rusqlite::Connection> {
    let conn = Rc::new(conn);
    conn.execute_batch("BEGIN IMMEDIATE").map_err(sqlite::error)?;
    let done = apply(&mut Tx::new(Connection::Sqlite(conn.clone()), now));
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    conn.execute_batch(end).map_err(sqlite::error)?;
    done?;
    Rc::try_unwrap(conn).map_err(|_| Error::internal("a migration kept the connection"))
}

pub(crate) fn postgres(mut client: postgres::Client, now: Timestamp) -> Result<()> {
    // Nodes that start together take turns.
    client.batch("BEGIN; SELECT pg_advisory_xact_lock(7453200)")?;
    let mut tx = Tx::new(Connection::Postgres(Box::new(client)), now);
    let done = apply(&mut tx);
    tx.batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn apply(tx: &mut Tx) -> Result<()> {
    tx.batch(LEDGER)?;
    let applied: Vec<String> = tx.column("SELECT name FROM migrations", &[])?;
    if let Some(unknown) = applied.iter().find(|name| MIGRATIONS.iter().all(|(known, _)| known != name)) {
        return Err(Error::internal(format!("the database was written by a newer Tugi (it has migration {unknown})")));
    }
    for (name, sql) in MIGRATIONS {
        if applied.iter().any(|done| done == name) {
            continue;
        }
        let text = expand(tx.dialect(), sql);
        tx.batch(&text).map_err(|cause| Error::internal(format!("migration {name}: {cause}")))?;
        tx.execute("INSERT INTO migrations (name, applied_at) VALUES ($1, $2)", params![*name, tx.now()])?;
    }
    Ok(())
}

/// The tables and columns of the database, for comparing the schemas of both: `table.column`, sorted.
pub fn schema(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        Dialect::Postgres => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    tx.column(sql, &[])
}
