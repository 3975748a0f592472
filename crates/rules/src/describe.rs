//! The vocabulary of conditions and actions as an editor needs it, in the shape of Zendesk's `/views/definitions` and
//! `/triggers/definitions`. Editors hold no list of their own.
//!
//! Words on screen live in the web catalogues: `title_key` names them. What an admin wrote carries its own `title`.

use base::Locale;
use schemars::JsonSchema;
use serde::Serialize;

use crate::action::{ACTIONS, ActionKind, NOTIFICATIONS, NOTIFIED};
use crate::catalogue::{Catalogue, CustomField, CustomKind};
use crate::field::{Field, FieldKey, FieldKind, Purpose, Relation};
use crate::operator::Operator;
use crate::values::{Priority, Status, TicketType, VIAS};

/// What a rule of one purpose may say.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Definitions {
    /// Fields for conditions that must all hold.
    pub conditions_all: Vec<ConditionDefinition>,
    /// Fields for conditions of which one must hold.
    pub conditions_any: Vec<ConditionDefinition>,
    /// Fields for actions.
    pub actions: Vec<ActionDefinition>,
}

/// One field of conditions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConditionDefinition {
    /// The condition's `field`.
    pub subject: String,
    /// Its words on screen.
    #[serde(flatten)]
    pub title: TitleDefinition,
    /// Always `ticket` for built-in fields, `custom` for custom ones.
    pub group: &'static str,
    /// How the value is put in.
    #[serde(rename = "type")]
    pub input: Input,
    /// Whether the value may be `""`, meaning none.
    pub nullable: bool,
    /// The operators to choose from.
    pub operators: Vec<OperatorDefinition>,
    /// The values to choose from, when they are few and known.
    pub values: Vec<ValueDefinition>,
    /// The API list that further values come from: `agents`, `groups` ...
    pub values_from: Option<&'static str>,
}

/// One field of actions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActionDefinition {
    /// The action's `field`.
    pub subject: String,
    /// Its words on screen.
    #[serde(flatten)]
    pub title: TitleDefinition,
    /// Always `ticket` for built-in fields, `custom` for custom ones.
    pub group: &'static str,
    /// How the value is put in.
    #[serde(rename = "type")]
    pub input: Input,
    /// Whether the value may be `""`, meaning none.
    pub nullable: bool,
    /// Whether a rule may have several of these.
    pub repeatable: bool,
    /// The values to choose from, when they are few and known.
    pub values: Vec<ValueDefinition>,
    /// The API list that further values come from.
    pub values_from: Option<&'static str>,
}

/// Words on screen: one of the two is given.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct TitleDefinition {
    /// What an admin wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A key of the web catalogues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_key: Option<String>,
}

/// One operator of a field.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OperatorDefinition {
    /// The condition's `operator`.
    pub value: &'static str,
    /// Its words on screen.
    #[serde(flatten)]
    pub title: TitleDefinition,
    /// Whether it takes no value.
    pub terminal: bool,
    /// How its value is put in, when other than for the field's other operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Input>,
}

/// One value to choose.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ValueDefinition {
    /// The condition's or action's `value`.
    pub value: String,
    /// Its words on screen.
    #[serde(flatten)]
    pub title: TitleDefinition,
    /// Whether it can be chosen.
    pub enabled: bool,
}

/// How a value is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Choose one of the values.
    List,
    /// Choose any of the values.
    Multiselect,
    /// Choose a record, looked up by name.
    Autocomplete,
    /// Tags.
    Tags,
    /// A line of text.
    Text,
    /// Plain text of several lines.
    Textarea,
    /// Formatted text.
    RichText,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A number of hours.
    Hours,
    /// A number of days.
    Days,
    /// A day.
    Date,
    /// Whom to write to, a subject, a body.
    Mail,
    /// Which webhook, and what to tell it.
    Webhook,
}

