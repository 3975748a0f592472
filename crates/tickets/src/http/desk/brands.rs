//! Brands, in Zendesk's shape.

use axum::Json;
use axum::extract::State;
use base::{Actor, BrandId, Error, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::asked::{Asked, Given, url};
use super::made;
use crate::definitions;
use crate::desk;
use crate::desk::Brand;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/brands", list_brands)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<BrandsAnswer>()
        .post("/api/v2/brands", create_brand)
        .needs(Permission::DeskManage)
        .takes::<BrandBody>()
        .gives::<BrandAnswer>()
        .get("/api/v2/brands/{id}", show_brand)
        .needs(Needs::SignIn)
        .gives::<BrandAnswer>()
        .put("/api/v2/brands/{id}", update_brand)
        .needs(Permission::DeskManage)
        .takes::<BrandBody>()
        .gives::<BrandAnswer>()
        .delete("/api/v2/brands/{id}", delete_brand)
        .needs(Permission::DeskManage)
}

/// A brand.
#[derive(Serialize, JsonSchema)]
struct BrandView {
    id: BrandId,
    url: String,
    name: String,
    brand_url: String,
    subdomain: String,
    host_mapping: Option<String>,
    has_help_center: bool,
    help_center_state: &'static str,
    active: bool,
    default: bool,
    is_deleted: bool,
    logo: Option<Value>,
    ticket_form_ids: Vec<i64>,
    signature_template: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct BrandAnswer {
    brand: BrandView,
}

#[derive(Serialize, JsonSchema)]
struct BrandsAnswer {
    brands: Vec<BrandView>,
}

/// `{"brand": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct BrandBody {
    #[serde(default)]
    brand: Map<String, Value>,
}

fn brand_json(origin: &Origin, b: &Brand) -> Value {
    let place = b.host_mapping.as_ref().map_or_else(|| origin.0.clone(), |host| format!("https://{host}"));
    json!(BrandView {
        id: b.id,
        url: url(origin, &format!("brands/{}", b.id)),
        name: b.name.clone(),
        brand_url: place,
        subdomain: b.subdomain.clone(),
        host_mapping: b.host_mapping.clone(),
        has_help_center: false,
        help_center_state: "disabled",
        active: b.active,
        default: b.is_default,
        is_deleted: false,
        logo: None,
        ticket_form_ids: Vec::new(),
        signature_template: b.signature_template.clone(),
        created_at: b.created_at,
        updated_at: b.updated_at,
    })
}

fn visible_brands(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Brand>> {
    let mut brands = desk::brands(tx)?;
    brands.retain(|brand| actor.is_staff() || brand.active);
    Ok(brands)
}

fn visible_brand(tx: &mut Tx<'_>, actor: &Actor, id: BrandId) -> Result<Brand> {
    visible_brands(tx, actor)?.into_iter().find(|brand| brand.id == id).ok_or(Error::NotFound)
}

async fn list_brands(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = visible_brands(tx, &asked.actor)?;
        asked.slice("brands", all.iter().map(|brand| brand_json(&asked.origin, brand)).collect())
    });
    Ok(Json(answer.await?))
}

async fn show_brand(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<BrandId>) -> Answer<Json<Value>> {
    let brand = app.read(move |tx| visible_brand(tx, &actor, id)).await?;
    Ok(Json(json!({"brand": brand_json(&origin, &brand)})))
}

fn save_brand(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin, mut brand: Brand, body: BrandBody) -> Result<Value> {
    let mut given = Given::new(body.brand);
    given.text("name", &mut brand.name);
    given.text("subdomain", &mut brand.subdomain);
    given.optional_text("host_mapping", &mut brand.host_mapping);
    given.flag("active", &mut brand.active);
    given.flag("default", &mut brand.is_default);
    given.text("signature_template", &mut brand.signature_template);
    let saved = definitions::save_brand(tx, actor, &brand);
    let id = given.finish(saved)?;
    Ok(json!({"brand": brand_json(origin, &visible_brand(tx, actor, id)?)}))
}

async fn create_brand(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<BrandBody>,
) -> Answer<Created<Value>> {
    let answer = app.write(move |tx| {
        let brand = Brand {
            id: BrandId(0),
            name: String::new(),
            subdomain: String::new(),
            host_mapping: None,
            active: true,
            is_default: false,
            signature_template: "{{agent.signature}}".into(),
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        save_brand(tx, &actor, &origin, brand, body)
    });
    Ok(made(answer.await?, "brand"))
}

async fn update_brand(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<BrandId>,
    Body(body): Body<BrandBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let brand = visible_brand(tx, &actor, id)?;
        save_brand(tx, &actor, &origin, brand, body)
    });
    Ok(Json(answer.await?))
}

async fn delete_brand(app: State<App>, Me(actor): Me, Id(id): Id<BrandId>) -> Answer<NoContent> {
    app.write(move |tx| definitions::delete_brand(tx, &actor, id)).await?;
    Ok(NoContent)
}
