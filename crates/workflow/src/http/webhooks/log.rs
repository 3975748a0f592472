//! What webhooks were told: invocations, the attempts at each, and once more.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use base::{Permission, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::App;
use kernel::http::{Answer, Asked, Created, Origin, Params, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::view::{self, AttemptsAnswer, InvocationAnswer, InvocationsAnswer, Meta};
use super::with_link;
use crate::store::webhooks::{Filter, attempts, get, invocations};
use crate::webhooks::invoke;

pub(super) fn routes() -> Routes {
    let needs = Permission::DeskManage;
    Routes::new()
        .get("/api/v2/webhooks/{webhook}/invocations", list)
        .needs(needs)
        .query::<LogQuery>()
        .gives::<InvocationsAnswer>()
        .get("/api/v2/webhooks/{webhook}/invocations/{invocation}/attempts", list_attempts)
        .needs(needs)
        .gives::<AttemptsAnswer>()
        .post("/api/v2/webhooks/{webhook}/invocations/{invocation}/retry", retry)
        .needs(needs)
        .gives::<InvocationAnswer>()
}

#[derive(Default, Deserialize, JsonSchema)]
struct LogQuery {
    /// `pending`, `success` or `failed`.
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    /// Not before this instant.
    #[serde(rename = "filter[from_ts]")]
    from: Option<String>,
    /// Not after this instant.
    #[serde(rename = "filter[to_ts]")]
    to: Option<String>,
    /// Records a page, at most 100.
    #[serde(rename = "page[size]")]
    size: Option<String>,
    /// The cursor after which to go on.
    #[serde(rename = "page[after]")]
    after: Option<String>,
}

async fn list(
    app: State<App>,
    asked: Asked,
    Path(id): Path<String>,
    Params(query): Params<LogQuery>,
) -> Answer<Response> {
    let size = query.size.as_deref().and_then(|size| size.parse::<usize>().ok()).unwrap_or(100).clamp(1, 100);
    let instant = |text: &Option<String>| text.as_deref().and_then(Timestamp::parse);
    let after = query.after.as_deref().and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
    let filter = Filter {
        status: query.status.filter(|status| !status.contains('\0')),
        from: instant(&query.from),
        to: instant(&query.to),
        after: after.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|id| !id.contains('\0')),
    };
    let found = app.read(move |tx| {
        let webhook = get(tx, &id)?;
        invocations(tx, &webhook.id, &filter, size as i64 + 1)
    });
    let mut found = found.await?;
    let has_more = found.len() > size;
    found.truncate(size);
    let after_cursor = found.last().filter(|_| has_more).map(|last| URL_SAFE_NO_PAD.encode(&last.id));
    let meta = Meta { has_more, after_cursor, before_cursor: None };
    let invocations = found.iter().map(view::invocation).collect();
    Ok(with_link(Json(InvocationsAnswer { invocations, meta: meta.clone() }), &asked, &meta))
}

async fn list_attempts(
    app: State<App>,
    Path((id, invocation)): Path<(String, String)>,
) -> Answer<Json<AttemptsAnswer>> {
    let found = app.read(move |tx| {
        let webhook = get(tx, &id)?;
        let invocation = invoke::get(tx, &webhook, &invocation)?;
        attempts(tx, &invocation.id)
    });
    let attempts = found.await?.iter().map(view::attempt).collect();
    let meta = Meta { has_more: false, after_cursor: None, before_cursor: None };
    Ok(Json(AttemptsAnswer { attempts, meta }))
}

async fn retry(
    app: State<App>,
    origin: Origin,
    Path((id, invocation)): Path<(String, String)>,
) -> Answer<Created<InvocationAnswer>> {
    let place = format!("{}/api/v2/webhooks/{id}/invocations/{invocation}/attempts", origin.0);
    let again = app.write(move |tx| {
        let webhook = get(tx, &id)?;
        invoke::retry(tx, &webhook, &invocation)
    });
    Ok(Created(place, InvocationAnswer { invocation: view::invocation(&again.await?) }))
}
