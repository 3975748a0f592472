//! `/user_fields` and `/organization_fields`: the same routes for either owner.

use std::marker::PhantomData;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, FieldId, Permission, Result};
use kernel::http::{Answer, Body, Created, Me, Needs, NoContent, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use super::input::given;
use super::records::{At, List, Listed, Record, RecordRoutes, Written, few};
use crate::fields::{self, CustomField, FieldChange, FieldOption, Owner};
use crate::store::Order;
use crate::view::{self, FieldView, OptionView};

/// A field as clients write it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct FieldBody {
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

impl OptionBody {
    fn into_option(self) -> FieldOption {
        FieldOption { id: self.id.unwrap_or(0) % 10_000, name: self.name, value: self.value }
    }
}

impl FieldBody {
    fn into_change(self) -> FieldChange {
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
            options: self
                .custom_field_options
                .map(|options| options.into_iter().map(OptionBody::into_option).collect()),
        }
    }
}

/// Whose fields they are.
pub(crate) trait Owned: Send + Sync + 'static {
    const OWNER: Owner;
    const ONE: &'static str;
    const MANY: &'static str;
}

/// People's fields.
pub(crate) struct OfUsers;

impl Owned for OfUsers {
    const OWNER: Owner = Owner::User;
    const ONE: &'static str = "user_field";
    const MANY: &'static str = "user_fields";
}

/// Organizations' fields.
pub(crate) struct OfOrganizations;

impl Owned for OfOrganizations {
    const OWNER: Owner = Owner::Organization;
    const ONE: &'static str = "organization_field";
    const MANY: &'static str = "organization_fields";
}

/// A custom field of one kind of owner.
pub(crate) struct Field<O>(CustomField, PhantomData<O>);

impl<O: Owned> Field<O> {
    fn all(tx: &mut Tx<'_>) -> Result<Vec<Self>> {
        Ok(fields::all(tx, O::OWNER)?.into_iter().map(|field| Self(field, PhantomData)).collect())
    }
}

impl<O: Owned> Record for Field<O> {
    const ONE: &'static str = O::ONE;
    const MANY: &'static str = O::MANY;
    const READ: Needs = Needs::Staff;
    type View = FieldView;
    type Filter = ();

    fn load(tx: &mut Tx<'_>, (): &(), _: &Page, _: Order) -> Result<Listed<Self>> {
        Self::all(tx).map(Listed::Whole)
    }

    /// A path names it by number or by key.
    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        let (id, key) = (at.id(0).unwrap_or(FieldId(0)), at.text(0)?);
        let mut all = Self::all(tx)?;
        all.retain(|field| field.0.id == id || field.0.key == key);
        all.pop().ok_or(Error::NotFound)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<FieldView>> {
        Ok(all.iter().map(|field| view::field(origin, &field.0)).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.0.id.0 }
    }
}

impl<O: Owned> Written for Field<O> {
    const WRITE: Needs = Needs::Permission(Permission::DeskManage);
    type Body = FieldBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, _: &At, body: FieldBody) -> Result<Self> {
        fields::create(tx, actor, O::OWNER, body.into_change()).map(|field| Self(field, PhantomData))
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: FieldBody) -> Result<Self> {
        let field = Self::get(tx, at)?.0;
        fields::update(tx, actor, O::OWNER, field.id, body.into_change()).map(|field| Self(field, PhantomData))
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        let field = Self::get(tx, at)?.0;
        fields::delete(tx, actor, O::OWNER, field.id)
    }
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/user_fields", "/api/v2/user_fields/{id}");
    let (options, option) = ("/api/v2/user_fields/{id}/options", "/api/v2/user_fields/{id}/options/{option_id}");
    let of_users = Routes::new()
        .lists::<Field<OfUsers>>(all)
        .counts::<Field<OfUsers>>("/api/v2/user_fields/count")
        .creates::<Field<OfUsers>>(all)
        .shows::<Field<OfUsers>>(one)
        .updates::<Field<OfUsers>>(one)
        .deletes::<Field<OfUsers>>(one);
    let of_users =
        more::<OfUsers>(of_users, ["/api/v2/user_fields/show_many", "/api/v2/user_fields/reorder"], options, option);
    let (all, one) = ("/api/v2/organization_fields", "/api/v2/organization_fields/{id}");
    let (options, option) =
        ("/api/v2/organization_fields/{id}/options", "/api/v2/organization_fields/{id}/options/{option_id}");
    let both = of_users
        .lists::<Field<OfOrganizations>>(all)
        .counts::<Field<OfOrganizations>>("/api/v2/organization_fields/count")
        .creates::<Field<OfOrganizations>>(all)
        .shows::<Field<OfOrganizations>>(one)
        .updates::<Field<OfOrganizations>>(one)
        .deletes::<Field<OfOrganizations>>(one);
    let paths = ["/api/v2/organization_fields/show_many", "/api/v2/organization_fields/reorder"];
    more::<OfOrganizations>(both, paths, options, option)
}

