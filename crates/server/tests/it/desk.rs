//! A desk with a fixed clock and a seeded cast, reached as the world reaches it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use base::{Actor, BrandId, FixedClock, GroupId, Role, Timestamp, UserId};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::EmailOptions;
use channels::email::addresses::{self, NewAddress};
use channels::email::smtp::{SmtpOptions, serve_smtp};
use db::{Db, Options, params};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Tx, jobs};
use people::{GroupChange, NewUser, PasswordCost};
use serde_json::{Value, json};
use tower::ServiceExt;

/// When every test begins: a Monday morning.
pub const BEGIN: &str = "2026-11-23T08:00:00Z";

/// Who is there: name, role. Their addresses are NAME@desk.test for staff and NAME@example.com for end users.
pub const CAST: [(&str, Role); 8] = [
    ("owner", Role::Owner),
    ("admin", Role::Admin),
    ("mari", Role::Agent),
    ("peeter", Role::Agent),
    ("light", Role::LightAgent),
    ("juhan", Role::EndUser),
    ("liis", Role::EndUser),
    ("stranger", Role::EndUser),
];

/// The password of everybody.
pub const PASSWORD: &str = "correct horse";

/// A whole desk. When it goes, it fails the test if jobs failed or were left.
pub struct Desk {
    pub app: App,
    pub clock: FixedClock,
    pub url: String,
    router: Router,
    runtime: tokio::runtime::Runtime,
    ids: HashMap<&'static str, UserId>,
    smtp: std::net::SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    mails: std::cell::Cell<u32>,
    _folder: tempfile::TempDir,
}

/// A mail that waits in the outbox or went out.
pub struct Sent {
    pub to: Vec<String>,
    pub subject: String,
    pub state: String,
    pub message_id: String,
    pub raw: String,
}

impl Sent {
    /// A header of the mail, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        let wanted = format!("{}:", name.to_lowercase());
        let line = head.split("\r\n").find(|line| line.to_lowercase().starts_with(&wanted))?.to_owned();
        Some(line[wanted.len()..].trim().to_owned())
    }

    /// The address inside a header: what stands between `<` and `>`.
    pub fn address(&self, name: &str) -> Option<String> {
        let value = self.header(name)?;
        let inner = value.rsplit_once('<').map_or(value.as_str(), |(_, rest)| rest.trim_end_matches('>'));
        Some(inner.to_owned())
    }
}

impl Desk {
    pub fn new() -> Self {
        let clock = FixedClock::new(Timestamp::parse(BEGIN).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let url = db::testing::fresh_url(folder.path()).unwrap();
        let options = Options { readers: 2, writers: 2, ..Options::new(url.clone()) };
        let db = Db::open(&options.with_clock(Arc::new(clock.clone()))).unwrap();
        let app = AppBuilder::new(db, folder.path().to_owned(), Secrets::seeded(1)).base_url("https://desk.test");
        let app = server::wiring::assemble(app, EmailOptions::default()).part(PasswordCost::cheapest());
        let app = app.build().unwrap();
        let ids = people_of(&app);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let router = server::http::router(&app);
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let smtp = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let until = async move { drop(stopped.await) };
        runtime.spawn(serve_smtp(app.clone(), listener, SmtpOptions::new("desk.test"), until));
        let (stop, mails) = (Some(stop), std::cell::Cell::new(0));
        let desk = Self { app, clock, url, router, runtime, ids, smtp, stop, mails, _folder: folder };
        desk.settle();
        desk
    }

    /// The API as this person, by an API token.
    pub fn as_(&self, name: &str) -> Caller<'_> {
        let login = format!("{}/token:{}", address_of(name), token_of(name));
        Caller { desk: self, authorization: Some(format!("Basic {}", STANDARD.encode(login))), headers: Vec::new() }
    }

