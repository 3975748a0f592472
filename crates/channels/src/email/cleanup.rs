//! What is deleted after its time.

use base::{Result, time};
use kernel::jobs::{self, Claim, Job};
use kernel::{App, Tx};
use serde::{Deserialize, Serialize};

use super::settings::MailSettings;
use super::suspension;

/// Deletes suspended mail after its time, and asks for itself again a day later.
#[derive(Serialize, Deserialize)]
pub struct Cleanup {}

/// The key under which only one cleanup waits.
const KEY: &str = "daily";

impl Job for Cleanup {
    const KIND: &'static str = "mail_cleanup";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        loop {
            let deleted = app.write(|tx| {
                let days = MailSettings::load(tx)?.suspended_days.max(1);
                let before = tx.now().plus(-days * time::DAY);
                suspension::forget_old(tx, before)
            });
            if deleted.wait()? == 0 {
                break;
            }
        }
        // This job still runs, so its key is taken: the next one waits under the other.
        app.write(|tx| {
            let at = tx.now().plus(time::DAY);
            jobs::enqueue_unique(tx, &Cleanup {}, at, &format!("{KEY} {}", at.0 / time::DAY))
        })
        .wait()
    }
}

/// Sees to it that the daily cleanup is asked for; to be called when the program starts.
pub fn schedule(tx: &mut Tx<'_>) -> Result<()> {
    let at = tx.now().plus(time::HOUR);
    jobs::enqueue_unique(tx, &Cleanup {}, at, &format!("{KEY} {}", at.0 / time::DAY))
}
