//! `/users`: many people at a time.

use axum::Json;
use axum::extract::State;
use base::{Permission, Result, UserId};
use kernel::http::{Answer, Body, Id, Me, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CountAnswer, Here, JobAnswer, Many, at_most, count_answer, job_answer, lists};
use crate::bulk::{self, Verb};
use crate::store::users::Filter;
use crate::view::UserView;
use crate::{access, search as find, store};

type Pairs = Params<Vec<(String, String)>>;

#[derive(Serialize, JsonSchema)]
struct UsersAnswer {
    users: Vec<UserView>,
    count: Option<u64>,
    next_page: Option<String>,
    previous_page: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Query {
    /// Words and keywords.
    query: Option<String>,
    /// The number in another system.
    external_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct Name {
    /// What a name, address or number begins with.
    name: Option<String>,
    /// A telephone number.
    phone: Option<String>,
}

/// People to be written, one by one or all alike.
#[derive(Deserialize, JsonSchema)]
struct UsersRequest {
    #[serde(default)]
    users: Vec<Value>,
    user: Option<Value>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/users", list)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<UsersAnswer>()
        .get("/api/v2/users/count", count)
        .needs(Permission::PeopleRead)
        .gives::<CountAnswer>()
        .get("/api/v2/users/show_many", show_many)
        .needs(Permission::PeopleRead)
        .query::<Many>()
        .gives::<UsersAnswer>()
        .get("/api/v2/users/search", search)
        .needs(Permission::PeopleRead)
        .query::<Query>()
        .gives::<UsersAnswer>()
        .get("/api/v2/users/autocomplete", autocomplete)
        .needs(Permission::PeopleRead)
        .query::<Name>()
        .gives::<UsersAnswer>()
        .get("/api/v2/deleted_users", deleted)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .get("/api/v2/groups/{id}/users", of_group)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<UsersAnswer>()
        .get("/api/v2/organizations/{id}/users", of_organization)
        .needs(Permission::PeopleRead)
        .query::<Paging>()
        .gives::<UsersAnswer>()
        .get("/api/v2/organizations/{id}/users/count", count_of_organization)
        .needs(Permission::PeopleRead)
        .gives::<CountAnswer>()
        .post("/api/v2/users/create_many", create_many)
        .needs(Permission::PeopleEdit)
        .takes::<UsersRequest>()
        .gives::<JobAnswer>()
        .post("/api/v2/users/create_or_update_many", create_or_update_many)
        .needs(Permission::PeopleEdit)
        .takes::<UsersRequest>()
        .gives::<JobAnswer>()
        .put("/api/v2/users/update_many", update_many)
        .needs(Permission::PeopleEdit)
        .takes::<UsersRequest>()
        .gives::<JobAnswer>()
        .delete("/api/v2/users/destroy_many", destroy_many)
        .needs(Permission::PeopleDelete)
        .gives::<JobAnswer>()
}

async fn list(State(app): State<App>, here: Here, Params(paging): Params<Paging>, pairs: Pairs) -> Answer<Json<Value>> {
    page(&app, here, paging, lists::filter(&pairs.0)).await
}

async fn page(app: &App, here: Here, paging: Paging, filter: Filter) -> Answer<Json<Value>> {
    Ok(Json(app.read(move |tx| lists::people(tx, &here, &paging, &filter)).await?))
}

async fn count(State(app): State<App>, pairs: Pairs) -> Answer<Json<CountAnswer>> {
    counted(&app, lists::filter(&pairs.0)).await
}

async fn counted(app: &App, filter: Filter) -> Answer<Json<CountAnswer>> {
    Ok(Json(app.read(move |tx| Ok(count_answer(store::users::count(tx, &filter)?, tx.now()))).await?))
}

async fn show_many(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(many): Params<Many>,
) -> Answer<Json<Value>> {
    let (ids, external) = (many.ids::<UserId>()?, many.external_ids()?);
    let answer = app.read(move |tx| {
        let users = match (ids, external) {
            (Some(ids), _) => access::users(tx, &ids)?,
            (None, external) => store::users::by_external_ids(tx, &external.unwrap_or_default())?,
        };
        lists::few(tx, &here, &paging, &users)
    });
    Ok(Json(answer.await?))
}

async fn search(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(query): Params<Query>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let mut filter = Filter { external_id: query.external_id.clone(), ..Filter::default() };
        let text = query.query.unwrap_or_default();
        found(tx, &here, &paging, &mut filter, &text)
    });
    Ok(Json(answer.await?))
}

