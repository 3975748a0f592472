//! Passwords, links by mail, and second factors.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base::{Actor, Error, Permission, UserId, time};
use kernel::http::layers::is_personal;
use kernel::http::{Answer, Body, Id, Me, Needs, NoContent, Origin, Routes};
use kernel::throttle::{self, Limit};
use kernel::{App, audit_log};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sessions::{From, own_page, signed_in};
use super::users::UserAnswer;
use crate::letters::{self, LetterKind};
use crate::password::{self, hash_aside, verify_aside};
use crate::sign_in;
use crate::{access, store, totp};

/// How often a wrong password, or a link, may be asked for.
const ATTEMPTS: Limit = Limit { attempts: 10, within: 15 * time::MINUTE };

#[derive(Deserialize, JsonSchema)]
struct PasswordRequest {
    previous_password: Option<String>,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize, JsonSchema)]
struct ResetRequest {
    #[serde(default)]
    email: String,
}

#[derive(Deserialize, JsonSchema)]
struct CodeRequest {
    #[serde(default)]
    code: String,
}

/// What a password has to be.
#[derive(Serialize, JsonSchema)]
struct RequirementsAnswer {
    requirements: Vec<String>,
}

/// Somebody whom an agent would like to have at the desk.
#[derive(Deserialize, JsonSchema)]
struct RequestCreate {
    #[serde(default)]
    user: RequestedUser,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct RequestedUser {
    name: String,
    email: String,
}

#[derive(Serialize, JsonSchema)]
struct TotpAnswer {
    totp: Enrolment,
}

/// A second factor that waits for its first code.
#[derive(Serialize, JsonSchema)]
struct Enrolment {
    /// In Base32.
    secret: String,
    /// What the authenticator's camera reads.
    url: String,
}

#[derive(Serialize, JsonSchema)]
struct RecoveryAnswer {
    /// Each stands in for a code once.
    recovery_codes: Vec<String>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .put("/api/v2/users/me/password", change_password)
        .needs(Needs::SignIn)
        .takes::<PasswordRequest>()
        .put("/api/v2/users/{id}/password", change_own)
        .needs(Needs::SignIn)
        .takes::<PasswordRequest>()
        .get("/api/v2/users/{id}/password/requirements", requirements)
        .needs(Needs::SignIn)
        .gives::<RequirementsAnswer>()
        .post("/api/v2/users/request_create", request_create)
        .needs(Needs::Staff)
        .takes::<RequestCreate>()
        .post("/api/v2/users/{id}/password", set_password)
        .needs(Permission::SecurityManage)
        .takes::<PasswordRequest>()
        .post("/api/v2/users/{id}/invitations", invite)
        .needs(Permission::AgentManage)
        .post("/api/v2/password_resets", ask_reset)
        .needs(Needs::Nothing)
        .takes::<ResetRequest>()
        .put("/api/v2/password_resets/{token}", reset)
        .needs(Needs::Nothing)
        .takes::<PasswordRequest>()
        .gives::<UserAnswer>()
        .put("/api/v2/verifications/{token}", verify)
        .needs(Needs::Nothing)
        .post("/api/v2/users/me/totp", enrol)
        .needs(Needs::SignIn)
        .gives::<TotpAnswer>()
        .put("/api/v2/users/me/totp", confirm)
        .needs(Needs::SignIn)
        .takes::<CodeRequest>()
        .gives::<RecoveryAnswer>()
        .delete("/api/v2/users/me/totp", drop_factor)
        .needs(Needs::SignIn)
        .takes::<CodeRequest>()
        .delete("/api/v2/users/{id}/totp", reset_factor)
        .needs(Permission::SecurityManage)
}

async fn change_password(State(app): State<App>, Me(me): Me, Body(body): Body<PasswordRequest>) -> Answer<NoContent> {
    let (user, key) = (me.user, format!("password:{}", me.user));
    let hash = app.write(move |tx| {
        throttle::check(tx, &key, ATTEMPTS)?;
        throttle::count(tx, &key, ATTEMPTS)?;
        Ok(store::credentials::keys(tx, user)?.password_hash)
    });
    let hash = hash.await?;
    if !verify_aside(&app, body.previous_password.unwrap_or_default(), hash).await? {
        let text = "Previous password: is not the right one";
        return Err(Error::invalid("previous_password", "InvalidValue", text).into());
    }
    let hash = hash_aside(&app, body.password).await?;
    app.write(move |tx| {
        throttle::forget(tx, &format!("password:{}", me.user))?;
        sign_in::set_password(tx, &me, me.user, &hash)
    })
    .await?;
    Ok(NoContent)
}

/// The same under the person's own number: nobody knows another's previous password.
async fn change_own(
    app: State<App>,
    Me(me): Me,
    Id(user): Id<UserId>,
    body: Body<PasswordRequest>,
) -> Answer<StatusCode> {
    if user != me.user {
        return Err(Error::Forbidden("one's own password only").into());
    }
    change_password(app, Me(me), body).await.map(|_| StatusCode::OK)
}

async fn requirements(State(app): State<App>, Me(me): Me, Id(user): Id<UserId>) -> Answer<Json<RequirementsAnswer>> {
    if user != me.user && !me.is_staff() {
        return Err(Error::NotFound.into());
    }
    app.read(move |tx| access::get_user(tx, user)).await?;
    let requirements = password::requirements();
    Ok(Json(RequirementsAnswer { requirements }))
}

/// Leaves the request in the audit log, where those who manage agents find it.
async fn request_create(State(app): State<App>, Me(me): Me, Body(body): Body<RequestCreate>) -> Answer<StatusCode> {
    let RequestedUser { name, email } = body.user;
    let (name, email) = (name.trim().to_owned(), email.trim().to_owned());
    for (field, text) in [("name", &name), ("email", &email)] {
        if text.is_empty() || text.chars().count() > 255 {
            return Err(Error::blank(field).into());
        }
    }
    app.write(move |tx| {
        let change = format!("email: {email}");
        audit_log::record(tx, &me, "create", ("user_request", None, &name), &change)
    })
    .await?;
    Ok(StatusCode::OK)
}

async fn set_password(
    State(app): State<App>,
    Me(me): Me,
    Id(user): Id<UserId>,
    Body(body): Body<PasswordRequest>,
) -> Answer<StatusCode> {
    if user == me.user {
        return Err(Error::Forbidden("one's own password is changed with the previous one").into());
    }
    let hash = hash_aside(&app, body.password).await?;
    app.write(move |tx| sign_in::set_password(tx, &me, user, &hash)).await?;
    Ok(StatusCode::OK)
}

async fn invite(State(app): State<App>, Me(me): Me, Id(user): Id<UserId>) -> Answer<StatusCode> {
    let sent = app.write(move |tx| {
        let person = access::get_user(tx, user)?;
        access::may_change(tx, &me, &person)?;
        if !person.may_sign_in() {
            return Err(Error::NotFound);
        }
        letters::invite(tx, &person)
    });
    match sent.await? {
        Some(_) => Ok(StatusCode::ACCEPTED),
        None => Err(Error::invalid("email", "BlankValue", "Email: there is none to send the invitation to").into()),
    }
}

/// The answer is the same whether or not somebody has the address.
async fn ask_reset(State(app): State<App>, From(place): From, Body(body): Body<ResetRequest>) -> Answer<StatusCode> {
    app.write(move |tx| {
        let known = Some(place.ip_address).filter(|ip| !ip.is_empty());
        let places = known.map(|ip| format!("reset:@{ip}"));
        for key in places.into_iter().chain([format!("reset:{}", body.email.trim().to_lowercase())]) {
            throttle::check(tx, &key, ATTEMPTS)?;
            throttle::count(tx, &key, ATTEMPTS)?;
        }
        letters::send_reset(tx, &body.email)
    })
    .await?;
    Ok(StatusCode::ACCEPTED)
}

async fn reset(
    State(app): State<App>,
    Path(token): Path<String>,
    From(place): From,
    headers: HeaderMap,
    origin: Origin,
    Body(body): Body<PasswordRequest>,
) -> Answer<Response> {
    own_page(&headers, &origin)?;
    let known = {
        let token = token.clone();
        app.read(move |tx| letters::is_good(tx, &token)).await?
    };
    if !known {
        return Err(Error::Unauthenticated("InvalidLink").into());
    }
    let hash = hash_aside(&app, body.password).await?;
    let opened = app.write(move |tx| {
        let user = sign_in::set_password_by_link(tx, &token, &hash)?;
        // Who has a second factor signs in with it now.
        let session = if user.second_factor { None } else { Some(sign_in::open_session(tx, &user, &place)?) };
        Ok((user.id, session))
    });
    match opened.await? {
        (user, Some(session)) => signed_in(&app, origin, user, &session).await,
        (_, None) => Err(Error::Unauthenticated("TotpRequired").into()),
    }
}

async fn verify(State(app): State<App>, Path(token): Path<String>) -> Answer<NoContent> {
    match app.write(move |tx| letters::redeem(tx, &token, &[LetterKind::Verify])).await? {
        Some(_) => Ok(NoContent),
        None => Err(Error::Unauthenticated("InvalidLink").into()),
    }
}

/// Second factors are the person's own business: no token touches them.
fn in_person(me: &Actor) -> Result<(), Error> {
    if is_personal(me.credential) { Ok(()) } else { Err(Error::Forbidden("this takes a signed-in browser")) }
}

async fn enrol(State(app): State<App>, Me(me): Me) -> Answer<Json<TotpAnswer>> {
    in_person(&me)?;
    let begun = app.write(move |tx| totp::enrol(tx, &me)).await?;
    Ok(Json(TotpAnswer { totp: Enrolment { secret: begun.secret, url: begun.url } }))
}

async fn confirm(State(app): State<App>, Me(me): Me, Body(body): Body<CodeRequest>) -> Answer<Json<RecoveryAnswer>> {
    in_person(&me)?;
    count_code(&app, &me).await?;
    let recovery_codes = app.write(move |tx| totp::confirm(tx, &me, &body.code)).await?;
    Ok(Json(RecoveryAnswer { recovery_codes }))
}

async fn drop_factor(State(app): State<App>, Me(me): Me, Body(body): Body<CodeRequest>) -> Answer<NoContent> {
    in_person(&me)?;
    count_code(&app, &me).await?;
    app.write(move |tx| totp::drop_factor(tx, &me, &body.code)).await?;
    Ok(NoContent)
}

/// Codes are short: guessing is limited.
async fn count_code(app: &App, me: &Actor) -> Result<(), Error> {
    let key = format!("totp:{}", me.user);
    app.write(move |tx| {
        throttle::check(tx, &key, ATTEMPTS)?;
        throttle::count(tx, &key, ATTEMPTS)
    })
    .await
}

async fn reset_factor(State(app): State<App>, Me(me): Me, Id(user): Id<UserId>) -> Answer<NoContent> {
    app.write(move |tx| totp::reset_factor(tx, &me, user)).await?;
    Ok(NoContent)
}
