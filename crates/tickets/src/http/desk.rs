//! Ticket fields, forms, brands, custom statuses and the desk's settings, in Zendesk's shapes.

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, BrandId, CustomStatusId, Error, FieldId, FormId, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Routes};
use kernel::{App, Tx};
use rules::{Priority, Status, TicketType};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::asked::{Asked, Given, url};
use super::views::query_flag;
use crate::definitions::{self, DeskSettings};
use crate::desk::{Brand, CustomStatus};
use crate::fields::{FieldOption, TicketField, TicketForm};
use crate::{desk, fields};

/// Options of fields are numbered within their field; over the API the field's number stands before theirs.
const OPTION_ROOM: i64 = 10_000;

pub(super) fn routes() -> Routes {
    field_routes().merge(form_routes()).merge(brand_routes()).merge(status_routes()).merge(settings_routes())
}

fn field_routes() -> Routes {
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

fn form_routes() -> Routes {
    Routes::new()
        .get("/api/v2/ticket_forms", list_forms)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .post("/api/v2/ticket_forms", create_form)
        .needs(Permission::DeskManage)
        .takes::<FormBody>()
        .put("/api/v2/ticket_forms/reorder", reorder_forms)
        .needs(Permission::DeskManage)
        .takes::<FormOrder>()
        .get("/api/v2/ticket_forms/{id}", show_form)
        .needs(Needs::SignIn)
        .put("/api/v2/ticket_forms/{id}", update_form)
        .needs(Permission::DeskManage)
        .takes::<FormBody>()
        .delete("/api/v2/ticket_forms/{id}", delete_form)
        .needs(Permission::DeskManage)
        .post("/api/v2/ticket_forms/{id}/clone", clone_form)
        .needs(Permission::DeskManage)
}

fn brand_routes() -> Routes {
    Routes::new()
        .get("/api/v2/brands", list_brands)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .post("/api/v2/brands", create_brand)
        .needs(Permission::DeskManage)
        .takes::<BrandBody>()
        .get("/api/v2/brands/{id}", show_brand)
        .needs(Needs::SignIn)
        .put("/api/v2/brands/{id}", update_brand)
        .needs(Permission::DeskManage)
        .takes::<BrandBody>()
        .delete("/api/v2/brands/{id}", delete_brand)
        .needs(Permission::DeskManage)
}

fn status_routes() -> Routes {
    Routes::new()
        .get("/api/v2/custom_statuses", list_statuses)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .post("/api/v2/custom_statuses", create_status)
        .needs(Permission::DeskManage)
        .takes::<StatusBody>()
        .get("/api/v2/custom_statuses/{id}", show_status)
        .needs(Needs::SignIn)
        .put("/api/v2/custom_statuses/{id}", update_status)
        .needs(Permission::DeskManage)
        .takes::<StatusBody>()
        .delete("/api/v2/custom_statuses/{id}", delete_status)
        .needs(Permission::DeskManage)
}

fn settings_routes() -> Routes {
    Routes::new()
        .get("/api/v2/desk_settings", show_settings)
        .needs(Needs::Staff)
        .put("/api/v2/desk_settings", update_settings)
        .needs(Permission::DeskManage)
        .takes::<SettingsBody>()
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident $key:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Default, Deserialize, JsonSchema)]
        struct $name {
            #[serde(default)]
            $key: Map<String, Value>,
        }
    )+};
}

bodies! {
    /// `{"ticket_field": {...}}`.
    FieldBody ticket_field,
    /// `{"custom_field_option": {"id", "name", "value"}}`.
    OptionBody custom_field_option,
    /// `{"ticket_form": {...}}`.
    FormBody ticket_form,
    /// `{"brand": {...}}`.
    BrandBody brand,
    /// `{"custom_status": {...}}`.
    StatusBody custom_status,
    /// `{"desk_settings": {"name", "locale", "time_zone", "business_hours", "goals"}}`.
    SettingsBody desk_settings,
}

#[derive(Deserialize, JsonSchema)]
struct FieldOrder {
    ticket_field_ids: Vec<i64>,
}

