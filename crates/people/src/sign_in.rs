//! Signing in: sessions, and who shows what.

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use base::{Actor, Credential, Error, Permission, Result, Role, SessionId, Timestamp, UserId, time};
use kernel::http::layers::{Caller, Claimed, INVALID_TOKEN, NO_ONE_ELSE, Shown, is_client, shown};
use kernel::http::{caller_ip, failure};
use kernel::throttle::{self, Limit};
use kernel::{App, Tx, audit_log};

use crate::access::{actor_of_user, find_by_email, find_user, get_user};
use crate::password::verify_aside;
use crate::settings::{Desk, SignIn};
use crate::user::{NewUser, User};
use crate::{change, oauth, store, tokens, totp};

/// How long a session lasts after it was last seen, in milliseconds.
const LASTS: i64 = 14 * time::DAY;
/// How exactly it is known when a session was last seen, in milliseconds.
pub(crate) const SEEN_EVERY: i64 = 5 * time::MINUTE;

const PER_PERSON_AND_PLACE: Limit = Limit { attempts: 10, within: 15 * time::MINUTE };
const PER_PERSON: Limit = Limit { attempts: 100, within: 15 * time::MINUTE };
const PER_PLACE: Limit = Limit { attempts: 300, within: 15 * time::MINUTE };
/// What the keys of places begin with.
const PLACE_KEY: &str = "sign_in:@";

/// What wrong credentials are told, whatever is wrong with them.
pub(crate) const REFUSED: Error = Error::Unauthenticated("Couldn't authenticate you");

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its number.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it came from.
    pub ip_address: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last seen, to some minutes.
    pub seen_at: Timestamp,
    /// When it ends unless it is seen again.
    pub expires_at: Timestamp,
}

/// Where a request comes from.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The address, empty when it is not known.
    pub ip_address: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

/// What somebody gives to sign in.
#[derive(Clone)]
pub struct Credentials {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The second factor: a code of the moment, or a recovery code.
    pub code: Option<String>,
}

/// Signs somebody in; gives the session's token, which only their browser knows from then on.
///
/// # Errors
/// `Unauthenticated` (`TotpRequired` when a second factor is missing), `TooMany` after too many attempts.
pub async fn sign_in(app: &App, given: Credentials, place: Place) -> Result<(User, String)> {
    let keys = attempt_keys(&given.email, &place.ip_address);
    let (email, counted) = (given.email.clone(), keys.clone());
    let hash = app
        .write(move |tx| {
            check_attempts(tx, &counted)?;
            count_attempt(tx, &counted)?;
            password_of(tx, &email)
        })
        .await?;
    if !verify_aside(app, given.password, hash).await? {
        return Err(REFUSED);
    }
    let (email, code) = (given.email, given.code);
    app.write(move |tx| {
        let user = find_by_email(tx, &email)?.filter(User::may_sign_in).ok_or(REFUSED)?;
        if user.second_factor {
            totp::pass(tx, &user, code.as_deref())?;
        }
        // Those of the place stay, or an account of one's own would buy more guesses at others'.
        for (key, _) in keys.iter().filter(|(key, _)| !key.starts_with(PLACE_KEY)) {
            throttle::forget(tx, key)?;
        }
        let token = open_session(tx, &user, &place)?;
        Ok((user, token))
    })
    .await
}

fn attempt_keys(email: &str, ip: &str) -> Vec<(String, Limit)> {
    let email = email.trim().to_lowercase();
    let mut keys =
        vec![(format!("sign_in:{email} {ip}"), PER_PERSON_AND_PLACE), (format!("sign_in:{email}"), PER_PERSON)];
    if !ip.is_empty() {
        keys.push((format!("{PLACE_KEY}{ip}"), PER_PLACE));
    }
    keys
}

fn check_attempts(tx: &mut Tx<'_>, keys: &[(String, Limit)]) -> Result<()> {
    keys.iter().try_for_each(|(key, limit)| throttle::check(tx, key, *limit))
}

fn count_attempt(tx: &mut Tx<'_>, keys: &[(String, Limit)]) -> Result<()> {
    keys.iter().try_for_each(|(key, limit)| throttle::count(tx, key, *limit))
}

fn password_of(tx: &mut Tx<'_>, email: &str) -> Result<Option<String>> {
    match find_by_email(tx, email)?.filter(User::may_sign_in) {
        Some(user) => Ok(store::credentials::keys(tx, user.id)?.password_hash),
        None => Ok(None),
    }
}

