//! The routes of side conversations.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, FieldProblem, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Asked, Body, Created, Id, Me, Origin, Paging, Routes, as_id};
use kernel::{App, Tx, blobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tickets::{Content, access};

use super::store::{self, File};
use super::{NewMessage, Participant, SideConversation, SideEvent};

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 255;
/// The most people whom one message goes to.
const MOST_PEOPLE: usize = 48;

/// A conversation.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct SideConversationView {
    id: String,
    url: String,
    ticket_id: TicketId,
    subject: String,
    preview_text: String,
    /// `open` or `closed`.
    state: &'static str,
    participants: Vec<Participant>,
    external_ids: Value,
    created_at: Timestamp,
    updated_at: Timestamp,
    message_added_at: Timestamp,
    state_updated_at: Timestamp,
}

/// One thing that happened in a conversation.
#[derive(Serialize, JsonSchema)]
struct SideEventView {
    id: String,
    side_conversation_id: String,
    ticket_id: TicketId,
    /// `create`, `reply` or `update`.
    r#type: String,
    /// `support` or `mail`.
    via: String,
    actor: Participant,
    /// What was said; null when something was changed.
    message: Option<Value>,
    updates: Value,
    created_at: Timestamp,
}

/// A file of a message.
#[derive(Serialize, JsonSchema)]
struct FileView {
    id: String,
    file_name: String,
    name: String,
    content_type: String,
    content_url: String,
    size: i64,
    inline: bool,
    width: Option<i64>,
    height: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
struct ChangedAnswer {
    side_conversation: SideConversationView,
    /// What came of it; null when nothing was changed.
    event: Option<SideEventView>,
}

#[derive(Serialize, JsonSchema)]
struct OneAnswer {
    side_conversation: SideConversationView,
    /// With `include=events`.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<SideEventView>>,
}

#[derive(Serialize, JsonSchema)]
struct ListAnswer {
    side_conversations: Vec<SideConversationView>,
}

#[derive(Serialize, JsonSchema)]
struct EventsAnswer {
    events: Vec<SideEventView>,
}

#[derive(Serialize, JsonSchema)]
struct FileAnswer {
    attachment: FileView,
}

/// `{"message": {"subject", "body" or "html_body", "to", "attachment_ids"}, "external_ids"}`.
#[derive(Default, Deserialize, JsonSchema)]
struct MessageBody {
    #[serde(default)]
    message: Map<String, Value>,
    external_ids: Option<Map<String, Value>>,
}

/// `{"side_conversation": {"state", "subject", "external_ids"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct UpdateBody {
    #[serde(default)]
    side_conversation: Map<String, Value>,
}

pub(crate) fn routes() -> Routes {
    let (read, write) = (Permission::TicketRead, Permission::TicketNote);
    Routes::new()
        .get("/api/v2/tickets/{id}/side_conversations", list)
        .needs(read)
        .query::<Paging>()
        .gives::<ListAnswer>()
        .post("/api/v2/tickets/{id}/side_conversations", create)
        .needs(write)
        .takes::<MessageBody>()
        .gives::<ChangedAnswer>()
        .post("/api/v2/tickets/side_conversations/attachments", upload)
        .needs(write)
        .gives::<FileAnswer>()
        .get("/api/v2/tickets/side_conversations/attachments/{file}", content)
        .needs(read)
        .get("/api/v2/tickets/{id}/side_conversations/{conversation}", show)
        .needs(read)
        .query::<Paging>()
        .gives::<OneAnswer>()
        .put("/api/v2/tickets/{id}/side_conversations/{conversation}", update)
        .needs(write)
        .takes::<UpdateBody>()
        .gives::<ChangedAnswer>()
        .post("/api/v2/tickets/{id}/side_conversations/{conversation}/reply", reply)
        .needs(write)
        .takes::<MessageBody>()
        .gives::<ChangedAnswer>()
        .get("/api/v2/tickets/{id}/side_conversations/{conversation}/events", events)
        .needs(read)
        .query::<Paging>()
        .gives::<EventsAnswer>()
}