#[derive(Deserialize, JsonSchema)]
struct FormOrder {
    ticket_form_ids: Vec<i64>,
}

fn made(answer: Value, name: &str) -> Created<Value> {
    let place = answer[name]["url"].as_str().unwrap_or_default().to_owned();
    Created(place, answer)
}

// Fields

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
fn sees_field(actor: &Actor, field: &TicketField) -> bool {
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

// Forms

fn form_json(origin: &Origin, f: &TicketForm) -> Value {
    json!({
        "id": f.id, "url": url(origin, &format!("ticket_forms/{}", f.id)), "name": f.name, "raw_name": f.name,
        "display_name": f.display_name, "raw_display_name": f.display_name, "position": f.position,
        "active": f.active, "default": f.is_default, "end_user_visible": f.end_user_visible,
        "ticket_field_ids": f.field_ids, "in_all_brands": true, "restricted_brand_ids": [],
        "agent_conditions": [], "end_user_conditions": [], "created_at": f.created_at, "updated_at": f.updated_at,
    })
}

fn visible_forms(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<TicketForm>> {
    let mut forms = fields::forms(tx)?;
    if !actor.is_staff() {
        let seen: Vec<FieldId> =
            fields::all(tx)?.iter().filter(|field| sees_field(actor, field)).map(|field| field.id).collect();
        forms.retain(|form| form.active && form.end_user_visible);
        forms.iter_mut().for_each(|form| form.field_ids.retain(|id| seen.contains(id)));
    }
    Ok(forms)
}

fn visible_form(tx: &mut Tx<'_>, actor: &Actor, id: FormId) -> Result<TicketForm> {
    visible_forms(tx, actor)?.into_iter().find(|form| form.id == id).ok_or(Error::NotFound)
}

async fn list_forms(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let active = query_flag(&asked, "active");
        let all = visible_forms(tx, &asked.actor)?;
        let all = all.iter().filter(|form| active.is_none_or(|active| form.active == active));
        asked.slice("ticket_forms", all.map(|form| form_json(&asked.origin, form)).collect())
    });
    Ok(Json(answer.await?))
}

async fn show_form(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<FormId>) -> Answer<Json<Value>> {
    let form = app.read(move |tx| visible_form(tx, &actor, id)).await?;
    Ok(Json(json!({"ticket_form": form_json(&origin, &form)})))
}

fn save_form(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin, mut form: TicketForm, body: FormBody) -> Result<Value> {
    let mut given = Given::new(body.ticket_form);
    given.text("name", &mut form.name);
    given.text("display_name", &mut form.display_name);
    given.number("position", &mut form.position);
    given.flag("active", &mut form.active);
    given.flag("default", &mut form.is_default);
    given.flag("end_user_visible", &mut form.end_user_visible);
    given.ids("ticket_field_ids", &mut form.field_ids);
    let saved = definitions::save_form(tx, actor, &form);
    let id = given.finish(saved)?;
    Ok(json!({"ticket_form": form_json(origin, &visible_form(tx, actor, id)?)}))
}

fn blank_form(now: Timestamp) -> TicketForm {
    TicketForm {
        id: FormId(0),
        name: String::new(),
        display_name: String::new(),
        position: 0,
        active: true,
        is_default: false,
        end_user_visible: false,
        field_ids: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}

async fn create_form(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<FormBody>,
) -> Answer<Created<Value>> {
    let answer = app.write(move |tx| {
        let mut form = blank_form(tx.now());
        // A form without the ticket's own fields would be of no use.
        form.field_ids = fields::all(tx)?.iter().filter(|field| field.system).map(|field| field.id).collect();
        save_form(tx, &actor, &origin, form, body)
    });
    Ok(made(answer.await?, "ticket_form"))
}

async fn update_form(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<FormId>,
    Body(body): Body<FormBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let form = visible_form(tx, &actor, id)?;
        save_form(tx, &actor, &origin, form, body)
    });
    Ok(Json(answer.await?))
}

