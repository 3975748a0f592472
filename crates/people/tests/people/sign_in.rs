//! Signing in, links by mail, second factors, tokens, setup.

use axum::http::Method;
use base::time;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::desk::{Answered, Desk, PASSWORD};

async fn enter(desk: &Desk, email: &str, password: &str, totp: Option<&str>) -> Answered {
    desk.post("", "/sessions", json!({"email": email, "password": password, "totp": totp})).await
}

/// A request of a browser with this cookie, from our own pages.
async fn browse(desk: &Desk, cookie: &str, method: Method, path: &str, body: Value) -> Answered {
    desk.send(method, path, &[("cookie", cookie), ("origin", "https://desk.test")], body).await
}

async fn me(desk: &Desk, cookie: &str) -> Value {
    browse(desk, cookie, Method::GET, "/users/me", Value::Null).await.ok()["user"]["name"].clone()
}

fn basic(name: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")))
}

#[tokio::test]
async fn a_password_opens_a_session_that_lasts_while_it_is_used() {
    let desk = Desk::new();
    let answer = enter(&desk, "Mari@Tugi.test ", PASSWORD, None).await;
    assert_eq!(answer.status, 201);
    let line = answer.headers["set-cookie"].to_str().unwrap();
    for part in ["tugi_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(line.contains(part), "{line}");
    }
    let cookie = answer.cookie();
    assert_eq!(me(&desk, &cookie).await, "MARI");
    for _ in 0..3 {
        desk.clock.advance(10 * time::DAY);
        assert_eq!(me(&desk, &cookie).await, "MARI");
        // The time seen is written aside; a write that comes after it has its turn after it.
        desk.write(|_| Ok(()));
    }
    desk.clock.advance(14 * time::DAY + 1);
    assert_eq!(me(&desk, &cookie).await, "Anonymous user");
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let desk = Desk::new();
    let cookie = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    assert_eq!(browse(&desk, &cookie, Method::DELETE, "/users/me/logout", Value::Null).await.status, 204);
    assert_eq!(me(&desk, &cookie).await, "Anonymous user");
}

#[tokio::test]
async fn wrong_suspended_and_deleted_are_refused_alike() {
    let desk = Desk::new();
    desk.put("anu", &format!("/users/{}", desk.id("mari")), json!({"user": {"suspended": true}})).await.ok();
    desk.delete("anu", &format!("/users/{}", desk.id("peeter"))).await.ok();
    let cases =
        [("anu", "wrong"), ("nobody", PASSWORD), ("mari", PASSWORD), ("peeter", PASSWORD), ("juhan", ""), ("", "")];
    for (who, password) in cases {
        let answer = enter(&desk, &format!("{who}@tugi.test"), password, None).await;
        assert_eq!((answer.status, &answer.json["error"]), (401, &json!("Couldn't authenticate you")), "{who}");
    }
    assert_eq!(desk.get("mari", "/users").await.status, 401);
}

#[tokio::test]
async fn suspending_somebody_ends_their_sessions() {
    let desk = Desk::new();
    let cookie = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let path = format!("/users/{}", desk.id("mari"));
    desk.put("anu", &path, json!({"user": {"suspended": true}})).await.ok();
    desk.put("anu", &path, json!({"user": {"suspended": false}})).await.ok();
    assert_eq!(me(&desk, &cookie).await, "Anonymous user");
}

#[tokio::test]
async fn too_many_attempts_are_stopped_and_forgotten_after_a_while() {
    let desk = Desk::new();
    for _ in 0..10 {
        assert_eq!(enter(&desk, "mari@tugi.test", "wrong", None).await.status, 401);
    }
    let answer = enter(&desk, "MARI@tugi.test", PASSWORD, None).await;
    assert_eq!(answer.status, 429);
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(enter(&desk, "anu@tugi.test", PASSWORD, None).await.status, 201);
    desk.clock.advance(15 * time::MINUTE + 1);
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, None).await.status, 201);
}

