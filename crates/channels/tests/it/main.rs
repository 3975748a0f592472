//! E-mail through real sockets, on whichever database `TUGI_TEST_DATABASE` names.

mod desk;
mod incoming;
mod outgoing;
mod receiving;
mod relay;
