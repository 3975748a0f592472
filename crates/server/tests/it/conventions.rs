//! What holds for every endpoint: limits, keys of requests that are sent again, entity tags, other sites, paging, errors.

use axum::body::Body;
use serde_json::{Value, json};

use crate::desk::{Answer, Caller, Desk};

fn settings(desk: &Desk, api: Value) {
    desk.as_("owner").put("/api/v2/settings/api.json", json!({"api": api})).ok();
}

fn number(answer: &Answer, header: &str) -> u32 {
    answer.headers[header].to_str().unwrap().parse().unwrap()
}

fn ticket_body(text: &str) -> Value {
    json!({"ticket": {"subject": text, "comment": {"body": text}}})
}

#[test]
fn every_token_has_its_limit_and_is_told_where_it_stands() {
    let desk = Desk::new();
    settings(&desk, json!({"requests_per_minute": 3}));
    for remaining in [2, 1, 0] {
        let answer = desk.as_("mari").get("/api/v2/groups.json");
        assert_eq!((answer.status, number(&answer, "x-rate-limit")), (200, 3));
        assert_eq!(number(&answer, "x-rate-limit-remaining"), remaining);
        assert_eq!(number(&answer, "ratelimit-remaining"), remaining);
        assert!(number(&answer, "ratelimit-reset") <= 60 && !answer.headers.contains_key("retry-after"));
    }
    let refused = desk.as_("mari").get("/api/v2/groups.json");
    let body = json!({"error": "APIRateLimitExceeded",
        "description": "Number of allowed API requests per minute exceeded"});
    assert_eq!((refused.status, &refused.json), (429, &body));
    assert_eq!(number(&refused, "retry-after"), 60);
    assert_eq!(desk.as_("peeter").get("/api/v2/groups.json").status, 200);
    for path in ["/api/v2/nonsense", "/api/v2/locales.json", "/api/v2/tickets.json"] {
        assert_eq!(number(&desk.anonymous().get(path), "x-rate-limit"), 3, "{path}");
    }
    desk.clock.advance(60_000);
    assert_eq!(desk.as_("mari").get("/api/v2/groups.json").status, 200);
}

/// Clients that read "0 remaining" wait for a minute that never comes.
#[test]
fn a_desk_without_limits_says_that_plenty_is_left() {
    let desk = Desk::new();
    settings(&desk, json!({"requests_per_minute": 0}));
    for _ in 0..3 {
        let answer = desk.as_("mari").get("/api/v2/groups.json");
        assert_eq!(answer.status, 200);
        assert!(number(&answer, "x-rate-limit-remaining") > 10_000);
    }
}

#[test]
fn the_workspace_itself_is_never_limited() {
    let desk = Desk::new();
    settings(&desk, json!({"requests_per_minute": 1}));
    let body = json!({"email": crate::desk::address_of("mari"), "password": crate::desk::PASSWORD});
    let answer = desk.anonymous().post("/api/v2/sessions.json", body);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    for _ in 0..5 {
        assert_eq!(desk.anonymous().with("cookie", &cookie).get("/api/v2/groups.json").status, 200);
    }
}

#[test]
fn an_endpoint_has_a_limit_of_its_own() {
    let desk = Desk::new();
    settings(&desk, json!({"updates_per_ticket": 2, "ticket_lists_per_minute": 1}));
    let (first, second) = (desk.mail("juhan", "One"), desk.mail("juhan", "Two"));
    let update = |ticket: i64| {
        desk.as_("mari").put(&format!("/api/v2/tickets/{ticket}.json"), json!({"ticket": {"priority": "high"}}))
    };
    let answer = update(first);
    assert_eq!(answer.headers["zendesk-ratelimit-per-ticket-updates"], "total=2; remaining=1; resets=600");
    assert_eq!(update(first).status, 200);
    let refused = update(first);
    assert_eq!((refused.status, number(&refused, "retry-after")), (429, 600));
    assert_eq!(update(second).status, 200);
    assert_eq!(desk.as_("mari").get("/api/v2/tickets.json").status, 200);
    assert_eq!(desk.as_("mari").get("/api/v2/tickets.json").status, 429);
}

