//! Ticket fields and their options, in Zendesk's shape.

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, Error, FieldId, Permission, Result};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Routes};
use kernel::{App, Tx};
use rules::{Priority, Status, TicketType};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::asked::{Asked, Given, url};
use super::super::views::query_flag;
use super::made;
use crate::definitions;
use crate::fields;
use crate::fields::{FieldOption, TicketField};

/// Options of fields are numbered within their field; over the API the field's number stands before theirs.
const OPTION_ROOM: i64 = 10_000;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/ticket_fields", list_fields)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .post("/api/v2/ticket_fields", create_field)
        .needs(Permission::DeskManage)
        .takes::<FieldBody>()
        .get("/api/v2/ticket_fields/count", count_fields)
        .needs(Needs::SignIn)
        .put("/api/v2/ticket_fields/reorder", reorder_fields)
        .needs(Permission::DeskManage)
        .takes::<FieldOrder>()
        .get("/api/v2/ticket_fields/{id}", show_field)
        .needs(Needs::SignIn)
        .put("/api/v2/ticket_fields/{id}", update_field)
        .needs(Permission::DeskManage)
        .takes::<FieldBody>()
        .delete("/api/v2/ticket_fields/{id}", delete_field)
        .needs(Permission::DeskManage)
        .get("/api/v2/ticket_fields/{id}/options", list_options)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .post("/api/v2/ticket_fields/{id}/options", put_option)
        .needs(Permission::DeskManage)
        .takes::<OptionBody>()
        .get("/api/v2/ticket_fields/{id}/options/{option_id}", show_option)
        .needs(Needs::SignIn)
        .delete("/api/v2/ticket_fields/{id}/options/{option_id}", delete_option)
        .needs(Permission::DeskManage)
}

/// `{"ticket_field": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct FieldBody {
    #[serde(default)]
    ticket_field: Map<String, Value>,
}

/// `{"custom_field_option": {"id", "name", "value"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct OptionBody {
    #[serde(default)]
    custom_field_option: Map<String, Value>,
}

#[derive(Deserialize, JsonSchema)]
struct FieldOrder {
    ticket_field_ids: Vec<i64>,
}

fn option_json(origin: &Origin, field: FieldId, position: usize, option: &FieldOption) -> Value {
    let id = field.0 * OPTION_ROOM + option.id;
    json!({
        "id": id, "url": url(origin, &format!("ticket_fields/{field}/options/{id}")), "name": option.name,
        "raw_name": option.name, "value": option.value, "position": position, "default": false,
    })
}

fn field_json(origin: &Origin, f: &TicketField) -> Value {
    let mut out = json!({
        "id": f.id, "url": url(origin, &format!("ticket_fields/{}", f.id)), "type": f.kind,
        "title": f.title, "raw_title": f.title, "description": f.description, "raw_description": f.description,
        "position": f.position, "active": f.active, "required": f.required,
        "collapsed_for_agents": f.collapsed_for_agents, "regexp_for_validation": f.regexp,
        "title_in_portal": f.title_in_portal, "raw_title_in_portal": f.title_in_portal,
        "visible_in_portal": f.visible_in_portal, "editable_in_portal": f.editable_in_portal,
        "required_in_portal": f.required_in_portal, "agent_can_edit": true, "tag": f.tag,
        "created_at": f.created_at, "updated_at": f.updated_at, "removable": !f.system, "key": null,
        "agent_description": f.agent_description, "relationship_target_type": null, "relationship_filter": null,
        "creator_user_id": null, "creator_app_name": null, "sub_type_id": null,
    });
    if matches!(f.kind.as_str(), "tagger" | "multiselect") {
        let options = f.options.iter().enumerate();
        out["custom_field_options"] = options.map(|(i, option)| option_json(origin, f.id, i, option)).collect();
    }
    if f.kind == "lookup" {
        out["relationship_target_type"] = json!("zen:user");
    }
    let named = |names: &[&str]| -> Value {
        let title = |name: &str| name[..1].to_uppercase() + &name[1..];
        names.iter().map(|name| json!({"name": title(name), "value": name})).collect()
    };
    match f.kind.as_str() {
        "status" => out["system_field_options"] = named(&Status::NAMES[..5]),
        "priority" => out["system_field_options"] = named(Priority::NAMES),
        "tickettype" => out["system_field_options"] = named(TicketType::NAMES),
        _ => {}
    }
    out
}

