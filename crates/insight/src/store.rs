//! The SQL of insight. Everything reads ranges of an index: by when tickets came, were first answered, or were solved.

use base::{Actor, Fragment, Result, TicketId, Timestamp, UserId};
use db::Row;
use kernel::Tx;
use rules::Status;

use crate::period::Stretch;

/// Which tickets are looked at, beside those of a stretch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub group: Option<i64>,
    pub brand: Option<i64>,
    pub assignee: Option<i64>,
    pub via: Option<String>,
}

impl Filter {
    /// As an expression over the alias `t`; true when nothing is asked.
    pub fn sql(&self) -> Fragment {
        let mut sql = Fragment::new("1 = 1");
        let ids = [("t.group_id", self.group), ("t.brand_id", self.brand), ("t.assignee_id", self.assignee)];
        for (column, id) in ids {
            if let Some(id) = id {
                sql.push(&format!(" AND {column} = ")).bind(id);
            }
        }
        if let Some(via) = &self.via {
            sql.push(" AND t.via = ").bind(via);
        }
        sql
    }

    /// The same with what the actor may see.
    fn visible(&self, actor: &Actor) -> Fragment {
        let mut sql = tickets::access::visible_to(actor);
        sql.push(" AND ").append(&self.sql());
        sql
    }
}

/// Which instant of a ticket is looked at.
#[derive(Clone, Copy)]
pub(crate) enum At {
    Created,
    FirstReply,
    Solved,
}

impl At {
    fn column(self) -> &'static str {
        match self {
            At::Created => "t.created_at",
            At::FirstReply => "t.first_reply_at",
            At::Solved => "t.solved_at",
        }
    }
}

/// An expression over `t`: the instant lies in the stretch.
pub(crate) fn within(at: At, stretch: Stretch) -> Fragment {
    let column = at.column();
    let mut sql = Fragment::new(format!("{column} >= "));
    sql.bind(stretch.from).push(&format!(" AND {column} < ")).bind(stretch.to);
    sql
}

/// An expression over `t`: by its dates alone the ticket was there and not solved before an instant.
pub(crate) fn unsolved_at(at: Timestamp) -> Fragment {
    let mut sql = Fragment::new("t.created_at < ");
    sql.bind(at).push(" AND (t.solved_at IS NULL OR t.solved_at >= ").bind(at).push(")");
    sql
}

fn select(tx: &mut Tx<'_>, columns: &str, actor: &Actor, filter: &Filter, parts: &[&Fragment]) -> Result<Vec<Row>> {
    let mut sql = Fragment::new(format!("SELECT {columns} FROM tickets t WHERE "));
    sql.append(&filter.visible(actor));
    for part in parts {
        sql.push(" AND ").append(part);
    }
    tx.query_fragment(&sql)
}

/// How many tickets that meet `part` there are.
pub(crate) fn count(tx: &mut Tx<'_>, actor: &Actor, filter: &Filter, part: &Fragment) -> Result<i64> {
    let rows = select(tx, "COUNT(*)", actor, filter, &[part])?;
    rows.first().map_or(Ok(0), |row| row.at(0))
}

/// A ticket whose time to something is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// When it was reached.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took: i64,
    /// The same in business hours.
    pub business: Option<i64>,
}

/// The tickets first answered, or solved, in a stretch, with how long it took.
pub(crate) fn measured(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    at: At,
    stretch: Stretch,
) -> Result<Vec<Measured>> {
    let business = match at {
        At::Solved => "t.full_resolution_business_ms",
        At::Created | At::FirstReply => "t.first_reply_business_ms",
    };
    let columns = format!("{}, t.created_at, {business}", at.column());
    let rows = select(tx, &columns, actor, filter, &[&within(at, stretch)])?;
    rows.iter()
        .map(|row| {
            let (at, created): (Timestamp, Timestamp) = (row.at(0)?, row.at(1)?);
            Ok(Measured { at, took: at.since(created), business: row.at(2)? })
        })
        .collect()
}

