//! Tickets: the model, the one way to change them, and everything that shows them.
//!
//! | module | holds |
//! |---|---|
//! | [`ticket`], [`change`], [`content`] | what a ticket is, what can be done to it, what a comment says |
//! | [`commit()`], `apply` | the one writer, and its pure part |
//! | [`receive()`] | how a message from outside becomes a ticket or a comment |
//! | [`access`] | who may see and change what; the only public loaders |
//! | [`desk`], [`fields`], [`definitions`] | brands, statuses, fields, forms, business hours; their writers |
//! | [`ratings`], [`redact`], `scrub` | what requesters say of solved tickets; what is blackened or deleted for good |
//! | [`voice`] | comments that tell of calls |
//! | [`requests`] | tickets as their customers see them |
//! | [`views`], [`search`] | lists of tickets |
//! | [`import`] | tickets with their history |
//! | [`placeholders`], `notice` | texts with placeholders; mails that rules write |
//! | `merge`, `bulk`, `personal`, `timeline` | verbs on several tickets; drafts, presence, notifications; history |
//! | [`view`] | the one JSON shape of each entity |
//! | `export` | what exports tell of tickets beside the one JSON shape |
//! | `metrics` | metric events, computed from audits |
//! | `http` | the routes |
//! | [`jobs`], [`gone`] | background work |
//!
//! Invariants: only [`commit()`] writes tickets, comments and audits. No ticket is loaded for somebody without
//! [`access`] having been asked.

pub mod access;
mod apply;
mod bulk;
pub mod change;
pub mod commit;
pub mod content;
pub mod counts;
pub mod definitions;
pub mod desk;
mod export;
pub mod fields;
pub mod gone;
mod http;
pub mod import;
pub mod jobs;
mod listing;
pub mod macros;
mod merge;
mod metrics;
mod notice;
mod personal;
pub mod placeholders;
pub mod ratings;
pub mod receive;
pub mod redact;
pub mod requests;
mod scrub;
pub mod search;
mod store;
pub mod ticket;
pub mod timeline;
pub mod view;
pub mod views;
pub mod voice;

pub use change::{Attachment, Change, Dated, How, NewAttachment, NewComment, NewTicket, Rule, Target};
pub use commit::{Committed, Reaction, Reactions, Update, commit};
pub use content::Content;
pub use http::{comment_as_told, create_as_told, page_of, receive_file, renderers, routes};
pub use notice::{Notice, Notices};
pub use personal::discard_draft_to;
pub use receive::{Incoming, Received, receive};
pub use ticket::{Comment, Priority, Status, Ticket, TicketType, Via};
