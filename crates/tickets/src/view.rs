//! The one JSON shape of tickets, comments and audits: Zendesk's, used by REST, the live stream and exports.
//!
//! Zendesk's pages: [tickets](https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/),
//! [comments](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/),
//! [audits](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/),
//! [metrics](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metrics/).

use std::collections::BTreeMap;

use base::{
    AttachmentId, AuditId, BrandId, CommentId, CustomStatusId, FieldId, FormId, GroupId, InboundId, OrganizationId,
    Result, TicketId, Timestamp, UserId, time,
};
use kernel::Tx;
use rules::Status;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

pub use crate::apply::field_value;
use crate::change::Attachment;
use crate::content::attachment_path;
use crate::store;
use crate::ticket::{Comment, Ticket, Via};
use crate::timeline::Audit;

/// How something came.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ViaView {
    /// The channel.
    pub channel: &'static str,
    /// From where to where.
    pub source: Value,
}

impl ViaView {
    /// The channel with its source, which has at least the three keys that clients look for.
    pub fn new(via: Via, source: &Value) -> Self {
        let mut full = json!({"from": {}, "to": {}, "rel": null});
        if let (Some(full), Some(source)) = (full.as_object_mut(), source.as_object()) {
            full.extend(source.clone());
        }
        Self { channel: via.name(), source: full }
    }
}

/// The value of a custom field.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldValueView {
    /// The field.
    pub id: FieldId,
    /// Its value, or null.
    pub value: Value,
}

/// A ticket.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TicketView {
    /// The API's address of it.
    pub url: String,
    /// Its number.
    pub id: TicketId,
    /// Another system's id for it.
    pub external_id: Option<String>,
    /// How it came.
    pub via: ViaView,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The same as a number of seconds, for incremental exports.
    pub generated_timestamp: i64,
    /// question, incident, problem, task or null.
    pub r#type: Option<rules::TicketType>,
    /// The subject.
    pub subject: String,
    /// The subject as it was written.
    pub raw_subject: String,
    /// The text of the first comment.
    pub description: String,
    /// urgent, high, normal, low or null.
    pub priority: Option<rules::Priority>,
    /// The status category; `deleted` in exports.
    pub status: &'static str,
    /// Our address that it came to.
    pub recipient: Option<String>,
    /// Who wants something.
    pub requester_id: UserId,
    /// Who wrote it down.
    pub submitter_id: UserId,
    /// Who works on it.
    pub assignee_id: Option<UserId>,
    /// The requester's organization.
    pub organization_id: Option<OrganizationId>,
    /// Which group works on it.
    pub group_id: Option<GroupId>,
    /// Copies and followers together.
    pub collaborator_ids: Vec<UserId>,
    /// Agents who follow it.
    pub follower_ids: Vec<UserId>,
    /// Who gets copies of the public mails.
    pub email_cc_ids: Vec<UserId>,
    /// Always null.
    pub forum_topic_id: Option<i64>,
    /// The problem of which this is an incident.
    pub problem_id: Option<TicketId>,
    /// Whether incidents point to it.
    pub has_incidents: bool,
    /// Whether it has a public comment.
    pub is_public: bool,
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The values of all custom fields.
    pub custom_fields: Vec<FieldValueView>,
    /// `{score}` or null.
    pub satisfaction_rating: Value,
    /// Always empty.
    pub sharing_agreement_ids: Vec<i64>,
    /// The status within the category.
    pub custom_status_id: CustomStatusId,
    /// The same as `custom_fields`.
    pub fields: Vec<FieldValueView>,
    /// Follow-ups of it when it is closed.
    pub followup_ids: Vec<TicketId>,
    /// The form.
    pub ticket_form_id: Option<FormId>,
    /// The brand.
    pub brand_id: BrandId,
    /// Always false.
    pub allow_channelback: bool,
    /// Whether comments may have attachments.
    pub allow_attachments: bool,
    /// Always false.
    pub from_messaging_channel: bool,
    /// A short name for mails.
    pub encoded_id: String,
    /// Ours: what `safe_update` sends back: the instant of the last change, to the millisecond.
    pub updated_stamp: String,
    /// Ours: how many comments it has.
    pub comment_count: i64,
    /// Ours: the ticket that it was merged into.
    pub merged_into_id: Option<TicketId>,
    /// Ours: the closed ticket that it goes on from.
    pub followup_source_id: Option<TicketId>,
    /// With `include=metric_sets` in exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_set: Option<MetricsView>,
}

