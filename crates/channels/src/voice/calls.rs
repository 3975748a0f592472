//! Records of calls, and comments that tell of them.

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, Error, FieldProblem, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Body, Created, Me, Origin, Routes, as_id};
use kernel::{App, Tx};
use people::Contact;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tickets::view::{CommentView, Context};
use tickets::{Change, How, Target, Via, access};

use super::display::{named_agent, pop_up};
use super::store::{self, Call};

/// What a program may say of a call beside the columns of its record.
const FIELDS: [&str; 45] = [
    "app_id",
    "brand_id",
    "call_disposition",
    "call_recording_consent",
    "call_recording_consent_action",
    "call_type",
    "callback",
    "callback_number",
    "callback_source",
    "completion_status",
    "consultation_time",
    "customer_requested_voicemail",
    "dnis",
    "duration",
    "end_user_location",
    "exceeded_queue_time",
    "external_id",
    "from_line_nickname",
    "hold_time",
    "ivr_action",
    "ivr_destination_group_name",
    "ivr_hops",
    "ivr_routed_to",
    "ivr_time_spent",
    "not_recording_time",
    "organization_id",
    "outside_business_hours",
    "overflowed",
    "overflowed_to",
    "phone_name",
    "queue_name",
    "queue_time",
    "recording_control_interactions",
    "recording_time",
    "recording_url",
    "recording_type",
    "talk_time",
    "time_to_answer",
    "to_line_nickname",
    "transcript",
    "voicemail",
    "wait_time",
    "wrap_up_time",
    "minutes_billed",
    "quality_issues",
];
const DIRECTIONS: [&str; 4] = ["inbound", "outbound", "internal", "callback"];
/// The longest line, in characters.
const LONGEST_LINE: usize = 100;
/// The most bytes of all that is said of a call.
const LARGEST: usize = 256 * 1024;

/// A call.
#[derive(Serialize, JsonSchema)]
struct CallView {
    id: String,
    ticket_id: Option<TicketId>,
    agent_id: Option<UserId>,
    end_user_id: Option<UserId>,
    direction: String,
    from_line: String,
    to_line: String,
    call_started_at: Timestamp,
    call_ended_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Whatever else the program said of it.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
struct CallAnswer {
    call: CallView,
}

/// `{"call": {...}, "comment": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct CallBody {
    #[serde(default)]
    call: Map<String, Value>,
    /// What the ticket of the call begins with.
    comment: Option<CommentBody>,
}

/// A comment that tells of a call.
#[derive(Clone, Default, Deserialize, JsonSchema)]
struct CommentBody {
    /// Its first line.
    title: Option<String>,
    /// The subject of the ticket, when one is made.
    subject: Option<String>,
    /// The fields of the call that it names.
    #[serde(default)]
    call_fields: Vec<String>,
    /// Who tells.
    author_id: Option<Value>,
    /// The agent in whose workspace the ticket opens.
    display_to_agent: Option<Value>,
    /// Whether the requester sees it; by default not.
    #[serde(default)]
    public: bool,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/calls", create)
        .needs(Permission::TicketEdit)
        .takes::<CallBody>()
        .gives::<CallAnswer>()
        .get("/api/v2/calls/{call}", show)
        .needs(Permission::TicketRead)
        .gives::<CallAnswer>()
        .patch("/api/v2/calls/{call}", update)
        .needs(Permission::TicketEdit)
        .takes::<CallBody>()
        .gives::<CallAnswer>()
        .put("/api/v2/calls/{call}", update)
        .needs(Permission::TicketEdit)
        .takes::<CallBody>()
        .gives::<CallAnswer>()
        .post("/api/v2/calls/{call_id}/comments", comment)
        .needs(Permission::TicketNote)
        .takes::<CommentBody>()
        .gives::<CommentView>()
}

fn view(call: &Call) -> CallView {
    CallView {
        id: call.id.clone(),
        ticket_id: call.ticket,
        agent_id: call.agent,
        end_user_id: call.user,
        direction: call.direction.clone(),
        from_line: call.from.clone(),
        to_line: call.to.clone(),
        call_started_at: call.started_at,
        call_ended_at: call.ended_at,
        created_at: call.created_at,
        updated_at: call.updated_at,
        rest: call.fields.clone(),
    }
}

