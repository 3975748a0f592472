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
            let tomorrow = tx.now().plus(time::DAY);
            let next = format!("{}", tomorrow.0 / time::DAY);
            enqueue_unique(tx, &Housekeeping {}, tomorrow, &next)
        })
        .wait()?;
        kernel::blobs::sweep(app).map(drop)
    }
}

/// Sees to it that [`Housekeeping`] runs daily. Called at each start.
pub fn schedule(tx: &mut kernel::Tx<'_>) -> Result<()> {
    let now = tx.now();
    let today = format!("{}", now.0 / time::DAY);
    enqueue_unique(tx, &Housekeeping {}, now, &today)
}

/// The permission that background work on many tickets needs of whoever asks for it.
pub(crate) const BULK: Permission = Permission::TicketEdit;
