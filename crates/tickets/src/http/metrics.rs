//! Ticket metrics and their events.

use axum::Json;
use axum::extract::State;
use base::{AuditId, Permission, TicketId};
use kernel::App;
use kernel::exports::Kind;
use kernel::http::{Answer, Asked, By, Export, Id, Incremental, Me, Origin, Page, Paging, Routes};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::incremental::tickets_of;
use crate::access;
use crate::listing::{Listing, ListingPage, Sort};
use crate::metrics::{self, MetricEventView};
use crate::view::{Context, MetricsView};

/// `{"ticket_metric": {...}}`.
#[derive(Serialize, JsonSchema)]
struct MetricsAnswer {
    ticket_metric: MetricsView,
}

/// `{"ticket_metrics": [...]}` with paging.
#[derive(Serialize, JsonSchema)]
struct MetricsListAnswer {
    ticket_metrics: Vec<MetricsView>,
}

/// Metric events by time.
#[derive(Serialize, JsonSchema)]
struct MetricEventsByTime {
    ticket_metric_events: Vec<MetricEventView>,
    count: u64,
    end_of_stream: bool,
    end_time: i64,
    next_page: String,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/ticket_metrics", list)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<MetricsListAnswer>()
        .get("/api/v2/ticket_metrics/{id}", show)
        .needs(Permission::TicketRead)
        .gives::<MetricsAnswer>()
        .get("/api/v2/tickets/{id}/metrics", show)
        .needs(Permission::TicketRead)
        .gives::<MetricsAnswer>()
        .get("/api/v2/incremental/ticket_metric_events", events)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<MetricEventsByTime>()
}

async fn list(State(app): State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let newest = Sort::parse("created_at", true).unwrap_or_else(Sort::newest);
        let listing = Listing::new(access::visible_to(&asked.actor), Sort::asked(asked.paging.order(), newest)?);
        let page = asked.page()?;
        let ListingPage { tickets, has_more, ends } = listing.page(tx, &page)?;
        let context = Context::load(tx, &asked.origin.0)?;
        let views = tickets.iter().map(|ticket| json!(context.metrics(ticket))).collect();
        Ok(match page {
            Page::Cursor { .. } => asked.envelope().cursor(has_more, ends, "ticket_metrics", views),
            Page::Offset(offset) => {
                let count = listing.count(tx, i64::MAX)?.unsigned_abs();
                asked.envelope().offset(offset, count, "ticket_metrics", views)
            }
        })
    });
    Ok(Json(answer.await?))
}

/// Metrics have the number of their ticket.
async fn show(
    State(app): State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
) -> Answer<Json<MetricsAnswer>> {
    let answer = app.read(move |tx| {
        let ticket = access::get(tx, &actor, id)?;
        Ok(MetricsAnswer { ticket_metric: Context::load(tx, &origin.0)?.metrics(&ticket) })
    });
    Ok(Json(answer.await?))
}

/// The events of the audits of a page, so that a page may have none and still not be the last.
async fn events(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let slice = export.slice(tx, By::Time, Kind::Audit)?;
        let audits: Vec<AuditId> = slice.ids();
        let mut tickets = tickets_of(tx, &export.actor, &audits)?;
        if export.parameter("exclude_deleted").as_deref() == Some("true") {
            tickets.retain(|ticket| ticket.deleted_at.is_none());
        }
        let mut events = metrics::events(tx, &tickets, Some(&audits))?;
        events.sort_by_key(|event| event.id);
        let items = events.iter().map(|event| json!(event)).collect();
        Ok(export.envelope(By::Time, &slice, "ticket_metric_events", items))
    });
    Ok(Json(answer.await?))
}
