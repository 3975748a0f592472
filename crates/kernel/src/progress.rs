//! Progress of bulk work: Zendesk's `job_statuses`.

use base::{Actor, Error, Result, Timestamp, UserId};
use db::Row;
use serde_json::Value;

use crate::{Tx, events, store};

/// The state of a piece of bulk work.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Its id, `V3-` and 32 hexadecimal digits.
    pub id: String,
    /// Who asked for it.
    pub actor: UserId,
    /// What is being done.
    pub job_type: String,
    /// `queued`, `working`, `completed`, `failed` or `killed`.
    pub status: String,
    /// How many things there are to do.
    pub total: Option<i64>,
    /// How many are done.
    pub progress: Option<i64>,
    /// One English sentence.
    pub message: Option<String>,
    /// What became of each.
    pub results: Option<Value>,
    /// What it takes to undo the work, when that is possible.
    pub undo: Option<Value>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A step forward.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The new status.
    pub status: &'static str,
    /// How many are done by now.
    pub progress: Option<i64>,
    /// One English sentence.
    pub message: Option<String>,
    /// What became of each.
    pub results: Option<Value>,
    /// What it takes to undo the work.
    pub undo: Option<Value>,
}

/// Opens a status for work that is being queued in the same transaction; gives its id.
pub fn queue(tx: &mut Tx<'_>, actor: &Actor, job_type: &str, total: Option<i64>) -> Result<String> {
    let id = format!("V3-{}", tx.app().secrets().hex_id());
    store::add_progress(tx, &id, actor.user, job_type, total)?;
    Ok(id)
}

/// Records a step forward and tells the person who asked.
pub fn step(tx: &mut Tx<'_>, id: &str, step: &Step) -> Result<()> {
    store::update_progress(tx, id, step)?;
    let actor = read(&store::progress(tx, id)?)?.actor;
    events::push(tx, events::Event::new("job").user(actor).payload(Value::from(id)))
}

/// Records that the work is done. `results` stay what they were when none are given.
pub fn complete(tx: &mut Tx<'_>, id: &str, results: Option<Value>) -> Result<()> {
    let message = Some(completed_at(tx.now()));
    step(tx, id, &Step { status: "completed", message, results, ..Step::default() })
}

/// The message of work that is done.
pub fn completed_at(at: Timestamp) -> String {
    at.to_jiff().strftime("Completed at %Y-%m-%d %H:%M:%S +0000").to_string()
}

/// Those of these statuses that the actor asked for, in the order given.
pub fn many(tx: &mut Tx<'_>, actor: &Actor, ids: &[String]) -> Result<Vec<Progress>> {
    let ids: Vec<String> = ids.iter().filter(|id| is_id(id)).cloned().collect();
    let mut out = store::progress_many(tx, actor.user, &ids)?.iter().map(read).collect::<Result<Vec<_>>>()?;
    out.sort_by_key(|progress| ids.iter().position(|id| *id == progress.id));
    Ok(out)
}

/// The status with this id, if `actor` asked for the work.
pub fn get(tx: &mut Tx<'_>, actor: &Actor, id: &str) -> Result<Progress> {
    if !is_id(id) {
        return Err(Error::NotFound);
    }
    let progress = read(&store::progress(tx, id)?)?;
    let theirs = progress.actor == actor.user || actor.user == Actor::SYSTEM;
    if theirs { Ok(progress) } else { Err(Error::NotFound) }
}

/// Whether it can be an id at all; databases take no other characters than text has.
fn is_id(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The newest statuses of the actor's work.
pub fn recent(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Progress>> {
    store::progress_of(tx, actor.user)?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Progress> {
    let json = |column: &str| -> Result<Option<Value>> {
        let text: Option<String> = row.get(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()
    };
    Ok(Progress {
        id: row.get("id")?,
        actor: row.get("actor_id")?,
        job_type: row.get("job_type")?,
        status: row.get("status")?,
        total: row.get("total")?,
        progress: row.get("progress")?,
        message: row.get("message")?,
        results: json("results")?,
        undo: json("undo")?,
        created_at: row.get("created_at")?,
    })
}
