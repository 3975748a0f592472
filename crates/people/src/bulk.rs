//! Work on many people or organizations, as a job whose progress is shown.

use base::{Actor, Credential, Error, Result, UserId};
use kernel::jobs::{Claim, Job, enqueue};
use kernel::progress::{self, Step};
use kernel::{App, Tx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::access;
use crate::http::{At, Numbered, Written, make_or_change};
use crate::organization::{GroupMembership, Organization, OrganizationMembership};
use crate::user::User;

/// What is done to each item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verb {
    CreateUser,
    CreateOrUpdateUser,
    UpdateUser,
    DestroyUser,
    CreateOrganization,
    UpdateOrganization,
    DestroyOrganization,
    CreateGroupMembership,
    DestroyGroupMembership,
    CreateOrganizationMembership,
    DestroyOrganizationMembership,
}

impl Verb {
    /// The `job_type` of the job's status.
    pub fn name(self) -> &'static str {
        match self {
            Verb::CreateUser => "Bulk Create User",
            Verb::CreateOrUpdateUser => "Bulk Create or Update User",
            Verb::UpdateUser => "Bulk Update User",
            Verb::DestroyUser => "Bulk Delete User",
            Verb::CreateOrganization => "Bulk Create Organization",
            Verb::UpdateOrganization => "Bulk Update Organization",
            Verb::DestroyOrganization => "Bulk Delete Organization",
            Verb::CreateGroupMembership => "Bulk Create Group Membership",
            Verb::DestroyGroupMembership => "Bulk Delete Group Membership",
            Verb::CreateOrganizationMembership => "Bulk Create Organization Membership",
            Verb::DestroyOrganizationMembership => "Bulk Delete Organization Membership",
        }
    }
}

/// Work on many people or organizations.
#[derive(Serialize, Deserialize)]
pub struct Bulk {
    status: String,
    actor: UserId,
    verb: Verb,
    items: Vec<Value>,
}

/// The items of a request that names ids: one change for all of them.
pub(crate) fn items(ids: &[i64], change: Option<Value>) -> Vec<Value> {
    let change = change.filter(Value::is_object).unwrap_or_else(|| json!({}));
    let with_id = |id: &i64| {
        let mut item = change.clone();
        item["id"] = (*id).into();
        item
    };
    ids.iter().map(with_id).collect()
}

/// Queues the work; gives the id of its status.
pub(crate) fn queue(tx: &mut Tx<'_>, actor: &Actor, verb: Verb, items: Vec<Value>) -> Result<String> {
    let total = i64::try_from(items.len()).ok();
    let status = progress::queue(tx, actor, verb.name(), total)?;
    enqueue(tx, &Bulk { status: status.clone(), actor: actor.user, verb, items })?;
    Ok(status)
}

impl Job for Bulk {
    const KIND: &'static str = "people.bulk";

    /// Each item is done in one transaction with the progress over it, so that a run that was cut off goes on where it
    /// was.
    fn run(self, app: &App, _: &Claim) -> Result<()> {
        let (user, status) = (self.actor, self.status.clone());
        let begun = app.read(move |tx| {
            let actor = access::actor_of(tx, user, Credential::System)?;
            let progress = progress::get(tx, &actor, &status)?;
            let results = progress.results.and_then(|results| results.as_array().cloned()).unwrap_or_default();
            Ok((actor, results))
        });
        let (actor, mut results) = begun.wait()?;
        for (index, item) in self.items.iter().enumerate().skip(results.len()) {
            let done = self.one(app, &actor, &results, item);
            let result = match done {
                Ok(result) => result,
                Err(error @ Error::Internal(_)) => return Err(error),
                Err(error) => {
                    let result = failed(index, &error);
                    let step = self.step("working", &results, &result);
                    let status = self.status.clone();
                    app.write(move |tx| progress::step(tx, &status, &step)).wait()?;
                    result
                }
            };
            results.push(result);
        }
        let status = self.status.clone();
        app.write(move |tx| progress::complete(tx, &status, Some(results.into()))).wait()
    }
}