#[tokio::test]
async fn an_account_of_ones_own_buys_no_more_guesses() {
    let desk = Desk::new();
    let ip = [("x-forwarded-for", "192.0.2.7")];
    let guess = async |email: &str, password: &str| {
        desk.send(Method::POST, "/sessions", &ip, json!({"email": email, "password": password})).await.status
    };
    let mut stopped = false;
    for n in 0..310 {
        let status = guess(&format!("p{n}@tugi.test"), "wrong").await;
        assert!(status == 401 || n >= 298, "{n}");
        stopped |= status == 429;
        if n == 100 || n == 200 {
            assert_eq!(guess("juhan@tugi.test", PASSWORD).await, 201);
        }
    }
    assert!(stopped);
}

#[tokio::test]
async fn a_write_from_another_site_is_refused() {
    let desk = Desk::new();
    let cookie = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let body = json!({"user": {"name": "X"}});
    let evil = [("cookie", cookie.as_str()), ("origin", "https://evil.test")];
    assert_eq!(desk.send(Method::PUT, "/users/me", &evil, body.clone()).await.status, 403);
    assert_eq!(desk.send(Method::PUT, "/users/me", &evil[..1], body.clone()).await.status, 403);
    assert_eq!(browse(&desk, &cookie, Method::PUT, "/users/me", body).await.status, 200);
    let sign_in = json!({"email": "mari@tugi.test", "password": PASSWORD});
    assert_eq!(desk.send(Method::POST, "/sessions", &evil[1..], sign_in).await.status, 403);
}

#[tokio::test]
async fn changing_a_password_ends_the_other_sessions() {
    let desk = Desk::new();
    let here = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let there = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let change = |old: &str, new: &str| json!({"previous_password": old, "password": new});
    let path = "/users/me/password";
    let wrong = browse(&desk, &here, Method::PUT, path, change("wrong", "another horse")).await;
    assert_eq!(wrong.faults(), ["previous_password"]);
    let short = browse(&desk, &here, Method::PUT, path, change(PASSWORD, "short")).await;
    assert_eq!(short.faults(), ["password"]);
    assert_eq!(browse(&desk, &here, Method::PUT, path, change(PASSWORD, "another horse")).await.status, 204);
    assert_eq!(me(&desk, &here).await, "MARI");
    assert_eq!(me(&desk, &there).await, "Anonymous user");
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, None).await.status, 401);
    assert_eq!(enter(&desk, "mari@tugi.test", "another horse", None).await.status, 201);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let desk = Desk::new();
    let here = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let there = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let list = browse(&desk, &here, Method::GET, "/users/me/sessions", Value::Null).await.ok();
    let other = list["sessions"].as_array().unwrap().iter().find(|one| one["current"] == false).unwrap();
    let path = format!("/users/me/sessions/{}", other["id"]);
    assert_eq!(browse(&desk, &here, Method::DELETE, &path, Value::Null).await.status, 204);
    assert_eq!(browse(&desk, &here, Method::DELETE, &path, Value::Null).await.status, 404);
    assert_eq!(me(&desk, &there).await, "Anonymous user");
    assert_eq!(me(&desk, &here).await, "MARI");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_no_code_passes_twice() {
    let desk = Desk::new();
    let cookie = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let begun = browse(&desk, &cookie, Method::POST, "/users/me/totp", Value::Null).await.ok();
    let secret = begun["totp"]["secret"].as_str().unwrap().to_owned();
    assert!(begun["totp"]["url"].as_str().unwrap().starts_with("otpauth://totp/Tugi:mari@tugi.test?secret="));
    let now = || kernel_now(&desk);
    let wrong = browse(&desk, &cookie, Method::PUT, "/users/me/totp", json!({"code": "000000"})).await;
    assert_eq!(wrong.faults(), ["code"]);
    // Until it is confirmed it is not asked for.
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, None).await.status, 201);
    let code = people::totp::code_of(&secret, now());
    let confirmed = browse(&desk, &cookie, Method::PUT, "/users/me/totp", json!({"code": code})).await.ok();
    let spare = confirmed["recovery_codes"][0].as_str().unwrap().to_owned();
    let without = enter(&desk, "mari@tugi.test", PASSWORD, None).await;
    assert_eq!((without.status, &without.json["error"]), (401, &json!("TotpRequired")));
    assert_eq!(enter(&desk, "mari@tugi.test", "wrong", None).await.json["error"], "Couldn't authenticate you");
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, Some(&code)).await.status, 401);
    desk.clock.advance(time::MINUTE);
    let code = people::totp::code_of(&secret, now());
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, Some(&code)).await.status, 201);
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, Some(&code)).await.status, 401);
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, Some(&spare)).await.status, 201);
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, Some(&spare)).await.status, 401);
    // A password alone is no longer enough for the API either.
    let header = basic("mari@tugi.test", PASSWORD);
    assert_eq!(desk.send(Method::GET, "/users", &[("authorization", &header)], Value::Null).await.status, 401);
    assert_eq!(desk.delete("mari", "/users/me/totp").await.status, 403);
    assert_eq!(desk.delete("anu", &format!("/users/{}/totp", desk.id("mari"))).await.status, 204);
    assert_eq!(enter(&desk, "mari@tugi.test", PASSWORD, None).await.status, 201);
}

