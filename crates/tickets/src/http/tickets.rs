//! Tickets: list, show, create, update, and what belongs to one.

use axum::Json;
use axum::extract::RawQuery;
use base::{Actor, CommentId, Error, Fragment, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{
    Answer, Body, Envelope, Id, IdempotencyKey, Me, Needs, Once, Origin, Page, PageKey, Paging, Params, Routes, once,
};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::input::{self, TicketBody};
use super::sideload;
use super::verbs::TagsAnswer;
use crate::change::{Change, How, NewComment, NewTicket, Target};
use crate::commit::{Committed, commit};
use crate::listing::{Listing, ListingPage, Sort};
use crate::ticket::{Comment, Ticket, Via};
use crate::view::{AuditView, CommentView, Context, TicketView};
use crate::{access, store, timeline};

/// `{"ticket": {...}}`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TicketAnswer {
    ticket: TicketView,
}

/// `{"ticket": {...}, "audit": {...}}`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CommittedAnswer {
    ticket: TicketView,
    audit: Option<AuditView>,
}

/// `{"tickets": [...]}` with paging.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TicketsAnswer {
    tickets: Vec<TicketView>,
}

/// `{"comments": [...]}` with paging.
#[derive(Serialize, JsonSchema)]
struct CommentsAnswer {
    comments: Vec<CommentView>,
}

/// What a ticket has to do with.
#[derive(Serialize, JsonSchema)]
struct RelatedView {
    topic_id: Option<i64>,
    jira_issue_ids: Vec<i64>,
    followup_source_ids: Vec<TicketId>,
    from_archive: bool,
    incidents: usize,
    url: String,
    /// Ours: tickets that it was merged into, split off or came beside.
    links: Vec<LinkView>,
    /// Ours: tickets that go on from it.
    followup_ids: Vec<TicketId>,
}

/// A ticket that another has to do with.
#[derive(Serialize, JsonSchema)]
struct LinkView {
    ticket_id: TicketId,
    /// merge, reply or split.
    kind: String,
    outward: bool,
}

#[derive(Serialize, JsonSchema)]
struct RelatedAnswer {
    ticket_related: RelatedView,
}

/// One comment in a person's history.
#[derive(Serialize, JsonSchema)]
struct EntryView {
    ticket_id: TicketId,
    subject: String,
    status: &'static str,
    channel: &'static str,
    comment_id: CommentId,
    author_id: UserId,
    public: bool,
    excerpt: String,
    created_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct TimelineAnswer {
    items: Vec<EntryView>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/tickets", list)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .query::<Listed>()
        .gives::<TicketsAnswer>()
        .post("/api/v2/tickets", create)
        .needs(Needs::SignIn)
        .takes::<TicketBody>()
        .gives::<CommittedAnswer>()
        .get("/api/v2/tickets/show_many", show_many)
        .needs(Permission::TicketRead)
        .query::<ShowMany>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/tickets/{id}", show)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TicketAnswer>()
        .put("/api/v2/tickets/{id}", update)
        .needs(Permission::TicketNote)
        .takes::<TicketBody>()
        .gives::<CommittedAnswer>()
        .get("/api/v2/tickets/{id}/comments", comments)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<CommentsAnswer>()
        .get("/api/v2/tickets/{id}/incidents", incidents)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/tickets/{id}/related", related)
        .needs(Permission::TicketRead)
        .gives::<RelatedAnswer>()
        .get("/api/v2/tickets/{id}/tags", tags)
        .needs(Permission::TicketRead)
        .gives::<TagsAnswer>()
        .get("/api/v2/users/{id}/tickets/requested", requested)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/users/{id}/tickets/assigned", assigned)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/users/{id}/tickets/ccd", copied)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/users/{id}/tickets/followed", followed)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/organizations/{id}/tickets", of_organization)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/users/{id}/timeline", person_timeline)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TimelineAnswer>()
}

/// A page of a listing in its envelope, with side-loads.
pub(crate) fn answer_page(
    tx: &mut Tx<'_>,
    envelope: &Envelope<'_>,
    paging: &Paging,
    listing: &Listing,
    count: Option<i64>,
) -> Result<Value> {
    let page = paging.page()?;
    let ListingPage { tickets, has_more, ends } = listing.page(tx, &page)?;
    let context = Context::load(tx, &envelope.origin.0)?;
    let views: Vec<Value> = tickets.iter().map(|t| json!(context.ticket(t))).collect();
    let mut answer = match page {
        Page::Cursor { .. } => envelope.cursor(has_more, ends, "tickets", views),
        Page::Offset(offset) => {
            let count = match count {
                Some(count) => count,
                None => listing.count(tx, i64::MAX)?,
            };
            envelope.offset(offset, count.unsigned_abs(), "tickets", views)
        }
    };
    sideload::tickets(tx, paging, &context, &tickets, &[], &mut answer)?;
    Ok(answer)
}

