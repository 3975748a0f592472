//! [Zendesk's requests](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-requests/): what customers see
//! of their tickets, and do to them.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base::{
    Actor, CommentId, Error, FieldId, Fragment, OrganizationId, Permission, Result, TicketId, Timestamp, UserId,
};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, Origin, Page, Paging, Params, Routes};
use kernel::{App, Tx};
use people::Contact;
use rules::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::input;
use super::tickets::via_of;
use crate::change::{Change, How, NewComment, NewTicket, Target};
use crate::commit::commit;
use crate::listing::{Listing, Sort};
use crate::ticket::{Comment, Ticket};
use crate::view::{AttachmentView, Context, FieldValueView, ViaView};
use crate::{access, requests, search, store};

/// A ticket as its customer sees it.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are Zendesk's, and each says what it is")]
struct RequestView {
    url: String,
    id: TicketId,
    status: &'static str,
    custom_status_id: base::CustomStatusId,
    priority: Option<rules::Priority>,
    r#type: Option<rules::TicketType>,
    subject: String,
    description: String,
    organization_id: Option<OrganizationId>,
    via: ViaView,
    /// Those that customers see.
    custom_fields: Vec<FieldValueView>,
    fields: Vec<FieldValueView>,
    requester_id: UserId,
    /// Who gets copies. Agents who follow the ticket are the desk's own business.
    collaborator_ids: Vec<UserId>,
    email_cc_ids: Vec<UserId>,
    is_public: bool,
    due_at: Option<Timestamp>,
    /// Whether whoever asks may say that it is solved.
    can_be_solved_by_me: bool,
    solved: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    recipient: Option<String>,
    followup_source_id: Option<TicketId>,
    assignee_id: Option<UserId>,
    group_id: Option<base::GroupId>,
    ticket_form_id: Option<base::FormId>,
    brand_id: base::BrandId,
}

/// A public comment as customers see it.
#[derive(Serialize, JsonSchema)]
struct RequestCommentView {
    url: String,
    id: CommentId,
    r#type: &'static str,
    request_id: TicketId,
    author_id: UserId,
    body: String,
    html_body: String,
    plain_body: String,
    public: bool,
    attachments: Vec<AttachmentView>,
    audit_id: base::AuditId,
    via: ViaView,
    metadata: Value,
    created_at: Timestamp,
}

/// Somebody who wrote on a request.
#[derive(Serialize, JsonSchema)]
struct AuthorView {
    id: UserId,
    name: String,
    photo: Option<Value>,
    /// Whether they work at the desk.
    agent: bool,
    organization_id: Option<OrganizationId>,
}

#[derive(Serialize, JsonSchema)]
struct RequestAnswer {
    request: RequestView,
}

/// The request; none when it was kept out until somebody has looked at it.
#[derive(Serialize, JsonSchema)]
struct SubmittedAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_ticket: Option<Value>,
}

#[derive(Serialize, JsonSchema)]
struct RequestsAnswer {
    requests: Vec<RequestView>,
}

#[derive(Serialize, JsonSchema)]
struct CommentsAnswer {
    comments: Vec<RequestCommentView>,
    /// Who wrote them.
    users: Vec<AuthorView>,
}

#[derive(Serialize, JsonSchema)]
struct CommentAnswer {
    comment: RequestCommentView,
}

/// `{"request": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct RequestBody {
    #[serde(default)]
    request: Map<String, Value>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ListQuery {
    /// Words to look for; search only.
    query: Option<String>,
    /// Only of these statuses, separated by commas.
    status: Option<String>,
    /// Only of this organization; search only.
    organization_id: Option<String>,
    /// Only those that this person gets copies of; search only.
    cc_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(Default, Deserialize, JsonSchema)]