fn found(tx: &mut Tx<'_>, here: &Here, paging: &Paging, filter: &mut Filter, text: &str) -> Result<Value> {
    match find::narrow(tx, filter, text)? {
        true => lists::people(tx, here, paging, filter),
        false => lists::few(tx, here, paging, &[]),
    }
}

async fn autocomplete(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(query): Params<Name>,
    pairs: Pairs,
) -> Answer<Json<Value>> {
    let mut filter = lists::filter(&pairs.0);
    let answer = app.read(move |tx| {
        let words = query.name.or(query.phone).unwrap_or_default();
        match find::beginning(tx, "user_text", &words) {
            Some(matching) => filter.matching = Some(matching),
            None => return lists::few(tx, &here, &paging, &[]),
        }
        lists::people(tx, &here, &paging, &filter)
    });
    Ok(Json(answer.await?))
}

async fn deleted(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let filter = Filter { deleted: true, ..Filter::default() };
    let answer = app.read(move |tx| {
        let mut out = lists::people(tx, &here, &paging, &filter)?;
        if let Some(map) = out.as_object_mut()
            && let Some(users) = map.remove("users")
        {
            map.insert("deleted_users".into(), users);
        }
        Ok(out)
    });
    Ok(Json(answer.await?))
}

async fn of_group(
    State(app): State<App>,
    Id(id): Id<base::GroupId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    app.read(move |tx| access::get_group(tx, id)).await?;
    page(&app, here, paging, Filter { group: Some(id), ..Filter::default() }).await
}

async fn of_organization(
    State(app): State<App>,
    Id(id): Id<base::OrganizationId>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    app.read(move |tx| access::get_organization(tx, id)).await?;
    page(&app, here, paging, Filter { organization: Some(id), ..Filter::default() }).await
}

async fn count_of_organization(State(app): State<App>, Id(id): Id<base::OrganizationId>) -> Answer<Json<CountAnswer>> {
    app.read(move |tx| access::get_organization(tx, id)).await?;
    counted(&app, Filter { organization: Some(id), ..Filter::default() }).await
}

async fn create_many(
    State(app): State<App>,
    me: Me,
    origin: Origin,
    Body(body): Body<UsersRequest>,
) -> Answer<Json<JobAnswer>> {
    queue(app, me, origin, Verb::CreateUser, body.users).await
}

async fn create_or_update_many(
    State(app): State<App>,
    me: Me,
    origin: Origin,
    Body(body): Body<UsersRequest>,
) -> Answer<Json<JobAnswer>> {
    queue(app, me, origin, Verb::CreateOrUpdateUser, body.users).await
}

/// Either `{users: [{id, ...}]}`, or `?ids=` and one `{user: {...}}` for all.
async fn update_many(
    State(app): State<App>,
    me: Me,
    origin: Origin,
    Params(many): Params<Many>,
    Body(body): Body<UsersRequest>,
) -> Answer<Json<JobAnswer>> {
    let items = bulk::items(many.ids::<i64>()?, body.user, body.users);
    queue(app, me, origin, Verb::UpdateUser, items).await
}

async fn destroy_many(
    State(app): State<App>,
    me: Me,
    origin: Origin,
    Params(many): Params<Many>,
) -> Answer<Json<JobAnswer>> {
    let items = bulk::items(many.ids::<i64>()?, None, Vec::new());
    queue(app, me, origin, Verb::DestroyUser, items).await
}

pub(super) async fn queue(app: App, me: Me, origin: Origin, verb: Verb, items: Vec<Value>) -> Answer<Json<JobAnswer>> {
    at_most(items.len())?;
    let total = items.len();
    let id = app.write(move |tx| bulk::queue(tx, &me.0, verb, items)).await?;
    Ok(Json(job_answer(&origin, id, verb.name(), total)))
}
