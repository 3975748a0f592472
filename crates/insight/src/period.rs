//! Days, ISO weeks and months of the desk's time zone, as stretches of time. Exact over changes of daylight saving.

use base::{Error, Result, Timestamp};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// The most stretches of one answer.
const MOST: usize = 1_000;

/// How a period is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interval {
    Day,
    /// From Monday on.
    Week,
    Month,
}

impl Interval {
    pub fn name(self) -> &'static str {
        match self {
            Interval::Day => "day",
            Interval::Week => "week",
            Interval::Month => "month",
        }
    }

    /// The interval of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Interval::Day, Interval::Week, Interval::Month].into_iter().find(|interval| interval.name() == name)
    }

    /// The first day of the next interval after the one in which `day` lies.
    fn next(self, day: Date) -> Option<Date> {
        match self {
            Interval::Day => day.tomorrow().ok(),
            Interval::Week => day.checked_add((7 - i64::from(day.weekday().since(Weekday::Monday))).days()).ok(),
            Interval::Month => day.first_of_month().checked_add(1.month()).ok(),
        }
    }
}

/// From `from` to before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Stretch {
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// The desk's calendar.
pub(crate) struct Calendar(TimeZone);

impl Calendar {
    /// The calendar of an IANA time zone; of UTC when there is none of that name.
    pub fn of(zone: &str) -> Self {
        Self(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
    }

    /// The instant in local time.
    pub fn local(&self, at: Timestamp) -> Zoned {
        at.to_jiff().to_zoned(self.0.clone())
    }

    /// When a day begins.
    fn start_of(&self, day: Date) -> Option<Timestamp> {
        let start = day.to_zoned(self.0.clone()).ok()?;
        Some(Timestamp(start.timestamp().as_millisecond()))
    }

    /// Reads a day (its beginning is meant) or an instant.
    pub fn read(&self, name: &str, text: &str) -> Result<Timestamp> {
        let day = if text.len() == 10 { text.parse().ok().and_then(|day| self.start_of(day)) } else { None };
        // A plus sign that a client forgot to escape arrives as a space.
        let at = day.or_else(|| Timestamp::parse(&text.replace(' ', "+")));
        let unreadable = || format!("{name}: {text:?} is not a day (YYYY-MM-DD) or an ISO 8601 time");
        at.ok_or_else(|| Error::BadRequest("InvalidParameter", unreadable()))
    }

    /// Writes an instant as [`Calendar::read`] reads it: as a day where one begins.
    pub fn write(&self, at: Timestamp) -> String {
        let day = self.local(at).date();
        if self.start_of(day) == Some(at) { day.to_string() } else { at.to_jiff().to_string() }
    }

    /// The stretch from `from` to `to`; without them, the last `days` days up to and with today.
    pub fn stretch(&self, from: Option<&str>, to: Option<&str>, days: i64, now: Timestamp) -> Result<Stretch> {
        let today = self.local(now).date();
        let day = |offset: i64| today.checked_add(offset.days()).ok().and_then(|day| self.start_of(day)).unwrap_or(now);
        let from = from.map_or_else(|| Ok(day(1 - days)), |text| self.read("from", text))?;
        let to = to.map_or_else(|| Ok(day(1)), |text| self.read("to", text))?;
        if to <= from {
            return Err(Error::BadRequest("InvalidParameter", "to: must be after from".into()));
        }
        Ok(Stretch { from, to })
    }

    /// The stretch cut at the beginnings of days, weeks or months.
    pub fn cut(&self, whole: Stretch, interval: Interval) -> Result<Vec<Stretch>> {
        let mut out = Vec::new();
        let (mut from, mut day) = (whole.from, self.local(whole.from).date());
        while from < whole.to {
            let next = interval.next(day).and_then(|next| Some((next, self.start_of(next)?)));
            let Some((next, to)) = next else { break };
            let to = to.min(whole.to);
            if to > from {
                out.push(Stretch { from, to });
            }
            (from, day) = (to.max(from), next);
            if out.len() > MOST {
                let text = format!("At most {MOST} {}s are given at once", interval.name());
                return Err(Error::BadRequest("TooManyValues", text));
            }
        }
        Ok(out)
    }

    /// The stretch of the same length, by the calendar, right before.
    pub fn before(&self, stretch: Stretch) -> Stretch {
        let (first, last) = (self.local(stretch.from).date(), self.local(stretch.to).date());
        let whole_days = self.start_of(first) == Some(stretch.from) && self.start_of(last) == Some(stretch.to);
        let days = first.until(last).map(|span| i64::from(span.get_days())).unwrap_or(0);
        let earlier = first.checked_sub(days.days()).ok().filter(|_| whole_days).and_then(|day| self.start_of(day));
        let from = earlier.unwrap_or_else(|| stretch.from.plus(-stretch.to.since(stretch.from)));
        Stretch { from, to: stretch.from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tallinn() -> Calendar {
        Calendar::of("Europe/Tallinn")
    }

    fn stretch(from: &str, to: &str) -> Stretch {
        tallinn().stretch(Some(from), Some(to), 7, Timestamp(0)).unwrap()
    }

    #[test]
    fn days_are_as_long_as_they_are() {
        // Clocks go back on 25 October 2026: that day has 25 hours.
        let days = tallinn().cut(stretch("2026-10-24", "2026-10-27"), Interval::Day).unwrap();
        let hours: Vec<i64> = days.iter().map(|day| day.to.since(day.from) / base::time::HOUR).collect();
        assert_eq!(hours, [24, 25, 24]);
        assert_eq!(days[1].from.to_string(), "2026-10-24T21:00:00Z");
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first_and_ends_are_clipped() {
        let names = |interval| {
            let cut = tallinn().cut(stretch("2026-10-29", "2026-11-12"), interval).unwrap();
            cut.iter().map(|s| tallinn().write(s.from)).collect::<Vec<_>>()
        };
        assert_eq!(names(Interval::Week), ["2026-10-29", "2026-11-02", "2026-11-09"]);
        assert_eq!(names(Interval::Month), ["2026-10-29", "2026-11-01"]);
    }

    #[test]
    fn the_cuts_cover_the_whole_without_gaps() {
        let whole = stretch("2026-03-25T10:30:00Z", "2026-04-02T01:00:00Z");
        for interval in [Interval::Day, Interval::Week, Interval::Month] {
            let cut = tallinn().cut(whole, interval).unwrap();
            assert_eq!((cut[0].from, cut[cut.len() - 1].to), (whole.from, whole.to));
            assert!(cut.windows(2).all(|pair| pair[0].to == pair[1].from));
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_the_time_before_has_as_many_days() {
        let calendar = tallinn();
        for text in ["2026-10-25", "2026-10-25T00:30:00Z"] {
            assert_eq!(calendar.write(calendar.read("from", text).unwrap()), text);
        }
        let before = calendar.before(stretch("2026-10-25", "2026-11-01"));
        assert_eq!(calendar.write(before.from), "2026-10-18");
        assert!(calendar.read("from", "yesterday").is_err());
        assert!(calendar.stretch(Some("2026-10-02"), Some("2026-10-01"), 7, Timestamp(0)).is_err());
        assert!(calendar.cut(stretch("1990-01-01", "2026-01-01"), Interval::Day).is_err());
    }

    #[test]
    fn without_dates_it_is_the_last_days_with_today() {
        let now = Timestamp::parse("2026-11-22T23:30:00Z").unwrap();
        let last = tallinn().stretch(None, None, 7, now).unwrap();
        assert_eq!((tallinn().write(last.from), tallinn().write(last.to)), ("2026-11-17".into(), "2026-11-24".into()));
    }
}