/// What several views of one answer share.
pub struct Context {
    origin: String,
    custom_fields: Vec<FieldId>,
}

impl Context {
    /// Loads what views need. `origin`: scheme and host that the client called, empty where there is none.
    pub fn load(tx: &mut Tx<'_>, origin: &str) -> Result<Self> {
        let custom_fields = store::tickets::custom_fields(tx)?.into_iter().map(|field| field.id).collect();
        Ok(Self { origin: origin.to_owned(), custom_fields })
    }

    /// The API's address of something.
    pub fn url(&self, path: &str) -> String {
        format!("{}/api/v2/{path}.json", self.origin)
    }

    /// Scheme and host that the client called.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A ticket.
    pub fn ticket(&self, t: &Ticket) -> TicketView {
        let ids = self.custom_fields.iter();
        let custom_fields: Vec<_> = ids
            .map(|id| FieldValueView { id: *id, value: t.fields.get(id).map_or(Value::Null, field_value) })
            .collect();
        TicketView {
            url: self.url(&format!("tickets/{}", t.id)),
            id: t.id,
            external_id: t.external_id.clone(),
            via: ViaView::new(t.via, &t.via_source),
            created_at: t.created_at,
            updated_at: t.updated_at,
            generated_timestamp: t.updated_at.unix_seconds(),
            r#type: t.kind,
            subject: t.subject.clone(),
            raw_subject: t.subject.clone(),
            description: t.description.clone(),
            priority: t.priority,
            status: if t.deleted_at.is_some() { "deleted" } else { t.status.name() },
            recipient: t.recipient.clone(),
            requester_id: t.requester,
            submitter_id: t.submitter,
            assignee_id: t.assignee,
            organization_id: t.organization,
            group_id: t.group,
            collaborator_ids: t.ccs.union(&t.followers).copied().collect(),
            follower_ids: t.followers.iter().copied().collect(),
            email_cc_ids: t.ccs.iter().copied().collect(),
            forum_topic_id: None,
            problem_id: t.problem,
            has_incidents: t.has_incidents,
            is_public: t.is_public,
            due_at: t.due_at,
            tags: t.tags.iter().cloned().collect(),
            custom_fields: custom_fields.clone(),
            satisfaction_rating: rating_json(t),
            sharing_agreement_ids: Vec::new(),
            custom_status_id: t.custom_status,
            fields: custom_fields,
            followup_ids: Vec::new(),
            ticket_form_id: t.form,
            brand_id: t.brand,
            allow_channelback: false,
            allow_attachments: true,
            from_messaging_channel: false,
            encoded_id: encoded_id(t.id),
            updated_stamp: stamp(t.updated_at),
            comment_count: t.comment_count,
            merged_into_id: t.merged_into,
            followup_source_id: t.followup_of,
            metric_set: None,
        }
    }

    /// A file.
    pub fn attachment(&self, file: &Attachment) -> AttachmentView {
        let (width, height) = file.dimensions.unzip();
        AttachmentView {
            url: self.url(&format!("attachments/{}", file.id)),
            id: file.id,
            file_name: file.file_name.clone(),
            content_url: format!("{}{}", self.origin, attachment_path(&file.token, &file.file_name)),
            mapped_content_url: format!("{}{}", self.origin, attachment_path(&file.token, &file.file_name)),
            content_type: file.content_type.clone(),
            size: file.size,
            width,
            height,
            inline: file.inline,
            deleted: false,
            malware_access_override: false,
            malware_scan_result: "not_scanned",
            thumbnails: Vec::new(),
        }
    }

