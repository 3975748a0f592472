//! Pages of tickets: any filter, an order, and keys to go on from.

use base::{Error, Fragment, Result};
use kernel::Tx;
use kernel::http::{Page, PageKey};
use rules::Status;

use crate::store;
use crate::store::tickets::Selection;
use crate::ticket::Ticket;

/// What tickets can be ordered by: the names that ask for it, the expression over `t`, and the value in a loaded ticket.
struct SortKey {
    names: &'static [&'static str],
    sql: &'static str,
    value: fn(&Ticket) -> i64,
}

const SORT_KEYS: &[SortKey] = &[
    SortKey { names: &["updated_at", "updated"], sql: "t.updated_at", value: |t| t.updated_at.0 },
    SortKey { names: &["created_at", "created"], sql: "t.created_at", value: |t| t.created_at.0 },
    SortKey { names: &["id", "nice_id", "ticket_id"], sql: "t.id", value: |t| t.id.0 },
    SortKey { names: &["status"], sql: "t.status", value: |t| t.status.rank() },
    SortKey {
        names: &["priority"],
        sql: "COALESCE(t.priority, 0)",
        value: |t| t.priority.map_or(0, rules::Priority::rank),
    },
    SortKey {
        names: &["assignee", "assignee_id"],
        sql: "COALESCE(t.assignee_id, 0)",
        value: |t| t.assignee.map_or(0, |id| id.0),
    },
    SortKey { names: &["group", "group_id"], sql: "COALESCE(t.group_id, 0)", value: |t| t.group.map_or(0, |id| id.0) },
    SortKey { names: &["requester", "requester_id"], sql: "t.requester_id", value: |t| t.requester.0 },
    SortKey { names: &["due_at", "due_date"], sql: "COALESCE(t.due_at, 0)", value: |t| t.due_at.map_or(0, |at| at.0) },
    SortKey {
        names: &["solved_at", "solved"],
        sql: "COALESCE(t.solved_at, 0)",
        value: |t| t.metrics.solved_at.map_or(0, |at| at.0),
    },
];

/// An order of tickets. Ties are broken by the number, in the same direction.
#[derive(Clone, Copy)]
pub(crate) struct Sort {
    key: &'static SortKey,
    descending: bool,
}

impl Sort {
    /// The order of that name.
    pub fn parse(name: &str, descending: bool) -> Option<Self> {
        let key = SORT_KEYS.iter().find(|key| key.names.contains(&name))?;
        Some(Self { key, descending })
    }

    /// Newest change first.
    pub fn newest() -> Self {
        Self { key: &SORT_KEYS[0], descending: true }
    }

    /// By number.
    pub fn by_id() -> Self {
        Self { key: &SORT_KEYS[2], descending: false }
    }

    /// The order that a request asks for, or another.
    ///
    /// # Errors
    /// `BadRequest` for a name that there is none of.
    pub fn asked(order: Option<(&str, bool)>, otherwise: Sort) -> Result<Self> {
        let Some((name, descending)) = order else { return Ok(otherwise) };
        let unknown = || Error::BadRequest("InvalidPaginationParameter", format!("sort: {name} is not supported"));
        Self::parse(name, descending).ok_or_else(unknown)
    }

    fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }
}

/// A set of tickets in an order.
pub(crate) struct Listing {
    /// Which tickets.
    pub selection: Selection,
    /// The only statuses that are meant, if not all are; the filter says nothing of them. Each is read through its own index
    /// where that has the order.
    pub statuses: Option<Vec<Status>>,
    /// The order.
    pub sort: Sort,
}

/// One page.
pub(crate) struct ListingPage {
    /// The tickets.
    pub tickets: Vec<Ticket>,
    /// Whether there is another page after it (before it, when going back).
    pub has_more: bool,
    /// The keys of its first and last ticket.
    pub ends: Option<(PageKey, PageKey)>,
}

impl Listing {
    /// All tickets that the filter lets through.
    pub fn new(filter: Fragment, sort: Sort) -> Self {
        Self { selection: Selection { filter, first: None }, statuses: None, sort }
    }

    /// The same, for a selection of few tickets: they are found by what makes them few, and then sorted.
    pub fn of_few(self) -> Self {
        let Some(statuses) = &self.statuses else { return self };
        Self { selection: with_statuses(&self.selection, statuses), statuses: None, sort: self.sort }
    }

