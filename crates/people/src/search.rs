//! Finding people and organizations by what their names, addresses and numbers begin with.

use base::{Result, Role};
use db::fulltext;
use kernel::Tx;

use crate::access;
use crate::store::users::Filter;
use crate::user::IdentityKind;

/// Narrows a filter to what a query asks for: words that names, addresses and numbers begin with, and keywords like
/// `email:` and `role:`. False when nothing can match.
pub(crate) fn narrow(tx: &mut Tx<'_>, filter: &mut Filter, query: &str) -> Result<bool> {
    let mut words = String::new();
    for part in split(query) {
        let (keyword, value) = part.split_once(':').unwrap_or(("", &part));
        let value = value.trim_matches('"');
        match keyword {
            "type" => {}
            "role" => filter.roles.extend(roles(value)),
            "external_id" => filter.external_id = Some(value.to_owned()),
            "organization" | "organization_id" => filter.organization = value.parse().ok(),
            "group" | "group_id" => filter.group = value.parse().ok(),
            "email" | "phone" | "user" if !value.contains('*') && (value.contains('@') || keyword == "phone") => {
                if !by_identity(tx, filter, keyword, value)? {
                    return Ok(false);
                }
            }
            _ if value.contains('@') && crate::user::email(value).is_some() => {
                if !by_identity(tx, filter, "email", value)? {
                    return Ok(false);
                }
            }
            _ => words.extend([" ", value]),
        }
    }
    if words.trim().is_empty() {
        return Ok(true);
    }
    match beginning(tx, "user_text", &words) {
        Some(matching) => filter.matching = Some(matching),
        None => return Ok(false),
    }
    Ok(true)
}

/// Words, with what stands between quotes as one.
fn split(query: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in query.chars() {
        quoted ^= c == '"';
        match parts.last_mut() {
            Some(part) if quoted || !c.is_whitespace() => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn by_identity(tx: &mut Tx<'_>, filter: &mut Filter, keyword: &str, value: &str) -> Result<bool> {
    let kind = if keyword == "phone" { IdentityKind::PhoneNumber } else { IdentityKind::Email };
    let Some(user) = access::find_by_identity(tx, kind, value)? else { return Ok(false) };
    filter.id = Some(user.id);
    Ok(true)
}

/// Rows of a full-text table in which a word begins with each of these.
pub(crate) fn beginning(tx: &mut Tx<'_>, table: &str, words: &str) -> Option<base::Fragment> {
    let starred: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("{word}*"))
        .collect();
    fulltext::matching(tx.dialect(), table, &base::text::query_terms(&starred.join(" ")))
}

/// The roles behind Zendesk's name of one.
pub(crate) fn roles(name: &str) -> Vec<Role> {
    match name.trim() {
        "agent" => vec![Role::LightAgent, Role::Agent],
        "admin" => vec![Role::Admin, Role::Owner],
        other => Role::parse(other).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_quotes_is_one_word() {
        assert_eq!(split("role:agent  name:\"Mari Maasikas\" x"), ["role:agent", "name:\"Mari Maasikas\"", "x"]);
        assert_eq!(split("  "), [""; 0]);
        assert_eq!(split("\"open"), ["\"open"]);
    }

    #[test]
    fn zendesks_roles_stand_for_ours() {
        assert_eq!(roles("agent"), [Role::LightAgent, Role::Agent]);
        assert_eq!(roles("admin"), [Role::Admin, Role::Owner]);
        assert_eq!(roles("king"), []);
    }
}
