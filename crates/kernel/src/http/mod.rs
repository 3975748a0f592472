//! The HTTP kit: routes that name their permission, one shape of errors, paging, and the OpenAPI document.
//!
//! A capability's `http.rs` gives a [`Routes`]; `server` joins them and wraps them in [`layers`].

mod answer;
mod asked;
mod incremental;
pub mod layers;
mod openapi;
mod paging;
mod request;
mod routes;

pub use answer::{Created, Failure, NoContent, failure};
pub use asked::{Asked, Given, as_id, numbers, url};
pub use incremental::{By, Export, Incremental, Slice};
pub use openapi::document;
pub use paging::{Envelope, Offset, Page, PageKey, Paging};
pub use request::{Body, Id, Me, Origin, Params};
pub use routes::{Needs, RouteInfo, Routes};

/// What a handler returns.
pub type Answer<T> = std::result::Result<T, Failure>;