/// A conversation as the API shows it.
pub(crate) fn view(origin: &Origin, c: &SideConversation) -> SideConversationView {
    SideConversationView {
        url: format!("{}/api/v2/tickets/{}/side_conversations/{}", origin.0, c.ticket, c.id),
        id: c.id.clone(),
        ticket_id: c.ticket,
        subject: c.subject.clone(),
        preview_text: c.preview.clone(),
        state: super::state(c.closed),
        participants: c.participants.clone(),
        external_ids: c.external_ids.clone(),
        created_at: c.created_at,
        updated_at: c.updated_at,
        message_added_at: c.message_added_at,
        state_updated_at: c.state_updated_at,
    }
}

fn file_view(origin: &Origin, file: &File) -> FileView {
    FileView {
        id: file.id.clone(),
        file_name: file.name.clone(),
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        content_url: format!("{}/api/v2/tickets/side_conversations/attachments/{}", origin.0, file.id),
        size: file.size,
        inline: false,
        width: None,
        height: None,
    }
}

/// Events with the files of their messages, in the order given.
fn event_views(tx: &mut Tx<'_>, origin: &Origin, ticket: TicketId, all: Vec<SideEvent>) -> Result<Vec<SideEventView>> {
    let ids: Vec<String> = all.iter().map(|event| event.id.clone()).collect();
    let files = store::files(tx, &ids)?;
    Ok(all
        .into_iter()
        .map(|event| {
            let theirs = files.iter().filter(|(of, _)| *of == event.id).map(|(_, file)| json!(file_view(origin, file)));
            let message = event.message.map(|mut message| {
                message["attachments"] = theirs.collect();
                message
            });
            SideEventView {
                id: event.id,
                side_conversation_id: event.conversation,
                ticket_id: ticket,
                r#type: event.kind,
                via: event.via,
                actor: event.actor,
                message,
                updates: event.updates,
                created_at: event.created_at,
            }
        })
        .collect())
}

fn changed(
    tx: &mut Tx<'_>,
    origin: &Origin,
    conversation: &SideConversation,
    event: Option<SideEvent>,
) -> Result<ChangedAnswer> {
    let event = event_views(tx, origin, conversation.ticket, event.into_iter().collect())?.pop();
    Ok(ChangedAnswer { side_conversation: view(origin, conversation), event })
}

/// The conversation that a path names, if the actor sees its ticket.
fn get(tx: &mut Tx<'_>, actor: &Actor, (ticket, id): &(String, String)) -> Result<SideConversation> {
    let ticket = TicketId(ticket.parse().map_err(|_| Error::NotFound)?);
    access::get(tx, actor, ticket)?;
    store::find(tx, id)?.filter(|found| found.ticket == ticket).ok_or(Error::NotFound)
}

/// [`get`] for a change.
fn lock(tx: &mut Tx<'_>, actor: &Actor, path: &(String, String)) -> Result<SideConversation> {
    let found = get(tx, actor, path)?;
    store::lock(tx, &found.id)?.ok_or(Error::NotFound)
}

async fn list(app: State<App>, asked: Asked, Id(id): Id<TicketId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        access::get(tx, &asked.actor, id)?;
        let all = store::of_ticket(tx, id)?;
        let mut answer =
            asked.slice("side_conversations", all.iter().map(|one| json!(view(&asked.origin, one))).collect())?;
        if asked.paging.includes("events") {
            let ids: Vec<String> = all.iter().map(|one| one.id.clone()).collect();
            let events = store::events(tx, &ids)?;
            answer["events"] = json!(event_views(tx, &asked.origin, id, events)?);
        }
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, asked: Asked, Path(path): Path<(String, String)>) -> Answer<Json<OneAnswer>> {
    let answer = app.read(move |tx| {
        let found = get(tx, &asked.actor, &path)?;
        let events = match asked.paging.includes("events") {
            true => {
                let events = store::events(tx, std::slice::from_ref(&found.id))?;
                Some(event_views(tx, &asked.origin, found.ticket, events)?)
            }
            false => None,
        };
        Ok(OneAnswer { side_conversation: view(&asked.origin, &found), events })
    });
    Ok(Json(answer.await?))
}

