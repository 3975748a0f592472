//! Conditions compiled to SQL over the table alias `t` (`tickets t`), the same text for SQLite and PostgreSQL.
//!
//! Each condition becomes an expression that is true or false, never NULL, so that it can be negated.

use std::ops::Bound;

use base::text::QueryTerm;
use base::{FieldProblem, Fragment, Value};

use crate::catalogue::BUILT_IN;
use crate::condition::{Condition, Conditions};
use crate::context::Context;
use crate::field::{Column, FieldKey, TextScope};
use crate::predicate::{Predicate, Scalar, Test, query_terms};

/// How the database at hand finds words: FTS5 on SQLite, `tsvector` on PostgreSQL.
pub trait FullText {
    /// An expression over `t` that is true of tickets with **all** of `terms` in the texts of that scope, and, when
    /// there is a `phrase`, with its words in their order ([`crate::word_run`] of the text holds that of the phrase).
    fn matches(&self, scope: TextScope, terms: &[QueryTerm], phrase: Option<&str>) -> Fragment;
}

/// Compiles conditions to a WHERE expression over `t`; `1 = 1` when there are none.
///
/// # Errors
/// Conditions about an update ("changed", a field known only then) have no SQL; each is named.
pub fn to_sql(
    conditions: &Conditions,
    context: &Context,
    full_text: &dyn FullText,
) -> Result<Fragment, Vec<FieldProblem>> {
    let problems: Vec<_> = conditions.iter().filter_map(problem).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let compile = |list: &[Condition]| -> Vec<Fragment> {
        list.iter().map(|condition| compile(condition, context, full_text)).collect()
    };
    let mut parts = compile(&conditions.all);
    if !conditions.any.is_empty() {
        parts.push(join(&compile(&conditions.any), " OR ", "1 = 0"));
    }
    Ok(join(&parts, " AND ", "1 = 1"))
}

fn problem(condition: &Condition) -> Option<FieldProblem> {
    let is_about_update = condition.field.column == Column::Update || condition.operator.is_about_update();
    is_about_update.then(|| FieldProblem {
        field: condition.field.name.to_string(),
        code: "InvalidValue",
        message: format!("{} {} can be asked only of an update", condition.field.name, condition.operator.name()),
    })
}

/// The parts in parentheses with a word between them; `empty` when there are none.
pub(crate) fn join(parts: &[Fragment], word: &str, empty: &str) -> Fragment {
    let mut all = Fragment::default();
    match parts {
        [] => return Fragment::new(empty),
        [only] => return only.clone(),
        _ => {}
    }
    all.push("(");
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            all.push(word);
        }
        all.append(part);
    }
    all.push(")");
    all
}

fn compile(condition: &Condition, context: &Context, full_text: &dyn FullText) -> Fragment {
    let predicate = Predicate::of(condition, context);
    match condition.field.column {
        Column::Ticket(column) => ticket_test(column, &predicate),
        Column::Text(scope) => negate_if(predicate.negated, &text_test(scope, &predicate.test, full_text)),
        Column::Tags => exists("ticket_tags v WHERE v.ticket_id = t.id", "v.tag", &predicate),
        Column::Requester(column) => exists("users v WHERE v.id = t.requester_id", &format!("v.{column}"), &predicate),
        Column::Custom(id, column) => {
            let from = format!("ticket_field_values v WHERE v.ticket_id = t.id AND v.field_id = {}", id.0);
            exists(&from, &format!("v.{}", column.name()), &predicate)
        }
        Column::Update => Fragment::new("1 = 0"),
    }
}

fn ticket_test(column: &str, predicate: &Predicate) -> Fragment {
    let expression = format!("t.{column}");
    if let (Test::Among { values, or_missing: false }, true) = (&predicate.test, predicate.negated)
        && let [value] = values.as_slice()
    {
        let mut differs = Fragment::new(format!("{expression} IS DISTINCT FROM "));
        differs.bind(bound_value(value));
        return differs;
    }
    let mut test = value_test(&expression, &predicate.test);
    if let Some(status) = predicate.status {
        let mut while_status = Fragment::new("t.status = ");
        while_status.bind(status.rank());
        test = join(&[while_status, test], " AND ", "1 = 1");
    }
    negate_if(predicate.negated, &test)
}

