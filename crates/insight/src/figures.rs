//! The figures of a stretch of time.

use base::{Actor, Fragment, Result, time};
use kernel::Tx;
use schemars::JsonSchema;
use serde::Serialize;
use tickets::desk::Goals;

use crate::history::Reopened;
use crate::period::{Calendar, Stretch};
use crate::store::{self, At, Filter, Measured};

/// Mean and median, in minutes; null when nothing was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Spread {
    pub mean: Option<f64>,
    pub median: Option<f64>,
}

/// How long something took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Durations {
    /// How many tickets were measured.
    pub count: usize,
    /// By the calendar.
    pub calendar: Spread,
    /// In business hours.
    pub business: Spread,
    /// How many reached the goal; null when there is none.
    pub within_goal: Option<usize>,
}

/// The figures of one stretch; `from` is included, `to` is not. They are days of the desk's time zone where days begin.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Bucket {
    pub from: String,
    pub to: String,
    /// Tickets that came.
    pub new: i64,
    /// Tickets that were not solved at the end.
    pub open: i64,
    /// Tickets that were solved.
    pub solved: usize,
    pub first_reply: Durations,
    pub full_resolution: Durations,
}

/// Mean and median of times in milliseconds.
fn spread(mut times: Vec<i64>) -> Spread {
    if times.is_empty() {
        return Spread::default();
    }
    times.sort_unstable();
    let minutes = |ms: f64| Some(ms / time::MINUTE as f64);
    let (count, middle) = (times.len(), times.len() / 2);
    let median = if count % 2 == 1 { times[middle] as f64 } else { (times[middle - 1] + times[middle]) as f64 / 2.0 };
    let sum: i128 = times.iter().map(|ms| i128::from(*ms)).sum();
    Spread { mean: minutes(sum as f64 / count as f64), median: minutes(median) }
}

/// What was measured, put together. `goal` in milliseconds.
pub(crate) fn durations(all: &[Measured], goal: Option<i64>, in_business: bool) -> Durations {
    let took = |one: &Measured| if in_business { one.business } else { Some(one.took) };
    Durations {
        count: all.len(),
        calendar: spread(all.iter().map(|one| one.took).collect()),
        business: spread(all.iter().filter_map(|one| one.business).collect()),
        within_goal: goal.map(|goal| all.iter().filter(|one| took(one).is_some_and(|ms| ms <= goal)).count()),
    }
}

/// What the figures of a whole period are made of.
pub(crate) struct Reader<'a> {
    pub actor: &'a Actor,
    pub filter: &'a Filter,
    pub calendar: &'a Calendar,
    pub goals: &'a Goals,
}

impl Reader<'_> {
    /// The figures of each of these stretches, which follow one another, and of all together.
    pub fn buckets(&self, tx: &mut Tx<'_>, whole: Stretch, parts: &[Stretch]) -> Result<(Bucket, Vec<Bucket>)> {
        let (actor, filter) = (self.actor, self.filter);
        let replies = store::measured(tx, actor, filter, At::FirstReply, whole)?;
        let solved = store::measured(tx, actor, filter, At::Solved, whole)?;
        let reopened = Reopened::load(tx, actor, filter, whole)?;
        // Once it is known how many were unsolved at the beginning, the rest is counting.
        let mut unsolved = store::count(tx, actor, filter, &store::unsolved_at(whole.from))?;
        let mut out = Vec::new();
        for part in parts {
            let new = store::count(tx, actor, filter, &store::within(At::Created, *part))?;
            let mine = |all: &[Measured]| all.iter().filter(|one| part.holds(one.at)).copied().collect::<Vec<_>>();
            let (replies, solved) = (mine(&replies), mine(&solved));
            unsolved += new - i64::try_from(solved.len()).unwrap_or(0);
            let open = unsolved - i64::try_from(reopened.solved_at(part.to).len()).unwrap_or(0);
            out.push(self.bucket(*part, new, open, &replies, &solved));
        }
        let new = out.iter().map(|bucket| bucket.new).sum();
        let open = out.last().map_or(0, |bucket| bucket.open);
        Ok((self.bucket(whole, new, open, &replies, &solved), out))
    }

    fn bucket(&self, part: Stretch, new: i64, open: i64, replies: &[Measured], solved: &[Measured]) -> Bucket {
        let goals = self.goals;
        Bucket {
            from: self.calendar.write(part.from),
            to: self.calendar.write(part.to),
            new,
            open,
            solved: solved.len(),
            first_reply: durations(replies, goals.first_reply_ms, goals.business),
            full_resolution: durations(solved, goals.full_resolution_ms, goals.business),
        }
    }
}

/// The tickets behind a number, as an expression over `t`; none for a metric that there is none of.
pub(crate) fn behind(
    tx: &mut Tx<'_>,
    actor: &Actor,
    filter: &Filter,
    metric: &str,
    stretch: Stretch,
) -> Result<Option<Fragment>> {
    let mut sql = filter.sql();
    sql.push(" AND ");
    match metric {
        "new" | "created" => sql.append(&store::within(At::Created, stretch)),
        "solved" | "full_resolution" => sql.append(&store::within(At::Solved, stretch)),
        "first_reply" => sql.append(&store::within(At::FirstReply, stretch)),
        "open" => {
            sql.append(&store::unsolved_at(stretch.to));
            let reopened = Reopened::load(tx, actor, filter, Stretch { from: stretch.to, to: stretch.to })?;
            let solved = reopened.solved_at(stretch.to);
            if !solved.is_empty() {
                let ids: Vec<String> = solved.iter().map(ToString::to_string).collect();
                sql.push(&format!(" AND t.id NOT IN ({})", ids.join(", ")));
            }
            &mut sql
        }
        _ => return Ok(None),
    };
    Ok(Some(sql))
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;

    fn took(minutes: &[i64]) -> Vec<Measured> {
        let one = |m: &i64| Measured { at: Timestamp(0), took: m * time::MINUTE, business: (*m < 50).then_some(0) };
        minutes.iter().map(one).collect()
    }

    #[test]
    fn mean_and_median_differ_when_one_took_long() {
        let all = durations(&took(&[1, 3, 2, 94]), Some(3 * time::MINUTE), false);
        assert_eq!((all.count, all.calendar.mean, all.calendar.median), (4, Some(25.0), Some(2.5)));
        assert_eq!((all.business.mean, all.within_goal), (Some(0.0), Some(3)));
        assert_eq!(durations(&[], None, true), Durations::default());
    }
}
