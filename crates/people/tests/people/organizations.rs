//! Organizations, groups and who belongs to them.

use serde_json::{Value, json};

use crate::desk::Desk;

async fn organization(desk: &Desk, body: Value) -> Value {
    desk.post("anu", "/organizations", json!({"organization": body})).await.ok()["organization"].clone()
}

#[tokio::test]
async fn people_of_a_domain_belong_to_its_organization() {
    let desk = Desk::new();
    let aed = organization(&desk, json!({"name": "Aed", "domain_names": ["@Aed.ee", "aed.ee"], "tags": ["vip"]})).await;
    assert_eq!((&aed["domain_names"], &aed["tags"]), (&json!(["aed.ee"]), &json!(["vip"])));
    let karl = desk.user(json!({"name": "Karl", "email": "karl@aed.ee"})).await;
    assert_eq!(karl["organization_id"], aed["id"]);
    let memberships = desk.get("mari", &format!("/users/{}/organization_memberships", karl["id"])).await.ok();
    assert_eq!(memberships["organization_memberships"][0]["default"], true);
    assert_eq!(memberships["organization_memberships"][0]["organization_name"], "Aed");
}

#[tokio::test]
async fn bad_organizations_name_their_fields() {
    let desk = Desk::new();
    organization(&desk, json!({"name": "Aed", "domain_names": ["aed.ee"], "external_id": "1"})).await;
    let post = async |body: Value| desk.post("anu", "/organizations", json!({"organization": body})).await.faults();
    assert_eq!(post(json!({})).await, ["name"]);
    assert_eq!(post(json!({"name": "Aed"})).await, ["name"]);
    assert_eq!(post(json!({"name": "B", "domain_names": ["aed.ee"]})).await, ["domain_names"]);
    assert_eq!(post(json!({"name": "B", "domain_names": ["not a domain"]})).await, ["domain_names"]);
    assert_eq!(post(json!({"name": "B", "external_id": "1"})).await, ["external_id"]);
    assert_eq!(post(json!({"name": "B", "group_id": 99})).await, ["group_id"]);
}

#[tokio::test]
async fn an_organization_that_goes_leaves_its_people_with_the_next() {
    let desk = Desk::new();
    let (a, b) = (organization(&desk, json!({"name": "A"})).await, organization(&desk, json!({"name": "B"})).await);
    let kati = desk.user(json!({"name": "Kati", "organization_id": a["id"]})).await;
    let join = json!({"organization_membership": {"user_id": kati["id"], "organization_id": b["id"]}});
    let made =
        desk.post("mari", "/organization_memberships", join.clone()).await.ok()["organization_membership"].clone();
    let others = format!("/users/{}/organization_memberships/{}", desk.id("juhan"), made["id"]);
    assert_eq!(desk.delete("mari", &others).await.status, 404);
    let theirs = format!("/users/{}/organization_memberships/{}", kati["id"], made["id"]);
    assert_eq!(desk.delete("mari", &theirs).await.status, 204);
    desk.post("mari", "/organization_memberships", join.clone()).await.ok();
    assert_eq!(desk.post("mari", "/organization_memberships", join).await.faults(), ["user_id"]);
    assert_eq!(desk.delete("mari", &format!("/organizations/{}", a["id"])).await.status, 403);
    assert_eq!(desk.delete("anu", &format!("/organizations/{}", a["id"])).await.status, 204);
    assert_eq!(desk.get("mari", &format!("/users/{}", kati["id"])).await.ok()["user"]["organization_id"], b["id"]);
    assert_eq!(desk.get("mari", &format!("/organizations/{}", a["id"])).await.status, 404);
    organization(&desk, json!({"name": "A"})).await;
}

#[tokio::test]
async fn organizations_are_found_by_the_beginnings_of_their_names() {
    let desk = Desk::new();
    organization(&desk, json!({"name": "Suur Õunaaed", "external_id": "o-1"})).await;
    let count = async |path: &str| desk.get("mari", path).await.ok()["count"].clone();
    assert_eq!(count("/organizations/autocomplete?name=ouna").await, 1);
    assert_eq!(count("/organizations/autocomplete?name=naaed").await, 0);
    assert_eq!(count("/organizations/search?external_id=o-1").await, 1);
    assert_eq!(count("/organizations/search?name=Suur%20%C3%95unaaed").await, 1);
    assert_eq!(desk.get("mari", "/organizations/count").await.ok()["count"]["value"], 1);
}

#[tokio::test]
async fn shared_tickets_widen_what_customers_see() {
    let desk = Desk::new();
    let aed = organization(&desk, json!({"name": "Aed"})).await;
    let kati =
        base::UserId(desk.user(json!({"name": "Kati", "organization_id": aed["id"]})).await["id"].as_i64().unwrap());
    let access = || desk.read(move |tx| Ok(people::actor_of(tx, kati, base::Credential::Channel)?.tickets));
    assert_eq!(access(), base::TicketAccess::Requested);
    let shared = json!({"organization": {"shared_tickets": true}});
    desk.put("mari", &format!("/organizations/{}", aed["id"]), shared).await.ok();
    assert_eq!(access(), base::TicketAccess::Organization);
}

