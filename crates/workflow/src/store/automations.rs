//! Which tickets an automation is due for.

use base::{Fragment, Result, TicketId, Timestamp};
use kernel::Tx;

/// The tickets among those of `filter` (over the alias `t`) to which the rule did nothing since they were last changed, nor
/// since `lately`; only this one when it is given.
pub(crate) fn due(
    tx: &mut Tx<'_>,
    rule: i64,
    filter: &Fragment,
    lately: Timestamp,
    only: Option<TicketId>,
    limit: i64,
) -> Result<Vec<TicketId>> {
    let mut sql = Fragment::new("SELECT t.id FROM tickets t WHERE ");
    sql.append(filter).push(" AND NOT EXISTS (SELECT 1 FROM rule_runs r WHERE r.rule_id = ").bind(rule);
    sql.push(" AND r.ticket_id = t.id AND (r.at >= t.updated_at OR r.at > ").bind(lately).push("))");
    if let Some(id) = only {
        sql.push(" AND t.id = ").bind(id);
    }
    sql.push(" ORDER BY t.id LIMIT ").bind(limit);
    tx.query_fragment(&sql)?.iter().map(|row| row.at(0)).collect()
}
