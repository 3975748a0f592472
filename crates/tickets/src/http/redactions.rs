//! Taking back what was written: hiding [comments](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/),
//! blackening words and files for good.

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, AttachmentId, CommentId, Error, Permission, Result, TicketId};
use kernel::http::{Answer, Body, Id, Me, NoContent, Origin, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::input::as_id;
use super::tickets::via_of;
use crate::change::{Change, How, Target};
use crate::commit::commit;
use crate::ticket::Comment;
use crate::view::{AttachmentView, CommentView, Context};
use crate::{access, content, redact, store};

#[derive(Serialize, JsonSchema)]
struct CommentAnswer {
    comment: CommentView,
}

#[derive(Serialize, JsonSchema)]
struct AttachmentAnswer {
    attachment: AttachmentView,
}

/// `{"text": "..."}`.
#[derive(Default, Deserialize, JsonSchema)]
struct RedactBody {
    /// The words to be blackened.
    text: Option<String>,
}

/// What is to be blackened in a comment.
#[derive(Default, Deserialize, JsonSchema)]
struct RedactionBody {
    /// The comment's ticket.
    ticket_id: Option<Value>,
    /// The comment's HTML with `<redact>` around the words to be blackened.
    html_body: Option<String>,
    /// Addresses of files to be deleted.
    #[serde(default)]
    external_attachment_urls: Vec<String>,
    /// Files to be deleted.
    #[serde(default)]
    attachment_ids: Vec<i64>,
}

/// `{"attachment": {"malware_access_override"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct AttachmentBody {
    #[serde(default)]
    attachment: serde_json::Map<String, Value>,
}

/// An empty object.
#[derive(Serialize, JsonSchema)]
struct Empty {}

pub(super) fn routes() -> Routes {
    Routes::new()
        .put("/api/v2/tickets/{id}/comments/{comment_id}/make_private", make_private)
        .needs(Permission::TicketEdit)
        .gives::<Empty>()
        .put("/api/v2/tickets/{id}/comments/{comment_id}/redact", redact_text)
        .needs(Permission::TicketDelete)
        .takes::<RedactBody>()
        .gives::<CommentAnswer>()
        .put("/api/v2/comment_redactions/{id}", redact_marked)
        .needs(Permission::TicketDelete)
        .takes::<RedactionBody>()
        .gives::<CommentAnswer>()
        .put("/api/v2/tickets/{id}/comments/{comment_id}/attachments/{attachment_id}/redact", redact_file)
        .needs(Permission::TicketDelete)
        .gives::<AttachmentAnswer>()
        .put("/api/v2/attachments/{id}", update_file)
        .needs(Permission::TicketEdit)
        .takes::<AttachmentBody>()
        .gives::<AttachmentAnswer>()
        .delete("/api/v2/attachments/{id}", delete_file)
        .needs(Permission::TicketDelete)
}

fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::NotFound)
}

/// A comment that the actor sees, in the ticket that a path names.
fn comment_of(tx: &mut Tx<'_>, actor: &Actor, ticket: TicketId, id: CommentId) -> Result<Comment> {
    let ticket = access::get(tx, actor, ticket)?;
    let comment = store::comments::find(tx, id)?.filter(|comment| comment.ticket == ticket.id);
    comment.filter(|comment| access::may_see_comment(actor, comment)).ok_or(Error::NotFound)
}

/// Makes changes to the ticket of a comment, and shows the comment as it is then.
fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    origin: &Origin,
    comment: &Comment,
    changes: Vec<Change>,
) -> Result<CommentAnswer> {
    commit(tx, actor, Target::Ticket(comment.ticket), changes, &How::via(via_of(actor)))?;
    let comment = store::comments::find(tx, comment.id)?.ok_or(Error::NotFound)?;
    let comment = Context::load(tx, &origin.0)?.comments(tx, &[comment])?.pop().ok_or(Error::NotFound)?;
    Ok(CommentAnswer { comment })
}

async fn make_private(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path((id, comment)): Path<(String, String)>,
) -> Answer<Json<Empty>> {
    let (id, comment) = (TicketId(number(&id)?), CommentId(number(&comment)?));
    app.write(move |tx| {
        let comment = comment_of(tx, &actor, id, comment)?;
        change(tx, &actor, &origin, &comment, vec![Change::MakePrivate(comment.id)]).map(drop)
    })
    .await?;
    Ok(Json(Empty {}))
}

async fn redact_text(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path((id, comment)): Path<(String, String)>,
    Body(body): Body<RedactBody>,
) -> Answer<Json<CommentAnswer>> {
    let (id, comment) = (TicketId(number(&id)?), CommentId(number(&comment)?));
    let text = body.text.filter(|text| !text.trim().is_empty()).ok_or_else(|| Error::blank("text"))?;
    let answer = app.write(move |tx| {
        let comment = comment_of(tx, &actor, id, comment)?;
        change(tx, &actor, &origin, &comment, vec![Change::Redact(comment.id, vec![text])])
    });
    Ok(Json(answer.await?))
}

