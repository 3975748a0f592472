//! The same change on many tickets, with progress and undo.

use base::{Credential, Error, Result, TicketId, UserId};
use kernel::jobs::{Claim, Job};
use kernel::progress::{self, Step};
use kernel::{App, Tx};
use rules::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::change::{Change, How, Target};
use crate::commit::{Committed, commit};
use crate::http::input;
use crate::jobs::BULK;
use crate::ticket::{Ticket, Via};
use crate::{access, import, store};

/// Tickets changed by one transaction, so that agents' own saves come in between.
const AT_ONCE: usize = 20;

/// The number of the account that results name: a desk is one account.
const ACCOUNT: i64 = 1;

/// The same change on many tickets.
#[derive(Clone, Serialize, Deserialize)]
pub struct Bulk {
    /// The progress that it reports to.
    pub progress: String,
    /// Who asked for it; it is done with their rights.
    pub actor: UserId,
    /// What to do.
    pub work: Work,
}

/// What is done to each ticket.
#[derive(Clone, Serialize, Deserialize)]
pub enum Work {
    /// Make the tickets that these JSON objects describe.
    Create(Vec<Map<String, Value>>),
    /// Take over the tickets that these JSON objects describe, with their history.
    Import(Vec<Map<String, Value>>),
    /// Change each as its own JSON object says; the object names the ticket by `id`.
    Update(Vec<Map<String, Value>>),
    /// Delete each.
    Delete(Vec<TicketId>),
    /// Delete each as spam.
    Spam(Vec<TicketId>),
    /// Bring each back to what it was: what undo does.
    Restore(Vec<Value>),
}

impl Work {
    /// How many tickets it is about.
    pub fn len(&self) -> usize {
        match self {
            Work::Create(list) | Work::Import(list) | Work::Update(list) => list.len(),
            Work::Delete(ids) | Work::Spam(ids) => ids.len(),
            Work::Restore(list) => list.len(),
        }
    }

    /// What results call it.
    fn action(&self) -> &'static str {
        match self {
            Work::Create(_) | Work::Import(_) => "create",
            Work::Update(_) | Work::Restore(_) => "update",
            Work::Delete(_) | Work::Spam(_) => "delete",
        }
    }

    /// What the status says while it is being done.
    fn doing(&self) -> &'static str {
        match self {
            Work::Create(_) => "Creating ticket",
            Work::Import(_) => "Importing ticket",
            Work::Update(_) | Work::Restore(_) => "Updating ticket",
            Work::Delete(_) | Work::Spam(_) => "Deleting ticket",
        }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What became of one ticket: the line in the results, and what undoes it.
struct Done {
    result: Value,
    undo: Option<Value>,
}

impl Job for Bulk {
    const KIND: &'static str = "bulk";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        let id = self.progress.clone();
        let started = app.read(move |tx| {
            let so_far = progress::get(tx, &base::Actor::system(), &id)?;
            Ok((so_far.progress.unwrap_or(0), so_far.results, so_far.undo))
        });
        // What was done before a restart is not done again.
        let (from, results, undo) = started.wait()?;
        let mut results = results.and_then(|list| list.as_array().cloned()).unwrap_or_default();
        let mut undo = undo.and_then(|list| list.as_array().cloned()).unwrap_or_default();
        let total = self.work.len();
        let mut next = usize::try_from(from).unwrap_or(0);
        while next < total {
            let (bulk, end, so_far, undone) = (self.clone(), (next + AT_ONCE).min(total), results, undo);
            (results, undo) = app.write(move |tx| bulk.step(tx, next..end, so_far, undone)).wait()?;
            next = end;
        }
        let all_went = results.iter().all(|result| result["success"] != false);
        // Zendesk tells of deletions by one word when all went well.
        let deleted = matches!(self.work, Work::Delete(_) | Work::Spam(_)) && all_went;
        let results = deleted.then(|| json!({"success": true}));
        app.write(move |tx| progress::complete(tx, &self.progress, results)).wait()
    }
}

