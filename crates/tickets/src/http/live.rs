//! The live stream, and how each kind of event is shown in it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use base::{Actor, CommentId, NotificationId, Result};
use kernel::http::{Answer, Me, Needs, Origin, Params, Routes};
use kernel::live::{Audience, Live, Message, Renderers, Stored};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::{Stream, StreamExt, wrappers::ReceiverStream};

use super::bulk::job_json;
use super::personal::{notification_json, presence_json};
use crate::view::Context;
use crate::{access, personal, store};

pub(super) fn routes() -> Routes {
    Routes::new().get("/api/v2/live", live).needs(Needs::Staff).query::<LiveQuery>()
}

#[derive(Deserialize, JsonSchema)]
struct LiveQuery {
    /// The number after which to go on; without one the stream begins now.
    cursor: Option<i64>,
}

async fn live(
    app: State<App>,
    Me(actor): Me,
    headers: HeaderMap,
    Params(query): Params<LiveQuery>,
) -> Answer<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>> {
    // A browser that reconnects by itself says how far it got.
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let cursor = match last.or(query.cursor) {
        Some(cursor) => cursor,
        None => Live::cursor(&app).await?,
    };
    let hello = json!({"seq": cursor, "kind": "hello", "cursor": cursor}).to_string();
    let hello = tokio_stream::once(Event::default().id(cursor.to_string()).data(hello));
    let messages = ReceiverStream::new(Live::subscribe(&app, actor, cursor)).map(|message| match message {
        Message::Event(seq, json) => Event::default().id(seq.to_string()).data(json),
        Message::Reset(seq) => {
            let reset = json!({"seq": seq, "kind": "reset", "cursor": seq}).to_string();
            Event::default().id(seq.to_string()).data(reset)
        }
    });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(20));
    Ok(Sse::new(hello.chain(messages).map(Ok)).keep_alive(keep_alive))
}

/// How each kind of event is shown, and to whom.
pub fn renderers() -> Renderers {
    Renderers::default()
        .with("ticket", ticket)
        .with("comment", comment)
        .with("presence", presence)
        .with("notification", notification)
        .with("job", job)
        .with("delivery", delivery)
        .with("views", |_, _| Ok(Some((json!({}), staff()))))
        .with("alarm", |_, _| Ok(Some((json!({}), staff()))))
}

fn staff() -> Audience {
    Arc::new(Actor::is_staff)
}

/// Those who may see the event's ticket; with it the ticket, even when it was deleted.
fn ticket_of(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(crate::Ticket, Audience)>> {
    let Some(id) = event.ticket else { return Ok(None) };
    let Some(ticket) = store::tickets::peek(tx, id)? else { return Ok(None) };
    let seen = ticket.clone();
    let audience: Audience = Arc::new(move |actor| actor.is_staff() && access::may_see(actor, &seen));
    Ok(Some((ticket, audience)))
}

fn ticket(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some((ticket, audience)) = ticket_of(tx, event)? else { return Ok(None) };
    if ticket.deleted_at.is_some() {
        return Ok(Some((json!({"ticket_id": ticket.id, "gone": true}), audience)));
    }
    let view = Context::load(tx, tx.app().base_url())?.ticket(&ticket);
    Ok(Some((json!({"ticket": view}), audience)))
}

/// A comment's number is the event's payload; a delivery's is its payload's `comment_id`.
fn comment_view(tx: &mut Tx<'_>, id: Option<i64>) -> Result<Option<Value>> {
    let Some(id) = id else { return Ok(None) };
    let Some(comment) = store::comments::find(tx, CommentId(id))? else { return Ok(None) };
    Ok(Context::load(tx, tx.app().base_url())?.comments(tx, &[comment])?.pop().map(|view| json!(view)))
}

fn comment(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some((ticket, audience)) = ticket_of(tx, event)? else { return Ok(None) };
    let Some(view) = comment_view(tx, event.payload.as_i64())? else { return Ok(None) };
    Ok(Some((json!({"ticket_id": ticket.id, "comment": view}), audience)))
}

fn delivery(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some((ticket, audience)) = ticket_of(tx, event)? else { return Ok(None) };
    let id = event.payload["comment_id"].as_i64().or_else(|| event.payload.as_i64());
    let Some(view) = comment_view(tx, id)? else { return Ok(None) };
    Ok(Some((json!({"ticket_id": ticket.id, "comment_id": id, "delivery": view["delivery"]}), audience)))
}

fn presence(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some((ticket, audience)) = ticket_of(tx, event)? else { return Ok(None) };
    let present = personal::presence(tx, ticket.id)?;
    Ok(Some((json!({"ticket_id": ticket.id, "presence": presence_json(&present)}), audience)))
}

fn only(event: &Stored) -> Audience {
    let user = event.user;
    Arc::new(move |actor| Some(actor.user) == user)
}

fn notification(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some(id) = event.payload.as_i64() else { return Ok(None) };
    let Some(notification) = store::people::notification(tx, NotificationId(id))? else { return Ok(None) };
    Ok(Some((json!({"notification": notification_json(&notification)}), only(event))))
}

fn job(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some(id) = event.payload.as_str() else { return Ok(None) };
    let job = kernel::progress::get(tx, &Actor::system(), id)?;
    Ok(Some((json!({"job_status": job_json(&Origin(tx.app().base_url().to_owned()), &job)}), only(event))))
}
