//! What a condition asks, free of kinds and operators: the one meaning that evaluation and SQL share.

use std::ops::Bound;

use base::Timestamp;
use base::text::QueryTerm;
use base::time::HOUR;

use crate::condition::Condition;
use crate::context::{Context, day_name, day_number};
use crate::field::{Field, FieldKey, FieldKind};
use crate::operand::Operand;
use crate::operator::Operator;
use crate::values::Status;

/// A single value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Int(i64),
    Real(f64),
    Text(String),
    Bool(bool),
}

/// A question about one value. A missing value answers "no" unless `or_missing`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Among { values: Vec<Scalar>, or_missing: bool },
    Range { from: Bound<Scalar>, to: Bound<Scalar>, or_missing: bool },
    SameAs(FieldKey),
    AnyWord(Vec<QueryTerm>),
    Phrase(String),
}

/// Which value the test is put to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    Now,
    Change,
    ChangeTo,
    ChangeFrom,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Predicate {
    pub about: About,
    pub test: Test,
    /// The whole answer is turned round, so `is_not` is always the complement of `is`.
    pub negated: bool,
    /// The ticket must also have this status.
    pub status: Option<Status>,
}

impl Predicate {
    pub(crate) fn of(condition: &Condition, context: &Context) -> Self {
        let positive = condition.operator.negates().unwrap_or(condition.operator);
        let (about, operator) = match positive {
            Operator::Changed => (About::Change, Operator::Present),
            Operator::Value => (About::ChangeTo, Operator::Is),
            Operator::ValuePrevious => (About::ChangeFrom, Operator::Is),
            other => (About::Now, other),
        };
        let mut negated = condition.operator.negates().is_some();
        let mut test = test(&condition.field, operator, &condition.operand, context);
        let is_unchecked = condition.field.kind == FieldKind::Checkbox && condition.operand == Operand::Int(0);
        if is_unchecked && about == About::Now {
            test = among([Scalar::Int(1)]);
            negated = !negated;
        } else if is_unchecked {
            test = Test::Among { values: vec![Scalar::Int(0)], or_missing: true };
        } else if operator == Operator::Present && about == About::Now {
            test = MISSING;
            negated = !negated;
        }
        let status = match condition.field.kind {
            FieldKind::HoursSince(status) => status,
            _ => None,
        };
        Self { about, test, negated, status }
    }
}

/// The first words of a text to look for. More are left out, because databases bound the depth of expressions.
pub(crate) fn query_terms(text: &str) -> Vec<QueryTerm> {
    const MOST_WORDS: usize = 50;
    let mut terms = base::text::query_terms(text);
    terms.truncate(MOST_WORDS);
    terms
}

const MISSING: Test = Test::Among { values: Vec::new(), or_missing: true };
const NEVER: Test = Test::Among { values: Vec::new(), or_missing: false };

fn among(values: impl IntoIterator<Item = Scalar>) -> Test {
    Test::Among { values: values.into_iter().collect(), or_missing: false }
}

fn range(from: Bound<Scalar>, to: Bound<Scalar>) -> Test {
    Test::Range { from, to, or_missing: false }
}

fn test(field: &Field, operator: Operator, operand: &Operand, context: &Context) -> Test {
    match operand {
        Operand::Nothing => NEVER,
        Operand::Empty => MISSING,
        Operand::CurrentUser => among(context.current_user.map(|user| Scalar::Int(user.0))),
        Operand::CurrentGroups => among(context.current_groups.iter().map(|group| Scalar::Int(group.0))),
        Operand::SameAs(key) => Test::SameAs(*key),
        Operand::Ids(ids) => among(ids.iter().map(|id| Scalar::Int(*id))),
        Operand::Many(words) if matches!(field.kind, FieldKind::Words(_)) => {
            Test::AnyWord(query_terms(&words.join(" ")))
        }
        Operand::Many(words) => among(words.iter().cloned().map(Scalar::Text)),
        Operand::Int(n) => int_test(field, operator, *n, context),
        Operand::Real(x) => compare(operator, Scalar::Real(*x)),
        Operand::Text(text) => text_test(field, operator, text, context),
    }
}

fn int_test(field: &Field, operator: Operator, n: i64, context: &Context) -> Test {
    match field.kind {
        FieldKind::HoursSince(_) => hours_since(operator, n, context.now),
        FieldKind::HoursUntil => hours_until(operator, n, context.now),
        FieldKind::Visibility => among([Scalar::Bool(n == 1)]),
        FieldKind::Instant => instants_near(operator, n, context),
        FieldKind::Date => days_near(operator, n, context),
        FieldKind::Priority if operator == Operator::LessThan => {
            Test::Range { from: Bound::Unbounded, to: Bound::Excluded(Scalar::Int(n)), or_missing: true }
        }
        _ => compare(operator, Scalar::Int(n)),
    }
}

