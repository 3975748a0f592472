//! Calls that another program reports, and tickets that pop up.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::desk::{Desk, MARI, id_of};

#[test]
fn a_call_becomes_a_ticket_by_its_comment_and_pops_up() {
    let desk = Desk::new();
    let (mari, agent) = (desk.actor(MARI), id_of(&desk, MARI));
    let call = json!({
        "app_id": 5, "from_line": "+37255512345", "to_line": "+3726000000", "direction": "inbound",
        "call_started_at": "2026-11-22T11:00:00+01", "recording_url": "https://pbx.example/1.mp3",
    });
    let comment = json!({"title": "Call about a printer", "call_fields": ["from_line", "recording_url"],
        "author_id": agent, "display_to_agent": agent});
    let (status, made) = desk.call(&mari, "POST", "/api/v2/calls", json!({"call": call, "comment": comment}));
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let made = made["call"].clone();
    assert_eq!((&made["call_started_at"], &made["app_id"]), (&json!("2026-11-22T10:00:00Z"), &json!(5)));
    let ticket = desk.tickets()[0].clone();
    assert_eq!((made["ticket_id"].clone(), ticket.subject.as_str()), (json!(ticket.id), "Call about a printer"));
    assert_eq!(ticket.via, tickets::Via::Voice);
    assert_eq!(desk.text("SELECT kind FROM events WHERE kind = 'display'").len(), 1);
    let path = format!("/api/v2/calls/{}", made["id"].as_str().unwrap());
    let patch = json!({"call": {"call_ended_at": "2026-11-22T10:04:00Z", "transcript": "Hello"}});
    let (_, patched) = desk.call(&mari, "PATCH", &path, patch);
    assert_eq!((&patched["call"]["transcript"], &patched["call"]["direction"]), (&json!("Hello"), &json!("inbound")));
    let more = json!({"title": "Ended", "call_fields": ["transcript"]});
    let (status, comment) = desk.call(&mari, "POST", &format!("{path}/comments"), more);
    assert_eq!(status, StatusCode::CREATED, "{comment}");
    assert_eq!((&comment["type"], &comment["public"]), (&json!("TpeVoiceComment"), &json!(false)));
    assert_eq!((&comment["data"]["call_id"], &comment["data"]["via_id"]), (&made["id"], &json!(45)));
    assert_eq!((&comment["formatted_from"], &comment["transcription_visible"]), (&json!("+37255512345"), &json!(true)));
    assert!(comment["body"].as_str().unwrap().contains("transcript: Hello"));
    assert_eq!(desk.comments(&ticket).len(), 2);
    assert_eq!(desk.call(&mari, "GET", &path, Value::Null).1["call"]["call_ended_at"], "2026-11-22T10:04:00Z");
    assert!(desk.outbound_states().is_empty(), "nobody is sent a call's record");
}

#[test]
fn bad_calls_are_refused_by_name() {
    let desk = Desk::new();
    let mari = desk.actor(MARI);
    let faults = |method: &str, path: &str, body: Value| {
        let (status, answer) = desk.call(&mari, method, path, body);
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        let mut fields: Vec<String> = answer["details"].as_object().unwrap().keys().cloned().collect();
        fields.sort_unstable();
        fields
    };
    let missing = faults("POST", "/api/v2/calls", json!({"call": {"ticket_id": null, "direction": "up"}}));
    assert_eq!(missing, ["app_id", "call_started_at", "direction", "from_line", "ticket_id", "to_line"]);
    let call = json!({"app_id": 1, "from_line": "1", "to_line": "2", "call_started_at": "2026-11-22T10:00:00Z", "direction": "outbound"});
    let (_, made) = desk.call(&mari, "POST", "/api/v2/calls", json!({"call": call}));
    assert_eq!(made["call"]["ticket_id"], Value::Null);
    let path = format!("/api/v2/calls/{}/comments", made["call"]["id"].as_str().unwrap());
    assert_eq!(faults("POST", &path, json!({})), ["title"]);
    assert_eq!(faults("POST", &path, json!({"title": "x", "display_to_agent": 999})), ["display_to_agent"]);
    assert!(desk.tickets().is_empty(), "nothing is half-written");
    assert_eq!(desk.call(&mari, "GET", "/api/v2/calls/none", Value::Null).0, StatusCode::NOT_FOUND);
    desk.mail("juhan@a.example", "x", "x");
    let juhan = desk.actor("juhan@a.example");
    assert_eq!(desk.call(&juhan, "POST", "/api/v2/calls", json!({"call": {}})).0, StatusCode::FORBIDDEN);
}