struct CommentsQuery {
    /// Only those after this instant, ISO 8601.
    since: Option<String>,
    /// `agent` or `end_user`.
    role: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn routes() -> Routes {
    lists()
        .post("/api/v2/requests", create)
        .needs(Needs::Nothing)
        .takes::<RequestBody>()
        .gives::<SubmittedAnswer>()
        .get("/api/v2/requests/{id}", show)
        .needs(Needs::SignIn)
        .gives::<RequestAnswer>()
        .put("/api/v2/requests/{id}", update)
        .needs(Needs::SignIn)
        .takes::<RequestBody>()
        .gives::<RequestAnswer>()
        .get("/api/v2/requests/{id}/comments", comments)
        .needs(Needs::SignIn)
        .query::<CommentsQuery>()
        .gives::<CommentsAnswer>()
        .get("/api/v2/requests/{id}/comments/{comment_id}", show_comment)
        .needs(Needs::SignIn)
        .gives::<CommentAnswer>()
}

fn lists() -> Routes {
    Routes::new()
        .get("/api/v2/requests", list)
        .needs(Needs::SignIn)
        .query::<ListQuery>()
        .gives::<RequestsAnswer>()
        .get("/api/v2/requests/open", list_open)
        .needs(Needs::SignIn)
        .query::<ListQuery>()
        .gives::<RequestsAnswer>()
        .get("/api/v2/requests/solved", list_solved)
        .needs(Needs::SignIn)
        .query::<ListQuery>()
        .gives::<RequestsAnswer>()
        .get("/api/v2/requests/ccd", list_copied)
        .needs(Needs::SignIn)
        .query::<ListQuery>()
        .gives::<RequestsAnswer>()
        .get("/api/v2/requests/search", find)
        .needs(Needs::SignIn)
        .query::<ListQuery>()
        .gives::<RequestsAnswer>()
        .get("/api/v2/users/{id}/requests", of_user)
        .needs(Needs::SignIn)
        .query::<ListQuery>()
        .gives::<RequestsAnswer>()
        .get("/api/v2/organizations/{id}/requests", of_organization)
        .needs(Needs::SignIn)
        .query::<ListQuery>()
        .gives::<RequestsAnswer>()
}

/// What several requests of one answer share.
struct Shown {
    context: Context,
    fields: Vec<FieldId>,
    actor: Actor,
}

impl Shown {
    fn load(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin) -> Result<Self> {
        let fields = requests::seen_fields(tx, actor)?.into_iter().map(|field| field.id).collect();
        Ok(Self { context: Context::load(tx, &origin.0)?, fields, actor: actor.clone() })
    }

    /// Requests in the order given. Customers read the first public comment as their description.
    fn requests(&self, tx: &mut Tx<'_>, tickets: &[Ticket]) -> Result<Vec<RequestView>> {
        let mut views: Vec<RequestView> = tickets.iter().map(|ticket| self.view(ticket)).collect();
        if !self.actor.is_staff() {
            let ids: Vec<TicketId> = tickets.iter().map(|ticket| ticket.id).collect();
            let mut texts = store::comments::first_public(tx, &ids)?;
            for view in &mut views {
                view.description = texts.remove(&view.id).unwrap_or_default();
            }
        }
        Ok(views)
    }

    fn request(&self, tx: &mut Tx<'_>, ticket: &Ticket) -> Result<RequestAnswer> {
        let request = self.requests(tx, std::slice::from_ref(ticket))?.pop().ok_or(Error::NotFound)?;
        Ok(RequestAnswer { request })
    }

    fn view(&self, t: &Ticket) -> RequestView {
        let whole = self.context.ticket(t);
        let seen = |values: Vec<FieldValueView>| -> Vec<FieldValueView> {
            values.into_iter().filter(|value| self.fields.contains(&value.id)).collect()
        };
        let staff = self.actor.is_staff();
        RequestView {
            url: self.context.url(&format!("requests/{}", t.id)),
            id: t.id,
            status: whole.status,
            custom_status_id: t.custom_status,
            priority: t.priority,
            r#type: t.kind,
            subject: whole.subject,
            description: whole.description,
            organization_id: t.organization,
            via: whole.via,
            custom_fields: seen(whole.custom_fields),
            fields: seen(whole.fields),
            requester_id: t.requester,
            collaborator_ids: if staff { whole.collaborator_ids } else { whole.email_cc_ids.clone() },
            email_cc_ids: whole.email_cc_ids,
            is_public: t.is_public,
            due_at: t.due_at,
            can_be_solved_by_me: requests::can_be_solved_by(&self.actor, t),
            solved: t.status >= Status::Solved,
            created_at: t.created_at,
            updated_at: t.updated_at,
            recipient: whole.recipient,
            followup_source_id: t.followup_of,
            assignee_id: t.assignee,
            group_id: t.group,
            ticket_form_id: t.form,
            brand_id: t.brand,
        }
    }

