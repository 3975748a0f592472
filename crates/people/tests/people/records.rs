//! Routes that records of people have beside listing, showing and writing.

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::Desk;

fn ids(answer: &Value, list: &str) -> Vec<i64> {
    answer[list].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

async fn organization(desk: &Desk, name: &str) -> i64 {
    let made = desk.post("anu", "/organizations", json!({"organization": {"name": name}})).await.ok();
    made["organization"]["id"].as_i64().unwrap()
}

#[tokio::test]
async fn groups_are_found_by_name_and_one_is_the_default() {
    let desk = Desk::new();
    desk.post("anu", "/groups", json!({"group": {"name": "Sales"}})).await.ok();
    let found = desk.get("mari", "/groups/autocomplete?name=sa").await.ok();
    assert_eq!((&found["count"], &found["groups"][0]["name"]), (&json!(1), &json!("Sales")));
    assert_eq!(desk.get("mari", "/groups/default").await.ok()["group"]["name"], "Support");
    let id = found["groups"][0]["id"].clone();
    assert_eq!(desk.get("mari", &format!("/groups/show_many?ids={id}")).await.ok()["count"], 1);
    let (mari, group) = (desk.id("mari"), desk.get("mari", "/groups/default").await.ok()["group"]["id"].clone());
    let count = desk.get("mari", &format!("/users/{mari}/groups/count")).await.ok();
    assert_eq!(count["count"]["value"], 1);
    assert_eq!(desk.get("mari", &format!("/groups/{group}/users/count")).await.ok()["count"]["value"], 5);
    let free = desk.get("anu", "/groups/available_agents?page[size]=3").await.ok();
    assert_eq!((ids(&free, "users").len(), &free["meta"]["has_more"]), (3, &json!(true)));
    assert_eq!(desk.get("mari", "/groups/available_agents").await.status, 403);
    assert_eq!(desk.get("juhan", "/groups/autocomplete?name=sa").await.status, 403);
}

#[tokio::test]
async fn memberships_are_made_and_ended_many_at_once() {
    let desk = Desk::new();
    let group = desk.post("anu", "/groups", json!({"group": {"name": "Sales"}})).await.ok()["group"]["id"].clone();
    let (mari, juhan, liis) = (desk.id("mari"), desk.id("juhan"), desk.id("liis"));
    let of = |user: i64| json!({"user_id": user, "group_id": group});
    let body = json!({"group_memberships": [of(mari), of(juhan)]});
    assert_eq!(desk.post("mari", "/group_memberships/create_many", body.clone()).await.status, 403);
    let job = desk.post("anu", "/group_memberships/create_many", body).await.ok();
    assert_eq!(job["job_status"]["status"], "queued");
    desk.run_jobs();
    let members = desk.get("mari", &format!("/groups/{group}/memberships?include=users,groups")).await.ok();
    assert_eq!(members["group_memberships"][0]["user_id"], mari);
    assert_eq!((ids(&members, "users"), ids(&members, "groups").len()), (vec![mari], 1));
    let path = format!("/users/{liis}/group_memberships");
    let made = desk.post("anu", &path, json!({"group_membership": {"group_id": group}})).await;
    assert_eq!(made.status, 201);
    let own = made.json["group_membership"]["id"].clone();
    assert_eq!(desk.get("mari", &format!("{path}/{own}")).await.status, 200);
    assert_eq!(desk.get("mari", &format!("/users/{mari}/group_memberships/{own}")).await.status, 404);
    let first = &members["group_memberships"][0]["id"];
    desk.delete("anu", &format!("/group_memberships/destroy_many?ids={first},{own}")).await.ok();
    desk.run_jobs();
    assert_eq!(desk.get("mari", &format!("/groups/{group}/memberships")).await.ok()["count"], 0);
}

#[tokio::test]
async fn people_join_and_leave_organizations_under_their_own_path() {
    let desk = Desk::new();
    let (aed, juhan) = (organization(&desk, "Aed").await, desk.id("juhan"));
    let path = format!("/users/{juhan}/organization_memberships");
    let body = json!({"organization_membership": {"organization_id": aed}});
    let made = desk.post("mari", &path, body).await;
    assert_eq!((made.status, &made.json["organization_membership"]["default"]), (201, &json!(true)));
    let id = &made.json["organization_membership"]["id"];
    assert_eq!(
        desk.get("mari", &format!("{path}/{id}?include=organizations")).await.ok()["organizations"][0]["id"],
        aed
    );
    assert_eq!(desk.get("mari", &format!("/users/{juhan}/organizations/count")).await.ok()["count"]["value"], 1);
    let leave = format!("/users/{juhan}/organizations/{aed}");
    assert_eq!(desk.delete("liis", &leave).await.status, 403);
    assert_eq!(desk.delete("mari", &leave).await.status, 204);
    assert_eq!(desk.delete("mari", &leave).await.status, 404);
    let body = json!({"organization_memberships": [{"user_id": juhan, "organization_id": aed}, {"user_id": juhan}]});
    desk.post("mari", "/organization_memberships/create_many", body).await.ok();
    desk.run_jobs();
    let all = desk.get("mari", &path).await.ok();
    assert_eq!(all["count"], 1);
    let id = &all["organization_memberships"][0]["id"];
    desk.delete("mari", &format!("/organization_memberships/destroy_many?ids={id}")).await.ok();
    desk.run_jobs();
    assert_eq!(desk.get("mari", &path).await.ok()["count"], 0);
}

#[tokio::test]
async fn organizations_have_tags_of_their_own() {
    let desk = Desk::new();
    let path = format!("/organizations/{}/tags", organization(&desk, "Aed").await);
    let set = desk.post("mari", &path, json!({"tags": ["VIP", "old"]})).await;
    assert_eq!((set.status, &set.json["tags"]), (201, &json!(["old", "vip"])));
    desk.put("mari", &path, json!({"tags": ["new"]})).await.ok();
    let left = desk.call("mari", Method::DELETE, &path, json!({"tags": ["old"]})).await.ok();
    assert_eq!(left["tags"], json!(["new", "vip"]));
    assert_eq!(desk.get("mari", &path).await.ok()["tags"], json!(["new", "vip"]));
    assert_eq!(desk.post("liis", &path, json!({"tags": []})).await.status, 403);
}

#[tokio::test]
async fn an_organization_is_merged_into_another() {
    let desk = Desk::new();
    let body = json!({"organization": {"name": "Aed OÜ", "domain_names": ["aed.ee"]}});
    let loser = desk.post("anu", "/organizations", body).await.ok()["organization"]["id"].as_i64().unwrap();
    let winner = organization(&desk, "Aed").await;
    let karl = desk.user(json!({"name": "Karl", "email": "karl@aed.ee"})).await;
    let path = format!("/organizations/{loser}/merge");
    let body = |id: i64| json!({"organization_merge": {"winner_id": id}});
    assert_eq!(desk.post("mari", &path, body(winner)).await.status, 403);
    assert_eq!(desk.post("anu", &path, body(loser)).await.faults(), ["winner_id"]);
    assert_eq!(desk.post("anu", &path, json!({})).await.faults(), ["winner_id"]);
    let asked = desk.post("anu", &path, body(winner)).await;
    assert_eq!((asked.status, &asked.json["organization_merge"]["status"]), (200, &json!("new")));
    desk.run_jobs();
    let id = asked.json["organization_merge"]["id"].as_str().unwrap();
    let done = desk.get("anu", &format!("/organization_merges/{id}")).await.ok();
    assert_eq!(done["organization_merge"]["status"], "complete");
    for of in [loser, winner] {
        assert_eq!(desk.get("anu", &format!("/organizations/{of}/merges")).await.ok()["count"], 1);
    }
    assert_eq!(desk.get("anu", &format!("/organizations/{loser}")).await.status, 404);
    assert_eq!(desk.get("anu", &format!("/users/{}", karl["id"])).await.ok()["user"]["organization_id"], winner);
    let next = desk.user(json!({"name": "Kaie", "email": "kaie@aed.ee"})).await;
    assert_eq!(next["organization_id"], winner);
}

#[tokio::test]
async fn people_subscribe_to_organizations() {
    let desk = Desk::new();
    let (aed, juhan) = (organization(&desk, "Aed").await, desk.id("juhan"));
    let body = json!({"organization_subscription": {"organization_id": aed, "user_id": juhan}});
    let made = desk.post("mari", "/organization_subscriptions", body.clone()).await;
    assert_eq!(made.status, 201);
    assert_eq!(desk.post("mari", "/organization_subscriptions", body.clone()).await.faults(), ["user_id"]);
    assert_eq!(desk.post("liis", "/organization_subscriptions", body).await.status, 403);
    for path in [
        "/organization_subscriptions".into(),
        format!("/users/{juhan}/organization_subscriptions"),
        format!("/organizations/{aed}/subscriptions"),
    ] {
        assert_eq!(desk.get("mari", &path).await.ok()["count"], 1, "{path}");
    }
    assert_eq!(
        desk.get("mari", &format!("/users/{juhan}/related")).await.ok()["user_related"]["organization_subscriptions"],
        1
    );
    let id = &made.json["organization_subscription"]["id"];
    assert_eq!(desk.delete("mari", &format!("/organization_subscriptions/{id}")).await.status, 204);
    assert_eq!(desk.delete("mari", &format!("/organization_subscriptions/{id}")).await.status, 404);
}

#[tokio::test]
async fn options_and_order_of_fields_are_changed_one_by_one() {
    let desk = Desk::new();
    let field = |key: &str| {
        json!({"user_field": {"type": "dropdown", "key": key, "title": key,
        "custom_field_options": [{"name": "Apple", "value": "apple"}]}})
    };
    let first = desk.post("anu", "/user_fields", field("fruit")).await.ok()["user_field"]["id"].clone();
    let second = desk.post("anu", "/user_fields", field("tree")).await.ok()["user_field"]["id"].clone();
    let options = format!("/user_fields/{first}/options");
    let pear = json!({"custom_field_option": {"name": "Pear", "value": "pear"}});
    assert_eq!(desk.post("mari", &options, pear.clone()).await.status, 403);
    let made = desk.post("anu", &options, pear).await;
    assert_eq!((made.status, &made.json["custom_field_option"]["position"]), (201, &json!(1)));
    let id = &made.json["custom_field_option"]["id"];
    let renamed = json!({"custom_field_option": {"id": id, "name": "Pears", "value": "pear"}});
    assert_eq!(desk.post("anu", &options, renamed).await.status, 200);
    assert_eq!(desk.get("mari", &format!("{options}/{id}")).await.ok()["custom_field_option"]["name"], "Pears");
    assert_eq!(desk.get("mari", &options).await.ok()["count"], 2);
    assert_eq!(desk.delete("anu", &format!("{options}/{id}")).await.status, 204);
    assert_eq!(desk.get("mari", &format!("{options}/{id}")).await.status, 404);
    desk.put("anu", "/user_fields/reorder", json!({"user_field_ids": [second, first]})).await.ok();
    assert_eq!(ids(&desk.get("mari", "/user_fields").await.ok(), "user_fields")[0], second);
    assert_eq!(
        desk.put("anu", "/user_fields/reorder", json!({"user_field_ids": [99]})).await.faults(),
        ["user_field_ids"]
    );
    let some = desk.get("mari", "/user_fields/show_many?keys=tree,none").await.ok();
    assert_eq!(ids(&some, "user_fields"), [second.as_i64().unwrap()]);
    assert_eq!(desk.get("mari", "/user_fields/fruit").await.ok()["user_field"]["id"], first);
    assert_eq!(desk.get("mari", "/organization_fields/count").await.ok()["count"]["value"], 0);
}

#[tokio::test]
async fn what_is_known_of_a_deleted_person_is_forgotten_for_good() {
    let desk = Desk::new();
    let body = json!({"name": "Kati", "email": "kati@x.ee", "notes": "vip", "tags": ["a"], "external_id": "7"});
    let kati = desk.user(body).await["id"].clone();
    let (user, deleted) = (format!("/users/{kati}"), format!("/deleted_users/{kati}"));
    assert_eq!(desk.delete("anu", &deleted).await.status, 404);
    desk.delete("anu", &user).await.ok();
    assert_eq!(desk.get("mari", "/deleted_users/count").await.ok()["count"]["value"], 1);
    assert_eq!(desk.get("mari", &deleted).await.ok()["deleted_user"]["name"], "Kati");
    assert_eq!(desk.delete("mari", &deleted).await.status, 403);
    let gone = desk.delete("anu", &deleted).await;
    assert_eq!((gone.status, &gone.json["deleted_user"]["name"]), (200, &json!("Kati")));
    assert_eq!(desk.get("mari", &deleted).await.status, 404);
    let left = desk.get("mari", &user).await.ok()["user"].clone();
    assert_eq!((&left["name"], &left["notes"]), (&json!("Permanently Deleted User"), &Value::Null));
    assert_eq!((&left["email"], &left["external_id"], &left["tags"]), (&Value::Null, &Value::Null, &json!([])));
    let steps = desk.get("mari", &format!("{user}/compliance_deletion_statuses")).await.ok();
    let actions = steps["compliance_deletion_statuses"].as_array().unwrap().iter().map(|step| &step["action"]);
    assert_eq!(actions.collect::<Vec<_>>(), ["request_deletion", "started", "complete"]);
    let juhan = desk.id("juhan");
    let none = desk.get("mari", &format!("/users/{juhan}/compliance_deletion_statuses")).await.ok();
    assert_eq!(none["count"], 0);
    assert_eq!(desk.get("mari", "/users/99999/compliance_deletion_statuses").await.status, 404);
}

#[tokio::test]
async fn people_bring_their_groups_abilities_and_counts_along() {
    let desk = Desk::new();
    let (mari, juhan) = (desk.id("mari"), desk.id("juhan"));
    let path = format!("/users/show_many?ids={mari},{juhan}&include=groups,abilities,open_ticket_count,roles");
    let answer = desk.get("mari", &path).await.ok();
    assert_eq!(answer["groups"][0]["name"], "Support");
    assert_eq!(answer["open_ticket_count"], json!({mari.to_string(): 0, juhan.to_string(): 0}));
    let can = |n: usize, what: &str| answer["abilities"][n][what].clone();
    assert_eq!((can(0, "user_id"), can(0, "can_edit"), can(0, "can_delete")), (json!(mari), json!(true), json!(false)));
    assert_eq!((can(1, "can_edit"), can(1, "can_edit_password")), (json!(true), json!(false)));
    assert_eq!(answer["roles"], json!([]));
    let found = desk.post("mari", "/users/autocomplete", json!({"name": "juh"})).await.ok();
    assert_eq!(ids(&found, "users"), [juhan]);
    assert_eq!(desk.post("juhan", "/users/autocomplete", json!({"name": "juh"})).await.status, 403);
}

#[tokio::test]
async fn many_are_named_by_the_numbers_of_another_system() {
    let desk = Desk::new();
    let kati = desk.user(json!({"name": "Kati", "external_id": "k-1"})).await["id"].clone();
    let body = json!({"users": [{"external_id": "k-1", "notes": "vip"}, {"external_id": "none", "notes": "x"}]});
    desk.put("anu", "/users/update_many", body).await.ok();
    desk.run_jobs();
    assert_eq!(desk.get("anu", &format!("/users/{kati}")).await.ok()["user"]["notes"], "vip");
    desk.put("anu", "/users/update_many?external_ids=k-1", json!({"user": {"notes": "later"}})).await.ok();
    desk.run_jobs();
    assert_eq!(desk.get("anu", &format!("/users/{kati}")).await.ok()["user"]["notes"], "later");
    desk.delete("anu", "/users/destroy_many?external_ids=k-1").await.ok();
    desk.run_jobs();
    assert_eq!(desk.get("anu", &format!("/users/{kati}")).await.ok()["user"]["active"], false);
}

#[tokio::test]
async fn customers_see_and_order_their_own_identities_and_nobody_elses() {
    let desk = Desk::new();
    let (juhan, mari) = (desk.id("juhan"), desk.id("mari"));
    let path = format!("/end_users/{juhan}/identities");
    let more = json!({"identity": {"type": "email", "value": "juhan@home.ee"}});
    assert_eq!(desk.post("juhan", &path, more.clone()).await.status, 403);
    let second = desk.post("mari", &path, more).await.ok()["identity"]["id"].clone();
    let all = desk.get("juhan", &path).await.ok();
    let first = all["identities"][0]["id"].clone();
    assert_eq!(all["count"], 2);
    assert_eq!(desk.put("juhan", &format!("{path}/{second}/make_primary"), json!({})).await.faults(), ["base"]);
    assert_eq!(desk.put("juhan", &format!("{path}/{second}/request_verification"), json!({})).await.status, 200);
    assert_eq!(desk.delete("juhan", &format!("{path}/{first}")).await.faults(), ["base"]);
    assert_eq!(desk.get("juhan", &format!("{path}/{second}")).await.ok()["identity"]["value"], "juhan@home.ee");
    assert_eq!(desk.delete("juhan", &format!("{path}/{second}")).await.status, 204);
    let theirs = format!("/end_users/{mari}/identities");
    assert_eq!(desk.get("juhan", &theirs).await.status, 403);
    let id = desk.get("mari", &theirs).await.ok()["identities"][0]["id"].clone();
    assert_eq!(desk.delete("juhan", &format!("{theirs}/{id}")).await.status, 403);
    assert_eq!(desk.delete("mari", &format!("{theirs}/{id}")).await.status, 403);
    for (kind, value) in [("google", "Kati.K"), ("twitter", "katik"), ("facebook", "kk"), ("any_channel", "x:1")] {
        let identity = json!({"identity": {"type": kind, "value": value}});
        let made = desk.post("mari", &format!("/users/{juhan}/identities"), identity).await;
        assert_eq!((made.status, &made.json["identity"]["type"]), (201, &json!(kind)));
    }
}
