use base::Actor;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::endpoint::Endpoint;

fn is(field: &str, value: &str) -> Value {
    json!({"field": field, "operator": "is", "value": value})
}

fn sets(field: &str, value: &str) -> Value {
    json!({"field": field, "value": value})
}

fn body(title: &str, all: Value, actions: Value) -> Value {
    json!({"trigger": {"title": title, "all": all, "actions": actions}})
}

/// Makes a trigger; gives its number.
#[track_caller]
fn make(desk: &Desk, title: &str, all: Value, actions: Value) -> i64 {
    let made = desk.post("anu", "/triggers", body(title, all, actions));
    assert_eq!(made.status, 201, "{}", made.json);
    made.json["trigger"]["id"].as_i64().unwrap()
}

fn titles(answer: &Value) -> Vec<&str> {
    answer["triggers"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect()
}

#[test]
fn a_trigger_is_made_shown_changed_found_and_deleted() {
    let desk = Desk::new();
    let first = make(&desk, "Mark urgent", json!([is("priority", "urgent")]), json!([sets("current_tags", "hot")]));
    let second = make(&desk, "Thank", json!([is("update_type", "Create")]), json!([sets("current_tags", "thanks")]));
    let shown = desk.get("mari", &format!("/triggers/{first}")).ok();
    assert_eq!(shown["trigger"]["conditions"], json!({"all": [is("priority", "urgent")], "any": []}));
    assert_eq!(shown["trigger"]["actions"], json!([sets("current_tags", "hot")]));
    assert_eq!(shown["trigger"]["url"], format!("https://desk.test/api/v2/triggers/{first}.json"));
    let changed =
        desk.put("anu", &format!("/triggers/{first}"), json!({"trigger": {"title": "Hot", "active": false}})).ok();
    assert_eq!((&changed["trigger"]["title"], &changed["trigger"]["active"]), (&json!("Hot"), &json!(false)));
    assert_eq!(titles(&desk.get("mari", "/triggers").ok()), ["Hot", "Thank"]);
    assert_eq!(titles(&desk.get("mari", "/triggers/active").ok()), ["Thank"]);
    assert_eq!(titles(&desk.get("mari", "/triggers/search?query=HO").ok()), ["Hot"]);
    assert_eq!(desk.get("mari", "/triggers/search").status, 400);
    let ordered = desk.put("anu", "/triggers/reorder", json!({"trigger_ids": [second, first]})).ok();
    assert_eq!(titles(&ordered), ["Thank", "Hot"]);
    let many = json!({"triggers": [{"id": first, "position": 0, "active": true}]});
    desk.put("anu", "/triggers/update_many", many).ok();
    assert_eq!(titles(&desk.get("mari", "/triggers?active=true&sort_by=title&sort_order=desc").ok()), ["Thank", "Hot"]);
    let page = desk.get("mari", "/triggers?page%5Bsize%5D=1").ok();
    assert_eq!((titles(&page), &page["meta"]["has_more"]), (vec!["Hot"], &json!(true)));
    assert_eq!(desk.delete("anu", &format!("/triggers/{first}")).status, 204);
    assert_eq!(desk.delete("anu", &format!("/triggers/destroy_many?ids={second}")).status, 204);
    assert_eq!(titles(&desk.get("mari", "/triggers").ok()), Vec::<&str>::new());
    assert_eq!(desk.get("mari", &format!("/triggers/{first}")).status, 404);
    assert!(desk.get("mari", "/triggers/definitions").ok()["definitions"]["actions"].is_array());
}

#[test]
fn what_can_t_be_is_refused_with_all_problems_named() {
    let desk = Desk::new();
    let faults = desk.post("anu", "/triggers", json!({"trigger": {
        "title": "", "category_id": "77",
        "conditions": {"all": [{"field": "moon", "operator": "is", "value": "full"}, {"field": "status", "operator": "resembles"}]},
        "actions": [sets("status", "done"), sets("comment_value", "x")],
    }}));
    let all = [
        "actions.0.value",
        "actions.1.field",
        "category_id",
        "conditions.all.0.field",
        "conditions.all.1.operator",
        "title",
    ];
    assert_eq!(faults.faults(), all);
    let gone = body(
        "Gone",
        json!([is("status", "new")]),
        json!([
            sets("group_id", "999"), sets("assignee_id", "998"), sets("brand_id", "997"),
            {"field": "notification_webhook", "value": ["01NONE", "{}"]},
            {"field": "notification_user", "value": ["requester_id", "{% if %}", "b"]},
            {"field": "notification_group", "value": ["996", "s", "b"]},
        ]),
    );
    let all: Vec<String> = (0..6).map(|place| format!("actions.{place}.value")).collect();
    assert_eq!(desk.post("anu", "/triggers", gone).faults(), all);
    assert_eq!(desk.post("anu", "/triggers", json!({"trigger": {"title": "x"}})).faults(), ["actions", "conditions"]);
    for odd in [json!({}), json!({"trigger": {"title": 7, "conditions": 8, "actions": 9, "position": "x"}})] {
        assert_eq!(desk.post("anu", "/triggers", odd).status, 422);
    }
    // A folder that came with a faulty trigger is not made either.
    let with_folder = json!({"trigger": {"title": "", "category": {"name": "New"}}});
    assert_eq!(desk.post("anu", "/triggers", with_folder).status, 422);
    assert_eq!(desk.get("anu", "/trigger_categories").ok()["trigger_categories"], json!([]));
}

#[test]
fn agents_read_triggers_and_admins_write_them() {
    let desk = Desk::new();
    let id = make(&desk, "T", json!([is("status", "new")]), json!([sets("current_tags", "t")]));
    for (who, read, write) in [("mari", 200, 403), ("juhan", 403, 403), ("", 401, 401)] {
        for path in ["/triggers", "/triggers/active", "/triggers/definitions", "/trigger_categories"] {
            assert_eq!(desk.get(who, path).status, read, "{who} {path}");
        }
        assert_eq!(desk.get(who, &format!("/triggers/{id}")).status, read);
        assert_eq!(desk.post(who, "/triggers", json!({})).status, write);
        assert_eq!(desk.put(who, &format!("/triggers/{id}"), json!({})).status, write);
        assert_eq!(desk.put(who, "/triggers/reorder", json!({})).status, write);
        assert_eq!(desk.put(who, "/triggers/update_many", json!({})).status, write);
        assert_eq!(desk.delete(who, &format!("/triggers/{id}")).status, write);
        assert_eq!(desk.delete(who, "/triggers/destroy_many?ids=1").status, write);
        assert_eq!(desk.post(who, "/trigger_categories", json!({})).status, write);
        assert_eq!(desk.post(who, "/trigger_categories/jobs", json!({})).status, write);
    }
}

#[test]
fn triggers_lie_in_categories() {
    let desk = Desk::new();
    let made = desk.post("anu", "/trigger_categories", json!({"trigger_category": {"name": "Mails"}})).ok();
    let category = made["trigger_category"]["id"].as_str().unwrap();
    let mut new = body("T", json!([is("status", "new")]), json!([sets("current_tags", "t")]));
    new["trigger"]["category_id"] = json!(category);
    let id = desk.post("anu", "/triggers", new).ok()["trigger"]["id"].clone();
    assert_eq!(titles(&desk.get("anu", &format!("/triggers?category_id={category}")).ok()), ["T"]);
    assert_eq!(desk.delete("anu", &format!("/trigger_categories/{category}")).status, 422);
    let counts = desk.get("anu", "/trigger_categories?include=rule_counts").ok();
    assert_eq!(counts["rule_counts"][0], json!({"category_id": category, "active_count": 1, "inactive_count": 0}));
    let job = json!({"job": {"action": "patch", "items": {
        "trigger_categories": [{"id": category, "position": 5}], "triggers": [{"id": id, "category_id": null, "active": false}],
    }}});
    let done = desk.post("anu", "/trigger_categories/jobs", job).ok();
    assert_eq!((&done["status"], &done["results"]["triggers"][0]["active"]), (&json!("complete"), &json!(false)));
    assert_eq!(desk.delete("anu", &format!("/trigger_categories/{category}")).status, 204);
}

#[test]
fn a_trigger_changes_the_ticket_in_the_same_breath_and_the_audit_names_it() {
    let desk = Desk::new();
    let id = make(
        &desk,
        "Printers",
        json!([is("update_type", "Create"), {"field": "subject_includes_word", "operator": "includes", "value": "printer"}]),
        json!([
            sets("priority", "high"),
            sets("current_tags", "hardware"),
            sets("group_id", &desk.support.to_string())
        ]),
    );
    let ticket = desk.open("juhan", "Printers on fire");
    let now = desk.ticket(ticket);
    assert_eq!((&now["priority"], &now["tags"]), (&json!("high"), &json!(["hardware"])));
    let audits = desk.get("mari", &format!("/tickets/{ticket}/audits")).ok();
    let audit = &audits["audits"][1];
    assert_eq!(audit["via"]["channel"], "rule");
    assert_eq!(audit["via"]["source"]["rel"], "trigger");
    assert_eq!(audit["via"]["source"]["from"]["title"], "Printers");
    assert_eq!(audit["author_id"], Actor::SYSTEM.0);
    assert_eq!(desk.ticket(desk.open("juhan", "Cables"))["priority"], Value::Null);
    // Whoever changes a ticket is answered with what the triggers made of it.
    make(
        &desk,
        "Down",
        json!([{"field": "priority", "operator": "value", "value": "low"}]),
        json!([sets("type", "task")]),
    );
    assert_eq!(desk.change("mari", ticket, json!({"priority": "low"}))["type"], "task");
    let usage = desk.get("mari", "/triggers?include=usage_24h").ok();
    assert_eq!(usage["triggers"][0]["usage_24h"], 1);
    assert_eq!(usage["triggers"][0]["id"], id);
}

#[test]
fn conditions_about_the_change_see_before_and_after() {
    let desk = Desk::new();
    let operator =
        |field: &str, operator: &str, value: &str| json!([{"field": field, "operator": operator, "value": value}]);
    make(&desk, "to", operator("status", "value", "pending"), json!([sets("current_tags", "to_pending")]));
    make(&desk, "from", operator("status", "value_previous", "pending"), json!([sets("current_tags", "from_pending")]));
    make(&desk, "changed", operator("priority", "changed", ""), json!([sets("current_tags", "priority_changed")]));
    make(
        &desk,
        "public",
        json!([is("comment_is_public", "true"), is("role", "agent")]),
        json!([sets("current_tags", "answered")]),
    );
    make(&desk, "private", json!([is("comment_is_public", "false")]), json!([sets("current_tags", "noted")]));
    let ticket = desk.open("juhan", "Printer");
    assert_eq!(desk.ticket(ticket)["tags"], json!([]));
    let tags = |change: Value| desk.change("mari", ticket, change)["tags"].clone();
    assert_eq!(tags(json!({"priority": "low"})), json!(["priority_changed"]));
    assert_eq!(tags(json!({"status": "pending", "tags": []})), json!(["to_pending"]));
    assert_eq!(tags(json!({"tags": []})), json!([]));
    assert_eq!(tags(json!({"status": "open"})), json!(["from_pending"]));
    assert_eq!(tags(json!({"tags": [], "comment": {"body": "psst", "public": false}})), json!(["noted"]));
    assert_eq!(tags(json!({"tags": [], "comment": {"body": "hello", "public": true}})), json!(["answered"]));
}

#[test]
fn triggers_run_in_order_once_each_and_earlier_ones_are_asked_again() {
    let desk = Desk::new();
    // The first waits for what the second does; both feed each other, and still there is an end.
    make(
        &desk,
        "b",
        json!([{"field": "current_tags", "operator": "includes", "value": "a"}]),
        json!([sets("current_tags", "b")]),
    );
    make(&desk, "a", json!([is("status", "new")]), json!([sets("current_tags", "a")]));
    make(&desk, "up", json!([is("priority", "low")]), json!([sets("priority", "high")]));
    make(&desk, "down", json!([is("priority", "high")]), json!([sets("priority", "low")]));
    let ticket = desk.open("juhan", "Printer");
    assert_eq!(desk.ticket(ticket)["tags"], json!(["a", "b"]));
    let before = desk.get("mari", &format!("/tickets/{ticket}/audits")).ok()["audits"].as_array().unwrap().len();
    assert_eq!(desk.change("mari", ticket, json!({"priority": "low"}))["priority"], "low");
    let audits = desk.get("mari", &format!("/tickets/{ticket}/audits")).ok()["audits"].as_array().unwrap().len();
    assert_eq!(audits - before, 3);
}

#[test]
fn people_are_written_to_with_placeholders_and_customers_see_only_what_is_public() {
    let desk = Desk::new();
    let mail = |whom: &str| {
        json!({
            "field": "notification_user",
            "value": [whom, "[{{ticket.id}}] {{ticket.title}}", "Dear {{ticket.requester.first_name}}: {{ticket.latest_comment}}{{ticket.nothing}}"],
        })
    };
    let actions = json!([
        mail("requester_id"), mail("current_user"),
        {"field": "notification_group", "value": [desk.support.to_string(), "to all", "{% for c in ticket.comments %}({{c.value}}){% endfor %}"]},
    ]);
    make(&desk, "Tell", json!([{"field": "status", "operator": "value", "value": "pending"}]), actions);
    let ticket = desk.open("juhan", "Printer");
    desk.change("mari", ticket, json!({"comment": {"body": "he is difficult", "public": false}}));
    desk.change("mari", ticket, json!({"status": "pending"}));
    let mut notices = desk.notices();
    notices
        .sort_by_key(|one| one["to"].as_array().unwrap().len() * 1_000 + usize::from(one["to"][0] == desk.id("mari")));
    let [customer, agent, group] = notices.try_into().unwrap();
    assert_eq!(
        customer,
        json!({
            "to": [desk.id("juhan")], "subject": format!("[{ticket}] Printer"), "text": "Dear Juhan: Printer, says juhan",
        })
    );
    assert_eq!((&agent["to"], &agent["text"]), (&json!([desk.id("mari")]), &json!("Dear Juhan: he is difficult")));
    assert_eq!(group["to"].as_array().unwrap().len(), 3);
    assert_eq!(group["text"], "(he is difficult)(Printer, says juhan)");
}

#[test]
fn a_webhook_is_called_with_placeholders_that_fit_its_format() {
    let desk = Desk::new();
    let endpoint = Endpoint::new();
    let webhook = |method: &str, format: &str| {
        let body = json!({"webhook": {"name": "x", "endpoint": endpoint.url, "http_method": method, "request_format": format}});
        desk.post("anu", "/webhooks", body).ok()["webhook"]["id"].as_str().unwrap().to_owned()
    };
    let (posted, asked) = (webhook("POST", "json"), webhook("GET", "form_encoded"));
    let payload = "{\"id\": {{ticket.id}}, \"title\": \"{{ticket.title}}\"}";
    let id = make(
        &desk,
        "Call",
        json!([is("update_type", "Create")]),
        json!([
            {"field": "notification_webhook", "value": [posted, payload]},
            {"field": "notification_webhook", "value": [asked, [["title", "{{ticket.title}}"], ["x", "y"]]]},
        ]),
    );
    let ticket = desk.open("juhan", "\"Fire\" & smoke");
    desk.run_jobs();
    let mut seen = endpoint.seen();
    seen.sort_by_key(|one| one.line.starts_with("GET"));
    let told: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(told, json!({"id": ticket, "title": "\"Fire\" & smoke"}));
    assert_eq!(seen[1].line, "GET /hook?title=%22Fire%22+%26+smoke&x=y HTTP/1.1");
    let log = desk.get("anu", &format!("/webhooks/{posted}/invocations")).ok();
    assert_eq!(log["invocations"][0]["cause"], format!("trigger:{id}"));
    // A webhook for events can't be called by rules.
    let body_of_other = json!({"webhook": {
        "name": "y", "endpoint": endpoint.url, "http_method": "POST", "request_format": "json",
        "subscriptions": ["zen:event-type:user.created"],
    }});
    let other = desk.post("anu", "/webhooks", body_of_other).ok()["webhook"]["id"].clone();
    let wrong =
        body("x", json!([is("status", "new")]), json!([{"field": "notification_webhook", "value": [other, "{}"]}]));
    assert_eq!(desk.post("anu", "/triggers", wrong).faults(), ["actions.0.value"]);
}

#[test]
fn a_trigger_that_breaks_harms_nobody_is_shown_and_switched_off() {
    let desk = Desk::new();
    let leaver = json!({"user": {"name": "Leaver", "email": "leaver@tugi.test", "role": "agent"}});
    let leaver = desk.post("anu", "/users", leaver).ok()["user"]["id"].clone();
    let id = make(
        &desk,
        "To the leaver",
        json!([is("update_type", "Create")]),
        json!([sets("current_tags", "never"), sets("assignee_id", &leaver.to_string())]),
    );
    make(&desk, "After it", json!([is("update_type", "Create")]), json!([sets("current_tags", "after")]));
    desk.delete("anu", &format!("/users/{leaver}")).ok();
    for count in 0..10 {
        let ticket = desk.open("juhan", &format!("Ticket {count}"));
        assert_eq!(desk.ticket(ticket)["tags"], json!(["after"]));
    }
    assert_eq!(desk.alarms(), ["rule_failing"]);
    let shown = desk.get("anu", &format!("/triggers/{id}")).ok();
    assert_eq!((&shown["trigger"]["active"], &shown["trigger"]["failures"]), (&json!(false), &json!(10)));
    let mended = json!({"trigger": {"active": true, "actions": [sets("current_tags", "mended")]}});
    desk.put("anu", &format!("/triggers/{id}"), mended).ok();
    assert_eq!(desk.alarms(), Vec::<String>::new());
    assert_eq!(desk.ticket(desk.open("juhan", "Again"))["tags"], json!(["after", "mended"]));
}