    /// Comments in the order given, with those who wrote them.
    fn comments(&self, tx: &mut Tx<'_>, comments: &[Comment]) -> Result<CommentsAnswer> {
        let views = self.context.comments(tx, comments)?;
        let comments = views
            .into_iter()
            .map(|c| RequestCommentView {
                url: self.context.url(&format!("requests/{}/comments/{}", c.ticket_id, c.id)),
                id: c.id,
                r#type: c.r#type,
                request_id: c.ticket_id,
                author_id: c.author_id,
                body: c.body,
                html_body: c.html_body,
                plain_body: c.plain_body,
                public: c.public,
                attachments: c.attachments,
                audit_id: c.audit_id,
                via: c.via,
                metadata: c.metadata,
                created_at: c.created_at,
            })
            .collect::<Vec<_>>();
        let ids: Vec<UserId> = comments.iter().map(|c| c.author_id).collect();
        let users = people::users(tx, &ids)?;
        // A customer reads an agent's alias where there is one.
        let name = |user: &people::User| match &user.alias {
            Some(alias) if user.role.is_staff() && !self.actor.is_staff() && !alias.is_empty() => alias.clone(),
            _ => user.name.clone(),
        };
        let users = users
            .iter()
            .map(|user| AuthorView {
                id: user.id,
                name: name(user),
                photo: None,
                agent: user.role.is_staff(),
                organization_id: user.organization_id,
            })
            .collect();
        Ok(CommentsAnswer { comments, users })
    }
}

/// A page of requests that a filter over `t` names.
async fn answer_list(
    app: App,
    asked: Asked,
    query: ListQuery,
    extend: impl FnOnce(&mut Tx<'_>, &Actor, &mut Fragment) -> Result<()> + Send + 'static,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let mut filter = requests::visible_to(&asked.actor);
        extend(tx, &asked.actor, &mut filter)?;
        of_statuses(&mut filter, query.status.as_deref());
        page(tx, &asked, &Listing::new(filter, Sort::asked(query.paging.order(), Sort::newest())?))
    });
    Ok(Json(answer.await?))
}

fn page(tx: &mut Tx<'_>, asked: &Asked, listing: &Listing) -> Result<Value> {
    let page = asked.page()?;
    let found = listing.page(tx, &page)?;
    let shown = Shown::load(tx, &asked.actor, &asked.origin)?;
    let views = shown.requests(tx, &found.tickets)?.iter().map(|view| json!(view)).collect();
    Ok(match page {
        Page::Cursor { .. } => asked.envelope().cursor(found.has_more, found.ends, "requests", views),
        Page::Offset(offset) => {
            let count = listing.count(tx, i64::MAX)?.unsigned_abs();
            asked.envelope().offset(offset, count, "requests", views)
        }
    })
}

fn of_statuses(filter: &mut Fragment, names: Option<&str>) {
    let Some(names) = names else { return };
    let ranks: Vec<i64> = names.split(',').filter_map(|name| Status::parse(name.trim())).map(Status::rank).collect();
    if !ranks.is_empty() {
        filter.push(" AND t.status IN (").bind_all(ranks).push(")");
    }
}

fn own(actor: &Actor, filter: &mut Fragment) {
    filter.push(" AND t.requester_id = ").bind(actor.user);
}

async fn list(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, |_, actor, filter| {
        own(actor, filter);
        Ok(())
    })
    .await
}

