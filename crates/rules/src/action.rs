//! Actions of macros and triggers as data, read from and written to Zendesk's JSON
//! ([actions reference](https://developer.zendesk.com/documentation/ticketing/reference-guides/actions-reference/)).

use base::{BrandId, CustomStatusId, FieldId, FieldProblem, FormId, GroupId, UserId};
use serde_json::{Value, json};

use crate::catalogue::{Catalogue, CustomField, CustomKind, custom_id};
use crate::field::Purpose;
use crate::operand;
use crate::values::{Priority, Status, TicketType};

/// One change that a macro or trigger makes.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Set the status category.
    Status(Status),
    /// Set the custom status, and with it the category.
    CustomStatus(CustomStatusId),
    /// Set or clear the priority.
    Priority(Option<Priority>),
    /// Set or clear the type.
    Type(Option<TicketType>),
    /// Assign to a person, or to nobody.
    Assignee(Person),
    /// Give to a group, or to none.
    Group(Option<GroupChoice>),
    /// Move to a brand.
    Brand(BrandId),
    /// Use a form.
    Form(FormId),
    /// Replace the tags by these.
    SetTags(Vec<String>),
    /// Add tags.
    AddTags(Vec<String>),
    /// Take tags away.
    RemoveTags(Vec<String>),
    /// Set the subject.
    Subject(String),
    /// Write a comment as plain text.
    CommentText(String),
    /// Write a comment as HTML.
    CommentHtml(String),
    /// Whether the comment is public.
    CommentPublic(bool),
    /// Copy somebody by mail.
    Cc(Person),
    /// Let an agent follow the ticket.
    Follower(Person),
    /// Set or clear a custom field.
    Custom(FieldId, CustomValue),
    /// Ask the requester how satisfied they are.
    OfferSatisfaction,
    /// Send a mail to people.
    NotifyUser(Notified, Mail),
    /// Send a mail to the members of a group; none: of the ticket's group.
    NotifyGroup(Option<GroupId>, Mail),
    /// Call a webhook, named by its id.
    NotifyWebhook(String, Payload),
}

/// Who gets a mail from a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notified {
    /// Whoever makes the update.
    CurrentUser,
    /// The ticket's requester.
    Requester,
    /// The requester and those who get copies.
    RequesterAndCcs,
    /// The ticket's assignee.
    Assignee,
    /// Everybody who works at the desk.
    AllAgents,
    /// A certain person.
    User(UserId),
}

/// A mail from a rule, with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The body.
    pub body: String,
}

/// What a rule tells a webhook, with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The body as it is sent.
    Text(String),
    /// Names and values: a query or a form.
    Pairs(Vec<(String, String)>),
}

/// Whom an action names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// Nobody: unassign.
    Nobody,
    /// Whoever runs the macro or makes the update.
    CurrentUser,
    /// The ticket's requester.
    Requester,
    /// A certain person.
    User(UserId),
}

/// Which group an action names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupChoice {
    /// A group of whoever runs the macro.
    CurrentGroups,
    /// A certain group.
    Group(GroupId),
}

/// What an action puts into a custom field.
#[derive(Clone, Debug, PartialEq)]
pub enum CustomValue {
    /// Nothing: clear it.
    Nothing,
    /// A text, or an option.
    Text(String),
    /// Options of a multiselect field.
    Options(Vec<String>),
    /// A whole number, or the id of a record.
    Int(i64),
    /// A decimal.
    Real(f64),
    /// A checkbox.
    Flag(bool),
    /// A day, `YYYY-MM-DD`.
    Date(String),
    /// The day so many days after the action is run.
    DaysFromNow(i64),
}

/// What value an action takes. The editor draws its input from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionKind {
    Status,
    CustomStatus,
    Priority,
    Type,
    Assignee,
    Group,
    Brand,
    Form,
    SetTags,
    AddTags,
    RemoveTags,
    Subject,
    CommentText,
    CommentHtml,
    CommentPublic,
    Cc,
    Follower,
    NotifyUser,
    NotifyGroup,
    NotifyWebhook,
    Satisfaction,
}

/// What triggers and automations may do beside, with Zendesk's names.
pub(crate) const NOTIFICATIONS: &[(&str, ActionKind)] = &[
    ("satisfaction_score", ActionKind::Satisfaction),
    ("notification_user", ActionKind::NotifyUser),
    ("notification_group", ActionKind::NotifyGroup),
    ("notification_webhook", ActionKind::NotifyWebhook),
];

