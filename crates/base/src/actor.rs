//! Who is asking, and what they may do.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{GroupId, OAuthTokenId, OrganizationId, RoleId, SessionId, TokenId, UserId};

/// What a person is to the desk. Zendesk's `role`, with light agents and the owner told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A customer: sees and answers only what is theirs.
    EndUser,
    /// An agent who reads tickets and writes internal notes only.
    LightAgent,
    /// An agent.
    Agent,
    /// An agent who also sets the desk up.
    Admin,
    /// The admin whom nobody else can demote or delete.
    Owner,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Role; 5] = [Role::EndUser, Role::LightAgent, Role::Agent, Role::Admin, Role::Owner];

    /// The name kept in the database.
    pub fn name(self) -> &'static str {
        match self {
            Role::EndUser => "end-user",
            Role::LightAgent => "light-agent",
            Role::Agent => "agent",
            Role::Admin => "admin",
            Role::Owner => "owner",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether people of this role work at the desk.
    pub fn is_staff(self) -> bool {
        self != Role::EndUser
    }

    /// What the role may do when no custom role narrows or widens it.
    pub fn permissions(self) -> PermissionSet {
        use Permission::*;
        let light = [TicketRead, TicketNote, PeopleRead, ReportRead];
        let agent = [TicketReply, TicketEdit, TicketDelete, PeopleEdit, PersonalRules];
        let admin = [PeopleDelete, SharedRules, AgentManage, DeskManage, MailManage, SecurityManage];
        let mut set = PermissionSet::default();
        if self >= Role::LightAgent {
            set = set.with(&light);
        }
        if self >= Role::Agent {
            set = set.with(&agent);
        }
        if self >= Role::Admin {
            set = set.with(&admin);
        }
        set
    }
}

/// One thing that may or may not be done. Each route names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Permission {
    /// Read tickets that are visible to the actor.
    TicketRead,
    /// Write internal notes.
    TicketNote,
    /// Write public comments.
    TicketReply,
    /// Change tickets, create, merge and split them.
    TicketEdit,
    /// Delete and restore tickets, mark them as spam.
    TicketDelete,
    /// Read people and organizations.
    PeopleRead,
    /// Create and change end users and organizations.
    PeopleEdit,
    /// Delete end users and organizations.
    PeopleDelete,
    /// Make views and macros for oneself.
    PersonalRules,
    /// Make views and macros for all.
    SharedRules,
    /// See dashboards and reports.
    ReportRead,
    /// Manage agents, groups and roles.
    AgentManage,
    /// Manage addresses, fields, forms, brands, statuses and settings.
    DeskManage,
    /// See raw, failed and suspended mail and the outbox, and act on them.
    MailManage,
    /// See the audit log and manage tokens of others.
    SecurityManage,
}

impl Permission {
    /// Every permission, in the order of the custom-role editor.
    pub const ALL: [Permission; 15] = [
        Permission::TicketRead,
        Permission::TicketNote,
        Permission::TicketReply,
        Permission::TicketEdit,
        Permission::TicketDelete,
        Permission::PeopleRead,
        Permission::PeopleEdit,
        Permission::PeopleDelete,
        Permission::PersonalRules,
        Permission::SharedRules,
        Permission::ReportRead,
        Permission::AgentManage,
        Permission::DeskManage,
        Permission::MailManage,
        Permission::SecurityManage,
    ];

    /// The name used in the API, in the route table and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Permission::TicketRead => "ticket_read",
            Permission::TicketNote => "ticket_note",
            Permission::TicketReply => "ticket_reply",
            Permission::TicketEdit => "ticket_edit",
            Permission::TicketDelete => "ticket_delete",
            Permission::PeopleRead => "people_read",
            Permission::PeopleEdit => "people_edit",
            Permission::PeopleDelete => "people_delete",
            Permission::PersonalRules => "personal_rules",
            Permission::SharedRules => "shared_rules",
            Permission::ReportRead => "report_read",
            Permission::AgentManage => "agent_manage",
            Permission::DeskManage => "desk_manage",
            Permission::MailManage => "mail_manage",
            Permission::SecurityManage => "security_manage",
        }
    }

    /// The permission of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.name() == name)
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u32);

