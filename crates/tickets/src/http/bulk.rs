//! Bulk work and its progress: `create_many`, `update_many`, `destroy_many`, `job_statuses`.

use axum::Json;
use axum::extract::{Path, State};
use base::{Error, Permission, Result, TicketId};
use kernel::App;
use kernel::http::{Answer, Body, Me, Needs, Origin, Params, Routes};
use kernel::progress::{self, Progress};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bulk::{self, Work};

/// The most tickets of one request.
const MOST: usize = 100;

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/tickets/create_many", create_many)
        .needs(Permission::TicketEdit)
        .takes::<TicketsBody>()
        .put("/api/v2/tickets/update_many", update_many)
        .needs(Permission::TicketEdit)
        .query::<Ids>()
        .takes::<TicketsBody>()
        .delete("/api/v2/tickets/destroy_many", destroy_many)
        .needs(Permission::TicketDelete)
        .query::<Ids>()
        .put("/api/v2/tickets/mark_many_as_spam", spam_many)
        .needs(Permission::TicketDelete)
        .query::<Ids>()
        .get("/api/v2/job_statuses", statuses)
        .needs(Needs::Staff)
        .get("/api/v2/job_statuses/{id}", status)
        .needs(Needs::Staff)
        .post("/api/v2/job_statuses/{id}/undo", undo)
        .needs(Permission::TicketEdit)
}

/// Zendesk's job status.
pub(crate) fn job_json(origin: &Origin, job: &Progress) -> Value {
    json!({
        "id": job.id,
        "job_type": job.job_type,
        "url": format!("{}/api/v2/job_statuses/{}.json", origin.0, job.id),
        "total": job.total,
        "progress": job.progress,
        "status": job.status,
        "message": job.message,
        "results": job.results,
        "undoable": job.undo.is_some() && job.status == "completed",
    })
}

#[derive(Default, Deserialize, JsonSchema)]
struct TicketsBody {
    /// One object a ticket.
    #[serde(default)]
    tickets: Vec<Map<String, Value>>,
    /// The same change for all `ids` of the query.
    ticket: Option<Map<String, Value>>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct Ids {
    /// Numbers separated by commas.
    ids: Option<String>,
}

impl Ids {
    fn list(&self) -> Vec<TicketId> {
        let text = self.ids.as_deref().unwrap_or_default();
        text.split(',').filter_map(|id| id.trim().parse().ok()).collect()
    }
}

fn limited(work: Work) -> Result<Work> {
    if work.len() > MOST {
        return Err(Error::BadRequest("TooManyValues", format!("At most {MOST} tickets are taken at once")));
    }
    if work.is_empty() {
        return Err(Error::BadRequest("BadRequest", "No tickets were named".into()));
    }
    Ok(work)
}

async fn queue(
    app: App,
    actor: base::Actor,
    origin: Origin,
    job_type: &'static str,
    work: Work,
) -> Answer<Json<Value>> {
    let work = limited(work)?;
    let answer = app.write(move |tx| {
        let id = bulk::queue(tx, &actor, job_type, work)?;
        Ok(json!({"job_status": job_json(&origin, &progress::get(tx, &actor, &id)?)}))
    });
    Ok(Json(answer.await?))
}

async fn create_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<TicketsBody>,
) -> Answer<Json<Value>> {
    queue(app.0, actor, origin, "Bulk Create Ticket", Work::Create(body.tickets)).await
}

async fn update_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(ids): Params<Ids>,
    Body(body): Body<TicketsBody>,
) -> Answer<Json<Value>> {
    let list = match body.ticket {
        None => body.tickets,
        Some(ticket) => ids
            .list()
            .into_iter()
            .map(|id| {
                let mut one = ticket.clone();
                one.insert("id".into(), json!(id));
                one
            })
            .collect(),
    };
    queue(app.0, actor, origin, "Bulk Update Ticket", Work::Update(list)).await
}

async fn destroy_many(app: State<App>, Me(actor): Me, origin: Origin, Params(ids): Params<Ids>) -> Answer<Json<Value>> {
    queue(app.0, actor, origin, "Bulk Delete Ticket", Work::Delete(ids.list())).await
}

async fn spam_many(app: State<App>, Me(actor): Me, origin: Origin, Params(ids): Params<Ids>) -> Answer<Json<Value>> {
    queue(app.0, actor, origin, "Bulk Spam Ticket", Work::Spam(ids.list())).await
}

async fn statuses(app: State<App>, Me(actor): Me, origin: Origin) -> Answer<Json<Value>> {
    let jobs = app.read(move |tx| progress::recent(tx, &actor)).await?;
    let jobs: Vec<_> = jobs.iter().map(|job| job_json(&origin, job)).collect();
    Ok(Json(json!({"count": jobs.len(), "job_statuses": jobs, "next_page": null, "previous_page": null})))
}

async fn status(app: State<App>, Me(actor): Me, origin: Origin, Path(id): Path<String>) -> Answer<Json<Value>> {
    let job = app.read(move |tx| progress::get(tx, &actor, &id)).await?;
    Ok(Json(json!({"job_status": job_json(&origin, &job)})))
}

async fn undo(app: State<App>, Me(actor): Me, origin: Origin, Path(id): Path<String>) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let id = bulk::undo(tx, &actor, &id)?;
        Ok(json!({"job_status": job_json(&origin, &progress::get(tx, &actor, &id)?)}))
    });
    Ok(Json(answer.await?))
}
