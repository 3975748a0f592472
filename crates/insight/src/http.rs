//! The routes of insight. Times are in minutes, days those of the desk's time zone.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{RawQuery, State};
use base::{Error, FieldProblem, Permission, Result, UserId};
use kernel::http::{Answer, Body, Envelope, Me, Origin, Paging, Params, Routes};
use kernel::{App, Tx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tickets::desk::Goals;

use crate::figures::{Bucket, Reader, behind, durations};
use crate::period::{Calendar, Interval, Stretch};
use crate::store::{self, Filter, Measured};

/// The days of an answer when no dates are given.
const DAYS: i64 = 30;

/// The routes of insight.
pub fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/insight/summary", summary)
        .needs(Permission::ReportRead)
        .query::<Query>()
        .gives::<SummaryAnswer>()
        .get("/api/v2/insight/tickets", tickets_behind)
        .needs(Permission::ReportRead)
        .query::<Query>()
        .get("/api/v2/insight/volumes", volumes)
        .needs(Permission::ReportRead)
        .query::<Query>()
        .gives::<VolumesAnswer>()
        .get("/api/v2/insight/agents", agents)
        .needs(Permission::ReportRead)
        .query::<Query>()
        .gives::<AgentsAnswer>()
        .get("/api/v2/insight/goals", goals)
        .needs(Permission::ReportRead)
        .put("/api/v2/insight/goals", set_goals)
        .needs(Permission::DeskManage)
        .takes::<GoalsBody>()
}

#[derive(Default, Deserialize, JsonSchema)]
struct Query {
    /// The first day, or an instant.
    from: Option<String>,
    /// The day after the last, or an instant.
    to: Option<String>,
    /// `day`, `week` or `month`.
    interval: Option<String>,
    /// For lists: `new` (or `created`), `open`, `solved`, `first_reply`, `full_resolution`.
    metric: Option<String>,
    /// Only tickets of this group.
    group_id: Option<String>,
    /// Only tickets of this brand.
    brand_id: Option<String>,
    /// Only tickets of this assignee.
    assignee_id: Option<String>,
    /// Only tickets that came by this channel.
    via: Option<String>,
}

/// A summary.
#[derive(Serialize, JsonSchema)]
struct SummaryAnswer {
    summary: Summary,
}

#[derive(Serialize, JsonSchema)]
struct Summary {
    from: String,
    to: String,
    interval: &'static str,
    /// The desk's time zone, whose days these are.
    time_zone: String,
    /// The whole time.
    total: Bucket,
    /// The time of the same length right before.
    previous: Bucket,
    /// The time cut into days, weeks or months.
    points: Vec<Bucket>,
    /// What the desk wants to reach.
    goals: Value,
}

/// When tickets come.
#[derive(Serialize, JsonSchema)]
struct VolumesAnswer {
    volumes: Volumes,
}

#[derive(Default, Serialize, JsonSchema)]
struct Volumes {
    from: String,
    to: String,
    time_zone: String,
    /// Tickets that came in each hour of the day, from 0 to 23.
    hours: Vec<i64>,
    /// Tickets that came on each day of the week, from Monday on.
    weekdays: Vec<i64>,
    /// For each day of the week from Monday on, tickets that came in each hour.
    grid: Vec<Vec<i64>>,
    /// Tickets that came by each channel.
    channels: BTreeMap<String, i64>,
}

/// What agents did.
#[derive(Serialize, JsonSchema)]
struct AgentsAnswer {
    agents: Vec<AgentView>,
}

/// What one agent did.
#[derive(Serialize, JsonSchema)]
struct AgentView {
    user_id: UserId,
    name: String,
    /// Public comments that they wrote.
    replies: i64,
    /// Tickets assigned to them that were solved.
    solved: i64,
    /// Tickets assigned to them that are not solved now.
    open: i64,
    /// First replies that they gave.
    first_reply: crate::figures::Durations,
}

/// `{"goals": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct GoalsBody {
    /// first_reply_minutes, full_resolution_minutes (null for none), basis, statistic.
    #[serde(default)]
    goals: Map<String, Value>,
}

/// A query that was understood.
struct Asked {
    zone: String,
    calendar: Calendar,
    stretch: Stretch,
    filter: Filter,
}

fn understand(tx: &mut Tx<'_>, query: &Query) -> Result<Asked> {
    let desk: people::settings::Desk = settings::get(tx)?;
    let calendar = Calendar::of(&desk.time_zone);
    let stretch = calendar.stretch(query.from.as_deref(), query.to.as_deref(), DAYS, tx.now())?;
    let id = |name: &str, text: &Option<String>| match text.as_deref().filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| Error::BadRequest("InvalidParameter", format!("{name}: {text:?} is not a number"))),
    };
    let filter = Filter {
        group: id("group_id", &query.group_id)?,
        brand: id("brand_id", &query.brand_id)?,
        assignee: id("assignee_id", &query.assignee_id)?,
        via: query.via.clone().filter(|via| !via.is_empty()),
    };
    Ok(Asked { zone: desk.time_zone, calendar, stretch, filter })
}

fn interval_of(query: &Query) -> Result<Interval> {
    let Some(name) = query.interval.as_deref() else { return Ok(Interval::Day) };
    let unknown = || Error::BadRequest("InvalidParameter", format!("interval: {name:?} is not day, week or month"));
    Interval::parse(name).ok_or_else(unknown)
}

