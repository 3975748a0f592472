//! Zendesk's [schedules](https://developer.zendesk.com/api-reference/ticketing/ticket-management/schedules/).

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, Error, Permission, Result, Timestamp};
use kernel::http::{Answer, Asked, Body, Created, Given, Id, Me, Needs, NoContent, Origin, Paging, Routes, as_id, url};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::schedule::{self, Holiday, Schedule};
use crate::store::schedules as store;

pub(super) fn routes() -> Routes {
    let write = Permission::DeskManage;
    Routes::new()
        .get("/api/v2/business_hours/schedules", list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<SchedulesAnswer>()
        .post("/api/v2/business_hours/schedules", create)
        .needs(write)
        .takes::<ScheduleBody>()
        .gives::<ScheduleAnswer>()
        .get("/api/v2/business_hours/schedules/{id}", show)
        .needs(Needs::Staff)
        .gives::<ScheduleAnswer>()
        .put("/api/v2/business_hours/schedules/{id}", update)
        .needs(write)
        .takes::<ScheduleBody>()
        .gives::<ScheduleAnswer>()
        .delete("/api/v2/business_hours/schedules/{id}", delete)
        .needs(write)
        .put("/api/v2/business_hours/schedules/{id}/workweek", set_workweek)
        .needs(write)
        .takes::<WorkweekBody>()
        .gives::<WorkweekAnswer>()
        .get("/api/v2/business_hours/schedules/{id}/holidays", list_holidays)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<HolidaysAnswer>()
        .post("/api/v2/business_hours/schedules/{id}/holidays", create_holiday)
        .needs(write)
        .takes::<HolidayBody>()
        .gives::<HolidayAnswer>()
        .get("/api/v2/business_hours/schedules/{id}/holidays/{holiday_id}", show_holiday)
        .needs(Needs::Staff)
        .gives::<HolidayAnswer>()
        .put("/api/v2/business_hours/schedules/{id}/holidays/{holiday_id}", update_holiday)
        .needs(write)
        .takes::<HolidayBody>()
        .gives::<HolidayAnswer>()
        .delete("/api/v2/business_hours/schedules/{id}/holidays/{holiday_id}", delete_holiday)
        .needs(write)
}

/// `{"schedule": {"name", "time_zone", "intervals"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct ScheduleBody {
    #[serde(default)]
    schedule: Map<String, Value>,
}

/// `{"workweek": {"intervals": [{"start_time", "end_time"}]}}`, in minutes from Sunday 00:00.
#[derive(Default, Deserialize, JsonSchema)]
struct WorkweekBody {
    #[serde(default)]
    workweek: Map<String, Value>,
}

/// `{"holiday": {"name", "start_date", "end_date"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct HolidayBody {
    #[serde(default)]
    holiday: Map<String, Value>,
}

/// Minutes from Sunday 00:00, in the schedule's time zone.
#[derive(Serialize, JsonSchema)]
struct IntervalView {
    start_time: i64,
    end_time: i64,
}

