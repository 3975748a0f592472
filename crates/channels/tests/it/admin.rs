//! The admin pages' routes.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base::Actor;
use channels::email::doctor::{Severity, doctor};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::desk::{ANNA, Desk, MARI};
use crate::relay::{FakeRelay, Mood};

impl Desk {
    /// Calls a route as somebody.
    pub fn call(&self, actor: &Actor, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let (status, bytes) = self.call_raw(actor, method, path, body);
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub fn call_raw(&self, actor: &Actor, method: &str, path: &str, body: Value) -> (StatusCode, Vec<u8>) {
        let router = channels::routes().into_router(self.app.clone()).with_state(self.app.clone());
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let mut request = Request::builder().method(method).uri(path).header("host", "desk.test").body(body).unwrap();
        request.extensions_mut().insert(actor.clone());
        self.runtime.block_on(async {
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
        })
    }
}

#[test]
fn every_route_states_its_permission_and_agents_may_not_manage_mail() {
    let desk = Desk::new();
    assert!(channels::routes().unstated().is_empty());
    let mari = desk.actor(MARI);
    for path in
        ["suspended_tickets", "inbound_messages", "outbound_messages", "mailboxes", "mail_settings", "dkim_keys"]
    {
        let (status, _) = desk.call(&mari, "GET", &format!("/api/v2/{path}"), Value::Null);
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[test]
fn addresses_are_made_changed_and_deleted() {
    let desk = Desk::new();
    let anna = desk.actor(ANNA);
    let body = json!({"recipient_address": {"email": "Sales@Desk.example", "name": "Sales"}});
    let (status, made) = desk.call(&anna, "POST", "/api/v2/recipient_addresses", body.clone());
    assert_eq!(status, StatusCode::CREATED);
    let address = &made["recipient_address"];
    assert_eq!((&address["email"], &address["default"]), (&json!("sales@desk.example"), &json!(false)));
    let (status, again) = desk.call(&anna, "POST", "/api/v2/recipient_addresses", body);
    assert_eq!(
        (status, &again["details"]["email"][0]["error"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("DuplicateValue"))
    );
    let path = format!("/api/v2/recipient_addresses/{}", address["id"]);
    let (_, changed) = desk.call(&anna, "PUT", &path, json!({"recipient_address": {"default": true}}));
    assert_eq!(changed["recipient_address"]["default"], true);
    let (_, list) = desk.call(&anna, "GET", "/api/v2/recipient_addresses?page[size]=1", Value::Null);
    assert_eq!((&list["meta"]["has_more"], list["recipient_addresses"].as_array().unwrap().len()), (&json!(true), 1));
    assert_eq!(desk.call(&anna, "DELETE", &path, Value::Null).0, StatusCode::UNPROCESSABLE_ENTITY);
    let first = desk.text("SELECT CAST(id AS TEXT) FROM addresses WHERE email = 'help@desk.example'").remove(0);
    let path = format!("/api/v2/recipient_addresses/{first}");
    assert_eq!(desk.call(&anna, "DELETE", &path, Value::Null).0, StatusCode::NO_CONTENT);
}

#[test]
fn suspended_mail_is_listed_with_its_cause_recovered_and_deleted() {
    let desk = Desk::new();
    let anna = desk.actor(ANNA);
    for n in 1..=3 {
        desk.mail_to(
            "help@desk.example",
            "j@a.example",
            &format!("Subject: {n}\r\nX-Spam-Flag: YES\r\n"),
            &format!("t{n}"),
        );
    }
    let (_, list) = desk.call(&anna, "GET", "/api/v2/suspended_tickets", Value::Null);
    assert_eq!(list["count"], 3);
    let newest = &list["suspended_tickets"][0];
    assert_eq!((&newest["cause"], &newest["author"]["email"]), (&json!("Detected as spam"), &json!("j@a.example")));
    let ids: Vec<String> =
        list["suspended_tickets"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    let (status, recovered) =
        desk.call(&anna, "PUT", &format!("/api/v2/suspended_tickets/{}/recover", ids[0]), Value::Null);
    assert_eq!((status, &recovered["ticket"][0]["subject"]), (StatusCode::OK, &json!("3")));
    let (_, many) =
        desk.call(&anna, "PUT", &format!("/api/v2/suspended_tickets/recover_many?ids={}", ids[1]), Value::Null);
    assert_eq!(many["tickets"].as_array().unwrap().len(), 1);
    let path = format!("/api/v2/suspended_tickets/destroy_many?ids={}", ids[2]);
    assert_eq!(desk.call(&anna, "DELETE", &path, Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(desk.inbound_states(), ["ignored", "processed", "processed"]);
}

#[test]
fn what_came_in_is_shown_raw_and_run_again_only_when_it_became_nothing() {
    let desk = Desk::new();
    let anna = desk.actor(ANNA);
    desk.mail("j@a.example", "One", "x");
    let (_, list) = desk.call(&anna, "GET", "/api/v2/inbound_messages?state=processed", Value::Null);
    let message = &list["inbound_messages"][0];
    assert_eq!((&message["subject"], &message["sender"]), (&json!("One"), &json!("j@a.example")));
    let path = format!("/api/v2/inbound_messages/{}", message["id"]);
    let (_, raw) = desk.call_raw(&anna, "GET", &format!("{path}/raw"), Value::Null);
    assert!(String::from_utf8(raw).unwrap().contains("Subject: One\r\n"));
    assert_eq!(desk.call(&anna, "PUT", &format!("{path}/run"), Value::Null).0, StatusCode::UNPROCESSABLE_ENTITY);
    desk.write(|tx| {
        tx.execute("UPDATE inbound_messages SET state = 'failed', ticket_id = NULL, comment_id = NULL", &[])
    });
    assert_eq!(desk.call(&anna, "PUT", &format!("{path}/run"), Value::Null).0, StatusCode::OK);
    desk.settle();
    assert_eq!(desk.tickets().len(), 2);
    assert_eq!(desk.call(&anna, "GET", "/api/v2/inbound_messages?state=lost", Value::Null).0, StatusCode::BAD_REQUEST);
}

#[test]
fn an_author_takes_their_answer_back_over_http() {
    let desk = Desk::new();
    desk.mail("j@a.example", "One", "x");
    desk.reply(MARI, desk.tickets()[0].id, "<p>No</p>");
    let path = format!("/api/v2/outbound_messages/{}/cancel", desk.first_outbound());
    let (status, answer) = desk.call(&desk.actor(MARI), "PUT", &path, Value::Null);
    assert_eq!((status, &answer["outbound_message"]["state"]), (StatusCode::OK, &json!("cancelled")));
}

#[test]
fn the_relay_of_the_settings_is_used_and_its_password_never_shown() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::new();
    let anna = desk.actor(ANNA);
    desk.mail("j@a.example", "One", "x");
    desk.comment(MARI, desk.tickets()[0].id, "<p>Hi</p>", true, tickets::Via::Api);
    desk.settle();
    assert_eq!(desk.outbound_states(), ["outbox"]);
    let (host, port) = (relay.address.ip().to_string(), relay.address.port());
    let body =
        json!({"mail_settings": {"relay": {"host": host, "port": port, "security": "none", "password": "hunter2"}}});
    let (status, answer) = desk.call(&anna, "PUT", "/api/v2/mail_settings", body);
    assert_eq!((status, &answer["mail_settings"]["relay"]["has_password"]), (StatusCode::OK, &json!(true)));
    let kept = desk.text("SELECT value FROM settings WHERE name = 'mail'").remove(0);
    assert!(!answer.to_string().contains("hunter2") && !kept.contains("hunter2"));
    let (_, tested) = desk.call(&anna, "POST", "/api/v2/mail_settings/test_relay", Value::Null);
    assert_eq!(tested["ok"], true, "{tested}");
    let path = format!("/api/v2/outbound_messages/{}/retry", desk.first_outbound());
    assert_eq!(desk.call(&anna, "PUT", &path, Value::Null).0, StatusCode::OK);
    desk.settle();
    assert_eq!(relay.taken().len(), 1);
    let wrong = json!({"mail_settings": {"undo_seconds": -1}});
    assert_eq!(desk.call(&anna, "PUT", "/api/v2/mail_settings", wrong).0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn mail_is_signed_once_its_key_is_switched_on() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let anna = desk.actor(ANNA);
    let (_, made) = desk.call(&anna, "POST", "/api/v2/dkim_keys", json!({"dkim_key": {"domain": "desk.example"}}));
    assert_eq!(made["dkim_key"]["record"]["name"], "tugi._domainkey.desk.example");
    assert!(made["dkim_key"]["record"]["value"].as_str().unwrap().starts_with("v=DKIM1; k=ed25519; p="));
    let ticket = desk.mail_alone("j@a.example");
    desk.comment(MARI, ticket, "<p>1</p>", true, tickets::Via::Api);
    desk.settle();
    let on = json!({"dkim_key": {"active": true}});
    assert_eq!(desk.call(&anna, "PUT", "/api/v2/dkim_keys/desk.example/tugi", on).0, StatusCode::OK);
    desk.comment(MARI, ticket, "<p>2</p>", true, tickets::Via::Api);
    desk.settle();
    let signed: Vec<bool> = relay.taken().iter().map(|mail| mail.raw.starts_with(b"DKIM-Signature:")).collect();
    assert_eq!(signed, [false, true]);
}

#[test]
fn a_brands_own_template_is_used_and_a_broken_one_refused() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let anna = desk.actor(ANNA);
    let template = |text: &str| json!({"mail_template": {"subject": "[{{ticket.id}}]", "html": format!("<i>{text}</i>"), "text": text}});
    let path = "/api/v2/mail_templates/1/en/reply";
    assert_eq!(desk.call(&anna, "PUT", path, template("{% if %}")).0, StatusCode::UNPROCESSABLE_ENTITY);
    let own = template("Dear {{ticket.requester.first_name}}: {{ticket.comments_formatted}}");
    assert_eq!(desk.call(&anna, "PUT", path, own.clone()).0, StatusCode::OK);
    let (_, preview) = desk.call(&anna, "POST", &format!("{path}/preview"), own);
    assert!(preview["preview"]["text"].as_str().unwrap().starts_with("Dear Juhan"));
    let (_, list) = desk.call(&anna, "GET", "/api/v2/mail_templates?brand_id=1&locale=en", Value::Null);
    let custom: Vec<bool> =
        list["mail_templates"].as_array().unwrap().iter().map(|one| one["custom"] == true).collect();
    assert_eq!(custom, [true, false, false, false, false]);
    desk.mail("Jaan Tamm <j@a.example>", "One", "first words");
    desk.comment(MARI, desk.tickets()[0].id, "<p>second words</p>", true, tickets::Via::Api);
    desk.settle();
    let mail = relay.taken()[0].message();
    let html = mail.html.unwrap();
    assert_eq!(mail.subject, "[1]");
    assert!(html.contains("Dear Jaan") && html.contains("first words") && html.contains("second words"), "{html}");
}

#[test]
fn senders_are_blocked_and_let_through() {
    let desk = Desk::new();
    let anna = desk.actor(ANNA);
    let entry = |pattern: &str| json!({"sender_list": {"pattern": pattern, "kind": "block"}});
    assert_eq!(desk.call(&anna, "POST", "/api/v2/sender_lists", entry("@Evil.Example")).0, StatusCode::CREATED);
    assert_eq!(
        desk.call(&anna, "POST", "/api/v2/sender_lists", entry("no domain")).0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let (_, list) = desk.call(&anna, "GET", "/api/v2/sender_lists", Value::Null);
    assert_eq!(list["sender_lists"][0]["pattern"], "evil.example");
    desk.mail("x@evil.example", "One", "x");
    assert_eq!(desk.inbound_states(), ["suspended"]);
    assert_eq!(desk.call(&anna, "DELETE", "/api/v2/sender_lists/evil.example", Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(desk.call(&anna, "DELETE", "/api/v2/sender_lists/evil.example", Value::Null).0, StatusCode::NOT_FOUND);
}

#[test]
fn a_mailbox_is_set_up_without_showing_its_secret() {
    let desk = Desk::new();
    let anna = desk.actor(ANNA);
    let body = json!({"mailbox": {"provider": "google", "username": "help@desk.example", "auth": "xoauth2", "refresh_token": "hunter2"}});
    let (status, made) = desk.call(&anna, "POST", "/api/v2/mailboxes", body);
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!((&made["mailbox"]["host"], &made["mailbox"]["port"]), (&json!("imap.gmail.com"), &json!(993)));
    assert!(!made.to_string().contains("hunter2"));
    let path = format!("/api/v2/mailboxes/{}", made["mailbox"]["id"]);
    let body = json!({"mailbox": {"host": "127.0.0.1", "port": FakeRelay::nowhere().port(), "security": "none", "auth": "password"}});
    assert_eq!(desk.call(&anna, "PUT", &path, body).0, StatusCode::OK);
    let (status, tested) = desk.call(&anna, "POST", &format!("{path}/test"), Value::Null);
    assert_eq!((status, &tested["error"]), (StatusCode::BAD_REQUEST, &json!("MailboxFailed")), "{tested}");
    assert_eq!(desk.call(&anna, "DELETE", &path, Value::Null).0, StatusCode::NO_CONTENT);
    assert_eq!(
        desk.call(&anna, "POST", "/api/v2/mailboxes", json!({"mailbox": {}})).0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[test]
fn what_needs_an_admin_is_listed_until_it_is_over() {
    let desk = Desk::with_relay(FakeRelay::nowhere());
    let anna = desk.actor(ANNA);
    let ticket = desk.mail_alone("j@a.example");
    desk.comment(MARI, ticket, "<p>1</p>", true, tickets::Via::Api);
    desk.settle();
    let (_, list) = desk.call(&anna, "GET", "/api/v2/alarms", Value::Null);
    assert_eq!(list["alarms"][0]["message_key"], "relay_failed");
    assert!(list["alarms"][0]["fields"]["host"].as_str().unwrap().starts_with("127.0.0.1:"));
}

#[test]
fn the_doctor_names_what_is_wrong() {
    let desk = Desk::with_relay(FakeRelay::nowhere());
    desk.mail("j@a.example", "One", "x");
    desk.write(|tx| tx.execute("UPDATE inbound_messages SET state = 'failed'", &[]));
    let findings = doctor(&desk.app).unwrap();
    let trouble: Vec<&str> =
        findings.iter().filter(|one| one.severity == Severity::Trouble).map(|one| one.subject.as_str()).collect();
    assert_eq!(trouble, ["incoming mail", "relay"]);
}

#[test]
fn suspended_mail_is_deleted_after_its_time() {
    let desk = Desk::new();
    desk.mail_to("help@desk.example", "j@a.example", "Subject: x\r\nX-Spam-Flag: YES\r\n", "t");
    desk.write(channels::email::cleanup::schedule);
    desk.pass(13 * base::time::DAY);
    assert_eq!(desk.inbound_states(), ["suspended"]);
    desk.pass(base::time::DAY);
    desk.pass(base::time::DAY);
    assert!(desk.inbound_states().is_empty());
    let blobs: i64 = desk.read(|tx| tx.value("SELECT COUNT(*) FROM blobs", &[]));
    assert_eq!(blobs, 0);
}
