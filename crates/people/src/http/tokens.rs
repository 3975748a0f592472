//! `/api_tokens`.

use axum::Json;
use axum::extract::State;
use base::{Credential, Error, TokenId, UserId};
use kernel::App;
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use crate::tokens;
use crate::view::{self, TokenView};

#[derive(Serialize, JsonSchema)]
struct TokenAnswer {
    api_token: TokenView,
}

#[derive(Serialize, JsonSchema)]
struct TokensAnswer {
    api_tokens: Vec<TokenView>,
}

#[derive(Deserialize, JsonSchema)]
struct TokenRequest {
    #[serde(default)]
    api_token: TokenBody,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct TokenBody {
    /// What it is for.
    name: String,
    /// Whose it is to be; one's own when absent.
    user_id: Option<UserId>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/api_tokens", list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<TokensAnswer>()
        .post("/api/v2/api_tokens", create)
        .needs(Needs::Staff)
        .takes::<TokenRequest>()
        .gives::<TokenAnswer>()
        .delete("/api/v2/api_tokens/{id}", delete)
        .needs(Needs::Staff)
}

async fn list(State(app): State<App>, Me(me): Me, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = tokens::tokens(tx, &me)?;
        here.whole(&paging, "api_tokens", all.iter().map(|one| view::token(&here.origin, one, None)).collect())
    });
    Ok(Json(answer.await?))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<TokenRequest>,
) -> Answer<Created<TokenAnswer>> {
    // A token that leaked must not make others that outlive it.
    if matches!(me.credential, Credential::Token(_) | Credential::OAuth(_)) {
        return Err(Error::Forbidden("tokens are made by people").into());
    }
    let TokenBody { name, user_id } = body.api_token;
    let made = app.write(move |tx| {
        let text = tx.app().secrets().token();
        let token = tokens::keep_token(tx, &me, user_id.unwrap_or(me.user), &name, &text)?;
        Ok(view::token(&origin, &token, Some(text)))
    });
    let api_token = made.await?;
    Ok(Created(api_token.url.clone(), TokenAnswer { api_token }))
}

async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<TokenId>) -> Answer<NoContent> {
    app.write(move |tx| tokens::delete_token(tx, &me, id)).await?;
    Ok(NoContent)
}
