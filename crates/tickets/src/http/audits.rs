//! [Audits](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/): of one ticket and of all.

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, AuditId, Error, Fragment, Permission, Result, TicketId, UserId};
use kernel::http::{Answer, Asked, Id, Me, Origin, Page, PageKey, Paging, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::sideload;
use super::tickets::via_of;
use crate::change::{Change, How, Target};
use crate::commit::commit;
use crate::ticket::Ticket;
use crate::timeline::Audit;
use crate::view::{AuditView, Context};
use crate::{access, store};

/// `{"audits": [...]}` with paging.
#[derive(Serialize, JsonSchema)]
struct AuditsAnswer {
    audits: Vec<AuditView>,
}

/// `{"audit": {...}}`.
#[derive(Serialize, JsonSchema)]
struct AuditAnswer {
    audit: AuditView,
}

/// An empty object.
#[derive(Serialize, JsonSchema)]
struct Done {}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/ticket_audits", all)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<AuditsAnswer>()
        .get("/api/v2/tickets/{id}/audits", of_ticket)
        .needs(Permission::TicketRead)
        .query::<Paging>()
        .gives::<AuditsAnswer>()
        .get("/api/v2/tickets/{id}/audits/count", count)
        .needs(Permission::TicketRead)
        .get("/api/v2/tickets/{id}/audits/{audit_id}", show)
        .needs(Permission::TicketRead)
        .gives::<AuditAnswer>()
        .put("/api/v2/tickets/{id}/audits/{audit_id}/make_private", make_private)
        .needs(Permission::TicketEdit)
        .gives::<Done>()
}

/// A page of audits that an expression over the alias `a` names.
struct AuditPage {
    audits: Vec<Audit>,
    has_more: bool,
}

impl AuditPage {
    fn load(tx: &mut Tx<'_>, filter: &Fragment, page: &Page, descending: bool) -> Result<Self> {
        let mut filter = filter.clone();
        let size = page.size();
        let (backwards, skip) = match page {
            Page::Cursor { before: Some(key), after: None, .. } => {
                filter.push(if descending { " AND a.id > " } else { " AND a.id < " }).bind(key.id);
                (true, 0)
            }
            Page::Cursor { after, .. } => {
                if let Some(key) = after {
                    filter.push(if descending { " AND a.id < " } else { " AND a.id > " }).bind(key.id);
                }
                (false, 0)
            }
            Page::Offset(offset) => (false, (offset.page - 1).saturating_mul(offset.per_page)),
        };
        let direction = if descending != backwards { "DESC" } else { "ASC" };
        let rest = format!("ORDER BY a.id {direction} LIMIT {} OFFSET {skip}", size + 1);
        let mut audits = store::comments::audits(tx, &filter, &rest)?;
        let has_more = audits.len() as u64 > size;
        audits.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        if backwards {
            audits.reverse();
        }
        // Whoever goes back came from somewhere.
        Ok(Self { audits, has_more: has_more || backwards })
    }

    fn ends(&self) -> Option<(PageKey, PageKey)> {
        let key = |audit: &Audit| PageKey { value: None, id: audit.id.0 };
        self.audits.first().zip(self.audits.last()).map(|(first, last)| (key(first), key(last)))
    }
}

/// Audits with those of their comments that the actor may see.
fn views(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin, audits: &[Audit]) -> Result<Vec<AuditView>> {
    let mut comments = store::comments::of_audits(tx, audits)?;
    comments.retain(|comment| access::may_see_comment(actor, comment));
    Context::load(tx, &origin.0)?.audits(tx, audits, &comments)
}

/// The page in its envelope, with side-loads.
fn answer(tx: &mut Tx<'_>, asked: &Asked, filter: &Fragment, tickets: &[Ticket], descending: bool) -> Result<Value> {
    let page = asked.page()?;
    let found = AuditPage::load(tx, filter, &page, descending)?;
    let items = views(tx, &asked.actor, &asked.origin, &found.audits)?.iter().map(|audit| json!(audit)).collect();
    let mut answer = match page {
        Page::Cursor { .. } => asked.envelope().cursor(found.has_more, found.ends(), "audits", items),
        Page::Offset(offset) => {
            let count = store::comments::count_audits(tx, filter)?.unsigned_abs();
            asked.envelope().offset(offset, count, "audits", items)
        }
    };
    let authors: Vec<UserId> = found.audits.iter().map(|audit| audit.author).collect();
    let context = Context::load(tx, &asked.origin.0)?;
    sideload::tickets(tx, &asked.paging, &context, tickets, &authors, &mut answer)?;
    Ok(answer)
}

