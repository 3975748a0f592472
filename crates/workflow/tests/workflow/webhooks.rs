use axum::http::Method;
use base::time;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::endpoint::Endpoint;

fn hears(endpoint: &Endpoint, events: &[&str]) -> Value {
    json!({"webhook": {
        "name": "CRM", "endpoint": endpoint.url, "http_method": "POST", "request_format": "json", "status": "active",
        "subscriptions": events,
    }})
}

#[track_caller]
fn make(desk: &Desk, body: Value) -> String {
    desk.post("anu", "/webhooks", body).ok()["webhook"]["id"].as_str().unwrap().to_owned()
}

fn log(desk: &Desk, webhook: &str) -> Vec<Value> {
    desk.get("anu", &format!("/webhooks/{webhook}/invocations")).ok()["invocations"].as_array().unwrap().clone()
}

fn statuses(desk: &Desk, webhook: &str) -> Vec<(String, i64)> {
    let pair = |one: &Value| (one["status"].as_str().unwrap().to_owned(), one["status_code"].as_i64().unwrap_or(0));
    log(desk, webhook).iter().map(pair).collect()
}

#[test]
fn a_webhook_is_made_shown_changed_and_deleted() {
    let desk = Desk::new();
    let made = desk.post("anu", "/webhooks", json!({"webhook": {
        "name": "CRM", "endpoint": "https://hooks.example/a", "http_method": "put", "request_format": "xml", "status": "active",
        "authentication": {"type": "basic_auth", "data": {"username": "u", "password": "hunter2"}, "add_position": "header"},
        "custom_headers": {"X-Team": "desk"},
    }}));
    assert_eq!(made.status, 201);
    let place = made.headers["location"].to_str().unwrap().to_owned();
    let made = made.ok();
    assert!(!made.to_string().contains("hunter2"));
    let id = made["webhook"]["id"].as_str().unwrap();
    assert_eq!(place, format!("https://desk.test/api/v2/webhooks/{id}"));
    assert_eq!(id.len(), 26);
    assert_eq!(made["webhook"]["subscriptions"], json!(["conditional_ticket_events"]));
    assert_eq!(
        made["webhook"]["authentication"],
        json!({"type": "basic_auth", "add_position": "header", "data": {"username": "u"}})
    );
    // What was shown is sent back: the password stays.
    let changed = desk.put(
        "anu",
        &format!("/webhooks/{id}"),
        json!({"webhook": {
            "name": "ERP", "authentication": made["webhook"]["authentication"], "status": "inactive",
        }}),
    );
    assert_eq!((changed.status, &changed.json), (204, &Value::Null));
    let patched =
        desk.call("anu", Method::PATCH, &format!("/webhooks/{id}"), &json!({"webhook": {"description": "d"}}));
    assert_eq!(patched.status, 204);
    let shown = desk.get("anu", &format!("/webhooks/{id}")).ok();
    assert_eq!(shown["webhook"]["name"], "ERP");
    assert_eq!(shown["webhook"]["description"], "d");
    assert_eq!(shown["webhook"]["status"], "inactive");
    assert_eq!(shown["webhook"]["http_method"], "PUT");
    assert_eq!(desk.delete("anu", &format!("/webhooks/{id}")).status, 204);
    assert_eq!(desk.get("anu", &format!("/webhooks/{id}")).status, 404);
    assert_eq!(desk.delete("anu", &format!("/webhooks/{id}")).status, 404);
}