async fn redact_marked(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<CommentId>,
    Body(body): Body<RedactionBody>,
) -> Answer<Json<CommentAnswer>> {
    let answer = app.write(move |tx| {
        let found = store::comments::find(tx, id)?.ok_or(Error::NotFound)?;
        let named = body.ticket_id.as_ref().and_then(as_id).map_or(found.ticket, TicketId);
        let comment = comment_of(tx, &actor, named, id)?;
        let words = redact::marked(body.html_body.as_deref().unwrap_or_default());
        let mut changes: Vec<Change> = files_named(tx, &comment, &body)?;
        if !words.is_empty() {
            changes.push(Change::Redact(comment.id, words));
        }
        if changes.is_empty() {
            return Err(Error::blank("html_body"));
        }
        change(tx, &actor, &origin, &comment, changes)
    });
    Ok(Json(answer.await?))
}

/// The deletion of each file that a redaction names by number or address.
fn files_named(tx: &mut Tx<'_>, comment: &Comment, body: &RedactionBody) -> Result<Vec<Change>> {
    let all = store::attachments::of_comments(tx, &[comment.id])?.remove(&comment.id).unwrap_or_default();
    let tokens: Vec<String> = body.external_attachment_urls.iter().flat_map(|url| content::shown_tokens(url)).collect();
    let named = all.iter().filter(|file| body.attachment_ids.contains(&file.id.0) || tokens.contains(&file.token));
    let changes: Vec<Change> = named.map(|file| Change::RedactFile(comment.id, file.id)).collect();
    if changes.len() < body.attachment_ids.len() + body.external_attachment_urls.len() {
        let text = "attachment_ids: not a file of this comment";
        return Err(Error::invalid("attachment_ids", "RecordNotFound", text));
    }
    Ok(changes)
}

async fn redact_file(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path((id, comment, file)): Path<(String, String, String)>,
) -> Answer<Json<AttachmentAnswer>> {
    let (id, comment, file) = (number(&id)?, number(&comment)?, AttachmentId(number(&file)?));
    let answer = app.write(move |tx| {
        let comment = comment_of(tx, &actor, TicketId(id), CommentId(comment))?;
        change(tx, &actor, &origin, &comment, vec![Change::RedactFile(comment.id, file)])?;
        shown(tx, &origin, file)
    });
    Ok(Json(answer.await?))
}

fn shown(tx: &mut Tx<'_>, origin: &Origin, id: AttachmentId) -> Result<AttachmentAnswer> {
    let (file, _, _) = store::attachments::find(tx, id)?.ok_or(Error::NotFound)?;
    Ok(AttachmentAnswer { attachment: Context::load(tx, &origin.0)?.attachment(&file) })
}

/// The comment of a file, if the actor sees it.
fn comment_of_file(tx: &mut Tx<'_>, actor: &Actor, id: AttachmentId) -> Result<Option<Comment>> {
    let (_, owner, uploaded_by) = store::attachments::find(tx, id)?.ok_or(Error::NotFound)?;
    match owner {
        None if uploaded_by == Some(actor.user) => Ok(None),
        None => Err(Error::NotFound),
        Some(comment) => {
            let comment = store::comments::find(tx, comment)?.ok_or(Error::NotFound)?;
            comment_of(tx, actor, comment.ticket, comment.id).map(Some)
        }
    }
}

/// Nothing here is scanned, so that there is nothing to override; the file is shown as it is.
async fn update_file(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<AttachmentId>,
    Body(body): Body<AttachmentBody>,
) -> Answer<Json<AttachmentAnswer>> {
    if let Some(flag) = body.attachment.get("malware_access_override").filter(|flag| !flag.is_boolean()) {
        let text = format!("malware_access_override: {flag} is not true or false");
        return Err(Error::invalid("malware_access_override", "InvalidValue", text).into());
    }
    let answer = app.read(move |tx| {
        comment_of_file(tx, &actor, id)?;
        shown(tx, &origin, id)
    });
    Ok(Json(answer.await?))
}

async fn delete_file(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<AttachmentId>) -> Answer<NoContent> {
    app.write(move |tx| match comment_of_file(tx, &actor, id)? {
        Some(comment) => {
            let changes = vec![Change::RedactFile(comment.id, id)];
            change(tx, &actor, &origin, &comment, changes).map(drop)
        }
        None => {
            let (file, _, _) = store::attachments::find(tx, id)?.ok_or(Error::NotFound)?;
            store::attachments::delete(tx, id)?;
            kernel::blobs::delete(tx, &file.blob_key)
        }
    })
    .await?;
    Ok(NoContent)
}