#[test]
fn only_those_who_manage_security_set_limits() {
    let desk = Desk::new();
    assert_eq!(desk.as_("mari").get("/api/v2/settings/api.json").status, 403);
    assert_eq!(desk.as_("mari").put("/api/v2/settings/api.json", json!({})).status, 403);
    let bad = json!({"api": {"cors_origins": ["https://a.example/path"]}});
    assert_eq!(desk.as_("owner").put("/api/v2/settings/api.json", bad).status, 422);
    let kept = desk.as_("owner").put("/api/v2/settings/api.json", json!({"api": {"exports_per_minute": 7}})).ok();
    assert_eq!(kept["api"]["requests_per_minute"], 100_000);
    assert_eq!(kept["api"]["exports_per_minute"], 7);
}

#[test]
fn a_ticket_sent_again_under_its_key_is_made_once() {
    let desk = Desk::new();
    let send = |name: &str, key: &str, body: Value| {
        desk.as_(name).with("idempotency-key", key).post("/api/v2/tickets.json", body)
    };
    let first = send("mari", "a key", ticket_body("Once"));
    assert_eq!((first.status, &first.headers["x-idempotency-lookup"]), (201, &"miss".parse().unwrap()));
    let again = send("mari", "a key", ticket_body("Once"));
    assert_eq!((again.status, &again.headers["x-idempotency-lookup"]), (201, &"hit".parse().unwrap()));
    assert_eq!((again.json, &again.headers["location"]), (first.json.clone(), &first.headers["location"]));
    let other = send("mari", "a key", ticket_body("Other"));
    assert_eq!((other.status, other.json["error"].as_str()), (400, Some("IdempotentRequestError")));
    assert_eq!(send("mari", &"k".repeat(256), ticket_body("Once")).status, 400);
    let theirs = send("peeter", "a key", ticket_body("Once")).ok();
    assert_ne!(theirs["ticket"]["id"], first.json["ticket"]["id"]);
    assert!(
        !desk
            .as_("mari")
            .post("/api/v2/tickets.json", ticket_body("Plain"))
            .headers
            .contains_key("x-idempotency-lookup")
    );
    desk.pass(2 * base::time::HOUR + 1);
    assert_eq!(send("mari", "a key", ticket_body("Other")).headers["x-idempotency-lookup"], "miss");
}

#[test]
fn a_key_is_not_used_up_by_what_failed() {
    let desk = Desk::new();
    let send = |body: Value| desk.as_("mari").with("idempotency-key", "k").post("/api/v2/tickets.json", body);
    assert_eq!(send(json!({"ticket": {"comment": {"body": "x"}, "requester_id": 999_999}})).status, 422);
    assert_eq!(send(ticket_body("Good")).headers["x-idempotency-lookup"], "miss");
}

#[test]
fn two_at_once_under_one_key_make_one_ticket() {
    let desk = Desk::new();
    let app = desk.app.clone();
    let actor = desk.actor("mari");
    let requests: Vec<_> = (0..4).map(|_| (app.clone(), actor.clone())).collect();
    let made: Vec<i64> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            requests.into_iter().map(|(app, actor)| scope.spawn(move || make_by_key(&app, actor))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made.iter().sum::<i64>(), 1, "{made:?}");
}

/// Makes a setting under one key, as a ticket is made; gives how often the work was done.
fn make_by_key(app: &kernel::App, actor: base::Actor) -> i64 {
    use axum::extract::FromRequestParts;
    use kernel::http::{IdempotencyKey, Once, once};
    let request = axum::http::Request::builder().header("idempotency-key", "same").body(()).unwrap();
    let (mut parts, ()) = request.into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let key = runtime.block_on(IdempotencyKey::from_request_parts(&mut parts, app)).unwrap_or_else(|_| panic!());
    let done = app.write(move |tx| once(tx, &key, &actor, &json!({}), |_| Ok((String::new(), json!({})))));
    i64::from(matches!(done.wait().unwrap(), Once::Miss(..)))
}

