//! Background work on tickets.

use base::{Actor, Permission, Result, TicketId, time};
use kernel::App;
use kernel::jobs::{Claim, Job, enqueue_unique};
use rules::Status;
use serde::{Deserialize, Serialize};

use crate::change::{Change, How, NewComment, Target};
use crate::commit::commit;
use crate::content::Content;
use crate::store;
use crate::ticket::Via;

pub use crate::bulk::Bulk;
pub use crate::scrub::ScrubTickets;

/// How long an upload waits for its comment, in milliseconds.
const UPLOADS_KEPT: i64 = 3 * time::DAY;

/// Solves the incidents of a problem that was solved, with the same public answer.
#[derive(Serialize, Deserialize)]
pub struct SolveIncidents {
    /// The problem.
    pub problem: TicketId,
}

impl Job for SolveIncidents {
    const KIND: &'static str = "solve_incidents";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        let problem = self.problem;
        let incidents = app.read(move |tx| store::tickets::incidents_of(tx, problem)).wait()?;
        // One transaction each, so that hundreds of incidents hold nobody up; done again, it finds nothing to do.
        for incident in incidents {
            app.write(move |tx| {
                let Some(ticket) = store::tickets::lock(tx, incident)? else { return Ok(()) };
                if ticket.status >= Status::Solved {
                    return Ok(());
                }
                let answers = store::comments::of_ticket(tx, problem)?;
                let last = answers.into_iter().rfind(|c| c.public);
                let mut changes = vec![Change::Status(Status::Solved)];
                if let Some(last) = last {
                    let content = Content::from_html(&last.html_body, |_| None);
                    let author = Some(last.author);
                    changes.push(Change::Comment(Box::new(NewComment {
                        content,
                        author,
                        public: Some(true),
                        ..NewComment::default()
                    })));
                }
                let target = Target::Ticket(incident);
                commit(tx, &Actor::system(), target, changes, &How::via(Via::Rule)).map(drop)
            })
            .wait()?;
        }
        Ok(())
    }
}

/// Once a day: uploads that no comment took, events that no browser asks for, files that nothing names.
#[derive(Serialize, Deserialize)]
pub struct Housekeeping {}

impl Job for Housekeeping {
    const KIND: &'static str = "housekeeping";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        app.write(|tx| {
            let before = tx.now().plus(-UPLOADS_KEPT);
            for file in store::attachments::abandoned(tx, before)? {
                store::attachments::delete(tx, file.id)?;
                kernel::blobs::delete(tx, &file.blob_key)?;
            }
            kernel::events::forget_old(tx)?;
            kernel::http::forget_old(tx)?;
            people::oauth::tokens::forget_expired(tx)?;
            let tomorrow = tx.now().plus(time::DAY);
            let next = format!("{}", tomorrow.0 / time::DAY);
            enqueue_unique(tx, &Housekeeping {}, tomorrow, &next)
        })
        .wait()?;
        kernel::blobs::sweep(app).map(drop)
    }
}

/// How long a solved ticket waits for an answer before it is closed.
#[derive(Serialize, Deserialize)]
pub struct CloseAfter {
    /// Days; 0 keeps solved tickets open to answers for ever.
    pub days: i64,
}

impl Default for CloseAfter {
    /// Four days, which is what Zendesk's standard automation waits.
    fn default() -> Self {
        Self { days: 4 }
    }
}

impl kernel::settings::Setting for CloseAfter {
    const NAME: &'static str = "close_after";
}

/// Tickets closed by one transaction.
const CLOSED_AT_ONCE: i64 = 50;

/// Once an hour: closes tickets that were solved long enough ago.
#[derive(Serialize, Deserialize)]
pub struct CloseSolved {}

impl Job for CloseSolved {
    const KIND: &'static str = "close_solved";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        app.write(|tx| {
            let next = tx.now().plus(time::HOUR);
            enqueue_unique(tx, &CloseSolved {}, next, &format!("{}", next.0 / time::HOUR))
        })
        .wait()?;
        // One batch after the other, so that agents' own saves come in between.
        while app.write(close_batch).wait()? == CLOSED_AT_ONCE {}
        Ok(())
    }
}

/// Closes one batch; gives its size.
fn close_batch(tx: &mut kernel::Tx<'_>) -> Result<i64> {
    let CloseAfter { days } = kernel::settings::get(tx)?;
    if days == 0 {
        return Ok(0);
    }
    let before = tx.now().plus(-days * time::DAY);
    let due = store::tickets::solved_before(tx, before, CLOSED_AT_ONCE)?;
    for id in &due {
        let changes = vec![Change::Status(Status::Closed)];
        commit(tx, &Actor::system(), Target::Ticket(*id), changes, &How::via(Via::Rule))?;
    }
    Ok(i64::try_from(due.len()).unwrap_or(0))
}

/// Sees to it that [`Housekeeping`] runs daily and [`CloseSolved`] hourly. Called at each start.
pub fn schedule(tx: &mut kernel::Tx<'_>) -> Result<()> {
    let now = tx.now();
    enqueue_unique(tx, &CloseSolved {}, now, &format!("{}", now.0 / time::HOUR))?;
    let today = format!("{}", now.0 / time::DAY);
    enqueue_unique(tx, &Housekeeping {}, now, &today)
}

/// The permission that background work on many tickets needs of whoever asks for it.
pub(crate) const BULK: Permission = Permission::TicketEdit;
