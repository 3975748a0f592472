//! What can be done to a ticket. Agents, customers, rules, macros, imports and bulk edits all say it in these words.

use base::{
    AttachmentId, BrandId, CommentId, CustomStatusId, FieldId, FormId, GroupId, InboundId, MacroId, OrganizationId,
    Result, TicketId, Timestamp, UserId,
};
use kernel::{App, Staged, Tx};
use rules::{CustomValue, Priority, Status, TicketType};
use serde_json::{Value, json};

use crate::content::Content;
use crate::ticket::{Rating, Via};

/// One thing to be done to a ticket.
pub enum Change {
    /// Set the subject.
    Subject(String),
    /// Set the status category, with its default custom status.
    Status(Status),
    /// Set the custom status, and with it the category.
    CustomStatus(CustomStatusId),
    /// Set or clear the priority.
    Priority(Option<Priority>),
    /// Set or clear the type.
    Type(Option<TicketType>),
    /// Set the requester.
    Requester(UserId),
    /// Assign, or unassign.
    Assignee(Option<UserId>),
    /// Give to a group, or take from all.
    Group(Option<GroupId>),
    /// Set or clear the organization, which must be one of the requester's.
    Organization(Option<OrganizationId>),
    /// Set the brand.
    Brand(BrandId),
    /// Set or clear the form.
    Form(Option<FormId>),
    /// Make it an incident of a problem, or no more.
    Problem(Option<TicketId>),
    /// Set or clear the due date.
    DueAt(Option<Timestamp>),
    /// Set or clear another system's id.
    ExternalId(Option<String>),
    /// Replace the tags.
    SetTags(Vec<String>),
    /// Add tags.
    AddTags(Vec<String>),
    /// Take tags away.
    RemoveTags(Vec<String>),
    /// Set or clear a custom field.
    Field(FieldId, CustomValue),
    /// Replace those who get copies.
    SetCcs(Vec<UserId>),
    /// Add somebody who gets copies.
    AddCc(UserId),
    /// Replace the followers.
    SetFollowers(Vec<UserId>),
    /// Somebody gets copies no more.
    RemoveCc(UserId),
    /// Add a follower.
    AddFollower(UserId),
    /// Somebody follows no more.
    RemoveFollower(UserId),
    /// Write a comment.
    Comment(Box<NewComment>),
    /// Record that it was merged into another ticket, and close it.
    MergedInto(TicketId),
    /// Give it a status again that it had before, be it new: what undoing a merge or bulk work does.
    Reset(Status),
    /// Delete softly, or as spam.
    Delete {
        /// Whether it was spam.
        spam: bool,
    },
    /// Bring back what was deleted.
    Restore,
    /// Whether incidents point to it. Done by the engine itself.
    HasIncidents(bool),
    /// Hide a public comment from the requester.
    MakePrivate(CommentId),
    /// Blacken these words of a comment for good.
    Redact(CommentId, Vec<String>),
    /// Delete a file of a comment for good.
    RedactFile(CommentId, AttachmentId),
    /// Delete the words of a deleted ticket for good.
    Scrub,
    /// Say how good it was, or ask for it.
    Rate(Rating),
    /// Record that a macro was used.
    UsedMacro(MacroId),
    /// Put one in the place of another who became them, wherever the ticket names them. Done by the engine itself.
    Became(Became),
}

/// Two who became one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// A person was merged into another.
    Person {
        /// Who went.
        from: UserId,
        /// Who stays.
        into: UserId,
    },
    /// An organization was merged into another.
    Organization {
        /// The one that went.
        from: OrganizationId,
        /// The one that stays.
        into: OrganizationId,
    },
}

/// A comment to be written.
#[derive(Default)]
pub struct NewComment {
    /// Who wrote it, when it isn't the actor.
    pub author: Option<UserId>,
    /// What it says.
    pub content: Content,
    /// All that came, when [`NewComment::content`] is only the new part.
    pub full: Option<Content>,
    /// Whether the requester sees it; by default what the ticket is.
    pub public: Option<bool>,
    /// Files uploaded before.
    pub uploads: Vec<String>,
    /// Files that came with it.
    pub attachments: Vec<NewAttachment>,
    /// How it came, when not as the whole change did.
    pub via: Option<Via>,
    /// Zendesk's `via.source`.
    pub via_source: Value,
    /// The message that it came in.
    pub inbound: Option<InboundId>,
    /// The Message-ID of that message.
    pub message_id: Option<String>,
    /// When it was written, for imports.
    pub created_at: Option<Timestamp>,
    /// When it is to be sent, if not as soon as can be undone no more.
    pub send_at: Option<Timestamp>,
    /// Written by a program: nothing is answered to it, and it opens nothing again.
    pub automatic: bool,
}

