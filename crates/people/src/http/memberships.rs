//! `/organization_memberships`.

use axum::Json;
use axum::extract::State;
use base::{Error, OrganizationId, Permission, Result, UserId};
use kernel::http::{Answer, Body, Created, Id, Me, NoContent, Origin, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Here, Ids};
use crate::organizations;
use crate::store::Found;
use crate::view::OrganizationMembershipView;
use crate::{access, store, view};

#[derive(Serialize, JsonSchema)]
struct MembershipAnswer {
    organization_membership: OrganizationMembershipView,
}

#[derive(Serialize, JsonSchema)]
struct MembershipsAnswer {
    organization_memberships: Vec<OrganizationMembershipView>,
}

#[derive(Deserialize, JsonSchema)]
struct MembershipRequest {
    #[serde(default)]
    organization_membership: MembershipBody,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct MembershipBody {
    user_id: Option<UserId>,
    organization_id: Option<OrganizationId>,
    default: Option<bool>,
    view_tickets: Option<bool>,
}

/// Memberships that a list is narrowed to.
#[derive(Default, Deserialize, JsonSchema)]
struct Of {
    user_id: Option<i64>,
    organization_id: Option<i64>,
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/organization_memberships", "/api/v2/organization_memberships/{id}");
    Routes::new()
        .get(all, list)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .post(all, create)
        .needs(Permission::PeopleEdit)
        .takes::<MembershipRequest>()
        .gives::<MembershipAnswer>()
        .get(one, show)
        .needs(Permission::PeopleRead)
        .gives::<MembershipAnswer>()
        .delete(one, delete)
        .needs(Permission::PeopleEdit)
        .get("/api/v2/users/{id}/organization_memberships", of_user)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .get("/api/v2/organizations/{id}/organization_memberships", of_organization)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .delete("/api/v2/users/{id}/organization_memberships/{membership_id}", delete_from_user)
        .needs(Permission::PeopleEdit)
        .put("/api/v2/users/{id}/organization_memberships/{membership_id}/make_default", make_default)
        .needs(Permission::PeopleEdit)
        .gives::<MembershipsAnswer>()
        .put("/api/v2/users/{id}/organizations/{organization_id}/make_default", make_default_organization)
        .needs(Permission::PeopleEdit)
        .gives::<MembershipsAnswer>()
}

fn page(
    tx: &mut Tx<'_>,
    here: &Here,
    paging: &Paging,
    user: Option<UserId>,
    organization: Option<OrganizationId>,
) -> Result<Value> {
    let page = paging.page()?;
    let found = store::organizations::memberships(tx, user, organization, &page)?;
    let items = found.items.iter().map(|one| view::organization_membership(&here.origin, one)).collect();
    let found = Found { items, has_more: found.has_more };
    let key = |one: &OrganizationMembershipView| PageKey { value: None, id: one.id };
    let count = || store::organizations::count_memberships(tx, user, organization);
    here.page(&page, "organization_memberships", found, key, count)
}

async fn list(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(of): Params<Of>,
) -> Answer<Json<Value>> {
    let (user, organization) = (of.user_id.map(UserId), of.organization_id.map(OrganizationId));
    Ok(Json(app.read(move |tx| page(tx, &here, &paging, user, organization)).await?))
}

async fn of_user(
    State(app): State<App>,
    Id(user): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        access::get_user(tx, user)?;
        page(tx, &here, &paging, Some(user), None)
    });
    Ok(Json(answer.await?))
}

async fn of_organization(
    State(app): State<App>,
    Id(organization): Id<OrganizationId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        access::get_organization(tx, organization)?;
        page(tx, &here, &paging, None, Some(organization))
    });
    Ok(Json(answer.await?))
}

async fn show(State(app): State<App>, Id(id): Id<i64>, origin: Origin) -> Answer<Json<MembershipAnswer>> {
    let found = app.read(move |tx| store::organizations::find_membership(tx, id)).await?.ok_or(Error::NotFound)?;
    Ok(Json(MembershipAnswer { organization_membership: view::organization_membership(&origin, &found) }))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<MembershipRequest>,
) -> Answer<Created<MembershipAnswer>> {
    let body = body.organization_membership;
    let user = body.user_id.ok_or_else(|| Error::blank("user_id"))?;
    let organization = body.organization_id.ok_or_else(|| Error::blank("organization_id"))?;
    let made = app.write(move |tx| {
        let made = organizations::add_to_organization(tx, &me, user, organization)?;
        if body.default == Some(true) {
            organizations::make_default_organization(tx, &me, user, organization)?;
        }
        if body.view_tickets == Some(true) {
            organizations::let_see_all(tx, &made)?;
        }
        store::organizations::find_membership(tx, made.id)
    });
    let made = made.await?.ok_or(Error::NotFound)?;
    let organization_membership = view::organization_membership(&origin, &made);
    Ok(Created(organization_membership.url.clone(), MembershipAnswer { organization_membership }))
}

async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    app.write(move |tx| organizations::remove_from_organization(tx, &me, id)).await?;
    Ok(NoContent)
}

async fn delete_from_user(State(app): State<App>, Me(me): Me, Ids(user, id): Ids<UserId, i64>) -> Answer<NoContent> {
    let deleted = app.write(move |tx| {
        let membership = store::organizations::find_membership(tx, id)?.filter(|one| one.user == user);
        organizations::remove_from_organization(tx, &me, membership.ok_or(Error::NotFound)?.id)
    });
    deleted.await?;
    Ok(NoContent)
}

async fn make_default(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, id): Ids<UserId, i64>,
    here: Here,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let membership = store::organizations::find_membership(tx, id)?.ok_or(Error::NotFound)?;
        organizations::make_default_organization(tx, &me, user, membership.organization)?;
        page(tx, &here, &Paging::default(), Some(user), None)
    });
    Ok(Json(answer.await?))
}

async fn make_default_organization(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, organization): Ids<UserId, OrganizationId>,
    here: Here,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        organizations::make_default_organization(tx, &me, user, organization)?;
        page(tx, &here, &Paging::default(), Some(user), None)
    });
    Ok(Json(answer.await?))
}
