//! People, their addresses, sessions and tokens.

use base::{
    Actor, GroupId, IdentityId, OrganizationId, Permission, Result, Role, RoleId, SessionId, TicketAccess, Timestamp,
    TokenId, UserId,
};
use kernel::Tx;
use kernel::http::Origin;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::fields::{self, Owner};
use crate::sign_in::Session;
use crate::time_zone;
use crate::tokens::Token;
use crate::user::{Identity, User};

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

/// A deleted person. Zendesk shows less of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs)]
pub struct DeletedUserView {
    pub id: UserId,
    pub url: String,
    pub name: String,
    pub email: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub time_zone: String,
    pub phone: Option<String>,
    pub shared_phone_number: Option<bool>,
    pub photo: Option<Value>,
    pub locale_id: i64,
    pub locale: String,
    pub organization_id: Option<OrganizationId>,
    pub role: String,
    pub active: bool,
}

impl DeletedUserView {
    /// A deleted person as JSON.
    pub(crate) fn new(origin: &Origin, user: &User) -> Self {
        Self {
            id: user.id,
            url: format!("{}/api/v2/deleted_users/{}.json", origin.0, user.id),
            name: user.name.clone(),
            email: user.email.clone(),
            created_at: user.created_at,
            updated_at: user.updated_at,
            time_zone: time_zone::zendesk(&user.time_zone).to_owned(),
            phone: user.phone.clone(),
            shared_phone_number: user.phone.as_ref().map(|_| user.shared_phone),
            photo: None,
            locale_id: user.locale.zendesk_id(),
            locale: user.locale.code().to_owned(),
            organization_id: user.organization_id,
            role: role(user.role).to_owned(),
            active: user.active,
        }
    }
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
