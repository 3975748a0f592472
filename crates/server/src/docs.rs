//! `/api/docs`: the OpenAPI document as a page to read. It is made here, whole, and works without script; a script of ours
//! only makes the search answer while one types.

use std::fmt::Write;
use std::sync::OnceLock;

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kernel::http::{Needs, Params, Routes};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::wiring;

const STYLE: &str = include_str!("docs/docs.css");
const SCRIPT: &str = include_str!("docs/docs.js");

/// What is looked for.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Query {
    q: String,
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api", start)
        .needs(Needs::Nothing)
        .get("/api/docs", page)
        .needs(Needs::Nothing)
        .query::<Query>()
        .get("/api/docs/docs.css", style)
        .needs(Needs::Nothing)
        .get("/api/docs/docs.js", script)
        .needs(Needs::Nothing)
}

async fn start() -> Redirect {
    Redirect::temporary("/api/docs")
}

async fn style() -> Response {
    file(STYLE, "text/css; charset=utf-8")
}

async fn script() -> Response {
    file(SCRIPT, "text/javascript; charset=utf-8")
}

fn file(text: &'static str, kind: &'static str) -> Response {
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn page(Params(query): Params<Query>) -> Html<String> {
    static WHOLE: OnceLock<String> = OnceLock::new();
    let words: Vec<String> = query.q.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Html(WHOLE.get_or_init(|| html(&wiring::document(), "", &[])).clone());
    }
    Html(html(&wiring::document(), &query.q, &words))
}

/// One operation, as the page shows it.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    json: &'a Value,
}

impl<'a> Operation<'a> {
    /// The kind of record that it is about: what its path begins with.
    fn tag(&self) -> &'a str {
        let path = self.path.trim_start_matches("/api/v2").trim_start_matches('/');
        path.split('/').next().unwrap_or(path)
    }

    /// What the search looks at.
    fn words(&self) -> String {
        let name = self.json["operationId"].as_str().unwrap_or_default();
        let needs = self.json["x-needs"].as_str().unwrap_or_default();
        format!("{} {} {name} {needs}", self.method, self.path).to_lowercase()
    }
}

/// The operations that have all the words, by tag.
fn operations<'a>(document: &'a Value, words: &[String]) -> Vec<(&'a str, Vec<Operation<'a>>)> {
    let mut tags: std::collections::BTreeMap<&str, Vec<Operation<'a>>> = std::collections::BTreeMap::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, json) in methods.as_object().into_iter().flatten() {
            let operation = Operation { method, path, json };
            let text = operation.words();
            if words.iter().all(|word| text.contains(word)) {
                tags.entry(operation.tag()).or_default().push(operation);
            }
        }
    }
    tags.into_iter().collect()
}

fn html(document: &Value, asked: &str, words: &[String]) -> String {
    let tags = operations(document, words);
    let count: usize = tags.iter().map(|(_, operations)| operations.len()).sum();
    let version = escape(document["info"]["version"].as_str().unwrap_or_default());
    let mut out = String::with_capacity(1 << 20);
    // Writing to a String does not fail.
    let _ = write!(
        out,
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport \
         content=\"width=device-width,initial-scale=1\"><title>Tugi API</title>\
         <link rel=stylesheet href=\"/api/docs/docs.css\"><script src=\"/api/docs/docs.js\" defer></script></head><body>\
         <header><h1>Tugi API <small>{version}</small></h1>\
         <p>Zendesk's API, and our own additions beside it. The same as an \
         <a href=\"/api/v2/openapi.json\">OpenAPI 3.1 document</a>. Sign in by an API token (<code>EMAIL/token:TOKEN</code>, \
         or as a bearer token), by OAuth 2, or by a session.</p>\
         <form role=search action=\"/api/docs\"><label for=q>Search operations</label>\
         <input type=search id=q name=q value=\"{}\" autocomplete=off><button>Search</button></form>\
         <p id=count role=status>{count} operations</p></header>",
        escape(asked)
    );
    let _ = write!(out, "<nav aria-label=Tags><ul>");
    for (tag, operations) in &tags {
        let _ = write!(out, "<li><a href=\"#tag-{0}\">{0}</a> <span>{1}</span></li>", escape(tag), operations.len());
    }
    let _ = write!(out, "<li><a href=\"#shapes\">shapes</a></li></ul></nav><main>");
    for (tag, operations) in &tags {
        let _ = write!(out, "<section id=\"tag-{0}\"><h2>{0}</h2>", escape(tag));
        for operation in operations {
            write_operation(&mut out, operation);
        }
        out.push_str("</section>");
    }
    out.push_str("<section id=shapes><h2>Shapes</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let _ = write!(out, "<details id=\"shape-{0}\"><summary><h3>{0}</h3></summary>", escape(name));
        write_shape(&mut out, schema);
        out.push_str("</details>");
    }
    out.push_str("</section></main></body></html>");
    out
}

