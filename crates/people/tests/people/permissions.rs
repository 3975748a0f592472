//! Who may do what.

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::{CAST, Desk};

/// The statuses of a request by nobody and by each of the cast, greatest first.
async fn statuses(desk: &Desk, method: Method, path: &str, body: Value) -> Vec<u16> {
    let mut out = Vec::new();
    for who in CAST.iter().map(|(name, _)| *name).filter(|name| *name != "peeter").chain([""]) {
        out.push(desk.call(who, method.clone(), path, body.clone()).await.status);
    }
    out
}

#[tokio::test]
async fn each_route_lets_in_whom_it_should() {
    let desk = Desk::new();
    let juhan = desk.id("juhan");
    // owner, admin, agent, light agent, customer, nobody
    let table = [
        (Method::GET, "/users".to_owned(), [200, 200, 200, 200, 403, 401]),
        (Method::GET, "/users/me".to_owned(), [200, 200, 200, 200, 200, 200]),
        (Method::GET, format!("/users/{juhan}"), [200, 200, 200, 200, 403, 401]),
        (Method::PUT, format!("/users/{juhan}"), [200, 200, 200, 403, 403, 401]),
        (Method::GET, format!("/users/{juhan}/identities"), [200, 200, 200, 200, 403, 401]),
        (Method::GET, "/organizations".to_owned(), [200, 200, 200, 200, 403, 401]),
        (Method::GET, "/groups".to_owned(), [200, 200, 200, 200, 403, 401]),
        (Method::POST, "/groups".to_owned(), [422, 422, 403, 403, 403, 401]),
        (Method::POST, "/organizations".to_owned(), [422, 422, 422, 403, 403, 401]),
        (Method::POST, "/group_memberships".to_owned(), [422, 422, 403, 403, 403, 401]),
        (Method::POST, "/organization_memberships".to_owned(), [422, 422, 422, 403, 403, 401]),
        (Method::POST, "/custom_roles".to_owned(), [422, 422, 403, 403, 403, 401]),
        (Method::POST, "/user_fields".to_owned(), [422, 422, 403, 403, 403, 401]),
        (Method::GET, "/user_fields".to_owned(), [200, 200, 200, 200, 403, 401]),
        (Method::GET, "/audit_logs".to_owned(), [200, 200, 403, 403, 403, 401]),
        (Method::GET, "/api_tokens".to_owned(), [200, 200, 200, 200, 403, 401]),
        (Method::GET, format!("/users/{juhan}/sessions"), [200, 200, 403, 403, 200, 401]),
        (Method::DELETE, "/organizations/1".to_owned(), [404, 404, 403, 403, 403, 401]),
        (Method::GET, "/locales".to_owned(), [200, 200, 200, 200, 200, 200]),
        (Method::GET, "/setup".to_owned(), [200, 200, 200, 200, 200, 200]),
    ];
    for (method, path, expected) in table {
        assert_eq!(statuses(&desk, method.clone(), &path, json!({})).await, expected, "{method} {path}");
    }
}

#[test]
fn every_route_states_what_it_needs() {
    assert_eq!(people::routes().unstated(), [""; 0]);
}

#[tokio::test]
async fn nobody_makes_others_or_themselves_mightier_than_they_are() {
    let desk = Desk::new();
    let (mari, juhan) = (desk.id("mari"), desk.id("juhan"));
    let admin = json!({"user": {"role": "admin"}});
    for who in ["mari", "liis", "juhan"] {
        assert_eq!(desk.put(who, &format!("/users/{mari}"), admin.clone()).await.status, 403, "{who}");
        assert_eq!(desk.put(who, &format!("/users/{juhan}"), admin.clone()).await.status, 403, "{who}");
        assert_eq!(desk.put(who, "/users/me", admin.clone()).await.status, 403, "{who}");
    }
    let new = json!({"user": {"name": "X", "email": "x@tugi.test", "role": "agent"}});
    assert_eq!(desk.post("mari", "/users", new.clone()).await.status, 403);
    assert_eq!(desk.post("anu", "/users", new).await.status, 201);
    // An agent whose custom role manages agents still makes nobody an admin, nor a role that may more.
    let role = json!({"custom_role": {"name": "Lead", "permissions": ["ticket_read", "people_read", "people_edit", "agent_manage"]}});
    let role = desk.post("anu", "/custom_roles", role).await.ok()["custom_role"]["id"].clone();
    desk.put("anu", &format!("/users/{mari}"), json!({"user": {"custom_role_id": role}})).await.ok();
    assert_eq!(desk.put("mari", &format!("/users/{juhan}"), admin).await.status, 403);
    let more = json!({"custom_role": {"name": "More", "permissions": ["security_manage"]}});
    assert_eq!(desk.post("mari", "/custom_roles", more).await.status, 403);
    let agent = json!({"user": {"custom_role_id": role, "role": "agent"}});
    desk.put("mari", &format!("/users/{juhan}"), agent).await.ok();
    // Nor do they get at an admin's addresses.
    let stolen = json!({"identity": {"type": "email", "value": "mine@tugi.test", "verified": true}});
    assert_eq!(desk.post("mari", &format!("/users/{}/identities", desk.id("anu")), stolen).await.status, 403);
}