#[test]
fn a_ticket_and_a_person_pop_up_for_an_agent_who_exists() {
    let desk = Desk::new();
    let (mari, agent) = (desk.actor(MARI), id_of(&desk, MARI));
    desk.mail("juhan@a.example", "Printer", "It burns");
    let (ticket, juhan) = (desk.tickets()[0].id, id_of(&desk, "juhan@a.example"));
    let call = |path: String| {
        desk.call_raw(&mari, "POST", &format!("/api/v2/channels/voice/agents/{path}/display"), Value::Null)
    };
    assert_eq!(call(format!("{agent}/tickets/{ticket}")), (StatusCode::OK, Vec::new()));
    assert_eq!(call(format!("{agent}/users/{juhan}")), (StatusCode::OK, Vec::new()));
    for path in [format!("{agent}/tickets/999"), format!("{juhan}/tickets/{ticket}"), format!("{agent}/users/x")] {
        assert_eq!(call(path).0, StatusCode::NOT_FOUND);
    }
    let shown = desk.text("SELECT payload FROM events WHERE kind = 'display' ORDER BY seq");
    assert_eq!(shown, [json!({"ticket_id": ticket}).to_string(), json!({"user_id": juhan}).to_string()]);
    let customer = desk.actor("juhan@a.example");
    let path = format!("/api/v2/channels/voice/agents/{agent}/tickets/{ticket}/display");
    assert_eq!(desk.call(&customer, "POST", &path, Value::Null).0, StatusCode::FORBIDDEN);
}

#[test]
fn a_telephony_program_makes_a_ticket_of_a_voicemail() {
    let desk = Desk::new();
    let (mari, agent) = (desk.actor(MARI), id_of(&desk, MARI));
    let voice = json!({"from": "+3725551", "to": "+3726", "recording_url": "https://pbx.example/1.mp3",
        "started_at": "2026-11-22T10:00:00Z", "call_duration": 40, "answered_by_id": agent, "transcription_text": "Help"});
    let ticket = json!({"via_id": 44, "subject": "Voicemail", "requester": {"name": "Juhan", "phone": "+37255512345"},
        "voice_comment": voice});
    let body = json!({"display_to_agent": agent, "ticket": ticket});
    let (status, made) = desk.call(&mari, "POST", "/api/v2/channels/voice/tickets", body);
    assert_eq!((status, &made["ticket"]["subject"]), (StatusCode::CREATED, &json!("Voicemail")), "{made}");
    let comment = desk.comments(&desk.tickets()[0]).remove(0);
    assert!(comment.body.starts_with("Voicemail from: +3725551") && comment.body.contains("Transcription:\nHelp"));
    let wrong = json!({"display_to_agent": 999, "ticket": {"comment": {"body": "x"}}});
    let (status, answer) = desk.call(&mari, "POST", "/api/v2/channels/voice/tickets", wrong);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    let wrong = json!({"ticket": {"voice_comment": {"started_at": "soon", "call_duration": -1}}});
    let (_, answer) = desk.call(&mari, "POST", "/api/v2/channels/voice/tickets", wrong);
    assert_eq!(answer["details"].as_object().unwrap().len(), 3, "{answer}");
    assert_eq!(desk.tickets().len(), 1);
}

#[test]
fn the_desks_telephone_numbers_are_kept_by_admins() {
    let desk = Desk::new();
    let (mari, anna) = (desk.actor(MARI), desk.actor(crate::desk::ANNA));
    let body = json!({"phone_number": {"number": "+372 600 0000", "nickname": "Main"}});
    assert_eq!(desk.call(&mari, "POST", "/api/v2/channels/voice/phone_numbers", body.clone()).0, StatusCode::FORBIDDEN);
    let (status, made) = desk.call(&anna, "POST", "/api/v2/channels/voice/phone_numbers", body.clone());
    assert_eq!((status, &made["phone_number"]["nickname"]), (StatusCode::CREATED, &json!("Main")), "{made}");
    let again = desk.call(&anna, "POST", "/api/v2/channels/voice/phone_numbers", body);
    assert_eq!(again.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, list) = desk.call(&mari, "GET", "/api/v2/channels/voice/phone_numbers", Value::Null);
    assert_eq!(list["count"], 1);
    let path = format!("/api/v2/channels/voice/phone_numbers/{}", made["phone_number"]["id"]);
    assert_eq!(desk.call(&anna, "DELETE", &path, Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(desk.call(&anna, "DELETE", &path, Value::Null).0, StatusCode::NOT_FOUND);
}