fn write_operation(out: &mut String, operation: &Operation<'_>) {
    let Operation { method, path, json } = operation;
    let id = escape(json["operationId"].as_str().unwrap_or_default());
    let _ = write!(
        out,
        "<details class=operation id=\"{id}\" data-words=\"{}\" data-tag=\"{}\"><summary><h3><b class=\"{method}\">{}</b> \
         <code>{}</code></h3></summary><p>Needs <code>{}</code></p>",
        escape(&operation.words()),
        escape(operation.tag()),
        method.to_uppercase(),
        escape(path),
        escape(json["x-needs"].as_str().unwrap_or_default())
    );
    let parameters: Vec<&Value> = json["parameters"].as_array().into_iter().flatten().collect();
    if !parameters.is_empty() {
        out.push_str("<h4>Parameters</h4><dl>");
        for one in parameters {
            let (name, place) = (one["name"].as_str().unwrap_or_default(), one["in"].as_str().unwrap_or_default());
            let _ = write!(out, "<dt><code>{}</code> <i>{place}</i> {}</dt>", escape(name), kind(&one["schema"]));
            write_description(out, &one["schema"]);
        }
        out.push_str("</dl>");
    }
    for (title, schema) in [
        ("Takes", &json["requestBody"]["content"]["application/json"]["schema"]),
        ("Gives", &json["responses"]["2XX"]["content"]["application/json"]["schema"]),
    ] {
        if !schema.is_null() {
            let _ = write!(out, "<h4>{title}</h4><p>{}</p>", kind(schema));
        }
    }
    out.push_str("</details>");
}

fn write_shape(out: &mut String, schema: &Value) {
    if let Some(text) = schema["description"].as_str() {
        let _ = write!(out, "<p>{}</p>", escape(text));
    }
    let Some(properties) = schema["properties"].as_object().filter(|all| !all.is_empty()) else {
        let _ = write!(out, "<p>{}</p>", kind(schema));
        return;
    };
    out.push_str("<dl>");
    for (name, property) in properties {
        let _ = write!(out, "<dt><code>{}</code> {}</dt>", escape(name), kind(property));
        write_description(out, property);
    }
    out.push_str("</dl>");
}

fn write_description(out: &mut String, schema: &Value) {
    if let Some(text) = schema["description"].as_str() {
        let _ = write!(out, "<dd>{}</dd>", escape(text));
    }
}

/// A schema in few words, with links to the shapes that it names.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#shape-{0}\">{0}</a>", escape(name));
    }
    let joined = |list: &Value, between: &str| {
        let parts: Vec<String> = list.as_array().into_iter().flatten().map(kind).collect();
        parts.join(between)
    };
    for (key, between) in [("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")] {
        if schema[key].is_array() {
            return joined(&schema[key], between);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().map(|value| format!("<code>{}</code>", escape(&value.to_string()))).collect();
        return values.join(" ");
    }
    if !schema["const"].is_null() {
        return format!("<code>{}</code>", escape(&schema["const"].to_string()));
    }
    let name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    };
    if name.starts_with("array") && !schema["items"].is_null() {
        return format!("list of {}", kind(&schema["items"]));
    }
    escape(&name)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
