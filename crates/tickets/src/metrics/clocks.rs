//! The clocks of a ticket, run over its facts. Pure.
//!
//! What starts and stops each is what Zendesk's page on
//! [metric event types](https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-metric-event-types-reference/)
//! says: a reply time from a customer's comment to the next answer, waiting and working times while the status is one
//! that counts, update times from one answer to the next.

use base::{AuditId, Timestamp};
use rules::Status;

use super::Fact;
use crate::desk::BusinessHours;

/// Which clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metric {
    AgentWork,
    PausableUpdate,
    PeriodicUpdate,
    Reply,
    RequesterWait,
    Resolution,
}

impl Metric {
    pub const ALL: [Metric; 6] = [
        Metric::AgentWork,
        Metric::PausableUpdate,
        Metric::PeriodicUpdate,
        Metric::Reply,
        Metric::RequesterWait,
        Metric::Resolution,
    ];

    /// Zendesk's name.
    pub fn name(self) -> &'static str {
        match self {
            Metric::AgentWork => "agent_work_time",
            Metric::PausableUpdate => "pausable_update_time",
            Metric::PeriodicUpdate => "periodic_update_time",
            Metric::Reply => "reply_time",
            Metric::RequesterWait => "requester_wait_time",
            Metric::Resolution => "resolution_time",
        }
    }

    /// Whether the clock begins with what this fact tells.
    fn begins(self, fact: &Fact, is_first: bool, was_solved: bool) -> bool {
        match self {
            Metric::Reply => fact.asked,
            Metric::PausableUpdate | Metric::PeriodicUpdate => fact.answered,
            _ => is_first || was_solved,
        }
    }

    /// Whether the clock ends with it, if the ticket isn't solved, which ends all.
    fn ends(self, fact: &Fact) -> bool {
        match self {
            Metric::Reply | Metric::PausableUpdate | Metric::PeriodicUpdate => fact.answered,
            _ => false,
        }
    }

    /// Whether the clock, once begun, runs in a status.
    fn runs_in(self, status: Status) -> bool {
        match self {
            Metric::AgentWork => matches!(status, Status::New | Status::Open),
            Metric::PausableUpdate | Metric::RequesterWait => status != Status::Pending,
            Metric::PeriodicUpdate | Metric::Reply | Metric::Resolution => true,
        }
    }
}

/// What happened to a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// It is watched from now on.
    Measure,
    /// It runs.
    Activate,
    /// It stands still.
    Pause,
    /// It is done.
    Fulfill,
    /// How long it has run, in milliseconds.
    UpdateStatus { calendar: i64, business: i64 },
}

impl EventKind {
    /// Zendesk's name.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Measure => "measure",
            EventKind::Activate => "activate",
            EventKind::Pause => "pause",
            EventKind::Fulfill => "fulfill",
            EventKind::UpdateStatus { .. } => "update_status",
        }
    }
}

/// Something that happened to a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub audit: AuditId,
    pub at: Timestamp,
    pub metric: Metric,
    pub instance: i64,
    pub kind: EventKind,
}

struct Clock {
    metric: Metric,
    instance: i64,
    begun: bool,
    since: Option<Timestamp>,
    calendar: i64,
    business: i64,
}

/// All events of a ticket, in the order of its facts.
pub(crate) fn run(facts: &[Fact], hours: &BusinessHours) -> Vec<Event> {
    let clock = |metric| Clock { metric, instance: 0, begun: false, since: None, calendar: 0, business: 0 };
    let mut clocks = Metric::ALL.map(clock);
    let mut out = Vec::new();
    for (i, fact) in facts.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| facts[i].status);
        for clock in &mut clocks {
            if i == 0 {
                out.push(Event {
                    audit: fact.audit,
                    at: fact.at,
                    metric: clock.metric,
                    instance: 1,
                    kind: EventKind::Measure,
                });
            }
            clock.step(fact, before, hours, &mut out);
        }
    }
    out
}

