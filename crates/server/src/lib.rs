//! The program: everything put together, and the commands by which it is run.
//!
//! | module | holds |
//! |---|---|
//! | [`cli`] | the commands: `serve`, `setup`, `token`, `mail`, `backup`, `restore`, `doctor`, `openapi` |
//! | [`config`] | flags, `TUGI_` variables and the TOML file |
//! | [`wiring`] | every route, kind of job and part, in one list |
//! | [`http`] | the router with what every request passes |
//! | [`health`], [`metrics`] | `/healthz`, `/readyz`, `/metrics` |
//! | `account`, `docs` | the account's settings in Zendesk's words; the API as a page to read |
//! | [`web`] | the workspace's pages, which the program carries inside |

#![recursion_limit = "256"]

mod account;
pub mod cli;
pub mod config;
pub mod demo;
mod docs;
mod folder;
pub mod health;
pub mod http;
mod log;
pub mod metrics;
mod store;
pub mod web;
pub mod wiring;
