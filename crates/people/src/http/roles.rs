//! `/custom_roles`.

use axum::Json;
use axum::extract::State;
use base::{Permission, PermissionSet, RoleId, TicketAccess};
use kernel::App;
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use crate::groups::{self, RoleChange};
use crate::view::{self, CustomRoleView};

#[derive(Serialize, JsonSchema)]
struct RoleAnswer {
    custom_role: CustomRoleView,
}

#[derive(Serialize, JsonSchema)]
struct RolesAnswer {
    custom_roles: Vec<CustomRoleView>,
}

#[derive(Deserialize, JsonSchema)]
struct RoleRequest {
    #[serde(default)]
    custom_role: RoleBody,
}

/// A custom role as clients write it. `permissions` and `ticket_access` are ours; of Zendesk's `configuration`,
/// `ticket_access` is read.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct RoleBody {
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

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/custom_roles", "/api/v2/custom_roles/{id}");
    Routes::new()
        .get(all, list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<RolesAnswer>()
        .post(all, create)
        .needs(Permission::AgentManage)
        .takes::<RoleRequest>()
        .gives::<RoleAnswer>()
        .get(one, show)
        .needs(Needs::Staff)
        .gives::<RoleAnswer>()
        .put(one, update)
        .needs(Permission::AgentManage)
        .takes::<RoleRequest>()
        .gives::<RoleAnswer>()
        .delete(one, delete)
        .needs(Permission::AgentManage)
}

async fn list(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = groups::roles(tx)?;
        here.whole(&paging, "custom_roles", all.iter().map(view::custom_role).collect())
    });
    Ok(Json(answer.await?))
}

async fn show(State(app): State<App>, Id(id): Id<RoleId>) -> Answer<Json<RoleAnswer>> {
    let role = app.read(move |tx| groups::get_role(tx, id)).await?;
    Ok(Json(RoleAnswer { custom_role: view::custom_role(&role) }))
}

async fn create(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<RoleRequest>,
) -> Answer<Created<RoleAnswer>> {
    let role = app.write(move |tx| groups::create_role(tx, &me, body.custom_role.into_change())).await?;
    let url = format!("{}/api/v2/custom_roles/{}.json", origin.0, role.id);
    Ok(Created(url, RoleAnswer { custom_role: view::custom_role(&role) }))
}

async fn update(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<RoleId>,
    Body(body): Body<RoleRequest>,
) -> Answer<Json<RoleAnswer>> {
    let role = app.write(move |tx| groups::update_role(tx, &me, id, body.custom_role.into_change())).await?;
    Ok(Json(RoleAnswer { custom_role: view::custom_role(&role) }))
}

async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<RoleId>) -> Answer<NoContent> {
    app.write(move |tx| groups::delete_role(tx, &me, id)).await?;
    Ok(NoContent)
}