#[test]
fn faults_are_named_all_at_once_and_nothing_is_made() {
    let desk = Desk::new();
    let faults = desk.post(
        "anu",
        "/webhooks",
        json!({"webhook": {
            "name": " ", "endpoint": "http://169.254.169.254/latest", "http_method": "BREW", "request_format": "csv",
            "subscriptions": ["zen:event-type:moon.full"], "authentication": {"type": "basic_auth"},
            "custom_headers": {"Host": "evil"}, "status": "sleepy",
        }}),
    );
    let all = [
        "authentication",
        "custom_headers",
        "endpoint",
        "http_method",
        "name",
        "request_format",
        "status",
        "subscriptions",
    ];
    assert_eq!(faults.faults(), all);
    let split = json!({"webhook": {
        "name": "x", "endpoint": "https://a.test/", "http_method": "POST", "request_format": "json",
        "custom_headers": {"X-A": "a\r\nX-B: b"}, "authentication": {"type": "bearer_token", "data": {"token": "a\nb"}},
        "subscriptions": ["conditional_ticket_events", "zen:event-type:user.created"],
    }});
    assert_eq!(desk.post("anu", "/webhooks", split).faults(), ["authentication", "custom_headers", "subscriptions"]);
    for odd in [json!({}), json!({"webhook": {"name": 7, "subscriptions": "x", "custom_headers": 1}}), json!([1])] {
        assert_eq!(desk.post("anu", "/webhooks", odd).status, 422);
    }
    assert_eq!(desk.get("anu", "/webhooks").ok()["webhooks"], json!([]));
    let made = make(&desk, hears(&Endpoint::new(), &["zen:event-type:user.created"]));
    let other = json!({"webhook": {"subscriptions": ["conditional_ticket_events"]}});
    assert_eq!(desk.put("anu", &format!("/webhooks/{made}"), other).faults(), ["subscriptions"]);
}

#[test]
fn only_admins_see_webhooks() {
    let desk = Desk::new();
    let id = make(&desk, hears(&Endpoint::new(), &["zen:event-type:user.created"]));
    for (who, status) in [("mari", 403), ("juhan", 403), ("", 401)] {
        assert_eq!(desk.get(who, "/webhooks").status, status);
        assert_eq!(desk.post(who, "/webhooks", json!({})).status, status);
        for path in ["", "/signing_secret", "/invocations", "/invocations/x/attempts"] {
            assert_eq!(desk.get(who, &format!("/webhooks/{id}{path}")).status, status, "{path}");
        }
        assert_eq!(desk.put(who, &format!("/webhooks/{id}"), json!({})).status, status);
        assert_eq!(desk.delete(who, &format!("/webhooks/{id}")).status, status);
        assert_eq!(desk.post(who, &format!("/webhooks/{id}/signing_secret"), json!({})).status, status);
        assert_eq!(desk.post(who, &format!("/webhooks/{id}/invocations/x/retry"), json!({})).status, status);
        assert_eq!(desk.post(who, "/webhooks/test", json!({})).status, status);
    }
}

#[test]
fn lists_page_by_cursor_with_a_link_and_no_links() {
    let desk = Desk::new();
    let endpoint = Endpoint::new();
    for name in ["b", "a", "c"] {
        let mut body = hears(&endpoint, &["zen:event-type:user.created"]);
        body["webhook"]["name"] = json!(name);
        make(&desk, body);
    }
    let first = desk.get("anu", "/webhooks?page%5Bsize%5D=2&sort=name");
    let link = first.headers["link"].to_str().unwrap().to_owned();
    let names =
        |page: &Value| page["webhooks"].as_array().unwrap().iter().map(|w| w["name"].clone()).collect::<Vec<_>>();
    let first = first.ok();
    assert_eq!(names(&first), ["a", "b"]);
    assert_eq!((&first["meta"]["has_more"], first.get("links")), (&json!(true), None));
    let next = link.trim_start_matches("<https://desk.test/api/v2").split('>').next().unwrap();
    let second = desk.get("anu", &next.replace(".json", ""));
    assert!(second.headers.get("link").is_none());
    let second = second.ok();
    assert_eq!(names(&second), ["c"]);
    assert_eq!(second["meta"]["has_more"], json!(false));
    assert_eq!(names(&desk.get("anu", "/webhooks?filter%5Bname_contains%5D=B").ok()), ["b"]);
}

