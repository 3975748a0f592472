//! `/users`: one person at a time.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, Permission, Result, Role, UserId};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Here, UserBody, lists};
use crate::identities::{self, NewIdentity};
use crate::password::hash_aside;
use crate::user::{IdentityKind, User};
use crate::view::{MeView, UserView};
use crate::{access, change, merge, store, view};

#[derive(Serialize, JsonSchema)]
pub(super) struct UserAnswer {
    pub user: UserView,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct MeAnswer {
    user: MeView,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct UserRequest {
    #[serde(default)]
    user: UserBody,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Tags {
    pub tags: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Related {
    user_related: RelatedView,
}

/// What else belongs to a person; their tickets are counted elsewhere.
#[derive(Serialize, JsonSchema)]
struct RelatedView {
    organization_subscriptions: i64,
    organizations: i64,
    identities: i64,
}

pub(super) fn routes() -> Routes {
    let path = "/api/v2/users/{id}";
    Routes::new()
        .get("/api/v2/users/me", me)
        .needs(Needs::Nothing)
        .gives::<MeAnswer>()
        .put("/api/v2/users/me", update_me)
        .needs(Needs::SignIn)
        .takes::<UserRequest>()
        .gives::<MeAnswer>()
        .post("/api/v2/users", create)
        .needs(Permission::PeopleEdit)
        .takes::<UserRequest>()
        .gives::<UserAnswer>()
        .post("/api/v2/users/create_or_update", create_or_update)
        .needs(Permission::PeopleEdit)
        .takes::<UserRequest>()
        .gives::<UserAnswer>()
        .get(path, show)
        .needs(Permission::PeopleRead)
        .gives::<UserAnswer>()
        .put(path, update)
        .needs(Needs::Staff)
        .takes::<UserRequest>()
        .gives::<UserAnswer>()
        .delete(path, delete)
        .needs(Permission::PeopleEdit)
        .gives::<UserAnswer>()
        .put("/api/v2/users/{id}/merge", merge_into)
        .needs(Permission::PeopleEdit)
        .takes::<UserRequest>()
        .gives::<UserAnswer>()
        .get("/api/v2/users/{id}/duplicates", duplicates)
        .needs(Permission::PeopleRead)
        .get("/api/v2/users/{id}/related", related)
        .needs(Permission::PeopleRead)
        .gives::<Related>()
        .get("/api/v2/users/{id}/tags", tags)
        .needs(Permission::PeopleRead)
        .gives::<Tags>()
        .post("/api/v2/users/{id}/tags", set_tags)
        .needs(Permission::PeopleEdit)
        .takes::<Tags>()
        .gives::<Tags>()
        .put("/api/v2/users/{id}/tags", add_tags)
        .needs(Permission::PeopleEdit)
        .takes::<Tags>()
        .gives::<Tags>()
        .delete("/api/v2/users/{id}/tags", remove_tags)
        .needs(Permission::PeopleEdit)
        .takes::<Tags>()
}

async fn me(State(app): State<App>, me: Option<Me>, origin: Origin) -> Answer<Json<MeAnswer>> {
    let actor = me.map(|me| me.0);
    let user = app.read(move |tx| view::me(tx, &origin, actor.as_ref())).await?;
    Ok(Json(MeAnswer { user }))
}

async fn update_me(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<UserRequest>,
) -> Answer<Json<MeAnswer>> {
    let user = app.write(move |tx| {
        alter(tx, &me, me.user, body.user)?;
        view::me(tx, &origin, Some(&me))
    });
    Ok(Json(MeAnswer { user: user.await? }))
}

async fn show(
    State(app): State<App>,
    Id(id): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let user = access::get_user(tx, id)?;
        let mut out = json!({"user": view::user(tx, &here.origin, &user)?});
        lists::side_load(tx, &here.origin, &paging, std::slice::from_ref(&user), &mut out)?;
        Ok(out)
    });
    Ok(Json(answer.await?))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<UserRequest>,
) -> Answer<Created<UserAnswer>> {
    let hash = password_hash(&app, &body.user).await?;
    let user = app.write(move |tx| {
        let user = make(tx, &me, body.user, hash)?;
        view::user(tx, &origin, &user)
    });
    let user = user.await?;
    Ok(Created(user.rest.url.clone().unwrap_or_default(), UserAnswer { user }))
}

async fn password_hash(app: &App, body: &UserBody) -> Result<Option<String>> {
    match body.password.clone() {
        Some(password) => hash_aside(app, password).await.map(Some),
        None => Ok(None),
    }
}

/// Makes a person with all that the body names.
pub(crate) fn make(tx: &mut Tx<'_>, actor: &Actor, body: UserBody, hash: Option<String>) -> Result<User> {
    let (identities, organization) = (body.identities.clone(), body.organization.clone());
    let mut new = body.into_change()?;
    new.password_hash = hash;
    let listed = identities.unwrap_or_default();
    if new.email.is_none() {
        // Zendesk's clients may give the address among the identities only.
        let email = listed.iter().find(|identity| identity.kind.as_deref() == Some("email"));
        new.email = email.and_then(|identity| identity.value.clone());
    }
    if let Some(named) = organization
        && new.organization.is_none()
    {
        new.organization = Some(store::organizations::named(tx, &named.name)?.map(|found| found.id));
    }
    let user = change::create_user(tx, actor, new)?;
    for body in listed {
        let kind = body.kind.as_deref().and_then(IdentityKind::parse);
        let (Some(kind), Some(value)) = (kind, body.value) else {
            return Err(Error::invalid("identities", "InvalidValue", "identities: each needs a type and a value"));
        };
        if access::find_by_identity(tx, kind, &value)?.is_some_and(|owner| owner.id == user.id) {
            continue;
        }
        let (verified, primary) = (body.verified.unwrap_or(false), body.primary.unwrap_or(false));
        identities::add_identity(tx, actor, user.id, NewIdentity { kind, value, verified, primary })?;
    }
    access::get_user(tx, user.id)
}

async fn create_or_update(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<UserRequest>,
) -> Answer<Response> {
    let hash = password_hash(&app, &body.user).await?;
    let made = app.write(move |tx| {
        let (user, made) = make_or_change(tx, &me, body.user, hash)?;
        Ok((view::user(tx, &origin, &user)?, made))
    });
    let (user, made) = made.await?;
    let url = user.rest.url.clone().unwrap_or_default();
    let answer = UserAnswer { user };
    Ok(if made { Created(url, answer).into_response() } else { (StatusCode::OK, Json(answer)).into_response() })
}

/// Changes the person with this external id or address, or makes them; tells whether they were made.
pub(crate) fn make_or_change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    body: UserBody,
    hash: Option<String>,
) -> Result<(User, bool)> {
    let mut found = None;
    if let Some(Some(external)) = &body.external_id {
        found = store::users::by_external_ids(tx, std::slice::from_ref(external))?.into_iter().next();
    }
    if let (None, Some(email)) = (&found, &body.email) {
        found = access::find_by_email(tx, email)?;
    }
    match found {
        Some(user) => Ok((alter(tx, actor, user.id, body)?, false)),
        None => Ok((make(tx, actor, body, hash)?, true)),
    }
}

/// Changes a person. Zendesk's roles don't tell the owner from other admins: `admin` alone leaves the owner the owner.
pub(crate) fn alter(tx: &mut Tx<'_>, actor: &Actor, id: UserId, body: UserBody) -> Result<User> {
    let owner = body.owner;
    let mut change = body.into_change()?;
    let stays = change.role == Some(Role::Admin) && owner != Some(false);
    if stays && access::find_user(tx, id)?.is_some_and(|user| user.role == Role::Owner) {
        change.role = None;
    }
    change::update_user(tx, actor, id, change)
}

async fn update(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<UserId>,
    origin: Origin,
    Body(body): Body<UserRequest>,
) -> Answer<Json<UserAnswer>> {
    let user = app.write(move |tx| {
        let user = alter(tx, &me, id, body.user)?;
        view::user(tx, &origin, &user)
    });
    Ok(Json(UserAnswer { user: user.await? }))
}

async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<UserId>, origin: Origin) -> Answer<Json<UserAnswer>> {
    let user = app.write(move |tx| {
        let user = change::delete_user(tx, &me, id)?;
        view::user(tx, &origin, &user)
    });
    Ok(Json(UserAnswer { user: user.await? }))
}

