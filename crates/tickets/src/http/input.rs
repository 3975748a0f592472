//! Zendesk's ticket JSON turned into changes. What is wrong with it is told all at once, by name.

use base::{Error, FieldProblem, Result, Timestamp, UserId};
use kernel::Tx;
pub(crate) use kernel::http::as_id;
use people::Contact;
use rules::{Catalogue, Priority, Status, TicketType};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::change::{Change, NewComment};
use crate::content::Content;
use crate::fields;
use crate::ticket::Via;

/// `{"ticket": {...}}`. The keys are those of
/// [Zendesk's tickets](https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/); unknown ones are ignored.
#[derive(Default, Deserialize, JsonSchema)]
pub(crate) struct TicketBody {
    #[serde(default)]
    pub ticket: Map<String, Value>,
}

/// A comment read before its transaction: making HTML safe takes time that no transaction should last.
pub type ReadComment = Option<Result<NewComment>>;

/// What was read, and what could not be.
struct Reader<'a> {
    catalogue: &'a Catalogue,
    changes: Vec<Change>,
    problems: Vec<FieldProblem>,
}

/// The changes that the JSON asks for, but for its comment.
///
/// # Errors
/// `Invalid` with every problem.
pub(crate) fn changes(tx: &mut Tx<'_>, ticket: &Map<String, Value>) -> Result<Vec<Change>> {
    let catalogue = fields::catalogue(tx)?;
    let mut reader = Reader { catalogue: &catalogue, changes: Vec::new(), problems: Vec::new() };
    for (key, value) in ticket {
        reader.read(key, value);
    }
    let Reader { mut changes, mut problems, .. } = reader;
    changes.extend(people_changes(tx, ticket, &mut problems)?);
    if let Some(email) = ticket.get("assignee_email").and_then(Value::as_str) {
        match people::find_by_email(tx, email)? {
            Some(user) => changes.push(Change::Assignee(Some(user.id))),
            None => problems.push(problem("assignee", "Assignee: does not exist")),
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(Error::Invalid(problems)) }
}

impl Reader<'_> {
    fn read(&mut self, key: &str, value: &Value) {
        match key {
            "subject" | "raw_subject" => self.text(key, value, Change::Subject),
            "status" => self.named(key, value, Status::parse, Change::Status),
            "custom_status_id" => self.id(key, value, |id| Change::CustomStatus(id.into())),
            "priority" => self.optional(key, value, Priority::parse, Change::Priority),
            "type" => self.optional(key, value, TicketType::parse, Change::Type),
            "requester_id" => self.id(key, value, |id| Change::Requester(id.into())),
            "assignee_id" => self.optional_id(key, value, |id| Change::Assignee(id.map(Into::into))),
            "group_id" => self.optional_id(key, value, |id| Change::Group(id.map(Into::into))),
            "organization_id" => self.optional_id(key, value, |id| Change::Organization(id.map(Into::into))),
            "brand_id" => self.id(key, value, |id| Change::Brand(id.into())),
            "ticket_form_id" => self.optional_id(key, value, |id| Change::Form(id.map(Into::into))),
            "problem_id" => self.optional_id(key, value, |id| Change::Problem(id.map(Into::into))),
            "due_at" => self.optional(key, value, Timestamp::parse, Change::DueAt),
            "external_id" => self.changes.push(Change::ExternalId(as_text(value))),
            "tags" => self.changes.push(Change::SetTags(as_texts(value))),
            "additional_tags" => self.changes.push(Change::AddTags(as_texts(value))),
            "remove_tags" => self.changes.push(Change::RemoveTags(as_texts(value))),
            "custom_fields" | "fields" => self.custom_fields(value),
            "macro_ids" => {
                let ids = value.as_array().into_iter().flatten().filter_map(as_id);
                self.changes.extend(ids.map(|id| Change::UsedMacro(id.into())));
            }
            "macro_id" => self.id(key, value, |id| Change::UsedMacro(id.into())),
            _ => {}
        }
    }

    fn wrong(&mut self, key: &str, value: &Value) {
        self.problems.push(problem(key, &format!("{key}: {value} is not valid")));
    }

    fn text(&mut self, key: &str, value: &Value, make: impl Fn(String) -> Change) {
        match as_text(value) {
            Some(text) => self.changes.push(make(text)),
            None => self.wrong(key, value),
        }
    }

    fn named<T>(&mut self, key: &str, value: &Value, parse: impl Fn(&str) -> Option<T>, make: impl Fn(T) -> Change) {
        match value.as_str().and_then(parse) {
            Some(named) => self.changes.push(make(named)),
            None => self.wrong(key, value),
        }
    }

    fn optional<T>(
        &mut self,
        key: &str,
        value: &Value,
        parse: impl Fn(&str) -> Option<T>,
        make: impl Fn(Option<T>) -> Change,
    ) {
        match value.as_str() {
            None if value.is_null() => self.changes.push(make(None)),
            Some("" | "-") => self.changes.push(make(None)),
            Some(text) => match parse(text) {
                Some(named) => self.changes.push(make(Some(named))),
                None => self.wrong(key, value),
            },
            None => self.wrong(key, value),
        }
    }

    fn id(&mut self, key: &str, value: &Value, make: impl Fn(i64) -> Change) {
        match as_id(value) {
            Some(id) => self.changes.push(make(id)),
            None if value.is_null() => {}
            None => self.wrong(key, value),
        }
    }

    fn optional_id(&mut self, key: &str, value: &Value, make: impl Fn(Option<i64>) -> Change) {
        match as_id(value) {
            Some(id) => self.changes.push(make(Some(id))),
            None if value.is_null() || value == "" => self.changes.push(make(None)),
            None => self.wrong(key, value),
        }
    }

    /// `[{"id": 1, "value": 2}]` or `{"1": 2}`.
    fn custom_fields(&mut self, value: &Value) {
        let pairs: Vec<(Option<i64>, &Value)> = match value {
            Value::Array(list) => list.iter().map(|entry| (as_id(&entry["id"]), &entry["value"])).collect(),
            Value::Object(map) => map.iter().map(|(id, value)| (id.parse().ok(), value)).collect(),
            _ => return,
        };
        for (id, value) in pairs {
            let Some(field) = id.and_then(|id| self.catalogue.find_custom(id.into())) else { continue };
            match fields::parse_value(field, value) {
                Ok(parsed) => self.changes.push(Change::Field(field.id, parsed)),
                Err(problem) => self.problems.push(problem),
            }
        }
    }
}

