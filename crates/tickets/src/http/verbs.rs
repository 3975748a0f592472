//! Verbs on tickets: delete and restore, spam, merge and its undoing, split, tags.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use base::{CommentId, Error, Permission, TicketId};
use kernel::App;
use kernel::http::{Answer, Body, Created, Envelope, Id, Me, NoContent, Origin, Paging, Params, Routes};
use kernel::progress;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bulk::{JobAnswer, job_answer};
use super::deleted::Empty;
use super::tickets::{CommittedAnswer, answer_committed, via_of};
use crate::change::{Change, How, Target};
use crate::commit::commit;
use crate::merge::{self, MergeText};
use crate::view::Context;
use crate::{access, store};

pub(super) fn routes() -> Routes {
    Routes::new()
        .delete("/api/v2/tickets/{id}", delete)
        .needs(Permission::TicketDelete)
        .put("/api/v2/tickets/{id}/mark_as_spam", mark_as_spam)
        .needs(Permission::TicketDelete)
        .gives::<Empty>()
        .post("/api/v2/tickets/{id}/merge", merge)
        .needs(Permission::TicketEdit)
        .takes::<MergeBody>()
        .gives::<JobAnswer>()
        .post("/api/v2/tickets/{id}/unmerge", unmerge)
        .needs(Permission::TicketEdit)
        .gives::<CommittedAnswer>()
        .post("/api/v2/tickets/{id}/split", split)
        .needs(Permission::TicketEdit)
        .takes::<SplitBody>()
        .gives::<CommittedAnswer>()
        .post("/api/v2/tickets/{id}/tags", set_tags)
        .needs(Permission::TicketEdit)
        .takes::<TagsBody>()
        .gives::<TagsAnswer>()
        .put("/api/v2/tickets/{id}/tags", add_tags)
        .needs(Permission::TicketEdit)
        .takes::<TagsBody>()
        .gives::<TagsAnswer>()
        .delete("/api/v2/tickets/{id}/tags", remove_tags)
        .needs(Permission::TicketEdit)
        .takes::<TagsBody>()
        .gives::<TagsAnswer>()
        .get("/api/v2/tags", tags_in_use)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TagCountsAnswer>()
        .get("/api/v2/autocomplete/tags", autocomplete_tags)
        .needs(Permission::TicketRead)
        .query::<Named>()
        .gives::<TagsAnswer>()
        .post("/api/v2/autocomplete/tags", autocomplete_told)
        .needs(Permission::TicketRead)
        .takes::<Named>()
        .gives::<TagsAnswer>()
}

/// `{"tags": [...]}`.
#[derive(Serialize, JsonSchema)]
pub(super) struct TagsAnswer {
    pub tags: Vec<String>,
}

/// A tag in use.
#[derive(Serialize, JsonSchema)]
struct TagCountView {
    name: String,
    count: i64,
}

#[derive(Serialize, JsonSchema)]
struct TagCountsAnswer {
    tags: Vec<TagCountView>,
}

