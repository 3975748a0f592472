//! Incremental exports of tickets and of what happened to them.

use base::time;
use serde_json::{Value, json};

use crate::desk::{Desk, NOW};

fn start() -> i64 {
    NOW.unix_seconds()
}

/// Follows `after_cursor` to the end; gives the numbers of the tickets in the order in which they came.
fn by_cursor(desk: &Desk, size: usize) -> Vec<i64> {
    let mut path = format!("/incremental/tickets/cursor?start_time=0&per_page={size}");
    let mut seen = Vec::new();
    for _ in 0..100 {
        let page = desk.get("anu", &path).ok();
        seen.extend(Desk::ids(&page, "tickets"));
        if page["end_of_stream"] == true {
            return seen;
        }
        path = format!("/incremental/tickets/cursor?cursor={}&per_page={size}", page["after_cursor"].as_str().unwrap());
    }
    panic!("the export never ends");
}

/// Follows `end_time` to the end as clients do that make their own addresses.
fn by_time(desk: &Desk, size: usize) -> Vec<i64> {
    let mut from = 0;
    let mut seen = Vec::new();
    for _ in 0..100 {
        let page = desk.get("anu", &format!("/incremental/tickets?start_time={from}&per_page={size}")).ok();
        seen.extend(Desk::ids(&page, "tickets"));
        assert!(page["next_page"].is_string());
        if page["end_of_stream"] == true {
            return seen;
        }
        from = page["end_time"].as_i64().unwrap();
    }
    panic!("the export never ends");
}

#[test]
fn every_ticket_comes_once_in_the_order_of_its_last_change() {
    let desk = Desk::new();
    let mut ids: Vec<i64> = (0..5).map(|i| desk.open("juhan", &format!("Ticket {i}"))).collect();
    desk.clock.advance(time::MINUTE);
    desk.change("mari", ids[1], json!({"priority": "high"})).ok();
    let changed = ids.remove(1);
    ids.push(changed);
    for size in [1, 2, 4, 100] {
        assert_eq!(by_cursor(&desk, size), ids, "{size}");
        assert_eq!(by_time(&desk, size), ids, "{size}");
    }
}

#[test]
fn an_export_by_time_comes_further_though_more_than_a_page_share_a_second() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..7).map(|i| desk.open("juhan", &format!("Ticket {i}"))).collect();
    desk.clock.advance(5 * time::SECOND);
    let late = desk.open("kati", "Later");
    let path = format!("/incremental/tickets?start_time={}&per_page=2", start());
    let page = desk.get("anu", &path).ok();
    assert_eq!(Desk::ids(&page, "tickets"), ids, "the second is whole");
    assert_eq!(page["end_of_stream"], false);
    let next = page["next_page"].as_str().unwrap().strip_prefix("https://desk.test/api/v2").unwrap().to_owned();
    let page = desk.get("anu", &next).ok();
    assert_eq!((Desk::ids(&page, "tickets"), &page["end_of_stream"]), (vec![late], &Value::Bool(true)));
    // The last second may still grow, so that it is read again.
    let again = desk.open("kati", "In the same second");
    let page = desk.get("anu", page["next_page"].as_str().unwrap().split("/api/v2").nth(1).unwrap()).ok();
    assert_eq!(Desk::ids(&page, "tickets"), [late, again]);
}

#[test]
fn a_cursor_at_the_end_finds_what_changes_later_and_nothing_twice() {
    let desk = Desk::new();
    let first = desk.open("juhan", "First");
    let page = desk.get("anu", "/incremental/tickets/cursor?start_time=0").ok();
    assert_eq!((Desk::ids(&page, "tickets"), &page["end_of_stream"]), (vec![first], &Value::Bool(true)));
    let next = format!("/incremental/tickets/cursor?cursor={}", page["after_cursor"].as_str().unwrap());
    let empty = desk.get("anu", &next).ok();
    assert_eq!((empty["tickets"].as_array().unwrap().len(), &empty["end_of_stream"]), (0, &Value::Bool(true)));
    assert_eq!(empty["after_cursor"], page["after_cursor"]);
    assert!(
        empty["after_url"].as_str().unwrap().starts_with("https://desk.test/api/v2/incremental/tickets/cursor.json?")
    );
    // The clock stands still, and has even gone back: what comes later is found all the same.
    desk.clock.advance(-time::HOUR);
    let second = desk.open("juhan", "Second");
    assert_eq!(Desk::ids(&desk.get("anu", &next).ok(), "tickets"), [second]);
}

