//! The routes of this crate, one file a kind of thing.

mod categories;
mod rules;
mod schedules;
mod sla;
mod webhooks;

use kernel::http::Routes;

/// Every route of this crate.
pub fn routes() -> Routes {
    webhooks::routes()
        .merge(rules::routes())
        .merge(categories::routes())
        .merge(sla::routes())
        .merge(schedules::routes())
}
