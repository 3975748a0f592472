//! The routes of this crate, one file a kind of thing.

mod webhooks;

use kernel::http::Routes;

/// Every route of this crate.
pub fn routes() -> Routes {
    webhooks::routes()
}
