//! When each conversation of the demo took place, and who took part. Pure: the same seed and the same instant give the
//! same plan.

use std::collections::BTreeSet;

use base::{Result, Timestamp, time};

use super::calendar::Calendar;
use super::fixtures::{AgentRole, By, Comment, Conversation, Customer, Fixtures};

/// The share of tickets that are not solved yet.
const UNSOLVED: f64 = 0.08;

/// The share of tickets of the last days that have not come to their end yet.
const UNFINISHED: f64 = 0.4;

/// Days for which a solved ticket of the demo stays open to answers: long enough for the outage to be seen.
pub(super) const CLOSED_AFTER_DAYS: i64 = 14;

/// Who wrote something: an index into the fixtures' agents or customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Person {
    Agent(usize),
    Customer(usize),
}

/// A ticket to be made.
pub(super) struct PlannedTicket<'a> {
    pub conversation: &'a Conversation,
    pub requester: Person,
    pub colleague: Option<Person>,
    pub assignee: Option<Person>,
    pub invoice: String,
    pub contract: Option<String>,
    pub callback: bool,
    pub comments: Vec<PlannedComment<'a>>,
    pub closes_at: Option<Timestamp>,
}

/// A comment to be written.
pub(super) struct PlannedComment<'a> {
    pub comment: &'a Comment,
    pub author: Person,
    pub at: Timestamp,
    /// What the status is set to with it.
    pub status: Option<&'static str>,
}

/// Plans all tickets, oldest first.
pub(super) fn plan<'a>(fixtures: &'a Fixtures, now: Timestamp, seed: u64) -> Result<Vec<PlannedTicket<'a>>> {
    let calendar = Calendar::new(&fixtures.desk.about.time_zone)?;
    let mut planner =
        Planner { fixtures, calendar, now, random: fastrand::Rng::with_seed(seed), used: BTreeSet::new() };
    let mut tickets = Vec::new();
    for one in fixtures.conversations.iter().filter(|one| one.once.is_some()) {
        tickets.extend(planner.once(one));
    }
    while tickets.len() < fixtures.desk.about.tickets {
        tickets.extend(planner.draw());
    }
    tickets.sort_by_key(|ticket| ticket.comments.first().map(|first| first.at));
    Ok(tickets)
}

struct Planner<'a> {
    fixtures: &'a Fixtures,
    calendar: Calendar,
    now: Timestamp,
    random: fastrand::Rng,
    used: BTreeSet<(&'a str, Person)>,
}

impl<'a> Planner<'a> {
    fn once(&mut self, conversation: &'a Conversation) -> Option<PlannedTicket<'a>> {
        let once = conversation.once.as_ref()?;
        let at = self.calendar.days_ago(self.now, once.days_ago, &once.time)?;
        let requester = self.requester(conversation)?;
        Some(self.ticket(conversation, requester, at))
    }

    /// A conversation, a requester and a time; now and then these don't fit, and the next draw may.
    fn draw(&mut self) -> Option<PlannedTicket<'a>> {
        let unsolved = self.random.f64() < UNSOLVED;
        let is_done = |one: &Conversation| matches!(one.status.as_str(), "solved" | "closed");
        let all = self.fixtures.conversations.iter();
        let candidates: Vec<&Conversation> = all.filter(|one| one.once.is_none() && is_done(one) != unsolved).collect();
        let conversation = self.weighted(&candidates)?;
        let requester = self.requester(conversation)?;
        // What is still new came in yesterday or today; what waits, within days.
        let days = match conversation.status.as_str() {
            "new" => 2,
            "open" => 4,
            "pending" | "hold" => 9,
            _ => self.fixtures.desk.about.days,
        };
        let at = self.calendar.random_arrival(&mut self.random, self.now, days)?;
        self.used.insert((&conversation.key, requester));
        Some(self.ticket(conversation, requester, at))
    }

