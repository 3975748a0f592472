//! How many tickets belong to people and organizations; what `people` asks for.

use std::collections::BTreeMap;

use base::{Fragment, OrganizationId, Result, UserId};
use kernel::Tx;
use people::counts::{TicketCounts, UserTickets};

use crate::store;

/// The counting of tickets as a part of the app.
pub fn part() -> TicketCounts {
    TicketCounts { of_user, of_organization, open }
}

fn of_user(tx: &mut Tx<'_>, user: UserId) -> Result<UserTickets> {
    let (mut requested, mut assigned) = (Fragment::new("t.requester_id = "), Fragment::new("t.assignee_id = "));
    requested.bind(user);
    assigned.bind(user);
    Ok(UserTickets {
        requested: store::tickets::count_of(tx, &requested)?,
        ccd: store::tickets::count_ccd(tx, user)?,
        assigned: store::tickets::count_of(tx, &assigned)?,
    })
}

fn of_organization(tx: &mut Tx<'_>, organization: OrganizationId) -> Result<i64> {
    let mut filter = Fragment::new("t.organization_id = ");
    filter.bind(organization);
    store::tickets::count_of(tx, &filter)
}

fn open(tx: &mut Tx<'_>, users: &[UserId]) -> Result<BTreeMap<UserId, i64>> {
    store::tickets::open_requested(tx, users)
}
