//! What admins did to the desk itself. Zendesk's `audit_logs`. `people` lists it.

use base::{Actor, Result};

use crate::{Tx, store};

/// What was changed: a kind, an id, a name.
pub type Source<'a> = (&'a str, Option<i64>, &'a str);

/// Writes a line in the transaction of the change itself.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, source: Source<'_>, change: &str) -> Result<()> {
    let (source_type, source_id, source_label) = source;
    store::add_audit_log(tx, &store::AuditLogLine { actor, action, source_type, source_id, source_label, change })
}
