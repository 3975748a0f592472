//! `/suspended_tickets`.

use axum::Json;
use axum::extract::State;
use base::{Actor, BrandId, Error, Permission, Result, SuspendedId, TicketId, Timestamp};
use kernel::http::{Answer, Body, Id, Me, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, progress};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tickets::view::TicketView;

use super::{Here, Many};
use crate::email::suspension::{self, Suspended};
use crate::email::{ingest, store};

/// A suspended mail in the API. Zendesk's shape; `reason` and `inbound_id` are ours.
#[derive(Serialize, JsonSchema)]
struct SuspendedView {
    id: SuspendedId,
    url: String,
    author: AuthorView,
    subject: String,
    content: String,
    /// Zendesk's English words.
    cause: &'static str,
    cause_id: i64,
    /// Ours: the cause as a word for which the workspace has a text.
    reason: &'static str,
    /// Ours: the message as it came.
    inbound_id: base::InboundId,
    message_id: Option<String>,
    ticket_id: Option<TicketId>,
    recipient: String,
    brand_id: Option<BrandId>,
    via: Value,
    attachments: Vec<Value>,
    error_messages: Option<Value>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct AuthorView {
    id: Option<base::UserId>,
    name: String,
    email: String,
}

#[derive(Serialize, JsonSchema)]
struct SuspendedAnswer {
    suspended_ticket: SuspendedView,
}

#[derive(Serialize, JsonSchema)]
struct SuspendedsAnswer {
    suspended_tickets: Vec<SuspendedView>,
}

#[derive(Serialize, JsonSchema)]
struct RecoveredAnswer {
    ticket: Vec<TicketView>,
}

#[derive(Serialize, JsonSchema)]
struct RecoveredManyAnswer {
    tickets: Vec<TicketView>,
    /// Those that could not be recovered.
    suspended_tickets: Vec<SuspendedView>,
}

/// `{"author": {"id"} or {"email"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct AuthorBody {
    #[serde(default)]
    author: Map<String, Value>,
}

/// How far the recovering of an author's mails is.
#[derive(Serialize, JsonSchema)]
struct JobAnswer {
    job_status: JobView,
}

#[derive(Serialize, JsonSchema)]
struct JobView {
    id: String,
    url: String,
    job_type: String,
    total: Option<i64>,
    progress: Option<i64>,
    status: String,
    message: Option<String>,
    results: Option<Value>,
}

/// How far an export is. It is read, not sent by mail.
#[derive(Serialize, JsonSchema)]
struct ExportAnswer {
    export: ExportView,
}

#[derive(Serialize, JsonSchema)]
struct ExportView {
    view_id: &'static str,
    status: &'static str,
    /// Ours: where the list can be read at once.
    url: String,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::MailManage;
    Routes::new()
        .get("/api/v2/suspended_tickets", list)
        .needs(manage)
        .query::<Paging>()
        .gives::<SuspendedsAnswer>()
        .get("/api/v2/suspended_tickets/{id}", show)
        .needs(manage)
        .gives::<SuspendedAnswer>()
        .put("/api/v2/suspended_tickets/{id}/recover", recover)
        .needs(manage)
        .gives::<RecoveredAnswer>()
        .delete("/api/v2/suspended_tickets/{id}", remove)
        .needs(manage)
        .put("/api/v2/suspended_tickets/recover_many", recover_many)
        .needs(manage)
        .query::<Many>()
        .gives::<RecoveredManyAnswer>()
        .put("/api/v2/suspended_tickets/bulk_recover", recover_of_author)
        .needs(manage)
        .takes::<AuthorBody>()
        .gives::<JobAnswer>()
        .post("/api/v2/suspended_tickets/export", export)
        .needs(manage)
        .gives::<ExportAnswer>()
        .delete("/api/v2/suspended_tickets/destroy_many", remove_many)
        .needs(manage)
        .query::<Many>()
}

fn view(origin: &Origin, row: &Suspended) -> SuspendedView {
    let from = json!({"address": row.author_email, "name": row.author_name});
    SuspendedView {
        id: row.id,
        url: format!("{}/api/v2/suspended_tickets/{}.json", origin.0, row.id),
        author: AuthorView { id: None, name: row.author_name.clone(), email: row.author_email.clone() },
        subject: row.subject.clone(),
        content: row.content.clone(),
        cause: row.cause.description(),
        cause_id: row.cause.number(),
        reason: row.cause.name(),
        inbound_id: row.inbound,
        message_id: row.message_id.clone(),
        ticket_id: row.ticket,
        recipient: row.recipient.clone(),
        brand_id: row.brand,
        via: json!({"channel": "email", "source": {"from": from, "to": {"address": row.recipient}, "rel": null}}),
        attachments: Vec::new(),
        error_messages: None,
        created_at: row.created_at,
        updated_at: row.created_at,
    }
}

async fn list(app: State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let page = paging.page()?;
    let wanted = page.clone();
    let slice = app.read(move |tx| store::suspended::page(tx, &wanted)).await?;
    Ok(Json(here.page(&page, "suspended_tickets", slice, |row| row.id.0, |row| view(&here.origin, row))?))
}

