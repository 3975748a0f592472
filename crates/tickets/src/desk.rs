//! What a desk is made of beside tickets and people: brands, custom statuses, business hours.

use base::{BrandId, CustomStatusId, Error, Result, Timestamp, time};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use kernel::Tx;
use kernel::settings::{self, Setting};
use rules::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::store;

/// A brand: one face of the desk to its customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Brand {
    /// Its number.
    pub id: BrandId,
    /// Its name, which customers read.
    pub name: String,
    /// The short name in addresses.
    pub subdomain: String,
    /// Its own host, if it has one.
    pub host_mapping: Option<String>,
    /// Whether it is in use.
    pub active: bool,
    /// Whether tickets get it that name no other.
    pub is_default: bool,
    /// What follows an agent's public comment in mails.
    pub signature_template: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A status within a category.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomStatus {
    /// Its number.
    pub id: CustomStatusId,
    /// The category.
    pub status: Status,
    /// What agents read.
    pub agent_label: String,
    /// What customers read.
    pub end_user_label: String,
    /// What it means, for agents.
    pub description: String,
    /// What it means, for customers.
    pub end_user_description: String,
    /// Whether it can be chosen.
    pub active: bool,
    /// Whether it is what a bare category means.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Every brand that isn't deleted.
pub fn brands(tx: &mut Tx<'_>) -> Result<Vec<Brand>> {
    store::desk::brands(tx)
}

/// The brand that tickets get which name no other.
pub fn default_brand(tx: &mut Tx<'_>) -> Result<Brand> {
    let brand = brands(tx)?.into_iter().find(|brand| brand.is_default);
    brand.ok_or_else(|| Error::internal("the desk has no default brand"))
}

/// Every custom status.
pub fn custom_statuses(tx: &mut Tx<'_>) -> Result<Vec<CustomStatus>> {
    store::desk::custom_statuses(tx)
}

/// Makes what every desk has: the default brand, the system's fields and statuses, a form and the usual views.
/// Does nothing on a desk that has them.
pub fn furnish(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    if store::desk::brands(tx)?.is_empty() {
        store::desk::insert_brand(tx, name, "main", true)?;
        for status in [Status::New, Status::Open, Status::Pending, Status::Hold, Status::Solved] {
            store::desk::insert_default_status(tx, status)?;
        }
        crate::fields::furnish(tx)?;
        crate::views::furnish(tx)?;
    }
    Ok(())
}

/// When the desk works, for clocks that count business time only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BusinessHours {
    /// An IANA time zone.
    pub time_zone: String,
    /// Hours of the week: minutes from Monday 00:00, start and end.
    pub intervals: Vec<(i64, i64)>,
    /// Days without work, `YYYY-MM-DD`.
    pub holidays: Vec<String>,
}

impl Default for BusinessHours {
    /// Monday to Friday from 9 to 17 in Tallinn.
    fn default() -> Self {
        let day = |n: i64| (n * 24 * 60 + 9 * 60, n * 24 * 60 + 17 * 60);
        Self { time_zone: "Europe/Tallinn".into(), intervals: (0..5).map(day).collect(), holidays: Vec::new() }
    }
}

impl Setting for BusinessHours {
    const NAME: &'static str = "business_hours";
}

/// The desk's business hours.
pub fn business_hours(tx: &mut Tx<'_>) -> Result<BusinessHours> {
    settings::get(tx)
}

