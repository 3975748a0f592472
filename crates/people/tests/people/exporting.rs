//! Incremental exports of people and organizations.

use serde_json::{Value, json};

use crate::desk::Desk;

fn names(answer: &Value, list: &str) -> Vec<String> {
    answer[list].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn people_are_exported_in_the_order_of_their_last_change_deleted_ones_too() {
    let desk = Desk::new();
    let all = desk.get("anu", "/incremental/users?start_time=0").await.ok();
    assert_eq!(names(&all, "users"), ["OTT", "ANU", "MARI", "PEETER", "LIIS", "JUHAN"]);
    assert_eq!((&all["count"], &all["end_of_stream"]), (&json!(6), &Value::Bool(true)));
    assert!(all["next_page"].is_string());
    let cursor = desk.get("anu", "/incremental/users/cursor?start_time=0").await.ok()["after_cursor"].clone();
    let next = format!("/incremental/users/cursor?include=identities&cursor={}", cursor.as_str().unwrap());
    assert_eq!(desk.get("anu", &next).await.ok()["users"], json!([]));
    let juhan = desk.id("juhan");
    desk.delete("anu", &format!("/users/{juhan}")).await.ok();
    let mari = desk.id("mari");
    let identity = json!({"identity": {"type": "email", "value": "mari@elsewhere.test"}});
    desk.post("anu", &format!("/users/{mari}/identities"), identity).await.ok();
    let page = desk.get("anu", &next).await.ok();
    assert_eq!(names(&page, "users"), ["JUHAN", "MARI"]);
    assert_eq!(page["users"][0]["active"], false);
    let addresses: Vec<&Value> = page["identities"].as_array().unwrap().iter().map(|i| &i["value"]).collect();
    assert_eq!(addresses, ["mari@tugi.test", "mari@elsewhere.test"]);
}

#[tokio::test]
async fn organizations_are_exported_and_their_changes_too() {
    let desk = Desk::new();
    let oun = desk.post("anu", "/organizations", json!({"organization": {"name": "Õun"}})).await.ok();
    desk.post("anu", "/organizations", json!({"organization": {"name": "Pirn"}})).await.ok();
    let id = oun["organization"]["id"].as_i64().unwrap();
    desk.put("anu", &format!("/organizations/{id}"), json!({"organization": {"tags": ["vip"]}})).await.ok();
    let page = desk.get("anu", "/incremental/organizations?start_time=0").await.ok();
    assert_eq!(names(&page, "organizations"), ["Pirn", "Õun"]);
    assert_eq!(page["organizations"][1]["tags"], json!(["vip"]));
    assert_eq!(
        names(&desk.get("anu", "/incremental/organizations/sample?start_time=0").await.ok(), "organizations").len(),
        2
    );
}

#[tokio::test]
async fn exports_of_people_are_for_admins() {
    let desk = Desk::new();
    for path in ["users", "users/cursor", "users/sample", "organizations", "organizations/sample"] {
        let path = format!("/incremental/{path}?start_time=0");
        assert_eq!(desk.get("anu", &path).await.status, 200, "{path}");
        assert_eq!(desk.get("mari", &path).await.status, 403, "{path}");
        assert_eq!(desk.get("juhan", &path).await.status, 403, "{path}");
    }
}
