//! The receiving side of SMTP as a state machine without I/O (RFC 5321).
//!
//! The owner of the socket feeds bytes to a [`Session`], does what its [`Event`]s ask, answers, and writes
//! [`Session::take_replies`] back. Announced: PIPELINING (RFC 2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531),
//! ENHANCEDSTATUSCODES (2034) and STARTTLS (3207). Only `CRLF.CRLF` ends a message.
//!
//! ```
//! use mail::smtp::{DataAnswer, Event, Policy, RecipientAnswer, Session};
//! let mut session = Session::new(Policy::new("desk.example"));
//! let mut message = Vec::new();
//! let mut rest: &[u8] = b"EHLO a\r\nMAIL FROM:<j@a>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\nHi\r\n.\r\n";
//! loop {
//!     let (used, event) = session.feed(rest);
//!     match event {
//!         Event::NeedInput => break,
//!         Event::Recipient(address) => {
//!             assert_eq!(address, "help@desk.example");
//!             session.answer_recipient(RecipientAnswer::Accept)
//!         }
//!         Event::Data(chunk) => message.extend_from_slice(chunk),
//!         Event::DataEnd => session.answer_data(DataAnswer::Stored { id: "1" }),
//!         _ => {}
//!     }
//!     rest = &rest[used..];
//! }
//! assert_eq!(message, b"Hi\r\n");
//! assert!(session.take_replies().ends_with(b"250 2.0.0 Stored as 1\r\n"));
//! ```

mod command;
mod data;
mod session;

pub use session::{DataAnswer, Envelope, Event, Policy, RecipientAnswer, Session};
