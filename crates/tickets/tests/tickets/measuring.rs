//! Ticket metrics and metric events: one truth.

use base::time;
use serde_json::{Value, json};

use crate::desk::Desk;

/// A ticket that was answered, waited for its requester, was put on hold, solved and opened again and solved.
fn busy(desk: &Desk) -> i64 {
    let id = desk.open("juhan", "Printer on fire");
    let steps = [
        (10 * time::MINUTE, "mari", json!({"status": "pending", "comment": {"body": "Is it plugged in?"}})),
        (2 * time::HOUR, "mari", json!({"status": "open"})),
        (30 * time::MINUTE, "mari", json!({"status": "hold"})),
        (26 * time::HOUR, "mari", json!({"status": "solved", "comment": {"body": "Fixed"}})),
        (time::HOUR, "mari", json!({"status": "open"})),
        (15 * time::MINUTE, "mari", json!({"status": "solved"})),
    ];
    for (pause, who, change) in steps {
        desk.clock.advance(pause);
        desk.change(who, id, change).ok();
    }
    id
}

fn metrics(desk: &Desk, id: i64) -> Value {
    desk.get("mari", &format!("/tickets/{id}/metrics")).ok()["ticket_metric"].clone()
}

#[test]
fn metrics_count_calendar_and_business_minutes() {
    let desk = Desk::new();
    let id = busy(&desk);
    let m = metrics(&desk, id);
    assert_eq!(m["reply_time_in_minutes"], json!({"calendar": 10, "business": 10}));
    assert_eq!(m["agent_wait_time_in_minutes"], json!({"calendar": 120, "business": 120}));
    // On hold from Monday 12:40 to Tuesday 14:40, of which business hours are 260 and 340 minutes.
    assert_eq!(m["on_hold_time_in_minutes"], json!({"calendar": 1560, "business": 600}));
    assert_eq!(m["requester_wait_time_in_minutes"], json!({"calendar": 1615, "business": 655}));
    assert_eq!((&m["reopens"], &m["replies"], &m["id"]), (&json!(1), &json!(2), &json!(id)));
    assert_eq!(desk.get("mari", &format!("/ticket_metrics/{id}")).ok()["ticket_metric"], m);
    let list = desk.get("mari", "/ticket_metrics?page[size]=1").ok();
    assert_eq!((&list["ticket_metrics"][0], &list["meta"]["has_more"]), (&m, &json!(false)));
    assert_eq!(desk.get("mari", "/ticket_metrics").ok()["count"], 1);
    let shown = desk.get("mari", &format!("/tickets/{id}?include=metric_sets,dates,slas,incident_counts,None")).ok();
    assert_eq!(shown["ticket"]["metric_set"], m);
    let shown_events = desk.get("mari", &format!("/tickets/{id}?include=metric_events")).ok();
    assert_eq!(shown_events["ticket"]["metric_events"]["reply_time"][0]["type"], "measure");
    assert_eq!(shown["ticket"]["dates"]["solved_at"], m["solved_at"]);
}

#[test]
fn events_and_totals_agree() {
    let desk = Desk::new();
    let id = busy(&desk);
    let page = desk.get("anu", "/incremental/ticket_metric_events?start_time=0").ok();
    assert_eq!(page["end_of_stream"], true);
    let events = page["ticket_metric_events"].as_array().unwrap();
    let mut ids: Vec<_> = events.iter().map(|event| event["id"].as_i64().unwrap()).collect();
    ids.dedup();
    assert_eq!(ids.len(), events.len());
    assert!(events.iter().all(|event| event["ticket_id"] == id && event["time"].is_string()));
    let of = |metric: &str, kind: &str| -> Vec<&Value> {
        events.iter().filter(|event| event["metric"] == metric && event["type"] == kind).collect()
    };
    let m = metrics(&desk, id);
    let told = |metric: &str, basis: &str| -> i64 {
        let mut last = std::collections::BTreeMap::new();
        for event in of(metric, "update_status") {
            last.insert(event["instance_id"].as_i64().unwrap(), event["status"][basis].as_i64().unwrap());
        }
        last.values().sum()
    };
    for basis in ["calendar", "business"] {
        assert_eq!(told("requester_wait_time", basis), m["requester_wait_time_in_minutes"][basis], "{basis}");
    }
    assert_eq!(of("reply_time", "fulfill").len(), 1);
    assert_eq!(told("reply_time", "calendar"), m["reply_time_in_minutes"]["calendar"]);
    assert_eq!(of("resolution_time", "fulfill").len(), 2);
    assert_eq!(of("agent_work_time", "measure").len(), 1);
}

#[test]
fn pages_of_metric_events_come_to_the_same_as_the_whole() {
    let desk = Desk::new();
    busy(&desk);
    busy(&desk);
    let whole = desk.get("anu", "/incremental/ticket_metric_events?start_time=0").ok();
    let mut seen = Vec::new();
    let mut path = String::from("/incremental/ticket_metric_events?start_time=0&per_page=1");
    loop {
        let page = desk.get("anu", &path).ok();
        seen.extend(page["ticket_metric_events"].as_array().unwrap().clone());
        if page["end_of_stream"] == true {
            break;
        }
        path = page["next_page"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    }
    assert_eq!(json!(seen), whole["ticket_metric_events"]);
}

#[test]
fn metrics_are_for_the_desk_and_their_events_for_admins() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer on fire");
    for path in ["/ticket_metrics".to_owned(), format!("/ticket_metrics/{id}"), format!("/tickets/{id}/metrics")] {
        assert_eq!(desk.get("juhan", &path).status, 403, "{path}");
        assert_eq!(desk.get("liis", &path).status, 200, "{path}");
    }
    assert_eq!(desk.get("sale", &format!("/ticket_metrics/{id}")).status, 404);
    assert_eq!(desk.get("mari", "/incremental/ticket_metric_events?start_time=0").status, 403);
    assert_eq!(desk.get("anu", "/incremental/ticket_metric_events").status, 400);
}