    /// Comments with their files, in the order given.
    pub fn comments(&self, tx: &mut Tx<'_>, comments: &[Comment]) -> Result<Vec<CommentView>> {
        let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
        let mut files = store::attachments::of_comments(tx, &ids)?;
        let mut deliveries = store::people::deliveries(tx, &ids)?;
        Ok(comments
            .iter()
            .map(|c| CommentView {
                id: c.id,
                r#type: crate::voice::of_source(&c.via_source).map_or("Comment", |(kind, _)| kind),
                call: CallView::of(&c.via_source),
                author_id: c.author,
                body: c.body.clone(),
                html_body: format!("<div class=\"zd-comment\">{}</div>", c.html_body),
                plain_body: c.body.clone(),
                public: c.public,
                attachments: files.remove(&c.id).unwrap_or_default().iter().map(|f| self.attachment(f)).collect(),
                audit_id: c.audit,
                via: ViaView::new(c.via, &without_call(&c.via_source)),
                created_at: c.created_at,
                metadata: json!({"system": {}, "custom": {}}),
                full_html_body: c.full_html_body.clone(),
                has_remote_images: c.has_remote_images,
                inbound_id: c.inbound,
                delivery: deliveries.remove(&c.id),
                ticket_id: c.ticket,
            })
            .collect())
    }

    /// Audits with their comments, in the order given. Comments that are not given are left out.
    pub fn audits(&self, tx: &mut Tx<'_>, audits: &[Audit], comments: &[Comment]) -> Result<Vec<AuditView>> {
        let mut views: BTreeMap<CommentId, Value> = BTreeMap::new();
        for view in self.comments(tx, comments)? {
            views.insert(view.id, json!(view));
        }
        Ok(audits.iter().map(|audit| self.audit(audit, &views)).collect())
    }

    fn audit(&self, audit: &Audit, comments: &BTreeMap<CommentId, Value>) -> AuditView {
        let event =
            |(i, event): (usize, &Value)| match event["comment_id"].as_i64().filter(|_| event["type"] == "Comment") {
                Some(id) => comments.get(&CommentId(id)).cloned(),
                None => {
                    let mut event = event.clone();
                    event["id"] = json!(audit.event_id(i));
                    Some(event)
                }
            };
        AuditView {
            id: audit.id,
            ticket_id: audit.ticket,
            created_at: audit.created_at,
            author_id: audit.author,
            metadata: match audit.metadata.is_object() {
                true => audit.metadata.clone(),
                false => json!({"system": {}, "custom": {}}),
            },
            events: audit.events.iter().enumerate().filter_map(event).collect(),
            via: ViaView::new(audit.via, &audit.via_source),
        }
    }

