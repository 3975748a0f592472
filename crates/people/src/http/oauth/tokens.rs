//! `/oauth/tokens`: what programs may do, seen and taken back.

use axum::extract::State;
use axum::{Extension, Json};
use base::{Actor, Credential, Error, OAuthClientId, OAuthTokenId, Timestamp, UserId};
use kernel::App;
use kernel::http::{Answer, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes, Scopes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Here;
use crate::oauth::grants::{Issued, Lasts};
use crate::oauth::tokens::{self, Token};

/// An access token, of which only the first characters are shown.
#[derive(Serialize, JsonSchema)]
pub(super) struct TokenView {
    pub url: String,
    id: OAuthTokenId,
    user_id: UserId,
    client_id: OAuthClientId,
    token: String,
    refresh_token: Option<String>,
    scopes: Vec<String>,
    created_at: Timestamp,
    used_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    refresh_token_expires_at: Option<Timestamp>,
    /// The whole token, told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_token: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct TokenAnswer {
    pub token: TokenView,
}

#[derive(Serialize, JsonSchema)]
struct TokensAnswer {
    tokens: Vec<TokenView>,
}

/// Which tokens.
#[derive(Default, Deserialize, JsonSchema)]
struct Which {
    /// `true`: everybody's, for those who manage security.
    all: Option<String>,
    /// Those of one program, by its number.
    client_id: Option<String>,
    /// Those of a program of Zendesk's own: a desk has none.
    global_client_id: Option<String>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/oauth/tokens", list)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .query::<Which>()
        .gives::<TokensAnswer>()
        .get("/api/v2/oauth/tokens/current", current)
        .needs(Needs::SignIn)
        .gives::<TokenAnswer>()
        .delete("/api/v2/oauth/tokens/current", revoke_current)
        .needs(Needs::SignIn)
        .get("/api/v2/oauth/tokens/{id}", show)
        .needs(Needs::SignIn)
        .gives::<TokenAnswer>()
        .delete("/api/v2/oauth/tokens/{id}", revoke)
        .needs(Needs::SignIn)
}

fn view(origin: &Origin, token: &Token) -> TokenView {
    TokenView {
        url: format!("{}/api/v2/oauth/tokens/{}.json", origin.0, token.id),
        id: token.id,
        user_id: token.user,
        client_id: token.client,
        token: token.hint.clone(),
        refresh_token: token.refresh_hint.clone(),
        scopes: token.scopes.names().to_vec(),
        created_at: token.created_at,
        used_at: token.used_at,
        expires_at: token.expires_at,
        refresh_token_expires_at: token.refresh_expires_at,
        full_token: None,
    }
}

/// What an admin asks for who makes a token themselves.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TokenBody {
    /// The program's number.
    client_id: Option<Value>,
    /// What the token may be used for.
    scopes: Option<Vec<String>>,
    /// Seconds that it works; without them it works until it is taken back.
    expires_in: Option<Value>,
}

/// Makes a token for the one who asks. A token that leaked must not make another that may do more.
pub(super) async fn make(
    app: &App,
    me: Actor,
    own: Option<Extension<Scopes>>,
    origin: &Origin,
    body: TokenBody,
) -> Result<TokenView, Error> {
    let scopes = body.scopes.unwrap_or_else(|| vec!["read".into(), "write".into()]).join(" ");
    let scopes = Scopes::parse(&scopes)
        .map_err(|name| Error::invalid("scopes", "InvalidValue", format!("scopes: {name} is not a scope")))?;
    if own.is_some_and(|own| !own.0.cover(&scopes)) {
        return Err(Error::Forbidden("a token that may do more than your own"));
    }
    let number = |value: Value| value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    let client = body.client_id.and_then(number).ok_or_else(|| Error::blank("client_id"))?;
    let seconds = body.expires_in.filter(|value| !value.is_null()).map(|value| value.to_string().replace('"', ""));
    let lasts = match seconds {
        Some(seconds) => Lasts::asked(Some(&seconds), None)
            .map_err(|refusal| Error::invalid("expires_in", "InvalidValue", refusal.description))?,
        None => Lasts::default(),
    };
    let Issued { token, access, .. } =
        app.write(move |tx| tokens::make(tx, &me, OAuthClientId(client), &scopes, lasts)).await?;
    Ok(TokenView { full_token: Some(access), ..view(origin, &token) })
}

async fn list(
    State(app): State<App>,
    Me(me): Me,
    here: Here,
    Params(paging): Params<Paging>,
    Params(which): Params<Which>,
) -> Answer<Json<Value>> {
    let client = which.client_id.or(which.global_client_id.map(|_| "0".to_owned()));
    let client = client.map(|id| OAuthClientId(id.parse().unwrap_or_default()));
    let answer = app.read(move |tx| {
        let all = tokens::tokens(tx, &me, which.all.as_deref() == Some("true"), client)?;
        here.whole(&paging, "tokens", all.iter().map(|one| view(&here.origin, one)).collect())
    });
    Ok(Json(answer.await?))
}

/// The token that the request itself shows.
fn own(me: &Actor) -> Result<OAuthTokenId, Error> {
    match me.credential {
        Credential::OAuth(id) => Ok(id),
        _ => Err(Error::NotFound),
    }
}

async fn current(app: State<App>, Me(me): Me, origin: Origin) -> Answer<Json<TokenAnswer>> {
    let id = own(&me)?;
    show(app, Me(me), Id(id), origin).await
}

async fn show(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<OAuthTokenId>,
    origin: Origin,
) -> Answer<Json<TokenAnswer>> {
    let token = app.read(move |tx| tokens::get_token(tx, &me, id)).await?;
    Ok(Json(TokenAnswer { token: view(&origin, &token) }))
}

async fn revoke_current(app: State<App>, Me(me): Me) -> Answer<NoContent> {
    let id = own(&me)?;
    revoke(app, Me(me), Id(id)).await
}

async fn revoke(State(app): State<App>, Me(me): Me, Id(id): Id<OAuthTokenId>) -> Answer<NoContent> {
    app.write(move |tx| tokens::revoke(tx, &me, id)).await?;
    Ok(NoContent)
}