/// The names of [`Notified`] in actions.
pub(crate) const NOTIFIED: [(&str, Notified); 5] = [
    ("current_user", Notified::CurrentUser),
    ("requester_id", Notified::Requester),
    ("requester_and_ccs", Notified::RequesterAndCcs),
    ("assignee_id", Notified::Assignee),
    ("all_agents", Notified::AllAgents),
];

/// The built-in actions, in the editor's order, with Zendesk's names.
pub(crate) const ACTIONS: &[(&str, ActionKind)] = &[
    ("comment_value_html", ActionKind::CommentHtml),
    ("comment_value", ActionKind::CommentText),
    ("comment_mode_is_public", ActionKind::CommentPublic),
    ("status", ActionKind::Status),
    ("custom_status_id", ActionKind::CustomStatus),
    ("priority", ActionKind::Priority),
    ("type", ActionKind::Type),
    ("assignee_id", ActionKind::Assignee),
    ("group_id", ActionKind::Group),
    ("current_tags", ActionKind::AddTags),
    ("set_tags", ActionKind::SetTags),
    ("remove_tags", ActionKind::RemoveTags),
    ("subject", ActionKind::Subject),
    ("cc", ActionKind::Cc),
    ("follower", ActionKind::Follower),
    ("brand_id", ActionKind::Brand),
    ("ticket_form_id", ActionKind::Form),
];

/// Reads a list of `{"field", "value"}`.
///
/// # Errors
/// Every problem at once, named by place: `actions.0.value`.
pub fn parse_actions(json: &Value, catalogue: &Catalogue) -> Result<Vec<Action>, Vec<FieldProblem>> {
    parse_actions_for(json, catalogue, Purpose::Macro)
}

