//! [Zendesk's views](https://developer.zendesk.com/api-reference/ticketing/business-rules/views/).

use axum::Json;
use axum::extract::State;
use base::{Error, GroupId, Permission, Result, Timestamp, UserId, ViewId};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use rules::Catalogue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::asked::{Asked, Given, numbers, url};
use super::counts::CountAnswer;
use super::{sideload, tickets};
use crate::fields;
use crate::listing::{Listing, Sort};
use crate::ticket::Ticket;
use crate::view::Context;
use crate::views::{self, COUNT_CAP, View};

/// The most views that are counted by one request.
const MOST_COUNTED: usize = 40;

pub(super) fn routes() -> Routes {
    lists()
        .post("/api/v2/views", create)
        .needs(Permission::PersonalRules)
        .takes::<ViewBody>()
        .gives::<ViewAnswer>()
        .post("/api/v2/views/preview", preview)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .takes::<ViewBody>()
        .gives::<TableAnswer>()
        .post("/api/v2/views/preview/count", preview_count)
        .needs(Permission::TicketRead)
        .takes::<ViewBody>()
        .gives::<ViewCountAnswer>()
        .put("/api/v2/views/update_many", update_many)
        .needs(Permission::PersonalRules)
        .takes::<ViewsBody>()
        .gives::<ViewsAnswer>()
        .delete("/api/v2/views/destroy_many", delete_many)
        .needs(Permission::PersonalRules)
        .query::<Ids>()
        .get("/api/v2/views/{id}", show)
        .needs(Needs::Staff)
        .gives::<ViewAnswer>()
        .put("/api/v2/views/{id}", update)
        .needs(Permission::PersonalRules)
        .takes::<ViewBody>()
        .gives::<ViewAnswer>()
        .delete("/api/v2/views/{id}", delete)
        .needs(Permission::PersonalRules)
        .get("/api/v2/views/{id}/tickets", tickets_of)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<tickets::TicketsAnswer>()
        .get("/api/v2/views/{id}/execute", execute)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<TableAnswer>()
        .get("/api/v2/views/{id}/count", count)
        .needs(Permission::TicketRead)
        .gives::<ViewCountAnswer>()
        .get("/api/v2/views/{id}/export", export)
        .needs(Permission::TicketRead)
        .gives::<ExportAnswer>()
}

fn lists() -> Routes {
    Routes::new()
        .get("/api/v2/views", list)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<ViewsAnswer>()
        .get("/api/v2/views/active", list_active)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<ViewsAnswer>()
        .get("/api/v2/views/compact", list_active)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<ViewsAnswer>()
        .get("/api/v2/views/search", list)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<ViewsAnswer>()
        .get("/api/v2/views/count", count_of_views)
        .needs(Needs::Staff)
        .gives::<CountAnswer>()
        .get("/api/v2/views/count_many", count_many)
        .needs(Permission::TicketRead)
        .query::<Ids>()
        .gives::<ViewCountsAnswer>()
        .get("/api/v2/views/show_many", show_many)
        .needs(Needs::Staff)
        .query::<Ids>()
        .gives::<ViewsAnswer>()
}

/// A saved list.
#[derive(Serialize, JsonSchema)]
struct ViewView {
    id: ViewId,
    url: String,
    title: String,
    raw_title: String,
    active: bool,
    default: bool,
    position: i64,
    description: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Columns, order and grouping.
    execution: Value,
    /// `all` and `any`.
    conditions: Value,
    /// Null for all, or whose it is.
    restriction: Value,
}

#[derive(Serialize, JsonSchema)]
struct ViewAnswer {
    view: ViewView,
}

#[derive(Serialize, JsonSchema)]
struct ViewsAnswer {
    views: Vec<ViewView>,
}

/// The tickets of a view as a table.
#[derive(Serialize, JsonSchema)]
struct TableAnswer {
    rows: Vec<Map<String, Value>>,
    columns: Vec<Value>,
    view: Value,
    users: Vec<Value>,
    groups: Vec<Value>,
    organizations: Vec<Value>,
}

