//! Believable times: customers write mostly while the sun is up, agents work from nine to five.

use base::{Error, Result, Timestamp, time};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// How busy each hour of a day is, from midnight on.
const HOURS: [u32; 24] = [1, 0, 0, 0, 0, 1, 2, 5, 12, 20, 22, 20, 15, 17, 18, 16, 12, 8, 6, 5, 5, 4, 3, 2];

/// When agents work, in minutes of the day.
const WORK: std::ops::Range<i64> = 9 * 60..17 * 60;

/// The desk's calendar.
pub(super) struct Calendar(TimeZone);

impl Calendar {
    pub fn new(zone: &str) -> Result<Self> {
        TimeZone::get(zone).map(Self).map_err(Error::internal)
    }

    /// A time of day (`09:21`) that many days before `now`.
    pub fn days_ago(&self, now: Timestamp, days: i64, clock: &str) -> Option<Timestamp> {
        let (hour, minute) = clock.split_once(':')?;
        let minutes = hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?;
        self.instant(self.day(now, days)?, minutes)
    }

    /// When somebody might have written within the last `days`; `None` for a draw that lies in the future.
    pub fn random_arrival(&self, random: &mut fastrand::Rng, now: Timestamp, days: i64) -> Option<Timestamp> {
        let day = self.day(now, random.i64(0..days))?;
        let busy = match day.weekday() {
            Weekday::Monday => 1.0,
            Weekday::Saturday => 0.25,
            Weekday::Sunday => 0.2,
            _ => 0.85,
        };
        if random.f64() > busy {
            return None;
        }
        let mut left = random.u32(0..HOURS.iter().sum());
        let hour = HOURS.iter().position(|weight| match left.checked_sub(*weight) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        })?;
        let at = self.instant(day, hour as i64 * 60 + random.i64(0..60))?.plus(random.i64(0..60) * time::SECOND);
        (at < now.plus(-3 * time::MINUTE)).then_some(at)
    }

    /// This instant while agents work, else some minutes after they begin again.
    pub fn at_work(&self, random: &mut fastrand::Rng, at: Timestamp) -> Timestamp {
        let local = at.to_jiff().to_zoned(self.0.clone());
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        let is_workday = |day: Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let mut day = local.date();
        if is_workday(day) && WORK.contains(&minute) {
            return at;
        }
        if minute >= WORK.start {
            day = day.tomorrow().unwrap_or(day);
        }
        while !is_workday(day) {
            day = day.tomorrow().unwrap_or(day);
        }
        self.instant(day, WORK.start + random.i64(2..50)).unwrap_or(at).max(at)
    }

    fn day(&self, now: Timestamp, days_ago: i64) -> Option<Date> {
        let today = now.to_jiff().to_zoned(self.0.clone()).date();
        today.checked_sub(jiff::Span::new().days(days_ago)).ok()
    }

    fn instant(&self, day: Date, minutes: i64) -> Option<Timestamp> {
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        let zoned = day.at(hour, minute, 0, 0).to_zoned(self.0.clone()).ok()?;
        Some(Timestamp(zoned.timestamp().as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_off_answers_on_the_next_morning_at_work() {
        let calendar = Calendar::new("Europe/Tallinn").unwrap();
        let mut random = fastrand::Rng::with_seed(1);
        let mut at = |text: &str| calendar.at_work(&mut random, Timestamp::parse(text).unwrap()).to_string();
        assert_eq!(at("2026-11-20T12:00:00Z"), "2026-11-20T12:00:00Z");
        assert!(at("2026-11-20T16:00:00Z").starts_with("2026-11-23T07:"), "Friday evening waits for Monday");
        assert!(at("2026-11-19T04:00:00Z").starts_with("2026-11-19T07:"), "the early morning waits for nine");
    }
}
