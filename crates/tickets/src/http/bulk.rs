//! Bulk work and its progress: `create_many`, `update_many`, `destroy_many`, `job_statuses`.

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, Error, Permission, Result, TicketId};
use kernel::http::{Answer, Asked, Body, Me, Needs, Origin, Paging, Params, Routes};
use kernel::progress::{self, Progress};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::bulk::{self, Work};

/// The most tickets of one request.
const MOST: usize = 100;

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/tickets/create_many", create_many)
        .needs(Permission::TicketEdit)
        .takes::<TicketsBody>()
        .gives::<JobAnswer>()
        .put("/api/v2/tickets/update_many", update_many)
        .needs(Permission::TicketEdit)
        .query::<Ids>()
        .takes::<TicketsBody>()
        .gives::<JobAnswer>()
        .delete("/api/v2/tickets/destroy_many", destroy_many)
        .needs(Permission::TicketDelete)
        .query::<Ids>()
        .gives::<JobAnswer>()
        .put("/api/v2/tickets/mark_many_as_spam", spam_many)
        .needs(Permission::TicketDelete)
        .query::<Ids>()
        .gives::<JobAnswer>()
        .get("/api/v2/job_statuses", statuses)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<JobsAnswer>()
        .get("/api/v2/job_statuses/show_many", many_statuses)
        .needs(Needs::Staff)
        .query::<JobIds>()
        .gives::<JobsAnswer>()
        .get("/api/v2/job_statuses/{id}", status)
        .needs(Needs::Staff)
        .gives::<JobAnswer>()
        .post("/api/v2/job_statuses/{id}/undo", undo)
        .needs(Permission::TicketEdit)
        .gives::<JobAnswer>()
}

/// A job status, as in <https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/>.
#[derive(Serialize, JsonSchema)]
pub(crate) struct JobView {
    id: String,
    job_type: String,
    url: String,
    /// How many things there are to do; null when that isn't told.
    total: Option<i64>,
    /// How many are done.
    progress: Option<i64>,
    /// queued, working, completed or failed.
    status: String,
    message: Option<String>,
    /// What became of each, or `{"success": true}` of all.
    results: Option<Value>,
    /// Ours: whether the work can be undone.
    undoable: bool,
}

/// `{"job_status": {...}}`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct JobAnswer {
    pub job_status: JobView,
}

/// `{"job_statuses": [...]}` with paging.
#[derive(Serialize, JsonSchema)]
struct JobsAnswer {
    job_statuses: Vec<JobView>,
}

pub(crate) fn job_view(origin: &Origin, job: &Progress) -> JobView {
    JobView {
        id: job.id.clone(),
        job_type: job.job_type.clone(),
        url: format!("{}/api/v2/job_statuses/{}.json", origin.0, job.id),
        total: job.total,
        progress: job.progress,
        status: job.status.clone(),
        message: job.message.clone(),
        results: job.results.clone(),
        undoable: job.undo.is_some() && job.status == "completed",
    }
}

/// Zendesk's job status.
pub(crate) fn job_json(origin: &Origin, job: &Progress) -> Value {
    json!(job_view(origin, job))
}

/// The status of work that was just queued, or of one that is asked for.
pub(crate) fn job_answer(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin, id: &str) -> Result<JobAnswer> {
    Ok(JobAnswer { job_status: job_view(origin, &progress::get(tx, actor, id)?) })
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
        return Err(Error::TooManyValues { most: MOST });
    }
    if work.is_empty() {
        return Err(Error::BadRequest("BadRequest", "No tickets were named".into()));
    }
    Ok(work)
}

pub(super) async fn queue(
    app: App,
    actor: Actor,
    origin: Origin,
    job_type: &'static str,
    work: Work,
) -> Answer<Json<JobAnswer>> {
    let work = limited(work)?;
    let answer = app.write(move |tx| {
        let id = bulk::queue(tx, &actor, job_type, work)?;
        job_answer(tx, &actor, &origin, &id)
    });
    Ok(Json(answer.await?))
}

async fn create_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<TicketsBody>,
) -> Answer<Json<JobAnswer>> {
    queue(app.0, actor, origin, "Bulk Create Ticket", Work::Create(body.tickets)).await
}

async fn update_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(ids): Params<Ids>,
    Body(body): Body<TicketsBody>,
) -> Answer<Json<JobAnswer>> {
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

async fn destroy_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(ids): Params<Ids>,
) -> Answer<Json<JobAnswer>> {
    queue(app.0, actor, origin, "Bulk Delete Ticket", Work::Delete(ids.list())).await
}

async fn spam_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(ids): Params<Ids>,
) -> Answer<Json<JobAnswer>> {
    queue(app.0, actor, origin, "Bulk Spam Ticket", Work::Spam(ids.list())).await
}

async fn statuses(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let jobs = progress::recent(tx, &asked.actor)?;
        asked.slice("job_statuses", jobs.iter().map(|job| job_json(&asked.origin, job)).collect())
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize, JsonSchema)]
struct JobIds {
    /// Ids separated by commas, at most 100.
    ids: Option<String>,
}

async fn many_statuses(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(asked): Params<JobIds>,
) -> Answer<Json<JobsAnswer>> {
    let ids: Vec<String> = asked.ids.unwrap_or_default().split(',').map(|id| id.trim().to_owned()).collect();
    if ids.len() > MOST {
        return Err(Error::TooManyValues { most: MOST }.into());
    }
    let jobs = app.read(move |tx| progress::many(tx, &actor, &ids)).await?;
    Ok(Json(JobsAnswer { job_statuses: jobs.iter().map(|job| job_view(&origin, job)).collect() }))
}

async fn status(app: State<App>, Me(actor): Me, origin: Origin, Path(id): Path<String>) -> Answer<Json<JobAnswer>> {
    Ok(Json(app.read(move |tx| job_answer(tx, &actor, &origin, &id)).await?))
}

async fn undo(app: State<App>, Me(actor): Me, origin: Origin, Path(id): Path<String>) -> Answer<Json<JobAnswer>> {
    let answer = app.write(move |tx| {
        let id = bulk::undo(tx, &actor, &id)?;
        job_answer(tx, &actor, &origin, &id)
    });
    Ok(Json(answer.await?))
}