/// How many tickets a view has.
#[derive(Serialize, JsonSchema)]
struct ViewCountView {
    #[serde(skip_serializing_if = "Option::is_none")]
    view_id: Option<ViewId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    value: i64,
    /// The number, with `+` when it was not counted to its end.
    pretty: String,
    fresh: bool,
    refresh: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct ViewCountAnswer {
    view_count: ViewCountView,
}

#[derive(Serialize, JsonSchema)]
struct ViewCountsAnswer {
    view_counts: Vec<ViewCountView>,
}

#[derive(Serialize, JsonSchema)]
struct ExportAnswer {
    export: ExportView,
}

/// How far a view's export is.
#[derive(Serialize, JsonSchema)]
struct ExportView {
    view_id: ViewId,
    status: &'static str,
    /// Ours: where its rows can be read at once.
    url: String,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ListQuery {
    /// Words of the title.
    query: Option<String>,
    /// `personal`, `shared` or `account`.
    access: Option<String>,
    /// `true` or `false`.
    active: Option<String>,
    /// Only those of this group.
    group_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// `{"view": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct ViewBody {
    /// title, description, active, position, all, any or conditions, output, restriction.
    #[serde(default)]
    view: Map<String, Value>,
}

/// `{"views": [{"id", "position", "active"}]}`.
#[derive(Default, Deserialize, JsonSchema)]
struct ViewsBody {
    #[serde(default)]
    views: Vec<Map<String, Value>>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct Ids {
    /// Numbers separated by commas.
    #[serde(default)]
    ids: String,
}

/// How a column of a view's table is called and what stands in it. Names in cells are ids; the side-loads say whose.
struct Column {
    name: &'static str,
    title: &'static str,
    cell: (&'static str, fn(&Ticket) -> Value),
}

const fn column(name: &'static str, title: &'static str, key: &'static str, cell: fn(&Ticket) -> Value) -> Column {
    Column { name, title, cell: (key, cell) }
}

/// The columns that a view may have beside custom fields.
const COLUMNS: &[Column] = &[
    column("status", "Status", "status", |t| json!(t.status.name())),
    column("custom_status_id", "Custom status", "custom_status_id", |t| json!(t.custom_status)),
    column("subject", "Subject", "subject", |t| json!(t.subject)),
    column("description", "Description", "description", |t| json!(t.description)),
    column("requester", "Requester", "requester_id", |t| json!(t.requester)),
    column("submitter", "Submitter", "submitter_id", |t| json!(t.submitter)),
    column("assignee", "Assignee", "assignee_id", |t| json!(t.assignee)),
    column("group", "Group", "group_id", |t| json!(t.group)),
    column("organization", "Organization", "organization_id", |t| json!(t.organization)),
    column("brand", "Brand", "brand_id", |t| json!(t.brand)),
    column("ticket_form", "Form", "ticket_form_id", |t| json!(t.form)),
    column("priority", "Priority", "priority", |t| json!(t.priority.map(rules::Priority::name))),
    column("type", "Type", "type", |t| json!(t.kind.map(rules::TicketType::name))),
    column("channel", "Channel", "channel", |t| json!(t.via.name())),
    column("nice_id", "ID", "ticket_id", |t| json!(t.id)),
    column("created", "Requested", "created", |t| json!(t.created_at)),
    column("updated", "Updated", "updated", |t| json!(t.updated_at)),
    column("updated_requester", "Requester updated", "updated_requester", |t| json!(t.metrics.requester_updated_at)),
    column("updated_assignee", "Assignee updated", "updated_assignee", |t| json!(t.metrics.assignee_updated_at)),
    column("assigned", "Assigned", "assigned", |t| json!(t.metrics.assigned_at)),
    column("solved", "Solved", "solved", |t| json!(t.metrics.solved_at)),
    column("due_date", "Due date", "due_date", |t| json!(t.due_at)),
    column("satisfaction_score", "Satisfaction", "satisfaction_score", |t| json!(t.satisfaction)),
];

fn find_column(name: &str) -> Option<&'static Column> {
    let name = match name {
        "created_at" => "created",
        "updated_at" => "updated",
        "ticket_id" | "id" => "nice_id",
        other => other.strip_suffix("_id").filter(|short| COLUMNS.iter().any(|c| c.name == *short)).unwrap_or(other),
    };
    COLUMNS.iter().find(|column| column.name == name)
}

/// A column's heading: a built-in one, or a custom field by its number.
fn heading(origin: &Origin, catalogue: &Catalogue, name: &str) -> Option<Value> {
    if let Some(column) = find_column(name) {
        return Some(
            json!({"id": column.name, "title": column.title, "filterable": true, "sortable": Sort::parse(column.name, false).is_some()}),
        );
    }
    let field = catalogue.find_custom(name.parse::<i64>().ok()?.into())?;
    let url = url(origin, &format!("ticket_fields/{}", field.id));
    Some(json!({"id": field.id, "title": field.title, "url": url, "filterable": true, "sortable": false}))
}

fn view_json(origin: &Origin, catalogue: &Catalogue, v: &View) -> ViewView {
    let order = |descending: bool| if descending { "desc" } else { "asc" };
    let named = |name: &str, descending: bool| {
        let column = find_column(name);
        json!({"id": column.map_or(name, |c| c.name), "title": column.map_or(name, |c| c.title), "order": order(descending)})
    };
    let columns: Vec<Value> = v.columns.iter().filter_map(|name| heading(origin, catalogue, name)).collect();
    let (custom, built_in): (Vec<Value>, Vec<Value>) =
        columns.iter().cloned().partition(|column| column["id"].is_number());
    ViewView {
        id: v.id,
        url: url(origin, &format!("views/{}", v.id)),
        title: v.title.clone(),
        raw_title: v.title.clone(),
        active: v.active,
        default: false,
        position: v.position,
        description: v.description.clone(),
        created_at: v.created_at,
        updated_at: v.updated_at,
        execution: json!({
            "group_by": v.group_by, "group_order": order(v.group_descending),
            "sort_by": v.sort_by, "sort_order": order(v.sort_descending),
            "group": v.group_by.as_deref().map(|name| named(name, v.group_descending)),
            "sort": named(&v.sort_by, v.sort_descending),
            "columns": columns, "fields": built_in, "custom_fields": custom,
        }),
        conditions: v.conditions.clone(),
        restriction: restriction_json(v.owner, &v.groups),
    }
}

/// Who else sees a view or macro: null for all, one person, or groups.
pub(super) fn restriction_json(owner: Option<UserId>, groups: &[GroupId]) -> Value {
    match (owner, groups.first()) {
        (Some(owner), _) => json!({"type": "User", "id": owner}),
        (None, Some(first)) => json!({"type": "Group", "id": first, "ids": groups}),
        (None, None) => Value::Null,
    }
}

/// Reads a restriction. Only one's own things can be one person's.
pub(super) fn read_restriction(given: &mut Given, me: UserId, owner: &mut Option<UserId>, groups: &mut Vec<GroupId>) {
    let Some(restriction) = given.value("restriction").cloned() else { return };
    let ids = restriction["ids"].as_array().cloned().unwrap_or_else(|| vec![restriction["id"].clone()]);
    let ids: Vec<i64> = ids.iter().filter_map(super::input::as_id).collect();
    (*owner, *groups) = (None, Vec::new());
    match (restriction["type"].as_str(), ids.as_slice()) {
        _ if restriction.is_null() => {}
        (Some("User"), [] | [_]) if ids.first().is_none_or(|id| *id == me.0) => *owner = Some(me),
        (Some("Group"), [_, ..]) => *groups = ids.into_iter().map(GroupId).collect(),
        _ => given.problem("restriction", "Restriction: is null, your own id as User, or ids of a Group"),
    }
}

/// Puts what the client gives into a view.
fn read(given: &mut Given, me: UserId, view: &mut View) {
    given.text("title", &mut view.title);
    given.text("description", &mut view.description);
    given.flag("active", &mut view.active);
    given.number("position", &mut view.position);
    if let Some(conditions) = given.value("conditions").filter(|value| value.is_object()) {
        let list = |name: &str| conditions.get(name).cloned().unwrap_or_else(|| json!([]));
        view.conditions = json!({"all": list("all"), "any": list("any")});
    }
    for name in ["all", "any"] {
        if let Some(list) = given.value(name) {
            view.conditions[name] = list.clone();
        }
    }
    read_restriction(given, me, &mut view.owner, &mut view.groups);
    let output = given.value("output").or_else(|| given.value("execution")).cloned();
    if let Some(output) = output {
        read_output(given, &output, view);
    }
}

fn read_output(given: &mut Given, output: &Value, view: &mut View) {
    let name = |value: &Value| value.as_str().map(str::to_owned).or_else(|| Some(value.as_i64()?.to_string()));
    let descending = |key: &str| output[key].as_str().map(|order| order.eq_ignore_ascii_case("desc"));
    if let Some(columns) = output["columns"].as_array() {
        let names = columns.iter().map(|column| name(column).or_else(|| name(&column["id"])));
        match names.collect::<Option<Vec<String>>>() {
            Some(names) => view.columns = names,
            None => given.problem("output.columns", "Columns: must be a list of names"),
        }
    }
    if let Some(sort) = name(&output["sort_by"]) {
        view.sort_by = sort;
    }
    if let Some(object) = output.as_object()
        && let Some(group) = object.get("group_by")
    {
        view.group_by = name(group).filter(|name| !name.is_empty());
    }
    view.sort_descending = descending("sort_order").unwrap_or(view.sort_descending);
    view.group_descending = descending("group_order").unwrap_or(view.group_descending);
}

/// Columns that there are none of.
fn check_columns(given: &mut Given, origin: &Origin, catalogue: &Catalogue, view: &View) {
    for name in view.columns.iter().filter(|name| heading(origin, catalogue, name).is_none()) {
        given.problem("output.columns", format!("Columns: {name} is not supported"));
    }
}

async fn answer_list(app: App, asked: Asked, query: ListQuery, active_only: bool) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let catalogue = fields::catalogue(tx)?;
        let wanted = match query.active.as_deref() {
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            _ => active_only.then_some(true),
        };
        let words = query.query.unwrap_or_default().to_lowercase();
        let group = query.group_id.and_then(|id| id.trim().parse::<i64>().ok()).map(GroupId);
        let mut all = views::visible(tx, &asked.actor)?;
        all.retain(|view| wanted.is_none_or(|active| view.active == active));
        all.retain(|view| words.split_whitespace().all(|word| view.title.to_lowercase().contains(word)));
        all.retain(|view| group.is_none_or(|group| view.groups.contains(&group)));
        all.retain(|view| match query.access.as_deref() {
            Some("personal") => view.owner.is_some(),
            Some("shared" | "account") => view.owner.is_none(),
            _ => true,
        });
        match query.paging.order() {
            Some(("alphabetical" | "title", _)) => all.sort_by_key(|view| view.title.to_lowercase()),
            Some(("created_at", _)) => all.sort_by_key(|view| view.created_at),
            Some(("updated_at", _)) => all.sort_by_key(|view| view.updated_at),
            _ => {}
        }
        if super::marks::descending(&query.paging, false) {
            all.reverse();
        }
        asked.slice("views", all.iter().map(|view| json!(view_json(&asked.origin, &catalogue, view))).collect())
    });
    Ok(Json(answer.await?))
}

