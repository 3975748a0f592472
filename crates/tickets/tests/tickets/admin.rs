//! Fields, forms, brands, statuses, settings.

use serde_json::{Value, json};

use crate::desk::Desk;

#[test]
fn a_field_is_made_with_all_of_zendesks_keys() {
    let desk = Desk::new();
    let options = json!([{"name": "Mail", "value": "P_Mail"}, {"name": "Web", "value": "p_web"}]);
    let body = json!({"ticket_field": {"type": "tagger", "title": "Product", "custom_field_options": options}});
    let made = desk.post("anu", "/ticket_fields", body);
    assert_eq!(made.status, 201);
    let field = made.json["ticket_field"].clone();
    for key in [
        "url",
        "raw_title",
        "title_in_portal",
        "raw_title_in_portal",
        "regexp_for_validation",
        "agent_can_edit",
        "removable",
        "collapsed_for_agents",
        "visible_in_portal",
        "sub_type_id",
        "relationship_target_type",
        "tag",
    ] {
        assert!(field.get(key).is_some(), "{key}");
    }
    assert_eq!((&field["title_in_portal"], &field["removable"]), (&json!("Product"), &json!(true)));
    let values: Vec<_> = field["custom_field_options"].as_array().unwrap().iter().map(|o| o["value"].clone()).collect();
    assert_eq!(values, ["p_mail", "p_web"]);
    let last = "SELECT action || ' ' || source_type FROM audit_log ORDER BY id DESC LIMIT 1";
    let log: String = desk.read(move |tx| tx.value(last, &[]));
    assert_eq!(log, "create ticket_field");
    let told: i64 = desk.read(|tx| tx.value("SELECT COUNT(*) FROM events WHERE kind = 'views'", &[]));
    assert_eq!(told, 1);
}

#[test]
fn everything_wrong_with_a_field_is_told_at_once() {
    let desk = Desk::new();
    let bad = json!({"type": "smell", "title": "", "required": "perhaps", "tag": "two words"});
    assert_eq!(
        desk.post("anu", "/ticket_fields", json!({"ticket_field": bad})).faults(),
        ["required", "tag", "title", "type"]
    );
    let field = |more: Value| {
        let mut field = json!({"title": "F"});
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        desk.post("anu", "/ticket_fields", json!({"ticket_field": field}))
    };
    assert_eq!(field(json!({"type": "tagger"})).faults(), ["custom_field_options"]);
    assert_eq!(field(json!({"type": "regexp"})).faults(), ["regexp_for_validation"]);
    assert_eq!(field(json!({"type": "regexp", "regexp_for_validation": "(("})).faults(), ["regexp_for_validation"]);
    let options = |list: Value| json!({"type": "multiselect", "custom_field_options": list});
    assert_eq!(field(options(json!([{"name": "A", "value": "a b"}]))).faults(), ["custom_field_options"]);
    assert_eq!(
        field(options(json!([{"name": "A", "value": "a"}, {"name": "B", "value": "A"}]))).faults(),
        ["custom_field_options"]
    );
    field(options(json!([{"name": "A", "value": "a"}]))).ok();
    assert_eq!(field(options(json!([{"name": "A", "value": "a"}]))).faults(), ["custom_field_options"]);
    assert_eq!(field(json!({"type": "checkbox", "tag": "a"})).faults(), ["tag"]);
    assert_eq!(
        desk.post("mari", "/ticket_fields", json!({"ticket_field": {"type": "text", "title": "x"}})).status,
        403
    );
}

#[test]
fn options_keep_their_numbers() {
    let desk = Desk::new();
    let options = json!([{"name": "Mail", "value": "p_mail"}, {"name": "Web", "value": "p_web"}]);
    let body = json!({"ticket_field": {"type": "tagger", "title": "Product", "custom_field_options": options}});
    let field = desk.post("anu", "/ticket_fields", body).ok()["ticket_field"].clone();
    let path = format!("/ticket_fields/{}/options", field["id"]);
    let mail = field["custom_field_options"][0]["id"].clone();
    let renamed = desk
        .post("anu", &path, json!({"custom_field_option": {"id": mail, "name": "E-mail", "value": "p_email"}}))
        .ok();
    assert_eq!(renamed["custom_field_option"]["id"], mail);
    let added = desk.post("anu", &path, json!({"custom_field_option": {"name": "Phone", "value": "p_phone"}}));
    assert_eq!((added.status, &added.json["custom_field_option"]["position"]), (201, &json!(2)));
    let shown = desk.get("mari", &format!("{path}/{mail}")).ok();
    assert_eq!(shown["custom_field_option"]["name"], "E-mail");
    assert_eq!(desk.delete("anu", &format!("{path}/{mail}")).status, 204);
    let left = desk.get("mari", &path).ok();
    let names: Vec<_> = left["custom_field_options"].as_array().unwrap().iter().map(|o| o["name"].clone()).collect();
    assert_eq!(names, ["Web", "Phone"]);
    assert_eq!(desk.delete("anu", &format!("{path}/{mail}")).status, 404);
}