/// A file that comes with a comment.
pub struct NewAttachment {
    /// The unguessable part of its address, see [`NewAttachment::new`].
    token: String,
    /// Its name.
    pub file_name: String,
    /// Its media type.
    pub content_type: String,
    /// Its content.
    pub content: Staged,
    /// Whether it is shown in the text.
    pub inline: bool,
    /// The name by which the text refers to it, without `cid:`.
    pub content_id: Option<String>,
}

impl NewAttachment {
    /// A file that is not shown in the text.
    pub fn new(app: &App, file_name: impl Into<String>, content_type: impl Into<String>, content: Staged) -> Self {
        let token = app.secrets().token();
        Self {
            token,
            file_name: file_name.into(),
            content_type: content_type.into(),
            content,
            inline: false,
            content_id: None,
        }
    }

    /// The path under which it will be found, so that the text can name it before it is saved.
    pub fn path(&self) -> String {
        crate::content::attachment_path(&self.token, &self.file_name)
    }

    /// Records the content in the transaction.
    pub(crate) fn keep(self, tx: &mut Tx<'_>) -> Result<Attachment> {
        let size = i64::try_from(self.content.size()).unwrap_or(i64::MAX);
        let dimensions = self.content.small().and_then(crate::content::image_size);
        Ok(Attachment {
            id: AttachmentId(0),
            token: self.token,
            file_name: self.file_name,
            content_type: self.content_type,
            size,
            blob_key: self.content.keep(tx)?,
            inline: self.inline,
            content_id: self.content_id,
            dimensions,
        })
    }
}

/// Which ticket is changed.
pub enum Target {
    /// One that exists.
    Ticket(TicketId),
    /// A new one.
    New(Box<NewTicket>),
}

/// What a new ticket is made with, beside its changes.
pub struct NewTicket {
    /// Who wants something.
    pub requester: UserId,
    /// Who wrote it down, when not whoever asks.
    pub submitter: Option<UserId>,
    /// The brand; by default the default brand.
    pub brand: Option<BrandId>,
    /// Zendesk's `via.source`.
    pub via_source: Value,
    /// Our address that it came to.
    pub recipient: Option<String>,
    /// The closed ticket that this one goes on from.
    pub followup_of: Option<TicketId>,
    /// When it came, for imports.
    pub created_at: Option<Timestamp>,
    /// The number that it must have, for imports.
    pub id: Option<TicketId>,
}

impl NewTicket {
    /// A new ticket of this requester.
    pub fn of(requester: UserId) -> Self {
        Self {
            requester,
            submitter: None,
            brand: None,
            via_source: Value::Null,
            recipient: None,
            followup_of: None,
            created_at: None,
            id: None,
        }
    }
}

/// How a change is made, beside who makes it and what it is.
#[derive(Clone, Debug)]
pub struct How {
    /// The channel.
    pub via: Via,
    /// Refuse the change of fields that were changed after this instant.
    pub unless_changed_since: Option<Timestamp>,
    /// An import: dates are taken as given, nothing is sent, no rule runs.
    pub silent: bool,
    /// Zendesk's audit metadata.
    pub metadata: Value,
    /// The rule that makes the change, if one does.
    pub rule: Option<Rule>,
    /// Who made the change and when, if not the actor now: for imports.
    pub dated: Option<Dated>,
}

/// A change of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub author: UserId,
    /// When the ticket counts as updated from then on.
    pub updated_at: Timestamp,
}

impl How {
    /// A change over a channel.
    pub fn via(via: Via) -> Self {
        Self { via, unless_changed_since: None, silent: false, metadata: Value::Null, rule: None, dated: None }
    }

    /// A change of the past, of which nobody is told.
    pub fn imported(via: Via, dated: Dated) -> Self {
        Self { silent: true, dated: Some(dated), ..Self::via(via) }
    }

    /// A change that a rule makes.
    pub fn by_rule(rule: Rule) -> Self {
        Self { rule: Some(rule), ..Self::via(Via::Rule) }
    }
}

/// The rule behind a change, as audits name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `trigger` or `automation`.
    pub kind: &'static str,
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
}

impl Rule {
    /// Zendesk's `via.source` of what the rule did.
    pub(crate) fn via_source(&self) -> Value {
        json!({"from": {"id": self.id, "title": self.title, "deleted": false}, "to": {}, "rel": self.kind})
    }
}

/// A file as it was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// Its number.
    pub id: AttachmentId,
    /// The unguessable part of its address.
    pub token: String,
    /// Its name.
    pub file_name: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// Where its content is.
    pub blob_key: String,
    /// Whether it is shown in the text.
    pub inline: bool,
    /// The name by which the text refers to it, without `cid:`.
    pub content_id: Option<String>,
    /// Width and height of an image, in pixels.
    pub dimensions: Option<(i64, i64)>,
}
