//! `/dkim_keys`: the keys that outgoing mail is signed with. Ours.

use axum::Json;
use axum::extract::{Path, State};
use base::{Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Me, NoContent, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::email::dkim::{self, Active};
use crate::email::settings::DkimKey;

/// A key in the API: its public half only.
#[derive(Serialize, JsonSchema)]
struct KeyView {
    domain: String,
    selector: String,
    /// Whether mail is signed with it.
    active: bool,
    record: RecordView,
    created_at: Timestamp,
}

/// The TXT record to publish.
#[derive(Serialize, JsonSchema)]
struct RecordView {
    name: String,
    value: String,
}

#[derive(Serialize, JsonSchema)]
struct KeysAnswer {
    dkim_keys: Vec<KeyView>,
}

#[derive(Serialize, JsonSchema)]
struct KeyAnswer {
    dkim_key: KeyView,
}

#[derive(Deserialize, JsonSchema)]
struct KeyRequest {
    dkim_key: KeyBody,
}

#[derive(Deserialize, JsonSchema)]
struct KeyBody {
    domain: String,
    /// By default `tugi`.
    selector: Option<String>,
    /// A private key in PEM to be used; without it one is made.
    private_key: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct ActiveRequest {
    dkim_key: ActiveBody,
}

#[derive(Deserialize, JsonSchema)]
struct ActiveBody {
    active: bool,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::MailManage;
    Routes::new()
        .get("/api/v2/dkim_keys", list)
        .needs(manage)
        .gives::<KeysAnswer>()
        .post("/api/v2/dkim_keys", create)
        .needs(manage)
        .takes::<KeyRequest>()
        .gives::<KeyAnswer>()
        .put("/api/v2/dkim_keys/{domain}/{selector}", switch)
        .needs(manage)
        .takes::<ActiveRequest>()
        .gives::<KeyAnswer>()
        .delete("/api/v2/dkim_keys/{domain}/{selector}", remove)
        .needs(manage)
}

fn view(tx: &Tx<'_>, key: &DkimKey) -> Result<KeyView> {
    let record = dkim::dns_record(tx, key)?;
    Ok(KeyView {
        domain: key.domain.clone(),
        selector: key.selector.clone(),
        active: key.active,
        record: RecordView { name: record.name, value: record.value },
        created_at: key.created_at,
    })
}

async fn list(app: State<App>) -> Answer<Json<KeysAnswer>> {
    let views = app.read(|tx| {
        let keys = dkim::keys(tx)?;
        keys.iter().map(|key| view(tx, key)).collect::<Result<Vec<_>>>()
    });
    Ok(Json(KeysAnswer { dkim_keys: views.await? }))
}

async fn create(app: State<App>, Me(actor): Me, Body(request): Body<KeyRequest>) -> Answer<Created<KeyAnswer>> {
    let made = app.write(move |tx| {
        let body = request.dkim_key;
        let selector = body.selector.unwrap_or_else(|| "tugi".into());
        let key = dkim::put_key(tx, &actor, &body.domain, &selector, body.private_key.as_deref())?;
        view(tx, &key)
    });
    Ok(Created("/api/v2/dkim_keys".into(), KeyAnswer { dkim_key: made.await? }))
}

async fn switch(
    app: State<App>,
    Me(actor): Me,
    Path((domain, selector)): Path<(String, String)>,
    Body(request): Body<ActiveRequest>,
) -> Answer<Json<KeyAnswer>> {
    let switched = app.write(move |tx| {
        let active = if request.dkim_key.active { Active::On } else { Active::Off };
        let key = dkim::switch(tx, &actor, &domain, &selector, active)?;
        view(tx, &key)
    });
    Ok(Json(KeyAnswer { dkim_key: switched.await? }))
}

async fn remove(app: State<App>, Me(actor): Me, Path((domain, selector)): Path<(String, String)>) -> Answer<NoContent> {
    app.write(move |tx| dkim::delete(tx, &actor, &domain, &selector)).await?;
    Ok(NoContent)
}
