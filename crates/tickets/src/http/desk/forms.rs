//! Ticket forms, in Zendesk's shape.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, FieldId, FormId, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::asked::{Asked, Given, numbers, url};
use super::super::views::query_flag;
use super::made;
use crate::definitions;
use crate::fields;
use crate::fields::TicketForm;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/ticket_forms", list_forms)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<FormsAnswer>()
        .get("/api/v2/ticket_forms/show_many", show_many)
        .needs(Needs::SignIn)
        .query::<ManyQuery>()
        .gives::<FormsAnswer>()
        .post("/api/v2/ticket_forms", create_form)
        .needs(Permission::DeskManage)
        .takes::<FormBody>()
        .gives::<FormAnswer>()
        .put("/api/v2/ticket_forms/reorder", reorder_forms)
        .needs(Permission::DeskManage)
        .takes::<FormOrder>()
        .gives::<FormsAnswer>()
        .get("/api/v2/ticket_forms/{id}", show_form)
        .needs(Needs::SignIn)
        .gives::<FormAnswer>()
        .put("/api/v2/ticket_forms/{id}", update_form)
        .needs(Permission::DeskManage)
        .takes::<FormBody>()
        .gives::<FormAnswer>()
        .delete("/api/v2/ticket_forms/{id}", delete_form)
        .needs(Permission::DeskManage)
        .post("/api/v2/ticket_forms/{id}/clone", clone_form)
        .needs(Permission::DeskManage)
        .gives::<FormAnswer>()
}

/// A form.
#[derive(Serialize, JsonSchema)]
struct FormView {
    id: FormId,
    url: String,
    name: String,
    raw_name: String,
    display_name: String,
    raw_display_name: String,
    position: i64,
    active: bool,
    default: bool,
    end_user_visible: bool,
    ticket_field_ids: Vec<FieldId>,
    in_all_brands: bool,
    restricted_brand_ids: Vec<i64>,
    agent_conditions: Vec<Value>,
    end_user_conditions: Vec<Value>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct FormAnswer {
    ticket_form: FormView,
}

#[derive(Serialize, JsonSchema)]
struct FormsAnswer {
    ticket_forms: Vec<FormView>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ManyQuery {
    /// Numbers separated by commas.
    #[serde(default)]
    ids: String,
}

/// `{"ticket_form": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct FormBody {
    #[serde(default)]
    ticket_form: Map<String, Value>,
}

#[derive(Deserialize, JsonSchema)]
struct FormOrder {
    ticket_form_ids: Vec<i64>,
}

/// A form in Zendesk's shape.
pub(in crate::http) fn form_json(origin: &Origin, f: &TicketForm) -> Value {
    json!(FormView {
        id: f.id,
        url: url(origin, &format!("ticket_forms/{}", f.id)),
        name: f.name.clone(),
        raw_name: f.name.clone(),
        display_name: f.display_name.clone(),
        raw_display_name: f.display_name.clone(),
        position: f.position,
        active: f.active,
        default: f.is_default,
        end_user_visible: f.end_user_visible,
        ticket_field_ids: f.field_ids.clone(),
        in_all_brands: true,
        restricted_brand_ids: Vec::new(),
        agent_conditions: Vec::new(),
        end_user_conditions: Vec::new(),
        created_at: f.created_at,
        updated_at: f.updated_at,
    })
}

fn visible_forms(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<TicketForm>> {
    let mut forms = fields::forms(tx)?;
    if !actor.is_staff() {
        let seen: Vec<FieldId> = fields::all(tx)?
            .iter()
            .filter(|field| super::fields::sees_field(actor, field))
            .map(|field| field.id)
            .collect();
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

async fn show_many(app: State<App>, asked: Asked, Params(query): Params<ManyQuery>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ids = numbers(&query.ids);
        let all = visible_forms(tx, &asked.actor)?;
        let all = all.iter().filter(|form| ids.contains(&form.id.0));
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
