//! Triggers at work: after each change of a ticket, in their order.
//!
//! A trigger runs at most once for a change. When one changes the ticket, those before it are asked again. What
//! triggers change starts no triggers, so that there is an end to it. What fails is undone by itself and told to the admin.

use std::collections::BTreeSet;

use base::{Error, Result};
use kernel::{Tx, alarms};
use serde_json::json;
use tickets::Update;

use crate::facts::Seen;
use crate::perform::perform;
use crate::rule::{FAILING, Kind, Rule, Said};
use crate::store;

/// A rule that failed so often, one time after the other, is switched off.
const MOST_FAILURES: i64 = 10;

/// The [`tickets::Reaction`] that runs the triggers.
pub fn run_triggers(tx: &mut Tx<'_>, update: &mut Update) -> Result<()> {
    let by_trigger = update.how.rule.as_ref().is_some_and(|rule| rule.kind == Kind::Trigger.name());
    if by_trigger || update.after.deleted_at.is_some() {
        return Ok(());
    }
    let triggers = read_all(tx)?;
    let mut done = BTreeSet::new();
    while let Some((rule, said)) = next(tx, update, &triggers, &done)? {
        done.insert(rule.id);
        run(tx, update, rule, said)?;
    }
    Ok(())
}

/// Whether a trigger with these conditions (Zendesk's JSON) would run on a change.
///
/// # Errors
/// `Invalid` with every problem of the conditions.
pub fn would_run(tx: &mut Tx<'_>, update: &Update, conditions: &serde_json::Value) -> Result<bool> {
    let catalogue = tickets::fields::catalogue(tx)?;
    let conditions = rules::Conditions::parse(conditions, &catalogue, Kind::Trigger.purpose());
    let conditions = conditions.map_err(Error::Invalid)?;
    let context = tickets::views::context(tx, &update.actor)?;
    Ok(rules::eval(&conditions, &context, &Seen::of(tx, update)?))
}

/// The triggers that can be read. One that can't is told to the admin.
fn read_all(tx: &mut Tx<'_>) -> Result<Vec<(Rule, Said)>> {
    let active = store::rules::active(tx, Kind::Trigger)?;
    if active.is_empty() {
        return Ok(Vec::new());
    }
    let catalogue = tickets::fields::catalogue(tx)?;
    let mut all = Vec::new();
    for rule in active {
        match rule.read(&catalogue) {
            Ok(said) => all.push((rule, said)),
            Err(cause) => failed(tx, &rule, &cause)?,
        }
    }
    Ok(all)
}

/// The first trigger that has not run yet and whose conditions hold now.
fn next<'a>(
    tx: &mut Tx<'_>,
    update: &Update,
    triggers: &'a [(Rule, Said)],
    done: &BTreeSet<i64>,
) -> Result<Option<(&'a Rule, &'a Said)>> {
    if triggers.len() == done.len() {
        return Ok(None);
    }
    let context = tickets::views::context(tx, &update.actor)?;
    let seen = Seen::of(tx, update)?;
    let mut waiting = triggers.iter().filter(|(rule, _)| !done.contains(&rule.id));
    let found = waiting.find(|(_, said)| rules::eval(&said.conditions, &context, &seen));
    Ok(found.map(|(rule, said)| (rule, said)))
}

fn run(tx: &mut Tx<'_>, update: &mut Update, rule: &Rule, said: &Said) -> Result<()> {
    let done = tx.attempt(|tx| {
        let after = perform(tx, rule, &said.actions, &update.after, &update.actor)?;
        store::rules::add_run(tx, rule.id, update.after.id)?;
        Ok(after)
    });
    match done {
        Ok(after) => {
            update.after = after;
            succeeded(tx, rule)
        }
        Err(cause) => failed(tx, rule, &cause),
    }
}

/// A rule that works again has not failed.
pub(crate) fn succeeded(tx: &mut Tx<'_>, rule: &Rule) -> Result<()> {
    if rule.failures == 0 {
        return Ok(());
    }
    store::rules::set_failures(tx, rule.id, 0, true)?;
    alarms::clear(tx, FAILING, &rule.id.to_string())
}

/// Tells the admin of a rule that failed, and switches it off when that happened too often.
pub(crate) fn failed(tx: &mut Tx<'_>, rule: &Rule, cause: &Error) -> Result<()> {
    let failures = rule.failures + 1;
    let off = failures >= MOST_FAILURES;
    tracing::warn!(kind = rule.kind.name(), rule = rule.id, failures, code = cause.code(), "a rule failed");
    store::rules::set_failures(tx, rule.id, failures, !off)?;
    let error = match cause {
        Error::Internal(_) => cause.code().to_owned(),
        other => base::text::excerpt(&other.to_string(), 300),
    };
    let subject = rule.id.to_string();
    if off {
        // What is said changes: it is off now.
        alarms::clear(tx, FAILING, &subject)?;
    }
    let fields = json!({"kind": rule.kind.name(), "rule_id": rule.id, "title": rule.title, "error": error, "off": off});
    alarms::raise(tx, FAILING, &subject, &fields)
}
