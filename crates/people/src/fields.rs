//! Custom fields of people and organizations, and their values.

use std::collections::{BTreeMap, HashMap};

use base::{Actor, Error, FieldId, FieldProblem, Permission, Result, Timestamp, Value as Stored};
use kernel::{Tx, audit_log};
use serde_json::{Map, Value};

use crate::change::{problem, take_optional, take_text};
use crate::store;

/// What a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// People.
    User,
    /// Organizations.
    Organization,
}

impl Owner {
    /// The name kept in the database.
    pub fn name(self) -> &'static str {
        match self {
            Owner::User => "user",
            Owner::Organization => "organization",
        }
    }

    /// The owner of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Owner::User, Owner::Organization].into_iter().find(|owner| owner.name() == name)
    }

    /// The name of the input that holds its values.
    fn input(self) -> &'static str {
        match self {
            Owner::User => "user_fields",
            Owner::Organization => "organization_fields",
        }
    }
}

/// What a field holds. Zendesk's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// Lines of text.
    Textarea,
    /// Yes or no.
    Checkbox,
    /// A day.
    Date,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Text of a given form.
    Regexp,
    /// One of the options.
    Dropdown,
    /// Any of the options.
    Multiselect,
    /// Another record.
    Lookup,
}

impl FieldKind {
    const ALL: [(FieldKind, &'static str); 10] = [
        (FieldKind::Text, "text"),
        (FieldKind::Textarea, "textarea"),
        (FieldKind::Checkbox, "checkbox"),
        (FieldKind::Date, "date"),
        (FieldKind::Integer, "integer"),
        (FieldKind::Decimal, "decimal"),
        (FieldKind::Regexp, "regexp"),
        (FieldKind::Dropdown, "dropdown"),
        (FieldKind::Multiselect, "multiselect"),
        (FieldKind::Lookup, "lookup"),
    ];

    /// Zendesk's name, which the database keeps.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("text", |(_, name)| name)
    }

    /// The kind of that name; `tagger` is a dropdown, as in ticket fields.
    pub fn parse(name: &str) -> Option<Self> {
        let name = if name == "tagger" { "dropdown" } else { name };
        Self::ALL.iter().find(|(_, other)| *other == name).map(|(kind, _)| *kind)
    }

    fn has_options(self) -> bool {
        matches!(self, FieldKind::Dropdown | FieldKind::Multiselect)
    }
}

/// One option of a dropdown or multiselect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldOption {
    /// Its number within the field; 0 for one that is new.
    pub id: i64,
    /// What agents read.
    pub name: String,
    /// What is kept.
    pub value: String,
}

/// A custom field.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomField {
    /// Its number.
    pub id: FieldId,
    /// What it belongs to.
    pub owner: Owner,
    /// Its name in the API.
    pub key: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What agents read.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Its place in the list.
    pub position: i64,
    /// Whether it is shown.
    pub active: bool,
    /// The form that text must have.
    pub regexp: Option<String>,
    /// The tag that a checkbox sets.
    pub tag: Option<String>,
    /// What a lookup leads to: `zen:user`, `zen:organization`, `zen:ticket`.
    pub target: Option<String>,
    /// The options.
    pub options: Vec<FieldOption>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is written into a field. `None` leaves a value alone. Key and kind are fixed once it is made.
#[derive(Clone, Debug, Default)]
pub struct FieldChange {
    /// The name in the API.
    pub key: Option<String>,
    /// Zendesk's `type`.
    pub kind: Option<String>,
    /// What agents read.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The place in the list.
    pub position: Option<i64>,
    /// Whether it is shown.
    pub active: Option<bool>,
    /// The form that text must have.
    pub regexp: Option<Option<String>>,
    /// The tag that a checkbox sets.
    pub tag: Option<Option<String>>,
    /// What a lookup leads to.
    pub target: Option<Option<String>>,
    /// The options, all of them.
    pub options: Option<Vec<FieldOption>>,
}

/// The fields of an owner, in their order.
pub fn all(tx: &mut Tx<'_>, owner: Owner) -> Result<Vec<CustomField>> {
    store::fields::all(tx, owner)
}

/// The field with this number.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get(tx: &mut Tx<'_>, owner: Owner, id: FieldId) -> Result<CustomField> {
    store::find::<CustomField>(tx, id)?.filter(|field| field.owner == owner).ok_or(Error::NotFound)
}

