//! `/groups` and `/group_memberships`.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, GroupId, Permission, Result, UserId};
use kernel::http::{Answer, Me, Needs, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::Here;
use super::records::{
    At, Bulk, List, Listed, Numbered, Of, Pairs, Record, RecordRoutes, Shown, Verbs, Wanted, Written, few, one,
};
use super::records::{listed, number};
use crate::bulk::Verb;
use crate::organization::{Group, GroupChange, GroupMembership};
use crate::store::Order;
use crate::store::groups::Members;
use crate::user::User;
use crate::view::{GroupMembershipView, GroupView};
use crate::{access, groups, store, view};

/// A group as clients write it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct GroupBody {
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

/// Which groups a list shows: all, or those of an agent.
pub(crate) type OfAgent = Option<UserId>;

impl Record for Group {
    const ONE: &'static str = "group";
    const MANY: &'static str = "groups";
    const READ: Needs = Needs::Staff;
    type View = GroupView;
    type Filter = OfAgent;

    fn load(tx: &mut Tx<'_>, of: &OfAgent, _: &Page, _: Order) -> Result<Listed<Self>> {
        let Some(user) = of else { return Ok(Listed::Whole(access::groups(tx)?)) };
        let ids = access::groups_of(tx, *user)?;
        Ok(Listed::Whole(access::groups_by_ids(tx, &ids)?))
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        access::get_group(tx, at.id(0)?)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<GroupView>> {
        Ok(all.iter().map(|group| view::group(origin, group)).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id.0 }
    }
}

impl Numbered for Group {
    fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Self>> {
        let mut found: Vec<Group> = store::among(tx, "g.id", ids.iter().copied())?;
        found.retain(|group| !group.deleted);
        Ok(found)
    }
}

impl Of<User> for Group {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut OfAgent) -> Result<()> {
        *filter = Some(access::get_user(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Written for Group {
    const WRITE: Needs = Needs::Permission(Permission::AgentManage);
    type Body = GroupBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, _: &At, body: GroupBody) -> Result<Self> {
        groups::create_group(tx, actor, body.into_change())
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: GroupBody) -> Result<Self> {
        groups::update_group(tx, actor, at.id(0)?, body.into_change())
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        groups::delete_group(tx, actor, at.id(0)?)
    }
}

/// A membership as clients write it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct MembershipBody {
    user_id: Option<UserId>,
    group_id: Option<GroupId>,
    default: Option<bool>,
}

impl Record for GroupMembership {
    const ONE: &'static str = "group_membership";
    const MANY: &'static str = "group_memberships";
    const READ: Needs = Needs::Staff;
    const NARROWED_BY: &'static [(&'static str, &'static str)] = &[("user_id", "integer"), ("group_id", "integer")];
    type View = GroupMembershipView;
    type Filter = Members;

    fn filter(pairs: &Pairs) -> Members {
        Members { user: number(pairs, "user_id"), group: number(pairs, "group_id"), assignable: false }
    }

    fn load(tx: &mut Tx<'_>, of: &Members, _: &Page, _: Order) -> Result<Listed<Self>> {
        Ok(Listed::Whole(store::groups::memberships(tx, *of)?))
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        let (id, user) = at.last::<i64, UserId>()?;
        let found = store::find::<GroupMembership>(tx, id)?;
        found.filter(|one| user.is_none_or(|user| user == one.user)).ok_or(Error::NotFound)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<GroupMembershipView>> {
        Ok(all.iter().map(|membership| view::group_membership(origin, membership)).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id }
    }

    fn beside(tx: &mut Tx<'_>, wanted: &Wanted<'_>, all: &[Self], out: &mut Value) -> Result<()> {
        let users: Vec<UserId> = all.iter().map(|one| one.user).collect();
        let groups: Vec<GroupId> = all.iter().map(|one| one.group).collect();
        wanted.add(tx, out, |tx| access::users(tx, &users))?;
        wanted.add(tx, out, |tx| access::groups_by_ids(tx, &groups))
    }
}

impl Numbered for GroupMembership {
    fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Self>> {
        store::among(tx, "m.id", ids.iter().copied())
    }
}

impl Of<User> for GroupMembership {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Members) -> Result<()> {
        filter.user = Some(access::get_user(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Of<Group> for GroupMembership {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Members) -> Result<()> {
        filter.group = Some(access::get_group(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Written for GroupMembership {
    const WRITE: Needs = Needs::Permission(Permission::AgentManage);
    type Body = MembershipBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: MembershipBody) -> Result<Self> {
        let user = at.id(0).ok().or(body.user_id).ok_or_else(|| Error::blank("user_id"))?;
        let group = body.group_id.ok_or_else(|| Error::blank("group_id"))?;
        groups::add_to_group(tx, actor, user, group)?;
        if body.default == Some(true) {
            groups::make_default_group(tx, actor, user, group)?;
        }
        groups::membership(tx, user, group)
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        let found = Self::get(tx, at)?;
        groups::remove_from_group(tx, actor, found.id)
    }
}

impl Bulk for GroupMembership {
    const VERBS: Verbs = Verbs {
        create: Verb::CreateGroupMembership,
        update: Verb::CreateGroupMembership,
        destroy: Verb::DestroyGroupMembership,
    };
}

/// What a name begins with.
#[derive(Deserialize, JsonSchema)]
struct Name {
    /// The beginning of the name.
    name: Option<String>,
}

pub(super) fn routes() -> Routes {
    let one = "/api/v2/groups/{id}";
    Routes::new()
        .lists::<Group>("/api/v2/groups")
        .lists::<Group>("/api/v2/groups/assignable")
        .counts::<Group>("/api/v2/groups/count")
        .shows_many::<Group>("/api/v2/groups/show_many")
        .creates::<Group>("/api/v2/groups")
        .shows::<Group>(one)
        .updates::<Group>(one)
        .deletes::<Group>(one)
        .lists_of::<Group, User>("/api/v2/users/{id}/groups")
        .counts_of::<Group, User>("/api/v2/users/{id}/groups/count")
        .get("/api/v2/groups/autocomplete", autocomplete)
        .needs(Needs::Staff)
        .query::<Name>()
        .gives::<List<Group>>()
        .get("/api/v2/groups/default", default)
        .needs(Needs::Staff)
        .gives::<Shown<Group>>()
        .merge(membership_routes())
}

fn membership_routes() -> Routes {
    let (one, of_user) = ("/api/v2/group_memberships/{id}", "/api/v2/users/{id}/group_memberships");
    let one_of_user = "/api/v2/users/{id}/group_memberships/{membership_id}";
    Routes::new()
        .lists::<GroupMembership>("/api/v2/group_memberships")
        .creates::<GroupMembership>("/api/v2/group_memberships")
        .creates_many::<GroupMembership>("/api/v2/group_memberships/create_many")
        .deletes_many::<GroupMembership>("/api/v2/group_memberships/destroy_many")
        .shows::<GroupMembership>(one)
        .deletes::<GroupMembership>(one)
        .lists_of::<GroupMembership, User>(of_user)
        .creates::<GroupMembership>(of_user)
        .shows::<GroupMembership>(one_of_user)
        .deletes::<GroupMembership>(one_of_user)
        .lists_of::<GroupMembership, Group>("/api/v2/groups/{id}/memberships")
        .get("/api/v2/group_memberships/assignable", assignable)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<List<GroupMembership>>()
        .get("/api/v2/groups/{id}/memberships/assignable", assignable)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<List<GroupMembership>>()
        .put("/api/v2/users/{id}/group_memberships/{membership_id}/make_default", make_default)
        .needs(Needs::Staff)
        .gives::<List<GroupMembership>>()
}

async fn autocomplete(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(name): Params<Name>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let start = base::text::fold(name.name.unwrap_or_default().trim());
        let mut all = access::groups(tx)?;
        all.retain(|group| !start.is_empty() && base::text::fold(&group.name).starts_with(&start));
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn default(State(app): State<App>, here: Here) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let group = access::default_group(tx)?.ok_or(Error::NotFound)?;
        one(tx, &here, &Paging::default(), group)
    });
    Ok(Json(answer.await?))
}

/// The memberships of those who may be given tickets, in all groups or in the one that the path names.
async fn assignable(State(app): State<App>, at: At, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let mut of = Members { assignable: true, ..Members::default() };
        if at.text(0).is_ok() {
            <GroupMembership as Of<Group>>::of(tx, &at, &mut of)?;
        }
        listed::<GroupMembership>(tx, &here, &paging, &of)
    });
    Ok(Json(answer.await?))
}

async fn make_default(State(app): State<App>, Me(me): Me, at: At, here: Here) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let membership = GroupMembership::get(tx, &at)?;
        groups::make_default_group(tx, &me, membership.user, membership.group)?;
        let of = Members { user: Some(membership.user), ..Members::default() };
        listed::<GroupMembership>(tx, &here, &Paging::default(), &of)
    });
    Ok(Json(answer.await?))
}
