//! The page that asks a person whether a program may act for them. It works without script.

use std::collections::HashMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base::{Error, Locale, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The page's whole style. The policy names its hash.
const STYLE: &str = ":root{color-scheme:light dark;--page:#f4f4f5;--card:#fff;--text:#18181b;--soft:#52525b;\
--line:#d4d4d8;--main:#1d4ed8;--on:#fff}\
@media(prefers-color-scheme:dark){:root{--page:#09090b;--card:#18181b;--text:#fafafa;--soft:#a1a1aa;--line:#3f3f46;\
--main:#93c5fd;--on:#0b1220}}\
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;\
background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif}\
main{width:100%;max-width:28rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.5rem;\
overflow-wrap:anywhere}\
h1{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem}p{margin:.5rem 0}.soft{color:var(--soft)}\
ul{margin:.5rem 0 1rem;padding-left:1.25rem}\
form{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}\
button{flex:1 1 8rem;min-height:2.75rem;padding:.5rem 1rem;border-radius:.5rem;font:inherit;font-weight:600;\
cursor:pointer;border:1px solid var(--line);background:transparent;color:inherit}\
button.main{background:var(--main);border-color:var(--main);color:var(--on)}\
button:focus-visible{outline:3px solid var(--main);outline-offset:2px}";

const TEXTS: [(Locale, &str); 4] = [
    (Locale::En, include_str!("../../oauth/texts/en.json")),
    (Locale::Et, include_str!("../../oauth/texts/et.json")),
    (Locale::Fi, include_str!("../../oauth/texts/fi.json")),
    (Locale::Ru, include_str!("../../oauth/texts/ru.json")),
];

/// The page's texts in one language.
pub(super) struct Texts {
    locale: Locale,
    all: HashMap<String, String>,
}

impl Texts {
    pub fn of(locale: Locale) -> Result<Self> {
        let text = TEXTS.iter().find(|(one, _)| *one == locale).map_or("{}", |(_, text)| text);
        Ok(Self { locale, all: serde_json::from_str(text).map_err(Error::internal)? })
    }

    /// A text, ready for HTML, with what stands for `{name}` in it.
    fn get(&self, key: &str, names: &[(&str, &str)]) -> String {
        let text = self.all.get(key).map_or(key, String::as_str);
        // One pass: a name that looks like a placeholder stays what it is.
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = names.iter().find(|(known, _)| *known == name).map_or(name, |(_, value)| value);
            out.push_str(&escape(before));
            out.push_str(&escape(value));
            rest = after;
        }
        out.push_str(&escape(rest));
        out
    }

    /// What a scope lets a program do. A narrow one is named beside the verb.
    fn scope(&self, name: &str) -> String {
        match name.split_once(':') {
            Some((resource, "read")) => self.get("read_some", &[("what", resource)]),
            Some((resource, _)) => self.get("write_some", &[("what", resource)]),
            None => self.get(name, &[]),
        }
    }
}

/// What is asked of whom.
pub(super) struct Question<'a> {
    pub client: &'a str,
    pub company: &'a str,
    pub description: &'a str,
    pub person: &'a str,
    pub email: &'a str,
    pub scopes: &'a [String],
    /// Where the answer takes the reader.
    pub target: &'a str,
    /// What the form sends along.
    pub fields: &'a [(&'a str, &'a str)],
}

pub(super) fn question(texts: &Texts, asked: &Question<'_>) -> Response {
    let names = [("client", asked.client), ("person", asked.person), ("email", asked.email)];
    let title = texts.get("title", &names);
    let mut body = format!("<h1>{title}</h1>");
    for text in [asked.company, asked.description].into_iter().filter(|text| !text.is_empty()) {
        body.push_str(&format!("<p class=soft>{}</p>", escape(text)));
    }
    body.push_str(&format!("<p>{}</p><ul>", texts.get("will", &names)));
    for scope in asked.scopes {
        body.push_str(&format!("<li>{}</li>", texts.scope(scope)));
    }
    body.push_str(&format!("</ul><p class=soft>{}</p>", texts.get("signed_in", &names)));
    let host = asked.target.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or(asked.target);
    body.push_str(&format!("<p class=soft>{}</p>", texts.get("back_to", &[("place", host)])));
    body.push_str("<form method=post action=\"/oauth/authorizations\">");
    for (name, value) in asked.fields {
        body.push_str(&format!("<input type=hidden name=\"{name}\" value=\"{}\">", escape(value)));
    }
    body.push_str(&format!(
        "<button class=main name=decision value=allow>{}</button><button name=decision value=deny>{}</button></form>",
        texts.get("allow", &[]),
        texts.get("deny", &[])
    ));
    page(StatusCode::OK, texts, &title, &body, &form_targets(asked.target))
}

/// A fault that can't be told to the program, since it is not known where its people may be sent.
pub(super) fn problem(texts: &Texts, description: &str) -> Response {
    let title = texts.get("problem", &[]);
    let lead = texts.get("problem_lead", &[]);
    let body = format!("<h1>{title}</h1><p>{lead}</p><p class=soft lang=en>{}</p>", escape(description));
    page(StatusCode::BAD_REQUEST, texts, &title, &body, "'none'")
}

/// Browsers hold a form to its policy through the redirect that answers it.
fn form_targets(target: &str) -> String {
    let origin = match target.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => {
            format!("{scheme}://{}", rest.split(['/', '?']).next().unwrap_or_default())
        }
        _ => format!("{}:", target.split(':').next().unwrap_or_default()),
    };
    format!("'self' {origin}")
}

fn page(status: StatusCode, texts: &Texts, title: &str, body: &str, form_targets: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang={}><head><meta charset=utf-8><meta name=viewport \
         content=\"width=device-width,initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>",
        texts.locale.code()
    );
    let hash = STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action {form_targets}; frame-ancestors 'none'; base-uri 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text() {
        let keys = |locale| {
            let mut keys: Vec<String> = Texts::of(locale).unwrap().all.into_keys().collect();
            keys.sort_unstable();
            keys
        };
        for locale in Locale::ALL {
            assert_eq!(keys(locale), keys(Locale::En), "{locale:?}");
        }
    }

    #[test]
    fn a_form_may_lead_to_its_program_only() {
        assert_eq!(form_targets("https://a.example:8443/cb?x=1"), "'self' https://a.example:8443");
        assert_eq!(form_targets("com.example.app:/cb"), "'self' com.example.app:");
    }
}