/// The vocabulary for rules of that purpose.
pub fn describe(catalogue: &Catalogue, purpose: Purpose) -> Definitions {
    let conditions: Vec<_> = catalogue
        .fields()
        .filter(|field| field.is_for(purpose))
        .map(|field| condition_definition(&field, catalogue, purpose))
        .collect();
    let actions = if purpose == Purpose::View { Vec::new() } else { action_definitions(catalogue, purpose) };
    Definitions { conditions_all: conditions.clone(), conditions_any: conditions, actions }
}

fn condition_definition(field: &Field, catalogue: &Catalogue, purpose: Purpose) -> ConditionDefinition {
    let (input, values_from) = input_of(field.kind);
    ConditionDefinition {
        subject: field.name.to_string(),
        title: match &field.title {
            Some(title) => own(title),
            None => key(format!("rules.fields.{}", field.name)),
        },
        group: if matches!(field.key, FieldKey::Custom(_)) { "custom" } else { "ticket" },
        input,
        nullable: field.nullable,
        operators: field.operators(purpose).into_iter().map(|op| operator_definition(op, field.kind)).collect(),
        values: condition_values(field, catalogue),
        values_from,
    }
}

fn own(title: &str) -> TitleDefinition {
    TitleDefinition { title: Some(title.to_owned()), title_key: None }
}

fn key(key: String) -> TitleDefinition {
    TitleDefinition { title: None, title_key: Some(key) }
}

fn operator_definition(operator: Operator, kind: FieldKind) -> OperatorDefinition {
    let is_days = matches!(operator, Operator::WithinPreviousDays | Operator::WithinNextDays);
    let is_several = matches!(operator, Operator::Includes | Operator::NotIncludes) && matches!(kind, FieldKind::Id(_));
    // "is" looks for a string in a text and "includes" for words: the catalogues have own words for it.
    let family = if matches!(kind, FieldKind::Words(_)) { "operators_text" } else { "operators" };
    OperatorDefinition {
        value: operator.name(),
        title: key(format!("rules.{family}.{}", operator.name())),
        terminal: operator.is_terminal(),
        format: if is_days { Some(Input::Days) } else { is_several.then_some(Input::Multiselect) },
    }
}

fn input_of(kind: FieldKind) -> (Input, Option<&'static str>) {
    use FieldKind as K;
    match kind {
        K::Status | K::Priority | K::Choice { .. } | K::Visibility | K::Via | K::Locale => (Input::List, None),
        K::Checkbox | K::Option => (Input::List, None),
        K::Options => (Input::Multiselect, None),
        K::Id(relation) => (Input::Autocomplete, Some(list_of(relation))),
        K::Tags => (Input::Tags, Some("tags")),
        K::Words(_) | K::Text => (Input::Text, None),
        K::Integer => (Input::Integer, None),
        K::Decimal => (Input::Decimal, None),
        K::Date | K::Instant => (Input::Date, None),
        K::HoursSince(_) | K::HoursUntil => (Input::Hours, None),
    }
}

fn list_of(relation: Relation) -> &'static str {
    match relation {
        Relation::Agent => "agents",
        Relation::User => "users",
        Relation::Group => "groups",
        Relation::Organization => "organizations",
        Relation::Brand => "brands",
        Relation::Form => "ticket_forms",
        Relation::CustomStatus => "custom_statuses",
    }
}

fn condition_values(field: &Field, catalogue: &Catalogue) -> Vec<ValueDefinition> {
    let mut values = Vec::new();
    if field.nullable {
        values.push(value("", key("rules.values.none".into())));
    }
    match field.kind {
        FieldKind::Status => values.extend(named("status", Status::NAMES)),
        FieldKind::Priority => values.extend(named("priority", Priority::NAMES)),
        FieldKind::Choice { values: names, .. } => values.extend(named(&field.name, names)),
        FieldKind::Visibility => values.extend(named(&field.name, &["public", "private"])),
        FieldKind::Checkbox => values.extend(flags()),
        FieldKind::Via => {
            values
                .extend(VIAS.iter().map(|(name, id)| value(&id.to_string(), key(format!("rules.values.via.{name}")))));
        }
        FieldKind::Locale => {
            values.extend(Locale::ALL.into_iter().map(|l| value(&l.zendesk_id().to_string(), own(l.name()))));
        }
        FieldKind::Id(relation) => values.extend(placeholders(relation, field.key)),
        FieldKind::Option | FieldKind::Options => values.extend(options(field.key, catalogue)),
        _ => {}
    }
    values
}