    /// The API with this Authorization header.
    pub fn showing(&self, authorization: &str) -> Caller<'_> {
        Caller { desk: self, authorization: Some(authorization.to_owned()), headers: Vec::new() }
    }

    /// The API without signing in.
    pub fn anonymous(&self) -> Caller<'_> {
        Caller { desk: self, authorization: None, headers: Vec::new() }
    }

    pub fn id(&self, name: &str) -> UserId {
        self.ids[name]
    }

    pub fn actor(&self, name: &str) -> Actor {
        let id = self.id(name);
        self.read(move |tx| people::actor_of(tx, id, base::Credential::System))
    }

    pub fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> base::Result<T> + Send + 'static) -> T {
        self.app.read(work).wait().unwrap()
    }

    pub fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> base::Result<T> + Send + 'static) -> T {
        self.app.write(work).wait().unwrap()
    }

    /// Runs what is due.
    pub fn settle(&self) {
        jobs::run_due(&self.app).unwrap();
    }

    /// Lets time pass, and runs what became due.
    pub fn pass(&self, ms: i64) {
        self.clock.advance(ms);
        self.settle();
    }

    /// Somebody writes to support@desk.test; gives the ticket that came of it.
    pub fn mail(&self, from: &str, subject: &str) -> i64 {
        self.mail_with(from, "support@desk.test", subject, &format!("{subject}. Please help."), "")
    }

    /// The same with all there is to choose. `headers` are whole lines.
    pub fn mail_with(&self, from: &str, to: &str, subject: &str, text: &str, headers: &str) -> i64 {
        let number = self.mails.replace(self.mails.get() + 1);
        let message_id = format!("mail-{number}@{from}.example.com");
        let address = address_of(from);
        let raw = format!(
            "From: {from} <{address}>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{message_id}>\r\n\
             Date: Mon, 23 Nov 2026 10:00:00 +0200\r\n{headers}MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        );
        self.deliver(&address, to, &raw);
        self.settle();
        self.read(move |tx| {
            tx.value(
                "SELECT ticket_id FROM inbound_messages WHERE external_id LIKE $1 ORDER BY id DESC",
                params![format!("%{message_id}%")],
            )
        })
    }

    /// Somebody answers the newest mail of the ticket that they were sent.
    pub fn reply_by_mail(&self, from: &str, ticket: i64, text: &str) -> i64 {
        let address = address_of(from);
        let outbox = self.outbox_of(ticket);
        let mail = outbox.iter().rfind(|mail| mail.to.contains(&address)).expect("a mail to answer");
        let to = mail.address("Reply-To").or(mail.address("From")).expect("an address to answer to");
        let thread = format!("In-Reply-To: <{0}>\r\nReferences: <{0}>\r\n", mail.message_id.trim_matches(['<', '>']));
        self.mail_with(from, &to, &format!("Re: {}", mail.subject), text, &thread)
    }

    /// Gives a raw mail to the SMTP port, as a mail server would; it must be taken.
    pub fn deliver(&self, from: &str, to: &str, raw: &str) {
        let stream = TcpStream::connect(self.smtp).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        let mut say = |text: &str, expected: &str| {
            if !text.is_empty() {
                stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
            }
            let mut line = String::new();
            while line.is_empty() || line.as_bytes().get(3) == Some(&b'-') {
                line.clear();
                lines.read_line(&mut line).unwrap();
            }
            assert!(line.starts_with(expected), "{text} was answered {line}");
        };
        say("", "220");
        say("EHLO tests.example.com", "250");
        say(&format!("MAIL FROM:<{from}>"), "250");
        say(&format!("RCPT TO:<{to}>"), "250");
        say("DATA", "354");
        say(&format!("{}\r\n.", raw.trim_end().replace("\r\n.", "\r\n..")), "250");
        say("QUIT", "221");
    }

    /// The mails of a ticket, oldest first.
    pub fn outbox_of(&self, ticket: i64) -> Vec<Sent> {
        self.read(move |tx| {
            let sql = "SELECT recipients, subject, state, message_id, blob_key FROM outbound_messages
                WHERE ticket_id = $1 ORDER BY id";
            let rows = tx.query(sql, params![ticket])?;
            rows.iter()
                .map(|row| {
                    let key: Option<String> = row.get("blob_key")?;
                    let raw = key.map(|key| kernel::blobs::read(tx, &key)).transpose()?.unwrap_or_default();
                    Ok(Sent {
                        to: serde_json::from_str(&row.get::<String>("recipients")?).unwrap(),
                        subject: row.get("subject")?,
                        state: row.get("state")?,
                        message_id: row.get("message_id")?,
                        raw: String::from_utf8_lossy(&raw).into_owned(),
                    })
                })
                .collect()
        })
    }

    /// The story of a ticket, a line a comment, and the status at its end.
    pub fn timeline(&self, ticket: i64) -> String {
        let admin = self.as_("admin");
        let comments = admin.get(&format!("/api/v2/tickets/{ticket}/comments.json")).ok();
        let mut story = String::new();
        for comment in comments["comments"].as_array().unwrap() {
            let author = self.ids.iter().find(|(_, id)| comment["author_id"] == id.0).map_or("?", |found| found.0);
            let kind = if comment["public"] == true { "" } else { " (note)" };
            let text = comment["plain_body"].as_str().unwrap().trim();
            story.push_str(&format!("{author}{kind}: {text}\n"));
        }
        let ticket = admin.get(&format!("/api/v2/tickets/{ticket}.json")).ok();
        story + ticket["ticket"]["status"].as_str().unwrap()
    }

    /// What the live stream sends this person after `cursor`, up to now.
    pub fn live(&self, name: &str, cursor: i64) -> Vec<Value> {
        // A last event that every agent sees tells where the stream has come to.
        self.write(|tx| kernel::events::push(tx, kernel::events::Event::new("views")));
        let last = self.cursor();
        let request = self.as_(name).request("GET", &format!("/api/v2/live?cursor={cursor}"), Body::empty());
        self.runtime.block_on(async {
            let mut body = self.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
            let mut text = String::new();
            while let Some(chunk) = body.next().await {
                text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
                if text.contains(&format!("id: {last}\n")) && text.ends_with("\n\n") {
                    break;
                }
            }
            let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
            data.map(|json| serde_json::from_str(json.trim()).unwrap()).collect()
        })
    }

    /// The number of the newest event.
    pub fn cursor(&self) -> i64 {
        self.read(|tx| tx.value("SELECT COALESCE(MAX(seq), 0) FROM events", &[]))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if std::thread::panicking() {
            return;
        }
        let left: Vec<String> = self.read(|tx| {
            let now = tx.now();
            let rows = tx.query(
                "SELECT kind, state, last_error FROM jobs WHERE state <> 'ready' OR run_at <= $1 OR attempts > 0",
                params![now],
            )?;
            let line = |row: &db::Row| {
                let (kind, state): (String, String) = (row.at(0)?, row.at(1)?);
                Ok(format!("{kind} is {state}: {}", row.at::<Option<String>>(2)?.unwrap_or_default()))
            };
            rows.iter().map(line).collect()
        });
        assert!(left.is_empty(), "the test leaves jobs: {left:?}");
    }
}

