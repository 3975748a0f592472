//! `/users`: one person at a time.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, Permission, Result, Role, UserId};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::records::{
    At, Bulk, List, Listed, Numbered, Of, One, Pairs, Record, RecordRoutes, Shown, Verbs, Wanted, Written,
};
use super::records::{created, few, one};
use super::{Here, UserBody, lists};
use crate::bulk::Verb;
use crate::identities::{self, NewIdentity};
use crate::organization::{Group, Organization};
use crate::password::hash_aside;
use crate::store::Order;
use crate::store::users::Filter;
use crate::user::{IdentityKind, User};
use crate::view::{MeView, UserView};
use crate::{access, change, counts, merge, store, view};

impl Record for User {
    const ONE: &'static str = "user";
    const MANY: &'static str = "users";
    const READ: Needs = Needs::Permission(Permission::PeopleRead);
    const ORDERS: &'static [(&'static str, &'static str)] =
        &[("id", "u.id"), ("created_at", "u.created_at"), ("updated_at", "u.updated_at")];
    const NARROWED_BY: &'static [(&'static str, &'static str)] =
        &[("role", "string"), ("role[]", "string"), ("permission_set", "integer"), ("external_id", "string")];
    type View = UserView;
    type Filter = Filter;

    fn filter(pairs: &Pairs) -> Filter {
        lists::filter(pairs)
    }

    fn load(tx: &mut Tx<'_>, filter: &Filter, page: &Page, order: Order) -> Result<Listed<Self>> {
        store::users::page(tx, filter, page, order).map(Listed::Page)
    }

    fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64> {
        store::users::count(tx, filter)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        access::get_user(tx, at.id(0)?)
    }

    fn views(tx: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<UserView>> {
        view::users(tx, origin, all)
    }

    fn key(&self, column: &str) -> PageKey {
        let value = match column {
            "u.created_at" => Some(self.created_at.0),
            "u.updated_at" => Some(self.updated_at.0),
            _ => None,
        };
        PageKey { value, id: self.id.0 }
    }

    fn beside(tx: &mut Tx<'_>, wanted: &Wanted<'_>, all: &[Self], out: &mut Value) -> Result<()> {
        lists::side_load(tx, wanted, all, out)
    }
}

impl Numbered for User {
    fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Self>> {
        let ids: Vec<UserId> = ids.iter().copied().map(UserId).collect();
        access::users(tx, &ids)
    }

    fn by_external_ids(tx: &mut Tx<'_>, ids: &[String]) -> Result<Vec<Self>> {
        store::users::by_external_ids(tx, ids)
    }
}

impl Of<Group> for User {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Filter) -> Result<()> {
        filter.group = Some(access::get_group(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Of<Organization> for User {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Filter) -> Result<()> {
        filter.organization = Some(access::get_organization(tx, at.id(0)?)?.id);
        Ok(())
    }
}

impl Written for User {
    const WRITE: Needs = Needs::Permission(Permission::PeopleEdit);
    const UPDATE: Needs = Needs::Staff;
    const DELETE: Needs = Needs::Permission(Permission::PeopleDelete);
    type Body = UserBody;

    /// Makes a person without a password, which is hashed before the transaction.
    fn create(tx: &mut Tx<'_>, actor: &Actor, _: &At, body: UserBody) -> Result<Self> {
        make(tx, actor, body, None)
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: UserBody) -> Result<Self> {
        alter(tx, actor, at.id(0)?, body)
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        change::delete_user(tx, actor, at.id(0)?).map(drop)
    }
}

impl Bulk for User {
    const VERBS: Verbs = Verbs { create: Verb::CreateUser, update: Verb::UpdateUser, destroy: Verb::DestroyUser };
}

/// A person, as routes beside this file's answer.
#[derive(Serialize, JsonSchema)]
pub(super) struct UserAnswer {
    pub user: UserView,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct MeAnswer {
    user: MeView,
}

#[derive(Serialize, JsonSchema)]
struct Related {
    user_related: counts::UserCounts,
}

pub(super) fn routes() -> Routes {
    let path = "/api/v2/users/{id}";
    Routes::new()
        .get("/api/v2/users/me", me)
        .needs(Needs::Nothing)
        .gives::<MeAnswer>()
        .put("/api/v2/users/me", update_me)
        .needs(Needs::SignIn)
        .takes::<One<User>>()
        .gives::<MeAnswer>()
        .post("/api/v2/users", create)
        .needs(Permission::PeopleEdit)
        .takes::<One<User>>()
        .gives::<Shown<User>>()
        .post("/api/v2/users/create_or_update", create_or_update)
        .needs(Permission::PeopleEdit)
        .takes::<One<User>>()
        .gives::<Shown<User>>()
        .shows::<User>(path)
        .updates::<User>(path)
        .delete(path, delete)
        .needs(Permission::PeopleEdit)
        .gives::<Shown<User>>()
        .put("/api/v2/users/{id}/merge", merge_into)
        .needs(Permission::PeopleEdit)
        .takes::<One<User>>()
        .gives::<Shown<User>>()
        .get("/api/v2/users/{id}/duplicates", duplicates)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<List<User>>()
        .get("/api/v2/users/{id}/related", related)
        .needs(Permission::PeopleRead)
        .gives::<Related>()
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
    Body(One(body)): Body<One<User>>,
) -> Answer<Json<MeAnswer>> {
    let user = app.write(move |tx| {
        alter(tx, &me, me.user, body)?;
        view::me(tx, &origin, Some(&me))
    });
    Ok(Json(MeAnswer { user: user.await? }))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    here: Here,
    Body(One(body)): Body<One<User>>,
) -> Answer<Created<Value>> {
    let hash = password_hash(&app, &body).await?;
    let place = here.clone();
    let made = app.write(move |tx| {
        let user = make(tx, &me, body, hash)?;
        one(tx, &here, &Paging::default(), user)
    });
    Ok(created::<User>(&place, made.await?))
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
    here: Here,
    Body(One(body)): Body<One<User>>,
) -> Answer<Response> {
    let hash = password_hash(&app, &body).await?;
    let place = here.clone();
    let written = app.write(move |tx| {
        let (user, made) = make_or_change(tx, &me, body, hash)?;
        Ok((one(tx, &here, &Paging::default(), user)?, made))
    });
    let (answer, made) = written.await?;
    Ok(match made {
        true => created::<User>(&place, answer).into_response(),
        false => (StatusCode::OK, Json(answer)).into_response(),
    })
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

/// Answers with the person as they are after it, unlike other deletions.
async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<UserId>, here: Here) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let user = change::delete_user(tx, &me, id)?;
        one(tx, &here, &Paging::default(), user)
    });
    Ok(Json(answer.await?))
}

async fn merge_into(
    State(app): State<App>,
    Me(me): Me,
    Id(from): Id<UserId>,
    here: Here,
    Body(One(body)): Body<One<User>>,
) -> Answer<Json<Value>> {
    let into = body.id.map(UserId).ok_or_else(|| Error::blank("user.id"))?;
    let answer = app.write(move |tx| {
        let user = merge::merge(tx, &me, from, into)?;
        one(tx, &here, &Paging::default(), user)
    });
    Ok(Json(answer.await?))
}

async fn duplicates(
    State(app): State<App>,
    Id(id): Id<UserId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let users = merge::duplicates(tx, id)?;
        few(tx, &here, &paging, &users)
    });
    Ok(Json(answer.await?))
}

async fn related(State(app): State<App>, Id(id): Id<UserId>) -> Answer<Json<Related>> {
    Ok(Json(Related { user_related: app.read(move |tx| counts::of_user(tx, id)).await? }))
}
