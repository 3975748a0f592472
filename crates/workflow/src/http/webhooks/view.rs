//! Webhooks and their log as clients see them: without secrets.

use std::collections::BTreeMap;

use base::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::webhooks::invoke::{Attempt, Invocation};
use crate::webhooks::{Authentication, Webhook};

/// What is shown of credentials.
#[derive(Serialize, JsonSchema)]
pub(super) struct AuthenticationView {
    r#type: &'static str,
    /// Where they are put.
    add_position: &'static str,
    /// What of them is no secret.
    data: BTreeMap<&'static str, String>,
}

/// A webhook.
#[derive(Serialize, JsonSchema)]
pub(super) struct WebhookView {
    /// A ULID.
    pub id: String,
    name: String,
    description: String,
    /// active or inactive.
    status: &'static str,
    endpoint: String,
    http_method: String,
    request_format: String,
    subscriptions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<AuthenticationView>,
    custom_headers: BTreeMap<String, String>,
    created_at: Timestamp,
    created_by: String,
    updated_at: Timestamp,
    updated_by: String,
    external_source: Option<Value>,
    /// Ours: attempts that failed one after the other.
    failures: i64,
    /// Ours: nothing is sent before, since too much failed.
    paused_until: Option<Timestamp>,
}

pub(super) fn webhook(w: &Webhook) -> WebhookView {
    WebhookView {
        id: w.id.clone(),
        name: w.name.clone(),
        description: w.description.clone(),
        status: if w.active { "active" } else { "inactive" },
        endpoint: w.endpoint.clone(),
        http_method: w.http_method.clone(),
        request_format: w.request_format.clone(),
        subscriptions: w.subscriptions.clone(),
        authentication: w.authentication.as_ref().map(authentication),
        custom_headers: w.custom_headers.clone(),
        created_at: w.created_at,
        created_by: w.created_by.to_string(),
        updated_at: w.updated_at,
        updated_by: w.updated_by.to_string(),
        external_source: None,
        failures: w.failures,
        paused_until: w.paused_until,
    }
}

fn authentication(one: &Authentication) -> AuthenticationView {
    let shown = match one {
        Authentication::BasicAuth { username, .. } => Some(("username", username)),
        Authentication::ApiKey { name, .. } => Some(("name", name)),
        Authentication::BearerToken { .. } => None,
    };
    let data = shown.into_iter().map(|(key, value)| (key, value.clone())).collect();
    AuthenticationView { r#type: one.name(), add_position: "header", data }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct WebhookAnswer {
    pub webhook: WebhookView,
}

/// Where a page stands.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct Meta {
    pub has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_cursor: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct WebhooksAnswer {
    pub webhooks: Vec<WebhookView>,
    pub meta: Meta,
}

#[derive(Serialize, JsonSchema)]
struct SecretView {
    algorithm: &'static str,
    /// In Base64; calls are signed with this text as it is.
    secret: String,
}

/// `{"signing_secret": {...}}`.
#[derive(Serialize, JsonSchema)]
pub(super) struct SecretAnswer {
    signing_secret: SecretView,
}

impl SecretAnswer {
    pub fn new(secret: String) -> Self {
        Self { signing_secret: SecretView { algorithm: "SHA256", secret } }
    }
}

/// Something that a webhook was told, or is to be told.
#[derive(Serialize, JsonSchema)]
pub(super) struct InvocationView {
    pub id: String,
    /// pending, success or failed.
    status: String,
    status_code: Option<i64>,
    created_at: Timestamp,
    latest_completed_at: Option<Timestamp>,
    /// Ours: the kind of event, or the rule.
    cause: String,
}

pub(super) fn invocation(i: &Invocation) -> InvocationView {
    InvocationView {
        id: i.id.clone(),
        status: i.status.clone(),
        status_code: i.status_code,
        created_at: i.created_at,
        latest_completed_at: i.latest_completed_at,
        cause: i.cause.clone(),
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct InvocationsAnswer {
    pub invocations: Vec<InvocationView>,
    pub meta: Meta,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct InvocationAnswer {
    pub invocation: InvocationView,
}

/// An attempt.
#[derive(Serialize, JsonSchema)]
pub(super) struct AttemptView {
    id: String,
    invocation_id: String,
    /// success or failed.
    status: String,
    status_code: Option<i64>,
    completed_at: Timestamp,
    /// What was sent, without secrets: endpoint, http_method, headers, payload.
    request: Value,
    /// What came back: headers, and the beginning of the payload.
    response: Value,
    /// Ours: why no answer came.
    error: Option<String>,
}

pub(super) fn attempt(a: &Attempt) -> AttemptView {
    AttemptView {
        id: a.id.clone(),
        invocation_id: a.invocation.clone(),
        status: a.status.clone(),
        status_code: a.status_code,
        completed_at: a.completed_at,
        request: a.request.clone(),
        response: json!({"headers": a.response_headers, "payload": a.response_body}),
        error: a.error.clone(),
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct AttemptsAnswer {
    pub attempts: Vec<AttemptView>,
    pub meta: Meta,
}

/// A name and a value.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct Pair {
    pub key: String,
    pub value: String,
}

/// What an endpoint answered to a test.
#[derive(Serialize, JsonSchema)]
pub(super) struct TestView {
    pub headers: Vec<Pair>,
    /// The status with its words, such as `200 OK`.
    pub status: String,
    pub status_code: Option<u16>,
    /// The beginning of the answer.
    pub payload: String,
}

/// `{"response": {...}}`.
#[derive(Serialize, JsonSchema)]
pub(super) struct TestAnswer {
    pub response: TestView,
}