async fn list_open(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, |_, actor, filter| {
        own(actor, filter);
        filter.push(" AND t.status < ").bind(Status::Solved.rank());
        Ok(())
    })
    .await
}

async fn list_solved(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, |_, actor, filter| {
        own(actor, filter);
        filter.push(" AND t.status >= ").bind(Status::Solved.rank());
        Ok(())
    })
    .await
}

async fn list_copied(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, |_, actor, filter| {
        store::tickets::copied_to(filter, actor.user);
        Ok(())
    })
    .await
}

async fn of_user(
    app: State<App>,
    asked: Asked,
    Id(id): Id<UserId>,
    Params(query): Params<ListQuery>,
) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, move |tx, actor, filter| {
        if id != actor.user {
            actor.needs(Permission::TicketRead)?;
            people::get_user(tx, id)?;
        }
        filter.push(" AND t.requester_id = ").bind(id);
        Ok(())
    })
    .await
}

async fn of_organization(
    app: State<App>,
    asked: Asked,
    Id(id): Id<OrganizationId>,
    Params(query): Params<ListQuery>,
) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, move |tx, actor, filter| {
        if !requests::sees_organization(actor, id) {
            return Err(Error::NotFound);
        }
        people::get_organization(tx, id)?;
        filter.push(" AND t.organization_id = ").bind(id);
        Ok(())
    })
    .await
}

async fn find(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let text = query.query.unwrap_or_default();
        let mut listing = match asked.actor.is_staff() {
            true => {
                let found = search::read(tx, &asked.actor, &text)?;
                found.tickets(tx.dialect(), &asked.actor, asked.paging.order())?
            }
            false => {
                let mut filter = requests::visible_to(&asked.actor);
                filter.push(" AND ").append(&search::in_public(&text));
                Listing::new(filter, Sort::asked(asked.paging.order(), Sort::newest())?)
            }
        };
        let filter = &mut listing.selection.filter;
        of_statuses(filter, query.status.as_deref());
        let number = |text: Option<String>| text.and_then(|text| text.trim().parse::<i64>().ok());
        if let Some(id) = number(query.organization_id) {
            filter.push(" AND t.organization_id = ").bind(id);
        }
        if let Some(id) = number(query.cc_id) {
            store::tickets::copied_to(filter, UserId(id));
        }
        page(tx, &asked, &listing)
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<TicketId>) -> Answer<Json<RequestAnswer>> {
    let answer = app.read(move |tx| {
        let ticket = requests::get(tx, &actor, id)?;
        Shown::load(tx, &actor, &origin)?.request(tx, &ticket)
    });
    Ok(Json(answer.await?))
}

/// Where a request comes from, for limits on those who are not signed in.
struct Place(String);

impl FromRequestParts<App> for Place {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> std::result::Result<Self, Self::Rejection> {
        Ok(Self(people::sign_in::place_of(&axum::http::Request::from_parts(parts.clone(), ())).ip_address))
    }
}

async fn create(
    app: State<App>,
    me: Option<Me>,
    Place(place): Place,
    origin: Origin,
    Body(body): Body<RequestBody>,
) -> Answer<Response> {
    let comment = input::comment(&body.request).transpose()?;
    let signed_in = me.map(|Me(actor)| actor);
    let answer = app.write(move |tx| {
        let request = body.request;
        let Some(comment) = comment else { return Err(Error::blank("comment")) };
        let actor = match signed_in {
            Some(actor) => actor,
            None => match unsigned(tx, &place, &request, &comment)? {
                Some(actor) => actor,
                None => return Ok(None),
            },
        };
        let ticket = open(tx, &actor, &request, comment)?;
        Shown::load(tx, &actor, &origin)?.request(tx, &ticket).map(Some)
    });
    Ok(match answer.await? {
        Some(answer) => Created(answer.request.url.clone(), answer).into_response(),
        None => {
            let kept = SubmittedAnswer { request: None, suspended_ticket: Some(json!({"id": null})) };
            (axum::http::StatusCode::CREATED, Json(kept)).into_response()
        }
    })
}

