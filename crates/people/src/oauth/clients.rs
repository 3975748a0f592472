//! The programs that ask people for access.

use base::{Actor, Error, FieldProblem, OAuthClientId, Permission, Result, Timestamp, UserId};
use kernel::{Tx, audit_log};

use super::{Granted, Refusal};
use crate::store::oauth as store;

/// The longest name, identifier or address.
const LONGEST: usize = 255;
/// The most addresses that a program is sent back to.
const MOST_URIS: usize = 50;
/// How much of a secret is shown later.
pub(crate) const SHOWN: usize = 10;

/// Whether a program can keep a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// It runs on other people's devices: it proves itself by PKCE.
    Public,
    /// It runs on a server: it proves itself by its secret.
    Confidential,
}

impl ClientKind {
    /// The name that API and database use.
    pub fn name(self) -> &'static str {
        match self {
            ClientKind::Public => "public",
            ClientKind::Confidential => "confidential",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [ClientKind::Public, ClientKind::Confidential].into_iter().find(|kind| kind.name() == name)
    }
}

/// A program that asks people for access. Zendesk's OAuth client.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Its number.
    pub id: OAuthClientId,
    /// Whose it is; it acts for them when nobody else let it in.
    pub user: UserId,
    /// The name by which it introduces itself: `client_id` in requests.
    pub identifier: String,
    /// The name that people see.
    pub name: String,
    /// Whose product it is.
    pub company: String,
    /// What it does.
    pub description: String,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The first characters of its secret.
    pub secret_hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed.
    pub updated_at: Timestamp,
}

/// What is written into a program. `None` leaves a value alone.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ClientChange {
    pub identifier: Option<String>,
    pub name: Option<String>,
    pub company: Option<String>,
    pub description: Option<String>,
    pub kind: Option<ClientKind>,
    pub redirect_uris: Option<Vec<String>>,
}

/// Makes a program; gives it with its secret, which is never shown whole again.
///
/// # Errors
/// `Forbidden` without `security_manage`; `Invalid` with the fields that are wrong.
pub fn create_client(tx: &mut Tx<'_>, actor: &Actor, change: ClientChange) -> Result<(Client, String)> {
    actor.needs(Permission::SecurityManage)?;
    let now = tx.now();
    let mut client = Client {
        id: OAuthClientId(0),
        user: actor.user,
        identifier: String::new(),
        name: String::new(),
        company: String::new(),
        description: String::new(),
        kind: ClientKind::Confidential,
        redirect_uris: Vec::new(),
        secret_hint: String::new(),
        created_at: now,
        updated_at: now,
    };
    apply(&mut client, change);
    if client.identifier.is_empty() {
        client.identifier = free_identifier(tx, &client.name)?;
    }
    check(tx, &client)?;
    let secret = new_secret(tx, &mut client);
    client.id = store::insert_client(tx, &client, &tx.app().secrets().hash_token(&secret))?;
    record(tx, actor, "create", &client)?;
    Ok((client, secret))
}

/// Changes a program. Errors as [`create_client`]; `NotFound` when there is none.
pub fn update_client(tx: &mut Tx<'_>, actor: &Actor, id: OAuthClientId, change: ClientChange) -> Result<Client> {
    actor.needs(Permission::SecurityManage)?;
    let mut client = get_client(tx, id)?;
    apply(&mut client, change);
    check(tx, &client)?;
    client.updated_at = tx.now();
    store::update_client(tx, &client)?;
    record(tx, actor, "update", &client)?;
    Ok(client)
}

/// Gives a program another secret; the one before works no more.
pub fn generate_secret(tx: &mut Tx<'_>, actor: &Actor, id: OAuthClientId) -> Result<(Client, String)> {
    actor.needs(Permission::SecurityManage)?;
    let mut client = get_client(tx, id)?;
    let secret = new_secret(tx, &mut client);
    client.updated_at = tx.now();
    store::set_secret(tx, &client, &tx.app().secrets().hash_token(&secret))?;
    record(tx, actor, "update", &client)?;
    Ok((client, secret))
}

/// Deletes a program with its tokens.
pub fn delete_client(tx: &mut Tx<'_>, actor: &Actor, id: OAuthClientId) -> Result<()> {
    actor.needs(Permission::SecurityManage)?;
    let client = get_client(tx, id)?;
    store::delete_client(tx, id)?;
    record(tx, actor, "destroy", &client)
}

/// The program with this number.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get_client(tx: &mut Tx<'_>, id: OAuthClientId) -> Result<Client> {
    store::client(tx, id)?.ok_or(Error::NotFound)
}

/// Every program, or one person's.
pub fn clients(tx: &mut Tx<'_>, of: Option<UserId>) -> Result<Vec<Client>> {
    store::clients(tx, of)
}

/// The program that introduces itself so and proves it, where it can keep a secret.
pub fn identify(tx: &mut Tx<'_>, identifier: &str, secret: Option<&str>) -> Result<Granted<Client>> {
    let refused = || Refusal::new("invalid_client", "No such client, or its secret is wrong");
    let Some(client) = store::client_by_identifier(tx, identifier)? else { return Ok(Err(refused())) };
    let proved = match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) => {
            let hash = tx.app().secrets().hash_token(secret);
            store::secret_hash(tx, client.id)?.is_some_and(|kept| kept == hash)
        }
        None => client.kind == ClientKind::Public,
    };
    Ok(if proved { Ok(client) } else { Err(refused()) })
}

