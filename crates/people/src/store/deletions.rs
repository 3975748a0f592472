//! `compliance_deletions`, and what deleting somebody for good leaves nothing of.

use base::{Fragment, Result, UserId};
use db::{Row, params};
use kernel::Tx;

use super::{Stored, select};
use crate::deletion::DeletionStep;

impl Stored for DeletionStep {
    const SELECT: &'static str = "SELECT d.* FROM compliance_deletions d";
    const ID: &'static str = "d.id";

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            user: row.get("user_id")?,
            action: row.get("action")?,
            application: row.get("application")?,
            executer: row.get("executer_id")?,
            created_at: row.get("created_at")?,
        })
    }
}

pub(crate) fn add(
    tx: &mut Tx<'_>,
    user: UserId,
    (action, application): (&str, &str),
    executer: Option<UserId>,
) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO compliance_deletions (user_id, action, application, executer_id, created_at)
        VALUES ($1, $2, $3, $4, $5)";
    tx.execute(sql, params![user, action, application, executer, now]).map(drop)
}

pub(crate) fn steps(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<DeletionStep>> {
    let mut rest = Fragment::new("WHERE d.user_id = ");
    rest.bind(user).push(" ORDER BY d.id");
    select(tx, &rest)
}

/// Those who were merged into a person.
pub(crate) fn merged_into(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<UserId>> {
    tx.column("SELECT id FROM users WHERE merged_into_id = $1 ORDER BY id", params![user])
}

/// Takes away all that lets a person in, and their picture.
pub(crate) fn forget_keys(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    for table in ["sessions", "api_tokens", "one_time_tokens", "recovery_codes", "organization_subscriptions"] {
        tx.execute(&format!("DELETE FROM {table} WHERE user_id = $1"), params![user])?;
    }
    let sql = "UPDATE users SET password_hash = NULL, totp_secret = NULL, totp_confirmed = FALSE,
        totp_last_step = NULL, last_login_at = NULL, photo_key = NULL WHERE id = $1";
    tx.execute(sql, params![user]).map(drop)
}
