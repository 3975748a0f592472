//! A desk with a cast, spoken to as API clients do.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use base::{Actor, Credential, FixedClock, GroupId, Result, Role, SessionId, Timestamp, UserId};
use http_body_util::BodyExt;
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Tx};
use people::{GroupChange, NewUser};
use serde_json::{Value, json};
use tickets::Reactions;
use tower::ServiceExt;
use workflow::webhooks::{AllowedTargets, people_events, ticket_events};

/// Monday, 23 November 2026, 10:00 in Tallinn.
pub const NOW: Timestamp = Timestamp(1_795_420_800_000);

/// An admin, two agents and two customers.
const CAST: [(&str, Role); 5] = [
    ("anu", Role::Admin),
    ("mari", Role::Agent),
    ("peeter", Role::Agent),
    ("juhan", Role::EndUser),
    ("kati", Role::EndUser),
];

pub struct Desk {
    pub app: App,
    pub clock: FixedClock,
    pub support: GroupId,
    router: Router,
    runtime: tokio::runtime::Runtime,
    _db: db::testing::TestDb,
    _folder: tempfile::TempDir,
}

pub struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
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
            .job::<tickets::jobs::SolveIncidents>()
            .part(tickets::renderers())
            .part(AllowedTargets::parse(["127.0.0.1"]).unwrap())
            .part(people::Told(vec![people_events::hear]))
            .part(tickets::Notices(keep))
            .part(Reactions(vec![ticket_events::hear, workflow::engine::run_triggers]));
        let app = workflow::wire(app).build().unwrap();
        let support = app.write(seed).wait().unwrap();
        let routes = people::routes().merge(tickets::routes()).merge(workflow::routes());
        let router = routes.into_router(app.clone()).with_state(app.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { app, clock, support, router, runtime, _db: db, _folder: folder }
    }

    #[track_caller]
    pub fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        self.app.write(work).wait().unwrap()
    }

    /// The number of one of the cast.
    #[track_caller]
    pub fn id(&self, name: &str) -> i64 {
        let email = format!("{name}@tugi.test");
        self.write(move |tx| Ok(people::find_by_email(tx, &email)?.unwrap().id.0))
    }

    fn actor(&self, name: &str) -> Actor {
        let id = self.id(name);
        self.write(move |tx| people::actor_of(tx, UserId(id), Credential::Session(SessionId(1))))
    }

    pub fn run_jobs(&self) {
        kernel::jobs::run_due(&self.app).unwrap();
    }

    pub fn call(&self, who: &str, method: Method, path: &str, body: &Value) -> Answered {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder().method(method).uri(format!("/api/v2{path}")).header("host", "desk.test");
        let mut request = request.body(body).unwrap();
        if !who.is_empty() {
            request.extensions_mut().insert(self.actor(who));
        }
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            Answered { status, headers, json: serde_json::from_slice(&bytes).unwrap_or_default() }
        })
    }

    pub fn get(&self, who: &str, path: &str) -> Answered {
        self.call(who, Method::GET, path, &Value::Null)
    }

    pub fn post(&self, who: &str, path: &str, body: Value) -> Answered {
        self.call(who, Method::POST, path, &body)
    }

    pub fn put(&self, who: &str, path: &str, body: Value) -> Answered {
        self.call(who, Method::PUT, path, &body)
    }

    pub fn delete(&self, who: &str, path: &str) -> Answered {
        self.call(who, Method::DELETE, path, &Value::Null)
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
    #[track_caller]
    pub fn change(&self, who: &str, id: i64, ticket: Value) -> Value {
        self.put(who, &format!("/tickets/{id}"), json!({"ticket": ticket})).ok()["ticket"].clone()
    }

    /// The mails that rules wrote.
    pub fn notices(&self) -> Vec<Value> {
        let all = self.write(kernel::alarms::all);
        all.into_iter().filter(|alarm| alarm.kind == "notice").map(|alarm| alarm.fields).collect()
    }

    pub fn alarms(&self) -> Vec<String> {
        self.write(|tx| Ok(kernel::alarms::all(tx)?.into_iter().map(|alarm| alarm.kind).collect()))
    }
}

/// Stands for the channels: what would be sent is kept as an alarm, which tests read.
fn keep(tx: &mut Tx<'_>, notice: &tickets::Notice) -> Result<()> {
    let to: Vec<i64> = notice.to.iter().map(|user| user.0).collect();
    let subject = format!("{} {to:?}", tx.app().secrets().hex_id());
    let fields = json!({"to": to, "subject": notice.subject, "text": notice.content.text()});
    kernel::alarms::raise(tx, "notice", &subject, &fields)
}

fn seed(tx: &mut Tx<'_>) -> Result<GroupId> {
    let system = Actor::system();
    tickets::desk::furnish(tx, "Tugi")?;
    let change = GroupChange { name: Some("Support".into()), ..Default::default() };
    let support = people::create_group(tx, &system, change)?.id;
    for (name, role) in CAST {
        let new = NewUser {
            name: Some(format!("{} Tamm", name[..1].to_uppercase() + &name[1..])),
            email: Some(format!("{name}@tugi.test")),
            role: Some(role),
            default_group: role.is_staff().then_some(support),
            verified: Some(true),
            ..NewUser::default()
        };
        people::create_user(tx, &system, new)?;
    }
    Ok(support)
}
