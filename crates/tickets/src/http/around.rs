//! What lies around a ticket: who is on it, what was open last, problems to join, and the log of its conversation.

use axum::Json;
use axum::extract::State;
use base::{Fragment, Permission, Result, TicketId, UserId};
use kernel::http::{Answer, Asked, Body, Id, Paging, Routes};
use kernel::{App, Tx};
use rules::Status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::sideload;
use super::tickets::{TicketsAnswer, answer_page};
use crate::listing::{Listing, Sort};
use crate::ticket::{Comment, Ticket};
use crate::view::{AttachmentView, Context};
use crate::{access, store};

/// How many tickets count as the last ones.
const RECENT: i64 = 5;
/// The most problems that are offered while one types.
const OFFERED: i64 = 15;

#[derive(Serialize, JsonSchema)]
struct UsersAnswer {
    users: Vec<people::view::UserView>,
}

/// One thing said, or done, in a ticket.
#[derive(Serialize, JsonSchema)]
struct LogEventView {
    id: String,
    r#type: &'static str,
    created_at: base::Timestamp,
    received_at: base::Timestamp,
    author: LogAuthorView,
    content: LogContentView,
    attachments: Vec<AttachmentView>,
    public: bool,
    via: crate::view::ViaView,
    metadata: Value,
    /// The comment that it is.
    reference: LogReferenceView,
}

#[derive(Serialize, JsonSchema)]
struct LogAuthorView {
    #[serde(rename = "zen:support:user_id")]
    user_id: UserId,
    display_name: String,
    /// `agent` or `end-user`.
    r#type: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct LogContentView {
    r#type: &'static str,
    text: String,
    html: String,
}

#[derive(Serialize, JsonSchema)]
struct LogReferenceView {
    id: base::CommentId,
    r#type: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct LogAnswer {
    events: Vec<LogEventView>,
}

/// `{"text": "..."}`.
#[derive(Default, Deserialize, JsonSchema)]
struct TextBody {
    /// Words of the problem's subject.
    text: Option<String>,
}

pub(super) fn routes() -> Routes {
    let read = Permission::TicketRead;
    Routes::new()
        .get("/api/v2/tickets/{id}/collaborators", collaborators)
        .needs(read)
        .query::<Paging>()
        .gives::<UsersAnswer>()
        .get("/api/v2/tickets/{id}/followers", followers)
        .needs(read)
        .query::<Paging>()
        .gives::<UsersAnswer>()
        .get("/api/v2/tickets/{id}/email_ccs", copied)
        .needs(read)
        .query::<Paging>()
        .gives::<UsersAnswer>()
        .get("/api/v2/tickets/{id}/conversation_log", log)
        .needs(read)
        .query::<Paging>()
        .gives::<LogAnswer>()
        .get("/api/v2/tickets/recent", recent)
        .needs(read)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .get("/api/v2/problems", problems)
        .needs(read)
        .query::<Paging>()
        .gives::<TicketsAnswer>()
        .post("/api/v2/problems/autocomplete", offer_problems)
        .needs(read)
        .takes::<TextBody>()
        .gives::<TicketsAnswer>()
}

/// People on a ticket.
async fn answer_people(app: App, asked: Asked, id: TicketId, of: fn(&Ticket) -> Vec<UserId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ticket = access::get(tx, &asked.actor, id)?;
        let users = people::users(tx, &of(&ticket))?;
        let views = people::view::users(tx, &asked.origin, &users)?;
        asked.slice("users", views.into_iter().map(|user| json!(user)).collect())
    });
    Ok(Json(answer.await?))
}

async fn collaborators(app: State<App>, asked: Asked, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    answer_people(app.0, asked, id, |ticket| ticket.ccs.union(&ticket.followers).copied().collect()).await
}

async fn followers(app: State<App>, asked: Asked, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    answer_people(app.0, asked, id, |ticket| ticket.followers.iter().copied().collect()).await
}

async fn copied(app: State<App>, asked: Asked, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    answer_people(app.0, asked, id, |ticket| ticket.ccs.iter().copied().collect()).await
}

/// The tickets that whoever asks last had open, newest first.
async fn recent(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ids = store::marks::recent(tx, asked.actor.user, RECENT)?;
        let mut tickets = access::many(tx, &asked.actor, &ids)?;
        tickets.sort_by_key(|ticket| ids.iter().position(|id| *id == ticket.id));
        let context = Context::load(tx, &asked.origin.0)?;
        let mut answer =
            asked.slice("tickets", tickets.iter().map(|ticket| json!(context.ticket(ticket))).collect())?;
        sideload::tickets(tx, &asked.paging, &context, &tickets, &[], &mut answer)?;
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

/// Problems that are not solved.
fn open_problems(asked: &Asked) -> Fragment {
    let mut filter = access::visible_to(&asked.actor);
    filter.push(" AND t.type = ").bind(rules::TicketType::Problem.name());
    filter.push(" AND t.status < ").bind(Status::Solved.rank());
    filter
}

async fn problems(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let listing = Listing::new(open_problems(&asked), Sort::asked(asked.paging.order(), Sort::newest())?);
        answer_page(tx, &asked.envelope(), &asked.paging, &listing, None)
    });
    Ok(Json(answer.await?))
}

async fn offer_problems(app: State<App>, asked: Asked, Body(body): Body<TextBody>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let mut filter = open_problems(&asked);
        let text = body.text.or_else(|| asked.parameter("text")).unwrap_or_default();
        filter.push(" AND ").append(&crate::search::in_subject(&text));
        let found = Listing::new(filter, Sort::newest()).window(tx, 0, OFFERED as usize)?;
        let context = Context::load(tx, &asked.origin.0)?;
        asked.slice("tickets", found.iter().map(|ticket| json!(context.ticket(ticket))).collect())
    });
    Ok(Json(answer.await?))
}

async fn log(app: State<App>, asked: Asked, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ticket = access::get(tx, &asked.actor, id)?;
        let mut all = access::comments(tx, &asked.actor, &ticket)?;
        if super::marks::descending(&asked.paging, false) {
            all.reverse();
        }
        let mut answer = asked.slice("events", all.iter().map(|comment| json!(comment.id)).collect())?;
        let page: Vec<i64> = serde_json::from_value(answer["events"].take()).unwrap_or_default();
        all.retain(|comment| page.contains(&comment.id.0));
        let context = Context::load(tx, &asked.origin.0)?;
        answer["events"] = json!(log_views(tx, &context, &all)?);
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

fn log_views(tx: &mut Tx<'_>, context: &Context, comments: &[Comment]) -> Result<Vec<LogEventView>> {
    let ids: Vec<UserId> = comments.iter().map(|comment| comment.author).collect();
    let users = people::users(tx, &ids)?;
    let views = context.comments(tx, comments)?;
    Ok(views
        .into_iter()
        .map(|comment| {
            let author = users.iter().find(|user| user.id == comment.author_id);
            LogEventView {
                id: comment.id.to_string(),
                r#type: if comment.public { "comment" } else { "internal_note" },
                created_at: comment.created_at,
                received_at: comment.created_at,
                author: LogAuthorView {
                    user_id: comment.author_id,
                    display_name: author.map(|user| user.name.clone()).unwrap_or_default(),
                    r#type: if author.is_none_or(|user| user.role.is_staff()) { "agent" } else { "end-user" },
                },
                content: LogContentView { r#type: "text", text: comment.plain_body, html: comment.html_body },
                attachments: comment.attachments,
                public: comment.public,
                via: comment.via,
                metadata: comment.metadata,
                reference: LogReferenceView { id: comment.id, r#type: "Comment" },
            }
        })
        .collect())
}
