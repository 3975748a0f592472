//! Bulk work.

use serde_json::{Value, json};

use crate::desk::Desk;

fn statuses(desk: &Desk, ids: &[i64]) -> Vec<String> {
    ids.iter().map(|id| desk.ticket(*id)["status"].as_str().unwrap().to_owned()).collect()
}

fn job(desk: &Desk, queued: &Value) -> Value {
    let id = queued["job_status"]["id"].as_str().unwrap();
    desk.get("mari", &format!("/job_statuses/{id}")).ok()["job_status"].clone()
}

#[test]
fn many_tickets_are_changed_and_changed_back() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..45).map(|i| desk.open("juhan", &format!("Ticket {i}"))).collect();
    desk.change("mari", ids[1], json!({"status": "pending", "tags": ["kept"]})).ok();
    let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let path = format!("/tickets/update_many?ids={}", list.join(","));
    let body = json!({"ticket": {"status": "solved", "additional_tags": ["swept"]}});
    let queued = desk.put("mari", &path, body).ok();
    assert_eq!(queued["job_status"]["status"], "queued");
    assert_eq!(desk.ticket(ids[0])["status"], "new");
    desk.run_jobs();
    let done = job(&desk, &queued);
    assert_eq!((&done["status"], &done["progress"], &done["total"]), (&json!("completed"), &json!(45), &json!(45)));
    assert_eq!(done["results"][0], json!({"id": ids[0], "action": "update", "success": true, "status": "Updated"}));
    assert_eq!(desk.ticket(ids[1])["tags"], json!(["kept", "swept"]));
    let id = done["id"].as_str().unwrap();
    let undo = desk.post("mari", &format!("/job_statuses/{id}/undo"), Value::Null).ok();
    desk.run_jobs();
    assert_eq!(job(&desk, &undo)["status"], "completed");
    assert_eq!(statuses(&desk, &ids[..2]), ["new", "pending"]);
    assert_eq!(desk.ticket(ids[1])["tags"], json!(["kept"]));
    assert_eq!(desk.post("mari", &format!("/job_statuses/{id}/undo"), Value::Null).status, 422);
    assert_eq!(desk.get("peeter", &format!("/job_statuses/{id}")).status, 404);
}

#[test]
fn one_that_fails_stops_nothing_and_leaves_nothing_half_done() {
    let desk = Desk::new();
    let (a, b, c) = (desk.open("juhan", "A"), desk.open("juhan", "B"), desk.open("juhan", "C"));
    desk.change("mari", b, json!({"status": "closed"})).ok();
    let bad = json!({"id": c, "priority": "high", "comment": {"body": "see file", "uploads": ["no-such"]}});
    let body = json!({"tickets": [{"id": 999, "status": "open"}, {"id": b, "status": "open"}, bad, {"id": a, "status": "open"}]});
    let queued = desk.put("mari", "/tickets/update_many", body).ok();
    desk.run_jobs();
    let done = job(&desk, &queued);
    let went: Vec<_> = done["results"].as_array().unwrap().iter().map(|r| r["success"] == true).collect();
    assert_eq!(went, [false, false, false, true]);
    assert_eq!(done["results"][0]["error"], "RecordNotFound");
    assert_eq!(desk.ticket(c)["priority"], Value::Null);
    assert_eq!(desk.texts("mari", c).len(), 1);
}

#[test]
fn work_that_was_cut_off_goes_on_where_it_stopped() {
    let desk = Desk::new();
    let ids: Vec<i64> = (0..30).map(|i| desk.open("juhan", &format!("Ticket {i}"))).collect();
    let tickets: Vec<Value> = ids.iter().map(|id| json!({"id": id, "comment": {"body": "once"}})).collect();
    let queued = desk.put("mari", "/tickets/update_many", json!({"tickets": tickets})).ok();
    let id = queued["job_status"]["id"].as_str().unwrap().to_owned();
    let again = id.clone();
    // The program ended after the first twenty: what they were given is there, the job is not done.
    desk.write(move |tx| {
        let sql = "SELECT payload FROM jobs WHERE kind = 'bulk'";
        let payload: String = tx.value(sql, &[])?;
        tx.execute("UPDATE settings SET value = value", &[])?;
        kernel::settings::set(tx, &Kept(payload))
    });
    desk.run_jobs();
    desk.write(move |tx| {
        let Kept(payload) = kernel::settings::get(tx)?;
        let sql = "UPDATE job_statuses SET progress = 20, status = 'working' WHERE id = $1";
        tx.execute(sql, db::params![&again])?;
        let bulk: tickets::jobs::Bulk = serde_json::from_str(&payload).map_err(base::Error::internal)?;
        kernel::jobs::enqueue(tx, &bulk)
    });
    desk.run_jobs();
    assert_eq!(job(&desk, &queued)["status"], "completed");
    let comments: Vec<usize> = ids.iter().map(|id| desk.texts("mari", *id).len()).collect();
    assert_eq!(&comments[..20], [2; 20]);
    assert_eq!(&comments[20..], [3; 10]);
}

