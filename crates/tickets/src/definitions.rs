//! What admins define: fields, forms, brands, statuses, business hours, goals. Each is checked whole, all problems named
//! at once; each write is on the record, and browsers fetch the definitions anew.

use std::collections::{BTreeMap, BTreeSet};

use base::{Actor, BrandId, CustomStatusId, Error, FieldId, FieldProblem, FormId, Permission, Result, time};
use jiff::tz::TimeZone;
use kernel::{Tx, audit_log, events, settings};
use rules::Status;

use crate::apply::normalise_tags;
use crate::desk::{Brand, BusinessHours, CustomStatus, Goals};
use crate::fields::{KINDS, TicketField, TicketForm};
use crate::{desk, fields, store};

/// The longest title or name, in characters.
const LONGEST: usize = 255;
/// The longest label of a status, in characters.
const LONGEST_LABEL: usize = 48;
/// The most options of a field.
const MOST_OPTIONS: usize = 2_000;
/// Minutes in a week.
const WEEK: i64 = 7 * 24 * 60;

/// What is wrong with a record.
#[derive(Default)]
struct Problems(Vec<FieldProblem>);

impl Problems {
    fn add(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldProblem { field: field.into(), code, message: message.into() });
    }

    fn name(&mut self, field: &str, text: &str, longest: usize) {
        if text.trim().is_empty() {
            self.add(field, "BlankValue", format!("{field}: cannot be blank"));
        }
        if text.chars().count() > longest {
            self.add(field, "TooLong", format!("{field}: is too long (maximum is {longest} characters)"));
        }
    }

    fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// Puts a write on the record and tells browsers. `what`: kind, number, name.
fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, what: (&str, i64, &str)) -> Result<()> {
    audit_log::record(tx, actor, action, (what.0, Some(what.1), what.2), "")?;
    events::push(tx, events::Event::new("views"))
}

fn action(id: i64) -> &'static str {
    if id == 0 { "create" } else { "update" }
}

/// Saves a field, new or changed; gives its number.
///
/// # Errors
/// `Invalid` with every problem of titles, type, options, tag and regular expression.
pub fn save_field(tx: &mut Tx<'_>, actor: &Actor, field: &TicketField) -> Result<FieldId> {
    actor.needs(Permission::DeskManage)?;
    let all = fields::all(tx)?;
    let mut field = field.clone();
    field.options = numbered(&field, all.iter().find(|known| known.id == field.id));
    field_problems(&field, &all).finish()?;
    if field.title_in_portal.trim().is_empty() {
        field.title_in_portal.clone_from(&field.title);
    }
    let id = match field.id.0 {
        0 => {
            field.position = all.iter().map(|known| known.position + 1).max().unwrap_or(0);
            let id = store::desk::insert_field(tx, &field)?;
            join_only_form(tx, id)?;
            id
        }
        _ => {
            store::desk::update_field(tx, &field)?;
            field.id
        }
    };
    record(tx, actor, action(field.id.0), ("ticket_field", id.0, &field.title))?;
    Ok(id)
}

/// On a desk with one form a new field is on it; with several, admins choose.
fn join_only_form(tx: &mut Tx<'_>, field: FieldId) -> Result<()> {
    let mut forms = store::desk::forms(tx)?;
    if let [form] = forms.as_mut_slice() {
        form.field_ids.push(field);
        store::desk::update_form(tx, form)?;
    }
    Ok(())
}

/// Options with their numbers: one that comes without is given that of the known option with its value, or a new one.
fn numbered(field: &TicketField, before: Option<&TicketField>) -> Vec<fields::FieldOption> {
    let known = before.map(|before| before.options.as_slice()).unwrap_or_default();
    let mut next = known.iter().map(|option| option.id).max().unwrap_or(0) + 1;
    let mut options = field.options.clone();
    for option in &mut options {
        option.value = option.value.trim().to_lowercase();
        option.name = option.name.trim().to_owned();
        if option.id != 0 {
            continue;
        }
        option.id = match known.iter().find(|known| known.value == option.value) {
            Some(known) => known.id,
            None => {
                next += 1;
                next - 1
            }
        };
    }
    options
}

