//! A transaction: what a closure given to [`crate::Db`] sees.

use std::rc::Rc;

use base::{Error, Fragment, Result, Timestamp, Value};

use crate::fulltext::Change;
use crate::sql::Dialect;
use crate::{FromValue, Row, postgres, sqlite};

/// One transaction on one connection. It ends when the closure returns: committed if `Ok`, undone if not.
pub struct Tx {
    conn: Connection,
    now: Timestamp,
    in_commit_order: Vec<(String, Vec<Value>)>,
    to_index: Vec<Change>,
    wake: bool,
}

/// A part of a transaction. Parts lie within each other: the one begun last ends first.
pub struct Part {
    in_commit_order: usize,
    to_index: usize,
}

/// The connection is the transaction's own while it lasts, so that `Tx` needs no lifetime.
pub(crate) enum Connection {
    Sqlite(Rc<rusqlite::Connection>),
    Postgres(Box<postgres::Client>),
}

impl Tx {
    pub(crate) fn new(conn: Connection, now: Timestamp) -> Self {
        Self { conn, now, in_commit_order: Vec::new(), to_index: Vec::new(), wake: false }
    }

    /// The instant at which the transaction began. Everything written in it carries this one.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Which database this is. Only `db` and search code may ask.
    pub fn dialect(&self) -> Dialect {
        match self.conn {
            Connection::Sqlite(_) => Dialect::Sqlite,
            Connection::Postgres(_) => Dialect::Postgres,
        }
    }

    /// What follows a SELECT to lock its rows until the end of the transaction. SQLite's one writer needs none.
    pub fn for_update(&self) -> &'static str {
        match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE",
        }
    }

    /// The same, passing over rows that another transaction has locked.
    pub fn for_update_skipping(&self) -> &'static str {
        match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// All rows of a query.
    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        match &mut self.conn {
            Connection::Sqlite(conn) => sqlite::query(conn, sql, params),
            Connection::Postgres(client) => client.query(sql, params),
        }
    }

    /// All rows of a query that was put together at run time.
    pub fn query_fragment(&mut self, query: &Fragment) -> Result<Vec<Row>> {
        self.query(&query.sql, &query.params)
    }

    /// The first row, if there is one.
    pub fn find(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// The first row.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub fn get(&mut self, sql: &str, params: &[Value]) -> Result<Row> {
        self.find(sql, params)?.ok_or(Error::NotFound)
    }

    /// The first column of the first row. Errors as [`Tx::get`].
    pub fn value<T: FromValue>(&mut self, sql: &str, params: &[Value]) -> Result<T> {
        self.get(sql, params)?.at(0)
    }

    /// The first column of every row.
    pub fn column<T: FromValue>(&mut self, sql: &str, params: &[Value]) -> Result<Vec<T>> {
        self.query(sql, params)?.iter().map(|row| row.at(0)).collect()
    }

    /// Runs a statement; gives the number of rows that it touched.
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        match &mut self.conn {
            Connection::Sqlite(conn) => sqlite::execute(conn, sql, params),
            Connection::Postgres(client) => client.execute(sql, params),
        }
    }

    /// Runs `INSERT ... RETURNING id` and gives the id.
    pub fn insert<T: FromValue>(&mut self, sql: &str, params: &[Value]) -> Result<T> {
        self.value(sql, params)
    }

    /// Runs a statement at the very end of the transaction, one transaction after the other, so that numbers which it
    /// draws become visible in the order in which they were drawn. On SQLite, which has one writer, that is now.
    pub fn execute_in_commit_order(&mut self, sql: &str, params: Vec<Value>) -> Result<()> {
        self.wake = true;
        match self.conn {
            Connection::Sqlite(_) => self.execute(sql, &params).map(drop),
            Connection::Postgres(_) => {
                self.in_commit_order.push((sql.to_owned(), params));
                Ok(())
            }
        }
    }

    /// Begins a part that can be undone by itself, with [`Tx::undo_part`], or kept, with [`Tx::keep_part`].
    pub fn begin_part(&mut self) -> Result<Part> {
        self.batch("SAVEPOINT part")?;
        Ok(Part { in_commit_order: self.in_commit_order.len(), to_index: self.to_index.len() })
    }

    /// Ends a part and keeps what it wrote.
    pub fn keep_part(&mut self, _: Part) -> Result<()> {
        self.batch("RELEASE SAVEPOINT part")
    }

    /// Ends a part and undoes what it wrote.
    pub fn undo_part(&mut self, part: Part) -> Result<()> {
        self.in_commit_order.truncate(part.in_commit_order);
        self.to_index.truncate(part.to_index);
        self.batch("ROLLBACK TO SAVEPOINT part")?;
        self.batch("RELEASE SAVEPOINT part")
    }

    /// Keeps a change of a full-text table until the commit. Searches within the transaction don't see it.
    pub(crate) fn index_at_commit(&mut self, change: Change) {
        self.to_index.push(change);
    }

    /// The changes of full-text tables that wait for the commit.
    pub(crate) fn take_to_index(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.to_index)
    }

    /// Runs several statements that have no parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        match &mut self.conn {
            Connection::Sqlite(conn) => conn.execute_batch(sql).map_err(sqlite::error),
            Connection::Postgres(client) => client.batch(sql),
        }
    }

    /// Asks that every node's listener be woken once this transaction is committed.
    pub fn wake(&mut self) {
        self.wake = true;
    }

    /// What the database finds wrong with its own file. PostgreSQL looks after its pages itself.
    pub fn damage(&mut self) -> Result<Vec<String>> {
        let mut found = match self.dialect() {
            Dialect::Sqlite => self.column("PRAGMA quick_check", &[])?,
            Dialect::Postgres => Vec::new(),
        };
        found.retain(|line: &String| line != "ok");
        Ok(found)
    }

    /// Gives the connection back.
    pub(crate) fn into_connection(self) -> Connection {
        self.conn
    }

    /// Writes what waits for the commit; tells whether listeners are to be woken.
    pub(crate) fn finish(&mut self) -> Result<bool> {
        let waiting = std::mem::take(&mut self.in_commit_order);
        if let Connection::Postgres(client) = &mut self.conn {
            if !waiting.is_empty() {
                client.batch("SELECT pg_advisory_xact_lock(7453201)")?;
            }
            for (sql, params) in &waiting {
                client.execute(sql, params)?;
            }
            if self.wake {
                client.batch("NOTIFY tugi")?;
            }
        }
        Ok(self.wake)
    }
}
