//! Every number computed a second, slow way, from comments and audits, and compared; on whichever database
//! `TUGI_TEST_DATABASE` names.

#![allow(clippy::unwrap_used)]

mod desk;
mod slow;

use std::collections::BTreeSet;

use base::{Timestamp, time};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::slow::{History, Slow};

const METRICS: [&str; 5] = ["new", "open", "solved", "first_reply", "full_resolution"];

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

/// The instant that a bucket's edge stands for.
fn instant(edge: &str) -> Timestamp {
    if edge.len() > 10 {
        return Timestamp::parse(edge).unwrap();
    }
    let day: jiff::civil::Date = edge.parse().unwrap();
    let zoned = day.in_tz("Europe/Tallinn").unwrap();
    Timestamp(zoned.timestamp().as_millisecond())
}

fn check(bucket: &Value, history: &History) {
    let (from, to) = (instant(text(bucket, "from")), instant(text(bucket, "to")));
    let slow = Slow::of(history, from, to);
    for metric in ["new", "open", "solved"] {
        assert_eq!(bucket[metric], json!(slow.behind(metric).len()), "{metric} of {bucket}");
    }
    for (metric, times) in [("first_reply", &slow.replies), ("full_resolution", &slow.resolutions)] {
        let found = &bucket[metric];
        assert_eq!(found["count"], json!(times.len()), "{metric} of {bucket}");
        for (hours, pick) in [("calendar", 0), ("business", 1)] {
            let ms: Vec<i64> = times.iter().map(|(_, calendar, business)| [*calendar, *business][pick]).collect();
            let close = |name: &str, expected: Option<f64>| match (found[hours][name].as_f64(), expected) {
                (None, None) => {}
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-6, "{metric} {hours} {name}: {a} is not {b}"),
                other => panic!("{metric} {hours} {name}: {other:?}"),
            };
            close("mean", slow::mean(&ms));
            close("median", slow::median(&ms));
        }
    }
    let goal = 10 * time::MINUTE;
    let within = slow.replies.iter().filter(|(_, _, business)| *business <= goal).count();
    assert_eq!(bucket["first_reply"]["within_goal"], json!(within));
}

#[test]
fn every_number_agrees_with_the_history_and_with_the_list_behind_it() {
    let desk = Desk::new();
    desk.live_through(60, 420);
    let history = desk.history();
    let mut compared = 0;
    for (interval, from, to) in [
        ("day", "2026-10-20", "2026-10-31"),
        ("week", "2026-10-14", "2026-11-20"),
        ("month", "2026-10-01", "2027-01-01"),
        ("day", "2026-10-24T11:30:00Z", "2026-10-26T01:00:00Z"),
    ] {
        let answer = desk.get("mari", &format!("/insight/summary?from={from}&to={to}&interval={interval}"));
        let summary = &answer["summary"];
        check(&summary["total"], &history);
        check(&summary["previous"], &history);
        for bucket in summary["points"].as_array().unwrap() {
            check(bucket, &history);
            let (from, to) = (text(bucket, "from"), text(bucket, "to"));
            let slow = Slow::of(&history, instant(from), instant(to));
            for metric in METRICS {
                let expected: BTreeSet<i64> = slow.behind(metric).into_iter().collect();
                let query = format!("/insight/tickets?metric={metric}&from={from}&to={to}&page[size]=100");
                assert_eq!(desk.all_ids(&query), expected, "{metric} from {from} to {to}");
                compared += expected.len();
            }
        }
    }
    assert!(compared > 500, "{compared}");
    assert!(history.values().any(|ticket| ticket.was_reopened()), "nothing was opened again");
}

#[test]
fn numbers_are_narrowed_as_their_lists_are() {
    let desk = Desk::new();
    desk.live_through(40, 200);
    let (mari, support) = (desk.id("mari"), desk.support.0);
    for filter in
        [format!("assignee_id={mari}"), format!("group_id={support}"), "via=email".into(), "brand_id=1".into()]
    {
        let period = "from=2026-10-01&to=2026-12-01";
        let total =
            desk.get("mari", &format!("/insight/summary?{period}&interval=month&{filter}"))["summary"]["total"].clone();
        for metric in METRICS {
            let listed = desk.all_ids(&format!("/insight/tickets?metric={metric}&{period}&{filter}&page[size]=100"));
            let number = if total[metric].is_object() { &total[metric]["count"] } else { &total[metric] };
            assert_eq!(*number, json!(listed.len()), "{metric} with {filter}");
        }
    }
}

