//! Changes of what was written before: hidden from the requester, blackened, deleted for good, given to another.

use base::{AttachmentId, CommentId, Error, MacroId, Result, UserId};
use kernel::{Tx, blobs, events};
use serde_json::{Value, json};

use crate::change::{Became, Change};
use crate::redact::{self, Forgotten};
use crate::store;
use crate::ticket::{Comment, Ticket};

/// Does these changes to the ticket's comments; gives the audit events that tell them.
pub(crate) fn make(
    tx: &mut Tx<'_>,
    before: Option<&Ticket>,
    ticket: &mut Ticket,
    changes: &[Change],
) -> Result<Vec<Value>> {
    let mut told = Vec::new();
    for change in changes {
        match change {
            Change::MakePrivate(id) => told.extend(make_private(tx, ticket, *id)?),
            Change::Redact(id, words) => told.push(blacken(tx, ticket, *id, words)?),
            Change::RedactFile(comment, file) => told.push(drop_file(tx, ticket, *comment, *file)?),
            Change::Scrub => scrub(tx, ticket)?,
            Change::UsedMacro(id) => told.extend(used_macro(tx, *id)?),
            Change::Became(Became::Person { from, into }) => {
                if before.is_some_and(|before| before.submitter != ticket.submitter) {
                    told.push(another("submitter_id", *from, *into));
                }
                told.extend(give(tx, ticket, *from, *into)?);
            }
            _ => {}
        }
    }
    Ok(told)
}

/// Makes the comments of somebody who became another theirs.
fn give(tx: &mut Tx<'_>, ticket: &Ticket, from: UserId, into: UserId) -> Result<Option<Value>> {
    let comments = store::comments::set_author(tx, ticket.id, from, into)?;
    for comment in &comments {
        show(tx, ticket, *comment)?;
    }
    Ok((!comments.is_empty()).then(|| another("author_id", from, into)))
}

/// The audit event of a person in another's place that no field of the ticket tells.
fn another(field: &str, from: UserId, into: UserId) -> Value {
    json!({"type": "Change", "field_name": field, "value": into.to_string(), "previous_value": from.to_string()})
}

/// A macro that there is none of is not recorded: it may have been deleted since the client read it.
fn used_macro(tx: &mut Tx<'_>, id: MacroId) -> Result<Option<Value>> {
    let Some(used) = store::lists::macros(tx)?.into_iter().find(|known| known.id == id) else { return Ok(None) };
    store::lists::count_macro_use(tx, id)?;
    Ok(Some(json!({
        "type": "AgentMacroReference", "macro_id": id.to_string(), "macro_title": used.title, "macro_deleted": false,
    })))
}

fn comment_of(tx: &mut Tx<'_>, ticket: &Ticket, id: CommentId) -> Result<Comment> {
    store::comments::find(tx, id)?.filter(|comment| comment.ticket == ticket.id).ok_or(Error::NotFound)
}

fn make_private(tx: &mut Tx<'_>, ticket: &mut Ticket, id: CommentId) -> Result<Option<Value>> {
    let mut comment = comment_of(tx, ticket, id)?;
    if !comment.public {
        return Ok(None);
    }
    comment.public = false;
    store::scrub::save_comment(tx, &comment)?;
    ticket.is_public = store::comments::of_ticket(tx, ticket.id)?.iter().any(|comment| comment.public);
    show(tx, ticket, id)?;
    Ok(Some(json!({"type": "CommentPrivacyChange", "comment_id": id, "public": false})))
}

/// Tells the live streams that a comment is not what it was.
fn show(tx: &mut Tx<'_>, ticket: &Ticket, id: CommentId) -> Result<()> {
    events::push(tx, events::Event::new("comment").ticket(ticket.id).payload(json!(id)))
}