/// [`parse_actions`] for rules: triggers and automations notify, and write no comments.
///
/// # Errors
/// As [`parse_actions`].
pub fn parse_actions_for(
    json: &Value,
    catalogue: &Catalogue,
    purpose: Purpose,
) -> Result<Vec<Action>, Vec<FieldProblem>> {
    let list = match json {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return Err(vec![problem("actions".into(), "must be a list".into())]),
    };
    let mut actions = Vec::new();
    let mut problems = Vec::new();
    for (i, item) in list.iter().enumerate() {
        match Action::parse(item, &format!("actions.{i}"), catalogue, purpose) {
            Ok(action) => actions.push(action),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(actions) } else { Err(problems) }
}

/// Writes what [`parse_actions`] reads.
pub fn actions_to_json(actions: &[Action]) -> Value {
    actions.iter().map(Action::to_json).collect()
}

impl Action {
    /// Writes `{"field", "value"}`.
    pub fn to_json(&self) -> Value {
        let (field, value) = match self {
            Action::Custom(id, value) => (format!("custom_fields_{id}"), value.to_json()),
            built_in => (built_in.field_name().to_owned(), built_in.value_json()),
        };
        json!({"field": field, "value": value})
    }

    fn parse(json: &Value, place: &str, catalogue: &Catalogue, purpose: Purpose) -> Result<Self, FieldProblem> {
        let name = json.get("field").and_then(Value::as_str).unwrap_or_default();
        let value = json.get("value").unwrap_or(&Value::Null);
        let wrong_value = |message| problem(format!("{place}.value"), format!("{name}: {message}"));
        if let Some(id) = custom_id(name) {
            let Some(custom) = catalogue.find_custom(id) else {
                return Err(problem(format!("{place}.field"), format!("{name:?} is not a custom field")));
            };
            return parse_custom(value, custom).map(|value| Action::Custom(id, value)).map_err(wrong_value);
        }
        let mut known = ACTIONS.iter().chain(NOTIFICATIONS);
        let Some((_, kind)) = known.find(|(known, _)| *known == name) else {
            return Err(problem(format!("{place}.field"), format!("{name:?} is not a field of actions")));
        };
        if !kind.is_for(purpose) {
            return Err(problem(format!("{place}.field"), format!("{name} can't be used here")));
        }
        parse_built_in(*kind, value).map_err(wrong_value)
    }

    fn kind(&self) -> Option<ActionKind> {
        Some(match self {
            Action::Status(_) => ActionKind::Status,
            Action::CustomStatus(_) => ActionKind::CustomStatus,
            Action::Priority(_) => ActionKind::Priority,
            Action::Type(_) => ActionKind::Type,
            Action::Assignee(_) => ActionKind::Assignee,
            Action::Group(_) => ActionKind::Group,
            Action::Brand(_) => ActionKind::Brand,
            Action::Form(_) => ActionKind::Form,
            Action::SetTags(_) => ActionKind::SetTags,
            Action::AddTags(_) => ActionKind::AddTags,
            Action::RemoveTags(_) => ActionKind::RemoveTags,
            Action::Subject(_) => ActionKind::Subject,
            Action::CommentText(_) => ActionKind::CommentText,
            Action::CommentHtml(_) => ActionKind::CommentHtml,
            Action::CommentPublic(_) => ActionKind::CommentPublic,
            Action::Cc(_) => ActionKind::Cc,
            Action::Follower(_) => ActionKind::Follower,
            Action::Custom(..) => return None,
            Action::OfferSatisfaction => ActionKind::Satisfaction,
            Action::NotifyUser(..) => ActionKind::NotifyUser,
            Action::NotifyGroup(..) => ActionKind::NotifyGroup,
            Action::NotifyWebhook(..) => ActionKind::NotifyWebhook,
        })
    }

    fn field_name(&self) -> &'static str {
        let kind = self.kind();
        ACTIONS.iter().chain(NOTIFICATIONS).find(|(_, known)| Some(*known) == kind).map_or("", |(name, _)| name)
    }

    fn value_json(&self) -> Value {
        match self {
            Action::Status(status) => status.name().into(),
            Action::CustomStatus(id) => id.to_string().into(),
            Action::Priority(priority) => priority.map_or("", Priority::name).into(),
            Action::Type(kind) => kind.map_or("", TicketType::name).into(),
            Action::Assignee(person) | Action::Cc(person) | Action::Follower(person) => person.to_json(),
            Action::Group(None) => "".into(),
            Action::Group(Some(GroupChoice::CurrentGroups)) => "current_groups".into(),
            Action::Group(Some(GroupChoice::Group(id))) => id.to_string().into(),
            Action::Brand(id) => id.to_string().into(),
            Action::Form(id) => id.to_string().into(),
            Action::SetTags(tags) | Action::AddTags(tags) | Action::RemoveTags(tags) => tags.join(" ").into(),
            Action::Subject(text) | Action::CommentText(text) | Action::CommentHtml(text) => text.as_str().into(),
            Action::CommentPublic(flag) => flag.to_string().into(),
            Action::Custom(_, value) => value.to_json(),
            Action::OfferSatisfaction => "offered".into(),
            Action::NotifyUser(to, mail) => json!([to.name(), mail.subject, mail.body]),
            Action::NotifyGroup(to, mail) => {
                json!([to.map_or_else(|| "group_id".to_owned(), |id| id.to_string()), mail.subject, mail.body])
            }
            Action::NotifyWebhook(webhook, Payload::Text(text)) => json!([webhook, text]),
            Action::NotifyWebhook(webhook, Payload::Pairs(pairs)) => json!([webhook, pairs]),
        }
    }
}

impl ActionKind {
    /// Whether rules of a purpose may do it.
    pub(crate) fn is_for(self, purpose: Purpose) -> bool {
        match self {
            Self::CommentText | Self::CommentHtml | Self::CommentPublic => purpose == Purpose::Macro,
            Self::NotifyUser | Self::NotifyGroup | Self::NotifyWebhook | Self::Satisfaction => {
                purpose != Purpose::Macro
            }
            _ => true,
        }
    }
}

impl Notified {
    fn name(self) -> String {
        let known = NOTIFIED.iter().find(|(_, known)| *known == self).map(|(name, _)| (*name).to_owned());
        match self {
            Notified::User(id) => id.to_string(),
            _ => known.unwrap_or_default(),
        }
    }
}

impl Person {
    fn to_json(self) -> Value {
        match self {
            Person::Nobody => "".into(),
            Person::CurrentUser => "current_user".into(),
            Person::Requester => "requester_id".into(),
            Person::User(id) => id.to_string().into(),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" => Ok(Person::Nobody),
            "current_user" => Ok(Person::CurrentUser),
            "requester_id" => Ok(Person::Requester),
            id => id.parse().map(Person::User).map_err(|_| not_an_id(id)),
        }
    }

