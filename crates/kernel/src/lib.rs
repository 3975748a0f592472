//! What every capability stands on.
//!
//! | module | holds |
//! |---|---|
//! | [`app`] | [`App`], the running desk; [`Tx`], a transaction that knows its app |
//! | [`events`] | what happened, written in the transaction that made it happen |
//! | [`exports`] | the order in which exports tell of records |
//! | [`live`] | events on their way to the browsers |
//! | [`jobs`] | work outside a transaction, asked for inside one |
//! | [`blobs`] | contents: small ones in the database, large ones in files |
//! | [`settings`] | the desk's settings |
//! | [`secrets`] | sealing, signing, random tokens |
//! | [`alarms`], [`audit_log`], [`throttle`], [`progress`] | small tables that all use |
//! | [`http`] | routes with permissions, errors, paging, the OpenAPI document |

pub mod alarms;
pub mod app;
pub mod audit_log;
pub mod blobs;
pub mod events;
pub mod exports;
pub mod http;
pub mod jobs;
pub mod live;
pub mod progress;
pub mod secrets;
pub mod settings;
mod store;
pub mod throttle;

pub use app::{App, AppBuilder, Tx};
pub use blobs::Staged;
