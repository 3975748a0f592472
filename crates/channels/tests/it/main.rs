//! E-mail through real sockets, on whichever database `TUGI_TEST_DATABASE` names.

mod admin;
mod desk;
mod imap;
mod importing;
mod incoming;
mod outgoing;
mod receiving;
mod relay;
