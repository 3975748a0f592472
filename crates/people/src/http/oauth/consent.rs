//! `/oauth/authorizations`: a person is asked whether a program may act for them (RFC 6749, section 4.1; RFC 7636).

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, Result};
use kernel::http::layers::is_personal;
use kernel::http::{Answer, Me, Needs, Params, Routes, Scopes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::desk::spoken;
use super::page::{self, Question, Texts};
use crate::access::get_user;
use crate::oauth::clients::{Client, ClientKind};
use crate::oauth::grants::{Challenge, Consent, Lasts, allow};
use crate::oauth::{Granted, Refusal};
use crate::settings::Desk;
use crate::store::oauth as store;

/// What a program asks for, as it sends a person here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Authorization {
    /// `code`.
    response_type: String,
    /// The program's identifier.
    client_id: String,
    /// One of the program's addresses; may be absent when it has one only.
    redirect_uri: String,
    /// Scopes separated by spaces.
    scope: String,
    /// Given back as it came.
    state: String,
    code_challenge: String,
    /// `S256` or `plain`.
    code_challenge_method: String,
    /// Seconds that access tokens will work.
    expires_in: String,
    /// Seconds that refresh tokens will work.
    refresh_token_expires_in: String,
}

/// What the person decided.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Decision {
    decision: String,
    authenticity_token: String,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/oauth/authorizations/new", ask)
        .needs(Needs::Nothing)
        .query::<Authorization>()
        .post("/oauth/authorizations", decide)
        .needs(Needs::SignIn)
}

/// What can be said of an authorization.
enum Read {
    /// The person is told: nobody knows where they could be sent.
    Problem(String),
    /// The program is told, at this address.
    Refused(String, Refusal),
    /// The person is asked.
    Asked(Box<Asked>),
}

struct Asked {
    client: Client,
    target: String,
    consent: Consent,
}

impl Authorization {
    fn read(&self, tx: &mut Tx<'_>) -> Result<Read> {
        let Some(client) = store::client_by_identifier(tx, &self.client_id)? else {
            return Ok(Read::Problem("client_id: there is no such client".into()));
        };
        let target = match (self.redirect_uri.as_str(), client.redirect_uris.as_slice()) {
            ("", [only]) => only.clone(),
            (uri, known) if known.iter().any(|known| known == uri) => uri.to_owned(),
            _ => return Ok(Read::Problem("redirect_uri: is not one of the client's".into())),
        };
        Ok(match self.consent(&client) {
            Ok(consent) => Read::Asked(Box::new(Asked { client, target, consent })),
            Err(refusal) => Read::Refused(target, refusal),
        })
    }

    fn consent(&self, client: &Client) -> Granted<Consent> {
        if self.response_type != "code" {
            return Err(Refusal::new("unsupported_response_type", "response_type takes code"));
        }
        let unknown = |name: String| Refusal::new("invalid_scope", format!("{name} is not a scope"));
        let scopes = Scopes::parse(&self.scope).map_err(unknown)?;
        if scopes.is_empty() {
            return Err(Refusal::new("invalid_scope", "scope is missing"));
        }
        let challenge = match self.code_challenge.as_str() {
            "" if client.kind == ClientKind::Public => {
                return Err(Refusal::new("invalid_request", "A public client sends a code_challenge"));
            }
            "" => None,
            text => Some(Challenge::parse(text, Some(&self.code_challenge_method))?),
        };
        let lasts = match (self.expires_in.as_str(), self.refresh_token_expires_in.as_str()) {
            ("", "") => None,
            (token, refresh) => Some(Lasts::asked(Some(token), Some(refresh))?),
        };
        Ok(Consent { redirect_uri: self.redirect_uri.clone(), scopes, challenge, lasts })
    }

    fn fields(&self) -> [(&'static str, &str); 9] {
        [
            ("response_type", &self.response_type),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &self.state),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
            ("expires_in", &self.expires_in),
            ("refresh_token_expires_in", &self.refresh_token_expires_in),
        ]
    }

