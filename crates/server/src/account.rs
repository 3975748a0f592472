//! `/account/settings` and its like: what the desk is, in the groups and names of Zendesk's account.
//!
//! Most of it follows from what the desk has and can't be set here: a write that would change such a value is refused, and
//! one that repeats it passes.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, FieldProblem, Locale, Permission, Result};
use kernel::http::{Answer, Body, Me, Needs, Routes};
use kernel::{App, Tx, audit_log, settings};
use people::settings::{Desk, SignIn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{store, wiring};

/// The largest attachment, in bytes.
const ATTACHMENT: i64 = 50 * 1024 * 1024;

/// `{"settings": {...}}`, by group.
#[derive(Serialize, JsonSchema)]
struct SettingsAnswer {
    settings: BTreeMap<String, Value>,
}

#[derive(Deserialize, JsonSchema)]
struct SettingsRequest {
    #[serde(default)]
    settings: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
struct SecurityAnswer {
    security_settings: BTreeMap<String, Value>,
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/account/settings", show)
        .needs(Needs::Staff)
        .gives::<SettingsAnswer>()
        .put("/api/v2/account/settings", update)
        .needs(Permission::DeskManage)
        .takes::<SettingsRequest>()
        .gives::<SettingsAnswer>()
        .get("/api/v2/account/email_settings", show_email)
        .needs(Permission::DeskManage)
        .gives::<SettingsAnswer>()
        .put("/api/v2/account/email_settings", update_email)
        .needs(Permission::DeskManage)
        .takes::<SettingsRequest>()
        .gives::<SettingsAnswer>()
        .get("/api/v2/security_settings", show_security)
        .needs(Permission::SecurityManage)
        .gives::<SecurityAnswer>()
}

async fn show(State(app): State<App>) -> Answer<Json<SettingsAnswer>> {
    Ok(Json(SettingsAnswer { settings: app.read(account).await? }))
}

async fn update(State(app): State<App>, Me(me): Me, Body(body): Body<SettingsRequest>) -> Answer<Json<SettingsAnswer>> {
    Ok(Json(SettingsAnswer { settings: app.write(move |tx| change(tx, &me, body.settings)).await? }))
}

async fn show_email(State(app): State<App>) -> Answer<Json<SettingsAnswer>> {
    Ok(Json(SettingsAnswer { settings: app.read(email_only).await? }))
}

async fn update_email(
    State(app): State<App>,
    Me(me): Me,
    Body(body): Body<SettingsRequest>,
) -> Answer<Json<SettingsAnswer>> {
    let settings = app.write(move |tx| {
        let given = body.settings.into_iter().filter(|(group, _)| group == "email").collect();
        change(tx, &me, given)?;
        email_only(tx)
    });
    Ok(Json(SettingsAnswer { settings: settings.await? }))
}

async fn show_security(State(app): State<App>) -> Answer<Json<SecurityAnswer>> {
    let api_passwords = app.read(settings::get::<SignIn>).await?.api_passwords;
    Ok(Json(SecurityAnswer { security_settings: by_group(security(api_passwords)) }))
}

fn by_group(json: Value) -> BTreeMap<String, Value> {
    match json {
        Value::Object(groups) => groups.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

fn email_only(tx: &mut Tx<'_>) -> Result<BTreeMap<String, Value>> {
    let mut all = account(tx)?;
    all.retain(|group, _| group == "email");
    Ok(all)
}

/// Writes what can be set, and refuses what can't.
fn change(tx: &mut Tx<'_>, me: &Actor, given: Map<String, Value>) -> Result<BTreeMap<String, Value>> {
    let before = account(tx)?;
    let mut problems = Vec::new();
    let mut api_passwords = None;
    for (group, values) in &given {
        let Some(values) = values.as_object() else {
            problems.push(problem(group, "takes an object"));
            continue;
        };
        for (name, value) in values {
            let field = format!("{group}.{name}");
            let now = before.get(group).and_then(|group| group.get(name));
            match (field.as_str(), value.as_bool()) {
                _ if now == Some(value) => {}
                ("api.api_password_access" | "api.api_password_access_end_users", Some(on)) => api_passwords = Some(on),
                _ if now.is_none() => problems.push(problem(&field, "there is no such setting")),
                _ => problems.push(problem(&field, "follows from what the desk has and can't be set here")),
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if let Some(api_passwords) = api_passwords {
        me.needs(Permission::SecurityManage)?;
        settings::set(tx, &SignIn { api_passwords })?;
        let change = format!("api_passwords: {api_passwords}");
        audit_log::record(tx, me, "update", ("sign_in", None, "sign_in"), &change)?;
    }
    account(tx)
}

fn problem(field: &str, message: &str) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code: "InvalidValue", message: format!("{field}: {message}") }
}

/// What the account's settings are put together from.
struct Facts {
    api_passwords: bool,
    locale: Locale,
    brand: i64,
    on_hold: bool,
    staff: i64,
    has: fn(&str) -> bool,
}

/// Every group of the account's settings.
fn account(tx: &mut Tx<'_>) -> Result<BTreeMap<String, Value>> {
    let on_hold = |status: &tickets::desk::CustomStatus| status.status.name() == "hold" && status.active;
    let facts = Facts {
        api_passwords: settings::get::<SignIn>(tx)?.api_passwords,
        locale: settings::get::<Desk>(tx)?.locale,
        brand: tickets::desk::default_brand(tx)?.id.0,
        on_hold: tickets::desk::custom_statuses(tx)?.iter().any(on_hold),
        staff: store::count_staff(tx)?,
        has: |path| wiring::has(path),
    };
    let mut all = by_group(features(&facts));
    all.extend(by_group(conduct(&facts)));
    all.extend(by_group(absent()));
    Ok(all)
}

/// What the desk can do.
fn features(facts: &Facts) -> Value {
    let has = facts.has;
    let (ratings, voice) = (has("/api/v2/satisfaction_ratings"), has("/api/v2/channels/voice/tickets"));
    json!({
        "active_features": {
            "agent_forwarding": false, "allow_ccs": true, "allow_email_template_customization": true,
            "automatic_answers": false, "bcc_archiving": false, "benchmark_opt_out": true,
            "business_hours": has("/api/v2/business_hours/schedules"), "chat": false, "chat_about_my_ticket": false,
            "csat_reason_code": false, "custom_dkim_domain": true, "customer_context_as_default": true,
            "customer_satisfaction": ratings, "customer_satisfaction_survey": false,
            "dynamic_contents": has("/api/v2/dynamic_content/items"), "explore": false,
            "explore_on_support_ent_plan": false, "explore_on_support_pro_plan": false, "facebook": false,
            "facebook_login": false, "fallback_composer": false, "forum_analytics": false,
            "good_data_and_explore": false, "google_login": false, "is_abusive": false, "light_agents": true,
            "markdown": false, "on_hold_status": facts.on_hold, "organization_access_enabled": true,
            "rich_content_in_emails": true, "sandbox": false, "satisfaction_prediction": false,
            "suspended_ticket_notification": false, "ticket_forms": true, "ticket_tagging": true,
            "topic_suggestion": false, "twitter": false, "twitter_login": false, "user_org_fields": true,
            "user_tagging": true, "voice": voice,
        },
        "agents": {
            "agent_home": false, "agent_workspace": true, "aw_self_serve_migration_enabled": false,
            "focus_mode": false, "idle_timeout_enabled": false, "unified_agent_statuses": false,
        },
        "side_conversations": {
            "email_channel": has("/api/v2/tickets/{id}/side_conversations"), "msteams_channel": false,
            "show_in_context_panel": false, "slack_channel": false, "tickets_channel": false,
        },
        "routing": {"autorouting_tag": "", "enabled": false, "max_email_capacity": 0, "max_messaging_capacity": 0},
        "voice": {
            "agent_confirmation_when_forwarding": false, "agent_wrap_up_after_calls": false, "enabled": voice,
            "logging": voice, "maximum_queue_size": 0, "maximum_queue_wait_time": 0,
            "only_during_business_hours": false, "outbound_enabled": false, "recordings_public": false,
            "uk_mobile_forwarding": false,
        },
    })
}

/// How the desk goes about it.
fn conduct(facts: &Facts) -> Value {
    let others = Locale::ALL.into_iter().filter(|locale| *locale != facts.locale);
    let locales: Vec<i64> = std::iter::once(facts.locale).chain(others).map(Locale::zendesk_id).collect();
    let size = match facts.staff {
        0..=9 => "1-9",
        10..=49 => "10-49",
        50..=99 => "50-99",
        100..=399 => "100-399",
        _ => "400+",
    };
    json!({
        "api": {
            "accepted_api_agreement": true, "api_password_access": facts.api_passwords,
            "api_password_access_end_users": facts.api_passwords, "api_token_access": "true",
        },
        "brands": {
            "default_brand_id": facts.brand, "end_user_across_brand_requests": true,
            "require_brand_on_new_tickets": false,
        },
        "email": {
            "accept_wildcard_emails": false, "custom_dkim_domain": true, "email_sender_authentication": true,
            "email_sender_authentication_profile": "default", "email_status": true, "email_template_photos": false,
            "email_template_selection": false, "gmail_actions": false, "html_mail_template": "{{content}}",
            "mail_delimiter": "", "modern_email_template": true, "multi_recipient_email_tickets": true,
            "no_mail_delimiter": true, "personalized_replies": true, "rich_content_in_emails": true,
            "send_gmail_messages_via_gmail": false, "text_mail_template": "{{content}}",
        },
        "groups": {"check_group_name_uniqueness": false},
        "limits": {"attachment_size": ATTACHMENT},
        "localization": {"locale_ids": locales},
        "metrics": {"account_size": size},
        "rule": {
            "macro_most_used": false, "macro_order": "position", "skill_based_filtered_views": [],
            "using_skill_based_routing": false,
        },
        "statistics": {"forum": false, "rule_usage": false, "search": false},
        "ticket_form": {"raw_ticket_forms_instructions": "", "ticket_forms_instructions": ""},
        "tickets": {
            "accepted_new_collaboration_tos": true, "agent_collision": true, "agent_invitation_enabled": true,
            "agent_ticket_deletion": true, "allow_group_reset": true, "assign_default_organization": true,
            "assign_tickets_upon_solve": true, "auto_translation_enabled": false,
            "auto_updated_ccs_followers_rules": true, "chat_sla_enablement": false, "collaboration": true,
            "comments_public_by_default": true, "default_solved_ticket_reassignment_strategy": "legacy",
            "default_to_draft_mode": false, "email_attachments": true, "emoji_autocompletion": false,
            "follower_and_email_cc_collaborations": true, "has_color_text": false,
            "is_first_comment_private_enabled": true, "light_agent_email_ccs_allowed": true, "list_empty_views": true,
            "list_newest_comments_first": false, "markdown_ticket_comments": false, "maximum_personal_views_to_list": 100,
            "modern_ticket_reassignment": false, "private_attachments": false, "rich_text_comments": true,
            "show_modern_ticket_reassignment": false, "status_hold": facts.on_hold, "tagging": true,
            "using_skill_based_routing": false,
        },
        "user": {
            "agent_created_welcome_emails": true, "end_user_phone_number_validation": false,
            "have_gravatars_enabled": false, "language_selection": true, "multiple_organizations": true,
            "tagging": true, "time_zone_selection": true,
        },
    })
}

/// What Zendesk has around its product, and a desk of one's own has not.
fn absent() -> Value {
    json!({
        "apps": {"create_private": false, "create_public": false, "use": false},
        "billing": {"backend": "none"},
        "branding": {
            "favicon_url": null, "header_color": "1D4ED8", "header_logo_url": null, "page_background_color": "F4F4F5",
            "tab_background_color": "1D4ED8", "text_color": "FFFFFF",
        },
        "cdn": {"cdn_provider": "none", "fallback_cdn_provider": "none", "hosts": []},
        "chat": {
            "available": false, "enabled": false, "integrated": false, "maximum_request_count": 0, "welcome_message": "",
        },
        "cross_sell": {"show_chat_tooltip": false, "xsell_source": null},
        "google_apps": {"has_google_apps": false, "has_google_apps_admin": false},
        "lotus": {"pod_id": 1, "prefer_lotus": true, "reporting": true},
        "messaging_inactivity": {
            "default_localized_messages": {}, "enabled": false, "reminders": [], "ticket_status_id": null, "timeout": 0,
        },
        "onboarding": {"checklist_onboarding_version": 2, "onboarding_segments": null, "product_sign_up": null},
        "twitter": {"shorten_url": "never"},
    })
}

/// How people sign in. Times are minutes.
fn security(api_passwords: bool) -> Value {
    let session = 14 * 24 * 60;
    let end_user = json!({
        "enforce_sso": false, "facebook_login": false, "google_login": false, "office_365_login": false,
        "primary_external_auth": null, "remote_login": false, "security_policy_id": 1,
        "security_policy_name": "recommended", "sso_auto_redirect": false, "twitter_login": false,
        "zendesk_login": true,
    });
    json!({
        "admins_can_set_user_passwords": true, "agent_session_timeout": session, "end_user_session_timeout": session,
        "assumable": false, "assumable_account_type": false, "assumption_duration": "off",
        "assumption_expiration": null, "api_password_access": api_passwords,
        "authentication": {
            "agent": {
                "enforce_sso": false, "google_login": false, "office_365_allowed_tids": "",
                "office_365_enforce_tid": false, "office_365_login": false,
                "password": {
                    "disallow_local_part_from_email": false, "failed_attempts_allowed": 10, "is_available": true,
                    "max_sequence": null, "password_complexity": 0, "password_duration": 0,
                    "password_history_length": 0, "password_in_mixed_case": false, "password_length": 8,
                },
                "primary_external_auth": null, "remote_bypass": 2, "remote_bypass_name": "admins",
                "remote_login": false, "security_policy_id": 1, "security_policy_name": "recommended",
                "sso_auto_redirect": false, "zendesk_login": true,
            },
            "end_user": end_user,
        },
        "csp_blocking_enabled": true, "email_agent_when_sensitive_fields_changed": false,
        "ip": {"enable_agent_ip_restrictions": false, "ip_ranges": "", "ip_restriction_enabled": false},
        "maximum_session_duration": 0, "maximum_session_duration_enabled": false, "mobile_app_access": false,
        "mobile_app_session_timeout": session, "two_factor_last_update": null,
    })
}
