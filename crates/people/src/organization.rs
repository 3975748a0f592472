//! Organizations and groups, and who belongs to them.

use std::collections::BTreeMap;

use base::{GroupId, OrganizationId, PermissionSet, RoleId, TicketAccess, Timestamp, UserId};
use serde_json::Value;

/// A company or other body that people belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Organization {
    /// Its number.
    pub id: OrganizationId,
    /// Its name; no two have the same.
    pub name: String,
    /// Its number in another system.
    pub external_id: Option<String>,
    /// Details, such as an address.
    pub details: String,
    /// Notes for agents.
    pub notes: String,
    /// The group that new tickets of its people go to.
    pub group_id: Option<GroupId>,
    /// Whether its people see each other's tickets.
    pub shared_tickets: bool,
    /// Whether its people comment on each other's tickets.
    pub shared_comments: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is written into an organization. `None` leaves a value alone; `Some(None)` empties it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrganizationChange {
    /// The name.
    pub name: Option<String>,
    /// The number in another system.
    pub external_id: Option<Option<String>>,
    /// Details.
    pub details: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// The group of its tickets.
    pub group: Option<Option<GroupId>>,
    /// Whether its people see each other's tickets.
    pub shared_tickets: Option<bool>,
    /// Whether its people comment on each other's tickets.
    pub shared_comments: Option<bool>,
    /// The e-mail domains of its people, all of them.
    pub domains: Option<Vec<String>>,
    /// The tags, all of them.
    pub tags: Option<Vec<String>>,
    /// Values of custom fields, by the fields' keys.
    pub fields: BTreeMap<String, Value>,
}

/// A group of agents.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its number.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether tickets go to it that go nowhere else.
    pub is_default: bool,
    /// False when its tickets are seen by its members only.
    pub is_public: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is written into a group. `None` leaves a value alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupChange {
    /// The name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it becomes the default group.
    pub is_default: Option<bool>,
    /// Whether others than its members see its tickets. Fixed once the group is made.
    pub is_public: Option<bool>,
}

/// That an agent belongs to a group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupMembership {
    /// Its number.
    pub id: i64,
    /// The agent.
    pub user: UserId,
    /// The group.
    pub group: GroupId,
    /// Whether it is the agent's default group.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// That a person belongs to an organization.
#[derive(Clone, Debug, PartialEq)]
pub struct OrganizationMembership {
    /// Its number.
    pub id: i64,
    /// The person.
    pub user: UserId,
    /// The organization.
    pub organization: OrganizationId,
    /// The organization's name.
    pub organization_name: String,
    /// Whether it is the person's default organization.
    pub is_default: bool,
    /// Whether the person sees all its tickets.
    pub view_tickets: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// That a person wants to know of an organization's tickets.
#[derive(Clone, Debug, PartialEq)]
pub struct OrganizationSubscription {
    /// Its number.
    pub id: i64,
    /// The person.
    pub user: UserId,
    /// The organization.
    pub organization: OrganizationId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A custom role of agents.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomRole {
    /// Its number.
    pub id: RoleId,
    /// Its name; no two have the same.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its people may do.
    pub permissions: PermissionSet,
    /// Which tickets its people see.
    pub ticket_access: TicketAccess,
    /// How many people have it.
    pub members: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An e-mail domain as organizations keep it; `None` when it is none.
pub fn domain_name(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('@');
    crate::user::email(&format!("x@{text}")).map(|email| crate::user::domain(&email).to_owned())
}
