//! Audits over the API.

use serde_json::{Value, json};

use crate::desk::Desk;

fn three(desk: &Desk) -> i64 {
    let id = desk.open("juhan", "Printer on fire");
    desk.change("mari", id, json!({"priority": "high", "comment": {"body": "secret", "public": false}})).ok();
    desk.change("mari", id, json!({"status": "solved"})).ok();
    id
}

#[test]
fn audits_are_paged_both_ways_and_carry_their_comments() {
    let desk = Desk::new();
    let id = three(&desk);
    let all = desk.get("mari", &format!("/tickets/{id}/audits?include=users")).ok();
    assert_eq!((&all["count"], &all["next_page"]), (&json!(3), &Value::Null));
    assert!(Desk::ids(&all, "users").contains(&desk.id("mari")));
    let second = &all["audits"][1];
    for key in ["created_at", "via", "metadata", "events", "author_id", "ticket_id"] {
        assert!(!second[key].is_null(), "{key}");
    }
    let comment = second["events"].as_array().unwrap().iter().find(|e| e["type"] == "Comment").unwrap();
    assert_eq!((&comment["body"], &comment["public"]), (&json!("secret"), &json!(false)));
    let ids = Desk::ids(&all, "audits");
    let newest = desk.get("mari", &format!("/tickets/{id}/audits?page[size]=2&sort=-created_at")).ok();
    assert_eq!((Desk::ids(&newest, "audits"), &newest["meta"]["has_more"]), (vec![ids[2], ids[1]], &json!(true)));
    let path =
        |page: &Value, link: &str| page["links"][link].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    let last = desk.get("mari", &path(&newest, "next")).ok();
    assert_eq!((Desk::ids(&last, "audits"), &last["meta"]["has_more"]), (vec![ids[0]], &json!(false)));
    assert_eq!(Desk::ids(&desk.get("mari", &path(&last, "prev")).ok(), "audits"), [ids[2], ids[1]]);
    assert_eq!(desk.get("mari", &path(&last, "next")).ok()["links"], json!({"prev": null, "next": null}));
    assert_eq!(
        Desk::ids(&desk.get("mari", &format!("/tickets/{id}/audits?per_page=2&page=2")).ok(), "audits"),
        [ids[2]]
    );
    assert_eq!(desk.get("mari", &format!("/tickets/{id}/audits/count")).ok()["count"]["value"], 3);
    assert_eq!(desk.get("mari", &format!("/tickets/{id}/audits/{}", ids[1])).ok()["audit"], *second);
    let other = desk.open("juhan", "Other");
    for wrong in
        [format!("{other}/audits/{}", ids[1]), format!("{id}/audits/x"), format!("{id}/audits/99999999999999999999")]
    {
        assert_eq!(desk.get("mari", &format!("/tickets/{wrong}")).status, 404, "{wrong}");
    }
}

#[test]
fn the_comments_of_an_audit_are_hidden_from_the_requester() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer on fire");
    let made = desk.change("mari", id, json!({"comment": {"body": "Oh no", "public": true}})).ok();
    let path = |audit: &Value| format!("/tickets/{id}/audits/{audit}/make_private");
    let audit = made["audit"]["id"].clone();
    assert_eq!(desk.put("liis", &path(&audit), Value::Null).status, 403);
    assert_eq!(desk.put("sale", &path(&audit), Value::Null).status, 404);
    desk.put("mari", &path(&audit), Value::Null).ok();
    let comments = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"].clone();
    assert_eq!((&comments[0]["public"], &comments[1]["public"]), (&json!(true), &json!(false)));
    let quiet = desk.change("mari", id, json!({"priority": "low"})).ok()["audit"]["id"].clone();
    assert_eq!(desk.put("mari", &path(&quiet), Value::Null).status, 404, "it has no comment");
}

#[test]
fn all_audits_are_read_newest_first() {
    let desk = Desk::new();
    three(&desk);
    let first = desk.get("mari", "/ticket_audits?limit=2").ok();
    assert_eq!((first["audits"].as_array().unwrap().len(), &first["meta"]["has_more"]), (2, &json!(true)));
    let cursor = first["after_cursor"].as_str().unwrap();
    let rest = desk.get("mari", &format!("/ticket_audits?limit=2&cursor={cursor}")).ok();
    assert_eq!(rest["audits"].as_array().unwrap().len(), 1);
    assert!(first["after_url"].as_str().unwrap().starts_with("https://desk.test/api/v2/ticket_audits.json?"));
    assert!(Desk::ids(&first, "audits")[0] > Desk::ids(&rest, "audits")[0]);
}

#[test]
fn audits_are_for_those_who_see_the_ticket() {
    let desk = Desk::new();
    let id = three(&desk);
    for path in ["/ticket_audits".to_owned(), format!("/tickets/{id}/audits"), format!("/tickets/{id}/audits/count")] {
        assert_eq!(desk.get("juhan", &path).status, 403, "{path}");
    }
    assert_eq!(desk.get("sale", "/ticket_audits").ok()["audits"], json!([]));
    assert_eq!(desk.get("sale", &format!("/tickets/{id}/audits")).status, 404);
}
