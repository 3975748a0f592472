//! `/organization_memberships`.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, OrganizationId, Permission, Result, UserId};
use kernel::http::{Answer, Me, Needs, NoContent, Origin, Page, PageKey, Paging, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::Here;
use super::records::{At, Bulk, List, Listed, Numbered, Of, Pairs, Record, RecordRoutes, Verbs, Wanted, Written};
use super::records::{listed, number};
use crate::bulk::Verb;
use crate::organization::{Organization, OrganizationMembership};
use crate::store::Order;
use crate::store::organizations::Members;
use crate::user::User;
use crate::view::OrganizationMembershipView;
use crate::{access, organizations, store, view};

/// A membership as clients write it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct MembershipBody {
    user_id: Option<UserId>,
    organization_id: Option<OrganizationId>,
    default: Option<bool>,
    view_tickets: Option<bool>,
}

impl Record for OrganizationMembership {
    const ONE: &'static str = "organization_membership";
    const MANY: &'static str = "organization_memberships";
    const READ: Needs = Needs::Permission(Permission::PeopleRead);
    const ORDERS: &'static [(&'static str, &'static str)] = &[("id", "m.id")];
    const NARROWED_BY: &'static [(&'static str, &'static str)] =
        &[("user_id", "integer"), ("organization_id", "integer")];
    type View = OrganizationMembershipView;
    type Filter = Members;

    fn filter(pairs: &Pairs) -> Members {
        Members { user: number(pairs, "user_id"), organization: number(pairs, "organization_id") }
    }

    fn load(tx: &mut Tx<'_>, of: &Members, page: &Page, order: Order) -> Result<Listed<Self>> {
        store::organizations::memberships(tx, *of, page, order).map(Listed::Page)
    }

    fn count(tx: &mut Tx<'_>, of: &Members) -> Result<i64> {
        store::organizations::count_memberships(tx, *of)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        let (id, user) = at.last::<i64, UserId>()?;
        let found = store::find::<OrganizationMembership>(tx, id)?;
        found.filter(|one| user.is_none_or(|user| user == one.user)).ok_or(Error::NotFound)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<OrganizationMembershipView>> {
        Ok(all.iter().map(|membership| view::organization_membership(origin, membership)).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id }
    }

    fn beside(tx: &mut Tx<'_>, wanted: &Wanted<'_>, all: &[Self], out: &mut Value) -> Result<()> {
        let users: Vec<UserId> = all.iter().map(|one| one.user).collect();
        let organizations: Vec<OrganizationId> = all.iter().map(|one| one.organization).collect();
        wanted.add(tx, out, |tx| access::users(tx, &users))?;
        wanted.add(tx, out, |tx| access::organizations(tx, &organizations))
    }
}

impl Numbered for OrganizationMembership {
    fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Self>> {
        store::among(tx, "m.id", ids.iter().copied())
    }
}

impl Of<User> for OrganizationMembership {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Members) -> Result<()> {
        filter.user = Some(access::get_user(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Of<Organization> for OrganizationMembership {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Members) -> Result<()> {
        filter.organization = Some(access::get_organization(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Written for OrganizationMembership {
    const WRITE: Needs = Needs::Permission(Permission::PeopleEdit);
    type Body = MembershipBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: MembershipBody) -> Result<Self> {
        let user = at.id(0).ok().or(body.user_id).ok_or_else(|| Error::blank("user_id"))?;
        let organization = body.organization_id.ok_or_else(|| Error::blank("organization_id"))?;
        let made = organizations::add_to_organization(tx, actor, user, organization)?;
        if body.default == Some(true) {
            organizations::make_default_organization(tx, actor, user, organization)?;
        }
        if body.view_tickets == Some(true) {
            organizations::let_see_all(tx, &made)?;
        }
        store::find(tx, made.id)?.ok_or(Error::NotFound)
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        let found = Self::get(tx, at)?;
        organizations::remove_from_organization(tx, actor, found.id)
    }
}

impl Bulk for OrganizationMembership {
    const VERBS: Verbs = Verbs {
        create: Verb::CreateOrganizationMembership,
        update: Verb::CreateOrganizationMembership,
        destroy: Verb::DestroyOrganizationMembership,
    };
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/organization_memberships", "/api/v2/organization_memberships/{id}");
    let of_user = "/api/v2/users/{id}/organization_memberships";
    let one_of_user = "/api/v2/users/{id}/organization_memberships/{membership_id}";
    Routes::new()
        .lists::<OrganizationMembership>(all)
        .creates::<OrganizationMembership>(all)
        .creates_many::<OrganizationMembership>("/api/v2/organization_memberships/create_many")
        .deletes_many::<OrganizationMembership>("/api/v2/organization_memberships/destroy_many")
        .shows::<OrganizationMembership>(one)
        .deletes::<OrganizationMembership>(one)
        .lists_of::<OrganizationMembership, User>(of_user)
        .creates::<OrganizationMembership>(of_user)
        .shows::<OrganizationMembership>(one_of_user)
        .deletes::<OrganizationMembership>(one_of_user)
        .lists_of::<OrganizationMembership, Organization>("/api/v2/organizations/{id}/organization_memberships")
        .put("/api/v2/users/{id}/organization_memberships/{membership_id}/make_default", make_default)
        .needs(Permission::PeopleEdit)
        .gives::<List<OrganizationMembership>>()
        .put("/api/v2/users/{id}/organizations/{organization_id}/make_default", make_default_organization)
        .needs(Permission::PeopleEdit)
        .gives::<List<OrganizationMembership>>()
        .delete("/api/v2/users/{id}/organizations/{organization_id}", leave)
        .needs(Permission::PeopleEdit)
}

async fn make_default(State(app): State<App>, Me(me): Me, at: At, here: Here) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let membership = OrganizationMembership::get(tx, &at)?;
        let of = (membership.user, membership.organization);
        defaulted(tx, &me, of, &here)
    });
    Ok(Json(answer.await?))
}

async fn make_default_organization(State(app): State<App>, Me(me): Me, at: At, here: Here) -> Answer<Json<Value>> {
    let (user, organization) = (at.id(0)?, at.id(1)?);
    Ok(Json(app.write(move |tx| defaulted(tx, &me, (user, organization), &here)).await?))
}

fn defaulted(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (user, organization): (UserId, OrganizationId),
    here: &Here,
) -> Result<Value> {
    organizations::make_default_organization(tx, actor, user, organization)?;
    let of = Members { user: Some(user), organization: None };
    listed::<OrganizationMembership>(tx, here, &Paging::default(), &of)
}

/// Takes a person out of an organization.
async fn leave(State(app): State<App>, Me(me): Me, at: At) -> Answer<NoContent> {
    let (user, organization) = (at.id::<UserId>(0)?, at.id::<OrganizationId>(1)?);
    let left = app.write(move |tx| {
        let all = store::organizations::memberships_of(tx, user)?;
        let found = all.into_iter().find(|one| one.organization == organization).ok_or(Error::NotFound)?;
        organizations::remove_from_organization(tx, &me, found.id)
    });
    left.await?;
    Ok(NoContent)
}
