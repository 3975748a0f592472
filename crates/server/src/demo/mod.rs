//! The demo desk: some hundreds of tickets in four languages over the last 60 days, made by the same writers as all others.

mod calendar;
mod desk;
mod fixtures;
mod plan;
mod seed;

use std::sync::Arc;

use base::{Actor, Clock, Error, FixedClock, Result, SystemClock, Timestamp, time};
use kernel::settings::{self, Setting};
use kernel::{App, Tx};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::wiring;
use fixtures::Fixtures;

/// Every demo desk made on the same day looks the same.
const SEED: u64 = 20_261_122;

/// How far the demo is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Demo {
    /// This is no demo desk.
    #[default]
    None,
    /// It was begun.
    Begun,
    /// It is complete.
    Complete,
}

impl Setting for Demo {
    const NAME: &'static str = "demo";
}

/// Makes the demo desk, unless it is there.
///
/// # Errors
/// A text for the person at the terminal: the desk has data that is not the demo's, or the demo is half made.
pub fn prepare(config: &Config) -> std::result::Result<(), String> {
    let now = SystemClock.now();
    // The desk's own clock shows the time of whatever is being written, so that every date in the demo is right.
    let clock = FixedClock::new(now.plus(-100 * time::DAY));
    let app = wiring::open(config, Arc::new(clock.clone()), |app| app).map_err(super::cli::spoken)?;
    let place = config.data.display();
    match app.write(begin).wait().map_err(super::cli::spoken)? {
        Begin::Done => Ok(()),
        Begin::HalfDone => {
            Err(format!("making the demo in {place} was interrupted; delete the folder and start again"))
        }
        Begin::Foreign => Err(format!(
            "{place} holds a real desk, and the demo is never mixed with one; name another folder by --data"
        )),
        Begin::Now => {
            tracing::info!("making the demo desk");
            fill(&app, &clock, now).map_err(super::cli::spoken)
        }
    }
}

/// Whether to begin.
enum Begin {
    Now,
    Done,
    HalfDone,
    Foreign,
}

fn begin(tx: &mut Tx<'_>) -> Result<Begin> {
    match settings::get(tx)? {
        Demo::Complete => return Ok(Begin::Done),
        Demo::Begun => return Ok(Begin::HalfDone),
        Demo::None => {}
    }
    if !people::sign_in::needs_setup(tx)? || crate::store::has_tickets(tx)? {
        return Ok(Begin::Foreign);
    }
    settings::set(tx, &Demo::Begun)?;
    Ok(Begin::Now)
}

fn fill(app: &App, clock: &FixedClock, now: Timestamp) -> Result<()> {
    let fixtures = Fixtures::load()?;
    if let Some(name) = fixtures.dangling().first() {
        return Err(Error::internal(format!("fixtures/demo names what isn't there: {name}")));
    }
    let fixtures = Arc::new(fixtures);
    let cast = desk::make(app, &fixtures)?;
    seed::tickets(app, clock, &fixtures, cast, now)?;
    clock.advance(now.since(clock.now()));
    app.write(|tx| settings::set(tx, &Demo::Complete)).wait()
}

/// Whoever wrote something, with the right to: the texts are ours, and nobody is asked.
fn acting(user: base::UserId) -> Actor {
    Actor { user, ..Actor::system() }
}
