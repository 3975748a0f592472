//! Drafts, presence, notifications.

use axum::Json;
use axum::extract::State;
use base::{Error, NotificationId, Permission, TicketId, Timestamp, UserId};
use kernel::App;
use kernel::http::{Answer, Body, Id, Me, Needs, NoContent, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
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
        .gives::<DraftAnswer>()
        .put("/api/v2/tickets/{id}/draft", put_draft)
        .needs(Permission::TicketNote)
        .takes::<DraftBody>()
        .gives::<DraftAnswer>()
        .delete("/api/v2/tickets/{id}/draft", delete_draft)
        .needs(Permission::TicketNote)
        .get("/api/v2/tickets/{id}/presence", presence)
        .needs(Permission::TicketRead)
        .gives::<PresenceAnswer>()
        .put("/api/v2/tickets/{id}/presence", put_presence)
        .needs(Permission::TicketRead)
        .takes::<PresenceBody>()
        .gives::<PresenceAnswer>()
        .get("/api/v2/notifications", notifications)
        .needs(Needs::Staff)
        .gives::<NotificationsAnswer>()
        .put("/api/v2/notifications/read", read)
        .needs(Needs::Staff)
        .takes::<ReadBody>()
}

/// Text that was written and not sent.
#[derive(Serialize, JsonSchema)]
struct DraftView {
    html_body: String,
    public: bool,
    updated_at: Timestamp,
}

/// The draft, or null.
#[derive(Serialize, JsonSchema)]
struct DraftAnswer {
    draft: Option<DraftView>,
}

/// Who is at a ticket.
#[derive(Serialize, JsonSchema)]
struct PresentView {
    user_id: UserId,
    name: String,
    /// `viewing` or `answering`.
    doing: String,
}

#[derive(Serialize, JsonSchema)]
struct PresenceAnswer {
    presence: Vec<PresentView>,
}

/// Something that an agent should know.
#[derive(Serialize, JsonSchema)]
struct NotificationView {
    id: NotificationId,
    /// `assigned`, `mentioned`, `answered` or `followed`.
    kind: String,
    ticket_id: Option<TicketId>,
    actor_id: Option<UserId>,
    excerpt: String,
    read_at: Option<Timestamp>,
    created_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct NotificationsAnswer {
    notifications: Vec<NotificationView>,
    unread: usize,
}

fn draft_answer(draft: Option<Draft>) -> DraftAnswer {
    let view = |d: Draft| DraftView { html_body: d.html_body, public: d.public, updated_at: d.updated_at };
    DraftAnswer { draft: draft.map(view) }
}

async fn draft(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<DraftAnswer>> {
    let draft = app.read(move |tx| store::people::draft(tx, actor.user, id)).await?;
    Ok(Json(draft_answer(draft)))
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
) -> Answer<Json<DraftAnswer>> {
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
    Ok(Json(draft_answer(draft.await?)))
}

async fn delete_draft(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<NoContent> {
    app.write(move |tx| store::people::delete_draft(tx, actor.user, id)).await?;
    Ok(NoContent)
}

/// Who is at a ticket, in JSON.
pub(crate) fn presence_json(present: &[Present]) -> Value {
    json!(presence_views(present))
}

fn presence_views(present: &[Present]) -> Vec<PresentView> {
    let view = |p: &Present| PresentView { user_id: p.user, name: p.name.clone(), doing: p.doing.clone() };
    present.iter().map(view).collect()
}

async fn presence(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<PresenceAnswer>> {
    let present = app.read(move |tx| {
        access::get(tx, &actor, id)?;
        personal::presence(tx, id)
    });
    Ok(Json(PresenceAnswer { presence: presence_views(&present.await?) }))
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
) -> Answer<Json<PresenceAnswer>> {
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
    Ok(Json(PresenceAnswer { presence: presence_views(&present.await?) }))
}

/// A notification in JSON.
pub(crate) fn notification_json(n: &Notification) -> Value {
    json!(notification_view(n))
}

fn notification_view(n: &Notification) -> NotificationView {
    NotificationView {
        id: n.id,
        kind: n.kind.clone(),
        ticket_id: n.ticket,
        actor_id: n.actor,
        excerpt: n.excerpt.clone(),
        read_at: n.read_at,
        created_at: n.created_at,
    }
}

async fn notifications(app: State<App>, Me(actor): Me) -> Answer<Json<NotificationsAnswer>> {
    let all = app.read(move |tx| store::people::notifications(tx, actor.user, 100)).await?;
    let unread = all.iter().filter(|n| n.read_at.is_none()).count();
    Ok(Json(NotificationsAnswer { notifications: all.iter().map(notification_view).collect(), unread }))
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
