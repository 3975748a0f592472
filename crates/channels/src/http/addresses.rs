//! `/recipient_addresses`: Zendesk's support addresses, with ours `group_id`.

use axum::Json;
use axum::extract::State;
use base::{AddressId, BrandId, GroupId, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use crate::email::addresses::{self, Address, NewAddress};
use crate::email::store;

/// An address in the API.
#[derive(Serialize, JsonSchema)]
struct AddressView {
    id: AddressId,
    url: String,
    email: String,
    name: String,
    default: bool,
    brand_id: BrandId,
    /// Ours: the group of new tickets.
    group_id: Option<GroupId>,
    /// `verified` once mail to it has come, else `unknown`.
    forwarding_status: &'static str,
    cname_status: &'static str,
    spf_status: &'static str,
    domain_verification_status: &'static str,
    domain_verification_code: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct AddressAnswer {
    recipient_address: AddressView,
}

#[derive(Serialize, JsonSchema)]
struct AddressesAnswer {
    recipient_addresses: Vec<AddressView>,
}

#[derive(Deserialize, JsonSchema)]
struct AddressRequest {
    #[serde(default)]
    recipient_address: AddressBody,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct AddressBody {
    email: Option<String>,
    name: Option<String>,
    default: Option<bool>,
    brand_id: Option<BrandId>,
    /// Null takes the group away.
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Option<GroupId>")]
    group_id: Option<Option<GroupId>>,
}

/// Tells null from absent.
pub(super) fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

pub(super) fn routes() -> Routes {
    let manage = Permission::DeskManage;
    Routes::new()
        .get("/api/v2/recipient_addresses", list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<AddressesAnswer>()
        .post("/api/v2/recipient_addresses", create)
        .needs(manage)
        .takes::<AddressRequest>()
        .gives::<AddressAnswer>()
        .get("/api/v2/recipient_addresses/{id}", show)
        .needs(Needs::Staff)
        .gives::<AddressAnswer>()
        .put("/api/v2/recipient_addresses/{id}", update)
        .needs(manage)
        .takes::<AddressRequest>()
        .gives::<AddressAnswer>()
        .delete("/api/v2/recipient_addresses/{id}", remove)
        .needs(manage)
        .put("/api/v2/recipient_addresses/{id}/verify", verify)
        .needs(manage)
        .gives::<AddressAnswer>()
}

fn view(origin: &Origin, address: &Address) -> AddressView {
    AddressView {
        id: address.id,
        url: format!("{}/api/v2/recipient_addresses/{}.json", origin.0, address.id),
        email: address.email.clone(),
        name: address.name.clone(),
        default: address.is_default,
        brand_id: address.brand,
        group_id: address.group,
        forwarding_status: if address.verified_at.is_some() { "verified" } else { "unknown" },
        cname_status: "unknown",
        spf_status: "unknown",
        domain_verification_status: "unknown",
        domain_verification_code: None,
        created_at: address.created_at,
        updated_at: address.updated_at,
    }
}

async fn list(app: State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let page = paging.page()?;
    let wanted = page.clone();
    let slice = app.read(move |tx| store::addresses::page(tx, &wanted)).await?;
    Ok(Json(here.page(&page, "recipient_addresses", slice, |row| row.id.0, |row| view(&here.origin, row))?))
}

async fn show(app: State<App>, origin: Origin, Id(id): Id<AddressId>) -> Answer<Json<AddressAnswer>> {
    let address = app.read(move |tx| store::addresses::get(tx, id)).await?;
    Ok(Json(AddressAnswer { recipient_address: view(&origin, &address) }))
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(request): Body<AddressRequest>,
) -> Answer<Created<AddressAnswer>> {
    let made = app.write(move |tx| {
        let body = request.recipient_address;
        let brand = match body.brand_id {
            Some(brand) => known_brand(tx, brand)?,
            None => tickets::desk::default_brand(tx)?.id,
        };
        let new = NewAddress {
            email: body.email.unwrap_or_default(),
            name: body.name.unwrap_or_default(),
            brand,
            group: known_group(tx, body.group_id.flatten())?,
            is_default: body.default.unwrap_or(false),
        };
        let id = addresses::add(tx, &actor, &new)?;
        store::addresses::get(tx, id)
    });
    let address = made.await?;
    addresses::forget(&app);
    let recipient_address = view(&origin, &address);
    Ok(Created(recipient_address.url.clone(), AddressAnswer { recipient_address }))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<AddressId>,
    Body(request): Body<AddressRequest>,
) -> Answer<Json<AddressAnswer>> {
    let changed = app.write(move |tx| {
        let body = request.recipient_address;
        let mut address = store::addresses::get(tx, id)?;
        if let Some(name) = body.name {
            address.name = name;
        }
        if let Some(brand) = body.brand_id {
            address.brand = known_brand(tx, brand)?;
        }
        if let Some(group) = body.group_id {
            address.group = known_group(tx, group)?;
        }
        address.is_default |= body.default.unwrap_or(false);
        addresses::change(tx, &actor, &address)?;
        store::addresses::get(tx, id)
    });
    let address = changed.await?;
    addresses::forget(&app);
    Ok(Json(AddressAnswer { recipient_address: view(&origin, &address) }))
}

async fn remove(app: State<App>, Me(actor): Me, Id(id): Id<AddressId>) -> Answer<NoContent> {
    app.write(move |tx| addresses::delete(tx, &actor, id)).await?;
    addresses::forget(&app);
    Ok(NoContent)
}

/// Zendesk checks the forwarding here; ours is verified by the first mail that comes.
async fn verify(app: State<App>, origin: Origin, Id(id): Id<AddressId>) -> Answer<Json<AddressAnswer>> {
    show(app, origin, Id(id)).await
}

fn known_brand(tx: &mut Tx<'_>, brand: BrandId) -> Result<BrandId> {
    let known = tickets::desk::brands(tx)?.iter().any(|other| other.id == brand);
    let unknown = || base::Error::invalid("brand_id", "RecordNotFound", "Brand: there is no such brand");
    known.then_some(brand).ok_or_else(unknown)
}

fn known_group(tx: &mut Tx<'_>, group: Option<GroupId>) -> Result<Option<GroupId>> {
    match group {
        Some(id) if !people::group_exists(tx, id)? => {
            Err(base::Error::invalid("group_id", "RecordNotFound", "Group: there is no such group"))
        }
        other => Ok(other),
    }
}
