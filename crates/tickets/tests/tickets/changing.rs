//! The one write path.

use base::time;
use serde_json::{Value, json};

use crate::desk::Desk;

fn agent_who_solves_takes_it(desk: &Desk) -> Value {
    let id = desk.open("juhan", "Printer on fire");
    desk.change("mari", id, json!({"status": "solved", "comment": {"body": "Put out"}})).ok()
}

#[test]
fn who_solves_an_unassigned_ticket_takes_it() {
    let desk = Desk::new();
    let ticket = agent_who_solves_takes_it(&desk)["ticket"].clone();
    assert_eq!((&ticket["status"], &ticket["assignee_id"]), (&json!("solved"), &json!(desk.id("mari"))));
    assert_eq!(ticket["group_id"], json!(desk.support));
}

#[test]
fn a_ticket_that_is_given_to_somebody_is_new_no_more() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    assert_eq!(desk.ticket(id)["status"], "new");
    let answer = desk.change("mari", id, json!({"assignee_id": desk.id("peeter")})).ok();
    assert_eq!(answer["ticket"]["status"], "open");
    let events = answer["audit"]["events"].as_array().unwrap();
    let changed: Vec<_> = events.iter().map(|event| event["field_name"].as_str().unwrap()).collect();
    assert_eq!(changed, ["status", "custom_status_id", "assignee_id", "group_id"]);
}

#[test]
fn a_ticket_never_becomes_new_again() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"status": "pending"})).ok();
    desk.change("mari", id, json!({"status": "new"})).ok();
    assert_eq!(desk.ticket(id)["status"], "pending");
}

#[test]
fn an_assignee_brings_their_group_and_a_group_loses_an_outsider() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"assignee_id": desk.id("mari")})).ok();
    assert_eq!(desk.ticket(id)["group_id"], json!(desk.support));
    let moved = desk.change("mari", id, json!({"group_id": desk.sales})).ok();
    assert_eq!((&moved["ticket"]["assignee_id"], &moved["ticket"]["group_id"]), (&Value::Null, &json!(desk.sales)));
    let faults = desk.change("mari", id, json!({"assignee_id": desk.id("juhan"), "group_id": 99})).faults();
    assert_eq!(faults, ["assignee", "group"]);
}

#[test]
fn everything_wrong_with_a_ticket_is_told_at_once() {
    let desk = Desk::new();
    let ticket = json!({"subject": "x", "status": "burning", "priority": 7, "due_at": "soon", "type": "joke"});
    assert_eq!(
        desk.post("mari", "/tickets", json!({"ticket": ticket})).faults(),
        ["due_at", "priority", "status", "type"]
    );
    assert_eq!(desk.post("mari", "/tickets", json!({"ticket": {"subject": "x"}})).faults(), ["comment"]);
}

#[test]
fn a_required_field_is_asked_for_when_solving() {
    let desk = Desk::new();
    let field = json!({"ticket_field": {"type": "text", "title": "Serial number", "required": true}});
    let field = desk.post("anu", "/ticket_fields", field).ok()["ticket_field"]["id"].clone();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"status": "pending"})).ok();
    assert_eq!(desk.change("mari", id, json!({"status": "solved"})).faults(), ["base"]);
    let fields = json!([{"id": field, "value": "X1"}]);
    desk.change("mari", id, json!({"status": "solved", "custom_fields": fields})).ok();
}

#[test]
fn a_regular_expression_is_kept_to() {
    let desk = Desk::new();
    let field = json!({"type": "regexp", "title": "Serial", "regexp_for_validation": "^[A-Z]\\d+$"});
    let field = desk.post("anu", "/ticket_fields", json!({"ticket_field": field})).ok()["ticket_field"]["id"].clone();
    let id = desk.open("juhan", "Printer");
    let with = |value: &str| json!({"custom_fields": [{"id": field, "value": value}]});
    assert_eq!(desk.change("mari", id, with("12")).faults(), [field.to_string()]);
    desk.change("mari", id, with("A12")).ok();
    desk.change("mari", id, with("")).ok();
}

