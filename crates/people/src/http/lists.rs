//! Lists of people: their filters, and what is loaded beside them.

use std::collections::HashSet;

use base::{Error, GroupId, OrganizationId, Result, UserId};
use kernel::Tx;
use serde_json::{Value, json};

use super::records::{Wanted, number};
use crate::store::users::Filter;
use crate::user::User;
use crate::{access, counts, groups, search, store};

/// Adds the records that `include` names.
pub(crate) fn side_load(tx: &mut Tx<'_>, wanted: &Wanted<'_>, users: &[User], out: &mut Value) -> Result<()> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    wanted.add(tx, out, |tx| {
        let mut all: Vec<OrganizationId> = users.iter().filter_map(|user| user.organization_id).collect();
        all.extend(store::organizations::of_users(tx, &ids)?);
        access::organizations(tx, &all)
    })?;
    wanted.add(tx, out, |tx| {
        let mut all: Vec<GroupId> = users.iter().filter_map(|user| user.default_group_id).collect();
        all.extend(store::groups::groups_of_users(tx, &ids)?);
        access::groups_by_ids(tx, &all)
    })?;
    wanted.add(tx, out, |tx| store::identities::of_users(tx, &ids))?;
    if wanted.paging.includes("roles") {
        let named: HashSet<_> = users.iter().filter_map(|user| user.custom_role).collect();
        let roles = groups::roles(tx)?.into_iter().filter(|role| named.contains(&role.id));
        out["roles"] = json!(roles.map(|role| crate::view::custom_role(&role)).collect::<Vec<_>>());
    }
    if wanted.paging.includes("abilities") {
        let abilities = users.iter().map(|user| abilities(tx, wanted, user)).collect::<Result<Vec<_>>>()?;
        out["abilities"] = abilities.into();
    }
    if wanted.paging.includes("open_ticket_count") {
        out["open_ticket_count"] = json!(counts::open_tickets(tx, &ids)?);
    }
    Ok(())
}

/// What the one who asks may do with a person.
fn abilities(tx: &mut Tx<'_>, wanted: &Wanted<'_>, user: &User) -> Result<Value> {
    let may = match wanted.actor {
        None => false,
        Some(actor) => match access::may_change(tx, actor, user) {
            Ok(()) => user.active,
            Err(Error::Forbidden(_)) => false,
            Err(other) => return Err(other),
        },
    };
    let own = wanted.actor.is_some_and(|actor| actor.user == user.id);
    let security = wanted.actor.is_some_and(|actor| actor.may(base::Permission::SecurityManage));
    Ok(json!({
        "url": format!("{}/api/v2/users/{}.json", wanted.origin.0, user.id),
        "user_id": user.id,
        "can_edit": may || own,
        "can_edit_password": own,
        "can_manage_identities_of": may,
        "can_verify_identities": may,
        "can_reset_password": may && security,
        "can_set_password": may && security,
        "can_create_password": may && security,
        "can_change_password": own,
        "can_delete": may && !own,
    }))
}

/// The filter of `role`, `role[]`, `permission_set`, `external_id` and the like.
pub(crate) fn filter(pairs: &[(String, String)]) -> Filter {
    let mut filter = Filter {
        custom_role: number(pairs, "permission_set").or(number(pairs, "custom_role_id")),
        organization: number(pairs, "organization_id"),
        group: number(pairs, "group_id"),
        ..Filter::default()
    };
    for (name, value) in pairs {
        match name.as_str() {
            "role" | "role[]" | "roles[]" => value.split(',').for_each(|role| filter.roles.extend(search::roles(role))),
            "external_id" => filter.external_id = Some(value.clone()),
            _ => {}
        }
    }
    filter
}
