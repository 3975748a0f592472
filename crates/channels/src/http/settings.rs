//! `/mail_settings`: relay, undo window, limits. Ours.

use axum::Json;
use axum::extract::State;
use base::{Error, Permission, Result};
use kernel::http::{Answer, Body, Me, Routes};
use kernel::{App, Tx, audit_log, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::addresses::given;
use crate::email::relay::{Relay, Security};
use crate::email::settings::{MailSettings, RELAY_PASSWORD, RelaySetting};
use crate::email::{Email, send};

/// The settings in the API; the relay's password never comes out.
#[derive(Serialize, JsonSchema)]
struct SettingsView {
    undo_seconds: i64,
    hourly_limit: i64,
    suspended_days: i64,
    authserv_id: Option<String>,
    verify: bool,
    relay: Option<RelayView>,
    /// The relay that the command line names, which comes before the settings': `HOST:PORT`.
    command_line_relay: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct RelayView {
    host: String,
    port: u16,
    security: Security,
    username: Option<String>,
    has_password: bool,
}

#[derive(Serialize, JsonSchema)]
struct SettingsAnswer {
    mail_settings: SettingsView,
}

#[derive(Deserialize, JsonSchema)]
struct SettingsRequest {
    mail_settings: SettingsBody,
}

#[derive(Deserialize, JsonSchema)]
struct SettingsBody {
    /// 0 to 3600.
    undo_seconds: Option<i64>,
    /// At least 1.
    hourly_limit: Option<i64>,
    /// At least 1.
    suspended_days: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    authserv_id: Option<Option<String>>,
    verify: Option<bool>,
    /// Null takes the relay away: mail stays in the outbox.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<RelayBody>")]
    relay: Option<Option<RelayBody>>,
}

#[derive(Deserialize, JsonSchema)]
struct RelayBody {
    host: String,
    /// By default 587, or 465 when encrypted from the first byte.
    port: Option<u16>,
    security: Option<Security>,
    username: Option<String>,
    /// Absent keeps the one that is set, as long as host and user stay the same.
    password: Option<String>,
}

/// Whether the relay answers.
#[derive(Serialize, JsonSchema)]
struct RelayTestAnswer {
    ok: bool,
    error: Option<String>,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::MailManage;
    Routes::new()
        .get("/api/v2/mail_settings", show)
        .needs(manage)
        .gives::<SettingsAnswer>()
        .put("/api/v2/mail_settings", update)
        .needs(manage)
        .takes::<SettingsRequest>()
        .gives::<SettingsAnswer>()
        .post("/api/v2/mail_settings/test_relay", test)
        .needs(manage)
        .gives::<RelayTestAnswer>()
}

fn answer(app: &App, settings: MailSettings) -> Json<SettingsAnswer> {
    let relay = settings.relay.map(|relay| RelayView {
        host: relay.host,
        port: relay.port,
        security: relay.security,
        username: relay.username,
        has_password: relay.password.is_some(),
    });
    let given = app.part::<Email>().and_then(|email| email.options.relay.as_ref());
    Json(SettingsAnswer {
        mail_settings: SettingsView {
            undo_seconds: settings.undo_seconds,
            hourly_limit: settings.hourly_limit,
            suspended_days: settings.suspended_days,
            authserv_id: settings.authserv_id,
            verify: settings.verify,
            relay,
            command_line_relay: given.map(|relay: &Relay| format!("{}:{}", relay.host, relay.port)),
        },
    })
}

async fn show(app: State<App>) -> Answer<Json<SettingsAnswer>> {
    let settings = app.read(MailSettings::load).await?;
    Ok(answer(&app, settings))
}

async fn update(app: State<App>, Me(actor): Me, Body(request): Body<SettingsRequest>) -> Answer<Json<SettingsAnswer>> {
    let changed = app.write(move |tx| {
        let mut settings = MailSettings::load(tx)?;
        apply(tx, request.mail_settings, &mut settings)?;
        settings::set(tx, &settings)?;
        audit_log::record(tx, &actor, "update", ("mail_settings", None, "mail"), "")?;
        Ok(settings)
    });
    let settings = changed.await?;
    Ok(answer(&app, settings))
}

fn apply(tx: &Tx<'_>, body: SettingsBody, settings: &mut MailSettings) -> Result<()> {
    let between = |field: &str, value: Option<i64>, low: i64, high: i64| match value {
        Some(value) if !(low..=high).contains(&value) => {
            Err(Error::invalid(field, "InvalidValue", format!("{field}: is not between {low} and {high}")))
        }
        other => Ok(other),
    };
    settings.undo_seconds = between("undo_seconds", body.undo_seconds, 0, 3_600)?.unwrap_or(settings.undo_seconds);
    settings.hourly_limit = between("hourly_limit", body.hourly_limit, 1, 100_000)?.unwrap_or(settings.hourly_limit);
    settings.suspended_days =
        between("suspended_days", body.suspended_days, 1, 3_650)?.unwrap_or(settings.suspended_days);
    if let Some(id) = body.authserv_id {
        settings.authserv_id = id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    }
    settings.verify = body.verify.unwrap_or(settings.verify);
    if let Some(relay) = body.relay {
        settings.relay = relay.map(|relay| sealed(tx, relay, settings.relay.as_ref())).transpose()?;
    }
    Ok(())
}

fn sealed(tx: &Tx<'_>, body: RelayBody, before: Option<&RelaySetting>) -> Result<RelaySetting> {
    let host = body.host.trim().to_owned();
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
        return Err(Error::invalid("relay.host", "InvalidValue", "relay.host: is not a host name"));
    }
    let security = body.security.unwrap_or(Security::StartTls);
    let username = body.username.filter(|user| !user.is_empty());
    let same = before.filter(|before| before.host == host && before.username == username);
    let password = match body.password.filter(|password| !password.is_empty()) {
        Some(password) => Some(tx.app().secrets().seal(RELAY_PASSWORD, &password)?),
        None => same.and_then(|before| before.password.clone()),
    };
    let port = body.port.unwrap_or(if security == Security::Tls { 465 } else { 587 });
    Ok(RelaySetting { host, port, security, username, password })
}

async fn test(app: State<App>) -> Answer<Json<RelayTestAnswer>> {
    let app = app.0.clone();
    let tested = tokio::task::spawn_blocking(move || {
        let email = app.part::<Email>().ok_or_else(|| Error::internal("the app has no e-mail part"))?;
        match send::relay(&app)? {
            Some(relay) => email.relays.test(&relay),
            None => Ok(Err("there is no relay".into())),
        }
    });
    Ok(Json(match tested.await.map_err(Error::internal)?? {
        Ok(()) => RelayTestAnswer { ok: true, error: None },
        Err(words) => RelayTestAnswer { ok: false, error: Some(words) },
    }))
}
