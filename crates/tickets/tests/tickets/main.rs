//! Tickets over HTTP and by mail, on whichever database `TUGI_TEST_DATABASE` names.

#![allow(clippy::unwrap_used)]

mod admin;
mod auditing;
mod bulk;
mod changing;
mod desk;
mod exporting;
mod extras;
mod files;
mod importing;
mod joining;
mod lists;
mod marks;
mod measuring;
mod one_person;
mod personal;
mod receiving;
mod redacting;
mod requests;
mod searching;
mod views;