async fn events(app: State<App>, asked: Asked, Path(path): Path<(String, String)>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let found = get(tx, &asked.actor, &path)?;
        let events = store::events(tx, std::slice::from_ref(&found.id))?;
        let views = event_views(tx, &asked.origin, found.ticket, events)?;
        let mut answer = asked.slice("events", views.iter().map(|event| json!(event)).collect())?;
        if asked.paging.includes("side_conversations") {
            answer["side_conversations"] = json!([view(&asked.origin, &found)]);
        }
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

/// What a client gives of a message, before any transaction: its HTML is made safe here.
struct Given {
    subject: Option<String>,
    content: Content,
    to: Vec<Value>,
    external_ids: Value,
    attachments: Vec<String>,
}

fn read(message: &Map<String, Value>) -> Result<Given> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, code, message: &str| {
        problems.push(FieldProblem { field: format!("message.{field}"), code, message: format!("{field}: {message}") });
    };
    let text = |key: &str| message.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let content = match (text("html_body"), text("body")) {
        (Some(html), _) => Content::from_html(html, |_| None),
        (None, Some(text)) => Content::from_text(text),
        (None, None) => Content::default(),
    };
    if content.is_blank() {
        wrong("body", "BlankValue", "cannot be blank");
    }
    if content.text().chars().count() > tickets::content::LONGEST {
        wrong("body", "TooLong", "is too long");
    }
    let subject = text("subject").map(str::to_owned);
    if subject.as_ref().is_some_and(|subject| subject.chars().count() > LONGEST_SUBJECT) {
        wrong("subject", "TooLong", "is too long");
    }
    let list = |key: &str| message.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let to = list("to");
    if to.len() > MOST_PEOPLE {
        wrong("to", "TooLong", "names too many");
    }
    let attachments = list("attachment_ids").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let external_ids = message.get("external_ids").cloned().unwrap_or_default();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    Ok(Given { subject, content, to, external_ids, attachments })
}

/// Those whom a message is for: people by number, or anybody by address.
fn readers(tx: &mut Tx<'_>, to: &[Value]) -> Result<Vec<Participant>> {
    let mut out = Vec::new();
    for entry in to {
        let refused = |what: &str| Error::invalid("message.to", "InvalidValue", format!("to: {entry} {what}"));
        if let Some(id) = as_id(&entry["user_id"]) {
            let user = people::find_user(tx, UserId(id))?.filter(|user| user.active);
            let user = user.ok_or_else(|| refused("does not exist"))?;
            let email = user.email.ok_or_else(|| refused("has no address"))?;
            out.push(Participant { user_id: Some(user.id), name: Some(user.name), email: Some(email) });
            continue;
        }
        let email = entry["email"].as_str().or_else(|| entry.as_str()).and_then(people::user::email);
        let email = email.ok_or_else(|| refused("has no e-mail address: side conversations go by mail"))?;
        let known = people::find_by_email(tx, &email)?;
        let name = entry["name"].as_str().map(str::to_owned).or_else(|| known.as_ref().map(|user| user.name.clone()));
        out.push(Participant { user_id: known.map(|user| user.id), name, email: Some(email) });
    }
    Ok(out)
}

/// Whoever asks, as one who takes part.
fn me(tx: &mut Tx<'_>, actor: &Actor) -> Result<Participant> {
    let user = people::get_user(tx, actor.user)?;
    Ok(Participant { user_id: Some(user.id), name: Some(user.name), email: user.email })
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
    Body(body): Body<MessageBody>,
) -> Answer<Created<ChangedAnswer>> {
    let given = read(&body.message)?;
    let external_ids = Value::Object(body.external_ids.unwrap_or_default());
    let answer = app.write(move |tx| {
        let ticket = access::get(tx, &actor, id)?;
        let to = readers(tx, &given.to)?;
        if to.is_empty() {
            return Err(Error::invalid("message.to", "BlankValue", "to: cannot be blank"));
        }
        let message = NewMessage {
            subject: given.subject.unwrap_or_else(|| ticket.subject.clone()),
            content: given.content,
            from: me(tx, &actor)?,
            to,
            external_ids: given.external_ids,
            attachments: given.attachments,
        };
        let (conversation, event) = super::begin(tx, id, message, external_ids)?;
        changed(tx, &origin, &conversation, Some(event))
    });
    let answer = answer.await?;
    Ok(Created(answer.side_conversation.url.clone(), answer))
}