impl Bulk {
    /// Does the work on some of the tickets and records how far it has come, in one transaction. A ticket that can't be
    /// changed is told in the results and stops nothing.
    fn step(
        &self,
        tx: &mut Tx<'_>,
        range: std::ops::Range<usize>,
        mut results: Vec<Value>,
        mut undo: Vec<Value>,
    ) -> Result<(Vec<Value>, Vec<Value>)> {
        let actor = people::actor_of(tx, self.actor, Credential::System)?;
        let end = range.end;
        for index in range {
            match tx.attempt(|tx| self.one(tx, &actor, index)) {
                Ok(done) => {
                    results.push(done.result);
                    undo.extend(done.undo);
                }
                Err(cause @ (Error::Internal(_) | Error::Unavailable(_))) => return Err(cause),
                Err(cause) => {
                    let error = json!({"index": index, "id": self.ticket(index), "action": self.work.action(),
                        "status": "Failed", "success": false, "error": cause.code(), "details": cause.to_string()});
                    results.push(error);
                }
            }
        }
        let step = Step {
            status: "working",
            progress: i64::try_from(end).ok(),
            message: Some(format!("{} #{end}", self.work.doing())),
            results: Some(Value::from(results.clone())),
            undo: (!undo.is_empty()).then(|| Value::from(undo.clone())),
        };
        progress::step(tx, &self.progress, &step)?;
        Ok((results, undo))
    }

    fn ticket(&self, index: usize) -> Option<i64> {
        match &self.work {
            Work::Update(list) => list.get(index)?.get("id").and_then(input::as_id),
            Work::Delete(ids) | Work::Spam(ids) => Some(ids.get(index)?.0),
            Work::Restore(list) => list.get(index)?["id"].as_i64(),
            Work::Create(_) | Work::Import(_) => None,
        }
    }

    fn one(&self, tx: &mut Tx<'_>, actor: &base::Actor, index: usize) -> Result<Done> {
        let id = self.ticket(index).map(TicketId);
        let change = |tx: &mut Tx<'_>, changes: Vec<Change>| {
            let id = id.ok_or(Error::NotFound)?;
            let before = access::get(tx, actor, id)?;
            let committed = commit(tx, actor, Target::Ticket(id), changes, &How::via(Via::Web))?;
            Ok::<_, Error>((before, committed))
        };
        match &self.work {
            Work::Create(list) => self.create(tx, actor, index, &list[index]),
            Work::Import(list) => {
                let read = import::read(list[index].clone())?;
                Ok(created(index, &import::import(tx, actor, read)?))
            }
            Work::Update(list) => {
                let mut changes = input::changes(tx, &list[index])?;
                if let Some(comment) = input::comment(&list[index]) {
                    changes.push(Change::Comment(Box::new(comment?)));
                }
                let (before, after) = change(tx, changes)?;
                Ok(updated(&before, &after))
            }
            Work::Delete(_) | Work::Spam(_) => {
                let spam = matches!(self.work, Work::Spam(_));
                let (before, _) = change(tx, vec![Change::Delete { spam }])?;
                let result = json!({"id": before.id, "action": "delete", "success": true, "status": "Deleted"});
                Ok(Done { result, undo: Some(json!({"id": before.id, "restore": true})) })
            }
            Work::Restore(list) => {
                if list[index]["unmerge"] == true {
                    let id = access::get(tx, actor, id.ok_or(Error::NotFound)?)?.id;
                    crate::merge::unmerge(tx, actor, id)?;
                    let result = json!({"id": id, "action": "update", "success": true, "status": "Updated"});
                    return Ok(Done { result, undo: None });
                }
                let changes = match list[index]["restore"].as_bool() {
                    Some(true) => vec![Change::Restore],
                    _ => {
                        let mut changes = input::changes(tx, list[index].as_object().unwrap_or(&Map::new()))?;
                        // A ticket that was new is new again, which nobody else can make it.
                        let was_new = list[index]["status"] == Status::New.name();
                        changes.extend(was_new.then_some(Change::Reset(Status::New)));
                        changes
                    }
                };
                let id = id.ok_or(Error::NotFound)?;
                let committed = commit(tx, actor, Target::Ticket(id), changes, &How::via(Via::Web))?;
                let result =
                    json!({"id": committed.ticket.id, "action": "update", "success": true, "status": "Updated"});
                Ok(Done { result, undo: None })
            }
        }
    }

    fn create(&self, tx: &mut Tx<'_>, actor: &base::Actor, index: usize, ticket: &Map<String, Value>) -> Result<Done> {
        let mut changes = input::changes(tx, ticket)?;
        changes.retain(|change| !matches!(change, Change::Requester(_)));
        if let Some(comment) = input::comment(ticket) {
            changes.push(Change::Comment(Box::new(comment?)));
        }
        let requester = input::requester(tx, ticket, actor.user)?;
        let new = crate::change::NewTicket::of(requester);
        let committed = commit(tx, actor, Target::New(Box::new(new)), changes, &How::via(Via::Api))?;
        Ok(created(index, &committed))
    }
}