    /// One page.
    pub fn page(&self, tx: &mut Tx<'_>, page: &Page) -> Result<ListingPage> {
        let size = usize::try_from(page.size()).unwrap_or(100);
        let (start, skip, back) = match page {
            Page::Offset(offset) => (None, (offset.page - 1) * offset.per_page, false),
            Page::Cursor { before: Some(key), .. } => (Some(key), 0, true),
            Page::Cursor { after, .. } => (after.as_ref(), 0, false),
        };
        let sort = if back { self.sort.reversed() } else { self.sort };
        let ids = self.ids(tx, sort, start, size + 1, skip)?;
        let has_more = ids.len() > size;
        let tickets = self.load(tx, &ids[..ids.len().min(size)])?;
        let key = |t: &Ticket| PageKey { value: Some((sort.key.value)(t)), id: t.id.0 };
        let ends = tickets.first().zip(tickets.last()).map(|(first, last)| (key(first), key(last)));
        Ok(ListingPage { tickets, has_more, ends })
    }

    /// At most `limit` tickets from the place `skip` on.
    pub fn window(&self, tx: &mut Tx<'_>, skip: usize, limit: usize) -> Result<Vec<Ticket>> {
        let ids = self.ids(tx, self.sort, None, limit, skip as u64)?;
        self.load(tx, &ids)
    }

    /// These tickets, in the listing's order.
    fn load(&self, tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Ticket>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut filter = Fragment::new("t.id IN (");
        filter.bind_all(ids.iter().copied()).push(")");
        let mut tickets = store::tickets::select(tx, &filter, "")?;
        tickets.sort_by_key(|t| ((self.sort.key.value)(t), t.id));
        if self.sort.descending {
            tickets.reverse();
        }
        Ok(tickets)
    }

    /// How many there are, counted no further than `cap`.
    pub fn count(&self, tx: &mut Tx<'_>, cap: i64) -> Result<i64> {
        match &self.statuses {
            None => store::tickets::count(tx, &self.selection, cap),
            Some(statuses) => {
                let mut total = 0;
                for status in statuses {
                    let selection = with_statuses(&self.selection, &[*status]);
                    total += store::tickets::count(tx, &selection, cap - total)?;
                    if total >= cap {
                        break;
                    }
                }
                Ok(total)
            }
        }
    }

    /// The numbers of the tickets from `start` on. With known statuses that are read one by one, each in the order of
    /// its index, so that a page costs a page and not a sort of everything.
    fn ids(&self, tx: &mut Tx<'_>, sort: Sort, start: Option<&PageKey>, limit: usize, skip: u64) -> Result<Vec<i64>> {
        let limit = limit as i64;
        let skip = i64::try_from(skip).unwrap_or(i64::MAX);
        let statuses = self.statuses.as_deref().filter(|_| sort.key.sql == "t.updated_at");
        let selections = match (statuses, &self.statuses) {
            (Some(statuses), _) => statuses.iter().map(|status| with_statuses(&self.selection, &[*status])).collect(),
            (None, Some(statuses)) => vec![with_statuses(&self.selection, statuses)],
            (None, None) => vec![self.selection.clone()],
        };
        let mut found: Vec<(i64, i64)> = Vec::new();
        for selection in selections {
            let start = start.map(|key| (key.value.unwrap_or(0), key.id));
            found.extend(store::tickets::keys(tx, &selection, (sort.key.sql, sort.descending), start, limit + skip)?);
        }
        found.sort_unstable();
        if sort.descending {
            found.reverse();
        }
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(found.into_iter().skip(skip).take(limit).map(|(_, id)| id).collect())
    }
}

fn with_statuses(selection: &Selection, statuses: &[Status]) -> Selection {
    let mut filter = match statuses {
        [] => Fragment::new("1 = 0"),
        [status] => {
            let mut one = Fragment::new("t.status = ");
            one.bind(status.rank());
            one
        }
        _ => {
            let mut some = Fragment::new("t.status IN (");
            some.bind_all(statuses.iter().map(|status| status.rank())).push(")");
            some
        }
    };
    filter.push(" AND ").append(&selection.filter);
    Selection { filter, first: selection.first.clone() }
}