/// A parameter that is true or false.
pub(super) fn query_flag(asked: &Asked, name: &str) -> Option<bool> {
    match asked.parameter(name)?.as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

async fn list(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, false).await
}

async fn list_active(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, true).await
}

async fn show_many(app: State<App>, asked: Asked, Params(ids): Params<Ids>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let (catalogue, ids) = (fields::catalogue(tx)?, numbers(&ids.ids));
        let all = views::visible(tx, &asked.actor)?;
        let all = all.iter().filter(|view| ids.contains(&view.id.0));
        asked.slice("views", all.map(|view| json!(view_json(&asked.origin, &catalogue, view))).collect())
    });
    Ok(Json(answer.await?))
}

async fn count_of_views(app: State<App>, Me(actor): Me) -> Answer<Json<CountAnswer>> {
    let answer = app.read(move |tx| {
        let value = views::visible(tx, &actor)?.len();
        Ok(CountAnswer::new(tx, i64::try_from(value).unwrap_or(i64::MAX)))
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<ViewId>) -> Answer<Json<ViewAnswer>> {
    let answer = app.read(move |tx| {
        let view = views::get(tx, &actor, id)?;
        Ok(ViewAnswer { view: view_json(&origin, &fields::catalogue(tx)?, &view) })
    });
    Ok(Json(answer.await?))
}

/// Saves what the client gives of a view, and answers with it as it is then.
fn save(tx: &mut Tx<'_>, actor: &base::Actor, origin: &Origin, mut view: View, body: ViewBody) -> Result<ViewAnswer> {
    let mut given = Given::new(body.view);
    let before = view.owner;
    read(&mut given, actor.user, &mut view);
    if view.id.0 != 0 {
        views::may_change(actor, before)?;
    }
    let catalogue = fields::catalogue(tx)?;
    check_columns(&mut given, origin, &catalogue, &view);
    let saved = views::save(tx, actor, &view);
    let id = given.finish(saved)?;
    let saved = views::get(tx, actor, id)?;
    Ok(ViewAnswer { view: view_json(origin, &catalogue, &saved) })
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<ViewBody>,
) -> Answer<Created<ViewAnswer>> {
    let answer = app.write(move |tx| {
        let mut view = views::new(tx, "", json!({"all": [], "any": []}));
        // Who may not make views for all makes their own.
        view.owner =
            (!actor.may(Permission::SharedRules) && !body.view.contains_key("restriction")).then_some(actor.user);
        save(tx, &actor, &origin, view, body)
    });
    let answer = answer.await?;
    Ok(Created(answer.view.url.clone(), answer))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<ViewId>,
    Body(body): Body<ViewBody>,
) -> Answer<Json<ViewAnswer>> {
    let answer = app.write(move |tx| {
        let view = views::get(tx, &actor, id)?;
        save(tx, &actor, &origin, view, body)
    });
    Ok(Json(answer.await?))
}

async fn update_many(app: State<App>, asked: Asked, Body(body): Body<ViewsBody>) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let catalogue = fields::catalogue(tx)?;
        let mut changed = Vec::new();
        for entry in body.views {
            let id = entry.get("id").and_then(super::input::as_id).ok_or(Error::NotFound)?;
            let mut view = views::get(tx, &asked.actor, ViewId(id))?;
            let mut given = Given::new(entry);
            given.flag("active", &mut view.active);
            given.number("position", &mut view.position);
            let saved = views::save(tx, &asked.actor, &view);
            given.finish(saved)?;
            changed.push(json!(view_json(&asked.origin, &catalogue, &view)));
        }
        asked.slice("views", changed)
    });
    Ok(Json(answer.await?))
}