/// Somebody who calls the API.
pub struct Caller<'a> {
    desk: &'a Desk,
    authorization: Option<String>,
    headers: Vec<(String, String)>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Answer {
    /// The JSON of an answer that must be a success.
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text);
        self.json
    }
}

impl Caller<'_> {
    /// The same with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Body::empty())
    }

    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Body::from(body.to_string()))
    }

    pub fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Body::from(body.to_string()))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, Body::empty())
    }

    /// Answers a ticket in public, with a status.
    pub fn reply(&self, ticket: i64, text: &str, status: &str) -> Value {
        let body = json!({"ticket": {"status": status, "comment": {"body": text, "public": true}}});
        self.put(&format!("/api/v2/tickets/{ticket}.json"), body).ok()
    }

    pub fn request(&self, method: &str, path: &str, body: Body) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "desk.test");
        request = request.header(header::CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(body).unwrap()
    }

    pub fn call(&self, method: &str, path: &str, body: Body) -> Answer {
        let request = self.request(method, path, body);
        self.desk.runtime.block_on(async {
            let response = self.desk.router.clone().oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let kind = head.headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec()).unwrap_or_default();
            let endless = kind.starts_with(b"text/event-stream");
            let bytes = if endless { Default::default() } else { body.collect().await.unwrap().to_bytes() };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let json = serde_json::from_str(&text).unwrap_or(Value::Null);
            Answer { status: head.status.as_u16(), headers: head.headers, json, text }
        })
    }
}

fn token_of(name: &str) -> String {
    format!("token-of-{name}")
}

/// The address of somebody of the cast.
pub fn address_of(name: &str) -> String {
    let staff = CAST.iter().any(|(one, role)| *one == name && role.is_staff());
    format!("{name}@{}", if staff { "desk.test" } else { "example.com" })
}

/// Makes the cast, two groups and an address.
fn people_of(app: &App) -> HashMap<&'static str, UserId> {
    let hash = people::hash_password(app, PASSWORD).unwrap();
    app.write(move |tx| {
        server::wiring::furnish(tx)?;
        // Time stands still in tests, so a minute's limit would never end.
        kernel::settings::set(tx, &kernel::http::ApiSettings::generous())?;
        let system = Actor::system();
        let named = |name: &str| GroupChange { name: Some(name.to_owned()), ..GroupChange::default() };
        let group: GroupId = people::create_group(tx, &system, named("Support"))?.id;
        people::create_group(tx, &system, named("Billing"))?;
        let mut ids = HashMap::new();
        for (name, role) in CAST {
            let new = NewUser {
                name: Some(name.to_owned()),
                email: Some(address_of(name)),
                role: Some(role),
                verified: Some(true),
                password_hash: Some(hash.clone()),
                ..NewUser::default()
            };
            let user = people::create_user(tx, &system, new)?.id;
            people::keep_token(tx, &system, user, "tests", &token_of(name))?;
            ids.insert(name, user);
        }
        let brand: BrandId = tickets::desk::default_brand(tx)?.id;
        let new = NewAddress {
            email: "support@desk.test".into(),
            name: "Desk".into(),
            brand,
            group: Some(group),
            is_default: true,
        };
        addresses::add(tx, &system, &new)?;
        Ok(ids)
    })
    .wait()
    .unwrap()
}
