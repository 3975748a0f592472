//! Drafts, presence, notifications.

use axum::Json;
use axum::extract::State;
use base::{Error, NotificationId, Permission, TicketId};
use kernel::App;
use kernel::http::{Answer, Body, Id, Me, Needs, NoContent, Routes};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::content::Content;
use crate::personal::{self, Draft, Notification, Present};
use crate::{access, store};

/// The longest draft, in bytes.
const LONGEST_DRAFT: usize = 1024 * 1024;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/tickets/{id}/draft", draft)
        .needs(Permission::TicketNote)
        .put("/api/v2/tickets/{id}/draft", put_draft)
        .needs(Permission::TicketNote)
        .takes::<DraftBody>()
        .delete("/api/v2/tickets/{id}/draft", delete_draft)
        .needs(Permission::TicketNote)
        .get("/api/v2/tickets/{id}/presence", presence)
        .needs(Permission::TicketRead)
        .put("/api/v2/tickets/{id}/presence", put_presence)
        .needs(Permission::TicketRead)
        .takes::<PresenceBody>()
        .get("/api/v2/notifications", notifications)
        .needs(Needs::Staff)
        .put("/api/v2/notifications/read", read)
        .needs(Needs::Staff)
        .takes::<ReadBody>()
}

fn draft_json(draft: Option<&Draft>) -> Value {
    let draft = draft.map(|d| json!({"html_body": d.html_body, "public": d.public, "updated_at": d.updated_at}));
    json!({"draft": draft})
}

async fn draft(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    let draft = app.read(move |tx| store::people::draft(tx, actor.user, id)).await?;
    Ok(Json(draft_json(draft.as_ref())))
}

#[derive(Deserialize, JsonSchema)]
struct DraftBody {
    draft: DraftInput,
}

#[derive(Deserialize, JsonSchema)]
struct DraftInput {
    html_body: String,
    #[serde(default = "yes")]
    public: bool,
}

fn yes() -> bool {
    true
}

async fn put_draft(
    app: State<App>,
    Me(actor): Me,
    Id(id): Id<TicketId>,
    Body(body): Body<DraftBody>,
) -> Answer<Json<Value>> {
    if body.draft.html_body.len() > LONGEST_DRAFT {
        return Err(Error::TooLarge { limit: LONGEST_DRAFT as u64 }.into());
    }
    let clean = Content::from_html(&body.draft.html_body, |_| None);
    let draft = app.write(move |tx| {
        if id.0 != 0 {
            access::get(tx, &actor, id)?;
        }
        store::people::put_draft(tx, actor.user, id, clean.html(), body.draft.public)?;
        store::people::draft(tx, actor.user, id)
    });
    Ok(Json(draft_json(draft.await?.as_ref())))
}

async fn delete_draft(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<NoContent> {
    app.write(move |tx| store::people::delete_draft(tx, actor.user, id)).await?;
    Ok(NoContent)
}

/// Who is at a ticket, in JSON.
pub(crate) fn presence_json(present: &[Present]) -> Value {
    present.iter().map(|p| json!({"user_id": p.user, "name": p.name, "doing": p.doing})).collect()
}

async fn presence(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    let present = app.read(move |tx| {
        access::get(tx, &actor, id)?;
        personal::presence(tx, id)
    });
    Ok(Json(json!({"presence": presence_json(&present.await?)})))
}

#[derive(Deserialize, JsonSchema)]
struct PresenceBody {
    /// `viewing`, `answering` or `gone`.
    doing: String,
}

async fn put_presence(
    app: State<App>,
    Me(actor): Me,
    Id(id): Id<TicketId>,
    Body(body): Body<PresenceBody>,
) -> Answer<Json<Value>> {
    let doing = match body.doing.as_str() {
        "viewing" => Some("viewing"),
        "answering" => Some("answering"),
        "gone" => None,
        _ => return Err(Error::invalid("doing", "InvalidValue", "doing: is viewing, answering or gone").into()),
    };
    let present = app.write(move |tx| {
        access::get(tx, &actor, id)?;
        personal::set_presence(tx, &actor, id, doing)
    });
    Ok(Json(json!({"presence": presence_json(&present.await?)})))
}

/// A notification in JSON.
pub(crate) fn notification_json(n: &Notification) -> Value {
    json!({
        "id": n.id, "kind": n.kind, "ticket_id": n.ticket, "actor_id": n.actor, "excerpt": n.excerpt,
        "read_at": n.read_at, "created_at": n.created_at,
    })
}

async fn notifications(app: State<App>, Me(actor): Me) -> Answer<Json<Value>> {
    let all = app.read(move |tx| store::people::notifications(tx, actor.user, 100)).await?;
    let unread = all.iter().filter(|n| n.read_at.is_none()).count();
    let all: Vec<_> = all.iter().map(notification_json).collect();
    Ok(Json(json!({"notifications": all, "unread": unread})))
}

#[derive(Default, Deserialize, JsonSchema)]
struct ReadBody {
    /// All up to this one are read.
    last_id: Option<i64>,
    /// All of this ticket are read.
    ticket_id: Option<i64>,
}

async fn read(app: State<App>, Me(actor): Me, Body(body): Body<ReadBody>) -> Answer<NoContent> {
    app.write(move |tx| {
        if let Some(ticket) = body.ticket_id {
            store::people::read_of_ticket(tx, actor.user, TicketId(ticket))?;
        }
        match body.last_id {
            Some(last) => store::people::read_up_to(tx, actor.user, NotificationId(last)),
            None => Ok(()),
        }
    })
    .await?;
    Ok(NoContent)
}
