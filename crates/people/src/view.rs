//! The one JSON shape of each entity: Zendesk's, with few keys of our own, which are named as such.

use base::{
    Actor, FieldId, GroupId, IdentityId, OrganizationId, Permission, Result, Role, RoleId, SessionId, TicketAccess,
    Timestamp, TokenId, UserId,
};
use kernel::Tx;
use kernel::http::Origin;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::fields::{self, CustomField, FieldKind, Owner};
use crate::organization::{CustomRole, Group, GroupMembership, Organization, OrganizationMembership};
use crate::sign_in::Session;
use crate::tokens::Token;
use crate::user::{Identity, User};
use crate::{store, time_zone};

/// A person, as in <https://developer.zendesk.com/api-reference/ticketing/users/users/>.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UserView {
    /// Their number.
    pub id: UserId,
    /// The rest.
    #[serde(flatten)]
    pub rest: UserRest,
}

/// The person who asks; an anonymous one when nobody is signed in.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MeView {
    /// Their number; null when nobody is signed in.
    pub id: Option<UserId>,
    /// The rest.
    #[serde(flatten)]
    pub rest: UserRest,
    /// What they may do. Ours.
    pub permissions: Vec<Permission>,
    /// The groups they belong to. Ours.
    pub group_ids: Vec<GroupId>,
}

/// What a person's JSON holds beside the number.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct UserRest {
    pub url: Option<String>,
    pub name: String,
    pub email: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub time_zone: String,
    pub iana_time_zone: String,
    pub phone: Option<String>,
    pub shared_phone_number: Option<bool>,
    pub photo: Option<Value>,
    pub locale_id: i64,
    pub locale: String,
    pub organization_id: Option<OrganizationId>,
    pub role: String,
    pub verified: bool,
    pub external_id: Option<String>,
    pub tags: Vec<String>,
    pub alias: Option<String>,
    pub active: bool,
    pub shared: bool,
    pub shared_agent: bool,
    pub last_login_at: Option<Timestamp>,
    pub two_factor_auth_enabled: bool,
    pub signature: Option<String>,
    pub details: Option<String>,
    pub notes: Option<String>,
    pub role_type: Option<i64>,
    pub custom_role_id: Option<RoleId>,
    pub moderator: bool,
    pub ticket_restriction: Option<String>,
    pub only_private_comments: bool,
    pub restricted_agent: bool,
    pub suspended: bool,
    pub default_group_id: Option<GroupId>,
    pub report_csv: bool,
    pub user_fields: Map<String, Value>,
    /// Whether they are the desk's owner. Ours.
    pub owner: bool,
}

/// These people as JSON; their tags and fields are read in one go.
pub fn users(tx: &mut Tx<'_>, origin: &Origin, users: &[User]) -> Result<Vec<UserView>> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let mut tags = crate::tags_of(tx, &ids)?;
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut values = fields::values_of(tx, Owner::User, &numbers)?;
    let view = |user: &User| {
        let tags = tags.remove(&user.id).unwrap_or_default();
        let rest = rest(origin, user, tags, values.remove(&user.id.0).unwrap_or_default());
        UserView { id: user.id, rest }
    };
    Ok(users.iter().map(view).collect())
}

/// One person as JSON.
pub fn user(tx: &mut Tx<'_>, origin: &Origin, user: &User) -> Result<UserView> {
    let tags = crate::tags_of(tx, &[user.id])?.remove(&user.id).unwrap_or_default();
    let values = fields::values_of(tx, Owner::User, &[user.id.0])?.remove(&user.id.0).unwrap_or_default();
    Ok(UserView { id: user.id, rest: rest(origin, user, tags, values) })
}

fn rest(origin: &Origin, user: &User, tags: Vec<String>, user_fields: Map<String, Value>) -> UserRest {
    let staff = user.role.is_staff();
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let access = user.ticket_access;
    UserRest {
        url: Some(format!("{}/api/v2/users/{}.json", origin.0, user.id)),
        name: user.name.clone(),
        email: user.email.clone(),
        created_at: user.created_at,
        updated_at: user.updated_at,
        time_zone: time_zone::zendesk(&user.time_zone).to_owned(),
        iana_time_zone: user.time_zone.clone(),
        phone: user.phone.clone(),
        shared_phone_number: user.phone.as_ref().map(|_| user.shared_phone),
        photo: None,
        locale_id: user.locale.zendesk_id(),
        locale: user.locale.code().to_owned(),
        organization_id: user.organization_id,
        role: role(user.role).to_owned(),
        verified: user.verified,
        external_id: user.external_id.clone(),
        tags,
        alias: user.alias.clone(),
        active: user.active,
        shared: false,
        shared_agent: false,
        last_login_at: user.last_login_at,
        two_factor_auth_enabled: user.second_factor,
        signature: some(&user.signature),
        details: some(&user.details),
        notes: some(&user.notes),
        role_type: role_type(user),
        custom_role_id: user.custom_role,
        moderator: user.moderator,
        ticket_restriction: (access != TicketAccess::All).then(|| access.name().to_owned()),
        only_private_comments: user.role == Role::LightAgent,
        restricted_agent: !staff || access != TicketAccess::All,
        suspended: user.suspended,
        default_group_id: user.default_group_id,
        report_csv: user.role >= Role::Admin,
        user_fields,
        owner: user.role == Role::Owner,
    }
}

