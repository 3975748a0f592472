//! Lists of people, their filters and what is loaded beside them.

use base::{GroupId, OrganizationId, Result, Role, Timestamp};
use db::fulltext;
use kernel::Tx;
use kernel::http::{PageKey, Paging};
use serde_json::{Value, json};

use super::{Here, order_of};
use crate::store::Found;
use crate::store::users::Filter;
use crate::user::{IdentityKind, User};
use crate::view::UserView;
use crate::{access, groups, store, view};

/// A page of people with what the client wants loaded beside them.
pub(crate) fn people(tx: &mut Tx<'_>, here: &Here, paging: &Paging, filter: &Filter) -> Result<Value> {
    let page = paging.page()?;
    let known = [("id", "u.id"), ("created_at", "u.created_at"), ("updated_at", "u.updated_at")];
    let order = order_of(paging, &known, "u.id");
    let found = store::users::page(tx, filter, &page, order)?;
    let items = view::users(tx, &here.origin, &found.items)?;
    let found_views = Found { items, has_more: found.has_more };
    let key = |user: &UserView| {
        let value = |at: Timestamp| Some(at.0);
        let value = match order.column {
            "u.created_at" => value(user.rest.created_at),
            "u.updated_at" => value(user.rest.updated_at),
            _ => None,
        };
        PageKey { value, id: user.id.0 }
    };
    let mut out = here.page(&page, "users", found_views, key, || store::users::count(tx, filter))?;
    side_load(tx, here, paging, &found.items, &mut out)?;
    Ok(out)
}

/// A list of people that is short by its nature.
pub(crate) fn few(tx: &mut Tx<'_>, here: &Here, paging: &Paging, users: &[User]) -> Result<Value> {
    let views = view::users(tx, &here.origin, users)?;
    let mut out = here.whole(paging, "users", views)?;
    side_load(tx, here, paging, users, &mut out)?;
    Ok(out)
}

/// Adds the records that `include` names.
pub(crate) fn side_load(tx: &mut Tx<'_>, here: &Here, paging: &Paging, users: &[User], out: &mut Value) -> Result<()> {
    if paging.includes("organizations") {
        let ids: Vec<OrganizationId> = users.iter().filter_map(|user| user.organization_id).collect();
        let all = access::organizations(tx, &ids)?;
        out["organizations"] = json!(view::organizations(tx, &here.origin, &all)?);
    }
    if paging.includes("groups") {
        let ids: Vec<GroupId> = users.iter().filter_map(|user| user.default_group_id).collect();
        let all = access::groups_by_ids(tx, &ids)?;
        out["groups"] = json!(all.iter().map(|group| view::group(&here.origin, group)).collect::<Vec<_>>());
    }
    if paging.includes("roles") {
        out["roles"] = json!(groups::roles(tx)?.iter().map(view::custom_role).collect::<Vec<_>>());
    }
    if paging.includes("identities") {
        let mut all = Vec::new();
        for user in users {
            all.extend(store::identities::of_user(tx, user.id)?);
        }
        out["identities"] =
            json!(all.iter().map(|identity| view::identity(&here.origin, identity)).collect::<Vec<_>>());
    }
    Ok(())
}

/// The filter of `role`, `role[]`, `permission_set`, `external_id` and the like.
pub(crate) fn filter(pairs: &[(String, String)]) -> Filter {
    let mut filter = Filter::default();
    for (name, value) in pairs {
        match name.as_str() {
            "role" | "role[]" | "roles[]" => value.split(',').for_each(|role| filter.roles.extend(roles(role))),
            "permission_set" | "custom_role_id" => filter.custom_role = value.parse().ok(),
            "external_id" => filter.external_id = Some(value.clone()),
            "organization_id" => filter.organization = value.parse().ok(),
            "group_id" => filter.group = value.parse().ok(),
            _ => {}
        }
    }
    filter
}

/// The roles behind Zendesk's name of one.
fn roles(name: &str) -> Vec<Role> {
    match name.trim() {
        "agent" => vec![Role::LightAgent, Role::Agent],
        "admin" => vec![Role::Admin, Role::Owner],
        other => Role::parse(other).into_iter().collect(),
    }
}

/// Narrows a filter to what a query asks for: words that names, addresses and numbers begin with, and keywords like
/// `email:` and `role:`. False when nothing can match.
pub(crate) fn search(tx: &mut Tx<'_>, filter: &mut Filter, query: &str) -> Result<bool> {
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
    let mut matching = base::Fragment::default();
    matching.push("SELECT id FROM users WHERE id = ").bind(user.id);
    filter.matching = Some(matching);
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