#[test]
fn an_event_is_told_with_a_signature() {
    let desk = Desk::new();
    let endpoint = Endpoint::new();
    let mut body = hears(&endpoint, &["zen:event-type:ticket.created", "zen:event-type:ticket.status_changed"]);
    body["webhook"]["authentication"] = json!({"type": "bearer_token", "data": {"token": "t0ken"}});
    body["webhook"]["custom_headers"] = json!({"X-Team": "desk"});
    let id = make(&desk, body);
    let ticket = desk.open("juhan", "Printer");
    assert_eq!(statuses(&desk, &id), [("pending".to_owned(), 0)]);
    desk.run_jobs();
    let seen = endpoint.only();
    assert_eq!(seen.line, "POST /hook HTTP/1.1");
    assert_eq!(seen.header("user-agent"), "Zendesk Webhook");
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!((seen.header("authorization"), seen.header("x-team")), ("Bearer t0ken", "desk"));
    assert_eq!(seen.header("x-zendesk-webhook-id"), id);
    assert_eq!(seen.header("x-zendesk-account-id"), "1");
    let event: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(event["type"], "zen:event-type:ticket.created");
    assert_eq!(event["subject"], format!("zen:ticket:{ticket}"));
    assert_eq!(event["detail"]["id"], ticket.to_string());
    assert_eq!((&event["zendesk_event_version"], &event["event"]), (&json!("2022-11-06"), &json!({})));
    let secret = desk.get("anu", &format!("/webhooks/{id}/signing_secret")).ok();
    let secret = secret["signing_secret"]["secret"].as_str().unwrap().to_owned();
    let stamp = seen.header("x-zendesk-webhook-signature-timestamp");
    assert_eq!(stamp, "2026-11-23T08:00:00Z");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let signature = STANDARD.decode(seen.header("x-zendesk-webhook-signature")).unwrap();
    ring::hmac::verify(&key, format!("{stamp}{}", seen.body).as_bytes(), &signature).unwrap();
    // The log has all but the secrets.
    let [invocation] = log(&desk, &id).try_into().unwrap();
    assert_eq!((&invocation["status"], &invocation["status_code"]), (&json!("success"), &json!(200)));
    let invocation = invocation["id"].as_str().unwrap();
    assert_eq!(seen.header("x-zendesk-webhook-invocation-id"), invocation);
    let attempts = desk.get("anu", &format!("/webhooks/{id}/invocations/{invocation}/attempts")).ok();
    assert_eq!(attempts["attempts"][0]["response"]["payload"], "fine");
    assert_eq!(attempts["attempts"][0]["request"]["payload"], seen.body);
    let text = attempts.to_string();
    assert!(!text.contains("t0ken") && !text.contains(seen.header("x-zendesk-webhook-signature")), "{text}");
    // What it did not subscribe to is not told; what changed is.
    desk.change("mari", ticket, json!({"priority": "high"}));
    desk.change("mari", ticket, json!({"status": "pending"}));
    desk.run_jobs();
    let event: Value = serde_json::from_str(&endpoint.only().body).unwrap();
    assert_eq!(event["type"], "zen:event-type:ticket.status_changed");
    assert_eq!(event["event"], json!({"current": "PENDING", "previous": "NEW"}));
    // Another secret signs from now on.
    let other = desk.post("anu", &format!("/webhooks/{id}/signing_secret"), Value::Null).ok();
    assert_ne!(other["signing_secret"]["secret"], secret);
}

