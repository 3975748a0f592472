//! Side-loads: records that an answer names, put beside them once each.

use std::collections::BTreeSet;

use base::{Result, UserId};
use kernel::Tx;
use kernel::http::{Origin, Paging};
use serde_json::{Value, json};

use crate::desk;
use crate::ticket::Ticket;
use crate::view::Context;

/// Adds to `answer` what the request's `include` asks for. `more`: people beside those of the tickets.
pub(crate) fn tickets(
    tx: &mut Tx<'_>,
    paging: &Paging,
    context: &Context,
    tickets: &[Ticket],
    more: &[UserId],
    answer: &mut Value,
) -> Result<()> {
    let origin = Origin(context.origin().to_owned());
    if paging.includes("users") {
        let ids: BTreeSet<UserId> = tickets
            .iter()
            .flat_map(|t| {
                [Some(t.requester), Some(t.submitter), t.assignee].into_iter().flatten().chain(t.ccs.iter().copied())
            })
            .chain(more.iter().copied())
            .collect();
        let ids: Vec<UserId> = ids.into_iter().collect();
        let users = people::users(tx, &ids)?;
        answer["users"] = json!(people::view::users(tx, &origin, &users)?);
    }
    if paging.includes("groups") {
        let ids: BTreeSet<_> = tickets.iter().filter_map(|t| t.group).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let groups = people::groups_by_ids(tx, &ids)?;
        answer["groups"] = groups.iter().map(|group| json!(people::view::group(&origin, group))).collect();
    }
    if paging.includes("organizations") {
        let ids: BTreeSet<_> = tickets.iter().filter_map(|t| t.organization).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let organizations = people::organizations_by_ids(tx, &ids)?;
        answer["organizations"] = json!(people::view::organizations(tx, &origin, &organizations)?);
    }
    if paging.includes("brands") {
        let brands = desk::brands(tx)?;
        answer["brands"] =
            brands.iter().map(|b| json!({"id": b.id, "name": b.name, "subdomain": b.subdomain})).collect();
    }
    if paging.includes("metric_sets") {
        let sets: Vec<_> = tickets.iter().map(|t| context.metrics(t)).collect();
        if let Some(ticket) = answer.get_mut("ticket").filter(|t| t.is_object()) {
            ticket["metric_set"] = json!(sets.first());
        }
        let listed = answer.get_mut("tickets").and_then(Value::as_array_mut).into_iter().flatten();
        for (ticket, set) in listed.zip(sets) {
            ticket["metric_set"] = json!(set);
        }
    }
    Ok(())
}
