//! The demo desk's tickets, written in the order in which everything happened.

use std::sync::{Arc, Mutex, PoisonError};

use base::{Error, FixedClock, Result, TicketId, Timestamp, UserId};
use kernel::{App, Staged, Tx};
use serde_json::json;
use tickets::ticket::CustomValue;
use tickets::{
    Change, Content, How, NewAttachment, NewComment, NewTicket, Priority, Status, Target, TicketType, Via, commit,
};

use super::desk::Cast;
use super::fixtures::{By, Comment, Fixtures};
use super::plan::{Person, PlannedComment, PlannedTicket, plan};
use super::{SEED, acting};

/// One thing that happened: to which ticket of the plan, and what.
#[derive(Clone, Copy)]
struct Step {
    at: Timestamp,
    ticket: usize,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    /// The comment of that place was written; the first one opens the ticket.
    Comment(usize),
    /// The ticket was closed, as tickets are that were solved long enough.
    Close,
}

/// A change that is ready to be committed.
struct Ready {
    ticket: usize,
    author: UserId,
    target: Option<NewTicket>,
    changes: Vec<Change>,
    how: How,
}

/// Writes all tickets. Every step is a transaction of its own that is queued at once, so that many share one commit; each
/// leaves the clock at the time of the next one.
pub(super) fn tickets(app: &App, clock: &FixedClock, fixtures: &Fixtures, cast: Cast, now: Timestamp) -> Result<()> {
    let plan = plan(fixtures, now, SEED)?;
    let steps = steps(&plan);
    let Some(first) = steps.first() else { return Ok(()) };
    clock.advance(first.at.since(base::Clock::now(clock)));
    let made: Arc<Mutex<Vec<Option<TicketId>>>> = Arc::new(Mutex::new(vec![None; plan.len()]));
    let writer = Writer { app, fixtures, cast: &cast, plan: &plan };
    let mut answers = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let ready = writer.ready(step)?;
        let problem = writer.problem_to_link(step);
        let (made, clock) = (made.clone(), clock.clone());
        let pause = steps.get(index + 1).map_or(0, |next| next.at.since(step.at));
        let key = &plan[step.ticket].conversation.key;
        let answer = app.write(move |tx| {
            let done = write(tx, ready, problem, &made);
            clock.advance(pause);
            done
        });
        answers.push((key, answer));
    }
    let wait = |(key, answer): (&String, db::Pending<()>)| {
        answer.wait().map_err(|cause| Error::internal(format!("the conversation {key}: {cause}")))
    };
    answers.into_iter().try_for_each(wait)
}

fn steps(plan: &[PlannedTicket<'_>]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (ticket, planned) in plan.iter().enumerate() {
        let comments = planned.comments.iter().enumerate();
        steps.extend(comments.map(|(place, comment)| Step { at: comment.at, ticket, what: What::Comment(place) }));
        steps.extend(planned.closes_at.map(|at| Step { at, ticket, what: What::Close }));
    }
    steps.sort_by_key(|step| step.at);
    steps
}

fn write(tx: &mut Tx<'_>, ready: Ready, problem: Option<usize>, made: &Mutex<Vec<Option<TicketId>>>) -> Result<()> {
    let id = |ticket: usize| made.lock().unwrap_or_else(PoisonError::into_inner).get(ticket).copied().flatten();
    let mut changes = ready.changes;
    changes.extend(problem.and_then(id).map(|problem| Change::Problem(Some(problem))));
    let target = match ready.target {
        Some(new) => Target::New(Box::new(new)),
        None => Target::Ticket(id(ready.ticket).ok_or_else(|| Error::internal("a demo ticket is missing"))?),
    };
    let committed = commit(tx, &acting(ready.author), target, changes, &ready.how)?;
    if let Some(place) = made.lock().unwrap_or_else(PoisonError::into_inner).get_mut(ready.ticket) {
        *place = Some(committed.ticket.id);
    }
    Ok(())
}

struct Writer<'a> {
    app: &'a App,
    fixtures: &'a Fixtures,
    cast: &'a Cast,
    plan: &'a [PlannedTicket<'a>],
}