/// Opens a session for somebody who proved who they are; gives its token.
pub fn open_session(tx: &mut Tx<'_>, user: &User, place: &Place) -> Result<String> {
    let (secrets, now) = (tx.app().secrets(), tx.now());
    let token = secrets.token();
    let cut = |text: &str| text.chars().take(255).collect::<String>();
    let session = Session {
        id: SessionId(0),
        user: user.id,
        user_agent: cut(&place.user_agent),
        ip_address: cut(&place.ip_address),
        created_at: now,
        seen_at: now,
        expires_at: now.plus(LASTS),
    };
    store::credentials::forget_expired(tx)?;
    store::credentials::insert_session(tx, &session, &secrets.hash_token(&token))?;
    store::users::signed_in(tx, user.id, now)?;
    if user.role.is_staff() {
        let actor = actor_of_user(tx, user, Credential::System)?;
        let actor = Actor { ip: place.ip_address.parse().ok(), ..actor };
        audit_log::record(tx, &actor, "login", ("user", Some(user.id.0), &user.name), "")?;
    }
    Ok(token)
}

/// Finds who claims this: what the kernel's `Authenticate` part calls. Passwords are never looked at here, since that
/// takes too long for a transaction: [`basic_password`] does.
pub fn authenticate(tx: &mut Tx<'_>, claimed: &Claimed) -> Result<Option<Caller>> {
    let plain = |actor: Option<Actor>| actor.map(|actor| Caller { actor, scopes: None });
    let caller = match &claimed.shown {
        Shown::Session(token) => plain(by_session(tx, token)?),
        Shown::Bearer(token) => match oauth::by_token(tx, token)? {
            Some(caller) => Some(caller),
            None => plain(by_token(tx, token, None)?),
        },
        Shown::ApiToken { email, token } => plain(by_token(tx, token, Some(email))?),
        Shown::Password { .. } => None,
    };
    let Some(mut caller) = caller else { return Ok(None) };
    if let Some(name) = &claimed.on_behalf_of {
        caller.actor = on_behalf_of(tx, &caller, name)?;
    }
    caller.actor.ip = claimed.ip;
    Ok(Some(caller))
}

