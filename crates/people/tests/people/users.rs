//! Making, changing, finding and deleting people.

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::Desk;

fn names(answer: &Value) -> Vec<&str> {
    answer["users"].as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_has_zendesks_keys() {
    let desk = Desk::new();
    let user = desk.user(json!({"name": "Kati", "email": "Kati@Example.ee", "phone": "+372 600 1234"})).await;
    let keys = "id url name email created_at updated_at time_zone iana_time_zone phone shared_phone_number photo \
        locale_id locale organization_id role verified external_id tags alias active shared shared_agent last_login_at \
        two_factor_auth_enabled signature details notes role_type custom_role_id moderator ticket_restriction \
        only_private_comments restricted_agent suspended default_group_id report_csv user_fields owner";
    let mut expected: Vec<&str> = keys.split_whitespace().collect();
    expected.sort_unstable();
    let mut found: Vec<&str> = user.as_object().unwrap().keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(user["url"], format!("https://desk.test/api/v2/users/{}.json", user["id"]));
    assert_eq!((&user["email"], &user["phone"]), (&json!("kati@example.ee"), &json!("+3726001234")));
    assert_eq!((&user["role"], &user["ticket_restriction"]), (&json!("end-user"), &json!("requested")));
    assert_eq!((&user["created_at"], &user["time_zone"]), (&json!("2026-11-22T07:00:00Z"), &json!("Tallinn")));
}

#[tokio::test]
async fn bad_input_names_its_fields() {
    let desk = Desk::new();
    let post = async |user: Value| desk.post("anu", "/users", json!({"user": user})).await.faults();
    assert_eq!(post(json!({})).await, ["name"]);
    assert_eq!(post(json!({"name": " ", "email": "nonsense", "phone": "call me"})).await, ["email", "name", "phone"]);
    assert_eq!(post(json!({"name": "X", "role": "king", "locale": "xx"})).await, ["locale", "role"]);
    assert_eq!(post(json!({"name": "X", "email": "mari@tugi.test"})).await, ["email"]);
    assert_eq!(post(json!({"name": "X", "organization_id": 99, "time_zone": "Atlantis"})).await.len(), 2);
    assert_eq!(post(json!({"name": "X", "default_group_id": 1})).await, ["default_group_id"]);
    assert_eq!(post(json!({"name": 5})).await, ["user.name"]);
    assert_eq!(post(json!({"name": "x".repeat(256)})).await, ["name"]);
    assert_eq!(post(json!({"name": "X", "user_fields": {"nope": 1}})).await, ["user_fields.nope"]);
    assert_eq!(desk.call("anu", Method::POST, "/users", Value::from("{")).await.status, 422);
}

#[tokio::test]
async fn an_address_belongs_to_one_person_and_becomes_free_with_deletion() {
    let desk = Desk::new();
    let kati = desk.user(json!({"name": "Kati", "email": "kati@example.ee"})).await;
    let again = json!({"user": {"name": "Kati 2", "email": "KATI@example.ee"}});
    assert_eq!(desk.post("anu", "/users", again.clone()).await.faults(), ["email"]);
    let path = format!("/users/{}", kati["id"]);
    assert_eq!(desk.delete("mari", &path).await.status, 403);
    let gone = desk.delete("anu", &path).await;
    assert_eq!((gone.status, &gone.json["user"]["active"]), (200, &json!(false)));
    assert_eq!(desk.post("anu", "/users", again).await.status, 201);
    assert_eq!(desk.put("anu", &path, json!({"user": {"name": "X"}})).await.status, 404);
    assert_eq!(desk.delete("anu", &path).await.status, 404);
    assert_eq!(desk.get("anu", "/deleted_users").await.ok()["deleted_users"][0]["id"], kati["id"]);
}

#[tokio::test]
async fn a_second_address_is_added_beside_the_first() {
    let desk = Desk::new();
    let kati = desk.user(json!({"name": "Kati", "email": "kati@example.ee"})).await;
    let path = format!("/users/{}", kati["id"]);
    let user = desk.put("mari", &path, json!({"user": {"email": "kati@home.ee"}})).await.ok();
    assert_eq!(user["user"]["email"], "kati@example.ee");
    let all = desk.get("mari", &format!("{path}/identities")).await.ok();
    let home = &all["identities"][1];
    assert_eq!((&home["value"], &home["primary"]), (&json!("kati@home.ee"), &json!(false)));
    let primary = format!("{path}/identities/{}/make_primary", home["id"]);
    let all = desk.put("mari", &primary, json!({})).await.ok();
    assert_eq!(all["identities"][0]["value"], "kati@home.ee");
    assert_eq!(desk.get("mari", &path).await.ok()["user"]["email"], "kati@home.ee");
    let first = format!("{path}/identities/{}", all["identities"][1]["id"]);
    assert_eq!(desk.delete("mari", &first).await.status, 204);
    assert_eq!(desk.get("mari", "/users/search?query=kati@example.ee").await.ok()["count"], 0);
}

#[tokio::test]
async fn a_number_that_two_people_give_is_shared() {
    let desk = Desk::new();
    let first = desk.user(json!({"name": "A", "phone": "+3726001234"})).await;
    let second = desk.user(json!({"name": "B", "phone": "00372 600 1234"})).await;
    assert_eq!((&first["shared_phone_number"], &second["shared_phone_number"]), (&json!(false), &json!(true)));
}

#[tokio::test]
async fn people_are_found_by_the_beginnings_of_what_is_known_of_them() {
    let desk = Desk::new();
    desk.user(
        json!({"name": "Küllike Õunapuu", "email": "kylli@aed.ee", "phone": "+37255512345", "external_id": "C-77"}),
    )
    .await;
    desk.user(json!({"name": "Karl", "email": "karl@aed.ee"})).await;
    let found = async |path: &str| {
        let answer = desk.get("mari", path).await.ok();
        names(&answer).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let kylli = ["Küllike Õunapuu"];
    for query in ["kulli", "%C3%B5una", "kylli@aed.ee", "email:kylli@aed.ee", "phone:+37255512345", "aed+kyl", "c-77"] {
        assert_eq!(found(&format!("/users/search?query={}", query.replace("+372", "%2B372"))).await, kylli, "{query}");
    }
    assert_eq!(found("/users/autocomplete?name=ounap").await, kylli);
    assert_eq!(found("/users/search?external_id=C-77").await, kylli);
    assert_eq!(found("/users/search?query=role:admin").await, ["OTT", "ANU"]);
    assert_eq!(found("/users/search?query=nothing").await, [""; 0]);
    assert_eq!(found("/users/autocomplete?name=").await, [""; 0]);
    assert_eq!(found("/users?role[]=admin&role[]=end-user").await.len(), 5);
    assert_eq!(found("/users?role=agent").await, ["MARI", "PEETER", "LIIS"]);
}

#[tokio::test]
async fn an_email_that_changes_is_found_under_its_new_words_only() {
    let desk = Desk::new();
    let kati = desk.user(json!({"name": "Kati", "email": "old@example.ee"})).await;
    desk.put("mari", &format!("/users/{}", kati["id"]), json!({"user": {"name": "Katarina"}})).await.ok();
    assert_eq!(desk.get("mari", "/users/search?query=katarina").await.ok()["count"], 1);
    let path = format!("/users/{}/identities", kati["id"]);
    let id = desk.get("mari", &path).await.ok()["identities"][0]["id"].clone();
    desk.put("mari", &format!("{path}/{id}"), json!({"identity": {"value": "new@example.ee"}})).await.ok();
    assert_eq!(desk.get("mari", "/users/search?query=old").await.ok()["count"], 0);
    assert_eq!(desk.get("mari", "/users/search?query=new").await.ok()["count"], 1);
}

#[tokio::test]
async fn create_or_update_finds_by_external_id_and_address() {
    let desk = Desk::new();
    let put = async |user: Value| desk.post("anu", "/users/create_or_update", json!({"user": user})).await;
    let first = put(json!({"name": "Kati", "email": "kati@x.ee", "external_id": "7"})).await;
    assert_eq!(first.status, 201);
    let second = put(json!({"name": "Kati K", "external_id": "7"})).await;
    assert_eq!((second.status, &second.json["user"]["id"]), (200, &first.json["user"]["id"]));
    let third = put(json!({"name": "Kati L", "email": "kati@x.ee"})).await;
    assert_eq!((third.status, &third.json["user"]["name"]), (200, &json!("Kati L")));
    let taken = desk.post("anu", "/users", json!({"user": {"name": "X", "external_id": "7"}})).await;
    assert_eq!(taken.faults(), ["external_id"]);
}

#[tokio::test]
async fn bulk_work_is_queued_and_tells_of_each_item() {
    let desk = Desk::new();
    let users = json!({"users": [{"name": "A", "email": "a@x.ee"}, {"name": ""}, {"name": "B", "email": "a@x.ee"}]});
    let job = desk.post("anu", "/users/create_many", users).await.ok();
    assert_eq!((&job["job_status"]["status"], &job["job_status"]["total"]), (&json!("queued"), &json!(3)));
    desk.run_jobs();
    let (id, anu) = (job["job_status"]["id"].as_str().unwrap().to_owned(), base::UserId(desk.id("anu")));
    let done = desk.read(move |tx| {
        let actor = people::actor_of(tx, anu, base::Credential::System)?;
        kernel::progress::get(tx, &actor, &id)
    });
    assert_eq!((done.status.as_str(), done.progress), ("completed", Some(3)));
    let results = done.results.unwrap();
    let statuses: Vec<_> = (0..3).map(|n| results[n]["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["Created", "Failed", "Failed"]);
    assert_eq!((&results[0]["index"], &results[2]["index"]), (&json!(0), &json!(2)));
    let id = &results[0]["id"];
    desk.call("anu", Method::PUT, &format!("/users/update_many?ids={id}"), json!({"user": {"notes": "vip"}}))
        .await
        .ok();
    desk.run_jobs();
    assert_eq!(desk.get("anu", &format!("/users/{id}")).await.ok()["user"]["notes"], "vip");
    desk.delete("anu", &format!("/users/destroy_many?ids={id}")).await.ok();
    desk.run_jobs();
    assert_eq!(desk.get("anu", &format!("/users/{id}")).await.ok()["user"]["active"], false);
    let many: Vec<_> = (0..101).map(|_| json!({"name": "x"})).collect();
    assert_eq!(desk.post("anu", "/users/create_many", json!({"users": many})).await.json["error"], "TooManyValues");
}

#[tokio::test]
async fn staff_enter_the_default_group_and_leave_all_with_their_role() {
    let desk = Desk::new();
    let kati = desk.user(json!({"name": "Kati", "email": "kati@x.ee"})).await;
    let path = format!("/users/{}", kati["id"]);
    let agent = desk.put("anu", &path, json!({"user": {"role": "agent"}})).await.ok();
    assert!(agent["user"]["default_group_id"].is_i64());
    assert_eq!(agent["user"]["ticket_restriction"], Value::Null);
    let groups = desk.get("mari", &format!("{path}/groups")).await.ok();
    assert_eq!(groups["groups"][0]["name"], "Support");
    let customer = desk.put("anu", &path, json!({"user": {"role": "end-user"}})).await.ok();
    assert_eq!(customer["user"]["default_group_id"], Value::Null);
    assert_eq!(desk.get("mari", &format!("{path}/groups")).await.ok()["count"], 0);
}

#[tokio::test]
async fn tags_are_set_added_and_removed() {
    let desk = Desk::new();
    let path = format!("/users/{}/tags", desk.id("juhan"));
    let set = desk.post("mari", &path, json!({"tags": ["VIP", "vip", "a b"]})).await.ok();
    assert_eq!(set["tags"], json!(["a", "b", "vip"]));
    desk.put("mari", &path, json!({"tags": ["c"]})).await.ok();
    let left = desk.call("mari", Method::DELETE, &path, json!({"tags": ["a", "b"]})).await.ok();
    assert_eq!(left["tags"], json!(["c", "vip"]));
}

#[tokio::test]
async fn side_loads_and_show_many_bring_what_is_asked_for() {
    let desk = Desk::new();
    desk.post("anu", "/organizations", json!({"organization": {"name": "Aed", "domain_names": ["aed.ee"]}})).await.ok();
    let karl = desk.user(json!({"name": "Karl", "email": "karl@aed.ee"})).await;
    let path = format!("/users/{}?include=organizations,identities,None", karl["id"]);
    let answer = desk.get("mari", &path).await.ok();
    assert_eq!(answer["organizations"][0]["name"], "Aed");
    assert_eq!(answer["identities"][0]["value"], "karl@aed.ee");
    let many = desk.get("mari", &format!("/users/show_many?ids={},{},999", karl["id"], desk.id("mari"))).await.ok();
    assert_eq!(many["count"], 2);
}

#[tokio::test]
async fn a_record_sent_back_whole_changes_nothing() {
    let desk = Desk::new();
    let field = json!({"user_field": {"type": "date", "key": "since", "title": "Since"}});
    desk.post("anu", "/user_fields", field).await.ok();
    for who in ["ott", "mari", "liis", "juhan"] {
        let path = format!("/users/{}", desk.id(who));
        let before = desk.get("anu", &path).await.ok();
        let asks = if who == "juhan" { "mari" } else { who };
        let after = desk.put(asks, &path, before.clone()).await;
        assert_eq!(after.status, 200, "{who} {}", after.json);
        assert_eq!(after.json, before, "{who}");
    }
    let ott = format!("/users/{}", desk.id("ott"));
    assert_eq!(desk.put("ott", &ott, json!({"user": {"role": "admin"}})).await.ok()["user"]["owner"], true);
}

#[tokio::test]
async fn a_light_agent_is_an_agent_of_role_type_1() {
    let desk = Desk::new();
    let user = desk.user(json!({"name": "L", "email": "l@tugi.test", "role": "agent", "role_type": 1})).await;
    assert_eq!((&user["role"], &user["role_type"]), (&json!("agent"), &json!(1)));
    assert_eq!(user["only_private_comments"], true);
    let path = format!("/users/{}", user["id"]);
    let agent = desk.put("anu", &path, json!({"user": {"role": "agent"}})).await.ok();
    assert_eq!(agent["user"]["role_type"], Value::Null);
}
