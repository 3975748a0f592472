//! Pages of tickets.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::desk::Desk;

/// Tickets that are alike in many ways, so that every order has ties.
fn many(desk: &Desk, count: usize) -> BTreeSet<i64> {
    let statuses = ["open", "pending", "hold", "solved"];
    let priorities = [json!(null), json!("low"), json!("high"), json!("urgent")];
    (0..count)
        .map(|i| {
            if i % 3 == 0 {
                desk.clock.advance(1_000);
            }
            let id = desk.open(if i % 2 == 0 { "juhan" } else { "kati" }, &format!("Ticket {i}"));
            let assignee = if i % 4 == 0 { json!(desk.id("mari")) } else { Value::Null };
            let change = json!({"status": statuses[i % 4], "priority": priorities[i % 3], "assignee_id": assignee});
            desk.change("mari", id, change).ok();
            id
        })
        .collect()
}

/// Follows a list by its own links to its end, and back to its beginning.
fn walk(desk: &Desk, path: &str) -> (Vec<i64>, Vec<i64>) {
    let (mut seen, mut back) = (Vec::new(), Vec::new());
    let mut next = path.to_owned();
    let mut last = Value::Null;
    loop {
        let page = desk.get("anu", &next).ok();
        seen.extend(Desk::ids(&page, "tickets"));
        let more = page["meta"]["has_more"] == true;
        if !page["tickets"].as_array().unwrap().is_empty() {
            last = page.clone();
        }
        if !more {
            break;
        }
        next = page["links"]["next"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    }
    back.splice(0..0, Desk::ids(&last, "tickets"));
    while let Some(link) = last["links"]["prev"].as_str() {
        let page = desk.get("anu", link.split("/api/v2").nth(1).unwrap()).ok();
        back.splice(0..0, Desk::ids(&page, "tickets"));
        last = page;
    }
    (seen, back)
}

/// The list of a view that leaves none out.
fn every_ticket(desk: &Desk) -> String {
    let conditions = [json!({"field": "status", "operator": "less_than", "value": "closed"})];
    let body = json!({"view": {"title": "All", "all": conditions, "output": {"columns": ["subject"]}}});
    let view = desk.post("anu", "/views", body).ok()["view"]["id"].clone();
    format!("/views/{view}/tickets")
}

#[test]
fn cursors_walk_every_ticket_once_under_every_order_and_back() {
    let desk = Desk::new();
    let all = many(&desk, 23);
    let view = every_ticket(&desk);
    let orders = [
        "id",
        "updated_at",
        "created_at",
        "status",
        "priority",
        "assignee",
        "group",
        "requester",
        "due_at",
        "solved_at",
    ];
    for order in orders {
        for sign in ["", "-"] {
            for size in [1, 4, 7, 100] {
                let (seen, back) = walk(&desk, &format!("{view}?page[size]={size}&sort={sign}{order}"));
                assert_eq!(seen.iter().copied().collect::<BTreeSet<_>>(), all, "{sign}{order} by {size}");
                assert_eq!(seen.len(), all.len(), "{sign}{order} by {size}");
                assert_eq!(back, seen, "{sign}{order} by {size}, backwards");
            }
        }
    }
}

#[test]
fn orders_are_what_they_say() {
    let desk = Desk::new();
    many(&desk, 12);
    let view = every_ticket(&desk);
    let page = desk.get("anu", &format!("{view}?page[size]=100&sort=-priority")).ok();
    let rank = |p: &Value| ["low", "normal", "high", "urgent"].iter().position(|name| p == name).map_or(0, |i| i + 1);
    let ranks: Vec<_> = page["tickets"].as_array().unwrap().iter().map(|t| rank(&t["priority"])).collect();
    assert!(ranks.windows(2).all(|pair| pair[0] >= pair[1]), "{ranks:?}");
    assert_eq!(desk.get("anu", &format!("{view}?page[size]=5&sort=smell")).status, 400);
    // The list of all tickets knows fewer orders, as Zendesk's does.
    assert_eq!(desk.get("anu", "/tickets?page[size]=5&sort=-updated_at").status, 200);
    assert_eq!(desk.get("anu", "/tickets?page[size]=5&sort=-priority").status, 400);
}

#[test]
fn offsets_reach_the_same_tickets() {
    let desk = Desk::new();
    let all = many(&desk, 9);
    let mut seen = Vec::new();
    let mut next = Some("/tickets?per_page=4".to_owned());
    while let Some(path) = next {
        let page = desk.get("anu", &path).ok();
        assert_eq!(page["count"], 9);
        seen.extend(Desk::ids(&page, "tickets"));
        next = page["next_page"].as_str().map(|url| url.split("/api/v2").nth(1).unwrap().to_owned());
    }
    assert_eq!(seen, all.into_iter().collect::<Vec<_>>());
}

#[test]
fn records_that_tickets_name_come_beside_them() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"assignee_id": desk.id("mari")})).ok();
    let page = desk.get("anu", "/tickets?include=users,groups,metric_sets,None").ok();
    let mut people = Desk::ids(&page, "users");
    people.sort_unstable();
    assert_eq!(people, [desk.id("mari"), desk.id("juhan")]);
    assert_eq!(Desk::ids(&page, "groups"), [desk.support.0]);
    assert_eq!(page["tickets"][0]["metric_set"]["ticket_id"], json!(id));
}

#[test]
fn a_persons_timeline_runs_over_all_their_tickets_newest_first() {
    let desk = Desk::new();
    let (first, second) = (desk.open("juhan", "Printer"), desk.open("juhan", "Scanner"));
    desk.change("mari", first, json!({"comment": {"body": "Hello"}})).ok();
    desk.open("kati", "Hers");
    let path = format!("/users/{}/timeline?page[size]=2", desk.id("juhan"));
    let page = desk.get("mari", &path).ok();
    let items: Vec<_> = page["items"].as_array().unwrap().iter().map(|i| i["ticket_id"].as_i64().unwrap()).collect();
    assert_eq!(items, [first, second]);
    let next = page["links"]["next"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    assert_eq!(desk.get("mari", &next).ok()["items"][0]["ticket_id"], json!(first));
}

#[test]
fn a_ticket_is_found_by_the_id_that_another_system_gave_it() {
    let desk = Desk::new();
    let (ours, other) = (desk.open("juhan", "Buy"), desk.open("juhan", "Fix"));
    desk.change("mari", ours, json!({"external_id": "crm 7"})).ok();
    desk.change("mari", other, json!({"external_id": "crm 8"})).ok();
    let page = desk.get("mari", "/tickets?external_id=crm%207").ok();
    assert_eq!((Desk::ids(&page, "tickets"), &page["count"]), (vec![ours], &json!(1)));
    assert_eq!(Desk::ids(&desk.get("mari", "/tickets?external_id=x%00&page[size]=5").ok(), "tickets"), [0i64; 0]);
    assert_eq!(desk.get("juhan", "/tickets?external_id=crm%207").status, 403);
}