fn value(value: &str, title: TitleDefinition) -> ValueDefinition {
    ValueDefinition { value: value.to_owned(), title, enabled: true }
}

fn named(family: &str, names: &[&str]) -> Vec<ValueDefinition> {
    names.iter().map(|name| value(name, key(format!("rules.values.{family}.{name}")))).collect()
}

fn flags() -> Vec<ValueDefinition> {
    named("checkbox", &["true", "false"])
}

fn placeholders(relation: Relation, field: FieldKey) -> Vec<ValueDefinition> {
    let mut names = Vec::new();
    match relation {
        Relation::Agent | Relation::User => names.push("current_user"),
        Relation::Group => names.push("current_groups"),
        _ => {}
    }
    match field {
        FieldKey::Assignee => names.push("requester_id"),
        FieldKey::Requester => names.push("assignee_id"),
        _ => {}
    }
    names.into_iter().map(|name| value(name, key(format!("rules.values.{name}")))).collect()
}

fn options(field: FieldKey, catalogue: &Catalogue) -> Vec<ValueDefinition> {
    let FieldKey::Custom(id) = field else { return Vec::new() };
    catalogue.find_custom(id).map(custom_options).unwrap_or_default()
}

fn custom_options(field: &CustomField) -> Vec<ValueDefinition> {
    field.options.iter().map(|option| value(&option.value, own(&option.title))).collect()
}

fn action_definitions(catalogue: &Catalogue, purpose: Purpose) -> Vec<ActionDefinition> {
    let built_in = ACTIONS.iter().chain(NOTIFICATIONS).filter(|(_, kind)| kind.is_for(purpose));
    let built_in = built_in.map(|(name, kind)| built_in_action(name, *kind));
    built_in.chain(catalogue.custom().iter().map(custom_action)).collect()
}

fn built_in_action(name: &str, kind: ActionKind) -> ActionDefinition {
    use ActionKind as A;
    let none = || value("", key("rules.values.none".into()));
    let me = || value("current_user", key("rules.values.current_user".into()));
    let with_none = |names: Vec<ValueDefinition>| std::iter::once(none()).chain(names).collect::<Vec<_>>();
    let (input, values, values_from) = match kind {
        A::Status => (Input::List, named("status", &Status::NAMES[1..5]), None),
        A::CustomStatus => (Input::Autocomplete, Vec::new(), Some("custom_statuses")),
        A::Priority => (Input::List, with_none(named("priority", Priority::NAMES)), None),
        A::Type => (Input::List, with_none(named("type", TicketType::NAMES)), None),
        A::Assignee => (Input::Autocomplete, vec![none(), me()], Some("agents")),
        A::Group => {
            let values = with_none(placeholders(Relation::Group, FieldKey::Group));
            (Input::Autocomplete, values, Some("groups"))
        }
        A::Brand => (Input::Autocomplete, Vec::new(), Some("brands")),
        A::Form => (Input::Autocomplete, Vec::new(), Some("ticket_forms")),
        A::SetTags | A::AddTags | A::RemoveTags => (Input::Tags, Vec::new(), Some("tags")),
        A::Subject => (Input::Text, Vec::new(), None),
        A::CommentText => (Input::Textarea, Vec::new(), None),
        A::CommentHtml => (Input::RichText, Vec::new(), None),
        A::CommentPublic => (Input::List, named("comment_is_public", &["true", "false"]), None),
        A::Cc => (Input::Autocomplete, vec![me()], Some("users")),
        A::Follower => (Input::Autocomplete, vec![me()], Some("agents")),
        A::Satisfaction => (Input::List, named("satisfaction_score", &["offered"]), None),
        A::NotifyUser => {
            let names: Vec<&str> = NOTIFIED.iter().map(|(name, _)| *name).collect();
            (Input::Mail, named("notified", &names), Some("users"))
        }
        A::NotifyGroup => (Input::Mail, named("notified", &["group_id"]), Some("groups")),
        A::NotifyWebhook => (Input::Webhook, Vec::new(), Some("webhooks")),
    };
    ActionDefinition {
        subject: name.to_owned(),
        title: key(format!("rules.actions.{name}")),
        group: "ticket",
        input,
        nullable: values.first().is_some_and(|first| first.value.is_empty()),
        repeatable: matches!(kind, A::Cc | A::Follower | A::NotifyUser | A::NotifyGroup | A::NotifyWebhook),
        values,
        values_from,
    }
}

