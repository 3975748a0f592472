//! `/organization_merges` and `/organization_subscriptions`.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, OrganizationId, Permission, Result, Timestamp, UserId};
use kernel::http::{Answer, Body, Me, Needs, Origin, Page, PageKey, Paging, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use super::records::{At, Listed, Of, One, Record, RecordRoutes, Shown, Written, one};
use crate::organization::{Organization, OrganizationSubscription};
use crate::organization_merge::{self, OrganizationMerge};
use crate::store::Order;
use crate::user::User;
use crate::{access, organizations, store};

/// A merge as JSON.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct MergeView {
    id: String,
    url: String,
    loser_id: OrganizationId,
    winner_id: OrganizationId,
    status: String,
}

/// A merge as clients ask for it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct MergeBody {
    winner_id: Option<OrganizationId>,
}

impl Record for OrganizationMerge {
    const ONE: &'static str = "organization_merge";
    const MANY: &'static str = "organization_merges";
    const READ: Needs = Needs::Permission(Permission::PeopleDelete);
    type View = MergeView;
    type Filter = Option<OrganizationId>;

    fn load(tx: &mut Tx<'_>, of: &Option<OrganizationId>, _: &Page, _: Order) -> Result<Listed<Self>> {
        store::organization_merges::of(tx, of.ok_or(Error::NotFound)?).map(Listed::Whole)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        organization_merge::get(tx, at.text(0)?)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<MergeView>> {
        let view = |merge: &Self| MergeView {
            id: merge.id.clone(),
            url: format!("{}/api/v2/organization_merges/{}.json", origin.0, merge.id),
            loser_id: merge.loser,
            winner_id: merge.winner,
            status: merge.status.replace('_', " "),
        };
        Ok(all.iter().map(view).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: 0 }
    }
}

impl Of<Organization> for OrganizationMerge {
    /// The organization may be gone: it was merged.
    fn of(_: &mut Tx<'_>, at: &At, filter: &mut Option<OrganizationId>) -> Result<()> {
        *filter = Some(at.id(0)?);
        Ok(())
    }
}

impl Written for OrganizationMerge {
    const WRITE: Needs = Needs::Permission(Permission::PeopleDelete);
    type Body = MergeBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: MergeBody) -> Result<Self> {
        let winner = body.winner_id.ok_or_else(|| Error::blank("winner_id"))?;
        organization_merge::request(tx, actor, at.id(0)?, winner)
    }

    fn delete(_: &mut Tx<'_>, _: &Actor, _: &At) -> Result<()> {
        Err(Error::NotFound)
    }
}

/// A subscription as JSON.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct SubscriptionView {
    id: i64,
    url: String,
    organization_id: OrganizationId,
    user_id: UserId,
    created_at: Timestamp,
}

/// A subscription as clients write it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct SubscriptionBody {
    organization_id: Option<OrganizationId>,
    user_id: Option<UserId>,
}

impl Record for OrganizationSubscription {
    const ONE: &'static str = "organization_subscription";
    const MANY: &'static str = "organization_subscriptions";
    const READ: Needs = Needs::Permission(Permission::PeopleRead);
    type View = SubscriptionView;
    type Filter = (Option<UserId>, Option<OrganizationId>);

    fn load(tx: &mut Tx<'_>, of: &Self::Filter, _: &Page, _: Order) -> Result<Listed<Self>> {
        store::organization_merges::subscriptions(tx, of.0, of.1).map(Listed::Whole)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        store::find(tx, at.id::<i64>(0)?)?.ok_or(Error::NotFound)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<SubscriptionView>> {
        let view = |of: &Self| SubscriptionView {
            id: of.id,
            url: format!("{}/api/v2/organization_subscriptions/{}.json", origin.0, of.id),
            organization_id: of.organization,
            user_id: of.user,
            created_at: of.created_at,
        };
        Ok(all.iter().map(view).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id }
    }
}

impl Of<User> for OrganizationSubscription {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Self::Filter) -> Result<()> {
        filter.0 = Some(access::get_user(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Of<Organization> for OrganizationSubscription {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Self::Filter) -> Result<()> {
        filter.1 = Some(access::get_organization(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Written for OrganizationSubscription {
    const WRITE: Needs = Needs::Permission(Permission::PeopleEdit);
    type Body = SubscriptionBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, _: &At, body: SubscriptionBody) -> Result<Self> {
        let user = body.user_id.unwrap_or(actor.user);
        let organization = body.organization_id.ok_or_else(|| Error::blank("organization_id"))?;
        organizations::subscribe(tx, actor, user, organization)
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        organizations::unsubscribe(tx, actor, at.id(0)?)
    }
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/organization_subscriptions", "/api/v2/organization_subscriptions/{id}");
    Routes::new()
        .shows::<OrganizationMerge>("/api/v2/organization_merges/{id}")
        .lists_of::<OrganizationMerge, Organization>("/api/v2/organizations/{id}/merges")
        .post("/api/v2/organizations/{id}/merge", merge)
        .needs(Permission::PeopleDelete)
        .takes::<One<OrganizationMerge>>()
        .gives::<Shown<OrganizationMerge>>()
        .lists::<OrganizationSubscription>(all)
        .creates::<OrganizationSubscription>(all)
        .shows::<OrganizationSubscription>(one)
        .deletes::<OrganizationSubscription>(one)
        .lists_of::<OrganizationSubscription, User>("/api/v2/users/{id}/organization_subscriptions")
        .lists_of::<OrganizationSubscription, Organization>("/api/v2/organizations/{id}/subscriptions")
}

/// Answers 200, unlike what else is made.
async fn merge(
    State(app): State<App>,
    Me(me): Me,
    at: At,
    here: Here,
    Body(One(body)): Body<One<OrganizationMerge>>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let merge = OrganizationMerge::create(tx, &me, &at, body)?;
        one(tx, &here, &Paging::default(), merge)
    });
    Ok(Json(answer.await?))
}
