//! Moving in: a whole account taken over from a help desk that speaks Zendesk's API.
//!
//! | module | holds |
//! |---|---|
//! | [`source`] | the other help desk: requests, pages, patience |
//! | [`report`] | what was found there and what became of it |
//! | `records`, `store` | the map of its numbers to ours |
//! | `persons`, `desk`, `conversations` | people; fields, forms, statuses, views, macros; tickets |
//! | `takeover` | the order of it all |
//!
//! Each record is written in one transaction with its line of the map, so that an import which was killed goes on when it
//! is begun again, and one that is repeated finds everything there. Nobody is told of anything.

mod conversations;
mod desk;
mod persons;
mod records;
pub mod report;
pub mod source;
mod store;
mod takeover;

pub use report::{Line, Report};
pub use source::Source;
pub use takeover::import;
