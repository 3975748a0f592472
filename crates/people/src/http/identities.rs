//! `/users/{id}/identities`.

use axum::Json;
use axum::extract::State;
use base::{Error, IdentityId, Permission, UserId};
use kernel::App;
use kernel::http::{Answer, Body, Created, Id, Me, NoContent, Origin, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::input::IdentityBody;
use super::{Here, Ids};
use crate::identities::{self, NewIdentity};
use crate::user::IdentityKind;
use crate::view::{self, IdentityView};

#[derive(Serialize, JsonSchema)]
struct IdentityAnswer {
    identity: IdentityView,
}

#[derive(Serialize, JsonSchema)]
struct IdentitiesAnswer {
    identities: Vec<IdentityView>,
}

#[derive(Deserialize, JsonSchema)]
struct IdentityRequest {
    identity: IdentityBody,
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/users/{id}/identities", "/api/v2/users/{id}/identities/{identity_id}");
    Routes::new()
        .get(all, list)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<IdentitiesAnswer>()
        .post(all, create)
        .needs(Permission::PeopleEdit)
        .takes::<IdentityRequest>()
        .gives::<IdentityAnswer>()
        .get(one, show)
        .needs(Permission::PeopleRead)
        .gives::<IdentityAnswer>()
        .put(one, update)
        .needs(Permission::PeopleEdit)
        .takes::<IdentityRequest>()
        .gives::<IdentityAnswer>()
        .delete(one, delete)
        .needs(Permission::PeopleEdit)
        .put("/api/v2/users/{id}/identities/{identity_id}/make_primary", make_primary)
        .needs(Permission::PeopleEdit)
        .gives::<IdentitiesAnswer>()
        .put("/api/v2/users/{id}/identities/{identity_id}/verify", verify)
        .needs(Permission::PeopleEdit)
        .gives::<IdentityAnswer>()
        .put("/api/v2/users/{id}/identities/{identity_id}/request_verification", request_verification)
        .needs(Permission::PeopleEdit)
        .gives::<IdentityAnswer>()
}

async fn list(
    State(app): State<App>,
    Id(user): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = identities::identities(tx, user)?;
        here.whole(&paging, "identities", all.iter().map(|one| view::identity(&here.origin, one)).collect())
    });
    Ok(Json(answer.await?))
}

async fn show(
    State(app): State<App>,
    Ids(user, id): Ids<UserId, IdentityId>,
    origin: Origin,
) -> Answer<Json<IdentityAnswer>> {
    let identity = app.read(move |tx| identities::get_identity(tx, user, id)).await?;
    Ok(Json(IdentityAnswer { identity: view::identity(&origin, &identity) }))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    Id(user): Id<UserId>,
    origin: Origin,
    Body(body): Body<IdentityRequest>,
) -> Answer<Created<IdentityAnswer>> {
    let IdentityBody { kind, value, verified, primary } = body.identity;
    let kind = kind.as_deref().and_then(IdentityKind::parse);
    let kind = kind.ok_or_else(|| Error::invalid("type", "InvalidValue", "Type: is not a kind of identity"))?;
    let value = value.ok_or_else(|| Error::blank("value"))?;
    let new = NewIdentity { kind, value, verified: verified.unwrap_or(false), primary: primary.unwrap_or(false) };
    let identity = app.write(move |tx| identities::add_identity(tx, &me, user, new)).await?;
    let identity = view::identity(&origin, &identity);
    Ok(Created(identity.url.clone(), IdentityAnswer { identity }))
}

async fn update(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, id): Ids<UserId, IdentityId>,
    origin: Origin,
    Body(body): Body<IdentityRequest>,
) -> Answer<Json<IdentityAnswer>> {
    let identity = app.write(move |tx| {
        if let Some(value) = &body.identity.value {
            identities::change_identity(tx, &me, user, id, value)?;
        }
        if body.identity.verified == Some(true) {
            identities::verify_identity(tx, &me, user, id)?;
        }
        if body.identity.primary == Some(true) {
            identities::make_primary(tx, &me, user, id)?;
        }
        identities::get_identity(tx, user, id)
    });
    Ok(Json(IdentityAnswer { identity: view::identity(&origin, &identity.await?) }))
}

async fn delete(State(app): State<App>, Me(me): Me, Ids(user, id): Ids<UserId, IdentityId>) -> Answer<NoContent> {
    app.write(move |tx| identities::delete_identity(tx, &me, user, id)).await?;
    Ok(NoContent)
}

async fn make_primary(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, id): Ids<UserId, IdentityId>,
    here: Here,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let all = identities::make_primary(tx, &me, user, id)?;
        let views = all.iter().map(|one| view::identity(&here.origin, one)).collect();
        here.whole(&Paging::default(), "identities", views)
    });
    Ok(Json(answer.await?))
}

async fn verify(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, id): Ids<UserId, IdentityId>,
    origin: Origin,
) -> Answer<Json<IdentityAnswer>> {
    let identity = app.write(move |tx| identities::verify_identity(tx, &me, user, id)).await?;
    Ok(Json(IdentityAnswer { identity: view::identity(&origin, &identity) }))
}

async fn request_verification(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, id): Ids<UserId, IdentityId>,
    origin: Origin,
) -> Answer<Json<IdentityAnswer>> {
    let identity = app.write(move |tx| identities::request_proof(tx, &me, user, id)).await?;
    Ok(Json(IdentityAnswer { identity: view::identity(&origin, &identity) }))
}