fn new_secret(tx: &mut Tx<'_>, client: &mut Client) -> String {
    let secrets = tx.app().secrets();
    let secret = format!("{}{}", secrets.token(), secrets.token());
    client.secret_hint = secret.chars().take(SHOWN).collect();
    secret
}

fn apply(client: &mut Client, change: ClientChange) {
    let put = |place: &mut String, value: Option<String>| {
        if let Some(value) = value {
            *place = value.trim().to_owned();
        }
    };
    put(&mut client.identifier, change.identifier);
    put(&mut client.name, change.name);
    put(&mut client.company, change.company);
    put(&mut client.description, change.description);
    client.kind = change.kind.unwrap_or(client.kind);
    if let Some(uris) = change.redirect_uris {
        client.redirect_uris = uris.iter().map(|uri| uri.trim().to_owned()).filter(|uri| !uri.is_empty()).collect();
    }
}

/// `Stats Widget` introduces itself as `stats_widget`, or `stats_widget_2` when there is one already.
fn free_identifier(tx: &mut Tx<'_>, name: &str) -> Result<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let folded: String = name.chars().take(200).map(plain).collect();
    let first = folded.trim_matches('_').to_owned();
    let mut identifier = first.clone();
    let mut number = 1;
    while !identifier.is_empty() && store::client_by_identifier(tx, &identifier)?.is_some() {
        number += 1;
        identifier = format!("{first}_{number}");
    }
    Ok(identifier)
}

fn check(tx: &mut Tx<'_>, client: &Client) -> Result<()> {
    let mut problems = Vec::new();
    let mut found = |field: &str, code: &'static str, message: String| {
        problems.push(FieldProblem { field: field.to_owned(), code, message });
    };
    for (field, text) in [("name", &client.name), ("identifier", &client.identifier)] {
        if text.is_empty() {
            found(field, "BlankValue", format!("{field}: cannot be blank"));
        }
    }
    for (field, text) in [("name", &client.name), ("identifier", &client.identifier), ("company", &client.company)] {
        if text.chars().count() > LONGEST {
            found(field, "TooLong", format!("{field}: takes at most {LONGEST} characters"));
        }
    }
    if client.description.chars().count() > 2_000 {
        found("description", "TooLong", "description: takes at most 2000 characters".into());
    }
    // A colon would end it in a Basic header; an @ would make it an e-mail address there.
    if !client.identifier.chars().all(|c| c.is_ascii_graphic() && !matches!(c, ':' | '@')) {
        let text = "identifier: takes letters, digits and signs other than : and @, without spaces";
        found("identifier", "InvalidValue", text.into());
    }
    if client.redirect_uris.len() > MOST_URIS {
        found("redirect_uri", "TooMany", format!("redirect_uri: takes at most {MOST_URIS} addresses"));
    }
    for uri in client.redirect_uris.iter().filter(|uri| !is_redirect(uri)) {
        let text = format!("redirect_uri: {uri} is not an https:// address, nor one of this computer, nor of an app");
        found("redirect_uri", "InvalidValue", text);
    }
    if store::client_by_identifier(tx, &client.identifier)?.is_some_and(|other| other.id != client.id) {
        found("identifier", "DuplicateValue", "identifier: is taken by another client".into());
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Whether people may be sent to this address: `https`, `http` on this computer, or the scheme of an app; in plain
/// characters, without a fragment.
fn is_redirect(uri: &str) -> bool {
    let plain = uri.len() <= 2_000
        && uri.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '#'));
    let Some((scheme, rest)) = uri.split_once(':').filter(|_| plain) else { return false };
    let host = rest.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    let clean = |host: &str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
    match scheme.to_ascii_lowercase().as_str() {
        "https" => host.is_some_and(clean),
        "http" => host.filter(|host| clean(host)).is_some_and(is_this_computer),
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" | "filesystem" | "view-source" => false,
        other => {
            let named = other.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            named && other.starts_with(|c: char| c.is_ascii_alphabetic()) && !rest.is_empty()
        }
    }
}

fn is_this_computer(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(name, _)| !name.ends_with(':')).map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, client: &Client) -> Result<()> {
    let change = format!("identifier: {}, kind: {}", client.identifier, client.kind.name());
    audit_log::record(tx, actor, action, ("oauth_client", Some(client.id.0), &client.name), &change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sent_to_safe_addresses_only() {
        for good in [
            "https://example.com/callback",
            "https://example.com:8443/a?b=c",
            "http://localhost:1234/cb",
            "http://127.0.0.1/cb",
            "http://[::1]:99/cb",
            "com.example.app:/oauth",
            "myapp://done",
        ] {
            assert!(is_redirect(good), "{good}");
        }
        for bad in [
            "http://example.com/cb",
            "http://localhost.evil.com/cb",
            "http://127.0.0.1@evil.com/cb",
            "javascript:alert(1)",
            "https://example.com/#frag",
            "https://a;b/",
            "https://",
            "/cb",
            "https://exa mple.com",
            "1app:/x",
        ] {
            assert!(!is_redirect(bad), "{bad}");
        }
    }
}