/// A test of rows of a side table: some row passes, or none is there and missing passes.
fn exists(from: &str, expression: &str, predicate: &Predicate) -> Fragment {
    let mut parts = Vec::new();
    let (test, or_missing) = without_missing(&predicate.test);
    if !matches!(&test, Test::Among { values, .. } if values.is_empty()) {
        let mut some = Fragment::new(format!("EXISTS (SELECT 1 FROM {from} AND "));
        some.append(&value_test(expression, &test)).push(")");
        parts.push(some);
    }
    if or_missing {
        parts.push(Fragment::new(format!("NOT EXISTS (SELECT 1 FROM {from} AND {expression} IS NOT NULL)")));
    }
    let test = join(&parts, " OR ", "1 = 0");
    if predicate.negated {
        let mut negated = Fragment::new("NOT (");
        negated.append(&test).push(")");
        return negated;
    }
    test
}

fn without_missing(test: &Test) -> (Test, bool) {
    match test.clone() {
        Test::Among { values, or_missing } => (Test::Among { values, or_missing: false }, or_missing),
        Test::Range { from, to, or_missing } => (Test::Range { from, to, or_missing: false }, or_missing),
        other => (other, false),
    }
}

fn value_test(expression: &str, test: &Test) -> Fragment {
    match test {
        Test::Among { values, or_missing } => {
            let mut parts = Vec::new();
            if !values.is_empty() {
                parts.push(equals(expression, values));
            }
            if *or_missing {
                parts.push(Fragment::new(format!("{expression} IS NULL")));
            }
            join(&parts, " OR ", "1 = 0")
        }
        Test::Range { from, to, or_missing } => {
            let mut parts = Vec::new();
            parts.extend(side(expression, from, [" >= ", " > "]));
            parts.extend(side(expression, to, [" <= ", " < "]));
            let inside = join(&parts, " AND ", "1 = 1");
            let missing = or_missing.then(|| Fragment::new(format!("{expression} IS NULL")));
            join(&std::iter::once(inside).chain(missing).collect::<Vec<_>>(), " OR ", "1 = 0")
        }
        Test::SameAs(key) => Fragment::new(format!("{expression} = {}", ticket_column(*key))),
        Test::AnyWord(_) | Test::Phrase(_) => Fragment::new("1 = 0"),
    }
}

fn ticket_column(key: FieldKey) -> String {
    let column = BUILT_IN.iter().find(|field| field.key == key).map(|field| field.column);
    match column {
        Some(Column::Ticket(name)) => format!("t.{name}"),
        _ => "NULL".to_owned(),
    }
}

fn equals(expression: &str, values: &[Scalar]) -> Fragment {
    let mut test = Fragment::new(expression);
    match values {
        [value] => test.push(" = ").bind(bound_value(value)),
        _ => test.push(" IN (").bind_all(values.iter().map(bound_value)).push(")"),
    };
    test
}

fn side(expression: &str, bound: &Bound<Scalar>, [included, excluded]: [&str; 2]) -> Option<Fragment> {
    let (value, sign) = match bound {
        Bound::Unbounded => return None,
        Bound::Included(value) => (value, included),
        Bound::Excluded(value) => (value, excluded),
    };
    let mut test = Fragment::new(expression);
    test.push(sign).bind(bound_value(value));
    Some(test)
}

fn bound_value(value: &Scalar) -> Value {
    match value {
        Scalar::Int(n) => Value::Int(*n),
        Scalar::Real(x) => Value::Real(*x),
        Scalar::Text(text) => Value::Text(text.clone()),
        Scalar::Bool(flag) => Value::Bool(*flag),
    }
}

fn text_test(scope: TextScope, test: &Test, full_text: &dyn FullText) -> Fragment {
    match test {
        Test::AnyWord(terms) => {
            let parts: Vec<_> =
                terms.iter().map(|term| full_text.matches(scope, std::slice::from_ref(term), None)).collect();
            join(&parts, " OR ", "1 = 0")
        }
        Test::Phrase(phrase) => full_text.matches(scope, &query_terms(phrase), Some(phrase)),
        _ => Fragment::new("1 = 0"),
    }
}

/// The complement of an expression that may be NULL.
pub(crate) fn negate_if(is_negated: bool, test: &Fragment) -> Fragment {
    if !is_negated {
        return test.clone();
    }
    let mut negated = Fragment::new("(");
    negated.append(test).push(") IS NOT TRUE");
    negated
}
