//! Ticket fields and forms: what can be asked of a ticket beside its own columns.

use std::collections::BTreeSet;

use base::{Error, FieldId, FieldProblem, FormId, Result, Timestamp};
use kernel::Tx;
use rules::{Catalogue, CustomField, CustomKind, CustomOption, CustomValue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::store;

/// A field of tickets, as admins define it.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketField {
    /// Its number.
    pub id: FieldId,
    /// Zendesk's type: `text`, `tagger`, `checkbox` ... or the name of a system field: `subject`, `status` ...
    pub kind: String,
    /// What agents read.
    pub title: String,
    /// What customers read.
    pub title_in_portal: String,
    /// What it means, for customers.
    pub description: String,
    /// What it means, for agents.
    pub agent_description: String,
    /// Its place among the fields.
    pub position: i64,
    /// Whether it is in use.
    pub active: bool,
    /// Whether a ticket can't be solved without it.
    pub required: bool,
    /// Whether a customer must fill it in.
    pub required_in_portal: bool,
    /// Whether customers see it.
    pub visible_in_portal: bool,
    /// Whether customers fill it in.
    pub editable_in_portal: bool,
    /// Whether agents see it folded.
    pub collapsed_for_agents: bool,
    /// What a `regexp` field's value must match.
    pub regexp: Option<String>,
    /// The tag that a checkbox sets.
    pub tag: Option<String>,
    /// The options of a `tagger` or `multiselect`.
    pub options: Vec<FieldOption>,
    /// Whether it is one of the ticket's own columns.
    pub system: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// One choice of a `tagger` or `multiselect`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// Its number among the field's options, which it keeps whatever it is renamed to.
    #[serde(default)]
    pub id: i64,
    /// The value that tickets keep, which is also a tag.
    pub value: String,
    /// What agents read.
    pub name: String,
}

/// A form: a choice of fields in an order.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketForm {
    /// Its number.
    pub id: FormId,
    /// What agents read.
    pub name: String,
    /// What customers read.
    pub display_name: String,
    /// Its place among the forms.
    pub position: i64,
    /// Whether it is in use.
    pub active: bool,
    /// Whether tickets get it that name no other.
    pub is_default: bool,
    /// Whether customers may choose it.
    pub end_user_visible: bool,
    /// The fields, in order.
    pub field_ids: Vec<FieldId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The types that Zendesk has for custom fields.
pub const KINDS: &[&str] = &[
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "partialcreditcard",
    "multiselect",
    "tagger",
    "lookup",
];

/// The ticket's own columns that appear in lists of fields: type and title.
const SYSTEM: &[(&str, &str)] = &[
    ("subject", "Subject"),
    ("description", "Description"),
    ("status", "Status"),
    ("tickettype", "Type"),
    ("priority", "Priority"),
    ("group", "Group"),
    ("assignee", "Assignee"),
];

/// Makes the system fields and the default form of a new desk.
pub(crate) fn furnish(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    let mut ids = Vec::new();
    for (position, (kind, title)) in SYSTEM.iter().enumerate() {
        let field = TicketField {
            id: FieldId(0),
            kind: (*kind).into(),
            title: (*title).into(),
            title_in_portal: (*title).into(),
            description: String::new(),
            agent_description: String::new(),
            position: position as i64,
            active: true,
            required: false,
            required_in_portal: position < 2,
            visible_in_portal: position < 2,
            editable_in_portal: position < 2,
            collapsed_for_agents: false,
            regexp: None,
            tag: None,
            options: Vec::new(),
            system: true,
            created_at: now,
            updated_at: now,
        };
        ids.push(store::desk::insert_field(tx, &field)?);
    }
    let form = TicketForm {
        id: FormId(0),
        name: "Default".into(),
        display_name: "Default".into(),
        position: 0,
        active: true,
        is_default: true,
        end_user_visible: true,
        field_ids: ids,
        created_at: now,
        updated_at: now,
    };
    store::desk::insert_form(tx, &form).map(drop)
}

