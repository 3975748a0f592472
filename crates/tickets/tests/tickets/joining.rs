//! Merge and its undoing, split.

use serde_json::{Value, json};

use crate::desk::Desk;

fn merge(desk: &Desk, from: i64, into: i64, more: Value) -> Value {
    let mut body = json!({"ids": [from]});
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    desk.post("mari", &format!("/tickets/{into}/merge"), body).ok()
}

#[test]
fn a_merged_ticket_is_closed_and_its_requester_copied() {
    let desk = Desk::new();
    let (from, into) = (desk.open("kati", "Printer again"), desk.open("juhan", "Printer"));
    desk.change("mari", from, json!({"tags": ["hot"]})).ok();
    let job = merge(&desk, from, into, json!({}));
    assert_eq!(job["job_status"]["status"], "queued");
    let (source, target) = (desk.ticket(from), desk.ticket(into));
    assert_eq!((&source["status"], &source["merged_into_id"]), (&json!("closed"), &json!(into)));
    assert_eq!((&target["email_cc_ids"], &target["tags"]), (&json!([desk.id("kati")]), &json!(["hot"])));
    assert!(desk.texts("mari", into)[1].contains("Printer again, says kati"));
}

#[test]
fn a_merge_is_undone_without_losing_what_came_since() {
    let desk = Desk::new();
    let (from, into) = (desk.open("kati", "Printer again"), desk.open("juhan", "Printer"));
    desk.change("mari", from, json!({"tags": ["hot"], "status": "pending"})).ok();
    merge(&desk, from, into, json!({}));
    desk.change("mari", into, json!({"additional_tags": ["later"], "email_ccs": [{"user_id": desk.id("kati")}, {"user_id": desk.id("peeter")}]})).ok();
    desk.post("mari", &format!("/tickets/{from}/unmerge"), Value::Null).ok();
    let (source, target) = (desk.ticket(from), desk.ticket(into));
    assert_eq!((&source["status"], &source["merged_into_id"]), (&json!("pending"), &Value::Null));
    assert_eq!((&target["email_cc_ids"], &target["tags"]), (&json!([desk.id("peeter")]), &json!(["later"])));
    assert_eq!(desk.post("mari", &format!("/tickets/{from}/unmerge"), Value::Null).status, 404);
}

#[test]
fn a_merge_is_undone_through_its_job_too() {
    let desk = Desk::new();
    let (from, into) = (desk.open("kati", "Printer again"), desk.open("juhan", "Printer"));
    let job = merge(&desk, from, into, json!({}));
    let id = job["job_status"]["id"].as_str().unwrap();
    desk.post("mari", &format!("/job_statuses/{id}/undo"), Value::Null).ok();
    desk.run_jobs();
    assert_eq!(desk.ticket(from)["status"], "new");
    assert_eq!(desk.ticket(into)["email_cc_ids"], json!([]));
}

#[test]
fn a_public_merge_comment_quotes_no_note() {
    let desk = Desk::new();
    let (from, into) = (desk.open("kati", "Printer again"), desk.open("juhan", "Printer"));
    desk.change("mari", from, json!({"comment": {"body": "She is lying", "public": false}})).ok();
    merge(&desk, from, into, json!({"target_comment_is_public": true}));
    assert!(!desk.texts("mari", into).iter().any(|text| text.contains("lying")));
}

#[test]
fn a_ticket_is_not_merged_into_itself_nor_into_a_closed_one() {
    let desk = Desk::new();
    let (from, into) = (desk.open("kati", "Printer again"), desk.open("juhan", "Printer"));
    let path = format!("/tickets/{into}/merge");
    assert_eq!(desk.post("mari", &path, json!({"ids": [into]})).faults(), ["ids"]);
    assert_eq!(desk.post("mari", &path, json!({"ids": []})).faults(), ["ids"]);
    desk.change("mari", into, json!({"status": "closed"})).ok();
    assert_eq!(desk.post("mari", &path, json!({"ids": [from]})).faults(), ["status"]);
    assert_eq!(desk.ticket(from)["status"], "new");
}

#[test]
fn one_comment_becomes_a_ticket_of_its_own_with_its_files() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let upload = desk.upload("mari", "/uploads?filename=scan.png", "image/png", b"\x89PNG").ok();
    let comment = json!({"body": "And the scanner?", "uploads": [upload["upload"]["token"]]});
    desk.change("mari", id, json!({"comment": comment})).ok();
    let comments = desk.get("mari", &format!("/tickets/{id}/comments")).ok();
    let second = comments["comments"][1]["id"].clone();
    let split = desk.post("mari", &format!("/tickets/{id}/split"), json!({"comment_id": second})).ok();
    let new = split["ticket"]["id"].as_i64().unwrap();
    assert_eq!(split["ticket"]["requester_id"], json!(desk.id("juhan")));
    assert_eq!(desk.texts("mari", new), ["And the scanner?"]);
    let comments = desk.get("mari", &format!("/tickets/{new}/comments")).ok();
    assert_eq!(comments["comments"][0]["attachments"][0]["file_name"], "scan.png");
    assert!(desk.texts("mari", id)[2].contains(&format!("#{new}")));
    assert_eq!(desk.post("mari", &format!("/tickets/{id}/split"), json!({"comment_id": 999})).status, 404);
}
