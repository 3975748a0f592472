//! Sessions, API tokens, one-time tokens, passwords and second factors.

use base::{Result, SessionId, Timestamp, TokenId, UserId};
use db::{Row, params};
use kernel::Tx;

use crate::sign_in::Session;
use crate::tokens::Token;

/// What a person needs to know or have to sign in.
pub(crate) struct Keys {
    pub password_hash: Option<String>,
    /// Sealed.
    pub totp_secret: Option<String>,
    pub totp_confirmed: bool,
}

pub(crate) fn keys(tx: &mut Tx<'_>, user: UserId) -> Result<Keys> {
    let sql = "SELECT password_hash, totp_secret, totp_confirmed FROM users WHERE id = $1";
    let row = tx.get(sql, params![user])?;
    Ok(Keys { password_hash: row.at(0)?, totp_secret: row.at(1)?, totp_confirmed: row.at(2)? })
}

pub(crate) fn set_password(tx: &mut Tx<'_>, user: UserId, hash: &str) -> Result<()> {
    tx.execute("UPDATE users SET password_hash = $2 WHERE id = $1", params![user, hash]).map(drop)
}

pub(crate) fn set_totp(tx: &mut Tx<'_>, user: UserId, secret: Option<&str>, confirmed: bool) -> Result<()> {
    let sql = "UPDATE users SET totp_secret = $2, totp_confirmed = $3, totp_last_step = NULL WHERE id = $1";
    tx.execute(sql, params![user, secret, confirmed]).map(drop)
}

/// Marks a step's code as used; false when it, or a later one, was used before.
pub(crate) fn use_totp_step(tx: &mut Tx<'_>, user: UserId, step: i64) -> Result<bool> {
    let sql = "UPDATE users SET totp_last_step = $2 WHERE id = $1
        AND (totp_last_step IS NULL OR totp_last_step < $2)";
    Ok(tx.execute(sql, params![user, step])? > 0)
}

pub(crate) fn set_recovery_codes(tx: &mut Tx<'_>, user: UserId, hashes: &[String]) -> Result<()> {
    tx.execute("DELETE FROM recovery_codes WHERE user_id = $1", params![user])?;
    for hash in hashes {
        tx.execute("INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)", params![user, hash])?;
    }
    Ok(())
}

/// Uses a recovery code up; false when there is no such one.
pub(crate) fn use_recovery_code(tx: &mut Tx<'_>, user: UserId, hash: &str) -> Result<bool> {
    let sql = "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2";
    Ok(tx.execute(sql, params![user, hash])? > 0)
}

fn session(row: &Row) -> Result<Session> {
    Ok(Session {
        id: row.get("id")?,
        user: row.get("user_id")?,
        user_agent: row.get("user_agent")?,
        ip_address: row.get("ip_address")?,
        created_at: row.get("created_at")?,
        seen_at: row.get("seen_at")?,
        expires_at: row.get("expires_at")?,
    })
}

pub(crate) fn insert_session(tx: &mut Tx<'_>, session: &Session, hash: &str) -> Result<SessionId> {
    let sql = "INSERT INTO sessions (user_id, token_hash, user_agent, ip_address, created_at, seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6) RETURNING id";
    let Session { user, user_agent, ip_address, created_at, expires_at, .. } = session;
    tx.insert(sql, params![*user, hash, user_agent, ip_address, *created_at, *expires_at])
}

