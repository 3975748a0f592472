//! `/groups` and `/group_memberships`.

use axum::Json;
use axum::extract::State;
use base::{Error, GroupId, Permission, Result, UserId};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CountAnswer, Here, Ids, count_answer};
use crate::organization::{Group, GroupChange};
use crate::store::groups::Members;
use crate::view::{GroupMembershipView, GroupView};
use crate::{access, groups, store, view};

#[derive(Serialize, JsonSchema)]
struct GroupAnswer {
    group: GroupView,
}

#[derive(Serialize, JsonSchema)]
struct GroupsAnswer {
    groups: Vec<GroupView>,
}

#[derive(Deserialize, JsonSchema)]
struct GroupRequest {
    #[serde(default)]
    group: GroupBody,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct GroupBody {
    name: Option<String>,
    description: Option<String>,
    default: Option<bool>,
    is_public: Option<bool>,
}

impl GroupBody {
    fn into_change(self) -> GroupChange {
        let Self { name, description, default, is_public } = self;
        GroupChange { name, description, is_default: default, is_public }
    }
}

#[derive(Serialize, JsonSchema)]
struct MembershipAnswer {
    group_membership: GroupMembershipView,
}

#[derive(Serialize, JsonSchema)]
struct MembershipsAnswer {
    group_memberships: Vec<GroupMembershipView>,
}

#[derive(Deserialize, JsonSchema)]
struct MembershipRequest {
    #[serde(default)]
    group_membership: MembershipBody,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct MembershipBody {
    user_id: Option<UserId>,
    group_id: Option<GroupId>,
    default: Option<bool>,
}

/// Memberships that a list is narrowed to.
#[derive(Default, Deserialize, JsonSchema)]
struct Of {
    user_id: Option<i64>,
    group_id: Option<i64>,
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/groups", "/api/v2/groups/{id}");
    let groups = Routes::new()
        .get(all, list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<GroupsAnswer>()
        .get("/api/v2/groups/assignable", list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<GroupsAnswer>()
        .get("/api/v2/groups/count", count)
        .needs(Needs::Staff)
        .gives::<CountAnswer>()
        .post(all, create)
        .needs(Permission::AgentManage)
        .takes::<GroupRequest>()
        .gives::<GroupAnswer>()
        .get(one, show)
        .needs(Needs::Staff)
        .gives::<GroupAnswer>()
        .put(one, update)
        .needs(Permission::AgentManage)
        .takes::<GroupRequest>()
        .gives::<GroupAnswer>()
        .delete(one, delete)
        .needs(Permission::AgentManage)
        .get("/api/v2/users/{id}/groups", of_user)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<GroupsAnswer>();
    groups.merge(membership_routes())
}

fn membership_routes() -> Routes {
    let (all, one) = ("/api/v2/group_memberships", "/api/v2/group_memberships/{id}");
    Routes::new()
        .get(all, memberships)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .get("/api/v2/group_memberships/assignable", assignable)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .post(all, add)
        .needs(Permission::AgentManage)
        .takes::<MembershipRequest>()
        .gives::<MembershipAnswer>()
        .get(one, membership)
        .needs(Needs::Staff)
        .gives::<MembershipAnswer>()
        .delete(one, remove)
        .needs(Permission::AgentManage)
        .get("/api/v2/users/{id}/group_memberships", memberships_of_user)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .get("/api/v2/groups/{id}/memberships", memberships_of_group)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .get("/api/v2/groups/{id}/memberships/assignable", assignable_of_group)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<MembershipsAnswer>()
        .delete("/api/v2/users/{id}/group_memberships/{membership_id}", remove_from_user)
        .needs(Permission::AgentManage)
        .put("/api/v2/users/{id}/group_memberships/{membership_id}/make_default", make_default)
        .needs(Needs::Staff)
        .gives::<MembershipsAnswer>()
}

fn listed(here: &Here, paging: &Paging, groups: &[Group]) -> Result<Value> {
    here.whole(paging, "groups", groups.iter().map(|group| view::group(&here.origin, group)).collect())
}

async fn list(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = access::groups(tx)?;
        listed(&here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn of_user(
    State(app): State<App>,
    Id(user): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        access::get_user(tx, user)?;
        let ids = access::groups_of(tx, user)?;
        let all = access::groups_by_ids(tx, &ids)?;
        listed(&here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn count(State(app): State<App>) -> Answer<Json<CountAnswer>> {
    Ok(Json(app.read(|tx| Ok(count_answer(access::groups(tx)?.len() as i64, tx.now()))).await?))
}

async fn show(State(app): State<App>, Id(id): Id<GroupId>, origin: Origin) -> Answer<Json<GroupAnswer>> {
    let group = app.read(move |tx| access::get_group(tx, id)).await?;
    Ok(Json(GroupAnswer { group: view::group(&origin, &group) }))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<GroupRequest>,
) -> Answer<Created<GroupAnswer>> {
    let group = app.write(move |tx| groups::create_group(tx, &me, body.group.into_change())).await?;
    let group = view::group(&origin, &group);
    Ok(Created(group.url.clone(), GroupAnswer { group }))
}

async fn update(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<GroupId>,
    origin: Origin,
    Body(body): Body<GroupRequest>,
) -> Answer<Json<GroupAnswer>> {
    let group = app.write(move |tx| groups::update_group(tx, &me, id, body.group.into_change())).await?;
    Ok(Json(GroupAnswer { group: view::group(&origin, &group) }))
}

async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<GroupId>) -> Answer<NoContent> {
    app.write(move |tx| groups::delete_group(tx, &me, id)).await?;
    Ok(NoContent)
}

fn members(tx: &mut Tx<'_>, here: &Here, paging: &Paging, of: Members) -> Result<Value> {
    let all = store::groups::memberships(tx, of)?;
    let views = all.iter().map(|one| view::group_membership(&here.origin, one)).collect();
    here.whole(paging, "group_memberships", views)
}

async fn page(app: &App, here: Here, paging: Paging, of: Members) -> Answer<Json<Value>> {
    Ok(Json(app.read(move |tx| members(tx, &here, &paging, of)).await?))
}

async fn memberships(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(of): Params<Of>,
) -> Answer<Json<Value>> {
    let of = Members { user: of.user_id.map(UserId), group: of.group_id.map(GroupId), assignable: false };
    page(&app, here, paging, of).await
}

async fn assignable(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    page(&app, here, paging, Members { assignable: true, ..Members::default() }).await
}

async fn memberships_of_user(
    State(app): State<App>,
    Id(user): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    app.read(move |tx| access::get_user(tx, user)).await?;
    page(&app, here, paging, Members { user: Some(user), ..Members::default() }).await
}

async fn memberships_of_group(
    State(app): State<App>,
    Id(group): Id<GroupId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    app.read(move |tx| access::get_group(tx, group)).await?;
    page(&app, here, paging, Members { group: Some(group), ..Members::default() }).await
}

async fn assignable_of_group(
    State(app): State<App>,
    Id(group): Id<GroupId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    app.read(move |tx| access::get_group(tx, group)).await?;
    page(&app, here, paging, Members { group: Some(group), assignable: true, ..Members::default() }).await
}

async fn membership(State(app): State<App>, Id(id): Id<i64>, origin: Origin) -> Answer<Json<MembershipAnswer>> {
    let found = app.read(move |tx| store::groups::find_membership(tx, id)).await?.ok_or(Error::NotFound)?;
    Ok(Json(MembershipAnswer { group_membership: view::group_membership(&origin, &found) }))
}

async fn add(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<MembershipRequest>,
) -> Answer<Created<MembershipAnswer>> {
    let body = body.group_membership;
    let user = body.user_id.ok_or_else(|| Error::blank("user_id"))?;
    let group = body.group_id.ok_or_else(|| Error::blank("group_id"))?;
    let made = app.write(move |tx| {
        groups::add_to_group(tx, &me, user, group)?;
        if body.default == Some(true) {
            groups::make_default_group(tx, &me, user, group)?;
        }
        groups::membership(tx, user, group)
    });
    let group_membership = view::group_membership(&origin, &made.await?);
    Ok(Created(group_membership.url.clone(), MembershipAnswer { group_membership }))
}

async fn remove(State(app): State<App>, Me(me): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    app.write(move |tx| groups::remove_from_group(tx, &me, id)).await?;
    Ok(NoContent)
}

async fn remove_from_user(State(app): State<App>, Me(me): Me, Ids(user, id): Ids<UserId, i64>) -> Answer<NoContent> {
    let removed = app.write(move |tx| {
        let membership = store::groups::find_membership(tx, id)?.filter(|one| one.user == user);
        groups::remove_from_group(tx, &me, membership.ok_or(Error::NotFound)?.id)
    });
    removed.await?;
    Ok(NoContent)
}

async fn make_default(
    State(app): State<App>,
    Me(me): Me,
    Ids(user, id): Ids<UserId, i64>,
    here: Here,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let membership = store::groups::find_membership(tx, id)?.ok_or(Error::NotFound)?;
        groups::make_default_group(tx, &me, user, membership.group)?;
        members(tx, &here, &Paging::default(), Members { user: Some(user), ..Members::default() })
    });
    Ok(Json(answer.await?))
}
