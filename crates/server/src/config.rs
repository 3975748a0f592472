//! The configuration: flags before `TUGI_` variables before the TOML file before defaults. A wrong key or value is an
//! error that names it, says where it stands and what is allowed.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use base::Error;
use serde::{Deserialize, Deserializer};
use workflow::webhooks::AllowedTargets;

/// The name of the file that is read from the data folder when no other is named.
const FILE: &str = "tugi.toml";

/// Variables that begin with `TUGI_` and configure something else: tests, and tools around the program.
const NOT_OURS: [&str; 6] = ["CONFIG", "TEST_", "BIN", "CHROMIUM", "ABORT_AT", "BENCH_"];

/// What the program runs by.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of database, contents and key.
    pub data: PathBuf,
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// Where mail is received by SMTP; nowhere when absent.
    pub smtp: Option<SocketAddr>,
    /// The address under which browsers reach the desk, without a slash at its end.
    pub base_url: String,
    /// The database: a path of a SQLite file or a `postgres://` URL.
    pub database: String,
    /// The relay that takes outgoing mail: `smtp://USER:PASSWORD@HOST:PORT` or `smtps://...`.
    pub relay: Option<String>,
    /// Certificate chain and key (PEM) for STARTTLS.
    pub smtp_tls: Option<(PathBuf, PathBuf)>,
    /// The largest mail that is taken, in bytes.
    pub max_message_size: u64,
    /// How the log is written.
    pub log_format: LogFormat,
    /// From which level on the log is written.
    pub log_level: LogLevel,
    /// Proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What webhooks may reach within the desk's own network.
    pub webhook_targets: AllowedTargets,
    /// Threads that run jobs.
    pub workers: usize,
    /// What a scraper of `/metrics` from another machine must show as its bearer token.
    pub metrics_token: Option<String>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
}

/// From which level on the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Faults only.
    Error,
    /// And what may become one.
    Warn,
    /// And what the desk does.
    #[default]
    Info,
    /// And each request.
    Debug,
    /// Everything.
    Trace,
}

/// The keys of the file, of the variables (`TUGI_BASE_URL`) and of the flags (`--base-url`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// See [`Config::data`].
    pub data: Option<PathBuf>,
    /// See [`Config::http`].
    #[serde(default, deserialize_with = "address")]
    pub http: Option<SocketAddr>,
    /// See [`Config::smtp`].
    #[serde(default, deserialize_with = "address")]
    pub smtp: Option<SocketAddr>,
    /// See [`Config::base_url`].
    #[serde(default, deserialize_with = "web_url")]
    pub base_url: Option<String>,
    /// See [`Config::database`].
    pub database: Option<String>,
    /// See [`Config::relay`].
    #[serde(default, deserialize_with = "relay_url")]
    pub relay: Option<String>,
    /// The certificate chain of [`Config::smtp_tls`].
    pub smtp_tls_cert: Option<PathBuf>,
    /// The key of [`Config::smtp_tls`].
    pub smtp_tls_key: Option<PathBuf>,
    /// See [`Config::max_message_size`].
    #[serde(default, deserialize_with = "message_size")]
    pub max_message_size: Option<u64>,
    /// See [`Config::log_format`].
    pub log_format: Option<LogFormat>,
    /// See [`Config::log_level`].
    pub log_level: Option<LogLevel>,
    /// See [`Config::trusted_proxies`].
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// See [`Config::webhook_targets`]: addresses, networks (`10.1.0.0/16`) and host names.
    #[serde(default, deserialize_with = "webhook_targets")]
    pub webhook_targets: Option<Vec<String>>,
    /// See [`Config::workers`].
    #[serde(default, deserialize_with = "workers")]
    pub workers: Option<usize>,
    /// See [`Config::metrics_token`].
    pub metrics_token: Option<String>,
}

