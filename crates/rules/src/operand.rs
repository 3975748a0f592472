//! The value of a condition, read by the kind of its field.

use base::Locale;
use serde_json::Value;

use crate::catalogue::Catalogue;
use crate::field::{Field, FieldKey, FieldKind, Relation};
use crate::operator::Operator;
use crate::values::{Priority, Status, via_named, via_number};

/// Days and hours in conditions go up to this many (a hundred years of days).
const LARGEST_SPAN: i64 = 36_500;

/// A list of tags, words, options or ids holds at most so many.
const MOST_VALUES: usize = 200;

/// What a condition compares its field with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// No value: operators such as "present" have none.
    Nothing,
    /// `""`: nobody, none.
    Empty,
    /// A rank, id, whole number, truth value (0, 1), or number of hours or days.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// A name, a text, a day or an instant.
    Text(String),
    /// Words, tags or options: any of them.
    Many(Vec<String>),
    /// Ids: any of them.
    Ids(Vec<i64>),
    /// Whoever looks at the view, or makes the update.
    CurrentUser,
    /// The groups of that person.
    CurrentGroups,
    /// The value of another field: `assignee_id` is `requester_id`.
    SameAs(FieldKey),
}

impl Operand {
    /// Reads a condition's `value`. The error is the second half of an English sentence.
    pub(crate) fn parse(
        json: &Value,
        field: &Field,
        operator: Operator,
        catalogue: &Catalogue,
    ) -> Result<Self, String> {
        let positive = operator.negates().unwrap_or(operator);
        if operator.is_terminal() {
            return Ok(Operand::Nothing);
        }
        if matches!(operator, Operator::WithinPreviousDays | Operator::WithinNextDays) {
            return span(json, "days");
        }
        if positive == Operator::Includes {
            return parse_many(list(json, field.kind)?, field, catalogue);
        }
        let text = scalar(json)?;
        let compares_equal = !matches!(
            operator,
            Operator::LessThan | Operator::LessThanEqual | Operator::GreaterThan | Operator::GreaterThanEqual
        );
        if text.is_empty() && field.nullable && compares_equal {
            return Ok(Operand::Empty);
        }
        if text.is_empty() {
            return Err("the value is missing".into());
        }
        parse_one(&text, field, catalogue)
    }

    /// Writes a condition's `value`: text as Zendesk does, lists for several, null for none.
    pub(crate) fn to_json(&self, kind: FieldKind) -> Value {
        match self {
            Operand::Nothing => Value::Null,
            Operand::Empty => Value::from(""),
            Operand::Int(n) => Value::from(int_name(*n, kind)),
            Operand::Real(x) => Value::from(x.to_string()),
            Operand::Text(text) => Value::from(text_name(text, kind)),
            Operand::Many(words) if kind == FieldKind::Tags || matches!(kind, FieldKind::Words(_)) => {
                Value::from(words.join(" "))
            }
            Operand::Many(options) => Value::from(options.clone()),
            Operand::Ids(ids) => ids.iter().map(ToString::to_string).collect(),
            Operand::CurrentUser => Value::from("current_user"),
            Operand::CurrentGroups => Value::from("current_groups"),
            Operand::SameAs(FieldKey::Assignee) => Value::from("assignee_id"),
            Operand::SameAs(_) => Value::from("requester_id"),
        }
    }
}

fn int_name(n: i64, kind: FieldKind) -> String {
    let name = match kind {
        FieldKind::Status => Status::from_rank(n).map(Status::name),
        FieldKind::Priority => Priority::from_rank(n).map(Priority::name),
        FieldKind::Checkbox => Some(if n == 1 { "true" } else { "false" }),
        FieldKind::Visibility => Some(if n == 1 { "public" } else { "private" }),
        _ => None,
    };
    name.map_or_else(|| n.to_string(), ToOwned::to_owned)
}

fn text_name(text: &str, kind: FieldKind) -> String {
    match kind {
        FieldKind::Via => via_number(text),
        FieldKind::Locale => Locale::parse(text).map_or_else(|| text.to_owned(), |l| l.zendesk_id().to_string()),
        _ => text.to_owned(),
    }
}

fn parse_one(text: &str, field: &Field, catalogue: &Catalogue) -> Result<Operand, String> {
    let none_such = || format!("{text:?} is not one of its values");
    match field.kind {
        FieldKind::Status => Status::parse(text).map(|s| Operand::Int(s.rank())).ok_or_else(none_such),
        FieldKind::Priority => Priority::parse(text).map(|p| Operand::Int(p.rank())).ok_or_else(none_such),
        FieldKind::Choice { values, .. } => known(text, values.contains(&text)),
        FieldKind::Visibility => flag(text, ["private", "public"]),
        FieldKind::Checkbox => flag(text, ["false", "true"]),
        FieldKind::Via => via_named(text).map(|name| Operand::Text(name.into())).ok_or_else(none_such),
        FieldKind::Locale => locale(text).map(|l| Operand::Text(l.code().into())).ok_or_else(none_such),
        FieldKind::Id(relation) => parse_id(text, relation, field.key),
        FieldKind::Integer => text.parse().map(Operand::Int).map_err(|_| format!("{text:?} is not a whole number")),
        FieldKind::Decimal => decimal(text),
        FieldKind::Date => date(text).map(Operand::Text).ok_or_else(|| format!("{text:?} is not a day (YYYY-MM-DD)")),
        FieldKind::Instant => base::Timestamp::parse(text)
            .map(|_| Operand::Text(text.into()))
            .ok_or_else(|| format!("{text:?} is not a day or an ISO 8601 time")),
        FieldKind::HoursSince(_) | FieldKind::HoursUntil => span(&Value::from(text), "hours"),
        FieldKind::Words(_) => phrase(text),
        FieldKind::Text if field.key == FieldKey::Recipient => Ok(Operand::Text(text.to_lowercase())),
        FieldKind::Text => Ok(Operand::Text(text.into())),
        FieldKind::Option => known(text, has_option(field.key, text, catalogue)),
        FieldKind::Tags | FieldKind::Options => Ok(Operand::Many(vec![text.into()])),
    }
}

