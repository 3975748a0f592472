//! IMAP mailboxes.

use base::{Error, Fragment, MailboxId, Result};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::Slice;
use crate::email::mailbox::{AfterFetch, Auth, Mailbox, MailboxState, Provider, Security};

pub(crate) fn read(row: &Row) -> Result<Mailbox> {
    let text = |name: &str| row.get::<String>(name);
    let unknown = |what: &str| Error::internal(format!("a mailbox's {what}"));
    let port: i64 = row.get("port")?;
    Ok(Mailbox {
        id: row.get("id")?,
        address: row.get("address_id")?,
        host: text("host")?,
        port: u16::try_from(port).map_err(Error::internal)?,
        security: Security::parse(&text("security")?).ok_or_else(|| unknown("security"))?,
        username: text("username")?,
        auth: Auth::parse(&text("auth")?).ok_or_else(|| unknown("auth"))?,
        provider: Provider::parse(&text("provider")?),
        secret: text("secret")?,
        folder: text("folder")?,
        after_fetch: AfterFetch::parse(&text("after_fetch")?).ok_or_else(|| unknown("after_fetch"))?,
        move_to: row.get("move_to")?,
        active: row.get("active")?,
        uid_validity: row.get("uid_validity")?,
        last_uid: row.get("last_uid")?,
        state: MailboxState::parse(&text("state")?).ok_or_else(|| unknown("state"))?,
        last_error: row.get("last_error")?,
        checked_at: row.get("checked_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Mailbox>> {
    tx.query("SELECT * FROM mailboxes ORDER BY id", &[])?.iter().map(read).collect()
}

pub(crate) fn page(tx: &mut Tx<'_>, page: &Page) -> Result<Slice<Mailbox>> {
    super::page(tx, "mailboxes", &Fragment::new("id > 0"), page, read)
}

pub(crate) fn get(tx: &mut Tx<'_>, id: MailboxId) -> Result<Mailbox> {
    read(&tx.get("SELECT * FROM mailboxes WHERE id = $1", params![id])?)
}

pub(crate) fn add(tx: &mut Tx<'_>, mailbox: &Mailbox) -> Result<MailboxId> {
    let now = tx.now();
    let sql = "INSERT INTO mailboxes (address_id, host, port, security, username, auth, provider, secret, folder, after_fetch,
            move_to, active, state, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'new', $13, $13) RETURNING id";
    let values = params![
        mailbox.address,
        &mailbox.host,
        i64::from(mailbox.port),
        mailbox.security.name(),
        &mailbox.username,
        mailbox.auth.name(),
        mailbox.provider.map_or("", Provider::name),
        &mailbox.secret,
        &mailbox.folder,
        mailbox.after_fetch.name(),
        &mailbox.move_to,
        mailbox.active,
        now,
    ];
    tx.insert(sql, values)
}

/// Writes what an admin sets; what was fetched stays, unless another folder is meant now.
pub(crate) fn update(tx: &mut Tx<'_>, mailbox: &Mailbox) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE mailboxes SET address_id = $2, host = $3, port = $4, security = $5, username = $6, auth = $7,
            provider = $8, secret = $9, folder = $10, after_fetch = $11, move_to = $12, active = $13, uid_validity = $14,
            last_uid = $15, updated_at = $16 WHERE id = $1";
    let values = params![
        mailbox.id,
        mailbox.address,
        &mailbox.host,
        i64::from(mailbox.port),
        mailbox.security.name(),
        &mailbox.username,
        mailbox.auth.name(),
        mailbox.provider.map_or("", Provider::name),
        &mailbox.secret,
        &mailbox.folder,
        mailbox.after_fetch.name(),
        &mailbox.move_to,
        mailbox.active,
        mailbox.uid_validity,
        mailbox.last_uid,
        now,
    ];
    tx.execute(sql, values).map(drop)
}

/// Records how far the mailbox was fetched.
pub(crate) fn advance(tx: &mut Tx<'_>, id: MailboxId, uid_validity: i64, last_uid: i64) -> Result<()> {
    let sql = "UPDATE mailboxes SET uid_validity = $2, last_uid = $3 WHERE id = $1";
    tx.execute(sql, params![id, uid_validity, last_uid]).map(drop)
}

pub(crate) fn set_secret(tx: &mut Tx<'_>, id: MailboxId, secret: &str) -> Result<()> {
    tx.execute("UPDATE mailboxes SET secret = $2 WHERE id = $1", params![id, secret]).map(drop)
}

pub(crate) fn set_state(tx: &mut Tx<'_>, id: MailboxId, state: MailboxState, error: Option<&str>) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE mailboxes SET state = $2, last_error = $3, checked_at = $4 WHERE id = $1";
    tx.execute(sql, params![id, state.name(), error, now]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: MailboxId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM mailboxes WHERE id = $1", params![id])? > 0)
}
