//! [Zendesk's webhooks](https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/): addresses outside that
//! are told of what happens. Each either hears of kinds of events or is called by rules.
//!
//! `target` says where they may reach, `client` makes one call, `invoke` writes down what is to be told, [`deliver`] tells
//! it, [`ticket_events`] and [`people_events`] find out what there is to tell.

use std::collections::BTreeMap;

use base::{Actor, Error, FieldProblem, Permission, Result, Timestamp, UserId};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::{Tx, alarms, audit_log, events};
use serde::{Deserialize, Serialize};

pub(crate) mod client;
pub mod deliver;
pub(crate) mod invoke;
pub mod people_events;
mod target;
pub mod ticket_events;

pub use target::AllowedTargets;

use crate::{store, ulid};

/// The subscription of webhooks that rules call.
pub(crate) const BY_RULES: &str = "conditional_ticket_events";

/// The alarm of an endpoint that keeps failing.
pub(crate) const FAILING: &str = "webhook_failing";

/// The purposes under which secrets are sealed.
const SIGNING: &str = "webhook signing secret";
const CREDENTIALS: &str = "webhook credentials";

/// The longest name, in characters.
const LONGEST: usize = 255;
/// The most headers of one's own.
const MOST_HEADERS: usize = 20;
/// The longest header, name and value together, in bytes.
const LONGEST_HEADER: usize = 4_096;

/// Methods by which endpoints are called.
pub(crate) const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// How what is told is written.
pub(crate) const FORMATS: [&str; 3] = ["json", "xml", "form_encoded"];

/// A webhook.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Webhook {
    /// A ULID; empty before it is saved.
    pub id: String,
    pub name: String,
    pub description: String,
    pub active: bool,
    pub endpoint: String,
    /// One of [`METHODS`].
    pub http_method: String,
    /// One of [`FORMATS`].
    pub request_format: String,
    /// Kinds of events, or [`BY_RULES`] alone.
    pub subscriptions: Vec<String>,
    pub authentication: Option<Authentication>,
    pub custom_headers: BTreeMap<String, String>,
    /// Sealed.
    pub signing_secret: String,
    pub created_by: UserId,
    pub updated_by: UserId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Attempts that failed one after the other.
    pub failures: i64,
    /// Before this nothing is sent, since too much failed.
    pub paused_until: Option<Timestamp>,
}

/// What a webhook shows to its endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub(crate) enum Authentication {
    /// A user name and a password.
    BasicAuth { username: String, password: String },
    /// A token.
    BearerToken { token: String },
    /// A header of any name.
    ApiKey { name: String, value: String },
}

impl std::fmt::Debug for Authentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Authentication {
    /// Zendesk's name of the kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::BasicAuth { .. } => "basic_auth",
            Self::BearerToken { .. } => "bearer_token",
            Self::ApiKey { .. } => "api_key",
        }
    }

    /// The header that shows it.
    pub fn header(&self) -> (String, String) {
        match self {
            Self::BasicAuth { username, password } => {
                ("Authorization".into(), format!("Basic {}", STANDARD.encode(format!("{username}:{password}"))))
            }
            Self::BearerToken { token } => ("Authorization".into(), format!("Bearer {token}")),
            Self::ApiKey { name, value } => (name.clone(), value.clone()),
        }
    }

    fn problem(&self) -> Option<&'static str> {
        match self {
            Self::BasicAuth { username, .. } if username.contains(':') => Some("a user name holds no colon"),
            Self::ApiKey { name, .. } if !is_header_name(name) || is_ours(name) => Some("the name is no header's"),
            _ if !is_header_value(&self.header().1) => Some("it can't stand in a header"),
            Self::BearerToken { token } if token.is_empty() => Some("the token is missing"),
            _ => None,
        }
    }
}

impl Webhook {
    /// One that is about to be made.
    pub fn new(tx: &Tx<'_>, actor: &Actor) -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            description: String::new(),
            active: true,
            endpoint: String::new(),
            http_method: String::new(),
            request_format: String::new(),
            subscriptions: vec![BY_RULES.into()],
            authentication: None,
            custom_headers: BTreeMap::new(),
            signing_secret: String::new(),
            created_by: actor.user,
            updated_by: actor.user,
            created_at: tx.now(),
            updated_at: tx.now(),
            failures: 0,
            paused_until: None,
        }
    }

    /// Whether rules call it.
    pub fn is_by_rules(&self) -> bool {
        self.subscriptions.iter().any(|one| one == BY_RULES)
    }

    /// The secret that calls are signed with.
    pub fn secret(&self, tx: &Tx<'_>) -> Result<String> {
        tx.app().secrets().open_sealed(SIGNING, &self.signing_secret)
    }

    /// Fails with every problem that it has.
    pub fn check(&self, tx: &Tx<'_>) -> Result<()> {
        let problems = self.problems(&allowed(tx.app()));
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
    }

    fn problems(&self, allowed: &AllowedTargets) -> Vec<FieldProblem> {
        let mut all = Vec::new();
        let mut add = |field: &str, code, message: String| {
            all.push(FieldProblem { field: field.into(), code, message: format!("{field}: {message}") });
        };
        if self.name.trim().is_empty() {
            add("name", "BlankValue", "cannot be blank".into());
        }
        if self.name.chars().count() > LONGEST {
            add("name", "TooLong", format!("is too long (maximum is {LONGEST} characters)"));
        }
        if let Err(refused) = target::parse(&self.endpoint, allowed) {
            add("endpoint", if self.endpoint.is_empty() { "BlankValue" } else { "InvalidValue" }, refused.to_string());
        }
        for (field, value, known) in
            [("http_method", &self.http_method, METHODS.as_slice()), ("request_format", &self.request_format, &FORMATS)]
        {
            if !known.contains(&value.as_str()) {
                add(field, "InvalidValue", format!("{value:?} is not one of {}", known.join(", ")));
            }
        }
        if let Some(problem) = self.subscription_problem() {
            add("subscriptions", "InvalidValue", problem);
        }
        if let Some(problem) = self.authentication.as_ref().and_then(Authentication::problem) {
            add("authentication", "InvalidValue", problem.into());
        }
        if self.custom_headers.len() > MOST_HEADERS {
            add("custom_headers", "TooLong", format!("at most {MOST_HEADERS} are taken"));
        }
        for (name, value) in &self.custom_headers {
            let fits = is_header_name(name) && is_header_value(value) && name.len() + value.len() <= LONGEST_HEADER;
            if !fits || is_ours(name) {
                add("custom_headers", "InvalidValue", format!("{name:?} can't be set, or not to this value"));
            }
        }
        all
    }

    fn subscription_problem(&self) -> Option<String> {
        let known = |name: &str| ticket_events::KINDS.contains(&name) || people_events::KINDS.contains(&name);
        if self.is_by_rules() {
            return (self.subscriptions.len() > 1).then(|| format!("{BY_RULES} stands alone"));
        }
        if self.subscriptions.is_empty() {
            return Some("at least one is needed".into());
        }
        if let Some(unknown) = self.subscriptions.iter().find(|name| !known(name)) {
            return Some(format!("{unknown:?} is not an event that can be subscribed to"));
        }
        let told = self.http_method == "POST" && self.request_format == "json";
        (!told).then(|| "events are sent by POST and as json only".into())
    }
}