/// What fields have beside what all records have.
fn more<O: Owned>(
    routes: Routes,
    [some, order]: [&'static str; 2],
    options: &'static str,
    option: &'static str,
) -> Routes {
    routes
        .get(some, show_many::<O>)
        .needs(Needs::Staff)
        .query::<Keys>()
        .gives::<List<Field<O>>>()
        .put(order, reorder::<O>)
        .needs(Permission::DeskManage)
        .takes::<OrderBody>()
        .gives::<String>()
        .get(options, list_options::<O>)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<OptionsAnswer>()
        .post(options, set_option::<O>)
        .needs(Permission::DeskManage)
        .takes::<OptionRequest>()
        .gives::<OptionAnswer>()
        .get(option, show_option::<O>)
        .needs(Needs::Staff)
        .gives::<OptionAnswer>()
        .delete(option, delete_option::<O>)
        .needs(Permission::DeskManage)
}

/// Which fields are shown.
#[derive(Deserialize, JsonSchema)]
struct Keys {
    /// Keys, separated by commas.
    keys: Option<String>,
}

/// The numbers of fields in their new order, under the name of their owner.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct OrderBody {
    user_field_ids: Vec<FieldId>,
    organization_field_ids: Vec<FieldId>,
}

#[derive(Serialize, JsonSchema)]
struct OptionsAnswer {
    custom_field_options: Vec<OptionView>,
    count: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
struct OptionAnswer {
    custom_field_option: OptionView,
}

#[derive(Deserialize, JsonSchema)]
struct OptionRequest {
    custom_field_option: OptionBody,
}

async fn show_many<O: Owned>(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(keys): Params<Keys>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let keys = keys.keys.unwrap_or_default();
        let mut all = Field::<O>::all(tx)?;
        all.retain(|field| keys.split(',').any(|key| key.trim() == field.0.key));
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

/// Zendesk answers with an empty text.
async fn reorder<O: Owned>(State(app): State<App>, Me(me): Me, Body(body): Body<OrderBody>) -> Answer<Json<String>> {
    let ids = match O::OWNER {
        Owner::User => body.user_field_ids,
        Owner::Organization => body.organization_field_ids,
    };
    app.write(move |tx| fields::reorder(tx, &me, O::OWNER, &ids)).await?;
    Ok(Json(String::new()))
}

async fn list_options<O: Owned>(
    State(app): State<App>,
    at: At,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let field = Field::<O>::get(tx, &at)?.0;
        here.whole(&paging, "custom_field_options", view::options(&here.origin, &field))
    });
    Ok(Json(answer.await?))
}

/// Adds an option, or changes the one whose number is given.
async fn set_option<O: Owned>(
    State(app): State<App>,
    Me(me): Me,
    at: At,
    here: Here,
    Body(body): Body<OptionRequest>,
) -> Answer<Response> {
    let option = body.custom_field_option.into_option();
    let value = option.value.trim().to_owned();
    let origin = here.origin.clone();
    let written = app.write(move |tx| {
        let before = Field::<O>::get(tx, &at)?.0;
        let field = fields::set_option(tx, &me, &before, option)?;
        let options = view::options(&origin, &field);
        let option = options.into_iter().find(|option| option.value == value).ok_or(Error::NotFound)?;
        Ok((option, field.options.len() > before.options.len()))
    });
    let (custom_field_option, made) = written.await?;
    let answer = OptionAnswer { custom_field_option };
    Ok(match made {
        true => Created(here.url(), answer).into_response(),
        false => (StatusCode::OK, Json(answer)).into_response(),
    })
}

/// The field that a path names, and the option.
fn option_at<O: Owned>(tx: &mut Tx<'_>, origin: &Origin, at: &At) -> Result<(CustomField, OptionView)> {
    let field = Field::<O>::get(tx, at)?.0;
    let id = at.id::<i64>(1)?;
    let option = view::options(origin, &field).into_iter().find(|option| option.id == id);
    Ok((field, option.ok_or(Error::NotFound)?))
}

async fn show_option<O: Owned>(State(app): State<App>, at: At, origin: Origin) -> Answer<Json<OptionAnswer>> {
    let (_, custom_field_option) = app.read(move |tx| option_at::<O>(tx, &origin, &at)).await?;
    Ok(Json(OptionAnswer { custom_field_option }))
}

async fn delete_option<O: Owned>(State(app): State<App>, Me(me): Me, at: At, origin: Origin) -> Answer<NoContent> {
    let deleted = app.write(move |tx| {
        let (field, option) = option_at::<O>(tx, &origin, &at)?;
        fields::delete_option(tx, &me, &field, &option.value)
    });
    deleted.await?;
    Ok(NoContent)
}
