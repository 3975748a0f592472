//! [Deleted tickets](https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#list-deleted-tickets): brought
//! back, or deleted for good.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, Fragment, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Asked, Id, Me, Origin, Page, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bulk::{JobAnswer, job_answer};
use super::tickets::via_of;
use crate::change::{Change, How, Target};
use crate::commit::commit;
use crate::listing::{Listing, Sort};
use crate::ticket::Ticket;
use crate::{access, scrub};

/// The most tickets of one request.
const MOST: usize = 100;

/// A ticket that was deleted.
#[derive(Serialize, JsonSchema)]
struct DeletedView {
    id: TicketId,
    subject: String,
    description: String,
    actor: DeletedBy,
    deleted_at: Option<Timestamp>,
    previous_state: &'static str,
    /// Ours: whether it was deleted as spam.
    spam: bool,
}

/// Who deleted it.
#[derive(Serialize, JsonSchema)]
struct DeletedBy {
    id: Option<UserId>,
    name: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct DeletedAnswer {
    deleted_tickets: Vec<DeletedView>,
}

/// An empty object.
#[derive(Serialize, JsonSchema)]
pub(super) struct Empty {}

#[derive(Default, Deserialize, JsonSchema)]
struct Ids {
    /// Numbers separated by commas, at most 100.
    ids: Option<String>,
}

impl Ids {
    fn list(&self) -> Result<Vec<TicketId>> {
        let text = self.ids.as_deref().unwrap_or_default();
        let ids: Vec<TicketId> = text.split(',').filter_map(|id| id.trim().parse().ok()).collect();
        match ids.len() {
            0 => Err(Error::BadRequest("BadRequest", "No tickets were named".into())),
            1..=MOST => Ok(ids),
            _ => Err(Error::TooManyValues { most: MOST }),
        }
    }
}

pub(super) fn routes() -> Routes {
    let needs = Permission::TicketDelete;
    Routes::new()
        .get("/api/v2/deleted_tickets", list)
        .needs(needs)
        .query::<Paging>()
        .gives::<DeletedAnswer>()
        .put("/api/v2/deleted_tickets/restore_many", restore_many)
        .needs(needs)
        .query::<Ids>()
        .gives::<Empty>()
        .delete("/api/v2/deleted_tickets/destroy_many", destroy_many)
        .needs(needs)
        .query::<Ids>()
        .gives::<JobAnswer>()
        .put("/api/v2/deleted_tickets/{id}/restore", restore)
        .needs(needs)
        .gives::<Empty>()
        .delete("/api/v2/deleted_tickets/{id}", destroy)
        .needs(needs)
        .gives::<JobAnswer>()
}

async fn list(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let filter = Fragment::new("t.deleted_at IS NOT NULL AND t.scrubbed_at IS NULL");
        let listing = Listing::new(filter, Sort::asked(asked.paging.order(), Sort::by_id())?);
        let page = asked.page()?;
        let found = listing.page(tx, &page)?;
        let seen: Vec<&Ticket> = found.tickets.iter().filter(|t| access::may_see(&asked.actor, t)).collect();
        let ids: Vec<UserId> = seen.iter().filter_map(|ticket| ticket.deleted_by).collect();
        let users = people::users(tx, &ids)?;
        let name = |id: Option<UserId>| users.iter().find(|user| Some(user.id) == id).map(|user| user.name.clone());
        let view = |t: &&Ticket| {
            json!(DeletedView {
                id: t.id,
                subject: t.subject.clone(),
                description: t.description.clone(),
                actor: DeletedBy { id: t.deleted_by, name: name(t.deleted_by) },
                deleted_at: t.deleted_at,
                previous_state: t.status.name(),
                spam: t.is_spam,
            })
        };
        let views = seen.iter().map(view).collect();
        Ok(match page {
            Page::Offset(offset) => {
                let count = listing.count(tx, i64::MAX)?.unsigned_abs();
                asked.envelope().offset(offset, count, "deleted_tickets", views)
            }
            Page::Cursor { .. } => asked.envelope().cursor(found.has_more, found.ends, "deleted_tickets", views),
        })
    });
    Ok(Json(answer.await?))
}

fn bring_back(tx: &mut Tx<'_>, actor: &Actor, id: TicketId) -> Result<()> {
    let ticket = scrub::deleted(tx, actor, id)?;
    commit(tx, actor, Target::Ticket(ticket.id), vec![Change::Restore], &How::via(via_of(actor))).map(drop)
}

async fn restore(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<Empty>> {
    app.write(move |tx| bring_back(tx, &actor, id)).await?;
    Ok(Json(Empty {}))
}

async fn restore_many(app: State<App>, Me(actor): Me, Params(ids): Params<Ids>) -> Answer<Json<Empty>> {
    let ids = ids.list()?;
    app.write(move |tx| {
        for id in ids {
            match bring_back(tx, &actor, id) {
                Ok(()) | Err(Error::NotFound) => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    })
    .await?;
    Ok(Json(Empty {}))
}

/// Asks for tickets to be deleted for good. The answer is the status of the work, as it was queued.
async fn queue(app: App, actor: Actor, origin: Origin, ids: Vec<TicketId>) -> Answer<Json<JobAnswer>> {
    let answer = app.write(move |tx| {
        let id = scrub::queue(tx, &actor, "Delete Tickets Permanently", ids)?;
        job_answer(tx, &actor, &origin, &id)
    });
    Ok(Json(answer.await?))
}

async fn destroy(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<TicketId>) -> Answer<Json<JobAnswer>> {
    let asking = actor.clone();
    app.write(move |tx| scrub::deleted(tx, &asking, id).map(drop)).await?;
    queue(app.0, actor, origin, vec![id]).await
}

async fn destroy_many(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(ids): Params<Ids>,
) -> Answer<Json<JobAnswer>> {
    queue(app.0, actor, origin, ids.list()?).await
}
