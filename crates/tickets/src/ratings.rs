//! [What requesters say of solved tickets](https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/).

use base::{Actor, Fragment, GroupId, Result, TicketId, Timestamp, UserId};
use kernel::Tx;

use crate::store;
use crate::ticket::Rating;

/// The longest comment of a rating, in characters.
pub(crate) const LONGEST: usize = 10_000;

/// Why somebody was not satisfied: Zendesk's own reasons, code and text.
pub const REASONS: [(i64, &str); 6] = [
    (0, "No reason provided"),
    (5, "The issue took too long to resolve"),
    (6, "The issue was not resolved"),
    (7, "The agent's knowledge is unsatisfactory"),
    (8, "The agent's attitude is unsatisfactory"),
    (100, "Some other reason"),
];

/// The text of a reason.
pub fn reason(code: Option<i64>) -> Option<&'static str> {
    REASONS.iter().find(|(known, _)| Some(*known) == code).map(|(_, text)| *text)
}

/// A rating with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    /// What was said.
    pub rating: Rating,
    /// The ticket.
    pub ticket: TicketId,
    /// Who said it.
    pub requester: UserId,
    /// Who worked on the ticket then.
    pub assignee: Option<UserId>,
    /// Which group did.
    pub group: Option<GroupId>,
    /// When it was first said.
    pub created_at: Timestamp,
    /// When it was last said otherwise.
    pub updated_at: Timestamp,
}

/// The ratings over the alias `r` of tickets that the actor sees.
pub(crate) fn visible_to(actor: &Actor) -> Fragment {
    store::tickets::of_seen(actor, "r.ticket_id")
}

/// Narrows to what Zendesk's `score` names.
pub(crate) fn of_score(filter: &mut Fragment, score: &str) -> bool {
    let said = "COALESCE(r.comment, '') <> ''";
    let sql = match score {
        "offered" => "r.score = 'offered'".to_owned(),
        "unoffered" => "1 = 0".to_owned(),
        "received" => "r.score IN ('good', 'bad')".to_owned(),
        "received_with_comment" => format!("r.score IN ('good', 'bad') AND {said}"),
        "received_without_comment" => format!("r.score IN ('good', 'bad') AND NOT {said}"),
        "good" | "bad" => format!("r.score = '{score}'"),
        "good_with_comment" => format!("r.score = 'good' AND {said}"),
        "good_without_comment" => format!("r.score = 'good' AND NOT {said}"),
        "bad_with_comment" => format!("r.score = 'bad' AND {said}"),
        "bad_without_comment" => format!("r.score = 'bad' AND NOT {said}"),
        _ => return false,
    };
    filter.push(" AND ").push(&sql);
    true
}

/// The rating of that number, if the actor sees its ticket.
pub(crate) fn find(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<Option<Rated>> {
    let mut filter = visible_to(actor);
    filter.push(" AND r.id = ").bind(id);
    Ok(store::ratings::select(tx, &filter, "")?.pop())
}