    fn parse_somebody(text: &str) -> Result<Self, String> {
        match Self::parse(text)? {
            Person::Nobody => Err("the value is missing".into()),
            person => Ok(person),
        }
    }
}

impl CustomValue {
    fn to_json(&self) -> Value {
        match self {
            CustomValue::Nothing => "".into(),
            CustomValue::Text(text) | CustomValue::Date(text) => text.as_str().into(),
            CustomValue::Options(options) => options.clone().into(),
            CustomValue::Int(n) => n.to_string().into(),
            CustomValue::Real(x) => x.to_string().into(),
            CustomValue::Flag(flag) => flag.to_string().into(),
            CustomValue::DaysFromNow(days) => json!(["days_from_now", days.to_string()]),
        }
    }
}

fn parse_built_in(kind: ActionKind, value: &Value) -> Result<Action, String> {
    match kind {
        ActionKind::CommentText => return comment(value).map(Action::CommentText),
        ActionKind::CommentHtml => return comment(value).map(Action::CommentHtml),
        ActionKind::AddTags => return tags(value).map(Action::AddTags),
        ActionKind::RemoveTags => return tags(value).map(Action::RemoveTags),
        ActionKind::NotifyUser | ActionKind::NotifyGroup | ActionKind::NotifyWebhook => {
            return notification(kind, value);
        }
        ActionKind::SetTags => return operand::list(value, crate::FieldKind::Tags).map(lower).map(Action::SetTags),
        _ => {}
    }
    let text = operand::scalar(value)?;
    let none_such = || format!("{text:?} is not one of its values");
    match kind {
        ActionKind::Status => Status::parse(&text).map(Action::Status).ok_or_else(none_such),
        ActionKind::Priority if text.is_empty() => Ok(Action::Priority(None)),
        ActionKind::Priority => Priority::parse(&text).map(|p| Action::Priority(Some(p))).ok_or_else(none_such),
        ActionKind::Type if text.is_empty() => Ok(Action::Type(None)),
        ActionKind::Type => TicketType::parse(&text).map(|t| Action::Type(Some(t))).ok_or_else(none_such),
        ActionKind::Assignee => Person::parse(&text).map(Action::Assignee),
        ActionKind::Cc => Person::parse_somebody(&text).map(Action::Cc),
        ActionKind::Follower => Person::parse_somebody(&text).map(Action::Follower),
        ActionKind::Group => group(&text).map(Action::Group),
        ActionKind::CustomStatus => id(&text).map(|id| Action::CustomStatus(CustomStatusId(id))),
        ActionKind::Satisfaction if text == "offered" => Ok(Action::OfferSatisfaction),
        ActionKind::Satisfaction => Err(none_such()),
        ActionKind::Brand => id(&text).map(|id| Action::Brand(BrandId(id))),
        ActionKind::Form => id(&text).map(|id| Action::Form(FormId(id))),
        ActionKind::CommentPublic => text.parse().map(Action::CommentPublic).map_err(|_| none_such()),
        _ if text.is_empty() => Err("the value is missing".into()),
        _ => Ok(Action::Subject(text)),
    }
}

/// Reads `[whom, subject, body]`, or `[webhook, body]` where the body may be a list of names and values.
fn notification(kind: ActionKind, value: &Value) -> Result<Action, String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let shape = || "the value must be [whom, subject, body]".to_owned();
    if kind == ActionKind::NotifyWebhook {
        let webhook = items.first().and_then(Value::as_str).filter(|id| !id.is_empty());
        let webhook = webhook.ok_or("the value must be [webhook, payload]")?;
        return Ok(Action::NotifyWebhook(webhook.to_owned(), payload(items.get(1))?));
    }
    let [whom, subject, body] = items else { return Err(shape()) };
    let whom = operand::scalar(whom)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(shape);
    let mail = Mail { subject: text(subject)?, body: text(body)? };
    if mail.subject.trim().is_empty() || mail.body.trim().is_empty() {
        return Err("subject and body are missing".into());
    }
    if kind == ActionKind::NotifyGroup {
        let group = if whom == "group_id" { None } else { Some(GroupId(id(&whom)?)) };
        return Ok(Action::NotifyGroup(group, mail));
    }
    match NOTIFIED.iter().find(|(name, _)| *name == whom) {
        Some((_, to)) => Ok(Action::NotifyUser(*to, mail)),
        None => Ok(Action::NotifyUser(Notified::User(UserId(id(&whom)?)), mail)),
    }
}

