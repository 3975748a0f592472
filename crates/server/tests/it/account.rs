//! The account in Zendesk's words: settings, sessions, passwords, the audit log, and the API as a page.

use serde_json::{Value, json};

use crate::desk::{Caller, Desk, PASSWORD, address_of};

fn browser<'a>(desk: &'a Desk, name: &str) -> Caller<'a> {
    let body = json!({"email": address_of(name), "password": PASSWORD});
    let answer = desk.anonymous().with("x-forwarded-for", "192.0.2.7").post("/api/v2/sessions.json", body);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    desk.anonymous().with("cookie", &cookie).with("origin", "https://desk.test")
}

#[test]
fn exporters_find_what_they_look_for_in_the_accounts_settings() {
    let desk = Desk::new();
    let settings = desk.as_("mari").get("/api/v2/account/settings.json").ok()["settings"].clone();
    assert_eq!(settings["active_features"]["organization_access_enabled"], true);
    assert_eq!(settings["active_features"]["user_org_fields"], true);
    assert_eq!(settings["limits"]["attachment_size"], 52_428_800);
    assert_eq!(settings["localization"]["locale_ids"][0], 1);
    for group in ["api", "brands", "chat", "email", "groups", "lotus", "rule", "tickets", "user", "voice"] {
        assert!(settings[group].is_object(), "{group}");
    }
    assert_eq!(desk.as_("juhan").get("/api/v2/account/settings.json").status, 403);
}

#[test]
fn only_what_can_be_set_is_set() {
    let desk = Desk::new();
    let put = |name: &str, settings: Value| {
        desk.as_(name).put("/api/v2/account/settings.json", json!({"settings": settings}))
    };
    let off = put("admin", json!({"api": {"api_password_access": false}, "user": {"tagging": true}})).ok();
    assert_eq!(off["settings"]["api"]["api_password_access"], false);
    let sign_in = desk.as_("admin").get("/api/v2/settings/sign_in").ok();
    assert_eq!(sign_in["sign_in"]["api_passwords"], false);
    for bad in [json!({"user": {"tagging": false}}), json!({"user": {"smell": true}}), json!({"user": 1})] {
        assert_eq!(put("admin", bad.clone()).status, 422, "{bad}");
    }
    assert_eq!(put("mari", json!({})).status, 403);
    let email = desk.as_("admin").get("/api/v2/account/email_settings.json").ok();
    assert_eq!(email["settings"].as_object().unwrap().len(), 1);
    let same = json!({"settings": {"email": {"personalized_replies": true}}});
    assert_eq!(desk.as_("admin").put("/api/v2/account/email_settings.json", same).status, 200);
    assert_eq!(desk.as_("mari").get("/api/v2/account/email_settings.json").status, 403);
    let security = desk.as_("admin").get("/api/v2/security_settings.json").ok();
    assert_eq!(security["security_settings"]["authentication"]["agent"]["password"]["password_length"], 8);
    assert_eq!(desk.as_("mari").get("/api/v2/security_settings.json").status, 403);
}

#[test]
fn people_keep_what_they_chose_for_their_workspace() {
    let desk = Desk::new();
    let path = "/api/v2/users/me/settings.json";
    let put = |settings: Value| desk.as_("mari").put(path, json!({"settings": settings}));
    put(json!({"lotus": {"keyboard_shortcuts_enabled": false}, "agent_home_pinned_views": [3, 1]})).ok();
    let kept = put(json!({"admin_center": {"has_admin_center_side_nav_open": false}})).ok()["settings"].clone();
    assert_eq!(kept["lotus"]["keyboard_shortcuts_enabled"], false);
    assert_eq!(kept["lotus"]["two_factor_authentication"], false);
    assert_eq!(kept["agent_home_pinned_views"], json!([3, 1]));
    assert_eq!(desk.as_("peeter").get(path).ok()["settings"]["agent_home_pinned_views"], json!([]));
    assert_eq!(put(json!({"lotus": {"keyboard_shortcuts_enabled": "perhaps"}})).status, 422);
    assert_eq!(put(json!({"agent_home_pinned_views": [1, 2, 3, 4, 5, 6, 7, 8, 9]})).status, 422);
    assert_eq!(desk.as_("juhan").get(path).status, 403);
}

