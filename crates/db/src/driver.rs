//! The threads that own the connections, and how work reaches them.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use base::{Clock, Error, Result, SystemClock};
use crossbeam_channel::{Sender, unbounded};
use tokio::sync::oneshot;

use crate::sql::Dialect;
use crate::{Tx, migrate, postgres, sqlite};

/// How a database is opened.
#[derive(Clone)]
pub struct Options {
    /// A path of a SQLite file, or `postgres://USER:PASSWORD@HOST/NAME`.
    pub url: String,
    /// Threads (and connections) that read.
    pub readers: usize,
    /// Threads (and connections) that write; SQLite always has one.
    pub writers: usize,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Options {
    /// The usual options for this place: as many readers as there are cores, but at least 4.
    pub fn new(url: impl Into<String>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { url: url.into(), readers: cores.max(4), writers: 8, clock: Arc::new(SystemClock) }
    }

    /// The same with another clock.
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }
}

/// A database. Clones share it; its threads end when the last clone is gone.
#[derive(Clone)]
pub struct Db {
    writers: Sender<Job>,
    readers: Sender<Job>,
    shared: Arc<Shared>,
}

pub(crate) type Reply = Box<dyn FnOnce(Result<()>) + Send>;

/// What a job leaves behind: whether its work is to be kept, and how to answer its caller.
pub(crate) struct Outcome {
    pub ok: bool,
    pub reply: Reply,
}

type Run = Box<dyn FnOnce(std::result::Result<&mut Tx, String>) -> Outcome + Send>;

/// A closure on its way to a database thread.
pub(crate) struct Job(Run);

impl Job {
    pub fn run(self, tx: &mut Tx) -> Outcome {
        (self.0)(Ok(tx))
    }

    /// Answers the caller that the work could not even begin.
    pub fn refuse(self, cause: &Error) {
        let Outcome { reply, .. } = (self.0)(Err(cause.to_string()));
        reply(Ok(()));
    }
}

/// What all threads of one database share.
pub(crate) struct Shared {
    pub clock: Arc<dyn Clock>,
    pub dialect: Dialect,
    pub url: String,
    listeners: Mutex<Vec<Arc<dyn Fn() + Send + Sync>>>,
}

impl Shared {
    /// Tells every listener that something was committed.
    pub fn wake(&self) {
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener();
        }
    }
}

/// The answer to come of a closure: await it, or [`Pending::wait`] for it.
pub struct Pending<T>(oneshot::Receiver<Result<T>>);

impl<T> Pending<T> {
    /// Blocks until the answer is there. Not to be called from asynchronous code.
    pub fn wait(self) -> Result<T> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(closed()))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or_else(|_| Err(closed())))
    }
}

fn closed() -> Error {
    Error::Unavailable("the database is closed".into())
}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// `Internal` when it can't be reached, or when it was written by a newer Tugi.
    pub fn open(options: &Options) -> Result<Self> {
        let (writers, write_jobs) = unbounded::<Job>();
        let (readers, read_jobs) = unbounded::<Job>();
        let is_postgres = options.url.starts_with("postgres://") || options.url.starts_with("postgresql://");
        let shared = Arc::new(Shared {
            clock: options.clock.clone(),
            dialect: if is_postgres { Dialect::Postgres } else { Dialect::Sqlite },
            url: options.url.clone(),
            listeners: Mutex::default(),
        });
        if is_postgres {
            aside(|| postgres::start(options, &shared, write_jobs, read_jobs))?;
        } else {
            start_sqlite(Path::new(&options.url), options.readers, &shared, write_jobs, read_jobs)?;
        }
        Ok(Self { writers, readers, shared })
    }

    /// Whether no other process uses the database.
    pub fn is_exclusive(&self) -> bool {
        self.shared.dialect == Dialect::Sqlite
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        self.shared.dialect
    }

    /// What tells the time to this database's transactions.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.shared.clock.clone()
    }

    /// Runs a closure in a transaction that writes. The answer comes after the commit.
    pub fn write<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    {
        submit(&self.writers, work)
    }

    /// Runs a closure on one consistent snapshot. What it writes is refused or undone.
    pub fn read<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    {
        submit(&self.readers, work)
    }

    /// Calls `listener` whenever a transaction that asked for it was committed, on this node or another.
    pub fn on_commit(&self, listener: impl Fn() + Send + Sync + 'static) {
        self.shared.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::new(listener));
    }

    /// Copies the whole database into a SQLite file, consistently, while it is in use.
    ///
    /// # Errors
    /// `Unavailable` on PostgreSQL, which has its own tools for this.
    pub fn backup(&self, to: PathBuf) -> Result<()> {
        if self.shared.dialect == Dialect::Postgres {
            return Err(Error::Unavailable("a PostgreSQL database is backed up with pg_dump".into()));
        }
        sqlite::backup(&sqlite::open(Path::new(&self.shared.url), false)?, &to)
    }
}

fn submit<T, F>(queue: &Sender<Job>, work: F) -> Pending<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx) -> Result<T> + Send + 'static,
{
    let (answer, pending) = oneshot::channel();
    let job = Job(Box::new(move |tx| {
        let result = match tx {
            Ok(tx) => sqlite::guarded(|| work(tx)),
            Err(cause) => Err(Error::Unavailable(cause)),
        };
        let ok = result.is_ok();
        let reply: Reply = Box::new(move |committed| {
            let _ = answer.send(committed.and(result));
        });
        Outcome { ok, reply }
    }));
    let _ = queue.send(job);
    Pending(pending)
}

fn start_sqlite(
    path: &Path,
    readers: usize,
    shared: &Arc<Shared>,
    write_jobs: crossbeam_channel::Receiver<Job>,
    read_jobs: crossbeam_channel::Receiver<Job>,
) -> Result<()> {
    let writer = sqlite::open(path, true)?;
    let writer = migrate::sqlite(writer, shared.clock.now())?;
    let for_writer = shared.clone();
    spawn("db-write", move || sqlite::write_loop(writer, &write_jobs, &for_writer))?;
    for _ in 0..readers {
        let conn = sqlite::open(path, false)?;
        let (jobs, shared) = (read_jobs.clone(), shared.clone());
        spawn("db-read", move || sqlite::read_loop(conn, &jobs, &shared))?;
    }
    Ok(())
}

/// Runs blocking work on a thread of its own: PostgreSQL's driver brings a runtime, which can't be started inside another.
pub(crate) fn aside<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let done = std::thread::scope(|scope| scope.spawn(work).join());
    done.unwrap_or_else(|_| Err(Error::internal("a database thread panicked")))
}

pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new().name(name.into()).spawn(work).map(drop).map_err(Error::internal)
}
