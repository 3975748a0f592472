//! Webhooks and rules over HTTP, on whichever database `TUGI_TEST_DATABASE` names.

#![allow(clippy::unwrap_used)]

mod automations;
mod desk;
mod endpoint;
mod promises;
mod rules_agree;
mod triggers;
mod webhooks;
