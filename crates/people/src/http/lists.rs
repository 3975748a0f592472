//! Lists of people, their filters and what is loaded beside them.

use base::{GroupId, OrganizationId, Result, Timestamp};
use kernel::Tx;
use kernel::http::{Origin, PageKey, Paging};
use serde_json::{Value, json};

use super::{Here, order_of};
use crate::store::Found;
use crate::store::users::Filter;
use crate::user::User;
use crate::view::UserView;
use crate::{access, groups, search, store, view};

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
    side_load(tx, &here.origin, paging, &found.items, &mut out)?;
    Ok(out)
}

/// A list of people that is short by its nature.
pub(crate) fn few(tx: &mut Tx<'_>, here: &Here, paging: &Paging, users: &[User]) -> Result<Value> {
    let views = view::users(tx, &here.origin, users)?;
    let mut out = here.whole(paging, "users", views)?;
    side_load(tx, &here.origin, paging, users, &mut out)?;
    Ok(out)
}

/// Adds the records that `include` names.
pub(crate) fn side_load(
    tx: &mut Tx<'_>,
    origin: &Origin,
    paging: &Paging,
    users: &[User],
    out: &mut Value,
) -> Result<()> {
    if paging.includes("organizations") {
        let ids: Vec<OrganizationId> = users.iter().filter_map(|user| user.organization_id).collect();
        let all = access::organizations(tx, &ids)?;
        out["organizations"] = json!(view::organizations(tx, origin, &all)?);
    }
    if paging.includes("groups") {
        let ids: Vec<GroupId> = users.iter().filter_map(|user| user.default_group_id).collect();
        let all = access::groups_by_ids(tx, &ids)?;
        out["groups"] = json!(all.iter().map(|group| view::group(origin, group)).collect::<Vec<_>>());
    }
    if paging.includes("roles") {
        out["roles"] = json!(groups::roles(tx)?.iter().map(view::custom_role).collect::<Vec<_>>());
    }
    if paging.includes("identities") {
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        let all = store::identities::of_users(tx, &ids)?;
        out["identities"] = json!(all.iter().map(|identity| view::identity(origin, identity)).collect::<Vec<_>>());
    }
    Ok(())
}

/// The filter of `role`, `role[]`, `permission_set`, `external_id` and the like.
pub(crate) fn filter(pairs: &[(String, String)]) -> Filter {
    let mut filter = Filter::default();
    for (name, value) in pairs {
        match name.as_str() {
            "role" | "role[]" | "roles[]" => value.split(',').for_each(|role| filter.roles.extend(search::roles(role))),
            "permission_set" | "custom_role_id" => filter.custom_role = value.parse().ok(),
            "external_id" => filter.external_id = Some(value.clone()),
            "organization_id" => filter.organization = value.parse().ok(),
            "group_id" => filter.group = value.parse().ok(),
            _ => {}
        }
    }
    filter
}