async fn delete_many(app: State<App>, Me(actor): Me, Params(ids): Params<Ids>) -> Answer<NoContent> {
    let ids = numbers(&ids.ids);
    if ids.is_empty() {
        return Err(Error::BadRequest("BadRequest", "No views were named".into()).into());
    }
    app.write(move |tx| ids.into_iter().try_for_each(|id| views::delete(tx, &actor, ViewId(id)))).await?;
    Ok(NoContent)
}

/// Exports are read, not sent by mail: the answer names the place of the rows.
async fn export(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<ViewId>) -> Answer<Json<ExportAnswer>> {
    let view = app.read(move |tx| views::get(tx, &actor, id)).await?;
    let url = url(&origin, &format!("views/{}/tickets", view.id));
    Ok(Json(ExportAnswer { export: ExportView { view_id: view.id, status: "completed", url } }))
}

async fn delete(app: State<App>, Me(actor): Me, Id(id): Id<ViewId>) -> Answer<NoContent> {
    app.write(move |tx| views::delete(tx, &actor, id)).await?;
    Ok(NoContent)
}

/// The tickets of a view, in the order of the request, else in the view's own.
fn listing(tx: &mut Tx<'_>, asked: &Asked, view: &View) -> Result<Listing> {
    let mut listing = views::listing(tx, &asked.actor, view)?;
    listing.sort = Sort::asked(asked.paging.order(), listing.sort)?;
    Ok(listing)
}