fn problem(field: &str, message: &str) -> FieldProblem {
    FieldProblem { field: field.into(), code: "InvalidValue", message: message.into() }
}
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn as_texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(as_text).collect(),
        other => as_text(other).into_iter().collect(),
    }
}

/// People named by `{"user_id"}`, `{"user_email", "user_name"}`, a number or an address.
fn people_of(tx: &mut Tx<'_>, key: &str, list: &[Value], problems: &mut Vec<FieldProblem>) -> Result<Vec<UserId>> {
    let mut out = Vec::new();
    for entry in list.iter().filter(|entry| entry["action"] != "delete") {
        let id = as_id(entry).or_else(|| as_id(&entry["user_id"])).or_else(|| as_id(&entry["id"]));
        let written = entry.as_str().or_else(|| entry["user_email"].as_str()).or_else(|| entry["email"].as_str());
        let email = written.filter(|email| email.contains('@'));
        match (id, email) {
            (Some(id), _) if people::find_user(tx, UserId(id))?.is_some() => out.push(UserId(id)),
            (None, Some(email)) => {
                let name = entry["user_name"].as_str().or_else(|| entry["name"].as_str()).map(str::to_owned);
                let contact = Contact { name, email: Some(email.to_owned()), ..Contact::default() };
                out.push(people::find_or_create(tx, &contact)?.0.id);
            }
            _ => problems.push(problem(key, &format!("{key}: {entry} does not exist"))),
        }
    }
    Ok(out)
}

