//! Search.

use serde_json::{Value, json};

use crate::desk::Desk;

fn hits(desk: &Desk, who: &str, query: &str) -> Vec<(String, i64)> {
    let query: String = query.bytes().map(|b| format!("%{b:02X}")).collect();
    let answer = desk.get(who, &format!("/search?query={query}")).ok();
    let hit = |hit: &Value| (hit["result_type"].as_str().unwrap().to_owned(), hit["id"].as_i64().unwrap());
    answer["results"].as_array().unwrap().iter().map(hit).collect()
}

fn tickets(desk: &Desk, query: &str) -> Vec<i64> {
    hits(desk, "mari", &format!("type:ticket {query}")).into_iter().map(|(_, id)| id).collect()
}

#[test]
fn words_are_found_in_four_languages_in_any_form() {
    let desk = Desk::new();
    let english = desk.open("juhan", "The printers are burning");
    let estonian = desk.open("juhan", "Palun saatke uued arved");
    let finnish = desk.open("kati", "Laskuista puuttuu viitenumero");
    let russian = desk.open("kati", "Письма не доходят до клиентов");
    assert_eq!(tickets(&desk, "printer burn"), [english]);
    assert_eq!(tickets(&desk, "arve"), [estonian]);
    assert_eq!(tickets(&desk, "lasku"), [finnish]);
    assert_eq!(tickets(&desk, "письмо клиент"), [russian]);
    assert_eq!(tickets(&desk, "viiten*"), [finnish]);
    assert_eq!(tickets(&desk, "nothing-of-the-kind"), [] as [i64; 0]);
}

#[test]
fn comments_are_found_and_notes_too() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"comment": {"body": "The fuser unit melted", "public": false}})).ok();
    assert_eq!(tickets(&desk, "fuser"), [id]);
    assert_eq!(tickets(&desk, "\"fuser unit\""), [id]);
    assert_eq!(tickets(&desk, "\"unit fuser\""), [] as [i64; 0]);
}

#[test]
fn operators_narrow_the_hits() {
    let desk = Desk::new();
    let (a, b) = (desk.open("juhan", "Printer one"), desk.open("kati", "Printer two"));
    desk.change("mari", a, json!({"status": "solved", "tags": ["vip"], "priority": "urgent"})).ok();
    assert_eq!(tickets(&desk, "printer"), [b, a]);
    assert_eq!(tickets(&desk, "printer status<solved"), [b]);
    assert_eq!(tickets(&desk, "printer -tags:vip"), [b]);
    assert_eq!(tickets(&desk, "requester:kati@tugi.test"), [b]);
    assert_eq!(tickets(&desk, "assignee:mari@tugi.test priority>normal"), [a]);
    assert_eq!(tickets(&desk, "printer order_by:created sort:asc"), [a, b]);
    assert_eq!(tickets(&desk, &a.to_string()), [a]);
}

#[test]
fn people_organizations_and_groups_are_found_beside_tickets() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Juhan needs support");
    let found = hits(&desk, "mari", "juhan");
    assert_eq!(found, [("user".to_owned(), desk.id("juhan")), ("ticket".to_owned(), id)]);
    assert_eq!(hits(&desk, "mari", "type:group support"), [("group".to_owned(), desk.support.0)]);
    let organization = desk.write(|tx| {
        let change = people::OrganizationChange { name: Some("Acme".into()), ..Default::default() };
        people::create_organization(tx, &base::Actor::system(), change)
    });
    assert_eq!(hits(&desk, "mari", "acme"), [("organization".to_owned(), organization.id.0)]);
}

#[test]
fn hits_are_only_what_one_may_see() {
    let desk = Desk::new();
    let (ours, theirs) = (desk.open("juhan", "Printer one"), desk.open("juhan", "Printer two"));
    desk.change("mari", ours, json!({"group_id": desk.sales})).ok();
    desk.change("mari", theirs, json!({"group_id": desk.support})).ok();
    assert_eq!(hits(&desk, "sale", "printer"), [("ticket".to_owned(), ours)]);
    desk.delete("mari", &format!("/tickets/{theirs}"));
    assert_eq!(tickets(&desk, "printer"), [ours]);
}

#[test]
fn search_is_paged_by_offset_up_to_a_thousand_and_exported_by_cursor() {
    let desk = Desk::new();
    for i in 0..5 {
        desk.open("juhan", &format!("Printer {i}"));
    }
    let page = desk.get("mari", "/search?query=type:ticket%20printer&per_page=2&page=2").ok();
    assert_eq!((&page["count"], page["results"].as_array().unwrap().len()), (&json!(5), 2));
    assert!(page["next_page"].as_str().unwrap().contains("page=3"));
    assert_eq!(page["facets"], Value::Null);
    assert_eq!(desk.get("mari", "/search?query=printer&page[size]=2").status, 400);
    assert_eq!(desk.get("mari", "/search?query=printer&page=11&per_page=100").status, 422);
    assert_eq!(desk.get("mari", "/search/count?query=type:ticket%20printer").ok()["count"], 5);
    assert_eq!(desk.get("mari", "/search/export?query=printer").status, 400);
    let mut seen = Vec::new();
    let mut next = "/search/export?query=printer&filter[type]=ticket&page[size]=2".to_owned();
    loop {
        let page = desk.get("mari", &next).ok();
        seen.extend(Desk::ids(&page, "results"));
        if page["meta"]["has_more"] == false {
            break;
        }
        next = page["links"]["next"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    }
    assert_eq!(seen.len(), 5);
    let people = desk.get("mari", "/search/export?query=tamm&filter[type]=user&page[size]=3").ok();
    assert_eq!((people["results"].as_array().unwrap().len(), &people["meta"]["has_more"]), (3, &json!(true)));
}

#[test]
fn odd_queries_are_answered() {
    let desk = Desk::new();
    desk.open("juhan", "Printer");
    for query in
        ["", "*", "\"", "status:", "-", "a:b:c", "'; DROP TABLE tickets; --", "created>yesterday", "%", "id:x", "((("]
    {
        hits(&desk, "mari", query);
    }
}
