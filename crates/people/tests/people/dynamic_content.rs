//! Texts in several languages.

use serde_json::{Value, json};

use crate::desk::Desk;

async fn hello(desk: &Desk) -> Value {
    let variants =
        json!([{"locale_id": 1, "content": "Hello", "default": true}, {"locale_id": 101, "content": "Tere"}]);
    let body = json!({"item": {"name": "Say Hello", "default_locale_id": 1, "variants": variants}});
    let made = desk.post("anu", "/dynamic_content/items", body).await;
    assert_eq!(made.status, 201, "{}", made.json);
    made.json["item"].clone()
}

#[tokio::test]
async fn a_text_is_made_renamed_and_deleted_with_its_variants() {
    let desk = Desk::new();
    let item = hello(&desk).await;
    assert_eq!((&item["placeholder"], &item["default_locale_id"]), (&json!("{{dc.say_hello}}"), &json!(1)));
    assert_eq!((&item["variants"][0]["default"], &item["variants"][1]["content"]), (&json!(true), &json!("Tere")));
    let path = format!("/dynamic_content/items/{}", item["id"]);
    let renamed = desk.put("anu", &path, json!({"item": {"name": "Greet"}})).await.ok();
    assert_eq!(
        (&renamed["item"]["name"], &renamed["item"]["placeholder"]),
        (&json!("Greet"), &json!("{{dc.say_hello}}"))
    );
    let some = desk.get("mari", "/dynamic_content/items/show_many?identifiers=dc.say_hello,none").await.ok();
    assert_eq!(some["count"], 1);
    assert_eq!(desk.put("mari", &path, json!({"item": {"name": "X"}})).await.status, 403);
    assert_eq!(desk.get("juhan", "/dynamic_content/items").await.status, 403);
    assert_eq!(desk.delete("mari", &path).await.status, 403);
    assert_eq!(desk.delete("anu", &path).await.status, 204);
    assert_eq!(desk.get("mari", &format!("{path}/variants")).await.status, 404);
}

#[tokio::test]
async fn each_language_has_one_variant_and_one_is_the_default() {
    let desk = Desk::new();
    let item = hello(&desk).await;
    let path = format!("/dynamic_content/items/{}/variants", item["id"]);
    let variant = |locale: i64, text: &str| json!({"variant": {"locale_id": locale, "content": text}});
    assert_eq!(desk.post("anu", &path, variant(101, "Tervist")).await.faults(), ["locale_id"]);
    assert_eq!(desk.post("anu", &path, variant(9_999, "?")).await.faults(), ["locale_id"]);
    assert_eq!(desk.post("anu", &path, variant(84, " ")).await.faults(), ["content"]);
    assert_eq!(desk.post("mari", &path, variant(84, "Hei")).await.status, 403);
    let finnish = desk.post("anu", &path, variant(84, "Hei")).await.ok()["variant"]["id"].clone();
    let english = &item["variants"][0]["id"];
    assert_eq!(desk.delete("anu", &format!("{path}/{english}")).await.faults(), ["base"]);
    desk.clock.advance(1_000);
    let body = json!({"variants": [{"id": finnish, "default": true, "content": "Moi"}]});
    let changed = desk.put("anu", &format!("{path}/update_many"), body).await.ok();
    assert_eq!((&changed["count"], &changed["variants"][0]["content"]), (&json!(1), &json!("Moi")));
    let now = desk.get("mari", &format!("/dynamic_content/items/{}", item["id"])).await.ok()["item"].clone();
    assert_eq!((&now["default_locale_id"], &now["outdated"]), (&json!(84), &json!(true)));
    let defaults = now["variants"].as_array().unwrap().iter().filter(|variant| variant["default"] == true).count();
    assert_eq!(defaults, 1);
    assert_eq!(desk.delete("anu", &format!("{path}/{english}")).await.status, 204);
    let off = json!({"variant": {"active": false}});
    assert_eq!(desk.put("anu", &format!("{path}/{finnish}"), off).await.faults(), ["default"]);
    let body = json!({"variants": [{"locale_id": 27, "content": "Привет"}, {"locale_id": 27, "content": "?"}]});
    assert_eq!(desk.post("anu", &format!("{path}/create_many"), body).await.faults(), ["locale_id"]);
    assert_eq!(desk.get("mari", &path).await.ok()["count"], 2);
    let body = json!({"variants": [{"locale_id": 27, "content": "Привет"}]});
    assert_eq!(desk.post("anu", &format!("{path}/create_many"), body).await.status, 201);
}

#[tokio::test]
async fn what_is_wrong_with_a_text_is_said() {
    let desk = Desk::new();
    hello(&desk).await;
    let post = async |item: Value| desk.post("anu", "/dynamic_content/items", json!({"item": item})).await.faults();
    let variants = json!([{"locale_id": 1, "content": "x"}]);
    assert_eq!(post(json!({"name": "say hello", "default_locale_id": 1, "variants": variants})).await, ["name"]);
    assert_eq!(post(json!({"default_locale_id": 1, "variants": variants})).await, ["name"]);
    assert_eq!(post(json!({"name": "A", "variants": variants})).await, ["default_locale_id"]);
    assert_eq!(post(json!({"name": "A", "default_locale_id": 7, "variants": variants})).await, ["default_locale_id"]);
    assert_eq!(post(json!({"name": "A", "default_locale_id": 101, "variants": variants})).await, ["variants"]);
    assert_eq!(desk.get("mari", "/dynamic_content/items").await.ok()["count"], 1);
}