/// Blackens words in a comment, and where other comments quote it.
fn blacken(tx: &mut Tx<'_>, ticket: &mut Ticket, id: CommentId, words: &[String]) -> Result<Value> {
    let comment = comment_of(tx, ticket, id)?;
    let there = |words: &String| {
        redact::in_text(&comment.body, words).is_some() || redact::in_html(&comment.html_body, words).is_some()
    };
    if let Some(missing) = words.iter().find(|words| !there(words)) {
        return Err(Error::invalid("text", "InvalidValue", format!("text: {missing:?} is not in the comment")));
    }
    let mut all = store::comments::of_ticket(tx, ticket.id)?;
    let (mut text, mut inbound) = (ticket.subject.clone(), Vec::new());
    for other in &mut all {
        let before = other.clone();
        for words in words {
            cover(other, words, other.id == id);
        }
        if *other != before {
            store::scrub::save_comment(tx, other)?;
            show(tx, ticket, other.id)?;
        }
        if other.id == id || other.full_html_body != before.full_html_body {
            inbound.extend(other.inbound);
        }
        text.push(' ');
        text.push_str(&other.body);
    }
    if let Some(first) = all.first().filter(|first| first.id == id) {
        ticket.description.clone_from(&first.body);
    }
    db::fulltext::replace(tx, "ticket_text", ticket.id.0, &text)?;
    store::scrub::excerpts(tx, ticket.id)?;
    redact::forget(tx, &Forgotten { ticket: ticket.id, comment: Some(id), inbound })?;
    Ok(json!({"type": "CommentRedactionEvent", "comment_id": id}))
}

/// What is blackened in the comment itself; in others only what they quote below their own text.
fn cover(comment: &mut Comment, words: &str, whole: bool) {
    if whole {
        comment.body = redact::in_text(&comment.body, words).unwrap_or_else(|| comment.body.clone());
        comment.html_body = redact::in_html(&comment.html_body, words).unwrap_or_else(|| comment.html_body.clone());
    }
    if let Some(full) = &comment.full_html_body
        && let Some(black) = redact::in_html(full, words)
    {
        comment.full_html_body = Some(black);
    }
}

/// Deletes a file's content; in its place there is an empty text, as in Zendesk.
fn drop_file(tx: &mut Tx<'_>, ticket: &Ticket, comment: CommentId, id: AttachmentId) -> Result<Value> {
    let comment = comment_of(tx, ticket, comment)?;
    let (file, owner, _) = store::attachments::find(tx, id)?.ok_or(Error::NotFound)?;
    if owner != Some(comment.id) {
        return Err(Error::NotFound);
    }
    let empty = kernel::Staged::of(tx.app(), b"")?.keep(tx)?;
    store::attachments::blank(tx, id, &empty)?;
    if !store::attachments::is_shared(tx, &file.blob_key)? {
        blobs::delete(tx, &file.blob_key)?;
    }
    show(tx, ticket, comment.id)?;
    let inbound = comment.inbound.into_iter().collect();
    redact::forget(tx, &Forgotten { ticket: ticket.id, comment: Some(comment.id), inbound })?;
    Ok(json!({"type": "AttachmentRedactionEvent", "comment_id": comment.id, "attachment_id": id}))
}

/// Deletes all that the ticket says. Its number and its people stay, for reports.
fn scrub(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<()> {
    let comments = store::comments::of_ticket(tx, ticket.id)?;
    let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
    for file in store::attachments::of_comments(tx, &ids)?.into_values().flatten() {
        store::attachments::delete(tx, file.id)?;
        if !store::attachments::is_shared(tx, &file.blob_key)? {
            blobs::delete(tx, &file.blob_key)?;
        }
    }
    let inbound = comments.iter().filter_map(|comment| comment.inbound).collect();
    redact::forget(tx, &Forgotten { ticket: ticket.id, comment: None, inbound })?;
    store::scrub::comments_of(tx, ticket.id)?;
    db::fulltext::delete(tx, "ticket_text", ticket.id.0)
}
