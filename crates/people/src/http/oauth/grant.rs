//! `POST /oauth/tokens`: a program fetches a token (RFC 6749, sections 4 to 6).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use base::Error;
use kernel::App;
use kernel::http::layers::{Shown, shown};
use kernel::http::{Answer, Created, Me, Needs, Origin, Routes, Scopes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::sessions::From;
use super::tokens::{TokenAnswer, TokenBody, make};
use crate::oauth::clients::{Client, ClientKind, identify};
use crate::oauth::grants::{self, Issued, Lasts};
use crate::oauth::{Granted, Refusal};
use crate::settings::SignIn;
use crate::sign_in::{Place, by_password};

/// A grant, as JSON or as a form; or, of an admin who is signed in, a token to be made.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct GrantRequest {
    /// `authorization_code`, `refresh_token`, `client_credentials` or `password`.
    grant_type: Option<String>,
    /// The program's identifier.
    client_id: Option<String>,
    client_secret: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
    /// Scopes separated by spaces.
    scope: Option<String>,
    username: Option<String>,
    password: Option<String>,
    /// Seconds: 300 to 172800.
    expires_in: Option<Value>,
    /// Seconds: 604800 to 7776000.
    refresh_token_expires_in: Option<Value>,
    /// Without `grant_type`: the token that an admin makes for themselves.
    token: Option<TokenBody>,
}

/// What a program is given.
#[derive(Serialize, JsonSchema)]
struct GrantAnswer {
    access_token: String,
    token_type: String,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<i64>,
}

/// A grant's answer, or a token that an admin made.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum TokensAnswer {
    Granted(GrantAnswer),
    Made(TokenAnswer),
}

pub(super) fn routes() -> Routes {
    let mut routes = Routes::new();
    for path in ["/oauth/tokens", "/api/v2/oauth/tokens"] {
        routes = routes.post(path, create).needs(Needs::Nothing).takes::<GrantRequest>().gives::<TokensAnswer>();
    }
    routes
}

async fn create(
    State(app): State<App>,
    me: Option<Me>,
    scopes: Option<Extension<Scopes>>,
    From(place): From,
    headers: HeaderMap,
    origin: Origin,
    body: Bytes,
) -> Answer<Response> {
    let Some(mut asked) = read(&body) else {
        return Ok(refused(&Refusal::new(
            "invalid_request",
            "The body is neither JSON nor a form of these parameters",
        )));
    };
    if let (Some(token), None) = (asked.token.take(), &asked.grant_type) {
        let Some(Me(me)) = me else { return Err(Error::Unauthenticated("Couldn't authenticate you").into()) };
        let token = make(&app, me, scopes, &origin, token).await?;
        return Ok(Created(token.url.clone(), TokensAnswer::Made(TokenAnswer { token })).into_response());
    }
    if let Some(Shown::Password { email: identifier, password }) = shown(&headers) {
        asked.client_id = Some(identifier);
        asked.client_secret = Some(password);
    }
    match asked.grant(&app, place).await? {
        Ok(issued) => Ok(granted(&app, issued)),
        Err(refusal) => Ok(refused(&refusal)),
    }
}

