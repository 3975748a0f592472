//! What agents keep beside tickets, and what lies around one.

use serde_json::{Value, json};

use crate::desk::Desk;

#[test]
fn an_agent_skips_tickets_with_a_reason() {
    let desk = Desk::new();
    let (id, other) = (desk.open("juhan", "Printer"), desk.open("kati", "Fax"));
    let skip = desk.post("mari", "/skips", json!({"skip": {"ticket_id": id, "reason": "No idea"}}));
    assert_eq!(skip.status, 201);
    let skip = skip.ok()["skip"].clone();
    assert_eq!((&skip["reason"], &skip["ticket"]["id"]), (&json!("No idea"), &json!(id)));
    desk.post("peeter", "/skips", json!({"skip": {"ticket_id": other, "reason": ""}})).ok();
    assert_eq!(desk.get("mari", "/skips").ok()["count"], 2);
    assert_eq!(Desk::ids(&desk.get("mari", &format!("/tickets/{id}/skips")).ok(), "skips").len(), 1);
    assert_eq!(Desk::ids(&desk.get("mari", &format!("/users/{}/skips", desk.id("peeter"))).ok(), "skips").len(), 1);
    let page = desk.get("mari", "/skips?page[size]=1&sort_order=desc").ok();
    assert_eq!(page["skips"][0]["ticket_id"], json!(other));
    let after = page["meta"]["after_cursor"].as_str().unwrap();
    let next = desk.get("mari", &format!("/skips?page[size]=1&sort_order=desc&page[after]={after}")).ok();
    assert_eq!(next["skips"][0]["ticket_id"], json!(id));
    assert_eq!(desk.get("sale", "/skips").ok()["count"], 0, "she sees her group's tickets only");
    assert_eq!(desk.post("sale", "/skips", json!({"skip": {"ticket_id": id}})).faults(), ["ticket_id"]);
    assert_eq!(desk.get("juhan", "/skips").status, 403);
}

#[test]
fn a_bookmark_is_made_once_and_is_its_makers_own() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let body = json!({"bookmark": {"ticket_id": id}});
    let made = desk.post("mari", "/bookmarks", body.clone());
    assert_eq!(made.status, 201);
    let bookmark = made.ok()["bookmark"].clone();
    assert_eq!(desk.post("mari", "/bookmarks", body).status, 200);
    assert_eq!(bookmark["ticket"]["subject"], "Printer");
    assert_eq!(desk.get("peeter", "/bookmarks").ok()["count"], 0);
    let path = format!("/bookmarks/{}", bookmark["id"]);
    assert_eq!(desk.delete("peeter", &path).status, 404);
    assert_eq!(desk.delete("mari", &path).status, 204);
    assert_eq!(desk.get("mari", "/bookmarks").ok()["bookmarks"], json!([]));
    assert_eq!(desk.get("juhan", "/bookmarks").status, 403);
}

#[test]
fn searches_are_kept_changed_and_deleted_by_their_owner() {
    let desk = Desk::new();
    let body = json!({"name": "Open", "type": "ticket", "query": "status:open", "filters": "[]"});
    let saved = desk.post("mari", "/saved_searches", body);
    assert_eq!(saved.status, 201);
    let id = saved.ok()["saved_search"]["id"].as_str().unwrap().to_owned();
    let path = format!("/saved_searches/{id}");
    assert_eq!(desk.put("mari", &path, json!({"name": "Still open"})).ok()["saved_search"]["query"], "status:open");
    assert_eq!(desk.put("peeter", &path, json!({"name": "Mine"})).status, 404);
    assert_eq!(desk.post("mari", "/saved_searches", json!({"type": "fish"})).faults(), ["name", "query", "type"]);
    assert_eq!(desk.get("peeter", "/saved_searches").ok()["count"], 0);
    assert_eq!(desk.delete("mari", &path).status, 204);
    assert_eq!(desk.delete("mari", &path).status, 404);
}

#[test]
fn the_tickets_that_one_last_had_open_are_listed_newest_first() {
    let desk = Desk::new();
    let ids: Vec<i64> = ["A", "B", "C"].iter().map(|subject| desk.open("juhan", subject)).collect();
    for id in [ids[0], ids[2], ids[0]] {
        desk.clock.advance(1_000);
        desk.put("mari", &format!("/tickets/{id}/presence"), json!({"doing": "viewing"})).ok();
    }
    assert_eq!(Desk::ids(&desk.get("mari", "/tickets/recent").ok(), "tickets"), [ids[0], ids[2]]);
    assert_eq!(desk.get("peeter", "/tickets/recent").ok()["tickets"], json!([]));
    assert_eq!(desk.get("juhan", "/tickets/recent").status, 403);
}

