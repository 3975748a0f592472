//! E-mail, in and out.
//!
//! | module | does |
//! |---|---|
//! | [`smtp`], [`imap`], [`import`] | the three ways in; all end in [`inbound`] |
//! | [`inbound`] | makes a message durable, once |
//! | [`ingest`] | from a stored message to a ticket |
//! | [`authenticity`], [`suspension`], [`submission`] | who really wrote it; what is kept out of the tickets |
//! | [`outbound`] | what goes out, to whom, when, and how it is taken back |
//! | `compose`, [`templates`], [`letters`] | how it is written |
//! | [`send`], [`relay`] | how it is sent, and tried again |
//! | [`addresses`], [`mailbox`], [`settings`], `signing` | what admins set; keys |
//! | [`doctor`], [`cleanup`], [`forget`] | what to look at, what to delete |
//! | `store` | the SQL |

pub mod addresses;
pub mod authenticity;
pub mod cleanup;
pub(crate) mod compose;
pub mod dkim;
pub mod doctor;
pub mod forget;
pub mod imap;
pub mod import;
pub mod inbound;
pub mod ingest;
pub mod letters;
pub mod mailbox;
pub mod notices;
pub mod oauth;
pub mod outbound;
pub mod relay;
pub mod send;
pub mod settings;
pub(crate) mod signing;
pub mod smtp;
pub(crate) mod store;
pub mod submission;
pub mod suspension;
pub mod templates;

use authenticity::{Authenticity, Dns};
use relay::{Relay, Relays};

/// What e-mail remembers while the program runs; a part of the app.
pub struct Email {
    pub(crate) book: addresses::Book,
    pub(crate) relays: Relays,
    pub(crate) options: EmailOptions,
}

/// What e-mail is started with.
pub struct EmailOptions {
    /// The relay that the command line names. It comes before the one in the settings.
    pub relay: Option<Relay>,
    /// How mail is authenticated when the settings ask for it.
    pub authenticity: Box<dyn Authenticity>,
}

impl Default for EmailOptions {
    /// No relay from the command line, and DNS where the settings ask for it.
    fn default() -> Self {
        Self { relay: None, authenticity: Box::new(Dns::default()) }
    }
}

impl Email {
    /// E-mail with these options.
    pub fn new(options: EmailOptions) -> Self {
        Self { book: addresses::Book::default(), relays: Relays::default(), options }
    }
}
