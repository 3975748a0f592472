//! `/custom_roles`.

use base::{Actor, Permission, PermissionSet, Result, TicketAccess};
use kernel::Tx;
use kernel::http::{Needs, Origin, Page, PageKey, Routes};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::records::{At, Listed, Record, RecordRoutes, Written};
use crate::groups::{self, RoleChange};
use crate::organization::CustomRole;
use crate::store::Order;
use crate::view::{self, CustomRoleView};

/// A custom role as clients write it. `permissions` and `ticket_access` are ours; of Zendesk's `configuration`,
/// `ticket_access` is read.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct RoleBody {
    name: Option<String>,
    description: Option<String>,
    permissions: Option<Vec<Permission>>,
    ticket_access: Option<TicketAccess>,
    configuration: Option<Value>,
}

impl RoleBody {
    fn into_change(self) -> RoleChange {
        let asked = self.configuration.as_ref().and_then(|configuration| configuration["ticket_access"].as_str());
        let configured = match asked {
            Some("all") => Some(TicketAccess::All),
            Some("within-groups" | "within-groups-and-public-groups") => Some(TicketAccess::Groups),
            Some("within-organization") => Some(TicketAccess::Organization),
            Some("assigned-only") => Some(TicketAccess::Assigned),
            _ => None,
        };
        RoleChange {
            name: self.name,
            description: self.description,
            permissions: self.permissions.map(|list| PermissionSet::default().with(&list)),
            ticket_access: self.ticket_access.or(configured),
        }
    }
}

impl Record for CustomRole {
    const ONE: &'static str = "custom_role";
    const MANY: &'static str = "custom_roles";
    const READ: Needs = Needs::Staff;
    type View = CustomRoleView;
    type Filter = ();

    fn load(tx: &mut Tx<'_>, (): &(), _: &Page, _: Order) -> Result<Listed<Self>> {
        groups::roles(tx).map(Listed::Whole)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        groups::get_role(tx, at.id(0)?)
    }

    fn views(_: &mut Tx<'_>, _: &Origin, all: &[Self]) -> Result<Vec<CustomRoleView>> {
        Ok(all.iter().map(view::custom_role).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id.0 }
    }
}

impl Written for CustomRole {
    const WRITE: Needs = Needs::Permission(Permission::AgentManage);
    type Body = RoleBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, _: &At, body: RoleBody) -> Result<Self> {
        groups::create_role(tx, actor, body.into_change())
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: RoleBody) -> Result<Self> {
        groups::update_role(tx, actor, at.id(0)?, body.into_change())
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        groups::delete_role(tx, actor, at.id(0)?)
    }
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/custom_roles", "/api/v2/custom_roles/{id}");
    Routes::new()
        .lists::<CustomRole>(all)
        .creates::<CustomRole>(all)
        .shows::<CustomRole>(one)
        .updates::<CustomRole>(one)
        .deletes::<CustomRole>(one)
}
