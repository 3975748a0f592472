//! Drafts, presence, notifications.

use base::time;
use serde_json::{Value, json};

use crate::desk::Desk;

#[test]
fn a_draft_is_kept_for_its_author_without_scripts() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let path = format!("/tickets/{id}/draft");
    assert_eq!(desk.get("mari", &path).ok()["draft"], Value::Null);
    let body = json!({"draft": {"html_body": "<p>Hello<script>x()</script></p>", "public": false}});
    let kept = desk.put("mari", &path, body).ok();
    assert_eq!((&kept["draft"]["html_body"], &kept["draft"]["public"]), (&json!("<p>Hello</p>"), &json!(false)));
    assert_eq!(desk.get("peeter", &path).ok()["draft"], Value::Null);
    assert_eq!(desk.delete("mari", &path).status, 204);
    assert_eq!(desk.get("mari", &path).ok()["draft"], Value::Null);
    desk.put("mari", "/tickets/0/draft", json!({"draft": {"html_body": "new"}})).ok();
    assert_eq!(desk.put("mari", "/tickets/999/draft", json!({"draft": {"html_body": "x"}})).status, 404);
}

#[test]
fn text_that_is_given_back_goes_before_a_newer_draft() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let path = format!("/tickets/{id}/draft");
    desk.put("mari", &path, json!({"draft": {"html_body": "<p>newer</p>"}})).ok();
    let mari = base::UserId(desk.id("mari"));
    desk.write(move |tx| tickets::discard_draft_to(tx, mari, base::TicketId(id), "<p>undone</p>"));
    let html = desk.get("mari", &path).ok()["draft"]["html_body"].as_str().unwrap().to_owned();
    assert!(html.find("undone").unwrap() < html.find("newer").unwrap(), "{html}");
}

#[test]
fn who_is_at_a_ticket_is_told_until_they_leave_or_fall_silent() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let path = format!("/tickets/{id}/presence");
    desk.put("mari", &path, json!({"doing": "viewing"})).ok();
    let both = desk.put("peeter", &path, json!({"doing": "answering"})).ok();
    let who: Vec<_> =
        both["presence"].as_array().unwrap().iter().map(|p| (p["name"].clone(), p["doing"].clone())).collect();
    assert_eq!(who, [(json!("Mari Tamm"), json!("viewing")), (json!("Peeter Tamm"), json!("answering"))]);
    desk.put("mari", &path, json!({"doing": "gone"})).ok();
    assert_eq!(desk.get("mari", &path).ok()["presence"].as_array().unwrap().len(), 1);
    desk.clock.advance(time::MINUTE);
    assert_eq!(desk.get("mari", &path).ok()["presence"], json!([]));
    assert_eq!(desk.put("mari", &path, json!({"doing": "sleeping"})).faults(), ["doing"]);
}

fn kinds(desk: &Desk, who: &str) -> Vec<String> {
    let all = desk.get(who, "/notifications").ok();
    all["notifications"].as_array().unwrap().iter().map(|n| n["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn agents_are_told_what_concerns_them_once_and_never_of_their_own_doing() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"assignee_id": desk.id("peeter")})).ok();
    assert_eq!(kinds(&desk, "peeter"), ["assigned"]);
    let mention = format!("<p><span data-type=\"mention\" data-id=\"{}\">@Peeter</span> look</p>", desk.id("peeter"));
    desk.change("mari", id, json!({"comment": {"html_body": mention, "public": false}})).ok();
    assert_eq!(kinds(&desk, "peeter"), ["mentioned", "assigned"]);
    desk.mail("juhan", "And?", Some(id));
    assert_eq!(kinds(&desk, "peeter"), ["answered", "mentioned", "assigned"]);
    desk.change("peeter", id, json!({"comment": {"body": "Soon"}, "followers": [{"user_id": desk.id("mari")}]})).ok();
    assert_eq!(kinds(&desk, "mari"), ["followed"]);
    assert_eq!(kinds(&desk, "peeter").len(), 3);
    assert_eq!(desk.get("peeter", "/notifications").ok()["unread"], 3);
    assert_eq!(desk.put("peeter", "/notifications/read", json!({"ticket_id": id})).status, 204);
    assert_eq!(desk.get("peeter", "/notifications").ok()["unread"], 0);
    assert_eq!(desk.get("mari", "/notifications").ok()["unread"], 1);
}
