//! Work on many people or organizations, as a job whose progress is shown.

use base::{Actor, Credential, Error, OrganizationId, Result, UserId};
use kernel::jobs::{Claim, Job, enqueue};
use kernel::progress::{self, Step};
use kernel::{App, Tx};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::http::{OrganizationBody, UserBody, alter_user, make_or_change, make_user};
use crate::{access, change, organizations};

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

/// The items of a request: records with their ids, or one change for all of `ids`.
pub(crate) fn items(ids: Option<Vec<i64>>, change: Option<Value>, records: Vec<Value>) -> Vec<Value> {
    let Some(ids) = ids else { return records };
    let with_id = |id: i64| {
        let mut item = change.clone().filter(Value::is_object).unwrap_or_else(|| json!({}));
        item["id"] = id.into();
        item
    };
    ids.into_iter().map(with_id).collect()
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
        let ends = app.clock().now();
        let step = Step {
            status: "completed",
            progress: i64::try_from(results.len()).ok(),
            message: Some(format!("Completed at {ends}")),
            results: Some(results.into()),
            undo: None,
        };
        app.write(move |tx| progress::step(tx, &status, &step)).wait()
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
            let result = apply(tx, &actor, verb, item)?;
            progress::step(tx, &status, &bulk.step("working", &before, &result))?;
            Ok(result)
        })
        .wait()
    }
}

fn body<T: DeserializeOwned>(item: Value) -> Result<T> {
    serde_json::from_value(item).map_err(|cause| Error::invalid("base", "InvalidValue", cause.to_string()))
}

fn apply(tx: &mut Tx<'_>, actor: &Actor, verb: Verb, item: Value) -> Result<Value> {
    let id = item["id"].as_i64().ok_or_else(|| Error::blank("id"));
    match verb {
        Verb::CreateUser => Ok(created(make_user(tx, actor, body::<UserBody>(item)?, None)?.id.0)),
        Verb::CreateOrUpdateUser => {
            let (user, made) = make_or_change(tx, actor, body::<UserBody>(item)?, None)?;
            Ok(if made { created(user.id.0) } else { updated(user.id.0) })
        }
        Verb::UpdateUser => {
            let id = UserId(id?);
            Ok(updated(alter_user(tx, actor, id, body::<UserBody>(item)?)?.id.0))
        }
        Verb::DestroyUser => Ok(deleted(change::delete_user(tx, actor, UserId(id?))?.id.0)),
        Verb::CreateOrganization => {
            let new = body::<OrganizationBody>(item)?.into_change();
            Ok(created(organizations::create_organization(tx, actor, new)?.id.0))
        }
        Verb::UpdateOrganization => {
            let change = body::<OrganizationBody>(item)?.into_change();
            let id = OrganizationId(id?);
            Ok(updated(organizations::update_organization(tx, actor, id, change)?.id.0))
        }
        Verb::DestroyOrganization => {
            let id = id?;
            organizations::delete_organization(tx, actor, OrganizationId(id))?;
            Ok(deleted(id))
        }
    }
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
