//! `user_identities`.

use base::{Fragment, IdentityId, Result, UserId};
use db::{Row, params};
use kernel::Tx;

use super::{Stored, among, known, select};
use crate::user::{Identity, IdentityKind};

impl Stored for Identity {
    const SELECT: &'static str = "SELECT i.* FROM user_identities i";
    const ID: &'static str = "i.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Identity {
            id: row.get("id")?,
            user: row.get("user_id")?,
            kind: known(&row.get::<String>("kind")?, IdentityKind::parse)?,
            value: row.get("value")?,
            verified: row.get("verified")?,
            primary: row.get("is_primary")?,
            deliverable: row.get::<String>("deliverable_state")? == "deliverable",
            undeliverable_count: row.get("undeliverable_count")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// A person's identities, the primary ones first.
pub(crate) fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Identity>> {
    let mut rest = Fragment::new("WHERE i.user_id = ");
    rest.bind(user).push(" ORDER BY i.is_primary DESC, i.id");
    select(tx, &rest)
}

/// The identities of these people.
pub(crate) fn of_users(tx: &mut Tx<'_>, users: &[UserId]) -> Result<Vec<Identity>> {
    among(tx, "i.user_id", users.iter().copied())
}

pub(crate) fn by_value(tx: &mut Tx<'_>, kind: IdentityKind, value: &str) -> Result<Option<Identity>> {
    let mut rest = Fragment::new("WHERE i.kind = ");
    rest.bind(kind.name()).push(" AND i.value = ").bind(value);
    Ok(select(tx, &rest)?.pop())
}

/// Adds an identity unless somebody has it; gives its id when it was added.
pub(crate) fn add(
    tx: &mut Tx<'_>,
    user: UserId,
    (kind, value): (IdentityKind, &str),
    verified: bool,
    primary: bool,
) -> Result<Option<IdentityId>> {
    let now = tx.now();
    let sql = "INSERT INTO user_identities (user_id, kind, value, verified, is_primary, deliverable_state,
        undeliverable_count, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'deliverable', 0, $6, $6)
        ON CONFLICT (kind, value) DO NOTHING RETURNING id";
    let row = tx.find(sql, params![user, kind.name(), value, verified, primary, now])?;
    row.map(|row| row.at(0)).transpose()
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: IdentityId) -> Result<()> {
    tx.execute("DELETE FROM user_identities WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn delete_of(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM user_identities WHERE user_id = $1", params![user]).map(drop)
}

pub(crate) fn verify(tx: &mut Tx<'_>, id: IdentityId) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE user_identities SET verified = TRUE, updated_at = $2 WHERE id = $1";
    tx.execute(sql, params![id, now]).map(drop)
}

pub(crate) fn change_value(tx: &mut Tx<'_>, id: IdentityId, value: &str) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE user_identities SET value = $2, verified = FALSE, deliverable_state = 'deliverable',
        undeliverable_count = 0, updated_at = $3 WHERE id = $1";
    tx.execute(sql, params![id, value, now]).map(drop)
}

pub(crate) fn make_primary(tx: &mut Tx<'_>, identity: &Identity) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE user_identities SET is_primary = (id = $3), updated_at = $4 WHERE user_id = $1 AND kind = $2";
    tx.execute(sql, params![identity.user, identity.kind.name(), identity.id, now]).map(drop)
}

/// Mail to the address came back; gives whose it is.
pub(crate) fn bounced(tx: &mut Tx<'_>, email: &str) -> Result<Option<UserId>> {
    let now = tx.now();
    let sql = "UPDATE user_identities SET deliverable_state = 'undeliverable',
        undeliverable_count = undeliverable_count + 1, updated_at = $2
        WHERE kind = 'email' AND value = $1 RETURNING user_id";
    tx.find(sql, params![email, now])?.map(|row| row.at(0)).transpose()
}

/// The address works again.
pub(crate) fn delivered(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE user_identities SET deliverable_state = 'deliverable', undeliverable_count = 0, updated_at = $2
        WHERE kind = 'email' AND value = $1 AND deliverable_state <> 'deliverable'";
    tx.execute(sql, params![email, now]).map(drop)
}

/// Gives all identities of one person to another, as no longer primary.
pub(crate) fn move_all(tx: &mut Tx<'_>, from: UserId, into: UserId) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE user_identities SET user_id = $2, is_primary = FALSE, updated_at = $3 WHERE user_id = $1";
    tx.execute(sql, params![from, into, now]).map(drop)
}
