//! `/organizations`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Actor, OrganizationId, Permission, Result, UserId};
use kernel::http::{Answer, Body, Id, Me, Needs, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::records::{At, Bulk, List, Listed, Numbered, Of, One, Record, RecordRoutes, Shown, Verbs, Written};
use super::records::{created, few, one};
use super::{Here, OrganizationBody};
use crate::bulk::Verb;
use crate::organization::Organization;
use crate::store::Order;
use crate::user::User;
use crate::view::OrganizationView;
use crate::{access, counts, organizations, search as find, store, view};

impl Record for Organization {
    const ONE: &'static str = "organization";
    const MANY: &'static str = "organizations";
    const READ: Needs = Needs::Permission(Permission::PeopleRead);
    const ORDERS: &'static [(&'static str, &'static str)] =
        &[("id", "o.id"), ("created_at", "o.created_at"), ("updated_at", "o.updated_at")];
    type View = OrganizationView;
    type Filter = Option<UserId>;

    fn load(tx: &mut Tx<'_>, of: &Option<UserId>, page: &Page, order: Order) -> Result<Listed<Self>> {
        store::organizations::page(tx, *of, page, order).map(Listed::Page)
    }

    fn count(tx: &mut Tx<'_>, of: &Option<UserId>) -> Result<i64> {
        store::organizations::count(tx, *of)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        access::get_organization(tx, at.id(0)?)
    }

    fn views(tx: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<OrganizationView>> {
        view::organizations(tx, origin, all)
    }

    fn key(&self, column: &str) -> PageKey {
        let value = match column {
            "o.created_at" => Some(self.created_at.0),
            "o.updated_at" => Some(self.updated_at.0),
            _ => None,
        };
        PageKey { value, id: self.id.0 }
    }
}

impl Numbered for Organization {
    fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Self>> {
        let ids: Vec<OrganizationId> = ids.iter().copied().map(OrganizationId).collect();
        access::organizations(tx, &ids)
    }

    fn by_external_ids(tx: &mut Tx<'_>, ids: &[String]) -> Result<Vec<Self>> {
        store::organizations::by_external_ids(tx, ids)
    }
}

impl Of<User> for Organization {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Option<UserId>) -> Result<()> {
        *filter = Some(access::get_user(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Written for Organization {
    const WRITE: Needs = Needs::Permission(Permission::PeopleEdit);
    const DELETE: Needs = Needs::Permission(Permission::PeopleDelete);
    type Body = OrganizationBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, _: &At, body: OrganizationBody) -> Result<Self> {
        organizations::create_organization(tx, actor, body.into_change())
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: OrganizationBody) -> Result<Self> {
        organizations::update_organization(tx, actor, at.id(0)?, body.into_change())
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        organizations::delete_organization(tx, actor, at.id(0)?)
    }
}

impl Bulk for Organization {
    const VERBS: Verbs = Verbs {
        create: Verb::CreateOrganization,
        update: Verb::UpdateOrganization,
        destroy: Verb::DestroyOrganization,
    };
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
    organization_related: counts::OrganizationCounts,
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/organizations", "/api/v2/organizations/{id}");
    Routes::new()
        .lists::<Organization>(all)
        .creates::<Organization>(all)
        .shows::<Organization>(one)
        .updates::<Organization>(one)
        .deletes::<Organization>(one)
        .counts::<Organization>("/api/v2/organizations/count")
        .shows_many::<Organization>("/api/v2/organizations/show_many")
        .creates_many::<Organization>("/api/v2/organizations/create_many")
        .updates_many::<Organization>("/api/v2/organizations/update_many")
        .deletes_many::<Organization>("/api/v2/organizations/destroy_many")
        .lists_of::<Organization, User>("/api/v2/users/{id}/organizations")
        .counts_of::<Organization, User>("/api/v2/users/{id}/organizations/count")
        .get("/api/v2/organizations/{id}/related", related)
        .needs(Permission::PeopleRead)
        .gives::<RelatedAnswer>()
        .get("/api/v2/organizations/search", search)
        .needs(Permission::PeopleRead)
        .query::<Named>()
        .gives::<List<Organization>>()
        .get("/api/v2/organizations/autocomplete", autocomplete)
        .needs(Permission::PeopleRead)
        .query::<Named>()
        .gives::<List<Organization>>()
        .post("/api/v2/organizations/create_or_update", create_or_update)
        .needs(Permission::PeopleEdit)
        .takes::<One<Organization>>()
        .gives::<Shown<Organization>>()
}

async fn create_or_update(
    State(app): State<App>,
    Me(me): Me,
    here: Here,
    Body(One(body)): Body<One<Organization>>,
) -> Answer<Response> {
    let place = here.clone();
    let written = app.write(move |tx| {
        let (organization, made) = make_or_change(tx, &me, body)?;
        Ok((one(tx, &here, &Paging::default(), organization)?, made))
    });
    let (answer, made) = written.await?;
    Ok(match made {
        true => created::<Organization>(&place, answer).into_response(),
        false => (StatusCode::OK, Json(answer)).into_response(),
    })
}

/// Changes the organization with this number or external id, or makes it; tells whether it was made.
fn make_or_change(tx: &mut Tx<'_>, actor: &Actor, body: OrganizationBody) -> Result<(Organization, bool)> {
    let mut found = body.id.map(OrganizationId);
    if let (None, Some(Some(external))) = (found, &body.external_id) {
        let same = store::organizations::by_external_ids(tx, std::slice::from_ref(external))?;
        found = same.first().map(|organization| organization.id);
    }
    let change = body.into_change();
    match found {
        Some(id) => Ok((organizations::update_organization(tx, actor, id, change)?, false)),
        None => Ok((organizations::create_organization(tx, actor, change)?, true)),
    }
}

async fn related(State(app): State<App>, Id(id): Id<OrganizationId>) -> Answer<Json<RelatedAnswer>> {
    let organization_related = app.read(move |tx| counts::of_organization(tx, id)).await?;
    Ok(Json(RelatedAnswer { organization_related }))
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