fn product_field(desk: &Desk) -> i64 {
    let options = json!([{"name": "Mail", "value": "p_mail"}, {"name": "Web", "value": "p_web"}]);
    let field = json!({"ticket_field": {"type": "tagger", "title": "Product", "custom_field_options": options}});
    desk.post("anu", "/ticket_fields", field).ok()["ticket_field"]["id"].as_i64().unwrap()
}

#[test]
fn a_dropdown_and_its_tag_follow_each_other() {
    let desk = Desk::new();
    let field = product_field(&desk);
    let id = desk.open("juhan", "Printer");
    let value = |id| desk.ticket(id)["custom_fields"][0]["value"].clone();
    desk.change("mari", id, json!({"custom_fields": [{"id": field, "value": "p_mail"}], "tags": ["vip"]})).ok();
    assert_eq!(desk.ticket(id)["tags"], json!(["p_mail", "vip"]));
    desk.change("mari", id, json!({"custom_fields": [{"id": field, "value": "p_web"}]})).ok();
    assert_eq!(desk.ticket(id)["tags"], json!(["p_web", "vip"]));
    desk.change("mari", id, json!({"remove_tags": ["p_web"]})).ok();
    assert_eq!(value(id), Value::Null);
    desk.change("mari", id, json!({"additional_tags": ["p_mail"]})).ok();
    assert_eq!(value(id), "p_mail");
    assert_eq!(
        desk.change("mari", id, json!({"custom_fields": [{"id": field, "value": "p_tv"}]})).faults(),
        [field.to_string()]
    );
}

#[test]
fn a_ticked_box_sets_its_tag_and_the_tag_ticks_the_box() {
    let desk = Desk::new();
    let field = json!({"ticket_field": {"type": "checkbox", "title": "Urgent", "tag": "is_urgent"}});
    let field = desk.post("anu", "/ticket_fields", field).ok()["ticket_field"]["id"].clone();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"custom_fields": [{"id": field, "value": true}]})).ok();
    assert_eq!(desk.ticket(id)["tags"], json!(["is_urgent"]));
    desk.change("mari", id, json!({"tags": []})).ok();
    assert_eq!(desk.ticket(id)["custom_fields"][0]["value"], json!(false));
}

#[test]
fn a_save_over_a_newer_one_merges_what_does_not_conflict() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let stamp = desk.ticket(id)["updated_stamp"].clone();
    desk.clock.advance(300);
    desk.change("mari", id, json!({"priority": "high"})).ok();
    let safe = |ticket: Value| {
        let mut ticket = ticket;
        ticket["safe_update"] = json!(true);
        ticket["updated_stamp"] = stamp.clone();
        ticket
    };
    desk.clock.advance(300);
    desk.change("peeter", id, safe(json!({"type": "question"}))).ok();
    let refused = desk.change("peeter", id, safe(json!({"priority": "low", "tags": ["x"]})));
    assert_eq!((refused.status, &refused.json["error"]), (409, &json!("UpdateConflict")));
    assert_eq!(refused.json["conflict"]["fields"], json!(["priority"]));
    assert_eq!(refused.json["conflict"]["by"][0]["author_id"], json!(desk.id("mari")));
    assert_eq!(desk.ticket(id)["priority"], "high");
}

#[test]
fn saving_twice_with_the_stamp_of_the_first_save_is_no_conflict() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.clock.advance(120);
    let first = desk.change("mari", id, json!({"priority": "high"})).ok();
    desk.clock.advance(120);
    let second = json!({"priority": "low", "safe_update": true, "updated_stamp": first["ticket"]["updated_stamp"]});
    desk.change("mari", id, second).ok();
}

#[test]
fn a_closed_ticket_takes_no_changes_and_says_so_as_zendesk_does() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"status": "closed"})).ok();
    let refused = desk.change("mari", id, json!({"priority": "low"}));
    assert_eq!(refused.json["details"]["status"][0]["description"], "closed prevents ticket update");
    assert_eq!(desk.change("mari", id, json!({"comment": {"body": "still"}})).faults(), ["status"]);
    let followup = json!({"ticket": {"via_followup_source_id": id, "comment": {"body": "Again"}}});
    let followup = desk.post("mari", "/tickets", followup).ok()["ticket"]["id"].clone();
    assert_eq!(desk.ticket(id)["followup_ids"], json!([followup]));
}

