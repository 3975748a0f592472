//! What becomes of tickets when somebody or something that they name goes: an agent leaves, an organization is deleted.

use base::{Actor, Fragment, GroupId, OrganizationId, Result, TicketId, UserId};
use kernel::jobs::{self, Claim, Job};
use kernel::{App, Tx};
use rules::Status;
use serde::{Deserialize, Serialize};

use crate::change::{Change, How, Target};
use crate::commit::commit;
use crate::store;
use crate::ticket::Via;

/// Tickets changed by one transaction, so that agents' own saves come in between.
const AT_ONCE: i64 = 50;

/// Takes somebody or something off the tickets that name it.
#[derive(Clone, Serialize, Deserialize)]
pub enum Gone {
    /// An agent who works in this group no more, or not at all: their unsolved tickets are nobody's.
    Agent(UserId, Option<GroupId>),
    /// An organization that was deleted.
    Organization(OrganizationId),
}

/// Called when an agent leaves a group, or the desk.
pub fn agent_left(tx: &mut Tx<'_>, agent: UserId, group: Option<GroupId>) -> Result<()> {
    jobs::enqueue(tx, &Gone::Agent(agent, group))
}

/// Called when an organization is deleted.
pub fn organization_gone(tx: &mut Tx<'_>, organization: OrganizationId) -> Result<()> {
    jobs::enqueue(tx, &Gone::Organization(organization))
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
        for id in &tickets {
            let changes = match self {
                Gone::Agent(..) => vec![Change::Assignee(None)],
                Gone::Organization(_) => vec![Change::Organization(None)],
            };
            commit(tx, &Actor::system(), Target::Ticket(TicketId(*id)), changes, &How::via(Via::Rule))?;
        }
        Ok(i64::try_from(tickets.len()).unwrap_or(0))
    }

    /// The tickets to change, over the alias `t`. Closed ones stay as they were.
    fn filter(&self) -> Fragment {
        let mut filter = Fragment::new("t.status < ");
        match self {
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
