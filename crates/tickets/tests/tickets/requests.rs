//! Requests: what customers see of their tickets, and do to them.

use serde_json::{Value, json};

use crate::desk::Desk;

fn request(desk: &Desk, who: &str, subject: &str) -> i64 {
    let body = json!({"request": {"subject": subject, "comment": {"body": format!("{subject}, says {who}")}}});
    let answer = desk.post(who, "/requests", body);
    assert_eq!(answer.status, 201, "{}", answer.json);
    answer.ok()["request"]["id"].as_i64().unwrap()
}

/// Juhan and Kati in an organization; whether it shares tickets and comments is said by the caller.
fn share(desk: &Desk, tickets: bool, comments: bool) -> i64 {
    let (juhan, kati) = (desk.id("juhan"), desk.id("kati"));
    desk.write(move |tx| {
        let system = base::Actor::system();
        let change = people::OrganizationChange {
            name: Some("Tamm ja Pojad".into()),
            shared_tickets: Some(tickets),
            shared_comments: Some(comments),
            ..Default::default()
        };
        let organization = people::create_organization(tx, &system, change)?;
        for user in [juhan, kati] {
            people::add_to_organization(tx, &system, base::UserId(user), organization.id)?;
        }
        Ok(organization.id.0)
    })
}

#[test]
fn a_customer_opens_a_request_and_sees_what_the_desk_answers_in_public() {
    let desk = Desk::new();
    let id = request(&desk, "juhan", "Printer on fire");
    desk.change("mari", id, json!({"comment": {"body": "Put it out"}, "status": "pending"})).ok();
    desk.change("mari", id, json!({"comment": {"body": "He always does this", "public": false}})).ok();
    let seen = desk.get("juhan", &format!("/requests/{id}")).ok()["request"].clone();
    assert_eq!((&seen["status"], &seen["subject"]), (&json!("pending"), &json!("Printer on fire")));
    assert_eq!(seen["url"], format!("https://desk.test/api/v2/requests/{id}.json"));
    assert!(seen.get("tags").is_none());
    let comments = desk.get("juhan", &format!("/requests/{id}/comments.json")).ok();
    let texts: Vec<_> = comments["comments"].as_array().unwrap().iter().map(|c| c["body"].clone()).collect();
    assert_eq!(texts, ["Printer on fire, says juhan", "Put it out"]);
    let agents: Vec<_> = comments["users"].as_array().unwrap().iter().map(|user| user["agent"].clone()).collect();
    assert_eq!(agents, [true, false]);
    let first = comments["comments"][0]["id"].clone();
    let one = desk.get("juhan", &format!("/requests/{id}/comments/{first}")).ok();
    assert_eq!(one["comment"]["body"], "Printer on fire, says juhan");
    let by_agents = desk.get("juhan", &format!("/requests/{id}/comments?role=agent")).ok();
    assert_eq!(by_agents["count"], 1);
    let note = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][2]["id"].clone();
    assert_eq!(desk.get("juhan", &format!("/requests/{id}/comments/{note}")).status, 404);
}

#[test]
fn others_do_not_see_a_request_and_nobody_sees_one_unsigned() {
    let desk = Desk::new();
    let id = request(&desk, "juhan", "Printer");
    for path in [format!("/requests/{id}"), format!("/requests/{id}/comments")] {
        assert_eq!(desk.get("kati", &path).status, 404, "{path}");
        assert_eq!(desk.get("", &path).status, 401, "{path}");
    }
    let comment = json!({"request": {"comment": {"body": "Me too"}}});
    assert_eq!(desk.put("kati", &format!("/requests/{id}"), comment).status, 404);
    assert_eq!(desk.get("kati", &format!("/users/{}/requests", desk.id("juhan"))).status, 403);
    assert_eq!(desk.get("kati", "/requests").ok()["count"], 0);
    assert_eq!(desk.get("sale", &format!("/requests/{id}")).status, 404);
}

#[test]
fn a_ticket_with_internal_comments_only_is_no_request() {
    let desk = Desk::new();
    let comment = json!({"body": "Secret plans", "public": false});
    let ticket = json!({"ticket": {"subject": "Internal", "requester_id": desk.id("juhan"), "comment": comment}});
    let id = desk.post("mari", "/tickets", ticket).ok()["ticket"]["id"].as_i64().unwrap();
    assert_eq!(desk.get("juhan", &format!("/requests/{id}")).status, 404);
    assert_eq!(desk.get("juhan", "/requests").ok()["count"], 0);
    desk.change("mari", id, json!({"comment": {"body": "Hello", "public": true}})).ok();
    let seen = desk.get("juhan", &format!("/requests/{id}")).ok();
    assert_eq!(seen["request"]["description"], "Hello");
    assert_eq!(desk.get("juhan", "/requests/search?query=plans").ok()["count"], 0);
    assert_eq!(desk.get("juhan", "/requests/search?query=hello").ok()["count"], 1);
}