#[test]
fn who_is_on_a_ticket_is_listed_and_changed_entry_by_entry() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let (kati, peeter, mari) = (desk.id("kati"), desk.id("peeter"), desk.id("mari"));
    let put = json!({"email_ccs": [{"user_id": kati}, {"user_email": "new@tugi.test", "user_name": "New"}],
        "followers": [{"user_id": peeter, "action": "put"}]});
    desk.change("mari", id, put).ok();
    let list = |name: &str| Desk::ids(&desk.get("mari", &format!("/tickets/{id}/{name}")).ok(), "users");
    assert_eq!(list("email_ccs").len(), 2);
    desk.change("mari", id, json!({"email_ccs": [{"user_id": kati, "action": "delete"}]})).ok();
    assert_eq!(list("email_ccs"), [desk.id("new")]);
    desk.change("mari", id, json!({"additional_collaborators": [{"email": "third@tugi.test", "name": "Third"}, mari]}))
        .ok();
    assert_eq!(list("followers"), [mari, peeter]);
    assert_eq!(list("collaborators").len(), 4);
    desk.change("mari", id, json!({"collaborator_ids": [kati]})).ok();
    assert_eq!((list("collaborators"), list("followers")), (vec![kati], vec![]));
    assert_eq!(desk.change("mari", id, json!({"followers": [{"user_id": kati}]})).faults(), ["followers"]);
    assert_eq!(Desk::ids(&desk.get("mari", &format!("/users/{kati}/tickets/ccd")).ok(), "tickets"), [id]);
    desk.change("mari", id, json!({"followers": [{"user_id": mari}]})).ok();
    assert_eq!(Desk::ids(&desk.get("mari", &format!("/users/{mari}/tickets/followed")).ok(), "tickets"), [id]);
    assert_eq!(desk.get("sale", &format!("/tickets/{id}/collaborators")).status, 404);
}

#[test]
fn counts_agree_with_their_lists() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.open("kati", "Fax");
    let (juhan, mari) = (desk.id("juhan"), desk.id("mari"));
    desk.change("mari", id, json!({"assignee_id": mari, "tags": ["vip", "late"], "comment": {"body": "x"}})).ok();
    let counts = [
        ("/tickets/count".to_owned(), 2),
        (format!("/users/{juhan}/tickets/requested/count"), 1),
        (format!("/users/{mari}/tickets/assigned/count"), 1),
        (format!("/users/{mari}/tickets/ccd/count"), 0),
        (format!("/tickets/{id}/comments/count"), 2),
        ("/tags/count".to_owned(), 2),
    ];
    for (path, count) in counts {
        let answer = desk.get("mari", &path).ok();
        assert_eq!(answer["count"]["value"], count, "{path}");
        assert!(answer["count"]["refreshed_at"].is_string());
    }
    assert_eq!(desk.get("mari", "/users/999/tickets/assigned/count").status, 404);
    assert_eq!(desk.get("mari", "/organizations/999/tickets/count").status, 404);
    assert_eq!(desk.get("juhan", "/tickets/count").status, 403);
}

#[test]
fn problems_that_are_not_solved_are_offered_by_their_subject() {
    let desk = Desk::new();
    let (mail, web) = (desk.open("juhan", "Mail is down"), desk.open("kati", "Web is down"));
    for id in [mail, web] {
        desk.change("mari", id, json!({"type": "problem"})).ok();
    }
    assert_eq!(Desk::ids(&desk.get("mari", "/problems?sort_by=id").ok(), "tickets"), [mail, web]);
    let offered = desk.post("mari", "/problems/autocomplete", json!({"text": "MAIL"})).ok();
    assert_eq!(Desk::ids(&offered, "tickets"), [mail]);
    let offered = desk.post("mari", "/problems/autocomplete?text=web", Value::Null).ok();
    assert_eq!(Desk::ids(&offered, "tickets"), [web]);
    desk.change("mari", mail, json!({"status": "solved"})).ok();
    assert_eq!(Desk::ids(&desk.get("mari", "/problems").ok(), "tickets"), [web]);
}

#[test]
fn a_conversation_is_read_as_a_log() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"comment": {"body": "Between us", "public": false}})).ok();
    let log = desk.get("mari", &format!("/tickets/{id}/conversation_log?page[size]=10")).ok();
    let kinds: Vec<_> = log["events"].as_array().unwrap().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["comment", "internal_note"]);
    assert_eq!(log["events"][0]["author"]["type"], "end-user");
    assert_eq!(desk.get("sale", &format!("/tickets/{id}/conversation_log")).status, 404);
}

#[test]
fn activities_are_what_concerns_an_agent() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"assignee_id": desk.id("peeter")})).ok();
    desk.clock.advance(5_000);
    desk.change("mari", id, json!({"comment": {"body": "Look"}})).ok();
    let all = desk.get("peeter", "/activities").ok();
    let verbs: Vec<_> = all["activities"].as_array().unwrap().iter().map(|a| a["verb"].clone()).collect();
    assert_eq!(verbs, ["tickets.comment", "tickets.assignment"]);
    assert_eq!(all["activities"][0]["target"]["ticket"]["id"], json!(id));
    assert_eq!(all["actors"][0]["id"], json!(desk.id("mari")));
    let since = all["activities"][0]["created_at"].as_str().unwrap();
    assert_eq!(desk.get("peeter", &format!("/activities?since={since}")).ok()["count"], 1);
    assert_eq!(desk.get("peeter", "/activities/count").ok()["count"]["value"], 2);
    let path = format!("/activities/{}", all["activities"][0]["id"]);
    assert_eq!(desk.get("peeter", &path).ok()["activity"]["verb"], "tickets.comment");
    assert_eq!(desk.get("mari", &path).status, 404);
    assert_eq!(desk.get("peeter", "/activities?since=soon").status, 400);
    assert_eq!(desk.get("juhan", "/activities").status, 403);
}
