//! Pages of small records, by their numbers.

use base::{Fragment, Result};
use db::Row;
use kernel::Tx;
use kernel::http::{Page, PageKey};

/// A page of rows.
pub(crate) struct Slice<T> {
    pub rows: Vec<T>,
    /// How many rows the whole list has, when it is paged by offset.
    pub count: u64,
    /// Whether more rows follow.
    pub has_more: bool,
}

/// A page of the rows of `table` (with its alias) that a condition names, in the order of `id`, a column of numbers.
pub(crate) fn page<T>(
    tx: &mut Tx<'_>,
    (table, id): (&str, &str),
    condition: &Fragment,
    descending: bool,
    page: &Page,
    read: fn(&Row) -> Result<T>,
) -> Result<Slice<T>> {
    let mut sql = Fragment::new(format!("SELECT * FROM {table} WHERE "));
    sql.append(condition);
    let (mut count, mut reversed, mut skip) = (0, false, 0);
    match page {
        Page::Offset(offset) => {
            let mut counting = Fragment::new(format!("SELECT COUNT(*) FROM {table} WHERE "));
            counting.append(condition);
            count = tx.value::<i64>(&counting.sql, &counting.params)?.unsigned_abs();
            skip = (offset.page - 1).saturating_mul(offset.per_page);
        }
        Page::Cursor { before: Some(key), .. } => {
            reversed = true;
            beyond(&mut sql, id, !descending, key);
        }
        Page::Cursor { after: Some(key), .. } => beyond(&mut sql, id, descending, key),
        Page::Cursor { .. } => {}
    }
    let direction = if descending == reversed { "ASC" } else { "DESC" };
    let size = usize::try_from(page.size()).unwrap_or(100);
    sql.push(&format!(" ORDER BY {id} {direction} LIMIT ")).bind(size as i64 + 1);
    sql.push(" OFFSET ").bind(i64::try_from(skip).unwrap_or(i64::MAX));
    let mut rows = tx.query_fragment(&sql)?.iter().map(read).collect::<Result<Vec<T>>>()?;
    let more = rows.len() > size;
    rows.truncate(size);
    if reversed {
        rows.reverse();
    }
    Ok(Slice { rows, count, has_more: more || reversed })
}

fn beyond(sql: &mut Fragment, id: &str, descending: bool, key: &PageKey) {
    sql.push(&format!(" AND {id} {} ", if descending { "<" } else { ">" })).bind(key.id);
}
