//! State before + pushed events == fresh state.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::desk::Desk;

/// Tickets by number, as a browser keeps them.
type State = BTreeMap<i64, Value>;

fn fresh(desk: &Desk, name: &str) -> State {
    let list = desk.as_(name).get("/api/v2/tickets.json").ok();
    let tickets = list["tickets"].as_array().unwrap();
    tickets.iter().map(|ticket| (ticket["id"].as_i64().unwrap(), ticket.clone())).collect()
}

/// What the browser's one store does with events.
fn apply(state: &mut State, events: &[Value]) {
    for event in events {
        match event["kind"].as_str().unwrap() {
            // Deleted, or no longer for this agent's eyes.
            "ticket" if event["gone"] == true => drop(state.remove(&event["ticket_id"].as_i64().unwrap())),
            "ticket" => {
                let ticket = &event["ticket"];
                state.insert(ticket["id"].as_i64().unwrap(), ticket.clone());
            }
            _ => {}
        }
    }
}

/// Does something, and compares what an agent's browser makes of the events with what the server says.
fn agrees(desk: &Desk, what: &str, action: impl FnOnce()) {
    let mut state = fresh(desk, "peeter");
    let cursor = desk.cursor();
    action();
    desk.settle();
    let events = desk.live("peeter", cursor);
    apply(&mut state, &events);
    assert_eq!(json!(state), json!(fresh(desk, "peeter")), "after {what}: {events:#?}");
}

#[test]
fn what_an_agent_does_is_on_the_other_agents_screen() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "First");
    let other = desk.mail("liis", "Second");
    let path = format!("/api/v2/tickets/{ticket}.json");
    let mari = desk.as_("mari");
    let put = |body: Value| drop(mari.put(&path, json!({"ticket": body})).ok());
    agrees(&desk, "a new ticket", || {
        desk.mail("juhan", "Third");
    });
    agrees(&desk, "a reply", || drop(mari.reply(ticket, "Hello", "pending")));
    agrees(&desk, "a customer's reply", || {
        desk.pass(base::time::MINUTE);
        desk.reply_by_mail("juhan", ticket, "Hello back");
    });
    agrees(&desk, "an assignment", || put(json!({"assignee_id": desk.id("mari").0})));
    agrees(&desk, "tags", || put(json!({"tags": ["a", "b"]})));
    agrees(&desk, "a priority", || put(json!({"priority": "high", "type": "problem"})));
    agrees(&desk, "a merge", || {
        let body = json!({"ids": [other], "target_comment": "both", "source_comment": "see the other"});
        mari.post(&format!("/api/v2/tickets/{ticket}/merge.json"), body).ok();
    });
    agrees(&desk, "a merge of people", || {
        let body = json!({"user": {"id": desk.id("liis").0}});
        mari.put(&format!("/api/v2/users/{}/merge.json", desk.id("juhan").0), body).ok();
    });
    agrees(&desk, "a solution", || put(json!({"status": "solved"})));
    agrees(&desk, "a deletion", || drop(mari.delete(&path)));
    agrees(&desk, "a restoration", || {
        mari.put(&format!("/api/v2/deleted_tickets/{ticket}/restore.json"), json!({})).ok();
    });
}

#[test]
fn a_comment_is_pushed_as_the_api_shows_it() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "First");
    let cursor = desk.cursor();
    desk.as_("mari").reply(ticket, "Hello", "open");
    let events = desk.live("peeter", cursor);
    let pushed = events.iter().find(|event| event["kind"] == "comment").unwrap();
    let comments = desk.as_("peeter").get(&format!("/api/v2/tickets/{ticket}/comments.json")).ok();
    assert_eq!(pushed["comment"], comments["comments"][1]);
    desk.pass(base::time::MINUTE);
}

#[test]
fn end_users_have_no_stream() {
    let desk = Desk::new();
    assert_eq!(desk.as_("juhan").get("/api/v2/live").status, 403);
}

#[test]
fn a_cursor_that_is_too_old_is_reset() {
    let desk = Desk::new();
    desk.mail("juhan", "First");
    let events = desk.live("mari", desk.cursor() + 100);
    assert!(events.iter().any(|event| event["kind"] == "reset"), "{events:?}");
}