/// Whether the actor sees a field: customers see those of the portal.
pub(super) fn sees_field(actor: &Actor, field: &TicketField) -> bool {
    actor.is_staff() || (field.active && field.visible_in_portal)
}

fn visible_field(tx: &mut Tx<'_>, actor: &Actor, id: FieldId) -> Result<TicketField> {
    let all = fields::all(tx)?;
    all.into_iter().find(|field| field.id == id && sees_field(actor, field)).ok_or(Error::NotFound)
}

async fn list_fields(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let active = query_flag(&asked, "active");
        let all = fields::all(tx)?;
        let seen = all.iter().filter(|field| sees_field(&asked.actor, field));
        let seen = seen.filter(|field| active.is_none_or(|active| field.active == active));
        asked.slice("ticket_fields", seen.map(|field| field_json(&asked.origin, field)).collect())
    });
    Ok(Json(answer.await?))
}

async fn count_fields(app: State<App>, Me(actor): Me) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let count = fields::all(tx)?.iter().filter(|field| sees_field(&actor, field)).count();
        Ok(json!({"count": {"value": count, "refreshed_at": tx.now()}}))
    });
    Ok(Json(answer.await?))
}

async fn show_field(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<FieldId>) -> Answer<Json<Value>> {
    let field = app.read(move |tx| visible_field(tx, &actor, id)).await?;
    Ok(Json(json!({"ticket_field": field_json(&origin, &field)})))
}

fn read_field(given: &mut Given, field: &mut TicketField) {
    let raw = |given: &Given, key: &str| given.value(key).is_none();
    let titles: [(&str, &str, &mut String); 3] = [
        ("title", "raw_title", &mut field.title),
        ("title_in_portal", "raw_title_in_portal", &mut field.title_in_portal),
        ("description", "raw_description", &mut field.description),
    ];
    for (key, raw_key, text) in titles {
        let key = if raw(given, key) { raw_key } else { key };
        given.text(key, text);
    }
    given.text("agent_description", &mut field.agent_description);
    for (key, flag) in [
        ("active", &mut field.active),
        ("required", &mut field.required),
        ("required_in_portal", &mut field.required_in_portal),
        ("visible_in_portal", &mut field.visible_in_portal),
        ("editable_in_portal", &mut field.editable_in_portal),
        ("collapsed_for_agents", &mut field.collapsed_for_agents),
    ] {
        given.flag(key, flag);
    }
    given.number("position", &mut field.position);
    given.optional_text("regexp_for_validation", &mut field.regexp);
    given.optional_text("tag", &mut field.tag);
    if let Some(options) = given.value("custom_field_options").filter(|value| !value.is_null()).cloned() {
        match read_options(field.id, &options) {
            Some(options) => field.options = options,
            None => given.problem("custom_field_options", "custom_field_options: must be a list of name and value"),
        }
    }
}

fn read_options(field: FieldId, list: &Value) -> Option<Vec<FieldOption>> {
    list.as_array()?.iter().map(|option| read_option(field, option)).collect()
}

/// An option as a client gives it. A number that isn't one of this field's counts as none.
fn read_option(field: FieldId, option: &Value) -> Option<FieldOption> {
    let name = option["name"].as_str().or_else(|| option["raw_name"].as_str())?.to_owned();
    let value = option["value"].as_str().unwrap_or_default().to_owned();
    let id = option["id"].as_i64().filter(|id| id / OPTION_ROOM == field.0).map_or(0, |id| id % OPTION_ROOM);
    Some(FieldOption { id, value, name })
}

fn save_field(
    tx: &mut Tx<'_>,
    actor: &Actor,
    origin: &Origin,
    mut field: TicketField,
    body: FieldBody,
) -> Result<Value> {
    let mut given = Given::new(body.ticket_field);
    read_field(&mut given, &mut field);
    if field.id.0 != 0
        && let Some(kind) = given.value("type").filter(|kind| **kind != field.kind.as_str())
    {
        let message = format!("type: can't be changed from {} to {kind}", field.kind);
        given.problem("type", message);
    }
    let saved = definitions::save_field(tx, actor, &field);
    let id = given.finish(saved)?;
    Ok(json!({"ticket_field": field_json(origin, &visible_field(tx, actor, id)?)}))
}

