//! SLA policies and schedules.

use serde_json::{Value, json};

use crate::desk::Desk;

const HOURS: &str = "/business_hours/schedules";

#[test]
fn sla_policies_are_made_shown_changed_ordered_and_deleted() {
    let desk = Desk::new();
    let metric = json!({"priority": "urgent", "metric": "first_reply_time", "target": 10, "business_hours": true});
    let filter = json!({"all": [{"field": "type", "operator": "is", "value": "incident"}], "any": []});
    let body = json!({"sla_policy": {"title": "Incidents", "filter": filter, "policy_metrics": [metric]}});
    let made = desk.post("anu", "/slas/policies", body);
    assert_eq!(made.status, 201);
    let first = made.ok()["sla_policy"].clone();
    assert_eq!(first["filter"], filter);
    assert_eq!(first["policy_metrics"][0]["target"], 10);
    assert_eq!(first["policy_metrics"][0]["target_in_seconds"], 600);
    let body = json!({"sla_policy": {"title": "Rest", "filter": {"all": []}}});
    let second = desk.post("anu", "/slas/policies", body).ok()["sla_policy"].clone();
    let titles = |answer: &Value| {
        answer["sla_policies"].as_array().unwrap().iter().map(|one| one["title"].clone()).collect::<Vec<_>>()
    };
    let order = json!({"sla_policy_ids": [second["id"], first["id"]]});
    assert_eq!(titles(&desk.put("anu", "/slas/policies/reorder", order).ok()), ["Rest", "Incidents"]);
    let query = format!("/slas/policies/reorder?sla_policy_ids={},{}", first["id"], second["id"]);
    assert_eq!(titles(&desk.put("anu", &query, Value::Null).ok()), ["Incidents", "Rest"]);
    let path = format!("/slas/policies/{}", first["id"]);
    let changed = desk.put("anu", &path, json!({"sla_policy": {"title": "Urgent incidents"}})).ok();
    assert_eq!(
        (&changed["sla_policy"]["title"], &changed["sla_policy"]["filter"]),
        (&json!("Urgent incidents"), &filter)
    );
    assert_eq!(titles(&desk.get("mari", "/slas/policies").ok()), ["Urgent incidents", "Rest"]);
    assert!(desk.get("mari", "/slas/policies/definitions").ok()["definitions"]["all"].is_array());
    assert_eq!(desk.delete("anu", &path).status, 204);
    assert_eq!(desk.get("anu", &path).status, 404);
}

#[test]
fn promises_that_can_t_be_kept_are_refused() {
    let desk = Desk::new();
    let metric = |metric: &str, target: i64| json!({"priority": "low", "metric": metric, "target": target});
    let body = json!({"sla_policy": {
        "title": "", "filter": {"all": [{"field": "moon", "operator": "is", "value": "x"}]},
        "policy_metrics": [metric("happiness", 1), metric("first_reply_time", 0), metric("first_reply_time", i64::MAX / 61)],
    }});
    assert_eq!(desk.post("anu", "/slas/policies", body).faults(), ["filter.all.0.field", "policy_metrics", "title"]);
    for odd in [json!({}), json!({"sla_policy": {"title": "x", "policy_metrics": [{"target": i64::MAX}], "filter": 7}})]
    {
        assert_eq!(desk.post("anu", "/slas/policies", odd).status, 422);
    }
    assert_eq!(desk.put("anu", "/slas/policies/reorder", json!({"sla_policy_ids": [1]})).status, 422);
    for (who, read, write) in [("mari", 200, 403), ("juhan", 403, 403), ("", 401, 401)] {
        for root in ["/slas/policies", "/group_slas/policies"] {
            assert_eq!(desk.get(who, root).status, read);
            assert_eq!(desk.post(who, root, json!({})).status, write);
            assert_eq!(desk.put(who, &format!("{root}/reorder"), json!({})).status, write);
            assert_eq!(desk.put(who, &format!("{root}/1"), json!({})).status, write);
            assert_eq!(desk.delete(who, &format!("{root}/1")).status, write);
        }
        assert_eq!(desk.get(who, HOURS).status, read);
        assert_eq!(desk.post(who, HOURS, json!({})).status, write);
        for path in ["/1", "/1/workweek", "/1/holidays/1"] {
            assert_eq!(desk.put(who, &format!("{HOURS}{path}"), json!({})).status, write);
        }
        assert_eq!(desk.post(who, &format!("{HOURS}/1/holidays"), json!({})).status, write);
    }
}