/// Makes a field.
///
/// # Errors
/// `Forbidden` without `desk_manage`; `Invalid` with what is wrong.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, owner: Owner, new: FieldChange) -> Result<CustomField> {
    actor.needs(Permission::DeskManage)?;
    let mut problems = Vec::new();
    let others = all(tx, owner)?;
    let kind = new.kind.as_deref().and_then(FieldKind::parse);
    if kind.is_none() {
        problems.push(problem("type", "InvalidValue", "type: is not a type of field"));
    }
    let key = new.key.clone().unwrap_or_default();
    check_key(&mut problems, &key, &others);
    let now = tx.now();
    let mut field = CustomField {
        id: FieldId(0),
        owner,
        key,
        kind: kind.unwrap_or(FieldKind::Text),
        title: String::new(),
        description: String::new(),
        position: others.iter().map(|other| other.position).max().unwrap_or(-1) + 1,
        active: true,
        regexp: None,
        tag: None,
        target: new.target.clone().flatten(),
        options: Vec::new(),
        created_at: now,
        updated_at: now,
    };
    apply(problems, &mut field, &new)?;
    field.id = store::fields::insert(tx, &field)?;
    record(tx, actor, "create", &field)?;
    Ok(field)
}

fn check_key(problems: &mut Vec<FieldProblem>, key: &str, others: &[CustomField]) {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if key.is_empty() {
        problems.push(problem("key", "BlankValue", "Key: cannot be blank"));
    } else if !key.chars().all(good) || key.len() > 100 || key.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = "Key: takes letters, digits, underscores, dashes and dots, and not digits alone";
        problems.push(problem("key", "InvalidValue", text));
    } else if others.iter().any(|other| other.key == key) {
        problems.push(problem("key", "DuplicateValue", format!("Key: {key} has already been taken")));
    }
}

/// Changes a field. Errors as [`create`].
pub fn update(tx: &mut Tx<'_>, actor: &Actor, owner: Owner, id: FieldId, change: FieldChange) -> Result<CustomField> {
    actor.needs(Permission::DeskManage)?;
    let mut field = get(tx, owner, id)?;
    apply(Vec::new(), &mut field, &change)?;
    field.updated_at = tx.now();
    store::fields::update(tx, &field)?;
    record(tx, actor, "update", &field)?;
    Ok(field)
}

/// Adds an option to a field, or changes the one that has its number or value.
///
/// # Errors
/// As [`create`]; `Invalid` for fields that have no options.
pub(crate) fn set_option(
    tx: &mut Tx<'_>,
    actor: &Actor,
    field: &CustomField,
    option: FieldOption,
) -> Result<CustomField> {
    let mut options = field.options.clone();
    let same =
        |known: &&mut FieldOption| (option.id > 0 && known.id == option.id) || known.value == option.value.trim();
    match options.iter_mut().find(same) {
        Some(known) => *known = FieldOption { id: known.id, ..option },
        None => options.push(option),
    }
    update(tx, actor, field.owner, field.id, FieldChange { options: Some(options), ..FieldChange::default() })
}

/// Takes an option from a field. Errors as [`set_option`]; the last one stays.
pub(crate) fn delete_option(tx: &mut Tx<'_>, actor: &Actor, field: &CustomField, value: &str) -> Result<()> {
    let options = field.options.iter().filter(|option| option.value != value).cloned().collect();
    let change = FieldChange { options: Some(options), ..FieldChange::default() };
    update(tx, actor, field.owner, field.id, change).map(drop)
}

/// Puts fields into an order. Those that aren't named follow in the order they had.
///
/// # Errors
/// `Forbidden` without `desk_manage`; `Invalid` for numbers of no field.
pub(crate) fn reorder(tx: &mut Tx<'_>, actor: &Actor, owner: Owner, ids: &[FieldId]) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let mut all = all(tx, owner)?;
    if let Some(id) = ids.iter().find(|id| !all.iter().any(|field| field.id == **id)) {
        let name = format!("{}_field_ids", owner.name());
        return Err(Error::invalid(&name, "RecordNotFound", format!("{name}: there is no field {id}")));
    }
    all.sort_by_key(|field| ids.iter().position(|id| *id == field.id).unwrap_or(ids.len()));
    for (field, position) in all.iter_mut().zip(0..) {
        if field.position != position {
            (field.position, field.updated_at) = (position, tx.now());
            store::fields::update(tx, field)?;
        }
    }
    Ok(())
}

