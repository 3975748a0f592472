//! The routes of tickets, one file a kind of thing.

mod activities;
mod around;
mod asked;
mod attachments;
mod audits;
mod bulk;
mod counts;
mod definitions;
mod deleted;
mod desk;
mod imports;
mod incremental;
pub(crate) mod input;
mod live;
mod macro_files;
mod macros;
mod marks;
mod metrics;
mod personal;
mod ratings;
mod redactions;
mod requests;
mod search;
mod sideload;
mod tickets;
mod verbs;
mod views;

use kernel::http::Routes;

pub use attachments::receive_named as receive_file;
pub use input::comment as comment_as_told;
pub use live::renderers;
pub use tickets::{create_as_told, page_of};

/// Every route of this crate.
pub fn routes() -> Routes {
    tickets::routes()
        .merge(verbs::routes())
        .merge(bulk::routes())
        .merge(attachments::routes())
        .merge(personal::routes())
        .merge(requests::routes())
        .merge(marks::routes())
        .merge(ratings::routes())
        .merge(activities::routes())
        .merge(counts::routes())
        .merge(around::routes())
        .merge(redactions::routes())
        .merge(deleted::routes())
        .merge(live::routes())
        .merge(views::routes())
        .merge(macros::routes())
        .merge(macro_files::routes())
        .merge(search::routes())
        .merge(desk::routes())
        .merge(definitions::routes())
        .merge(incremental::routes())
        .merge(imports::routes())
        .merge(audits::routes())
        .merge(metrics::routes())
}
