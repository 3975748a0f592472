//! A database with the tables that compiled conditions name, and a full-text search of the plainest kind.

use base::text::QueryTerm;
use base::{Fragment, Value};
use rules::testing::RandomTicket;
use rules::{Catalogue, Fact, FieldKey, FullText, TextScope};
use rusqlite::Connection;
use rusqlite::types::Value as Sql;

const SCHEMA: &str = "
    CREATE TABLE tickets (id INTEGER PRIMARY KEY, external_id TEXT, subject TEXT, status INTEGER, custom_status_id INTEGER,
        priority INTEGER, type TEXT, requester_id INTEGER, submitter_id INTEGER, assignee_id INTEGER, group_id INTEGER,
        organization_id INTEGER, brand_id INTEGER, form_id INTEGER, problem_id INTEGER, via TEXT, recipient TEXT,
        due_at INTEGER, created_at INTEGER, updated_at INTEGER, status_changed_at INTEGER, assigned_at INTEGER,
        solved_at INTEGER, requester_updated_at INTEGER, assignee_updated_at INTEGER, is_public BOOLEAN,
        comment_count INTEGER, satisfaction TEXT);
    CREATE INDEX tickets_status ON tickets (status, updated_at);
    CREATE TABLE ticket_tags (ticket_id INTEGER, tag TEXT);
    CREATE TABLE ticket_field_values (ticket_id INTEGER, field_id INTEGER, text_value TEXT, int_value INTEGER,
        real_value REAL);
    CREATE TABLE ticket_texts (ticket_id INTEGER, scope INTEGER, terms TEXT, run TEXT);
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, name_folded TEXT, role TEXT, locale TEXT, external_id TEXT,
        notes TEXT, details TEXT, created_at INTEGER, updated_at INTEGER);
    CREATE TABLE user_identities (user_id INTEGER, kind TEXT, value TEXT);
    CREATE TABLE user_tags (user_id INTEGER, tag TEXT);
    CREATE TABLE groups (id INTEGER PRIMARY KEY, name TEXT, created_at INTEGER, updated_at INTEGER);
    CREATE TABLE group_memberships (user_id INTEGER, group_id INTEGER);
    CREATE TABLE organizations (id INTEGER PRIMARY KEY, name TEXT, external_id TEXT, notes TEXT, details TEXT,
        created_at INTEGER, updated_at INTEGER);
    CREATE TABLE organization_memberships (user_id INTEGER, organization_id INTEGER);
    CREATE TABLE organization_tags (organization_id INTEGER, tag TEXT);
    CREATE TABLE brands (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE ticket_forms (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE ticket_collaborators (ticket_id INTEGER, user_id INTEGER);
    CREATE TABLE comments (id INTEGER PRIMARY KEY, ticket_id INTEGER, author_id INTEGER);
    CREATE TABLE attachments (id INTEGER PRIMARY KEY, comment_id INTEGER);
";

/// An in-memory database.
pub struct Desk(Connection);

impl Desk {
    pub fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
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
        let mut statement = self.0.prepare(&sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
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
        let columns = ticket.columns();
        let names: Vec<_> = columns.keys().copied().collect();
        let mut insert = Fragment::new(format!("INSERT INTO tickets ({}) VALUES (", names.join(", ")));
        insert.bind_all(columns.into_values()).push(")");
        self.execute(&insert);
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
        insert.bind(format!(" {} ", base::text::index_text(text))).push(", ").bind(rules::word_run(text)).push(")");
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
            test.push(" AND x.run LIKE ").bind(format!("%{}%", rules::word_run(phrase)));
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