/// Puts what a program says into a call. What is missing or wrong is told all at once.
fn read(tx: &mut Tx<'_>, given: &Map<String, Value>, call: &mut Call, is_new: bool) -> Result<()> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, code, message: String| {
        problems.push(FieldProblem { field: field.to_owned(), code, message });
    };
    if is_new {
        if given.contains_key("ticket_id") {
            wrong("ticket_id", "InvalidValue", "ticket_id: is not given; a comment makes the ticket".into());
        }
        for field in ["app_id", "from_line", "to_line", "call_started_at", "direction"] {
            if given.get(field).is_none_or(|value| value.is_null() || *value == "") {
                wrong(field, "BlankValue", format!("{field}: cannot be blank"));
            }
        }
    }
    for (field, line) in [("from_line", &mut call.from), ("to_line", &mut call.to)] {
        match given.get(field) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.chars().count() <= LONGEST_LINE => text.clone_into(line),
            Some(other) => wrong(field, "InvalidValue", format!("{field}: {other} is not a line")),
        }
    }
    match given.get("direction").and_then(Value::as_str) {
        Some(direction) if DIRECTIONS.contains(&direction) => direction.clone_into(&mut call.direction),
        None if given.get("direction").is_none_or(Value::is_null) => {}
        _ => wrong("direction", "InvalidValue", format!("direction: is one of {}", DIRECTIONS.join(", "))),
    }
    for field in ["call_started_at", "call_ended_at"] {
        let at = match given.get(field) {
            None => continue,
            Some(Value::Null) => None,
            Some(value) => match value.as_str().and_then(instant) {
                Some(at) => Some(at),
                None if *value == "" => None,
                None => {
                    wrong(field, "InvalidValue", format!("{field}: {value} is not an ISO 8601 time"));
                    continue;
                }
            },
        };
        match (field, at) {
            ("call_ended_at", at) => call.ended_at = at,
            (_, Some(at)) => call.started_at = at,
            _ => {}
        }
    }
    for (field, person) in [("agent_id", &mut call.agent), ("end_user_id", &mut call.user)] {
        let Some(value) = given.get(field) else { continue };
        let id = as_id(value).map(UserId);
        let exists = match id {
            Some(id) => people::find_user(tx, id)?.is_some(),
            None => value.is_null(),
        };
        match exists {
            true => *person = id,
            false => wrong(field, "RecordNotFound", format!("{field}: {value} does not exist")),
        }
    }
    if !is_new && let Some(value) = given.get("ticket_id") {
        match as_id(value) {
            Some(id) if access::find(tx, &Actor::system(), TicketId(id))?.is_some() => call.ticket = Some(TicketId(id)),
            None if value.is_null() => call.ticket = None,
            _ => wrong("ticket_id", "RecordNotFound", format!("ticket_id: {value} does not exist")),
        }
    }
    for field in FIELDS {
        if let Some(value) = given.get(field) {
            call.fields.insert(field.to_owned(), value.clone());
        }
    }
    if json!(call.fields).to_string().len() > LARGEST {
        wrong("base", "TooLong", format!("call: at most {LARGEST} bytes are kept"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// An instant; an offset without minutes, such as `+01`, is one too.
fn instant(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text).or_else(|| {
        let sign = text.len().checked_sub(3)?;
        let short = text.get(sign..)?.starts_with(['+', '-']);
        short.then(|| Timestamp::parse(&format!("{text}:00")))?
    })
}

/// The call, if whoever asks sees its ticket.
fn find(tx: &mut Tx<'_>, actor: &Actor, id: &str) -> Result<Call> {
    let call = store::find(tx, id)?.ok_or(Error::NotFound)?;
    if let Some(ticket) = call.ticket {
        access::get(tx, actor, ticket)?;
    }
    Ok(call)
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<CallBody>,
) -> Answer<Created<CallAnswer>> {
    let answer = app.write(move |tx| {
        let now = tx.now();
        let mut call = Call {
            id: crate::side::uuid(tx),
            ticket: None,
            agent: None,
            user: None,
            direction: String::new(),
            from: String::new(),
            to: String::new(),
            started_at: now,
            ended_at: None,
            fields: Map::new(),
            created_at: now,
            updated_at: now,
        };
        read(tx, &body.call, &mut call, true)?;
        store::put(tx, &call)?;
        if let Some(comment) = body.comment {
            tell(tx, &actor, &origin, &mut call, &comment)?;
        }
        Ok(CallAnswer { call: view(&call) })
    });
    let answer = answer.await?;
    Ok(Created(format!("/api/v2/calls/{}", answer.call.id), answer))
}

async fn show(app: State<App>, Me(actor): Me, Path(id): Path<String>) -> Answer<Json<CallAnswer>> {
    let call = app.read(move |tx| find(tx, &actor, &id)).await?;
    Ok(Json(CallAnswer { call: view(&call) }))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    Path(id): Path<String>,
    Body(body): Body<CallBody>,
) -> Answer<Json<CallAnswer>> {
    let answer = app.write(move |tx| {
        find(tx, &actor, &id)?;
        let mut call = store::lock(tx, &id)?.ok_or(Error::NotFound)?;
        read(tx, &body.call, &mut call, false)?;
        call.updated_at = tx.now();
        store::put(tx, &call)?;
        Ok(CallAnswer { call: view(&call) })
    });
    Ok(Json(answer.await?))
}

async fn comment(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path(id): Path<String>,
    Body(body): Body<CommentBody>,
) -> Answer<Created<CommentView>> {
    let answer = app.write(move |tx| {
        find(tx, &actor, &id)?;
        let mut call = store::lock(tx, &id)?.ok_or(Error::NotFound)?;
        tell(tx, &actor, &origin, &mut call, &body)
    });
    let answer = answer.await?;
    Ok(Created(format!("/api/v2/tickets/{}/comments", answer.ticket_id), answer))
}

/// Writes a comment that tells of the call. Its ticket is made when there is none.
fn tell(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin, call: &mut Call, body: &CommentBody) -> Result<CommentView> {
    let Some(title) = body.title.as_deref().filter(|title| !title.trim().is_empty()) else {
        return Err(Error::blank("title"));
    };
    let to = named_agent(tx, body.display_to_agent.as_ref())?;
    let whole = json!(view(call));
    let mut lines = vec![title.to_owned(), String::new()];
    for field in body.call_fields.iter().take(FIELDS.len() + 20) {
        let value = match &whole[field.as_str()] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        lines.push(format!("{}: {value}", field.replace('_', " ")));
    }
    let data = json!({
        "call_id": call.id, "via_id": via_id(&call.direction), "title": title, "app_id": whole["app_id"],
        "call_started_at": call.started_at, "call_ended_at": call.ended_at, "direction": call.direction,
        "from_line": call.from, "to_line": call.to, "recording_url": whole["recording_url"],
        "transcript": whole["transcript"],
    });
    let given = json!({"author_id": body.author_id, "public": body.public});
    let comment = tickets::voice::told(tickets::voice::TPE, &lines.join("\n"), data, &given);
    let committed = match call.ticket {
        Some(ticket) => {
            let changes = vec![Change::Comment(Box::new(comment))];
            tickets::commit(tx, actor, Target::Ticket(ticket), changes, &How::via(Via::Voice))?
        }
        None => {
            let requester = requester(tx, actor, call)?;
            let subject = body.subject.clone().unwrap_or_else(|| title.to_owned());
            let ticket = json!({
                "subject": base::text::excerpt(&subject, 149), "requester_id": requester, "submitter_id": actor.user,
                "via_id": via_id(&call.direction),
            });
            let made = tickets::create_as_told(tx, actor, ticket.as_object().unwrap_or(&Map::new()), Some(comment))?;
            call.ticket = Some(made.ticket.id);
            call.updated_at = tx.now();
            store::put(tx, call)?;
            made
        }
    };
    if let Some(to) = to {
        pop_up(tx, to, json!({"ticket_id": committed.ticket.id}))?;
    }
    let context = Context::load(tx, &origin.0)?;
    context.comments(tx, &committed.comments)?.pop().ok_or_else(|| Error::internal("a call left no comment"))
}

/// Zendesk's number for calls from outside and from the desk.
fn via_id(direction: &str) -> i64 {
    if direction == "outbound" { 46 } else { 45 }
}

/// Whom the call was with: as the program says, else the person of the outer line, else whoever asks.
fn requester(tx: &mut Tx<'_>, actor: &Actor, call: &Call) -> Result<UserId> {
    if let Some(user) = call.user {
        return Ok(user);
    }
    let line = if call.direction == "outbound" { &call.to } else { &call.from };
    let contact = Contact { phone: Some(line.clone()), ..Contact::default() };
    match people::find_or_create(tx, &contact) {
        Ok((user, _)) => Ok(user.id),
        Err(Error::Invalid(_)) => Ok(actor.user),
        Err(cause) => Err(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_without_minutes_are_read() {
        let utc = instant("2026-11-22T10:00:00Z");
        assert!(utc.is_some());
        assert_eq!(instant("2026-11-22T11:00:00+01"), utc);
        assert_eq!(instant("2026-11-22T11:00:00+01:00"), utc);
        assert_eq!(instant("soon"), None);
        assert_eq!(instant("ä"), None);
    }
}