#[test]
fn groups_promise_each_other_how_long_they_keep_a_ticket() {
    let desk = Desk::new();
    let filter = json!({"all": [{"field": "group_id", "operator": "includes", "value": [desk.support]}]});
    let metric = json!({"priority": "low", "metric": "group_ownership_time", "target": 60, "business_hours": false});
    let body = json!({"group_sla_policy": {"title": "Hour", "filter": filter, "policy_metrics": [metric]}});
    let made = desk.post("anu", "/group_slas/policies", body).ok()["group_sla_policy"].clone();
    let id = made["id"].as_str().unwrap();
    assert_eq!(desk.get("mari", &format!("/group_slas/policies/{id}")).ok()["group_sla_policy"]["title"], "Hour");
    assert_eq!(desk.get("mari", &format!("/slas/policies/{id}")).status, 404);
    let wrong =
        json!({"group_sla_policy": {"filter": {"all": [{"field": "status", "operator": "is", "value": "new"}]}}});
    assert_eq!(desk.put("anu", &format!("/group_slas/policies/{id}"), wrong).faults(), ["filter"]);
    assert_eq!(desk.delete("anu", &format!("/group_slas/policies/{id}")).status, 204);
}

#[test]
fn schedules_have_weeks_and_holidays() {
    let desk = Desk::new();
    let body = json!({"schedule": {"name": "Office", "time_zone": "Tallinn"}});
    let made = desk.post("anu", HOURS, body);
    assert_eq!(made.status, 201);
    let made = made.ok()["schedule"].clone();
    assert_eq!(made["time_zone"], "Tallinn");
    assert_eq!(made["intervals"][0], json!({"start_time": 1980, "end_time": 2460}));
    let path = format!("{HOURS}/{}", made["id"]);
    let week =
        json!({"workweek": {"intervals": [{"start_time": 600, "end_time": 700}, {"start_time": 60, "end_time": 120}]}});
    let set = desk.put("anu", &format!("{path}/workweek"), week).ok();
    assert_eq!(set["workweek"]["intervals"][0], json!({"start_time": 60, "end_time": 120}));
    let wrong = json!({"workweek": {"intervals": [{"start_time": 0, "end_time": 99_999}]}});
    assert_eq!(desk.put("anu", &format!("{path}/workweek"), wrong).faults(), ["intervals"]);
    let wrong = json!({"schedule": {"name": "", "time_zone": "Atlantis", "intervals": "x"}});
    assert_eq!(desk.put("anu", &path, wrong).faults(), ["intervals", "name", "time_zone"]);
    let day = json!({"holiday": {"name": "Christmas", "start_date": "2026-12-24", "end_date": "2026-12-26"}});
    let holiday = desk.post("anu", &format!("{path}/holidays"), day).ok()["holiday"]["id"].clone();
    let one = format!("{path}/holidays/{holiday}");
    let changed = desk.put("anu", &one, json!({"holiday": {"end_date": "2026-12-25"}})).ok();
    assert_eq!(changed["holiday"]["end_date"], "2026-12-25");
    assert_eq!(desk.put("anu", &one, json!({"holiday": {"start_date": "soon"}})).faults(), ["start_date"]);
    assert_eq!(desk.get("mari", &format!("{path}/holidays")).ok()["holidays"][0]["name"], "Christmas");
    assert_eq!(desk.get("mari", &one).ok()["holiday"]["start_date"], "2026-12-24");
    assert_eq!(desk.delete("anu", &one).status, 204);
    assert_eq!(desk.get("mari", &one).status, 404);
    assert_eq!(desk.delete("anu", &path).status, 204);
    assert_eq!(desk.get("mari", &format!("{path}/holidays")).status, 404);
}
