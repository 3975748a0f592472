//! The OpenAPI document, which the TypeScript types are made from.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::desk::Desk;

/// Every operation: `GET /api/v2/tickets` and its description.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((format!("{} {path}", method.to_uppercase()), operation));
        }
    }
    all
}

#[test]
fn anybody_gets_the_document_with_and_without_the_suffix() {
    let desk = Desk::new();
    let document = desk.anonymous().get("/api/v2/openapi.json").ok();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document, desk.anonymous().get("/api/v2/openapi").ok());
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = server::wiring::document();
    let all = operations(&document);
    let names: BTreeSet<&str> = all.iter().map(|(_, one)| one["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), all.len());
}

#[test]
fn every_reference_leads_somewhere() {
    let document = server::wiring::document();
    let text = document.to_string();
    for name in text.split("\"$ref\":\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}

/// What is taken and given is described, so that clients have types. Those that do without are listed here.
#[test]
fn operations_say_what_they_take_and_give() {
    let document = server::wiring::document();
    let mut untyped = String::new();
    for (name, operation) in operations(&document) {
        let gives = operation["responses"]["2XX"]["content"].is_object();
        let takes = operation["requestBody"].is_object();
        let needs_body = name.starts_with("POST") || name.starts_with("PUT") || name.starts_with("PATCH");
        if !gives && !name.starts_with("DELETE") {
            untyped.push_str(&format!("{name} gives nothing described\n"));
        }
        if needs_body && !takes {
            untyped.push_str(&format!("{name} takes nothing described\n"));
        }
    }
    insta::assert_snapshot!(untyped);
}
