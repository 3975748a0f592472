//! Programs that act for people: clients, codes, tokens.

use base::{Error, OAuthClientId, OAuthTokenId, Result, UserId};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Scopes;

use crate::oauth::clients::{Client, ClientKind};
use crate::oauth::grants::{Challenge, Code, Consent, Lasts};
use crate::oauth::tokens::Token;

fn client_of(row: &Row) -> Result<Client> {
    let uris: String = row.get("redirect_uris")?;
    let kind: String = row.get("kind")?;
    Ok(Client {
        id: row.get("id")?,
        user: row.get("user_id")?,
        identifier: row.get("identifier")?,
        name: row.get("name")?,
        company: row.get("company")?,
        description: row.get("description")?,
        kind: ClientKind::parse(&kind).unwrap_or(ClientKind::Confidential),
        redirect_uris: serde_json::from_str(&uris).map_err(Error::internal)?,
        secret_hint: row.get("secret_hint")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn uris(client: &Client) -> Result<String> {
    serde_json::to_string(&client.redirect_uris).map_err(Error::internal)
}

pub(crate) fn insert_client(tx: &mut Tx<'_>, client: &Client, hash: &str) -> Result<OAuthClientId> {
    let uris = uris(client)?;
    let sql = "INSERT INTO oauth_clients (user_id, identifier, name, company, description, kind, redirect_uris,
        secret_hash, secret_hint, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id";
    let Client { user, identifier, name, company, description, kind, secret_hint, created_at, .. } = client;
    let kind = kind.name();
    let values = params![*user, identifier, name, company, description, kind, uris, hash, secret_hint, *created_at];
    tx.insert(sql, values)
}

pub(crate) fn update_client(tx: &mut Tx<'_>, client: &Client) -> Result<()> {
    let uris = uris(client)?;
    let sql = "UPDATE oauth_clients SET identifier = $2, name = $3, company = $4, description = $5, kind = $6,
        redirect_uris = $7, updated_at = $8 WHERE id = $1";
    let Client { id, identifier, name, company, description, kind, updated_at, .. } = client;
    let values = params![*id, identifier, name, company, description, kind.name(), uris, *updated_at];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn set_secret(tx: &mut Tx<'_>, client: &Client, hash: &str) -> Result<()> {
    let sql = "UPDATE oauth_clients SET secret_hash = $2, secret_hint = $3, updated_at = $4 WHERE id = $1";
    tx.execute(sql, params![client.id, hash, &client.secret_hint, client.updated_at]).map(drop)
}

pub(crate) fn delete_client(tx: &mut Tx<'_>, id: OAuthClientId) -> Result<()> {
    tx.execute("DELETE FROM oauth_codes WHERE client_id = $1", params![id])?;
    tx.execute("DELETE FROM oauth_tokens WHERE client_id = $1", params![id])?;
    tx.execute("DELETE FROM oauth_clients WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn client(tx: &mut Tx<'_>, id: OAuthClientId) -> Result<Option<Client>> {
    tx.find("SELECT * FROM oauth_clients WHERE id = $1", params![id])?.as_ref().map(client_of).transpose()
}

pub(crate) fn client_by_identifier(tx: &mut Tx<'_>, identifier: &str) -> Result<Option<Client>> {
    let sql = "SELECT * FROM oauth_clients WHERE identifier = $1";
    tx.find(sql, params![identifier])?.as_ref().map(client_of).transpose()
}

pub(crate) fn secret_hash(tx: &mut Tx<'_>, id: OAuthClientId) -> Result<Option<String>> {
    tx.value("SELECT secret_hash FROM oauth_clients WHERE id = $1", params![id])
}

pub(crate) fn clients(tx: &mut Tx<'_>, of: Option<UserId>) -> Result<Vec<Client>> {
    let rows = match of {
        Some(user) => tx.query("SELECT * FROM oauth_clients WHERE user_id = $1 ORDER BY id", params![user])?,
        None => tx.query("SELECT * FROM oauth_clients ORDER BY id", &[])?,
    };
    rows.iter().map(client_of).collect()
}

pub(crate) fn forget_codes(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    tx.execute("DELETE FROM oauth_codes WHERE expires_at < $1", params![now]).map(drop)
}

pub(crate) fn insert_code(tx: &mut Tx<'_>, hash: &str, code: &Code) -> Result<()> {
    let sql = "INSERT INTO oauth_codes (code_hash, client_id, user_id, redirect_uri, scopes, challenge,
        challenge_method, lasts, refresh_lasts, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let Consent { redirect_uri, scopes, challenge, lasts } = &code.consent;
    let (challenge, method) = challenge.as_ref().map(Challenge::parts).unzip();
    let (lasts, refresh) = (lasts.and_then(|lasts| lasts.token), lasts.and_then(|lasts| lasts.refresh));
    let values = params![
        hash,
        code.client,
        code.user,
        redirect_uri,
        scopes.text(),
        challenge,
        method,
        lasts,
        refresh,
        code.expires_at
    ];
    tx.execute(sql, values).map(drop)
}

/// Uses a code up.
pub(crate) fn take_code(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Code>> {
    let sql = "DELETE FROM oauth_codes WHERE code_hash = $1 RETURNING client_id, user_id, redirect_uri, scopes,
        challenge, challenge_method, lasts, refresh_lasts, expires_at";
    let Some(row) = tx.find(sql, params![hash])? else { return Ok(None) };
    let (challenge, method): (Option<String>, Option<String>) = (row.at(4)?, row.at(5)?);
    let challenge = challenge.map(|text| match method.as_deref() {
        Some("S256") => Challenge::S256(text),
        _ => Challenge::Plain(text),
    });
    let lasts: Option<i64> = row.at(6)?;
    let refresh = row.at(7)?;
    let consent = Consent {
        redirect_uri: row.at(2)?,
        scopes: scopes_of(&row.at::<String>(3)?)?,
        challenge,
        lasts: lasts.map(|token| Lasts { token: Some(token), refresh }),
    };
    Ok(Some(Code { client: row.at(0)?, user: row.at(1)?, consent, expires_at: row.at(8)? }))
}

fn scopes_of(text: &str) -> Result<Scopes> {
    Scopes::parse(text).map_err(|name| Error::internal(format!("a stored scope is unknown: {name}")))
}

fn token_of(row: &Row) -> Result<Token> {
    Ok(Token {
        id: row.get("id")?,
        client: row.get("client_id")?,
        user: row.get("user_id")?,
        scopes: scopes_of(&row.get::<String>("scopes")?)?,
        hint: row.get("token_hint")?,
        refresh_hint: row.get("refresh_hint")?,
        lasts: Lasts { token: row.get("lasts")?, refresh: row.get("refresh_lasts")? },
        created_at: row.get("created_at")?,
        used_at: row.get("used_at")?,
        expires_at: row.get("expires_at")?,
        refresh_expires_at: row.get("refresh_expires_at")?,
    })
}

/// Keeps a token; `hashes` are those of its two texts.
pub(crate) fn insert_token(tx: &mut Tx<'_>, token: &Token, hashes: &(String, Option<String>)) -> Result<OAuthTokenId> {
    let sql =
        "INSERT INTO oauth_tokens (client_id, user_id, scopes, token_hash, token_hint, refresh_hash, refresh_hint,
        lasts, refresh_lasts, created_at, expires_at, refresh_expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    let Token { client, user, scopes, hint, refresh_hint, lasts, .. } = token;
    let values = params![
        *client,
        *user,
        scopes.text(),
        &hashes.0,
        hint,
        &hashes.1,
        refresh_hint,
        lasts.token,
        lasts.refresh,
        token.created_at,
        token.expires_at,
        token.refresh_expires_at
    ];
    tx.insert(sql, values)
}

/// Puts new texts into a token whose refresh token still has this hash; false when it has not.
pub(crate) fn replace_token(
    tx: &mut Tx<'_>,
    token: &Token,
    hashes: &(String, Option<String>),
    before: &str,
) -> Result<bool> {
    let sql = "UPDATE oauth_tokens SET token_hash = $3, token_hint = $4, refresh_hash = $5, refresh_hint = $6,
        expires_at = $7, refresh_expires_at = $8 WHERE id = $1 AND refresh_hash = $2";
    let Token { id, hint, refresh_hint, expires_at, refresh_expires_at, .. } = token;
    let values = params![*id, before, &hashes.0, hint, &hashes.1, refresh_hint, *expires_at, *refresh_expires_at];
    Ok(tx.execute(sql, values)? > 0)
}

pub(crate) fn token(tx: &mut Tx<'_>, id: OAuthTokenId) -> Result<Option<Token>> {
    tx.find("SELECT * FROM oauth_tokens WHERE id = $1", params![id])?.as_ref().map(token_of).transpose()
}

pub(crate) fn token_by_text(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Token>> {
    tx.find("SELECT * FROM oauth_tokens WHERE token_hash = $1", params![hash])?.as_ref().map(token_of).transpose()
}

pub(crate) fn token_by_refresh(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Token>> {
    tx.find("SELECT * FROM oauth_tokens WHERE refresh_hash = $1", params![hash])?.as_ref().map(token_of).transpose()
}

/// The tokens of a person or of everybody, of one program or of all.
pub(crate) fn tokens(tx: &mut Tx<'_>, user: Option<UserId>, client: Option<OAuthClientId>) -> Result<Vec<Token>> {
    let mut sql = base::Fragment::new("SELECT * FROM oauth_tokens WHERE 1 = 1");
    if let Some(user) = user {
        sql.push(" AND user_id = ").bind(user);
    }
    if let Some(client) = client {
        sql.push(" AND client_id = ").bind(client);
    }
    sql.push(" ORDER BY id");
    tx.query_fragment(&sql)?.iter().map(token_of).collect()
}

pub(crate) fn touch_token(tx: &mut Tx<'_>, id: OAuthTokenId) -> Result<()> {
    let now = tx.now();
    tx.execute("UPDATE oauth_tokens SET used_at = $2 WHERE id = $1", params![id, now]).map(drop)
}

pub(crate) fn delete_token(tx: &mut Tx<'_>, id: OAuthTokenId) -> Result<()> {
    tx.execute("DELETE FROM oauth_tokens WHERE id = $1", params![id]).map(drop)
}

/// Forgets tokens of which neither text works any more.
pub(crate) fn forget_expired(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    let sql = "DELETE FROM oauth_tokens WHERE expires_at < $1
        AND (refresh_hash IS NULL OR refresh_expires_at < $1)";
    tx.execute(sql, params![now]).map(drop)
}

/// Takes back what programs may do for somebody who is gone.
pub(crate) fn delete_tokens_of(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM oauth_codes WHERE user_id = $1", params![user])?;
    tx.execute("DELETE FROM oauth_tokens WHERE user_id = $1", params![user]).map(drop)
}
