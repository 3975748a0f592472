//! `/locales`, `/audit_logs`, and how people may sign in.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, Locale, Permission, Result, Timestamp, UserId};
use kernel::audit_log::{self, Line};
use kernel::http::{Answer, Body, Id, Me, Needs, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use crate::access;
use crate::settings::SignIn;
use crate::store::Found;

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

/// A line of the log of what admins did.
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

pub(super) fn routes() -> Routes {
    let mut routes = Routes::new();
    for path in ["/api/v2/locales", "/api/v2/locales/agent", "/api/v2/locales/public"] {
        routes = routes.get(path, locales).needs(Needs::Nothing).query::<Paging>().gives::<LocalesAnswer>();
    }
    routes
        .get("/api/v2/locales/current", current_locale)
        .needs(Needs::SignIn)
        .gives::<LocaleAnswer>()
        .get("/api/v2/locales/{id}", locale)
        .needs(Needs::Nothing)
        .gives::<LocaleAnswer>()
        .get("/api/v2/audit_logs", audit_logs)
        .needs(Permission::SecurityManage)
        .query::<Paging>()
        .gives::<LinesAnswer>()
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

async fn locale(Id(id): Id<i64>, origin: Origin) -> Answer<Json<LocaleAnswer>> {
    let locale = Locale::from_zendesk_id(id).ok_or(Error::NotFound)?;
    Ok(Json(LocaleAnswer { locale: locale_view(&origin, locale) }))
}

async fn current_locale(State(app): State<App>, Me(me): Me, origin: Origin) -> Answer<Json<LocaleAnswer>> {
    let user = app.read(move |tx| access::get_user(tx, me.user)).await?;
    Ok(Json(LocaleAnswer { locale: locale_view(&origin, user.locale) }))
}

async fn audit_logs(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    Ok(Json(app.read(move |tx| page(tx, &here, &paging)).await?))
}

/// The log is read by cursor, newest first; the first pages by offset are there for clients that know no cursors.
fn page(tx: &mut Tx<'_>, here: &Here, paging: &Paging) -> Result<Value> {
    let page = paging.page()?;
    let (before, limit) = match &page {
        Page::Cursor { size, after, .. } => (after.as_ref().map(|key| key.id), *size as i64 + 1),
        Page::Offset(_) => {
            let lines = audit_log::page(tx, None, 10_000)?;
            let views = views(tx, &here.origin, &lines)?;
            return here.whole(paging, "audit_logs", views);
        }
    };
    let mut lines = audit_log::page(tx, before, limit)?;
    let has_more = lines.len() as i64 == limit;
    lines.truncate(usize::try_from(limit - 1).unwrap_or_default());
    let found = Found { items: views(tx, &here.origin, &lines)?, has_more };
    here.page(&page, "audit_logs", found, |line| PageKey { value: None, id: line.id }, || Ok(0))
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
        ip_address: None,
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
