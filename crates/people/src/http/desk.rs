//! `/locales`, and how people may sign in.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use base::{Error, Locale, Permission, Timestamp};
use kernel::http::{Answer, Body, Me, Needs, Origin, Paging, Params, Routes};
use kernel::{App, audit_log};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use crate::access;
use crate::settings::{Desk, SignIn};

/// A language.
#[derive(Serialize, JsonSchema)]
struct LocaleView {
    url: String,
    id: i64,
    locale: String,
    name: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct LocaleAnswer {
    locale: LocaleView,
}

#[derive(Serialize, JsonSchema)]
struct LocalesAnswer {
    locales: Vec<LocaleView>,
}

pub(super) fn routes() -> Routes {
    let mut routes = Routes::new();
    for path in ["/api/v2/locales", "/api/v2/locales/agent", "/api/v2/locales/public"] {
        routes = routes.get(path, locales).needs(Needs::Nothing).query::<Paging>().gives::<LocalesAnswer>();
    }
    routes
        .get("/api/v2/locales/current", current_locale)
        .needs(Needs::SignIn)
        .gives::<LocaleAnswer>()
        .get("/api/v2/locales/detect_best_locale", best_locale)
        .needs(Needs::Nothing)
        .gives::<LocaleAnswer>()
        .get("/api/v2/locales/{id}", locale)
        .needs(Needs::Nothing)
        .gives::<LocaleAnswer>()
        .get("/api/v2/settings/sign_in", sign_in)
        .needs(Permission::SecurityManage)
        .gives::<SignInBody>()
        .put("/api/v2/settings/sign_in", set_sign_in)
        .needs(Permission::SecurityManage)
        .takes::<SignInBody>()
        .gives::<SignInBody>()
}

/// `{"sign_in": {...}}`.
#[derive(Serialize, Deserialize, JsonSchema)]
struct SignInBody {
    sign_in: SignInInput,
}

/// How people may sign in.
#[derive(Serialize, Deserialize, JsonSchema)]
struct SignInInput {
    /// Whether API requests may carry an e-mail address and a password.
    api_passwords: bool,
}

async fn sign_in(State(app): State<App>) -> Answer<Json<SignInBody>> {
    let SignIn { api_passwords } = app.read(kernel::settings::get).await?;
    Ok(Json(SignInBody { sign_in: SignInInput { api_passwords } }))
}

async fn set_sign_in(State(app): State<App>, Me(actor): Me, Body(body): Body<SignInBody>) -> Answer<Json<SignInBody>> {
    let api_passwords = body.sign_in.api_passwords;
    app.write(move |tx| {
        kernel::settings::set(tx, &SignIn { api_passwords })?;
        let change = format!("api_passwords: {api_passwords}");
        audit_log::record(tx, &actor, "update", ("sign_in", None, "sign_in"), &change)
    })
    .await?;
    Ok(Json(body))
}

fn locale_view(origin: &Origin, locale: Locale) -> LocaleView {
    let id = locale.zendesk_id();
    LocaleView {
        url: format!("{}/api/v2/locales/{id}.json", origin.0),
        id,
        locale: locale.code().to_owned(),
        name: locale.name().to_owned(),
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    }
}

async fn locales(here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let all = Locale::ALL.into_iter().map(|locale| locale_view(&here.origin, locale)).collect();
    Ok(Json(here.whole(&paging, "locales", all)?))
}

/// A language by its number or its code.
async fn locale(Path(id): Path<String>, origin: Origin) -> Answer<Json<LocaleAnswer>> {
    let by_number = id.parse().ok().and_then(Locale::from_zendesk_id);
    let locale = by_number.or_else(|| Locale::parse(&id)).ok_or(Error::NotFound)?;
    Ok(Json(LocaleAnswer { locale: locale_view(&origin, locale) }))
}

/// The first language of the browser that Tugi speaks, else the desk's.
async fn best_locale(State(app): State<App>, headers: HeaderMap, origin: Origin) -> Answer<Json<LocaleAnswer>> {
    let desk = app.read(kernel::settings::get::<Desk>).await?;
    let locale = spoken(&headers).unwrap_or(desk.locale);
    Ok(Json(LocaleAnswer { locale: locale_view(&origin, locale) }))
}

/// The first language of the browser that Tugi speaks.
pub(super) fn spoken(headers: &HeaderMap) -> Option<Locale> {
    let list = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    list.split([',', ';']).find_map(|tag| Locale::parse(tag.trim()))
}

async fn current_locale(State(app): State<App>, Me(me): Me, origin: Origin) -> Answer<Json<LocaleAnswer>> {
    let user = app.read(move |tx| access::get_user(tx, me.user)).await?;
    Ok(Json(LocaleAnswer { locale: locale_view(&origin, user.locale) }))
}
