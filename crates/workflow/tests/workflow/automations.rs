use base::time;
use serde_json::{Value, json};

use crate::desk::Desk;

fn since(field: &str, hours: &str) -> Value {
    json!({"field": field, "operator": "greater_than", "value": hours})
}

#[track_caller]
fn make(desk: &Desk, title: &str, all: Value, actions: Value) -> i64 {
    let body = json!({"automation": {"title": title, "all": all, "actions": actions}});
    let made = desk.post("anu", "/automations", body);
    assert_eq!(made.status, 201, "{}", made.json);
    made.json["automation"]["id"].as_i64().unwrap()
}

fn tell(whom: &str) -> Value {
    json!({"field": "notification_user", "value": [whom, "Still there?", "{{ticket.title}}"]})
}

#[test]
fn an_automation_is_made_shown_changed_and_deleted() {
    let desk = Desk::new();
    let id = make(&desk, "Remind", json!([since("PENDING", "24")]), json!([tell("requester_id")]));
    let shown = desk.get("mari", &format!("/automations/{id}")).ok();
    assert_eq!(shown["automation"]["conditions"]["all"], json!([since("PENDING", "24")]));
    let body = json!({"automation": {"title": "Nudge", "active": false}});
    assert_eq!(desk.put("anu", &format!("/automations/{id}"), body).ok()["automation"]["title"], "Nudge");
    assert_eq!(desk.get("mari", "/automations/active").ok()["automations"], json!([]));
    assert_eq!(desk.get("mari", "/automations/search?query=nud").ok()["count"], 1);
    let many = json!({"automations": [{"id": id, "active": true}]});
    assert_eq!(desk.put("anu", "/automations/update_many", many).ok()["automations"][0]["active"], true);
    // A trigger's words are not an automation's, and one kind is not found as the other.
    let changed = json!([{"field": "status", "operator": "changed"}, {"field": "update_type", "operator": "is", "value": "Create"}]);
    let wrong = json!({"automation": {"title": "x", "all": changed, "actions": [tell("requester_id")]}});
    assert_eq!(
        desk.post("anu", "/automations", wrong).faults(),
        ["conditions.all.0.operator", "conditions.all.1.field"]
    );
    assert_eq!(desk.get("anu", &format!("/triggers/{id}")).status, 404);
    for (who, status) in [("mari", 403), ("juhan", 403), ("", 401)] {
        assert_eq!(desk.post(who, "/automations", json!({})).status, status);
        assert_eq!(desk.put(who, &format!("/automations/{id}"), json!({})).status, status);
        assert_eq!(desk.delete(who, &format!("/automations/{id}")).status, status);
    }
    assert_eq!(desk.delete("anu", &format!("/automations/destroy_many?ids={id}")).status, 204);
    assert_eq!(desk.get("anu", &format!("/automations/{id}")).status, 404);
}

#[test]
fn what_became_due_is_done_within_seconds_and_once() {
    let desk = Desk::new();
    let ticket = desk.open("juhan", "Printer");
    desk.change("mari", ticket, json!({"status": "pending"}));
    make(
        &desk,
        "Remind",
        json!([since("PENDING", "24")]),
        json!([tell("requester_id"), {"field": "current_tags", "value": "reminded"}]),
    );
    desk.run_jobs();
    assert_eq!(desk.notices(), Vec::<Value>::new());
    desk.clock.advance(24 * time::HOUR);
    desk.run_jobs();
    assert_eq!(desk.notices().len(), 0);
    desk.clock.advance(5 * time::SECOND);
    desk.run_jobs();
    assert_eq!(desk.notices().len(), 1);
    assert_eq!(desk.ticket(ticket)["tags"], json!(["reminded"]));
    let audits = desk.get("mari", &format!("/tickets/{ticket}/audits")).ok();
    let audit = audits["audits"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&audit["via"]["source"]["rel"], &audit["via"]["source"]["from"]["title"]),
        (&json!("automation"), &json!("Remind"))
    );
    // Days go by, and it is not said again; a new wait is another matter.
    for _ in 0..3 {
        desk.clock.advance(26 * time::HOUR);
        desk.run_jobs();
    }
    assert_eq!(desk.notices().len(), 1);
    desk.change("mari", ticket, json!({"status": "open"}));
    desk.change("mari", ticket, json!({"status": "pending"}));
    desk.clock.advance(25 * time::HOUR);
    desk.run_jobs();
    assert_eq!(desk.notices().len(), 2);
}

