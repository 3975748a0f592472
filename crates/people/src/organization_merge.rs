//! One organization out of two, as Zendesk's
//! <https://developer.zendesk.com/api-reference/ticketing/organizations/organizations/#merge-organization-with-another-organization>.

use base::{Actor, Credential, Error, OrganizationId, Permission, Result, UserId};
use kernel::jobs::{Claim, Job, enqueue};
use kernel::{App, Tx, audit_log};
use serde::{Deserialize, Serialize};

use crate::access::{actor_of, get_organization};
use crate::change::tell;
use crate::{organizations, store};

/// People moved by one transaction.
const AT_ONCE: i64 = 100;

/// Told, in the same transaction, that one organization became another; a part of the app to which `tickets` adds the
/// function that moves tickets.
pub struct OrganizationMerged(pub Vec<OrganizationMergedHook>);

/// What is told of two organizations that became one: which went, which stays.
pub type OrganizationMergedHook = fn(&mut Tx<'_>, OrganizationId, OrganizationId) -> Result<()>;

/// A merge that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationMerge {
    /// Its name.
    pub id: String,
    /// The organization that goes.
    pub loser: OrganizationId,
    /// The organization that stays.
    pub winner: OrganizationId,
    /// `new`, `in_progress`, `complete` or `error`.
    pub status: String,
}

/// Asks for an organization to be merged into another, which takes over people, tickets and e-mail domains. The other
/// fields of the one that goes are lost.
///
/// # Errors
/// `Forbidden` without `people_delete`; `NotFound`; `Invalid` when they are the same or the other isn't there.
pub fn request(
    tx: &mut Tx<'_>,
    actor: &Actor,
    loser: OrganizationId,
    winner: OrganizationId,
) -> Result<OrganizationMerge> {
    actor.needs(Permission::PeopleDelete)?;
    get_organization(tx, loser)?;
    let there = store::find::<crate::Organization>(tx, winner)?.is_some();
    if loser == winner || !there {
        let text = "winner_id: is not another organization";
        return Err(Error::invalid("winner_id", "InvalidValue", text));
    }
    let id = tx.app().secrets().hex_id();
    let merge = OrganizationMerge { id, loser, winner, status: "new".into() };
    store::organization_merges::insert(tx, &merge)?;
    enqueue(tx, &MergeOrganizations { id: merge.id.clone(), actor: actor.user })?;
    Ok(merge)
}

/// A merge by its name.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get(tx: &mut Tx<'_>, id: &str) -> Result<OrganizationMerge> {
    store::find(tx, id)?.ok_or(Error::NotFound)
}

/// Does a merge that was asked for.
#[derive(Serialize, Deserialize)]
pub struct MergeOrganizations {
    id: String,
    actor: UserId,
}

impl Job for MergeOrganizations {
    const KIND: &'static str = "people.merge_organizations";

    /// People move batch by batch; each round finds fewer, so that a run that was cut off goes on where it was.
    fn run(self, app: &App, _: &Claim) -> Result<()> {
        let id = self.id.clone();
        let merge = app.read(move |tx| get(tx, &id)).wait()?;
        if merge.status == "complete" || merge.status == "error" {
            return Ok(());
        }
        loop {
            let merge = merge.clone();
            if app.write(move |tx| move_people(tx, &merge)).wait()? < AT_ONCE {
                break;
            }
        }
        let actor = self.actor;
        app.write(move |tx| finish(tx, actor, &merge)).wait()
    }
}

/// Moves one batch of people; gives its size.
fn move_people(tx: &mut Tx<'_>, merge: &OrganizationMerge) -> Result<i64> {
    if store::find::<crate::Organization>(tx, merge.winner)?.is_none() {
        return Ok(0);
    }
    store::organization_merges::set_status(tx, &merge.id, "in_progress")?;
    let people = store::organization_merges::members(tx, merge.loser, AT_ONCE)?;
    for user in &people {
        store::organizations::add_member(tx, *user, merge.winner)?;
        let by_default = crate::get_user(tx, *user)?.organization_id == Some(merge.loser);
        store::organizations::remove_member(tx, *user, merge.loser)?;
        if by_default {
            store::organizations::make_default(tx, *user, Some(merge.winner))?;
        }
        organizations::settle_default(tx, *user)?;
        tell(tx, *user)?;
    }
    Ok(people.len() as i64)
}

/// What is left: domains, tickets, and the organization itself.
fn finish(tx: &mut Tx<'_>, actor: UserId, merge: &OrganizationMerge) -> Result<()> {
    let (loser, winner) =
        (store::find::<crate::Organization>(tx, merge.loser)?, store::find::<crate::Organization>(tx, merge.winner)?);
    let (Some(loser), Some(_)) = (loser, winner) else {
        // One of them was deleted meanwhile.
        return store::organization_merges::set_status(tx, &merge.id, "error");
    };
    store::organization_merges::move_domains(tx, merge.loser, merge.winner)?;
    let hooks = tx.app().part::<OrganizationMerged>().map(|merged| merged.0.as_slice()).unwrap_or_default();
    hooks.iter().try_for_each(|hook| hook(tx, merge.loser, merge.winner))?;
    let (id, name) = (loser.id, loser.name.clone());
    organizations::remove(tx, loser)?;
    store::organization_merges::set_status(tx, &merge.id, "complete")?;
    let actor = actor_of(tx, actor, Credential::System)?;
    let change = format!("merged into {}", merge.winner);
    audit_log::record(tx, &actor, "destroy", ("organization", Some(id.0), &name), &change)
}
