//! `/organizations`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{OrganizationId, Permission, Result, UserId};
use kernel::http::{Answer, Body, Created, Id, Me, NoContent, Origin, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::user_lists::queue;
use super::{CountAnswer, Here, JobAnswer, Many, OrganizationBody, count_answer, order_of};
use crate::bulk::{self, Verb};
use crate::organization::Organization;
use crate::store::Found;
use crate::view::OrganizationView;
use crate::{access, organizations, search as find, store, view};

#[derive(Serialize, JsonSchema)]
struct OrganizationAnswer {
    organization: OrganizationView,
}

#[derive(Serialize, JsonSchema)]
struct OrganizationsAnswer {
    organizations: Vec<OrganizationView>,
    count: Option<u64>,
    next_page: Option<String>,
    previous_page: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct OrganizationRequest {
    #[serde(default)]
    organization: OrganizationBody,
}

#[derive(Deserialize, JsonSchema)]
struct OrganizationsRequest {
    #[serde(default)]
    organizations: Vec<Value>,
    organization: Option<Value>,
}

#[derive(Deserialize, JsonSchema)]
struct Named {
    /// The name, or what it begins with.
    name: Option<String>,
    /// The number in another system.
    external_id: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct RelatedAnswer {
    organization_related: Related,
}

/// What else belongs to an organization; its tickets are counted elsewhere.
#[derive(Serialize, JsonSchema)]
struct Related {
    users_count: i64,
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/organizations", "/api/v2/organizations/{id}");
    Routes::new()
        .get(all, list)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<OrganizationsAnswer>()
        .post(all, create)
        .needs(Permission::PeopleEdit)
        .takes::<OrganizationRequest>()
        .gives::<OrganizationAnswer>()
        .get(one, show)
        .needs(Permission::PeopleRead)
        .gives::<OrganizationAnswer>()
        .put(one, update)
        .needs(Permission::PeopleEdit)
        .takes::<OrganizationRequest>()
        .gives::<OrganizationAnswer>()
        .delete(one, delete)
        .needs(Permission::PeopleDelete)
        .get("/api/v2/organizations/{id}/related", related)
        .needs(Permission::PeopleRead)
        .gives::<RelatedAnswer>()
        .get("/api/v2/organizations/count", count)
        .needs(Permission::PeopleRead)
        .gives::<CountAnswer>()
        .get("/api/v2/organizations/show_many", show_many)
        .needs(Permission::PeopleRead)
        .query::<Many>()
        .gives::<OrganizationsAnswer>()
        .get("/api/v2/organizations/search", search)
        .needs(Permission::PeopleRead)
        .query::<Named>()
        .gives::<OrganizationsAnswer>()
        .get("/api/v2/organizations/autocomplete", autocomplete)
        .needs(Permission::PeopleRead)
        .query::<Named>()
        .gives::<OrganizationsAnswer>()
        .post("/api/v2/organizations/create_or_update", create_or_update)
        .needs(Permission::PeopleEdit)
        .takes::<OrganizationRequest>()
        .gives::<OrganizationAnswer>()
        .post("/api/v2/organizations/create_many", create_many)
        .needs(Permission::PeopleEdit)
        .takes::<OrganizationsRequest>()
        .gives::<JobAnswer>()
        .put("/api/v2/organizations/update_many", update_many)
        .needs(Permission::PeopleEdit)
        .takes::<OrganizationsRequest>()
        .gives::<JobAnswer>()
        .delete("/api/v2/organizations/destroy_many", destroy_many)
        .needs(Permission::PeopleDelete)
        .gives::<JobAnswer>()
        .get("/api/v2/users/{id}/organizations", of_user)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<OrganizationsAnswer>()
}

fn page(tx: &mut Tx<'_>, here: &Here, paging: &Paging, of: Option<UserId>) -> Result<Value> {
    let page = paging.page()?;
    let known = [("id", "o.id"), ("created_at", "o.created_at"), ("updated_at", "o.updated_at")];
    let order = order_of(paging, &known, "o.id");
    let found = store::organizations::page(tx, of, &page, order)?;
    let items = view::organizations(tx, &here.origin, &found.items)?;
    let found = Found { items, has_more: found.has_more };
    let key = |organization: &OrganizationView| {
        let value = match order.column {
            "o.created_at" => Some(organization.created_at.0),
            "o.updated_at" => Some(organization.updated_at.0),
            _ => None,
        };
        PageKey { value, id: organization.id.0 }
    };
    here.page(&page, "organizations", found, key, || store::organizations::count(tx, of))
}

async fn list(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    Ok(Json(app.read(move |tx| page(tx, &here, &paging, None)).await?))
}

async fn of_user(
    State(app): State<App>,
    Id(user): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        access::get_user(tx, user)?;
        page(tx, &here, &paging, Some(user))
    });
    Ok(Json(answer.await?))
}

fn one(tx: &mut Tx<'_>, origin: &Origin, organization: &Organization) -> Result<OrganizationView> {
    let views = view::organizations(tx, origin, std::slice::from_ref(organization))?;
    views.into_iter().next().ok_or(base::Error::NotFound)
}

async fn show(State(app): State<App>, Id(id): Id<OrganizationId>, origin: Origin) -> Answer<Json<OrganizationAnswer>> {
    let organization = app.read(move |tx| {
        let organization = access::get_organization(tx, id)?;
        one(tx, &origin, &organization)
    });
    Ok(Json(OrganizationAnswer { organization: organization.await? }))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<OrganizationRequest>,
) -> Answer<Created<OrganizationAnswer>> {
    let organization = app.write(move |tx| {
        let organization = organizations::create_organization(tx, &me, body.organization.into_change())?;
        one(tx, &origin, &organization)
    });
    let organization = organization.await?;
    Ok(Created(organization.url.clone(), OrganizationAnswer { organization }))
}

async fn update(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<OrganizationId>,
    origin: Origin,
    Body(body): Body<OrganizationRequest>,
) -> Answer<Json<OrganizationAnswer>> {
    let organization = app.write(move |tx| {
        let organization = organizations::update_organization(tx, &me, id, body.organization.into_change())?;
        one(tx, &origin, &organization)
    });
    Ok(Json(OrganizationAnswer { organization: organization.await? }))
}

async fn create_or_update(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<OrganizationRequest>,
) -> Answer<Response> {
    let made = app.write(move |tx| {
        let body = body.organization;
        let mut found = body.id.map(OrganizationId);
        if let (None, Some(Some(external))) = (found, &body.external_id) {
            let same = store::organizations::by_external_ids(tx, std::slice::from_ref(external))?;
            found = same.first().map(|organization| organization.id);
        }
        let change = body.into_change();
        let organization = match found {
            Some(id) => organizations::update_organization(tx, &me, id, change)?,
            None => organizations::create_organization(tx, &me, change)?,
        };
        Ok((one(tx, &origin, &organization)?, found.is_none()))
    });
    let (organization, made) = made.await?;
    let url = organization.url.clone();
    let answer = OrganizationAnswer { organization };
    Ok(if made { Created(url, answer).into_response() } else { (StatusCode::OK, Json(answer)).into_response() })
}

async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<OrganizationId>) -> Answer<NoContent> {
    app.write(move |tx| organizations::delete_organization(tx, &me, id)).await?;
    Ok(NoContent)
}

