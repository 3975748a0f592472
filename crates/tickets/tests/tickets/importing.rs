//! Tickets taken over with their history.

use serde_json::{Value, json};

use crate::desk::Desk;

fn history(desk: &Desk) -> Value {
    json!({"ticket": {
        "subject": "Old printer", "external_id": "zd-77", "requester_id": desk.id("juhan"), "assignee_id": desk.id("mari"),
        "status": "closed", "tags": ["old"], "priority": "high",
        "created_at": "2020-03-02T08:00:00Z", "updated_at": "2020-03-06T08:00:00Z", "solved_at": "2020-03-03T12:00:00Z",
        "comments": [
            {"author_id": desk.id("juhan"), "value": "It smokes", "created_at": "2020-03-02T08:00:00Z"},
            {"author_id": desk.id("mari"), "html_body": "<p>Unplug it<script>x</script></p>", "created_at": "2020-03-02T10:30:00Z"},
            {"author_id": desk.id("peeter"), "body": "Poor thing", "public": false, "created_at": "2020-03-02T11:00:00Z"},
        ],
    }})
}

#[test]
fn history_is_taken_over_with_its_dates_and_authors() {
    let desk = Desk::new();
    let made = desk.post("anu", "/imports/tickets?archive_immediately=true", history(&desk));
    assert_eq!(made.status, 201);
    assert!(made.headers["location"].to_str().unwrap().contains("/api/v2/tickets/"));
    let id = made.json["ticket"]["id"].as_i64().unwrap();
    let ticket = desk.ticket(id);
    let of = |key: &str| ticket[key].clone();
    assert_eq!((of("status"), of("external_id"), of("tags")), (json!("closed"), json!("zd-77"), json!(["old"])));
    assert_eq!((of("created_at"), of("updated_at")), (json!("2020-03-02T08:00:00Z"), json!("2020-03-06T08:00:00Z")));
    assert_eq!(of("assignee_id"), desk.id("mari"));
    let comments = desk.get("anu", &format!("/tickets/{id}/comments")).ok()["comments"].clone();
    let said: Vec<_> =
        comments.as_array().unwrap().iter().map(|c| (&c["author_id"], &c["public"], &c["created_at"])).collect();
    let (juhan, mari, peeter) = (json!(desk.id("juhan")), json!(desk.id("mari")), json!(desk.id("peeter")));
    let (yes, no) = (json!(true), json!(false));
    let times = [json!("2020-03-02T08:00:00Z"), json!("2020-03-02T10:30:00Z"), json!("2020-03-02T11:00:00Z")];
    assert_eq!(said, [(&juhan, &yes, &times[0]), (&mari, &yes, &times[1]), (&peeter, &no, &times[2])]);
    assert!(!comments[1]["html_body"].as_str().unwrap().contains("script"));
    let audits = desk.get("anu", &format!("/tickets/{id}/audits")).ok()["audits"].clone();
    let by: Vec<_> = audits.as_array().unwrap().iter().map(|a| a["created_at"].as_str().unwrap()).collect();
    assert_eq!(by[3..], ["2020-03-03T12:00:00Z", "2020-03-06T08:00:00Z"]);
    assert_eq!(audits[1]["author_id"], mari);
    let metrics = desk.get("anu", &format!("/tickets/{id}/metrics")).ok()["ticket_metric"].clone();
    assert_eq!(metrics["reply_time_in_minutes"]["calendar"], 150);
    assert_eq!(metrics["full_resolution_time_in_minutes"]["calendar"], 28 * 60);
    assert_eq!(metrics["solved_at"], "2020-03-03T12:00:00Z");
}

#[test]
fn nobody_is_told_of_an_import_but_exports_are() {
    let desk = Desk::new();
    let cursor = desk.get("anu", "/incremental/tickets/cursor?start_time=0").ok()["after_cursor"].clone();
    let id = desk.post("anu", "/imports/tickets", history(&desk)).ok()["ticket"]["id"].as_i64().unwrap();
    assert_eq!(desk.get("mari", "/notifications").ok()["notifications"], json!([]));
    let page = desk.get("anu", &format!("/incremental/tickets/cursor?cursor={}", cursor.as_str().unwrap())).ok();
    assert_eq!(Desk::ids(&page, "tickets"), [id]);
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_written() {
    let desk = Desk::new();
    let refused = |change: Value| {
        let mut body = history(&desk);
        body["ticket"].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        desk.post("anu", "/imports/tickets", body).faults()
    };
    assert_eq!(refused(json!({"created_at": "long ago"})), ["created_at"]);
    assert_eq!(refused(json!({"comments": []})), ["comment"]);
    assert_eq!(refused(json!({"comments": [{"body": "x", "created_at": "soon"}]})), ["comments[0].created_at"]);
    assert_eq!(
        refused(json!({"comments": [{"body": "x"}, {"body": "y", "author_id": 99}]})),
        ["comments[1].author_id"]
    );
    assert_eq!(refused(json!({"status": "melting"})), ["status"]);
    assert_eq!(refused(json!({"comments": [{"body": "x"}, {"body": " "}]})), ["comment"]);
    assert_eq!(desk.post("anu", "/imports/tickets", Value::Null).faults(), ["ticket"]);
    assert_eq!(desk.get("anu", "/tickets").ok()["count"], 0);
}

#[test]
fn many_are_taken_over_by_a_job() {
    let desk = Desk::new();
    let mut bad = history(&desk)["ticket"].clone();
    bad["comments"][2]["author_id"] = json!(99);
    let body = json!({"tickets": [history(&desk)["ticket"], bad, history(&desk)["ticket"]]});
    let queued = desk.post("anu", "/imports/tickets/create_many", body).ok();
    assert_eq!(queued["job_status"]["status"], "queued");
    desk.run_jobs();
    let path = format!("/job_statuses/{}", queued["job_status"]["id"].as_str().unwrap());
    let done = desk.get("anu", &path).ok()["job_status"].clone();
    assert_eq!((&done["results"][0]["index"], &done["results"][1]["success"]), (&json!(0), &json!(false)));
    assert_eq!(desk.get("anu", "/tickets").ok()["count"], 2, "the bad one left nothing behind");
    let many: Vec<Value> = (0..101).map(|_| history(&desk)["ticket"].clone()).collect();
    assert_eq!(desk.post("anu", "/imports/tickets/create_many", json!({"tickets": many})).status, 400);
}

#[test]
fn importing_is_for_admins() {
    let desk = Desk::new();
    for who in ["mari", "liis", "juhan"] {
        assert_eq!(desk.post(who, "/imports/tickets", history(&desk)).status, 403);
        assert_eq!(desk.post(who, "/imports/tickets/create_many", json!({"tickets": [{}]})).status, 403);
    }
}