#[test]
fn a_followup_goes_on_from_a_closed_ticket_only() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let followup = |id: i64| json!({"ticket": {"via_followup_source_id": id, "comment": {"body": "Again"}}});
    assert_eq!(desk.post("mari", "/tickets", followup(id)).faults(), ["via_followup_source_id"]);
    assert_eq!(desk.post("mari", "/tickets", followup(999)).faults(), ["via_followup_source_id"]);
}

#[test]
fn solving_a_problem_solves_its_incidents_with_the_same_answer() {
    let desk = Desk::new();
    let problem = desk.open("juhan", "Server down");
    desk.change("mari", problem, json!({"type": "problem"})).ok();
    let incidents: Vec<i64> = ["kati", "juhan"].iter().map(|who| desk.open(who, "Site slow")).collect();
    for id in &incidents {
        desk.change("mari", *id, json!({"type": "incident", "problem_id": problem})).ok();
    }
    assert_eq!(desk.ticket(problem)["has_incidents"], true);
    let listed = desk.get("mari", &format!("/tickets/{problem}/incidents")).ok();
    assert_eq!(Desk::ids(&listed, "tickets"), incidents);
    desk.change("mari", problem, json!({"status": "solved", "comment": {"body": "Up again"}})).ok();
    desk.run_jobs();
    for id in incidents {
        assert_eq!(desk.ticket(id)["status"], "solved");
        assert_eq!(desk.texts("mari", id).last().unwrap(), "Up again");
    }
    let other = desk.open("kati", "Other");
    assert_eq!(desk.change("mari", other, json!({"problem_id": other})).faults(), ["problem_id"]);
}

#[test]
fn a_deleted_ticket_is_gone_until_it_is_restored() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    assert_eq!(desk.delete("mari", &format!("/tickets/{id}")).status, 204);
    assert_eq!(desk.get("mari", &format!("/tickets/{id}")).status, 404);
    assert_eq!(desk.change("mari", id, json!({"priority": "high"})).status, 404);
    assert_eq!(desk.delete("mari", &format!("/tickets/{id}")).status, 404);
    let deleted = desk.get("mari", "/deleted_tickets").ok();
    assert_eq!(Desk::ids(&deleted, "deleted_tickets"), [id]);
    desk.put("mari", &format!("/deleted_tickets/{id}/restore"), Value::Null).ok();
    assert_eq!(desk.ticket(id)["status"], "new");
    assert_eq!(desk.put("mari", &format!("/deleted_tickets/{id}/restore"), Value::Null).status, 404);
}

#[test]
fn spam_takes_its_sender_along() {
    let desk = Desk::new();
    let id = desk.open("kati", "Cheap watches");
    assert_eq!(desk.put("mari", &format!("/tickets/{id}/mark_as_spam"), Value::Null).status, 200);
    let kati = desk.id("kati");
    assert!(desk.read(move |tx| Ok(people::get_user(tx, base::UserId(kati))?.suspended)));
}

#[test]
fn a_light_agent_writes_notes_and_nothing_else() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    assert_eq!(desk.change("liis", id, json!({"comment": {"body": "Hello", "public": true}})).status, 403);
    assert_eq!(desk.change("liis", id, json!({"status": "solved"})).status, 403);
    desk.change("liis", id, json!({"comment": {"body": "I know this printer"}})).ok();
    let comments = desk.get("mari", &format!("/tickets/{id}/comments")).ok();
    assert_eq!(comments["comments"][1]["public"], false);
    assert_eq!(desk.texts("mari", id).len(), 2);
}