#[test]
fn what_is_held_is_not_sent_again() {
    let desk = Desk::new();
    let first = desk.as_("mari").get("/api/v2/groups.json");
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/\"") && first.headers["cache-control"] == "max-age=0, private, must-revalidate");
    let again = desk.as_("mari").with("if-none-match", &tag).get("/api/v2/groups.json");
    assert_eq!((again.status, again.text.as_str(), &again.headers["etag"]), (304, "", &tag.parse().unwrap()));
    desk.as_("admin").post("/api/v2/groups.json", json!({"group": {"name": "New"}})).ok();
    assert_eq!(desk.as_("mari").with("if-none-match", &tag).get("/api/v2/groups.json").status, 200);
    let head = desk.as_("mari").call("HEAD", "/api/v2/groups.json", Body::empty());
    assert_eq!((head.status, head.text.as_str(), head.headers.contains_key("etag")), (200, "", true));
}

#[test]
fn pages_of_registered_sites_may_call_and_others_may_not() {
    let desk = Desk::new();
    settings(&desk, json!({"cors_origins": ["https://App.example/"]}));
    let from = |origin: &str| desk.as_("mari").with("origin", origin);
    let asked = from("https://app.example").with("access-control-request-method", "PUT").call(
        "OPTIONS",
        "/api/v2/tickets/1.json",
        Body::empty(),
    );
    assert_eq!(
        (asked.status, &asked.headers["access-control-allow-origin"]),
        (204, &"https://app.example".parse().unwrap())
    );
    assert!(asked.headers["access-control-allow-methods"].to_str().unwrap().contains("PUT"));
    assert!(asked.headers["access-control-allow-headers"].to_str().unwrap().contains("authorization"));
    let answer = from("https://app.example").get("/api/v2/groups.json");
    assert_eq!(answer.headers["access-control-allow-origin"], "https://app.example");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let other = from("https://evil.example").get("/api/v2/groups.json");
    assert_eq!((other.status, other.headers.contains_key("access-control-allow-origin")), (200, false));
}

#[test]
fn a_request_keeps_its_id_or_is_given_one() {
    let desk = Desk::new();
    let given = desk.as_("mari").with("x-request-id", "abc-123").get("/api/v2/groups.json");
    assert_eq!(given.headers["x-request-id"], "abc-123");
    assert_eq!(given.headers["x-zendesk-api-version"], "v2");
    assert!(desk.as_("mari").get("/api/v2/groups.json").headers["x-request-id"].len() >= 32);
}

#[test]
fn who_proves_nothing_is_the_anonymous_user_on_one_page_only() {
    let desk = Desk::new();
    let path = "/api/v2/users/me.json";
    let wrong = || desk.showing("Basic bWFyaUBkZXNrLnRlc3QvdG9rZW46d3Jvbmc=");
    let anonymous = |caller: Caller<'_>| {
        let user = caller.get(path).ok()["user"].clone();
        (user["id"].is_null(), user["name"].as_str().map(str::to_owned))
    };
    let expected = (true, Some("Anonymous user".to_owned()));
    assert_eq!(anonymous(desk.anonymous()), expected);
    assert_eq!(anonymous(wrong()), expected);
    assert_eq!(anonymous(desk.showing("Bearer nonsense")), expected);
    assert_eq!(desk.anonymous().get("/api/v2/groups.json").status, 401);
    assert_eq!(wrong().get("/api/v2/groups.json").json, json!({"error": "Couldn't authenticate you"}));
    assert_eq!(desk.showing("Bearer nonsense").get("/api/v2/groups.json").json["error"], "invalid_token");
    settings(&desk, json!({"anonymous_me": false}));
    assert_eq!(wrong().get(path).status, 401);
    assert_eq!(desk.showing("Bearer nonsense").get(path).status, 401);
}

