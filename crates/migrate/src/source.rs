//! The other help desk: requests to its API, page after page, with patience for limits and broken connections.

use std::io::Read;
use std::time::Duration;

use base::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Uri;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a request is tried.
const ATTEMPTS: u32 = 8;
/// The longest pause that the other side may ask for, in seconds.
const LONGEST_PAUSE: u64 = 600;
/// The largest page that is read, in bytes.
const LARGEST_PAGE: u64 = 256 * 1024 * 1024;

/// A help desk that speaks Zendesk's API.
pub struct Source {
    origin: String,
    authorization: String,
    agent: Agent,
    wait: fn(Duration),
}

impl Source {
    /// The help desk at an address such as `https://example.zendesk.com`, as whoever has this API token. Plain `http` is
    /// for this machine only, since the token would be read on the way.
    ///
    /// # Errors
    /// `BadRequest` for an address that is none.
    pub fn new(address: &str, email: &str, token: &str) -> Result<Self> {
        let origin = origin_of(address).ok_or_else(|| {
            let text = format!("{address}: is not https://HOST (http:// is for this machine only)");
            Error::BadRequest("InvalidAddress", text)
        })?;
        let config = Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        let authorization = format!("Basic {}", STANDARD.encode(format!("{email}/token:{token}")));
        Ok(Self { origin, authorization, agent: Agent::new_with_config(config), wait: std::thread::sleep })
    }

    /// The name under which records of this help desk are kept.
    pub fn name(&self) -> &str {
        &self.origin
    }

    /// One JSON answer of a path such as `/api/v2/users/me.json`.
    ///
    /// # Errors
    /// `NotFound` and `Forbidden` as the other side says, `Unauthenticated` for a wrong token, `Unavailable` when it
    /// couldn't be reached however often it was tried.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.ask(path, ATTEMPTS)
    }

    /// The same, tried but once: whoever mistyped the address should hear of it soon.
    ///
    /// # Errors
    /// As [`Source::get`].
    pub fn get_at_once(&self, path: &str) -> Result<Value> {
        self.ask(path, 1)
    }

    fn ask(&self, path: &str, attempts: u32) -> Result<Value> {
        let url = if path.starts_with('/') { format!("{}{path}", self.origin) } else { path.to_owned() };
        if origin_of(&url).as_ref() != Some(&self.origin) {
            return Err(Error::Unavailable(format!("{url} is not an address of {}", self.origin)));
        }
        self.patiently(&url, attempts, |agent| {
            let request =
                agent.get(&url).header("authorization", &self.authorization).header("accept", "application/json");
            let mut answer = request.call().map_err(|cause| cause.to_string())?;
            let status = answer.status().as_u16();
            let pause = seconds_to_wait(&answer);
            if status != 200 {
                return Ok(Heard::Status(status, pause));
            }
            let text = answer.body_mut().with_config().limit(LARGEST_PAGE).read_to_string();
            let text = text.map_err(|cause| cause.to_string())?;
            serde_json::from_str(&text).map(Heard::Answer).map_err(|cause| cause.to_string())
        })
    }

    /// The bytes at an address, given to `take`. The token goes along to this help desk only.
    ///
    /// # Errors
    /// As [`Source::get`], and `BadRequest` for addresses that are not asked.
    pub fn download<T>(&self, url: &str, take: impl Fn(&mut dyn Read) -> std::io::Result<T>) -> Result<T> {
        let origin =
            origin_of(url).ok_or_else(|| Error::BadRequest("InvalidAddress", format!("{url}: is not fetched")))?;
        self.patiently(url, ATTEMPTS, |agent| {
            let mut request = agent.get(url);
            if origin == self.origin {
                request = request.header("authorization", &self.authorization);
            }
            let mut answer = request.call().map_err(|cause| cause.to_string())?;
            let (status, pause) = (answer.status().as_u16(), seconds_to_wait(&answer));
            if status != 200 {
                return Ok(Heard::Status(status, pause));
            }
            take(&mut answer.body_mut().as_reader()).map(Heard::Answer).map_err(|cause| cause.to_string())
        })
    }

    /// Tries until there is an answer that means something.
    fn patiently<T>(
        &self,
        url: &str,
        attempts: u32,
        ask: impl Fn(&Agent) -> std::result::Result<Heard<T>, String>,
    ) -> Result<T> {
        let mut last = String::new();
        for attempt in 0..attempts {
            let pause = match ask(&self.agent) {
                Ok(Heard::Answer(answer)) => return Ok(answer),
                Ok(Heard::Status(401, _)) => {
                    return Err(Error::Unauthenticated("the other help desk refuses the token"));
                }
                Ok(Heard::Status(403, _)) => return Err(Error::Forbidden("at the other help desk")),
                Ok(Heard::Status(404, _)) => return Err(Error::NotFound),
                Ok(Heard::Status(status @ (429 | 500..=599), pause)) => {
                    last = format!("status {status}");
                    pause
                }
                Ok(Heard::Status(status, _)) => {
                    return Err(Error::Unavailable(format!("{url} answered with status {status}")));
                }
                Err(cause) => {
                    last = cause;
                    None
                }
            };
            if attempt + 1 < attempts {
                (self.wait)(Duration::from_secs(pause.unwrap_or(1 << attempt).min(LONGEST_PAUSE)));
            }
        }
        Err(Error::Unavailable(format!("{url}: {last}")))
    }

    /// Every page of a list, whichever way it is paged: `each` is given the whole answer.
    ///
    /// # Errors
    /// As [`Source::get`], and those of `each`.
    pub fn pages(&self, path: &str, mut each: impl FnMut(Value) -> Result<()>) -> Result<()> {
        let mut next = Some(path.to_owned());
        while let Some(url) = next {
            let page = self.get(&url)?;
            next = next_page(&page).filter(|next| *next != url);
            each(page)?;
        }
        Ok(())
    }
}