/// Deletes a field with all its values.
///
/// # Errors
/// `Forbidden` without `desk_manage`; `NotFound`.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, owner: Owner, id: FieldId) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let field = get(tx, owner, id)?;
    store::fields::delete(tx, id)?;
    record(tx, actor, "destroy", &field)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, field: &CustomField) -> Result<()> {
    let kind = match field.owner {
        Owner::User => "user_field",
        Owner::Organization => "organization_field",
    };
    audit_log::record(tx, actor, action, (kind, Some(field.id.0), &field.title), "")
}

fn apply(mut problems: Vec<FieldProblem>, field: &mut CustomField, change: &FieldChange) -> Result<()> {
    take_text(&mut problems, "title", &mut field.title, &change.title);
    if field.title.is_empty() {
        problems.push(problem("title", "BlankValue", "Title: cannot be blank"));
    }
    take_text(&mut problems, "description", &mut field.description, &change.description);
    take_optional(&mut problems, "tag", &mut field.tag, &change.tag);
    take_optional(&mut problems, "regexp_for_validation", &mut field.regexp, &change.regexp);
    let fits = field.regexp.as_deref().is_none_or(|text| regex_lite::Regex::new(text).is_ok());
    if !fits || (field.kind == FieldKind::Regexp && field.regexp.is_none()) {
        let text = "regexp_for_validation: is not a regular expression";
        problems.push(problem("regexp_for_validation", "InvalidValue", text));
    }
    field.position = change.position.unwrap_or(field.position);
    field.active = change.active.unwrap_or(field.active);
    if let Some(options) = &change.options {
        field.options = numbered(options, &field.options);
    }
    check_options(&mut problems, field);
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Options keep their numbers by their values, and new ones get the next.
fn numbered(options: &[FieldOption], old: &[FieldOption]) -> Vec<FieldOption> {
    let mut next = old.iter().map(|option| option.id).max().unwrap_or(0);
    let number = |option: &FieldOption| {
        let known = old.iter().find(|other| other.value == option.value || (other.id == option.id && option.id > 0));
        let id = known.map_or_else(
            || {
                next += 1;
                next
            },
            |known| known.id,
        );
        FieldOption { id, name: option.name.trim().to_owned(), value: option.value.trim().to_owned() }
    };
    options.iter().map(number).collect()
}

fn check_options(problems: &mut Vec<FieldProblem>, field: &CustomField) {
    let name = "custom_field_options";
    if field.kind.has_options() == field.options.is_empty() {
        let text = "custom_field_options: a dropdown or multiselect has options, others have none";
        problems.push(problem(name, "InvalidValue", text));
    }
    let mut values: Vec<_> = field.options.iter().map(|option| option.value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    if values.len() != field.options.len() || values.contains(&"") {
        problems.push(problem(name, "InvalidValue", "custom_field_options: each needs a value of its own"));
    }
}

/// What is wrong with these values.
pub(crate) fn check(tx: &mut Tx<'_>, owner: Owner, values: &BTreeMap<String, Value>) -> Result<Vec<FieldProblem>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let fields = all(tx, owner)?;
    let mut problems = Vec::new();
    for (key, value) in values {
        let name = format!("{}.{key}", owner.input());
        match fields.iter().find(|field| field.key == *key) {
            None => problems.push(problem(&name, "InvalidValue", format!("{key}: there is no such field"))),
            Some(field) => {
                if let Err(what) = to_stored(field, value) {
                    problems.push(problem(&name, "InvalidValue", format!("{}: {what}", field.title)));
                }
            }
        }
    }
    Ok(problems)
}

/// Writes values that [`check`] let through.
pub(crate) fn save(tx: &mut Tx<'_>, owner: Owner, id: i64, values: &BTreeMap<String, Value>) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let fields = all(tx, owner)?;
    for field in &fields {
        if let Some(stored) = values.get(&field.key).and_then(|value| to_stored(field, value).ok()) {
            store::fields::set_values(tx, field.id, id, &stored)?;
        }
    }
    Ok(())
}

/// A value as the database keeps it: one row a value; or what is wrong with it.
fn to_stored(field: &CustomField, value: &Value) -> Result<Vec<Stored>, &'static str> {
    if value.is_null() || value.as_str() == Some("") {
        return Ok(Vec::new());
    }
    let text = || value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string));
    let known = |value: &str| field.options.iter().any(|option| option.value == value);
    match field.kind {
        FieldKind::Text | FieldKind::Textarea => text().map(|t| vec![t.into()]).ok_or("is not a text"),
        FieldKind::Regexp => {
            let text = text().ok_or("is not a text")?;
            let regexp = field.regexp.as_deref().and_then(|regexp| regex_lite::Regex::new(regexp).ok());
            let fits = regexp.is_none_or(|regexp| regexp.is_match(&text));
            if fits { Ok(vec![text.into()]) } else { Err("does not have the form that it must have") }
        }
        FieldKind::Checkbox => {
            let on = value.as_bool().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
            on.map(|on| vec![Stored::Int(on.into())]).ok_or("is neither true nor false")
        }
        FieldKind::Date => {
            let day = value.as_str().and_then(|text| text.get(..10)?.parse::<jiff::civil::Date>().ok());
            day.map(|day| vec![day.to_string().into()]).ok_or("is not a date (YYYY-MM-DD)")
        }
        FieldKind::Integer | FieldKind::Lookup => {
            let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
            number.map(|n| vec![Stored::Int(n)]).ok_or("is not a whole number")
        }
        FieldKind::Decimal => {
            let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
            number.filter(|n| n.is_finite()).map(|n| vec![Stored::Real(n)]).ok_or("is not a number")
        }
        FieldKind::Dropdown => match value.as_str().filter(|text| known(text)) {
            Some(text) => Ok(vec![text.into()]),
            None => Err("is not one of the options"),
        },
        FieldKind::Multiselect => {
            let one = value.as_str().map(|text| vec![Value::from(text)]);
            let all = one.or_else(|| value.as_array().cloned()).ok_or("is not a list of options")?;
            let texts: Option<Vec<Stored>> =
                all.iter().map(|item| item.as_str().filter(|text| known(text)).map(Stored::from)).collect();
            texts.ok_or("is not one of the options")
        }
    }
}

