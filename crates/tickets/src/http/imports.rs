//! Importing tickets with their history.

use axum::Json;
use base::{Error, Permission};
use kernel::App;
use kernel::http::{Answer, Body, Created, Me, Origin, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::bulk::{JobAnswer, queue};
use super::input::TicketBody;
use crate::bulk::Work;
use crate::import;
use crate::view::{Context, TicketView};

/// `{"ticket": {...}}`.
#[derive(Serialize, JsonSchema)]
struct ImportedAnswer {
    ticket: TicketView,
}

/// `{"tickets": [...]}`.
#[derive(Default, Deserialize, JsonSchema)]
struct ImportsBody {
    /// One object a ticket, with its `comments`.
    #[serde(default)]
    tickets: Vec<Map<String, Value>>,
}

#[derive(Deserialize, JsonSchema)]
struct Archive {
    /// Zendesk moves such tickets to its archive at once; here closed tickets stay where all are.
    #[serde(rename = "archive_immediately")]
    _archive_immediately: Option<String>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/imports/tickets", one)
        .needs(Permission::DeskManage)
        .query::<Archive>()
        .takes::<TicketBody>()
        .gives::<ImportedAnswer>()
        .post("/api/v2/imports/tickets/create_many", many)
        .needs(Permission::DeskManage)
        .query::<Archive>()
        .takes::<ImportsBody>()
        .gives::<JobAnswer>()
}

async fn one(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(_): Params<Archive>,
    Body(body): Body<TicketBody>,
) -> Answer<Created<ImportedAnswer>> {
    if body.ticket.is_empty() {
        return Err(Error::blank("ticket").into());
    }
    let read = import::read(body.ticket)?;
    let answer = app.write(move |tx| {
        let committed = import::import(tx, &actor, read)?;
        Ok(ImportedAnswer { ticket: Context::load(tx, &origin.0)?.ticket(&committed.ticket) })
    });
    let answer = answer.await?;
    Ok(Created(answer.ticket.url.clone(), answer))
}

async fn many(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(_): Params<Archive>,
    Body(body): Body<ImportsBody>,
) -> Answer<Json<JobAnswer>> {
    queue(app.0, actor, origin, "Bulk Import Ticket", Work::Import(body.tickets)).await
}