async fn summary(app: State<App>, Me(actor): Me, Params(query): Params<Query>) -> Answer<Json<SummaryAnswer>> {
    let answer = app.read(move |tx| {
        let asked = understand(tx, &query)?;
        let interval = interval_of(&query)?;
        let goals: Goals = settings::get(tx)?;
        let reader = Reader { actor: &actor, filter: &asked.filter, calendar: &asked.calendar, goals: &goals };
        let parts = asked.calendar.cut(asked.stretch, interval)?;
        let (total, points) = reader.buckets(tx, asked.stretch, &parts)?;
        let before = asked.calendar.before(asked.stretch);
        let (previous, _) = reader.buckets(tx, before, &[before])?;
        Ok(SummaryAnswer {
            summary: Summary {
                from: total.from.clone(),
                to: total.to.clone(),
                interval: interval.name(),
                time_zone: asked.zone,
                total,
                previous,
                points,
                goals: goals.to_json(),
            },
        })
    });
    Ok(Json(answer.await?))
}

/// The tickets behind exactly one number of a summary.
async fn tickets_behind(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    RawQuery(raw): RawQuery,
    Params(query): Params<Query>,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let asked = understand(tx, &query)?;
        let metric = query.metric.as_deref().unwrap_or("new");
        let Some(filter) = behind(tx, &actor, &asked.filter, metric, asked.stretch)? else {
            let text = format!("metric: {metric:?} is not new, open, solved, first_reply or full_resolution");
            return Err(Error::BadRequest("InvalidParameter", text));
        };
        let raw = raw.unwrap_or_default();
        let envelope = Envelope { origin: &origin, path: "/api/v2/insight/tickets.json", query: &raw };
        tickets::page_of(tx, &actor, &envelope, &paging, &filter)
    });
    Ok(Json(answer.await?))
}

async fn volumes(app: State<App>, Me(actor): Me, Params(query): Params<Query>) -> Answer<Json<VolumesAnswer>> {
    let answer = app.read(move |tx| {
        let asked = understand(tx, &query)?;
        let mut volumes = Volumes {
            from: asked.calendar.write(asked.stretch.from),
            to: asked.calendar.write(asked.stretch.to),
            hours: vec![0; 24],
            weekdays: vec![0; 7],
            grid: vec![vec![0; 24]; 7],
            ..Volumes::default()
        };
        for (at, via) in store::arrivals(tx, &actor, &asked.filter, asked.stretch)? {
            let local = asked.calendar.local(at);
            let day = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
            let hour = usize::try_from(local.hour()).unwrap_or(0);
            volumes.hours[hour] += 1;
            volumes.weekdays[day] += 1;
            volumes.grid[day][hour] += 1;
            *volumes.channels.entry(via).or_default() += 1;
        }
        volumes.time_zone = asked.zone;
        Ok(VolumesAnswer { volumes })
    });
    Ok(Json(answer.await?))
}

async fn agents(app: State<App>, Me(actor): Me, Params(query): Params<Query>) -> Answer<Json<AgentsAnswer>> {
    let answer = app.read(move |tx| {
        let asked = understand(tx, &query)?;
        let (filter, stretch) = (&asked.filter, asked.stretch);
        let goals: Goals = settings::get(tx)?;
        let replies: BTreeMap<_, _> = store::replies(tx, &actor, filter, stretch)?.into_iter().collect();
        let solved: BTreeMap<_, _> = store::solved_by(tx, &actor, filter, stretch)?.into_iter().collect();
        let open: BTreeMap<_, _> = store::held_by(tx, &actor, filter)?.into_iter().collect();
        let mut first: BTreeMap<UserId, Vec<Measured>> = BTreeMap::new();
        for (user, measured) in store::first_repliers(tx, &actor, filter, stretch)? {
            first.entry(user).or_default().push(measured);
        }
        let ids: Vec<UserId> = replies.keys().chain(solved.keys()).chain(open.keys()).copied().collect();
        let view = |user: &people::User| AgentView {
            user_id: user.id,
            name: user.name.clone(),
            replies: replies.get(&user.id).copied().unwrap_or(0),
            solved: solved.get(&user.id).copied().unwrap_or(0),
            open: open.get(&user.id).copied().unwrap_or(0),
            first_reply: durations(
                first.get(&user.id).map(Vec::as_slice).unwrap_or_default(),
                goals.first_reply_ms,
                goals.business,
            ),
        };
        let mut agents: Vec<_> = people::users(tx, &ids)?.iter().map(view).collect();
        agents.sort_by_key(|agent| (-agent.replies, -agent.solved, agent.user_id));
        Ok(AgentsAnswer { agents })
    });
    Ok(Json(answer.await?))
}

async fn goals(app: State<App>, Me(_): Me) -> Answer<Json<Value>> {
    let goals: Goals = app.read(settings::get).await?;
    Ok(Json(json!({"goals": goals.to_json()})))
}

async fn set_goals(app: State<App>, Me(actor): Me, Body(body): Body<GoalsBody>) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let mut settings = tickets::definitions::desk_settings(tx)?;
        let problems = settings.goals.read(&Value::Object(body.goals));
        if !problems.is_empty() {
            let problem =
                |(field, message): (&str, String)| FieldProblem { field: field.into(), code: "InvalidValue", message };
            return Err(Error::Invalid(problems.into_iter().map(problem).collect()));
        }
        tickets::definitions::save_desk_settings(tx, &actor, &settings)?;
        Ok(json!({"goals": settings.goals.to_json()}))
    });
    Ok(Json(answer.await?))
}
