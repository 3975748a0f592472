//! `/settings/api`: how much the API takes from each caller, and from which sites. Ours.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, Permission, Result};
use kernel::http::{Answer, ApiSettings, Body, Me, Routes, Traffic};
use kernel::{App, Tx, audit_log};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `{"api": {...}}`.
#[derive(Serialize, JsonSchema)]
struct SettingsAnswer {
    api: ApiSettings,
}

#[derive(Deserialize, JsonSchema)]
struct SettingsRequest {
    #[serde(default)]
    api: SettingsBody,
}

/// What is absent stays as it is.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct SettingsBody {
    requests_per_minute: Option<u32>,
    exports_per_minute: Option<u32>,
    ticket_lists_per_minute: Option<u32>,
    updates_per_ticket: Option<u32>,
    anonymous_me: Option<bool>,
    cors_origins: Option<Vec<String>>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/settings/api", show)
        .needs(Permission::SecurityManage)
        .gives::<SettingsAnswer>()
        .put("/api/v2/settings/api", update)
        .needs(Permission::SecurityManage)
        .takes::<SettingsRequest>()
        .gives::<SettingsAnswer>()
}

async fn show(State(app): State<App>) -> Answer<Json<SettingsAnswer>> {
    Ok(Json(SettingsAnswer { api: app.read(kernel::settings::get).await? }))
}

async fn update(State(app): State<App>, Me(me): Me, Body(body): Body<SettingsRequest>) -> Answer<Json<SettingsAnswer>> {
    let api = app.write(move |tx| change(tx, &me, body.api)).await?;
    if let Some(traffic) = app.part::<Traffic>() {
        traffic.settings_changed();
    }
    Ok(Json(SettingsAnswer { api }))
}

fn change(tx: &mut Tx<'_>, me: &Actor, body: SettingsBody) -> Result<ApiSettings> {
    let before: ApiSettings = kernel::settings::get(tx)?;
    let after = ApiSettings {
        requests_per_minute: body.requests_per_minute.unwrap_or(before.requests_per_minute),
        exports_per_minute: body.exports_per_minute.unwrap_or(before.exports_per_minute),
        ticket_lists_per_minute: body.ticket_lists_per_minute.unwrap_or(before.ticket_lists_per_minute),
        updates_per_ticket: body.updates_per_ticket.unwrap_or(before.updates_per_ticket),
        anonymous_me: body.anonymous_me.unwrap_or(before.anonymous_me),
        cors_origins: match body.cors_origins {
            Some(list) => list.iter().map(|text| origin(text)).collect::<Result<_>>()?,
            None => before.cors_origins.clone(),
        },
    };
    kernel::settings::set(tx, &after)?;
    if before != after {
        let change = serde_json::to_string(&after).map_err(Error::internal)?;
        audit_log::record(tx, me, "update", ("api_settings", None, "api"), &change)?;
    }
    Ok(after)
}

/// An origin as browsers send it: scheme, host and port, in small letters, with nothing after them.
fn origin(text: &str) -> Result<String> {
    let origin = text.trim().trim_end_matches('/').to_lowercase();
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let plain = |host: &str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    if host.is_some_and(plain) {
        return Ok(origin);
    }
    let text = format!("cors_origins: {text} is not an origin; it takes https://HOST or http://HOST:PORT");
    Err(Error::invalid("cors_origins", "InvalidValue", text))
}