/// Copies and followers, in each of Zendesk's forms: `email_ccs` and `followers` add and take away as each entry's
/// `action` says, `collaborator_ids` replaces, the other lists add. Agents among collaborators follow, others get copies.
fn people_changes(
    tx: &mut Tx<'_>,
    ticket: &Map<String, Value>,
    problems: &mut Vec<FieldProblem>,
) -> Result<Vec<Change>> {
    type Make = fn(UserId) -> Change;
    let lists: [(&str, Make, Make); 2] =
        [("email_ccs", Change::AddCc, Change::RemoveCc), ("followers", Change::AddFollower, Change::RemoveFollower)];
    let mut changes = Vec::new();
    for (key, add, remove) in lists {
        let Some(list) = ticket.get(key).and_then(Value::as_array) else { continue };
        let (gone, come): (Vec<Value>, Vec<Value>) =
            list.iter().cloned().partition(|entry| entry["action"] == "delete");
        changes.extend(known_people(tx, &gone)?.into_iter().map(remove));
        let come = people_of(tx, key, &come, problems)?;
        if key == "followers" {
            let outsiders = staff_of(tx, &come)?.1;
            problems.extend(outsiders.iter().map(|id| problem(key, &format!("followers: {id} is not an agent"))));
        }
        changes.extend(come.into_iter().map(add));
    }
    if let Some(list) = ticket.get("collaborator_ids").and_then(Value::as_array) {
        let named = people_of(tx, "collaborator_ids", list, problems)?;
        let (staff, others) = staff_of(tx, &named)?;
        changes.extend([Change::SetCcs(others), Change::SetFollowers(staff)]);
    }
    for key in ["collaborators", "additional_collaborators"] {
        let Some(list) = ticket.get(key).and_then(Value::as_array) else { continue };
        let named = people_of(tx, key, list, problems)?;
        let (staff, others) = staff_of(tx, &named)?;
        changes.extend(staff.into_iter().map(Change::AddFollower));
        changes.extend(others.into_iter().map(Change::AddCc));
    }
    Ok(changes)
}

/// Those who work at the desk, and the others.
fn staff_of(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<(Vec<UserId>, Vec<UserId>)> {
    let users = people::users(tx, ids)?;
    Ok(ids.iter().partition(|id| users.iter().any(|user| user.id == **id && user.role.is_staff())))
}

/// Those of the people named who exist; nobody is made.
fn known_people(tx: &mut Tx<'_>, list: &[Value]) -> Result<Vec<UserId>> {
    let mut out = Vec::new();
    for entry in list {
        let email = entry["user_email"].as_str().or_else(|| entry["email"].as_str());
        match (as_id(&entry["user_id"]), email) {
            (Some(id), _) => out.push(UserId(id)),
            (None, Some(email)) => out.extend(people::find_by_email(tx, email)?.map(|user| user.id)),
            _ => {}
        }
    }
    Ok(out)
}

/// People named by one key of a request in any of Zendesk's forms: a list or a single one of numbers, addresses and
/// objects (`{"name", "email"}`, `{"user_id"}`, `{"user_email", "user_name"}`).
///
/// # Errors
/// `Invalid` when one of them does not exist.
pub(crate) fn people_named(tx: &mut Tx<'_>, key: &str, value: Option<&Value>) -> Result<Vec<UserId>> {
    let list = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
    };
    let mut problems = Vec::new();
    let people = people_of(tx, key, &list, &mut problems)?;
    if problems.is_empty() { Ok(people) } else { Err(Error::Invalid(problems)) }
}

/// The language that a person's JSON names by Zendesk's `locale` or `locale_id`.
pub(crate) fn locale(person: &Value) -> Option<base::Locale> {
    let by_id = as_id(&person["locale_id"]).and_then(base::Locale::from_zendesk_id);
    person["locale"].as_str().and_then(base::Locale::parse).or(by_id)
}

/// Who submitted a new ticket, if the JSON names somebody.
pub(crate) fn submitter(tx: &mut Tx<'_>, ticket: &Map<String, Value>) -> Result<Option<UserId>> {
    let Some(id) = ticket.get("submitter_id").and_then(as_id) else { return Ok(None) };
    match people::find_user(tx, UserId(id))? {
        Some(user) => Ok(Some(user.id)),
        None => Err(Error::invalid("submitter", "RecordNotFound", "Submitter: does not exist")),
    }
}