fn field_problems(field: &TicketField, all: &[TicketField]) -> Problems {
    let mut problems = Problems::default();
    problems.name("title", &field.title, LONGEST);
    if !field.system && !KINDS.contains(&field.kind.as_str()) {
        problems.add("type", "InvalidValue", format!("type: {:?} is not one of {}", field.kind, KINDS.join(", ")));
    }
    if !field.active && field.system {
        problems.add("active", "InvalidValue", "active: system fields can't be switched off");
    }
    let compiles = |text: &String| regex_lite::Regex::new(text).is_ok();
    match &field.regexp {
        None if field.kind == "regexp" => {
            problems.add("regexp_for_validation", "BlankValue", "regexp_for_validation: cannot be blank");
        }
        Some(text) if !compiles(text) => {
            problems.add("regexp_for_validation", "InvalidValue", "regexp_for_validation: is not a regular expression");
        }
        _ => {}
    }
    option_problems(field, &mut problems);
    tag_problems(field, all, &mut problems);
    problems
}

fn option_problems(field: &TicketField, problems: &mut Problems) {
    let chooses = matches!(field.kind.as_str(), "tagger" | "multiselect");
    if chooses && field.options.is_empty() {
        problems.add("custom_field_options", "BlankValue", "custom_field_options: at least one is needed");
    }
    if !chooses && !field.options.is_empty() {
        let message = format!("custom_field_options: a field of type {} has none", field.kind);
        problems.add("custom_field_options", "InvalidValue", message);
    }
    if field.options.len() > MOST_OPTIONS {
        problems.add("custom_field_options", "TooLong", format!("custom_field_options: at most {MOST_OPTIONS}"));
    }
    let (mut values, mut names, mut ids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for option in &field.options {
        if !values.insert(&option.value) || !names.insert(&option.name) || !ids.insert(option.id) {
            let message = format!("custom_field_options: {:?} is there twice", option.name);
            problems.add("custom_field_options", "DuplicateValue", message);
        }
        if option.name.is_empty() {
            problems.add("custom_field_options", "BlankValue", "custom_field_options: a name cannot be blank");
        }
        if !is_tag(&option.value) {
            let message = format!("custom_field_options: {:?} can't be a tag (no spaces, no commas)", option.value);
            problems.add("custom_field_options", "InvalidValue", message);
        }
    }
}

/// Whether a text is one tag, as tags are kept.
fn is_tag(text: &str) -> bool {
    normalise_tags(&[text.to_owned()]).eq([text])
}

/// A tag stands for one value of one field: else it couldn't tell which field to set.
fn tag_problems(field: &TicketField, all: &[TicketField], problems: &mut Problems) {
    if let Some(tag) = field.tag.as_ref().filter(|tag| !is_tag(tag)) {
        problems.add("tag", "InvalidValue", format!("tag: {tag:?} can't be a tag (no spaces, no commas)"));
    }
    let taken: BTreeMap<&str, &str> = all
        .iter()
        .filter(|other| other.id != field.id)
        .flat_map(|other| tags(other).map(|tag| (tag, other.title.as_str())))
        .collect();
    for tag in tags(field) {
        if let Some(other) = taken.get(tag) {
            let place = if field.tag.is_some() { "tag" } else { "custom_field_options" };
            problems.add(place, "DuplicateValue", format!("{place}: the tag {tag:?} has been taken by {other}"));
        }
    }
}

fn tags(field: &TicketField) -> impl Iterator<Item = &str> {
    field.options.iter().map(|option| option.value.as_str()).chain(field.tag.as_deref())
}

/// Deletes a custom field with its values, and takes it out of the forms.
///
/// # Errors
/// `Invalid` for system fields.
pub fn delete_field(tx: &mut Tx<'_>, actor: &Actor, id: FieldId) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let field = fields::all(tx)?.into_iter().find(|field| field.id == id).ok_or(Error::NotFound)?;
    if field.system {
        return Err(Error::invalid("base", "InvalidValue", "System fields can't be deleted"));
    }
    for mut form in fields::forms(tx)? {
        if form.field_ids.contains(&id) {
            form.field_ids.retain(|other| *other != id);
            store::desk::update_form(tx, &form)?;
        }
    }
    store::desk::delete_field(tx, id)?;
    record(tx, actor, "destroy", ("ticket_field", id.0, &field.title))
}

/// Puts fields into an order; those that are not named come after.
pub fn reorder_fields(tx: &mut Tx<'_>, actor: &Actor, ids: &[FieldId]) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let all = fields::all(tx)?.into_iter().map(|field| field.id.0);
    let order = ordered("ticket_field_ids", all.collect(), ids.iter().map(|id| id.0))?;
    store::desk::set_positions(tx, "ticket_fields", order)?;
    events::push(tx, events::Event::new("views"))
}

fn ordered(name: &str, all: Vec<i64>, first: impl Iterator<Item = i64>) -> Result<Vec<i64>> {
    let mut order: Vec<i64> = Vec::new();
    for id in first {
        if !all.contains(&id) || order.contains(&id) {
            return Err(Error::invalid(name, "InvalidValue", format!("{name}: {id} is not there, or there twice")));
        }
        order.push(id);
    }
    order.extend(all.iter().filter(|id| !order.contains(id)).copied().collect::<Vec<_>>());
    Ok(order)
}

/// Saves a form, new or changed; gives its number.
///
/// # Errors
/// `Invalid` with every problem.
pub fn save_form(tx: &mut Tx<'_>, actor: &Actor, form: &TicketForm) -> Result<FormId> {
    actor.needs(Permission::DeskManage)?;
    let mut form = form.clone();
    let (known, all) = (fields::all(tx)?, fields::forms(tx)?);
    let mut problems = Problems::default();
    problems.name("name", &form.name, LONGEST);
    for id in form.field_ids.iter().filter(|id| !known.iter().any(|field| field.id == **id)) {
        problems.add("ticket_field_ids", "RecordNotFound", format!("ticket_field_ids: {id} does not exist"));
    }
    let was_default = all.iter().any(|other| other.id == form.id && other.is_default);
    if (was_default || form.is_default) && !(form.is_default && form.active) {
        problems.add(
            "default",
            "InvalidValue",
            "default: the default form can't be switched off; choose another first",
        );
    }
    problems.finish()?;
    let mut seen = BTreeSet::new();
    form.field_ids.retain(|id| seen.insert(*id));
    if form.display_name.trim().is_empty() {
        form.display_name.clone_from(&form.name);
    }
    let id = match form.id.0 {
        0 => {
            form.position = all.iter().map(|other| other.position + 1).max().unwrap_or(0);
            form.id = store::desk::insert_form(tx, &form)?;
            store::desk::update_form(tx, &form)?;
            record(tx, actor, "create", ("ticket_form", form.id.0, &form.name))?;
            return Ok(form.id);
        }
        _ => form.id,
    };
    store::desk::update_form(tx, &form)?;
    record(tx, actor, "update", ("ticket_form", id.0, &form.name))?;
    Ok(id)
}

/// Deletes a form; its tickets have none then.
///
/// # Errors
/// `Invalid` for the default form.
pub fn delete_form(tx: &mut Tx<'_>, actor: &Actor, id: FormId) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let form = fields::forms(tx)?.into_iter().find(|form| form.id == id).ok_or(Error::NotFound)?;
    if form.is_default {
        return Err(Error::invalid("base", "InvalidValue", "The default form can't be deleted"));
    }
    store::desk::delete_form(tx, id)?;
    record(tx, actor, "destroy", ("ticket_form", id.0, &form.name))
}

/// Puts forms into an order; those that are not named come after.
pub fn reorder_forms(tx: &mut Tx<'_>, actor: &Actor, ids: &[FormId]) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let all = fields::forms(tx)?.into_iter().map(|form| form.id.0);
    let order = ordered("ticket_form_ids", all.collect(), ids.iter().map(|id| id.0))?;
    store::desk::set_positions(tx, "ticket_forms", order)?;
    events::push(tx, events::Event::new("views"))
}

/// Saves a brand, new or changed; gives its number.
///
/// # Errors
/// `Invalid` with every problem.
pub fn save_brand(tx: &mut Tx<'_>, actor: &Actor, brand: &Brand) -> Result<BrandId> {
    actor.needs(Permission::DeskManage)?;
    let all = desk::brands(tx)?;
    let mut brand = brand.clone();
    brand.subdomain = brand.subdomain.to_lowercase();
    let mut problems = Problems::default();
    problems.name("name", &brand.name, LONGEST);
    problems.name("subdomain", &brand.subdomain, 63);
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !brand.subdomain.chars().all(fits) || brand.subdomain.starts_with('-') || brand.subdomain.ends_with('-') {
        problems.add("subdomain", "InvalidValue", "subdomain: takes letters, digits and hyphens");
    }
    let others = || all.iter().filter(|other| other.id != brand.id);
    if others().any(|other| other.subdomain == brand.subdomain) {
        problems.add("subdomain", "DuplicateValue", "subdomain: has already been taken");
    }
    if brand.host_mapping.is_some() && others().any(|other| other.host_mapping == brand.host_mapping) {
        problems.add("host_mapping", "DuplicateValue", "host_mapping: has already been taken");
    }
    let was_default = all.iter().any(|other| other.id == brand.id && other.is_default);
    if (was_default || brand.is_default) && !(brand.is_default && brand.active) {
        problems.add(
            "default",
            "InvalidValue",
            "default: the default brand can't be switched off; choose another first",
        );
    }
    problems.finish()?;
    let did = action(brand.id.0);
    if brand.id.0 == 0 {
        brand.id = store::desk::insert_brand(tx, &brand.name, &brand.subdomain, false)?;
    }
    store::desk::update_brand(tx, &brand)?;
    record(tx, actor, did, ("brand", brand.id.0, &brand.name))?;
    Ok(brand.id)
}

/// Deletes a brand. Its tickets keep it.
///
/// # Errors
/// `Invalid` for the default brand.
pub fn delete_brand(tx: &mut Tx<'_>, actor: &Actor, id: BrandId) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let brand = desk::brands(tx)?.into_iter().find(|brand| brand.id == id).ok_or(Error::NotFound)?;
    if brand.is_default {
        return Err(Error::invalid("base", "InvalidValue", "The default brand can't be deleted"));
    }
    store::desk::delete_brand(tx, id)?;
    record(tx, actor, "destroy", ("brand", id.0, &brand.name))
}

/// Saves a custom status, new or changed; gives its number. Its category stays what it was made with.
///
/// # Errors
/// `Invalid` with every problem.
pub fn save_status(tx: &mut Tx<'_>, actor: &Actor, status: &CustomStatus) -> Result<CustomStatusId> {
    actor.needs(Permission::DeskManage)?;
    let all = desk::custom_statuses(tx)?;
    let mut status = status.clone();
    if status.end_user_label.trim().is_empty() {
        status.end_user_label.clone_from(&status.agent_label);
    }
    let mut problems = Problems::default();
    problems.name("agent_label", &status.agent_label, LONGEST_LABEL);
    problems.name("end_user_label", &status.end_user_label, LONGEST_LABEL);
    if status.status == Status::Closed {
        problems.add("status_category", "InvalidValue", "status_category: is new, open, pending, hold or solved");
    }
    let before = all.iter().find(|other| other.id == status.id);
    if before.is_some_and(|before| before.status != status.status) {
        problems.add("status_category", "InvalidValue", "status_category: can't be changed");
    }
    let same = |other: &&CustomStatus| other.agent_label.to_lowercase() == status.agent_label.to_lowercase();
    if all.iter().filter(|other| other.id != status.id).any(|other| same(&other)) {
        problems.add("agent_label", "DuplicateValue", "agent_label: has already been taken");
    }
    let was_default = before.is_some_and(|before| before.is_default);
    if (was_default || status.is_default) && !(status.is_default && status.active) {
        let message = "default: the default status of a category can't be switched off; choose another first";
        problems.add("active", "InvalidValue", message);
    }
    problems.finish()?;
    let did = action(status.id.0);
    if status.id.0 == 0 {
        status.id = store::desk::insert_status(tx, &status)?;
    }
    store::desk::update_status(tx, &status)?;
    record(tx, actor, did, ("custom_status", status.id.0, &status.agent_label))?;
    Ok(status.id)
}

/// Deletes a custom status that no ticket has.
///
/// # Errors
/// `Invalid` for default statuses and for those in use, which can be switched off instead.
pub fn delete_status(tx: &mut Tx<'_>, actor: &Actor, id: CustomStatusId) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let status = store::desk::find_status(tx, id)?.ok_or(Error::NotFound)?;
    if status.is_default {
        return Err(Error::invalid("base", "InvalidValue", "The default status of a category can't be deleted"));
    }
    if store::desk::status_in_use(tx, id)? {
        return Err(Error::invalid("base", "InUse", "Tickets have this status: switch it off instead"));
    }
    store::desk::delete_status(tx, id)?;
    record(tx, actor, "destroy", ("custom_status", id.0, &status.agent_label))
}

/// The desk's settings that its admins change.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskSettings {
    /// Name, language and time zone.
    pub desk: people::settings::Desk,
    /// When the desk works.
    pub business_hours: BusinessHours,
    /// What it wants to reach.
    pub goals: Goals,
    /// Who may open requests.
    pub requests: crate::requests::RequestSettings,
}

