//! What lists of macros, views, fields and forms can beside the usual.

use serde_json::{Value, json};

use crate::desk::Desk;

fn make_macro(desk: &Desk, title: &str) -> Value {
    let r#macro = json!({"title": title, "actions": [{"field": "status", "value": "solved"}]});
    let made = desk.post("anu", "/macros", json!({"macro": r#macro}));
    assert_eq!(made.status, 201);
    made.ok()["macro"].clone()
}

#[test]
fn macros_are_searched_copied_ordered_and_deleted_together() {
    let desk = Desk::new();
    let (one, two) = (make_macro(&desk, "Close and thank"), make_macro(&desk, "Escalate"));
    let found = desk.get("mari", "/macros/search?query=THANK").ok();
    assert_eq!(Desk::ids(&found, "macros"), [one["id"].as_i64().unwrap()]);
    let copy = desk.get("mari", &format!("/macros/new?macro_id={}", two["id"])).ok()["macro"].clone();
    assert_eq!((&copy["id"], &copy["title"]), (&Value::Null, &json!("Escalate")));
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"priority": "high", "tags": ["vip"]})).ok();
    let like = desk.get("mari", &format!("/macros/new?ticket_id={id}")).ok()["macro"]["actions"].clone();
    assert!(like.as_array().unwrap().contains(&json!({"field": "priority", "value": "high"})), "{like}");
    assert_eq!(desk.get("mari", "/macros/new").status, 400);
    assert!(!desk.get("mari", "/macros/actions").ok()["actions"].as_array().unwrap().is_empty());
    let order = json!({"macros": [{"id": one["id"], "position": 9, "active": false}]});
    assert_eq!(desk.put("anu", "/macros/update_many", order.clone()).ok()["macros"][0]["active"], false);
    assert_eq!(desk.put("mari", "/macros/update_many", order).status, 403);
    let path = format!("/macros/destroy_many?ids={},{}", one["id"], two["id"]);
    assert_eq!(desk.delete("mari", &path).status, 403);
    assert_eq!(desk.delete("anu", &path).status, 204);
    assert_eq!(desk.get("mari", "/macros").ok()["count"], 0);
    assert_eq!(desk.delete("anu", "/macros/destroy_many").status, 400);
}

#[test]
fn a_macro_has_files() {
    let desk = Desk::new();
    let id = make_macro(&desk, "Guide")["id"].clone();
    let path = format!("/macros/{id}/attachments?filename=guide.pdf");
    assert_eq!(desk.upload("mari", &path, "application/pdf", b"%PDF").status, 403);
    let file = desk.upload("anu", &path, "application/pdf", b"%PDF").ok()["macro_attachment"].clone();
    assert_eq!((&file["filename"], &file["size"]), (&json!("guide.pdf"), &json!(4)));
    assert_eq!(Desk::ids(&desk.get("mari", &format!("/macros/{id}/attachments")).ok(), "macro_attachments").len(), 1);
    assert_eq!(desk.get("mari", &format!("/macros/attachments/{}", file["id"])).ok()["macro_attachment"], file);
    assert_eq!(desk.get("mari", &format!("/macros/attachments/{}/content", file["id"])).bytes, b"%PDF");
    assert_eq!(desk.upload("anu", "/macros/attachments?filename=x", "text/plain", b"x").status, 201);
    assert_eq!(desk.get("juhan", &format!("/macros/{id}/attachments")).status, 403);
    assert_eq!(desk.get("mari", "/macros/999/attachments").status, 404);
}

#[test]
fn views_are_searched_exported_and_deleted_together() {
    let desk = Desk::new();
    let found = desk.get("mari", "/views/search?query=unassigned").ok();
    assert_eq!(found["views"][0]["title"], "Unassigned tickets");
    let id = found["views"][0]["id"].clone();
    let export = desk.get("mari", &format!("/views/{id}/export")).ok()["export"].clone();
    assert_eq!((&export["view_id"], &export["status"]), (&id, &json!("completed")));
    assert_eq!(desk.delete("mari", &format!("/views/destroy_many?ids={id}")).status, 403);
    assert_eq!(desk.delete("anu", &format!("/views/destroy_many?ids={id}")).status, 204);
    assert_eq!(desk.get("mari", &format!("/views/{id}")).status, 404);
    assert_eq!(desk.get("juhan", "/views/search?query=x").status, 403);
}

#[test]
fn fields_forms_and_tags_are_shown_by_their_numbers() {
    let desk = Desk::new();
    let fields = Desk::ids(&desk.get("anu", "/ticket_fields").ok(), "ticket_fields");
    let some = desk.get("anu", &format!("/ticket_fields/show_many?ids={},{}", fields[0], fields[2])).ok();
    assert_eq!(Desk::ids(&some, "ticket_fields"), [fields[0], fields[2]]);
    let forms = Desk::ids(&desk.get("anu", "/ticket_forms").ok(), "ticket_forms");
    let some = desk.get("juhan", &format!("/ticket_forms/show_many?ids={}", forms[0])).ok();
    assert_eq!(Desk::ids(&some, "ticket_forms"), forms);
    let hidden = desk.get("juhan", &format!("/ticket_fields/show_many?ids={}", fields[5])).ok();
    assert_eq!(hidden["count"], 0, "customers don't see the desk's own fields");
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"tags": ["attention", "other"]})).ok();
    assert_eq!(desk.post("mari", "/autocomplete/tags", json!({"name": "att"})).ok()["tags"], json!(["attention"]));
}