    fn weighted(&mut self, candidates: &[&'a Conversation]) -> Option<&'a Conversation> {
        let total: u32 = candidates.iter().map(|one| one.weight).sum();
        let mut left = self.random.u32(0..total.max(1));
        candidates.iter().copied().find(|one| match left.checked_sub(one.weight) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        })
    }

    /// Somebody of that language and gender who has not had this conversation yet.
    fn requester(&mut self, conversation: &'a Conversation) -> Option<Person> {
        if let Some(key) = &conversation.requester {
            return self.fixtures.desk.agents.iter().position(|agent| agent.key == *key).map(Person::Agent);
        }
        let needs_colleague = conversation.comments.iter().any(|comment| comment.by == By::Cc);
        let fits = |customer: &Customer| {
            conversation.language == Some(customer.language)
                && conversation.gender.is_none_or(|gender| customer.gender == Some(gender))
                && (!needs_colleague || customer.organization.is_some())
        };
        let customers = self.fixtures.customers.iter().enumerate();
        let fitting: Vec<Person> = customers
            .filter(|(_, customer)| fits(customer))
            .map(|(index, _)| Person::Customer(index))
            .filter(|person| !self.used.contains(&(conversation.key.as_str(), *person)))
            .collect();
        self.random.choice(fitting)
    }

    fn colleague(&mut self, requester: Person) -> Option<Person> {
        let Person::Customer(requester) = requester else { return None };
        let organization = self.fixtures.customers[requester].organization.as_ref()?;
        let others = self.fixtures.customers.iter().enumerate();
        let others =
            others.filter(|(index, one)| *index != requester && one.organization.as_ref() == Some(organization));
        self.random.choice(others.map(|(index, _)| Person::Customer(index)).collect::<Vec<_>>())
    }

    /// An agent of that group who speaks the language; anybody of the group where nobody does.
    fn agent(&mut self, group: &str, conversation: &Conversation, but: Option<Person>) -> Option<Person> {
        let agents = self.fixtures.desk.agents.iter().enumerate();
        let of_group: Vec<(usize, bool)> = agents
            .filter(|(index, agent)| agent.groups.iter().any(|one| one == group) && but != Some(Person::Agent(*index)))
            .map(|(index, agent)| {
                let speaks = conversation.language.is_some_and(|language| agent.languages.contains(&language));
                (index, speaks && agent.role == AgentRole::Agent)
            })
            .collect();
        let speaking: Vec<usize> = of_group.iter().filter(|one| one.1).map(|one| one.0).collect();
        let chosen = match speaking.is_empty() {
            false => self.random.choice(speaking),
            true => self.random.choice(of_group.into_iter().map(|one| one.0).collect::<Vec<_>>()),
        };
        chosen.map(Person::Agent)
    }

    fn ticket(&mut self, conversation: &'a Conversation, requester: Person, at: Timestamp) -> PlannedTicket<'a> {
        let has = |by| conversation.comments.iter().any(|comment| comment.by == by);
        let assignee = self.agent(&conversation.group, conversation, Some(requester));
        let second = has(By::SecondLine).then(|| self.agent("second_line", conversation, assignee)).flatten();
        let colleague = has(By::Cc).then(|| self.colleague(requester)).flatten();
        let author = |by: By| match by {
            By::Requester => Some(requester),
            By::Agent => assignee,
            By::SecondLine => second,
            By::Cc => colleague,
        };
        let people: Vec<Person> =
            conversation.comments.iter().map(|comment| author(comment.by).unwrap_or(requester)).collect();
        let mut comments = self.dated(conversation, &people, at);
        self.stop_early(&mut comments);
        let status = final_status(conversation, &comments);
        set_statuses(&mut comments, status);
        let over = comments.last().filter(|_| status == "solved").map(|last| last.at);
        let closes_at = over.map(|over| over.plus(CLOSED_AFTER_DAYS * time::DAY)).filter(|at| *at < self.now);
        PlannedTicket {
            conversation,
            requester,
            colleague,
            assignee,
            invoice: format!("26-{}", self.random.u32(104_000..109_999)),
            contract: (self.random.f64() < 0.3).then(|| format!("TD-{}", self.random.u32(210_000..260_000))),
            callback: self.random.f64() < 0.05,
            comments,
            closes_at,
        }
    }

    /// Customers write when they like; agents answer while they work. What happens once happens to the minute.
    fn dated(&mut self, conversation: &'a Conversation, people: &[Person], at: Timestamp) -> Vec<PlannedComment<'a>> {
        let mut last = at;
        let mut dated = Vec::new();
        for (comment, author) in conversation.comments.iter().zip(people) {
            let exact = conversation.once.is_some();
            let jitter = if exact { 1.0 } else { 0.75 + self.random.f64() * 0.6 };
            let moved = last.plus((comment.after as f64 * jitter * time::MINUTE as f64) as i64);
            last = match author {
                Person::Agent(_) if !exact => self.calendar.at_work(&mut self.random, moved),
                _ => moved,
            };
            dated.push(PlannedComment { comment, author: *author, at: last, status: None });
        }
        dated
    }

    /// What would be written later than now is not written; some conversations of the last days are under way.
    fn stop_early(&mut self, comments: &mut Vec<PlannedComment<'a>>) {
        let recent = comments.first().is_some_and(|first| self.now.since(first.at) < 3 * time::DAY);
        if recent && comments.len() > 1 && self.random.f64() < UNFINISHED {
            let kept = self.random.usize(1..comments.len());
            comments.truncate(kept);
        }
        let until = self.now.plus(-time::MINUTE);
        let kept = comments.iter().take_while(|comment| comment.at <= until).count().max(1);
        comments.truncate(kept);
    }
}

/// The status at the end: the conversation's own when all of it was written, else what the last word makes it.
fn final_status(conversation: &Conversation, comments: &[PlannedComment<'_>]) -> &'static str {
    let staff = |comment: &PlannedComment<'_>| matches!(comment.comment.by, By::Agent | By::SecondLine);
    if comments.len() == conversation.comments.len() {
        return match conversation.status.as_str() {
            "closed" | "solved" => "solved",
            "pending" => "pending",
            "hold" => "hold",
            "open" => "open",
            _ => "new",
        };
    }
    match comments.last() {
        Some(last) if staff(last) && !last.comment.note => "pending",
        _ if comments.iter().any(staff) => "open",
        _ => "new",
    }
}

/// Sets the statuses on the way.
fn set_statuses(comments: &mut [PlannedComment<'_>], last: &'static str) {
    let staff = |comment: &PlannedComment<'_>| matches!(comment.author, Person::Agent(_));
    let place = comments.iter().rposition(staff);
    for comment in comments.iter_mut().filter(|comment| staff(comment)) {
        comment.status = Some(if comment.comment.note { "open" } else { "pending" });
    }
    let decisive = match place {
        Some(place) => comments.get_mut(place),
        None => comments.first_mut(),
    };
    if let Some(decisive) = decisive {
        decisive.status = Some(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-22T09:00:00Z").unwrap()
    }

    #[test]
    fn the_plan_is_the_same_each_time_and_lies_in_the_past() {
        let fixtures = Fixtures::load().unwrap();
        let shape = |plan: &[PlannedTicket<'_>]| -> Vec<(String, Option<Person>, Vec<Timestamp>)> {
            let times = |one: &PlannedTicket<'_>| one.comments.iter().map(|comment| comment.at).collect();
            plan.iter().map(|one| (one.conversation.key.clone(), one.assignee, times(one))).collect()
        };
        let (one, two) = (plan(&fixtures, now(), 1).unwrap(), plan(&fixtures, now(), 1).unwrap());
        assert_eq!(shape(&one), shape(&two));
        assert_eq!(one.len(), fixtures.desk.about.tickets);
        let times = || one.iter().flat_map(|ticket| ticket.comments.iter().map(|comment| comment.at));
        assert!(times().all(|at| at < now() && now().since(at) < 62 * time::DAY));
    }

    #[test]
    fn most_tickets_are_done_and_some_wait() {
        let fixtures = Fixtures::load().unwrap();
        let plan = plan(&fixtures, now(), 1).unwrap();
        let count = |status: &str| {
            let last = |one: &&PlannedTicket<'_>| one.comments.iter().rev().find_map(|comment| comment.status);
            plan.iter().filter(|one| last(one) == Some(status)).count()
        };
        assert!(count("solved") > 300, "{}", count("solved"));
        assert!(count("new") > 2 && count("open") > 2 && count("pending") > 2);
    }

    #[test]
    fn only_customers_of_the_language_and_gender_ask() {
        let fixtures = Fixtures::load().unwrap();
        for ticket in plan(&fixtures, now(), 1).unwrap() {
            let Person::Customer(index) = ticket.requester else { continue };
            let customer = &fixtures.customers[index];
            assert_eq!(Some(customer.language), ticket.conversation.language);
            assert!(ticket.conversation.gender.is_none_or(|gender| customer.gender == Some(gender)));
        }
    }
}
