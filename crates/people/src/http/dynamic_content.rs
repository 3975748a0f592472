//! `/dynamic_content/items` and their variants.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, Locale, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Me, Needs, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use super::records::{At, List, Listed, Of, Record, RecordRoutes, Written, few};
use crate::dynamic_content::{self as content, Item, Variant, VariantChange};
use crate::store::{self, Order};

/// A text in several languages as JSON.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct ItemView {
    url: String,
    id: i64,
    name: String,
    placeholder: String,
    default_locale_id: i64,
    outdated: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    variants: Vec<VariantView>,
}

/// A text in one language as JSON.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct VariantView {
    url: String,
    id: i64,
    content: String,
    locale_id: i64,
    outdated: bool,
    active: bool,
    default: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A text as clients write it. Its variants are read when it is made.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct ItemBody {
    name: Option<String>,
    default_locale_id: Option<i64>,
    /// The text in the default language, instead of variants.
    content: Option<String>,
    variants: Vec<VariantBody>,
}

/// A variant as clients write it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct VariantBody {
    /// Its number, when many are changed.
    id: Option<i64>,
    content: Option<String>,
    locale_id: Option<i64>,
    active: Option<bool>,
    default: Option<bool>,
}

impl VariantBody {
    fn into_change(self) -> Result<VariantChange> {
        let locale = self.locale_id.map(|id| locale("locale_id", id)).transpose()?;
        Ok(VariantChange { locale, content: self.content, active: self.active, is_default: self.default })
    }
}

fn locale(field: &str, id: i64) -> Result<Locale> {
    let wrong = || Error::invalid(field, "InvalidValue", format!("{field}: {id} is not a language of the desk"));
    Locale::from_zendesk_id(id).ok_or_else(wrong)
}

/// The variants as JSON. One is outdated when the default one was changed after it.
fn variant_views(origin: &Origin, all: &[Variant]) -> Vec<VariantView> {
    let view = |variant: &Variant| {
        let default = all.iter().find(|other| other.item == variant.item && other.is_default);
        VariantView {
            url: format!("{}/api/v2/dynamic_content/items/{}/variants/{}.json", origin.0, variant.item, variant.id),
            id: variant.id,
            content: variant.content.clone(),
            locale_id: variant.locale.zendesk_id(),
            outdated: default.is_some_and(|default| default.updated_at > variant.updated_at),
            active: variant.active,
            default: variant.is_default,
            created_at: variant.created_at,
            updated_at: variant.updated_at,
        }
    };
    all.iter().map(view).collect()
}

impl Record for Item {
    const ONE: &'static str = "item";
    const MANY: &'static str = "items";
    const READ: Needs = Needs::Staff;
    type View = ItemView;
    type Filter = ();

    fn load(tx: &mut Tx<'_>, (): &(), _: &Page, _: Order) -> Result<Listed<Self>> {
        content::items(tx).map(Listed::Whole)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        content::get(tx, at.id(0)?)
    }

    fn views(tx: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<ItemView>> {
        let ids: Vec<i64> = all.iter().map(|item| item.id).collect();
        let variants = content::variants(tx, &ids)?;
        let view = |item: &Item| {
            let own: Vec<Variant> = variants.iter().filter(|variant| variant.item == item.id).cloned().collect();
            let variants = variant_views(origin, &own);
            ItemView {
                url: format!("{}/api/v2/dynamic_content/items/{}.json", origin.0, item.id),
                id: item.id,
                name: item.name.clone(),
                placeholder: format!("{{{{dc.{}}}}}", item.placeholder),
                default_locale_id: item.default_locale.zendesk_id(),
                outdated: variants.iter().any(|variant| variant.outdated),
                created_at: item.created_at,
                updated_at: item.updated_at,
                variants,
            }
        };
        Ok(all.iter().map(view).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id }
    }
}

impl Written for Item {
    const WRITE: Needs = Needs::Permission(Permission::DeskManage);
    type Body = ItemBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, _: &At, body: ItemBody) -> Result<Self> {
        let id = body.default_locale_id.ok_or_else(|| Error::blank("default_locale_id"))?;
        let default = locale("default_locale_id", id)?;
        let mut variants = body.variants.into_iter().map(VariantBody::into_change).collect::<Result<Vec<_>>>()?;
        if let (true, Some(content)) = (variants.is_empty(), body.content) {
            variants.push(VariantChange { locale: Some(default), content: Some(content), ..VariantChange::default() });
        }
        content::create(tx, actor, &body.name.unwrap_or_default(), default, variants)
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: ItemBody) -> Result<Self> {
        match body.name {
            Some(name) => content::rename(tx, actor, at.id(0)?, &name),
            None => Self::get(tx, at),
        }
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        content::delete(tx, actor, at.id(0)?)
    }
}

