//! The whole desk, through its real doors: HTTP, SMTP and the live stream.
//!
//! A test that leaves failed or unprocessed jobs fails. `TUGI_TEST_DATABASE=postgres` runs all of it on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that unwraps in vain has failed")]

mod account;
mod commands;
mod conventions;
mod demo;
mod desk;
mod live;
mod mail;
mod oauth;
mod openapi;
mod routes;
mod rules_agree;
mod upgrade;
mod web;
