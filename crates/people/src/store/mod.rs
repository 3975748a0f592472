//! The SQL of people's tables, one module an entity.

pub(crate) mod audit_log;
pub(crate) mod credentials;
pub(crate) mod deletions;
pub(crate) mod dynamic_content;
pub(crate) mod fields;
pub(crate) mod groups;
pub(crate) mod identities;
pub(crate) mod oauth;
pub(crate) mod organization_merges;
pub(crate) mod organizations;
pub(crate) mod users;

use base::{Error, Fragment, Result, UserId, Value};
use db::Row;
use kernel::Tx;
use kernel::http::{Page, PageKey};

/// A kind of row: where it lies and how it is read.
pub(crate) trait Stored: Sized {
    /// The statement up to its conditions.
    const SELECT: &'static str;
    /// The column of its number, as the statement names it.
    const ID: &'static str;

    /// Reads a row of the statement.
    fn read(row: &Row) -> Result<Self>;
}

/// What the statement gives with these conditions, order and limit.
pub(crate) fn select<R: Stored>(tx: &mut Tx<'_>, rest: &Fragment) -> Result<Vec<R>> {
    let mut query = Fragment::new(format!("{} ", R::SELECT));
    query.append(rest);
    tx.query_fragment(&query)?.iter().map(R::read).collect()
}

/// The row with this number.
pub(crate) fn find<R: Stored>(tx: &mut Tx<'_>, id: impl Into<Value>) -> Result<Option<R>> {
    Ok(among(tx, R::ID, [id])?.pop())
}

/// The rows that have one of these values in a column, in the order of their numbers.
pub(crate) fn among<R: Stored, T: Into<Value>>(
    tx: &mut Tx<'_>,
    column: &str,
    values: impl IntoIterator<Item = T>,
) -> Result<Vec<R>> {
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        return Ok(Vec::new());
    }
    let mut rest = Fragment::new(format!("WHERE {column} IN ("));
    rest.bind_all(values).push(&format!(") ORDER BY {}", R::ID));
    select(tx, &rest)
}

/// A page of the rows that fulfil these conditions, which begin with `WHERE`.
pub(crate) fn page<R: Stored>(tx: &mut Tx<'_>, conditions: &Fragment, page: &Page, order: Order) -> Result<Found<R>> {
    let mut rest = conditions.clone();
    paged(&mut rest, page, order, R::ID);
    Ok(turn(select(tx, &rest)?, page))
}

/// How many rows of a table fulfil these conditions.
pub(crate) fn count(tx: &mut Tx<'_>, table: &str, conditions: &Fragment) -> Result<i64> {
    let mut query = Fragment::new(format!("SELECT COUNT(*) FROM {table} "));
    query.append(conditions);
    tx.value(&query.sql, &query.params)
}

/// A page of rows: what was found and, by cursor, whether there is more.
pub(crate) struct Found<T> {
    pub items: Vec<T>,
    pub has_more: bool,
}

/// The different values of a column among the rows of these people.
fn distinct_of<T: db::FromValue>(tx: &mut Tx<'_>, column: &str, table: &str, users: &[UserId]) -> Result<Vec<T>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Fragment::new(format!("SELECT DISTINCT {column} FROM {table} WHERE user_id IN ("));
    query.bind_all(users.iter().copied()).push(")");
    tx.column(&query.sql, &query.params)
}

/// The order of a list that is paged by keys: a column that is never null, and whether it falls.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    pub column: &'static str,
    pub falling: bool,
}

/// Adds a page's condition, order and limit to a query whose `WHERE` is begun. `id` is the column of the tie-breaker.
/// Pages before a key come in the reverse order; [`turn`] puts them right.
fn paged(query: &mut Fragment, page: &Page, order: Order, id: &str) {
    let (key, backwards) = match page {
        Page::Offset(_) => (None, false),
        Page::Cursor { after: Some(after), .. } => (Some(after), false),
        Page::Cursor { before, .. } => (before.as_ref(), before.is_some()),
    };
    let falling = order.falling != backwards;
    if let Some(key) = key {
        after(query, key, order.column, id, falling);
    }
    let direction = if falling { "DESC" } else { "ASC" };
    query.push(" ORDER BY ");
    if order.column != id {
        query.push(order.column).push(" ").push(direction).push(", ");
    }
    query.push(id).push(" ").push(direction).push(" LIMIT ");
    match page {
        Page::Offset(offset) => {
            let skip = i64::try_from((offset.page - 1) * offset.per_page).unwrap_or(i64::MAX);
            query.bind(offset.per_page as i64).push(" OFFSET ").bind(skip);
        }
        Page::Cursor { size, .. } => {
            query.bind(*size as i64 + 1);
        }
    }
}

fn after(query: &mut Fragment, key: &PageKey, column: &str, id: &str, falling: bool) {
    let sign = if falling { "<" } else { ">" };
    if column == id {
        query.push(&format!(" AND {id} {sign} ")).bind(key.id);
        return;
    }
    let value = key.value.unwrap_or_default();
    query.push(&format!(" AND ({column} {sign} ")).bind(value).push(&format!(" OR ({column} = ")).bind(value);
    query.push(&format!(" AND {id} {sign} ")).bind(key.id).push("))");
}

/// Cuts what was read too many, and puts a page that was read backwards right.
fn turn<T>(mut items: Vec<T>, page: &Page) -> Found<T> {
    let Page::Cursor { size, after, before } = page else { return Found { items, has_more: false } };
    let size = usize::try_from(*size).unwrap_or(usize::MAX);
    let more = items.len() > size;
    items.truncate(size);
    if after.is_none() && before.is_some() {
        items.reverse();
        // There is what we came from.
        return Found { items, has_more: true };
    }
    Found { items, has_more: more }
}

/// A name in the database that must be one that we know.
pub(crate) fn known<T>(name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    parse(name).ok_or_else(|| Error::internal(format!("{name:?} is unknown")))
}
