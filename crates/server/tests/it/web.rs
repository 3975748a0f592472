//! What every answer carries, and what is said to those who ask for what isn't there.

use crate::desk::Desk;

#[test]
fn unknown_addresses_and_methods_are_told_so_in_json() {
    let desk = Desk::new();
    let answer = desk.as_("mari").get("/api/v2/nonsense.json");
    assert_eq!((answer.status, answer.json["error"].as_str()), (404, Some("InvalidEndpoint")));
    let answer = desk.as_("mari").delete("/api/v2/openapi.json");
    assert_eq!((answer.status, answer.json["error"].as_str()), (405, Some("MethodNotAllowed")));
}

#[test]
fn every_answer_is_guarded() {
    let desk = Desk::new();
    for path in ["/agent/", "/api/v2/users/me.json", "/healthz", "/nowhere"] {
        let headers = desk.anonymous().get(path).headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("strict-transport-security") && headers.contains_key("x-request-id"));
    }
}

#[test]
fn the_desk_is_alive_and_ready_and_its_figures_are_not_for_everybody() {
    let desk = Desk::new();
    assert_eq!(desk.anonymous().get("/healthz").status, 200);
    assert_eq!(desk.anonymous().get("/readyz").status, 200);
    assert_eq!(desk.anonymous().get("/metrics").status, 403);
}

#[test]
fn the_start_page_leads_to_the_workspace() {
    let desk = Desk::new();
    let answer = desk.anonymous().get("/");
    assert_eq!((answer.status, answer.headers["location"].to_str().unwrap()), (307, "/agent/"));
    assert_eq!(desk.anonymous().get("/agent/assets/missing.js").status, 404);
}

#[test]
fn a_forwarded_host_is_believed_from_trusted_proxies_only() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "Where am I?");
    let answer = desk.as_("mari").with("x-forwarded-host", "evil.test").get(&format!("/api/v2/tickets/{ticket}.json"));
    let url = answer.ok()["ticket"]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://desk.test/"), "{url}");
}
