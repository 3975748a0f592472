//! Triggers and automations: if this holds, do that. One kind runs on each change of a ticket, the other as time goes by;
//! everything else about them is the same.

use std::collections::BTreeSet;

use base::{Actor, Error, FieldProblem, Permission, Result, Timestamp};
use kernel::{Tx, alarms, audit_log, events};
use rules::{Action, Catalogue, Conditions, GroupChoice, Notified, Payload, Person, Purpose};
use serde_json::Value;
use tickets::placeholders;

use crate::store;

/// The longest title, in characters.
pub(crate) const LONGEST: usize = 255;
/// The most actions.
const MOST_ACTIONS: usize = 100;
/// The alarm of a rule that fails.
pub(crate) const FAILING: &str = "rule_failing";

/// What makes a rule run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A change of a ticket.
    Trigger,
    /// Time.
    Automation,
}

impl Kind {
    /// The name in the database, in the API and in audits.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Trigger => "trigger",
            Kind::Automation => "automation",
        }
    }

    /// What its conditions and actions may say.
    pub fn purpose(self) -> Purpose {
        match self {
            Kind::Trigger => Purpose::Trigger,
            Kind::Automation => Purpose::Automation,
        }
    }
}

/// A rule as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// Its number; 0 before it is saved.
    pub id: i64,
    pub kind: Kind,
    pub title: String,
    pub description: String,
    pub active: bool,
    pub position: i64,
    pub category: Option<i64>,
    /// In Zendesk's JSON, checked when they were saved.
    pub conditions: Value,
    /// In Zendesk's JSON, checked when they were saved.
    pub actions: Value,
    /// How often it failed, one time after the other.
    pub failures: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A folder of triggers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Category {
    /// Its number; 0 before it is saved.
    pub id: i64,
    pub name: String,
    pub position: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a rule says, read.
pub(crate) struct Said {
    pub conditions: Conditions,
    pub actions: Vec<Action>,
}

impl Rule {
    /// What changes that it makes are signed with.
    pub fn reference(&self) -> tickets::change::Rule {
        tickets::change::Rule { kind: self.kind.name(), id: self.id, title: self.title.clone() }
    }

    /// Reads what it says.
    ///
    /// # Errors
    /// `Invalid` with every problem: since it was saved a field may have gone.
    pub fn read(&self, catalogue: &Catalogue) -> Result<Said> {
        let conditions = Conditions::parse(&self.conditions, catalogue, self.kind.purpose());
        let actions = rules::parse_actions_for(&self.actions, catalogue, self.kind.purpose());
        match (conditions, actions) {
            (Ok(conditions), Ok(actions)) => Ok(Said { conditions, actions }),
            (conditions, actions) => {
                Err(Error::Invalid(conditions.err().into_iter().chain(actions.err()).flatten().collect()))
            }
        }
    }

    fn problems(&self, tx: &mut Tx<'_>) -> Result<Vec<FieldProblem>> {
        let mut all = name_problems("title", &self.title);
        if let Some(category) = self.category
            && store::rules::find_category(tx, category)?.is_none()
        {
            all.push(problem("category_id", "RecordNotFound", "category_id: does not exist"));
        }
        let catalogue = tickets::fields::catalogue(tx)?;
        match self.read(&catalogue) {
            Err(Error::Invalid(more)) => all.extend(more),
            Err(other) => return Err(other),
            Ok(said) => {
                if said.conditions.iter().next().is_none() {
                    all.push(problem("conditions", "BlankValue", "Conditions: at least one is needed"));
                }
                if said.actions.is_empty() {
                    all.push(problem("actions", "BlankValue", "Actions: at least one is needed"));
                }
                if said.actions.len() > MOST_ACTIONS {
                    let message = format!("Actions: at most {MOST_ACTIONS} are taken");
                    all.push(problem("actions", "TooLong", message));
                }
                all.extend(action_problems(tx, &said.actions)?);
            }
        }
        Ok(all)
    }
}

pub(crate) fn name_problems(field: &str, name: &str) -> Vec<FieldProblem> {
    let mut all = Vec::new();
    if name.trim().is_empty() {
        all.push(problem(field, "BlankValue", format!("{field}: cannot be blank")));
    }
    if name.chars().count() > LONGEST {
        all.push(problem(field, "TooLong", format!("{field}: is too long (maximum is {LONGEST} characters)")));
    }
    all
}

pub(crate) fn problem(field: &str, code: &'static str, message: impl Into<String>) -> FieldProblem {
    FieldProblem { field: field.into(), code, message: message.into() }
}

/// What actions name must be there, and their texts must be fillable.
fn action_problems(tx: &mut Tx<'_>, actions: &[Action]) -> Result<Vec<FieldProblem>> {
    let mut all = Vec::new();
    for (place, action) in actions.iter().enumerate() {
        let field = format!("actions.{place}.value");
        if let Some(missing) = missing(tx, action)? {
            all.push(problem(&field, "RecordNotFound", format!("{field}: {missing} does not exist")));
        }
        let texts: Vec<&String> = match action {
            Action::NotifyUser(_, mail) | Action::NotifyGroup(_, mail) => vec![&mail.subject, &mail.body],
            Action::NotifyWebhook(_, Payload::Text(text)) => vec![text],
            Action::NotifyWebhook(_, Payload::Pairs(pairs)) => pairs.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        for text in texts {
            match placeholders::check(&field, text) {
                Err(Error::Invalid(more)) => all.extend(more),
                other => other?,
            }
        }
    }
    Ok(all)
}

/// What an action names that isn't there.
fn missing(tx: &mut Tx<'_>, action: &Action) -> Result<Option<&'static str>> {
    let person = match action {
        Action::Assignee(Person::User(id)) | Action::Follower(Person::User(id)) => Some((*id, true)),
        Action::Cc(Person::User(id)) | Action::NotifyUser(Notified::User(id), _) => Some((*id, false)),
        _ => None,
    };
    if let Some((id, works_here)) = person {
        let found = people::find_user(tx, id)?.filter(|user| user.active && (user.role.is_staff() || !works_here));
        return Ok(found.is_none().then_some(if works_here { "the agent" } else { "the person" }));
    }
    Ok(match action {
        Action::Group(Some(GroupChoice::Group(id))) | Action::NotifyGroup(Some(id), _) => {
            (!people::group_exists(tx, *id)?).then_some("the group")
        }
        Action::Brand(id) => (!tickets::desk::brands(tx)?.iter().any(|one| one.id == *id)).then_some("the brand"),
        Action::Form(id) => (!tickets::fields::forms(tx)?.iter().any(|one| one.id == *id)).then_some("the form"),
        Action::CustomStatus(id) => {
            (!tickets::desk::custom_statuses(tx)?.iter().any(|one| one.id == *id)).then_some("the status")
        }
        Action::NotifyWebhook(id, _) => {
            let found = store::webhooks::find(tx, id)?.filter(crate::webhooks::Webhook::is_by_rules);
            found.is_none().then_some("the webhook for rules")
        }
        _ => None,
    })
}

/// Saves a rule, new or changed.
///
/// # Errors
/// `Invalid` with every problem; `Forbidden` without `shared_rules`.
pub(crate) fn save(tx: &mut Tx<'_>, actor: &Actor, rule: &mut Rule) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    let problems = rule.problems(tx)?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    rule.updated_at = tx.now();
    rule.failures = 0;
    let action = if rule.id == 0 { "create" } else { "update" };
    match rule.id {
        0 => rule.id = store::rules::insert(tx, rule)?,
        _ => store::rules::update(tx, rule)?,
    }
    alarms::clear(tx, FAILING, &rule.id.to_string())?;
    if rule.kind == Kind::Automation && rule.active {
        crate::automations::schedule(tx)?;
    }
    changed(tx, actor, action, (rule.kind.name(), rule.id, &rule.title))
}

/// Deletes a rule.
pub(crate) fn delete(tx: &mut Tx<'_>, actor: &Actor, rule: &Rule) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    store::rules::delete(tx, rule.id)?;
    alarms::clear(tx, FAILING, &rule.id.to_string())?;
    changed(tx, actor, "destroy", (rule.kind.name(), rule.id, &rule.title))
}

/// Puts rules into an order; those that are not named come after.
///
/// # Errors
/// `Invalid` for a rule that isn't there, or is there twice.
pub(crate) fn reorder(tx: &mut Tx<'_>, actor: &Actor, kind: Kind, ids: &[i64]) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    let all: Vec<i64> = store::rules::all(tx, kind)?.iter().map(|rule| rule.id).collect();
    let order = ordered(&format!("{}_ids", kind.name()), &all, ids)?;
    store::rules::set_positions(tx, "rules", &order)?;
    changed(tx, actor, "update", (kind.name(), 0, "positions"))
}

/// Those that are named in their order, then the others in theirs.
pub(crate) fn ordered(field: &str, all: &[i64], first: &[i64]) -> Result<Vec<i64>> {
    let mut seen = BTreeSet::new();
    if let Some(wrong) = first.iter().find(|id| !all.contains(id) || !seen.insert(**id)) {
        return Err(Error::invalid(field, "InvalidValue", format!("{field}: {wrong} is not there, or there twice")));
    }
    Ok(first.iter().chain(all.iter().filter(|id| !first.contains(id))).copied().collect())
}

/// Saves a folder, new or changed.
///
/// # Errors
/// As [`save`].
pub(crate) fn save_category(tx: &mut Tx<'_>, actor: &Actor, category: &mut Category) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    let problems = name_problems("name", &category.name);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    category.updated_at = tx.now();
    let action = if category.id == 0 { "create" } else { "update" };
    match category.id {
        0 => category.id = store::rules::insert_category(tx, category)?,
        _ => store::rules::update_category(tx, category)?,
    }
    changed(tx, actor, action, ("trigger_category", category.id, &category.name))
}

/// Deletes a folder that is empty.
///
/// # Errors
/// `Invalid` while there are triggers in it.
pub(crate) fn delete_category(tx: &mut Tx<'_>, actor: &Actor, category: &Category) -> Result<()> {
    actor.needs(Permission::SharedRules)?;
    if store::rules::all(tx, Kind::Trigger)?.iter().any(|rule| rule.category == Some(category.id)) {
        return Err(Error::invalid("base", "InUse", "The category has triggers: move or delete them first"));
    }
    store::rules::delete_category(tx, category.id)?;
    changed(tx, actor, "destroy", ("trigger_category", category.id, &category.name))
}

/// Puts a write on the record and tells browsers. `what`: kind, number, title.
pub(crate) fn changed(tx: &mut Tx<'_>, actor: &Actor, action: &str, what: (&str, i64, &str)) -> Result<()> {
    let (kind, id, title) = what;
    audit_log::record(tx, actor, action, (kind, Some(id).filter(|id| *id != 0), title), "")?;
    events::push(tx, events::Event::new("views"))
}
