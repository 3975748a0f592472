//! Audits in the shape of Zendesk's ticket event export, whose child events name the changed field as a key.
//!
//! <https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-event-export>

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{Actor, AuditId, CommentId, Fragment, Result, TicketId, Timestamp, UserId};
use kernel::Tx;
use kernel::http::Slice;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::ticket::{Comment, Via};
use crate::timeline::Audit;
use crate::view::Context;
use crate::{access, store};

/// One saved change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct TicketEventView {
    /// The audit's number.
    pub id: AuditId,
    /// Its ticket.
    pub ticket_id: TicketId,
    /// When, in seconds since 1970.
    pub timestamp: i64,
    /// When.
    pub created_at: Timestamp,
    /// Who.
    pub updater_id: UserId,
    /// The channel, in Zendesk's words.
    pub via: &'static str,
    /// Always empty.
    pub system: Value,
    /// Zendesk's metadata.
    pub metadata: Value,
    /// Always `Audit`.
    pub event_type: &'static str,
    /// What was changed.
    pub child_events: Vec<Value>,
}

/// The channel in the words of the export.
fn via_words(via: Via) -> &'static str {
    match via {
        Via::Web => "Web form",
        Via::Email => "Mail",
        Via::Api => "Web service",
        Via::Rule => "Rule",
        Via::Merge => "Merge",
        Via::FollowUp => "Closed ticket",
        Via::Chat => "Chat",
        Via::Voice => "Phone call (inbound)",
    }
}

/// The audits of a page that the actor may see, with their comments' texts when `bodies`.
pub(crate) fn ticket_events(
    tx: &mut Tx<'_>,
    actor: &Actor,
    context: &Context,
    slice: &Slice,
    bodies: bool,
) -> Result<Vec<TicketEventView>> {
    let mut audits = load(tx, actor, slice)?;
    let comments = store::comments::of_audits(tx, &audits)?;
    let comments: Vec<Comment> = comments.into_iter().filter(|c| access::may_see_comment(actor, c)).collect();
    let mut by_id: BTreeMap<CommentId, Value> = BTreeMap::new();
    for comment in &comments {
        by_id.insert(comment.id, json!({"comment_present": true, "comment_public": comment.public}));
    }
    if bodies {
        for view in context.comments(tx, &comments)? {
            by_id.insert(view.id, json!(view));
        }
    }
    Ok(audits.drain(..).map(|audit| view(audit, &by_id)).collect())
}

/// The audits of a page in its order.
fn load(tx: &mut Tx<'_>, actor: &Actor, slice: &Slice) -> Result<Vec<Audit>> {
    let ids: Vec<AuditId> = slice.ids();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Fragment::new("a.id IN (");
    filter.bind_all(ids.iter().copied()).push(")");
    let audits = store::comments::audits(tx, &filter, "")?;
    let tickets: BTreeSet<TicketId> = audits.iter().map(|audit| audit.ticket).collect();
    let tickets: Vec<TicketId> = tickets.into_iter().collect();
    let seen = access::exported(tx, actor, &tickets)?;
    let seen: BTreeSet<TicketId> = seen.into_iter().map(|ticket| ticket.id).collect();
    let audits = audits.into_iter().filter(|audit| seen.contains(&audit.ticket));
    let mut by_id: HashMap<AuditId, Audit> = audits.map(|audit| (audit.id, audit)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

fn view(audit: Audit, comments: &BTreeMap<CommentId, Value>) -> TicketEventView {
    let via = via_words(audit.via);
    let children = audit.events.iter().enumerate();
    let child_events = children.filter_map(|(i, event)| child(&audit, i, event, comments)).collect();
    TicketEventView {
        id: audit.id,
        ticket_id: audit.ticket,
        timestamp: audit.created_at.unix_seconds(),
        created_at: audit.created_at,
        updater_id: audit.author,
        via,
        system: json!({}),
        metadata: if audit.metadata.is_object() { audit.metadata.clone() } else { json!({}) },
        event_type: "Audit",
        child_events,
    }
}

/// An event of the audit. A comment that the reader may not see is left out.
fn child(audit: &Audit, place: usize, event: &Value, comments: &BTreeMap<CommentId, Value>) -> Option<Value> {
    let mut out = Map::new();
    out.insert("id".into(), json!(audit.event_id(place)));
    out.insert("via".into(), via_words(audit.via).into());
    out.insert("via_reference_id".into(), Value::Null);
    if let Some(id) = event["comment_id"].as_i64().filter(|_| event["type"] == "Comment") {
        let comment = comments.get(&CommentId(id))?.as_object()?.clone();
        let via = out["via"].clone();
        out.extend(comment);
        out.insert("id".into(), id.into());
        out.insert("via".into(), via);
        out.insert("comment_present".into(), true.into());
        let public = out.get("public").or_else(|| out.get("comment_public")).cloned();
        out.insert("comment_public".into(), public.unwrap_or_default());
        out.insert("event_type".into(), "Comment".into());
        return Some(Value::Object(out));
    }
    let Some(field) = event["field_name"].as_str() else {
        out.extend(event.as_object()?.clone());
        out.insert("event_type".into(), event["type"].clone());
        return Some(Value::Object(out));
    };
    out.insert(field.to_owned(), event["value"].clone());
    if field == "tags" {
        let words = |value: &Value| -> BTreeSet<String> { serde_json::from_value(value.clone()).unwrap_or_default() };
        let (now, before) = (words(&event["value"]), words(&event["previous_value"]));
        out.insert("added_tags".into(), json!(now.difference(&before).collect::<Vec<_>>()));
        out.insert("removed_tags".into(), json!(before.difference(&now).collect::<Vec<_>>()));
    }
    if event["type"] == "Change" {
        out.insert("previous_value".into(), event["previous_value"].clone());
    }
    out.insert("event_type".into(), event["type"].clone());
    Some(Value::Object(out))
}
