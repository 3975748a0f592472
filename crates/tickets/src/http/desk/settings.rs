//! The desk's settings, in Zendesk's shape.

use axum::Json;
use axum::extract::State;
use base::Permission;
use kernel::App;
use kernel::http::{Answer, Body, Me, Needs, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::asked::Given;
use crate::definitions::{self, DeskSettings};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/desk_settings", show_settings)
        .needs(Needs::Staff)
        .gives::<SettingsAnswer>()
        .put("/api/v2/desk_settings", update_settings)
        .needs(Permission::DeskManage)
        .takes::<SettingsBody>()
        .gives::<SettingsAnswer>()
}

/// The desk's settings.
#[derive(Serialize, JsonSchema)]
struct SettingsView {
    name: String,
    locale: base::Locale,
    time_zone: String,
    business_hours: HoursView,
    /// Milliseconds to the first reply and to the resolution, or null.
    goals: Value,
    /// Whether people who are not signed in may open requests.
    anonymous_requests: bool,
}

/// When the desk works.
#[derive(Serialize, JsonSchema)]
struct HoursView {
    time_zone: String,
    intervals: Vec<IntervalView>,
    /// Days without work, `YYYY-MM-DD`.
    holidays: Vec<String>,
}

/// Minutes from Sunday 00:00.
#[derive(Serialize, JsonSchema)]
struct IntervalView {
    start_time: i64,
    end_time: i64,
}

#[derive(Serialize, JsonSchema)]
struct SettingsAnswer {
    desk_settings: SettingsView,
}

/// `{"desk_settings": {"name", "locale", "time_zone", "business_hours", "goals", "anonymous_requests"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct SettingsBody {
    #[serde(default)]
    desk_settings: Map<String, Value>,
}

/// Zendesk's weeks begin on Sunday, ours on Monday: minutes from one to the other.
const SUNDAY: i64 = 6 * 24 * 60;
const WEEK: i64 = 7 * 24 * 60;

fn settings_answer(settings: &DeskSettings) -> SettingsAnswer {
    let hours = &settings.business_hours;
    let mut intervals: Vec<(i64, i64)> = hours
        .intervals
        .iter()
        .map(|(start, end)| {
            if *start >= SUNDAY { (start - SUNDAY, end - SUNDAY) } else { (start + WEEK - SUNDAY, end + WEEK - SUNDAY) }
        })
        .collect();
    intervals.sort_unstable();
    let intervals = intervals.into_iter().map(|(start_time, end_time)| IntervalView { start_time, end_time }).collect();
    SettingsAnswer {
        desk_settings: SettingsView {
            name: settings.desk.name.clone(),
            locale: settings.desk.locale,
            time_zone: settings.desk.time_zone.clone(),
            business_hours: HoursView {
                time_zone: hours.time_zone.clone(),
                intervals,
                holidays: hours.holidays.clone(),
            },
            goals: settings.goals.to_json(),
            anonymous_requests: settings.requests.anonymous,
        },
    }
}

async fn show_settings(app: State<App>, Me(_): Me) -> Answer<Json<SettingsAnswer>> {
    let settings = app.read(definitions::desk_settings).await?;
    Ok(Json(settings_answer(&settings)))
}

async fn update_settings(
    app: State<App>,
    Me(actor): Me,
    Body(body): Body<SettingsBody>,
) -> Answer<Json<SettingsAnswer>> {
    let answer = app.write(move |tx| {
        let mut settings = definitions::desk_settings(tx)?;
        let mut given = Given::new(body.desk_settings);
        given.text("name", &mut settings.desk.name);
        given.text("time_zone", &mut settings.desk.time_zone);
        if let Some(locale) = given.value("locale").and_then(Value::as_str).map(str::to_owned) {
            match base::Locale::parse(&locale) {
                Some(locale) => settings.desk.locale = locale,
                None => given.problem("locale", format!("locale: {locale:?} is not supported")),
            }
        }
        given.flag("anonymous_requests", &mut settings.requests.anonymous);
        read_hours(&mut given, &mut settings);
        if let Some(goals) = given.value("goals").cloned() {
            settings.goals.read(&goals).into_iter().for_each(|(field, message)| given.problem(field, message));
        }
        let saved = definitions::save_desk_settings(tx, &actor, &settings);
        given.finish(saved)?;
        Ok(settings_answer(&definitions::desk_settings(tx)?))
    });
    Ok(Json(answer.await?))
}

fn read_hours(given: &mut Given, settings: &mut DeskSettings) {
    let Some(hours) = given.value("business_hours").cloned() else { return };
    if let Some(zone) = hours["time_zone"].as_str() {
        zone.clone_into(&mut settings.business_hours.time_zone);
    }
    if let Some(list) = hours["intervals"].as_array() {
        let read = |interval: &Value| Some((interval["start_time"].as_i64()?, interval["end_time"].as_i64()?));
        match list.iter().map(read).collect::<Option<Vec<_>>>() {
            Some(intervals) => settings.business_hours.intervals = intervals.into_iter().map(from_monday).collect(),
            None => given.problem("business_hours.intervals", "intervals: must be a list of start_time and end_time"),
        }
    }
    if let Some(list) = hours["holidays"].as_array() {
        match list.iter().map(|day| day.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>() {
            Some(days) => settings.business_hours.holidays = days,
            None => given.problem("business_hours.holidays", "holidays: must be a list of days (YYYY-MM-DD)"),
        }
    }
}

/// An interval counted from Sunday as one counted from Monday. What isn't within a day stays wrong, to be told so.
fn from_monday((start, end): (i64, i64)) -> (i64, i64) {
    let shift = if start < WEEK - SUNDAY { SUNDAY } else { SUNDAY - WEEK };
    if start < 0 || end > WEEK { (-1, end) } else { (start + shift, end + shift) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_counted_from_sunday_are_the_same_hours_counted_from_monday() {
        let day = 24 * 60;
        // Sunday, Monday and Saturday from 9 to 17.
        assert_eq!(from_monday((540, 1_020)), (6 * day + 540, 6 * day + 1_020));
        assert_eq!(from_monday((day + 540, day + 1_020)), (540, 1_020));
        assert_eq!(from_monday((6 * day + 540, 6 * day + 1_020)), (5 * day + 540, 5 * day + 1_020));
    }
}