fn text_test(field: &Field, operator: Operator, text: &str, context: &Context) -> Test {
    match field.kind {
        FieldKind::Words(_) => Test::Phrase(text.to_owned()),
        _ if field.key == FieldKey::CommentPublic => comment_test(text),
        FieldKind::Instant => instant_test(operator, text, context),
        FieldKind::Choice { missing: Some(missing), .. } => {
            Test::Among { values: vec![Scalar::Text(text.to_owned())], or_missing: missing == text }
        }
        _ => compare(operator, Scalar::Text(text.to_owned())),
    }
}

/// Zendesk's modes of a comment: present, public, internal, seen by the requester.
fn comment_test(mode: &str) -> Test {
    match mode {
        "not_relevant" => among([Scalar::Bool(true), Scalar::Bool(false)]),
        "false" => among([Scalar::Bool(false)]),
        _ => among([Scalar::Bool(true)]),
    }
}

fn compare(operator: Operator, value: Scalar) -> Test {
    match operator {
        Operator::LessThan => range(Bound::Unbounded, Bound::Excluded(value)),
        Operator::LessThanEqual => range(Bound::Unbounded, Bound::Included(value)),
        Operator::GreaterThan => range(Bound::Excluded(value), Bound::Unbounded),
        Operator::GreaterThanEqual => range(Bound::Included(value), Bound::Unbounded),
        _ => among([value]),
    }
}

fn at(time: Timestamp) -> Scalar {
    Scalar::Int(time.0)
}

/// Counts whole hours that have passed: "is 5" from the fifth hour to the sixth, "greater than 5" past the fifth.
fn hours_since(operator: Operator, hours: i64, now: Timestamp) -> Test {
    let mark = now.plus(-hours * HOUR);
    match operator {
        Operator::LessThan => range(Bound::Excluded(at(mark)), Bound::Included(at(now))),
        Operator::GreaterThan => range(Bound::Unbounded, Bound::Excluded(at(mark))),
        _ => range(Bound::Excluded(at(mark.plus(-HOUR))), Bound::Included(at(mark))),
    }
}

/// Counts whole hours that are left; what is past is not "less than".
fn hours_until(operator: Operator, hours: i64, now: Timestamp) -> Test {
    let mark = now.plus(hours * HOUR);
    match operator {
        Operator::LessThan => range(Bound::Included(at(now)), Bound::Excluded(at(mark))),
        Operator::GreaterThan => range(Bound::Excluded(at(mark)), Bound::Unbounded),
        _ => range(Bound::Included(at(mark)), Bound::Excluded(at(mark.plus(HOUR)))),
    }
}

fn instants_near(operator: Operator, days: i64, context: &Context) -> Test {
    let today = context.today();
    if operator == Operator::WithinPreviousDays {
        range(Bound::Included(at(context.start_of_day(today - days))), Bound::Included(at(context.now)))
    } else {
        range(Bound::Included(at(context.now)), Bound::Excluded(at(context.start_of_day(today + days + 1))))
    }
}

fn days_near(operator: Operator, days: i64, context: &Context) -> Test {
    let today = context.today();
    let named = |day| Bound::Included(Scalar::Text(day_name(day)));
    if operator == Operator::WithinPreviousDays {
        range(named(today - days), named(today))
    } else {
        range(named(today), named(today + days))
    }
}

/// A day stands for all its instants: before it, within it, after it.
fn instant_test(operator: Operator, text: &str, context: &Context) -> Test {
    let Some(day) = day_number(text) else {
        return Timestamp::parse(text).map_or(NEVER, |instant| compare(operator, at(instant)));
    };
    let start = at(context.start_of_day(day));
    let end = at(context.start_of_day(day + 1));
    match operator {
        Operator::LessThan => range(Bound::Unbounded, Bound::Excluded(start)),
        Operator::LessThanEqual => range(Bound::Unbounded, Bound::Excluded(end)),
        Operator::GreaterThan => range(Bound::Included(end), Bound::Unbounded),
        Operator::GreaterThanEqual => range(Bound::Included(start), Bound::Unbounded),
        _ => range(Bound::Included(start), Bound::Excluded(end)),
    }
}
