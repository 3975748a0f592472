//! What the desk does by itself.
//!
//! | module | holds |
//! |---|---|
//! | `rule`, `perform` | triggers and automations: what they are, what they do |
//! | [`engine`], [`automations`] | when they run: on a change; as time goes by |
//! | `sla`, `schedule` | what is promised; when people work |
//! | `facts`, `placeholders` | what rules know of a change; what they write about it |
//! | [`webhooks`] | addresses outside that are told of what happens |
//! | `http` | the routes |
//! | `store` | the SQL |
//!
//! Invariants: a failing rule fails nobody's change. A rule runs at most once for a change. Whatever is told outside is written down in the transaction of what happened, and told by a job. No
//! webhook reaches into the desk's own network unless its operator says so.

pub mod automations;
pub mod engine;
mod facts;
mod http;
mod perform;
mod placeholders;
mod rule;
mod schedule;
mod sla;
mod store;
mod ulid;
pub mod webhooks;

use base::Result;
use kernel::{AppBuilder, Tx};

pub use http::routes;

/// Adds the kinds of jobs to an app that is being put together.
pub fn wire(app: AppBuilder) -> AppBuilder {
    app.job::<webhooks::deliver::Deliver>().job::<webhooks::deliver::Forget>().job::<automations::Run>()
}

/// Sees to it that regular work is asked for. Called at each start.
pub fn schedule(tx: &mut Tx<'_>) -> Result<()> {
    webhooks::deliver::schedule(tx)?;
    automations::schedule(tx)
}
