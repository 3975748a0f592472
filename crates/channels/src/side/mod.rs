//! Side conversations: mail with others about a ticket, beside its comments, as
//! [Zendesk has them](https://developer.zendesk.com/api-reference/ticketing/side_conversation/side_conversation/).
//!
//! A conversation has a signed address of its own, to which its mails ask for answers; that address, then the Message-IDs
//! that an answer refers to, say where it belongs. Never the subject.

pub(crate) mod http;
pub(crate) mod letter;
pub(crate) mod store;

use std::sync::Arc;

use base::{Actor, Error, InboundId, Result, TicketId, Timestamp, UserId};
use kernel::live::{Audience, Stored};
use kernel::{Tx, events};
use serde_json::{Value, json};
use tickets::Content;

/// The longest text of a preview, in characters.
const PREVIEW: usize = 200;

/// A conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct SideConversation {
    /// Its number, which its address names.
    pub number: i64,
    /// Its id in the API.
    pub id: String,
    /// What it is about.
    pub ticket: TicketId,
    /// Its subject.
    pub subject: String,
    /// The beginning of its newest message.
    pub preview: String,
    /// Whether it is closed.
    pub closed: bool,
    /// Who takes part.
    pub participants: Vec<Participant>,
    /// Other systems' ids for it.
    pub external_ids: Value,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the newest message came or went.
    pub message_added_at: Timestamp,
    /// When it was last opened or closed.
    pub state_updated_at: Timestamp,
}

/// Somebody who takes part.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Participant {
    /// The person, if we know them.
    pub user_id: Option<UserId>,
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

/// One thing that happened in a conversation.
#[derive(Clone, Debug)]
pub struct SideEvent {
    /// Its number.
    pub number: i64,
    /// Its id in the API.
    pub id: String,
    /// The conversation's id.
    pub conversation: String,
    /// `create`, `reply` or `update`.
    pub kind: String,
    /// `support` or `mail`.
    pub via: String,
    /// Who did it.
    pub actor: Participant,
    /// What was said.
    pub message: Option<Value>,
    /// What was changed.
    pub updates: Value,
    /// When.
    pub created_at: Timestamp,
}

/// A message that is about to be written.
pub(crate) struct NewMessage {
    pub subject: String,
    pub content: Content,
    pub from: Participant,
    pub to: Vec<Participant>,
    pub external_ids: Value,
    /// Files uploaded before.
    pub attachments: Vec<String>,
}

/// A message that came by mail.
pub(crate) struct Answer {
    pub conversation: String,
    pub from: Participant,
    pub content: Content,
    pub subject: String,
    pub files: Vec<tickets::NewAttachment>,
    pub inbound: InboundId,
    pub message_id: Option<String>,
}

/// Tells the live streams that a conversation changed.
fn tell(tx: &mut Tx<'_>, conversation: &SideConversation) -> Result<()> {
    let payload = json!(conversation.id);
    events::push(tx, events::Event::new("side_conversation").ticket(conversation.ticket).payload(payload))
}

/// Shows the event of a conversation to those who see its ticket.
pub fn render(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some(id) = event.payload.as_str() else { return Ok(None) };
    let Some(conversation) = store::find(tx, id)? else { return Ok(None) };
    let system = Actor::system();
    let Some(ticket) = tickets::access::find(tx, &system, conversation.ticket)? else { return Ok(None) };
    let origin = kernel::http::Origin(tx.app().base_url().to_owned());
    let view = json!({"ticket_id": ticket.id, "side_conversation": http::view(&origin, &conversation)});
    let audience: Audience = Arc::new(move |actor| actor.is_staff() && tickets::access::may_see(actor, &ticket));
    Ok(Some((view, audience)))
}

/// Begins a conversation about a ticket.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    ticket: TicketId,
    message: NewMessage,
    external_ids: Value,
) -> Result<(SideConversation, SideEvent)> {
    let now = tx.now();
    let mut conversation = SideConversation {
        number: 0,
        id: uuid(tx),
        ticket,
        subject: message.subject.clone(),
        preview: base::text::excerpt(message.content.text(), PREVIEW),
        closed: false,
        participants: Vec::new(),
        external_ids,
        created_at: now,
        updated_at: now,
        message_added_at: now,
        state_updated_at: now,
    };
    join(&mut conversation, &message.from);
    message.to.iter().for_each(|one| join(&mut conversation, one));
    conversation.number = store::insert(tx, &conversation)?;
    let event = say(tx, &conversation, "create", message)?;
    tell(tx, &conversation)?;
    Ok((conversation, event))
}

/// Writes in a conversation. One that was closed opens again.
pub(crate) fn reply(tx: &mut Tx<'_>, conversation: &mut SideConversation, message: NewMessage) -> Result<SideEvent> {
    let now = tx.now();
    if conversation.closed {
        conversation.closed = false;
        conversation.state_updated_at = now;
    }
    (conversation.updated_at, conversation.message_added_at) = (now, now);
    conversation.preview = base::text::excerpt(message.content.text(), PREVIEW);
    join(conversation, &message.from);
    message.to.iter().for_each(|one| join(conversation, one));
    store::update(tx, conversation)?;
    let event = say(tx, conversation, "reply", message)?;
    tell(tx, conversation)?;
    Ok(event)
}

