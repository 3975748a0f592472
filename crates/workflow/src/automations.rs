//! Automations at work: every few seconds those tickets are looked for that became due.
//!
//! An automation does something to a ticket once; it does so again only when the ticket was changed since and an hour has
//! passed, so that two that undo each other's work do no more than Zendesk's would. Each ticket is a transaction of its own,
//! so that ten thousand of them hold nobody up.

use base::{Actor, Error, Result, TicketId, time};
use kernel::jobs::{Claim, Job, enqueue_unique};
use kernel::{App, Tx};
use rules::{Conditions, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::engine::{failed, succeeded};
use crate::perform::perform;
use crate::rule::{Kind, Rule, Said};
use crate::store;

/// How often due tickets are looked for, in milliseconds.
const OFTEN: i64 = 5 * time::SECOND;
/// How often, when there is no automation, in milliseconds. Saving one asks for a run at once.
const SELDOM: i64 = time::HOUR;
/// Tickets that are looked up at once.
const AT_ONCE: i64 = 100;
/// How long an automation leaves a ticket alone, in milliseconds.
const REST: i64 = time::HOUR;

/// Runs the automations that are due, and asks to be run again.
#[derive(Serialize, Deserialize)]
pub struct Run {}

impl Job for Run {
    const KIND: &'static str = "run_automations";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        let all = app.write(|tx| {
            let all = store::rules::active(tx, Kind::Automation)?;
            ask(tx, if all.is_empty() { SELDOM } else { OFTEN })?;
            Ok(all)
        });
        for rule in all.wait()? {
            run_all(app, rule.id)?;
        }
        Ok(())
    }
}

/// Asks for the next run. Two who ask for the same one get one.
fn ask(tx: &mut Tx<'_>, pause: i64) -> Result<()> {
    let next = tx.now().plus(pause);
    enqueue_unique(tx, &Run {}, next, &(next.0 / OFTEN).to_string())
}

/// Sees to it that [`Run`] runs. Called at each start, and when an automation is saved.
pub fn schedule(tx: &mut Tx<'_>) -> Result<()> {
    ask(tx, 0)
}

/// Runs one automation on every ticket that it is due for.
fn run_all(app: &App, rule: i64) -> Result<()> {
    loop {
        let found = app.write(move |tx| match read(tx, rule)? {
            Some((rule, said)) => due(tx, &rule, &said, None),
            None => Ok(Vec::new()),
        });
        let found = found.wait()?;
        for ticket in &found {
            let ticket = *ticket;
            app.write(move |tx| run_one(tx, rule, ticket)).wait()?;
        }
        if (found.len() as i64) < AT_ONCE {
            return Ok(());
        }
    }
}

/// The automation, if it is switched on and can be read; locked, since another run may be at it. One that can't be read is
/// told to the admin.
fn read(tx: &mut Tx<'_>, id: i64) -> Result<Option<(Rule, Said)>> {
    let rule = match store::rules::lock(tx, Kind::Automation, id) {
        Ok(rule) if rule.active => rule,
        Ok(_) | Err(Error::NotFound) => return Ok(None),
        Err(cause) => return Err(cause),
    };
    let catalogue = tickets::fields::catalogue(tx)?;
    match rule.read(&catalogue) {
        Ok(said) => Ok(Some((rule, said))),
        Err(cause) => failed(tx, &rule, &cause).map(|()| None),
    }
}

/// The tickets that it is due for, at most [`AT_ONCE`]. Closed tickets take no changes, so nothing is due for them.
fn due(tx: &mut Tx<'_>, rule: &Rule, said: &Said, only: Option<TicketId>) -> Result<Vec<TicketId>> {
    let not_closed = json!({"all": [{"field": "status", "operator": "less_than", "value": "closed"}]});
    let not_closed = Conditions::parse(&not_closed, &rules::Catalogue::default(), Purpose::Automation);
    let mut filter = tickets::views::matching(tx, &said.conditions)?;
    filter.push(" AND ").append(&tickets::views::matching(tx, &not_closed.map_err(Error::Invalid)?)?);
    let lately = tx.now().plus(-REST);
    store::automations::due(tx, rule.id, &filter, lately, only, AT_ONCE)
}

/// Runs an automation on a ticket, if it is still due for it. A failure is known as a run too, so that it isn't repeated
/// every few seconds.
fn run_one(tx: &mut Tx<'_>, rule: i64, ticket: TicketId) -> Result<()> {
    let Some((rule, said)) = read(tx, rule)? else { return Ok(()) };
    if due(tx, &rule, &said, Some(ticket))?.is_empty() {
        return Ok(());
    }
    let system = Actor::system();
    let done = tx.attempt(|tx| {
        let ticket = tickets::access::get(tx, &system, ticket)?;
        perform(tx, &rule, &said.actions, &ticket, &system).map(drop)
    });
    store::rules::add_run(tx, rule.id, ticket)?;
    match done {
        Ok(()) => succeeded(tx, &rule),
        Err(cause) => failed(tx, &rule, &cause),
    }
}
