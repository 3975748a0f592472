//! A database with the tables that compiled conditions name, and a full-text search of the plainest kind.

use crate::testing::RandomTicket;
use crate::{Catalogue, Fact, FieldKey, FullText, TextScope};
use base::text::QueryTerm;
use base::{Fragment, Value};
use rusqlite::Connection;
use rusqlite::types::Value as Sql;

/// The product's own tables, and one for texts in place of its full-text index.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../../../migrations/0002_people.sql"),
    include_str!("../../../../migrations/0003_tickets.sql"),
    "CREATE TABLE ticket_texts (ticket_id BIGINT, scope BIGINT, terms TEXT, run TEXT);",
];

/// What tests leave out may be missing, so that a row names only what it is about.
fn schema(migration: &str) -> String {
    let macros =
        migration.replace("{id}", "INTEGER PRIMARY KEY").replace("IS NOT NULL", "NOTNULL").replace(" NOT NULL", "");
    let lines = macros.lines().filter(|line| !line.starts_with("{fulltext"));
    lines.collect::<Vec<_>>().join("\n")
}

/// An in-memory database.
pub struct Desk(Connection);

impl Desk {
    pub fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            connection.execute_batch(&schema(migration)).unwrap();
        }
        Self(connection)
    }

    pub fn run(&self, sql: &str) {
        self.0.execute_batch(sql).unwrap();
    }

    pub fn execute(&self, statement: &Fragment) {
        self.0.execute(&numbered(&statement.sql), rusqlite::params_from_iter(bound(&statement.params))).unwrap();
    }

    /// The ids that a WHERE expression selects, ascending.
    pub fn ids(&self, from: &str, test: &Fragment) -> Vec<i64> {
        let alias = from.rsplit(' ').next().unwrap();
        let sql = format!("SELECT {alias}.id FROM {from} WHERE {} ORDER BY 1", numbered(&test.sql));
        let mut statement = self.0.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql:.300}"));
        let rows = statement.query_map(rusqlite::params_from_iter(bound(&test.params)), |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// How SQLite would run the query.
    pub fn plan(&self, test: &Fragment) -> String {
        let sql = format!("EXPLAIN QUERY PLAN SELECT t.id FROM tickets t WHERE {}", numbered(&test.sql));
        let mut statement = self.0.prepare(&sql).unwrap();
        let rows = statement
            .query_map(rusqlite::params_from_iter(bound(&test.params)), |row| row.get::<_, String>(3))
            .unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }

    pub fn store(&self, ticket: &RandomTicket, catalogue: &Catalogue) {
        self.execute(&ticket.insert(&[]));
        ticket.inserts(catalogue).iter().for_each(|insert| self.execute(insert));
        let texts = [
            (TextScope::Subject, FieldKey::Subject),
            (TextScope::Description, FieldKey::Description),
            (TextScope::Comment, FieldKey::Comment),
        ];
        for (scope, key) in texts {
            if let Some(Fact::Text(text)) = ticket.facts.get(&key) {
                self.store_text(ticket.id, scope, text);
            }
        }
    }

    pub fn store_text(&self, ticket: i64, scope: TextScope, text: &str) {
        let mut insert = Fragment::new("INSERT INTO ticket_texts VALUES (");
        insert.bind(ticket).push(", ").bind(scope as i64).push(", ");
        insert.bind(format!(" {} ", base::text::index_text(text))).push(", ").bind(crate::word_run(text)).push(")");
        self.execute(&insert);
    }
}

impl FullText for Desk {
    fn matches(&self, scope: TextScope, terms: &[QueryTerm], phrase: Option<&str>) -> Fragment {
        let mut test = Fragment::new("EXISTS (SELECT 1 FROM ticket_texts x WHERE x.ticket_id = t.id");
        if scope != TextScope::Any {
            test.push(" AND x.scope = ").bind(scope as i64);
        }
        for term in terms {
            let stems = term.alternatives.iter().map(|stem| format!("% {stem} %"));
            let patterns: Vec<_> = stems.chain(term.prefix.as_ref().map(|prefix| format!("% {prefix}%"))).collect();
            test.push(" AND (1 = 0");
            for pattern in patterns {
                test.push(" OR x.terms LIKE ").bind(pattern);
            }
            test.push(")");
        }
        if let Some(phrase) = phrase {
            test.push(" AND x.run LIKE ").bind(format!("%{}%", crate::word_run(phrase)));
        }
        test.push(")");
        test
    }
}

fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn bound(params: &[Value]) -> Vec<Sql> {
    params
        .iter()
        .map(|value| match value {
            Value::Null => Sql::Null,
            Value::Int(n) => Sql::Integer(*n),
            Value::Real(x) => Sql::Real(*x),
            Value::Bool(flag) => Sql::Integer((*flag).into()),
            Value::Text(text) => Sql::Text(text.clone()),
            Value::Blob(bytes) => Sql::Blob(bytes.clone()),
        })
        .collect()
}
