//! Events on their way to the browsers, as server-sent events with a cursor.
//!
//! One task a node reads new events, renders each once and hands it to every connection, which drops what its actor may
//! not see. A connection that comes back with a cursor is first given what it missed, from the database.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Actor, Result, TicketId, UserId};
use db::{Db, Row};
use serde_json::Value;
use tokio::sync::{broadcast, mpsc, watch};

use crate::{App, Tx, store};

/// Rendered events that a slow connection may lag behind before it is sent back to the database.
const BACKLOG: usize = 4_096;

/// Events read at once.
const CHUNK: i64 = 200;

/// An event as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its number.
    pub seq: i64,
    /// Its kind.
    pub kind: String,
    /// The ticket that it is about.
    pub ticket: Option<TicketId>,
    /// The person that it is for.
    pub user: Option<UserId>,
    /// What else it carries.
    pub payload: Value,
}

/// Whether an actor may see an event.
pub type Audience = Arc<dyn Fn(&Actor) -> bool + Send + Sync>;

/// An event as browsers get it.
pub struct Rendered {
    /// Its number, which is the cursor after it.
    pub seq: i64,
    /// The JSON text.
    pub json: String,
    /// Who may see it.
    pub audience: Audience,
    /// The person whose rights it changes: their connections end, and come back with the new rights.
    pub ends_sessions_of: Option<UserId>,
}

/// Makes the JSON of one kind of event, and says who may see it. `None` when there is nothing left to show.
pub type Renderer = fn(&mut Tx<'_>, &Stored) -> Result<Option<(Value, Audience)>>;

/// The renderers by kind; a part of the app, put together in wiring.
#[derive(Default)]
pub struct Renderers(HashMap<&'static str, Renderer>);

impl Renderers {
    /// Adds the renderer of a kind.
    pub fn with(mut self, kind: &'static str, renderer: Renderer) -> Self {
        self.0.insert(kind, renderer);
        self
    }
}

/// The stream of one node.
pub struct Live {
    bell: watch::Receiver<u64>,
    stream: broadcast::Sender<Arc<Rendered>>,
}

/// What a connection is sent.
pub enum Message {
    /// An event: its cursor and its JSON.
    Event(i64, String),
    /// The cursor is older than what is kept: fetch everything anew, and go on from this one.
    Reset(i64),
}

impl Live {
    pub(crate) fn new(db: &Db) -> Self {
        let (ring, bell) = watch::channel(0);
        db.on_commit(move || ring.send_modify(|count| *count += 1));
        Self { bell, stream: broadcast::channel(BACKLOG).0 }
    }

    /// Reads and hands out events for as long as the app lives. One task a node runs this.
    pub async fn run(app: App) {
        let mut bell = app.live().bell.clone();
        let mut last = app.read(store::event_range).await.map_or(0, |range| range.1);
        while bell.changed().await.is_ok() {
            // Who begins to listen after this look reads everything up to here from the database.
            let newest = app.read(store::event_range).await.map_or(last, |range| range.1);
            if app.live().stream.receiver_count() == 0 {
                last = newest;
                continue;
            }
            loop {
                let rendered = match app.read(move |tx| render_after(tx, last)).await {
                    Ok(rendered) => rendered,
                    Err(cause) => {
                        tracing::error!(%cause, "events could not be read");
                        break;
                    }
                };
                let Some((seq, events)) = rendered else { break };
                last = seq;
                for event in events {
                    // Without a connection there is nobody to tell.
                    let _ = app.live().stream.send(Arc::new(event));
                }
            }
        }
    }

    /// The number of the newest event.
    pub async fn cursor(app: &App) -> Result<i64> {
        Ok(app.read(store::event_range).await?.1)
    }

    /// Everything after `cursor` that the actor may see, from now until the receiver is dropped.
    pub fn subscribe(app: &App, actor: Actor, cursor: i64) -> mpsc::Receiver<Message> {
        let (give, receiver) = mpsc::channel(64);
        let app = app.clone();
        tokio::spawn(async move { feed(&app, &actor, cursor, &give).await });
        receiver
    }
}

/// `None` when there is nothing after `seq`; else the number of the last event read, and those that have a renderer.
fn render_after(tx: &mut Tx<'_>, seq: i64) -> Result<Option<(i64, Vec<Rendered>)>> {
    let rows = store::events_after(tx, seq, CHUNK)?;
    let Some(last) = rows.last() else { return Ok(None) };
    let last = last.get("seq")?;
    let mut out = Vec::new();
    for row in &rows {
        let event = stored(row)?;
        let Some(renderer) = tx.app().part::<Renderers>().and_then(|r| r.0.get(event.kind.as_str())) else { continue };
        let Some((mut json, audience)) = renderer(tx, &event)? else { continue };
        json["seq"] = event.seq.into();
        json["kind"] = event.kind.as_str().into();
        let ends_sessions_of = event.user.filter(|_| event.kind == "user");
        out.push(Rendered { seq: event.seq, json: json.to_string(), audience, ends_sessions_of });
    }
    Ok(Some((last, out)))
}

fn stored(row: &Row) -> Result<Stored> {
    let payload: String = row.get("payload")?;
    Ok(Stored {
        seq: row.get("seq")?,
        kind: row.get("kind")?,
        ticket: row.get("ticket_id")?,
        user: row.get("user_id")?,
        payload: serde_json::from_str(&payload).unwrap_or_default(),
    })
}

/// Sends what was missed, then what comes, until somebody hangs up.
async fn feed(app: &App, actor: &Actor, mut cursor: i64, give: &mpsc::Sender<Message>) -> Option<()> {
    loop {
        let mut stream = app.live().stream.subscribe();
        cursor = replay(app, actor, cursor, give).await?;
        loop {
            let event = tokio::select! {
                event = stream.recv() => event,
                () = give.closed() => return None,
            };
            match event {
                Ok(event) if event.seq > cursor => {
                    cursor = event.seq;
                    send(actor, &event, give).await?;
                }
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => break,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

async fn replay(app: &App, actor: &Actor, mut cursor: i64, give: &mpsc::Sender<Message>) -> Option<i64> {
    let (first, last) = app.read(store::event_range).await.ok()?;
    if cursor > last || cursor + 1 < first {
        give.send(Message::Reset(last)).await.ok()?;
        return Some(last);
    }
    while let Some((seq, events)) = app.read(move |tx| render_after(tx, cursor)).await.ok()? {
        for event in &events {
            send(actor, event, give).await?;
        }
        cursor = seq;
    }
    Some(cursor)
}

async fn send(actor: &Actor, event: &Rendered, give: &mpsc::Sender<Message>) -> Option<()> {
    if event.ends_sessions_of == Some(actor.user) {
        return None;
    }
    if (event.audience)(actor) {
        give.send(Message::Event(event.seq, event.json.clone())).await.ok()?;
    }
    Some(())
}