fn parse_many(words: Vec<String>, field: &Field, catalogue: &Catalogue) -> Result<Operand, String> {
    if words.is_empty() {
        return Err("the value is missing".into());
    }
    if words.len() > MOST_VALUES {
        return Err(format!("at most {MOST_VALUES} values are taken"));
    }
    match field.kind {
        FieldKind::Id(_) => {
            let ids: Result<Vec<i64>, _> = words.iter().map(|word| word.parse()).collect();
            ids.map(Operand::Ids).map_err(|_| "the value must be a list of ids".into())
        }
        FieldKind::Options => match words.iter().find(|word| !has_option(field.key, word, catalogue)) {
            Some(word) => Err(format!("{word:?} is not one of its values")),
            None => Ok(Operand::Many(words)),
        },
        FieldKind::Words(_) => {
            phrase(&words.join(" "))?;
            Ok(Operand::Many(words))
        }
        _ => Ok(Operand::Many(words.iter().map(|word| word.to_lowercase()).collect())),
    }
}

fn parse_id(text: &str, relation: Relation, key: FieldKey) -> Result<Operand, String> {
    match (text, relation, key) {
        ("current_user", Relation::Agent | Relation::User, _) => Ok(Operand::CurrentUser),
        ("current_groups", Relation::Group, _) => Ok(Operand::CurrentGroups),
        ("requester_id", _, FieldKey::Assignee) => Ok(Operand::SameAs(FieldKey::Requester)),
        ("assignee_id", _, FieldKey::Requester) => Ok(Operand::SameAs(FieldKey::Assignee)),
        _ => text.parse().map(Operand::Int).map_err(|_| format!("{text:?} is not an id")),
    }
}

fn known(text: &str, is_known: bool) -> Result<Operand, String> {
    if is_known { Ok(Operand::Text(text.into())) } else { Err(format!("{text:?} is not one of its values")) }
}

fn flag(text: &str, names: [&str; 2]) -> Result<Operand, String> {
    let place = names.iter().position(|name| *name == text);
    place.map(|i| Operand::Int(i64::from(i == 1))).ok_or_else(|| format!("{text:?} is not one of its values"))
}

fn decimal(text: &str) -> Result<Operand, String> {
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(Operand::Real(x)),
        _ => Err(format!("{text:?} is not a number")),
    }
}

fn phrase(text: &str) -> Result<Operand, String> {
    if base::text::query_terms(text).is_empty() {
        return Err("the value has no words".into());
    }
    Ok(Operand::Text(text.into()))
}

/// A day as `YYYY-MM-DD`, if it is one.
pub(crate) fn date(text: &str) -> Option<String> {
    let date: jiff::civil::Date = text.parse().ok()?;
    (date.year() >= 0).then(|| date.strftime("%Y-%m-%d").to_string())
}

fn locale(text: &str) -> Option<Locale> {
    text.parse().ok().and_then(Locale::from_zendesk_id).or_else(|| Locale::parse(text))
}

fn has_option(key: FieldKey, value: &str, catalogue: &Catalogue) -> bool {
    let FieldKey::Custom(id) = key else { return false };
    catalogue.find_custom(id).is_some_and(|field| field.options.iter().any(|option| option.value == value))
}

fn span(json: &Value, unit: &str) -> Result<Operand, String> {
    match scalar(json)?.parse::<i64>() {
        Ok(n) if (0..=LARGEST_SPAN).contains(&n) => Ok(Operand::Int(n)),
        _ => Err(format!("the value must be a whole number of {unit}, up to {LARGEST_SPAN}")),
    }
}

pub(crate) fn scalar(json: &Value) -> Result<String, String> {
    match json {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Array(items) if items.len() == 1 => scalar(&items[0]),
        _ => Err("the value must be one text or number".into()),
    }
}

/// The distinct words of a list. Options of custom fields may hold spaces, so a list of them isn't cut further.
pub(crate) fn list(json: &Value, kind: FieldKind) -> Result<Vec<String>, String> {
    let (texts, is_cut) = match json {
        Value::Array(items) => (items.iter().map(scalar).collect::<Result<Vec<_>, _>>()?, kind == FieldKind::Options),
        other => (vec![scalar(other)?], false),
    };
    let mut words: Vec<String> = Vec::new();
    for text in &texts {
        let parts: Vec<&str> = if is_cut { vec![text] } else { text.split([' ', ',', '\t', '\n', '\r']).collect() };
        for word in parts {
            if !word.is_empty() && !words.iter().any(|seen| seen == word) {
                words.push(word.to_owned());
            }
        }
    }
    Ok(words)
}
