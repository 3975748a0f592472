//! When people work: hours of the week in a time zone, and days without work.

use base::{Actor, Error, FieldProblem, Permission, Result, Timestamp};
use jiff::civil::Date;
use kernel::Tx;

use crate::rule::{changed, name_problems, problem};
use crate::store;

/// Minutes in a week.
const WEEK: i64 = 7 * 24 * 60;
/// The most intervals of a week.
const MOST_INTERVALS: usize = 100;
/// The longest holiday, in days.
const LONGEST_HOLIDAY: i64 = 366;

/// Hours of the week in a time zone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Schedule {
    /// Its number; 0 before it is saved.
    pub id: i64,
    pub name: String,
    /// An IANA time zone.
    pub time_zone: String,
    /// Start and end in minutes from Sunday 00:00, in order.
    pub intervals: Vec<(i64, i64)>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Days on which nobody works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holiday {
    /// Its number; 0 before it is saved.
    pub id: i64,
    pub schedule: i64,
    pub name: String,
    /// The first day, `YYYY-MM-DD`.
    pub start_date: String,
    /// The last day, `YYYY-MM-DD`.
    pub end_date: String,
}

impl Schedule {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut all = name_problems("name", &self.name);
        if people::time_zone::iana(&self.time_zone).is_none() {
            let message = format!("time_zone: {:?} is not a time zone", self.time_zone);
            all.push(problem("time_zone", "InvalidValue", message));
        }
        if self.intervals.len() > MOST_INTERVALS {
            all.push(problem("intervals", "TooLong", format!("intervals: at most {MOST_INTERVALS} are taken")));
        }
        for (start, end) in &self.intervals {
            if *start < 0 || start >= end || *end > WEEK {
                let message = format!("intervals: {start} to {end} is not within a week");
                all.push(problem("intervals", "InvalidValue", message));
            }
        }
        for pair in self.intervals.windows(2) {
            if pair[1].0 < pair[0].1 {
                let message = format!("intervals: {} lies within another", pair[1].0);
                all.push(problem("intervals", "InvalidValue", message));
            }
        }
        all
    }
}

impl Holiday {
    fn ends(&self) -> Option<(Date, Date)> {
        let day = |text: &str| text.parse::<Date>().ok().filter(|_| text.len() == 10);
        Some((day(&self.start_date)?, day(&self.end_date)?))
    }

    fn problems(&self) -> Vec<FieldProblem> {
        let mut all = name_problems("name", &self.name);
        match self.ends() {
            None => all.push(problem("start_date", "InvalidValue", "start_date and end_date: are days (YYYY-MM-DD)")),
            Some((first, last)) if last < first => {
                all.push(problem("end_date", "InvalidValue", "end_date: lies before start_date"));
            }
            Some((first, last)) if (last - first).get_days() as i64 >= LONGEST_HOLIDAY => {
                all.push(problem("end_date", "InvalidValue", "end_date: a holiday lasts a year at most"));
            }
            Some(_) => {}
        }
        all
    }
}

fn check(problems: Vec<FieldProblem>) -> Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Saves a schedule, new or changed.
///
/// # Errors
/// `Invalid` with every problem; `Forbidden` without `desk_manage`.
pub(crate) fn save(tx: &mut Tx<'_>, actor: &Actor, schedule: &mut Schedule) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    schedule.intervals.sort_unstable();
    check(schedule.problems())?;
    schedule.time_zone = people::time_zone::iana(&schedule.time_zone).unwrap_or_default();
    schedule.updated_at = tx.now();
    let action = if schedule.id == 0 { "create" } else { "update" };
    match schedule.id {
        0 => schedule.id = store::schedules::insert(tx, schedule)?,
        _ => store::schedules::update(tx, schedule)?,
    }
    changed(tx, actor, action, ("schedule", schedule.id, &schedule.name))
}

/// Deletes a schedule with its holidays.
pub(crate) fn delete(tx: &mut Tx<'_>, actor: &Actor, schedule: &Schedule) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    store::schedules::delete(tx, schedule.id)?;
    changed(tx, actor, "destroy", ("schedule", schedule.id, &schedule.name))
}

/// Saves a holiday, new or changed. Errors as [`save`].
pub(crate) fn save_holiday(tx: &mut Tx<'_>, actor: &Actor, holiday: &mut Holiday) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    check(holiday.problems())?;
    let action = if holiday.id == 0 { "create" } else { "update" };
    match holiday.id {
        0 => holiday.id = store::schedules::insert_holiday(tx, holiday)?,
        _ => store::schedules::update_holiday(tx, holiday)?,
    }
    changed(tx, actor, action, ("holiday", holiday.id, &holiday.name))
}

/// Deletes a holiday.
pub(crate) fn delete_holiday(tx: &mut Tx<'_>, actor: &Actor, holiday: &Holiday) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    store::schedules::delete_holiday(tx, holiday.id)?;
    changed(tx, actor, "destroy", ("holiday", holiday.id, &holiday.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_week_and_no_holiday_is_found() {
        let schedule = |intervals| Schedule {
            id: 1,
            name: "x".into(),
            time_zone: "Tallinn".into(),
            intervals,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        // Sunday 22:00 to Monday 06:00, and Monday 09:00 to 17:00.
        assert!(schedule(vec![(22 * 60, 30 * 60), (33 * 60, 41 * 60)]).problems().is_empty());
        assert_eq!(schedule(vec![(0, 10), (5, 20)]).problems().len(), 1);
        assert_eq!(schedule(vec![(-1, 3), (9, 99_999), (7, 7)]).problems().len(), 4);
        let holiday = |start: &str, end: &str| {
            let holiday =
                Holiday { id: 1, schedule: 1, name: "x".into(), start_date: start.into(), end_date: end.into() };
            holiday.problems().len()
        };
        assert_eq!(holiday("2026-12-24", "2026-12-26"), 0);
        assert_eq!(holiday("2026-11-23", "2026-11-22"), 1);
        assert_eq!(holiday("soon", "2026-11-22"), 1);
        assert_eq!(holiday("2026-01-01", "9999-12-31"), 1);
    }
}
