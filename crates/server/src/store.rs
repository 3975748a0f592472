//! The few questions that the program itself asks of the database.

use base::{Result, Timestamp};
use kernel::Tx;

/// Rows by state: the table, the state, how many.
pub(crate) fn counts_by_state(tx: &mut Tx<'_>) -> Result<Vec<(&'static str, String, i64)>> {
    let mut all = Vec::new();
    for (name, sql) in [
        ("jobs", "SELECT state, COUNT(*) FROM jobs GROUP BY state ORDER BY state"),
        ("inbound_messages", "SELECT state, COUNT(*) FROM inbound_messages GROUP BY state ORDER BY state"),
        ("outbound_messages", "SELECT state, COUNT(*) FROM outbound_messages GROUP BY state ORDER BY state"),
        ("webhook_invocations", "SELECT status, COUNT(*) FROM webhook_invocations GROUP BY status ORDER BY status"),
    ] {
        for row in tx.query(sql, &[])? {
            all.push((name, row.at(0)?, row.at(1)?));
        }
    }
    Ok(all)
}

/// When the newest event was recorded.
pub(crate) fn newest_event(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    tx.value("SELECT MAX(at) FROM events", &[])
}

/// Whether there is any ticket.
pub(crate) fn has_tickets(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.find("SELECT 1 FROM tickets LIMIT 1", &[])?.is_some())
}

/// How many people work at the desk.
pub(crate) fn count_staff(tx: &mut Tx<'_>) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM users WHERE role <> 'end-user' AND active", &[])
}
