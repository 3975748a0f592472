//! [Activities](https://developer.zendesk.com/api-reference/ticketing/tickets/activity_stream/): what happened that concerns
//! an agent. They are the agent's notifications in Zendesk's words.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use base::{Error, Fragment, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Asked, Id, Me, Needs, Origin, Paging, Params, Routes, url};
use kernel::{App, Tx};
use people::view::UserView;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::counts::CountAnswer;
use super::marks::{descending, page_json};
use crate::personal::Notification;
use crate::ticket::Ticket;
use crate::{access, store};

/// Something that concerns an agent.
#[derive(Serialize, JsonSchema)]
struct ActivityView {
    id: i64,
    url: String,
    title: String,
    /// `tickets.assignment` or `tickets.comment`.
    verb: &'static str,
    user_id: UserId,
    actor_id: Option<UserId>,
    user: Option<UserView>,
    actor: Option<UserView>,
    object: ObjectView,
    target: TargetView,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// What was done: a comment, or the ticket itself.
#[derive(Serialize, JsonSchema)]
struct ObjectView {
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<SaidView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<AboutView>,
}

#[derive(Serialize, JsonSchema)]
struct SaidView {
    value: String,
}

#[derive(Serialize, JsonSchema)]
struct TargetView {
    ticket: Option<AboutView>,
}

#[derive(Serialize, JsonSchema)]
struct AboutView {
    id: TicketId,
    subject: String,
}

#[derive(Serialize, JsonSchema)]
struct ActivityAnswer {
    activity: ActivityView,
}

#[derive(Serialize, JsonSchema)]
struct ActivitiesAnswer {
    activities: Vec<ActivityView>,
    /// Who did it.
    actors: Vec<UserView>,
    /// Whom it concerns.
    users: Vec<UserView>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ActivitiesQuery {
    /// Only those after this instant, ISO 8601.
    since: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/activities", list)
        .needs(Needs::Staff)
        .query::<ActivitiesQuery>()
        .gives::<ActivitiesAnswer>()
        .get("/api/v2/activities/count", count)
        .needs(Needs::Staff)
        .query::<ActivitiesQuery>()
        .gives::<CountAnswer>()
        .get("/api/v2/activities/{id}", show)
        .needs(Needs::Staff)
        .gives::<ActivityAnswer>()
}

/// The agent's notifications about tickets, over the alias `n`.
fn filter(actor: &base::Actor, query: &ActivitiesQuery) -> Result<Fragment> {
    let mut filter = Fragment::new("n.ticket_id IS NOT NULL AND n.user_id = ");
    filter.bind(actor.user);
    if let Some(text) = query.since.as_deref().filter(|text| !text.is_empty()) {
        let since = Timestamp::parse(text)
            .ok_or_else(|| Error::BadRequest("InvalidParameter", format!("since: {text:?} is not an ISO 8601 time")))?;
        filter.push(" AND n.created_at >= ").bind(since);
    }
    Ok(filter)
}

async fn list(app: State<App>, asked: Asked, Params(query): Params<ActivitiesQuery>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let filter = filter(&asked.actor, &query)?;
        let newest_first = descending(&query.paging, true);
        let found = store::people::activities(tx, &filter, newest_first, &asked.page()?)?;
        let shown = views(tx, &asked.actor, &asked.origin, &found.rows)?;
        let activities = shown.activities.iter().map(|activity| json!(activity)).collect();
        let mut answer = page_json(&asked, "activities", &found, |n| n.id.0, activities)?;
        answer["actors"] = json!(shown.actors);
        answer["users"] = json!(shown.users);
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

async fn count(app: State<App>, Me(actor): Me, Params(query): Params<ActivitiesQuery>) -> Answer<Json<CountAnswer>> {
    let answer = app.read(move |tx| {
        let filter = filter(&actor, &query)?;
        let count = store::people::count_activities(tx, &filter)?;
        Ok(CountAnswer::new(tx, count))
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<i64>) -> Answer<Json<ActivityAnswer>> {
    let answer = app.read(move |tx| {
        let found = store::people::notification(tx, base::NotificationId(id))?;
        let found = found.filter(|n| n.user == actor.user && n.ticket.is_some()).ok_or(Error::NotFound)?;
        let activity = views(tx, &actor, &origin, &[found])?.activities.pop().ok_or(Error::NotFound)?;
        Ok(ActivityAnswer { activity })
    });
    Ok(Json(answer.await?))
}

/// Notifications as activities, in the order given.
fn views(tx: &mut Tx<'_>, actor: &base::Actor, origin: &Origin, all: &[Notification]) -> Result<ActivitiesAnswer> {
    let ids: Vec<TicketId> = all.iter().filter_map(|n| n.ticket).collect();
    let tickets = access::many(tx, actor, &ids)?;
    let actors: BTreeSet<UserId> = all.iter().filter_map(|n| n.actor).collect();
    let mut shown = |ids: Vec<UserId>| -> Result<Vec<UserView>> {
        let users = people::users(tx, &ids)?;
        people::view::users(tx, origin, &users)
    };
    let actors = shown(actors.into_iter().collect())?;
    let users = shown(all.iter().map(|n| n.user).collect())?;
    let activities = all
        .iter()
        .map(|n| {
            let ticket = tickets.iter().find(|ticket| Some(ticket.id) == n.ticket);
            let by = actors.iter().find(|user| Some(user.id) == n.actor);
            let for_whom = users.iter().find(|user| user.id == n.user);
            activity(origin, n, ticket, by.cloned(), for_whom.cloned())
        })
        .collect();
    Ok(ActivitiesAnswer { activities, actors, users })
}

fn activity(
    origin: &Origin,
    n: &Notification,
    ticket: Option<&Ticket>,
    actor: Option<UserView>,
    user: Option<UserView>,
) -> ActivityView {
    let who = actor.as_ref().map_or_else(|| "The desk".to_owned(), |actor| actor.rest.name.clone());
    let number = n.ticket.map(|id| format!("#{id}")).unwrap_or_default();
    let about = || ticket.map(|ticket| AboutView { id: ticket.id, subject: ticket.subject.clone() });
    let assigned = n.kind == "assigned";
    let title = match n.kind.as_str() {
        "assigned" => format!("{who} assigned ticket {number} to you."),
        "mentioned" => format!("{who} mentioned you on ticket {number}: {}", n.excerpt),
        _ => format!("{who} commented on ticket {number}: {}", n.excerpt),
    };
    ActivityView {
        id: n.id.0,
        url: url(origin, &format!("activities/{}", n.id)),
        title,
        verb: if assigned { "tickets.assignment" } else { "tickets.comment" },
        user_id: n.user,
        actor_id: n.actor,
        user,
        actor,
        object: ObjectView {
            comment: (!assigned).then(|| SaidView { value: n.excerpt.clone() }),
            ticket: assigned.then(about).flatten(),
        },
        target: TargetView { ticket: about() },
        created_at: n.created_at,
        updated_at: n.created_at,
    }
}
