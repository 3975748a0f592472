//! `/user_fields` and `/organization_fields`: the same routes for either owner.

use axum::Json;
use axum::extract::State;
use base::{Actor, FieldId, Permission};
use kernel::App;
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use super::input::given;
use crate::fields::{self, FieldChange, FieldOption, Owner};
use crate::view::{self, FieldView};

#[derive(Serialize, JsonSchema)]
struct UserFieldAnswer {
    user_field: FieldView,
}

#[derive(Serialize, JsonSchema)]
struct UserFieldsAnswer {
    user_fields: Vec<FieldView>,
}

#[derive(Deserialize, JsonSchema)]
struct UserFieldRequest {
    #[serde(default)]
    user_field: FieldBody,
}

#[derive(Serialize, JsonSchema)]
struct OrganizationFieldAnswer {
    organization_field: FieldView,
}

#[derive(Serialize, JsonSchema)]
struct OrganizationFieldsAnswer {
    organization_fields: Vec<FieldView>,
}

#[derive(Deserialize, JsonSchema)]
struct OrganizationFieldRequest {
    #[serde(default)]
    organization_field: FieldBody,
}

/// A field as clients write it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct FieldBody {
    key: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    title: Option<String>,
    description: Option<String>,
    position: Option<i64>,
    active: Option<bool>,
    #[serde(deserialize_with = "given")]
    regexp_for_validation: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    tag: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    relationship_target_type: Option<Option<String>>,
    custom_field_options: Option<Vec<OptionBody>>,
}

#[derive(Deserialize, JsonSchema)]
struct OptionBody {
    id: Option<i64>,
    name: String,
    value: String,
}

impl FieldBody {
    fn into_change(self) -> FieldChange {
        let option = |option: OptionBody| FieldOption {
            id: option.id.unwrap_or(0) % 10_000,
            name: option.name,
            value: option.value,
        };
        FieldChange {
            key: self.key,
            kind: self.kind,
            title: self.title,
            description: self.description,
            position: self.position,
            active: self.active,
            regexp: self.regexp_for_validation,
            tag: self.tag,
            target: self.relationship_target_type,
            options: self.custom_field_options.map(|options| options.into_iter().map(option).collect()),
        }
    }
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/user_fields", "/api/v2/user_fields/{id}");
    let of_users = Routes::new()
        .get(all, list_user_fields)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<UserFieldsAnswer>()
        .post(all, create_user_field)
        .needs(Permission::DeskManage)
        .takes::<UserFieldRequest>()
        .gives::<UserFieldAnswer>()
        .get(one, show_user_field)
        .needs(Needs::Staff)
        .gives::<UserFieldAnswer>()
        .put(one, update_user_field)
        .needs(Permission::DeskManage)
        .takes::<UserFieldRequest>()
        .gives::<UserFieldAnswer>()
        .delete(one, delete_user_field)
        .needs(Permission::DeskManage);
    let (all, one) = ("/api/v2/organization_fields", "/api/v2/organization_fields/{id}");
    of_users
        .get(all, list_organization_fields)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<OrganizationFieldsAnswer>()
        .post(all, create_organization_field)
        .needs(Permission::DeskManage)
        .takes::<OrganizationFieldRequest>()
        .gives::<OrganizationFieldAnswer>()
        .get(one, show_organization_field)
        .needs(Needs::Staff)
        .gives::<OrganizationFieldAnswer>()
        .put(one, update_organization_field)
        .needs(Permission::DeskManage)
        .takes::<OrganizationFieldRequest>()
        .gives::<OrganizationFieldAnswer>()
        .delete(one, delete_organization_field)
        .needs(Permission::DeskManage)
}

async fn list(app: &App, here: Here, paging: Paging, owner: Owner, name: &'static str) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = fields::all(tx, owner)?;
        here.whole(&paging, name, all.iter().map(|field| view::field(&here.origin, field)).collect())
    });
    Ok(Json(answer.await?))
}

async fn show(app: &App, origin: &Origin, owner: Owner, id: FieldId) -> Answer<FieldView> {
    let field = app.read(move |tx| fields::get(tx, owner, id)).await?;
    Ok(view::field(origin, &field))
}

async fn create(app: &App, actor: Actor, origin: &Origin, owner: Owner, body: FieldBody) -> Answer<FieldView> {
    let field = app.write(move |tx| fields::create(tx, &actor, owner, body.into_change())).await?;
    Ok(view::field(origin, &field))
}

async fn update(
    app: &App,
    actor: Actor,
    origin: &Origin,
    (owner, id): (Owner, FieldId),
    body: FieldBody,
) -> Answer<FieldView> {
    let field = app.write(move |tx| fields::update(tx, &actor, owner, id, body.into_change())).await?;
    Ok(view::field(origin, &field))
}

async fn delete(app: &App, actor: Actor, owner: Owner, id: FieldId) -> Answer<NoContent> {
    app.write(move |tx| fields::delete(tx, &actor, owner, id)).await?;
    Ok(NoContent)
}

async fn list_user_fields(State(app): State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    list(&app, here, paging, Owner::User, "user_fields").await
}

async fn show_user_field(State(app): State<App>, Id(id): Id<FieldId>, origin: Origin) -> Answer<Json<UserFieldAnswer>> {
    Ok(Json(UserFieldAnswer { user_field: show(&app, &origin, Owner::User, id).await? }))
}

async fn create_user_field(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<UserFieldRequest>,
) -> Answer<Created<UserFieldAnswer>> {
    let user_field = create(&app, me, &origin, Owner::User, body.user_field).await?;
    Ok(Created(user_field.url.clone(), UserFieldAnswer { user_field }))
}

async fn update_user_field(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<FieldId>,
    origin: Origin,
    Body(body): Body<UserFieldRequest>,
) -> Answer<Json<UserFieldAnswer>> {
    let user_field = update(&app, me, &origin, (Owner::User, id), body.user_field).await?;
    Ok(Json(UserFieldAnswer { user_field }))
}

async fn delete_user_field(State(app): State<App>, Me(me): Me, Id(id): Id<FieldId>) -> Answer<NoContent> {
    delete(&app, me, Owner::User, id).await
}

async fn list_organization_fields(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    list(&app, here, paging, Owner::Organization, "organization_fields").await
}

async fn show_organization_field(
    State(app): State<App>,
    Id(id): Id<FieldId>,
    origin: Origin,
) -> Answer<Json<OrganizationFieldAnswer>> {
    Ok(Json(OrganizationFieldAnswer { organization_field: show(&app, &origin, Owner::Organization, id).await? }))
}

async fn create_organization_field(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<OrganizationFieldRequest>,
) -> Answer<Created<OrganizationFieldAnswer>> {
    let organization_field = create(&app, me, &origin, Owner::Organization, body.organization_field).await?;
    Ok(Created(organization_field.url.clone(), OrganizationFieldAnswer { organization_field }))
}

async fn update_organization_field(
    State(app): State<App>,
    Me(me): Me,
    Id(id): Id<FieldId>,
    origin: Origin,
    Body(body): Body<OrganizationFieldRequest>,
) -> Answer<Json<OrganizationFieldAnswer>> {
    let which = (Owner::Organization, id);
    let organization_field = update(&app, me, &origin, which, body.organization_field).await?;
    Ok(Json(OrganizationFieldAnswer { organization_field }))
}

async fn delete_organization_field(State(app): State<App>, Me(me): Me, Id(id): Id<FieldId>) -> Answer<NoContent> {
    delete(&app, me, Owner::Organization, id).await
}
