//! The PostgreSQL driver: each thread owns a connection and makes it anew when it breaks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ::postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use ::postgres::{Config, NoTls, Statement};
use base::{Error, Result, Value};
use crossbeam_channel::Receiver;

use crate::driver::{Job, Options, Outcome, Shared, spawn};
use crate::tx::{Connection, Tx};
use crate::{Row, migrate};

/// Statements kept prepared on each connection; queries put together at run time would pile up without a bound.
const STATEMENTS: usize = 512;

/// A connection with its prepared statements.
pub(crate) struct Client {
    client: ::postgres::Client,
    statements: HashMap<String, (Statement, Arc<[String]>)>,
}

pub(crate) fn start(
    options: &Options,
    shared: &Arc<Shared>,
    write_jobs: Receiver<Job>,
    read_jobs: Receiver<Job>,
) -> Result<()> {
    let config: Config = options.url.parse().map_err(Error::internal)?;
    migrate::postgres(Client::connect(&config)?, shared.clock.now())?;
    for _ in 0..options.writers {
        let (config, jobs, shared) = (config.clone(), write_jobs.clone(), shared.clone());
        spawn("db-write", move || serve(&config, &jobs, &shared, write_one))?;
    }
    for _ in 0..options.readers {
        let (config, jobs, shared) = (config.clone(), read_jobs.clone(), shared.clone());
        spawn("db-read", move || serve(&config, &jobs, &shared, read_one))?;
    }
    let weak = Arc::downgrade(shared);
    spawn("db-listen", move || {
        while let Some(shared) = weak.upgrade() {
            if let Err(cause) = listen(&config, &shared, &weak) {
                tracing::warn!(%cause, "the connection that listens for changes broke");
            }
            drop(shared);
            std::thread::park_timeout(Duration::from_secs(1));
        }
    })
}

type Serve = fn(Client, Job, &Shared) -> Option<Client>;

fn serve(config: &Config, jobs: &Receiver<Job>, shared: &Shared, one: Serve) {
    let mut client: Option<Client> = None;
    while let Ok(job) = jobs.recv() {
        let connected = client.take().filter(|client| !client.client.is_closed());
        let connected = connected.map_or_else(|| Client::connect(config), Ok);
        match connected {
            Ok(connected) => client = one(connected, job, shared),
            Err(cause) => {
                tracing::error!(%cause, "the database can't be reached");
                job.refuse(&Error::Unavailable("the database can't be reached".into()));
            }
        }
    }
}

fn write_one(mut client: Client, job: Job, shared: &Shared) -> Option<Client> {
    if let Err(cause) = client.batch("BEGIN") {
        job.refuse(&cause);
        return Some(client);
    }
    let mut tx = Tx::new(Connection::Postgres(Box::new(client)), shared.clock.now());
    let Outcome { ok, reply } = job.run(&mut tx);
    let finished = if ok { tx.finish().map(drop) } else { Ok(()) };
    let ended = match (ok, finished) {
        (true, Ok(())) => tx.batch("COMMIT"),
        (_, finished) => tx.batch("ROLLBACK").and(finished),
    };
    reply(ended);
    client_of(tx)
}

fn read_one(mut client: Client, job: Job, shared: &Shared) -> Option<Client> {
    if let Err(cause) = client.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
        job.refuse(&cause);
        return Some(client);
    }
    let mut tx = Tx::new(Connection::Postgres(Box::new(client)), shared.clock.now());
    let Outcome { reply, .. } = job.run(&mut tx);
    let _ = tx.batch("ROLLBACK");
    reply(Ok(()));
    client_of(tx)
}

fn client_of(tx: Tx) -> Option<Client> {
    match tx.into_connection() {
        Connection::Postgres(client) => Some(*client),
        Connection::Sqlite(_) => None,
    }
}

fn listen(config: &Config, shared: &Shared, alive: &std::sync::Weak<Shared>) -> Result<()> {
    use fallible_iterator::FallibleIterator;
    let mut client = config.connect(NoTls).map_err(error)?;
    client.batch_execute("LISTEN tugi").map_err(error)?;
    // Whoever slept through a broken connection is woken once.
    shared.wake();
    while alive.strong_count() > 1 {
        let mut notifications = client.notifications();
        if notifications.timeout_iter(Duration::from_secs(1)).next().map_err(error)?.is_some() {
            shared.wake();
        }
    }
    Ok(())
}

