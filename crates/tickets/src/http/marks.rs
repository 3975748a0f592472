//! What agents keep beside tickets: [skips](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_skips/),
//! [bookmarks](https://developer.zendesk.com/api-reference/ticketing/ticket-management/bookmarks/) and
//! [saved searches](https://developer.zendesk.com/api-reference/ticketing/ticket-management/saved_searches/).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, FieldProblem, Fragment, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{
    Answer, Asked, Body, Created, Id, Me, Needs, NoContent, Origin, Page, PageKey, Paging, Routes, url,
};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::input::as_id;
use crate::store::marks::{Bookmark, SavedSearch, Skip};
use crate::store::page::Slice;
use crate::ticket::Ticket;
use crate::view::{Context, TicketView};
use crate::{access, store};

/// The longest reason and name, in characters.
const LONGEST: usize = 1_000;

/// A ticket that an agent passed by.
#[derive(Serialize, JsonSchema)]
struct SkipView {
    id: i64,
    ticket_id: TicketId,
    user_id: UserId,
    reason: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    ticket: TicketView,
}

#[derive(Serialize, JsonSchema)]
struct SkipAnswer {
    skip: SkipView,
}

#[derive(Serialize, JsonSchema)]
struct SkipsAnswer {
    skips: Vec<SkipView>,
}

/// `{"skip": {"ticket_id", "reason"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct SkipBody {
    #[serde(default)]
    skip: Map<String, Value>,
}

/// A ticket that an agent wants to find again.
#[derive(Serialize, JsonSchema)]
struct BookmarkView {
    id: i64,
    url: String,
    created_at: Timestamp,
    ticket: BookmarkedView,
}

/// What a bookmark shows of its ticket.
#[derive(Serialize, JsonSchema)]
struct BookmarkedView {
    id: TicketId,
    url: String,
    subject: String,
    raw_subject: String,
    priority: Option<rules::Priority>,
    requester_id: UserId,
}

#[derive(Serialize, JsonSchema)]
struct BookmarkAnswer {
    bookmark: BookmarkView,
}

#[derive(Serialize, JsonSchema)]
struct BookmarksAnswer {
    bookmarks: Vec<BookmarkView>,
}

/// `{"bookmark": {"ticket_id"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct BookmarkBody {
    #[serde(default)]
    bookmark: Map<String, Value>,
}

/// A search that somebody keeps.
#[derive(Serialize, JsonSchema)]
struct SavedSearchView {
    id: String,
    name: String,
    r#type: String,
    query: String,
    /// A text of the client's own.
    filters: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct SavedSearchAnswer {
    saved_search: SavedSearchView,
}

#[derive(Serialize, JsonSchema)]
struct SavedSearchesAnswer {
    saved_searches: Vec<SavedSearchView>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/skips", skips)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<SkipsAnswer>()
        .post("/api/v2/skips", skip)
        .needs(Permission::TicketNote)
        .takes::<SkipBody>()
        .gives::<SkipAnswer>()
        .get("/api/v2/tickets/{id}/skips", skips_of_ticket)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<SkipsAnswer>()
        .get("/api/v2/users/{id}/skips", skips_of_user)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<SkipsAnswer>()
        .get("/api/v2/bookmarks", bookmarks)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<BookmarksAnswer>()
        .post("/api/v2/bookmarks", bookmark)
        .needs(Permission::TicketRead)
        .takes::<BookmarkBody>()
        .gives::<BookmarkAnswer>()
        .delete("/api/v2/bookmarks/{id}", delete_bookmark)
        .needs(Needs::Staff)
        .get("/api/v2/saved_searches", searches)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<SavedSearchesAnswer>()
        .post("/api/v2/saved_searches", create_search)
        .needs(Needs::Staff)
        .takes::<SearchBody>()
        .gives::<SavedSearchAnswer>()
        .put("/api/v2/saved_searches/{search}", update_search)
        .needs(Needs::Staff)
        .takes::<SearchBody>()
        .gives::<SavedSearchAnswer>()
        .delete("/api/v2/saved_searches/{search}", delete_search)
        .needs(Needs::Staff)
}

/// A page of rows as their views, in Zendesk's envelope.
pub(super) fn page_json<T>(
    asked: &Asked,
    name: &str,
    slice: &Slice<T>,
    id: fn(&T) -> i64,
    views: Vec<Value>,
) -> Result<Value> {
    let key = |row: &T| PageKey { value: None, id: id(row) };
    let ends = slice.rows.first().zip(slice.rows.last()).map(|(first, last)| (key(first), key(last)));
    Ok(match asked.page()? {
        Page::Offset(offset) => asked.envelope().offset(offset, slice.count, name, views),
        Page::Cursor { .. } => asked.envelope().cursor(slice.has_more, ends, name, views),
    })
}

/// Whether a request wants the newest first.
pub(super) fn descending(paging: &Paging, otherwise: bool) -> bool {
    match (paging.order(), paging.sort_order.as_deref()) {
        (Some((_, descending)), _) => descending,
        (None, Some("desc")) => true,
        (None, Some("asc")) => false,
        _ => otherwise,
    }
}

async fn list_skips(app: App, asked: Asked, of: Fragment) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let mut filter = store::tickets::of_seen(&asked.actor, "s.ticket_id");
        filter.push(" AND ").append(&of);
        let newest_first = descending(&asked.paging, false);
        let found = store::marks::skips(tx, &filter, newest_first, &asked.page()?)?;
        let ids: Vec<TicketId> = found.rows.iter().map(|skip| skip.ticket).collect();
        let tickets = access::many(tx, &asked.actor, &ids)?;
        let context = Context::load(tx, &asked.origin.0)?;
        let view = |skip: &Skip| {
            let ticket = tickets.iter().find(|ticket| ticket.id == skip.ticket)?;
            Some(json!(skip_view(&context, skip, ticket)))
        };
        let views = found.rows.iter().filter_map(view).collect();
        page_json(&asked, "skips", &found, |skip| skip.id, views)
    });
    Ok(Json(answer.await?))
}