/// Records a message and sends it to those it is for.
fn say(tx: &mut Tx<'_>, conversation: &SideConversation, kind: &str, message: NewMessage) -> Result<SideEvent> {
    let event_id = uuid(tx);
    let files = store::take_files(tx, &message.attachments, &event_id)?;
    let sent = letter::send(tx, conversation, &message, &files)?;
    let event = SideEvent {
        number: 0,
        id: event_id,
        conversation: conversation.id.clone(),
        kind: kind.to_owned(),
        via: "support".to_owned(),
        actor: message.from.clone(),
        message: Some(said(&message.subject, &message.content, &message.from, &message.to, message.external_ids)),
        updates: json!({}),
        created_at: tx.now(),
    };
    let (outbound, message_id) = sent.map_or((None, None), |(id, message_id)| (Some(id), Some(message_id)));
    let number = store::add_event(tx, &event, outbound, None, message_id)?;
    Ok(SideEvent { number, ..event })
}

/// A message as events keep it.
fn said(subject: &str, content: &Content, from: &Participant, to: &[Participant], external_ids: Value) -> Value {
    json!({
        "subject": subject, "preview_text": base::text::excerpt(content.text(), PREVIEW), "from": from, "to": to,
        "body": content.text(), "html_body": content.html(),
        "external_ids": if external_ids.is_object() { external_ids } else { json!({}) },
    })
}

/// Takes in an answer that came by mail. Whoever wrote it takes part from now on.
pub(crate) fn receive(tx: &mut Tx<'_>, answer: Answer) -> Result<TicketId> {
    let mut conversation = store::lock(tx, &answer.conversation)?.ok_or(Error::NotFound)?;
    let now = tx.now();
    let event_id = uuid(tx);
    for file in answer.files {
        let size = i64::try_from(file.content.size()).unwrap_or(i64::MAX);
        let kept = store::File {
            id: uuid(tx),
            name: file.file_name.clone(),
            content_type: file.content_type.clone(),
            size,
            blob_key: file.content.keep(tx)?,
        };
        store::add_file(tx, &kept, Some(&event_id), None)?;
    }
    let event = SideEvent {
        number: 0,
        id: event_id,
        conversation: conversation.id.clone(),
        kind: "reply".to_owned(),
        via: "mail".to_owned(),
        actor: answer.from.clone(),
        message: Some(said(&answer.subject, &answer.content, &answer.from, &[], Value::Null)),
        updates: json!({}),
        created_at: now,
    };
    store::add_event(tx, &event, None, Some(answer.inbound), answer.message_id)?;
    if conversation.closed {
        conversation.closed = false;
        conversation.state_updated_at = now;
    }
    (conversation.updated_at, conversation.message_added_at) = (now, now);
    conversation.preview = base::text::excerpt(answer.content.text(), PREVIEW);
    join(&mut conversation, &answer.from);
    store::update(tx, &conversation)?;
    tell(tx, &conversation)?;
    Ok(conversation.ticket)
}

/// Opens, closes or renames a conversation; gives the event that tells of it, if anything changed.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    conversation: &mut SideConversation,
    by: Participant,
    closed: Option<bool>,
    subject: Option<String>,
    external_ids: Option<Value>,
) -> Result<Option<SideEvent>> {
    let now = tx.now();
    let mut updates = serde_json::Map::new();
    if let Some(closed) = closed.filter(|closed| *closed != conversation.closed) {
        conversation.closed = closed;
        conversation.state_updated_at = now;
        updates.insert("state".into(), json!(state(closed)));
    }
    if let Some(subject) = subject.filter(|subject| *subject != conversation.subject) {
        updates.insert("subject".into(), json!(subject));
        conversation.subject = subject;
    }
    if let Some(ids) = external_ids.filter(|ids| *ids != conversation.external_ids) {
        updates.insert("external_ids".into(), ids.clone());
        conversation.external_ids = ids;
    }
    if updates.is_empty() {
        return Ok(None);
    }
    conversation.updated_at = now;
    store::update(tx, conversation)?;
    let event = SideEvent {
        number: 0,
        id: uuid(tx),
        conversation: conversation.id.clone(),
        kind: "update".to_owned(),
        via: "support".to_owned(),
        actor: by,
        message: None,
        updates: Value::Object(updates),
        created_at: now,
    };
    let number = store::add_event(tx, &event, None, None, None)?;
    tell(tx, conversation)?;
    Ok(Some(SideEvent { number, ..event }))
}

/// The word for open and closed.
pub(crate) fn state(closed: bool) -> &'static str {
    if closed { "closed" } else { "open" }
}

fn join(conversation: &mut SideConversation, one: &Participant) {
    let same = |known: &Participant| match (&known.email, &one.email) {
        (Some(known), Some(one)) => known.eq_ignore_ascii_case(one),
        _ => known.user_id.is_some() && known.user_id == one.user_id,
    };
    if !conversation.participants.iter().any(same) {
        conversation.participants.push(one.clone());
    }
}

/// A random id in the form that clients know.
pub(crate) fn uuid(tx: &Tx<'_>) -> String {
    let hex = format!("{:0<32}", tx.app().secrets().hex_id());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}
