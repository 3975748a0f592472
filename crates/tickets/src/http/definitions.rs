//! The vocabulary of conditions and actions, for the editors of views and macros.

use axum::Json;
use axum::extract::State;
use base::Error;
use kernel::App;
use kernel::http::{Answer, Me, Needs, Params, Routes};
use rules::{Definitions, Purpose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fields;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/rules/definitions", definitions)
        .needs(Needs::Staff)
        .query::<For>()
        .gives::<DefinitionsAnswer>()
        .get("/api/v2/views/definitions", of_views)
        .needs(Needs::Staff)
        .gives::<DefinitionsAnswer>()
}

#[derive(Default, Deserialize, JsonSchema)]
struct For {
    /// `view`, `macro`, `trigger` or `automation`; by default `view`.
    r#for: Option<String>,
}

/// `{"definitions": {...}}`.
#[derive(Serialize, JsonSchema)]
struct DefinitionsAnswer {
    definitions: Definitions,
}

async fn definitions(app: State<App>, Me(_): Me, Params(query): Params<For>) -> Answer<Json<DefinitionsAnswer>> {
    let purpose = match query.r#for.as_deref() {
        None | Some("view" | "views") => Purpose::View,
        Some("macro" | "macros") => Purpose::Macro,
        Some("trigger" | "triggers") => Purpose::Trigger,
        Some("automation" | "automations") => Purpose::Automation,
        Some(other) => {
            let text = format!("for: {other} is not view, macro, trigger or automation");
            return Err(Error::BadRequest("InvalidParameter", text).into());
        }
    };
    let definitions = app.read(move |tx| Ok(rules::describe(&fields::catalogue(tx)?, purpose))).await?;
    Ok(Json(DefinitionsAnswer { definitions }))
}

async fn of_views(app: State<App>, Me(_): Me) -> Answer<Json<DefinitionsAnswer>> {
    let definitions = app.read(|tx| Ok(rules::describe(&fields::catalogue(tx)?, Purpose::View))).await?;
    Ok(Json(DefinitionsAnswer { definitions }))
}