/// A page of the tickets that an expression over the alias `t` names and the actor may see, newest first unless the
/// request says otherwise, in Zendesk's envelope with side-loads. For other crates' lists.
pub fn page_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    envelope: &Envelope<'_>,
    paging: &Paging,
    filter: &Fragment,
) -> Result<Value> {
    let mut sql = access::visible_to(actor);
    sql.push(" AND (").append(filter).push(")");
    let newest = Sort::parse("id", true).unwrap_or_else(Sort::newest);
    let listing = Listing::new(sql, Sort::asked(paging.order(), newest)?);
    answer_page(tx, envelope, paging, &listing, None)
}

/// A list of tickets that a filter names.
async fn answer_list(
    app: App,
    actor: Actor,
    origin: Origin,
    path: String,
    query: Option<String>,
    paging: Paging,
    extend: impl FnOnce(&mut Fragment) + Send + 'static,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let mut filter = access::visible_to(&actor);
        extend(&mut filter);
        let listing = Listing::new(filter, Sort::asked(paging.order(), Sort::by_id())?);
        let query = query.unwrap_or_default();
        let envelope = Envelope { origin: &origin, path: &path, query: &query };
        answer_page(tx, &envelope, &paging, &listing, None)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize, JsonSchema)]
struct Listed {
    /// Only the tickets that another system knows by this.
    external_id: Option<String>,
}

async fn list(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    RawQuery(query): RawQuery,
    Params(paging): Params<Paging>,
    Params(listed): Params<Listed>,
) -> Answer<Json<Value>> {
    paging.sorts_by(&["id", "status", "updated_at"])?;
    answer_list(app.0, actor, origin, "/api/v2/tickets.json".into(), query, paging, |filter| {
        if let Some(external) = listed.external_id {
            filter.push(" AND t.external_id = ").bind(external);
        }
    })
    .await
}

macro_rules! lists_of {
    ($($name:ident $path:literal $id:ty => |$filter:ident, $of:ident| $extend:expr),+ $(,)?) => {$(
        async fn $name(
            app: axum::extract::State<App>,
            Me(actor): Me,
            origin: Origin,
            Id($of): Id<$id>,
            RawQuery(query): RawQuery,
            Params(paging): Params<Paging>,
        ) -> Answer<Json<Value>> {
            let path = format!($path, $of);
            answer_list(app.0, actor, origin, path, query, paging, move |$filter| { $extend; }).await
        }
    )+};
}

lists_of! {
    requested "/api/v2/users/{}/tickets/requested.json" UserId => |filter, id| filter.push(" AND t.requester_id = ").bind(id),
    assigned "/api/v2/users/{}/tickets/assigned.json" UserId => |filter, id| filter.push(" AND t.assignee_id = ").bind(id),
    copied "/api/v2/users/{}/tickets/ccd.json" UserId => |filter, id| store::tickets::copied_to(filter, id),
    followed "/api/v2/users/{}/tickets/followed.json" UserId => |filter, id| store::tickets::followed_by(filter, id),
    of_organization "/api/v2/organizations/{}/tickets.json" base::OrganizationId => |filter, id| filter
        .push(" AND t.organization_id = ")
        .bind(id),
    incidents "/api/v2/tickets/{}/incidents.json" TicketId => |filter, id| filter.push(" AND t.problem_id = ").bind(id),
}

#[derive(Deserialize, JsonSchema)]
struct ShowMany {
    /// Numbers separated by commas, at most 100.
    ids: String,
    /// Side-loads, separated by commas.
    include: Option<String>,
}