impl Bulk {
    fn step(&self, status: &'static str, results: &[Value], result: &Value) -> Step {
        let all: Vec<Value> = results.iter().chain([result]).cloned().collect();
        let message = Some(format!("{} #{}", self.verb.name(), all.len()));
        Step { status, progress: i64::try_from(all.len()).ok(), message, results: Some(all.into()), undo: None }
    }

    fn one(&self, app: &App, actor: &Actor, results: &[Value], item: &Value) -> Result<Value> {
        let (actor, item, verb, status) = (actor.clone(), item.clone(), self.verb, self.status.clone());
        let before = results.to_vec();
        let bulk = Bulk { status: status.clone(), actor: self.actor, verb, items: Vec::new() };
        app.write(move |tx| {
            let mut result = apply(tx, &actor, verb, item)?;
            // What was made has no id that its sender knows it by.
            if result["status"] == "Created" {
                result["index"] = before.len().into();
            }
            progress::step(tx, &status, &bulk.step("working", &before, &result))?;
            Ok(result)
        })
        .wait()
    }
}

fn apply(tx: &mut Tx<'_>, actor: &Actor, verb: Verb, item: Value) -> Result<Value> {
    match verb {
        Verb::CreateUser => create::<User>(tx, actor, item),
        Verb::CreateOrUpdateUser => {
            let (user, made) = make_or_change(tx, actor, body::<User>(item)?, None)?;
            Ok(if made { created(user.id.0) } else { updated(user.id.0) })
        }
        Verb::UpdateUser => update::<User>(tx, actor, item),
        Verb::DestroyUser => destroy::<User>(tx, actor, &item),
        Verb::CreateOrganization => create::<Organization>(tx, actor, item),
        Verb::UpdateOrganization => update::<Organization>(tx, actor, item),
        Verb::DestroyOrganization => destroy::<Organization>(tx, actor, &item),
        Verb::CreateGroupMembership => create::<GroupMembership>(tx, actor, item),
        Verb::DestroyGroupMembership => destroy::<GroupMembership>(tx, actor, &item),
        Verb::CreateOrganizationMembership => create::<OrganizationMembership>(tx, actor, item),
        Verb::DestroyOrganizationMembership => destroy::<OrganizationMembership>(tx, actor, &item),
    }
}

fn body<R: Written>(item: Value) -> Result<R::Body> {
    serde_json::from_value(item).map_err(|cause| Error::invalid("base", "InvalidValue", cause.to_string()))
}

fn create<R: Written>(tx: &mut Tx<'_>, actor: &Actor, item: Value) -> Result<Value> {
    let made = R::create(tx, actor, &At::nothing(), body::<R>(item)?)?;
    Ok(created(made.key("").id))
}

/// The record is named by its number; without one, by that of another system.
fn update<R: Written + Numbered>(tx: &mut Tx<'_>, actor: &Actor, item: Value) -> Result<Value> {
    let id = match (item["id"].as_i64(), item["external_id"].as_str()) {
        (Some(id), _) => id,
        (None, Some(external)) => {
            let found = R::by_external_ids(tx, &[external.to_owned()])?;
            found.first().ok_or(Error::NotFound)?.key("").id
        }
        (None, None) => return Err(Error::blank("id")),
    };
    R::update(tx, actor, &At::number(id), body::<R>(item)?)?;
    Ok(updated(id))
}

fn destroy<R: Written>(tx: &mut Tx<'_>, actor: &Actor, item: &Value) -> Result<Value> {
    let id = item["id"].as_i64().ok_or_else(|| Error::blank("id"))?;
    R::delete(tx, actor, &At::number(id))?;
    Ok(deleted(id))
}

fn created(id: i64) -> Value {
    json!({"id": id, "status": "Created"})
}

fn updated(id: i64) -> Value {
    json!({"id": id, "action": "update", "status": "Updated", "success": true})
}

fn deleted(id: i64) -> Value {
    json!({"id": id, "action": "destroy", "status": "Deleted", "success": true})
}

fn failed(index: usize, error: &Error) -> Value {
    json!({"index": index, "status": "Failed", "success": false, "error": error.code(), "details": error.to_string()})
}
