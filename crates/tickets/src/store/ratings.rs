//! Ratings of solved tickets.

use base::{Fragment, Result, TicketId};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::page::Slice;
use crate::ratings::Rated;
use crate::ticket::{Rating, Ticket};

fn read(row: &Row) -> Result<Rated> {
    let rating = Rating {
        id: row.get("id")?,
        score: row.get("score")?,
        comment: row.get("comment")?,
        reason_code: row.get("reason_code")?,
    };
    Ok(Rated {
        rating,
        ticket: row.get("ticket_id")?,
        requester: row.get("requester_id")?,
        assignee: row.get("assignee_id")?,
        group: row.get("group_id")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Loads the ratings of these tickets.
pub(crate) fn complete(tx: &mut Tx<'_>, tickets: &mut [Ticket]) -> Result<()> {
    let rated: Vec<TicketId> = tickets.iter().filter(|t| t.satisfaction != "unoffered").map(|t| t.id).collect();
    if rated.is_empty() {
        return Ok(());
    }
    let mut filter = Fragment::new("r.ticket_id IN (");
    filter.bind_all(rated).push(")");
    for found in select(tx, &filter, "")? {
        if let Some(ticket) = tickets.iter_mut().find(|ticket| ticket.id == found.ticket) {
            ticket.rating = Some(found.rating);
        }
    }
    Ok(())
}

/// Saves the rating of a ticket, and gives it its number.
pub(crate) fn put(tx: &mut Tx<'_>, ticket: &mut Ticket) -> Result<()> {
    let now = tx.now();
    let Some(rating) = ticket.rating.as_mut() else { return Ok(()) };
    let sql = "INSERT INTO satisfaction_ratings
            (ticket_id, score, comment, reason_code, requester_id, assignee_id, group_id, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (ticket_id) DO UPDATE SET score = excluded.score, comment = excluded.comment,
            reason_code = excluded.reason_code, requester_id = excluded.requester_id,
            assignee_id = excluded.assignee_id, group_id = excluded.group_id, updated_at = excluded.updated_at
        RETURNING id";
    let (score, comment, reason) = (&rating.score, &rating.comment, rating.reason_code);
    let values = params![ticket.id, score, comment, reason, ticket.requester, ticket.assignee, ticket.group, now];
    rating.id = tx.insert(sql, values)?;
    Ok(())
}

/// The ratings that a WHERE expression over the alias `r` names.
pub(crate) fn select(tx: &mut Tx<'_>, filter: &Fragment, rest: &str) -> Result<Vec<Rated>> {
    let mut sql = Fragment::new("SELECT r.* FROM satisfaction_ratings r WHERE ");
    sql.append(filter).push(" ").push(rest);
    tx.query_fragment(&sql)?.iter().map(read).collect()
}

pub(crate) fn count(tx: &mut Tx<'_>, filter: &Fragment) -> Result<i64> {
    let mut sql = Fragment::new("SELECT COUNT(*) FROM satisfaction_ratings r WHERE ");
    sql.append(filter);
    tx.value(&sql.sql, &sql.params)
}

/// A page of the ratings that a WHERE expression over the alias `r` names.
pub(crate) fn page(tx: &mut Tx<'_>, filter: &Fragment, descending: bool, page: &Page) -> Result<Slice<Rated>> {
    super::page::page(tx, ("satisfaction_ratings r", "r.id"), filter, descending, page, read)
}

/// The rating of a ticket.
pub(crate) fn of_ticket(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Option<Rated>> {
    let mut filter = Fragment::new("r.ticket_id = ");
    filter.bind(ticket);
    Ok(select(tx, &filter, "")?.pop())
}
