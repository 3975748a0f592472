//! The one JSON shape of each entity: Zendesk's, with few keys of our own, which are named as such.

mod organization;
mod user;

pub use organization::*;
pub use user::*;