async fn show_many(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(params): Params<ShowMany>,
) -> Answer<Json<Value>> {
    let ids: Vec<TicketId> = params.ids.split(',').filter_map(|id| id.trim().parse().ok()).take(100).collect();
    let paging = Paging { include: params.include, ..Paging::default() };
    let answer = app.read(move |tx| {
        let tickets = access::many(tx, &actor, &ids)?;
        let context = Context::load(tx, &origin.0)?;
        let views: Vec<_> = tickets.iter().map(|t| context.ticket(t)).collect();
        let mut answer = json!({"tickets": views, "next_page": null, "previous_page": null, "count": tickets.len()});
        sideload::tickets(tx, &paging, &context, &tickets, &[], &mut answer)?;
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

async fn show(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ticket = access::get(tx, &actor, id)?;
        let context = Context::load(tx, &origin.0)?;
        let mut view = context.ticket(&ticket);
        if ticket.is_closed() {
            view.followup_ids = store::tickets::followups_of(tx, id)?;
        }
        let mut answer = json!({"ticket": view});
        sideload::tickets(tx, &paging, &context, &[ticket], &[], &mut answer)?;
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

async fn create(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    key: IdempotencyKey,
    Body(body): Body<TicketBody>,
) -> Answer<Once<CommittedAnswer>> {
    let comment = input::comment(&body.ticket).transpose()?;
    let request = Value::Object(body.ticket.clone());
    let caller = actor.clone();
    let make = move |tx: &mut Tx<'_>| {
        let committed = create_as_told(tx, &actor, &body.ticket, comment)?;
        let answer = answer_committed(tx, &actor, &origin, committed)?;
        Ok((answer.ticket.url.clone(), answer))
    };
    Ok(app.write(move |tx| once(tx, &key, &caller, &request, make)).await?)
}

/// Makes the ticket that Zendesk's JSON describes, with its first comment.
///
/// # Errors
/// `Invalid` with every problem.
pub fn create_as_told(
    tx: &mut Tx<'_>,
    actor: &Actor,
    ticket: &Map<String, Value>,
    comment: Option<NewComment>,
) -> Result<Committed> {
    let submitter = if actor.is_staff() { input::submitter(tx, ticket)? } else { None };
    let mut changes = if actor.is_staff() { input::changes(tx, ticket)? } else { own_changes(tx, ticket)? };
    changes.retain(|change| !matches!(change, Change::Requester(_)));
    // Whoever submits a ticket is the author of its first comment.
    changes.extend(comment.map(|comment| {
        let author = comment.author.or(submitter).filter(|_| actor.is_staff());
        Change::Comment(Box::new(NewComment { author, ..comment }))
    }));
    let requester = if actor.is_staff() { input::requester(tx, ticket, actor.user)? } else { actor.user };
    let followup_of = ticket.get("via_followup_source_id").and_then(input::as_id).map(TicketId);
    if let Some(id) = followup_of
        && !access::find(tx, actor, id)?.is_some_and(|ticket| ticket.is_closed())
    {
        let message = "Follow-up: goes on from a closed ticket only";
        return Err(Error::invalid("via_followup_source_id", "InvalidValue", message));
    }
    let new = NewTicket {
        submitter,
        brand: ticket.get("brand_id").and_then(input::as_id).map(Into::into),
        recipient: ticket.get("recipient").and_then(Value::as_str).map(str::to_lowercase),
        followup_of,
        ..NewTicket::of(requester)
    };
    let said = if actor.is_staff() { input::via(ticket) } else { None };
    let via = if followup_of.is_some() { Via::FollowUp } else { said.unwrap_or(via_of(actor)) };
    let how = How { metadata: input::metadata(ticket), ..How::via(via) };
    commit(tx, actor, Target::New(Box::new(new)), changes, &how)
}

/// What an end user may say of a ticket that they open.
fn own_changes(tx: &mut Tx<'_>, ticket: &Map<String, Value>) -> Result<Vec<Change>> {
    let allowed = ["subject", "custom_fields", "fields", "ticket_form_id", "priority", "type"];
    let theirs = ticket.iter().filter(|(key, _)| allowed.contains(&key.as_str()));
    input::changes(tx, &theirs.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// A change made in the workspace comes by the web, others by the API.
pub(crate) fn via_of(actor: &Actor) -> Via {
    match actor.credential {
        base::Credential::Session(_) => Via::Web,
        _ => Via::Api,
    }
}

async fn update(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
    Body(body): Body<TicketBody>,
) -> Answer<Json<CommittedAnswer>> {
    let comment = input::comment(&body.ticket).transpose()?;
    let stamp = body.ticket.get("updated_stamp").and_then(Value::as_str).and_then(Timestamp::parse);
    let safe = body.ticket.get("safe_update").is_some_and(|safe| safe == true || safe == "true");
    if safe && stamp.is_none() {
        return Err(Error::blank("updated_stamp").into());
    }
    let answer = app.write(move |tx| {
        let mut changes = input::changes(tx, &body.ticket)?;
        changes.extend(comment.map(|comment| Change::Comment(Box::new(comment))));
        let how = How {
            unless_changed_since: stamp.filter(|_| safe),
            metadata: input::metadata(&body.ticket),
            ..How::via(via_of(&actor))
        };
        let committed = commit(tx, &actor, Target::Ticket(id), changes, &how)?;
        answer_committed(tx, &actor, &origin, committed)
    });
    Ok(Json(answer.await?))
}

/// What a commit answers: the ticket and its audit.
pub(crate) fn answer_committed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    origin: &Origin,
    committed: Committed,
) -> Result<CommittedAnswer> {
    let context = Context::load(tx, &origin.0)?;
    let audit = match committed.audit {
        Some(id) => {
            let mut filter = Fragment::new("a.id = ");
            filter.bind(id);
            let audits = store::comments::audits(tx, &filter, "")?;
            let seen: Vec<Comment> =
                committed.comments.into_iter().filter(|c| access::may_see_comment(actor, c)).collect();
            context.audits(tx, &audits, &seen)?.pop()
        }
        None => None,
    };
    Ok(CommittedAnswer { ticket: context.ticket(&committed.ticket), audit })
}

async fn comments(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
    RawQuery(query): RawQuery,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ticket = access::get(tx, &actor, id)?;
        let mut all = access::comments(tx, &actor, &ticket)?;
        if newest_first(&paging) {
            all.reverse();
        }
        let context = Context::load(tx, &origin.0)?;
        let path = format!("/api/v2/tickets/{id}/comments.json");
        let query = query.unwrap_or_default();
        let envelope = Envelope { origin: &origin, path: &path, query: &query };
        // Numbers are paged first, and only the page's comments are made into views.
        let mut answer = envelope.slice(&paging, "comments", all.iter().map(|c| json!(c.id)).collect())?;
        let page: Vec<i64> = serde_json::from_value(answer["comments"].take()).unwrap_or_default();
        all.retain(|comment| page.contains(&comment.id.0));
        answer["comments"] = json!(context.comments(tx, &all)?);
        let authors: Vec<UserId> = all.iter().map(|comment| comment.author).collect();
        sideload::tickets(tx, &paging, &context, &[], &authors, &mut answer)?;
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

pub(super) fn newest_first(paging: &Paging) -> bool {
    let by_sort = paging.order().is_some_and(|(name, descending)| name == "created_at" && descending);
    by_sort || paging.sort_order.as_deref() == Some("desc")
}

async fn related(app: axum::extract::State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<RelatedAnswer>> {
    let answer = app.read(move |tx| {
        let ticket: Ticket = access::get(tx, &actor, id)?;
        let links = store::tickets::links_of(tx, id)?;
        let link = |(ticket_id, kind, outward)| LinkView { ticket_id, kind, outward };
        Ok(RelatedAnswer {
            ticket_related: RelatedView {
                topic_id: None,
                jira_issue_ids: Vec::new(),
                followup_source_ids: ticket.followup_of.into_iter().collect(),
                from_archive: false,
                incidents: store::tickets::incidents_of(tx, id)?.len(),
                url: String::new(),
                links: links.into_iter().map(link).collect(),
                followup_ids: store::tickets::followups_of(tx, id)?,
            },
        })
    });
    Ok(Json(answer.await?))
}

async fn tags(app: axum::extract::State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<TagsAnswer>> {
    let tags = app.read(move |tx| Ok(access::get(tx, &actor, id)?.tags));
    Ok(Json(TagsAnswer { tags: tags.await?.into_iter().collect() }))
}

async fn person_timeline(
    app: axum::extract::State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(person): Id<UserId>,
    RawQuery(query): RawQuery,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let page = paging.page()?;
        let before = match &page {
            Page::Cursor { after: Some(key), .. } => Some(CommentId(key.id)),
            _ => None,
        };
        let size = page.size();
        let mut entries = timeline::of_person(tx, &actor, person, before, size + 1)?;
        let has_more = entries.len() as u64 > size;
        entries.truncate(usize::try_from(size).unwrap_or(100));
        let key = |entry: &timeline::Entry| PageKey { value: None, id: entry.comment.id.0 };
        let ends = entries.first().zip(entries.last()).map(|(first, last)| (key(first), key(last)));
        let items = entries.iter().map(entry_json).collect();
        let path = format!("/api/v2/users/{person}/timeline.json");
        let query = query.unwrap_or_default();
        let envelope = Envelope { origin: &origin, path: &path, query: &query };
        Ok(envelope.cursor(has_more, ends, "items", items))
    });
    Ok(Json(answer.await?))
}

fn entry_json(entry: &timeline::Entry) -> Value {
    let comment = &entry.comment;
    json!(EntryView {
        ticket_id: comment.ticket,
        subject: entry.subject.clone(),
        status: entry.status.name(),
        channel: comment.via.name(),
        comment_id: comment.id,
        author_id: comment.author,
        public: comment.public,
        excerpt: base::text::excerpt(&comment.body, 200),
        created_at: comment.created_at,
    })
}
