//! Custom statuses, in Zendesk's shape.

use axum::Json;
use axum::extract::State;
use base::{Actor, CustomStatusId, Error, Permission, Result};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Routes};
use kernel::{App, Tx};
use rules::Status;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::asked::{Asked, Given, url};
use super::super::views::query_flag;
use super::made;
use crate::definitions;
use crate::desk;
use crate::desk::CustomStatus;

pub(super) fn routes() -> Routes {
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

/// `{"custom_status": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct StatusBody {
    #[serde(default)]
    custom_status: Map<String, Value>,
}

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