    /// What only the page of this person's session can know: no other site makes them decide.
    fn authenticity(&self, app: &App, actor: &Actor) -> String {
        let asked = format!("consent {:?} {:?} {:?}", actor.user, actor.credential, self.fields());
        app.secrets().hash_token(&asked)
    }

    /// The way back to the program.
    fn back(&self, target: &str, answer: &[(&str, &str)]) -> Response {
        let state = Some(("state", self.state.as_str())).filter(|(_, state)| !state.is_empty());
        let pairs: Vec<(&str, &str)> = answer.iter().copied().chain(state).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let sign = if target.contains('?') { '&' } else { '?' };
        see_other(&format!("{target}{sign}{query}"))
    }

    fn refuse(&self, target: &str, refusal: &Refusal) -> Response {
        self.back(target, &[("error", refusal.code), ("error_description", &refusal.description)])
    }
}

fn see_other(place: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn ask(
    State(app): State<App>,
    me: Option<Me>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Params(asked): Params<Authorization>,
) -> Answer<Response> {
    let authorization = asked.clone();
    let read = app.read(move |tx| Ok((authorization.read(tx)?, kernel::settings::get::<Desk>(tx)?.locale)));
    let (read, locale) = read.await?;
    match read {
        Read::Problem(text) => Ok(page::problem(&Texts::of(spoken(&headers).unwrap_or(locale))?, &text)),
        Read::Refused(target, refusal) => Ok(asked.refuse(&target, &refusal)),
        Read::Asked(question) => match me.filter(|Me(me)| is_personal(me.credential)) {
            Some(Me(me)) => show(&app, me, &asked, &question).await,
            None => {
                let here = uri.path_and_query().map(|whole| whole.as_str()).unwrap_or_default();
                let next = serde_urlencoded::to_string([("next", here)]).unwrap_or_default();
                Ok(see_other(&format!("/agent/login?{next}")))
            }
        },
    }
}

async fn show(app: &App, me: Actor, asked: &Authorization, question: &Asked) -> Answer<Response> {
    let user = app.read(move |tx| get_user(tx, me.user)).await?;
    let token = asked.authenticity(app, &me);
    let mut fields = asked.fields().to_vec();
    fields.push(("authenticity_token", &token));
    let question = Question {
        client: &question.client.name,
        company: &question.client.company,
        description: &question.client.description,
        person: &user.name,
        email: user.email.as_deref().unwrap_or_default(),
        scopes: question.consent.scopes.names(),
        target: &question.target,
        fields: &fields,
    };
    Ok(page::question(&Texts::of(user.locale)?, &question))
}

async fn decide(State(app): State<App>, Me(me): Me, body: Bytes) -> Answer<Response> {
    let unreadable = |cause: &dyn std::fmt::Display| Error::BadRequest("InvalidForm", format!("The form: {cause}"));
    let asked: Authorization = serde_urlencoded::from_bytes(&body).map_err(|cause| unreadable(&cause))?;
    let decision: Decision = serde_urlencoded::from_bytes(&body).map_err(|cause| unreadable(&cause))?;
    if !is_personal(me.credential) || decision.authenticity_token != asked.authenticity(&app, &me) {
        return Err(Error::Forbidden("this is decided on the page that asks").into());
    }
    let answer = app.write(move |tx| match asked.read(tx)? {
        Read::Problem(text) => Err(Error::BadRequest("invalid_request", text)),
        Read::Refused(target, refusal) => Ok(asked.refuse(&target, &refusal)),
        Read::Asked(question) if decision.decision == "allow" => {
            let Asked { client, target, consent } = *question;
            let code = allow(tx, &me, &client, consent)?;
            Ok(asked.back(&target, &[("code", &code)]))
        }
        Read::Asked(question) => {
            let refusal = Refusal::new("access_denied", "The person did not allow it");
            Ok(asked.refuse(&question.target, &refusal))
        }
    });
    Ok(answer.await?)
}
