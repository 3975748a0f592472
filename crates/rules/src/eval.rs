//! Conditions evaluated in memory, on a ticket as it is and, during an update, as it was.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Bound;

use base::text::QueryTerm;

use crate::condition::{Condition, Conditions};
use crate::context::Context;
use crate::field::FieldKey;
use crate::predicate::{About, Predicate, Scalar, Test};

/// The value that a ticket has in a field. The variants that fit a field are named at [`FieldKey`].
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// None: no assignee, no priority, a custom field that isn't filled in.
    Missing,
    /// An id, rank, whole number or time in milliseconds. Custom checkboxes are 0 or 1.
    Int(i64),
    /// A decimal.
    Real(f64),
    /// A truth value.
    Bool(bool),
    /// A name, an option, a text, a day as `YYYY-MM-DD`.
    Text(String),
    /// Tags, or options of a multiselect field.
    Many(Vec<String>),
}

impl<T: Into<Fact>> From<Option<T>> for Fact {
    fn from(value: Option<T>) -> Self {
        value.map_or(Fact::Missing, Into::into)
    }
}

impl From<i64> for Fact {
    fn from(value: i64) -> Self {
        Fact::Int(value)
    }
}

impl From<base::Timestamp> for Fact {
    fn from(value: base::Timestamp) -> Self {
        Fact::Int(value.0)
    }
}

impl From<bool> for Fact {
    fn from(value: bool) -> Self {
        Fact::Bool(value)
    }
}

impl From<&str> for Fact {
    fn from(value: &str) -> Self {
        Fact::Text(value.to_owned())
    }
}

/// What is known of a ticket.
pub trait Facts {
    /// The ticket's value after the update, or simply its value.
    fn now(&self, field: FieldKey) -> Fact;

    /// The value before the update. `None` when there is no update, which makes every "changed" condition false; a new
    /// ticket may answer `Some(Fact::Missing)`, so that its values count as changed to.
    fn before(&self, field: FieldKey) -> Option<Fact>;
}

/// Whether a ticket meets the conditions. No conditions are met by every ticket.
pub fn eval(conditions: &Conditions, context: &Context, facts: &dyn Facts) -> bool {
    let meets = |condition: &Condition| holds(condition, context, facts);
    conditions.all.iter().all(meets) && (conditions.any.is_empty() || conditions.any.iter().any(meets))
}

fn holds(condition: &Condition, context: &Context, facts: &dyn Facts) -> bool {
    let predicate = Predicate::of(condition, context);
    let key = condition.field.key;
    let answer = match predicate.about {
        About::Now => passes(&predicate.test, &facts.now(key), facts),
        About::Change => change(key, facts).is_some(),
        About::ChangeTo => change(key, facts).is_some_and(|(_, now)| passes(&predicate.test, &now, facts)),
        About::ChangeFrom => change(key, facts).is_some_and(|(before, _)| passes(&predicate.test, &before, facts)),
    };
    let in_status = predicate.status.is_none_or(|status| facts.now(FieldKey::Status) == Fact::Int(status.rank()));
    (answer && in_status) != predicate.negated
}

fn change(key: FieldKey, facts: &dyn Facts) -> Option<(Fact, Fact)> {
    let before = sorted(facts.before(key)?);
    let now = sorted(facts.now(key));
    (before != now).then_some((before, now))
}

fn sorted(fact: Fact) -> Fact {
    match fact {
        Fact::Many(words) if words.is_empty() => Fact::Missing,
        Fact::Many(words) => Fact::Many(words.into_iter().collect::<BTreeSet<_>>().into_iter().collect()),
        other => other,
    }
}

fn passes(test: &Test, fact: &Fact, facts: &dyn Facts) -> bool {
    if *fact == Fact::Missing {
        return matches!(test, Test::Among { or_missing: true, .. } | Test::Range { or_missing: true, .. });
    }
    match test {
        Test::Among { values, or_missing } => {
            values.iter().any(|value| equals(fact, value)) || (*or_missing && *fact == Fact::Many(Vec::new()))
        }
        Test::Range { from, to, .. } => above(fact, from) && below(fact, to),
        Test::SameAs(other) => facts.now(*other) == *fact,
        Test::AnyWord(terms) => matches!(fact, Fact::Text(text) if has_any_word(text, terms)),
        Test::Phrase(phrase) => matches!(fact, Fact::Text(text) if has_phrase(text, phrase)),
    }
}

fn equals(fact: &Fact, value: &Scalar) -> bool {
    match (fact, value) {
        (Fact::Many(words), Scalar::Text(text)) => words.contains(text),
        _ => order(fact, value) == Some(Ordering::Equal),
    }
}

fn order(fact: &Fact, value: &Scalar) -> Option<Ordering> {
    match (fact, value) {
        (Fact::Int(a), Scalar::Int(b)) => Some(a.cmp(b)),
        (Fact::Int(a), Scalar::Real(b)) => (*a as f64).partial_cmp(b),
        (Fact::Real(a), Scalar::Real(b)) => a.partial_cmp(b),
        (Fact::Text(a), Scalar::Text(b)) => Some(a.cmp(b)),
        (Fact::Bool(a), Scalar::Bool(b)) => Some(a.cmp(b)),
        (Fact::Bool(a), Scalar::Int(b)) => Some(i64::from(*a).cmp(b)),
        _ => None,
    }
}

fn above(fact: &Fact, bound: &Bound<Scalar>) -> bool {
    match bound {
        Bound::Unbounded => true,
        Bound::Included(value) => order(fact, value).is_some_and(Ordering::is_ge),
        Bound::Excluded(value) => order(fact, value).is_some_and(Ordering::is_gt),
    }
}

fn below(fact: &Fact, bound: &Bound<Scalar>) -> bool {
    match bound {
        Bound::Unbounded => true,
        Bound::Included(value) => order(fact, value).is_some_and(Ordering::is_le),
        Bound::Excluded(value) => order(fact, value).is_some_and(Ordering::is_lt),
    }
}

fn has_any_word(text: &str, terms: &[QueryTerm]) -> bool {
    let index = base::text::index_terms(text);
    terms.iter().any(|term| match &term.prefix {
        Some(prefix) => index.range(prefix.clone()..).next().is_some_and(|word| word.starts_with(prefix.as_str())),
        None => term.alternatives.iter().any(|stem| index.contains(stem)),
    })
}

fn has_phrase(text: &str, phrase: &str) -> bool {
    word_run(text).contains(&word_run(phrase))
}

/// The folded words of a text in their order, each between spaces: ` the printer burns `. A phrase is in a text when
/// its run is in the text's run, which SQL can ask by `LIKE` where the run is stored.
pub fn word_run(text: &str) -> String {
    let folded = base::text::fold(text);
    let mut run = String::from(" ");
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        run.push_str(word);
        run.push(' ');
    }
    run
}
