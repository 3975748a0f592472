//! The program: everything put together, and the commands by which it is run.
//!
//! | module | holds |
//! |---|---|
//! | [`cli`] | the commands: `serve`, `setup`, `token`, `mail`, `backup`, `restore`, `doctor`, `openapi` |
//! | [`config`] | flags, `TUGI_` variables and the TOML file |
//! | [`wiring`] | every route, kind of job and part, in one list |
//! | [`http`] | the router with what every request passes |
//! | [`health`], [`metrics`] | `/healthz`, `/readyz`, `/metrics` |
//! | [`web`] | the workspace's pages, which the program carries inside |

pub mod cli;
pub mod config;
pub mod demo;
mod folder;
pub mod health;
pub mod http;
mod log;
pub mod metrics;
mod store;
pub mod web;
pub mod wiring;