/// The desk's settings.
pub fn desk_settings(tx: &mut Tx<'_>) -> Result<DeskSettings> {
    Ok(DeskSettings {
        desk: settings::get(tx)?,
        business_hours: settings::get(tx)?,
        goals: settings::get(tx)?,
        requests: settings::get(tx)?,
    })
}

/// Saves the desk's settings. Figures of tickets that were answered or solved before keep the hours of their day.
///
/// # Errors
/// `Invalid` with every problem.
pub fn save_desk_settings(tx: &mut Tx<'_>, actor: &Actor, new: &DeskSettings) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let mut problems = Problems::default();
    problems.name("name", &new.desk.name, LONGEST);
    for (field, zone) in
        [("time_zone", &new.desk.time_zone), ("business_hours.time_zone", &new.business_hours.time_zone)]
    {
        if TimeZone::get(zone).is_err() {
            problems.add(field, "InvalidValue", format!("{field}: {zone:?} is not an IANA time zone"));
        }
    }
    let mut hours = new.business_hours.clone();
    hours.intervals.sort_unstable();
    interval_problems(&hours.intervals, &mut problems);
    for day in hours.holidays.iter().filter(|day| day.parse::<jiff::civil::Date>().is_err() || day.len() != 10) {
        problems.add("business_hours.holidays", "InvalidValue", format!("holidays: {day:?} is not a day (YYYY-MM-DD)"));
    }
    hours.holidays.sort_unstable();
    hours.holidays.dedup();
    for (field, goal) in
        [("goals.first_reply", new.goals.first_reply_ms), ("goals.full_resolution", new.goals.full_resolution_ms)]
    {
        if goal.is_some_and(|ms| !(time::MINUTE..=366 * time::DAY).contains(&ms)) {
            problems.add(field, "InvalidValue", format!("{field}: is a time from a minute to a year"));
        }
    }
    problems.finish()?;
    settings::set(tx, &new.desk)?;
    settings::set(tx, &hours)?;
    settings::set(tx, &new.goals)?;
    settings::set(tx, &new.requests)?;
    audit_log::record(tx, actor, "update", ("desk_settings", None, &new.desk.name), "")?;
    events::push(tx, events::Event::new("views"))
}

fn interval_problems(intervals: &[(i64, i64)], problems: &mut Problems) {
    let field = "business_hours.intervals";
    for (start, end) in intervals {
        if *start < 0 || start >= end || *end > WEEK {
            problems.add(field, "InvalidValue", format!("intervals: {start} to {end} is not within a week"));
        }
    }
    for pair in intervals.windows(2) {
        if pair[1].0 < pair[0].1 {
            problems.add(field, "InvalidValue", format!("intervals: {} lies within another", pair[1].0));
        }
    }
}