#[tokio::test]
async fn the_owner_is_changed_by_nobody_else_and_an_admin_stays() {
    let desk = Desk::new();
    let (ott, anu) = (desk.id("ott"), desk.id("anu"));
    for body in
        [json!({"user": {"role": "agent"}}), json!({"user": {"suspended": true}}), json!({"user": {"name": "X"}})]
    {
        assert_eq!(desk.put("anu", &format!("/users/{ott}"), body).await.status, 403);
    }
    assert_eq!(desk.delete("anu", &format!("/users/{ott}")).await.status, 403);
    assert_eq!(desk.delete("ott", &format!("/users/{ott}")).await.status, 403);
    assert_eq!(desk.put("anu", &format!("/users/{anu}"), json!({"user": {"role": "owner"}})).await.status, 403);
    let faults = desk.put("ott", &format!("/users/{ott}"), json!({"user": {"role": "agent"}})).await.faults();
    assert_eq!(faults, ["role"]);
    // The owner hands the desk over, and is an admin from then on.
    desk.put("ott", &format!("/users/{anu}"), json!({"user": {"role": "owner"}})).await.ok();
    let was = desk.get("anu", &format!("/users/{ott}")).await.ok();
    assert_eq!((&was["user"]["owner"], &was["user"]["role"]), (&json!(false), &json!("admin")));
    desk.put("anu", &format!("/users/{ott}"), json!({"user": {"role": "agent"}})).await.ok();
}

#[tokio::test]
async fn people_change_their_own_name_and_language_and_no_more() {
    let desk = Desk::new();
    let mine =
        json!({"user": {"name": "Juhan Juurikas", "locale": "et", "phone": "+372 5555 1234", "time_zone": "Tallinn"}});
    let me = desk.put("juhan", "/users/me", mine).await.ok();
    assert_eq!(me["user"]["name"], "Juhan Juurikas");
    assert_eq!(me["user"]["phone"], "+37255551234");
    assert_eq!(me["user"]["locale_id"], 101);
    for body in [
        json!({"email": "boss@tugi.test"}),
        json!({"external_id": "1"}),
        json!({"tags": ["vip"]}),
        json!({"notes": "x"}),
    ] {
        assert_eq!(desk.put("juhan", "/users/me", json!({"user": body})).await.status, 403, "{body}");
    }
}

#[tokio::test]
async fn what_admins_do_is_on_the_record() {
    let desk = Desk::new();
    let mari = desk.id("mari");
    desk.put("anu", &format!("/users/{mari}"), json!({"user": {"role": "light-agent"}})).await.ok();
    let log = desk.get("anu", "/audit_logs?page[size]=1").await.ok();
    assert_eq!(log["audit_logs"][0]["source_label"], "MARI");
    assert_eq!(log["audit_logs"][0]["actor_name"], "ANU");
    assert_eq!(log["audit_logs"][0]["change_description"], "role: agent -> light-agent");
    assert_eq!(log["meta"]["has_more"], true);
}

#[tokio::test]
async fn agents_do_not_choose_their_own_organizations() {
    let desk = Desk::new();
    let made = desk.post("anu", "/organizations", json!({"organization": {"name": "Aed"}})).await.ok();
    let join = |user: i64| json!({"organization_membership": {"user_id": user, "organization_id": made["organization"]["id"]}});
    assert_eq!(desk.post("mari", "/organization_memberships", join(desk.id("mari"))).await.status, 403);
    assert_eq!(desk.post("mari", "/organization_memberships", join(desk.id("juhan"))).await.status, 201);
    let membership = desk.post("anu", "/organization_memberships", join(desk.id("mari"))).await.ok();
    let path = format!("/organization_memberships/{}", membership["organization_membership"]["id"]);
    assert_eq!(desk.delete("mari", &path).await.status, 403);
    assert_eq!(desk.delete("anu", &path).await.status, 204);
}

#[tokio::test]
async fn passwords_of_others_are_set_by_those_above_them_only() {
    let desk = Desk::new();
    let body = json!({"password": "set by somebody"});
    for (who, whom, status) in [("mari", "juhan", 403), ("anu", "ott", 403), ("anu", "anu", 403), ("anu", "mari", 200)]
    {
        let path = format!("/users/{}/password", desk.id(whom));
        assert_eq!(desk.post(who, &path, body.clone()).await.status, status, "{who} {whom}");
    }
    let token = json!({"api_token": {"name": "x", "user_id": desk.id("ott")}});
    let cookie =
        desk.post("", "/sessions", json!({"email": "anu@tugi.test", "password": crate::desk::PASSWORD})).await.cookie();
    let headers = [("cookie", cookie.as_str()), ("origin", "https://desk.test")];
    assert_eq!(desk.send(Method::POST, "/api_tokens", &headers, token).await.status, 403);
}

#[tokio::test]
async fn a_users_event_shows_the_person_to_staff_and_to_themselves() {
    let desk = Desk::new();
    let (mari, juhan) = (base::UserId(desk.id("mari")), base::UserId(desk.id("juhan")));
    let rendered = desk.read(move |tx| {
        let event =
            kernel::live::Stored { seq: 1, kind: "user".into(), ticket: None, user: Some(mari), payload: Value::Null };
        let (json, audience) = people::live::render(tx, &event)?.unwrap();
        let seen = [mari, juhan].map(|id| people::actor_of(tx, id, base::Credential::System).unwrap());
        Ok((json["user"]["name"].clone(), seen.map(|actor| audience(&actor))))
    });
    assert_eq!(rendered, (json!("MARI"), [true, false]));
}
