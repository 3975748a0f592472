//! Work outside a transaction, asked for inside one.
//!
//! A job is a row that is written with the change that wants it done, so neither exists without the other. It runs at
//! least once; a job that finishes its [`Claim`] in the transaction that holds its result runs exactly once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use base::{AbortPoint, Error, JobId, Result, Timestamp, time};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{App, Tx, store};

/// How long a job may run before another node takes it for dead, in milliseconds.
const LOCKED: i64 = 10 * time::MINUTE;

/// Jobs taken by one transaction.
const CLAIMED_AT_ONCE: i64 = 64;

/// The longest a runner sleeps without looking, so that a clock that jumps does no harm.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// A kind of work. Its fields are kept as JSON.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The name under which it is kept.
    const KIND: &'static str;

    /// Attempts before it counts as failed.
    const ATTEMPTS: i64 = 8;

    /// Does the work, on a thread that may block.
    ///
    /// # Errors
    /// Any error makes it run again later, until its attempts are used up.
    fn run(self, app: &App, claim: &Claim) -> Result<()>;

    /// Milliseconds to wait before attempt number `attempt` + 1: 5 s, doubling up to an hour.
    fn pause(attempt: i64) -> i64 {
        ((5 * time::SECOND) << attempt.clamp(1, 10).saturating_sub(1)).min(time::HOUR)
    }
}

/// The right to run one job now.
pub struct Claim {
    id: JobId,
    attempt: i64,
    finished: AtomicBool,
}

impl Claim {
    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> i64 {
        self.attempt
    }

    /// Ends the job in the same transaction as its result.
    pub fn finish(&self, tx: &mut Tx<'_>) -> Result<()> {
        self.finished.store(true, Ordering::SeqCst);
        store::finish_job(tx, self.id)
    }
}

/// Asks for work to be done as soon as this transaction is committed.
pub fn enqueue<J: Job>(tx: &mut Tx<'_>, job: &J) -> Result<()> {
    let now = tx.now();
    enqueue_at(tx, job, now)
}

/// Asks for work to be done at an instant.
pub fn enqueue_at<J: Job>(tx: &mut Tx<'_>, job: &J, at: Timestamp) -> Result<()> {
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    store::add_job(tx, J::KIND, &payload, at, None)
}

/// Asks for work unless a job with the same key is waiting or running.
pub fn enqueue_unique<J: Job>(tx: &mut Tx<'_>, job: &J, at: Timestamp, key: &str) -> Result<()> {
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    store::add_job(tx, J::KIND, &payload, at, Some(&format!("{}:{key}", J::KIND)))
}

type RunPayload = fn(&str, &App, &Claim) -> Result<()>;

struct Kind {
    run: RunPayload,
    attempts: i64,
    pause: fn(i64) -> i64,
}

/// The kinds of jobs that this program knows.
#[derive(Default)]
pub(crate) struct Registry(HashMap<&'static str, Kind>);

impl Registry {
    pub fn add<J: Job>(&mut self) {
        let run: RunPayload = |payload, app, claim| {
            let job: J = serde_json::from_str(payload).map_err(Error::internal)?;
            job.run(app, claim)
        };
        self.0.insert(J::KIND, Kind { run, attempts: J::ATTEMPTS, pause: J::pause });
    }
}

/// A job that was taken and waits for a thread.
struct Taken {
    claim: Claim,
    kind: String,
    payload: String,
}

/// Takes due jobs.
fn take(app: &App, limit: i64) -> Result<Vec<Taken>> {
    let rows = app.write(move |tx| {
        let until = tx.now().plus(LOCKED);
        store::claim_jobs(tx, limit, until)
    });
    rows.wait()?
        .iter()
        .map(|row| {
            let claim = Claim { id: row.get("id")?, attempt: row.get("attempts")?, finished: AtomicBool::new(false) };
            Ok(Taken { claim, kind: row.get("kind")?, payload: row.get("payload")? })
        })
        .collect()
}

/// Runs a job that was taken and records how it went.
fn run(app: &App, taken: &Taken) {
    let id = taken.claim.id;
    let Some(kind) = app.job_kinds().0.get(taken.kind.as_str()) else {
        tracing::error!(kind = taken.kind, "a job of an unknown kind");
        let _ = app.write(move |tx| store::fail_job(tx, id, "unknown kind")).wait();
        return;
    };
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (kind.run)(&taken.payload, app, &taken.claim)))
        .unwrap_or_else(|_| Err(Error::internal("the job panicked")));
    AbortPoint::JobDone.reached();
    let recorded = match done {
        Ok(()) if taken.claim.finished.load(Ordering::SeqCst) => return,
        Ok(()) => app.write(move |tx| store::finish_job(tx, id)).wait(),
        Err(cause) => record_failure(app, taken, kind, &cause),
    };
    if let Err(cause) = recorded {
        tracing::error!(kind = taken.kind, job = id.0, %cause, "how a job went could not be recorded");
    }
}

