//! The HTTP kit: routes that name their permission, one shape of errors, paging, and the OpenAPI document.
//!
//! A capability's `http.rs` gives a [`Routes`]; `server` joins them and wraps them in [`layers`].

mod answer;
mod asked;
mod browsers;
mod idempotency;
mod incremental;
pub mod layers;
mod openapi;
mod paging;
mod request;
mod routes;
mod scopes;
mod traffic;

pub use answer::{Created, Failure, NoContent, failure};
pub use asked::{Asked, Given, as_id, numbers, url};
pub use idempotency::{IdempotencyKey, Once, forget_old, once};
pub use incremental::{By, Export, Incremental, Slice};
pub use openapi::document;
pub use paging::{Envelope, Offset, Page, PageKey, Paging};
pub use request::{Body, Id, Me, Origin, Params, caller_ip};
pub use routes::{Needs, RouteInfo, Routes};
pub use scopes::Scopes;
pub use traffic::{ApiSettings, Traffic};

/// What a handler returns.
pub type Answer<T> = std::result::Result<T, Failure>;
