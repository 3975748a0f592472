//! The SQLite driver: one thread writes, some read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{AbortPoint, Error, Result, Value};
use crossbeam_channel::Receiver;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};

use crate::driver::{Job, Outcome, Shared};
use crate::sql::for_sqlite;
use crate::tx::{Connection as TxConnection, Tx};
use crate::{Row, fulltext};

/// How many callers one commit may serve, and for how long it may gather them.
const BATCH: usize = 512;
const BATCH_TIME: Duration = Duration::from_millis(20);

/// Statements kept prepared on each connection.
const STATEMENTS: usize = 256;

pub(crate) fn open(path: &Path, writer: bool) -> Result<Connection> {
    let flags = if writer {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let conn = Connection::open_with_flags(path, flags).map_err(error)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.busy_timeout(Duration::from_secs(10)).map_err(error)?;
    let pragmas = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 1099511627776;";
    conn.execute_batch(pragmas).map_err(error)?;
    if writer {
        let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
            PRAGMA journal_size_limit = 67108864;";
        conn.execute_batch(pragmas).map_err(error)?;
    }
    Ok(conn)
}

/// What the jobs of one commit leave for its end.
#[derive(Default)]
struct Batch {
    replies: Vec<crate::driver::Reply>,
    to_index: Vec<fulltext::Change>,
    wake: bool,
}

/// Serves write jobs until the queue is closed: as many as are waiting share one commit.
pub(crate) fn write_loop(conn: Connection, jobs: &Receiver<Job>, shared: &Shared) {
    let conn = &Rc::new(conn);
    while let Ok(first) = jobs.recv() {
        if let Err(cause) = run(conn, "BEGIN IMMEDIATE") {
            first.refuse(&cause);
            continue;
        }
        let started = Instant::now();
        let mut batch = Batch::default();
        let mut next = Some(first);
        while let Some(job) = next {
            write_one(conn, job, shared, &mut batch);
            let full = batch.replies.len() >= BATCH || started.elapsed() > BATCH_TIME;
            next = if full { None } else { jobs.try_recv().ok() };
        }
        let mut tx = Tx::new(TxConnection::Sqlite(conn.clone()), shared.clock.now());
        let indexed = fulltext::write(&mut tx, batch.to_index);
        AbortPoint::BeforeCommit.reached();
        let committed = indexed.and_then(|()| run(conn, "COMMIT"));
        AbortPoint::AfterCommit.reached();
        if committed.is_err() && !conn.is_autocommit() {
            let _ = run(conn, "ROLLBACK");
        }
        for reply in batch.replies {
            reply(committed.as_ref().map(|_| ()).map_err(|cause| Error::Unavailable(cause.to_string())));
        }
        if batch.wake && committed.is_ok() {
            shared.wake();
        }
    }
}

/// Runs one job within a savepoint. A job that fails is answered at once, others when their commit has happened.
fn write_one(conn: &Rc<Connection>, job: Job, shared: &Shared, batch: &mut Batch) {
    if let Err(cause) = run(conn, "SAVEPOINT job") {
        job.refuse(&cause);
        return;
    }
    let mut tx = Tx::new(TxConnection::Sqlite(conn.clone()), shared.clock.now());
    let Outcome { ok, reply } = job.run(&mut tx);
    let woken = tx.finish().unwrap_or(false);
    if ok && run(conn, "RELEASE job").is_ok() {
        batch.replies.push(reply);
        batch.to_index.extend(tx.take_to_index());
        batch.wake |= woken;
        return;
    }
    let undone = run(conn, "ROLLBACK TO job").and_then(|_| run(conn, "RELEASE job"));
    reply(undone.map_err(|cause| Error::Unavailable(cause.to_string())));
}

/// Serves read jobs until the queue is closed, each on one consistent snapshot.
pub(crate) fn read_loop(conn: Connection, jobs: &Receiver<Job>, shared: &Shared) {
    let conn = &Rc::new(conn);
    while let Ok(job) = jobs.recv() {
        if let Err(cause) = run(conn, "BEGIN") {
            job.refuse(&cause);
            continue;
        }
        let mut tx = Tx::new(TxConnection::Sqlite(conn.clone()), shared.clock.now());
        let Outcome { reply, .. } = job.run(&mut tx);
        let _ = run(conn, "ROLLBACK");
        reply(Ok(()));
    }
}

fn run(conn: &Connection, sql: &str) -> Result<()> {
    conn.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(drop).map_err(error)
}

pub(crate) fn query(conn: &Connection, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
    let mut statement = conn.prepare_cached(&for_sqlite(sql)).map_err(|cause| explain(cause, sql))?;
    let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let bound = rusqlite::params_from_iter(params.iter().map(Bound));
    let mut rows = statement.query(bound).map_err(|cause| explain(cause, sql))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(|cause| explain(cause, sql))? {
        let mut values = Vec::with_capacity(columns.len());
        for i in 0..columns.len() {
            values.push(read(row.get_ref(i).map_err(error)?)?);
        }
        out.push(Row { columns: columns.clone(), values });
    }
    Ok(out)
}

pub(crate) fn execute(conn: &Connection, sql: &str, params: &[Value]) -> Result<u64> {
    let mut statement = conn.prepare_cached(&for_sqlite(sql)).map_err(|cause| explain(cause, sql))?;
    let bound = rusqlite::params_from_iter(params.iter().map(Bound));
    statement.execute(bound).map(|n| n as u64).map_err(|cause| explain(cause, sql))
}

/// Copies the whole database into `to`, consistently, while it is in use.
pub(crate) fn backup(conn: &Connection, to: &Path) -> Result<()> {
    let target = to.to_str().ok_or_else(|| Error::internal("the path of the copy is not UTF-8"))?;
    conn.execute("VACUUM INTO ?1", [target]).map(drop).map_err(error)
}

struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Real(n) => ValueRef::Real(*n),
            Value::Bool(b) => ValueRef::Integer((*b).into()),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn read(value: ValueRef<'_>) -> Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Real(n) => Value::Real(n),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}

/// A unique key that is taken is the caller's to explain; the rest is a fault.
pub(crate) fn error(cause: rusqlite::Error) -> Error {
    explain(cause, "")
}

fn explain(cause: rusqlite::Error, sql: &str) -> Error {
    match cause.sqlite_error().map(|e| e.extended_code) {
        Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            Error::invalid("base", "DuplicateValue", "A record with this value exists already")
        }
        Some(rusqlite::ffi::SQLITE_FULL) => Error::Unavailable("the disk is full".into()),
        _ => Error::internal(format!("{cause} in {sql}")),
    }
}

/// Runs a job's closure so that a panic becomes an error instead of ending the database thread.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Error::internal(format!("a panic inside a transaction: {text}")))
    })
}
