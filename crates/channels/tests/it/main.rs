//! E-mail through real sockets, on whichever database `TUGI_TEST_DATABASE` names.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod admin;
mod desk;
mod imap;
mod importing;
mod incoming;
mod outgoing;
mod receiving;
mod relay;
mod side;
mod voice;
