//! Words that every other crate uses, and that know nothing of any of them.
//!
//! | module | holds |
//! |---|---|
//! | [`abort`] | where the crash tests end the program |
//! | [`ids`] | one newtype per kind of id |
//! | [`time`] | [`Timestamp`] and the injected [`Clock`] |
//! | [`actor`] | who is asking: [`Actor`], [`Role`], [`Permission`] |
//! | [`error`] | [`Error`], which carries codes and never UI text |
//! | [`value`] | [`Value`], a database value, and [`Fragment`], SQL with its parameters |
//! | [`locale`] | the languages that Tugi speaks |
//! | [`text`] | folding, stemming and cutting of text |

pub mod abort;
pub mod actor;
pub mod error;
pub mod ids;
pub mod locale;
pub mod text;
pub mod time;
pub mod value;

pub use abort::AbortPoint;
pub use actor::{Actor, Credential, Permission, PermissionSet, Role, TicketAccess};
pub use error::{Error, FieldProblem, Result};
pub use ids::*;
pub use locale::Locale;
pub use time::{Clock, FixedClock, SystemClock, Timestamp};
pub use value::{Fragment, Value};
