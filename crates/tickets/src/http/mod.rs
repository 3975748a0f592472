//! The routes of tickets, one file a kind of thing.

mod attachments;
mod bulk;
pub(crate) mod input;
mod live;
mod personal;
mod sideload;
mod tickets;
mod verbs;

use kernel::http::Routes;

pub use live::renderers;

/// Every route of this crate.
pub fn routes() -> Routes {
    tickets::routes()
        .merge(verbs::routes())
        .merge(bulk::routes())
        .merge(attachments::routes())
        .merge(personal::routes())
        .merge(live::routes())
}