fn of(ticket: TicketId) -> Fragment {
    let mut filter = Fragment::new("a.ticket_id = ");
    filter.bind(ticket);
    filter
}

async fn of_ticket(State(app): State<App>, Id(id): Id<TicketId>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let ticket = access::get(tx, &asked.actor, id)?;
        let by_sort = asked.paging.order().is_some_and(|(_, descending)| descending);
        let descending = by_sort || asked.paging.sort_order.as_deref() == Some("desc");
        answer(tx, &asked, &of(id), &[ticket], descending)
    });
    Ok(Json(answer.await?))
}

/// The newest first; only by cursor, with the addresses of the neighbouring pages beside the usual envelope.
async fn all(State(app): State<App>, mut asked: Asked) -> Answer<Json<Value>> {
    let size = asked.parameter("limit").or_else(|| asked.paging.per_page.take());
    asked.paging.size = asked.paging.size.take().or(size).or_else(|| Some("100".into()));
    asked.paging.after = asked.paging.after.take().or_else(|| asked.parameter("cursor"));
    let answer = app.read(move |tx| {
        let filter = store::comments::audits_visible(&access::visible_to(&asked.actor));
        let mut out = answer(tx, &asked, &filter, &[], true)?;
        for (name, link, cursor) in [("after", "next", "after_cursor"), ("before", "prev", "before_cursor")] {
            let (url, cursor) = (out["links"][link].clone(), out["meta"][cursor].clone());
            out[format!("{name}_url")] = url;
            out[format!("{name}_cursor")] = cursor;
        }
        Ok(out)
    });
    Ok(Json(answer.await?))
}

async fn count(State(app): State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    let count = app.read(move |tx| {
        access::get(tx, &actor, id)?;
        Ok(json!({"count": {"value": store::comments::count_audits(tx, &of(id))?, "refreshed_at": tx.now()}}))
    });
    Ok(Json(count.await?))
}

async fn show(
    State(app): State<App>,
    Me(actor): Me,
    origin: Origin,
    Path((ticket, audit)): Path<(String, String)>,
) -> Answer<Json<AuditAnswer>> {
    let answer = app.read(move |tx| {
        let audits = named(tx, &actor, &ticket, &audit)?;
        let audit = views(tx, &actor, &origin, &audits)?.pop().ok_or(Error::NotFound)?;
        Ok(AuditAnswer { audit })
    });
    Ok(Json(answer.await?))
}

/// The audit of that number, alone, if it is the ticket's and the actor may see that.
fn named(tx: &mut Tx<'_>, actor: &Actor, ticket: &str, audit: &str) -> Result<Vec<Audit>> {
    let (ticket, audit) = (ticket.parse().ok().map(TicketId), audit.parse().ok().map(AuditId));
    let (ticket, audit) = ticket.zip(audit).ok_or(Error::NotFound)?;
    access::get(tx, actor, ticket)?;
    let mut filter = of(ticket);
    filter.push(" AND a.id = ").bind(audit);
    let audits = store::comments::audits(tx, &filter, "")?;
    if audits.is_empty() { Err(Error::NotFound) } else { Ok(audits) }
}

/// Hides the comments of an audit from the requester.
async fn make_private(
    State(app): State<App>,
    Me(actor): Me,
    Path((ticket, audit)): Path<(String, String)>,
) -> Answer<Json<Done>> {
    app.write(move |tx| {
        let audits = named(tx, &actor, &ticket, &audit)?;
        let comments = store::comments::of_audits(tx, &audits)?;
        let changes: Vec<Change> = comments.iter().map(|comment| Change::MakePrivate(comment.id)).collect();
        match comments.first() {
            Some(comment) => {
                let target = Target::Ticket(comment.ticket);
                commit(tx, &actor, target, changes, &How::via(via_of(&actor))).map(drop)
            }
            None => Err(Error::NotFound),
        }
    })
    .await?;
    Ok(Json(Done {}))
}
