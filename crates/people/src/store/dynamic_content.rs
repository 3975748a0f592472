//! `dynamic_content_items` and `dynamic_content_variants`.

use base::{Fragment, Locale, Result};
use db::{Row, params};
use kernel::Tx;

use super::{Stored, known, select};
use crate::dynamic_content::{Item, Variant};

impl Stored for Item {
    const SELECT: &'static str = "SELECT d.* FROM dynamic_content_items d";
    const ID: &'static str = "d.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            placeholder: row.get("placeholder")?,
            default_locale: known(&row.get::<String>("default_locale")?, Locale::parse)?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

impl Stored for Variant {
    const SELECT: &'static str = "SELECT v.* FROM dynamic_content_variants v";
    const ID: &'static str = "v.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            item: row.get("item_id")?,
            locale: known(&row.get::<String>("locale")?, Locale::parse)?,
            content: row.get("content")?,
            active: row.get("active")?,
            is_default: row.get("is_default")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

pub(crate) fn items(tx: &mut Tx<'_>) -> Result<Vec<Item>> {
    select(tx, &Fragment::new("ORDER BY d.name, d.id"))
}

pub(crate) fn variants(tx: &mut Tx<'_>, items: &[i64]) -> Result<Vec<Variant>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let mut rest = Fragment::new("WHERE v.item_id IN (");
    rest.bind_all(items.iter().copied()).push(") ORDER BY v.item_id, v.is_default DESC, v.id");
    select(tx, &rest)
}

pub(crate) fn insert(tx: &mut Tx<'_>, item: &Item) -> Result<i64> {
    let sql = "INSERT INTO dynamic_content_items (name, placeholder, default_locale, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $4) RETURNING id";
    tx.insert(sql, params![&item.name, &item.placeholder, item.default_locale.code(), item.created_at])
}

pub(crate) fn update(tx: &mut Tx<'_>, item: &Item) -> Result<()> {
    let sql = "UPDATE dynamic_content_items SET name = $2, default_locale = $3, updated_at = $4 WHERE id = $1";
    tx.execute(sql, params![item.id, &item.name, item.default_locale.code(), item.updated_at]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM dynamic_content_variants WHERE item_id = $1", params![id])?;
    tx.execute("DELETE FROM dynamic_content_items WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn insert_variant(tx: &mut Tx<'_>, v: &Variant) -> Result<i64> {
    let sql =
        "INSERT INTO dynamic_content_variants (item_id, locale, content, active, is_default, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id";
    tx.insert(sql, params![v.item, v.locale.code(), &v.content, v.active, v.is_default, v.created_at])
}

pub(crate) fn update_variant(tx: &mut Tx<'_>, v: &Variant) -> Result<()> {
    let sql = "UPDATE dynamic_content_variants SET locale = $2, content = $3, active = $4, is_default = $5,
        updated_at = $6 WHERE id = $1";
    tx.execute(sql, params![v.id, v.locale.code(), &v.content, v.active, v.is_default, v.updated_at]).map(drop)
}

/// Makes no other variant than this the default one.
pub(crate) fn only_default(tx: &mut Tx<'_>, v: &Variant) -> Result<()> {
    let sql = "UPDATE dynamic_content_variants SET is_default = FALSE WHERE item_id = $1 AND id <> $2";
    tx.execute(sql, params![v.item, v.id]).map(drop)
}

pub(crate) fn delete_variant(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM dynamic_content_variants WHERE id = $1", params![id]).map(drop)
}