fn kernel_now(desk: &Desk) -> base::Timestamp {
    desk.app.clock().now()
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once() {
    let desk = Desk::new();
    for email in ["mari@tugi.test", "nobody@tugi.test", "not an address"] {
        assert_eq!(desk.post("", "/password_resets", json!({"email": email})).await.status, 202);
    }
    let token = desk.letter("reset", "mari@tugi.test").unwrap();
    let path = format!("/password_resets/{token}");
    let old = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    assert_eq!(desk.put("", &path, json!({"password": "short"})).await.faults(), ["password"]);
    let answer = desk.put("", &path, json!({"password": "another horse"})).await;
    assert_eq!(answer.status, 201);
    assert_eq!(me(&desk, &answer.cookie()).await, "MARI");
    assert_eq!(me(&desk, &old).await, "Anonymous user");
    assert_eq!(desk.put("", &path, json!({"password": "third horse"})).await.status, 401);
    assert_eq!(enter(&desk, "mari@tugi.test", "another horse", None).await.status, 201);
}

#[tokio::test]
async fn a_reset_link_runs_out() {
    let desk = Desk::new();
    desk.post("", "/password_resets", json!({"email": "mari@tugi.test"})).await.ok();
    let token = desk.letter("reset", "mari@tugi.test").unwrap();
    desk.clock.advance(2 * time::HOUR + 1);
    let late = desk.put("", &format!("/password_resets/{token}"), json!({"password": "another horse"})).await;
    assert_eq!((late.status, &late.json["error"]), (401, &json!("InvalidLink")));
}

#[tokio::test]
async fn a_new_agent_is_invited_and_their_address_is_proved() {
    let desk = Desk::new();
    let new = desk.user(json!({"name": "Tiina", "email": "tiina@tugi.test", "role": "agent"})).await;
    assert_eq!(new["verified"], false);
    let token = desk.letter("invitation", "tiina@tugi.test").unwrap();
    desk.put("", &format!("/password_resets/{token}"), json!({"password": "tiina's own"})).await.ok();
    let user = desk.get("anu", &format!("/users/{}", new["id"])).await.ok();
    assert_eq!(user["user"]["verified"], true);
    assert_eq!(enter(&desk, "tiina@tugi.test", "tiina's own", None).await.status, 201);
    assert_eq!(desk.letter("invitation", "juhan@tugi.test"), None);
}

#[tokio::test]
async fn an_address_is_proved_by_its_link() {
    let desk = Desk::new();
    let path = format!("/users/{}/identities", desk.id("juhan"));
    let body = json!({"identity": {"type": "email", "value": "Juhan@Home.test"}});
    let added = desk.post("mari", &path, body).await.ok();
    assert_eq!(
        (&added["identity"]["value"], &added["identity"]["verified"]),
        (&json!("juhan@home.test"), &json!(false))
    );
    let token = desk.letter("verify", "juhan@home.test").unwrap();
    assert_eq!(desk.put("", &format!("/verifications/{token}"), json!({})).await.status, 204);
    assert_eq!(desk.put("", &format!("/verifications/{token}"), json!({})).await.status, 401);
    let all = desk.get("mari", &path).await.ok();
    assert!(all["identities"].as_array().unwrap().iter().all(|identity| identity["verified"] == true));
}

#[tokio::test]
async fn api_tokens_act_for_their_person_until_they_are_deleted() {
    let desk = Desk::new();
    let cookie = enter(&desk, "mari@tugi.test", PASSWORD, None).await.cookie();
    let body = json!({"api_token": {"name": "CRM"}});
    assert_eq!(desk.post("mari", "/api_tokens", body.clone()).await.status, 403);
    assert_eq!(browse(&desk, &cookie, Method::POST, "/api_tokens", json!({})).await.faults(), ["name"]);
    let made = browse(&desk, &cookie, Method::POST, "/api_tokens", body).await.ok();
    let text = made["api_token"]["token"].as_str().unwrap().to_owned();
    let with =
        async |header: String| desk.send(Method::GET, "/users", &[("authorization", &header)], Value::Null).await;
    assert_eq!(with(format!("Bearer {text}")).await.status, 200);
    assert_eq!(with(basic("mari@tugi.test/token", &text)).await.status, 200);
    assert_eq!(with(basic("anu@tugi.test/token", &text)).await.status, 401);
    assert_eq!(with(basic("mari@tugi.test/token", "wrong")).await.status, 401);
    let list = desk.get("mari", "/api_tokens").await.ok();
    let listed = list["api_tokens"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|token| token.get("token").is_none()));
    assert_eq!(desk.get("anu", "/api_tokens").await.ok()["count"], 7);
    let path = format!("/api_tokens/{}", made["api_token"]["id"]);
    assert_eq!(desk.delete("peeter", &path).await.status, 404);
    assert_eq!(desk.delete("mari", &path).await.status, 204);
    assert_eq!(with(format!("Bearer {text}")).await.status, 401);
}

