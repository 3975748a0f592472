//! What the desk is put together from: every route, kind of job and part.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use axum::Json;
use base::{Clock, Result};
use channels::EmailOptions;
use channels::email::relay::Relay;
use db::{Db, Options};
use kernel::http::layers::Authenticate;
use kernel::http::{Needs, RouteInfo, Routes, Traffic};
use kernel::live::Renderers;
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Tx};
use serde_json::Value;
use tickets::Reactions;

use crate::config::Config;
use crate::health::MetricsToken;
use crate::http::TrustedProxies;
use crate::metrics::Metrics;
use crate::{account, docs, health, web};

/// The routes of the API, which ask who calls.
pub fn api_routes() -> Routes {
    Routes::new()
        .get("/api/v2/openapi", openapi)
        .needs(Needs::Nothing)
        .merge(account::routes())
        .merge(people::routes())
        .merge(tickets::routes())
        .merge(insight::routes())
        .merge(channels::routes())
        .merge(workflow::routes())
}

/// The routes that ask nobody.
pub fn open_routes() -> Routes {
    health::routes().merge(docs::routes()).merge(web::routes())
}

/// Every route, in the order of paths and methods.
pub fn table() -> Vec<RouteInfo> {
    api_routes().merge(open_routes()).table()
}

/// The OpenAPI document.
pub fn document() -> Value {
    kernel::http::document(&table(), env!("CARGO_PKG_VERSION"))
}

async fn openapi() -> Json<&'static Value> {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    Json(DOCUMENT.get_or_init(document))
}

/// Whether the API has a route of this path: what the desk can do follows from it.
pub(crate) fn has(path: &str) -> bool {
    static PATHS: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    PATHS.get_or_init(|| api_routes().table().iter().map(|route| route.path).collect()).contains(path)
}

/// Adds every kind of job, and the parts that are the same wherever the desk runs.
pub fn assemble(app: AppBuilder, email: EmailOptions) -> AppBuilder {
    let app = app
        .job::<people::bulk::Bulk>()
        .job::<tickets::jobs::SolveIncidents>()
        .job::<tickets::jobs::Bulk>()
        .job::<tickets::jobs::CloseSolved>()
        .job::<tickets::jobs::ScrubTickets>()
        .job::<tickets::jobs::Housekeeping>()
        .part(Authenticate(people::authenticate))
        // What follows, in the same transaction, when one person turns out to be another.
        .job::<tickets::gone::Gone>()
        .part(people::Merged(vec![tickets::gone::person_merged]))
        .job::<people::organization_merge::MergeOrganizations>()
        .part(people::organization_merge::OrganizationMerged(vec![tickets::gone::organization_merged]))
        .part(people::Left(vec![tickets::gone::agent_left]))
        .part(tickets::counts::part())
        .part(people::OrganizationGone(vec![tickets::gone::organization_gone]))
        .part(people::Told(vec![workflow::webhooks::people_events::hear]))
        // What happens in the transaction of a change, in this order. Delivery is last, so that what rules write goes out too.
        .part(Reactions(vec![
            workflow::webhooks::ticket_events::hear,
            workflow::engine::run_triggers,
            channels::deliver,
        ]))
        .part(renderers())
        .part(Metrics::default())
        .part(Traffic::default());
    workflow::wire(channels::wire(app, email))
}

fn renderers() -> Renderers {
    tickets::renderers()
        .with("user", people::live::render)
        .with("side_conversation", channels::side::render)
        .with("display", channels::voice::render)
}

/// Opens the desk that the configuration describes. Its folder is made when it isn't there.
///
/// # Errors
/// `Internal` when folder, key file or database can't be opened; `BadRequest` for a relay that can't be read.
pub fn open(config: &Config, clock: Arc<dyn Clock>, more: impl FnOnce(AppBuilder) -> AppBuilder) -> Result<App> {
    let secrets = Secrets::open(&config.data.join("secret.key"))?;
    let db = Db::open(&Options::new(&config.database).with_clock(clock))?;
    let app = AppBuilder::new(db, config.data.clone(), secrets)
        .base_url(&config.base_url)
        .part(MetricsToken(config.metrics_token.clone()))
        .part(TrustedProxies(config.trusted_proxies.clone()))
        .part(config.webhook_targets.clone());
    let relay = config.relay.as_deref().map(Relay::parse).transpose()?;
    more(assemble(app, EmailOptions { relay, ..EmailOptions::default() })).build()
}

/// Gives a new desk what every desk has, and sees to it that daily work is asked for.
pub fn furnish(tx: &mut Tx<'_>) -> Result<()> {
    let desk: people::settings::Desk = kernel::settings::get(tx)?;
    tickets::desk::furnish(tx, &desk.name)?;
    tickets::jobs::schedule(tx)?;
    workflow::schedule(tx)?;
    channels::email::cleanup::schedule(tx)
}