/// When people work.
#[derive(Serialize, JsonSchema)]
struct ScheduleView {
    url: String,
    id: i64,
    name: String,
    time_zone: String,
    intervals: Vec<IntervalView>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct ScheduleAnswer {
    schedule: ScheduleView,
}

#[derive(Serialize, JsonSchema)]
struct SchedulesAnswer {
    schedules: Vec<ScheduleView>,
    /// count, next_page and previous_page; or meta and links.
    #[serde(flatten)]
    paging: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
struct WorkweekView {
    intervals: Vec<IntervalView>,
}

#[derive(Serialize, JsonSchema)]
struct WorkweekAnswer {
    workweek: WorkweekView,
}

/// Days without work.
#[derive(Serialize, JsonSchema)]
struct HolidayView {
    id: i64,
    name: String,
    start_date: String,
    end_date: String,
}

#[derive(Serialize, JsonSchema)]
struct HolidayAnswer {
    holiday: HolidayView,
}

#[derive(Serialize, JsonSchema)]
struct HolidaysAnswer {
    holidays: Vec<HolidayView>,
    /// count, next_page and previous_page; or meta and links.
    #[serde(flatten)]
    paging: Map<String, Value>,
}

fn intervals(s: &Schedule) -> Vec<IntervalView> {
    s.intervals
        .iter()
        .map(|(start_time, end_time)| IntervalView { start_time: *start_time, end_time: *end_time })
        .collect()
}

fn view(origin: &Origin, s: &Schedule) -> ScheduleView {
    ScheduleView {
        url: url(origin, &format!("business_hours/schedules/{}", s.id)),
        id: s.id,
        name: s.name.clone(),
        time_zone: people::time_zone::zendesk(&s.time_zone).to_owned(),
        intervals: intervals(s),
        created_at: s.created_at,
        updated_at: s.updated_at,
    }
}

fn holiday_view(h: &Holiday) -> HolidayView {
    HolidayView { id: h.id, name: h.name.clone(), start_date: h.start_date.clone(), end_date: h.end_date.clone() }
}

async fn list(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = store::all(tx)?;
        asked.slice("schedules", all.iter().map(|one| json!(view(&asked.origin, one))).collect())
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, origin: Origin, Id(id): Id<i64>) -> Answer<Json<ScheduleAnswer>> {
    let found = app.read(move |tx| store::get(tx, id)).await?;
    Ok(Json(ScheduleAnswer { schedule: view(&origin, &found) }))
}

fn read_intervals(given: &mut Given, into: &mut Vec<(i64, i64)>) {
    let list = match given.value("intervals") {
        None => return,
        Some(list) => list.as_array().cloned(),
    };
    let pair = |one: &Value| Some((one.get("start_time").and_then(as_id)?, one.get("end_time").and_then(as_id)?));
    match list.and_then(|list| list.iter().map(pair).collect()) {
        Some(read) => *into = read,
        None => given.problem("intervals", "intervals: must be a list of start_time and end_time, in minutes"),
    }
}

fn save(tx: &mut Tx<'_>, actor: &Actor, schedule: &mut Schedule, map: Map<String, Value>) -> Result<()> {
    let mut given = Given::new(map);
    given.text("name", &mut schedule.name);
    given.text("time_zone", &mut schedule.time_zone);
    read_intervals(&mut given, &mut schedule.intervals);
    let saved = schedule::save(tx, actor, schedule);
    given.finish(saved)
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<ScheduleBody>,
) -> Answer<Created<ScheduleAnswer>> {
    let made = app.write(move |tx| {
        // Monday to Friday from 9 to 17, as in Zendesk's.
        let day = |n: i64| ((n * 24 + 9) * 60, (n * 24 + 17) * 60);
        let mut schedule = Schedule {
            id: 0,
            name: String::new(),
            time_zone: kernel::settings::get::<people::settings::Desk>(tx)?.time_zone,
            intervals: (1..6).map(day).collect(),
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        save(tx, &actor, &mut schedule, body.schedule)?;
        Ok(schedule)
    });
    let made = view(&origin, &made.await?);
    Ok(Created(made.url.clone(), ScheduleAnswer { schedule: made }))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<i64>,
    Body(body): Body<ScheduleBody>,
) -> Answer<Json<ScheduleAnswer>> {
    let saved = app.write(move |tx| {
        let mut schedule = store::get(tx, id)?;
        save(tx, &actor, &mut schedule, body.schedule)?;
        Ok(schedule)
    });
    Ok(Json(ScheduleAnswer { schedule: view(&origin, &saved.await?) }))
}

async fn set_workweek(
    app: State<App>,
    Me(actor): Me,
    Id(id): Id<i64>,
    Body(body): Body<WorkweekBody>,
) -> Answer<Json<WorkweekAnswer>> {
    let only = body.workweek.into_iter().filter(|(key, _)| key == "intervals").collect();
    let saved = app.write(move |tx| {
        let mut schedule = store::get(tx, id)?;
        save(tx, &actor, &mut schedule, only)?;
        Ok(schedule)
    });
    Ok(Json(WorkweekAnswer { workweek: WorkweekView { intervals: intervals(&saved.await?) } }))
}

async fn delete(app: State<App>, Me(actor): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    app.write(move |tx| {
        let found = store::get(tx, id)?;
        schedule::delete(tx, &actor, &found)
    })
    .await?;
    Ok(NoContent)
}

async fn list_holidays(app: State<App>, asked: Asked, Id(id): Id<i64>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        store::get(tx, id)?;
        let all = store::holidays(tx, id)?;
        asked.slice("holidays", all.iter().map(|one| json!(holiday_view(one))).collect())
    });
    Ok(Json(answer.await?))
}

/// The two numbers of a holiday's path.
fn both(path: &(String, String)) -> Result<(i64, i64)> {
    path.0.parse().ok().zip(path.1.parse().ok()).ok_or(Error::NotFound)
}

async fn show_holiday(app: State<App>, Path(path): Path<(String, String)>) -> Answer<Json<HolidayAnswer>> {
    let (id, holiday) = both(&path)?;
    let found = app.read(move |tx| store::get_holiday(tx, id, holiday)).await?;
    Ok(Json(HolidayAnswer { holiday: holiday_view(&found) }))
}

fn save_holiday(tx: &mut Tx<'_>, actor: &Actor, holiday: &mut Holiday, map: Map<String, Value>) -> Result<()> {
    let mut given = Given::new(map);
    given.text("name", &mut holiday.name);
    given.text("start_date", &mut holiday.start_date);
    given.text("end_date", &mut holiday.end_date);
    let saved = schedule::save_holiday(tx, actor, holiday);
    given.finish(saved)
}

async fn create_holiday(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<i64>,
    Body(body): Body<HolidayBody>,
) -> Answer<Created<HolidayAnswer>> {
    let made = app.write(move |tx| {
        let schedule = store::get(tx, id)?.id;
        let blank = String::new;
        let mut holiday = Holiday { id: 0, schedule, name: blank(), start_date: blank(), end_date: blank() };
        save_holiday(tx, &actor, &mut holiday, body.holiday)?;
        Ok(holiday)
    });
    let made = made.await?;
    let place = url(&origin, &format!("business_hours/schedules/{id}/holidays/{}", made.id));
    Ok(Created(place, HolidayAnswer { holiday: holiday_view(&made) }))
}

async fn update_holiday(
    app: State<App>,
    Me(actor): Me,
    Path(path): Path<(String, String)>,
    Body(body): Body<HolidayBody>,
) -> Answer<Json<HolidayAnswer>> {
    let (id, holiday) = both(&path)?;
    let saved = app.write(move |tx| {
        let mut holiday = store::get_holiday(tx, id, holiday)?;
        save_holiday(tx, &actor, &mut holiday, body.holiday)?;
        Ok(holiday)
    });
    Ok(Json(HolidayAnswer { holiday: holiday_view(&saved.await?) }))
}

async fn delete_holiday(app: State<App>, Me(actor): Me, Path(path): Path<(String, String)>) -> Answer<NoContent> {
    let (id, holiday) = both(&path)?;
    app.write(move |tx| {
        let found = store::get_holiday(tx, id, holiday)?;
        schedule::delete_holiday(tx, &actor, &found)
    })
    .await?;
    Ok(NoContent)
}