#[test]
fn a_customer_sees_their_own_tickets_and_no_notes() {
    let desk = Desk::new();
    let (own, other) = (desk.open("juhan", "Mine"), desk.open("kati", "Hers"));
    desk.change("mari", own, json!({"comment": {"body": "He is angry", "public": false}})).ok();
    let juhan = desk.actor("juhan");
    let (seen, notes, hers) = desk.read(move |tx| {
        let ticket = tickets::access::get(tx, &juhan, base::TicketId(own))?;
        let comments = tickets::access::comments(tx, &juhan, &ticket)?;
        Ok((ticket.subject, comments.len(), tickets::access::find(tx, &juhan, base::TicketId(other))?))
    });
    assert_eq!((seen.as_str(), notes), ("Mine", 1));
    assert!(hers.is_none());
    assert_eq!(desk.get("juhan", "/tickets").status, 403);
    assert_eq!(desk.get("", "/tickets").status, 401);
}

#[test]
fn tags_are_set_added_and_taken_away() {
    let desk = Desk::new();
    let path = format!("/tickets/{}/tags", desk.open("juhan", "Buy"));
    let set = desk.post("mari", &path, json!({"tags": ["a", "b"]}));
    assert_eq!((set.status, &set.json["tags"]), (201, &json!(["a", "b"])));
    assert_eq!(desk.put("mari", &path, json!({"tags": ["c"]})).ok()["tags"], json!(["a", "b", "c"]));
    assert_eq!(desk.post("juhan", &path, json!({"tags": ["x"]})).status, 403);
}

#[test]
fn an_agent_of_one_group_sees_and_changes_only_its_tickets() {
    let desk = Desk::new();
    let (ours, theirs) = (desk.open("juhan", "Buy"), desk.open("juhan", "Fix"));
    desk.change("mari", ours, json!({"group_id": desk.sales})).ok();
    desk.change("mari", theirs, json!({"group_id": desk.support})).ok();
    assert_eq!(Desk::ids(&desk.get("sale", "/tickets").ok(), "tickets"), [ours]);
    assert_eq!(desk.get("sale", &format!("/tickets/{theirs}")).status, 404);
    assert_eq!(desk.change("sale", theirs, json!({"priority": "low"})).status, 404);
    assert_eq!(desk.put("sale", &format!("/tickets/{theirs}/tags"), json!({"tags": ["x"]})).status, 404);
    desk.change("sale", ours, json!({"priority": "low"})).ok();
}

#[test]
fn the_first_public_answer_by_an_agent_is_the_first_reply() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.clock.advance(2 * time::MINUTE);
    desk.change("mari", id, json!({"comment": {"body": "hm", "public": false}})).ok();
    desk.clock.advance(5 * time::MINUTE);
    desk.change("mari", id, json!({"comment": {"body": "Hello"}, "status": "pending"})).ok();
    desk.clock.advance(10 * time::MINUTE);
    desk.change("mari", id, json!({"comment": {"body": "Solved"}, "status": "solved"})).ok();
    let metrics = desk.get("mari", &format!("/tickets/{id}/metrics")).ok()["ticket_metric"].clone();
    assert_eq!(metrics["reply_time_in_minutes"], json!({"calendar": 7, "business": 7}));
    assert_eq!(metrics["full_resolution_time_in_minutes"], json!({"calendar": 17, "business": 17}));
    assert_eq!(metrics["agent_wait_time_in_minutes"]["calendar"], 10);
    assert_eq!(metrics["replies"], 2);
}

#[test]
fn solved_tickets_close_after_some_days() {
    let desk = Desk::new();
    agent_who_solves_takes_it(&desk);
    desk.write(tickets::jobs::schedule);
    desk.clock.advance(3 * time::DAY);
    desk.write(|tx| kernel::jobs::enqueue(tx, &tickets::jobs::CloseSolved {}));
    desk.write(|tx| tx.execute("DELETE FROM jobs WHERE kind = 'housekeeping'", &[]).map(drop));
    desk.run_jobs();
    assert_eq!(desk.ticket(1)["status"], "solved");
    desk.clock.advance(2 * time::DAY);
    desk.run_jobs();
    assert_eq!(desk.ticket(1)["status"], "closed");
}