async fn create_field(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<FieldBody>,
) -> Answer<Created<Value>> {
    let answer = app.write(move |tx| {
        let kind = body.ticket_field.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let field = fields::new(tx, &kind, "");
        save_field(tx, &actor, &origin, field, body)
    });
    Ok(made(answer.await?, "ticket_field"))
}

async fn update_field(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<FieldId>,
    Body(body): Body<FieldBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let field = visible_field(tx, &actor, id)?;
        save_field(tx, &actor, &origin, field, body)
    });
    Ok(Json(answer.await?))
}

async fn delete_field(app: State<App>, Me(actor): Me, Id(id): Id<FieldId>) -> Answer<NoContent> {
    app.write(move |tx| definitions::delete_field(tx, &actor, id)).await?;
    Ok(NoContent)
}

async fn reorder_fields(app: State<App>, asked: Asked, Body(body): Body<FieldOrder>) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let ids: Vec<FieldId> = body.ticket_field_ids.into_iter().map(FieldId).collect();
        definitions::reorder_fields(tx, &asked.actor, &ids)?;
        let all = fields::all(tx)?;
        asked.slice("ticket_fields", all.iter().map(|field| field_json(&asked.origin, field)).collect())
    });
    Ok(Json(answer.await?))
}

async fn list_options(app: State<App>, asked: Asked, Id(id): Id<FieldId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let field = visible_field(tx, &asked.actor, id)?;
        let options = field.options.iter().enumerate();
        let options = options.map(|(i, option)| option_json(&asked.origin, id, i, option));
        asked.slice("custom_field_options", options.collect())
    });
    Ok(Json(answer.await?))
}

/// The field and the place of the option that a path names.
fn find_option(tx: &mut Tx<'_>, actor: &Actor, path: &(String, String)) -> Result<(TicketField, usize)> {
    let number = |text: &str| text.parse::<i64>().map_err(|_| Error::NotFound);
    let field = visible_field(tx, actor, FieldId(number(&path.0)?))?;
    let id = number(&path.1)?;
    let place = field.options.iter().position(|option| field.id.0 * OPTION_ROOM + option.id == id);
    place.map(|place| (field, place)).ok_or(Error::NotFound)
}

async fn show_option(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path(path): Path<(String, String)>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let (field, place) = find_option(tx, &actor, &path)?;
        Ok(json!({"custom_field_option": option_json(&origin, field.id, place, &field.options[place])}))
    });
    Ok(Json(answer.await?))
}

/// Adds an option, or changes the one whose number is given.
async fn put_option(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<FieldId>,
    Body(body): Body<OptionBody>,
) -> Answer<Created<Value>> {
    let answer = app.write(move |tx| {
        let mut field = visible_field(tx, &actor, id)?;
        let given = Value::Object(body.custom_field_option);
        let option = read_option(id, &given).ok_or_else(|| Error::blank("name"))?;
        let value = option.value.trim().to_lowercase();
        match field.options.iter_mut().find(|known| option.id != 0 && known.id == option.id) {
            Some(known) => *known = option,
            None => field.options.push(FieldOption { id: 0, ..option }),
        }
        definitions::save_field(tx, &actor, &field)?;
        let field = visible_field(tx, &actor, id)?;
        let place = field.options.iter().position(|known| known.value == value).ok_or(Error::NotFound)?;
        Ok(json!({"custom_field_option": option_json(&origin, id, place, &field.options[place])}))
    });
    Ok(made(answer.await?, "custom_field_option"))
}

async fn delete_option(app: State<App>, Me(actor): Me, Path(path): Path<(String, String)>) -> Answer<NoContent> {
    app.write(move |tx| {
        let (mut field, place) = find_option(tx, &actor, &path)?;
        field.options.remove(place);
        definitions::save_field(tx, &actor, &field).map(drop)
    })
    .await?;
    Ok(NoContent)
}