/// Whoever says to have written the request, as one who asks.
fn unsigned(tx: &mut Tx<'_>, place: &str, request: &Map<String, Value>, comment: &NewComment) -> Result<Option<Actor>> {
    let requester = request.get("requester").cloned().unwrap_or_default();
    let text = |key: &str| requester[key].as_str().map(str::to_owned);
    let contact = Contact { name: text("name"), email: text("email"), phone: None, locale: input::locale(&requester) };
    if contact.email.is_none() {
        return Err(Error::invalid("requester", "BlankValue", "Requester: Email: cannot be blank"));
    }
    let subject = request.get("subject").and_then(Value::as_str).unwrap_or_default();
    requests::admit(tx, place, contact, subject, comment.content.text())
}

fn open(tx: &mut Tx<'_>, actor: &Actor, request: &Map<String, Value>, mut comment: NewComment) -> Result<Ticket> {
    let allowed = ["subject", "custom_fields", "fields", "ticket_form_id", "priority", "type"];
    let mut changes = input::changes(tx, &only(request, &allowed))?;
    keep_editable(tx, actor, &mut changes)?;
    if !actor.is_staff() {
        let given: Vec<FieldId> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Field(id, value) if *value != rules::CustomValue::Nothing => Some(*id),
                _ => None,
            })
            .collect();
        requests::check_required(tx, request.get("ticket_form_id").and_then(input::as_id), &given)?;
    }
    let requester = if actor.is_staff() { input::requester(tx, request, actor.user)? } else { actor.user };
    changes.extend(copies(tx, request, requester)?);
    (comment.author, comment.public, comment.send_at) = (None, Some(true), None);
    changes.push(Change::Comment(Box::new(comment)));
    let followup_of = request.get("via_followup_source_id").and_then(input::as_id).map(TicketId);
    if let Some(id) = followup_of
        && !access::find(tx, actor, id)?.is_some_and(|ticket| ticket.is_closed())
    {
        let message = "Follow-up: goes on from a closed ticket only";
        return Err(Error::invalid("via_followup_source_id", "InvalidValue", message));
    }
    let new = NewTicket {
        recipient: request.get("recipient").and_then(Value::as_str).map(str::to_lowercase),
        brand: request.get("brand_id").and_then(input::as_id).map(Into::into),
        followup_of,
        ..NewTicket::of(requester)
    };
    let via = if followup_of.is_some() { crate::Via::FollowUp } else { channel(actor) };
    Ok(commit(tx, actor, Target::New(Box::new(new)), changes, &How::via(via))?.ticket)
}

/// A form on the web, or a program.
fn channel(actor: &Actor) -> crate::Via {
    match actor.credential {
        base::Credential::Channel => crate::Via::Web,
        _ => via_of(actor),
    }
}

