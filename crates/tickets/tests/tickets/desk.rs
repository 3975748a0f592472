//! A desk with a cast, spoken to as the browser and API clients do.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use base::{Actor, Credential, FixedClock, GroupId, Result, Role, SessionId, TicketId, Timestamp, UserId};
use http_body_util::BodyExt;
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Tx};
use people::{Contact, GroupChange, NewUser};
use serde_json::{Value, json};
use tickets::{Content, Incoming, Received, Via};
use tower::ServiceExt;

/// Monday, 23 November 2026, 10:00 in Tallinn, and a quarter of a second.
pub const NOW: Timestamp = Timestamp(1_795_420_800_250);

/// The cast: an admin, two agents in the group Support, one in Sales who sees her group's tickets only, a light agent,
/// and two customers.
pub const CAST: [(&str, Role); 7] = [
    ("anu", Role::Admin),
    ("mari", Role::Agent),
    ("peeter", Role::Agent),
    ("sale", Role::Agent),
    ("liis", Role::LightAgent),
    ("juhan", Role::EndUser),
    ("kati", Role::EndUser),
];

pub struct Desk {
    pub app: App,
    pub clock: FixedClock,
    pub support: GroupId,
    pub sales: GroupId,
    router: Router,
    runtime: tokio::runtime::Runtime,
    _db: db::testing::TestDb,
    _folder: tempfile::TempDir,
}

pub struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
    pub bytes: Vec<u8>,
}

impl Answered {
    /// The answer's JSON, which must be that of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status < 300, "{} {}", self.status, self.json);
        self.json
    }

    /// The fields that the answer finds fault with, sorted.
    #[track_caller]
    pub fn faults(self) -> Vec<String> {
        assert_eq!(self.status, 422, "{}", self.json);
        let mut fields: Vec<String> = self.json["details"].as_object().unwrap().keys().cloned().collect();
        fields.sort_unstable();
        fields
    }
}

impl Desk {
    pub fn new() -> Self {
        let clock = FixedClock::new(NOW);
        let db = db::testing::fresh(Arc::new(clock.clone())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let app = AppBuilder::new(db.db.clone(), folder.path().to_owned(), Secrets::seeded(7))
            .base_url("https://desk.test")
            .job::<tickets::jobs::Bulk>()
            .job::<tickets::jobs::SolveIncidents>()
            .job::<tickets::jobs::CloseSolved>()
            .job::<tickets::jobs::ScrubTickets>()
            .job::<tickets::gone::Gone>()
            .part(people::Merged(vec![tickets::gone::person_merged]))
            .part(tickets::renderers())
            .build()
            .unwrap();
        let (support, sales) = app.write(seed).wait().unwrap();
        let router = tickets::routes().into_router(app.clone()).with_state(app.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { app, clock, support, sales, router, runtime, _db: db, _folder: folder }
    }

    #[track_caller]
    pub fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        self.app.write(work).wait().unwrap()
    }

    #[track_caller]
    pub fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        self.app.read(work).wait().unwrap()
    }

    /// The number of one of the cast, or of a person with this name before the desk's domain.
    #[track_caller]
    pub fn id(&self, name: &str) -> i64 {
        let email = format!("{name}@tugi.test");
        self.read(move |tx| Ok(people::find_by_email(tx, &email)?.unwrap().id.0))
    }

    pub fn actor(&self, name: &str) -> Actor {
        let id = self.id(name);
        self.read(move |tx| people::actor_of(tx, UserId(id), Credential::Session(SessionId(1))))
    }

    pub fn run_jobs(&self) {
        kernel::jobs::run_due(&self.app).unwrap();
    }

