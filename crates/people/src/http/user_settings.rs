//! `/users/me/settings`: what people chose for their workspace.

use axum::Json;
use axum::extract::State;
use base::{Error, Result, UserId};
use kernel::http::{Answer, Body, Me, Needs, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{access, store};

/// The most views that are pinned.
const MOST_PINNED: usize = 8;
/// The most views that are put in an order.
const MOST_ORDERED: usize = 1_000;

#[derive(Serialize, JsonSchema)]
struct SettingsAnswer {
    settings: SettingsView,
}

/// What is kept, and what is known of the person anyway.
#[derive(Serialize, JsonSchema)]
struct SettingsView {
    lotus: LotusView,
    admin_center: AdminCenter,
    shared_views_order: Vec<i64>,
    agent_home_pinned_views: Vec<i64>,
}

#[derive(Serialize, JsonSchema)]
struct LotusView {
    #[serde(flatten)]
    kept: Lotus,
    /// Whether a second factor is set up.
    two_factor_authentication: bool,
}

/// What is kept of a person.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    lotus: Lotus,
    admin_center: AdminCenter,
    shared_views_order: Vec<i64>,
    agent_home_pinned_views: Vec<i64>,
}

/// Zendesk's names for the workspace's own.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Lotus {
    agent_workspace_theme_preference: String,
    agent_workspace_theme_preference_for_conversation_panel: String,
    keyboard_shortcuts_enabled: bool,
    macro_shortcuts_enabled: bool,
    show_onboarding_tooltips: bool,
    show_reporting_video_tutorial: bool,
    show_welcome_dialog: bool,
}

impl Default for Lotus {
    fn default() -> Self {
        Self {
            agent_workspace_theme_preference: "0".into(),
            agent_workspace_theme_preference_for_conversation_panel: "0".into(),
            keyboard_shortcuts_enabled: true,
            macro_shortcuts_enabled: true,
            show_onboarding_tooltips: false,
            show_reporting_video_tutorial: false,
            show_welcome_dialog: false,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct AdminCenter {
    has_admin_center_side_nav_open: bool,
}

impl Default for AdminCenter {
    fn default() -> Self {
        Self { has_admin_center_side_nav_open: true }
    }
}

#[derive(Deserialize, JsonSchema)]
struct SettingsRequest {
    #[serde(default)]
    settings: SettingsBody,
}

/// What is absent stays as it is.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct SettingsBody {
    lotus: LotusBody,
    admin_center: AdminCenterBody,
    shared_views_order: Option<Vec<i64>>,
    agent_home_pinned_views: Option<Vec<i64>>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct LotusBody {
    agent_workspace_theme_preference: Option<String>,
    agent_workspace_theme_preference_for_conversation_panel: Option<String>,
    keyboard_shortcuts_enabled: Option<bool>,
    macro_shortcuts_enabled: Option<bool>,
    show_onboarding_tooltips: Option<bool>,
    show_reporting_video_tutorial: Option<bool>,
    show_welcome_dialog: Option<bool>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct AdminCenterBody {
    has_admin_center_side_nav_open: Option<bool>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/users/me/settings", show)
        .needs(Needs::Staff)
        .gives::<SettingsAnswer>()
        .put("/api/v2/users/me/settings", update)
        .needs(Needs::Staff)
        .takes::<SettingsRequest>()
        .gives::<SettingsAnswer>()
}

fn kept(tx: &mut Tx<'_>, user: UserId) -> Result<Kept> {
    match store::users::settings(tx, user)? {
        Some(text) => serde_json::from_str(&text).map_err(Error::internal),
        None => Ok(Kept::default()),
    }
}

fn answer(tx: &mut Tx<'_>, user: UserId, kept: Kept) -> Result<SettingsAnswer> {
    let two_factor_authentication = access::get_user(tx, user)?.second_factor;
    let lotus = LotusView { kept: kept.lotus, two_factor_authentication };
    let Kept { admin_center, shared_views_order, agent_home_pinned_views, .. } = kept;
    Ok(SettingsAnswer { settings: SettingsView { lotus, admin_center, shared_views_order, agent_home_pinned_views } })
}

async fn show(State(app): State<App>, Me(me): Me) -> Answer<Json<SettingsAnswer>> {
    let settings = app.read(move |tx| {
        let kept = kept(tx, me.user)?;
        answer(tx, me.user, kept)
    });
    Ok(Json(settings.await?))
}

async fn update(State(app): State<App>, Me(me): Me, Body(body): Body<SettingsRequest>) -> Answer<Json<SettingsAnswer>> {
    let settings = app.write(move |tx| {
        let mut kept = kept(tx, me.user)?;
        apply(&mut kept, body.settings)?;
        let text = serde_json::to_string(&kept).map_err(Error::internal)?;
        store::users::put_settings(tx, me.user, &text)?;
        answer(tx, me.user, kept)
    });
    Ok(Json(settings.await?))
}

fn apply(kept: &mut Kept, body: SettingsBody) -> Result<()> {
    fn put<T>(place: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *place = value;
        }
    }
    let LotusBody { agent_workspace_theme_preference, .. } = &body.lotus;
    let panel = &body.lotus.agent_workspace_theme_preference_for_conversation_panel;
    let long = [agent_workspace_theme_preference, panel].into_iter().flatten().any(|text| text.chars().count() > 64);
    if long {
        return Err(Error::invalid("lotus", "TooLong", "lotus: a theme's name takes at most 64 characters"));
    }
    let lotus = &mut kept.lotus;
    put(&mut lotus.agent_workspace_theme_preference, body.lotus.agent_workspace_theme_preference);
    put(
        &mut lotus.agent_workspace_theme_preference_for_conversation_panel,
        body.lotus.agent_workspace_theme_preference_for_conversation_panel,
    );
    put(&mut lotus.keyboard_shortcuts_enabled, body.lotus.keyboard_shortcuts_enabled);
    put(&mut lotus.macro_shortcuts_enabled, body.lotus.macro_shortcuts_enabled);
    put(&mut lotus.show_onboarding_tooltips, body.lotus.show_onboarding_tooltips);
    put(&mut lotus.show_reporting_video_tutorial, body.lotus.show_reporting_video_tutorial);
    put(&mut lotus.show_welcome_dialog, body.lotus.show_welcome_dialog);
    put(&mut kept.admin_center.has_admin_center_side_nav_open, body.admin_center.has_admin_center_side_nav_open);
    put(&mut kept.shared_views_order, body.shared_views_order);
    put(&mut kept.agent_home_pinned_views, body.agent_home_pinned_views);
    for (field, list, most) in [
        ("shared_views_order", &kept.shared_views_order, MOST_ORDERED),
        ("agent_home_pinned_views", &kept.agent_home_pinned_views, MOST_PINNED),
    ] {
        if list.len() > most {
            return Err(Error::invalid(field, "TooMany", format!("{field}: takes at most {most} views")));
        }
    }
    Ok(())
}