fn payload(value: Option<&Value>) -> Result<Payload, String> {
    let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([Value::String(name), Value::String(value)]) => Some((name.clone(), value.clone())),
        _ => None,
    };
    match value {
        None | Some(Value::Null) => Ok(Payload::Text(String::new())),
        Some(Value::String(text)) => Ok(Payload::Text(text.clone())),
        Some(Value::Array(pairs)) => {
            let pairs = pairs.iter().map(pair).collect::<Option<_>>();
            pairs.map(Payload::Pairs).ok_or_else(|| "the payload must be a text or pairs of texts".to_owned())
        }
        Some(_) => Err("the payload must be a text or pairs of texts".into()),
    }
}

fn id(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| not_an_id(text))
}

fn not_an_id(text: &str) -> String {
    format!("{text:?} is not an id")
}

fn group(text: &str) -> Result<Option<GroupChoice>, String> {
    match text {
        "" => Ok(None),
        "current_groups" => Ok(Some(GroupChoice::CurrentGroups)),
        _ => id(text).map(|id| Some(GroupChoice::Group(GroupId(id)))),
    }
}

/// Zendesk writes comments as a text, or as `["channel:all", text]`.
fn comment(value: &Value) -> Result<String, String> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Array(items) => items.last().and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    };
    if text.trim().is_empty() { Err("the value is missing".into()) } else { Ok(text.to_owned()) }
}

fn tags(value: &Value) -> Result<Vec<String>, String> {
    let tags = operand::list(value, crate::FieldKind::Tags)?;
    if tags.is_empty() { Err("the value is missing".into()) } else { Ok(lower(tags)) }
}

fn lower(tags: Vec<String>) -> Vec<String> {
    tags.into_iter().map(|tag| tag.to_lowercase()).collect()
}

fn parse_custom(value: &Value, field: &CustomField) -> Result<CustomValue, String> {
    if field.kind == CustomKind::Multiselect {
        return parse_options(value, field);
    }
    if field.kind == CustomKind::Date
        && let Value::Array(items) = value
    {
        return parse_date_list(items);
    }
    let text = operand::scalar(value)?;
    if text.is_empty() {
        return Ok(CustomValue::Nothing);
    }
    let is_not = |what: &str| format!("{text:?} is not {what}");
    match field.kind {
        CustomKind::Text => Ok(CustomValue::Text(text)),
        CustomKind::Checkbox => text.parse().map(CustomValue::Flag).map_err(|_| is_not("one of its values")),
        CustomKind::Date => operand::date(&text).map(CustomValue::Date).ok_or_else(|| is_not("a day (YYYY-MM-DD)")),
        CustomKind::Integer => text.parse().map(CustomValue::Int).map_err(|_| is_not("a whole number")),
        CustomKind::Lookup(_) => id(&text).map(CustomValue::Int),
        CustomKind::Decimal => match text.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(CustomValue::Real(x)),
            _ => Err(is_not("a number")),
        },
        CustomKind::Dropdown | CustomKind::Multiselect => {
            known_option(&text, field)?;
            Ok(CustomValue::Text(text))
        }
    }
}

fn parse_options(value: &Value, field: &CustomField) -> Result<CustomValue, String> {
    let options = operand::list(value, crate::FieldKind::Options)?;
    options.iter().try_for_each(|option| known_option(option, field))?;
    Ok(if options.is_empty() { CustomValue::Nothing } else { CustomValue::Options(options) })
}

fn known_option(value: &str, field: &CustomField) -> Result<(), String> {
    let is_known = field.options.iter().any(|option| option.value == value);
    if is_known { Ok(()) } else { Err(format!("{value:?} is not one of its values")) }
}