#[tokio::test]
async fn groups_are_made_joined_left_and_deleted() {
    let desk = Desk::new();
    let post = async |name: &str| desk.post("anu", "/groups", json!({"group": {"name": name}})).await;
    let billing = post("Billing").await.ok()["group"].clone();
    assert_eq!((&billing["default"], &billing["is_public"]), (&json!(false), &json!(true)));
    assert_eq!(post("billing").await.faults(), ["name"]);
    let (mari, juhan) = (desk.id("mari"), desk.id("juhan"));
    let join = |user: i64| json!({"group_membership": {"user_id": user, "group_id": billing["id"]}});
    assert_eq!(desk.post("anu", "/group_memberships", join(juhan)).await.faults(), ["user_id"]);
    let membership = desk.post("anu", "/group_memberships", join(mari)).await.ok()["group_membership"].clone();
    assert_eq!(desk.post("anu", "/group_memberships", join(mari)).await.faults(), ["user_id"]);
    let default = format!("/users/{mari}/group_memberships/{}/make_default", membership["id"]);
    assert_eq!(desk.put("peeter", &default, json!({})).await.status, 403);
    desk.put("mari", &default, json!({})).await.ok();
    assert_eq!(desk.get("mari", "/users/me").await.ok()["user"]["default_group_id"], billing["id"]);
    let members = desk.get("mari", &format!("/groups/{}/memberships", billing["id"])).await.ok();
    assert_eq!(members["count"], 1);
    assert_eq!(desk.delete("anu", &format!("/groups/{}", billing["id"])).await.status, 204);
    assert_ne!(desk.get("mari", "/users/me").await.ok()["user"]["default_group_id"], billing["id"]);
    let support = desk.get("mari", "/groups").await.ok()["groups"][0]["id"].clone();
    assert_eq!(desk.delete("anu", &format!("/groups/{support}")).await.faults(), ["base"]);
}

#[tokio::test]
async fn light_agents_are_members_but_take_no_tickets() {
    let desk = Desk::new();
    let support = desk.get("mari", "/groups").await.ok()["groups"][0]["id"].clone();
    let all = desk.get("mari", &format!("/groups/{support}/memberships")).await.ok();
    let takers = desk.get("mari", &format!("/groups/{support}/memberships/assignable")).await.ok();
    assert_eq!((&all["count"], &takers["count"]), (&json!(5), &json!(4)));
}

#[tokio::test]
async fn rights_that_change_restart_live_streams() {
    let desk = Desk::new();
    let mari = desk.id("mari");
    let events = || {
        let sql = "SELECT COUNT(*) FROM events WHERE kind = 'user' AND user_id = $1";
        desk.read(move |tx| tx.value::<i64>(sql, db::params![mari]))
    };
    let before = events();
    desk.put("anu", &format!("/users/{mari}"), json!({"user": {"name": "Mari M"}})).await.ok();
    assert_eq!(events(), before);
    desk.put("anu", &format!("/users/{mari}"), json!({"user": {"ticket_restriction": "groups"}})).await.ok();
    assert_eq!(events(), before + 1);
    let group = desk.post("anu", "/groups", json!({"group": {"name": "New"}})).await.ok()["group"]["id"].clone();
    let join = json!({"group_membership": {"user_id": mari, "group_id": group}});
    desk.post("anu", "/group_memberships", join).await.ok();
    assert_eq!(events(), before + 2);
}

#[tokio::test]
async fn custom_roles_narrow_what_agents_may_do() {
    let desk = Desk::new();
    let mari = desk.id("mari");
    let role = json!({"custom_role": {"name": "Reader", "permissions": ["ticket_read", "people_read"], "ticket_access": "groups"}});
    let role = desk.post("anu", "/custom_roles", role).await.ok()["custom_role"].clone();
    assert_eq!(role["configuration"]["ticket_access"], "within-groups");
    desk.put("anu", &format!("/users/{mari}"), json!({"user": {"custom_role_id": role["id"]}})).await.ok();
    assert_eq!(desk.get("mari", "/users").await.status, 200);
    assert_eq!(desk.post("mari", "/users", json!({"user": {"name": "X"}})).await.status, 403);
    let path = format!("/custom_roles/{}", role["id"]);
    assert_eq!(desk.delete("anu", &path).await.faults(), ["base"]);
    desk.put("anu", &path, json!({"custom_role": {"permissions": ["people_read", "people_edit"]}})).await.ok();
    assert_eq!(desk.post("mari", "/users", json!({"user": {"name": "X"}})).await.status, 201);
    desk.put("anu", &format!("/users/{mari}"), json!({"user": {"custom_role_id": null}})).await.ok();
    assert_eq!(desk.delete("anu", &path).await.status, 204);
}
