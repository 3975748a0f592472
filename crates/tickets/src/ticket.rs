//! A ticket as it is, and the pure rules of its life.

use std::collections::{BTreeMap, BTreeSet};

use base::{BrandId, CommentId, CustomStatusId, FieldId, FormId, GroupId, OrganizationId, TicketId, Timestamp, UserId};
pub use rules::{CustomValue, Priority, Status, TicketType};
use serde_json::Value;

/// The channel that something came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// The workspace or a form on the web.
    Web,
    /// E-mail.
    Email,
    /// The API.
    Api,
    /// A rule.
    Rule,
    /// A merge of tickets.
    Merge,
    /// An answer to a closed ticket.
    FollowUp,
    /// A chat.
    Chat,
    /// A call.
    Voice,
}

impl Via {
    /// Every channel.
    pub const ALL: [Via; 8] =
        [Via::Web, Via::Email, Via::Api, Via::Rule, Via::Merge, Via::FollowUp, Via::Chat, Via::Voice];

    /// The name in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Via::Web => "web",
            Via::Email => "email",
            Via::Api => "api",
            Via::Rule => "rule",
            Via::Merge => "merge",
            Via::FollowUp => "follow_up",
            Via::Chat => "chat",
            Via::Voice => "voice",
        }
    }

    /// The channel of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|via| via.name() == name)
    }
}

/// A ticket's own row. Times of waiting are in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Its number.
    pub id: TicketId,
    /// Grows by one with every saved change.
    pub rev: i64,
    /// Another system's id for it.
    pub external_id: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text of the first comment.
    pub description: String,
    /// The status category.
    pub status: Status,
    /// The status within the category.
    pub custom_status: CustomStatusId,
    /// The priority, if one was given.
    pub priority: Option<Priority>,
    /// The type, if one was given.
    pub kind: Option<TicketType>,
    /// Who wants something.
    pub requester: UserId,
    /// Who wrote it down.
    pub submitter: UserId,
    /// Who works on it.
    pub assignee: Option<UserId>,
    /// Which group works on it.
    pub group: Option<GroupId>,
    /// The requester's organization.
    pub organization: Option<OrganizationId>,
    /// The brand.
    pub brand: BrandId,
    /// The form.
    pub form: Option<FormId>,
    /// The problem of which this is an incident.
    pub problem: Option<TicketId>,
    /// How it came.
    pub via: Via,
    /// Zendesk's `via.source`.
    pub via_source: Value,
    /// Our address that it came to.
    pub recipient: Option<String>,
    /// Whether it has a public comment.
    pub is_public: bool,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// `unoffered`, `offered`, `good`, `bad` ...
    pub satisfaction: String,
    /// How many comments it has.
    pub comment_count: i64,
    /// Whether incidents point to it.
    pub has_incidents: bool,
    /// The ticket that this one was merged into.
    pub merged_into: Option<TicketId>,
    /// The closed ticket that this one goes on from.
    pub followup_of: Option<TicketId>,
    /// When it was deleted, if it was.
    pub deleted_at: Option<Timestamp>,
    /// Who deleted it.
    pub deleted_by: Option<UserId>,
    /// Whether it was marked as spam.
    pub is_spam: bool,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The dates and counts that reports are made of.
    pub metrics: Metrics,
    /// Its tags.
    pub tags: BTreeSet<String>,
    /// Values of custom fields; a field without one is absent.
    pub fields: BTreeMap<FieldId, CustomValue>,
    /// Who gets copies of the public mails.
    pub ccs: BTreeSet<UserId>,
    /// Agents who follow it.
    pub followers: BTreeSet<UserId>,
    /// What the requester said of it, if they were asked or said something.
    pub rating: Option<Rating>,
}

/// What a requester says of a solved ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rating {
    /// Its number; 0 before it is saved.
    pub id: i64,
    /// `offered`, `good` or `bad`.
    pub score: String,
    /// What they wrote.
    pub comment: Option<String>,
    /// Why: see [`crate::ratings::REASONS`].
    pub reason_code: Option<i64>,
}

impl Rating {
    /// The word that conditions know it by.
    pub fn word(&self) -> String {
        let words = self.comment.as_deref().is_some_and(|text| !text.trim().is_empty());
        format!("{}{}", self.score, if words && self.score != "offered" { "withcomment" } else { "" })
    }
}

