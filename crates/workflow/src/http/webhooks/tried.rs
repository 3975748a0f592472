//! A webhook tried out before, or after, it is saved. Nothing of it is kept.

use axum::Json;
use axum::extract::State;
use base::{Error, Permission, Result};
use kernel::http::{Answer, Body, Given, Me, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::view::{Pair, TestAnswer, TestView};
use super::{read_authentication, read_headers};
use crate::store;
use crate::webhooks::client::{self, Call, Outcome};
use crate::webhooks::deliver::content_type;
use crate::webhooks::{FORMATS, METHODS, Webhook, allowed};

/// The largest payload of a test, in bytes.
const LARGEST: usize = 256 * 1024;

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/webhooks/test", try_out)
        .needs(Permission::DeskManage)
        .query::<TestQuery>()
        .takes::<TestBody>()
        .gives::<TestAnswer>()
}

#[derive(Default, Deserialize, JsonSchema)]
struct TestQuery {
    /// The webhook whose settings and credentials are used where the request says nothing else.
    webhook_id: Option<String>,
}

/// `{"request": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct TestBody {
    /// endpoint, http_method, request_format, payload, authentication, custom_headers.
    #[serde(default)]
    request: Map<String, Value>,
}

async fn try_out(
    app: State<App>,
    Me(actor): Me,
    Params(query): Params<TestQuery>,
    Body(body): Body<TestBody>,
) -> Answer<Json<TestAnswer>> {
    let call = app.read(move |tx| {
        let model = match query.webhook_id.filter(|id| !id.is_empty()) {
            Some(id) => store::webhooks::get(tx, &id)?,
            None => Webhook::new(tx, &actor),
        };
        prepare(tx, model, body)
    });
    let (call, allowed) = (call.await?, allowed(&app));
    let outcome = tokio::task::spawn_blocking(move || client::call(&call, &allowed)).await.map_err(Error::internal)?;
    let response = match outcome {
        Outcome::Answered { status, headers, body } => {
            let words = axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            TestView {
                headers: headers.into_iter().map(|(key, value)| Pair { key, value }).collect(),
                status: format!("{status} {}", words.unwrap_or_default()).trim_end().to_owned(),
                status_code: Some(status),
                payload: body,
            }
        }
        other => TestView {
            headers: Vec::new(),
            status: other.error().unwrap_or_default(),
            status_code: other.status(),
            payload: String::new(),
        },
    };
    Ok(Json(TestAnswer { response }))
}

fn prepare(tx: &mut Tx<'_>, mut webhook: Webhook, body: TestBody) -> Result<Call> {
    let mut given = Given::new(body.request);
    let mut payload = String::new();
    let saved = webhook.endpoint.clone();
    given.text("endpoint", &mut webhook.endpoint);
    given.text("http_method", &mut webhook.http_method);
    webhook.http_method.make_ascii_uppercase();
    given.text("request_format", &mut webhook.request_format);
    given.text("payload", &mut payload);
    // Kept credentials go to the address that they were given for, and nowhere else.
    if webhook.endpoint != saved {
        webhook.authentication = None;
        webhook.custom_headers.clear();
    }
    webhook.custom_headers = read_headers(&mut given, "custom_headers", webhook.custom_headers);
    read_authentication(&mut given, &mut webhook.authentication);
    if payload.len() > LARGEST {
        given.problem("payload", format!("payload: at most {LARGEST} bytes are taken"));
    }
    webhook.name = "test".into();
    if !FORMATS.contains(&webhook.request_format.as_str()) {
        webhook.request_format = "json".into();
    }
    if webhook.subscriptions.is_empty() || !webhook.is_by_rules() {
        webhook.subscriptions = vec![crate::webhooks::BY_RULES.into()];
    }
    given.finish(webhook.check(tx))?;
    let method = METHODS.into_iter().find(|known| *known == webhook.http_method).unwrap_or("POST");
    let payload = if matches!(method, "GET" | "DELETE") { String::new() } else { payload };
    let mut headers: Vec<(String, String)> = webhook.custom_headers.clone().into_iter().collect();
    headers.extend(webhook.authentication.as_ref().map(crate::webhooks::Authentication::header));
    headers.push(("Content-Type".into(), content_type(&webhook.request_format).into()));
    if !webhook.signing_secret.is_empty() && webhook.endpoint == saved {
        headers.extend(client::signed(&webhook.secret(tx)?, tx.now(), &payload));
    }
    Ok(Call { endpoint: webhook.endpoint, method, headers, body: payload })
}