async fn tickets_of(app: State<App>, asked: Asked, Id(id): Id<ViewId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let view = views::get(tx, &asked.actor, id)?;
        let listing = listing(tx, &asked, &view)?;
        tickets::answer_page(tx, &asked.envelope(), &asked.paging, &listing, None)
    });
    Ok(Json(answer.await?))
}

/// Rows and columns, as a table shows them.
fn table(tx: &mut Tx<'_>, asked: &Asked, view: &View, listing: &Listing) -> Result<Value> {
    let page = asked.page()?;
    let found = listing.page(tx, &page)?;
    let (catalogue, context) = (fields::catalogue(tx)?, Context::load(tx, &asked.origin.0)?);
    let row = |ticket: &Ticket| {
        let mut row = json!({"ticket_id": ticket.id, "ticket": context.ticket(ticket)});
        for name in &view.columns {
            if let Some(column) = find_column(name) {
                row[column.cell.0] = (column.cell.1)(ticket);
            } else if let Ok(id) = name.parse::<i64>() {
                row[name] = ticket.fields.get(&id.into()).map_or(Value::Null, crate::apply::field_value);
            }
        }
        row
    };
    let rows = found.tickets.iter().map(row).collect();
    let mut answer = match &page {
        kernel::http::Page::Offset(offset) => {
            let count = listing.count(tx, 10_000)?.unsigned_abs();
            asked.envelope().offset(*offset, count, "rows", rows)
        }
        kernel::http::Page::Cursor { .. } => asked.envelope().cursor(found.has_more, found.ends, "rows", rows),
    };
    let headings = view.columns.iter().filter_map(|name| heading(&asked.origin, &catalogue, name));
    answer["columns"] = headings.collect();
    answer["view"] = json!(view_json(&asked.origin, &catalogue, view));
    let everything = Paging { include: Some("users,groups,organizations".into()), ..Paging::default() };
    sideload::tickets(tx, &everything, &context, &found.tickets, &[], &mut answer)?;
    Ok(answer)
}

