//! `people_fields` and `people_field_values`.

use base::{Error, FieldId, Fragment, Result, Value};
use db::{Row, params};
use kernel::Tx;

use super::{known, select};
use crate::fields::{CustomField, FieldKind, FieldOption, Owner};

impl super::Stored for CustomField {
    const SELECT: &'static str = "SELECT f.* FROM people_fields f";
    const ID: &'static str = "f.id";

    fn read(row: &Row) -> Result<Self> {
        let options: serde_json::Value =
            serde_json::from_str(&row.get::<String>("options")?).map_err(|cause| Error::internal(cause.to_string()))?;
        let options = options.as_array().into_iter().flatten().map(|option| FieldOption {
            id: option["id"].as_i64().unwrap_or_default(),
            name: option["name"].as_str().unwrap_or_default().to_owned(),
            value: option["value"].as_str().unwrap_or_default().to_owned(),
        });
        Ok(CustomField {
            id: row.get("id")?,
            owner: known(&row.get::<String>("owner")?, Owner::parse)?,
            key: row.get("key")?,
            kind: known(&row.get::<String>("kind")?, FieldKind::parse)?,
            title: row.get("title")?,
            description: row.get("description")?,
            position: row.get("position")?,
            active: row.get("active")?,
            regexp: row.get("regexp")?,
            tag: row.get("tag")?,
            target: row.get("target")?,
            options: options.collect(),
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

pub(crate) fn all(tx: &mut Tx<'_>, owner: Owner) -> Result<Vec<CustomField>> {
    let mut rest = Fragment::new("WHERE f.owner = ");
    rest.bind(owner.name()).push(" ORDER BY f.position, f.id");
    select(tx, &rest)
}

fn options(field: &CustomField) -> String {
    let options = field
        .options
        .iter()
        .map(|option| serde_json::json!({"id": option.id, "name": option.name, "value": option.value}));
    serde_json::Value::from(options.collect::<Vec<_>>()).to_string()
}

pub(crate) fn insert(tx: &mut Tx<'_>, field: &CustomField) -> Result<FieldId> {
    let sql = "INSERT INTO people_fields (owner, key, kind, title, description, position, active, regexp, tag, target,
        options, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING id";
    let f = field;
    let mut values = params![f.owner.name(), &f.key, f.kind.name(), &f.title, &f.description, f.position].to_vec();
    values.extend_from_slice(params![f.active, &f.regexp, &f.tag, &f.target, options(f), f.created_at]);
    tx.insert(sql, &values)
}

pub(crate) fn update(tx: &mut Tx<'_>, field: &CustomField) -> Result<()> {
    let sql =
        "UPDATE people_fields SET title = $2, description = $3, position = $4, active = $5, regexp = $6, tag = $7,
        options = $8, updated_at = $9 WHERE id = $1";
    let f = field;
    let mut values = params![f.id, &f.title, &f.description, f.position, f.active].to_vec();
    values.extend_from_slice(params![&f.regexp, &f.tag, options(f), f.updated_at]);
    tx.execute(sql, &values).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: FieldId) -> Result<()> {
    tx.execute("DELETE FROM people_field_values WHERE field_id = $1", params![id])?;
    tx.execute("DELETE FROM people_fields WHERE id = $1", params![id]).map(drop)
}

/// A row of a value: whose, of which field, and its three columns of which one is set.
pub(crate) struct Stored {
    pub owner: i64,
    pub field: FieldId,
    pub value: Value,
}

pub(crate) fn values(tx: &mut Tx<'_>, fields: &[FieldId], owners: &[i64]) -> Result<Vec<Stored>> {
    if fields.is_empty() || owners.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Fragment::new(
        "SELECT owner_id, field_id, text_value, int_value, real_value FROM people_field_values WHERE owner_id IN (",
    );
    query.bind_all(owners.iter().copied()).push(") AND field_id IN (");
    query.bind_all(fields.iter().copied()).push(") ORDER BY owner_id, field_id, text_value");
    let rows = tx.query_fragment(&query)?;
    rows.iter()
        .map(|row| {
            let set = row.values()[2..].iter().find(|value| **value != Value::Null);
            Ok(Stored { owner: row.at(0)?, field: row.at(1)?, value: set.cloned().unwrap_or(Value::Null) })
        })
        .collect()
}

/// Makes these the values of a field; none empties it.
pub(crate) fn set_values(tx: &mut Tx<'_>, field: FieldId, owner: i64, values: &[Value]) -> Result<()> {
    tx.execute("DELETE FROM people_field_values WHERE field_id = $1 AND owner_id = $2", params![field, owner])?;
    for value in values {
        let column = match value {
            Value::Int(_) => "int_value",
            Value::Real(_) => "real_value",
            _ => "text_value",
        };
        let sql = format!("INSERT INTO people_field_values (field_id, owner_id, {column}) VALUES ($1, $2, $3)");
        tx.execute(&sql, params![field, owner, value.clone()])?;
    }
    Ok(())
}