async fn clone_form(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<FormId>) -> Answer<Created<Value>> {
    let answer = app.write(move |tx| {
        let form = visible_form(tx, &actor, id)?;
        let name = format!("Clone of {}", form.name);
        let copy = TicketForm { id: FormId(0), name, is_default: false, created_at: tx.now(), ..form };
        save_form(tx, &actor, &origin, copy, FormBody::default())
    });
    Ok(made(answer.await?, "ticket_form"))
}

async fn delete_form(app: State<App>, Me(actor): Me, Id(id): Id<FormId>) -> Answer<NoContent> {
    app.write(move |tx| definitions::delete_form(tx, &actor, id)).await?;
    Ok(NoContent)
}

async fn reorder_forms(app: State<App>, asked: Asked, Body(body): Body<FormOrder>) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let ids: Vec<FormId> = body.ticket_form_ids.into_iter().map(FormId).collect();
        definitions::reorder_forms(tx, &asked.actor, &ids)?;
        let all = fields::forms(tx)?;
        asked.slice("ticket_forms", all.iter().map(|form| form_json(&asked.origin, form)).collect())
    });
    Ok(Json(answer.await?))
}

// Brands

fn brand_json(origin: &Origin, b: &Brand) -> Value {
    let place = b.host_mapping.as_ref().map_or_else(|| origin.0.clone(), |host| format!("https://{host}"));
    json!({
        "id": b.id, "url": url(origin, &format!("brands/{}", b.id)), "name": b.name, "brand_url": place,
        "subdomain": b.subdomain, "host_mapping": b.host_mapping, "has_help_center": false,
        "help_center_state": "disabled", "active": b.active, "default": b.is_default, "is_deleted": false,
        "logo": null, "ticket_form_ids": [], "signature_template": b.signature_template,
        "created_at": b.created_at, "updated_at": b.updated_at,
    })
}

fn visible_brands(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Brand>> {
    let mut brands = desk::brands(tx)?;
    brands.retain(|brand| actor.is_staff() || brand.active);
    Ok(brands)
}

fn visible_brand(tx: &mut Tx<'_>, actor: &Actor, id: BrandId) -> Result<Brand> {
    visible_brands(tx, actor)?.into_iter().find(|brand| brand.id == id).ok_or(Error::NotFound)
}

async fn list_brands(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = visible_brands(tx, &asked.actor)?;
        asked.slice("brands", all.iter().map(|brand| brand_json(&asked.origin, brand)).collect())
    });
    Ok(Json(answer.await?))
}

async fn show_brand(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<BrandId>) -> Answer<Json<Value>> {
    let brand = app.read(move |tx| visible_brand(tx, &actor, id)).await?;
    Ok(Json(json!({"brand": brand_json(&origin, &brand)})))
}

fn save_brand(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin, mut brand: Brand, body: BrandBody) -> Result<Value> {
    let mut given = Given::new(body.brand);
    given.text("name", &mut brand.name);
    given.text("subdomain", &mut brand.subdomain);
    given.optional_text("host_mapping", &mut brand.host_mapping);
    given.flag("active", &mut brand.active);
    given.flag("default", &mut brand.is_default);
    given.text("signature_template", &mut brand.signature_template);
    let saved = definitions::save_brand(tx, actor, &brand);
    let id = given.finish(saved)?;
    Ok(json!({"brand": brand_json(origin, &visible_brand(tx, actor, id)?)}))
}

async fn create_brand(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<BrandBody>,
) -> Answer<Created<Value>> {
    let answer = app.write(move |tx| {
        let brand = Brand {
            id: BrandId(0),
            name: String::new(),
            subdomain: String::new(),
            host_mapping: None,
            active: true,
            is_default: false,
            signature_template: "{{agent.signature}}".into(),
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        save_brand(tx, &actor, &origin, brand, body)
    });
    Ok(made(answer.await?, "brand"))
}

async fn update_brand(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<BrandId>,
    Body(body): Body<BrandBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let brand = visible_brand(tx, &actor, id)?;
        save_brand(tx, &actor, &origin, brand, body)
    });
    Ok(Json(answer.await?))
}

async fn delete_brand(app: State<App>, Me(actor): Me, Id(id): Id<BrandId>) -> Answer<NoContent> {
    app.write(move |tx| definitions::delete_brand(tx, &actor, id)).await?;
    Ok(NoContent)
}