async fn delete(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<NoContent> {
    app.write(move |tx| {
        access::get(tx, &actor, id)?;
        let how = How::via(via_of(&actor));
        commit(tx, &actor, Target::Ticket(id), vec![Change::Delete { spam: false }], &how).map(drop)
    })
    .await?;
    Ok(NoContent)
}

/// Deletes the ticket as spam and suspends its requester.
async fn mark_as_spam(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<Empty>> {
    app.write(move |tx| {
        let ticket = access::get(tx, &actor, id)?;
        let how = How::via(via_of(&actor));
        commit(tx, &actor, Target::Ticket(id), vec![Change::Delete { spam: true }], &how)?;
        let requester = people::get_user(tx, ticket.requester)?;
        if requester.role.is_staff() {
            return Ok(());
        }
        let change = people::UserChange { suspended: Some(true), ..people::UserChange::default() };
        people::update_user(tx, &base::Actor::system(), requester.id, change).map(drop)
    })
    .await?;
    Ok(Json(Empty {}))
}

#[derive(Deserialize, JsonSchema)]
struct MergeBody {
    /// The tickets that are merged into this one and closed; at most 5 at once, as in Zendesk.
    ids: Vec<i64>,
    /// The comment in this ticket.
    target_comment: Option<String>,
    /// The comment in the tickets that are closed.
    source_comment: Option<String>,
    #[serde(default)]
    target_comment_is_public: bool,
    #[serde(default)]
    source_comment_is_public: bool,
}

async fn merge(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(into): Id<TicketId>,
    Body(body): Body<MergeBody>,
) -> Answer<Json<JobAnswer>> {
    if body.ids.is_empty() || body.ids.len() > 5 {
        return Err(Error::invalid("ids", "InvalidValue", "ids: between 1 and 5 tickets are merged at once").into());
    }
    let answer = app.write(move |tx| {
        let text = MergeText {
            target: body.target_comment,
            source: body.source_comment,
            target_public: body.target_comment_is_public,
            source_public: body.source_comment_is_public,
        };
        let total = i64::try_from(body.ids.len()).unwrap_or(5);
        let job = progress::queue(tx, &actor, "Merge Tickets", Some(total))?;
        let queued = job_answer(tx, &actor, &origin, &job)?;
        for id in &body.ids {
            merge::merge(tx, &actor, TicketId(*id), into, &text)?;
        }
        let results = json!([{"id": into, "action": "update", "success": true, "status": "Updated"}]);
        let step = progress::Step {
            status: "completed",
            progress: Some(total),
            message: Some(progress::completed_at(tx.now())),
            results: Some(results),
            undo: Some(json!({"merged": body.ids})),
        };
        progress::step(tx, &job, &step)?;
        Ok(queued)
    });
    Ok(Json(answer.await?))
}

async fn unmerge(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
) -> Answer<Json<CommittedAnswer>> {
    let answer = app.write(move |tx| {
        access::get(tx, &actor, id)?;
        let committed = merge::unmerge(tx, &actor, id)?;
        answer_committed(tx, &actor, &origin, committed)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize, JsonSchema)]
struct SplitBody {
    /// The comment that becomes a ticket of its own.
    comment_id: i64,
}

async fn split(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
    Body(body): Body<SplitBody>,
) -> Answer<Created<CommittedAnswer>> {
    let answer = app.write(move |tx| {
        let committed = merge::split(tx, &actor, id, CommentId(body.comment_id))?;
        let url = Context::load(tx, &origin.0)?.url(&format!("tickets/{}", committed.ticket.id));
        Ok((url, answer_committed(tx, &actor, &origin, committed)?))
    });
    let (url, answer) = answer.await?;
    Ok(Created(url, answer))
}

#[derive(Deserialize, JsonSchema)]
struct TagsBody {
    tags: Vec<String>,
}

async fn change_tags(app: App, actor: base::Actor, id: TicketId, change: Change) -> Answer<Json<TagsAnswer>> {
    let tags = app.write(move |tx| {
        let how = How::via(via_of(&actor));
        Ok(commit(tx, &actor, Target::Ticket(id), vec![change], &how)?.ticket.tags)
    });
    Ok(Json(TagsAnswer { tags: tags.await?.into_iter().collect() }))
}

async fn set_tags(
    app: State<App>,
    Me(actor): Me,
    Id(id): Id<TicketId>,
    Body(body): Body<TagsBody>,
) -> Answer<(StatusCode, Json<TagsAnswer>)> {
    let tags = change_tags(app.0, actor, id, Change::SetTags(body.tags)).await?;
    Ok((StatusCode::CREATED, tags))
}

async fn add_tags(
    app: State<App>,
    Me(actor): Me,
    Id(id): Id<TicketId>,
    Body(body): Body<TagsBody>,
) -> Answer<Json<TagsAnswer>> {
    change_tags(app.0, actor, id, Change::AddTags(body.tags)).await
}

async fn remove_tags(
    app: State<App>,
    Me(actor): Me,
    Id(id): Id<TicketId>,
    Body(body): Body<TagsBody>,
) -> Answer<Json<TagsAnswer>> {
    change_tags(app.0, actor, id, Change::RemoveTags(body.tags)).await
}

async fn tags_in_use(
    app: State<App>,
    Me(_): Me,
    origin: Origin,
    RawQuery(query): RawQuery,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let tags = store::tickets::tags_in_use(tx, "", 20_000)?;
        let items = tags.into_iter().map(|(name, count)| json!(TagCountView { name, count })).collect();
        let query = query.unwrap_or_default();
        Envelope { origin: &origin, path: "/api/v2/tags.json", query: &query }.slice(&paging, "tags", items)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize, JsonSchema)]
struct Named {
    /// The beginning of a tag.
    #[serde(default)]
    name: String,
}

async fn autocomplete_tags(app: State<App>, Params(named): Params<Named>) -> Answer<Json<TagsAnswer>> {
    let tags = app.read(move |tx| store::tickets::tags_in_use(tx, &named.name.to_lowercase(), 20));
    Ok(Json(TagsAnswer { tags: tags.await?.into_iter().map(|(name, _)| name).collect() }))
}

async fn autocomplete_told(app: State<App>, Body(named): Body<Named>) -> Answer<Json<TagsAnswer>> {
    autocomplete_tags(app, Params(named)).await
}