#[test]
fn a_customer_answers_and_solves_only_what_somebody_works_on() {
    let desk = Desk::new();
    let id = request(&desk, "juhan", "Printer");
    let path = format!("/requests/{id}");
    let solve = || desk.put("juhan", &path, json!({"request": {"solved": true}}));
    assert_eq!(desk.get("juhan", &path).ok()["request"]["can_be_solved_by_me"], false);
    assert_eq!(solve().faults(), ["solved"]);
    desk.change("mari", id, json!({"assignee_id": desk.id("mari"), "status": "pending"})).ok();
    assert_eq!(desk.get("juhan", &path).ok()["request"]["can_be_solved_by_me"], true);
    let body = json!({"request": {"comment": {"body": "Still", "public": false, "author_id": desk.id("mari")}}});
    assert_eq!(desk.put("juhan", &path, body).ok()["request"]["status"], "open");
    assert_eq!(desk.get("juhan", &format!("/tickets/{id}/comments")).status, 403);
    let answer = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][1].clone();
    assert_eq!((&answer["public"], &answer["author_id"]), (&json!(true), &json!(desk.id("juhan"))));
    assert_eq!(solve().ok()["request"]["status"], "solved");
    assert_eq!(Desk::ids(&desk.get("juhan", "/requests/solved").ok(), "requests"), [id]);
    assert_eq!(Desk::ids(&desk.get("juhan", "/requests/open").ok(), "requests"), [] as [i64; 0]);
    desk.change("mari", id, json!({"status": "closed"})).ok();
    let refused = desk.put("juhan", &path, json!({"request": {"comment": {"body": "Again"}}}));
    assert_eq!(refused.json["details"]["status"][0]["description"], "closed prevents ticket update");
}

#[test]
fn whoever_gets_copies_sees_the_request_and_may_answer() {
    let desk = Desk::new();
    let collaborators = json!(["new@tugi.test", desk.id("kati"), {"name": "Third", "email": "third@tugi.test"}]);
    let body = json!({"subject": "Printer", "comment": {"body": "Hot"}, "collaborators": collaborators});
    let request = desk.post("juhan", "/requests", json!({"request": body})).ok()["request"].clone();
    assert_eq!(request["email_cc_ids"].as_array().unwrap().len(), 3);
    let path = format!("/requests/{}", request["id"]);
    assert_eq!(Desk::ids(&desk.get("kati", "/requests/ccd").ok(), "requests"), [request["id"].as_i64().unwrap()]);
    let seen = desk.put("kati", &path, json!({"request": {"comment": {"body": "Me too"}}})).ok();
    assert_eq!(seen["request"]["can_be_solved_by_me"], false);
    let more = json!({"request": {"additional_collaborators": ["fourth@tugi.test"]}});
    let more = desk.put("juhan", &path, more).ok();
    assert_eq!(more["request"]["collaborator_ids"].as_array().unwrap().len(), 4);
}

#[test]
fn an_organization_shares_its_requests_when_it_says_so() {
    let desk = Desk::new();
    let organization = share(&desk, true, false);
    let id = request(&desk, "juhan", "Printer");
    let path = format!("/requests/{id}");
    assert_eq!(Desk::ids(&desk.get("kati", &format!("/organizations/{organization}/requests")).ok(), "requests"), [id]);
    desk.get("kati", &path).ok();
    let comment = json!({"request": {"comment": {"body": "Me too"}}});
    assert_eq!(desk.put("kati", &path, comment).status, 403);
    assert_eq!(desk.get("kati", "/organizations/999/requests").status, 404);
    assert_eq!(desk.get("kati", "/requests").ok()["count"], 0);
}

#[test]
fn comments_are_shared_where_the_organization_shares_them() {
    let desk = Desk::new();
    let organization = share(&desk, true, true);
    let id = request(&desk, "juhan", "Printer");
    desk.put("kati", &format!("/requests/{id}"), json!({"request": {"comment": {"body": "Me too"}}})).ok();
    assert_eq!(desk.texts("mari", id).len(), 2);
    let silent = Desk::new();
    share(&silent, false, false);
    let id = request(&silent, "juhan", "Printer");
    assert_eq!(silent.get("kati", &format!("/requests/{id}")).status, 404);
    assert_eq!(silent.get("kati", &format!("/organizations/{organization}/requests")).status, 404);
}

