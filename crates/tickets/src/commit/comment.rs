//! Comments of a change: made ready before the ticket is saved, written once it has its number.

use base::{Actor, AuditId, CommentId, Error, Result, Role, Timestamp, UserId};
use kernel::Tx;
use rules::Status;
use serde_json::Value;

use super::{Asked, may_reply};
use crate::apply::set_status;
use crate::change::{How, NewAttachment, NewComment};
use crate::content::{self, Content};
use crate::store;
use crate::ticket::{Comment, Ticket, Via};

/// A comment that is checked and not yet written.
pub(crate) struct Draft {
    pub author: UserId,
    pub by_staff: bool,
    pub public: bool,
    pub asked: Asked,
    content: Content,
    full: Option<Content>,
    attachments: Vec<NewAttachment>,
    uploads: Vec<String>,
    via: Via,
    via_source: Value,
    inbound: Option<base::InboundId>,
    message_id: Option<String>,
    at: Timestamp,
}

/// Checks the comments and applies what they mean for the ticket.
pub(crate) fn prepare(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<&Ticket>,
    after: &mut Ticket,
    comments: Vec<NewComment>,
    how: &How,
    now: Timestamp,
) -> Result<Vec<Draft>> {
    let mut drafts = Vec::new();
    for new in comments {
        if new.content.is_blank() && new.attachments.is_empty() && new.uploads.is_empty() {
            return Err(Error::blank("comment"));
        }
        if new.content.text().chars().count() > content::LONGEST && how.via != Via::Email {
            let message = format!("Comment: is too long (maximum is {} characters)", content::LONGEST);
            return Err(Error::invalid("comment", "TooLong", message));
        }
        for token in &new.uploads {
            if store::attachments::of_upload(tx, token)?.is_empty() {
                return Err(no_upload(token));
            }
        }
        let draft = draft(tx, actor, before, after, new, how, now)?;
        note(before, after, &draft, now);
        drafts.push(draft);
    }
    Ok(drafts)
}

fn draft(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<&Ticket>,
    after: &Ticket,
    new: NewComment,
    how: &How,
    now: Timestamp,
) -> Result<Draft> {
    let fallback = if actor.user == Actor::SYSTEM { after.requester } else { actor.user };
    let author = new.author.unwrap_or(fallback);
    let role = if author == actor.user { actor.role } else { people::get_user(tx, author)?.role };
    let inherited = before.is_none_or(|ticket| ticket.is_public);
    let public = new.public.unwrap_or(inherited && may_reply(actor) && role != Role::LightAgent);
    Ok(Draft {
        author,
        by_staff: role.is_staff(),
        public,
        asked: Asked { send_at: new.send_at, automatic: new.automatic },
        content: new.content,
        full: new.full,
        attachments: new.attachments,
        uploads: new.uploads,
        via: new.via.unwrap_or(how.via),
        via_source: new.via_source,
        inbound: new.inbound,
        message_id: new.message_id,
        at: new.created_at.unwrap_or(now),
    })
}

/// What a comment means for its ticket.
fn note(before: Option<&Ticket>, after: &mut Ticket, draft: &Draft, now: Timestamp) {
    if before.is_none() && after.comment_count == 0 {
        after.description = draft.content.text().to_owned();
        if after.subject.trim().is_empty() {
            after.subject = base::text::excerpt(draft.content.text(), 80);
        }
    }
    after.comment_count += 1;
    after.is_public |= draft.public;
    after.metrics.latest_comment_at = Some(draft.at);
    let waits = matches!(after.status, Status::Pending | Status::Hold | Status::Solved);
    if waits && before.is_some() && !draft.by_staff && !draft.asked.automatic {
        set_status(after, Status::Open, now);
    }
}

/// Writes the comments with their files.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    ticket: &Ticket,
    audit: AuditId,
    drafts: &mut Vec<Draft>,
) -> Result<Vec<(Comment, Asked)>> {
    drafts.drain(..).map(|draft| write_one(tx, ticket, audit, draft)).collect()
}

fn write_one(tx: &mut Tx<'_>, ticket: &Ticket, audit: AuditId, draft: Draft) -> Result<(Comment, Asked)> {
    let mut comment = Comment {
        id: CommentId(0),
        ticket: ticket.id,
        author: draft.author,
        audit,
        public: draft.public,
        body: draft.content.text().to_owned(),
        html_body: draft.content.html().to_owned(),
        full_html_body: draft.full.as_ref().map(|full| full.html().to_owned()),
        has_remote_images: draft.content.has_remote_images()
            || draft.full.as_ref().is_some_and(Content::has_remote_images),
        via: draft.via,
        via_source: draft.via_source,
        inbound: draft.inbound,
        message_id: draft.message_id,
        created_at: draft.at,
    };
    comment.id = store::comments::insert(tx, &comment)?;
    for attachment in draft.attachments {
        let file = attachment.keep(tx)?;
        let row = store::attachments::NewRow {
            comment: Some(comment.id),
            upload_token: None,
            uploaded_by: None,
            file: &file,
        };
        store::attachments::insert(tx, &row)?;
    }
    for token in &draft.uploads {
        if store::attachments::take_upload(tx, token, comment.id)? == 0 {
            return Err(no_upload(token));
        }
    }
    take_shown(tx, &comment)?;
    Ok((comment, draft.asked))
}

fn no_upload(token: &str) -> Error {
    Error::invalid("uploads", "RecordNotFound", format!("Upload: {token} does not exist"))
}

/// Uploads that the text shows belong to the comment, whether or not it listed them.
fn take_shown(tx: &mut Tx<'_>, comment: &Comment) -> Result<()> {
    for token in content::shown_tokens(&comment.html_body) {
        let Some((file, owner, uploaded_by)) = store::attachments::find_by_token(tx, &token)? else { continue };
        if owner.is_none() && uploaded_by == Some(comment.author) {
            store::attachments::give(tx, file.id, comment.id)?;
        }
        if owner.is_none() || owner == Some(comment.id) {
            store::attachments::set_inline(tx, file.id)?;
        }
    }
    Ok(())
}
