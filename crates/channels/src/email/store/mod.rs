//! The SQL of e-mail, one file a table.

pub(crate) mod addresses;
pub(crate) mod files;
pub(crate) mod inbound;
pub(crate) mod mailboxes;
pub(crate) mod outbound;
pub(crate) mod senders;
pub(crate) mod suspended;
pub(crate) mod templates;
pub(crate) mod threads;

use base::{Fragment, Result};
use db::Row;
use kernel::Tx;
use kernel::http::{Page, PageKey};

/// One page of rows, newest first, and how many there are in all (only counted for offset paging).
pub(crate) struct Slice<T> {
    /// The rows of the page.
    pub rows: Vec<T>,
    /// How many rows the whole list has, when it is paged by offset.
    pub count: u64,
    /// Whether more rows follow.
    pub has_more: bool,
}

/// A page of `SELECT * FROM table` with a condition, by descending id.
pub(crate) fn page<T>(
    tx: &mut Tx<'_>,
    table: &str,
    condition: &Fragment,
    page: &Page,
    read: fn(&Row) -> Result<T>,
) -> Result<Slice<T>> {
    let mut count = 0;
    let mut sql = Fragment::new(format!("SELECT * FROM {table} WHERE "));
    sql.append(condition);
    let mut backwards = false;
    match page {
        Page::Offset(_) => {
            let mut counting = Fragment::new(format!("SELECT COUNT(*) FROM {table} WHERE "));
            counting.append(condition);
            count = tx.value::<i64>(&counting.sql, &counting.params)?.unsigned_abs();
        }
        Page::Cursor { after: Some(PageKey { id, .. }), .. } => {
            sql.push(" AND id < ").bind(*id);
        }
        Page::Cursor { before: Some(PageKey { id, .. }), .. } => {
            backwards = true;
            sql.push(" AND id > ").bind(*id);
        }
        Page::Cursor { .. } => {}
    }
    sql.push(if backwards { " ORDER BY id LIMIT " } else { " ORDER BY id DESC LIMIT " });
    let size = page.size();
    sql.bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
    if let Page::Offset(offset) = page {
        let skip = (offset.page - 1).saturating_mul(offset.per_page);
        sql.push(" OFFSET ").bind(i64::try_from(skip).unwrap_or(i64::MAX));
    }
    let mut rows: Vec<T> = tx.query_fragment(&sql)?.iter().map(read).collect::<Result<_>>()?;
    let more = rows.len() as u64 > size;
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    if backwards {
        rows.reverse();
    }
    Ok(Slice { rows, count, has_more: more || backwards })
}
