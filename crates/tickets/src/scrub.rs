//! Deleting deleted tickets for good.

use base::{Actor, Credential, Error, Result, TicketId, UserId};
use kernel::jobs::{Claim, Job, enqueue};
use kernel::{App, Tx, progress};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::change::{Change, How, Target};
use crate::commit::commit;
use crate::ticket::{Ticket, Via};
use crate::{access, store};

/// Deletes deleted tickets for good, one after the other.
#[derive(Clone, Serialize, Deserialize)]
pub struct ScrubTickets {
    /// The progress that it reports to.
    progress: String,
    /// Who asked for it; it is done with their rights.
    actor: UserId,
    tickets: Vec<TicketId>,
}

impl Job for ScrubTickets {
    const KIND: &'static str = "scrub_tickets";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        for id in self.tickets {
            let asked_by = self.actor;
            app.write(move |tx| {
                let actor = people::actor_of(tx, asked_by, Credential::System)?;
                match scrub(tx, &actor, id) {
                    // Done before, or brought back meanwhile.
                    Err(Error::NotFound) => Ok(()),
                    other => other,
                }
            })
            .wait()?;
        }
        let id = self.progress;
        app.write(move |tx| progress::complete(tx, &id, Some(json!({"success": true})))).wait()
    }
}

/// A deleted ticket that is still there to be brought back.
///
/// # Errors
/// `NotFound` when there is none, or the actor may not see it.
pub(crate) fn deleted(tx: &mut Tx<'_>, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = store::tickets::lock(tx, id)?.filter(|ticket| ticket.deleted_at.is_some());
    let ticket = ticket.filter(|ticket| access::may_see(actor, ticket)).ok_or(Error::NotFound)?;
    if store::scrub::is_done(tx, id)? { Err(Error::NotFound) } else { Ok(ticket) }
}

fn scrub(tx: &mut Tx<'_>, actor: &Actor, id: TicketId) -> Result<()> {
    deleted(tx, actor, id)?;
    let how = How { silent: true, ..How::via(Via::Api) };
    commit(tx, actor, Target::Ticket(id), vec![Change::Scrub], &how).map(drop)
}

/// Asks for tickets to be deleted for good; gives the id of its progress.
pub(crate) fn queue(tx: &mut Tx<'_>, actor: &Actor, job_type: &str, tickets: Vec<TicketId>) -> Result<String> {
    actor.needs(base::Permission::TicketDelete)?;
    let progress = progress::queue(tx, actor, job_type, None)?;
    enqueue(tx, &ScrubTickets { progress: progress.clone(), actor: actor.user, tickets })?;
    Ok(progress)
}
