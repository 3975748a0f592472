//! OAuth 2: programs that act for people.

use axum::body::Body;
use serde_json::{Value, json};

use crate::desk::{Answer, Caller, Desk, PASSWORD, address_of};

const BACK: &str = "https://app.example/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Makes a program; gives its identifier and secret.
fn client(desk: &Desk, kind: &str) -> (String, String, i64) {
    let body = json!({"client": {"name": format!("A {kind} app"), "kind": kind, "redirect_uri": [BACK]}});
    let answer = desk.as_("admin").post("/api/v2/oauth/clients.json", body);
    assert_eq!(answer.status, 201, "{}", answer.text);
    let client = &answer.json["client"];
    assert_eq!(answer.headers["location"], client["url"].as_str().unwrap());
    let text = |key: &str| client[key].as_str().unwrap().to_owned();
    (text("identifier"), text("secret"), client["id"].as_i64().unwrap())
}

/// A browser that somebody is signed in with.
fn browser<'a>(desk: &'a Desk, name: &str) -> Caller<'a> {
    let body = json!({"email": address_of(name), "password": PASSWORD});
    let answer = desk.anonymous().post("/api/v2/sessions.json", body);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    desk.anonymous().with("cookie", &cookie).with("origin", "https://desk.test")
}

fn query(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap()
}