#[test]
fn system_fields_stay_and_a_deleted_field_leaves_its_forms() {
    let desk = Desk::new();
    let fields = desk.get("mari", "/ticket_fields").ok();
    let subject = fields["ticket_fields"][0].clone();
    assert_eq!((&subject["type"], &subject["removable"]), (&json!("subject"), &json!(false)));
    assert_eq!(desk.delete("anu", &format!("/ticket_fields/{}", subject["id"])).faults(), ["base"]);
    let field = desk.post("anu", "/ticket_fields", json!({"ticket_field": {"type": "text", "title": "Serial"}})).ok();
    let id = field["ticket_field"]["id"].clone();
    let change = json!({"ticket_field": {"type": "integer"}});
    assert_eq!(desk.put("anu", &format!("/ticket_fields/{id}"), change).faults(), ["type"]);
    let form = desk
        .post(
            "anu",
            "/ticket_forms",
            json!({"ticket_form": {"name": "Repair", "ticket_field_ids": [subject["id"], id]}}),
        )
        .ok();
    let ticket = desk.open("juhan", "Printer");
    desk.change("mari", ticket, json!({"custom_fields": [{"id": id, "value": "X1"}]})).ok();
    assert_eq!(desk.delete("anu", &format!("/ticket_fields/{id}")).status, 204);
    let form = desk.get("mari", &format!("/ticket_forms/{}", form["ticket_form"]["id"])).ok();
    assert_eq!(form["ticket_form"]["ticket_field_ids"], json!([subject["id"]]));
    assert_eq!(desk.ticket(ticket)["custom_fields"], json!([]));
    let ids = Desk::ids(&desk.get("mari", "/ticket_fields").ok(), "ticket_fields");
    let reversed: Vec<i64> = ids.iter().rev().copied().collect();
    let order = desk.put("anu", "/ticket_fields/reorder", json!({"ticket_field_ids": reversed})).ok();
    assert_eq!(Desk::ids(&order, "ticket_fields"), reversed);
}

#[test]
fn customers_see_what_is_meant_for_them() {
    let desk = Desk::new();
    let shown = json!({"ticket_field": {"type": "text", "title": "Serial", "visible_in_portal": true}});
    let hidden = json!({"ticket_field": {"type": "text", "title": "Mood"}});
    desk.post("anu", "/ticket_fields", shown).ok();
    let hidden = desk.post("anu", "/ticket_fields", hidden).ok()["ticket_field"]["id"].clone();
    let seen = desk.get("juhan", "/ticket_fields").ok();
    let titles: Vec<_> = seen["ticket_fields"].as_array().unwrap().iter().map(|f| f["title"].clone()).collect();
    assert_eq!(titles, ["Subject", "Description", "Serial"]);
    assert_eq!(desk.get("juhan", &format!("/ticket_fields/{hidden}")).status, 404);
    let form = desk.post("anu", "/ticket_forms", json!({"ticket_form": {"name": "Inside"}})).ok();
    assert_eq!(desk.get("juhan", &format!("/ticket_forms/{}", form["ticket_form"]["id"])).status, 404);
    assert_eq!(desk.get("juhan", "/ticket_forms").ok()["count"], 1);
    let status = desk.get("juhan", "/custom_statuses").ok()["custom_statuses"][0].clone();
    assert!(status.get("agent_label").is_none());
    assert_eq!(desk.get("", "/ticket_fields").status, 401);
}

#[test]
fn there_is_always_one_default_form() {
    let desk = Desk::new();
    let first = Desk::ids(&desk.get("anu", "/ticket_forms").ok(), "ticket_forms")[0];
    let path = format!("/ticket_forms/{first}");
    assert_eq!(desk.delete("anu", &path).faults(), ["base"]);
    assert_eq!(desk.put("anu", &path, json!({"ticket_form": {"active": false}})).faults(), ["default"]);
    assert_eq!(
        desk.put("anu", &path, json!({"ticket_form": {"name": "", "ticket_field_ids": [99]}})).faults(),
        ["name", "ticket_field_ids"]
    );
    let copy = desk.post("anu", &format!("{path}/clone"), Value::Null);
    assert_eq!(copy.status, 201);
    let copy = copy.json["ticket_form"]["id"].as_i64().unwrap();
    desk.put("anu", &format!("/ticket_forms/{copy}"), json!({"ticket_form": {"default": true}})).ok();
    assert_eq!(desk.get("anu", &path).ok()["ticket_form"]["default"], false);
    let order = desk.put("anu", "/ticket_forms/reorder", json!({"ticket_form_ids": [copy]})).ok();
    assert_eq!(Desk::ids(&order, "ticket_forms"), [copy, first]);
    assert_eq!(desk.delete("anu", &path).status, 204);
}

