//! One SQL over two databases: SQLite inside the process, or PostgreSQL.
//!
//! | module | holds |
//! |---|---|
//! | [`Db`] | the threads that own the connections; `read` and `write` run closures on them |
//! | [`Tx`], [`Row`] | what a closure sees |
//! | `sqlite`, `postgres` | the two drivers |
//! | [`sql`] | rewriting of portable SQL |
//! | [`fulltext`] | the full-text index of either database |
//! | [`migrate`] | the ordered list of migrations |
//! | [`testing`] | databases for tests |
//!
//! Invariants: on SQLite all writes go through one thread, which commits many callers' work with one fsync. A caller
//! has its answer only after the commit. A closure that fails or panics leaves nothing behind.

mod driver;
pub mod fulltext;
pub mod migrate;
mod postgres;
mod row;
pub mod sql;
mod sqlite;
pub mod testing;
mod tx;

pub use driver::{Db, Options, Pending};
pub use row::{FromValue, Row};
pub use sql::Dialect;
pub use tx::{Part, Tx};

/// The parameters of a statement: `params![ticket.id, "open"]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(base::Value::from($value)),*] as &[base::Value]
    };
}

#[cfg(test)]
mod tests;