fn skip_view(context: &Context, skip: &Skip, ticket: &Ticket) -> SkipView {
    SkipView {
        id: skip.id,
        ticket_id: skip.ticket,
        user_id: skip.user,
        reason: skip.reason.clone(),
        created_at: skip.created_at,
        updated_at: skip.created_at,
        ticket: context.ticket(ticket),
    }
}

async fn skips(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    list_skips(app.0, asked, Fragment::new("1 = 1")).await
}

async fn skips_of_ticket(app: State<App>, asked: Asked, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    let actor = asked.actor.clone();
    app.read(move |tx| access::get(tx, &actor, id)).await?;
    let mut of = Fragment::new("s.ticket_id = ");
    of.bind(id);
    list_skips(app.0, asked, of).await
}

async fn skips_of_user(app: State<App>, asked: Asked, Id(id): Id<UserId>) -> Answer<Json<Value>> {
    app.read(move |tx| people::get_user(tx, id)).await?;
    let mut of = Fragment::new("s.user_id = ");
    of.bind(id);
    list_skips(app.0, asked, of).await
}

/// The ticket that a body names, as whoever asks sees it.
fn named(tx: &mut Tx<'_>, actor: &Actor, given: &Map<String, Value>) -> Result<Ticket> {
    let id = given.get("ticket_id").and_then(as_id).ok_or_else(|| Error::blank("ticket_id"))?;
    access::find(tx, actor, TicketId(id))?
        .ok_or_else(|| Error::invalid("ticket_id", "RecordNotFound", "Ticket: does not exist"))
}

async fn skip(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<SkipBody>,
) -> Answer<Created<SkipAnswer>> {
    let answer = app.write(move |tx| {
        let ticket = named(tx, &actor, &body.skip)?;
        let reason = body.skip.get("reason").and_then(Value::as_str).unwrap_or_default();
        if reason.chars().count() > LONGEST {
            return Err(Error::invalid("reason", "TooLong", format!("Reason: is too long (maximum is {LONGEST})")));
        }
        let skip = store::marks::add_skip(tx, ticket.id, actor.user, reason)?;
        Ok(SkipAnswer { skip: skip_view(&Context::load(tx, &origin.0)?, &skip, &ticket) })
    });
    let answer = answer.await?;
    Ok(Created(answer.skip.ticket.url.clone(), answer))
}

fn bookmark_view(origin: &Origin, bookmark: &Bookmark, ticket: &Ticket) -> BookmarkView {
    BookmarkView {
        id: bookmark.id,
        url: url(origin, &format!("bookmarks/{}", bookmark.id)),
        created_at: bookmark.created_at,
        ticket: BookmarkedView {
            id: ticket.id,
            url: url(origin, &format!("tickets/{}", ticket.id)),
            subject: ticket.subject.clone(),
            raw_subject: ticket.subject.clone(),
            priority: ticket.priority,
            requester_id: ticket.requester,
        },
    }
}

async fn bookmarks(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let mut filter = store::tickets::of_seen(&asked.actor, "b.ticket_id");
        filter.push(" AND b.user_id = ").bind(asked.actor.user);
        let found = store::marks::bookmarks(tx, &filter, &asked.page()?)?;
        let ids: Vec<TicketId> = found.rows.iter().map(|bookmark| bookmark.ticket).collect();
        let tickets = access::many(tx, &asked.actor, &ids)?;
        let view = |bookmark: &Bookmark| {
            let ticket = tickets.iter().find(|ticket| ticket.id == bookmark.ticket)?;
            Some(json!(bookmark_view(&asked.origin, bookmark, ticket)))
        };
        let views = found.rows.iter().filter_map(view).collect();
        page_json(&asked, "bookmarks", &found, |bookmark| bookmark.id, views)
    });
    Ok(Json(answer.await?))
}

