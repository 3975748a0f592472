//! Who may see and change which tickets. The only loaders that other crates have.

use std::collections::HashMap;

use base::{Actor, Error, Fragment, Permission, Result, TicketAccess, TicketId};
use kernel::Tx;

use crate::store;
use crate::ticket::{Comment, Ticket};

/// Whether the actor may see the ticket.
pub fn may_see(actor: &Actor, ticket: &Ticket) -> bool {
    let theirs = ticket.involves(actor.user);
    match actor.tickets {
        TicketAccess::All => true,
        TicketAccess::Groups => {
            theirs
                || ticket.assignee == Some(actor.user)
                || ticket.group.is_some_and(|group| actor.groups.contains(&group))
        }
        TicketAccess::Assigned => theirs || ticket.assignee == Some(actor.user),
        TicketAccess::Organization => {
            theirs || ticket.organization.is_some_and(|organization| actor.organizations.contains(&organization))
        }
        TicketAccess::Requested => theirs,
    }
}

/// [`may_see`] in SQL, over the alias `t`. Deleted tickets are not among them.
pub fn visible_to(actor: &Actor) -> Fragment {
    store::tickets::visible_to(actor)
}

/// Whether the actor may see the comment, given that they may see its ticket.
pub fn may_see_comment(actor: &Actor, comment: &Comment) -> bool {
    comment.public || actor.is_staff()
}

/// The ticket, if it exists, isn't deleted, and the actor may see it.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: TicketId) -> Result<Option<Ticket>> {
    let mut filter = visible_to(actor);
    filter.push(" AND t.id = ").bind(id);
    Ok(store::tickets::select(tx, &filter, "")?.pop())
}

/// The ticket.
///
/// # Errors
/// `NotFound` when it doesn't exist or the actor may not know of it.
pub fn get(tx: &mut Tx<'_>, actor: &Actor, id: TicketId) -> Result<Ticket> {
    find(tx, actor, id)?.ok_or(Error::NotFound)
}

/// Those of the tickets that the actor may see, in the order of their numbers.
pub fn many(tx: &mut Tx<'_>, actor: &Actor, ids: &[TicketId]) -> Result<Vec<Ticket>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = visible_to(actor);
    filter.push(" AND t.id IN (").bind_all(ids.iter().copied()).push(")");
    store::tickets::select(tx, &filter, "ORDER BY t.id")
}

/// Those of the tickets that the actor may see, in the order given. Deleted ones are among them, since exports tell of them.
pub(crate) fn exported(tx: &mut Tx<'_>, actor: &Actor, ids: &[TicketId]) -> Result<Vec<Ticket>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Fragment::new("t.id IN (");
    filter.bind_all(ids.iter().copied()).push(")");
    let tickets = store::tickets::select(tx, &filter, "")?.into_iter().filter(|ticket| may_see(actor, ticket));
    let mut by_id: HashMap<TicketId, Ticket> = tickets.map(|ticket| (ticket.id, ticket)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// The comments of a ticket that the actor may see, oldest first.
pub fn comments(tx: &mut Tx<'_>, actor: &Actor, ticket: &Ticket) -> Result<Vec<Comment>> {
    let mut all = store::comments::of_ticket(tx, ticket.id)?;
    all.retain(|comment| may_see_comment(actor, comment));
    Ok(all)
}

/// The ticket that has a comment which came or went with one of these Message-IDs. It is not loaded, only named, so that
/// a mail can be offered to it; [`crate::receive()`] decides whether the sender may join.
pub fn ticket_of_message(tx: &mut Tx<'_>, message_ids: &[String]) -> Result<Option<TicketId>> {
    store::comments::ticket_of_message(tx, message_ids)
}

/// The Message-IDs of a ticket's public comments, oldest first, for a mail's References.
pub fn message_ids(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Vec<String>> {
    store::comments::message_ids(tx, ticket)
}

/// What somebody who is about to change a ticket needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rights {
    /// Whether fields may be changed.
    pub edit: bool,
    /// Whether public comments may be written.
    pub reply: bool,
    /// Whether internal comments may be written.
    pub note: bool,
    /// Whether the ticket may be deleted and brought back.
    pub delete: bool,
}

/// What the actor may do with tickets. End users may comment in public on what is theirs.
pub(crate) fn rights(actor: &Actor) -> Rights {
    Rights {
        edit: actor.may(Permission::TicketEdit),
        reply: actor.may(Permission::TicketReply) || !actor.is_staff(),
        note: actor.may(Permission::TicketNote),
        delete: actor.may(Permission::TicketDelete),
    }
}

#[cfg(test)]
mod tests {
    use base::{BrandId, GroupId, OrganizationId, Timestamp, UserId};

    use super::*;
    use crate::ticket::Via;

    #[test]
    fn each_access_sees_what_it_names() {
        let mut ticket = Ticket::new(UserId(1), UserId(1), BrandId(1), Via::Email, Timestamp(0));
        ticket.group = Some(GroupId(5));
        ticket.organization = Some(OrganizationId(6));
        ticket.assignee = Some(UserId(7));
        let sees = |user: i64, access, groups: &[GroupId], organizations: &[OrganizationId]| {
            let mut actor = Actor::system();
            (actor.user, actor.tickets) = (UserId(user), access);
            (actor.groups, actor.organizations) = (groups.to_vec(), organizations.to_vec());
            may_see(&actor, &ticket)
        };
        assert!(sees(1, TicketAccess::Requested, &[], &[]));
        assert!(!sees(2, TicketAccess::Requested, &[GroupId(5)], &[OrganizationId(6)]));
        assert!(sees(2, TicketAccess::Organization, &[], &[OrganizationId(6)]));
        assert!(!sees(2, TicketAccess::Organization, &[], &[OrganizationId(8)]));
        assert!(sees(2, TicketAccess::Groups, &[GroupId(5)], &[]));
        assert!(sees(7, TicketAccess::Assigned, &[], &[]));
        assert!(!sees(2, TicketAccess::Assigned, &[GroupId(5)], &[]));
        assert!(sees(2, TicketAccess::All, &[], &[]));
    }
}
