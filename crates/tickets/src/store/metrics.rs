//! What metric events are computed from.

use std::collections::BTreeMap;

use base::{AuditId, Fragment, Result, TicketId, Timestamp, UserId};
use kernel::Tx;
use serde_json::Value;

/// An audit without what the clocks don't look at.
pub(crate) struct BareAudit {
    pub audit: AuditId,
    pub ticket: TicketId,
    pub at: Timestamp,
    pub events: Value,
}

/// A comment without its text.
pub(crate) struct BareComment {
    pub author: UserId,
    pub public: bool,
    pub by_staff: bool,
}

/// The audits of these tickets, oldest first.
pub(crate) fn audits(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Result<Vec<BareAudit>> {
    let mut out = Vec::new();
    for some in tickets.chunks(500) {
        let mut sql = Fragment::new("SELECT id, ticket_id, created_at, events FROM audits WHERE ticket_id IN (");
        sql.bind_all(some.iter().copied()).push(") ORDER BY id");
        for row in tx.query_fragment(&sql)? {
            let events: String = row.at(3)?;
            let events = serde_json::from_str(&events).unwrap_or_default();
            out.push(BareAudit { audit: row.at(0)?, ticket: row.at(1)?, at: row.at(2)?, events });
        }
    }
    Ok(out)
}

/// The comments of these tickets by audit.
pub(crate) fn written(tx: &mut Tx<'_>, tickets: &[TicketId]) -> Result<BTreeMap<AuditId, Vec<BareComment>>> {
    let mut out: BTreeMap<AuditId, Vec<BareComment>> = BTreeMap::new();
    for some in tickets.chunks(500) {
        let mut sql = Fragment::new(
            "SELECT c.audit_id, c.author_id, c.public, COALESCE(u.role <> 'end-user', FALSE)
             FROM comments c LEFT JOIN users u ON u.id = c.author_id WHERE c.ticket_id IN (",
        );
        sql.bind_all(some.iter().copied()).push(") ORDER BY c.id");
        for row in tx.query_fragment(&sql)? {
            let comment = BareComment { author: row.at(1)?, public: row.at(2)?, by_staff: row.at(3)? };
            out.entry(row.at(0)?).or_default().push(comment);
        }
    }
    Ok(out)
}