    /// The metrics of a ticket.
    pub fn metrics(&self, t: &Ticket) -> MetricsView {
        let m = &t.metrics;
        let both = MinutesView::of;
        let waited = |ms: i64, business: Option<i64>| both(Some(ms), business);
        let nothing = || both(None, None);
        let since = |at: Option<Timestamp>| at.map(|at| at.since(t.created_at));
        let done = t.status >= Status::Solved;
        MetricsView {
            url: self.url(&format!("ticket_metrics/{}", t.id)),
            id: t.id.0,
            ticket_id: t.id,
            created_at: t.created_at,
            updated_at: t.updated_at,
            group_stations: m.group_stations,
            assignee_stations: m.assignee_stations,
            reopens: m.reopens,
            replies: m.replies,
            assignee_updated_at: m.assignee_updated_at,
            requester_updated_at: m.requester_updated_at.unwrap_or(t.created_at),
            status_updated_at: m.status_changed_at,
            initially_assigned_at: m.initially_assigned_at,
            assigned_at: m.assigned_at,
            solved_at: m.solved_at,
            latest_comment_added_at: m.latest_comment_at,
            reply_time_in_minutes: both(since(m.first_reply_at), m.first_reply_business_ms),
            first_resolution_time_in_minutes: both(since(m.first_solved_at), m.first_resolution_business_ms),
            full_resolution_time_in_minutes: both(since(m.solved_at), m.full_resolution_business_ms.filter(|_| done)),
            agent_wait_time_in_minutes: match done {
                true => waited(m.agent_wait_ms, m.agent_wait_business_ms),
                false => nothing(),
            },
            requester_wait_time_in_minutes: match done {
                true => waited(m.requester_wait_ms, m.requester_wait_business_ms),
                false => nothing(),
            },
            on_hold_time_in_minutes: waited(m.on_hold_ms, m.on_hold_business_ms),
            reply_time_in_seconds: SecondsView { calendar: since(m.first_reply_at).map(|ms| ms / time::SECOND) },
            custom_status_updated_at: m.status_changed_at,
        }
    }
}

/// A source without the call that it keeps, which has keys of its own.
fn without_call(source: &Value) -> Value {
    let mut source = source.clone();
    if let Some(map) = source.as_object_mut() {
        map.remove("voice");
    }
    source
}

/// What the requester said of it, as tickets show it.
fn rating_json(t: &Ticket) -> Value {
    match &t.rating {
        Some(r) if r.score != "offered" => json!({
            "id": r.id, "score": r.score, "comment": r.comment.as_deref().unwrap_or_default(),
            "reason": crate::ratings::reason(r.reason_code), "reason_id": r.reason_code,
        }),
        _ => json!({"score": t.satisfaction}),
    }
}

/// An instant to the millisecond, as stamps have it: later ones sort after earlier ones as text.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A short name for a ticket that is safe in mails: `ABC123-DEF4`.
fn encoded_id(id: TicketId) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    // A multiplication that can be undone spreads neighbours apart, so that a mistyped name is nobody's neighbour.
    let mut n = (id.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut out = String::with_capacity(11);
    for i in 0..10 {
        if i == 6 {
            out.push('-');
        }
        out.push(char::from(LETTERS[(n & 31) as usize]));
        n >>= 5;
    }
    out
}

/// A file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AttachmentView {
    /// The API's address of it.
    pub url: String,
    /// Its number.
    pub id: AttachmentId,
    /// Its name.
    pub file_name: String,
    /// Where its content is.
    pub content_url: String,
    /// The same.
    pub mapped_content_url: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// Width of an image, in pixels.
    pub width: Option<i64>,
    /// Height of an image, in pixels.
    pub height: Option<i64>,
    /// Whether it is shown in the text.
    pub inline: bool,
    /// Always false.
    pub deleted: bool,
    /// Always false.
    pub malware_access_override: bool,
    /// Always `not_scanned`.
    pub malware_scan_result: &'static str,
    /// Always empty.
    pub thumbnails: Vec<Value>,
}

/// How far the mail of a comment has come.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeliveryView {
    /// held, queued, sending, sent, failed, bounced, cancelled or outbox.
    pub state: String,
    /// Since when; for held, until when it can be taken back.
    pub at: Timestamp,
    /// What went wrong.
    pub error: Option<String>,
    /// The message.
    pub outbound_id: base::OutboundId,
}