/// Zendesk writes days also as `["specific_date", "2026-11-22"]` and `["days_from_now", "3"]`.
fn parse_date_list(items: &[Value]) -> Result<CustomValue, String> {
    let texts: Vec<String> = items.iter().map(operand::scalar).collect::<Result<_, _>>()?;
    let parsed = match texts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["days_from_now", days] => days.parse().ok().map(CustomValue::DaysFromNow),
        ["specific_date", date] | [date] => operand::date(date).map(CustomValue::Date),
        _ => None,
    };
    parsed.ok_or_else(|| "the value must be a day, or [\"days_from_now\", days]".to_owned())
}

fn problem(field: String, message: String) -> FieldProblem {
    FieldProblem { field, code: "InvalidValue", message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::CustomOption;

    fn catalogue() -> Catalogue {
        let options = vec![CustomOption { value: "red".into(), title: "Red".into() }];
        let field = |id, kind| CustomField { id: FieldId(id), title: "F".into(), kind, options: options.clone() };
        Catalogue::new(vec![
            field(1, CustomKind::Dropdown),
            field(2, CustomKind::Multiselect),
            field(3, CustomKind::Date),
            field(4, CustomKind::Checkbox),
        ])
    }

    #[test]
    fn zendesk_s_actions_are_read_and_written_back() {
        let json = json!([
            {"field": "status", "value": "solved"},
            {"field": "priority", "value": ""},
            {"field": "type", "value": "incident"},
            {"field": "assignee_id", "value": "current_user"},
            {"field": "group_id", "value": "12"},
            {"field": "current_tags", "value": "a b"},
            {"field": "set_tags", "value": ""},
            {"field": "comment_value_html", "value": "<p>Hello</p>"},
            {"field": "comment_mode_is_public", "value": "false"},
            {"field": "cc", "value": "7"},
            {"field": "custom_fields_1", "value": "red"},
            {"field": "custom_fields_2", "value": ["red"]},
            {"field": "custom_fields_3", "value": ["days_from_now", "3"]},
            {"field": "custom_fields_4", "value": "true"},
        ]);
        let actions = parse_actions(&json, &catalogue()).unwrap();
        assert_eq!(actions[0], Action::Status(Status::Solved));
        assert_eq!(actions[3], Action::Assignee(Person::CurrentUser));
        assert_eq!(actions_to_json(&actions), json);
    }

    #[test]
    fn rules_notify_and_write_no_comments() {
        let json = json!([
            {"field": "satisfaction_score", "value": "offered"},
            {"field": "notification_user", "value": ["requester_id", "Got it", "{{ticket.id}}"]},
            {"field": "notification_user", "value": ["7", "s", "b"]},
            {"field": "notification_group", "value": ["group_id", "s", "b"]},
            {"field": "notification_group", "value": ["12", "s", "b"]},
            {"field": "notification_webhook", "value": ["01ABC", "{}"]},
            {"field": "notification_webhook", "value": ["01ABC", [["a", "b"]]]},
        ]);
        let actions = parse_actions_for(&json, &catalogue(), Purpose::Trigger).unwrap();
        assert_eq!(actions_to_json(&actions), json);
        assert_eq!(parse_actions(&json, &catalogue()).unwrap_err().len(), 7);
        let wrong = json!([
            {"field": "comment_value", "value": "x"},
            {"field": "notification_user", "value": ["somebody", "s", "b"]},
            {"field": "notification_user", "value": "requester_id"},
            {"field": "notification_webhook", "value": ["01ABC", 7]},
        ]);
        assert_eq!(parse_actions_for(&wrong, &catalogue(), Purpose::Automation).unwrap_err().len(), 4);
    }

    #[test]
    fn comments_for_a_channel_are_read_as_their_text() {
        let json = json!([{"field": "comment_value", "value": ["channel:all", "Hello"]}]);
        assert_eq!(parse_actions(&json, &catalogue()).unwrap(), [Action::CommentText("Hello".into())]);
    }

    #[test]
    fn all_problems_are_named_at_once() {
        let json = json!([
            {"field": "status", "value": "done"},
            {"field": "colour", "value": "red"},
            {"field": "custom_fields_1", "value": "blue"},
            {"field": "custom_fields_9", "value": "x"},
            {"field": "cc", "value": ""},
            7,
        ]);
        let problems = parse_actions(&json, &catalogue()).unwrap_err();
        let places: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
        let expected = [
            "actions.0.value",
            "actions.1.field",
            "actions.2.value",
            "actions.3.field",
            "actions.4.value",
            "actions.5.field",
        ];
        assert_eq!(places, expected);
    }
}
