//! `/users/{id}/tags` and `/organizations/{id}/tags`: the same routes for either.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Actor, OrganizationId, Permission, Result, UserId};
use kernel::http::{Answer, Body, Me, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::records::At;
use crate::organization::{Organization, OrganizationChange};
use crate::user::{User, UserChange};
use crate::{access, change, organizations, store};

/// What has tags.
trait Tagged: 'static {
    fn tags(tx: &mut Tx<'_>, at: &At) -> Result<Vec<String>>;
    fn set(tx: &mut Tx<'_>, actor: &Actor, at: &At, tags: Vec<String>) -> Result<()>;
}

impl Tagged for User {
    fn tags(tx: &mut Tx<'_>, at: &At) -> Result<Vec<String>> {
        let id: UserId = access::get_user(tx, at.id(0)?)?.id;
        Ok(access::tags_of(tx, &[id])?.remove(&id).unwrap_or_default())
    }

    fn set(tx: &mut Tx<'_>, actor: &Actor, at: &At, tags: Vec<String>) -> Result<()> {
        let change = UserChange { tags: Some(tags), ..UserChange::default() };
        change::update_user(tx, actor, at.id(0)?, change).map(drop)
    }
}

impl Tagged for Organization {
    fn tags(tx: &mut Tx<'_>, at: &At) -> Result<Vec<String>> {
        let id: OrganizationId = access::get_organization(tx, at.id(0)?)?.id;
        Ok(store::organizations::tags(tx, &[id])?.into_iter().map(|(_, tag)| tag).collect())
    }

    fn set(tx: &mut Tx<'_>, actor: &Actor, at: &At, tags: Vec<String>) -> Result<()> {
        let change = OrganizationChange { tags: Some(tags), ..OrganizationChange::default() };
        organizations::update_organization(tx, actor, at.id(0)?, change).map(drop)
    }
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Tags {
    tags: Vec<String>,
}

pub(super) fn routes() -> Routes {
    let users = of::<User>(Routes::new(), "/api/v2/users/{id}/tags");
    of::<Organization>(users, "/api/v2/organizations/{id}/tags")
}

fn of<T: Tagged>(routes: Routes, path: &'static str) -> Routes {
    routes
        .get(path, show::<T>)
        .needs(Permission::PeopleRead)
        .gives::<Tags>()
        .post(path, set::<T>)
        .needs(Permission::PeopleEdit)
        .takes::<Tags>()
        .gives::<Tags>()
        .put(path, add::<T>)
        .needs(Permission::PeopleEdit)
        .takes::<Tags>()
        .gives::<Tags>()
        .delete(path, remove::<T>)
        .needs(Permission::PeopleEdit)
        .takes::<Tags>()
        .gives::<Tags>()
}

async fn show<T: Tagged>(State(app): State<App>, at: At) -> Answer<Json<Tags>> {
    Ok(Json(Tags { tags: app.read(move |tx| T::tags(tx, &at)).await? }))
}

async fn set<T: Tagged>(State(app): State<App>, Me(me): Me, at: At, Body(body): Body<Tags>) -> Answer<Response> {
    let tags = rewrite::<T>(&app, me, at, move |_| body.tags).await?;
    Ok((StatusCode::CREATED, Json(Tags { tags })).into_response())
}

async fn add<T: Tagged>(State(app): State<App>, Me(me): Me, at: At, Body(body): Body<Tags>) -> Answer<Json<Tags>> {
    let add = move |mut tags: Vec<String>| {
        tags.extend(body.tags);
        tags
    };
    Ok(Json(Tags { tags: rewrite::<T>(&app, me, at, add).await? }))
}

async fn remove<T: Tagged>(State(app): State<App>, Me(me): Me, at: At, Body(body): Body<Tags>) -> Answer<Json<Tags>> {
    let remove = move |mut tags: Vec<String>| {
        tags.retain(|tag| !body.tags.contains(tag));
        tags
    };
    Ok(Json(Tags { tags: rewrite::<T>(&app, me, at, remove).await? }))
}

async fn rewrite<T: Tagged>(
    app: &App,
    me: Actor,
    at: At,
    rewrite: impl FnOnce(Vec<String>) -> Vec<String> + Send + 'static,
) -> Result<Vec<String>> {
    app.write(move |tx| {
        let tags = rewrite(T::tags(tx, &at)?);
        T::set(tx, &me, &at, tags)?;
        T::tags(tx, &at)
    })
    .await
}