fn custom_action(field: &CustomField) -> ActionDefinition {
    let (input, values_from) = input_of(field.field().kind);
    ActionDefinition {
        subject: format!("custom_fields_{}", field.id),
        title: own(&field.title),
        group: "custom",
        input,
        nullable: field.kind != CustomKind::Checkbox,
        repeatable: false,
        values: if field.kind == CustomKind::Checkbox { flags() } else { custom_options(field) },
        values_from,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::condition::Conditions;

    #[test]
    fn a_field_is_described_with_its_operators_and_values() {
        let json = serde_json::to_value(describe(&Catalogue::default(), Purpose::View)).unwrap();
        let status = &json["conditions_all"][0];
        assert_eq!(status["subject"], "status");
        assert_eq!(status["title_key"], "rules.fields.status");
        assert_eq!(status["type"], "list");
        assert_eq!(status["operators"][2]["value"], "less_than");
        assert_eq!(
            status["values"][1],
            json!({"value": "open", "title_key": "rules.values.status.open", "enabled": true})
        );
    }

    #[test]
    fn whatever_is_described_with_values_is_accepted() {
        for purpose in [Purpose::View, Purpose::Trigger, Purpose::Automation] {
            let catalogue = Catalogue::default();
            for field in describe(&catalogue, purpose).conditions_all {
                for operator in field.operators.iter().filter(|operator| !operator.terminal) {
                    let ordering = operator.value.contains("than");
                    let several = operator.value.contains("includes");
                    for value in field.values.iter().filter(|v| !(v.value.is_empty() && (ordering || several))) {
                        if several && value.value.parse::<i64>().is_err() {
                            continue;
                        }
                        let condition =
                            json!({"field": field.subject, "operator": operator.value, "value": value.value});
                        let parsed = Conditions::parse(&json!({"all": [condition]}), &catalogue, purpose);
                        assert!(parsed.is_ok(), "{condition}: {parsed:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn views_have_no_actions_and_macros_no_conditions() {
        let catalogue = Catalogue::default();
        assert!(describe(&catalogue, Purpose::View).actions.is_empty());
        let macros = describe(&catalogue, Purpose::Macro);
        assert!(macros.conditions_all.is_empty());
        let subjects: BTreeSet<_> = macros.actions.iter().map(|action| action.subject.clone()).collect();
        assert_eq!(subjects.len(), ACTIONS.len());
    }

    #[test]
    fn every_title_is_a_key_or_a_text() {
        let json = serde_json::to_value(describe(&Catalogue::default(), Purpose::Trigger)).unwrap();
        let titled = |item: &Value| item["title_key"].is_string() != item["title"].is_string();
        for field in json["conditions_all"].as_array().unwrap() {
            assert!(titled(field), "{field}");
            assert!(field["operators"].as_array().unwrap().iter().all(titled));
            assert!(field["values"].as_array().unwrap().iter().all(titled));
        }
    }
}
