//! The log of what admins did to the desk.

use base::{Fragment, Result, Timestamp, UserId};
use db::Row;
use kernel::Tx;
use kernel::http::Page;

use super::{Found, Order, Stored};

/// One line of the log.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub id: i64,
    pub actor: UserId,
    /// `create`, `update`, `destroy`, `login`, `exported`.
    pub action: String,
    pub source_type: String,
    pub source_id: Option<i64>,
    /// Its name at that time.
    pub source_label: String,
    /// As text without secrets.
    pub change_description: String,
    pub ip_address: Option<String>,
    pub created_at: Timestamp,
}

impl Stored for Line {
    const SELECT: &'static str = "SELECT * FROM audit_log";
    const ID: &'static str = "id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            actor: row.get("actor_id")?,
            action: row.get("action")?,
            source_type: row.get("source_type")?,
            source_id: row.get("source_id")?,
            source_label: row.get("source_label")?,
            change_description: row.get("change_description")?,
            ip_address: row.get("ip_address")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// Which lines are wanted. An empty list asks for nothing in particular.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub source_types: Vec<String>,
    pub source_ids: Vec<i64>,
    pub actors: Vec<i64>,
    pub ip_addresses: Vec<String>,
    pub actions: Vec<String>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

fn conditions(filter: &Filter) -> Fragment {
    fn any<T: Into<base::Value> + Clone>(out: &mut Fragment, column: &str, values: &[T]) {
        if !values.is_empty() {
            out.push(&format!(" AND {column} IN (")).bind_all(values.iter().cloned()).push(")");
        }
    }
    let mut out = Fragment::new("WHERE 1 = 1");
    any(&mut out, "source_type", &filter.source_types);
    any(&mut out, "source_id", &filter.source_ids);
    any(&mut out, "actor_id", &filter.actors);
    any(&mut out, "ip_address", &filter.ip_addresses);
    any(&mut out, "action", &filter.actions);
    if let Some(since) = filter.since {
        out.push(" AND created_at >= ").bind(since);
    }
    if let Some(until) = filter.until {
        out.push(" AND created_at <= ").bind(until);
    }
    out
}

/// A page of the log in the order of its lines, which is that of time.
pub(crate) fn page(tx: &mut Tx<'_>, filter: &Filter, page: &Page, falling: bool) -> Result<Found<Line>> {
    super::page(tx, &conditions(filter), page, Order { column: Line::ID, falling })
}

pub(crate) fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64> {
    super::count(tx, "audit_log", &conditions(filter))
}
