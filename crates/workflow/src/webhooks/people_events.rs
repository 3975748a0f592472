//! Events of [users](https://developer.zendesk.com/api-reference/webhooks/event-types/user-events/) and
//! [organizations](https://developer.zendesk.com/api-reference/webhooks/event-types/organization-events/).

use base::Result;
use kernel::Tx;
use people::{News, Organization, User};
use serde_json::{Value, json};

use super::ticket_events::{announce, listeners, text};

/// A change that is an event by itself: its name, and what it compares.
type Changed<T> = (&'static str, fn(&T) -> Value);

const USER_CHANGES: [Changed<User>; 11] = [
    ("active_changed", |u| json!(u.active)),
    ("alias_changed", |u| json!(u.alias)),
    ("custom_role_changed", |u| text(u.custom_role)),
    ("default_group_changed", |u| text(u.default_group_id)),
    ("details_changed", |u| json!(u.details)),
    ("external_id_changed", |u| json!(u.external_id)),
    ("name_changed", |u| json!(u.name)),
    ("notes_changed", |u| json!(u.notes)),
    ("role_changed", |u| json!(u.role.name())),
    ("suspended_changed", |u| json!(u.suspended)),
    ("time_zone_changed", |u| json!(u.time_zone)),
];

const ORGANIZATION_CHANGES: [Changed<Organization>; 2] =
    [("external_id_changed", |o| json!(o.external_id)), ("name_changed", |o| json!(o.name))];

/// Every kind that can be subscribed to.
pub(crate) const KINDS: [&str; 18] = [
    "zen:event-type:user.created",
    "zen:event-type:user.deleted",
    "zen:event-type:user.merged",
    "zen:event-type:user.active_changed",
    "zen:event-type:user.alias_changed",
    "zen:event-type:user.custom_role_changed",
    "zen:event-type:user.default_group_changed",
    "zen:event-type:user.details_changed",
    "zen:event-type:user.external_id_changed",
    "zen:event-type:user.name_changed",
    "zen:event-type:user.notes_changed",
    "zen:event-type:user.role_changed",
    "zen:event-type:user.suspended_changed",
    "zen:event-type:user.time_zone_changed",
    "zen:event-type:organization.created",
    "zen:event-type:organization.deleted",
    "zen:event-type:organization.external_id_changed",
    "zen:event-type:organization.name_changed",
];

/// Has webhooks told of what happened to a person or an organization. To be wired into [`people::Told`].
pub fn hear(tx: &mut Tx<'_>, news: &News) -> Result<()> {
    let (family, id, detail) = match news {
        News::UserCreated(user) | News::UserDeleted(user) | News::UserMerged { gone: user, .. } => {
            ("user", user.id.0, user_detail(user))
        }
        News::UserChanged { after, .. } => ("user", after.id.0, user_detail(after)),
        News::OrganizationCreated(one) | News::OrganizationDeleted(one) => {
            ("organization", one.id.0, organization_detail(one))
        }
        News::OrganizationChanged { after, .. } => ("organization", after.id.0, organization_detail(after)),
    };
    let listeners = listeners(tx, &format!("zen:event-type:{family}."))?;
    if listeners.is_empty() {
        return Ok(());
    }
    for (kind, event) in events(news) {
        let kind = format!("zen:event-type:{family}.{kind}");
        announce(tx, &listeners, &kind, &format!("zen:{family}:{id}"), &detail, &event)?;
    }
    Ok(())
}

fn user_detail(user: &User) -> Value {
    json!({
        "created_at": user.created_at, "email": user.email, "external_id": user.external_id,
        "default_group_id": text(user.default_group_id), "id": user.id.to_string(),
        "organization_id": text(user.organization_id), "role": user.role.name(), "updated_at": user.updated_at,
    })
}

fn organization_detail(one: &Organization) -> Value {
    json!({
        "created_at": one.created_at, "external_id": one.external_id, "group_id": text(one.group_id),
        "id": one.id.to_string(), "name": one.name, "shared_comments": one.shared_comments,
        "shared_tickets": one.shared_tickets, "updated_at": one.updated_at,
    })
}

fn events(news: &News) -> Vec<(&'static str, Value)> {
    match news {
        News::UserCreated(_) | News::OrganizationCreated(_) => vec![("created", json!({}))],
        News::UserDeleted(_) => {
            vec![("active_changed", json!({"current": false, "previous": true})), ("deleted", json!({}))]
        }
        News::OrganizationDeleted(_) => vec![("deleted", json!({}))],
        News::UserMerged { into, .. } => vec![("merged", json!({"user": {"id": into.to_string()}}))],
        News::UserChanged { before, after } => changes(&USER_CHANGES, before, after),
        News::OrganizationChanged { before, after } => changes(&ORGANIZATION_CHANGES, before, after),
    }
}

fn changes<T>(all: &[Changed<T>], before: &T, after: &T) -> Vec<(&'static str, Value)> {
    let both = all.iter().map(|(kind, value)| (*kind, value(before), value(after)));
    both.filter(|(_, previous, current)| previous != current)
        .map(|(kind, previous, current)| (kind, json!({"current": current, "previous": previous})))
        .collect()
}
