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

/// The status with this id, if `actor` asked for the work.
pub fn get(tx: &mut Tx<'_>, actor: &Actor, id: &str) -> Result<Progress> {
    let progress = read(&store::progress(tx, id)?)?;
    let theirs = progress.actor == actor.user || actor.user == Actor::SYSTEM;
    if theirs { Ok(progress) } else { Err(Error::NotFound) }
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
