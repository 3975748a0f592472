//! What is promised: [SLA policies](https://developer.zendesk.com/api-reference/ticketing/business-rules/sla_policies/) to
//! customers, and [group SLA policies](https://developer.zendesk.com/api-reference/ticketing/business-rules/group_sla_policies/)
//! between groups. The first policy in order whose filter fits a ticket counts.

use std::collections::BTreeSet;

use base::{Actor, Error, FieldProblem, Permission, Result, Timestamp};
use kernel::Tx;
use rules::{Conditions, Priority, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rule::{changed, name_problems, ordered, problem};
use crate::store;

/// The longest time that can be promised, in seconds: ten years.
const LONGEST_TARGET: i64 = 10 * 366 * 24 * 3_600;

/// To whom something is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To customers.
    Ticket,
    /// To other groups.
    Group,
}

impl Kind {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Ticket => "ticket",
            Kind::Group => "group",
        }
    }

    /// The name in the API.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Ticket => "sla_policy",
            Kind::Group => "group_sla_policy",
        }
    }

    /// The times that can be promised.
    pub fn metrics(self) -> &'static [&'static str] {
        match self {
            Kind::Ticket => &[
                "first_reply_time",
                "next_reply_time",
                "periodic_update_time",
                "pausable_update_time",
                "requester_wait_time",
                "agent_work_time",
                "total_resolution_time",
            ],
            Kind::Group => &["group_ownership_time"],
        }
    }
}

/// One time that is promised to tickets of one priority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub priority: String,
    pub metric: String,
    pub seconds: i64,
    pub business_hours: bool,
}

/// A policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Policy {
    /// Its number; 0 before it is saved.
    pub id: i64,
    pub kind: Kind,
    pub title: String,
    pub description: String,
    pub position: i64,
    /// Conditions in Zendesk's JSON, checked when they were saved.
    pub filter: Value,
    pub targets: Vec<Target>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Policy {
    fn problems(&self, tx: &mut Tx<'_>) -> Result<Vec<FieldProblem>> {
        let mut all = name_problems("title", &self.title);
        let catalogue = tickets::fields::catalogue(tx)?;
        match Conditions::parse(&self.filter, &catalogue, Purpose::View) {
            Err(more) => all.extend(more.into_iter().map(in_filter)),
            Ok(filter) if self.kind == Kind::Group && filter.iter().any(|one| one.field.name != "group_id") => {
                all.push(problem("filter", "InvalidValue", "filter: group SLA policies look at the group only"));
            }
            Ok(_) => {}
        }
        let mut seen = BTreeSet::new();
        for target in &self.targets {
            let mut wrong = |message: String| all.push(problem("policy_metrics", "InvalidValue", message));
            let Target { priority, metric, seconds, .. } = target;
            if !self.kind.metrics().contains(&metric.as_str()) {
                let known = self.kind.metrics().join(", ");
                wrong(format!("policy_metrics: {metric:?} is not one of {known}"));
            }
            if Priority::parse(priority).is_none() {
                wrong(format!("policy_metrics: {priority:?} is not a priority"));
            }
            if !(1..=LONGEST_TARGET).contains(seconds) {
                wrong(format!("policy_metrics: the target of {metric} ({priority}) is no time that can be kept"));
            }
            if !seen.insert((priority, metric)) {
                wrong(format!("policy_metrics: {metric} ({priority}) is there twice"));
            }
        }
        Ok(all)
    }
}

/// Problems of a filter are named as such.
fn in_filter(one: FieldProblem) -> FieldProblem {
    FieldProblem { field: one.field.replacen("conditions", "filter", 1), ..one }
}

/// Saves a policy, new or changed.
///
/// # Errors
/// `Invalid` with every problem; `Forbidden` without `shared_rules`.
pub(crate) fn save(tx: &mut Tx<'_>, actor: &Actor, policy: &mut Policy) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    let problems = policy.problems(tx)?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    policy.updated_at = tx.now();
    let action = if policy.id == 0 { "create" } else { "update" };
    match policy.id {
        0 => policy.id = store::sla::insert(tx, policy)?,
        _ => store::sla::update(tx, policy)?,
    }
    changed(tx, actor, action, (policy.kind.word(), policy.id, &policy.title))
}

/// Deletes a policy.
pub(crate) fn delete(tx: &mut Tx<'_>, actor: &Actor, policy: &Policy) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    store::sla::delete(tx, policy.id)?;
    changed(tx, actor, "destroy", (policy.kind.word(), policy.id, &policy.title))
}

/// Puts policies into an order; those that are not named come after.
///
/// # Errors
/// `Invalid` for a policy that isn't there, or is there twice.
pub(crate) fn reorder(tx: &mut Tx<'_>, actor: &Actor, kind: Kind, ids: &[i64]) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    let all: Vec<i64> = store::sla::all(tx, kind)?.iter().map(|policy| policy.id).collect();
    let order = ordered(&format!("{}_ids", kind.word()), &all, ids)?;
    store::rules::set_positions(tx, "sla_policies", &order)?;
    changed(tx, actor, "update", (kind.word(), 0, "positions"))
}
