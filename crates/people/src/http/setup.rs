//! `/setup`: the first admin of a new desk.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base::Error;
use kernel::App;
use kernel::http::{Answer, Body, Needs, Origin, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sessions::{From, own_page, signed_in};
use super::users::UserAnswer;
use crate::password::hash_aside;
use crate::sign_in::{self, Setup};

#[derive(Serialize, JsonSchema)]
struct SetupAnswer {
    setup: SetupView,
}

#[derive(Serialize, JsonSchema)]
struct SetupView {
    /// Whether the desk waits for its first admin.
    needed: bool,
}

#[derive(Deserialize, JsonSchema)]
struct SetupRequest {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    desk_name: Option<String>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/setup", show)
        .needs(Needs::Nothing)
        .gives::<SetupAnswer>()
        .post("/api/v2/setup", create)
        .needs(Needs::Nothing)
        .takes::<SetupRequest>()
        .gives::<UserAnswer>()
}

async fn show(State(app): State<App>) -> Answer<Json<SetupAnswer>> {
    let needed = app.read(sign_in::needs_setup).await?;
    Ok(Json(SetupAnswer { setup: SetupView { needed } }))
}

async fn create(
    State(app): State<App>,
    From(place): From,
    headers: HeaderMap,
    origin: Origin,
    Body(body): Body<SetupRequest>,
) -> Answer<Response> {
    own_page(&headers, &origin)?;
    if !app.read(sign_in::needs_setup).await? {
        return Err(Error::Forbidden("the desk was set up before").into());
    }
    let password_hash = hash_aside(&app, body.password).await?;
    if body.email.trim().is_empty() {
        return Err(Error::blank("email").into());
    }
    let first = Setup { name: body.name, email: body.email, password_hash, desk_name: body.desk_name };
    let opened = app.write(move |tx| {
        let user = sign_in::setup(tx, first)?;
        Ok((user.id, sign_in::open_session(tx, &user, &place)?))
    });
    let (user, token) = opened.await?;
    signed_in(&app, origin, user, &token).await
}