/// What came of one attempt.
enum Heard<T> {
    Answer(T),
    /// Another status than 200, and the seconds that the other side asks to wait.
    Status(u16, Option<u64>),
}

fn seconds_to_wait<B>(answer: &ureq::http::Response<B>) -> Option<u64> {
    answer.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()
}

fn next_page(page: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(ended) = page["end_of_stream"].as_bool() {
        return (!ended).then(|| text(&page["after_url"]).or_else(|| text(&page["next_page"]))).flatten();
    }
    match page["meta"]["has_more"].as_bool() {
        Some(more) => more.then(|| text(&page["links"]["next"])).flatten(),
        None => text(&page["next_page"]),
    }
}

/// Scheme, host and port of an address that may be asked.
fn origin_of(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let (scheme, host) = (uri.scheme_str()?, uri.host()?);
    let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    (scheme == "https" || (scheme == "http" && here))
        .then(|| format!("{scheme}://{}", uri.authority()?.as_str()).into())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert_eq!(origin_of("https://a.zendesk.com/api").as_deref(), Some("https://a.zendesk.com"));
        assert_eq!(origin_of("http://127.0.0.1:8080/x").as_deref(), Some("http://127.0.0.1:8080"));
        for refused in ["http://a.zendesk.com", "ftp://a.test", "a.zendesk.com", "", "http://127.0.0.1.evil.test"] {
            assert_eq!(origin_of(refused), None, "{refused}");
        }
    }

    #[test]
    fn each_kind_of_paging_has_its_next_page_and_its_end() {
        let more = json!({"meta": {"has_more": true}, "links": {"next": "b"}});
        assert_eq!(next_page(&more).as_deref(), Some("b"));
        assert_eq!(next_page(&json!({"meta": {"has_more": false}, "links": {"next": "b"}})), None);
        assert_eq!(next_page(&json!({"end_of_stream": false, "after_url": "c"})).as_deref(), Some("c"));
        assert_eq!(next_page(&json!({"end_of_stream": true, "after_url": "c"})), None);
        assert_eq!(next_page(&json!({"next_page": "d"})).as_deref(), Some("d"));
        assert_eq!(next_page(&json!({"next_page": null})), None);
    }
}