#[test]
fn people_and_organizations_are_told_of_too() {
    let desk = Desk::new();
    let endpoint = Endpoint::new();
    let kinds = [
        "zen:event-type:user.created",
        "zen:event-type:user.name_changed",
        "zen:event-type:user.deleted",
        "zen:event-type:organization.created",
        "zen:event-type:organization.name_changed",
    ];
    make(&desk, hears(&endpoint, &kinds));
    let user =
        desk.post("anu", "/users", json!({"user": {"name": "New", "email": "new@tugi.test"}})).ok()["user"]["id"]
            .clone();
    desk.put("anu", &format!("/users/{user}"), json!({"user": {"name": "Newer"}})).ok();
    desk.delete("anu", &format!("/users/{user}")).ok();
    let body = json!({"organization": {"name": "Acme"}});
    let organization = desk.post("anu", "/organizations", body).ok()["organization"]["id"].clone();
    desk.put("anu", &format!("/organizations/{organization}"), json!({"organization": {"name": "Ajax"}})).ok();
    desk.run_jobs();
    let mut events: Vec<Value> = endpoint.seen().iter().map(|seen| serde_json::from_str(&seen.body).unwrap()).collect();
    // What waits at the same time is told in any order.
    events.sort_by_key(|event| kinds.iter().position(|kind| event["type"] == *kind));
    let told: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(told, kinds);
    assert_eq!(events[1]["event"], json!({"current": "Newer", "previous": "New"}));
    assert_eq!(events[1]["subject"], format!("zen:user:{user}"));
    assert_eq!(events[4]["detail"]["id"], organization.to_string());
}

