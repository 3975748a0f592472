//! What the desk does by itself.
//!
//! | module | holds |
//! |---|---|
//! | [`webhooks`] | addresses outside that are told of what happens |
//! | `http` | the routes |
//! | `store` | the SQL |
//!
//! Invariants: whatever is told outside is written down in the transaction of what happened, and told by a job. No
//! webhook reaches into the desk's own network unless its operator says so.

mod http;
mod store;
mod ulid;
pub mod webhooks;

use base::Result;
use kernel::{AppBuilder, Tx};

pub use http::routes;

/// Adds the kinds of jobs to an app that is being put together.
pub fn wire(app: AppBuilder) -> AppBuilder {
    app.job::<webhooks::deliver::Deliver>().job::<webhooks::deliver::Forget>()
}

/// Sees to it that regular work is asked for. Called at each start.
pub fn schedule(tx: &mut Tx<'_>) -> Result<()> {
    webhooks::deliver::schedule(tx)
}
