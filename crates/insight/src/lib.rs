//! What the desk's numbers are: volumes, first replies, resolutions, agents' work, each with the tickets behind it.
//!
//! | module | holds |
//! |---|---|
//! | `period` | days, ISO weeks and months of the desk's time zone as stretches of time |
//! | `figures` | the figures of a stretch, from what the store gives |
//! | `history` | which tickets were solved at an instant, when they were opened again since |
//! | `store` | the SQL |
//! | `http` | the routes |
//!
//! What the numbers mean. Tickets that were deleted, or that the actor may not see, count nowhere.
//!
//! - *new*: tickets that came in the stretch.
//! - *solved*: tickets that were solved (or closed) in it and are so still; one that was opened again counts when it is
//!   solved anew.
//! - *open*: tickets that were not solved when the stretch ended.
//! - *first reply*: of tickets whose first public answer by an agent was given in the stretch, the time from receipt to
//!   it. The day of the answer decides, so that a past day's figure doesn't change when a late answer is given.
//! - *full resolution*: of the solved tickets, the time from receipt to the solution.
//!
//! Invariant: each number is the count of the list of tickets that [`routes`] give for it.

mod figures;
mod history;
mod http;
mod period;
mod store;

pub use http::routes;
