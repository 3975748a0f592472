//! Brands, ticket fields, forms, custom statuses, macros and views.

use base::{Actor, Error, FieldId, GroupId, Result};
use kernel::Tx;
use rules::Status;
use serde_json::{Value, json};
use tickets::desk::{Brand, CustomStatus};
use tickets::fields::{FieldOption, TicketField, TicketForm};
use tickets::{definitions, desk, fields, macros, views};

use crate::records::{Place, id_of, text};

/// Columns of tickets that rules name by numbers, and the kind of record that these are.
const NUMBERED: [(&str, &str); 6] = [
    ("group_id", "groups"),
    ("assignee_id", "users"),
    ("requester_id", "users"),
    ("organization_id", "organizations"),
    ("brand_id", "brands"),
    ("ticket_form_id", "ticket_forms"),
];

/// Their default brand is our default brand; others are known by their subdomain.
pub(crate) fn brand(tx: &mut Tx<'_>, _: &Place, theirs: &Value) -> Result<Option<i64>> {
    if theirs["default"] == true {
        return Ok(Some(desk::default_brand(tx)?.id.0));
    }
    let subdomain = text(&theirs["subdomain"]).unwrap_or_default().to_lowercase();
    if let Some(known) = desk::brands(tx)?.into_iter().find(|brand| brand.subdomain == subdomain) {
        return Ok(Some(known.id.0));
    }
    let brand = Brand {
        id: 0.into(),
        name: text(&theirs["name"]).unwrap_or_default(),
        subdomain,
        host_mapping: None,
        active: theirs["active"] != false,
        is_default: false,
        signature_template: text(&theirs["signature_template"]).unwrap_or_default(),
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    Ok(Some(definitions::save_brand(tx, &Actor::system(), &brand)?.0))
}

/// System fields are ours; custom ones are made.
pub(crate) fn ticket_field(tx: &mut Tx<'_>, _: &Place, theirs: &Value) -> Result<Option<i64>> {
    let kind = text(&theirs["type"]).unwrap_or_default();
    if !fields::KINDS.contains(&kind.as_str()) {
        let ours = fields::all(tx)?.into_iter().find(|field| field.system && field.kind == kind);
        return Ok(ours.map(|field| field.id.0));
    }
    let title = text(&theirs["title"]).unwrap_or_default();
    let options = theirs["custom_field_options"].as_array().into_iter().flatten();
    let option = |one: &Value| Some(FieldOption { id: 0, name: text(&one["name"])?, value: text(&one["value"])? });
    let yes = |key: &str| theirs[key] == true;
    let field = TicketField {
        title_in_portal: text(&theirs["title_in_portal"]).unwrap_or_default(),
        description: text(&theirs["description"]).unwrap_or_default(),
        agent_description: text(&theirs["agent_description"]).unwrap_or_default(),
        position: theirs["position"].as_i64().unwrap_or(0),
        active: theirs["active"] != false,
        required: yes("required"),
        required_in_portal: yes("required_in_portal"),
        visible_in_portal: yes("visible_in_portal"),
        editable_in_portal: yes("editable_in_portal"),
        collapsed_for_agents: yes("collapsed_for_agents"),
        regexp: text(&theirs["regexp_for_validation"]).filter(|_| kind == "regexp"),
        tag: text(&theirs["tag"]),
        options: options.filter_map(option).collect(),
        ..fields::new(tx, &kind, &title)
    };
    Ok(Some(definitions::save_field(tx, &Actor::system(), &field)?.0))
}

pub(crate) fn ticket_form(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    if theirs["default"] == true
        && let Some(ours) = fields::forms(tx)?.into_iter().find(|form| form.is_default)
    {
        return Ok(Some(ours.id.0));
    }
    let form = TicketForm {
        id: 0.into(),
        name: text(&theirs["name"]).unwrap_or_default(),
        display_name: text(&theirs["display_name"]).unwrap_or_default(),
        position: theirs["position"].as_i64().unwrap_or(0),
        active: theirs["active"] != false,
        is_default: false,
        end_user_visible: theirs["end_user_visible"] == true,
        field_ids: place.all_ours::<FieldId>(tx, "ticket_fields", &theirs["ticket_field_ids"])?,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    Ok(Some(definitions::save_form(tx, &Actor::system(), &form)?.0))
}

/// Their default status of a category is ours.
pub(crate) fn custom_status(tx: &mut Tx<'_>, _: &Place, theirs: &Value) -> Result<Option<i64>> {
    let category = text(&theirs["status_category"]).and_then(|name| Status::parse(&name));
    let category =
        category.ok_or_else(|| Error::invalid("status_category", "InvalidValue", "its category is unknown"))?;
    if theirs["default"] == true {
        let ours = desk::custom_statuses(tx)?;
        let ours = ours.into_iter().find(|status| status.is_default && status.status == category);
        return Ok(ours.map(|status| status.id.0));
    }
    let status = CustomStatus {
        id: 0.into(),
        status: category,
        agent_label: text(&theirs["agent_label"]).unwrap_or_default(),
        end_user_label: text(&theirs["end_user_label"]).unwrap_or_default(),
        description: text(&theirs["description"]).unwrap_or_default(),
        end_user_description: text(&theirs["end_user_description"]).unwrap_or_default(),
        active: theirs["active"] != false,
        is_default: false,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    Ok(Some(definitions::save_status(tx, &Actor::system(), &status)?.0))
}

pub(crate) fn macro_(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    let actions = renumbered(tx, place, &theirs["actions"])?;
    let (owner, groups) = restriction(tx, place, &theirs["restriction"])?;
    let m = macros::Macro {
        description: text(&theirs["description"]).unwrap_or_default(),
        active: theirs["active"] != false,
        position: theirs["position"].as_i64().unwrap_or(9_999),
        owner,
        groups,
        ..macros::new(tx, &text(&theirs["title"]).unwrap_or_default(), actions)
    };
    Ok(Some(macros::save(tx, &Actor::system(), &m)?.0))
}

/// A shared view of the same title is taken for the same one.
pub(crate) fn view(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Option<i64>> {
    let title = text(&theirs["title"]).unwrap_or_default();
    let (owner, groups) = restriction(tx, place, &theirs["restriction"])?;
    let shared = views::visible(tx, &Actor::system())?.into_iter().find(|view| view.title == title);
    if let Some(known) = shared.filter(|_| owner.is_none()) {
        return Ok(Some(known.id.0));
    }
    let conditions = json!({
        "all": renumbered(tx, place, &theirs["conditions"]["all"])?,
        "any": renumbered(tx, place, &theirs["conditions"]["any"])?,
    });
    let view = views::View {
        description: text(&theirs["description"]).unwrap_or_default(),
        active: theirs["active"] != false,
        position: theirs["position"].as_i64().unwrap_or(9_999),
        owner,
        groups,
        ..views::new(tx, &title, conditions)
    };
    Ok(Some(views::save(tx, &Actor::system(), &view)?.0))
}

/// Whose a view or macro is: a person's, some groups', or everybody's.
fn restriction(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<(Option<base::UserId>, Vec<GroupId>)> {
    let ids = if theirs["ids"].is_array() { theirs["ids"].clone() } else { json!([theirs["id"]]) };
    match theirs["type"].as_str() {
        Some("User") => Ok((place.ours(tx, "users", &theirs["id"])?, Vec::new())),
        Some("Group") => Ok((None, place.all_ours(tx, "groups", &ids)?)),
        _ => Ok((None, Vec::new())),
    }
}

/// Conditions or actions with our numbers instead of theirs.
fn renumbered(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Value> {
    let mut out = Vec::new();
    for rule in theirs.as_array().into_iter().flatten() {
        let mut rule = rule.clone();
        let field = rule["field"].as_str().unwrap_or_default().to_owned();
        if let Some(id) = field.strip_prefix("custom_fields_").or_else(|| field.strip_prefix("ticket_fields_")) {
            let ours: Option<i64> = place.ours(tx, "ticket_fields", &json!(id))?;
            let Some(ours) = ours else { continue };
            rule["field"] = json!(format!("custom_fields_{ours}"));
        }
        if let Some((_, kind)) = NUMBERED.iter().find(|(name, _)| *name == field)
            && let Some(id) = id_of(&rule["value"]).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let ours: Option<i64> = place.ours(tx, kind, &json!(id))?;
            let Some(ours) = ours else { continue };
            rule["value"] = json!(ours.to_string());
        }
        out.push(rule);
    }
    Ok(Value::from(out))
}
