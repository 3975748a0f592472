//! `/audit_logs`: what admins did to the desk.

use std::borrow::Cow;

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, Permission, Result, Timestamp, UserId};
use kernel::http::{Answer, Id, Origin, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::Here;
use crate::access;
use crate::store;
use crate::store::Found;
use crate::store::audit_log::{Filter, Line};

/// A line of the log.
#[derive(Serialize, JsonSchema)]
struct LineView {
    url: String,
    id: i64,
    action: String,
    action_label: String,
    actor_id: UserId,
    actor_name: String,
    source_id: Option<i64>,
    source_type: String,
    source_label: String,
    change_description: String,
    ip_address: Option<String>,
    created_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct LinesAnswer {
    audit_logs: Vec<LineView>,
}

#[derive(Serialize, JsonSchema)]
struct LineAnswer {
    audit_log: LineView,
}

/// Which lines. Each may be given several times, with `[]` after its name.
struct Filters;

impl JsonSchema for Filters {
    fn schema_name() -> Cow<'static, str> {
        "AuditLogFilters".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "properties": {
            "filter[source_type]": {"type": "string", "description": "A kind of thing, such as user"},
            "filter[source_id]": {"type": "integer", "description": "The number of a thing; with its kind"},
            "filter[actor_id]": {"type": "integer", "description": "Who did it"},
            "filter[ip_address]": {"type": "string", "description": "From which address"},
            "filter[action]": {"type": "string", "description": "create, update, destroy, login, exported"},
            "filter[created_at]": {"type": "string", "description": "Twice: the first and the last moment"},
        }})
    }
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/audit_logs", list)
        .needs(Permission::SecurityManage)
        .query::<Paging>()
        .query::<Filters>()
        .gives::<LinesAnswer>()
        .get("/api/v2/audit_logs/{id}", show)
        .needs(Permission::SecurityManage)
        .gives::<LineAnswer>()
}

fn filter_of(pairs: &[(String, String)]) -> Result<Filter> {
    let mut filter = Filter::default();
    let mut moments = Vec::new();
    for (name, value) in pairs {
        let Some(name) = name.strip_prefix("filter[").and_then(|rest| rest.split(']').next()) else { continue };
        let number = || {
            let text = format!("filter[{name}]: {value} is not a number");
            value.parse::<i64>().map_err(|_| Error::BadRequest("InvalidFilter", text))
        };
        match name {
            "source_type" => filter.source_types.push(value.clone()),
            "source_id" => filter.source_ids.push(number()?),
            "actor_id" => filter.actors.push(number()?),
            "ip_address" => filter.ip_addresses.push(value.clone()),
            "action" => filter.actions.push(value.clone()),
            "created_at" => {
                let text = format!("filter[created_at]: {value} is not a time such as 2026-01-31T08:00:00Z");
                moments.push(Timestamp::parse(value).ok_or(Error::BadRequest("InvalidFilter", text))?);
            }
            _ => {}
        }
    }
    if !filter.source_ids.is_empty() && filter.source_types.is_empty() {
        let text = "filter[source_id] takes filter[source_type] beside it";
        return Err(Error::BadRequest("InvalidFilter", text.into()));
    }
    match moments.as_slice() {
        [] => {}
        [first, second] => {
            filter.since = Some(*first.min(second));
            filter.until = Some(*first.max(second));
        }
        _ => {
            let text = "filter[created_at] is given twice: the first and the last moment";
            return Err(Error::BadRequest("InvalidFilter", text.into()));
        }
    }
    Ok(filter)
}

async fn list(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<Json<Value>> {
    let filter = filter_of(&pairs)?;
    let answer = app.read(move |tx| {
        let page = paging.page()?;
        let falling = match paging.order() {
            Some(("created_at", falling)) => falling,
            _ => paging.sort_order.as_deref() != Some("asc"),
        };
        let found = store::audit_log::page(tx, &filter, &page, falling)?;
        let found = Found { items: views(tx, &here.origin, &found.items)?, has_more: found.has_more };
        let key = |line: &LineView| PageKey { value: None, id: line.id };
        here.page(&page, "audit_logs", found, key, || store::audit_log::count(tx, &filter))
    });
    Ok(Json(answer.await?))
}

async fn show(State(app): State<App>, Id(id): Id<i64>, origin: Origin) -> Answer<Json<LineAnswer>> {
    let line = app.read(move |tx| {
        let line = store::find::<Line>(tx, id)?.ok_or(Error::NotFound)?;
        views(tx, &origin, &[line])?.pop().ok_or(Error::NotFound)
    });
    Ok(Json(LineAnswer { audit_log: line.await? }))
}

fn views(tx: &mut Tx<'_>, origin: &Origin, lines: &[Line]) -> Result<Vec<LineView>> {
    let ids: Vec<UserId> = lines.iter().map(|line| line.actor).collect();
    let actors = access::users(tx, &ids)?;
    let name = |id: UserId| match id {
        Actor::SYSTEM => "Tugi".to_owned(),
        id => actors.iter().find(|user| user.id == id).map(|user| user.name.clone()).unwrap_or_default(),
    };
    let view = |line: &Line| LineView {
        url: format!("{}/api/v2/audit_logs/{}.json", origin.0, line.id),
        id: line.id,
        action: line.action.clone(),
        action_label: label(&line.action).to_owned(),
        actor_id: line.actor,
        actor_name: name(line.actor),
        source_id: line.source_id,
        source_type: line.source_type.clone(),
        source_label: line.source_label.clone(),
        change_description: line.change_description.clone(),
        ip_address: line.ip_address.clone(),
        created_at: line.created_at,
    };
    Ok(lines.iter().map(view).collect())
}

fn label(action: &str) -> &str {
    match action {
        "create" => "Created",
        "update" => "Updated",
        "destroy" => "Deleted",
        "login" => "Signed in",
        "exported" => "Exported",
        other => other,
    }
}
