//! `/inbound_messages`: what came in, as it came. Ours.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base::{CommentId, Error, InboundId, Permission, TicketId, Timestamp};
use kernel::App;
use kernel::http::{Answer, Id, Me, Origin, Paging, Params, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use crate::email::inbound::{Envelope, Inbound, State as InboundState};
use crate::email::{ingest, store};

/// A message that came in.
#[derive(Serialize, JsonSchema)]
struct InboundView {
    id: InboundId,
    url: String,
    /// Where the raw message is.
    raw_url: String,
    /// `email` or `import`.
    channel: String,
    /// Message-ID or hash.
    external_id: String,
    /// Bytes.
    size: i64,
    envelope: Envelope,
    /// `received`, `processed`, `suspended`, `failed` or `ignored`.
    state: &'static str,
    subject: String,
    sender: String,
    ticket_id: Option<TicketId>,
    comment_id: Option<CommentId>,
    /// What SPF, DKIM and DMARC say: `pass`, `fail` or `none`.
    verdict: String,
    /// What was wrong with it.
    problems: Vec<String>,
    received_at: Timestamp,
    processed_at: Option<Timestamp>,
}

#[derive(Serialize, JsonSchema)]
struct InboundAnswer {
    inbound_message: InboundView,
}

#[derive(Serialize, JsonSchema)]
struct InboundsAnswer {
    inbound_messages: Vec<InboundView>,
}

/// Paging, and the state of the messages that are wanted.
#[derive(Deserialize, JsonSchema)]
struct InState {
    #[serde(flatten)]
    paging: Paging,
    /// Only messages in this state.
    state: Option<String>,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::MailManage;
    Routes::new()
        .get("/api/v2/inbound_messages", list)
        .needs(manage)
        .query::<InState>()
        .gives::<InboundsAnswer>()
        .get("/api/v2/inbound_messages/{id}", show)
        .needs(manage)
        .gives::<InboundAnswer>()
        .get("/api/v2/inbound_messages/{id}/raw", raw)
        .needs(manage)
        .put("/api/v2/inbound_messages/{id}/run", run)
        .needs(manage)
        .gives::<InboundAnswer>()
}

fn view(origin: &Origin, row: &Inbound) -> InboundView {
    let url = format!("{}/api/v2/inbound_messages/{}", origin.0, row.id);
    InboundView {
        id: row.id,
        raw_url: format!("{url}/raw"),
        url,
        channel: row.channel.clone(),
        external_id: row.external_id.clone(),
        size: row.size,
        envelope: row.envelope.clone(),
        state: row.state.name(),
        subject: row.subject.clone(),
        sender: row.sender.clone(),
        ticket_id: row.ticket,
        comment_id: row.comment,
        verdict: row.verdict.clone(),
        problems: row.problems.clone(),
        received_at: row.received_at,
        processed_at: row.processed_at,
    }
}

async fn list(app: State<App>, here: Here, Params(asked): Params<InState>) -> Answer<Json<Value>> {
    let state = match asked.state.as_deref().filter(|state| !state.is_empty()) {
        Some(name) => Some(InboundState::parse(name).ok_or_else(|| unknown(name))?),
        None => None,
    };
    let page = asked.paging.page()?;
    let wanted = page.clone();
    let slice = app.read(move |tx| store::inbound::page(tx, state, &wanted)).await?;
    Ok(Json(here.page(&page, "inbound_messages", slice, |row| row.id.0, |row| view(&here.origin, row))?))
}

/// A state that there is not.
pub(super) fn unknown(name: &str) -> Error {
    Error::BadRequest("InvalidQuery", format!("state: there is no {name:?}"))
}

async fn show(app: State<App>, origin: Origin, Id(id): Id<InboundId>) -> Answer<Json<InboundAnswer>> {
    let row = app.read(move |tx| store::inbound::get(tx, id)).await?;
    Ok(Json(InboundAnswer { inbound_message: view(&origin, &row) }))
}

async fn raw(app: State<App>, Id(id): Id<InboundId>) -> Answer<Response> {
    let key = app.read(move |tx| Ok(store::inbound::get(tx, id)?.blob_key)).await?;
    Ok(super::raw(&app, key).await?)
}

async fn run(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<InboundId>) -> Answer<Json<InboundAnswer>> {
    let row = app.write(move |tx| {
        ingest::run_again(tx, &actor, id)?;
        store::inbound::get(tx, id)
    });
    Ok(Json(InboundAnswer { inbound_message: view(&origin, &row.await?) }))
}