#[test]
fn start_times_may_be_whole_broken_or_dates() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer on fire");
    for start in ["946684800", "946684800.0", "2000-01-01T00:00:00Z"] {
        for kind in ["tickets", "tickets/cursor", "tickets/sample"] {
            let page = desk.get("anu", &format!("/incremental/{kind}?start_time={start}&include=None")).ok();
            assert_eq!(Desk::ids(&page, "tickets"), [id]);
            assert_eq!(page["tickets"][0]["generated_timestamp"], NOW.unix_seconds());
            assert!(page["tickets"][0]["fields"].is_array());
        }
    }
    for wrong in ["", "?start_time=soon", "?start_time=NaN", "?start_time=0&per_page=0", "?start_time=%00"] {
        assert_eq!(desk.get("anu", &format!("/incremental/tickets{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(desk.get("anu", "/incremental/tickets/cursor?cursor=nonsense").status, 400);
    assert_eq!(desk.get("anu", "/incremental/tickets?start_time=1e300").ok()["count"], 0);
}

#[test]
fn deleted_tickets_are_exported_as_deleted() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer on fire");
    desk.delete("mari", &format!("/tickets/{id}")).ok();
    let page = desk.get("anu", "/incremental/tickets/cursor?start_time=0&include=metric_sets,users,last_audits").ok();
    assert_eq!(page["tickets"][0]["status"], "deleted");
    assert_eq!(page["tickets"][0]["metric_set"]["ticket_id"], id);
    assert_eq!(page["last_audits"][0]["ticket_id"], id);
    assert!(Desk::ids(&page, "users").contains(&desk.id("juhan")));
}

#[test]
fn what_happened_is_exported_with_its_comments() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer on fire");
    let answer = json!({"tags": ["hot"], "status": "pending", "comment": {"body": "On our way", "public": false}});
    desk.change("mari", id, answer).ok();
    let page = desk.get("anu", "/incremental/ticket_events?start_time=0&include=comment_events").ok();
    let events = page["ticket_events"].as_array().unwrap();
    assert_eq!((events.len(), &page["count"], &page["end_of_stream"]), (2, &json!(2), &Value::Bool(true)));
    assert_eq!((&events[1]["ticket_id"], &events[1]["updater_id"]), (&json!(id), &json!(desk.id("mari"))));
    let children = events[1]["child_events"].as_array().unwrap();
    let of = |key: &str| children.iter().find(|child| child.get(key).is_some()).cloned().unwrap_or_default();
    assert_eq!(of("status")["previous_value"], "new");
    assert_eq!(of("added_tags")["added_tags"], json!(["hot"]));
    assert_eq!((&of("body")["body"], &of("body")["comment_public"]), (&json!("On our way"), &Value::Bool(false)));
    let page = desk.get("anu", "/incremental/ticket_events?start_time=0").ok();
    let comment = &page["ticket_events"][0]["child_events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&comment["event_type"], comment.get("body")), (&json!("Comment"), None));
}

#[test]
fn exports_are_for_admins() {
    let desk = Desk::new();
    for path in ["tickets", "tickets/cursor", "tickets/sample", "ticket_events", "ticket_events/sample"] {
        let path = format!("/incremental/{path}?start_time=0");
        assert_eq!(desk.get("anu", &path).status, 200, "{path}");
        assert_eq!(desk.get("mari", &path).status, 403, "{path}");
        assert_eq!(desk.get("juhan", &path).status, 403, "{path}");
        assert_eq!(desk.get("", &path).status, 401, "{path}");
    }
}

/// Writers and a reader at once: each ticket is read at least once after its last change.
#[test]
fn a_reader_beside_writers_misses_nothing() {
    let desk = Desk::new();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (app, actor) = (desk.app.clone(), desk.actor("mari"));
            std::thread::spawn(move || {
                (0..25)
                    .map(|n| {
                        let actor = actor.clone();
                        let work = app.write(move |tx| {
                            let new = tickets::NewTicket::of(actor.user);
                            let comment = tickets::NewComment {
                                content: tickets::Content::from_text(&format!("{writer} {n}")),
                                ..Default::default()
                            };
                            let changes = vec![tickets::Change::Comment(Box::new(comment))];
                            let target = tickets::Target::New(Box::new(new));
                            let how = tickets::How::via(tickets::Via::Api);
                            Ok(tickets::commit(tx, &actor, target, changes, &how)?.ticket.id.0)
                        });
                        work.wait().unwrap()
                    })
                    .collect::<Vec<i64>>()
            })
        })
        .collect();
    let mut cursor = String::from("start_time=0");
    let mut seen = Vec::new();
    let mut read = |desk: &Desk| {
        let page = desk.get("anu", &format!("/incremental/tickets/cursor?per_page=7&{cursor}")).ok();
        seen.extend(Desk::ids(&page, "tickets"));
        cursor = format!("cursor={}", page["after_cursor"].as_str().unwrap());
        page["end_of_stream"] == true
    };
    while writers.iter().any(|writer| !writer.is_finished()) {
        read(&desk);
    }
    while !read(&desk) {}
    let mut written: Vec<i64> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    written.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, written);
}