fn created(index: usize, committed: &Committed) -> Done {
    Done { result: json!({"index": index, "id": committed.ticket.id, "account_id": ACCOUNT}), undo: None }
}

/// What an update answers, and the JSON that brings the changed fields back.
fn updated(before: &Ticket, after: &Committed) -> Done {
    let mut undo = Map::new();
    let now = &after.ticket;
    let mut keep = |key: &str, changed: bool, value: Value| {
        if changed {
            undo.insert(key.to_owned(), value);
        }
    };
    keep("status", before.status != now.status, json!(before.status.name()));
    keep("priority", before.priority != now.priority, json!(before.priority.map(rules::Priority::name)));
    keep("type", before.kind != now.kind, json!(before.kind.map(rules::TicketType::name)));
    keep("assignee_id", before.assignee != now.assignee, json!(before.assignee));
    keep("group_id", before.group != now.group, json!(before.group));
    keep("tags", before.tags != now.tags, json!(before.tags));
    let result = json!({"id": now.id, "action": "update", "success": true, "status": "Updated"});
    if undo.is_empty() || now.is_closed() {
        return Done { result, undo: None };
    }
    undo.insert("id".into(), json!(before.id));
    Done { result, undo: Some(Value::Object(undo)) }
}

/// Asks for bulk work; gives the id of its progress.
///
/// # Errors
/// `Forbidden` without the right to change tickets.
pub(crate) fn queue(tx: &mut Tx<'_>, actor: &base::Actor, job_type: &str, work: Work) -> Result<String> {
    actor.needs(BULK)?;
    let deletes = matches!(work, Work::Delete(_) | Work::Spam(_));
    let total = i64::try_from(work.len()).ok().filter(|_| !deletes);
    let progress = progress::queue(tx, actor, job_type, total)?;
    let bulk = Bulk { progress: progress.clone(), actor: actor.user, work };
    kernel::jobs::enqueue(tx, &bulk)?;
    Ok(progress)
}

/// Asks for finished bulk work to be undone; gives the id of the undoing's own progress.
///
/// # Errors
/// `Invalid` when there is nothing that can be undone.
pub(crate) fn undo(tx: &mut Tx<'_>, actor: &base::Actor, id: &str) -> Result<String> {
    let done = progress::get(tx, actor, id)?;
    let steps = done.undo.filter(|_| done.status == "completed").and_then(|undo| match &undo["merged"] {
        Value::Array(ids) => Some(ids.iter().map(|id| json!({"id": id, "unmerge": true})).collect()),
        _ => undo.as_array().cloned(),
    });
    let steps = steps.ok_or_else(|| Error::invalid("base", "InvalidValue", "This work can't be undone"))?;
    store::tickets::forget_undo(tx, id)?;
    queue(tx, actor, "Undo", Work::Restore(steps))
}
