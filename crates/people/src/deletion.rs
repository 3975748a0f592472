//! Deleting people for good, as Zendesk's <https://developer.zendesk.com/api-reference/ticketing/users/users/#permanently-delete-user>.

use base::{Actor, Error, Permission, Result, Timestamp, UserId};
use kernel::Tx;

use crate::access::{get_user, may_change};
use crate::change::{record, tell};
use crate::fields::{self, Owner};
use crate::store;
use crate::user::User;

/// What people who were deleted for good are called.
pub const NOBODY: &str = "Permanently Deleted User";

/// A step of deleting somebody for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionStep {
    /// Its number.
    pub id: i64,
    /// Who is deleted.
    pub user: UserId,
    /// `request_deletion`, `started` or `complete`.
    pub action: String,
    /// The part of the product: `all` or `support`.
    pub application: String,
    /// Who asked for it.
    pub executer: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
}

/// A person who was deleted and is kept as the author of what they wrote.
///
/// # Errors
/// `NotFound` for people who are there, who became another, or who were deleted for good.
pub fn get_deleted(tx: &mut Tx<'_>, id: UserId) -> Result<User> {
    let user = get_user(tx, id)?;
    let deleted = !user.active && user.merged_into_id.is_none();
    match deleted && store::deletions::steps(tx, id)?.is_empty() {
        true => Ok(user),
        false => Err(Error::NotFound),
    }
}

/// Forgets a deleted person: every text about them, their addresses, sessions and tokens, and the same of those who were
/// merged into them. Gives them as they were. What they wrote stays, written by nobody.
///
/// # Errors
/// As [`get_deleted`]; `Forbidden` without `people_delete`.
pub fn delete_for_good(tx: &mut Tx<'_>, actor: &Actor, id: UserId) -> Result<User> {
    actor.needs(Permission::PeopleDelete)?;
    let user = get_deleted(tx, id)?;
    may_change(tx, actor, &user)?;
    store::deletions::add(tx, id, ("request_deletion", "all"), Some(actor.user))?;
    store::deletions::add(tx, id, ("started", "support"), None)?;
    let mut all = vec![id];
    let mut next = 0;
    while let Some(into) = all.get(next).copied() {
        all.extend(store::deletions::merged_into(tx, into)?);
        next += 1;
    }
    for gone in all {
        forget(tx, gone)?;
    }
    store::deletions::add(tx, id, ("complete", "support"), None)?;
    let nobody = get_user(tx, id)?;
    record(tx, actor, "destroy", &nobody, "permanently")?;
    Ok(user)
}

fn forget(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    let mut user = get_user(tx, id)?;
    NOBODY.clone_into(&mut user.name);
    (user.email, user.phone, user.external_id, user.alias) = (None, None, None, None);
    (user.signature, user.details, user.notes) = (String::new(), String::new(), String::new());
    (user.organization_id, user.default_group_id, user.verified) = (None, None, false);
    user.updated_at = tx.now();
    store::users::update(tx, &user)?;
    store::users::set_tags(tx, id, &[])?;
    fields::clear(tx, Owner::User, id.0)?;
    store::identities::delete_of(tx, id)?;
    store::deletions::forget_keys(tx, id)?;
    tell(tx, id)
}

/// How far deleting somebody for good has come; nothing for people of whom it wasn't asked.
pub fn steps(tx: &mut Tx<'_>, id: UserId) -> Result<Vec<DeletionStep>> {
    get_user(tx, id)?;
    store::deletions::steps(tx, id)
}
