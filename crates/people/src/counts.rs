//! How much else belongs to a person or an organization. Tickets are counted by the part of the app that knows them.

use std::collections::BTreeMap;

use base::{OrganizationId, Result, UserId};
use kernel::Tx;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{access, identities, store};

/// Counts tickets; a part of the app that `tickets` provides. Without it there are none.
pub struct TicketCounts {
    /// A person's tickets.
    pub of_user: fn(&mut Tx<'_>, UserId) -> Result<UserTickets>,
    /// An organization's tickets.
    pub of_organization: fn(&mut Tx<'_>, OrganizationId) -> Result<i64>,
    /// How many unsolved tickets each of these people requested.
    pub open: CountOpen,
}

/// Counts the unsolved tickets that each of some people requested.
pub type CountOpen = fn(&mut Tx<'_>, &[UserId]) -> Result<BTreeMap<UserId, i64>>;

/// How many tickets name a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserTickets {
    /// As the one who wants something.
    pub requested: i64,
    /// As the one who gets copies.
    pub ccd: i64,
    /// As the one who works on it.
    pub assigned: i64,
}

/// What else belongs to a person. `organizations` and `identities` are ours.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct UserCounts {
    requested_tickets: i64,
    ccd_tickets: i64,
    assigned_tickets: i64,
    organization_subscriptions: i64,
    organizations: i64,
    identities: i64,
}

/// What else belongs to an organization.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct OrganizationCounts {
    tickets_count: i64,
    users_count: i64,
}

pub(crate) fn of_user(tx: &mut Tx<'_>, id: UserId) -> Result<UserCounts> {
    access::get_user(tx, id)?;
    let count = tx.app().part::<TicketCounts>().map(|counts| counts.of_user);
    let tickets = count.map(|count| count(tx, id)).transpose()?.unwrap_or_default();
    Ok(UserCounts {
        requested_tickets: tickets.requested,
        ccd_tickets: tickets.ccd,
        assigned_tickets: tickets.assigned,
        organization_subscriptions: store::organization_merges::subscriptions(tx, Some(id), None)?.len() as i64,
        organizations: access::organizations_of(tx, id)?.len() as i64,
        identities: identities::identities(tx, id)?.len() as i64,
    })
}

pub(crate) fn of_organization(tx: &mut Tx<'_>, id: OrganizationId) -> Result<OrganizationCounts> {
    access::get_organization(tx, id)?;
    let count = tx.app().part::<TicketCounts>().map(|counts| counts.of_organization);
    let tickets_count = count.map(|count| count(tx, id)).transpose()?.unwrap_or_default();
    let of = store::organizations::Members { user: None, organization: Some(id) };
    Ok(OrganizationCounts { tickets_count, users_count: store::organizations::count_memberships(tx, of)? })
}

/// How many unsolved tickets each of these people requested, by their numbers.
pub(crate) fn open_tickets(tx: &mut Tx<'_>, ids: &[UserId]) -> Result<BTreeMap<UserId, i64>> {
    let count = tx.app().part::<TicketCounts>().map(|counts| counts.open);
    let mut open = count.map(|count| count(tx, ids)).transpose()?.unwrap_or_default();
    for id in ids {
        open.entry(*id).or_default();
    }
    Ok(open)
}