async fn execute(app: State<App>, asked: Asked, Id(id): Id<ViewId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let view = views::get(tx, &asked.actor, id)?;
        let listing = listing(tx, &asked, &view)?;
        table(tx, &asked, &view, &listing)
    });
    Ok(Json(answer.await?))
}

/// A view that is tried before it is saved.
fn tried(tx: &mut Tx<'_>, asked: &Asked, body: ViewBody) -> Result<(View, Listing)> {
    let mut view = views::new(tx, "Preview", json!({"all": [], "any": []}));
    let mut given = Given::new(body.view);
    read(&mut given, asked.actor.user, &mut view);
    check_columns(&mut given, &asked.origin, &fields::catalogue(tx)?, &view);
    let listing = listing(tx, asked, &view);
    Ok((view, given.finish(listing)?))
}

async fn preview(app: State<App>, asked: Asked, Body(body): Body<ViewBody>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let (view, listing) = tried(tx, &asked, body)?;
        table(tx, &asked, &view, &listing)
    });
    Ok(Json(answer.await?))
}

async fn preview_count(app: State<App>, asked: Asked, Body(body): Body<ViewBody>) -> Answer<Json<ViewCountAnswer>> {
    let answer = app.read(move |tx| {
        let (_, listing) = tried(tx, &asked, body)?;
        Ok(ViewCountAnswer { view_count: count_view(listing.count(tx, COUNT_CAP)?) })
    });
    Ok(Json(answer.await?))
}

/// A count that says when it was not counted to its end.
fn count_view(value: i64) -> ViewCountView {
    let pretty = if value >= COUNT_CAP { format!("{COUNT_CAP}+") } else { value.to_string() };
    ViewCountView { view_id: None, url: None, value, pretty, fresh: true, refresh: "poll", active: None }
}

fn view_count(tx: &mut Tx<'_>, actor: &base::Actor, origin: &Origin, view: &View) -> Result<ViewCountView> {
    let value = views::listing(tx, actor, view)?.count(tx, COUNT_CAP)?;
    Ok(ViewCountView {
        view_id: Some(view.id),
        url: Some(url(origin, &format!("views/{}/count", view.id))),
        active: Some(view.active),
        ..count_view(value)
    })
}

async fn count(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<ViewId>) -> Answer<Json<ViewCountAnswer>> {
    let answer = app.read(move |tx| {
        let view = views::get(tx, &actor, id)?;
        Ok(ViewCountAnswer { view_count: view_count(tx, &actor, &origin, &view)? })
    });
    Ok(Json(answer.await?))
}

async fn count_many(app: State<App>, asked: Asked, Params(ids): Params<Ids>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ids = numbers(&ids.ids);
        let all = views::visible(tx, &asked.actor)?;
        let mut counts = Vec::new();
        for view in all.iter().filter(|view| ids.contains(&view.id.0)).take(MOST_COUNTED) {
            counts.push(json!(view_count(tx, &asked.actor, &asked.origin, view)?));
        }
        asked.slice("view_counts", counts)
    });
    Ok(Json(answer.await?))
}
