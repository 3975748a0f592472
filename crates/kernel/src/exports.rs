//! The order in which exports tell of records: by their last change, in commit order.
//!
//! Dates of change won't do: a transaction that began earlier may be committed later, several records share a
//! millisecond, and an import writes old dates. So each change draws a number at the end of its transaction, one
//! transaction after the other: the instant in microseconds, or one more than the last when that was no earlier. Whoever
//! has read up to a number has missed nothing before it.

use base::{Result, Timestamp};

use crate::{Tx, store};

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;

/// A kind of records that are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tickets.
    Ticket,
    /// Audits, which are told once and don't change.
    Audit,
    /// People.
    User,
    /// Organizations.
    Organization,
}

impl Kind {
    /// The name in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Ticket => "ticket",
            Kind::Audit => "audit",
            Kind::User => "user",
            Kind::Organization => "organization",
        }
    }
}

/// A record's place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The record.
    pub id: i64,
    /// When it was last changed, in microseconds; no other record of the kind has the same.
    pub generated: i64,
}

impl Mark {
    /// The second of the change.
    pub fn second(&self) -> i64 {
        self.generated.div_euclid(SECOND)
    }
}

/// Puts a record that this transaction makes, changes or deletes at the end of the order.
pub fn mark(tx: &mut Tx<'_>, kind: Kind, id: impl Into<base::Value>) -> Result<()> {
    store::mark_export(tx, kind.name(), id.into())
}

/// Marks from a number on, which is included, before another, which isn't.
pub fn range(tx: &mut Tx<'_>, kind: Kind, from: i64, before: i64, limit: usize) -> Result<Vec<Mark>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = store::exports(tx, kind.name(), from, before, limit)?;
    rows.iter().map(|row| Ok(Mark { id: row.at(0)?, generated: row.at(1)? })).collect()
}

/// The number at which an instant begins.
pub fn number_at(at: Timestamp) -> i64 {
    at.0.saturating_mul(1_000)
}