#[test]
fn a_form_offers_the_statuses_that_it_is_given() {
    let desk = Desk::new();
    let form = Desk::ids(&desk.get("anu", "/ticket_forms").ok(), "ticket_forms")[0];
    let statuses = Desk::ids(&desk.get("anu", "/custom_statuses").ok(), "custom_statuses");
    let path = format!("/ticket_forms/{form}/ticket_form_statuses");
    let body = |ids: &[i64]| {
        let list: Vec<Value> = ids.iter().map(|id| json!({"custom_status_id": id})).collect();
        json!({"ticket_form_status": list})
    };
    assert_eq!(desk.post("mari", &path, body(&statuses[..1])).status, 403);
    let made = desk.post("anu", &path, body(&statuses[..2])).ok()["ticket_form_statuses"].clone();
    assert_eq!(made.as_array().unwrap().len(), 2);
    let replaced = desk.put("anu", &path, body(&statuses[1..2])).ok()["ticket_form_statuses"].clone();
    assert_eq!(replaced[0]["custom_status_id"], json!(statuses[1]));
    assert_eq!(desk.get("mari", "/ticket_form_statuses").ok()["count"], 1);
    let one = replaced[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(desk.get("mari", &format!("/ticket_form_statuses/show_many?ids={one}")).ok()["count"], 1);
    let other = format!("/custom_statuses/{}/ticket_form_statuses", statuses[0]);
    let by_status = desk.post("anu", &other, json!({"ticket_form_status": [{"ticket_form_id": form}]})).ok();
    assert_eq!(by_status["count"], 1);
    assert_eq!(desk.delete("anu", &format!("{path}/{one}")).status, 204);
    assert_eq!(desk.delete("anu", &format!("{path}/{one}")).status, 404);
    assert_eq!(desk.post("anu", &path, body(&[999])).faults(), ["custom_status_id"]);
    assert_eq!(desk.post("anu", &path, json!({})).faults(), ["ticket_form_status"]);
}

#[test]
fn the_status_that_a_category_means_is_chosen() {
    let desk = Desk::new();
    let status = json!({"status_category": "open", "agent_label": "Being repaired"});
    let id = desk.post("anu", "/custom_statuses", json!({"custom_status": status})).ok()["custom_status"]["id"].clone();
    assert_eq!(desk.put("mari", "/custom_status/default", json!({"ids": id.to_string()})).status, 403);
    desk.put("anu", "/custom_status/default", json!({"ids": id.to_string()})).ok();
    assert_eq!(desk.get("anu", &format!("/custom_statuses/{id}")).ok()["custom_status"]["default"], true);
    assert_eq!(desk.put("anu", "/custom_status/default", json!({"ids": "999"})).faults(), ["ids"]);
    assert_eq!(desk.put("anu", "/custom_status/default", json!({})).faults(), ["ids"]);
}

#[test]
fn search_is_paged_by_number_and_exported_by_cursor() {
    let desk = Desk::new();
    for n in 0..3 {
        desk.open("juhan", &format!("Printer {n}"));
    }
    assert_eq!(desk.get("mari", "/search?query=printer&page[size]=2").status, 400);
    assert_eq!(desk.get("mari", "/search?query=printer&page=11&per_page=100").status, 422);
    let export = desk.get("mari", "/search/export?query=printer&filter[type]=ticket&page[size]=1000").ok();
    assert_eq!(export["results"].as_array().unwrap().len(), 3);
    assert!(export["results"].as_array().unwrap().iter().all(|hit| hit["result_type"] == "ticket"));
    assert_eq!(desk.get("mari", "/search/count?query=printer").ok()["count"], 3);
    assert_eq!(desk.get("mari", "/search/export?query=printer").status, 400);
}

#[test]
fn a_call_is_told_in_a_ticket_as_a_comment_of_its_own_kind() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let voice =
        json!({"from": "+3725551", "to": "+3726", "call_duration": "40", "recording_url": "https://pbx.example/1"});
    desk.change("mari", id, json!({"via_id": 46, "voice_comment": voice})).ok();
    let comment = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][1].clone();
    assert_eq!((&comment["type"], &comment["data"]["to"]), (&json!("TpeVoiceComment"), &json!("+3726")));
    assert!(comment["body"].as_str().unwrap().starts_with("Outbound call to +3726"));
    assert!(comment["via"]["source"].get("voice").is_none());
    let told = json!({"comment": {"type": "VoiceComment", "public": true, "data": {"from": "+1", "to": "+2"}}});
    desk.change("mari", id, told).ok();
    let comment = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][2].clone();
    assert_eq!((&comment["type"], &comment["public"]), (&json!("VoiceComment"), &json!(true)));
    let bad = json!({"voice_comment": {"recording_url": "javascript:alert(1)"}});
    assert_eq!(desk.change("mari", id, bad).faults(), ["voice_comment.from", "voice_comment.recording_url"]);
}