async fn related(State(app): State<App>, Id(id): Id<OrganizationId>) -> Answer<Json<RelatedAnswer>> {
    let users_count = app.read(move |tx| {
        access::get_organization(tx, id)?;
        store::organizations::count_memberships(tx, None, Some(id))
    });
    Ok(Json(RelatedAnswer { organization_related: Related { users_count: users_count.await? } }))
}

async fn count(State(app): State<App>) -> Answer<Json<CountAnswer>> {
    Ok(Json(app.read(|tx| Ok(count_answer(store::organizations::count(tx, None)?, tx.now()))).await?))
}

fn few(tx: &mut Tx<'_>, here: &Here, paging: &Paging, all: &[Organization]) -> Result<Value> {
    let views = view::organizations(tx, &here.origin, all)?;
    here.whole(paging, "organizations", views)
}

async fn show_many(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(many): Params<Many>,
) -> Answer<Json<Value>> {
    let (ids, external) = (many.ids::<OrganizationId>()?, many.external_ids()?);
    let answer = app.read(move |tx| {
        let all = match (ids, external) {
            (Some(ids), _) => access::organizations(tx, &ids)?,
            (None, external) => store::organizations::by_external_ids(tx, &external.unwrap_or_default())?,
        };
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn search(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(named): Params<Named>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = match (&named.external_id, &named.name) {
            (Some(external), _) => store::organizations::by_external_ids(tx, std::slice::from_ref(external))?,
            (None, Some(name)) => store::organizations::named(tx, name)?.into_iter().collect(),
            (None, None) => Vec::new(),
        };
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn autocomplete(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(named): Params<Named>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let words = named.name.unwrap_or_default();
        let matching = find::beginning(tx, "organization_text", &words);
        let all = match matching {
            Some(matching) => store::organizations::matching(tx, &matching, 100)?,
            None => Vec::new(),
        };
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn create_many(
    State(app): State<App>,
    me: Me,
    origin: Origin,
    Body(body): Body<OrganizationsRequest>,
) -> Answer<Json<JobAnswer>> {
    queue(app, me, origin, Verb::CreateOrganization, body.organizations).await
}

async fn update_many(
    State(app): State<App>,
    me: Me,
    origin: Origin,
    Params(many): Params<Many>,
    Body(body): Body<OrganizationsRequest>,
) -> Answer<Json<JobAnswer>> {
    let items = bulk::items(many.ids::<i64>()?, body.organization, body.organizations);
    queue(app, me, origin, Verb::UpdateOrganization, items).await
}

async fn destroy_many(
    State(app): State<App>,
    me: Me,
    origin: Origin,
    Params(many): Params<Many>,
) -> Answer<Json<JobAnswer>> {
    let items = bulk::items(many.ids::<i64>()?, None, Vec::new());
    queue(app, me, origin, Verb::DestroyOrganization, items).await
}