async fn merge_into(
    State(app): State<App>,
    Me(me): Me,
    Id(from): Id<UserId>,
    origin: Origin,
    Body(body): Body<UserRequest>,
) -> Answer<Json<UserAnswer>> {
    let into = body.user.id.map(UserId).ok_or_else(|| Error::blank("user.id"))?;
    let user = app.write(move |tx| {
        let user = merge::merge(tx, &me, from, into)?;
        view::user(tx, &origin, &user)
    });
    Ok(Json(UserAnswer { user: user.await? }))
}

async fn duplicates(
    State(app): State<App>,
    Id(id): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let users = merge::duplicates(tx, id)?;
        lists::few(tx, &here, &paging, &users)
    });
    Ok(Json(answer.await?))
}

async fn related(State(app): State<App>, Id(id): Id<UserId>) -> Answer<Json<Related>> {
    let related = app.read(move |tx| {
        let identities = identities::identities(tx, id)?.len() as i64;
        let organizations = access::organizations_of(tx, id)?.len() as i64;
        Ok(RelatedView { organization_subscriptions: 0, organizations, identities })
    });
    Ok(Json(Related { user_related: related.await? }))
}

async fn tags(State(app): State<App>, Id(id): Id<UserId>) -> Answer<Json<Tags>> {
    Ok(Json(Tags { tags: app.read(move |tx| tags_of(tx, id)).await? }))
}

fn tags_of(tx: &mut Tx<'_>, id: UserId) -> Result<Vec<String>> {
    access::get_user(tx, id)?;
    Ok(access::tags_of(tx, &[id])?.remove(&id).unwrap_or_default())
}

async fn set_tags(State(app): State<App>, Me(me): Me, Id(id): Id<UserId>, Body(body): Body<Tags>) -> Answer<Response> {
    let tags = rewrite_tags(&app, me, id, move |_| body.tags).await?;
    Ok((StatusCode::CREATED, Json(Tags { tags })).into_response())
}

async fn add_tags(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<UserId>,
    Body(body): Body<Tags>,
) -> Answer<Json<Tags>> {
    let add = move |mut tags: Vec<String>| {
        tags.extend(body.tags);
        tags
    };
    Ok(Json(Tags { tags: rewrite_tags(&app, me, id, add).await? }))
}

async fn remove_tags(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<UserId>,
    Body(body): Body<Tags>,
) -> Answer<Json<Tags>> {
    let remove = move |mut tags: Vec<String>| {
        tags.retain(|tag| !body.tags.contains(tag));
        tags
    };
    Ok(Json(Tags { tags: rewrite_tags(&app, me, id, remove).await? }))
}

async fn rewrite_tags(
    app: &App,
    me: Actor,
    id: UserId,
    rewrite: impl FnOnce(Vec<String>) -> Vec<String> + Send + 'static,
) -> Result<Vec<String>> {
    app.write(move |tx| {
        let tags = Some(rewrite(tags_of(tx, id)?));
        change::update_user(tx, &me, id, crate::UserChange { tags, ..Default::default() })?;
        tags_of(tx, id)
    })
    .await
}
