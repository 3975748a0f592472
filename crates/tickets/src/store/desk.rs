//! Brands, custom statuses, fields, forms.

use base::{BrandId, CustomStatusId, Error, FieldId, FormId, Result};
use db::{Row, params};
use kernel::Tx;
use rules::Status;

use crate::desk::{Brand, CustomStatus};
use crate::fields::{TicketField, TicketForm, read_options, write_options};

pub(crate) fn brands(tx: &mut Tx<'_>) -> Result<Vec<Brand>> {
    let rows = tx.query("SELECT * FROM brands WHERE deleted = FALSE ORDER BY id", &[])?;
    rows.iter()
        .map(|row| {
            Ok(Brand {
                id: row.get("id")?,
                name: row.get("name")?,
                subdomain: row.get("subdomain")?,
                host_mapping: row.get("host_mapping")?,
                active: row.get("active")?,
                is_default: row.get("is_default")?,
                signature_template: row.get("signature_template")?,
                created_at: row.get("created_at")?,
                updated_at: row.get("updated_at")?,
            })
        })
        .collect()
}

pub(crate) fn insert_brand(tx: &mut Tx<'_>, name: &str, subdomain: &str, is_default: bool) -> Result<BrandId> {
    let now = tx.now();
    let sql =
        "INSERT INTO brands (name, subdomain, active, is_default, signature_template, deleted, created_at, updated_at)
        VALUES ($1, $2, TRUE, $3, '{{agent.signature}}', FALSE, $4, $4) RETURNING id";
    tx.insert(sql, params![name, subdomain, is_default, now])
}

