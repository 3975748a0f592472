//! What rules do: change the ticket, write to people, call webhooks.

use std::collections::BTreeSet;

use base::{Actor, GroupId, Result, UserId};
use kernel::Tx;
use rules::{Action, Mail, Notified, Payload};
use tickets::change::{Change, How};
use tickets::placeholders::fill;
use tickets::ticket::Rating;
use tickets::{Content, Notice, Notices, Target, Ticket, macros};

use crate::placeholders::{Escape, Material};
use crate::rule::Rule;
use crate::store;
use crate::webhooks::invoke::{Told, tell};

/// Does what a rule says, to the ticket as it is; `by` makes the change that the rule follows. Gives the ticket as it is
/// then. Everything outside is only written down.
///
/// # Errors
/// `Invalid` when the ticket can't be changed so.
pub(crate) fn perform(tx: &mut Tx<'_>, rule: &Rule, actions: &[Action], ticket: &Ticket, by: &Actor) -> Result<Ticket> {
    let mut after = ticket.clone();
    let mut effect = macros::effect(actions, by, Some(ticket.requester), tx.now());
    // Who was asked, or said something already, is not asked again.
    if actions.contains(&Action::OfferSatisfaction) && ticket.satisfaction == "unoffered" {
        effect.changes.push(Change::Rate(Rating { score: "offered".into(), ..Rating::default() }));
    }
    // A closed ticket takes no changes, but people may be told of it.
    if !effect.changes.is_empty() && !ticket.is_closed() {
        let how = How::by_rule(rule.reference());
        after = tickets::commit(tx, &Actor::system(), Target::Ticket(ticket.id), effect.changes, &how)?.ticket;
    }
    let mut material = None;
    for action in actions {
        match action {
            Action::NotifyUser(to, mail) => {
                let to = readers(tx, *to, &after, by)?;
                notify(tx, &mut material, &after, by, &to, mail)?;
            }
            Action::NotifyGroup(group, mail) => {
                let to = members(tx, group.or(after.group))?;
                notify(tx, &mut material, &after, by, &to, mail)?;
            }
            Action::NotifyWebhook(webhook, payload) => call(tx, &mut material, &after, by, rule, webhook, payload)?,
            _ => {}
        }
    }
    Ok(after)
}

fn readers(tx: &mut Tx<'_>, to: Notified, ticket: &Ticket, by: &Actor) -> Result<BTreeSet<UserId>> {
    Ok(match to {
        Notified::CurrentUser => BTreeSet::from_iter(Some(by.user).filter(|user| *user != Actor::SYSTEM)),
        Notified::Requester => BTreeSet::from([ticket.requester]),
        Notified::RequesterAndCcs => ticket.ccs.iter().copied().chain([ticket.requester]).collect(),
        Notified::Assignee => ticket.assignee.into_iter().collect(),
        Notified::AllAgents => people::access::staff(tx)?.into_iter().collect(),
        Notified::User(id) => BTreeSet::from([id]),
    })
}

fn members(tx: &mut Tx<'_>, group: Option<GroupId>) -> Result<BTreeSet<UserId>> {
    let Some(group) = group else { return Ok(BTreeSet::new()) };
    Ok(people::members_of(tx, group)?.into_iter().collect())
}

/// Writes a mail; customers read what is public, those of the desk read all.
fn notify(
    tx: &mut Tx<'_>,
    material: &mut Option<Material>,
    ticket: &Ticket,
    by: &Actor,
    to: &BTreeSet<UserId>,
    mail: &Mail,
) -> Result<()> {
    let Some(notices) = tx.app().part::<Notices>() else { return Ok(()) };
    let ids: Vec<UserId> = to.iter().copied().collect();
    let (staff, customers): (Vec<_>, Vec<_>) =
        people::users(tx, &ids)?.into_iter().partition(|reader| reader.role.is_staff());
    for (readers, sees_all) in [(staff, true), (customers, false)] {
        if readers.is_empty() {
            continue;
        }
        let material = Material::once(tx, material, ticket, by)?;
        let subject = fill("subject", &mail.subject, &material.object(sees_all, Escape::Nothing))?;
        let content = if mail.body.contains("</") || mail.body.contains("<br") {
            Content::from_html(&fill("body", &mail.body, &material.object(sees_all, Escape::Xml))?, |_| None)
        } else {
            Content::from_text(&fill("body", &mail.body, &material.object(sees_all, Escape::Nothing))?)
        };
        let to = readers.iter().map(|reader| reader.id).collect();
        (notices.0)(tx, &Notice { ticket: ticket.id, to, subject, content })?;
    }
    Ok(())
}

fn call(
    tx: &mut Tx<'_>,
    material: &mut Option<Material>,
    ticket: &Ticket,
    by: &Actor,
    rule: &Rule,
    webhook: &str,
    payload: &Payload,
) -> Result<()> {
    let found = store::webhooks::find(tx, webhook)?;
    let gone = || base::Error::invalid("actions", "RecordNotFound", format!("the webhook {webhook} does not exist"));
    let found = found.ok_or_else(gone)?;
    if !found.active {
        return Ok(());
    }
    let material = Material::once(tx, material, ticket, by)?;
    let without_body = matches!(found.http_method.as_str(), "GET" | "DELETE");
    let (mut query, mut body) = (String::new(), String::new());
    match payload {
        Payload::Text(text) => {
            let escape = match found.request_format.as_str() {
                "json" => Escape::Json,
                "xml" => Escape::Xml,
                _ => Escape::Nothing,
            };
            body = fill("payload", text, &material.object(true, escape))?;
        }
        Payload::Pairs(pairs) => {
            let object = material.object(true, Escape::Nothing);
            let filled = pairs.iter().map(|(name, value)| Ok((name, fill("payload", value, &object)?)));
            let filled: Vec<_> = filled.collect::<Result<_>>()?;
            let encoded = serde_urlencoded::to_string(&filled).map_err(base::Error::internal)?;
            *(if without_body { &mut query } else { &mut body }) = encoded;
        }
    }
    if without_body {
        body.clear();
    }
    let cause = format!("{}:{}", rule.kind.name(), rule.id);
    tell(tx, webhook, Told { cause: &cause, query, body })
}