impl Record for Variant {
    const ONE: &'static str = "variant";
    const MANY: &'static str = "variants";
    const READ: Needs = Needs::Staff;
    type View = VariantView;
    type Filter = Vec<i64>;

    fn load(tx: &mut Tx<'_>, of: &Vec<i64>, _: &Page, _: Order) -> Result<Listed<Self>> {
        content::variants(tx, of).map(Listed::Whole)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        content::get_variant(tx, at.id(0)?, at.id(1)?)
    }

    fn views(tx: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<VariantView>> {
        let items: Vec<i64> = all.iter().map(|variant| variant.item).collect();
        let mut views = variant_views(origin, &content::variants(tx, &items)?);
        views.retain(|view| all.iter().any(|variant| variant.id == view.id));
        Ok(views)
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id }
    }
}

impl Of<Item> for Variant {
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Vec<i64>) -> Result<()> {
        *filter = vec![content::get(tx, at.id(0)?)?.id];
        Ok(())
    }
}

impl Written for Variant {
    const WRITE: Needs = Needs::Permission(Permission::DeskManage);
    type Body = VariantBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: VariantBody) -> Result<Self> {
        content::add_variant(tx, actor, at.id(0)?, body.into_change()?)
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: VariantBody) -> Result<Self> {
        content::change_variant(tx, actor, at.id(0)?, at.id(1)?, body.into_change()?)
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        content::delete_variant(tx, actor, at.id(0)?, at.id(1)?)
    }
}

/// Which texts are shown.
#[derive(Deserialize, JsonSchema)]
struct Identifiers {
    /// Placeholders without braces, separated by commas.
    identifiers: Option<String>,
}

/// Variants that are written together.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct VariantsBody {
    variants: Vec<VariantBody>,
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/dynamic_content/items", "/api/v2/dynamic_content/items/{id}");
    let variants = "/api/v2/dynamic_content/items/{id}/variants";
    let variant = "/api/v2/dynamic_content/items/{id}/variants/{variant_id}";
    Routes::new()
        .lists::<Item>(all)
        .creates::<Item>(all)
        .shows::<Item>(one)
        .updates::<Item>(one)
        .deletes::<Item>(one)
        .lists_of::<Variant, Item>(variants)
        .creates::<Variant>(variants)
        .shows::<Variant>(variant)
        .updates::<Variant>(variant)
        .deletes::<Variant>(variant)
        .get("/api/v2/dynamic_content/items/show_many", show_many)
        .needs(Needs::Staff)
        .query::<Identifiers>()
        .gives::<List<Item>>()
        .post("/api/v2/dynamic_content/items/{id}/variants/create_many", create_many)
        .needs(Permission::DeskManage)
        .takes::<VariantsBody>()
        .gives::<List<Variant>>()
        .put("/api/v2/dynamic_content/items/{id}/variants/update_many", update_many)
        .needs(Permission::DeskManage)
        .takes::<VariantsBody>()
        .gives::<List<Variant>>()
}

async fn show_many(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(asked): Params<Identifiers>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let names = asked.identifiers.unwrap_or_default();
        let named =
            |item: &Item| names.split(',').any(|name| name.trim().trim_start_matches("dc.") == item.placeholder);
        let mut all = content::items(tx)?;
        all.retain(named);
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

/// All of them or none.
async fn create_many(
    State(app): State<App>,
    Me(me): Me,
    at: At,
    here: Here,
    Body(body): Body<VariantsBody>,
) -> Answer<Response> {
    super::at_most(body.variants.len())?;
    let answer = app.write(move |tx| {
        let made = body.variants.into_iter().map(|variant| Variant::create(tx, &me, &at, variant));
        let made = made.collect::<Result<Vec<_>>>()?;
        few(tx, &here, &Paging::default(), &made)
    });
    Ok((StatusCode::CREATED, Json(answer.await?)).into_response())
}

/// All of them or none.
async fn update_many(
    State(app): State<App>,
    Me(me): Me,
    at: At,
    here: Here,
    Body(body): Body<VariantsBody>,
) -> Answer<Json<Value>> {
    super::at_most(body.variants.len())?;
    let answer = app.write(move |tx| {
        let item = at.id(0)?;
        let mut changed = Vec::new();
        for variant in body.variants {
            let id = variant.id.ok_or_else(|| Error::blank("id"))?;
            content::change_variant(tx, &me, item, id, variant.into_change()?)?;
            changed.push(id);
        }
        let all: Vec<Variant> = store::among(tx, "v.id", changed)?;
        few(tx, &here, &Paging::default(), &all)
    });
    Ok(Json(answer.await?))
}
