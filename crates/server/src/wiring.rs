//! What the desk is put together from: every route, kind of job and part.

use std::sync::Arc;

use axum::Json;
use base::{Clock, Result};
use db::{Db, Options};
use kernel::http::{Needs, RouteInfo, Routes};
use kernel::live::Renderers;
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder};
use serde_json::Value;

use crate::config::Config;
use crate::health::MetricsToken;
use crate::http::TrustedProxies;
use crate::metrics::Metrics;
use crate::{health, web};

/// The routes of the API, which ask who calls.
pub fn api_routes() -> Routes {
    Routes::new().get("/api/v2/openapi", openapi).needs(Needs::Nothing)
}

/// The routes that ask nobody.
pub fn open_routes() -> Routes {
    health::routes().merge(web::routes())
}

/// Every route, in the order of paths and methods.
pub fn table() -> Vec<RouteInfo> {
    api_routes().merge(open_routes()).table()
}

/// The OpenAPI document.
pub fn document() -> Value {
    kernel::http::document(&table(), env!("CARGO_PKG_VERSION"))
}

async fn openapi() -> Json<Value> {
    Json(document())
}

/// Adds every kind of job, and the parts that are the same wherever the desk runs.
pub fn assemble(app: AppBuilder) -> AppBuilder {
    app.part(renderers()).part(Metrics::default())
}

fn renderers() -> Renderers {
    Renderers::default()
}

/// Opens the desk that the configuration describes. Its folder is made when it isn't there.
///
/// # Errors
/// `Internal` when folder, key file or database can't be opened.
pub fn open(config: &Config, clock: Arc<dyn Clock>, more: impl FnOnce(AppBuilder) -> AppBuilder) -> Result<App> {
    let secrets = Secrets::open(&config.data.join("secret.key"))?;
    let db = Db::open(&Options::new(&config.database).with_clock(clock))?;
    let app = AppBuilder::new(db, config.data.clone(), secrets)
        .base_url(&config.base_url)
        .part(MetricsToken(config.metrics_token.clone()))
        .part(TrustedProxies(config.trusted_proxies.clone()));
    more(assemble(app)).build()
}

/// Gives a new desk what every desk has, and the demo when it is asked for.
///
/// # Errors
/// A text for the person at the terminal, when the demo is asked for over a desk that has data.
pub fn furnish(_app: &App, _demo: bool) -> std::result::Result<(), String> {
    Ok(())
}
