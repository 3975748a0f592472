//! Access tokens: who shows one, lists, giving back.

use base::{Actor, Credential, Error, OAuthClientId, OAuthTokenId, Permission, Result, Timestamp, UserId};
use kernel::http::Scopes;
use kernel::http::layers::Caller;
use kernel::{Tx, audit_log};

use super::clients;
use super::grants::{Issued, Lasts, issue};
use crate::access::{actor_of_user, find_user};
use crate::sign_in::SEEN_EVERY;
use crate::store::oauth as store;
use crate::user::User;

/// An access token, without the token itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Its number.
    pub id: OAuthTokenId,
    /// The program that has it.
    pub client: OAuthClientId,
    /// For whom the program acts.
    pub user: UserId,
    /// What it may do.
    pub scopes: Scopes,
    /// Its first ten characters.
    pub hint: String,
    /// Those of its refresh token.
    pub refresh_hint: Option<String>,
    /// How long each text works.
    pub lasts: Lasts,
    /// When it was first given.
    pub created_at: Timestamp,
    /// When it was last used, to some minutes.
    pub used_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When its refresh token ends.
    pub refresh_expires_at: Option<Timestamp>,
}

/// Who shows this token, if it works.
pub(crate) fn by_token(tx: &mut Tx<'_>, text: &str) -> Result<Option<Caller>> {
    let hash = tx.app().secrets().hash_token(text);
    let now = tx.now();
    let token = store::token_by_text(tx, &hash)?;
    let Some(token) = token.filter(|token| token.expires_at.is_none_or(|at| at > now)) else { return Ok(None) };
    let Some(user) = find_user(tx, token.user)?.filter(User::may_sign_in) else { return Ok(None) };
    if token.used_at.is_none_or(|at| now.since(at) > SEEN_EVERY) {
        // Nobody waits for it: the request goes on meanwhile.
        drop(tx.app().write(move |tx| store::touch_token(tx, token.id)));
    }
    let actor = actor_of_user(tx, &user, Credential::OAuth(token.id))?;
    Ok(Some(Caller { actor, scopes: Some(token.scopes) }))
}

/// The actor's tokens; everybody's when those who manage security ask for all.
pub fn tokens(tx: &mut Tx<'_>, actor: &Actor, all: bool, client: Option<OAuthClientId>) -> Result<Vec<Token>> {
    let of = (!(all && actor.may(Permission::SecurityManage))).then_some(actor.user);
    store::tokens(tx, of, client)
}

/// A token that the actor may know of: their own, or anybody's for those who manage security.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get_token(tx: &mut Tx<'_>, actor: &Actor, id: OAuthTokenId) -> Result<Token> {
    let theirs = |token: &Token| token.user == actor.user || actor.may(Permission::SecurityManage);
    store::token(tx, id)?.filter(theirs).ok_or(Error::NotFound)
}

/// Takes a token back.
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, id: OAuthTokenId) -> Result<()> {
    let token = get_token(tx, actor, id)?;
    store::delete_token(tx, id)?;
    record(tx, actor, "destroy", &token)
}

/// Forgets tokens that ended for good. For the daily housekeeping.
pub fn forget_expired(tx: &mut Tx<'_>) -> Result<()> {
    store::forget_expired(tx)
}

/// Makes a token for oneself, as admins do for programs of their own.
///
/// # Errors
/// `Forbidden` without `security_manage`; `Invalid` when there is no such program.
pub fn make(tx: &mut Tx<'_>, actor: &Actor, client: OAuthClientId, scopes: &Scopes, lasts: Lasts) -> Result<Issued> {
    actor.needs(Permission::SecurityManage)?;
    let client = match clients::get_client(tx, client) {
        Err(Error::NotFound) => {
            return Err(Error::invalid("client_id", "RecordNotFound", "client_id: there is no such client"));
        }
        other => other?,
    };
    let issued = issue(tx, &client, actor.user, scopes, lasts)?;
    record(tx, actor, "create", &issued.token)?;
    Ok(issued)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, token: &Token) -> Result<()> {
    let name = store::client(tx, token.client)?.map(|client| client.name).unwrap_or_default();
    let change = format!("user: {}, scopes: {}", token.user, token.scopes.text());
    audit_log::record(tx, actor, action, ("oauth_token", Some(token.id.0), &name), &change)
}