#[test]
fn everybody_sees_their_sessions_and_some_see_all() {
    let desk = Desk::new();
    let mari = browser(&desk, "mari");
    browser(&desk, "juhan");
    let (mari_id, juhan_id) = (desk.id("mari"), desk.id("juhan"));
    assert_eq!(mari.get("/api/v2/sessions.json").ok()["count"], 1);
    assert_eq!(desk.as_("admin").get("/api/v2/sessions.json").ok()["count"], 2);
    let session = mari.get("/api/v2/users/me/session.json").ok()["session"].clone();
    let place = format!("/api/v2/users/{mari_id}/sessions/{}.json", session["id"]);
    assert_eq!(mari.get(&place).ok()["session"]["id"], session["id"]);
    assert_eq!(desk.as_("peeter").get(&place).status, 403);
    assert_eq!(desk.as_("peeter").get(&format!("/api/v2/users/{mari_id}/sessions.json")).status, 403);
    assert!(mari.get("/api/v2/users/me/session/renew.json").ok()["authenticity_token"].is_string());
    assert_eq!(desk.as_("mari").get("/api/v2/users/me/session/renew.json").status, 403);
    let many = format!("/api/v2/users/logout_many.json?ids={mari_id},{juhan_id}");
    assert_eq!(desk.as_("mari").post(&many, json!({})).status, 403);
    assert_eq!(desk.as_("admin").post(&many, json!({})).status, 202);
    assert_eq!(mari.get("/api/v2/sessions.json").status, 401);
    assert_eq!(desk.as_("admin").post("/api/v2/users/logout_many.json", json!({})).status, 422);
}

#[test]
fn a_password_is_changed_by_its_owner() {
    let desk = Desk::new();
    let path = format!("/api/v2/users/{}/password.json", desk.id("mari"));
    let body = json!({"previous_password": PASSWORD, "password": "another horse"});
    assert_eq!(desk.as_("peeter").put(&path, body.clone()).status, 403);
    assert_eq!(
        desk.as_("mari").put(&path, json!({"previous_password": "no", "password": "another horse"})).status,
        422
    );
    assert_eq!(desk.as_("mari").put(&path, body).status, 200);
    let rules = desk.as_("mari").get(&path.replace("password", "password/requirements")).ok();
    assert_eq!(rules["requirements"][0], "must be at least 8 characters");
    assert_eq!(desk.as_("juhan").get(&path.replace("password", "password/requirements")).status, 404);
}

#[test]
fn the_audit_log_is_filtered_and_knows_where_a_request_came_from() {
    let desk = Desk::new();
    let admin = browser(&desk, "admin");
    admin.post("/api/v2/groups.json", json!({"group": {"name": "New"}})).ok();
    desk.as_("mari").post("/api/v2/users/request_create.json", json!({"user": {"name": "Uku", "email": "u@x.test"}}));
    let (admin_id, mari_id) = (desk.id("admin"), desk.id("mari"));
    let list = |query: &str| admin.get(&format!("/api/v2/audit_logs.json?{query}"));
    let requests = list("filter[source_type]=user_request").ok();
    assert_eq!(
        (requests["count"].as_i64(), requests["audit_logs"][0]["actor_id"].as_i64()),
        (Some(1), Some(mari_id.0))
    );
    assert_eq!(list(&format!("filter[actor_id]={admin_id}&filter[source_type]=group")).ok()["count"], 1);
    let both = list("filter[source_type][]=group&filter[source_type][]=user_request&page[size]=1").ok();
    assert_eq!((both["audit_logs"].as_array().unwrap().len(), &both["meta"]["has_more"]), (1, &json!(true)));
    let begin = "filter[created_at]=2026-11-23T07:00:00Z";
    assert_eq!(list(&format!("{begin}&filter[created_at]=2026-11-23T07:30:00Z")).ok()["count"], 0);
    assert_ne!(list(&format!("{begin}&filter[created_at]=2026-11-24T07:30:00Z")).ok()["count"], 0);
    for bad in [begin, "filter[actor_id]=mari", "filter[source_id]=1"] {
        assert_eq!(list(bad).status, 400, "{bad}");
    }
    let line = &requests["audit_logs"][0];
    let shown = admin.get(&format!("/api/v2/audit_logs/{}.json", line["id"])).ok();
    assert_eq!(&shown["audit_log"], line);
    assert_eq!(admin.get("/api/v2/audit_logs/999999.json").status, 404);
    assert_eq!(desk.as_("mari").get("/api/v2/audit_logs/1.json").status, 403);
    let rising = list("sort=created_at&page[size]=1").ok()["audit_logs"][0]["id"].as_i64();
    assert!(rising < list("page[size]=1").ok()["audit_logs"][0]["id"].as_i64());
}