/// The requester of a new ticket: an id, a person to be found or made, or whoever asks.
pub(crate) fn requester(tx: &mut Tx<'_>, ticket: &Map<String, Value>, otherwise: UserId) -> Result<UserId> {
    if let Some(id) = ticket.get("requester_id").and_then(as_id) {
        let found = people::find_user(tx, UserId(id))?;
        return found
            .map(|user| user.id)
            .ok_or_else(|| Error::invalid("requester", "RecordNotFound", "Requester: does not exist"));
    }
    let Some(requester) = ticket.get("requester").and_then(Value::as_object) else { return Ok(otherwise) };
    let text = |key: &str| requester.get(key).and_then(Value::as_str).map(str::to_owned);
    let contact = Contact {
        name: text("name"),
        email: text("email"),
        phone: text("phone"),
        locale: locale(&Value::Object(requester.clone())),
    };
    if contact.email.is_none() && contact.phone.is_none() {
        return Err(Error::invalid("requester", "BlankValue", "Requester: Email: cannot be blank"));
    }
    Ok(people::find_or_create(tx, &contact)?.0.id)
}

/// What a client says of a change beside the change: Zendesk's `metadata`, in the form that audits keep it.
pub(crate) fn metadata(ticket: &Map<String, Value>) -> Value {
    match ticket.get("metadata") {
        Some(custom) if custom.is_object() => json!({"system": {}, "custom": custom}),
        _ => Value::Null,
    }
}

/// The channel that a client says something came by, as Zendesk's `via_id` or `via.channel`.
pub(crate) fn via(ticket: &Map<String, Value>) -> Option<Via> {
    let by_name = ticket.get("via").and_then(|via| via["channel"].as_str()).and_then(Via::parse);
    let by_number = || match ticket.get("via_id").and_then(as_id)? {
        // A voicemail, a call from outside, a call from the desk.
        44..=46 => Some(Via::Voice),
        number => rules::values::VIAS.iter().find(|(_, known)| *known == number).and_then(|(name, _)| Via::parse(name)),
    };
    by_name.or_else(by_number)
}

/// Reads the comment of a ticket's JSON and makes its HTML safe. Outside any transaction.
pub fn comment(ticket: &Map<String, Value>) -> ReadComment {
    if let Some(call) = ticket.get("voice_comment").filter(|call| call.is_object()) {
        let mut call = call.clone();
        if let Some(number) = ticket.get("via_id").filter(|_| call["via_id"].is_null()) {
            call["via_id"] = number.clone();
        }
        return Some(crate::voice::comment(&call));
    }
    let comment = match ticket.get("comment") {
        None | Some(Value::Null) => {
            // The oldest form of the API: a description and nothing else.
            let text = ticket.get("description")?.as_str()?;
            return Some(Ok(NewComment { content: Content::from_text(text), ..NewComment::default() }));
        }
        Some(Value::String(text)) => {
            return Some(Ok(NewComment { content: Content::from_text(text), ..NewComment::default() }));
        }
        Some(other) => other,
    };
    Some(read_comment(comment))
}

fn read_comment(comment: &Value) -> Result<NewComment> {
    if matches!(comment["type"].as_str(), Some("VoiceComment" | "TpeVoiceComment")) && comment["data"].is_object() {
        let mut call = comment["data"].clone();
        for key in ["type", "public", "author_id"] {
            call[key] = comment[key].clone();
        }
        return crate::voice::comment(&call);
    }
    let html = comment["html_body"].as_str().filter(|html| !html.trim().is_empty());
    let text = comment["body"].as_str().or_else(|| comment["value"].as_str()).unwrap_or_default();
    let content = match html {
        Some(html) => Content::from_html(html, |_| None),
        None => Content::from_text(text),
    };
    let send_at = match comment["send_at"].as_str() {
        Some(text) => Some(Timestamp::parse(text).ok_or_else(|| {
            Error::invalid("send_at", "InvalidValue", format!("send_at: {text:?} is not an ISO 8601 time"))
        })?),
        None => None,
    };
    Ok(NewComment {
        content,
        author: as_id(&comment["author_id"]).map(UserId),
        public: comment["public"].as_bool(),
        uploads: as_texts(&comment["uploads"]),
        send_at,
        ..NewComment::default()
    })
}