#[test]
fn what_may_go_better_is_tried_again_and_the_rest_is_not() {
    let desk = Desk::new();
    let endpoint = Endpoint::new();
    let id = make(&desk, hears(&endpoint, &["zen:event-type:ticket.created"]));
    endpoint.answers("503 Busy", "retry-after: 7\r\n", "");
    desk.open("juhan", "One");
    desk.run_jobs();
    let first = endpoint.only();
    assert_eq!(statuses(&desk, &id), [("pending".to_owned(), 503)]);
    desk.clock.advance(6 * time::SECOND);
    desk.run_jobs();
    assert!(endpoint.seen().is_empty());
    endpoint.answers("200 OK", "", "");
    desk.clock.advance(time::SECOND);
    desk.run_jobs();
    let second = endpoint.only();
    let name = "x-zendesk-webhook-invocation-id";
    assert_eq!((first.header(name), &first.body), (second.header(name), &second.body));
    assert_eq!(statuses(&desk, &id), [("success".to_owned(), 200)]);
    // A redirect is an answer, and not followed; it can be sent again by hand.
    endpoint.answers("302 Found", &format!("location: {}\r\n", endpoint.url), "");
    desk.open("juhan", "Two");
    desk.run_jobs();
    endpoint.only();
    assert_eq!(statuses(&desk, &id)[0], ("failed".to_owned(), 302));
    endpoint.answers("204 No Content", "", "");
    let invocation = log(&desk, &id)[0]["id"].as_str().unwrap().to_owned();
    let again = format!("/webhooks/{id}/invocations/{invocation}/retry");
    assert_eq!(desk.post("anu", &again, Value::Null).ok()["invocation"]["status"], "pending");
    assert_eq!(desk.post("anu", &again, Value::Null).status, 422);
    desk.run_jobs();
    endpoint.only();
    assert_eq!(statuses(&desk, &id)[0], ("success".to_owned(), 204));
    let attempts = desk.get("anu", &format!("/webhooks/{id}/invocations/{invocation}/attempts")).ok();
    assert_eq!(attempts["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(desk.post("anu", &format!("/webhooks/{id}/invocations/x/retry"), Value::Null).status, 404);
}

#[test]
fn an_endpoint_that_keeps_failing_is_left_alone_for_a_while_and_the_admin_is_told() {
    let desk = Desk::new();
    let endpoint = Endpoint::new();
    let id = make(&desk, hears(&endpoint, &["zen:event-type:ticket.created"]));
    endpoint.answers("500 No", "", "");
    for count in 0..10 {
        desk.open("juhan", &format!("Ticket {count}"));
        desk.run_jobs();
    }
    assert_eq!(endpoint.seen().len(), 10);
    assert_eq!(desk.alarms(), ["webhook_failing"]);
    for name in ["a", "b"] {
        desk.open("juhan", name);
    }
    desk.run_jobs();
    assert!(endpoint.seen().is_empty());
    // One tries whether it is back; it isn't, so the other goes on waiting.
    desk.clock.advance(10 * time::SECOND);
    desk.run_jobs();
    assert_eq!(endpoint.seen().len(), 1);
    endpoint.answers("200 OK", "", "");
    desk.clock.advance(30 * time::SECOND);
    desk.run_jobs();
    assert_eq!(endpoint.seen().len(), 1);
    assert_eq!(desk.alarms(), Vec::<String>::new());
    assert_eq!(statuses(&desk, &id).iter().filter(|(status, _)| status == "success").count(), 1);
    let shown = desk.get("anu", &format!("/webhooks/{id}")).ok();
    assert_eq!((&shown["webhook"]["failures"], &shown["webhook"]["paused_until"]), (&json!(0), &Value::Null));
}

#[test]
fn a_name_that_leads_inside_is_refused_when_it_is_called() {
    let desk = Desk::new();
    let body = json!({"webhook": {
        "name": "x", "endpoint": "http://0:1/", "http_method": "POST", "request_format": "json",
        "subscriptions": ["zen:event-type:ticket.created"],
    }});
    let id = make(&desk, body);
    desk.open("juhan", "Printer");
    desk.run_jobs();
    let [invocation] = log(&desk, &id).try_into().unwrap();
    assert_eq!(invocation["status"], "failed");
    let path = format!("/webhooks/{id}/invocations/{}/attempts", invocation["id"].as_str().unwrap());
    let attempts = desk.get("anu", &path).ok();
    assert!(attempts["attempts"][0]["error"].as_str().unwrap().contains("internal"), "{attempts}");
    assert_eq!(attempts["attempts"][0]["status_code"], Value::Null);
}

#[test]
fn a_webhook_is_tried_out_and_cloned() {
    let desk = Desk::new();
    let endpoint = Endpoint::new();
    endpoint.answers("201 Created", "x-a: b\r\n", "yes");
    let request = json!({"request": {
        "endpoint": endpoint.url, "http_method": "POST", "request_format": "xml", "payload": "<a/>",
        "authentication": {"type": "api_key", "data": {"name": "X-Key", "value": "k"}},
    }});
    let answer = desk.post("anu", "/webhooks/test", request).ok();
    assert_eq!(answer["response"]["status"], "201 Created");
    assert_eq!((&answer["response"]["status_code"], &answer["response"]["payload"]), (&json!(201), &json!("yes")));
    assert!(answer["response"]["headers"].as_array().unwrap().contains(&json!({"key": "x-a", "value": "b"})));
    let seen = endpoint.only();
    assert_eq!(
        (seen.header("x-key"), seen.header("content-type"), seen.body.as_str()),
        ("k", "application/xml", "<a/>")
    );
    let inside = json!({"request": {"endpoint": "http://10.0.0.1/", "http_method": "GET"}});
    assert_eq!(desk.post("anu", "/webhooks/test", inside).faults(), ["endpoint"]);
    let mut body = hears(&endpoint, &["zen:event-type:user.created"]);
    body["webhook"]["authentication"] = json!({"type": "api_key", "data": {"name": "X-Key", "value": "k"}});
    let id = make(&desk, body);
    desk.post("anu", &format!("/webhooks/test?webhook_id={id}"), json!({"request": {"payload": "{}"}})).ok();
    let seen = endpoint.only();
    assert_eq!(seen.header("x-key"), "k");
    assert!(!seen.header("x-zendesk-webhook-signature").is_empty());
    // Kept credentials don't go to another address.
    let other = Endpoint::new();
    desk.post("anu", &format!("/webhooks/test?webhook_id={id}"), json!({"request": {"endpoint": other.url}})).ok();
    assert_eq!(other.only().header("x-key"), "");
    let cloned =
        desk.post("anu", &format!("/webhooks?clone_webhook_id={id}"), json!({"webhook": {"name": "Second"}})).ok();
    assert_ne!(cloned["webhook"]["id"], id);
    assert_eq!((&cloned["webhook"]["name"], &cloned["webhook"]["endpoint"]), (&json!("Second"), &json!(endpoint.url)));
    assert_eq!(cloned["webhook"]["authentication"]["data"], json!({"name": "X-Key"}));
}