impl Client {
    pub fn connect(config: &Config) -> Result<Self> {
        let client = config.connect(NoTls).map_err(error)?;
        Ok(Self { client, statements: HashMap::new() })
    }

    pub fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(error)
    }

    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let (statement, columns) = self.prepare(sql)?;
        let bound: Vec<_> = params.iter().map(Bound).collect();
        let bound: Vec<_> = bound.iter().map(|b| b as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &bound).map_err(|cause| explain(cause, sql))?;
        rows.iter()
            .map(|row| {
                let values = (0..row.len()).map(|i| read(row, i)).collect::<Result<_>>()?;
                Ok(Row { columns: columns.clone(), values })
            })
            .collect()
    }

    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let (statement, _) = self.prepare(sql)?;
        let bound: Vec<_> = params.iter().map(Bound).collect();
        let bound: Vec<_> = bound.iter().map(|b| b as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &bound).map_err(|cause| explain(cause, sql))
    }

    fn prepare(&mut self, sql: &str) -> Result<(Statement, Arc<[String]>)> {
        if let Some((statement, columns)) = self.statements.get(sql) {
            return Ok((statement.clone(), columns.clone()));
        }
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        let statement = self.client.prepare(sql).map_err(|cause| explain(cause, sql))?;
        let columns: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        self.statements.insert(sql.to_owned(), (statement.clone(), columns.clone()));
        Ok((statement, columns))
    }
}

fn read(row: &::postgres::Row, i: usize) -> Result<Value> {
    let kind = row.columns()[i].type_();
    let value = match *kind {
        Type::BOOL => row.try_get::<_, Option<bool>>(i).map(Value::from),
        Type::INT8 => row.try_get::<_, Option<i64>>(i).map(Value::from),
        Type::INT4 => row.try_get::<_, Option<i32>>(i).map(Value::from),
        Type::INT2 => row.try_get::<_, Option<i16>>(i).map(|n| n.map(i64::from).into()),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(i).map(Value::from),
        Type::FLOAT4 => row.try_get::<_, Option<f32>>(i).map(|n| n.map(f64::from).into()),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(i).map(Value::from),
        _ => row.try_get::<_, Option<String>>(i).map(Value::from),
    };
    value.map_err(|cause| Error::internal(format!("column {} of type {kind}: {cause}", row.columns()[i].name())))
}

#[derive(Debug)]
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self.0, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Bool(b), &Type::BOOL) => b.to_sql(ty, out),
            (Value::Bool(b), _) => Bound(&Value::Int((*b).into())).to_sql(ty, out),
            (Value::Int(n), &Type::INT8) => n.to_sql(ty, out),
            (Value::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(ty, out),
            (Value::Int(n), &Type::INT2) => i16::try_from(*n)?.to_sql(ty, out),
            (Value::Int(n), &Type::FLOAT8) => (*n as f64).to_sql(ty, out),
            (Value::Int(n), &Type::BOOL) => (*n != 0).to_sql(ty, out),
            (Value::Int(n), _) => n.to_string().to_sql(&Type::TEXT, out),
            (Value::Real(n), &Type::FLOAT8) => n.to_sql(ty, out),
            (Value::Real(n), _) => n.to_string().to_sql(&Type::TEXT, out),
            // PostgreSQL's text can't hold NUL.
            (Value::Text(text), _) if text.contains('\0') => text.replace('\0', "").to_sql(&Type::TEXT, out),
            (Value::Text(text), _) => text.to_sql(&Type::TEXT, out),
            (Value::Blob(bytes), _) => bytes.to_sql(&Type::BYTEA, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    ::postgres::types::to_sql_checked!();
}

pub(crate) fn error(cause: ::postgres::Error) -> Error {
    explain(cause, "")
}

/// A unique key that is taken is the caller's to explain; the rest is a fault.
fn explain(cause: ::postgres::Error, sql: &str) -> Error {
    use ::postgres::error::SqlState;
    match cause.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => {
            Error::invalid("base", "DuplicateValue", "A record with this value exists already")
        }
        Some(&SqlState::DISK_FULL) => Error::Unavailable("the database's disk is full".into()),
        Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE) => {
            Error::Unavailable("two changes met; try again".into())
        }
        _ => Error::internal(format!("{cause:?} in {sql}")),
    }
}