/// The values of these people or organizations, by the fields' keys; a field without a value is null.
pub fn values_of(tx: &mut Tx<'_>, owner: Owner, ids: &[i64]) -> Result<HashMap<i64, Map<String, Value>>> {
    let fields: Vec<_> = all(tx, owner)?.into_iter().filter(|field| field.active).collect();
    let blank: Map<String, Value> = fields.iter().map(|field| (field.key.clone(), blank(field.kind))).collect();
    let mut out: HashMap<i64, Map<String, Value>> = ids.iter().map(|id| (*id, blank.clone())).collect();
    let numbers: Vec<FieldId> = fields.iter().map(|field| field.id).collect();
    for stored in store::fields::values(tx, &numbers, ids)? {
        let Some(field) = fields.iter().find(|field| field.id == stored.field) else { continue };
        let Some(slot) = out.get_mut(&stored.owner).and_then(|values| values.get_mut(&field.key)) else { continue };
        let value = to_json(field.kind, &stored.value);
        match slot {
            Value::Array(list) => list.push(value),
            slot => *slot = value,
        }
    }
    Ok(out)
}

fn blank(kind: FieldKind) -> Value {
    match kind {
        FieldKind::Checkbox => Value::Bool(false),
        FieldKind::Multiselect => Value::Array(Vec::new()),
        _ => Value::Null,
    }
}

fn to_json(kind: FieldKind, value: &Stored) -> Value {
    match (kind, value) {
        (FieldKind::Checkbox, Stored::Int(n)) => Value::Bool(*n != 0),
        (FieldKind::Date, Stored::Text(day)) => Value::from(format!("{day}T00:00:00+00:00")),
        (_, Stored::Int(n)) => Value::from(*n),
        (_, Stored::Real(n)) => Value::from(*n),
        (_, Stored::Text(text)) => Value::from(text.as_str()),
        _ => Value::Null,
    }
}

/// Empties every field of a person or organization.
pub(crate) fn clear(tx: &mut Tx<'_>, owner: Owner, id: i64) -> Result<()> {
    all(tx, owner)?.into_iter().try_for_each(|field| store::fields::set_values(tx, field.id, id, &[]))
}

/// Moves values to a person or organization that has none of its own.
pub(crate) fn take_over(tx: &mut Tx<'_>, owner: Owner, from: i64, into: i64) -> Result<()> {
    let numbers: Vec<FieldId> = all(tx, owner)?.into_iter().map(|field| field.id).collect();
    let stored = store::fields::values(tx, &numbers, &[from, into])?;
    for field in numbers {
        let has = stored.iter().any(|row| row.field == field && row.owner == into);
        let theirs: Vec<Stored> =
            stored.iter().filter(|row| row.field == field && row.owner == from).map(|row| row.value.clone()).collect();
        if !has && !theirs.is_empty() {
            store::fields::set_values(tx, field, into, &theirs)?;
        }
    }
    Ok(())
}