/// Dates and counts. Zendesk's `ticket_metrics`, kept by our own clocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// When the status changed last.
    pub status_changed_at: Timestamp,
    /// When it was first assigned.
    pub initially_assigned_at: Option<Timestamp>,
    /// When it was last assigned.
    pub assigned_at: Option<Timestamp>,
    /// When the requester last wrote or changed something.
    pub requester_updated_at: Option<Timestamp>,
    /// When the assignee last did.
    pub assignee_updated_at: Option<Timestamp>,
    /// When the last comment came.
    pub latest_comment_at: Option<Timestamp>,
    /// When an agent first answered in public.
    pub first_reply_at: Option<Timestamp>,
    /// When it was first solved.
    pub first_solved_at: Option<Timestamp>,
    /// When it was last solved; none while it isn't.
    pub solved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How often it went back from solved.
    pub reopens: i64,
    /// Public answers by agents.
    pub replies: i64,
    /// How many agents it was assigned to.
    pub assignee_stations: i64,
    /// How many groups it was given to.
    pub group_stations: i64,
    /// First reply time in business hours.
    pub first_reply_business_ms: Option<i64>,
    /// Time to the first solution in business hours.
    pub first_resolution_business_ms: Option<i64>,
    /// Time to the last solution in business hours.
    pub full_resolution_business_ms: Option<i64>,
    /// Time in new, open and hold: the requester waits.
    pub requester_wait_ms: i64,
    /// Time in pending: the agent waits.
    pub agent_wait_ms: i64,
    /// Time in hold.
    pub on_hold_ms: i64,
    /// [`Metrics::requester_wait_ms`] in business hours; none on tickets that are older than this count.
    pub requester_wait_business_ms: Option<i64>,
    /// [`Metrics::agent_wait_ms`] in business hours.
    pub agent_wait_business_ms: Option<i64>,
    /// [`Metrics::on_hold_ms`] in business hours.
    pub on_hold_business_ms: Option<i64>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    /// Its number.
    pub id: CommentId,
    /// Its ticket.
    pub ticket: TicketId,
    /// Who wrote it.
    pub author: UserId,
    /// The change that it is part of.
    pub audit: base::AuditId,
    /// Whether the requester sees it.
    pub public: bool,
    /// Its text.
    pub body: String,
    /// Its HTML, safe to show.
    pub html_body: String,
    /// All that came, when [`Comment::html_body`] is only the new part of it.
    pub full_html_body: Option<String>,
    /// Whether the HTML has images that are not shown until allowed.
    pub has_remote_images: bool,
    /// How it came.
    pub via: Via,
    /// Zendesk's `via.source`.
    pub via_source: Value,
    /// The message that it came in.
    pub inbound: Option<base::InboundId>,
    /// The Message-ID of the mail that it came or went by.
    pub message_id: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Ticket {
    /// A ticket that is about to be made.
    pub fn new(requester: UserId, submitter: UserId, brand: BrandId, via: Via, now: Timestamp) -> Self {
        Self {
            id: TicketId(0),
            rev: 0,
            external_id: None,
            subject: String::new(),
            description: String::new(),
            status: Status::New,
            custom_status: CustomStatusId(0),
            priority: None,
            kind: None,
            requester,
            submitter,
            assignee: None,
            group: None,
            organization: None,
            brand,
            form: None,
            problem: None,
            via,
            via_source: Value::Null,
            recipient: None,
            is_public: false,
            due_at: None,
            satisfaction: "unoffered".into(),
            comment_count: 0,
            has_incidents: false,
            merged_into: None,
            followup_of: None,
            deleted_at: None,
            deleted_by: None,
            is_spam: false,
            created_at: now,
            updated_at: now,
            metrics: Metrics {
                status_changed_at: now,
                requester_wait_business_ms: Some(0),
                agent_wait_business_ms: Some(0),
                on_hold_business_ms: Some(0),
                ..Metrics::default()
            },
            tags: BTreeSet::new(),
            fields: BTreeMap::new(),
            ccs: BTreeSet::new(),
            followers: BTreeSet::new(),
            rating: None,
        }
    }

    /// Whether the ticket takes no changes any more.
    pub fn is_closed(&self) -> bool {
        self.status == Status::Closed
    }

    /// Whether a person is on the ticket: as requester, by copy or as a follower.
    pub fn involves(&self, user: UserId) -> bool {
        self.requester == user || self.ccs.contains(&user) || self.followers.contains(&user)
    }

    /// Counts the time up to `now` towards whoever waited in the present status.
    pub(crate) fn settle_waiting(&mut self, now: Timestamp) {
        let passed = now.since(self.metrics.status_changed_at).max(0);
        match self.status {
            Status::New | Status::Open => self.metrics.requester_wait_ms += passed,
            Status::Hold => {
                self.metrics.requester_wait_ms += passed;
                self.metrics.on_hold_ms += passed;
            }
            Status::Pending => self.metrics.agent_wait_ms += passed,
            Status::Solved | Status::Closed => {}
        }
        self.metrics.status_changed_at = now;
    }

    /// The same for business hours: `passed` in a status that was left.
    pub(crate) fn settle_business(&mut self, status: Status, passed: i64) {
        let metrics = &mut self.metrics;
        let add = |sum: &mut Option<i64>| *sum = sum.map(|sum| sum + passed);
        match status {
            Status::New | Status::Open => add(&mut metrics.requester_wait_business_ms),
            Status::Hold => {
                add(&mut metrics.requester_wait_business_ms);
                add(&mut metrics.on_hold_business_ms);
            }
            Status::Pending => add(&mut metrics.agent_wait_business_ms),
            Status::Solved | Status::Closed => {}
        }
    }
}