fn is_header_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(fits)
}

fn is_header_value(value: &str) -> bool {
    value.len() <= LONGEST_HEADER && value.chars().all(|c| matches!(c, ' '..='~'))
}

/// Headers that belong to the call itself.
fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ours = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "user-agent"];
    ours.contains(&name.as_str()) || name.starts_with("x-zendesk-") || name.starts_with("proxy-")
}

/// What the operator allows; nothing internal when nothing was said.
pub(crate) fn allowed(app: &kernel::App) -> AllowedTargets {
    app.part::<AllowedTargets>().cloned().unwrap_or_default()
}

/// Saves a webhook, new or changed. Whether it hears of events or is called by rules can't be changed.
///
/// # Errors
/// `Invalid` with every problem; `Forbidden` without `desk_manage`.
pub(crate) fn save(tx: &mut Tx<'_>, actor: &Actor, webhook: &mut Webhook) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let mut problems = webhook.problems(&allowed(tx.app()));
    let before = if webhook.id.is_empty() { None } else { Some(store::webhooks::get(tx, &webhook.id)?) };
    if before.as_ref().is_some_and(|before| before.is_by_rules() != webhook.is_by_rules()) {
        let message = "subscriptions: a webhook for rules can't become one for events, nor the other way round".into();
        problems.push(FieldProblem { field: "subscriptions".into(), code: "InvalidValue", message });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    (webhook.updated_by, webhook.updated_at) = (actor.user, tx.now());
    let action = match before {
        None => {
            webhook.id = ulid::new(tx);
            webhook.signing_secret = new_secret(tx)?;
            store::webhooks::insert(tx, webhook)?;
            "create"
        }
        Some(before) => {
            // Another address gets a fresh start.
            if before.endpoint != webhook.endpoint || !webhook.active {
                (webhook.failures, webhook.paused_until) = (0, None);
                alarms::clear(tx, FAILING, &webhook.id)?;
            }
            store::webhooks::update(tx, webhook)?;
            "update"
        }
    };
    told(tx, actor, action, webhook)
}

fn new_secret(tx: &Tx<'_>) -> Result<String> {
    let mut bytes = [0; 32];
    tx.app().secrets().fill(&mut bytes);
    tx.app().secrets().seal(SIGNING, &STANDARD.encode(bytes))
}

/// Gives a webhook another secret. Calls are signed with it from now on.
pub(crate) fn reset_secret(tx: &mut Tx<'_>, actor: &Actor, id: &str) -> Result<Webhook> {
    actor.needs(Permission::DeskManage)?;
    let mut webhook = store::webhooks::get(tx, id)?;
    webhook.signing_secret = new_secret(tx)?;
    (webhook.updated_by, webhook.updated_at) = (actor.user, tx.now());
    store::webhooks::update(tx, &webhook)?;
    audit_log::record(tx, actor, "update", ("webhook", None, &webhook.name), "signing_secret")?;
    Ok(webhook)
}

/// Deletes a webhook with its log. What it was still to be told is forgotten.
pub(crate) fn delete(tx: &mut Tx<'_>, actor: &Actor, id: &str) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let webhook = store::webhooks::get(tx, id)?;
    alarms::clear(tx, FAILING, id)?;
    store::webhooks::delete(tx, id)?;
    told(tx, actor, "destroy", &webhook)
}

fn told(tx: &mut Tx<'_>, actor: &Actor, action: &str, webhook: &Webhook) -> Result<()> {
    audit_log::record(tx, actor, action, ("webhook", None, &webhook.name), "")?;
    events::push(tx, events::Event::new("views"))
}

/// Credentials as they are kept.
pub(crate) fn seal(tx: &Tx<'_>, authentication: &Authentication) -> Result<String> {
    let text = serde_json::to_string(authentication).map_err(Error::internal)?;
    tx.app().secrets().seal(CREDENTIALS, &text)
}

/// What [`seal`] made.
pub(crate) fn open(tx: &Tx<'_>, sealed: &str) -> Result<Authentication> {
    let text = tx.app().secrets().open_sealed(CREDENTIALS, sealed)?;
    serde_json::from_str(&text).map_err(Error::internal)
}