#[test]
fn brands_have_distinct_subdomains_and_one_is_the_default() {
    let desk = Desk::new();
    let made = desk.post("anu", "/brands", json!({"brand": {"name": "Shop", "subdomain": "shop"}})).ok();
    let id = made["brand"]["id"].as_i64().unwrap();
    let bad = json!({"brand": {"name": " ", "subdomain": "Shop"}});
    assert_eq!(desk.post("anu", "/brands", bad).faults(), ["name", "subdomain"]);
    assert_eq!(
        desk.post("anu", "/brands", json!({"brand": {"name": "x", "subdomain": "a b"}})).faults(),
        ["subdomain"]
    );
    desk.put("anu", &format!("/brands/{id}"), json!({"brand": {"default": true}})).ok();
    let all = desk.get("mari", "/brands").ok();
    let defaults: Vec<_> = all["brands"].as_array().unwrap().iter().map(|b| b["default"] == true).collect();
    assert_eq!(defaults, [false, true]);
    assert_eq!(desk.delete("anu", &format!("/brands/{id}")).faults(), ["base"]);
    let other = all["brands"][0]["id"].clone();
    assert_eq!(desk.delete("anu", &format!("/brands/{other}")).status, 204);
    assert_eq!(desk.get("mari", &format!("/brands/{other}")).status, 404);
}

#[test]
fn statuses_lie_in_categories_and_their_defaults_stay() {
    let desk = Desk::new();
    let body = json!({"custom_status": {"status_category": "pending", "agent_label": "Waiting for parts"}});
    let made = desk.post("anu", "/custom_statuses", body).ok()["custom_status"].clone();
    assert_eq!(made["end_user_label"], "Waiting for parts");
    let id = desk.open("juhan", "Printer");
    let changed = desk.change("mari", id, json!({"custom_status_id": made["id"]})).ok();
    assert_eq!(
        (&changed["ticket"]["status"], &changed["ticket"]["custom_status_id"]),
        (&json!("pending"), &made["id"])
    );
    let path = format!("/custom_statuses/{}", made["id"]);
    assert_eq!(desk.delete("anu", &path).faults(), ["base"]);
    let all = desk.get("mari", "/custom_statuses?default=true&status_categories=pending").ok();
    let default = all["custom_statuses"][0]["id"].clone();
    let default = format!("/custom_statuses/{default}");
    assert_eq!(desk.put("anu", &default, json!({"custom_status": {"active": false}})).faults(), ["active"]);
    let twice = json!({"custom_status": {"status_category": "smoking", "agent_label": "waiting FOR parts"}});
    assert_eq!(desk.post("anu", "/custom_statuses", twice).faults(), ["agent_label", "status_category"]);
    assert_eq!(
        desk.put("anu", &path, json!({"custom_status": {"status_category": "open"}})).faults(),
        ["status_category"]
    );
    desk.put("anu", &path, json!({"custom_status": {"default": true}})).ok();
    assert_eq!(desk.get("anu", &default).ok()["custom_status"]["default"], false);
}

#[test]
fn settings_are_read_back_and_everything_wrong_is_told_at_once() {
    let desk = Desk::new();
    let before = desk.get("mari", "/desk_settings").ok();
    assert_eq!(
        before["desk_settings"]["business_hours"]["intervals"][0],
        json!({"start_time": 1_980, "end_time": 2_460})
    );
    let same = desk.put("anu", "/desk_settings", before.clone()).ok();
    assert_eq!(same, before);
    let new = json!({"desk_settings": {"name": "Abi", "goals": {"first_reply_minutes": null, "statistic": "median"},
        "business_hours": {"intervals": [{"start_time": 0, "end_time": 600}], "holidays": ["2026-12-24"]}}});
    let new = desk.put("anu", "/desk_settings", new).ok()["desk_settings"].clone();
    assert_eq!((&new["name"], &new["goals"]["first_reply_minutes"]), (&json!("Abi"), &Value::Null));
    assert_eq!(new["business_hours"]["intervals"], json!([{"start_time": 0, "end_time": 600}]));
    let bad = json!({"desk_settings": {"name": "", "time_zone": "Moon/Base", "locale": "xx", "goals": {"basis": "lunar", "first_reply_minutes": "x"},
        "business_hours": {"intervals": [{"start_time": 600, "end_time": 0}], "holidays": ["Christmas"], "time_zone": "x"}}});
    let faults = desk.put("anu", "/desk_settings", bad).faults();
    assert_eq!(
        faults,
        [
            "business_hours.holidays",
            "business_hours.intervals",
            "business_hours.time_zone",
            "goals.basis",
            "goals.first_reply_minutes",
            "locale",
            "name",
            "time_zone"
        ]
    );
    assert_eq!(desk.put("mari", "/desk_settings", json!({})).status, 403);
}
