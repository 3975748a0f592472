//! The OpenAPI 3.1 document, made from the route table.

use std::collections::BTreeSet;

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::routes::{RouteInfo, SchemaOf};

/// The document of these routes.
pub fn document(routes: &[RouteInfo], version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    let mut names = BTreeSet::new();
    for route in routes.iter().filter(|route| route.path.starts_with("/api/v2") || route.path == "/oauth/tokens") {
        let mut operation = operation(route, &mut schemas);
        // Where one handler serves several paths, the second is told apart by the end of its path.
        if !names.insert(operation["operationId"].to_string()) {
            let end = route.path.rsplit('/').next().unwrap_or_default().trim_matches(['{', '}']);
            let name = operation["operationId"].as_str().map(|name| format!("{name}_{end}"));
            operation["operationId"] = name.into();
        }
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Tugi", "version": version, "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "oauth": {"type": "oauth2", "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "/oauth/authorizations/new", "tokenUrl": "/oauth/tokens",
                        "refreshUrl": "/oauth/tokens", "scopes": scopes(),
                    },
                    "clientCredentials": {"tokenUrl": "/oauth/tokens", "scopes": scopes()},
                }},
                "session": {"type": "apiKey", "in": "cookie", "name": "tugi_session"},
            },
        },
        "security": [{"basic": []}, {"bearer": []}, {"oauth": []}, {"session": []}],
    })
}

fn scopes() -> Value {
    json!({
        "read": "read what the person may read",
        "write": "write what the person may write",
        "impersonate": "act for end users by X-On-Behalf-Of",
    })
}

fn operation(route: &RouteInfo, schemas: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = path_parameters(route.path).collect();
    for query in &route.query {
        parameters.extend(query_parameters(*query, schemas));
    }
    let (tag, name) = tag_and_name(route.name);
    let mut out = json!({
        "operationId": format!("{tag}_{name}"),
        "tags": [tag],
        "x-needs": route.needs.name(),
        "parameters": parameters,
        "responses": responses(route, schemas),
    });
    if let Some(takes) = route.takes {
        out["requestBody"] = json!({"content": {"application/json": {"schema": takes(schemas)}}});
    }
    out
}

/// `tickets::http::show` is the operation `show` of `tickets`; deeper modules count as part of the tag.
/// `people::http::records::show<people::organization::Group>` is `show_group` of `people_organization`.
fn tag_and_name(handler: &str) -> (String, String) {
    let mut paths = handler.split(['<', '>', ',', ' ']).filter(|path| !path.is_empty());
    let function = paths.next().unwrap_or(handler);
    let kinds: Vec<&str> = paths.filter(|path| path.contains("::")).collect();
    let mut parts: Vec<&str> = function.split("::").filter(|part| *part != "http").collect();
    let mut name = parts.pop().unwrap_or("call").to_owned();
    // A function that serves several kinds of records is told by the first of them.
    if let Some(kind) = kinds.first() {
        parts = kind.split("::").filter(|part| *part != "http").collect();
        parts.pop();
    }
    for kind in kinds {
        name.push('_');
        name.push_str(&kind.rsplit("::").next().unwrap_or_default().to_lowercase());
    }
    (parts.join("_"), name)
}

fn path_parameters(path: &'static str) -> impl Iterator<Item = Value> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(|name| {
        let number = name == "id" || name.ends_with("_id");
        let kind = if number { "integer" } else { "string" };
        json!({"name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": {"type": kind}})
    })
}

fn query_parameters(query: SchemaOf, schemas: &mut SchemaGenerator) -> Vec<Value> {
    let schema = query(schemas).to_value();
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let definition = name.and_then(|name| schemas.definitions().get(name)).cloned().unwrap_or(schema);
    let Some(properties) = definition["properties"].as_object() else { return Vec::new() };
    properties
        .iter()
        .map(|(name, schema)| json!({"name": name, "in": "query", "required": false, "schema": schema}))
        .collect()
}

fn responses(route: &RouteInfo, schemas: &mut SchemaGenerator) -> Value {
    let answer = match route.gives {
        Some(gives) => json!({"description": "Done", "content": {"application/json": {"schema": gives(schemas)}}}),
        None => json!({"description": "Done"}),
    };
    json!({"2XX": answer, "4XX": {"description": "Refused, with the cause"}})
}