// Custom statuses

fn status_json(origin: &Origin, actor: &Actor, s: &CustomStatus) -> Value {
    let mut out = json!({
        "id": s.id, "url": url(origin, &format!("custom_statuses/{}", s.id)), "status_category": s.status.name(),
        "end_user_label": s.end_user_label, "raw_end_user_label": s.end_user_label,
        "end_user_description": s.end_user_description, "raw_end_user_description": s.end_user_description,
        "active": s.active, "default": s.is_default, "created_at": s.created_at, "updated_at": s.updated_at,
    });
    if actor.is_staff() {
        out["agent_label"] = json!(s.agent_label);
        out["raw_agent_label"] = json!(s.agent_label);
        out["description"] = json!(s.description);
        out["raw_description"] = json!(s.description);
    }
    out
}

fn visible_status(tx: &mut Tx<'_>, id: CustomStatusId) -> Result<CustomStatus> {
    desk::custom_statuses(tx)?.into_iter().find(|status| status.id == id).ok_or(Error::NotFound)
}

async fn list_statuses(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let active = query_flag(&asked, "active");
        let default = query_flag(&asked, "default");
        let categories = asked.parameter("status_categories");
        let mut all = desk::custom_statuses(tx)?;
        all.retain(|status| active.is_none_or(|active| status.active == active));
        all.retain(|status| default.is_none_or(|default| status.is_default == default));
        all.retain(|s| categories.as_deref().is_none_or(|list| list.split(',').any(|name| name == s.status.name())));
        let views = all.iter().map(|status| status_json(&asked.origin, &asked.actor, status)).collect();
        asked.slice("custom_statuses", views)
    });
    Ok(Json(answer.await?))
}

async fn show_status(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<CustomStatusId>,
) -> Answer<Json<Value>> {
    let status = app.read(move |tx| visible_status(tx, id)).await?;
    Ok(Json(json!({"custom_status": status_json(&origin, &actor, &status)})))
}

fn save_status(
    tx: &mut Tx<'_>,
    actor: &Actor,
    origin: &Origin,
    mut status: CustomStatus,
    body: StatusBody,
) -> Result<Value> {
    let mut given = Given::new(body.custom_status);
    match given.value("status_category").and_then(Value::as_str).map(Status::parse) {
        Some(Some(category)) => status.status = category,
        None if status.id.0 != 0 => {}
        _ => given.problem("status_category", "status_category: is new, open, pending, hold or solved"),
    }
    given.text("agent_label", &mut status.agent_label);
    given.text("end_user_label", &mut status.end_user_label);
    given.text("description", &mut status.description);
    given.text("end_user_description", &mut status.end_user_description);
    given.flag("active", &mut status.active);
    given.flag("default", &mut status.is_default);
    let saved = definitions::save_status(tx, actor, &status);
    let id = given.finish(saved)?;
    Ok(json!({"custom_status": status_json(origin, actor, &visible_status(tx, id)?)}))
}

async fn create_status(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<StatusBody>,
) -> Answer<Created<Value>> {
    let answer = app.write(move |tx| {
        let status = CustomStatus {
            id: CustomStatusId(0),
            status: Status::Open,
            agent_label: String::new(),
            end_user_label: String::new(),
            description: String::new(),
            end_user_description: String::new(),
            active: true,
            is_default: false,
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        save_status(tx, &actor, &origin, status, body)
    });
    Ok(made(answer.await?, "custom_status"))
}

async fn update_status(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<CustomStatusId>,
    Body(body): Body<StatusBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let status = visible_status(tx, id)?;
        save_status(tx, &actor, &origin, status, body)
    });
    Ok(Json(answer.await?))
}

async fn delete_status(app: State<App>, Me(actor): Me, Id(id): Id<CustomStatusId>) -> Answer<NoContent> {
    app.write(move |tx| definitions::delete_status(tx, &actor, id)).await?;
    Ok(NoContent)
}

// Settings

/// Zendesk's weeks begin on Sunday, ours on Monday: minutes from one to the other.
const SUNDAY: i64 = 6 * 24 * 60;
const WEEK: i64 = 7 * 24 * 60;