fn authorization(identifier: &str) -> String {
    let pairs = [
        ("response_type", "code"),
        ("client_id", identifier),
        ("redirect_uri", BACK),
        ("scope", "read tickets:write"),
        ("state", "s t&ate"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("/oauth/authorizations/new?{}", query(&pairs))
}

/// The form of the page: every hidden field.
fn hidden(page: &str) -> Vec<(String, String)> {
    let plain = |text: &str| text.replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'");
    let inputs = page.split("<input type=hidden name=\"").skip(1);
    inputs
        .map(|rest| {
            let (name, rest) = rest.split_once('"').unwrap();
            let value = rest.strip_prefix(" value=\"").unwrap().split('"').next().unwrap();
            (name.to_owned(), plain(value))
        })
        .collect()
}

fn send_form(caller: &Caller<'_>, path: &str, fields: &[(String, String)]) -> Answer {
    caller.call("POST", path, Body::from(serde_urlencoded::to_string(fields).unwrap()))
}

/// Goes through the page as `name` and decides; gives the query of the way back.
fn decide(desk: &Desk, name: &str, path: &str, decision: &str) -> Vec<(String, String)> {
    let browser = browser(desk, name);
    let page = browser.get(path);
    assert_eq!(page.status, 200, "{}", page.text);
    let mut fields = hidden(&page.text);
    fields.push(("decision".into(), decision.into()));
    let answer = send_form(&browser, "/oauth/authorizations", &fields);
    assert_eq!(answer.status, 303, "{}", answer.text);
    let place = answer.headers["location"].to_str().unwrap();
    let query = place.strip_prefix(&format!("{BACK}?")).unwrap();
    serde_urlencoded::from_str(query).unwrap()
}

fn value(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

fn redeem(desk: &Desk, identifier: &str, secret: Option<&str>, code: &str, verifier: &str) -> Answer {
    let mut body = json!({"grant_type": "authorization_code", "client_id": identifier, "code": code,
        "redirect_uri": BACK, "code_verifier": verifier});
    if let Some(secret) = secret {
        body["client_secret"] = secret.into();
    }
    desk.anonymous().post("/oauth/tokens", body)
}

fn bearer<'a>(desk: &'a Desk, token: &Value) -> Caller<'a> {
    desk.showing(&format!("Bearer {}", token.as_str().unwrap()))
}

/// A token of these scopes that the admin makes for themselves.
fn made(desk: &Desk, scopes: &[&str]) -> Value {
    let (_, _, id) = client(desk, "confidential");
    let body = json!({"token": {"client_id": id, "scopes": scopes}});
    desk.as_("admin").post("/api/v2/oauth/tokens.json", body).ok()["token"].clone()
}

#[test]
fn a_program_gets_a_token_from_whoever_allows_it() {
    let desk = Desk::new();
    let (identifier, secret, id) = client(&desk, "confidential");
    let back = decide(&desk, "mari", &authorization(&identifier), "allow");
    assert_eq!(value(&back, "state").as_deref(), Some("s t&ate"));
    let code = value(&back, "code").unwrap();
    let answer = redeem(&desk, &identifier, Some(&secret), &code, VERIFIER);
    assert_eq!((answer.status, &answer.headers["cache-control"]), (200, &"no-store".parse().unwrap()));
    let granted = answer.json;
    assert_eq!(granted["token_type"], "bearer");
    assert_eq!(granted["scope"], "read tickets:write");
    assert_eq!(granted["expires_in"], 1_800);
    let app = bearer(&desk, &granted["access_token"]);
    assert_eq!(app.get("/api/v2/users/me.json").ok()["user"]["id"], desk.id("mari").0);
    let token = app.get("/api/v2/oauth/tokens/current.json").ok()["token"].clone();
    assert_eq!(token["client_id"], id);
    assert_eq!(token["scopes"], json!(["read", "tickets:write"]));
    assert_eq!(token["token"], granted["access_token"].as_str().unwrap()[..10]);
    let missing = app.post("/api/v2/views.json", json!({}));
    let error = json!({"error": "Forbidden", "description": "Missing the following required scopes: write"});
    assert_eq!((missing.status, missing.json), (403, error));
    assert_eq!(app.post("/api/v2/tickets.json", json!({"ticket": {"comment": {"body": "By an app"}}})).status, 201);
    assert_eq!(app.delete("/api/v2/oauth/tokens/current.json").status, 204);
    let gone = app.get("/api/v2/tickets.json");
    assert_eq!((gone.status, gone.json["error"].as_str()), (401, Some("invalid_token")));
}

#[test]
fn a_code_works_once_for_its_program_and_its_verifier() {
    let desk = Desk::new();
    let (identifier, secret, _) = client(&desk, "confidential");
    let (other, other_secret, _) = client(&desk, "public");
    let code = || value(&decide(&desk, "mari", &authorization(&identifier), "allow"), "code").unwrap();
    let error = |answer: Answer| (answer.status, answer.json["error"].as_str().unwrap().to_owned());
    let (grant, unknown) = ((400, "invalid_grant".to_owned()), (401, "invalid_client".to_owned()));
    let first = code();
    assert_eq!(redeem(&desk, &identifier, Some(&secret), &first, VERIFIER).status, 200);
    assert_eq!(error(redeem(&desk, &identifier, Some(&secret), &first, VERIFIER)), grant);
    assert_eq!(error(redeem(&desk, &identifier, Some(&secret), &code(), "wrong")), grant);
    assert_eq!(error(redeem(&desk, &other, Some(&other_secret), &code(), VERIFIER)), grant);
    assert_eq!(error(redeem(&desk, &identifier, Some("wrong"), &code(), VERIFIER)), unknown);
    assert_eq!(error(redeem(&desk, &identifier, None, &code(), VERIFIER)), unknown);
    let late = code();
    desk.pass(3 * base::time::MINUTE);
    assert_eq!(error(redeem(&desk, &identifier, Some(&secret), &late, VERIFIER)), grant);
    let body = json!({"grant_type": "authorization_code", "client_id": identifier, "client_secret": secret,
        "code": code(), "redirect_uri": "https://app.example/other", "code_verifier": VERIFIER});
    assert_eq!(error(desk.anonymous().post("/oauth/tokens", body)), grant);
}

#[test]
fn a_public_program_needs_no_secret_but_a_challenge() {
    let desk = Desk::new();
    let (identifier, _, _) = client(&desk, "public");
    let plain = authorization(&identifier).replace("S256", "plain");
    let code = value(&decide(&desk, "mari", &plain, "allow"), "code").unwrap();
    let granted = redeem(&desk, &identifier, None, &code, CHALLENGE).ok();
    let fields =
        [("grant_type", "refresh_token"), ("client_id", &identifier)].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let mut form = fields.to_vec();
    form.push(("refresh_token".into(), granted["refresh_token"].as_str().unwrap().into()));
    let renewed = send_form(&desk.anonymous(), "/api/v2/oauth/tokens.json", &form).ok();
    assert_eq!(bearer(&desk, &renewed["access_token"]).get("/api/v2/tickets.json").status, 200);
    assert_eq!(bearer(&desk, &granted["access_token"]).get("/api/v2/tickets.json").status, 401);
    let bare = authorization(&identifier).replace("code_challenge=", "nothing=");
    let answer = desk.anonymous().get(&bare);
    let place = answer.headers["location"].to_str().unwrap();
    assert!(place.starts_with(BACK) && place.contains("error=invalid_request") && place.contains("state="), "{place}");
}

#[test]
fn a_replayed_refresh_token_is_refused_and_the_chain_lives_on() {
    let desk = Desk::new();
    let (identifier, secret, _) = client(&desk, "confidential");
    let code = value(&decide(&desk, "mari", &authorization(&identifier), "allow"), "code").unwrap();
    let first = redeem(&desk, &identifier, Some(&secret), &code, VERIFIER).ok();
    let refresh = |token: &Value| {
        let body = json!({"grant_type": "refresh_token", "refresh_token": token, "expires_in": 300,
            "client_id": identifier, "client_secret": secret});
        desk.anonymous().post("/oauth/tokens.json", body)
    };
    desk.pass(31 * base::time::MINUTE);
    assert_eq!(bearer(&desk, &first["access_token"]).get("/api/v2/tickets.json").status, 401);
    let second = refresh(&first["refresh_token"]).ok();
    let replayed = refresh(&first["refresh_token"]);
    assert_eq!((replayed.status, replayed.json["error"].as_str()), (400, Some("invalid_grant")));
    let third = refresh(&second["refresh_token"]).ok();
    assert_eq!(bearer(&desk, &third["access_token"]).get("/api/v2/tickets.json").status, 200);
    desk.pass(31 * base::time::DAY);
    assert_eq!(refresh(&third["refresh_token"]).status, 400);
    assert_eq!(desk.as_("mari").get("/api/v2/oauth/tokens.json").ok()["count"], 0, "housekeeping forgets it");
}

#[test]
fn a_program_acts_for_its_owner_by_its_own_credentials() {
    let desk = Desk::new();
    let (identifier, secret, _) = client(&desk, "confidential");
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{identifier}:{secret}"));
    let form = query(&[("grant_type", "client_credentials"), ("scope", "read")]);
    let answer = desk.showing(&format!("Basic {basic}")).call("POST", "/oauth/tokens", Body::from(form));
    let granted = answer.ok();
    assert_eq!(granted.get("refresh_token"), None);
    let me = bearer(&desk, &granted["access_token"]).get("/api/v2/users/me.json").ok();
    assert_eq!(me["user"]["id"], desk.id("admin").0);
    let (public, _, _) = client(&desk, "public");
    let body = json!({"grant_type": "client_credentials", "client_id": public, "scope": "read"});
    assert_eq!(desk.anonymous().post("/oauth/tokens", body).json["error"], "unauthorized_client");
}

#[test]
fn passwords_are_taken_only_where_the_desk_takes_them() {
    let desk = Desk::new();
    let (identifier, secret, _) = client(&desk, "confidential");
    let body = |password: &str| {
        json!({"grant_type": "password", "username": address_of("mari"), "password": password, "scope": "read",
            "client_id": identifier, "client_secret": secret})
    };
    assert_eq!(desk.anonymous().post("/oauth/tokens", body(PASSWORD)).status, 200);
    assert_eq!(desk.anonymous().post("/oauth/tokens", body("wrong")).json["error"], "invalid_grant");
    desk.as_("admin").put("/api/v2/settings/sign_in", json!({"sign_in": {"api_passwords": false}})).ok();
    assert_eq!(desk.anonymous().post("/oauth/tokens", body(PASSWORD)).json["error"], "unauthorized_client");
}

#[test]
fn the_page_asks_in_the_readers_language_and_without_script() {
    let desk = Desk::new();
    let (identifier, _, _) = client(&desk, "confidential");
    let path = authorization(&identifier);
    let away = desk.anonymous().get(&path);
    let place = away.headers["location"].to_str().unwrap();
    assert!(away.status == 303 && place.starts_with("/agent/login?next=%2Foauth%2Fauthorizations%2Fnew%3F"), "{place}");
    desk.as_("mari").put("/api/v2/users/me.json", json!({"user": {"locale_id": 101}})).ok();
    desk.as_("admin").put("/api/v2/oauth/clients/1.json", json!({"client": {"name": "<b>Statistika</b>"}})).ok();
    let page = browser(&desk, "mari").get(&path);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self' https://app.example;"));
    assert!(page.text.contains("<html lang=et>") && page.text.contains("&lt;b&gt;Statistika"), "{}", page.text);
    assert!(!page.text.contains("<script"));
    // An API token is no person in front of a browser.
    assert_eq!(desk.as_("mari").get(&path).status, 303);
}

#[test]
fn a_decision_is_made_on_the_page_by_the_one_who_was_asked() {
    let desk = Desk::new();
    let (identifier, _, _) = client(&desk, "confidential");
    let path = authorization(&identifier);
    let denied = decide(&desk, "mari", &path, "deny");
    assert_eq!(value(&denied, "error").as_deref(), Some("access_denied"));
    let mari = browser(&desk, "mari");
    let mut fields = hidden(&mari.get(&path).text);
    fields.push(("decision".into(), "allow".into()));
    assert_eq!(send_form(&browser(&desk, "peeter"), "/oauth/authorizations", &fields).status, 403);
    let mut more = fields.clone();
    more.iter_mut().filter(|(name, _)| name == "scope").for_each(|(_, scope)| *scope = "read write".into());
    assert_eq!(send_form(&mari, "/oauth/authorizations", &more).status, 403);
    assert_eq!(send_form(&desk.anonymous(), "/oauth/authorizations", &fields).status, 401);
    assert_eq!(send_form(&mari, "/oauth/authorizations", &fields).status, 303);
}

#[test]
fn people_are_sent_to_registered_addresses_only() {
    let desk = Desk::new();
    let (identifier, _, _) = client(&desk, "confidential");
    let path = authorization(&identifier);
    for bad in [
        path.replace("callback", "callback2"),
        path.replace("app.example", "evil.example"),
        path.replace(&identifier, "nobody"),
    ] {
        let answer = desk.anonymous().get(&bad);
        assert_eq!(answer.status, 400, "{bad}");
        assert!(!answer.headers.contains_key("location") && answer.text.contains("<h1>"));
    }
    for (from, to, error) in [
        ("response_type=code", "response_type=token", "unsupported_response_type"),
        ("tickets%3Awrite", "tickets%3Aeat", "invalid_scope"),
        ("S256", "md5", "invalid_request"),
    ] {
        let answer = desk.anonymous().get(&path.replace(from, to));
        let place = answer.headers["location"].to_str().unwrap();
        assert!(place.starts_with(BACK) && place.contains(&format!("error={error}")), "{place}");
    }
}

#[test]
fn clients_are_kept_by_those_who_manage_security() {
    let desk = Desk::new();
    let (identifier, secret, id) = client(&desk, "confidential");
    let admin = desk.as_("admin");
    assert_eq!(desk.as_("mari").get("/api/v2/oauth/clients.json").status, 403);
    assert_eq!(desk.as_("mari").post("/api/v2/oauth/clients.json", json!({})).status, 403);
    let shown = admin.get(&format!("/api/v2/oauth/clients/{id}.json")).ok()["client"].clone();
    assert_eq!(shown["secret"], secret[..10]);
    let renewed = admin.put(&format!("/api/v2/oauth/clients/{id}/generate_secret.json"), json!({})).ok();
    assert_ne!(renewed["client"]["secret"], secret);
    let body =
        json!({"grant_type": "client_credentials", "client_id": identifier, "client_secret": secret, "scope": "read"});
    assert_eq!(desk.anonymous().post("/oauth/tokens", body).status, 401);
    let bad = json!({"client": {"name": "", "identifier": "a b", "redirect_uri": ["http://evil.example/"]}});
    let refused = admin.post("/api/v2/oauth/clients.json", bad);
    let fields: Vec<&String> = refused.json["details"].as_object().unwrap().keys().collect();
    assert_eq!((refused.status, fields.len()), (422, 3), "{fields:?}");
    let twice = json!({"client": {"name": "Twice", "identifier": identifier}});
    assert_eq!(
        admin.post("/api/v2/oauth/clients.json", twice).json["details"]["identifier"][0]["error"],
        "DuplicateValue"
    );
    assert_eq!(admin.get("/api/v2/users/me/oauth/clients.json?page[size]=1").ok()["clients"][0]["id"], id);
    assert_eq!(admin.get("/api/v2/oauth/global_clients.json").ok()["count"], 0);
    assert_eq!(admin.delete(&format!("/api/v2/oauth/clients/{id}.json")).status, 204);
    assert_eq!(admin.get(&format!("/api/v2/oauth/clients/{id}.json")).status, 404);
}

#[test]
fn tokens_are_seen_and_taken_back_by_their_people_and_by_admins() {
    let desk = Desk::new();
    let token = made(&desk, &["read", "write"]);
    let full = token["full_token"].clone();
    let place = format!("/api/v2/oauth/tokens/{}.json", token["id"]);
    assert_eq!(desk.as_("mari").get(&place).status, 404);
    assert_eq!(desk.as_("mari").delete(&place).status, 404);
    assert_eq!(desk.as_("mari").get("/api/v2/oauth/tokens.json?all=true").ok()["tokens"], json!([]));
    assert_eq!(desk.as_("owner").get("/api/v2/oauth/tokens.json").ok()["count"], 0);
    assert_eq!(desk.as_("owner").get("/api/v2/oauth/tokens.json?all=true").ok()["count"], 1);
    assert_eq!(desk.as_("admin").get("/api/v2/oauth/tokens/current.json").status, 404);
    let app = bearer(&desk, &full);
    let more = json!({"token": {"client_id": token["client_id"], "scopes": ["impersonate"]}});
    assert_eq!(app.post("/api/v2/oauth/tokens.json", more).status, 403);
    assert_eq!(desk.as_("mari").post("/api/v2/oauth/tokens.json", json!({"token": {"client_id": 1}})).status, 403);
    assert_eq!(desk.anonymous().post("/api/v2/oauth/tokens.json", json!({"token": {}})).status, 401);
    assert_eq!(app.post("/api/v2/api_tokens.json", json!({"api_token": {"name": "x"}})).status, 403);
    assert_eq!(desk.as_("owner").delete(&place).status, 204);
    assert_eq!(app.get("/api/v2/users.json").status, 401);
}

#[test]
fn a_request_may_be_made_on_behalf_of_an_end_user() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "Mine");
    let path = "/api/v2/users/me.json";
    let able = made(&desk, &["impersonate", "read"])["full_token"].clone();
    let juhan = address_of("juhan");
    let me = bearer(&desk, &able).with("x-on-behalf-of", &juhan).get(path).ok();
    assert_eq!(me["user"]["id"], desk.id("juhan").0);
    let by_id = bearer(&desk, &able).with("x-on-behalf-of", &desk.id("juhan").to_string()).get(path).ok();
    assert_eq!(by_id["user"]["id"], desk.id("juhan").0);
    assert_eq!(desk.as_("admin").with("x-on-behalf-of", &juhan).get(path).ok()["user"]["id"], desk.id("juhan").0);
    let ticket = format!("/api/v2/tickets/{ticket}.json");
    assert_eq!(bearer(&desk, &able).with("x-on-behalf-of", &juhan).get(&ticket).status, 403);
    assert_eq!(bearer(&desk, &able).with("x-on-behalf-of", &address_of("mari")).get(path).status, 403);
    let nobody = bearer(&desk, &able).with("x-on-behalf-of", "nobody@example.com").get(path);
    assert_eq!((nobody.status, nobody.json["error"].as_str()), (401, Some("invalid_token")));
    assert_eq!(desk.as_("mari").with("x-on-behalf-of", &juhan).get(path).status, 403);
    let reader = made(&desk, &["read"])["full_token"].clone();
    assert_eq!(bearer(&desk, &reader).with("x-on-behalf-of", &juhan).get(path).status, 403);
    let session = browser(&desk, "admin").with("x-on-behalf-of", &juhan).get(path);
    assert_eq!(session.status, 403);
}
