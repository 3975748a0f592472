//! Conditions as data, read from and written to Zendesk's JSON.

use base::FieldProblem;
use serde_json::{Map, Value, json};

use crate::catalogue::Catalogue;
use crate::field::{Field, Purpose};
use crate::operand::Operand;
use crate::operator::Operator;

/// A list holds at most so many conditions: databases bound the depth of expressions.
const MOST_CONDITIONS: usize = 100;

/// One comparison of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// What is compared.
    pub field: Field,
    /// How.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

/// Conditions of a view, trigger or automation: all of `all`, and at least one of `any` unless that is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    /// Every one of these holds.
    pub all: Vec<Condition>,
    /// At least one of these holds, if there are any.
    pub any: Vec<Condition>,
}

impl Conditions {
    /// Reads `{"all": [...], "any": [...]}`; either may be missing.
    ///
    /// # Errors
    /// Every problem at once: fields that aren't in the catalogue or not for this purpose, operators that the field
    /// doesn't have, values that it can't take. Problems are named by place: `conditions.all.0.value`.
    pub fn parse(json: &Value, catalogue: &Catalogue, purpose: Purpose) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let conditions = match json {
            Value::Null => Self::default(),
            Value::Object(object) => Self {
                all: parse_list(object, "all", catalogue, purpose, &mut problems),
                any: parse_list(object, "any", catalogue, purpose, &mut problems),
            },
            _ => {
                problems.push(problem("conditions", "must be an object with the lists \"all\" and \"any\""));
                Self::default()
            }
        };
        if problems.is_empty() { Ok(conditions) } else { Err(problems) }
    }

    /// Writes what [`Conditions::parse`] reads.
    pub fn to_json(&self) -> Value {
        let list = |conditions: &[Condition]| conditions.iter().map(Condition::to_json).collect::<Vec<_>>();
        json!({"all": list(&self.all), "any": list(&self.any)})
    }

    /// Every condition, those of `all` first.
    pub fn iter(&self) -> impl Iterator<Item = &Condition> {
        self.all.iter().chain(&self.any)
    }
}

impl Condition {
    /// Writes `{"field", "operator", "value"}`.
    pub fn to_json(&self) -> Value {
        json!({
            "field": self.field.name,
            "operator": self.operator.name(),
            "value": self.operand.to_json(self.field.kind),
        })
    }

    fn parse(json: &Value, place: &str, catalogue: &Catalogue, purpose: Purpose) -> Result<Self, FieldProblem> {
        let text = |key: &str| json.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = text("field");
        let field = catalogue
            .find(name)
            .ok_or_else(|| problem(&format!("{place}.field"), &format!("{name:?} is not a field of conditions")))?;
        if !field.is_for(purpose) {
            return Err(problem(&format!("{place}.field"), &format!("{name} can't be used here")));
        }
        let operator = Operator::parse(text("operator"))
            .filter(|operator| field.operators(purpose).contains(operator))
            .ok_or_else(|| {
                let message = format!("{:?} is not an operator of {name}", text("operator"));
                problem(&format!("{place}.operator"), &message)
            })?;
        let operand = Operand::parse(json.get("value").unwrap_or(&Value::Null), &field, operator, catalogue)
            .map_err(|message| problem(&format!("{place}.value"), &format!("{name}: {message}")))?;
        Ok(Self { field, operator, operand })
    }
}

fn parse_list(
    object: &Map<String, Value>,
    key: &str,
    catalogue: &Catalogue,
    purpose: Purpose,
    problems: &mut Vec<FieldProblem>,
) -> Vec<Condition> {
    let list = match object.get(key) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => {
            problems.push(problem(&format!("conditions.{key}"), "must be a list"));
            return Vec::new();
        }
    };
    if list.len() > MOST_CONDITIONS {
        let message = format!("has {} conditions; at most {MOST_CONDITIONS} are taken", list.len());
        problems.push(problem(&format!("conditions.{key}"), &message));
        return Vec::new();
    }
    let mut conditions = Vec::new();
    for (i, item) in list.iter().enumerate() {
        match Condition::parse(item, &format!("conditions.{key}.{i}"), catalogue, purpose) {
            Ok(condition) => conditions.push(condition),
            Err(problem) => problems.push(problem),
        }
    }
    conditions
}

fn problem(place: &str, message: &str) -> FieldProblem {
    FieldProblem { field: place.to_owned(), code: "InvalidValue", message: message.to_owned() }
}