impl Clock {
    fn step(&mut self, fact: &Fact, before: Option<Status>, hours: &BusinessHours, out: &mut Vec<Event>) {
        let solved = fact.status >= Status::Solved;
        if self.begun && (solved || self.metric.ends(fact)) {
            self.halt(fact.at, hours);
            self.begun = false;
            self.say(fact, EventKind::Fulfill, out);
            self.tell_time(fact, out);
        }
        let was_solved = before.is_some_and(|before| before >= Status::Solved);
        if !solved && !self.begun && self.metric.begins(fact, before.is_none(), was_solved) {
            (self.begun, self.calendar, self.business) = (true, 0, 0);
            self.instance += 1;
        }
        let runs = self.begun && self.metric.runs_in(fact.status);
        match (self.since, runs) {
            (None, true) => {
                self.since = Some(fact.at);
                self.say(fact, EventKind::Activate, out);
            }
            (Some(_), false) => {
                self.halt(fact.at, hours);
                self.say(fact, EventKind::Pause, out);
                self.tell_time(fact, out);
            }
            _ => {}
        }
    }

    fn halt(&mut self, at: Timestamp, hours: &BusinessHours) {
        if let Some(since) = self.since.take() {
            self.calendar += at.since(since).max(0);
            self.business += hours.between(since, at);
        }
    }

    fn tell_time(&self, fact: &Fact, out: &mut Vec<Event>) {
        self.say(fact, EventKind::UpdateStatus { calendar: self.calendar, business: self.business }, out);
    }

    fn say(&self, fact: &Fact, kind: EventKind, out: &mut Vec<Event>) {
        out.push(Event { audit: fact.audit, at: fact.at, metric: self.metric, instance: self.instance, kind });
    }
}

#[cfg(test)]
mod tests {
    use base::time;

    use super::*;

    fn fact(hour: i64, status: Status, asked: bool, answered: bool) -> Fact {
        Fact { audit: AuditId(hour), at: Timestamp(hour * time::HOUR), status, asked, answered }
    }

    /// What became of one clock: hour, kind, instance.
    fn of(metric: Metric, facts: &[Fact]) -> Vec<(i64, &'static str, i64)> {
        let all = run(facts, &BusinessHours::default());
        let mine = all.into_iter().filter(|event| event.metric == metric);
        mine.filter(|event| !matches!(event.kind, EventKind::Measure | EventKind::UpdateStatus { .. }))
            .map(|event| (event.audit.0, event.kind.name(), event.instance))
            .collect()
    }

    #[test]
    fn each_clock_runs_in_its_own_statuses() {
        let facts = [
            fact(0, Status::New, true, false),
            fact(1, Status::Pending, false, true),
            fact(3, Status::Open, true, false),
            fact(4, Status::Hold, false, false),
            fact(6, Status::Solved, false, true),
            fact(8, Status::Open, true, false),
        ];
        let expected =
            [(0, "activate", 1), (1, "fulfill", 1), (3, "activate", 2), (6, "fulfill", 2), (8, "activate", 3)];
        assert_eq!(of(Metric::Reply, &facts), expected);
        let expected = [
            (0, "activate", 1),
            (1, "pause", 1),
            (3, "activate", 1),
            (4, "pause", 1),
            (6, "fulfill", 1),
            (8, "activate", 2),
        ];
        assert_eq!(of(Metric::AgentWork, &facts), expected);
        let expected = [(0, "activate", 1), (1, "pause", 1), (3, "activate", 1), (6, "fulfill", 1), (8, "activate", 2)];
        assert_eq!(of(Metric::RequesterWait, &facts), expected);
        assert_eq!(of(Metric::Resolution, &facts), [(0, "activate", 1), (6, "fulfill", 1), (8, "activate", 2)]);
        assert_eq!(of(Metric::PeriodicUpdate, &facts), [(1, "activate", 1), (6, "fulfill", 1)]);
        assert_eq!(of(Metric::PausableUpdate, &facts), [(3, "activate", 1), (6, "fulfill", 1)]);
    }

    #[test]
    fn the_time_told_is_the_time_run() {
        let facts = [
            fact(0, Status::New, true, false),
            fact(2, Status::Pending, false, false),
            fact(5, Status::Solved, false, false),
        ];
        let all = run(&facts, &BusinessHours::default());
        let told =
            all.iter().filter(|event| event.metric == Metric::RequesterWait).filter_map(|event| match event.kind {
                EventKind::UpdateStatus { calendar, .. } => Some(calendar),
                _ => None,
            });
        assert_eq!(told.collect::<Vec<_>>(), [2 * time::HOUR, 2 * time::HOUR]);
    }

    #[test]
    fn a_ticket_that_comes_solved_has_no_clock_running() {
        let all = run(&[fact(0, Status::Closed, true, false)], &BusinessHours::default());
        assert!(all.iter().all(|event| event.kind == EventKind::Measure));
    }
}
