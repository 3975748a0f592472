//! What becomes of tickets when somebody or something that they name goes: an agent leaves, an organization is deleted,
//! a person or an organization is merged into another.
//!
//! Tickets follow batch by batch, each through [`commit`], so that a desk with many keeps working and a run that was cut
//! off goes on. Until a ticket's turn comes, it names who went, whom `people` still knows; whoever writes on it before
//! moves it first ([`keep_up`]).

use base::{Actor, Fragment, GroupId, OrganizationId, Result, TicketId, UserId};
use kernel::jobs::{self, Claim, Job};
use kernel::{App, Tx};
use rules::Status;
use serde::{Deserialize, Serialize};

use crate::change::{Became, Change, How, Target};
use crate::commit::commit;
use crate::store;
use crate::ticket::{Ticket, Via};

/// Tickets changed by one transaction, so that agents' own saves come in between.
const AT_ONCE: i64 = 50;

/// Takes somebody or something off the tickets that name it.
#[derive(Clone, Serialize, Deserialize)]
pub enum Gone {
    /// An agent who works in this group no more, or not at all: their unsolved tickets are nobody's.
    Agent(UserId, Option<GroupId>),
    /// An organization that was deleted.
    Organization(OrganizationId),
    /// A person who was merged into another, who may have been merged since.
    Person(UserId, UserId),
    /// An organization that was merged into another.
    Merged(OrganizationId, OrganizationId),
}

/// Called when an agent leaves a group, or the desk.
pub fn agent_left(tx: &mut Tx<'_>, agent: UserId, group: Option<GroupId>) -> Result<()> {
    jobs::enqueue(tx, &Gone::Agent(agent, group))
}

/// Called when an organization is deleted.
pub fn organization_gone(tx: &mut Tx<'_>, organization: OrganizationId) -> Result<()> {
    jobs::enqueue(tx, &Gone::Organization(organization))
}

/// Called when a person is merged into another: moves what they requested and wrote. The first batch is moved at once;
/// the job moves the rest, and what was being written meanwhile.
pub fn person_merged(tx: &mut Tx<'_>, from: UserId, into: UserId) -> Result<()> {
    move_now(tx, Gone::Person(from, into))
}

/// Called when an organization is merged into another: moves its tickets. See [`person_merged`].
pub fn organization_merged(tx: &mut Tx<'_>, from: OrganizationId, into: OrganizationId) -> Result<()> {
    move_now(tx, Gone::Merged(from, into))
}

fn move_now(tx: &mut Tx<'_>, gone: Gone) -> Result<()> {
    gone.round(tx)?;
    jobs::enqueue(tx, &gone)
}

/// Puts those on a ticket who were merged into others in their place, ahead of the job that does so; tells whether there
/// were any.
pub(crate) fn keep_up(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<bool> {
    let ids: Vec<UserId> = ticket.ccs.iter().chain(&ticket.followers).chain([&ticket.requester]).copied().collect();
    let merged = people::merged_among(tx, &ids)?;
    for (from, into) in &merged {
        put_in_place(tx, ticket.id, Became::Person { from: *from, into: *into })?;
    }
    Ok(!merged.is_empty())
}

/// Merging asks nobody and answers nobody: no rule runs, nothing is sent.
fn put_in_place(tx: &mut Tx<'_>, ticket: TicketId, became: Became) -> Result<()> {
    let how = How { silent: true, ..How::via(Via::Rule) };
    commit(tx, &Actor::system(), Target::Ticket(ticket), vec![Change::Became(became)], &how).map(drop)
}

impl Job for Gone {
    const KIND: &'static str = "gone";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        // Each round finds fewer, since what was changed is found no more.
        loop {
            let gone = self.clone();
            if app.write(move |tx| gone.round(tx)).wait()? < AT_ONCE {
                return Ok(());
            }
        }
    }
}

impl Gone {
    /// Changes one batch; gives its size.
    fn round(&self, tx: &mut Tx<'_>) -> Result<i64> {
        let tickets = store::tickets::numbers(tx, &self.filter(), AT_ONCE)?;
        for id in tickets.iter().copied().map(TicketId) {
            let change = match *self {
                Gone::Agent(..) => Change::Assignee(None),
                Gone::Organization(_) => Change::Organization(None),
                Gone::Person(from, into) => {
                    let into = people::survivor_of(tx, into)?;
                    put_in_place(tx, id, Became::Person { from, into })?;
                    continue;
                }
                Gone::Merged(from, into) => {
                    put_in_place(tx, id, Became::Organization { from, into })?;
                    continue;
                }
            };
            commit(tx, &Actor::system(), Target::Ticket(id), vec![change], &How::via(Via::Rule))?;
        }
        Ok(i64::try_from(tickets.len()).unwrap_or(0))
    }

    /// The tickets to change, over the alias `t`. Closed ones stay as they were, but for merges: these leave nothing behind.
    fn filter(&self) -> Fragment {
        let mut filter = Fragment::new("t.status < ");
        match self {
            Gone::Person(from, _) => return store::tickets::naming(*from),
            Gone::Merged(from, _) => {
                filter = Fragment::new("t.organization_id = ");
                filter.bind(*from);
            }
            Gone::Agent(agent, group) => {
                filter.bind(Status::Solved.rank()).push(" AND t.assignee_id = ").bind(*agent);
                if let Some(group) = group {
                    filter.push(" AND t.group_id = ").bind(*group);
                }
            }
            Gone::Organization(organization) => {
                filter.bind(Status::Closed.rank()).push(" AND t.organization_id = ").bind(*organization);
            }
        }
        filter
    }
}