impl Writer<'_> {
    fn user(&self, person: Person) -> UserId {
        match person {
            Person::Agent(index) => self.cast.agents[index],
            Person::Customer(index) => self.cast.customers[index],
        }
    }

    fn ready(&self, step: &Step) -> Result<Ready> {
        let planned = &self.plan[step.ticket];
        let via = if matches!(planned.requester, Person::Agent(_)) { Via::Web } else { Via::Email };
        let quiet = |via| How { silent: true, ..How::via(via) };
        match step.what {
            What::Close => Ok(Ready {
                ticket: step.ticket,
                author: base::Actor::SYSTEM,
                target: None,
                changes: vec![Change::Status(Status::Closed)],
                how: quiet(Via::Rule),
            }),
            What::Comment(place) => {
                let comment = &planned.comments[place];
                let staff = matches!(comment.author, Person::Agent(_));
                let mut changes = if place == 0 { self.opening(planned) } else { self.answering(planned, place) };
                changes.extend(comment.status.and_then(Status::parse).map(Change::Status));
                changes.push(Change::Comment(Box::new(self.comment(planned, comment, place)?)));
                Ok(Ready {
                    ticket: step.ticket,
                    author: self.user(comment.author),
                    target: (place == 0).then(|| self.new_ticket(planned)),
                    changes,
                    how: quiet(if staff { Via::Web } else { via }),
                })
            }
        }
    }

    fn new_ticket(&self, planned: &PlannedTicket<'_>) -> NewTicket {
        let conversation = planned.conversation;
        let addresses = &self.fixtures.desk.addresses;
        let address = addresses.iter().find(|one| one.group == conversation.group && one.brand == conversation.brand);
        let address = address.or(addresses.iter().find(|one| one.default));
        let mut new = NewTicket::of(self.user(planned.requester));
        new.brand = self.cast.brands.get(&conversation.brand).copied();
        if let (Person::Customer(index), Some(address)) = (planned.requester, address) {
            let customer = &self.fixtures.customers[index];
            new.recipient = Some(address.address.clone());
            new.via_source = json!({
                "from": {"address": customer.email, "name": customer.name},
                "to": {"address": address.address, "name": address.name},
            });
        }
        new
    }

    fn opening(&self, planned: &PlannedTicket<'_>) -> Vec<Change> {
        let conversation = planned.conversation;
        let mut tags = conversation.tags.clone();
        if let Person::Customer(index) = planned.requester
            && self.fixtures.customers[index].vip
        {
            tags.push("vip".into());
        }
        let mut changes = vec![
            Change::Subject(self.filled(&conversation.subject, planned, planned.requester)),
            Change::Group(self.cast.groups.get(&conversation.group).copied()),
            Change::Priority(Priority::parse(&conversation.priority)),
            Change::Type(TicketType::parse(&conversation.kind)),
            Change::AddTags(tags),
        ];
        changes.extend(planned.colleague.map(|colleague| Change::AddCc(self.user(colleague))));
        changes.extend(self.field_values(planned));
        changes
    }

    fn field_values(&self, planned: &PlannedTicket<'_>) -> Vec<Change> {
        let domain = match planned.requester {
            Person::Customer(index) => Some(self.fixtures.domain(&self.fixtures.customers[index]).to_owned()),
            Person::Agent(_) => None,
        };
        let values = [
            ("product", Some(CustomValue::Text(planned.conversation.product.clone()))),
            ("domain_name", domain.map(CustomValue::Text)),
            ("contract_number", planned.contract.clone().map(CustomValue::Text)),
            ("callback", planned.callback.then_some(CustomValue::Flag(true))),
        ];
        let known =
            |(key, value): (&str, Option<CustomValue>)| Some(Change::Field(*self.cast.fields.get(key)?, value?));
        values.into_iter().filter_map(known).collect()
    }

    /// The first of the staff to write takes the ticket, on behalf of whom it is for.
    fn answering(&self, planned: &PlannedTicket<'_>, place: usize) -> Vec<Change> {
        let staff = |comment: &PlannedComment<'_>| matches!(comment.author, Person::Agent(_));
        let taken = planned.comments[1..place].iter().any(staff);
        match planned.assignee {
            Some(assignee) if staff(&planned.comments[place]) && !taken => {
                vec![Change::Assignee(Some(self.user(assignee)))]
            }
            _ => Vec::new(),
        }
    }

    /// The problem that the ticket of this step is to be linked to now: with its first comment after the problem is known.
    fn problem_to_link(&self, step: &Step) -> Option<usize> {
        let What::Comment(place) = step.what else { return None };
        let planned = &self.plan[step.ticket];
        let key = planned.conversation.problem.as_ref()?;
        let problem = self.plan.iter().position(|one| one.conversation.key == *key)?;
        let known_since = self.plan[problem].comments.first()?.at;
        let first = planned.comments.iter().position(|comment| comment.at > known_since)?;
        (first == place).then_some(problem)
    }

    fn comment(&self, planned: &PlannedTicket<'_>, one: &PlannedComment<'_>, place: usize) -> Result<NewComment> {
        let Comment { text, html, attachments, note, .. } = one.comment;
        let content = match html {
            Some(html) => Content::from_html(&self.filled(html, planned, one.author), |_| None),
            None => Content::from_text(&self.filled(text.as_deref().unwrap_or_default(), planned, one.author)),
        };
        let by_customer = matches!(one.comment.by, By::Requester | By::Cc);
        let decided = planned.comments[..place].iter().any(|earlier| earlier.status == Some("solved"));
        Ok(NewComment {
            author: Some(self.user(one.author)),
            content,
            public: Some(!note),
            attachments: attachments.iter().map(|name| self.attachment(name)).collect::<Result<_>>()?,
            created_at: Some(one.at),
            // Thanks after the solution open nothing again.
            automatic: by_customer && decided,
            ..NewComment::default()
        })
    }

    fn attachment(&self, name: &str) -> Result<NewAttachment> {
        let (kind, bytes) = super::fixtures::file(name).ok_or(Error::NotFound)?;
        Ok(NewAttachment::new(self.app, name, kind, Staged::of(self.app, bytes)?))
    }

    /// A text with its placeholders filled in.
    fn filled(&self, text: &str, planned: &PlannedTicket<'_>, author: Person) -> String {
        let first = |name: &str| name.split(' ').next().unwrap_or(name).to_owned();
        let (name, domain) = match planned.requester {
            Person::Customer(index) => {
                let customer = &self.fixtures.customers[index];
                (customer.name.clone(), self.fixtures.domain(customer).to_owned())
            }
            Person::Agent(index) => (self.fixtures.desk.agents[index].name.clone(), "tugi.test".to_owned()),
        };
        let agent = match author {
            Person::Agent(index) => first(&self.fixtures.desk.agents[index].name),
            Person::Customer(_) => String::new(),
        };
        text.trim()
            .replace("{name}", &first(&name))
            .replace("{full_name}", &name)
            .replace("{domain}", &domain)
            .replace("{invoice}", &planned.invoice)
            .replace("{agent}", &agent)
    }
}
