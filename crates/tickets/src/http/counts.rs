//! How many there are: Zendesk's `count` routes.

use axum::Json;
use axum::extract::State;
use base::{Actor, Fragment, OrganizationId, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Id, Me, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Serialize;

use crate::listing::{Listing, Sort};
use crate::{access, store};

/// Tickets are counted no further than this, as in Zendesk, which gives estimates beyond.
const MOST: i64 = 100_000;

/// `{"count": {"value", "refreshed_at"}}`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CountAnswer {
    count: Count,
}

#[derive(Serialize, JsonSchema)]
struct Count {
    value: i64,
    refreshed_at: Timestamp,
}

impl CountAnswer {
    /// A count as of now.
    pub fn new(tx: &Tx<'_>, value: i64) -> Self {
        Self { count: Count { value, refreshed_at: tx.now() } }
    }
}

pub(super) fn routes() -> Routes {
    let read = Permission::TicketRead;
    Routes::new()
        .get("/api/v2/tickets/count", tickets)
        .needs(read)
        .gives::<CountAnswer>()
        .get("/api/v2/organizations/{id}/tickets/count", of_organization)
        .needs(read)
        .gives::<CountAnswer>()
        .get("/api/v2/users/{id}/tickets/requested/count", requested)
        .needs(read)
        .gives::<CountAnswer>()
        .get("/api/v2/users/{id}/tickets/assigned/count", assigned)
        .needs(read)
        .gives::<CountAnswer>()
        .get("/api/v2/users/{id}/tickets/ccd/count", copied)
        .needs(read)
        .gives::<CountAnswer>()
        .get("/api/v2/users/{id}/tickets/followed/count", followed)
        .needs(read)
        .gives::<CountAnswer>()
        .get("/api/v2/tickets/{id}/comments/count", comments)
        .needs(read)
        .gives::<CountAnswer>()
        .get("/api/v2/tags/count", tags)
        .needs(read)
        .gives::<CountAnswer>()
}

async fn answer(
    app: App,
    actor: Actor,
    extend: impl FnOnce(&mut Tx<'_>, &mut Fragment) -> Result<()> + Send + 'static,
) -> Answer<Json<CountAnswer>> {
    let answer = app.read(move |tx| {
        let mut filter = access::visible_to(&actor);
        extend(tx, &mut filter)?;
        let count = Listing::new(filter, Sort::by_id()).count(tx, MOST)?;
        Ok(CountAnswer::new(tx, count))
    });
    Ok(Json(answer.await?))
}

async fn tickets(app: State<App>, Me(actor): Me) -> Answer<Json<CountAnswer>> {
    answer(app.0, actor, |_, _| Ok(())).await
}

async fn of_organization(app: State<App>, Me(actor): Me, Id(id): Id<OrganizationId>) -> Answer<Json<CountAnswer>> {
    answer(app.0, actor, move |tx, filter| {
        people::get_organization(tx, id)?;
        filter.push(" AND t.organization_id = ").bind(id);
        Ok(())
    })
    .await
}

/// The tickets that have to do with a person, who must exist.
async fn of_person(app: App, actor: Actor, id: UserId, extend: fn(&mut Fragment, UserId)) -> Answer<Json<CountAnswer>> {
    answer(app, actor, move |tx, filter| {
        people::get_user(tx, id)?;
        extend(filter, id);
        Ok(())
    })
    .await
}

async fn requested(app: State<App>, Me(actor): Me, Id(id): Id<UserId>) -> Answer<Json<CountAnswer>> {
    of_person(app.0, actor, id, |filter, id| {
        filter.push(" AND t.requester_id = ").bind(id);
    })
    .await
}

async fn assigned(app: State<App>, Me(actor): Me, Id(id): Id<UserId>) -> Answer<Json<CountAnswer>> {
    of_person(app.0, actor, id, |filter, id| {
        filter.push(" AND t.assignee_id = ").bind(id);
    })
    .await
}

async fn copied(app: State<App>, Me(actor): Me, Id(id): Id<UserId>) -> Answer<Json<CountAnswer>> {
    of_person(app.0, actor, id, store::tickets::copied_to).await
}

async fn followed(app: State<App>, Me(actor): Me, Id(id): Id<UserId>) -> Answer<Json<CountAnswer>> {
    of_person(app.0, actor, id, store::tickets::followed_by).await
}

async fn comments(app: State<App>, Me(actor): Me, Id(id): Id<TicketId>) -> Answer<Json<CountAnswer>> {
    let answer = app.read(move |tx| {
        let ticket = access::get(tx, &actor, id)?;
        let count = access::comments(tx, &actor, &ticket)?.len();
        Ok(CountAnswer::new(tx, i64::try_from(count).unwrap_or(i64::MAX)))
    });
    Ok(Json(answer.await?))
}

async fn tags(app: State<App>) -> Answer<Json<CountAnswer>> {
    let answer = app.read(|tx| {
        let count = store::tickets::tags_in_use(tx, "", MOST)?.len();
        Ok(CountAnswer::new(tx, i64::try_from(count).unwrap_or(i64::MAX)))
    });
    Ok(Json(answer.await?))
}
