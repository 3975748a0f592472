//! The SQL of people's tables, one module an entity.

pub(crate) mod credentials;
pub(crate) mod fields;
pub(crate) mod groups;
pub(crate) mod identities;
pub(crate) mod organizations;
pub(crate) mod users;

use base::{Error, Fragment, Result};
use kernel::http::{Page, PageKey};

/// A page of rows: what was found and, by cursor, whether there is more.
pub(crate) struct Found<T> {
    pub items: Vec<T>,
    pub has_more: bool,
}

/// The order of a list that is paged by keys: a column that is never null, and whether it falls.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    pub column: &'static str,
    pub falling: bool,
}

/// Adds a page's condition, order and limit to a query whose `WHERE` is begun. `id` is the column of the tie-breaker.
/// Pages before a key come in the reverse order; [`turn`] puts them right.
pub(crate) fn paged(query: &mut Fragment, page: &Page, order: Order, id: &str) {
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
pub(crate) fn turn<T>(mut items: Vec<T>, page: &Page) -> Found<T> {
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