pub(crate) fn find_session(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Session>> {
    let now = tx.now();
    let sql = "SELECT * FROM sessions WHERE token_hash = $1 AND expires_at > $2";
    tx.find(sql, params![hash, now])?.as_ref().map(session).transpose()
}

/// A person's sessions that didn't end, the one seen last first.
pub(crate) fn sessions_of(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Session>> {
    let now = tx.now();
    let sql = "SELECT * FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, id DESC";
    tx.query(sql, params![user, now])?.iter().map(session).collect()
}

/// Everybody's sessions that didn't end, the one seen last first.
pub(crate) fn all_sessions(tx: &mut Tx<'_>) -> Result<Vec<Session>> {
    let now = tx.now();
    let sql = "SELECT * FROM sessions WHERE expires_at > $1 ORDER BY seen_at DESC, id DESC LIMIT 10000";
    tx.query(sql, params![now])?.iter().map(session).collect()
}

pub(crate) fn touch_session(tx: &mut Tx<'_>, id: SessionId, expires_at: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.execute("UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE id = $1", params![id, now, expires_at])
        .map(drop)
}

/// Ends one session of a person; false when there is no such one.
pub(crate) fn end_session(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id = $2", params![user, id])? > 0)
}

/// Ends a person's sessions but this one.
pub(crate) fn end_sessions(tx: &mut Tx<'_>, user: UserId, keep: Option<SessionId>) -> Result<()> {
    let keep = keep.map_or(0, |id| id.0);
    tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", params![user, keep]).map(drop)
}

pub(crate) fn forget_expired(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    tx.execute("DELETE FROM sessions WHERE expires_at < $1", params![now])?;
    tx.execute("DELETE FROM one_time_tokens WHERE expires_at < $1", params![now]).map(drop)
}

fn token(row: &Row) -> Result<Token> {
    Ok(Token {
        id: row.get("id")?,
        user: row.get("user_id")?,
        name: row.get("name")?,
        hint: row.get("hint")?,
        created_at: row.get("created_at")?,
        used_at: row.get("used_at")?,
    })
}

/// Keeps a token; an earlier one of the same text is replaced.
pub(crate) fn insert_token(tx: &mut Tx<'_>, token: &Token, hash: &str) -> Result<TokenId> {
    let Token { user, name, hint, created_at, .. } = token;
    tx.execute("DELETE FROM api_tokens WHERE token_hash = $1", params![hash])?;
    let sql = "INSERT INTO api_tokens (user_id, name, token_hash, hint, created_at) VALUES ($1, $2, $3, $4, $5)
        RETURNING id";
    tx.insert(sql, params![*user, name, hash, hint, *created_at])
}

pub(crate) fn find_token(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Token>> {
    tx.find("SELECT * FROM api_tokens WHERE token_hash = $1", params![hash])?.as_ref().map(token).transpose()
}

pub(crate) fn token_by_id(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<Token>> {
    tx.find("SELECT * FROM api_tokens WHERE id = $1", params![id])?.as_ref().map(token).transpose()
}

/// The tokens of a person, or of everybody.
pub(crate) fn tokens(tx: &mut Tx<'_>, user: Option<UserId>) -> Result<Vec<Token>> {
    let rows = match user {
        Some(user) => tx.query("SELECT * FROM api_tokens WHERE user_id = $1 ORDER BY id", params![user])?,
        None => tx.query("SELECT * FROM api_tokens ORDER BY id", &[])?,
    };
    rows.iter().map(token).collect()
}

pub(crate) fn touch_token(tx: &mut Tx<'_>, id: TokenId) -> Result<()> {
    let now = tx.now();
    tx.execute("UPDATE api_tokens SET used_at = $2 WHERE id = $1", params![id, now]).map(drop)
}

pub(crate) fn delete_token(tx: &mut Tx<'_>, id: TokenId) -> Result<()> {
    tx.execute("DELETE FROM api_tokens WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn delete_tokens_of(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM api_tokens WHERE user_id = $1", params![user]).map(drop)
}

/// A link's right: whose it is, and what it was for beyond its purpose.
pub(crate) struct Right {
    pub user: UserId,
    pub purpose: String,
    pub value: Option<String>,
}

pub(crate) fn insert_right(tx: &mut Tx<'_>, hash: &str, right: &Right, expires_at: Timestamp) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO one_time_tokens (token_hash, user_id, purpose, value, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, params![hash, right.user, &right.purpose, &right.value, now, expires_at]).map(drop)
}

/// What a link was sent for, while it works.
pub(crate) fn purpose_of(tx: &mut Tx<'_>, hash: &str) -> Result<Option<String>> {
    let now = tx.now();
    let sql = "SELECT purpose FROM one_time_tokens WHERE token_hash = $1 AND expires_at > $2";
    tx.find(sql, params![hash, now])?.map(|row| row.at(0)).transpose()
}

/// Uses a link up.
pub(crate) fn take_right(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Right>> {
    let now = tx.now();
    let sql = "DELETE FROM one_time_tokens WHERE token_hash = $1 AND expires_at > $2
        RETURNING user_id, purpose, value";
    let row = tx.find(sql, params![hash, now])?;
    row.map(|row| Ok(Right { user: row.at(0)?, purpose: row.at(1)?, value: row.at(2)? })).transpose()
}

/// Makes the person's links that let a password be set worthless.
pub(crate) fn delete_password_rights(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let sql = "DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose <> 'verify'";
    tx.execute(sql, params![user]).map(drop)
}
