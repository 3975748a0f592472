//! Comments that tell of calls, as
//! [programs that bring their own telephony](https://developer.zendesk.com/api-reference/voice/talk-partner-edition-api/introduction/)
//! report them.

use base::{Error, FieldProblem, Result, Timestamp, UserId};
use kernel::http::as_id;
use serde_json::{Map, Value, json};

use crate::change::NewComment;
use crate::content::Content;
use crate::ticket::Via;

/// The keys of a call that a comment keeps.
const KEPT: [&str; 10] = [
    "from",
    "to",
    "recording_url",
    "recording_type",
    "started_at",
    "call_duration",
    "answered_by_id",
    "transcription_text",
    "location",
    "via_id",
];

/// The type of comments that another program's telephony makes.
pub const TPE: &str = "TpeVoiceComment";

/// Reads Zendesk's `voice_comment`: who called whom, when, and where the recording is. Internal unless it says otherwise,
/// since a public one would go to the caller by mail.
///
/// # Errors
/// `Invalid` with every problem.
pub fn comment(given: &Value) -> Result<NewComment> {
    let mut problems = Vec::new();
    let mut wrong = |key: &str, what: &str| {
        let message = format!("{key}: {what}");
        problems.push(FieldProblem { field: format!("voice_comment.{key}"), code: "InvalidValue", message });
    };
    let text = |key: &str| match &given[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    if text("from").is_empty() && text("to").is_empty() {
        wrong("from", "cannot be blank");
    }
    let started = text("started_at");
    if !started.is_empty() && Timestamp::parse(&started).is_none() {
        wrong("started_at", "is not an ISO 8601 time");
    }
    let duration = &given["call_duration"];
    if !duration.is_null() && as_id(duration).is_none_or(|seconds| seconds < 0) {
        wrong("call_duration", "is not a number of seconds");
    }
    let url = text("recording_url");
    if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
        wrong("recording_url", "is not an address");
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let data: Map<String, Value> =
        KEPT.iter().filter(|key| !given[**key].is_null()).map(|key| ((*key).to_owned(), given[*key].clone())).collect();
    let kind = given["type"].as_str().filter(|kind| *kind == "VoiceComment").unwrap_or(TPE);
    Ok(told(kind, &lines(&data), Value::Object(data), given))
}

/// A comment of this type about a call, with what it keeps of it. `given` says who wrote it and for whom.
pub fn told(kind: &str, body: &str, data: Value, given: &Value) -> NewComment {
    NewComment {
        content: Content::from_text(body),
        author: as_id(&given["author_id"]).map(UserId),
        public: Some(given["public"] == true),
        via: Some(Via::Voice),
        via_source: json!({"voice": {"type": kind, "data": data}}),
        ..NewComment::default()
    }
}

/// The call in words.
fn lines(data: &Map<String, Value>) -> String {
    let text = |key: &str| match data.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let first = match data.get("via_id").and_then(as_id) {
        Some(44) => format!("Voicemail from: {}", text("from")),
        Some(46) => format!("Outbound call to {}", text("to")),
        _ => format!("Inbound call from {}", text("from")),
    };
    let mut out = vec![first, String::new(), "Call Details:".to_owned(), String::new()];
    for (label, key) in [
        ("Call from", "from"),
        ("Call to", "to"),
        ("Time of call", "started_at"),
        ("Location", "location"),
        ("Length of phone call (seconds)", "call_duration"),
        ("Listen to the recording", "recording_url"),
    ] {
        let value = text(key);
        if !value.is_empty() {
            out.push(format!("{label}: {value}"));
        }
    }
    let transcription = text("transcription_text");
    if !transcription.is_empty() {
        out.extend([String::new(), "Transcription:".to_owned(), transcription]);
    }
    out.join("\n")
}

/// What a comment that tells of a call keeps of it: its type and its data.
pub(crate) fn of_source(source: &Value) -> Option<(&'static str, &Value)> {
    let voice = source.get("voice")?;
    let kind = if voice["type"] == "VoiceComment" { "VoiceComment" } else { TPE };
    Some((kind, &voice["data"]))
}