impl Keys {
    /// These keys, and the other's where these are absent.
    fn or(self, other: Self) -> Self {
        Self {
            data: self.data.or(other.data),
            http: self.http.or(other.http),
            smtp: self.smtp.or(other.smtp),
            base_url: self.base_url.or(other.base_url),
            database: self.database.or(other.database),
            relay: self.relay.or(other.relay),
            smtp_tls_cert: self.smtp_tls_cert.or(other.smtp_tls_cert),
            smtp_tls_key: self.smtp_tls_key.or(other.smtp_tls_key),
            max_message_size: self.max_message_size.or(other.max_message_size),
            log_format: self.log_format.or(other.log_format),
            log_level: self.log_level.or(other.log_level),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            webhook_targets: self.webhook_targets.or(other.webhook_targets),
            workers: self.workers.or(other.workers),
            metrics_token: self.metrics_token.or(other.metrics_token),
        }
    }
}

impl Config {
    /// Puts the configuration together from flags, variables and the file.
    ///
    /// # Errors
    /// A text for the person at the terminal that names key and place and says what is allowed.
    pub fn load(
        flags: Keys,
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, String> {
        let mut named = file.map(Path::to_owned);
        let mut from_variables = Keys::default();
        for (name, value) in variables {
            let Some(key) = name.strip_prefix("TUGI_") else { continue };
            if key == "CONFIG" && named.is_none() {
                named = Some(value.into());
            } else if !NOT_OURS.iter().any(|other| key.starts_with(other)) {
                from_variables = variable(&name, &key.to_ascii_lowercase(), &value)?.or(from_variables);
            }
        }
        let keys = flags.or(from_variables);
        let from_file = match named {
            Some(path) => read_file(&path)?,
            None => {
                let path = keys.data.as_deref().unwrap_or(Path::new("data")).join(FILE);
                if path.exists() { read_file(&path)? } else { Keys::default() }
            }
        };
        keys.or(from_file).complete()
    }
}

impl Keys {
    fn complete(self) -> Result<Config, String> {
        let data = self.data.unwrap_or_else(|| "data".into());
        let http = self.http.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let database = self.database.unwrap_or_else(|| data.join("tugi.sqlite").to_string_lossy().into_owned());
        let smtp_tls = match (self.smtp_tls_cert, self.smtp_tls_key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            (Some(_), None) => return Err("smtp_tls_cert is given, so smtp_tls_key is needed too".into()),
            (None, Some(_)) => return Err("smtp_tls_key is given, so smtp_tls_cert is needed too".into()),
        };
        Ok(Config {
            base_url: self.base_url.unwrap_or_else(|| format!("http://{http}")),
            data,
            http,
            smtp: self.smtp,
            database,
            relay: self.relay,
            smtp_tls,
            max_message_size: self.max_message_size.unwrap_or(50 * 1024 * 1024),
            log_format: self.log_format.unwrap_or_default(),
            log_level: self.log_level.unwrap_or_default(),
            trusted_proxies: self.trusted_proxies.unwrap_or_default(),
            webhook_targets: targets(&self.webhook_targets.unwrap_or_default())?,
            workers: self.workers.unwrap_or(4),
            metrics_token: self.metrics_token,
        })
    }
}

fn read_file(path: &Path) -> Result<Keys, String> {
    let text = std::fs::read_to_string(path).map_err(|cause| format!("{}: {cause}", path.display()))?;
    toml::from_str(&text).map_err(|cause| format!("{}: {cause}", path.display()))
}

/// One variable as if it stood in a file: as text where text is taken, else as a number or a list.
fn variable(name: &str, key: &str, value: &str) -> Result<Keys, String> {
    let quoted = toml::Value::String(value.to_owned());
    let list = value.split(',').map(|part| toml::Value::String(part.trim().to_owned())).collect();
    let number = value.parse().map(toml::Value::Integer).unwrap_or_else(|_| quoted.clone());
    let value = match key {
        "trusted_proxies" | "webhook_targets" => toml::Value::Array(list),
        "workers" | "max_message_size" => number,
        _ => quoted,
    };
    let table = toml::Table::from_iter([(key.to_owned(), value)]);
    table.try_into().map_err(|cause: toml::de::Error| format!("the variable {name}: {}", cause.message()))
}

/// Reads an address as IP and port.
pub fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is not an address; it takes IP:PORT, such as 127.0.0.1:8080"))
}

