//! Attachments, and uploads that wait for their comment.

use std::collections::BTreeMap;

use base::{AttachmentId, CommentId, Fragment, Result, Timestamp, UserId};
use db::{Row, params};
use kernel::Tx;

use crate::change::Attachment;

/// A file to be recorded.
pub(crate) struct NewRow<'a> {
    pub comment: Option<CommentId>,
    pub upload_token: Option<&'a str>,
    pub uploaded_by: Option<UserId>,
    pub file: &'a Attachment,
}

pub(crate) fn insert(tx: &mut Tx<'_>, row: &NewRow<'_>) -> Result<AttachmentId> {
    let now = tx.now();
    let sql =
        "INSERT INTO attachments (comment_id, token, upload_token, file_name, content_type, size, blob_key, inline,
        content_id, width, height, uploaded_by_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id";
    let file = row.file;
    let (width, height) = file.dimensions.unzip();
    let values = params![
        row.comment,
        &file.token,
        row.upload_token,
        &file.file_name,
        &file.content_type,
        file.size,
        &file.blob_key,
        file.inline,
        &file.content_id,
        width,
        height,
        row.uploaded_by,
        now
    ];
    tx.insert(sql, values)
}

fn read(row: &Row) -> Result<Attachment> {
    let (width, height): (Option<i64>, Option<i64>) = (row.get("width")?, row.get("height")?);
    Ok(Attachment {
        id: row.get("id")?,
        token: row.get("token")?,
        file_name: row.get("file_name")?,
        content_type: row.get("content_type")?,
        size: row.get("size")?,
        blob_key: row.get("blob_key")?,
        inline: row.get("inline")?,
        content_id: row.get("content_id")?,
        dimensions: width.zip(height),
    })
}

pub(crate) fn of_comments(tx: &mut Tx<'_>, comments: &[CommentId]) -> Result<BTreeMap<CommentId, Vec<Attachment>>> {
    let mut out: BTreeMap<_, Vec<_>> = BTreeMap::new();
    if comments.is_empty() {
        return Ok(out);
    }
    let mut sql = Fragment::new("SELECT * FROM attachments WHERE comment_id IN (");
    sql.bind_all(comments.iter().copied()).push(") ORDER BY id");
    for row in tx.query_fragment(&sql)? {
        out.entry(row.get("comment_id")?).or_default().push(read(&row)?);
    }
    Ok(out)
}

/// A file, the comment that it belongs to, and who uploaded it.
pub(crate) type Owned = (Attachment, Option<CommentId>, Option<UserId>);

/// The file of that number.
pub(crate) fn find(tx: &mut Tx<'_>, id: AttachmentId) -> Result<Option<Owned>> {
    tx.find("SELECT * FROM attachments WHERE id = $1", params![id])?.map(|row| with_owner(&row)).transpose()
}

pub(crate) fn find_by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Owned>> {
    tx.find("SELECT * FROM attachments WHERE token = $1", params![token])?.map(|row| with_owner(&row)).transpose()
}

fn with_owner(row: &Row) -> Result<Owned> {
    Ok((read(row)?, row.get("comment_id")?, row.get("uploaded_by_id")?))
}

/// The files of an upload that no comment has taken yet.
pub(crate) fn of_upload(tx: &mut Tx<'_>, upload_token: &str) -> Result<Vec<Attachment>> {
    let sql = "SELECT * FROM attachments WHERE upload_token = $1 AND comment_id IS NULL ORDER BY id";
    tx.query(sql, params![upload_token])?.iter().map(read).collect()
}

/// Gives the files of an upload to a comment.
pub(crate) fn take_upload(tx: &mut Tx<'_>, upload_token: &str, comment: CommentId) -> Result<u64> {
    let sql = "UPDATE attachments SET comment_id = $2 WHERE upload_token = $1 AND comment_id IS NULL";
    tx.execute(sql, params![upload_token, comment])
}

/// Moves a comment's files to another comment.
pub(crate) fn give(tx: &mut Tx<'_>, id: AttachmentId, comment: CommentId) -> Result<()> {
    tx.execute("UPDATE attachments SET comment_id = $2 WHERE id = $1", params![id, comment]).map(drop)
}

/// Gives a comment the files of another, too. Both show the same contents.
pub(crate) fn copy(tx: &mut Tx<'_>, from: CommentId, to: CommentId) -> Result<()> {
    let files = of_comments(tx, &[from])?.remove(&from).unwrap_or_default();
    for mut file in files {
        file.token = tx.app().secrets().token();
        insert(tx, &NewRow { comment: Some(to), upload_token: None, uploaded_by: None, file: &file })?;
    }
    Ok(())
}

/// Records that a file is shown inside the text.
pub(crate) fn set_inline(tx: &mut Tx<'_>, id: AttachmentId) -> Result<()> {
    tx.execute("UPDATE attachments SET inline = TRUE WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: AttachmentId) -> Result<()> {
    tx.execute("DELETE FROM attachments WHERE id = $1", params![id]).map(drop)
}

/// Uploads older than `before` that no comment took.
pub(crate) fn abandoned(tx: &mut Tx<'_>, before: Timestamp) -> Result<Vec<Attachment>> {
    let sql = "SELECT * FROM attachments WHERE comment_id IS NULL AND created_at < $1 LIMIT 500";
    tx.query(sql, params![before])?.iter().map(read).collect()
}

/// Takes a file's content and name away; the row stays, so that its address answers.
pub(crate) fn blank(tx: &mut Tx<'_>, id: AttachmentId, blob_key: &str) -> Result<()> {
    let sql = "UPDATE attachments SET file_name = 'redacted.txt', content_type = 'text/plain', size = 0, blob_key = $2,
        width = NULL, height = NULL, inline = FALSE, content_id = NULL WHERE id = $1";
    tx.execute(sql, params![id, blob_key]).map(drop)
}

/// Whether any file has this content.
pub(crate) fn is_shared(tx: &mut Tx<'_>, blob_key: &str) -> Result<bool> {
    Ok(tx.value::<i64>("SELECT COUNT(*) FROM attachments WHERE blob_key = $1", params![blob_key])? > 0)
}
