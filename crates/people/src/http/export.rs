//! Incremental exports of people and organizations.

use std::collections::HashMap;
use std::hash::Hash;

use axum::Json;
use axum::extract::State;
use base::{OrganizationId, Permission, UserId};
use kernel::App;
use kernel::exports::Kind;
use kernel::http::{Answer, By, Export, Incremental, Routes};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::lists;
use super::records::Wanted;
use crate::view::{OrganizationView, UserView};
use crate::{access, view};

/// People by time.
#[derive(Serialize, JsonSchema)]
struct UsersByTime {
    users: Vec<UserView>,
    count: u64,
    end_of_stream: bool,
    end_time: i64,
    next_page: String,
}

/// People by cursor.
#[derive(Serialize, JsonSchema)]
struct UsersByCursor {
    users: Vec<UserView>,
    after_url: String,
    before_url: Option<String>,
    after_cursor: String,
    before_cursor: Option<String>,
    end_of_stream: bool,
}

/// Organizations by time.
#[derive(Serialize, JsonSchema)]
struct OrganizationsByTime {
    organizations: Vec<OrganizationView>,
    count: u64,
    end_of_stream: bool,
    end_time: i64,
    next_page: String,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/incremental/users", users)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<UsersByTime>()
        .get("/api/v2/incremental/users/cursor", users_by_cursor)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<UsersByCursor>()
        .get("/api/v2/incremental/users/sample", users_sample)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<UsersByTime>()
        .get("/api/v2/incremental/organizations", organizations)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<OrganizationsByTime>()
        .get("/api/v2/incremental/organizations/sample", organizations_sample)
        .needs(Permission::DeskManage)
        .query::<Incremental>()
        .gives::<OrganizationsByTime>()
}

async fn users(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    people(app, export, By::Time).await
}

async fn users_by_cursor(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    people(app, export, By::Cursor).await
}

async fn users_sample(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    people(app, export, By::Sample).await
}

/// A page of people, deleted ones too.
async fn people(app: App, export: Export, by: By) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let slice = export.slice(tx, by, Kind::User)?;
        let ids: Vec<UserId> = slice.ids();
        let users = in_order(&ids, access::users(tx, &ids)?, |user| user.id);
        let views = view::users(tx, &export.origin, &users)?;
        let items = views.iter().map(|view| json!(view)).collect();
        let mut out = export.envelope(by, &slice, "users", items);
        let (origin, actor, paging) = (&export.origin, Some(&export.actor), &export.paging());
        lists::side_load(tx, &Wanted { origin, actor, paging }, &users, &mut out)?;
        Ok(out)
    });
    Ok(Json(answer.await?))
}

async fn organizations(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    companies(app, export, By::Time).await
}

async fn organizations_sample(State(app): State<App>, export: Export) -> Answer<Json<Value>> {
    companies(app, export, By::Sample).await
}

async fn companies(app: App, export: Export, by: By) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let slice = export.slice(tx, by, Kind::Organization)?;
        let ids: Vec<OrganizationId> = slice.ids();
        let all = in_order(&ids, access::organizations(tx, &ids)?, |organization| organization.id);
        let views = view::organizations(tx, &export.origin, &all)?;
        let items = views.iter().map(|view| json!(view)).collect();
        Ok(export.envelope(by, &slice, "organizations", items))
    });
    Ok(Json(answer.await?))
}

/// The records in the order of `ids`; those that are no more are left out.
fn in_order<K: Copy + Eq + Hash, T>(ids: &[K], records: Vec<T>, id: impl Fn(&T) -> K) -> Vec<T> {
    let mut by_id: HashMap<K, T> = records.into_iter().map(|record| (id(&record), record)).collect();
    ids.iter().filter_map(|id| by_id.remove(id)).collect()
}
