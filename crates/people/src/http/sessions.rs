//! `/sessions` and `/users/me/session`: signing in and out.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Actor, Credential, Error, Permission, SessionId, UserId};
use kernel::App;
use kernel::http::layers::SESSION_COOKIE;
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::users::UserAnswer;
use super::{Here, Ids, Many};
use crate::sign_in::{self, Credentials, Place, place_of};
use crate::view::SessionView;
use crate::{access, store, view};

/// What a browser is given by: an address, a password and, where it is asked for, a code.
#[derive(Deserialize, JsonSchema)]
struct SignInRequest {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    /// A code of the moment or a recovery code.
    totp: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct SessionAnswer {
    session: Option<SessionView>,
}

/// A session that lasts longer now.
#[derive(Serialize, JsonSchema)]
struct RenewedAnswer {
    authenticity_token: String,
}

#[derive(Serialize, JsonSchema)]
struct SessionsAnswer {
    sessions: Vec<SessionView>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/sessions", all)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<SessionsAnswer>()
        .get("/api/v2/users/me/session/renew", renewed)
        .needs(Needs::SignIn)
        .gives::<RenewedAnswer>()
        .post("/api/v2/users/logout_many", logout_many)
        .needs(Permission::SecurityManage)
        .query::<Many>()
        .get("/api/v2/users/{id}/sessions/{session_id}", of_user_one)
        .needs(Needs::SignIn)
        .gives::<SessionAnswer>()
        .post("/api/v2/sessions", create)
        .needs(Needs::Nothing)
        .takes::<SignInRequest>()
        .gives::<UserAnswer>()
        .delete("/api/v2/users/me/logout", logout)
        .needs(Needs::Nothing)
        .get("/api/v2/users/me/session", current)
        .needs(Needs::SignIn)
        .gives::<SessionAnswer>()
        .get("/api/v2/users/me/sessions", mine)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<SessionsAnswer>()
        .delete("/api/v2/users/me/sessions", end_others)
        .needs(Needs::SignIn)
        .delete("/api/v2/users/me/sessions/{session_id}", end_mine)
        .needs(Needs::SignIn)
        .get("/api/v2/users/{id}/sessions", of_user)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<SessionsAnswer>()
        .delete("/api/v2/users/{id}/sessions", end_all)
        .needs(Needs::SignIn)
        .delete("/api/v2/users/{id}/sessions/{session_id}", end_one)
        .needs(Needs::SignIn)
}

/// Where the request comes from.
pub(super) struct From(pub Place);

impl axum::extract::FromRequestParts<App> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &App,
    ) -> std::result::Result<Self, Self::Rejection> {
        let mut request = Request::new(());
        *request.headers_mut() = parts.headers.clone();
        *request.extensions_mut() = parts.extensions.clone();
        Ok(Self(place_of(&request)))
    }
}

/// A browser that signs in must do so from our own pages, so that nobody signs others in as themselves.
pub(super) fn own_page(headers: &HeaderMap, origin: &Origin) -> Result<(), Error> {
    let Some(theirs) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else { return Ok(()) };
    let host = |url: &str| url.split("://").nth(1).map(str::to_owned);
    match host(theirs) == host(&origin.0) {
        true => Ok(()),
        false => Err(Error::Forbidden("the request comes from another site")),
    }
}

async fn create(
    State(app): State<App>,
    From(place): From,
    headers: HeaderMap,
    origin: Origin,
    Body(body): Body<SignInRequest>,
) -> Answer<Response> {
    own_page(&headers, &origin)?;
    let given = Credentials { email: body.email, password: body.password, code: body.totp };
    let (user, token) = sign_in::sign_in(&app, given, place).await?;
    signed_in(&app, origin, user.id, &token).await
}

/// The answer that gives a browser its session.
pub(super) async fn signed_in(app: &App, origin: Origin, user: UserId, token: &str) -> Answer<Response> {
    let user = app.read(move |tx| {
        let user = access::get_user(tx, user)?;
        view::user(tx, &origin, &user)
    });
    let user = user.await?;
    let url = user.rest.url.clone().unwrap_or_default();
    let mut response = Created(url, UserAnswer { user }).into_response();
    // How long the session lasts is the server's to know: the cookie lasts as long as browsers let it.
    set_cookie(app, &mut response, token, 400 * 86_400);
    Ok(response)
}

