//! Every route with what it asks of its callers, and whom it turns away.

use std::fmt::Write;

use axum::body::Body;
use kernel::http::RouteInfo;

use crate::desk::Desk;

/// Nobody, and one person of each role, least first.
const CALLERS: [&str; 6] = ["nobody", "juhan", "light", "mari", "admin", "owner"];

#[test]
fn every_route_states_what_it_asks_of_its_callers() {
    let all = server::wiring::api_routes().merge(server::wiring::open_routes());
    assert_eq!(all.unstated(), Vec::<&str>::new());
    let mut table = String::new();
    for route in all.table() {
        writeln!(table, "{:<6} {:<60} {}", route.method.as_str(), route.path, route.needs.name()).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// Calls every route of the API as everybody. What a route asks is in its table; who lacks it gets 401 or 403 and nothing
/// else. The pages of the workspace ask nothing, and may or may not have been built.
#[test]
fn who_may_not_is_turned_away_from_every_route() {
    let desk = Desk::new();
    let mut table = String::new();
    for route in server::wiring::api_routes().table() {
        let mut line = format!("{:<6} {:<60}", route.method.as_str(), route.path);
        for name in CALLERS {
            let status = call(&desk, name, &route);
            let actor = (name != "nobody").then(|| desk.actor(name));
            let expected = match (route.needs.allows(actor.as_ref()), name) {
                (Ok(()), _) => None,
                (Err(_), "nobody") => Some(401),
                (Err(_), _) => Some(403),
            };
            if let Some(expected) = expected {
                assert_eq!(status, expected, "{} {} as {name}", route.method, route.path);
            }
            assert!(status < 500, "{} {} as {name} gives {status}", route.method, route.path);
            write!(line, " {status}").unwrap();
        }
        writeln!(table, "{line}").unwrap();
    }
    desk.settle();
    insta::assert_snapshot!(table);
}

/// Calls a route about things that don't exist, with an empty body: enough to see who is let in.
fn call(desk: &Desk, name: &str, route: &RouteInfo) -> u16 {
    let mut path = String::new();
    for (index, part) in route.path.split(['{', '}']).enumerate() {
        path.push_str(if index % 2 == 0 { part } else { "999999" });
    }
    let caller = if name == "nobody" { desk.anonymous() } else { desk.as_(name) };
    caller.call(route.method.as_str(), &path, Body::from("{}")).status
}
