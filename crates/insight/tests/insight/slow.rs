//! The slow way: every ticket's life is told again from its audits and comments.

use std::collections::BTreeMap;

use base::{Result, Timestamp, UserId, time};
use kernel::Tx;
use serde_json::Value;
use tickets::desk::BusinessHours;

/// Every ticket by its number.
pub type History = BTreeMap<i64, Life>;

/// What happened to a ticket.
#[derive(Default)]
pub struct Life {
    pub created: Timestamp,
    pub deleted: bool,
    pub assignee: Option<i64>,
    pub requester: i64,
    pub comments: Vec<Said>,
    /// When its status became solved or closed (true), or another (false).
    pub turns: Vec<(Timestamp, bool)>,
}

pub struct Said {
    pub at: Timestamp,
    pub author: i64,
    pub by_staff: bool,
    pub public: bool,
}

pub fn read(tx: &mut Tx<'_>) -> Result<History> {
    let mut history = History::new();
    for row in tx.query("SELECT ticket_id, created_at, events FROM audits ORDER BY id", &[])? {
        let (id, at): (i64, Timestamp) = (row.at(0)?, row.at(1)?);
        let life = history.entry(id).or_insert_with(|| Life { created: at, ..Life::default() });
        let events: Value = serde_json::from_str(&row.at::<String>(2)?).unwrap();
        for event in events.as_array().unwrap() {
            let value = &event["value"];
            match event["field_name"].as_str() {
                Some("status") => life.turns.push((at, *value == "solved" || *value == "closed")),
                Some("assignee_id") => life.assignee = value.as_str().map(|id| id.parse().unwrap()),
                Some("requester_id") => life.requester = value.as_str().unwrap().parse().unwrap(),
                Some("deleted") => life.deleted = *value == true,
                _ => {}
            }
        }
    }
    for row in tx.query("SELECT ticket_id, created_at, author_id, public FROM comments ORDER BY id", &[])? {
        let author: i64 = row.at(2)?;
        let by_staff = people::get_user(tx, UserId(author))?.role.is_staff();
        let said = Said { at: row.at(1)?, author, by_staff, public: row.at(3)? };
        history.get_mut(&row.at::<i64>(0)?).unwrap().comments.push(said);
    }
    Ok(history)
}

impl Life {
    pub fn was_reopened(&self) -> bool {
        self.turns.windows(2).any(|pair| pair[0].1 && !pair[1].1)
    }

    /// Whether it was solved just before an instant.
    fn is_solved_before(&self, at: Timestamp) -> bool {
        self.turns.iter().rfind(|(turn, _)| *turn < at).is_some_and(|(_, solved)| *solved)
    }

    /// When it was solved, if it is so still.
    fn solved_at(&self) -> Option<Timestamp> {
        let open_again = self.turns.iter().rposition(|(_, solved)| !solved).map_or(0, |place| place + 1);
        self.turns.get(open_again).map(|(at, _)| *at)
    }

    fn first_reply_at(&self) -> Option<Timestamp> {
        let answers = |said: &&Said| said.public && said.by_staff && said.author != self.requester;
        self.comments.iter().skip(1).find(answers).map(|said| said.at)
    }
}

/// The figures of a stretch: tickets by metric, and how long things took (ticket, calendar, business; milliseconds).
pub struct Slow {
    new: Vec<i64>,
    open: Vec<i64>,
    pub replies: Vec<(i64, i64, i64)>,
    pub resolutions: Vec<(i64, i64, i64)>,
}

impl Slow {
    pub fn of(history: &History, from: Timestamp, to: Timestamp) -> Self {
        let within = |at: Timestamp| from <= at && at < to;
        let alive = || history.iter().filter(|(_, life)| !life.deleted);
        let took = |when: fn(&Life) -> Option<Timestamp>| {
            let reached = alive().filter_map(|(id, life)| Some((*id, life, when(life).filter(|at| within(*at))?)));
            reached.map(|(id, life, at)| (id, at.since(life.created), business(life.created, at))).collect()
        };
        Self {
            new: alive().filter(|(_, life)| within(life.created)).map(|(id, _)| *id).collect(),
            open: alive()
                .filter(|(_, life)| life.created < to && !life.is_solved_before(to))
                .map(|(id, _)| *id)
                .collect(),
            replies: took(Life::first_reply_at),
            resolutions: took(Life::solved_at),
        }
    }

    /// The tickets of a metric.
    pub fn behind(&self, metric: &str) -> Vec<i64> {
        match metric {
            "new" => self.new.clone(),
            "open" => self.open.clone(),
            "first_reply" => self.replies.iter().map(|(id, ..)| *id).collect(),
            _ => self.resolutions.iter().map(|(id, ..)| *id).collect(),
        }
    }
}

/// Business time counted minute by minute: of each, whether work was on.
fn business(from: Timestamp, to: Timestamp) -> i64 {
    let hours = BusinessHours::default();
    let zone = jiff::tz::TimeZone::get(&hours.time_zone).unwrap();
    let is_on = |at: Timestamp| {
        let local = at.to_jiff().to_zoned(zone.clone());
        let minute = i64::from(local.weekday().to_monday_zero_offset()) * 1_440
            + i64::from(local.hour()) * 60
            + i64::from(local.minute());
        hours.intervals.iter().any(|(start, end)| (*start..*end).contains(&minute))
    };
    let (mut at, mut total) = (from, 0);
    while at < to {
        let next = Timestamp((at.0.div_euclid(time::MINUTE) + 1) * time::MINUTE).min(to);
        if is_on(at) {
            total += next.since(at);
        }
        at = next;
    }
    total
}

/// In minutes.
pub fn mean(ms: &[i64]) -> Option<f64> {
    (!ms.is_empty()).then(|| ms.iter().sum::<i64>() as f64 / ms.len() as f64 / 60_000.0)
}

/// In minutes.
pub fn median(ms: &[i64]) -> Option<f64> {
    let mut ms = ms.to_vec();
    ms.sort_unstable();
    let middle = ms.len() / 2;
    match ms.len() {
        0 => None,
        n if n % 2 == 1 => Some(ms[middle] as f64 / 60_000.0),
        _ => Some((ms[middle - 1] + ms[middle]) as f64 / 120_000.0),
    }
}