#[tokio::test]
async fn a_password_may_come_with_each_request_unless_the_desk_forbids_it() {
    let desk = Desk::new();
    let with = async |password: &str, path: &str| {
        let header = basic("mari@tugi.test", password);
        desk.send(Method::GET, path, &[("authorization", &header)], Value::Null).await
    };
    assert_eq!(with(PASSWORD, "/users").await.status, 200);
    assert_eq!(with("wrong", "/users").await.status, 401);
    assert_eq!(with("wrong", "/users/me").await.ok()["user"]["id"], Value::Null);
    desk.write(|tx| kernel::settings::set(tx, &people::settings::SignIn { api_passwords: false }));
    assert_eq!(with(PASSWORD, "/users").await.status, 401);
}

#[tokio::test]
async fn a_new_desk_is_set_up_once() {
    let desk = Desk::empty();
    assert_eq!(desk.get("", "/setup").await.ok()["setup"]["needed"], true);
    let first = json!({"name": "Ott", "email": "ott@tugi.test", "password": PASSWORD, "desk_name": "Abi"});
    let blank = desk.post("", "/setup", json!({"password": PASSWORD})).await;
    assert_eq!(blank.faults(), ["email"]);
    let answer = desk.post("", "/setup", first.clone()).await;
    assert_eq!(answer.status, 201);
    assert_eq!((&answer.json["user"]["owner"], &answer.json["user"]["role"]), (&json!(true), &json!("admin")));
    assert!(answer.json["user"]["default_group_id"].is_i64());
    assert_eq!(me(&desk, &answer.cookie()).await, "Ott");
    assert_eq!(desk.get("", "/setup").await.ok()["setup"]["needed"], false);
    assert_eq!(desk.post("", "/setup", first).await.status, 403);
}