#[test]
fn a_line_of_the_audit_log_names_the_callers_address() {
    use tower::ServiceExt;
    let desk = Desk::new();
    let peer = axum::extract::ConnectInfo(std::net::SocketAddr::from(([192, 0, 2, 44], 4711)));
    let body = axum::body::Body::from(json!({"group": {"name": "Far"}}).to_string());
    let mut request = desk.as_("admin").request("POST", "/api/v2/groups.json", body);
    request.extensions_mut().insert(peer);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(server::http::router(&desk.app).oneshot(request)).unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    let lines = desk.as_("admin").get("/api/v2/audit_logs.json?filter[ip_address]=192.0.2.44").ok();
    assert_eq!(lines["count"], 1);
    assert_eq!(lines["audit_logs"][0]["ip_address"], "192.0.2.44");
}

#[test]
fn languages_and_countries_are_known_to_all() {
    let desk = Desk::new();
    let best = |languages: &str| {
        let answer = desk.anonymous().with("accept-language", languages).get("/api/v2/locales/detect_best_locale.json");
        answer.ok()["locale"]["locale"].clone()
    };
    assert_eq!(best("sv, fi-FI;q=0.8, en;q=0.5"), "fi");
    assert_eq!(best("sv"), "en");
    assert_eq!(desk.anonymous().get("/api/v2/locales/et-EE.json").ok()["locale"]["id"], 101);
    let countries = desk.anonymous().get("/api/v2/countries.json").ok();
    let estonia = countries["countries"].as_array().unwrap().iter().find(|one| one["code"] == "EE").unwrap().clone();
    assert_eq!(estonia["calling_code"], "372");
    assert_eq!(desk.anonymous().get(&format!("/api/v2/countries/{}.json", estonia["id"])).ok()["country"], estonia);
    assert_eq!(desk.anonymous().get("/api/v2/countries/9999.json").status, 404);
}

#[test]
fn the_api_is_a_page_to_read_and_to_search() {
    let desk = Desk::new();
    let page = desk.anonymous().get("/api/docs");
    assert_eq!(page.status, 200);
    assert_eq!(desk.anonymous().get("/api").headers["location"], "/api/docs");
    for part in
        ["<code>/api/v2/tickets/{id}</code>", "id=\"shape-TicketView\"", "<code>ticket_read</code>", "<html lang=en>"]
    {
        assert!(page.text.contains(part), "{part}");
    }
    // Nothing on it comes from elsewhere, and nothing runs inside it that the policy forbids.
    assert!(!page.text.contains("src=\"http") && !page.text.contains("<script>") && !page.text.contains(" style="));
    let found = desk.anonymous().get("/api/docs?q=oauth+post").text;
    assert!(found.contains("/api/v2/oauth/clients") && !found.contains("<code>/api/v2/tickets</code>"));
    let odd = desk.anonymous().get("/api/docs?q=%22%3E%3Cb%3E").text;
    assert!(odd.contains("value=\"&quot;&gt;&lt;b&gt;\"") && odd.contains(">0 operations"));
    for (file, kind) in [("docs.css", "text/css; charset=utf-8"), ("docs.js", "text/javascript; charset=utf-8")] {
        let answer = desk.anonymous().get(&format!("/api/docs/{file}"));
        assert_eq!((answer.status, &answer.headers["content-type"]), (200, &kind.parse().unwrap()));
    }
    let document = desk.anonymous().get("/api/v2/openapi.json").ok();
    assert_eq!(document["openapi"], "3.1.0");
    let names: Vec<&Value> = document["paths"]["/api/v2/audit_logs"]["get"]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert!(names.contains(&&json!("filter[actor_id]")) && names.contains(&&json!("page[size]")), "{names:?}");
}