fn only(map: &Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let kept = map.iter().filter(|(key, _)| keys.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Drops values of fields that customers don't fill in.
fn keep_editable(tx: &mut Tx<'_>, actor: &Actor, changes: &mut Vec<Change>) -> Result<()> {
    if actor.is_staff() {
        return Ok(());
    }
    let seen = requests::seen_fields(tx, actor)?;
    let open = |id: &FieldId| seen.iter().any(|field| field.id == *id && field.editable_in_portal);
    changes.retain(|change| !matches!(change, Change::Field(id, _) if !open(id)));
    Ok(())
}

/// Everybody whom a request names to get copies, in each of Zendesk's forms.
fn copies(tx: &mut Tx<'_>, request: &Map<String, Value>, requester: UserId) -> Result<Vec<Change>> {
    let keys = ["collaborators", "additional_collaborators", "collaborator_ids", "email_ccs"];
    let mut all = BTreeSet::new();
    for key in keys {
        all.extend(input::people_named(tx, key, request.get(key))?);
    }
    Ok(all.into_iter().filter(|user| *user != requester).map(Change::AddCc).collect())
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
    Body(body): Body<RequestBody>,
) -> Answer<Json<RequestAnswer>> {
    let comment = input::comment(&body.request).transpose()?;
    let answer = app.write(move |tx| {
        let ticket = requests::get(tx, &actor, id)?;
        let request = body.request;
        let mut changes = Vec::new();
        if let Some(mut comment) = comment {
            requests::may_comment(tx, &actor, &ticket)?;
            (comment.author, comment.public, comment.send_at) = (None, Some(true), None);
            changes.push(Change::Comment(Box::new(comment)));
        }
        let copies = copies(tx, &request, ticket.requester)?;
        if !copies.is_empty() {
            requests::may_comment(tx, &actor, &ticket)?;
            changes.extend(copies);
        }
        let solved = request.get("solved").is_some_and(|solved| *solved == true || *solved == "true");
        if solved && ticket.status < Status::Solved {
            if !requests::can_be_solved_by(&actor, &ticket) {
                return Err(Error::invalid("solved", "InvalidValue", "Solved: the request can't be solved by you"));
            }
            changes.push(Change::Status(Status::Solved));
        }
        let committed = commit(tx, &actor, Target::Ticket(id), changes, &How::via(channel(&actor)))?;
        Shown::load(tx, &actor, &origin)?.request(tx, &committed.ticket)
    });
    Ok(Json(answer.await?))
}

/// The public comments of a request: agents read the internal ones on the ticket.
fn public_comments(tx: &mut Tx<'_>, actor: &Actor, id: TicketId) -> Result<Vec<Comment>> {
    let ticket = requests::get(tx, actor, id)?;
    let mut all = access::comments(tx, actor, &ticket)?;
    all.retain(|comment| comment.public);
    Ok(all)
}

async fn comments(
    app: State<App>,
    asked: Asked,
    Id(id): Id<TicketId>,
    Params(query): Params<CommentsQuery>,
) -> Answer<Json<Value>> {
    let since = match query.since.filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(Timestamp::parse(&text).ok_or_else(|| {
            Error::BadRequest("InvalidParameter", format!("since: {text:?} is not an ISO 8601 time"))
        })?),
    };
    let answer = app.read(move |tx| {
        let mut all = public_comments(tx, &asked.actor, id)?;
        all.retain(|comment| since.is_none_or(|since| comment.created_at > since));
        if let Some(role @ ("agent" | "end_user")) = query.role.as_deref() {
            let ids: Vec<UserId> = all.iter().map(|comment| comment.author).collect();
            let staff: Vec<UserId> =
                people::users(tx, &ids)?.iter().filter(|user| user.role.is_staff()).map(|user| user.id).collect();
            all.retain(|comment| staff.contains(&comment.author) == (role == "agent"));
        }
        if super::tickets::newest_first(&query.paging) {
            all.reverse();
        }
        let shown = Shown::load(tx, &asked.actor, &asked.origin)?;
        let mut answer = asked.slice("comments", all.iter().map(|c| json!(c.id)).collect())?;
        let ids: Vec<i64> = serde_json::from_value(answer["comments"].take()).unwrap_or_default();
        all.retain(|comment| ids.contains(&comment.id.0));
        let page = shown.comments(tx, &all)?;
        answer["comments"] = json!(page.comments);
        answer["users"] = json!(page.users);
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

async fn show_comment(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path((id, comment)): Path<(String, String)>,
) -> Answer<Json<CommentAnswer>> {
    let ids = id.parse::<i64>().ok().zip(comment.parse::<i64>().ok()).ok_or(Error::NotFound)?;
    let answer = app.read(move |tx| {
        let all = public_comments(tx, &actor, TicketId(ids.0))?;
        let found: Vec<Comment> = all.into_iter().filter(|comment| comment.id.0 == ids.1).collect();
        let shown = Shown::load(tx, &actor, &origin)?;
        let comment = shown.comments(tx, &found)?.comments.pop().ok_or(Error::NotFound)?;
        Ok(CommentAnswer { comment })
    });
    Ok(Json(answer.await?))
}