/// The custom fields, as conditions, actions and values need to know them.
pub fn catalogue(tx: &mut Tx<'_>) -> Result<Catalogue> {
    Ok(Catalogue::new(store::tickets::custom_fields(tx)?))
}

/// A custom field that is about to be made, of a kind out of [`KINDS`].
pub fn new(tx: &Tx<'_>, kind: &str, title: &str) -> TicketField {
    TicketField {
        id: FieldId(0),
        kind: kind.to_owned(),
        title: title.to_owned(),
        title_in_portal: String::new(),
        description: String::new(),
        agent_description: String::new(),
        position: 0,
        active: true,
        required: false,
        required_in_portal: false,
        visible_in_portal: false,
        editable_in_portal: false,
        collapsed_for_agents: false,
        regexp: None,
        tag: None,
        options: Vec::new(),
        system: false,
        created_at: tx.now(),
        updated_at: tx.now(),
    }
}

/// Every field, in order.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<TicketField>> {
    store::desk::fields(tx)
}

/// Every form, in order.
pub fn forms(tx: &mut Tx<'_>) -> Result<Vec<TicketForm>> {
    store::desk::forms(tx)
}

/// Options as the database keeps them.
pub(crate) fn read_options(text: &str) -> Result<Vec<FieldOption>> {
    serde_json::from_str(text).map_err(Error::internal)
}

/// Options as conditions need to know them.
pub(crate) fn choices(options: Vec<FieldOption>) -> Vec<CustomOption> {
    options.into_iter().map(|option| CustomOption { value: option.value, title: option.name }).collect()
}

/// Options for the database.
pub(crate) fn write_options(options: &[FieldOption]) -> Value {
    json!(options)
}

/// Reads a value of a custom field from JSON.
///
/// # Errors
/// A problem that names the field, when the value is not one of its kind.
pub fn parse_value(field: &CustomField, value: &Value) -> Result<CustomValue, FieldProblem> {
    let wrong = |expected: &str| FieldProblem {
        field: field.id.to_string(),
        code: "InvalidValue",
        message: format!("{}: {value} is not {expected}", field.title),
    };
    if value.is_null() || value == "" {
        return Ok(CustomValue::Nothing);
    }
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string));
    let is_option = |value: &str| field.options.iter().any(|option| option.value == value);
    match field.kind {
        CustomKind::Text => text.map(CustomValue::Text).ok_or_else(|| wrong("a text")),
        CustomKind::Dropdown => match text {
            Some(text) if is_option(&text) => Ok(CustomValue::Text(text)),
            _ => Err(wrong("one of its options")),
        },
        CustomKind::Multiselect => {
            let list: Vec<String> = match value {
                Value::Array(list) => list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
                _ => text.into_iter().collect(),
            };
            if list.iter().all(|value| is_option(value)) {
                Ok(CustomValue::Options(list))
            } else {
                Err(wrong("a list of its options"))
            }
        }
        CustomKind::Checkbox => match value {
            Value::Bool(flag) => Ok(CustomValue::Flag(*flag)),
            _ => match text.as_deref() {
                Some("true" | "1" | "yes") => Ok(CustomValue::Flag(true)),
                Some("false" | "0" | "no") => Ok(CustomValue::Flag(false)),
                _ => Err(wrong("true or false")),
            },
        },
        CustomKind::Date => match text.filter(|text| text.parse::<jiff::civil::Date>().is_ok()) {
            Some(text) => Ok(CustomValue::Date(text.chars().take(10).collect())),
            None => Err(wrong("a date (YYYY-MM-DD)")),
        },
        CustomKind::Integer | CustomKind::Lookup(_) => {
            let number = text.and_then(|text| text.trim().parse().ok());
            number.map(CustomValue::Int).ok_or_else(|| wrong("a whole number"))
        }
        CustomKind::Decimal => {
            let number = text.and_then(|text| text.trim().parse::<f64>().ok()).filter(|n| n.is_finite());
            number.map(CustomValue::Real).ok_or_else(|| wrong("a number"))
        }
    }
}