pub(crate) fn update_brand(tx: &mut Tx<'_>, brand: &Brand) -> Result<()> {
    let now = tx.now();
    if brand.is_default {
        tx.execute("UPDATE brands SET is_default = FALSE WHERE id <> $1", params![brand.id])?;
    }
    let sql = "UPDATE brands SET name = $2, subdomain = $3, host_mapping = $4, active = $5, is_default = $6,
        signature_template = $7, updated_at = $8 WHERE id = $1";
    let values = params![
        brand.id,
        &brand.name,
        &brand.subdomain,
        &brand.host_mapping,
        brand.active,
        brand.is_default,
        &brand.signature_template,
        now
    ];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn delete_brand(tx: &mut Tx<'_>, id: BrandId) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE brands SET deleted = TRUE, active = FALSE, subdomain = subdomain || '-' || $3, updated_at = $2 WHERE id = $1";
    tx.execute(sql, params![id, now, id.to_string()]).map(drop)
}

pub(crate) fn custom_statuses(tx: &mut Tx<'_>) -> Result<Vec<CustomStatus>> {
    let rows = tx.query("SELECT * FROM custom_statuses ORDER BY status, id", &[])?;
    rows.iter().map(read_status).collect()
}

fn read_status(row: &Row) -> Result<CustomStatus> {
    Ok(CustomStatus {
        id: row.get("id")?,
        status: Status::from_rank(row.get("status")?).ok_or_else(|| Error::internal("unknown status"))?,
        agent_label: row.get("agent_label")?,
        end_user_label: row.get("end_user_label")?,
        description: row.get("description")?,
        end_user_description: row.get("end_user_description")?,
        active: row.get("active")?,
        is_default: row.get("is_default")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The default status of a category: the number that a bare category stands for.
pub(crate) fn default_status(tx: &mut Tx<'_>, status: Status) -> Result<CustomStatusId> {
    // Closed has no status of its own: it keeps that of solved.
    let rank = status.min(Status::Solved).rank();
    let sql = "SELECT id FROM custom_statuses WHERE status = $1 AND is_default = TRUE";
    let row = tx.find(sql, params![rank])?;
    row.map_or(Ok(CustomStatusId(0)), |row| row.at(0))
}

pub(crate) fn find_status(tx: &mut Tx<'_>, id: CustomStatusId) -> Result<Option<CustomStatus>> {
    tx.find("SELECT * FROM custom_statuses WHERE id = $1", params![id])?.as_ref().map(read_status).transpose()
}

pub(crate) fn insert_default_status(tx: &mut Tx<'_>, status: Status) -> Result<()> {
    let label = match status {
        Status::New => "New",
        Status::Open => "Open",
        Status::Pending => "Pending",
        Status::Hold => "On-hold",
        Status::Solved | Status::Closed => "Solved",
    };
    let now = tx.now();
    let status = CustomStatus {
        id: CustomStatusId(0),
        status,
        agent_label: label.into(),
        end_user_label: label.into(),
        description: String::new(),
        end_user_description: String::new(),
        active: true,
        is_default: true,
        created_at: now,
        updated_at: now,
    };
    insert_status(tx, &status).map(drop)
}

pub(crate) fn insert_status(tx: &mut Tx<'_>, status: &CustomStatus) -> Result<CustomStatusId> {
    let sql =
        "INSERT INTO custom_statuses (status, agent_label, end_user_label, description, end_user_description, active,
        is_default, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    let values = params![
        status.status.rank(),
        &status.agent_label,
        &status.end_user_label,
        &status.description,
        &status.end_user_description,
        status.active,
        status.is_default,
        status.created_at,
        status.updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update_status(tx: &mut Tx<'_>, status: &CustomStatus) -> Result<()> {
    let now = tx.now();
    if status.is_default {
        let sql = "UPDATE custom_statuses SET is_default = FALSE WHERE status = $1 AND id <> $2";
        tx.execute(sql, params![status.status.rank(), status.id])?;
    }
    let sql = "UPDATE custom_statuses SET agent_label = $2, end_user_label = $3, description = $4,
        end_user_description = $5, active = $6, is_default = $7, updated_at = $8 WHERE id = $1";
    let values = params![
        status.id,
        &status.agent_label,
        &status.end_user_label,
        &status.description,
        &status.end_user_description,
        status.active,
        status.is_default,
        now
    ];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn fields(tx: &mut Tx<'_>) -> Result<Vec<TicketField>> {
    tx.query("SELECT * FROM ticket_fields ORDER BY position, id", &[])?.iter().map(read_field).collect()
}

fn read_field(row: &Row) -> Result<TicketField> {
    Ok(TicketField {
        id: row.get("id")?,
        kind: row.get("kind")?,
        title: row.get("title")?,
        title_in_portal: row.get("title_in_portal")?,
        description: row.get("description")?,
        agent_description: row.get("agent_description")?,
        position: row.get("position")?,
        active: row.get("active")?,
        required: row.get("required")?,
        required_in_portal: row.get("required_in_portal")?,
        visible_in_portal: row.get("visible_in_portal")?,
        editable_in_portal: row.get("editable_in_portal")?,
        collapsed_for_agents: row.get("collapsed_for_agents")?,
        regexp: row.get("regexp")?,
        tag: row.get("tag")?,
        options: read_options(&row.get::<String>("options")?)?,
        system: row.get("system")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(crate) fn insert_field(tx: &mut Tx<'_>, f: &TicketField) -> Result<FieldId> {
    let sql =
        "INSERT INTO ticket_fields (kind, title, title_in_portal, description, agent_description, position, active,
        required, required_in_portal, visible_in_portal, editable_in_portal, collapsed_for_agents, regexp, tag, options,
        system, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id";
    let values = params![
        &f.kind,
        &f.title,
        &f.title_in_portal,
        &f.description,
        &f.agent_description,
        f.position,
        f.active,
        f.required,
        f.required_in_portal,
        f.visible_in_portal,
        f.editable_in_portal,
        f.collapsed_for_agents,
        &f.regexp,
        &f.tag,
        write_options(&f.options),
        f.system,
        f.created_at,
        f.updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update_field(tx: &mut Tx<'_>, f: &TicketField) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE ticket_fields SET title = $2, title_in_portal = $3, description = $4, agent_description = $5,
        position = $6, active = $7, required = $8, required_in_portal = $9, visible_in_portal = $10,
        editable_in_portal = $11, collapsed_for_agents = $12, regexp = $13, tag = $14, options = $15, updated_at = $16
        WHERE id = $1";
    let values = params![
        f.id,
        &f.title,
        &f.title_in_portal,
        &f.description,
        &f.agent_description,
        f.position,
        f.active,
        f.required,
        f.required_in_portal,
        f.visible_in_portal,
        f.editable_in_portal,
        f.collapsed_for_agents,
        &f.regexp,
        &f.tag,
        write_options(&f.options),
        now
    ];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn delete_field(tx: &mut Tx<'_>, id: FieldId) -> Result<()> {
    tx.execute("DELETE FROM ticket_field_values WHERE field_id = $1", params![id])?;
    tx.execute("DELETE FROM ticket_fields WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn forms(tx: &mut Tx<'_>) -> Result<Vec<TicketForm>> {
    let rows = tx.query("SELECT * FROM ticket_forms ORDER BY position, id", &[])?;
    rows.iter()
        .map(|row| {
            let ids: String = row.get("ticket_field_ids")?;
            Ok(TicketForm {
                id: row.get("id")?,
                name: row.get("name")?,
                display_name: row.get("display_name")?,
                position: row.get("position")?,
                active: row.get("active")?,
                is_default: row.get("is_default")?,
                end_user_visible: row.get("end_user_visible")?,
                field_ids: serde_json::from_str(&ids).map_err(Error::internal)?,
                created_at: row.get("created_at")?,
                updated_at: row.get("updated_at")?,
            })
        })
        .collect()
}

pub(crate) fn insert_form(tx: &mut Tx<'_>, form: &TicketForm) -> Result<FormId> {
    let sql = "INSERT INTO ticket_forms (name, display_name, position, active, is_default, end_user_visible,
        in_all_brands, restricted_brand_ids, ticket_field_ids, agent_conditions, end_user_conditions, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, TRUE, '[]', $7, '[]', '[]', $8, $9) RETURNING id";
    let ids = serde_json::json!(form.field_ids);
    let values = params![
        &form.name,
        &form.display_name,
        form.position,
        form.active,
        form.is_default,
        form.end_user_visible,
        ids,
        form.created_at,
        form.updated_at
    ];
    tx.insert(sql, values)
}

pub(crate) fn update_form(tx: &mut Tx<'_>, form: &TicketForm) -> Result<()> {
    let now = tx.now();
    if form.is_default {
        tx.execute("UPDATE ticket_forms SET is_default = FALSE WHERE id <> $1", params![form.id])?;
    }
    let sql = "UPDATE ticket_forms SET name = $2, display_name = $3, position = $4, active = $5, is_default = $6,
        end_user_visible = $7, ticket_field_ids = $8, updated_at = $9 WHERE id = $1";
    let ids = serde_json::json!(form.field_ids);
    let values = params![
        form.id,
        &form.name,
        &form.display_name,
        form.position,
        form.active,
        form.is_default,
        form.end_user_visible,
        ids,
        now
    ];
    tx.execute(sql, values).map(drop)
}

/// Whether a ticket has this status.
pub(crate) fn status_in_use(tx: &mut Tx<'_>, id: CustomStatusId) -> Result<bool> {
    Ok(tx.find("SELECT 1 FROM tickets WHERE custom_status_id = $1 LIMIT 1", params![id])?.is_some())
}

pub(crate) fn delete_status(tx: &mut Tx<'_>, id: CustomStatusId) -> Result<()> {
    tx.execute("DELETE FROM custom_statuses WHERE id = $1", params![id]).map(drop)
}

/// Puts rows of a table that has positions into an order.
pub(crate) fn set_positions(tx: &mut Tx<'_>, table: &str, ids: impl IntoIterator<Item = i64>) -> Result<()> {
    let sql = format!("UPDATE {table} SET position = $2 WHERE id = $1");
    for (position, id) in ids.into_iter().enumerate() {
        tx.execute(&sql, params![id, position])?;
    }
    Ok(())
}

pub(crate) fn delete_form(tx: &mut Tx<'_>, id: FormId) -> Result<()> {
    tx.execute("UPDATE tickets SET form_id = NULL WHERE form_id = $1", params![id])?;
    tx.execute("DELETE FROM ticket_forms WHERE id = $1", params![id]).map(drop)
}