/// Zendesk's name of a role: light agents are agents there, the owner is an admin.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::EndUser => "end-user",
        Role::LightAgent | Role::Agent => "agent",
        Role::Admin | Role::Owner => "admin",
    }
}

/// Zendesk's numbers: 0 for a custom role, 1 for light agents, 4 for admins.
fn role_type(user: &User) -> Option<i64> {
    match user.role {
        Role::LightAgent => Some(1),
        Role::Admin | Role::Owner => Some(4),
        Role::Agent => user.custom_role.map(|_| 0),
        Role::EndUser => None,
    }
}

/// The person who asks.
pub fn me(tx: &mut Tx<'_>, origin: &Origin, actor: Option<&Actor>) -> Result<MeView> {
    let Some(actor) = actor else {
        let blank = crate::receive::blank(tx, None)?;
        let mut rest = rest(origin, &blank, Vec::new(), Map::new());
        rest.name = "Anonymous user".into();
        rest.url = None;
        return Ok(MeView { id: None, rest, permissions: Vec::new(), group_ids: Vec::new() });
    };
    let person = crate::get_user(tx, actor.user)?;
    let UserView { id, rest } = user(tx, origin, &person)?;
    let permissions = actor.permissions.iter().collect();
    Ok(MeView { id: Some(id), rest, permissions, group_ids: actor.groups.clone() })
}

/// An address, number or account of a person.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct IdentityView {
    pub url: String,
    pub id: IdentityId,
    pub user_id: UserId,
    #[serde(rename = "type")]
    pub kind: String,
    pub value: String,
    pub verified: bool,
    pub primary: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub undeliverable_count: i64,
    pub deliverable_state: String,
}

/// An identity as JSON.
pub fn identity(origin: &Origin, identity: &Identity) -> IdentityView {
    IdentityView {
        url: format!("{}/api/v2/users/{}/identities/{}.json", origin.0, identity.user, identity.id),
        id: identity.id,
        user_id: identity.user,
        kind: identity.kind.name().to_owned(),
        value: identity.value.clone(),
        verified: identity.verified,
        primary: identity.primary,
        created_at: identity.created_at,
        updated_at: identity.updated_at,
        undeliverable_count: identity.undeliverable_count,
        deliverable_state: if identity.deliverable { "deliverable" } else { "undeliverable" }.to_owned(),
    }
}

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
    pub id: i64,
    pub name: String,
    pub raw_name: String,
    pub value: String,
    pub position: i64,
}

/// A custom field as JSON.
pub fn field(origin: &Origin, field: &CustomField) -> FieldView {
    let options = field.options.iter().zip(0..).map(|(option, position)| OptionView {
        id: field.id.0 * 10_000 + option.id,
        name: option.name.clone(),
        raw_name: option.name.clone(),
        value: option.value.clone(),
        position,
    });
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
        custom_field_options: chooses.then(|| options.collect()),
        created_at: field.created_at,
        updated_at: field.updated_at,
    }
}

/// A signed-in browser. `user_agent`, `ip_address` and `current` are ours.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct SessionView {
    pub url: String,
    pub id: SessionId,
    pub user_id: UserId,
    pub authenticated_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub user_agent: String,
    pub ip_address: String,
    pub current: bool,
}

/// A session as JSON, for one who asks.
pub fn session(origin: &Origin, actor: &Actor, session: &Session) -> SessionView {
    SessionView {
        url: format!("{}/api/v2/users/{}/sessions/{}.json", origin.0, session.user, session.id),
        id: session.id,
        user_id: session.user,
        authenticated_at: session.created_at,
        last_seen_at: session.seen_at,
        user_agent: session.user_agent.clone(),
        ip_address: session.ip_address.clone(),
        current: actor.credential == base::Credential::Session(session.id),
    }
}

/// An API token, without its text but right after it was made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct TokenView {
    pub url: String,
    pub id: TokenId,
    pub user_id: UserId,
    pub name: String,
    pub hint: String,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
    /// The token itself; given once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// A token as JSON.
pub fn token(origin: &Origin, of: &Token, text: Option<String>) -> TokenView {
    TokenView {
        url: format!("{}/api/v2/api_tokens/{}.json", origin.0, of.id),
        id: of.id,
        user_id: of.user,
        name: of.name.clone(),
        hint: of.hint.clone(),
        created_at: of.created_at,
        used_at: of.used_at,
        token: text,
    }
}
