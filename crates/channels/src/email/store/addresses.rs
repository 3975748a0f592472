//! Our own addresses.

use base::{AddressId, BrandId, Fragment, GroupId, Result};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::Slice;
use crate::email::addresses::Address;

pub(crate) fn read(row: &Row) -> Result<Address> {
    Ok(Address {
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        brand: row.get("brand_id")?,
        group: row.get("group_id")?,
        is_default: row.get("is_default")?,
        verified_at: row.get("verified_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Address>> {
    tx.query("SELECT * FROM addresses ORDER BY id", &[])?.iter().map(read).collect()
}

pub(crate) fn page(tx: &mut Tx<'_>, page: &Page) -> Result<Slice<Address>> {
    super::page(tx, "addresses", &Fragment::new("id > 0"), page, read)
}

pub(crate) fn get(tx: &mut Tx<'_>, id: AddressId) -> Result<Address> {
    read(&tx.get("SELECT * FROM addresses WHERE id = $1", params![id])?)
}

/// Gives `None` when the address is there already.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    email: &str,
    name: &str,
    brand: BrandId,
    group: Option<GroupId>,
) -> Result<Option<AddressId>> {
    let now = tx.now();
    let sql = "INSERT INTO addresses (email, name, brand_id, group_id, is_default, created_at, updated_at)
        VALUES ($1, $2, $3, $4, FALSE, $5, $5) ON CONFLICT (email) DO NOTHING RETURNING id";
    tx.find(sql, params![email, name, brand, group, now])?.map(|row| row.at(0)).transpose()
}

pub(crate) fn update(tx: &mut Tx<'_>, address: &Address) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE addresses SET name = $2, brand_id = $3, group_id = $4, updated_at = $5 WHERE id = $1";
    tx.execute(sql, params![address.id, &address.name, address.brand, address.group, now]).map(drop)
}

/// Makes this address the brand's default, and no other of the brand.
pub(crate) fn make_default(tx: &mut Tx<'_>, id: AddressId, brand: BrandId) -> Result<()> {
    tx.execute("UPDATE addresses SET is_default = (id = $1) WHERE brand_id = $2", params![id, brand]).map(drop)
}

pub(crate) fn verify(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE addresses SET verified_at = $2 WHERE email = $1 AND verified_at IS NULL";
    tx.execute(sql, params![email, now]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: AddressId) -> Result<()> {
    tx.execute("DELETE FROM addresses WHERE id = $1", params![id]).map(drop)
}
