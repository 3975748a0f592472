//! Ticket fields and their options, in Zendesk's shape.

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, Error, FieldId, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use rules::{Priority, Status, TicketType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::asked::{Asked, Given, numbers, url};
use super::super::counts::CountAnswer;
use super::super::views::query_flag;
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
        .gives::<FieldsAnswer>()
        .post("/api/v2/ticket_fields", create_field)
        .needs(Permission::DeskManage)
        .takes::<FieldBody>()
        .gives::<FieldAnswer>()
        .get("/api/v2/ticket_fields/count", count_fields)
        .needs(Needs::SignIn)
        .gives::<CountAnswer>()
        .get("/api/v2/ticket_fields/show_many", show_many)
        .needs(Needs::SignIn)
        .query::<ManyQuery>()
        .gives::<FieldsAnswer>()
        .put("/api/v2/ticket_fields/reorder", reorder_fields)
        .needs(Permission::DeskManage)
        .takes::<FieldOrder>()
        .gives::<FieldsAnswer>()
        .get("/api/v2/ticket_fields/{id}", show_field)
        .needs(Needs::SignIn)
        .gives::<FieldAnswer>()
        .put("/api/v2/ticket_fields/{id}", update_field)
        .needs(Permission::DeskManage)
        .takes::<FieldBody>()
        .gives::<FieldAnswer>()
        .delete("/api/v2/ticket_fields/{id}", delete_field)
        .needs(Permission::DeskManage)
        .get("/api/v2/ticket_fields/{id}/options", list_options)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<OptionsAnswer>()
        .post("/api/v2/ticket_fields/{id}/options", put_option)
        .needs(Permission::DeskManage)
        .takes::<OptionBody>()
        .gives::<OptionAnswer>()
        .get("/api/v2/ticket_fields/{id}/options/{option_id}", show_option)
        .needs(Needs::SignIn)
        .gives::<OptionAnswer>()
        .delete("/api/v2/ticket_fields/{id}/options/{option_id}", delete_option)
        .needs(Permission::DeskManage)
}

/// A field of tickets.
#[derive(Serialize, JsonSchema)]
struct FieldView {
    id: FieldId,
    url: String,
    r#type: String,
    title: String,
    raw_title: String,
    description: String,
    raw_description: String,
    position: i64,
    active: bool,
    required: bool,
    collapsed_for_agents: bool,
    regexp_for_validation: Option<String>,
    title_in_portal: String,
    raw_title_in_portal: String,
    visible_in_portal: bool,
    editable_in_portal: bool,
    required_in_portal: bool,
    agent_can_edit: bool,
    tag: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    removable: bool,
    key: Option<String>,
    agent_description: String,
    relationship_target_type: Option<&'static str>,
    relationship_filter: Option<Value>,
    creator_user_id: Option<i64>,
    creator_app_name: Option<String>,
    sub_type_id: Option<i64>,
    /// Of dropdowns and multiselects.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_field_options: Option<Vec<OptionView>>,
    /// Of status, priority and type.
    #[serde(skip_serializing_if = "Option::is_none")]
    system_field_options: Option<Vec<NamedView>>,
}

/// A choice of a field.
#[derive(Serialize, JsonSchema)]
struct OptionView {
    id: i64,
    url: String,
    name: String,
    raw_name: String,
    value: String,
    position: usize,
    default: bool,
}

/// A value of a system field.
#[derive(Serialize, JsonSchema)]
struct NamedView {
    name: String,
    value: String,
}

#[derive(Serialize, JsonSchema)]
struct FieldAnswer {
    ticket_field: FieldView,
}

#[derive(Serialize, JsonSchema)]
struct FieldsAnswer {
    ticket_fields: Vec<FieldView>,
}

#[derive(Serialize, JsonSchema)]
struct OptionAnswer {
    custom_field_option: OptionView,
}