fn set_cookie(app: &App, response: &mut Response, token: &str, seconds: u32) {
    let secure = if app.base_url().starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{SESSION_COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

async fn logout(State(app): State<App>, me: Option<Me>) -> Answer<Response> {
    if let Some(Me(Actor { user, credential: Credential::Session(id), .. })) = me {
        app.write(move |tx| store::credentials::end_session(tx, user, id)).await?;
    }
    let mut response = NoContent.into_response();
    set_cookie(&app, &mut response, "", 0);
    Ok(response)
}

async fn current(State(app): State<App>, Me(me): Me, origin: Origin) -> Answer<Json<SessionAnswer>> {
    let session = app.read(move |tx| {
        let all = store::credentials::sessions_of(tx, me.user)?;
        Ok(all.iter().map(|one| view::session(&origin, &me, one)).find(|one| one.current))
    });
    Ok(Json(SessionAnswer { session: session.await? }))
}

async fn mine(State(app): State<App>, Me(me): Me, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let user = me.user;
    listed(&app, me, here, paging, user).await
}

async fn of_user(
    State(app): State<App>,
    Me(me): Me,
    Id(user): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    own_or_managed(&me, user)?;
    listed(&app, me, here, paging, user).await
}

/// One's own sessions are one's own business; others' that of those who manage security.
fn own_or_managed(me: &Actor, user: UserId) -> Result<(), Error> {
    if user == me.user { Ok(()) } else { me.needs(Permission::SecurityManage) }
}

/// Everybody's sessions for those who manage security, else one's own.
async fn all(State(app): State<App>, Me(me): Me, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = match me.may(Permission::SecurityManage) {
            true => store::credentials::all_sessions(tx)?,
            false => store::credentials::sessions_of(tx, me.user)?,
        };
        here.whole(&paging, "sessions", all.iter().map(|one| view::session(&here.origin, &me, one)).collect())
    });
    Ok(Json(answer.await?))
}

async fn of_user_one(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, id): Ids<UserId, SessionId>,
    origin: Origin,
) -> Answer<Json<SessionAnswer>> {
    own_or_managed(&me, user)?;
    let session = app.read(move |tx| {
        let all = store::credentials::sessions_of(tx, user)?;
        let found = all.iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
        Ok(view::session(&origin, &me, found))
    });
    Ok(Json(SessionAnswer { session: Some(session.await?) }))
}

async fn renewed(State(app): State<App>, Me(me): Me) -> Answer<Json<RenewedAnswer>> {
    let Credential::Session(id) = me.credential else {
        return Err(Error::Forbidden("this takes a signed-in browser").into());
    };
    let authenticity_token = app.write(move |tx| sign_in::renew(tx, id)).await?;
    Ok(Json(RenewedAnswer { authenticity_token }))
}

/// Ends the sessions of up to a hundred people.
async fn logout_many(State(app): State<App>, Me(me): Me, Params(many): Params<Many>) -> Answer<StatusCode> {
    let ids: Vec<UserId> = many.ids()?.ok_or_else(|| Error::blank("ids"))?;
    let ended = app.write(move |tx| {
        for person in access::users(tx, &ids)? {
            if person.id != me.user {
                access::may_change(tx, &me, &person)?;
            }
            store::credentials::end_sessions(tx, person.id, None)?;
        }
        Ok(())
    });
    ended.await?;
    Ok(StatusCode::ACCEPTED)
}

async fn listed(app: &App, me: Actor, here: Here, paging: Paging, user: UserId) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        access::get_user(tx, user)?;
        let all = store::credentials::sessions_of(tx, user)?;
        here.whole(&paging, "sessions", all.iter().map(|one| view::session(&here.origin, &me, one)).collect())
    });
    Ok(Json(answer.await?))
}

async fn end_others(State(app): State<App>, Me(me): Me) -> Answer<NoContent> {
    let keep = match me.credential {
        Credential::Session(id) => Some(id),
        _ => None,
    };
    app.write(move |tx| store::credentials::end_sessions(tx, me.user, keep)).await?;
    Ok(NoContent)
}

async fn end_mine(State(app): State<App>, Me(me): Me, Id(id): Id<SessionId>) -> Answer<NoContent> {
    end(&app, me.user, id).await
}

async fn end(app: &App, user: UserId, id: SessionId) -> Answer<NoContent> {
    if app.write(move |tx| store::credentials::end_session(tx, user, id)).await? {
        return Ok(NoContent);
    }
    Err(Error::NotFound.into())
}

async fn end_all(State(app): State<App>, Me(me): Me, Id(user): Id<UserId>) -> Answer<NoContent> {
    own_or_managed(&me, user)?;
    let ended = app.write(move |tx| {
        let person = access::get_user(tx, user)?;
        if user != me.user {
            access::may_change(tx, &me, &person)?;
        }
        store::credentials::end_sessions(tx, user, None)
    });
    ended.await?;
    Ok(NoContent)
}

async fn end_one(State(app): State<App>, Me(me): Me, Ids(user, id): Ids<UserId, SessionId>) -> Answer<NoContent> {
    own_or_managed(&me, user)?;
    let allowed = app.read(move |tx| {
        let person = access::get_user(tx, user)?;
        if user == me.user { Ok(()) } else { access::may_change(tx, &me, &person) }
    });
    allowed.await?;
    end(&app, user, id).await
}
