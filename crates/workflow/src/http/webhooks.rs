//! [Zendesk's webhooks](https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/), and our own `retry`.

mod log;
mod tried;
mod view;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{Actor, Permission, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::http::{Answer, Asked, Body, Created, Given, Me, NoContent, Origin, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use self::view::{Meta, SecretAnswer, WebhookAnswer, WebhooksAnswer};
use crate::store;
use crate::webhooks::{self, Authentication, Webhook};

pub(super) fn routes() -> Routes {
    let needs = Permission::DeskManage;
    Routes::new()
        .get("/api/v2/webhooks", list)
        .needs(needs)
        .query::<ListQuery>()
        .gives::<WebhooksAnswer>()
        .post("/api/v2/webhooks", create)
        .needs(needs)
        .query::<CloneQuery>()
        .takes::<WebhookBody>()
        .gives::<WebhookAnswer>()
        .get("/api/v2/webhooks/{webhook}", show)
        .needs(needs)
        .gives::<WebhookAnswer>()
        .put("/api/v2/webhooks/{webhook}", update)
        .needs(needs)
        .takes::<WebhookBody>()
        .patch("/api/v2/webhooks/{webhook}", update)
        .needs(needs)
        .takes::<WebhookBody>()
        .delete("/api/v2/webhooks/{webhook}", delete)
        .needs(needs)
        .get("/api/v2/webhooks/{webhook}/signing_secret", show_secret)
        .needs(needs)
        .gives::<SecretAnswer>()
        .post("/api/v2/webhooks/{webhook}/signing_secret", reset_secret)
        .needs(needs)
        .gives::<SecretAnswer>()
        .merge(log::routes())
        .merge(tried::routes())
}

/// `{"webhook": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct WebhookBody {
    /// name, description, status, endpoint, http_method, request_format, subscriptions, authentication, custom_headers.
    #[serde(default)]
    webhook: Map<String, Value>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct CloneQuery {
    /// The webhook to begin from; secrets included.
    clone_webhook_id: Option<String>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ListQuery {
    /// Only those whose name holds this.
    #[serde(rename = "filter[name_contains]")]
    name_contains: Option<String>,
    /// `active` or `inactive`.
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    /// `name` or `status`, with `-` before it for descending.
    sort: Option<String>,
    /// Records a page, at most 100.
    #[serde(rename = "page[size]")]
    size: Option<String>,
    /// The cursor after which to go on.
    #[serde(rename = "page[after]")]
    after: Option<String>,
    /// The cursor before which to go back.
    #[serde(rename = "page[before]")]
    before: Option<String>,
}

/// A page of a list in memory: its items, and where it stands. Cursors are places.
fn slice<T>(all: Vec<T>, query: &ListQuery) -> (Vec<T>, Meta) {
    let size = query.size.as_deref().and_then(|size| size.parse::<usize>().ok()).unwrap_or(100).clamp(1, 100);
    let place = |cursor: &Option<String>| {
        let bytes = URL_SAFE_NO_PAD.decode(cursor.as_deref()?).ok()?;
        String::from_utf8(bytes).ok()?.parse::<usize>().ok()
    };
    let start = match (place(&query.after), place(&query.before)) {
        (Some(after), _) => after,
        (None, Some(before)) => before.saturating_sub(size),
        (None, None) => 0,
    };
    let has_more = all.len() > start.saturating_add(size);
    let page: Vec<T> = all.into_iter().skip(start).take(size).collect();
    let cursor = |place: usize| URL_SAFE_NO_PAD.encode(place.to_string());
    let after_cursor = has_more.then(|| cursor(start + page.len()));
    let before_cursor = (start > 0).then(|| cursor(start));
    (page, Meta { has_more, after_cursor, before_cursor })
}

/// The address of the next page, in the header that clients of webhooks follow.
fn with_link(answer: impl IntoResponse, asked: &Asked, meta: &Meta) -> Response {
    let mut response = answer.into_response();
    let Some(cursor) = &meta.after_cursor else { return response };
    let link = asked.envelope().link(&[("page[after]", cursor)]);
    if let Ok(value) = HeaderValue::from_str(&format!("<{link}>; rel=\"next\"")) {
        response.headers_mut().insert(header::LINK, value);
    }
    response
}

async fn list(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Response> {
    let mut all = app.read(store::webhooks::all).await?;
    if let Some(part) = &query.name_contains {
        all.retain(|one| one.name.to_lowercase().contains(&part.to_lowercase()));
    }
    if let Some(status) = &query.status {
        all.retain(|one| one.active == (status == "active"));
    }
    match query.sort.as_deref().unwrap_or_default().trim_start_matches('-') {
        "name" => all.sort_by_key(|one| one.name.to_lowercase()),
        "status" => all.sort_by_key(|one| !one.active),
        _ => {}
    }
    if query.sort.as_deref().is_some_and(|sort| sort.starts_with('-')) {
        all.reverse();
    }
    let (page, meta) = slice(all, &query);
    let webhooks = page.iter().map(view::webhook).collect();
    Ok(with_link(Json(WebhooksAnswer { webhooks, meta: meta.clone() }), &asked, &meta))
}

async fn show(app: State<App>, Path(id): Path<String>) -> Answer<Json<WebhookAnswer>> {
    let found = app.read(move |tx| store::webhooks::get(tx, &id)).await?;
    Ok(Json(WebhookAnswer { webhook: view::webhook(&found) }))
}

/// Puts what the client gives into a webhook and saves it.
fn save(tx: &mut Tx<'_>, actor: &Actor, mut webhook: Webhook, body: WebhookBody) -> Result<Webhook> {
    let mut given = Given::new(body.webhook);
    given.text("name", &mut webhook.name);
    given.text("description", &mut webhook.description);
    given.text("endpoint", &mut webhook.endpoint);
    given.text("http_method", &mut webhook.http_method);
    webhook.http_method.make_ascii_uppercase();
    given.text("request_format", &mut webhook.request_format);
    read_status(&mut given, &mut webhook.active);
    given.texts("subscriptions", &mut webhook.subscriptions);
    webhook.custom_headers = read_headers(&mut given, "custom_headers", webhook.custom_headers);
    read_authentication(&mut given, &mut webhook.authentication);
    // A faulty request writes nothing: what is refused here undoes the rest.
    let saved = webhooks::save(tx, actor, &mut webhook);
    given.finish(saved)?;
    Ok(webhook)
}

fn read_status(given: &mut Given, active: &mut bool) {
    match given.value("status").cloned() {
        None | Some(Value::Null) => {}
        Some(value) => match value.as_str() {
            Some("active") => *active = true,
            Some("inactive") => *active = false,
            _ => given.problem("status", format!("status: {value} is not active or inactive")),
        },
    }
}

fn read_headers(given: &mut Given, key: &str, now: BTreeMap<String, String>) -> BTreeMap<String, String> {
    match given.value(key).cloned() {
        None => now,
        Some(Value::Null) => BTreeMap::new(),
        Some(Value::Object(map)) => {
            let pairs = map.into_iter().map(|(name, value)| Some((name, value.as_str()?.to_owned())));
            pairs.collect::<Option<_>>().unwrap_or_else(|| {
                given.problem(key, format!("{key}: must be names with texts"));
                now
            })
        }
        Some(_) => {
            given.problem(key, format!("{key}: must be names with texts"));
            now
        }
    }
}

/// Reads credentials. A secret that is left out stays as it is, since clients send back what they were shown.
fn read_authentication(given: &mut Given, now: &mut Option<Authentication>) {
    let value = match given.value("authentication") {
        None => return,
        Some(Value::Null) => {
            *now = None;
            return;
        }
        Some(value) => value.clone(),
    };
    let text = |key: &str| value["data"][key].as_str().map(str::to_owned);
    let read = match (value["type"].as_str(), now.as_ref()) {
        (Some("basic_auth"), before) => {
            let known = match before {
                Some(Authentication::BasicAuth { username, password }) => Some((username.clone(), password.clone())),
                _ => None,
            };
            let (username, password) = known.unzip();
            text("username")
                .or(username)
                .zip(text("password").or(password))
                .map(|(username, password)| Authentication::BasicAuth { username, password })
        }
        (Some("bearer_token"), before) => {
            let known = match before {
                Some(Authentication::BearerToken { token }) => Some(token.clone()),
                _ => None,
            };
            text("token").or(known).map(|token| Authentication::BearerToken { token })
        }
        (Some("api_key"), before) => {
            let known = match before {
                Some(Authentication::ApiKey { name, value }) => Some((name.clone(), value.clone())),
                _ => None,
            };
            let (name, secret) = known.unzip();
            text("name")
                .or(name)
                .zip(text("value").or(secret))
                .map(|(name, value)| Authentication::ApiKey { name, value })
        }
        _ => None,
    };
    match read {
        Some(read) => *now = Some(read),
        None => given.problem(
            "authentication",
            "authentication: needs a type (basic_auth, bearer_token, api_key) and its data (username and password, token, \
             name and value)",
        ),
    }
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(query): Params<CloneQuery>,
    Body(body): Body<WebhookBody>,
) -> Answer<Created<WebhookAnswer>> {
    let saved = app.write(move |tx| {
        let mut webhook = Webhook::new(tx, &actor);
        if let Some(id) = query.clone_webhook_id.filter(|id| !id.is_empty()) {
            let model = store::webhooks::get(tx, &id)?;
            (webhook.failures, webhook.paused_until) = (0, None);
            webhook = Webhook {
                id: String::new(),
                created_by: webhook.created_by,
                created_at: webhook.created_at,
                failures: 0,
                paused_until: None,
                ..model
            };
        }
        save(tx, &actor, webhook, body)
    });
    let webhook = view::webhook(&saved.await?);
    let place = format!("{}/api/v2/webhooks/{}", origin.0, webhook.id);
    Ok(Created(place, WebhookAnswer { webhook }))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    Path(id): Path<String>,
    Body(body): Body<WebhookBody>,
) -> Answer<NoContent> {
    app.write(move |tx| {
        let webhook = store::webhooks::lock(tx, &id)?.ok_or(base::Error::NotFound)?;
        save(tx, &actor, webhook, body).map(drop)
    })
    .await?;
    Ok(NoContent)
}

async fn delete(app: State<App>, Me(actor): Me, Path(id): Path<String>) -> Answer<NoContent> {
    app.write(move |tx| webhooks::delete(tx, &actor, &id)).await?;
    Ok(NoContent)
}

async fn show_secret(app: State<App>, Path(id): Path<String>) -> Answer<Json<SecretAnswer>> {
    let secret = app.read(move |tx| store::webhooks::get(tx, &id)?.secret(tx));
    Ok(Json(SecretAnswer::new(secret.await?)))
}

async fn reset_secret(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path(id): Path<String>,
) -> Answer<Created<SecretAnswer>> {
    let place = format!("{}/api/v2/webhooks/{id}/signing_secret", origin.0);
    let secret = app.write(move |tx| webhooks::reset_secret(tx, &actor, &id)?.secret(tx));
    Ok(Created(place, SecretAnswer::new(secret.await?)))
}
