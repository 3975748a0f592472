//! One person out of two.

use base::{Actor, Error, Permission, Result, UserId};
use kernel::Tx;

use crate::access::{get_user, may_change, tags_of};
use crate::change::{index_user, record, retire, settle, tell};
use crate::fields::{self, Owner};
use crate::news::{self, News};
use crate::user::User;
use crate::{organizations, store};

/// Told, in the same transaction, that one person became another; a part of the app to which `tickets` adds the
/// function that moves tickets and comments. It may move many of them later: who went is still known, as who became
/// another.
pub struct Merged(pub Vec<MergedHook>);

/// What is told of two people who became one: who went, who stays.
pub type MergedHook = fn(&mut Tx<'_>, UserId, UserId) -> Result<()>;

/// Merges an end user into another person, who takes over addresses, memberships, tags, fields and tickets.
///
/// # Errors
/// `Forbidden` as for changes of both; `Invalid` when they are the same, or when the one who goes is no end user.
pub fn merge(tx: &mut Tx<'_>, actor: &Actor, from: UserId, into: UserId) -> Result<User> {
    actor.needs(Permission::PeopleEdit)?;
    let (mut gone, mut stays) = (get_user(tx, from)?, get_user(tx, into)?);
    if !gone.active || !stays.active {
        return Err(Error::NotFound);
    }
    if from == into {
        return Err(Error::invalid("user.id", "InvalidValue", "A person can't be merged into themselves"));
    }
    if gone.role.is_staff() {
        return Err(Error::invalid("base", "InvalidValue", "Agents can't be merged into others"));
    }
    may_change(tx, actor, &gone)?;
    may_change(tx, actor, &stays)?;
    let hooks = tx.app().part::<Merged>().map(|merged| merged.0.as_slice()).unwrap_or_default();
    hooks.iter().try_for_each(|hook| hook(tx, from, into))?;
    move_belongings(tx, &gone, &mut stays)?;
    gone.merged_into_id = Some(into);
    gone.external_id = None;
    retire(tx, &mut gone)?;
    settle(tx, &mut stays, false)?;
    organizations::settle_default(tx, into)?;
    index_user(tx, into)?;
    tell(tx, into)?;
    record(tx, actor, "update", &stays, &format!("merged: {} ({})", gone.name, gone.id))?;
    news::tell(tx, &News::UserMerged { gone, into })?;
    get_user(tx, into)
}

fn move_belongings(tx: &mut Tx<'_>, gone: &User, stays: &mut User) -> Result<()> {
    store::identities::move_all(tx, gone.id, stays.id)?;
    for membership in store::organizations::memberships_of(tx, gone.id)? {
        store::organizations::add_member(tx, stays.id, membership.organization)?;
    }
    for tag in tags_of(tx, &[gone.id])?.remove(&gone.id).unwrap_or_default() {
        store::users::add_tag(tx, stays.id, &tag)?;
    }
    fields::take_over(tx, Owner::User, gone.id.0, stays.id.0)?;
    stays.phone = stays.phone.take().or_else(|| gone.phone.clone());
    stays.external_id = stays.external_id.take().or_else(|| gone.external_id.clone());
    for (into, from) in [(&mut stays.notes, &gone.notes), (&mut stays.details, &gone.details)] {
        if !from.is_empty() && into != from {
            *into = if into.is_empty() { from.clone() } else { format!("{into}\n{from}") };
        }
    }
    stays.updated_at = tx.now();
    store::users::update(tx, stays)
}

/// Other people who may be the same: of the same name in other letters, the same number, or with an address that
/// begins alike.
pub fn duplicates(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<User>> {
    let user = get_user(tx, user)?;
    let folded = base::text::fold(&user.name);
    let local = user.email.as_deref().and_then(|email| email.split('@').next());
    // Shared mailboxes have the same names everywhere.
    let common = ["info", "office", "mail", "admin", "support", "sales", "contact", "hello", "kontor", "post"];
    let local = local.filter(|local| local.len() >= 4 && !common.contains(local)).map(str::to_owned);
    store::users::alike(tx, &user, &folded, local.as_deref())
}