/// Bookmarks a ticket: 201, or 200 when it was bookmarked before, as in Zendesk.
async fn bookmark(app: State<App>, Me(actor): Me, origin: Origin, Body(body): Body<BookmarkBody>) -> Answer<Response> {
    let answer = app.write(move |tx| {
        let ticket = named(tx, &actor, &body.bookmark)?;
        let (bookmark, made) = store::marks::add_bookmark(tx, actor.user, ticket.id)?;
        Ok((BookmarkAnswer { bookmark: bookmark_view(&origin, &bookmark, &ticket) }, made))
    });
    let (answer, made) = answer.await?;
    Ok(match made {
        true => Created(answer.bookmark.url.clone(), answer).into_response(),
        false => (StatusCode::OK, Json(answer)).into_response(),
    })
}

async fn delete_bookmark(app: State<App>, Me(actor): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    match app.write(move |tx| store::marks::delete_bookmark(tx, actor.user, id)).await? {
        true => Ok(NoContent),
        false => Err(Error::NotFound.into()),
    }
}

/// What a client gives of a search.
#[derive(Default, Deserialize, JsonSchema)]
struct SearchBody {
    name: Option<String>,
    /// `ticket`, `user`, `organization`, `side_conversation` or `article`.
    r#type: Option<String>,
    query: Option<String>,
    filters: Option<String>,
    /// The same within an object.
    saved_search: Option<Box<SearchBody>>,
}

fn search_view(s: SavedSearch) -> SavedSearchView {
    SavedSearchView {
        id: s.id,
        name: s.name,
        r#type: s.kind,
        query: s.query,
        filters: s.filters,
        created_at: s.created_at,
        updated_at: s.updated_at,
    }
}

/// Saves a search, new or changed.
fn save(tx: &mut Tx<'_>, actor: &Actor, id: Option<String>, body: SearchBody) -> Result<SavedSearchAnswer> {
    let body = body.saved_search.map_or_else(|| SearchBody { saved_search: None, ..body }, |inner| *inner);
    let all = store::marks::searches(tx, actor.user)?;
    let old = match &id {
        Some(id) => Some(all.iter().find(|search| search.id == *id).ok_or(Error::NotFound)?),
        None => None,
    };
    let now = tx.now();
    let mut problems = Vec::new();
    let kinds = ["ticket", "user", "organization", "side_conversation", "article"];
    let mut text = |field: &str, given: Option<String>, old: Option<&String>| {
        let text = given.or(old.cloned()).unwrap_or_default();
        let code = match text.trim() {
            "" => "BlankValue",
            _ if text.chars().count() > LONGEST => "TooLong",
            _ if field == "type" && !kinds.contains(&text.as_str()) => "InvalidValue",
            _ => return text,
        };
        problems.push(FieldProblem { field: field.into(), code, message: format!("{field}: is not valid") });
        text
    };
    let search = SavedSearch {
        name: text("name", body.name, old.map(|old| &old.name)),
        kind: text("type", body.r#type, old.map(|old| &old.kind)),
        query: text("query", body.query, old.map(|old| &old.query)),
        filters: body.filters.or(old.and_then(|old| old.filters.clone())),
        created_at: old.map_or(now, |old| old.created_at),
        updated_at: now,
        id: id.unwrap_or_else(|| uuid(tx.app().secrets().hex_id())),
    };
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    store::marks::put_search(tx, actor.user, &search)?;
    Ok(SavedSearchAnswer { saved_search: search_view(search) })
}

/// A random id in the form that clients know.
fn uuid(hex: String) -> String {
    let hex = format!("{hex:0<32}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}

async fn searches(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = store::marks::searches(tx, asked.actor.user)?;
        asked.slice("saved_searches", all.into_iter().map(|search| json!(search_view(search))).collect())
    });
    Ok(Json(answer.await?))
}

async fn create_search(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<SearchBody>,
) -> Answer<Created<SavedSearchAnswer>> {
    let answer = app.write(move |tx| save(tx, &actor, None, body)).await?;
    Ok(Created(url(&origin, &format!("saved_searches/{}", answer.saved_search.id)), answer))
}

async fn update_search(
    app: State<App>,
    Me(actor): Me,
    Path(id): Path<String>,
    Body(body): Body<SearchBody>,
) -> Answer<Json<SavedSearchAnswer>> {
    Ok(Json(app.write(move |tx| save(tx, &actor, Some(id), body)).await?))
}

async fn delete_search(app: State<App>, Me(actor): Me, Path(id): Path<String>) -> Answer<NoContent> {
    match app.write(move |tx| store::marks::delete_search(tx, actor.user, &id)).await? {
        true => Ok(NoContent),
        false => Err(Error::NotFound.into()),
    }
}
