//! What an OAuth token may be used for: Zendesk's scopes.

use axum::Json;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Kinds of records that scopes name, and the parts of paths that are about them.
const RESOURCES: [(&str, &[&str]); 16] = [
    ("tickets", &["tickets", "deleted_tickets", "suspended_tickets", "ticket_metrics", "ticket_audits", "uploads"]),
    ("users", &["users", "deleted_users", "end_users", "identities"]),
    ("auditlogs", &["audit_logs"]),
    ("organizations", &["organizations"]),
    ("hc", &["help_center", "guide"]),
    ("apps", &["apps"]),
    ("triggers", &["triggers", "trigger_categories"]),
    ("automations", &["automations"]),
    ("targets", &["targets"]),
    ("webhooks", &["webhooks"]),
    ("macros", &["macros"]),
    ("requests", &["requests"]),
    ("satisfaction_ratings", &["satisfaction_rating", "satisfaction_ratings"]),
    ("dynamic_content", &["dynamic_content"]),
    ("any_channel", &["any_channel"]),
    ("web_widget", &["web_widget"]),
];

/// The scopes of a token; a part of the request's extensions while such a token is shown. Whoever shows anything else may
/// do all that their role lets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads names separated by spaces. The error is the first name that is no scope.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut names: Vec<String> = Vec::new();
        for name in text.split_whitespace() {
            if !is_scope(name) {
                return Err(name.to_owned());
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(Self(names))
    }

    /// The names, in the order in which they were asked for.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The names separated by spaces, as OAuth and the database write them.
    pub fn text(&self) -> String {
        self.0.join(" ")
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every scope of `other` is among these.
    pub fn cover(&self, other: &Scopes) -> bool {
        other.0.iter().all(|name| self.has(name))
    }

    /// Whether the token may act for others (`X-On-Behalf-Of`).
    pub fn impersonate(&self) -> bool {
        self.has("impersonate")
    }

    /// The scope that a call lacks. A token may always be asked about itself and given back.
    pub fn missing(&self, method: &Method, path: &str) -> Option<&'static str> {
        if path == "/api/v2/oauth/tokens/current" {
            return None;
        }
        let reading = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let needed = if reading { "read" } else { "write" };
        let narrow = resource(path).is_some_and(|resource| self.has(&format!("{resource}:{needed}")));
        (!self.has(needed) && !narrow).then_some(needed)
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }
}

/// What a call without its scope is told. Clients match the text.
pub(super) fn refusal(missing: &str) -> Response {
    let description = format!("Missing the following required scopes: {missing}");
    (StatusCode::FORBIDDEN, Json(json!({"error": "Forbidden", "description": description}))).into_response()
}

fn is_scope(name: &str) -> bool {
    match name.split_once(':') {
        Some((resource, verb)) => {
            matches!(verb, "read" | "write") && RESOURCES.iter().any(|(known, _)| *known == resource)
        }
        None => matches!(name, "read" | "write" | "impersonate"),
    }
}

/// What a path is about: the last of its parts that names a kind of record.
fn resource(path: &str) -> Option<&'static str> {
    let mut parts = path.trim_start_matches("/api/v2/").rsplit('/');
    parts.find_map(|part| RESOURCES.iter().find(|(_, paths)| paths.contains(&part)).map(|(name, _)| *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(scopes: &str, method: Method, path: &str) -> Option<&'static str> {
        Scopes::parse(scopes).unwrap().missing(&method, path)
    }

    #[test]
    fn reading_and_writing_are_told_apart() {
        assert_eq!(missing("read", Method::GET, "/api/v2/users"), None);
        assert_eq!(missing("read", Method::POST, "/api/v2/users"), Some("write"));
        assert_eq!(missing("write", Method::GET, "/api/v2/users"), Some("read"));
        assert_eq!(missing("impersonate write", Method::POST, "/api/v2/requests"), None);
    }

    #[test]
    fn a_narrow_scope_opens_what_it_names() {
        assert_eq!(missing("tickets:read", Method::GET, "/api/v2/tickets/1"), None);
        assert_eq!(missing("tickets:read", Method::GET, "/api/v2/users/1/tickets/requested"), None);
        assert_eq!(missing("tickets:read", Method::PUT, "/api/v2/tickets/1"), Some("write"));
        assert_eq!(missing("tickets:read", Method::GET, "/api/v2/users/1"), Some("read"));
        assert_eq!(missing("tickets:read", Method::GET, "/api/v2/search"), Some("read"));
    }

    #[test]
    fn what_is_no_scope_is_named() {
        assert_eq!(Scopes::parse("read tickets:eat"), Err("tickets:eat".to_owned()));
        assert_eq!(Scopes::parse("read read").unwrap().names(), ["read"]);
    }
}