/// When tickets came in a stretch, and by which channel.
pub(crate) fn arrivals(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    stretch: Stretch,
) -> Result<Vec<(Timestamp, String)>> {
    let rows = select(tx, "t.created_at, t.via", actor, filter, &[&within(At::Created, stretch)])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Tickets that were opened again, and that by their dates alone look unsolved at some instant of the stretch though
/// they were solved before its end: number, when they came, and when they were last solved.
pub(crate) fn reopened(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    stretch: Stretch,
) -> Result<Vec<(TicketId, Timestamp, Option<Timestamp>)>> {
    let mut part = Fragment::new("t.reopens > 0 AND t.first_solved_at < ");
    part.bind(stretch.to).push(" AND (t.solved_at IS NULL OR t.solved_at >= ").bind(stretch.from).push(")");
    let rows = select(tx, "t.id, t.created_at, t.solved_at", actor, filter, &[&part])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?))).collect()
}

/// The events of these tickets' audits, oldest first: ticket, when, JSON.
pub(crate) fn events_of(tx: &mut Tx<'_>, ids: &[TicketId]) -> Result<Vec<(TicketId, Timestamp, String)>> {
    let mut out = Vec::new();
    for some in ids.chunks(500) {
        let mut sql = Fragment::new("SELECT ticket_id, created_at, events FROM audits WHERE ticket_id IN (");
        sql.bind_all(some.iter().copied()).push(") ORDER BY id");
        for row in tx.query_fragment(&sql)? {
            out.push((row.at(0)?, row.at(1)?, row.at(2)?));
        }
    }
    Ok(out)
}

/// How many public comments each agent wrote in a stretch on tickets that are not their own.
pub(crate) fn replies(tx: &mut Tx<'_>, actor: &Actor, filter: &Filter, stretch: Stretch) -> Result<Vec<(UserId, i64)>> {
    let mut sql = Fragment::new(
        "SELECT c.author_id, COUNT(*) FROM comments c JOIN tickets t ON t.id = c.ticket_id
         JOIN users u ON u.id = c.author_id
         WHERE c.public = TRUE AND u.role <> 'end-user' AND c.author_id <> t.requester_id AND c.created_at >= ",
    );
    sql.bind(stretch.from).push(" AND c.created_at < ").bind(stretch.to).push(" AND ");
    sql.append(&filter.visible(actor)).push(" GROUP BY c.author_id");
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// How many tickets of each assignee were solved in a stretch.
pub(crate) fn solved_by(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    stretch: Stretch,
) -> Result<Vec<(UserId, i64)>> {
    let mut sql = Fragment::new("SELECT t.assignee_id, COUNT(*) FROM tickets t WHERE t.assignee_id IS NOT NULL AND ");
    sql.append(&within(At::Solved, stretch)).push(" AND ").append(&filter.visible(actor));
    sql.push(" GROUP BY t.assignee_id");
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// How many tickets of each assignee are not solved now.
pub(crate) fn held_by(tx: &mut Tx<'_>, actor: &Actor, filter: &Filter) -> Result<Vec<(UserId, i64)>> {
    let mut sql = Fragment::new("SELECT t.assignee_id, COUNT(*) FROM tickets t WHERE t.assignee_id IS NOT NULL");
    sql.push(" AND t.status < ").bind(Status::Solved.rank()).push(" AND ").append(&filter.visible(actor));
    sql.push(" GROUP BY t.assignee_id");
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// The first replies of a stretch with who gave them.
pub(crate) fn first_repliers(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    stretch: Stretch,
) -> Result<Vec<(UserId, Measured)>> {
    let mut sql = Fragment::new(
        "SELECT t.id, c.author_id, t.first_reply_at, t.created_at, t.first_reply_business_ms FROM tickets t
         JOIN comments c ON c.ticket_id = t.id AND c.created_at = t.first_reply_at
         JOIN users u ON u.id = c.author_id
         WHERE c.public = TRUE AND u.role <> 'end-user' AND c.author_id <> t.requester_id AND ",
    );
    sql.append(&within(At::FirstReply, stretch)).push(" AND ").append(&filter.visible(actor));
    sql.push(" ORDER BY t.id, c.id");
    let mut last = None;
    let mut out = Vec::new();
    for row in tx.query_fragment(&sql)? {
        let ticket: TicketId = row.at(0)?;
        if last.replace(ticket) == Some(ticket) {
            continue;
        }
        let (at, created): (Timestamp, Timestamp) = (row.at(2)?, row.at(3)?);
        out.push((row.at(1)?, Measured { at, took: at.since(created), business: row.at(4)? }));
    }
    Ok(out)
}
