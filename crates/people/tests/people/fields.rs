//! Custom fields of people and organizations.

use serde_json::{Value, json};

use crate::desk::Desk;

async fn make(desk: &Desk, field: Value) -> Value {
    desk.post("anu", "/user_fields", json!({"user_field": field})).await.ok()["user_field"].clone()
}

#[tokio::test]
async fn values_of_every_kind_come_back_as_they_went_in() {
    let desk = Desk::new();
    let options = json!([{"name": "Gold", "value": "gold"}, {"name": "Silver", "value": "silver"}]);
    for kind in ["text", "textarea", "checkbox", "date", "integer", "decimal", "lookup"] {
        make(&desk, json!({"type": kind, "key": kind, "title": kind})).await;
    }
    make(&desk, json!({"type": "regexp", "key": "code", "title": "Code", "regexp_for_validation": "^[A-Z]{2}$"})).await;
    make(&desk, json!({"type": "dropdown", "key": "plan", "title": "Plan", "custom_field_options": options})).await;
    make(&desk, json!({"type": "multiselect", "key": "plans", "title": "Plans", "custom_field_options": options}))
        .await;
    let values = json!({"text": "x", "textarea": "a\nb", "checkbox": true, "date": "2026-11-22", "integer": 5,
        "decimal": 1.5, "lookup": 7, "code": "EE", "plan": "gold", "plans": ["gold", "silver"]});
    let user = desk.user(json!({"name": "Kati", "user_fields": values})).await;
    let mut expected = values.clone();
    expected["date"] = "2026-11-22T00:00:00+00:00".into();
    assert_eq!(user["user_fields"], expected);
    let path = format!("/users/{}", user["id"]);
    let put = async |fields: Value| desk.put("mari", &path, json!({"user": {"user_fields": fields}})).await;
    for (key, bad) in [("integer", json!("x")), ("date", json!("soon")), ("plan", json!("iron")), ("code", json!("e"))]
    {
        assert_eq!(put(json!({key: bad})).await.faults(), [format!("user_fields.{key}")]);
    }
    let emptied = put(json!({"plan": null, "plans": [], "text": ""})).await.ok();
    let fields = &emptied["user"]["user_fields"];
    assert_eq!((&fields["plan"], &fields["plans"], &fields["text"]), (&Value::Null, &json!([]), &Value::Null));
    assert_eq!(fields["integer"], 5);
}

#[tokio::test]
async fn bad_fields_name_what_is_wrong() {
    let desk = Desk::new();
    make(&desk, json!({"type": "text", "key": "a", "title": "A"})).await;
    let post = async |field: Value| desk.post("anu", "/user_fields", json!({"user_field": field})).await.faults();
    assert_eq!(post(json!({"type": "text", "key": "a", "title": "A"})).await, ["key"]);
    assert_eq!(post(json!({"type": "text", "key": "é x", "title": ""})).await, ["key", "title"]);
    assert_eq!(post(json!({"type": "mood", "key": "b", "title": "B"})).await, ["type"]);
    assert_eq!(post(json!({"type": "dropdown", "key": "b", "title": "B"})).await, ["custom_field_options"]);
    let regexp = json!({"type": "regexp", "key": "b", "title": "B", "regexp_for_validation": "("});
    assert_eq!(post(regexp).await, ["regexp_for_validation"]);
}

#[tokio::test]
async fn a_field_is_changed_hidden_and_deleted_with_its_values() {
    let desk = Desk::new();
    let options = json!([{"name": "Gold", "value": "gold"}]);
    let field = json!({"type": "dropdown", "key": "plan", "title": "Plan", "custom_field_options": options});
    let field = make(&desk, field).await;
    let id = field["custom_field_options"][0]["id"].clone();
    let user = desk.user(json!({"name": "Kati", "user_fields": {"plan": "gold"}})).await;
    let path = format!("/user_fields/{}", field["id"]);
    let options = json!([{"id": id, "name": "Kuld", "value": "gold"}, {"name": "Tin", "value": "tin"}]);
    let change = json!({"user_field": {"title": "Level", "custom_field_options": options}});
    let changed = desk.put("anu", &path, change).await.ok()["user_field"].clone();
    assert_eq!(changed["custom_field_options"][0]["id"], id);
    assert_ne!(changed["custom_field_options"][1]["id"], id);
    desk.put("anu", &path, json!({"user_field": {"active": false}})).await.ok();
    let shown = desk.get("mari", &format!("/users/{}", user["id"])).await.ok();
    assert_eq!(shown["user"]["user_fields"], json!({}));
    assert_eq!(desk.delete("anu", &path).await.status, 204);
    assert_eq!(desk.get("mari", &path).await.status, 404);
}

#[tokio::test]
async fn organizations_have_fields_of_their_own() {
    let desk = Desk::new();
    let field = json!({"organization_field": {"type": "integer", "key": "size", "title": "Size"}});
    desk.post("anu", "/organization_fields", field).await.ok();
    assert_eq!(desk.get("mari", "/user_fields").await.ok()["count"], 0);
    let body = json!({"organization": {"name": "Aed", "organization_fields": {"size": 12}}});
    let made = desk.post("mari", "/organizations", body).await.ok();
    assert_eq!(made["organization"]["organization_fields"], json!({"size": 12}));
}
