//! API tokens: they act with their person's permissions, and only their hash is kept.

use base::{Actor, Error, Permission, Result, Timestamp, TokenId, UserId};
use kernel::{Tx, audit_log};

use crate::access::{get_user, may_change};
use crate::store;

/// An API token, without the token itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Its number.
    pub id: TokenId,
    /// Whose it is.
    pub user: UserId,
    /// What it is for.
    pub name: String,
    /// Its last four characters, to tell it from others.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to some minutes.
    pub used_at: Option<Timestamp>,
}

/// Makes a token; gives its text, which is never shown again.
///
/// # Errors
/// `Forbidden` for others than the person without `security_manage`; `Invalid` for a blank name.
pub fn create_token(tx: &mut Tx<'_>, actor: &Actor, user: UserId, name: &str) -> Result<String> {
    let text = tx.app().secrets().token();
    keep_token(tx, actor, user, name, &text)?;
    Ok(text)
}

/// Makes a token of a text that is known beforehand, as the demo desk's is. Errors as [`create_token`].
pub fn keep_token(tx: &mut Tx<'_>, actor: &Actor, user: UserId, name: &str, text: &str) -> Result<Token> {
    let person = get_user(tx, user)?;
    if actor.user != user {
        actor.needs(Permission::SecurityManage)?;
        may_change(tx, actor, &person)?;
    }
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(Error::blank("name"));
    }
    let now = tx.now();
    let skip = text.chars().count().saturating_sub(4);
    let mut token = Token {
        id: TokenId(0),
        user,
        name: name.to_owned(),
        hint: text.chars().skip(skip).collect(),
        created_at: now,
        used_at: None,
    };
    token.id = store::credentials::insert_token(tx, &token, &tx.app().secrets().hash_token(text))?;
    audit_log::record(tx, actor, "create", ("api_token", Some(token.id.0), name), &format!("user: {user}"))?;
    Ok(token)
}

/// The actor's tokens; everybody's for those who manage security.
pub fn tokens(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Token>> {
    let of = (!actor.may(Permission::SecurityManage)).then_some(actor.user);
    store::credentials::tokens(tx, of)
}

/// Deletes a token.
///
/// # Errors
/// `NotFound` when there is none that the actor may know of.
pub fn delete_token(tx: &mut Tx<'_>, actor: &Actor, id: TokenId) -> Result<()> {
    let theirs = |token: &Token| token.user == actor.user || actor.may(Permission::SecurityManage);
    let token = store::credentials::token_by_id(tx, id)?.filter(theirs).ok_or(Error::NotFound)?;
    store::credentials::delete_token(tx, id)?;
    let change = format!("user: {}", token.user);
    audit_log::record(tx, actor, "destroy", ("api_token", Some(id.0), &token.name), &change)
}

/// Notes that the token was used.
pub(crate) fn used(tx: &mut Tx<'_>, id: TokenId) -> Result<()> {
    store::credentials::touch_token(tx, id)
}
