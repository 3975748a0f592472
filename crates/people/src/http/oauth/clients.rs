//! `/oauth/clients`: the programs that may ask people for access.

use axum::Json;
use axum::extract::State;
use base::{OAuthClientId, Permission, Timestamp, UserId};
use kernel::App;
use kernel::http::{Answer, Body, Created, Id, Me, NoContent, Origin, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Here;
use crate::oauth::clients::{self, Client, ClientChange, ClientKind};

/// A program that asks people for access.
#[derive(Serialize, JsonSchema)]
struct ClientView {
    url: String,
    id: OAuthClientId,
    /// By this name it introduces itself: `client_id` in requests.
    identifier: String,
    name: String,
    company: String,
    description: String,
    /// `public` or `confidential`.
    kind: String,
    redirect_uri: Vec<String>,
    logo_url: Option<String>,
    global: bool,
    user_id: UserId,
    /// Whole once, when it is made; afterwards its first characters.
    secret: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct ClientAnswer {
    client: ClientView,
}

#[derive(Serialize, JsonSchema)]
struct ClientsAnswer {
    clients: Vec<ClientView>,
}

/// Programs of Zendesk's own: a desk has none.
#[derive(Serialize, JsonSchema)]
struct GlobalClientsAnswer {
    global_clients: Vec<Value>,
}

#[derive(Deserialize, JsonSchema)]
struct ClientRequest {
    #[serde(default)]
    client: ClientBody,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct ClientBody {
    identifier: Option<String>,
    name: Option<String>,
    company: Option<String>,
    description: Option<String>,
    kind: Option<Kind>,
    redirect_uri: Option<Uris>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Public,
    Confidential,
}

/// One address, several in lines, or a list.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Uris {
    Text(String),
    List(Vec<String>),
}

impl From<ClientBody> for ClientChange {
    fn from(body: ClientBody) -> Self {
        let ClientBody { identifier, name, company, description, kind, redirect_uri } = body;
        let kind = kind.map(|kind| match kind {
            Kind::Public => ClientKind::Public,
            Kind::Confidential => ClientKind::Confidential,
        });
        let redirect_uris = redirect_uri.map(|uris| match uris {
            Uris::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
            Uris::List(list) => list,
        });
        Self { identifier, name, company, description, kind, redirect_uris }
    }
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/oauth/clients", list)
        .needs(Permission::SecurityManage)
        .query::<Paging>()
        .gives::<ClientsAnswer>()
        .post("/api/v2/oauth/clients", create)
        .needs(Permission::SecurityManage)
        .takes::<ClientRequest>()
        .gives::<ClientAnswer>()
        .get("/api/v2/oauth/clients/{id}", show)
        .needs(Permission::SecurityManage)
        .gives::<ClientAnswer>()
        .put("/api/v2/oauth/clients/{id}", update)
        .needs(Permission::SecurityManage)
        .takes::<ClientRequest>()
        .gives::<ClientAnswer>()
        .delete("/api/v2/oauth/clients/{id}", delete)
        .needs(Permission::SecurityManage)
        .put("/api/v2/oauth/clients/{id}/generate_secret", generate_secret)
        .needs(Permission::SecurityManage)
        .gives::<ClientAnswer>()
        .get("/api/v2/oauth/global_clients", global)
        .needs(Permission::SecurityManage)
        .query::<Paging>()
        .gives::<GlobalClientsAnswer>()
        .get("/api/v2/users/me/oauth/clients", mine)
        .needs(Permission::SecurityManage)
        .query::<Paging>()
        .gives::<ClientsAnswer>()
}

fn view(origin: &Origin, client: &Client, secret: Option<String>) -> ClientView {
    ClientView {
        url: format!("{}/api/v2/oauth/clients/{}.json", origin.0, client.id),
        id: client.id,
        identifier: client.identifier.clone(),
        name: client.name.clone(),
        company: client.company.clone(),
        description: client.description.clone(),
        kind: client.kind.name().to_owned(),
        redirect_uri: client.redirect_uris.clone(),
        logo_url: None,
        global: false,
        user_id: client.user,
        secret: secret.unwrap_or_else(|| client.secret_hint.clone()),
        created_at: client.created_at,
        updated_at: client.updated_at,
    }
}

async fn list(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    listed(&app, here, paging, None).await
}

async fn mine(State(app): State<App>, Me(me): Me, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    listed(&app, here, paging, Some(me.user)).await
}

async fn listed(app: &App, here: Here, paging: Paging, of: Option<UserId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = clients::clients(tx, of)?;
        here.whole(&paging, "clients", all.iter().map(|one| view(&here.origin, one, None)).collect())
    });
    Ok(Json(answer.await?))
}

async fn global(here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    Ok(Json(here.whole::<Value>(&paging, "global_clients", Vec::new())?))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<ClientRequest>,
) -> Answer<Created<ClientAnswer>> {
    let (client, secret) = app.write(move |tx| clients::create_client(tx, &me, body.client.into())).await?;
    let client = view(&origin, &client, Some(secret));
    Ok(Created(client.url.clone(), ClientAnswer { client }))
}

async fn show(State(app): State<App>, Id(id): Id<OAuthClientId>, origin: Origin) -> Answer<Json<ClientAnswer>> {
    let client = app.read(move |tx| clients::get_client(tx, id)).await?;
    Ok(Json(ClientAnswer { client: view(&origin, &client, None) }))
}

async fn update(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<OAuthClientId>,
    origin: Origin,
    Body(body): Body<ClientRequest>,
) -> Answer<Json<ClientAnswer>> {
    let client = app.write(move |tx| clients::update_client(tx, &me, id, body.client.into())).await?;
    Ok(Json(ClientAnswer { client: view(&origin, &client, None) }))
}

async fn generate_secret(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<OAuthClientId>,
    origin: Origin,
) -> Answer<Json<ClientAnswer>> {
    let (client, secret) = app.write(move |tx| clients::generate_secret(tx, &me, id)).await?;
    Ok(Json(ClientAnswer { client: view(&origin, &client, Some(secret)) }))
}

async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<OAuthClientId>) -> Answer<NoContent> {
    app.write(move |tx| clients::delete_client(tx, &me, id)).await?;
    Ok(NoContent)
}
