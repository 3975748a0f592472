//! Verbs on two tickets: merge and its undoing, split, deletion by hand.

use base::{Actor, CommentId, Error, Permission, Result, TicketId, UserId};
use kernel::Tx;
use rules::Status;
use serde_json::json;

use crate::change::{Change, How, NewComment, NewTicket, Target};
use crate::commit::{Committed, commit};
use crate::content::Content;
use crate::ticket::Via;
use crate::{access, store};

/// What a merge says in the two tickets.
#[derive(Clone, Debug, Default)]
pub(crate) struct MergeText {
    /// The comment in the ticket that stays; `None` for the usual one.
    pub target: Option<String>,
    /// The comment in the ticket that is closed.
    pub source: Option<String>,
    /// Whether the first is public.
    pub target_public: bool,
    /// Whether the second is public.
    pub source_public: bool,
}

/// Merges a ticket into another: its last words, requester and copies go along, and it is closed.
pub(crate) fn merge(tx: &mut Tx<'_>, actor: &Actor, from: TicketId, into: TicketId, text: &MergeText) -> Result<()> {
    if from == into {
        return Err(Error::invalid("ids", "InvalidValue", "A ticket can't be merged into itself"));
    }
    let source = access::get(tx, actor, from)?;
    let target = access::get(tx, actor, into)?;
    if source.is_closed() || target.is_closed() {
        return Err(Error::invalid("status", "RecordInvalid", "closed prevents ticket update"));
    }
    // What customers will read quotes nothing that they could not read before.
    let mut comments = access::comments(tx, actor, &source)?;
    comments.retain(|comment| comment.public || !text.target_public);
    let last = comments.pop();
    let quoted = last.map(|comment| comment.body).unwrap_or_default();
    let in_target = text.target.clone().unwrap_or_else(|| {
        format!("Request #{from} \"{}\" was closed and merged into this request. Last comment in request #{from}:\n\n{quoted}", source.subject)
    });
    let in_source = text
        .source
        .clone()
        .unwrap_or_else(|| format!("This request was closed and merged into request #{into} \"{}\".", target.subject));
    let along = source.ccs.iter().chain([&source.requester]);
    let ccs: Vec<UserId> = along.filter(|cc| **cc != target.requester && !target.ccs.contains(cc)).copied().collect();
    let tags: Vec<String> = source.tags.difference(&target.tags).cloned().collect();
    let undo = json!({"status": source.status.rank(), "ccs": ccs, "tags": tags});
    store::tickets::link(tx, from, into, "merge", &undo)?;
    let how = How::via(Via::Merge);
    let mut changes: Vec<Change> = ccs.into_iter().map(Change::AddCc).collect();
    changes.push(Change::AddTags(tags));
    changes.push(note(&in_target, text.target_public));
    commit(tx, actor, Target::Ticket(into), changes, &how)?;
    let changes = vec![note(&in_source, text.source_public), Change::MergedInto(into)];
    commit(tx, actor, Target::Ticket(from), changes, &how).map(drop)
}

fn note(text: &str, public: bool) -> Change {
    let content = Content::from_text(text);
    Change::Comment(Box::new(NewComment { content, public: Some(public), ..NewComment::default() }))
}

/// Takes a merge back: the closed ticket has its status again, the other loses the copies and tags that came along.
pub(crate) fn unmerge(tx: &mut Tx<'_>, actor: &Actor, from: TicketId) -> Result<Committed> {
    actor.needs(Permission::TicketEdit)?;
    let (into, undo) = store::tickets::link_undo(tx, from, "merge")?.ok_or(Error::NotFound)?;
    let status = undo["status"].as_i64().and_then(Status::from_rank).unwrap_or(Status::Open);
    store::tickets::unlink(tx, from, into, "merge")?;
    let how = How::via(Via::Merge);
    let ccs: Vec<UserId> = serde_json::from_value(undo["ccs"].clone()).unwrap_or_default();
    let tags: Vec<String> = serde_json::from_value(undo["tags"].clone()).unwrap_or_default();
    if let Some(target) = access::find(tx, actor, into)?.filter(|target| !target.is_closed()) {
        let changes = vec![
            Change::SetCcs(target.ccs.into_iter().filter(|cc| !ccs.contains(cc)).collect()),
            Change::RemoveTags(tags),
            note(&format!("The merge of request #{from} was undone."), false),
        ];
        commit(tx, actor, Target::Ticket(into), changes, &how)?;
    }
    commit(tx, actor, Target::Ticket(from), vec![Change::Reset(status)], &how)
}

/// Makes a new ticket of one comment. Both tickets name each other.
pub(crate) fn split(tx: &mut Tx<'_>, actor: &Actor, from: TicketId, comment: CommentId) -> Result<Committed> {
    let source = access::get(tx, actor, from)?;
    let comments = access::comments(tx, actor, &source)?;
    let comment = comments.into_iter().find(|c| c.id == comment).ok_or(Error::NotFound)?;
    let author = people::get_user(tx, comment.author)?;
    let requester = if author.role.is_staff() { source.requester } else { author.id };
    let subject = base::text::excerpt(&comment.body, 80);
    let html = Content::from_html(&comment.html_body, |_| None);
    let content = if html.is_blank() { Content::from_text(&source.subject) } else { html };
    let first = NewComment {
        content,
        author: Some(comment.author),
        public: Some(comment.public),
        via: Some(comment.via),
        ..NewComment::default()
    };
    let new = NewTicket { brand: Some(source.brand), ..NewTicket::of(requester) };
    let mut changes = vec![Change::Subject(subject), Change::Group(source.group)];
    changes.push(Change::Comment(Box::new(first)));
    let how = How::via(Via::Web);
    let split = commit(tx, actor, Target::New(Box::new(new)), changes, &How { silent: true, ..how.clone() })?;
    if let Some(copy) = split.comments.first() {
        store::attachments::copy(tx, comment.id, copy.id)?;
    }
    store::tickets::link(tx, from, split.ticket.id, "split", &json!({"comment_id": comment.id}))?;
    let text = format!("A comment was split off into request #{}.", split.ticket.id);
    commit(tx, actor, Target::Ticket(from), vec![note(&text, false)], &how)?;
    Ok(split)
}