#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Kept(String);

impl kernel::settings::Setting for Kept {
    const NAME: &'static str = "test_payload";
}

#[test]
fn deleting_many_is_undone_too() {
    let desk = Desk::new();
    let ids = [desk.open("juhan", "A"), desk.open("juhan", "B")];
    let queued = desk.delete("mari", &format!("/tickets/destroy_many?ids={},{}", ids[0], ids[1])).ok();
    desk.run_jobs();
    assert_eq!(desk.get("mari", "/tickets").ok()["count"], 0);
    let done = job(&desk, &queued);
    assert_eq!((&done["total"], &done["results"]), (&Value::Null, &json!({"success": true})));
    let id = queued["job_status"]["id"].as_str().unwrap();
    desk.post("mari", &format!("/job_statuses/{id}/undo"), Value::Null).ok();
    desk.run_jobs();
    assert_eq!(desk.get("mari", "/tickets").ok()["count"], 2);
}

#[test]
fn tickets_are_made_in_bulk_and_too_many_are_refused() {
    let desk = Desk::new();
    let ticket = |i: usize| json!({"subject": format!("T{i}"), "requester": {"email": "uku@tugi.test", "name": "Uku"}, "comment": {"body": "x"}});
    let body = json!({"tickets": [ticket(1), {"subject": "no comment"}, ticket(2)]});
    let queued = desk.post("mari", "/tickets/create_many", body).ok();
    desk.run_jobs();
    let results = job(&desk, &queued)["results"].clone();
    let id = results[0]["id"].as_i64().unwrap();
    assert_eq!(results[0], json!({"index": 0, "id": id, "account_id": 1}));
    assert_eq!((&results[1]["success"], &results[2]["index"]), (&json!(false), &json!(2)));
    assert_eq!(desk.get("mari", "/tickets").ok()["count"], 2);
    let many: Vec<Value> = (0..101).map(ticket).collect();
    let refused = desk.post("mari", "/tickets/create_many", json!({"tickets": many}));
    assert_eq!((refused.status, &refused.json["error"]), (400, &json!("TooManyValues")));
    assert_eq!(refused.json["max_count"], 100);
    assert_eq!(desk.post("liis", "/tickets/create_many", json!({"tickets": [ticket(1)]})).status, 403);
}

#[test]
fn a_status_is_queued_first_and_says_when_it_was_completed() {
    let desk = Desk::new();
    let id = desk.open("juhan", "A");
    let queued =
        desk.put("mari", &format!("/tickets/update_many?ids={id}"), json!({"ticket": {"priority": "low"}})).ok();
    let status = &queued["job_status"];
    let name = status["id"].as_str().unwrap();
    assert!(name.strip_prefix("V3-").is_some_and(|hex| hex.len() == 32), "{name}");
    assert_eq!(status["url"], format!("https://desk.test/api/v2/job_statuses/{name}.json"));
    assert_eq!((&status["status"], &status["total"]), (&json!("queued"), &json!(1)));
    for empty in ["progress", "message", "results"] {
        assert_eq!(status[empty], Value::Null, "{empty}");
    }
    desk.run_jobs();
    assert_eq!(job(&desk, &queued)["message"], "Completed at 2026-11-23 08:00:00 +0000");
    let many = desk.get("mari", &format!("/job_statuses/show_many?ids=V3-0,{name},%00")).ok();
    assert_eq!(many["job_statuses"][0]["id"], name);
    assert_eq!(many["job_statuses"].as_array().unwrap().len(), 1);
    let list = desk.get("mari", "/job_statuses?page[size]=1").ok();
    assert_eq!((&list["job_statuses"][0]["id"], &list["meta"]["has_more"]), (&json!(name), &json!(false)));
    assert_eq!(desk.get("mari", "/job_statuses/%00").status, 404);
    assert_eq!(desk.get("peeter", &format!("/job_statuses/show_many?ids={name}")).ok()["job_statuses"], json!([]));
    for path in ["/job_statuses", "/job_statuses/show_many?ids=1", &format!("/job_statuses/{name}")] {
        assert_eq!(desk.get("juhan", path).status, 403, "{path}");
    }
}