impl PermissionSet {
    /// Every permission.
    pub fn all() -> Self {
        Self::default().with(&Permission::ALL)
    }

    /// This set with `more` added.
    pub fn with(self, more: &[Permission]) -> Self {
        Self(more.iter().fold(self.0, |bits, p| bits | 1 << (*p as u8)))
    }

    /// Whether the permission is in the set.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << (permission as u8)) != 0
    }

    /// The permissions of the set, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |p| self.has(*p))
    }
}

/// Which tickets a person sees. Zendesk's `ticket_restriction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketAccess {
    /// All tickets.
    All,
    /// Tickets of the actor's groups, and their own.
    Groups,
    /// Tickets assigned to the actor.
    Assigned,
    /// Tickets of the actor's organizations.
    Organization,
    /// Tickets that the actor requested or is copied on.
    Requested,
}

impl TicketAccess {
    /// Every access, widest first.
    pub const ALL: [TicketAccess; 5] = [
        TicketAccess::All,
        TicketAccess::Groups,
        TicketAccess::Assigned,
        TicketAccess::Organization,
        TicketAccess::Requested,
    ];

    /// The name kept in the database.
    pub fn name(self) -> &'static str {
        match self {
            TicketAccess::All => "all",
            TicketAccess::Groups => "groups",
            TicketAccess::Assigned => "assigned",
            TicketAccess::Organization => "organization",
            TicketAccess::Requested => "requested",
        }
    }

    /// The access of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.name() == name)
    }
}

/// What the actor showed to prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A browser's session cookie.
    Session(SessionId),
    /// An API token.
    Token(TokenId),
    /// An access token given by OAuth.
    OAuth(OAuthTokenId),
    /// E-mail address and password with each request.
    Password,
    /// A message that came in over a channel.
    Channel,
    /// Tugi itself: jobs, rules, imports.
    System,
}

/// Who asks. Loaded once a request; every loader and every writer takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person; [`Actor::SYSTEM`] for Tugi itself.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their custom role, if they have one.
    pub custom_role: Option<RoleId>,
    /// What they may do.
    pub permissions: PermissionSet,
    /// Which tickets they see.
    pub tickets: TicketAccess,
    /// The groups they belong to.
    pub groups: Vec<GroupId>,
    /// The organizations they belong to.
    pub organizations: Vec<OrganizationId>,
    /// How they proved who they are.
    pub credential: Credential,
    /// The address that the request came from, where it came over the network.
    pub ip: Option<IpAddr>,
}

impl Actor {
    /// The user id that stands for Tugi itself, as in Zendesk's audits.
    pub const SYSTEM: UserId = UserId(-1);

    /// Tugi itself: may do and see everything.
    pub fn system() -> Self {
        Self {
            user: Self::SYSTEM,
            role: Role::Owner,
            custom_role: None,
            permissions: PermissionSet::all(),
            tickets: TicketAccess::All,
            groups: Vec::new(),
            organizations: Vec::new(),
            credential: Credential::System,
            ip: None,
        }
    }

    /// Whether the actor may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    /// Fails with [`crate::Error::Forbidden`] unless the actor may do this.
    pub fn needs(&self, permission: Permission) -> crate::Result<()> {
        if self.may(permission) { Ok(()) } else { Err(crate::Error::Forbidden(permission.name())) }
    }

    /// Whether the actor works at the desk.
    pub fn is_staff(&self) -> bool {
        self.role.is_staff()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_all_that_the_lesser_may() {
        for pair in Role::ALL.windows(2) {
            for permission in pair[0].permissions().iter() {
                assert!(pair[1].permissions().has(permission), "{:?} lacks {permission:?}", pair[1]);
            }
        }
        assert_eq!(Role::EndUser.permissions(), PermissionSet::default());
        assert_eq!(Role::Owner.permissions(), PermissionSet::all());
    }

    #[test]
    fn names_are_read_back() {
        assert!(Permission::ALL.iter().all(|p| Permission::parse(p.name()) == Some(*p)));
        assert!(Role::ALL.iter().all(|r| Role::parse(r.name()) == Some(*r)));
        assert!(TicketAccess::ALL.iter().all(|a| TicketAccess::parse(a.name()) == Some(*a)));
    }
}
