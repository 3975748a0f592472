//! E-mail as bytes and text: no sockets, no files, no database.
//!
//! | module | does |
//! |---|---|
//! | [`smtp`] | the receiving side of SMTP as a state machine |
//! | [`parse`], [`outline`] | raw bytes, or a stream of any length, -> [`Message`] |
//! | [`transfer`] | undoes base64 and quoted-printable, as a stream |
//! | [`sanitize`] | HTML -> safe HTML, text <-> HTML |
//! | [`quote`] | tells new text from quoted history and signatures |
//! | [`forward`] | recognises forwards and their first author |
//! | [`classify`] | bounces, auto-replies, lists, loops, spam |
//! | [`thread`] | signed addresses and Message-IDs: which ticket a mail belongs to |
//! | [`compose`] | builds what we send |
//! | [`dkim`] | signs what we send |
//!
//! Everything that reads outside data takes whatever comes: it gives what it understood and a list of [`Problem`]s.

mod body;
mod charset;
pub mod classify;
pub mod compose;
pub mod dkim;
pub mod forward;
mod header;
mod html;
mod message;
mod outline;
mod parse;
pub mod quote;
mod rtf;
pub mod sanitize;
pub mod smtp;
pub mod thread;
mod tnef;
pub mod transfer;

pub use message::{Attachment, Content, Header, Kind, Mailbox, Message, Problem, Report};
pub use outline::outline;
pub use parse::parse;