#[derive(Serialize, JsonSchema)]
struct OptionsAnswer {
    custom_field_options: Vec<OptionView>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ManyQuery {
    /// Numbers separated by commas.
    #[serde(default)]
    ids: String,
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

fn option_view(origin: &Origin, field: FieldId, position: usize, option: &FieldOption) -> OptionView {
    let id = field.0 * OPTION_ROOM + option.id;
    OptionView {
        id,
        url: url(origin, &format!("ticket_fields/{field}/options/{id}")),
        name: option.name.clone(),
        raw_name: option.name.clone(),
        value: option.value.clone(),
        position,
        default: false,
    }
}

fn field_view(origin: &Origin, f: &TicketField) -> FieldView {
    let has_options = matches!(f.kind.as_str(), "tagger" | "multiselect");
    let options = || f.options.iter().enumerate().map(|(i, option)| option_view(origin, f.id, i, option)).collect();
    let named = |names: &[&str]| -> Option<Vec<NamedView>> {
        let title = |name: &str| name[..1].to_uppercase() + &name[1..];
        Some(names.iter().map(|name| NamedView { name: title(name), value: (*name).to_owned() }).collect())
    };
    FieldView {
        id: f.id,
        url: url(origin, &format!("ticket_fields/{}", f.id)),
        r#type: f.kind.clone(),
        title: f.title.clone(),
        raw_title: f.title.clone(),
        description: f.description.clone(),
        raw_description: f.description.clone(),
        position: f.position,
        active: f.active,
        required: f.required,
        collapsed_for_agents: f.collapsed_for_agents,
        regexp_for_validation: f.regexp.clone(),
        title_in_portal: f.title_in_portal.clone(),
        raw_title_in_portal: f.title_in_portal.clone(),
        visible_in_portal: f.visible_in_portal,
        editable_in_portal: f.editable_in_portal,
        required_in_portal: f.required_in_portal,
        agent_can_edit: true,
        tag: f.tag.clone(),
        created_at: f.created_at,
        updated_at: f.updated_at,
        removable: !f.system,
        key: None,
        agent_description: f.agent_description.clone(),
        relationship_target_type: (f.kind == "lookup").then_some("zen:user"),
        relationship_filter: None,
        creator_user_id: None,
        creator_app_name: None,
        sub_type_id: None,
        custom_field_options: has_options.then(options),
        system_field_options: match f.kind.as_str() {
            "status" => named(&Status::NAMES[..5]),
            "priority" => named(Priority::NAMES),
            "tickettype" => named(TicketType::NAMES),
            _ => None,
        },
    }
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
        asked.slice("ticket_fields", seen.map(|field| json!(field_view(&asked.origin, field))).collect())
    });
    Ok(Json(answer.await?))
}

async fn show_many(app: State<App>, asked: Asked, Params(query): Params<ManyQuery>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ids = numbers(&query.ids);
        let all = fields::all(tx)?;
        let seen = all.iter().filter(|field| ids.contains(&field.id.0) && sees_field(&asked.actor, field));
        asked.slice("ticket_fields", seen.map(|field| json!(field_view(&asked.origin, field))).collect())
    });
    Ok(Json(answer.await?))
}

async fn count_fields(app: State<App>, Me(actor): Me) -> Answer<Json<CountAnswer>> {
    let answer = app.read(move |tx| {
        let count = fields::all(tx)?.iter().filter(|field| sees_field(&actor, field)).count();
        Ok(CountAnswer::new(tx, i64::try_from(count).unwrap_or(i64::MAX)))
    });
    Ok(Json(answer.await?))
}

async fn show_field(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<FieldId>) -> Answer<Json<FieldAnswer>> {
    let field = app.read(move |tx| visible_field(tx, &actor, id)).await?;
    Ok(Json(FieldAnswer { ticket_field: field_view(&origin, &field) }))
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
) -> Result<FieldAnswer> {
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
    Ok(FieldAnswer { ticket_field: field_view(origin, &visible_field(tx, actor, id)?) })
}

async fn create_field(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<FieldBody>,
) -> Answer<Created<FieldAnswer>> {
    let answer = app.write(move |tx| {
        let kind = body.ticket_field.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let field = fields::new(tx, &kind, "");
        save_field(tx, &actor, &origin, field, body)
    });
    let answer = answer.await?;
    Ok(Created(answer.ticket_field.url.clone(), answer))
}

async fn update_field(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<FieldId>,
    Body(body): Body<FieldBody>,
) -> Answer<Json<FieldAnswer>> {
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
        asked.slice("ticket_fields", all.iter().map(|field| json!(field_view(&asked.origin, field))).collect())
    });
    Ok(Json(answer.await?))
}

async fn list_options(app: State<App>, asked: Asked, Id(id): Id<FieldId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let field = visible_field(tx, &asked.actor, id)?;
        let options = field.options.iter().enumerate();
        let options = options.map(|(i, option)| json!(option_view(&asked.origin, id, i, option)));
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
) -> Answer<Json<OptionAnswer>> {
    let answer = app.read(move |tx| {
        let (field, place) = find_option(tx, &actor, &path)?;
        Ok(OptionAnswer { custom_field_option: option_view(&origin, field.id, place, &field.options[place]) })
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
) -> Answer<Created<OptionAnswer>> {
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
        Ok(OptionAnswer { custom_field_option: option_view(&origin, id, place, &field.options[place]) })
    });
    let answer = answer.await?;
    Ok(Created(answer.custom_field_option.url.clone(), answer))
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