#[test]
fn an_agent_of_one_group_counts_only_its_tickets() {
    let desk = Desk::new();
    desk.live_through(40, 160);
    let period = "from=2026-10-01&to=2026-12-01&interval=month";
    let all = desk.get("mari", &format!("/insight/summary?{period}"))["summary"]["total"]["new"].as_i64().unwrap();
    let hers = desk.get("sale", &format!("/insight/summary?{period}"))["summary"]["total"]["new"].as_i64().unwrap();
    let of_group = format!("/insight/summary?{period}&group_id={}", desk.sales);
    assert_eq!(json!(hers), desk.get("mari", &of_group)["summary"]["total"]["new"]);
    assert!(0 < hers && hers < all, "{hers} of {all}");
}

#[test]
fn volumes_are_those_of_the_arrivals_in_local_time() {
    let desk = Desk::new();
    desk.live_through(60, 300);
    let history = desk.history();
    let volumes = desk.get("mari", "/insight/volumes?from=2026-10-20&to=2026-11-10")["volumes"].clone();
    let (from, to) = (instant("2026-10-20"), instant("2026-11-10"));
    let (mut hours, mut weekdays) = (vec![0; 24], vec![0; 7]);
    for ticket in history.values().filter(|t| !t.deleted && t.created >= from && t.created < to) {
        let local = ticket.created.to_jiff().in_tz("Europe/Tallinn").unwrap();
        hours[usize::try_from(local.hour()).unwrap()] += 1;
        weekdays[usize::try_from(local.weekday().to_monday_zero_offset()).unwrap()] += 1;
    }
    assert_eq!((&volumes["hours"], &volumes["weekdays"]), (&json!(hours), &json!(weekdays)));
    let channels = volumes["channels"].as_object().unwrap();
    let total: i64 = channels.values().map(|count| count.as_i64().unwrap()).sum();
    assert_eq!(total, weekdays.iter().sum::<i64>());
}

#[test]
fn agents_are_given_what_they_wrote_and_solved() {
    let desk = Desk::new();
    desk.live_through(50, 300);
    let history = desk.history();
    let (from, to) = (instant("2026-10-01"), instant("2026-12-01"));
    let agents = desk.get("mari", "/insight/agents?from=2026-10-01&to=2026-12-01");
    let slow = Slow::of(&history, from, to);
    let mut first = 0;
    for name in ["mari", "peeter", "sale"] {
        let id = desk.id(name);
        let found = agents["agents"].as_array().unwrap().iter().find(|agent| agent["user_id"] == id).unwrap();
        let alive = || history.values().filter(|ticket| !ticket.deleted);
        let wrote = alive().flat_map(|t| &t.comments).filter(|c| c.public && c.author == id).count();
        let solved = slow.behind("solved").iter().filter(|ticket| history[ticket].assignee == Some(id)).count();
        assert_eq!((&found["replies"], &found["solved"]), (&json!(wrote), &json!(solved)), "{name}");
        first += found["first_reply"]["count"].as_u64().unwrap();
    }
    assert_eq!(first, slow.replies.len() as u64);
}

#[test]
fn goals_are_read_back_and_only_admins_set_them() {
    let desk = Desk::new();
    let before = desk.get("mari", "/insight/goals")["goals"].clone();
    assert_eq!((&before["first_reply_minutes"], &before["basis"]), (&json!(10), &json!("business")));
    let new = json!({"goals": {"first_reply_minutes": 30, "full_resolution_minutes": null, "basis": "calendar"}});
    assert_eq!(desk.put("mari", "/insight/goals", new.clone()).0, 403);
    assert_eq!(desk.put("anu", "/insight/goals", new).0, 200);
    let after = desk.get("mari", "/insight/goals")["goals"].clone();
    let expected =
        json!({"first_reply_minutes": 30, "full_resolution_minutes": null, "basis": "calendar", "statistic": "mean"});
    assert_eq!(after, expected);
    assert_eq!(
        desk.put("anu", "/insight/goals", json!({"goals": {"basis": "lunar", "first_reply_minutes": 0}})).0,
        422
    );
}

#[test]
fn what_cannot_be_understood_is_refused_by_name() {
    let desk = Desk::new();
    for query in [
        "summary?from=yesterday",
        "summary?interval=hour",
        "summary?from=2026-02-02&to=2026-02-01",
        "summary?group_id=x",
        "tickets?metric=smell",
        "summary?from=1980-01-01&to=2026-01-01&interval=day",
    ] {
        let (status, json) = desk.call("mari", "GET", &format!("/insight/{query}"), Value::Null);
        assert_eq!(status, 400, "{query}: {json}");
    }
    assert_eq!(desk.call("juhan", "GET", "/insight/summary", Value::Null).0, 403);
    assert_eq!(desk.call("", "GET", "/insight/summary", Value::Null).0, 401);
}
