//! [Zendesk's search](https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/) over tickets,
//! people, organizations and groups.
//!
//! An answer holds the first few people, organizations and groups, then the tickets, then the rest of the others. As in
//! Zendesk, only the first thousand results can be reached; unlike there, hits are counted no further than some thousands
//! (see `search::MOST_COUNTED`), since counting every hit of a common word among a million tickets takes longer than the
//! search itself.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, GroupId, OrganizationId, Permission, Result, UserId};
use kernel::http::{Answer, Needs, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use rules::search::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::sideload;
use crate::search::{self, Search};
use crate::ticket::Ticket;
use crate::view::Context;

/// The most results that can be reached.
const MOST: usize = 1_000;
/// How many people, organizations and groups come before the tickets.
const FIRST: usize = 3;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/search", find)
        .needs(Permission::TicketRead)
        .query::<SearchQuery>()
        .gives::<FoundAnswer>()
        .get("/api/v2/search/count", count)
        .needs(Permission::TicketRead)
        .query::<SearchQuery>()
        .gives::<FoundCountAnswer>()
        .get("/api/v2/search/export", export)
        .needs(Needs::Staff)
        .query::<SearchQuery>()
        .gives::<FoundAnswer>()
}

/// What was found: tickets, people, organizations and groups in their own shapes.
#[derive(Serialize, JsonSchema)]
struct FoundAnswer {
    results: Vec<HitView>,
    /// Always null.
    facets: Option<Value>,
}

