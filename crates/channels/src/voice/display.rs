//! Tickets and people that pop up in an agent's workspace, and tickets that calls make.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use base::{Actor, Error, Permission, Result, TicketId, UserId};
use kernel::http::{Answer, Created, Me, Origin, Routes, as_id};
use kernel::live::{Audience, Stored};
use kernel::{App, Tx, events};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tickets::access;
use tickets::view::{Context, TicketView};

/// `{"ticket": {...}}`.
#[derive(Serialize, JsonSchema)]
struct TicketAnswer {
    ticket: TicketView,
}

/// `{"display_to_agent", "ticket": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct VoiceTicketBody {
    /// The agent in whose workspace the ticket opens.
    display_to_agent: Option<Value>,
    /// A ticket with `voice_comment` or `comment`, and `via_id` 44 (voicemail), 45 (inbound) or 46 (outbound).
    #[serde(default)]
    ticket: Map<String, Value>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/channels/voice/agents/{agent_id}/tickets/{ticket_id}/display", display_ticket)
        .needs(Permission::TicketRead)
        .post("/api/v2/channels/voice/agents/{agent_id}/users/{user_id}/display", display_user)
        .needs(Permission::PeopleRead)
        .post("/api/v2/channels/voice/tickets", create_ticket)
        .needs(Permission::TicketEdit)
        .takes::<VoiceTicketBody>()
        .gives::<TicketAnswer>()
}

/// Shows an event to the one agent that it is for.
pub fn render(_: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some(agent) = event.user else { return Ok(None) };
    let audience: Audience = Arc::new(move |actor| actor.user == agent);
    Ok(Some((event.payload.clone(), audience)))
}

/// Somebody who works at the desk.
fn agent(tx: &mut Tx<'_>, id: i64) -> Result<UserId> {
    let user = people::find_user(tx, UserId(id))?.filter(|user| user.active && user.role.is_staff());
    user.map(|user| user.id).ok_or(Error::NotFound)
}

/// Opens a ticket in an agent's workspace.
pub(super) fn pop_up(tx: &mut Tx<'_>, agent: UserId, what: Value) -> Result<()> {
    events::push(tx, events::Event::new("display").user(agent).payload(what))
}

/// The agent that a body names, if it names one.
///
/// # Errors
/// `Invalid` when there is no such agent.
pub(super) fn named_agent(tx: &mut Tx<'_>, value: Option<&Value>) -> Result<Option<UserId>> {
    let Some(value) = value.filter(|value| !value.is_null() && **value != "") else { return Ok(None) };
    let found = as_id(value).map(|id| agent(tx, id)).transpose();
    match found {
        Ok(Some(agent)) => Ok(Some(agent)),
        Ok(None) | Err(Error::NotFound) => {
            Err(Error::invalid("display_to_agent", "InvalidValue", "display_to_agent: is not an agent"))
        }
        Err(cause) => Err(cause),
    }
}

fn numbers((first, second): (String, String)) -> Result<(i64, i64)> {
    first.parse().ok().zip(second.parse().ok()).ok_or(Error::NotFound)
}

async fn display_ticket(app: State<App>, Me(actor): Me, Path(path): Path<(String, String)>) -> Answer<StatusCode> {
    let (to, ticket) = numbers(path)?;
    app.write(move |tx| {
        let to = agent(tx, to)?;
        let ticket = access::get(tx, &actor, TicketId(ticket))?;
        pop_up(tx, to, json!({"ticket_id": ticket.id}))
    })
    .await?;
    Ok(StatusCode::OK)
}

async fn display_user(app: State<App>, Path(path): Path<(String, String)>) -> Answer<StatusCode> {
    let (to, user) = numbers(path)?;
    app.write(move |tx| {
        let to = agent(tx, to)?;
        let user = people::get_user(tx, UserId(user))?;
        pop_up(tx, to, json!({"user_id": user.id}))
    })
    .await?;
    Ok(StatusCode::OK)
}

async fn create_ticket(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer<Created<TicketAnswer>> {
    let body = read(&headers, &bytes)?;
    let comment = tickets::comment_as_told(&body.ticket).transpose()?;
    let answer = app.write(move |tx| {
        let to = named_agent(tx, body.display_to_agent.as_ref())?;
        let ticket = told(&actor, body.ticket);
        let made = tickets::create_as_told(tx, &actor, &ticket, comment)?.ticket;
        if let Some(to) = to {
            pop_up(tx, to, json!({"ticket_id": made.id}))?;
        }
        Ok(TicketAnswer { ticket: Context::load(tx, &origin.0)?.ticket(&made) })
    });
    let answer = answer.await?;
    Ok(Created(answer.ticket.url.clone(), answer))
}

/// The ticket as it is made: by a call unless it says otherwise; who asks is its submitter.
fn told(actor: &Actor, mut ticket: Map<String, Value>) -> Map<String, Value> {
    ticket.entry("via_id").or_insert_with(|| json!(45));
    ticket.entry("submitter_id").or_insert_with(|| json!(actor.user));
    ticket
}

/// The body in either form that telephony programs send: JSON, or `ticket[subject]=...`.
fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<VoiceTicketBody> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let unreadable = |cause: &dyn std::fmt::Display| {
        Error::BadRequest("Unprocessable Entity", format!("The body can't be read: {cause}"))
    };
    let json = match kind.starts_with("application/x-www-form-urlencoded") {
        true => nested(&String::from_utf8_lossy(bytes)),
        false if bytes.trim_ascii().is_empty() => json!({}),
        false => serde_json::from_slice(bytes).map_err(|cause| unreadable(&cause))?,
    };
    serde_json::from_value(json).map_err(|cause| Error::invalid("base", "InvalidValue", format!("base: {cause}")))
}

/// `a[b][c]=d` as nested objects.
fn nested(form: &str) -> Value {
    let mut out = json!({});
    for pair in form.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let mut place = &mut out;
        for part in decoded(key).split('[').map(|part| part.trim_end_matches(']')) {
            if !place.is_object() {
                *place = json!({});
            }
            place = &mut place[part];
        }
        *place = Value::String(decoded(value));
    }
    out
}

/// Form-encoded text as it was.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(code)) => {
                out.push(code);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (other, _) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_brackets_is_read_as_objects() {
        let form = "ticket%5Bsubject%5D=A+call&ticket[voice_comment][from]=%2B372%205&display_to_agent=7";
        let expected = json!({
            "ticket": {"subject": "A call", "voice_comment": {"from": "+372 5"}}, "display_to_agent": "7",
        });
        assert_eq!(nested(form), expected);
        assert_eq!(nested("a=1&a[b]=2&%zz"), json!({"a": {"b": "2"}, "%zz": ""}));
    }
}
