//! Files of comments, for the mails that carry them.

use base::{CommentId, Result};
use db::params;
use kernel::Tx;

/// A file that goes out with a comment.
pub(crate) struct File {
    pub token: String,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub blob_key: String,
}

pub(crate) fn of_comment(tx: &mut Tx<'_>, comment: CommentId) -> Result<Vec<File>> {
    let sql =
        "SELECT token, file_name, content_type, size, blob_key FROM attachments WHERE comment_id = $1 ORDER BY id";
    let rows = tx.query(sql, params![comment])?;
    rows.iter()
        .map(|row| {
            Ok(File {
                token: row.get("token")?,
                name: row.get("file_name")?,
                content_type: row.get("content_type")?,
                size: row.get("size")?,
                blob_key: row.get("blob_key")?,
            })
        })
        .collect()
}