/// A JSON object or a form.
fn read(body: &[u8]) -> Option<GrantRequest> {
    if body.trim_ascii_start().starts_with(b"{") {
        return serde_json::from_slice(body).ok();
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
    let fields = pairs.into_iter().map(|(name, value)| (name, value.into())).collect();
    serde_json::from_value(Value::Object(fields)).ok()
}

/// A number of seconds as it came, as a number or as text.
fn seconds(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

impl GrantRequest {
    fn scopes(&self) -> Granted<Option<Scopes>> {
        let unknown = |name: String| Refusal::new("invalid_scope", format!("{name} is not a scope"));
        let asked = self.scope.as_deref().filter(|text| !text.trim().is_empty());
        asked.map(Scopes::parse).transpose().map_err(unknown)
    }

    fn lasts(&self) -> Granted<Lasts> {
        let token = seconds(self.expires_in.as_ref());
        Lasts::asked(token.as_deref(), seconds(self.refresh_token_expires_in.as_ref()).as_deref())
    }

    async fn grant(self, app: &App, place: Place) -> base::Result<Granted<Issued>> {
        let (scopes, lasts) = match (self.scopes(), self.lasts()) {
            (Ok(scopes), Ok(lasts)) => (scopes, lasts),
            (Err(refusal), _) | (_, Err(refusal)) => return Ok(Err(refusal)),
        };
        let (identifier, secret) = (self.client_id.unwrap_or_default(), self.client_secret);
        let client = match app.read(move |tx| identify(tx, &identifier, secret.as_deref())).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Err(refusal)),
        };
        match self.grant_type.as_deref() {
            Some("authorization_code") => {
                let shown = grants::Shown {
                    code: self.code.unwrap_or_default(),
                    redirect_uri: self.redirect_uri.unwrap_or_default(),
                    verifier: self.code_verifier.filter(|text| !text.is_empty()),
                };
                app.write(move |tx| grants::redeem(tx, &client, &shown, lasts)).await
            }
            Some("refresh_token") => {
                let text = self.refresh_token.unwrap_or_default();
                app.write(move |tx| grants::refresh(tx, &client, &text, scopes.as_ref())).await
            }
            Some("client_credentials") => own(app, client, scopes, lasts).await,
            Some("password") => {
                let person = (self.username.unwrap_or_default(), self.password.unwrap_or_default(), place);
                by_person(app, client, person, scopes, lasts).await
            }
            Some(_) => Ok(Err(Refusal::new("unsupported_grant_type", "This grant_type is not taken"))),
            None => Ok(Err(Refusal::new("invalid_request", "grant_type is missing"))),
        }
    }
}

/// The program acts for its owner.
async fn own(app: &App, client: Client, scopes: Option<Scopes>, lasts: Lasts) -> base::Result<Granted<Issued>> {
    if client.kind == ClientKind::Public {
        return Ok(Err(Refusal::new("unauthorized_client", "A public client has no credentials")));
    }
    let Some(scopes) = scopes else { return Ok(Err(Refusal::new("invalid_scope", "scope is missing"))) };
    app.write(move |tx| {
        if crate::find_user(tx, client.user)?.is_none_or(|user| !user.may_sign_in()) {
            return Ok(Err(Refusal::new("unauthorized_client", "The owner of this client may not sign in")));
        }
        let lasts = Lasts { refresh: None, ..lasts };
        grants::issue(tx, &client, client.user, &scopes, lasts).map(Ok)
    })
    .await
}

/// The person gave the program their password, which is taken only where API passwords are.
async fn by_person(
    app: &App,
    client: Client,
    (name, password, place): (String, String, Place),
    scopes: Option<Scopes>,
    lasts: Lasts,
) -> base::Result<Granted<Issued>> {
    let SignIn { api_passwords } = app.read(kernel::settings::get).await?;
    if !api_passwords {
        return Ok(Err(Refusal::new("unauthorized_client", "This desk takes no passwords here")));
    }
    let Some(scopes) = scopes else { return Ok(Err(Refusal::new("invalid_scope", "scope is missing"))) };
    let Some(actor) = by_password(app, name, password, place).await? else {
        return Ok(Err(Refusal::new("invalid_grant", "No such person, or the password is wrong")));
    };
    app.write(move |tx| grants::issue(tx, &client, actor.user, &scopes, lasts)).await.map(Ok)
}

fn granted(app: &App, issued: Issued) -> Response {
    let now = app.clock().now();
    let seconds = |at: base::Timestamp| at.since(now) / 1_000;
    let Issued { token, access, refresh } = issued;
    let answer = GrantAnswer {
        access_token: access,
        token_type: "bearer".into(),
        scope: token.scopes.text(),
        refresh_token: refresh,
        expires_in: token.expires_at.map(seconds),
        refresh_token_expires_in: token.refresh_expires_at.map(seconds),
    };
    unkept(Json(TokensAnswer::Granted(answer)).into_response())
}

/// An error as RFC 6749, section 5.2 has it.
fn refused(refusal: &Refusal) -> Response {
    let body = json!({"error": refusal.code, "error_description": refusal.description});
    let mut response = Json(body).into_response();
    *response.status_mut() = StatusCode::BAD_REQUEST;
    if refusal.code == "invalid_client" {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        let scheme = HeaderValue::from_static("Basic realm=\"OAuth\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    unkept(response)
}

fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