/// The tags that interlock with a field's value: options are tags in Zendesk, and a ticked checkbox sets its own.
pub(crate) fn tags_of(field: &TicketField, value: Option<&CustomValue>) -> Vec<String> {
    match value {
        Some(CustomValue::Text(option)) if field.kind == "tagger" => vec![option.clone()],
        Some(CustomValue::Options(options)) => options.clone(),
        Some(CustomValue::Flag(true)) => field.tag.iter().cloned().collect(),
        _ => Vec::new(),
    }
}

/// What a field becomes when tags that stand for its values came and went; none when it stays as it is.
pub(crate) fn follow_tags(
    field: &TicketField,
    value: Option<&CustomValue>,
    added: &BTreeSet<String>,
    gone: &BTreeSet<String>,
) -> Option<CustomValue> {
    let new: Vec<String> =
        field.options.iter().map(|option| &option.value).filter(|value| added.contains(*value)).cloned().collect();
    match (field.kind.as_str(), value) {
        ("tagger", _) if !new.is_empty() => new.into_iter().next().map(CustomValue::Text),
        ("tagger", Some(CustomValue::Text(old))) if gone.contains(old) => Some(CustomValue::Nothing),
        ("multiselect", _) => {
            let old = match value {
                Some(CustomValue::Options(options)) => options.clone(),
                _ => Vec::new(),
            };
            let mut options: Vec<String> = old.iter().filter(|option| !gone.contains(*option)).cloned().collect();
            options.extend(new.into_iter().filter(|option| !old.contains(option)));
            match options == old {
                true => None,
                false if options.is_empty() => Some(CustomValue::Nothing),
                false => Some(CustomValue::Options(options)),
            }
        }
        ("checkbox", _) => {
            let tag = field.tag.as_ref()?;
            let ticked = value == Some(&CustomValue::Flag(true));
            let tick = (ticked || added.contains(tag)) && !gone.contains(tag);
            (tick != ticked).then_some(CustomValue::Flag(tick))
        }
        _ => None,
    }
}

/// Whether a text is what a `regexp` field takes; true of fields of other types.
pub(crate) fn matches_expression(field: &TicketField, text: &str) -> bool {
    let Some(expression) = field.regexp.as_deref().filter(|_| field.kind == "regexp") else { return true };
    regex_lite::Regex::new(expression).is_ok_and(|expression| expression.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: CustomKind) -> CustomField {
        let option = |value: &str| CustomOption { value: value.into(), title: value.into() };
        CustomField { id: FieldId(3), title: "Product".into(), kind, options: vec![option("mail"), option("web")] }
    }

    #[test]
    fn values_are_read_by_kind_and_refused_by_name() {
        let dropdown = field(CustomKind::Dropdown);
        assert_eq!(parse_value(&dropdown, &json!("mail")).unwrap(), CustomValue::Text("mail".into()));
        assert_eq!(parse_value(&dropdown, &json!(null)).unwrap(), CustomValue::Nothing);
        assert_eq!(parse_value(&dropdown, &json!("phone")).unwrap_err().field, "3");
        let integer = field(CustomKind::Integer);
        assert_eq!(parse_value(&integer, &json!("42")).unwrap(), CustomValue::Int(42));
        assert!(parse_value(&integer, &json!("4.2")).is_err());
        let date = field(CustomKind::Date);
        assert_eq!(parse_value(&date, &json!("2026-02-29")).unwrap_err().code, "InvalidValue");
        let multi = field(CustomKind::Multiselect);
        assert!(parse_value(&multi, &json!(["mail", "pigeon"])).is_err());
    }
}
