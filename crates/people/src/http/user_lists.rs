//! `/users`: many people at a time.

use axum::Json;
use axum::extract::State;
use base::{Permission, Result};
use kernel::http::{Answer, Body, Me, Needs, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::records::{List, Pairs, RecordRoutes, Several, few, listed, queue};
use super::{Here, JobAnswer, lists};
use crate::bulk::Verb;
use crate::organization::{Group, Organization};
use crate::search as find;
use crate::store::users::Filter;
use crate::user::User;

/// What is looked for.
#[derive(Deserialize, JsonSchema)]
struct Words {
    /// Words and keywords.
    query: Option<String>,
    /// The number in another system.
    external_id: Option<String>,
}

/// The beginning of a name, address or number.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Name {
    /// What a name, address or number begins with.
    name: Option<String>,
    /// A telephone number.
    phone: Option<String>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .lists::<User>("/api/v2/users")
        .counts::<User>("/api/v2/users/count")
        .shows_many::<User>("/api/v2/users/show_many")
        .lists_of::<User, Group>("/api/v2/groups/{id}/users")
        .counts_of::<User, Group>("/api/v2/groups/{id}/users/count")
        .lists_of::<User, Organization>("/api/v2/organizations/{id}/users")
        .counts_of::<User, Organization>("/api/v2/organizations/{id}/users/count")
        .creates_many::<User>("/api/v2/users/create_many")
        .updates_many::<User>("/api/v2/users/update_many")
        .deletes_many::<User>("/api/v2/users/destroy_many")
        .post("/api/v2/users/create_or_update_many", create_or_update_many)
        .needs(Permission::PeopleEdit)
        .takes::<Several<User>>()
        .gives::<JobAnswer>()
        .get("/api/v2/users/search", search)
        .needs(Permission::PeopleRead)
        .query::<Words>()
        .gives::<List<User>>()
        .get("/api/v2/users/autocomplete", autocomplete)
        .needs(Permission::PeopleRead)
        .query::<Name>()
        .gives::<List<User>>()
        .post("/api/v2/users/autocomplete", autocomplete_by_body)
        .needs(Permission::PeopleRead)
        .takes::<Name>()
        .gives::<List<User>>()
        .get("/api/v2/groups/available_agents", available_agents)
        .needs(Needs::Permission(Permission::AgentManage))
        .query::<Paging>()
        .gives::<List<User>>()
}

async fn search(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(words): Params<Words>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<Json<Value>> {
    let mut filter = Filter { external_id: words.external_id, ..lists::filter(&pairs) };
    let query = words.query.unwrap_or_default();
    let answer = app.read(move |tx| match find::narrow(tx, &mut filter, &query)? {
        true => listed::<User>(tx, &here, &paging, &filter),
        false => few::<User>(tx, &here, &paging, &[]),
    });
    Ok(Json(answer.await?))
}

async fn autocomplete(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(name): Params<Name>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<Json<Value>> {
    Ok(Json(app.read(move |tx| beginning(tx, &here, &paging, &pairs, name)).await?))
}

async fn autocomplete_by_body(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(pairs): Params<Vec<(String, String)>>,
    Body(name): Body<Name>,
) -> Answer<Json<Value>> {
    Ok(Json(app.read(move |tx| beginning(tx, &here, &paging, &pairs, name)).await?))
}

fn beginning(tx: &mut Tx<'_>, here: &Here, paging: &Paging, pairs: &Pairs, name: Name) -> Result<Value> {
    let words = name.name.or(name.phone).unwrap_or_default();
    match find::beginning(tx, "user_text", &words) {
        Some(matching) => {
            let filter = Filter { matching: Some(matching), ..lists::filter(pairs) };
            listed::<User>(tx, here, paging, &filter)
        }
        None => few::<User>(tx, here, paging, &[]),
    }
}

/// Everybody who could be added to a group.
async fn available_agents(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let roles = [find::roles("agent"), find::roles("admin")].concat();
    let filter = Filter { roles, ..Filter::default() };
    Ok(Json(app.read(move |tx| listed::<User>(tx, &here, &paging, &filter)).await?))
}

async fn create_or_update_many(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<Several<User>>,
) -> Answer<Json<JobAnswer>> {
    queue(app, me, origin, Verb::CreateOrUpdateUser, body.many).await
}