fn record_failure(app: &App, taken: &Taken, kind: &Kind, cause: &Error) -> Result<()> {
    let (id, attempt, text) = (taken.claim.id, taken.claim.attempt, cause.to_string());
    tracing::warn!(kind = taken.kind, job = id.0, attempt, %cause, "a job failed");
    if attempt >= kind.attempts {
        return app.write(move |tx| store::fail_job(tx, id, &text)).wait();
    }
    let pause = (kind.pause)(attempt);
    app.write(move |tx| {
        let at = tx.now().plus(pause);
        store::postpone_job(tx, id, at, &text)
    })
    .wait()
}

/// Runs all jobs that are due, and those that they cause, on this thread. Gives the number run. For tests and tools.
pub fn run_due(app: &App) -> Result<usize> {
    let mut count = 0;
    loop {
        let taken = take(app, CLAIMED_AT_ONCE)?;
        if taken.is_empty() {
            return Ok(count);
        }
        for job in &taken {
            run(app, job);
            count += 1;
        }
    }
}

/// How many jobs there are in each state.
pub fn counts(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
    store::count_jobs(tx)
}

/// Threads that run jobs until they are told to stop.
pub struct Runner {
    bell: Arc<Bell>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

/// What wakes the thread that takes jobs.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
    stopping: AtomicBool,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    fn sleep(&self, longest: Duration) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        if !*rung {
            rung = self.changed.wait_timeout(rung, longest).unwrap_or_else(PoisonError::into_inner).0;
        }
        *rung = false;
    }
}

impl Runner {
    /// Starts `workers` threads that run jobs, and one that takes them.
    pub fn start(app: &App, workers: usize) -> Result<Self> {
        if app.db().is_exclusive() {
            app.write(store::release_jobs).wait()?;
        }
        let bell = Arc::new(Bell::default());
        let ring = bell.clone();
        app.db().on_commit(move || ring.ring());
        let (give, receive) = std::sync::mpsc::sync_channel::<Taken>(workers);
        let receive = Arc::new(Mutex::new(receive));
        let mut threads = Vec::new();
        for _ in 0..workers {
            let (app, receive) = (app.clone(), receive.clone());
            threads.push(spawn(move || work(&app, &receive))?);
        }
        let (app, watched) = (app.clone(), bell.clone());
        threads.push(spawn(move || hand_out(&app, &watched, &give))?);
        Ok(Self { bell, threads })
    }

    /// Takes no more jobs, and waits for those that are running.
    pub fn stop(self) {
        self.bell.stopping.store(true, Ordering::SeqCst);
        self.bell.ring();
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().name("jobs".into()).spawn(work).map_err(Error::internal)
}

fn work(app: &App, receive: &Mutex<std::sync::mpsc::Receiver<Taken>>) {
    loop {
        let taken = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(taken) = taken else { return };
        run(app, &taken);
    }
}

/// Takes jobs as they become due and hands them to the workers.
fn hand_out(app: &App, bell: &Bell, give: &std::sync::mpsc::SyncSender<Taken>) {
    while !bell.stopping.load(Ordering::SeqCst) {
        let taken = take(app, CLAIMED_AT_ONCE).unwrap_or_else(|cause| {
            tracing::error!(%cause, "jobs could not be taken");
            Vec::new()
        });
        if taken.is_empty() {
            bell.sleep(until_next(app));
        }
        for job in taken {
            if give.send(job).is_err() {
                return;
            }
        }
    }
}

fn until_next(app: &App) -> Duration {
    let next = app.read(store::next_job_at).wait().ok().flatten();
    let wait = next.map_or(i64::MAX, |at| at.since(app.clock().now()));
    Duration::from_millis(wait.max(1).unsigned_abs()).min(LONGEST_SLEEP)
}
