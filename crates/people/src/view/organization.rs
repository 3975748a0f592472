//! Organizations, groups, custom roles, custom fields.

use base::{FieldId, GroupId, OrganizationId, Permission, Result, RoleId, TicketAccess, Timestamp, UserId};
use kernel::Tx;
use kernel::http::Origin;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::fields::{self, CustomField, FieldKind, FieldOption, Owner};
use crate::organization::{CustomRole, Group, GroupMembership, Organization, OrganizationMembership};
use crate::store;

/// An organization.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct OrganizationView {
    pub url: String,
    pub id: OrganizationId,
    pub name: String,
    pub shared_tickets: bool,
    pub shared_comments: bool,
    pub external_id: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub domain_names: Vec<String>,
    pub details: Option<String>,
    pub notes: Option<String>,
    pub group_id: Option<GroupId>,
    pub tags: Vec<String>,
    pub organization_fields: Map<String, Value>,
}

/// These organizations as JSON; what lies beside them is read in one go.
pub fn organizations(tx: &mut Tx<'_>, origin: &Origin, all: &[Organization]) -> Result<Vec<OrganizationView>> {
    let ids: Vec<OrganizationId> = all.iter().map(|organization| organization.id).collect();
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let tags = store::organizations::tags(tx, &ids)?;
    let domains = store::organizations::domains(tx, &ids)?;
    let mut values = fields::values_of(tx, Owner::Organization, &numbers)?;
    let of = |pairs: &[(OrganizationId, String)], id: OrganizationId| {
        pairs.iter().filter(|pair| pair.0 == id).map(|pair| pair.1.clone()).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let view = |organization: &Organization| OrganizationView {
        url: format!("{}/api/v2/organizations/{}.json", origin.0, organization.id),
        id: organization.id,
        name: organization.name.clone(),
        shared_tickets: organization.shared_tickets,
        shared_comments: organization.shared_comments,
        external_id: organization.external_id.clone(),
        created_at: organization.created_at,
        updated_at: organization.updated_at,
        domain_names: of(&domains, organization.id),
        details: some(&organization.details),
        notes: some(&organization.notes),
        group_id: organization.group_id,
        tags: of(&tags, organization.id),
        organization_fields: values.remove(&organization.id.0).unwrap_or_default(),
    };
    Ok(all.iter().map(view).collect())
}

/// That a person belongs to an organization.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct OrganizationMembershipView {
    pub url: String,
    pub id: i64,
    pub user_id: UserId,
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub default: bool,
    pub view_tickets: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A membership as JSON.
pub fn organization_membership(origin: &Origin, of: &OrganizationMembership) -> OrganizationMembershipView {
    OrganizationMembershipView {
        url: format!("{}/api/v2/organization_memberships/{}.json", origin.0, of.id),
        id: of.id,
        user_id: of.user,
        organization_id: of.organization,
        organization_name: of.organization_name.clone(),
        default: of.is_default,
        view_tickets: of.view_tickets,
        created_at: of.created_at,
        updated_at: of.updated_at,
    }
}

/// A group of agents.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct GroupView {
    pub url: String,
    pub id: GroupId,
    pub is_public: bool,
    pub name: String,
    pub description: String,
    pub default: bool,
    pub deleted: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A group as JSON.
pub fn group(origin: &Origin, group: &Group) -> GroupView {
    GroupView {
        url: format!("{}/api/v2/groups/{}.json", origin.0, group.id),
        id: group.id,
        is_public: group.is_public,
        name: group.name.clone(),
        description: group.description.clone(),
        default: group.is_default,
        deleted: group.deleted,
        created_at: group.created_at,
        updated_at: group.updated_at,
    }
}

/// That an agent belongs to a group.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct GroupMembershipView {
    pub url: String,
    pub id: i64,
    pub user_id: UserId,
    pub group_id: GroupId,
    pub default: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A membership as JSON.
pub fn group_membership(origin: &Origin, of: &GroupMembership) -> GroupMembershipView {
    GroupMembershipView {
        url: format!("{}/api/v2/group_memberships/{}.json", origin.0, of.id),
        id: of.id,
        user_id: of.user,
        group_id: of.group,
        default: of.is_default,
        created_at: of.created_at,
        updated_at: of.updated_at,
    }
}

/// A custom role. `permissions` and `ticket_access` are ours, `configuration` says the same in Zendesk's words.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct CustomRoleView {
    pub id: RoleId,
    pub name: String,
    pub description: String,
    pub role_type: i64,
    pub team_member_count: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub configuration: Value,
    pub permissions: Vec<Permission>,
    pub ticket_access: TicketAccess,
}