/// A comment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CommentView {
    /// Its number.
    pub id: CommentId,
    /// `Comment`, or for calls `VoiceComment` or `TpeVoiceComment`.
    pub r#type: &'static str,
    /// Who wrote it.
    pub author_id: UserId,
    /// Its text.
    pub body: String,
    /// Its HTML, safe to show.
    pub html_body: String,
    /// Its text.
    pub plain_body: String,
    /// Whether the requester sees it.
    pub public: bool,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// The change that it is part of.
    pub audit_id: AuditId,
    /// How it came.
    pub via: ViaView,
    /// When it was written.
    pub created_at: Timestamp,
    /// Zendesk's metadata.
    pub metadata: Value,
    /// Ours: all that came, when `html_body` is only the new part.
    pub full_html_body: Option<String>,
    /// Ours: whether the HTML has images that are not shown until allowed.
    pub has_remote_images: bool,
    /// Ours: the message that it came in.
    pub inbound_id: Option<InboundId>,
    /// Ours: how far its mail has come.
    pub delivery: Option<DeliveryView>,
    /// Ours: its ticket.
    pub ticket_id: TicketId,
    /// What comments that tell of a call have beside.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallView>,
}

/// What a comment tells of a call.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CallView {
    /// The call.
    pub data: Value,
    /// Who called.
    pub formatted_from: String,
    /// Who was called.
    pub formatted_to: String,
    /// Whether what was said is known.
    pub transcription_visible: bool,
    /// Always true.
    pub trusted: bool,
}

impl CallView {
    fn of(source: &Value) -> Option<Self> {
        let (_, data) = crate::voice::of_source(source)?;
        let text = |keys: [&str; 2]| keys.iter().find_map(|key| data[*key].as_str()).unwrap_or_default().to_owned();
        Some(Self {
            formatted_from: text(["from", "from_line"]),
            formatted_to: text(["to", "to_line"]),
            transcription_visible: data["transcription_text"].is_string() || data["transcript"].is_string(),
            trusted: true,
            data: data.clone(),
        })
    }
}

/// One saved change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuditView {
    /// Its number.
    pub id: AuditId,
    /// Its ticket.
    pub ticket_id: TicketId,
    /// When.
    pub created_at: Timestamp,
    /// Who.
    pub author_id: UserId,
    /// Zendesk's metadata.
    pub metadata: Value,
    /// What was changed.
    pub events: Vec<Value>,
    /// How.
    pub via: ViaView,
}

/// A time in minutes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MinutesView {
    /// By the calendar.
    pub calendar: Option<i64>,
    /// In business hours.
    pub business: Option<i64>,
}

impl MinutesView {
    /// Of times in milliseconds.
    pub(crate) fn of(calendar: Option<i64>, business: Option<i64>) -> Self {
        let minutes = |ms: i64| ms.div_euclid(time::MINUTE);
        Self { calendar: calendar.map(minutes), business: business.map(minutes) }
    }
}

/// A time in seconds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SecondsView {
    /// By the calendar.
    pub calendar: Option<i64>,
}

/// The metrics of a ticket.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are Zendesk's, and each says what it is")]
pub struct MetricsView {
    pub url: String,
    pub id: i64,
    pub ticket_id: TicketId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub group_stations: i64,
    pub assignee_stations: i64,
    pub reopens: i64,
    pub replies: i64,
    pub assignee_updated_at: Option<Timestamp>,
    pub requester_updated_at: Timestamp,
    pub status_updated_at: Timestamp,
    pub initially_assigned_at: Option<Timestamp>,
    pub assigned_at: Option<Timestamp>,
    pub solved_at: Option<Timestamp>,
    pub latest_comment_added_at: Option<Timestamp>,
    pub reply_time_in_minutes: MinutesView,
    pub first_resolution_time_in_minutes: MinutesView,
    pub full_resolution_time_in_minutes: MinutesView,
    pub agent_wait_time_in_minutes: MinutesView,
    pub requester_wait_time_in_minutes: MinutesView,
    pub on_hold_time_in_minutes: MinutesView,
    pub reply_time_in_seconds: SecondsView,
    pub custom_status_updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_have_names_far_apart() {
        assert_eq!(encoded_id(TicketId(1)).len(), 11);
        let (a, b) = (encoded_id(TicketId(41)), encoded_id(TicketId(42)));
        assert!(a.chars().zip(b.chars()).filter(|(a, b)| a != b).count() > 5, "{a} {b}");
    }
}