/// Reads the URL of the desk.
pub fn parse_web_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest.map(|rest| rest.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err(format!("`{text}` is not an address for browsers; it takes https://HOST or http://HOST:PORT")),
    }
}

/// Reads the URL of a relay.
pub fn parse_relay_url(text: &str) -> Result<String, String> {
    match channels::email::relay::Relay::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(Error::BadRequest(_, problem)) => Err(problem),
        Err(other) => Err(other.to_string()),
    }
}

fn read<'de, D: Deserializer<'de>, T>(from: D, parse: fn(&str) -> Result<T, String>) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).map(Some).map_err(serde::de::Error::custom)
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    read(from, parse_address)
}

fn web_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    read(from, parse_web_url)
}

fn relay_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    read(from, parse_relay_url)
}

fn message_size<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let bytes = u64::deserialize(from)?;
    let bounds = 64 * 1024..=1024 * 1024 * 1024;
    let problem = "max_message_size takes bytes, between 65536 (64 KiB) and 1073741824 (1 GiB)";
    if bounds.contains(&bytes) { Ok(Some(bytes)) } else { Err(serde::de::Error::custom(problem)) }
}

fn targets(list: &[String]) -> Result<AllowedTargets, String> {
    let read = AllowedTargets::parse(list.iter().map(String::as_str));
    read.map_err(|problem| format!("webhook_targets: {problem}"))
}

fn webhook_targets<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    let list = Vec::<String>::deserialize(from)?;
    targets(&list).map_err(serde::de::Error::custom)?;
    Ok(Some(list))
}

fn workers<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    let count = usize::deserialize(from)?;
    let problem = "workers takes a number of threads between 1 and 64";
    if (1..=64).contains(&count) { Ok(Some(count)) } else { Err(serde::de::Error::custom(problem)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.toml");
        std::fs::write(&path, file).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(Keys::default(), Some(&path), variables)
    }

    #[test]
    fn variables_go_before_the_file_and_flags_before_both() {
        let config = load("workers = 2\nhttp = '127.0.0.1:1'", &[("TUGI_WORKERS", "3")]).unwrap();
        assert_eq!((config.workers, config.http.port()), (3, 1));
        let flags = Keys { workers: Some(9), ..Keys::default() };
        let variables = [("TUGI_WORKERS".to_owned(), "3".to_owned())];
        assert_eq!(Config::load(flags, None, variables.into_iter()).unwrap().workers, 9);
    }

    #[test]
    fn a_wrong_key_is_named_with_file_line_and_what_is_allowed() {
        let problem = load("workers = 2\nhtpp = '127.0.0.1:1'", &[]).unwrap_err();
        for part in ["desk.toml", "line 2", "htpp", "`http`"] {
            assert!(problem.contains(part), "{problem}");
        }
    }

    #[test]
    fn a_wrong_value_is_named_with_file_line_and_what_is_allowed() {
        let problem = load("\nhttp = 'here'", &[]).unwrap_err();
        for part in ["desk.toml", "line 2", "here", "IP:PORT"] {
            assert!(problem.contains(part), "{problem}");
        }
        let problem = load("log_format = 'xml'", &[]).unwrap_err();
        assert!(problem.contains("`text`") && problem.contains("line 1"), "{problem}");
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let problem = load("", &[("TUGI_WORKERS", "many")]).unwrap_err();
        assert!(problem.contains("TUGI_WORKERS"), "{problem}");
        let problem = load("", &[("TUGI_WORKER", "1")]).unwrap_err();
        assert!(problem.contains("TUGI_WORKER") && problem.contains("`workers`"), "{problem}");
    }

    #[test]
    fn half_a_certificate_is_refused() {
        let problem = load("smtp_tls_cert = 'x.pem'", &[]).unwrap_err();
        assert!(problem.contains("smtp_tls_key"), "{problem}");
    }
}
