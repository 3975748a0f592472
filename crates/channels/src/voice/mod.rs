//! Calls that another program's telephony makes and reports, as
//! [Zendesk's Talk Partner Edition](https://developer.zendesk.com/api-reference/voice/talk-partner-edition-api/introduction/)
//! has them: records of calls, comments that tell of them, and tickets or people that pop up in an agent's workspace.

mod calls;
mod display;
mod numbers;
mod store;

use kernel::http::Routes;

pub use display::render;

/// The routes of calls.
pub(crate) fn routes() -> Routes {
    calls::routes().merge(display::routes()).merge(numbers::routes())
}
