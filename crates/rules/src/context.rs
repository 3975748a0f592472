//! Who looks, and when: what conditions such as "is current user" and "within 3 days" depend on.

use base::time::{DAY, MINUTE};
use base::{GroupId, Timestamp, UserId};

/// What conditions are read against beside the ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Who looks at the view or makes the update; none for Tugi itself.
    pub current_user: Option<UserId>,
    /// The groups of that person.
    pub current_groups: Vec<GroupId>,
    /// The current instant.
    pub now: Timestamp,
    /// Local time minus UTC, in minutes, for conditions about days.
    pub offset_minutes: i32,
}

impl Context {
    /// Nobody's context at `now`, in UTC.
    pub fn at(now: Timestamp) -> Self {
        Self { now, ..Self::default() }
    }

    /// Today's number, in days since 1970-01-01, local time.
    pub(crate) fn today(&self) -> i64 {
        self.day_of(self.now)
    }

    /// The number of the local day in which an instant lies.
    pub(crate) fn day_of(&self, at: Timestamp) -> i64 {
        at.plus(self.offset()).0.div_euclid(DAY)
    }

    /// When the local day of that number begins.
    pub(crate) fn start_of_day(&self, day: i64) -> Timestamp {
        Timestamp(day.saturating_mul(DAY)).plus(-self.offset())
    }

    fn offset(&self) -> i64 {
        i64::from(self.offset_minutes) * MINUTE
    }
}

/// The number of a day written `YYYY-MM-DD`.
pub(crate) fn day_number(date: &str) -> Option<i64> {
    let _: jiff::civil::Date = date.parse().ok()?;
    Timestamp::parse(date).map(|midnight| midnight.0.div_euclid(DAY))
}

/// The day of that number as `YYYY-MM-DD`.
pub(crate) fn day_name(day: i64) -> String {
    let text = Timestamp(day.saturating_mul(DAY)).to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_local_time() {
        let mut context = Context::at(Timestamp::parse("2026-11-22T23:30:00Z").unwrap());
        assert_eq!(day_name(context.today()), "2026-11-22");
        context.offset_minutes = 120;
        assert_eq!(day_name(context.today()), "2026-11-23");
        assert_eq!(context.start_of_day(context.today()).to_string(), "2026-11-22T22:00:00Z");
        assert_eq!(day_number("2026-11-23"), Some(context.today()));
    }
}