/// The person that the caller acts for, who has to be an end user: an e-mail address or an id names them. Zendesk's
/// `X-On-Behalf-Of`. The token stays the caller's.
///
/// # Errors
/// `Forbidden` for those who may not impersonate, and for the staff's names; `Unauthenticated` when there is nobody.
fn on_behalf_of(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<Actor> {
    let token = matches!(caller.actor.credential, Credential::Token(_) | Credential::OAuth(_));
    if !token || caller.scopes.as_ref().is_some_and(|scopes| !scopes.impersonate()) {
        return Err(NO_ONE_ELSE);
    }
    // Whoever manages others' tokens could act by one of them anyway.
    caller.actor.needs(Permission::SecurityManage)?;
    let found = match name.parse() {
        Ok(id) => find_user(tx, UserId(id))?,
        Err(_) => find_by_email(tx, name)?,
    };
    let user = found.filter(|user| user.active && !user.suspended).ok_or(INVALID_TOKEN)?;
    if user.role.is_staff() {
        return Err(Error::Forbidden("X-On-Behalf-Of takes end users"));
    }
    actor_of_user(tx, &user, caller.actor.credential)
}

/// Lets a session last as if it were seen now; gives what proves that a form comes from one of its pages.
pub(crate) fn renew(tx: &mut Tx<'_>, id: SessionId) -> Result<String> {
    let until = tx.now().plus(LASTS);
    store::credentials::touch_session(tx, id, until)?;
    Ok(tx.app().secrets().hash_token(&format!("authenticity {id}")))
}

fn by_session(tx: &mut Tx<'_>, token: &str) -> Result<Option<Actor>> {
    let hash = tx.app().secrets().hash_token(token);
    let Some(session) = store::credentials::find_session(tx, &hash)? else { return Ok(None) };
    let Some(user) = find_user(tx, session.user)?.filter(User::may_sign_in) else { return Ok(None) };
    let now = tx.now();
    if now.since(session.seen_at) > SEEN_EVERY {
        // Nobody waits for it: the request goes on meanwhile.
        drop(tx.app().write(move |tx| store::credentials::touch_session(tx, session.id, now.plus(LASTS))));
    }
    actor_of_user(tx, &user, Credential::Session(session.id)).map(Some)
}

fn by_token(tx: &mut Tx<'_>, token: &str, email: Option<&str>) -> Result<Option<Actor>> {
    let hash = tx.app().secrets().hash_token(token);
    let Some(token) = store::credentials::find_token(tx, &hash)? else { return Ok(None) };
    let Some(user) = find_user(tx, token.user)?.filter(User::may_sign_in) else { return Ok(None) };
    if let Some(email) = email
        && find_by_email(tx, email)?.is_none_or(|named| named.id != user.id)
    {
        return Ok(None);
    }
    let now = tx.now();
    if token.used_at.is_none_or(|at| now.since(at) > SEEN_EVERY) {
        drop(tx.app().write(move |tx| tokens::used(tx, token.id)));
    }
    actor_of_user(tx, &user, Credential::Token(token.id)).map(Some)
}

/// The layer that lets requests in by e-mail address and password, where the desk's settings allow it. It stands before
/// the kernel's `authenticate`, which refuses what this one lets pass untouched.
pub async fn basic_password(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let shown = shown(request.headers()).filter(|shown| !is_client(shown, request.uri().path()));
    let Some(Shown::Password { email, password }) = shown else { return next.run(request).await };
    let place = place_of(&request);
    match by_password(&app, email, password, place).await {
        Ok(Some(actor)) => {
            let actor = Actor { ip: caller_ip(&request), ..actor };
            request.headers_mut().remove(header::AUTHORIZATION);
            request.headers_mut().remove(header::COOKIE);
            request.extensions_mut().insert(actor);
        }
        Ok(None) => {}
        Err(error) => return failure(&error),
    }
    next.run(request).await
}

pub(crate) async fn by_password(app: &App, email: String, password: String, place: Place) -> Result<Option<Actor>> {
    let keys = attempt_keys(&email, &place.ip_address);
    let (checked, address) = (keys.clone(), email.clone());
    let hash = app.read(move |tx| {
        check_attempts(tx, &checked)?;
        let settings: SignIn = kernel::settings::get(tx)?;
        // A password alone is not enough where a second factor is asked for.
        let factor = find_by_email(tx, &address)?.is_some_and(|user| user.second_factor);
        if settings.api_passwords && !factor { password_of(tx, &address) } else { Ok(None) }
    });
    if !verify_aside(app, password, hash.await?).await? {
        app.write(move |tx| count_attempt(tx, &keys)).await?;
        return Ok(None);
    }
    app.read(move |tx| match find_by_email(tx, &email)?.filter(User::may_sign_in) {
        Some(user) => actor_of_user(tx, &user, Credential::Password).map(Some),
        None => Ok(None),
    })
    .await
}

/// Where a request comes from. What proxies say of it is taken for true: the server drops it where it is not.
pub fn place_of<B>(request: &axum::http::Request<B>) -> Place {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let ip_address = caller_ip(request).map(|ip| ip.to_string()).unwrap_or_default();
    Place { ip_address, user_agent: text("user-agent").to_owned() }
}

/// The password of a person is changed: their other sessions and open links end.
pub fn set_password(tx: &mut Tx<'_>, actor: &Actor, user: UserId, hash: &str) -> Result<()> {
    let person = get_user(tx, user)?;
    if actor.user != user {
        crate::access::may_change(tx, actor, &person)?;
    }
    let keep = match actor.credential {
        Credential::Session(id) if actor.user == user => Some(id),
        _ => None,
    };
    store::credentials::set_password(tx, user, hash)?;
    store::credentials::end_sessions(tx, user, keep)?;
    store::credentials::delete_password_rights(tx, user)?;
    if person.role.is_staff() {
        change::record(tx, actor, "update", &person, "password")?;
    }
    Ok(())
}

/// Sets the password of whoever was sent this link; gives them.
///
/// # Errors
/// `Unauthenticated` when the link is unknown, was used or ran out.
pub fn set_password_by_link(tx: &mut Tx<'_>, token: &str, hash: &str) -> Result<User> {
    use crate::letters::{LetterKind, redeem};
    let user = redeem(tx, token, &[LetterKind::Invitation, LetterKind::Reset])?;
    let user = get_user(tx, user.ok_or(Error::Unauthenticated("InvalidLink"))?)?;
    let actor = actor_of_user(tx, &user, Credential::System)?;
    set_password(tx, &actor, user.id, hash)?;
    Ok(user)
}

/// Whether the desk has nobody yet who could set it up.
pub fn needs_setup(tx: &mut Tx<'_>) -> Result<bool> {
    let staff = [Role::LightAgent, Role::Agent, Role::Admin, Role::Owner];
    Ok(store::users::count_role(tx, &staff)? == 0)
}

/// The desk's first person.
#[derive(Clone)]
pub struct Setup {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their hashed password, see [`crate::hash_password`].
    pub password_hash: String,
    /// What the desk is called, if it is to have a name of its own.
    pub desk_name: Option<String>,
}

/// Sets up a new desk: makes its owner and a first group.
///
/// # Errors
/// `Forbidden` when the desk was set up before; `Invalid` with the fields that are wrong.
pub fn setup(tx: &mut Tx<'_>, first: Setup) -> Result<User> {
    if !needs_setup(tx)? {
        return Err(Error::Forbidden("the desk was set up before"));
    }
    let system = Actor::system();
    if let Some(name) = first.desk_name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) {
        let desk: Desk = kernel::settings::get(tx)?;
        kernel::settings::set(tx, &Desk { name, ..desk })?;
    }
    if crate::default_group(tx)?.is_none() {
        let name = Some("Support".to_owned());
        crate::create_group(tx, &system, crate::GroupChange { name, ..Default::default() })?;
    }
    // Somebody who wrote to the desk before may be its owner now.
    let change = NewUser {
        name: Some(first.name),
        email: Some(first.email.clone()),
        role: Some(Role::Owner),
        verified: Some(true),
        password_hash: Some(first.password_hash),
        ..NewUser::default()
    };
    match find_by_email(tx, &first.email)? {
        Some(user) => crate::update_user(tx, &system, user.id, change),
        None => crate::create_user(tx, &system, change),
    }
}
