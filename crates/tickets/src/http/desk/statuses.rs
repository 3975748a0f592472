//! Custom statuses, in Zendesk's shape.

use axum::Json;
use axum::extract::State;
use base::{Actor, CustomStatusId, Error, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Routes};
use kernel::{App, Tx};
use rules::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::asked::{Asked, Given, numbers, url};
use super::super::views::query_flag;
use crate::definitions;
use crate::desk;
use crate::desk::CustomStatus;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/custom_statuses", list_statuses)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<StatusesAnswer>()
        .post("/api/v2/custom_statuses", create_status)
        .needs(Permission::DeskManage)
        .takes::<StatusBody>()
        .gives::<StatusAnswer>()
        .get("/api/v2/custom_statuses/{id}", show_status)
        .needs(Needs::SignIn)
        .gives::<StatusAnswer>()
        .put("/api/v2/custom_statuses/{id}", update_status)
        .needs(Permission::DeskManage)
        .takes::<StatusBody>()
        .gives::<StatusAnswer>()
        .delete("/api/v2/custom_statuses/{id}", delete_status)
        .needs(Permission::DeskManage)
        .put("/api/v2/custom_status/default", set_defaults)
        .needs(Permission::DeskManage)
        .takes::<DefaultsBody>()
        .gives::<Empty>()
}

/// A status within a category. What agents read is left out for customers.
#[derive(Serialize, JsonSchema)]
struct StatusView {
    id: CustomStatusId,
    url: String,
    status_category: &'static str,
    end_user_label: String,
    raw_end_user_label: String,
    end_user_description: String,
    raw_end_user_description: String,
    active: bool,
    default: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_agent_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_description: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct StatusAnswer {
    custom_status: StatusView,
}

#[derive(Serialize, JsonSchema)]
struct StatusesAnswer {
    custom_statuses: Vec<StatusView>,
}

/// `{"ids": "1,2"}`.
#[derive(Default, Deserialize, JsonSchema)]
struct DefaultsBody {
    /// The statuses that bare categories are to mean; numbers separated by commas, or a list.
    #[serde(default)]
    ids: Value,
}

/// An empty object.
#[derive(Serialize, JsonSchema)]
struct Empty {}

/// `{"custom_status": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct StatusBody {
    #[serde(default)]
    custom_status: Map<String, Value>,
}

fn status_view(origin: &Origin, actor: &Actor, s: &CustomStatus) -> StatusView {
    let for_agents = |text: &String| actor.is_staff().then(|| text.clone());
    StatusView {
        id: s.id,
        url: url(origin, &format!("custom_statuses/{}", s.id)),
        status_category: s.status.name(),
        end_user_label: s.end_user_label.clone(),
        raw_end_user_label: s.end_user_label.clone(),
        end_user_description: s.end_user_description.clone(),
        raw_end_user_description: s.end_user_description.clone(),
        active: s.active,
        default: s.is_default,
        created_at: s.created_at,
        updated_at: s.updated_at,
        agent_label: for_agents(&s.agent_label),
        raw_agent_label: for_agents(&s.agent_label),
        description: for_agents(&s.description),
        raw_description: for_agents(&s.description),
    }
}

/// Makes these statuses what their bare categories mean.
async fn set_defaults(app: State<App>, Me(actor): Me, Body(body): Body<DefaultsBody>) -> Answer<Json<Empty>> {
    let ids: Vec<i64> = match &body.ids {
        Value::String(text) => numbers(text),
        Value::Array(list) => list.iter().filter_map(kernel::http::as_id).collect(),
        _ => Vec::new(),
    };
    if ids.is_empty() {
        return Err(Error::blank("ids").into());
    }
    app.write(move |tx| {
        for id in ids {
            let status = visible_status(tx, CustomStatusId(id))
                .map_err(|_| Error::invalid("ids", "RecordNotFound", format!("ids: {id} does not exist")))?;
            definitions::save_status(tx, &actor, &CustomStatus { is_default: true, active: true, ..status })?;
        }
        Ok(())
    })
    .await?;
    Ok(Json(Empty {}))
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
        let views = all.iter().map(|status| json!(status_view(&asked.origin, &asked.actor, status))).collect();
        asked.slice("custom_statuses", views)
    });
    Ok(Json(answer.await?))
}

async fn show_status(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<CustomStatusId>,
) -> Answer<Json<StatusAnswer>> {
    let status = app.read(move |tx| visible_status(tx, id)).await?;
    Ok(Json(StatusAnswer { custom_status: status_view(&origin, &actor, &status) }))
}

fn save_status(
    tx: &mut Tx<'_>,
    actor: &Actor,
    origin: &Origin,
    mut status: CustomStatus,
    body: StatusBody,
) -> Result<StatusAnswer> {
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
    Ok(StatusAnswer { custom_status: status_view(origin, actor, &visible_status(tx, id)?) })
}

async fn create_status(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<StatusBody>,
) -> Answer<Created<StatusAnswer>> {
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
    let answer = answer.await?;
    Ok(Created(answer.custom_status.url.clone(), answer))
}

async fn update_status(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<CustomStatusId>,
    Body(body): Body<StatusBody>,
) -> Answer<Json<StatusAnswer>> {
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
