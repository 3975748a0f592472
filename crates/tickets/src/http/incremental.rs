//! Incremental exports of tickets and of what happened to them.

use axum::Json;
use axum::extract::State;
use base::{Actor, AuditId, Permission, Result, TicketId};
use kernel::exports::Kind;
use kernel::http::{Answer, By, Export, Incremental, Routes, Slice};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::sideload;
use crate::export::{TicketEventView, ticket_events as ticket_events_of};
use crate::ticket::Ticket;
use crate::view::{Context, TicketView};
use crate::{access, store};

/// Tickets by time.
#[derive(Serialize, JsonSchema)]
struct TicketsByTime {
    tickets: Vec<TicketView>,
    count: u64,
    end_of_stream: bool,
    end_time: i64,
    next_page: String,
}

/// Tickets by cursor.
#[derive(Serialize, JsonSchema)]
struct TicketsByCursor {
    tickets: Vec<TicketView>,
    after_url: String,
    before_url: Option<String>,
    after_cursor: String,
    before_cursor: Option<String>,
    end_of_stream: bool,
}

/// What happened to tickets, by time.
#[derive(Serialize, JsonSchema)]
struct TicketEventsByTime {
    ticket_events: Vec<TicketEventView>,
    count: u64,
    end_of_stream: bool,
    end_time: i64,
    next_page: String,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/incremental/tickets", tickets)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<TicketsByTime>()
        .get("/api/v2/incremental/tickets/cursor", tickets_by_cursor)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<TicketsByCursor>()
        .get("/api/v2/incremental/tickets/sample", tickets_sample)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<TicketsByTime>()
        .get("/api/v2/incremental/ticket_events", ticket_events)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<TicketEventsByTime>()
        .get("/api/v2/incremental/ticket_events/sample", ticket_events_sample)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<TicketEventsByTime>()
}

async fn tickets(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    give_tickets(app, export, By::Time).await
}

async fn tickets_sample(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    give_tickets(app, export, By::Sample).await
}

async fn tickets_by_cursor(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    give_tickets(app, export, By::Cursor).await
}

async fn give_tickets(app: App, export: Export, by: By) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let slice = export.slice(tx, by, Kind::Ticket)?;
        let tickets = access::exported(tx, &export.actor, &slice.ids::<TicketId>())?;
        let context = Context::load(tx, &export.origin.0)?;
        let mut out = export.envelope(by, &slice, "tickets", views(&context, &slice, &tickets));
        sideload::tickets(tx, &export.paging(), &context, &tickets, &[], &mut out)?;
        Ok(out)
    });
    Ok(Json(answer.await?))
}

/// The tickets with the seconds by which they are exported.
fn views(context: &Context, slice: &Slice, tickets: &[Ticket]) -> Vec<Value> {
    let mut marks = slice.marks.iter();
    let mut second = |ticket: &Ticket| marks.find(|mark| mark.id == ticket.id.0).map(|mark| mark.second());
    let view = |ticket: &Ticket| {
        let mut view = context.ticket(ticket);
        view.generated_timestamp = second(ticket).unwrap_or(view.generated_timestamp);
        json!(view)
    };
    tickets.iter().map(view).collect()
}

async fn ticket_events(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    give_events(app, export, By::Time).await
}

async fn ticket_events_sample(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    give_events(app, export, By::Sample).await
}

async fn give_events(app: App, export: Export, by: By) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let slice = export.slice(tx, by, Kind::Audit)?;
        let context = Context::load(tx, &export.origin.0)?;
        let bodies = export.asked.includes("comment_events");
        let events = ticket_events_of(tx, &export.actor, &context, &slice, bodies)?;
        let items = events.iter().map(|event| json!(event)).collect();
        Ok(export.envelope(by, &slice, "ticket_events", items))
    });
    Ok(Json(answer.await?))
}

/// The tickets of these audits that the actor may see, deleted ones too.
pub(super) fn tickets_of(tx: &mut Tx<'_>, actor: &Actor, audits: &[AuditId]) -> Result<Vec<Ticket>> {
    let tickets = store::comments::tickets_of_audits(tx, audits)?;
    access::exported(tx, actor, &tickets)
}