/// A record with what it is.
#[derive(Serialize, JsonSchema)]
struct HitView {
    id: i64,
    url: String,
    /// `ticket`, `user`, `organization` or `group`.
    result_type: String,
    /// The record's own keys.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
struct FoundCountAnswer {
    count: usize,
}

#[derive(Default, Deserialize, JsonSchema)]
struct SearchQuery {
    /// Words and `keyword:value`.
    #[serde(default)]
    query: String,
    /// In exports: ticket, user, organization or group.
    #[serde(rename = "filter[type]")]
    kind: Option<String>,
    /// page and per_page, sort_by (created_at, updated_at, priority, status, ticket_type; without one, the best come
    /// first), sort_order, include (`tickets(users)`).
    #[serde(flatten)]
    paging: Paging,
}

/// The hits of a kind other than tickets, which are few enough to be named at once.
struct Others {
    kind: Kind,
    ids: Vec<i64>,
    /// How many there are in all.
    total: usize,
}

/// One stretch of the results.
enum Stretch {
    Others(Kind, Vec<i64>),
    Tickets { skip: usize, limit: usize },
}

/// What stands from place `skip` on, `limit` results long.
fn stretches(others: &[Others], tickets: usize, skip: usize, limit: usize) -> Vec<Stretch> {
    let (mut out, mut place, end) = (Vec::new(), 0, skip + limit);
    // The part of the window that lies in the next `length` places.
    let mut within = |length: usize| {
        let (start, stop) = (skip.clamp(place, place + length) - place, end.clamp(place, place + length) - place);
        place += length;
        (start, stop)
    };
    let heads = others.iter().map(|of| (of.kind, &of.ids[..of.ids.len().min(FIRST)]));
    let tails = others.iter().map(|of| (of.kind, &of.ids[of.ids.len().min(FIRST)..]));
    for (kind, ids) in heads {
        let (start, stop) = within(ids.len());
        out.push(Stretch::Others(kind, ids[start..stop].to_vec()));
    }
    let (start, stop) = within(tickets);
    out.push(Stretch::Tickets { skip: start, limit: stop - start });
    for (kind, ids) in tails {
        let (start, stop) = within(ids.len());
        out.push(Stretch::Others(kind, ids[start..stop].to_vec()));
    }
    out
}

fn others(tx: &mut Tx<'_>, actor: &Actor, search: &Search) -> Result<Vec<Others>> {
    let mut out = Vec::new();
    for kind in [Kind::User, Kind::Organization, Kind::Group] {
        if search.wants(actor, kind) {
            let ids = search.records(tx, kind, None, MOST as i64)?;
            let total = match ids.len() {
                MOST => search.count_records(tx, kind)?,
                fewer => fewer,
            };
            out.push(Others { kind, ids, total });
        }
    }
    Ok(out)
}

fn tickets_found(tx: &mut Tx<'_>, actor: &Actor, search: &Search) -> Result<usize> {
    if !search.wants(actor, Kind::Ticket) {
        return Ok(0);
    }
    let found = search.count_tickets(tx, actor)?;
    Ok(usize::try_from(found).unwrap_or(0))
}

async fn find(app: State<App>, asked: Asked, Params(query): Params<SearchQuery>) -> Answer<Json<Value>> {
    let Page::Offset(offset) = asked.page()? else {
        let text = "Search is paged by page and per_page; use search/export for cursors";
        return Err(Error::BadRequest("InvalidPaginationParameter", text.into()).into());
    };
    let limit = usize::try_from(offset.per_page).unwrap_or(100);
    let skip = usize::try_from(offset.page - 1).unwrap_or(MOST).saturating_mul(limit);
    if skip >= MOST {
        let text = format!("Invalid search: Requested response size was greater than Search Response Limits ({MOST})");
        return Err(Error::invalid("base", "SearchLimitExceeded", text).into());
    }
    let answer = app.read(move |tx| {
        let actor = &asked.actor;
        let search = search::read(tx, actor, &query.query)?;
        let (others, tickets) = (others(tx, actor, &search)?, tickets_found(tx, actor, &search)?);
        let listing = search.tickets(tx.dialect(), actor, asked.paging.order())?;
        let context = Context::load(tx, &asked.origin.0)?;
        let (mut results, mut found) = (Vec::new(), Vec::new());
        for stretch in stretches(&others, tickets, skip, limit.min(MOST - skip)) {
            match stretch {
                Stretch::Others(kind, ids) => results.extend(hits(tx, &asked.origin, kind, &ids)?),
                Stretch::Tickets { limit: 0, .. } => {}
                Stretch::Tickets { skip, limit } => {
                    found = listing.window(tx, skip, limit)?;
                    results.extend(found.iter().map(|ticket| ticket_hit(&context, ticket)));
                }
            }
        }
        let all = tickets + others.iter().map(|of| of.total).sum::<usize>();
        let mut answer = asked.envelope().offset(offset, all as u64, "results", results);
        answer["facets"] = Value::Null;
        let include = query.paging.include.map(|include| include.replace("tickets(", "").replace(')', ""));
        sideload::tickets(tx, &Paging { include, ..Paging::default() }, &context, &found, &[], &mut answer)?;
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

async fn count(app: State<App>, asked: Asked, Params(query): Params<SearchQuery>) -> Answer<Json<FoundCountAnswer>> {
    let answer = app.read(move |tx| {
        let search = search::read(tx, &asked.actor, &query.query)?;
        let others = others(tx, &asked.actor, &search)?;
        let all = tickets_found(tx, &asked.actor, &search)? + others.iter().map(|of| of.total).sum::<usize>();
        Ok(FoundCountAnswer { count: all })
    });
    Ok(Json(answer.await?))
}

async fn export(app: State<App>, asked: Asked, Params(query): Params<SearchQuery>) -> Answer<Json<Value>> {
    let kind = query.kind.as_deref().and_then(|name| Kind::ALL.into_iter().find(|kind| kind.name() == name));
    let Some(kind) = kind else {
        let text = "filter[type] must be ticket, user, organization or group";
        return Err(Error::BadRequest("InvalidParameter", text.into()).into());
    };
    let paging =
        Paging { size: Some(asked.paging.size.clone().unwrap_or_else(|| "100".into())), ..asked.paging.clone() };
    let answer = app.read(move |tx| {
        let search = search::read(tx, &asked.actor, &query.query)?;
        let mut page = paging.page()?;
        // An export's pages may be larger than a list's.
        let wanted = paging.size.as_deref().and_then(|size| size.parse::<u64>().ok());
        if let (Page::Cursor { size, .. }, Some(wanted)) = (&mut page, wanted) {
            *size = wanted.clamp(1, MOST as u64);
        }
        let mut answer = match kind {
            Kind::Ticket => export_tickets(tx, &asked, &search, &page)?,
            other => export_records(tx, &asked, &search, other, &page)?,
        };
        answer["facets"] = Value::Null;
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

fn export_tickets(tx: &mut Tx<'_>, asked: &Asked, search: &Search, page: &Page) -> Result<Value> {
    let found = search.tickets(tx.dialect(), &asked.actor, None)?.page(tx, page)?;
    let context = Context::load(tx, &asked.origin.0)?;
    let results = found.tickets.iter().map(|ticket| ticket_hit(&context, ticket)).collect();
    Ok(asked.envelope().cursor(found.has_more, found.ends, "results", results))
}

fn export_records(tx: &mut Tx<'_>, asked: &Asked, search: &Search, kind: Kind, page: &Page) -> Result<Value> {
    asked.actor.needs(Permission::PeopleRead)?;
    let below = match page {
        Page::Cursor { after: Some(key), .. } => Some(key.id),
        _ => None,
    };
    let size = usize::try_from(page.size()).unwrap_or(100);
    let mut ids = search.records(tx, kind, below, size as i64 + 1)?;
    let has_more = ids.len() > size;
    ids.truncate(size);
    let key = |id: &i64| PageKey { value: None, id: *id };
    let ends = ids.first().zip(ids.last()).map(|(first, last)| (key(first), key(last)));
    let results = hits(tx, &asked.origin, kind, &ids)?;
    Ok(asked.envelope().cursor(has_more, ends, "results", results))
}

fn ticket_hit(context: &Context, ticket: &Ticket) -> Value {
    let mut hit = json!(context.ticket(ticket));
    hit["result_type"] = json!(Kind::Ticket.name());
    hit
}

/// People, organizations and groups as hits, in the order of `ids`.
fn hits(tx: &mut Tx<'_>, origin: &Origin, kind: Kind, ids: &[i64]) -> Result<Vec<Value>> {
    let mut hits: Vec<Value> = match kind {
        _ if ids.is_empty() => Vec::new(),
        Kind::Ticket => Vec::new(),
        Kind::User => {
            let users = people::users(tx, &ids.iter().map(|id| UserId(*id)).collect::<Vec<_>>())?;
            people::view::users(tx, origin, &users)?.iter().map(|user| json!(user)).collect()
        }
        Kind::Organization => {
            let ids: Vec<_> = ids.iter().map(|id| OrganizationId(*id)).collect();
            let all = people::access::organizations(tx, &ids)?;
            people::view::organizations(tx, origin, &all)?.iter().map(|one| json!(one)).collect()
        }
        Kind::Group => {
            let all = people::groups_by_ids(tx, &ids.iter().map(|id| GroupId(*id)).collect::<Vec<_>>())?;
            all.iter().map(|group| json!(people::view::group(origin, group))).collect()
        }
    };
    hits.sort_by_key(|hit| ids.iter().position(|id| hit["id"] == *id));
    hits.iter_mut().for_each(|hit| hit["result_type"] = json!(kind.name()));
    Ok(hits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every page of a mixed answer joined: kinds with their numbers, tickets by their place.
    fn walk(users: usize, groups: usize, tickets: usize, page: usize) -> Vec<(Kind, i64)> {
        let ids = |count: usize| (0..count as i64).collect();
        let others = [
            Others { kind: Kind::User, ids: ids(users), total: users },
            Others { kind: Kind::Group, ids: ids(groups), total: groups },
        ];
        let mut out = Vec::new();
        for skip in (0..users + groups + tickets).step_by(page) {
            let before = out.len();
            for stretch in stretches(&others, tickets, skip, page) {
                match stretch {
                    Stretch::Others(kind, ids) => out.extend(ids.into_iter().map(|id| (kind, id))),
                    Stretch::Tickets { skip, limit } => {
                        out.extend((skip..skip + limit).map(|place| (Kind::Ticket, place as i64)));
                    }
                }
            }
            assert!(out.len() - before <= page);
        }
        out
    }

    #[test]
    fn pages_of_mixed_results_hold_each_hit_once_in_one_order() {
        for page in [1, 2, 5, 100] {
            for (users, groups, tickets) in [(0, 0, 0), (1, 5, 7), (10, 0, 3), (4, 4, 0), (3, 3, 20)] {
                let whole = walk(users, groups, tickets, 1_000);
                assert_eq!(walk(users, groups, tickets, page), whole);
                assert_eq!(whole.len(), users + groups + tickets);
            }
        }
    }

    #[test]
    fn a_few_people_come_before_the_tickets_and_the_rest_after() {
        let kinds: Vec<_> = walk(5, 1, 2, 100).into_iter().map(|(kind, _)| kind).collect();
        use Kind::*;
        assert_eq!(kinds, [User, User, User, Group, Ticket, Ticket, User, User]);
    }
}