impl BusinessHours {
    /// Milliseconds of work between two instants. Exact over changes of daylight saving: each day's hours are local
    /// times, turned into instants one by one.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let Ok(zone) = TimeZone::get(&self.time_zone) else { return to.since(from).max(0) };
        if to <= from {
            return 0;
        }
        let (last, first) = (to.to_jiff().to_zoned(zone.clone()).date(), from.to_jiff().to_zoned(zone.clone()).date());
        // Hours that began the evening before may reach into the first day.
        let mut day = first.yesterday().unwrap_or(first);
        let mut total = 0;
        while day <= last {
            if !self.holidays.iter().any(|holiday| *holiday == day.to_string()) {
                total += self.on_day(day, &zone, from, to);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        total
    }

    fn on_day(&self, day: jiff::civil::Date, zone: &TimeZone, from: Timestamp, to: Timestamp) -> i64 {
        let offset = i64::from(day.weekday().since(Weekday::Monday)) * 24 * 60;
        let instant = |minute: i64| {
            let local = day.at(0, 0, 0, 0).checked_add(jiff::SignedDuration::from_mins(minute)).ok()?;
            let zoned = zone.to_ambiguous_zoned(local).compatible().ok()?;
            Some(Timestamp(zoned.timestamp().as_millisecond()))
        };
        let todays = self.intervals.iter().filter(|(start, _)| (offset..offset + 24 * 60).contains(start));
        todays
            .filter_map(|(start, end)| Some((instant(start - offset)?, instant(end - offset)?)))
            .map(|(start, end)| end.min(to).since(start.max(from)).max(0))
            .sum()
    }
}

/// What the desk wants to reach, for dashboards to compare with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Goals {
    /// First reply time, in milliseconds.
    pub first_reply_ms: Option<i64>,
    /// Full resolution time, in milliseconds.
    pub full_resolution_ms: Option<i64>,
    /// Whether the goals are meant in business hours.
    pub business: bool,
    /// Whether the median has to reach them, and not the mean.
    pub median: bool,
}

impl Default for Goals {
    fn default() -> Self {
        let (first_reply_ms, full_resolution_ms) = (Some(10 * time::MINUTE), Some(8 * time::HOUR));
        Self { first_reply_ms, full_resolution_ms, business: true, median: false }
    }
}

impl Goals {
    /// The goals in JSON: minutes, or null where there is none.
    pub fn to_json(&self) -> Value {
        let minutes = |ms: Option<i64>| ms.map(|ms| ms / time::MINUTE);
        json!({
            "first_reply_minutes": minutes(self.first_reply_ms),
            "full_resolution_minutes": minutes(self.full_resolution_ms),
            "basis": if self.business { "business" } else { "calendar" },
            "statistic": if self.median { "median" } else { "mean" },
        })
    }

    /// Takes over what such JSON gives; tells what is wrong with it, by field.
    pub fn read(&mut self, json: &Value) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        for (key, field, goal) in [
            ("first_reply_minutes", "goals.first_reply_minutes", &mut self.first_reply_ms),
            ("full_resolution_minutes", "goals.full_resolution_minutes", &mut self.full_resolution_ms),
        ] {
            match (json.get(key), json[key].as_i64()) {
                (None, _) => {}
                (Some(Value::Null), _) => *goal = None,
                (_, Some(minutes)) => *goal = Some(minutes.saturating_mul(time::MINUTE)),
                (Some(other), None) => problems.push((field, format!("{field}: {other} is not a number of minutes"))),
            }
        }
        for (key, field, no, yes, flag) in [
            ("basis", "goals.basis", "calendar", "business", &mut self.business),
            ("statistic", "goals.statistic", "mean", "median", &mut self.median),
        ] {
            match json.get(key).map(|value| value.as_str().unwrap_or_default()) {
                None => {}
                Some(word) if word == yes || word == no => *flag = word == yes,
                Some(_) => problems.push((field, format!("{field}: is {no} or {yes}"))),
            }
        }
        problems
    }
}

impl Setting for Goals {
    const NAME: &'static str = "goals";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn nights_weekends_and_holidays_do_not_count() {
        let mut hours = BusinessHours::default();
        // Friday 16:00 to Monday 10:00 in Tallinn (UTC+2).
        let (from, to) = (ms("2026-11-20T14:00:00Z"), ms("2026-11-23T08:00:00Z"));
        assert_eq!(hours.between(from, to), 2 * time::HOUR);
        hours.holidays.push("2026-11-23".into());
        assert_eq!(hours.between(from, to), time::HOUR);
        assert_eq!(hours.between(to, from), 0);
    }

    #[test]
    fn a_shift_over_the_change_of_daylight_saving_is_as_long_as_it_really_is() {
        // Sunday 25 October 2026: clocks go back at 04:00, so 00:00-08:00 lasts nine hours.
        let sunday = 6 * 24 * 60;
        let hours = BusinessHours { intervals: vec![(sunday, sunday + 8 * 60)], ..BusinessHours::default() };
        assert_eq!(hours.between(ms("2026-10-24T12:00:00Z"), ms("2026-10-26T12:00:00Z")), 9 * time::HOUR);
    }
}
