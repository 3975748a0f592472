//! `/outbound_messages`: what goes out, the outbox. Ours.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base::{Actor, CommentId, Error, OutboundId, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Id, Me, Needs, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use super::inbound::unknown;
use crate::email::outbound::{self, Outbound, OutboundKind, State as OutboundState};
use crate::email::store;

/// A mail that goes out.
#[derive(Serialize, JsonSchema)]
struct OutboundView {
    id: OutboundId,
    url: String,
    /// Where the message is, once it was composed.
    raw_url: Option<String>,
    /// `reply`, `follower` or `letter`.
    kind: &'static str,
    ticket_id: Option<TicketId>,
    comment_id: Option<CommentId>,
    user_id: Option<UserId>,
    message_id: String,
    sender: String,
    recipients: Vec<String>,
    subject: String,
    /// `held`, `queued`, `sending`, `sent`, `failed`, `bounced`, `cancelled` or `outbox`.
    state: &'static str,
    attempts: i64,
    next_attempt_at: Option<Timestamp>,
    last_error: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    sent_at: Option<Timestamp>,
}

#[derive(Serialize, JsonSchema)]
struct OutboundAnswer {
    outbound_message: OutboundView,
}

#[derive(Serialize, JsonSchema)]
struct OutboundsAnswer {
    outbound_messages: Vec<OutboundView>,
}

/// Paging, and the state of the mails that are wanted.
#[derive(Deserialize, JsonSchema)]
struct InState {
    #[serde(flatten)]
    paging: Paging,
    /// Only mails in this state.
    state: Option<String>,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::MailManage;
    // Authors act on their own mails: the functions check it.
    Routes::new()
        .get("/api/v2/outbound_messages", list)
        .needs(manage)
        .query::<InState>()
        .gives::<OutboundsAnswer>()
        .get("/api/v2/outbound_messages/{id}", show)
        .needs(manage)
        .gives::<OutboundAnswer>()
        .get("/api/v2/outbound_messages/{id}/raw", raw)
        .needs(manage)
        .put("/api/v2/outbound_messages/{id}/cancel", cancel)
        .needs(Needs::Staff)
        .gives::<OutboundAnswer>()
        .put("/api/v2/outbound_messages/{id}/send_now", send_now)
        .needs(Needs::Staff)
        .gives::<OutboundAnswer>()
        .put("/api/v2/outbound_messages/{id}/retry", retry)
        .needs(manage)
        .gives::<OutboundAnswer>()
}

fn view(origin: &Origin, row: &Outbound) -> OutboundView {
    let url = format!("{}/api/v2/outbound_messages/{}", origin.0, row.id);
    OutboundView {
        id: row.id,
        raw_url: row.blob_key.is_some().then(|| format!("{url}/raw")),
        url,
        kind: row.kind.name(),
        ticket_id: row.ticket,
        comment_id: row.comment,
        user_id: row.user,
        message_id: row.message_id.clone(),
        sender: row.sender.clone(),
        recipients: row.recipients.clone(),
        subject: row.subject.clone(),
        state: row.state.name(),
        attempts: row.attempts,
        next_attempt_at: row.next_attempt_at,
        last_error: row.last_error.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        sent_at: row.sent_at,
    }
}

async fn list(app: State<App>, here: Here, Params(asked): Params<InState>) -> Answer<Json<Value>> {
    let state = match asked.state.as_deref().filter(|state| !state.is_empty()) {
        Some(name) => Some(OutboundState::parse(name).ok_or_else(|| unknown(name))?),
        None => None,
    };
    let page = asked.paging.page()?;
    let wanted = page.clone();
    let slice = app.read(move |tx| store::outbound::page(tx, state, &wanted)).await?;
    Ok(Json(here.page(&page, "outbound_messages", slice, |row| row.id.0, |row| view(&here.origin, row))?))
}

async fn show(app: State<App>, origin: Origin, Id(id): Id<OutboundId>) -> Answer<Json<OutboundAnswer>> {
    let row = app.read(move |tx| store::outbound::get(tx, id)).await?;
    Ok(Json(OutboundAnswer { outbound_message: view(&origin, &row) }))
}

/// Letters hold links that let their reader in, so reading them takes more than managing mail.
async fn raw(app: State<App>, Me(actor): Me, Id(id): Id<OutboundId>) -> Answer<Response> {
    let mail = app.read(move |tx| store::outbound::get(tx, id)).await?;
    if mail.kind == OutboundKind::Letter {
        actor.needs(Permission::SecurityManage)?;
    }
    let key = mail.blob_key.ok_or(Error::NotFound)?;
    Ok(super::raw(&app, key).await?)
}

type Verb = fn(&mut Tx<'_>, &Actor, OutboundId) -> Result<Outbound>;

async fn act(app: &App, actor: Actor, origin: &Origin, id: OutboundId, verb: Verb) -> Answer<Json<OutboundAnswer>> {
    let row = app.write(move |tx| verb(tx, &actor, id)).await?;
    Ok(Json(OutboundAnswer { outbound_message: view(origin, &row) }))
}

async fn cancel(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<OutboundId>,
) -> Answer<Json<OutboundAnswer>> {
    act(&app, actor, &origin, id, outbound::cancel).await
}

async fn send_now(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<OutboundId>,
) -> Answer<Json<OutboundAnswer>> {
    act(&app, actor, &origin, id, outbound::send_now).await
}

async fn retry(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<OutboundId>) -> Answer<Json<OutboundAnswer>> {
    act(&app, actor, &origin, id, outbound::retry).await
}