    fn request(&self, who: &str, method: Method, path: &str, kind: &str, body: Body) -> Answered {
        let uri = format!("/api/v2{path}").parse().unwrap();
        let uri = kernel::http::layers::without_suffix(&uri).unwrap_or(uri);
        let request = Request::builder().method(method).uri(uri);
        let request = request.header("host", "desk.test").header("content-type", kind);
        let mut request = request.body(body).unwrap();
        if !who.is_empty() {
            request.extensions_mut().insert(self.actor(who));
        }
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
            let json = serde_json::from_slice(&bytes).unwrap_or_default();
            Answered { status, headers, json, bytes }
        })
    }

    pub fn call(&self, who: &str, method: Method, path: &str, body: Value) -> Answered {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.request(who, method, path, "application/json", body)
    }

    pub fn get(&self, who: &str, path: &str) -> Answered {
        self.call(who, Method::GET, path, Value::Null)
    }

    pub fn post(&self, who: &str, path: &str, body: Value) -> Answered {
        self.call(who, Method::POST, path, body)
    }

    pub fn put(&self, who: &str, path: &str, body: Value) -> Answered {
        self.call(who, Method::PUT, path, body)
    }

    pub fn delete(&self, who: &str, path: &str) -> Answered {
        self.call(who, Method::DELETE, path, Value::Null)
    }

    pub fn upload(&self, who: &str, path: &str, kind: &str, bytes: &[u8]) -> Answered {
        self.request(who, Method::POST, path, kind, Body::from(bytes.to_vec()))
    }

    /// A ticket that a customer opened; gives its number.
    #[track_caller]
    pub fn open(&self, who: &str, subject: &str) -> i64 {
        let body = json!({"ticket": {"subject": subject, "comment": {"body": format!("{subject}, says {who}")}}});
        self.post(who, "/tickets", body).ok()["ticket"]["id"].as_i64().unwrap()
    }

    #[track_caller]
    pub fn ticket(&self, id: i64) -> Value {
        self.get("anu", &format!("/tickets/{id}")).ok()["ticket"].clone()
    }

    /// Changes a ticket.
    pub fn change(&self, who: &str, id: i64, ticket: Value) -> Answered {
        self.put(who, &format!("/tickets/{id}"), json!({"ticket": ticket}))
    }

    /// The texts of a ticket's comments that somebody sees, oldest first.
    #[track_caller]
    pub fn texts(&self, who: &str, id: i64) -> Vec<String> {
        let all = self.get(who, &format!("/tickets/{id}/comments")).ok();
        all["comments"].as_array().unwrap().iter().map(|c| c["body"].as_str().unwrap().to_owned()).collect()
    }

    /// The numbers in a list of an answer.
    pub fn ids(answer: &Value, list: &str) -> Vec<i64> {
        answer[list].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
    }

    /// A mail from an address of the desk's domain, in answer to a ticket or to nothing.
    pub fn mail(&self, from: &str, text: &str, answers: Option<i64>) -> Received {
        let incoming = incoming(from, text, answers);
        self.write(move |tx| tickets::receive(tx, incoming))
    }
}

/// A mail as its channel reads it.
pub fn incoming(from: &str, text: &str, answers: Option<i64>) -> Incoming {
    Incoming {
        via: Via::Email,
        sender: Contact { email: Some(format!("{from}@tugi.test")), ..Contact::default() },
        requester: None,
        answers: answers.map(TicketId),
        trusted: true,
        subject: "Printer".into(),
        content: Content::from_text(text),
        full: None,
        attachments: Vec::new(),
        ccs: Vec::new(),
        recipient: None,
        brand: None,
        group: None,
        inbound: None,
        message_id: None,
        via_source: Value::Null,
        automatic: false,
        imported_at: None,
    }
}

fn seed(tx: &mut Tx<'_>) -> Result<(GroupId, GroupId)> {
    let system = Actor::system();
    tickets::desk::furnish(tx, "Tugi")?;
    let group = |tx: &mut Tx<'_>, name: &str| {
        people::create_group(tx, &system, GroupChange { name: Some(name.into()), ..Default::default() })
    };
    let (support, sales) = (group(tx, "Support")?.id, group(tx, "Sales")?.id);
    for (name, role) in CAST {
        let access = if name == "sale" { base::TicketAccess::Groups } else { base::TicketAccess::All };
        let new = NewUser {
            name: Some(format!("{} Tamm", name[..1].to_uppercase() + &name[1..])),
            email: Some(format!("{name}@tugi.test")),
            role: Some(role),
            ticket_access: role.is_staff().then_some(access),
            default_group: role.is_staff().then_some(if name == "sale" { sales } else { support }),
            verified: Some(true),
            ..NewUser::default()
        };
        people::create_user(tx, &system, new)?;
    }
    Ok((support, sales))
}