/// Writes in a conversation; to all who take part unless the message names others.
async fn reply(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path(path): Path<(String, String)>,
    Body(body): Body<MessageBody>,
) -> Answer<Created<ChangedAnswer>> {
    let given = read(&body.message)?;
    let answer = app.write(move |tx| {
        let mut conversation = lock(tx, &actor, &path)?;
        let from = me(tx, &actor)?;
        let named = readers(tx, &given.to)?;
        let others = || conversation.participants.iter().filter(|one| one.email != from.email).cloned().collect();
        let to: Vec<Participant> = if named.is_empty() { others() } else { named };
        let message = NewMessage {
            subject: given.subject.unwrap_or_else(|| format!("Re: {}", conversation.subject)),
            content: given.content,
            from,
            to,
            external_ids: given.external_ids,
            attachments: given.attachments,
        };
        let event = super::reply(tx, &mut conversation, message)?;
        changed(tx, &origin, &conversation, Some(event))
    });
    let answer = answer.await?;
    Ok(Created(answer.side_conversation.url.clone(), answer))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path(path): Path<(String, String)>,
    Body(body): Body<UpdateBody>,
) -> Answer<Json<ChangedAnswer>> {
    let given = body.side_conversation;
    let closed = match given.get("state").and_then(Value::as_str) {
        Some("closed") => Some(true),
        Some("open") => Some(false),
        None if given.get("state").is_none_or(Value::is_null) => None,
        _ => return Err(Error::invalid("state", "InvalidValue", "state: is open or closed").into()),
    };
    let subject = match given.get("subject") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if !text.trim().is_empty() && text.chars().count() <= LONGEST_SUBJECT => {
            Some(text.clone())
        }
        Some(_) => return Err(Error::invalid("subject", "InvalidValue", "subject: is not valid").into()),
    };
    let external_ids = given.get("external_ids").filter(|ids| ids.is_object()).cloned();
    let answer = app.write(move |tx| {
        let mut conversation = lock(tx, &actor, &path)?;
        let by = me(tx, &actor)?;
        let event = super::update(tx, &mut conversation, by, closed, subject, external_ids)?;
        changed(tx, &origin, &conversation, event)
    });
    Ok(Json(answer.await?))
}

async fn upload(app: State<App>, Me(actor): Me, origin: Origin, request: Request) -> Answer<Created<FileAnswer>> {
    let (received, content_type, name) = tickets::receive_file(&app, request, None).await?;
    let answer = app.write(move |tx| {
        let size = i64::try_from(received.size()).unwrap_or(i64::MAX);
        let file = File { id: super::uuid(tx), name, content_type, size, blob_key: received.keep(tx)? };
        store::add_file(tx, &file, None, Some(actor.user))?;
        Ok(FileAnswer { attachment: file_view(&origin, &file) })
    });
    let answer = answer.await?;
    Ok(Created(answer.attachment.content_url.clone(), answer))
}

/// A file of a message, to those who see its ticket. It is saved, never shown in place.
async fn content(app: State<App>, Me(actor): Me, Path(id): Path<String>) -> Answer<Response> {
    let found = app.read(move |tx| {
        let (file, ticket) = store::file_of(tx, &id)?.ok_or(Error::NotFound)?;
        access::get(tx, &actor, ticket)?;
        blobs::read(tx, &file.blob_key)
    });
    let mut response = axum::body::Body::from(found.await?).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