#[test]
fn a_day_after_solving_the_requester_is_asked_once_how_satisfied_they_are() {
    let desk = Desk::new();
    make(
        &desk,
        "Ask",
        json!([since("SOLVED", "24")]),
        json!([{"field": "satisfaction_score", "value": "offered"}, tell("requester_id")]),
    );
    let ticket = desk.open("juhan", "Printer");
    desk.change("mari", ticket, json!({"status": "solved", "comment": {"body": "done"}}));
    desk.clock.advance(25 * time::HOUR);
    desk.run_jobs();
    assert_eq!(desk.ticket(ticket)["satisfaction_rating"]["score"], "offered");
    assert_eq!(desk.notices().len(), 1);
}

#[test]
fn two_that_undo_each_other_s_work_come_to_rest() {
    let desk = Desk::new();
    let is = |value: &str| json!([{"field": "priority", "operator": "is", "value": value}]);
    let sets = |value: &str| json!([{"field": "priority", "value": value}]);
    make(&desk, "up", is("low"), sets("high"));
    make(&desk, "down", is("high"), sets("low"));
    let ticket = desk.open("juhan", "Printer");
    desk.change("mari", ticket, json!({"priority": "low"}));
    for _ in 0..20 {
        desk.clock.advance(5 * time::SECOND);
        desk.run_jobs();
    }
    let audits = desk.get("mari", &format!("/tickets/{ticket}/audits")).ok()["audits"].as_array().unwrap().len();
    assert_eq!(audits, 4);
}

#[test]
fn closed_and_deleted_tickets_are_left_alone_and_triggers_see_what_automations_do() {
    let desk = Desk::new();
    let body = json!({"trigger": {
        "title": "Seen", "all": [{"field": "priority", "operator": "value", "value": "urgent"}],
        "actions": [{"field": "current_tags", "value": "seen"}],
    }});
    desk.post("anu", "/triggers", body).ok();
    let [open, closed, deleted] = ["a", "b", "c"].map(|name| desk.open("juhan", name));
    desk.change("mari", closed, json!({"status": "closed"}));
    desk.delete("mari", &format!("/tickets/{deleted}")).ok();
    let all = json!([{"field": "status", "operator": "greater_than", "value": "new"}]);
    let any_ticket = json!([{"field": "NEW", "operator": "greater_than", "value": "1"}]);
    make(&desk, "Escalate", any_ticket, json!([{"field": "priority", "value": "urgent"}]));
    make(&desk, "Closed too?", all, json!([tell("requester_id")]));
    desk.clock.advance(2 * time::HOUR);
    desk.run_jobs();
    let now = desk.ticket(open);
    assert_eq!((&now["priority"], &now["tags"]), (&json!("urgent"), &json!(["seen"])));
    assert_eq!(desk.ticket(closed)["priority"], Value::Null);
    assert_eq!(desk.notices(), Vec::<Value>::new());
    assert_eq!(desk.alarms(), Vec::<String>::new());
}

#[test]
fn an_automation_that_breaks_is_shown_and_the_others_go_on() {
    let desk = Desk::new();
    let leaver = json!({"user": {"name": "Leaver", "email": "leaver@tugi.test", "role": "agent"}});
    let leaver = desk.post("anu", "/users", leaver).ok()["user"]["id"].clone();
    let due = json!([{"field": "NEW", "operator": "greater_than", "value": "1"}]);
    let id = make(&desk, "To the leaver", due.clone(), json!([{"field": "assignee_id", "value": leaver.to_string()}]));
    make(&desk, "After it", due, json!([{"field": "current_tags", "value": "after"}]));
    desk.delete("anu", &format!("/users/{leaver}")).ok();
    let tickets: Vec<i64> = (0..12).map(|count| desk.open("juhan", &format!("Ticket {count}"))).collect();
    desk.clock.advance(2 * time::HOUR);
    desk.run_jobs();
    for ticket in tickets {
        assert_eq!(desk.ticket(ticket)["tags"], json!(["after"]));
    }
    assert_eq!(desk.alarms(), ["rule_failing"]);
    assert_eq!(desk.get("anu", &format!("/automations/{id}")).ok()["automation"]["active"], false);
}