/// A custom role as JSON.
pub fn custom_role(role: &CustomRole) -> CustomRoleView {
    CustomRoleView {
        id: role.id,
        name: role.name.clone(),
        description: role.description.clone(),
        role_type: 0,
        team_member_count: role.members,
        created_at: role.created_at,
        updated_at: role.updated_at,
        configuration: configuration(role),
        permissions: role.permissions.iter().collect(),
        ticket_access: role.ticket_access,
    }
}

fn configuration(role: &CustomRole) -> Value {
    let may = |permission| role.permissions.has(permission);
    let access = match role.ticket_access {
        TicketAccess::All => "all",
        TicketAccess::Groups => "within-groups",
        TicketAccess::Organization => "within-organization",
        TicketAccess::Assigned | TicketAccess::Requested => "assigned-only",
    };
    let people = match (may(Permission::PeopleEdit), may(Permission::PeopleRead)) {
        (true, _) => "full",
        (false, true) => "readonly",
        (false, false) => "none",
    };
    let rules = match (may(Permission::SharedRules), may(Permission::PersonalRules)) {
        (true, _) => "full",
        (false, true) => "manage-personal",
        (false, false) => "readonly",
    };
    json!({
        "ticket_access": access,
        "ticket_comment_access": if may(Permission::TicketReply) { "public" } else { "private" },
        "ticket_editing": may(Permission::TicketEdit),
        "ticket_merge": may(Permission::TicketEdit),
        "ticket_tag_editing": may(Permission::TicketEdit),
        "ticket_deletion": may(Permission::TicketDelete),
        "view_deleted_tickets": may(Permission::TicketDelete),
        "light_agent": !may(Permission::TicketReply),
        "end_user_profile_access": people,
        "end_user_list_access": people,
        "organization_editing": may(Permission::PeopleEdit),
        "group_access": may(Permission::AgentManage),
        "macro_access": rules,
        "view_access": rules,
        "manage_business_rules": may(Permission::SharedRules),
        "manage_ticket_fields": may(Permission::DeskManage),
        "manage_ticket_forms": may(Permission::DeskManage),
        "manage_user_fields": may(Permission::DeskManage),
        "manage_organization_fields": may(Permission::DeskManage),
        "manage_extensions_and_channels": may(Permission::MailManage),
        "manage_api_credentials": may(Permission::SecurityManage),
        "view_audit_logs": may(Permission::SecurityManage),
        "report_access": if may(Permission::ReportRead) { "readonly" } else { "none" },
    })
}

/// A custom field of people or organizations.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct FieldView {
    pub url: String,
    pub id: FieldId,
    #[serde(rename = "type")]
    pub kind: String,
    pub key: String,
    pub title: String,
    pub raw_title: String,
    pub description: String,
    pub raw_description: String,
    pub position: i64,
    pub active: bool,
    pub system: bool,
    pub regexp_for_validation: Option<String>,
    pub tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship_target_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_field_options: Option<Vec<OptionView>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// An option of a dropdown or multiselect.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct OptionView {
    pub url: String,
    pub id: i64,
    pub name: String,
    pub raw_name: String,
    pub value: String,
    pub position: i64,
}

/// The options of a field as JSON.
pub(crate) fn options(origin: &Origin, field: &CustomField) -> Vec<OptionView> {
    let view = |(option, position): (&FieldOption, i64)| {
        let id = field.id.0 * 10_000 + option.id;
        OptionView {
            url: format!("{}/api/v2/{}_fields/{}/options/{id}.json", origin.0, field.owner.name(), field.id),
            id,
            name: option.name.clone(),
            raw_name: option.name.clone(),
            value: option.value.clone(),
            position,
        }
    };
    field.options.iter().zip(0..).map(view).collect()
}

/// A custom field as JSON.
pub fn field(origin: &Origin, field: &CustomField) -> FieldView {
    let chooses = matches!(field.kind, FieldKind::Dropdown | FieldKind::Multiselect);
    FieldView {
        url: format!("{}/api/v2/{}_fields/{}.json", origin.0, field.owner.name(), field.id),
        id: field.id,
        kind: field.kind.name().to_owned(),
        key: field.key.clone(),
        title: field.title.clone(),
        raw_title: field.title.clone(),
        description: field.description.clone(),
        raw_description: field.description.clone(),
        position: field.position,
        active: field.active,
        system: false,
        regexp_for_validation: field.regexp.clone(),
        tag: field.tag.clone(),
        relationship_target_type: field.target.clone(),
        custom_field_options: chooses.then(|| options(origin, field)),
        created_at: field.created_at,
        updated_at: field.updated_at,
    }
}
