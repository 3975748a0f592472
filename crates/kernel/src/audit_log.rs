//! What admins did to the desk itself. Zendesk's `audit_logs`.

use base::{Actor, Result, Timestamp, UserId};

use crate::{Tx, store};

/// One line of the log.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// Who did it.
    pub actor: UserId,
    /// `create`, `update`, `destroy`, `login`, `exported`.
    pub action: String,
    /// The kind of thing that was changed.
    pub source_type: String,
    /// Which one.
    pub source_id: Option<i64>,
    /// Its name at that time.
    pub source_label: String,
    /// What was changed, as text without secrets.
    pub change_description: String,
    /// When.
    pub created_at: Timestamp,
}

/// What was changed: a kind, an id, a name.
pub type Source<'a> = (&'a str, Option<i64>, &'a str);

/// Writes a line in the transaction of the change itself.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, source: Source<'_>, change: &str) -> Result<()> {
    let (source_type, source_id, source_label) = source;
    store::add_audit_log(tx, &store::AuditLogLine { actor, action, source_type, source_id, source_label, change })
}

/// Up to `limit` lines older than line `before`, newest first.
pub fn page(tx: &mut Tx<'_>, before: Option<i64>, limit: i64) -> Result<Vec<Line>> {
    let rows = store::audit_log(tx, before, limit)?;
    rows.iter()
        .map(|row| {
            Ok(Line {
                id: row.get("id")?,
                actor: row.get("actor_id")?,
                action: row.get("action")?,
                source_type: row.get("source_type")?,
                source_id: row.get("source_id")?,
                source_label: row.get("source_label")?,
                change_description: row.get("change_description")?,
                created_at: row.get("created_at")?,
            })
        })
        .collect()
}
