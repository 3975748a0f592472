//! One person out of two.

use serde_json::{Value, json};

use crate::desk::Desk;

#[tokio::test]
async fn a_merge_moves_all_that_belongs_to_a_person() {
    let desk = Desk::new();
    let field = json!({"user_field": {"type": "text", "key": "code", "title": "Code"}});
    desk.post("anu", "/user_fields", field).await.ok();
    let org = desk.post("anu", "/organizations", json!({"organization": {"name": "Aed"}})).await.ok();
    let from = desk
        .user(
            json!({"name": "K. Kask", "email": "kati@home.ee", "phone": "+37255512345", "tags": ["a"], "notes": "old",
            "organization_id": org["organization"]["id"], "user_fields": {"code": "7"}}),
        )
        .await;
    let into = desk.user(json!({"name": "Kati Kask", "email": "kati@work.ee", "tags": ["b"]})).await;
    let path = format!("/users/{}/merge", from["id"]);
    let merged = desk.put("mari", &path, json!({"user": {"id": into["id"]}})).await.ok()["user"].clone();
    assert_eq!((&merged["id"], &merged["email"]), (&into["id"], &json!("kati@work.ee")));
    assert_eq!((&merged["tags"], &merged["notes"]), (&json!(["a", "b"]), &json!("old")));
    assert_eq!((&merged["phone"], &merged["user_fields"]["code"]), (&json!("+37255512345"), &json!("7")));
    assert_eq!(merged["organization_id"], org["organization"]["id"]);
    let identities = desk.get("mari", &format!("/users/{}/identities", into["id"])).await.ok();
    assert_eq!(identities["count"], 3);
    let gone = desk.get("mari", &format!("/users/{}", from["id"])).await.ok();
    assert_eq!(gone["user"]["active"], false);
    assert_eq!(desk.get("mari", "/users/search?query=kati@home.ee").await.ok()["users"][0]["id"], into["id"]);
    assert_eq!(desk.get("mari", "/deleted_users").await.ok()["count"], 0);
    let name = format!("merged:{}", from["id"]);
    let told: String = desk.read(move |tx| tx.value("SELECT value FROM settings WHERE name = $1", db::params![name]));
    assert_eq!(told, into["id"].to_string());
}

#[tokio::test]
async fn what_can_not_be_merged_is_said() {
    let desk = Desk::new();
    let (mari, juhan) = (desk.id("mari"), desk.id("juhan"));
    let merge = async |who: &str, from: i64, into: Value| {
        desk.put(who, &format!("/users/{from}/merge"), json!({"user": {"id": into}})).await
    };
    assert_eq!(merge("anu", juhan, json!(juhan)).await.faults(), ["user.id"]);
    assert_eq!(merge("anu", mari, json!(juhan)).await.faults(), ["base"]);
    assert_eq!(merge("anu", juhan, Value::Null).await.faults(), ["user.id"]);
    assert_eq!(merge("anu", juhan, json!(9_999)).await.status, 404);
    // An agent may not pour a customer's addresses into an admin.
    assert_eq!(merge("mari", juhan, json!(desk.id("anu"))).await.status, 403);
    assert_eq!(merge("liis", juhan, json!(mari)).await.status, 403);
}

#[tokio::test]
async fn people_who_look_the_same_are_suggested() {
    let desk = Desk::new();
    let kati = desk.user(json!({"name": "Käti Kask", "email": "kati.kask@work.ee", "phone": "+37255512345"})).await;
    let name = desk.user(json!({"name": "kati kask"})).await;
    let phone = desk.user(json!({"name": "X", "phone": "+372 5551 2345"})).await;
    let address = desk.user(json!({"name": "Y", "email": "kati.kask@home.ee"})).await;
    desk.user(json!({"name": "Kati Kuusk", "email": "kk@work.ee"})).await;
    let found = desk.get("mari", &format!("/users/{}/duplicates", kati["id"])).await.ok();
    let ids: Vec<_> = found["users"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect();
    assert_eq!(ids, [name["id"].clone(), phone["id"].clone(), address["id"].clone()]);
}