#[test]
fn errors_come_in_zendesks_envelopes() {
    let desk = Desk::new();
    let mari = || desk.as_("mari");
    assert_eq!(
        mari().get("/api/v2/tickets/999999.json").json,
        json!({"error": "RecordNotFound", "description": "Not found"})
    );
    assert_eq!(mari().get("/api/v2/nothing.json").json["error"], "InvalidEndpoint");
    assert_eq!(mari().get("/api/v2/audit_logs.json").json["error"]["title"], "Forbidden");
    let invalid = mari().post("/api/v2/tickets.json", json!({"ticket": {}})).json;
    assert_eq!((invalid["error"].as_str(), invalid["details"].is_object()), (Some("RecordInvalid"), true));
    let deep = mari().get("/api/v2/tickets.json?page=101&per_page=100");
    assert_eq!((deep.status, deep.json["errors"][0]["code"].as_str()), (400, Some("InvalidPaginationDepth")));
    let sorted = mari().get("/api/v2/tickets.json?page[size]=5&sort=-subject");
    assert_eq!((sorted.status, sorted.json["errors"][0]["code"].as_str()), (400, Some("InvalidPaginationParameter")));
    let size = mari().get("/api/v2/tickets.json?page[size]=True");
    assert_eq!((size.status, size.json["error"]["title"].as_str()), (400, Some("Invalid attribute")));
    let method = mari().call("PATCH", "/api/v2/groups.json", Body::empty());
    assert_eq!((method.status, method.json["error"].as_str()), (405, Some("MethodNotAllowed")));
}

#[test]
fn what_clients_send_by_habit_is_tolerated() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "Help");
    let mari = || desk.as_("mari");
    assert_eq!(mari().get("/api/v2/tickets.json?include=None").status, 200);
    assert_eq!(mari().get("/api/v2/tickets.json?page[size]=1&sort_by=subject&sort_order=desc").status, 200);
    assert_eq!(mari().get("/api/v2/tickets.json?per_page=1&sort=-nothing").status, 200);
    assert_eq!(mari().get("/api/v2/tickets.json?per_page=1000").status, 200);
    assert_eq!(mari().get("/api/v2/tickets.json?page=&per_page=&page[size]=").ok()["count"], 1);
    let empty = mari().call("POST", "/api/v2/tickets.json", Body::from("\"\""));
    assert_eq!(empty.status, 422, "{}", empty.text);
    let place = format!("/api/v2/tickets/{ticket}.json");
    assert_eq!(mari().call("DELETE", &place, Body::from("{\"ticket\": null}")).status, 204);
    for sent in ["page[size]=1", "page%5Bsize%5D=1", "page%5bsize%5d=1"] {
        let page = mari().get(&format!("/api/v2/groups.json?{sent}")).ok();
        assert_eq!(page["meta"]["has_more"], true, "{sent}");
        let next = page["links"]["next"].as_str().unwrap();
        assert!(next.starts_with("https://desk.test/api/v2/groups.json?"), "{next}");
    }
}

/// Lists that Zendesk pages by offset only, or that are no lists of records.
const NOT_PAGED: [&str; 4] = ["/api/v2/search", "/api/v2/incremental", "/api/v2/views/preview", "/api/v2/openapi"];

#[test]
fn every_list_pages_by_cursor_when_it_is_asked_to() {
    let desk = Desk::new();
    desk.mail("juhan", "One");
    desk.mail("liis", "Two");
    let mut lists = 0;
    let all = server::wiring::api_routes().table();
    for route in all.iter().filter(|route| route.method == "GET" && route.path.starts_with("/api/v2/")) {
        if NOT_PAGED.iter().any(|start| route.path.starts_with(start)) || route.path.ends_with("/live") {
            continue;
        }
        let path: String =
            route.path.split(['{', '}']).enumerate().map(|(n, part)| if n % 2 == 0 { part } else { "1" }).collect();
        let plain = desk.as_("owner").get(&path);
        let Some(fields) = plain.json.as_object().filter(|_| plain.status == 200) else { continue };
        let list = fields.values().any(Value::is_array) && !fields.values().any(Value::is_object);
        if !list {
            continue;
        }
        lists += 1;
        let page = desk.as_("owner").get(&format!("{path}?page[size]=1"));
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        walk_to_the_end(&desk, &path, page.json);
    }
    assert!(lists > 30, "{lists}");
}

fn walk_to_the_end(desk: &Desk, path: &str, mut page: Value) {
    for _ in 0..300 {
        assert!(page["meta"]["has_more"].is_boolean() && page["links"].is_object(), "{path}: {page}");
        match page["links"]["next"].as_str() {
            Some(next) => {
                let next = next.strip_prefix("https://desk.test").unwrap_or_else(|| panic!("{path}: {next}"));
                page = desk.as_("owner").get(next).ok();
            }
            None => {
                assert_eq!(page["meta"]["has_more"], false, "{path}: {page}");
                return;
            }
        }
    }
    panic!("{path} has no end");
}