#[test]
fn customers_see_and_fill_in_the_fields_of_the_portal_only() {
    let desk = Desk::new();
    let field = |title: &str, visible: bool, editable: bool, required: bool| {
        let field = json!({"type": "text", "title": title, "visible_in_portal": visible,
            "editable_in_portal": editable, "required_in_portal": required});
        desk.post("anu", "/ticket_fields", json!({"ticket_field": field})).ok()["ticket_field"]["id"].as_i64().unwrap()
    };
    let (open, shown, hidden) =
        (field("Serial", true, true, true), field("Progress", true, false, false), field("Risk", false, false, false));
    let fields = [open, shown, hidden].map(|id| json!({"id": id, "value": "x"}));
    let form =
        json!({"ticket_form": {"name": "Repair", "end_user_visible": true, "ticket_field_ids": [open, shown, hidden]}});
    let form = desk.post("anu", "/ticket_forms", form).ok()["ticket_form"]["id"].clone();
    let body = |fields: Value| json!({"request": {"subject": "S", "comment": {"body": "B"}, "ticket_form_id": form, "custom_fields": fields}});
    assert_eq!(desk.post("juhan", "/requests", body(json!([]))).faults(), [open.to_string()]);
    let request = desk.post("juhan", "/requests", body(json!(fields))).ok()["request"].clone();
    let expected = json!([{"id": open, "value": "x"}, {"id": shown, "value": null}]);
    assert_eq!(request["custom_fields"], expected);
    let ticket = desk.ticket(request["id"].as_i64().unwrap());
    assert_eq!(ticket["custom_fields"][2], json!({"id": hidden, "value": null}));
    assert_eq!(Desk::ids(&desk.get("juhan", "/ticket_forms").ok(), "ticket_forms").len(), 2);
}

#[test]
fn people_who_are_not_signed_in_open_requests_unless_the_desk_says_no() {
    let desk = Desk::new();
    let body = |email: &str| {
        let requester = json!({"name": "Uus Inimene", "email": email, "locale_id": 101});
        json!({"request": {"requester": requester, "subject": "Help", "comment": {"body": "Please"}}})
    };
    let request = desk.post("", "/requests", body("uus@tugi.test")).ok()["request"].clone();
    let ticket = desk.ticket(request["id"].as_i64().unwrap());
    assert_eq!((&ticket["via"]["channel"], &ticket["requester_id"]), (&json!("web"), &json!(desk.id("uus"))));
    let kept = desk.post("", "/requests", body("mari@tugi.test")).ok();
    assert!(kept.get("request").is_none(), "nobody writes in an agent's name: {kept}");
    let nobody = json!({"request": {"subject": "Help", "comment": {"body": "Please"}}});
    assert_eq!(desk.post("", "/requests", nobody).faults(), ["requester"]);
    assert_eq!(desk.post("", "/requests", body("not an address")).faults(), ["requester"]);
    let mut last = 0;
    for _ in 0..40 {
        last = desk.post("", "/requests", body("uus@tugi.test")).status;
    }
    assert_eq!(last, 429);
    desk.put("anu", "/desk_settings", json!({"desk_settings": {"anonymous_requests": false}})).ok();
    desk.clock.advance(2 * base::time::HOUR);
    assert_eq!(desk.post("", "/requests", body("uus@tugi.test")).status, 401);
}

#[test]
fn bad_requests_are_refused_by_name() {
    let desk = Desk::new();
    assert_eq!(desk.post("juhan", "/requests", json!({"request": {"subject": "x"}})).faults(), ["comment"]);
    let bad = json!({"request": {"comment": {"body": "x"}, "priority": "burning", "ticket_form_id": 99}});
    assert_eq!(desk.post("juhan", "/requests", bad).faults(), ["priority"]);
    let bad = json!({"request": {"comment": {"body": "x"}, "collaborators": [99]}});
    assert_eq!(desk.post("juhan", "/requests", bad).faults(), ["collaborators"]);
    assert_eq!(desk.get("juhan", "/requests/1/comments?since=soon").status, 400);
    assert_eq!(desk.get("juhan", "/requests?sort_by=shoe_size").status, 400);
    assert_eq!(desk.get("juhan", "/requests/99999999999999999999").status, 404);
}
