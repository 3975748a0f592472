//! `/alarms`: what needs an admin until it is over. Ours.

use axum::Json;
use axum::extract::State;
use base::{Permission, Timestamp};
use kernel::App;
use kernel::alarms::{self, Alarm};
use kernel::http::{Answer, Routes};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// An alarm.
#[derive(Serialize, JsonSchema)]
struct AlarmView {
    id: i64,
    kind: String,
    /// The name of its text in the workspace.
    message_key: String,
    /// Values for the text.
    fields: Value,
    since: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct AlarmsAnswer {
    alarms: Vec<AlarmView>,
}

pub(super) fn routes() -> Routes {
    Routes::new().get("/api/v2/alarms", list).needs(Permission::MailManage).gives::<AlarmsAnswer>()
}

fn view(alarm: Alarm) -> AlarmView {
    let fields = if alarm.fields.is_null() { json!({}) } else { alarm.fields };
    AlarmView { id: alarm.id, message_key: alarm.kind.clone(), kind: alarm.kind, fields, since: alarm.since }
}

async fn list(app: State<App>) -> Answer<Json<AlarmsAnswer>> {
    let all = app.read(alarms::all).await?;
    Ok(Json(AlarmsAnswer { alarms: all.into_iter().map(view).collect() }))
}