async fn show(app: State<App>, origin: Origin, Id(id): Id<SuspendedId>) -> Answer<Json<SuspendedAnswer>> {
    let row = app.read(move |tx| store::suspended::get(tx, id)).await?;
    Ok(Json(SuspendedAnswer { suspended_ticket: view(&origin, &row) }))
}

async fn recover(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<SuspendedId>,
) -> Answer<Json<RecoveredAnswer>> {
    let ticket = let_in(&app, &actor, id).await?;
    Ok(Json(RecoveredAnswer { ticket: views(&app, &origin, vec![ticket]).await? }))
}

async fn recover_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(many): Params<Many>,
) -> Answer<Json<RecoveredManyAnswer>> {
    let (mut tickets, mut failed) = (Vec::new(), Vec::new());
    for id in many.ids::<SuspendedId>()? {
        match let_in(&app, &actor, id).await {
            Ok(ticket) => tickets.push(ticket),
            Err(Error::NotFound) => {}
            Err(cause) => {
                tracing::warn!(suspended = id.0, %cause, "a suspended mail could not be recovered");
                failed.push(app.read(move |tx| store::suspended::get(tx, id)).await?);
            }
        }
    }
    let suspended_tickets = failed.iter().map(|row| view(&origin, row)).collect();
    Ok(Json(RecoveredManyAnswer { tickets: views(&app, &origin, tickets).await?, suspended_tickets }))
}

async fn export(origin: Origin) -> Json<ExportAnswer> {
    let url = format!("{}/api/v2/suspended_tickets.json", origin.0);
    Json(ExportAnswer { export: ExportView { view_id: "suspended", status: "enqueued", url } })
}

/// Lets in all that somebody wrote. The answer is the status of the work as it was queued.
async fn recover_of_author(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<AuthorBody>,
) -> Answer<Json<JobAnswer>> {
    let asking = actor.clone();
    let begun = app.write(move |tx| {
        let by_id = match body.author.get("id").and_then(kernel::http::as_id) {
            Some(id) => people::find_user(tx, base::UserId(id))?.and_then(|user| user.email),
            None => None,
        };
        let email = body.author.get("email").and_then(Value::as_str).map(str::to_lowercase).or(by_id);
        let email = email.ok_or_else(|| Error::invalid("author", "BlankValue", "author: cannot be blank"))?;
        let ids = store::suspended::of_author(tx, &email)?;
        let job = progress::queue(tx, &asking, "Recover Suspended Tickets", i64::try_from(ids.len()).ok())?;
        Ok((ids, progress::get(tx, &asking, &job)?))
    });
    let (ids, job) = begun.await?;
    let mut results = Vec::new();
    for id in ids {
        let result = match let_in(&app, &actor, id).await {
            Ok(ticket) => json!({"id": ticket, "action": "recover", "success": true, "status": "Recovered"}),
            Err(cause) => json!({"id": id, "action": "recover", "success": false, "error": cause.code()}),
        };
        results.push(result);
    }
    let done = job.id.clone();
    app.write(move |tx| progress::complete(tx, &done, Some(Value::from(results)))).await?;
    let job_status = JobView {
        url: format!("{}/api/v2/job_statuses/{}.json", origin.0, job.id),
        id: job.id,
        job_type: job.job_type,
        total: job.total,
        progress: job.progress,
        status: job.status,
        message: job.message,
        results: job.results,
    };
    Ok(Json(JobAnswer { job_status }))
}

async fn remove(app: State<App>, Me(actor): Me, Id(id): Id<SuspendedId>) -> Answer<NoContent> {
    app.write(move |tx| suspension::delete(tx, &actor, id)).await?;
    Ok(NoContent)
}

async fn remove_many(app: State<App>, Me(actor): Me, Params(many): Params<Many>) -> Answer<NoContent> {
    let ids = many.ids::<SuspendedId>()?;
    let removed = app.write(move |tx| {
        for id in ids {
            match suspension::delete(tx, &actor, id) {
                Ok(()) | Err(Error::NotFound) => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    });
    removed.await?;
    Ok(NoContent)
}

/// Recovering waits for the database several times, so it has a thread of its own.
async fn let_in(app: &App, actor: &Actor, id: SuspendedId) -> Result<TicketId> {
    let (app, actor) = (app.clone(), actor.clone());
    tokio::task::spawn_blocking(move || ingest::recover(&app, &actor, id)).await.map_err(Error::internal)?
}

async fn views(app: &App, origin: &Origin, ids: Vec<TicketId>) -> Result<Vec<TicketView>> {
    let origin = origin.0.clone();
    let views = app.read(move |tx| {
        let context = tickets::view::Context::load(tx, &origin)?;
        let all = tickets::access::many(tx, &Actor::system(), &ids)?;
        Ok(all.iter().map(|ticket| context.ticket(ticket)).collect())
    });
    views.await
}