fn settings_json(settings: &DeskSettings) -> Value {
    let hours = &settings.business_hours;
    let mut intervals: Vec<(i64, i64)> = hours
        .intervals
        .iter()
        .map(|(start, end)| {
            if *start >= SUNDAY { (start - SUNDAY, end - SUNDAY) } else { (start + WEEK - SUNDAY, end + WEEK - SUNDAY) }
        })
        .collect();
    intervals.sort_unstable();
    let intervals: Vec<Value> =
        intervals.into_iter().map(|(start, end)| json!({"start_time": start, "end_time": end})).collect();
    json!({"desk_settings": {
        "name": settings.desk.name, "locale": settings.desk.locale, "time_zone": settings.desk.time_zone,
        "business_hours": {"time_zone": hours.time_zone, "intervals": intervals, "holidays": hours.holidays},
        "goals": settings.goals.to_json(),
    }})
}

async fn show_settings(app: State<App>, Me(_): Me) -> Answer<Json<Value>> {
    let settings = app.read(definitions::desk_settings).await?;
    Ok(Json(settings_json(&settings)))
}

async fn update_settings(app: State<App>, Me(actor): Me, Body(body): Body<SettingsBody>) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let mut settings = definitions::desk_settings(tx)?;
        let mut given = Given::new(body.desk_settings);
        given.text("name", &mut settings.desk.name);
        given.text("time_zone", &mut settings.desk.time_zone);
        if let Some(locale) = given.value("locale").and_then(Value::as_str).map(str::to_owned) {
            match base::Locale::parse(&locale) {
                Some(locale) => settings.desk.locale = locale,
                None => given.problem("locale", format!("locale: {locale:?} is not supported")),
            }
        }
        read_hours(&mut given, &mut settings);
        if let Some(goals) = given.value("goals").cloned() {
            settings.goals.read(&goals).into_iter().for_each(|(field, message)| given.problem(field, message));
        }
        let saved = definitions::save_desk_settings(tx, &actor, &settings);
        given.finish(saved)?;
        Ok(settings_json(&definitions::desk_settings(tx)?))
    });
    Ok(Json(answer.await?))
}

fn read_hours(given: &mut Given, settings: &mut DeskSettings) {
    let Some(hours) = given.value("business_hours").cloned() else { return };
    if let Some(zone) = hours["time_zone"].as_str() {
        zone.clone_into(&mut settings.business_hours.time_zone);
    }
    if let Some(list) = hours["intervals"].as_array() {
        let read = |interval: &Value| Some((interval["start_time"].as_i64()?, interval["end_time"].as_i64()?));
        match list.iter().map(read).collect::<Option<Vec<_>>>() {
            Some(intervals) => settings.business_hours.intervals = intervals.into_iter().map(from_monday).collect(),
            None => given.problem("business_hours.intervals", "intervals: must be a list of start_time and end_time"),
        }
    }
    if let Some(list) = hours["holidays"].as_array() {
        match list.iter().map(|day| day.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>() {
            Some(days) => settings.business_hours.holidays = days,
            None => given.problem("business_hours.holidays", "holidays: must be a list of days (YYYY-MM-DD)"),
        }
    }
}

/// An interval counted from Sunday as one counted from Monday. What isn't within a day stays wrong, to be told so.
fn from_monday((start, end): (i64, i64)) -> (i64, i64) {
    let shift = if start < WEEK - SUNDAY { SUNDAY } else { SUNDAY - WEEK };
    if start < 0 || end > WEEK { (-1, end) } else { (start + shift, end + shift) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_counted_from_sunday_are_the_same_hours_counted_from_monday() {
        let day = 24 * 60;
        // Sunday, Monday and Saturday from 9 to 17.
        assert_eq!(from_monday((540, 1_020)), (6 * day + 540, 6 * day + 1_020));
        assert_eq!(from_monday((day + 540, day + 1_020)), (540, 1_020));
        assert_eq!(from_monday((6 * day + 540, 6 * day + 1_020)), (5 * day + 540, 5 * day + 1_020));
    }
}
