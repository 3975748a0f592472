//! A desk that lives through some weeks at random, always the same ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use base::{Actor, Credential, FixedClock, GroupId, Result, Role, SessionId, TicketId, Timestamp, UserId, time};
use http_body_util::BodyExt;
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Tx};
use people::{GroupChange, NewUser};
use serde_json::Value;
use tickets::{Change, Content, How, NewComment, NewTicket, Status, Target, Via};
use tower::ServiceExt;

use crate::slow::{self, History};

/// Monday, 12 October 2026, 04:00 UTC: two weeks before the clocks go back.
const START: Timestamp = Timestamp(1_791_777_600_123);

const CAST: [(&str, Role); 5] = [
    ("anu", Role::Admin),
    ("mari", Role::Agent),
    ("peeter", Role::Agent),
    ("sale", Role::Agent),
    ("juhan", Role::EndUser),
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
            name: Some(name.into()),
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

impl Desk {
    pub fn new() -> Self {
        let clock = FixedClock::new(START);
        let db = db::testing::fresh(Arc::new(clock.clone())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let app = AppBuilder::new(db.db.clone(), folder.path().to_owned(), Secrets::seeded(7)).build().unwrap();
        let (support, sales) = app.write(seed).wait().unwrap();
        let router = insight::routes().into_router(app.clone()).with_state(app.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { app, clock, support, sales, router, runtime, _db: db, _folder: folder }
    }

    pub fn id(&self, name: &str) -> i64 {
        let email = format!("{name}@tugi.test");
        self.app.read(move |tx| Ok(people::find_by_email(tx, &email)?.unwrap().id.0)).wait().unwrap()
    }

    fn actor(&self, name: &str) -> Actor {
        let id = UserId(self.id(name));
        self.app.read(move |tx| people::actor_of(tx, id, Credential::Session(SessionId(1)))).wait().unwrap()
    }

    pub fn call(&self, who: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder().method(method).uri(format!("/api/v2{path}").replace(".json", ""));
        let mut request = request.header("host", "desk.test").body(Body::from(body.to_string())).unwrap();
        if !who.is_empty() {
            request.extensions_mut().insert(self.actor(who));
        }
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            (status, serde_json::from_slice(&bytes).unwrap_or_default())
        })
    }

    #[track_caller]
    pub fn get(&self, who: &str, path: &str) -> Value {
        let (status, json) = self.call(who, "GET", path, Value::Null);
        assert_eq!(status, 200, "{path}: {json}");
        json
    }

    pub fn put(&self, who: &str, path: &str, body: Value) -> (u16, Value) {
        self.call(who, "PUT", path, body)
    }

    /// The numbers of all tickets of a list, page by page.
    pub fn all_ids(&self, path: &str) -> BTreeSet<i64> {
        let (mut ids, mut path) = (BTreeSet::new(), path.to_owned());
        loop {
            let page = self.get("mari", &path);
            for ticket in page["tickets"].as_array().unwrap() {
                assert!(ids.insert(ticket["id"].as_i64().unwrap()));
            }
            if page["meta"]["has_more"] == false {
                return ids;
            }
            path = page["links"]["next"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
        }
    }

    /// Opens so many tickets, and does so many things to them, over about five weeks.
    pub fn live_through(&self, tickets: usize, things: usize) {
        let mut random = fastrand::Rng::with_seed(11);
        let agents: Vec<Actor> = ["mari", "peeter", "sale"].iter().map(|name| self.actor(name)).collect();
        let juhan = self.actor("juhan");
        let mut ids: Vec<TicketId> = Vec::new();
        for step in 0..tickets + things {
            self.clock.advance(random.i64(0..2 * 35 * time::DAY / (tickets + things) as i64));
            if ids.len() * (tickets + things) <= step * tickets {
                ids.push(self.open(&juhan, &mut random));
                continue;
            }
            let id = ids[random.usize(0..ids.len())];
            let agent = if random.u8(0..6) == 0 { juhan.clone() } else { agents[random.usize(0..2)].clone() };
            let changes = self.something(&agent, &agents, &mut random);
            let how = How::via(Via::Web);
            // What may not be done (a closed or deleted ticket) is left undone.
            let _ = self
                .app
                .write(move |tx| tickets::commit(tx, &agent, Target::Ticket(id), changes, &how).map(drop))
                .wait();
        }
    }

    fn open(&self, juhan: &Actor, random: &mut fastrand::Rng) -> TicketId {
        let via = if random.bool() { Via::Email } else { Via::Web };
        let actor = Actor { user: juhan.user, ..Actor::system() };
        let group = [Some(self.support), Some(self.sales), None][random.usize(0..3)];
        let requester = juhan.user;
        let committed = self.app.write(move |tx| {
            let changes = vec![Change::Group(group), comment(true)];
            tickets::commit(tx, &actor, Target::New(Box::new(NewTicket::of(requester))), changes, &How::via(via))
        });
        committed.wait().unwrap().ticket.id
    }

    fn something(&self, who: &Actor, agents: &[Actor], random: &mut fastrand::Rng) -> Vec<Change> {
        if !who.is_staff() {
            return vec![comment(true)];
        }
        match random.u8(0..12) {
            0 | 1 => vec![comment(false)],
            2..=4 => vec![comment(true)],
            5 | 6 => vec![comment(true), Change::Status(Status::Solved)],
            7 => vec![Change::Status(Status::Open)],
            8 => vec![Change::Status(Status::Pending)],
            9 => vec![Change::Assignee(Some(agents[random.usize(0..agents.len())].user))],
            10 if random.u8(0..3) == 0 => vec![Change::Status(Status::Closed)],
            11 if random.u8(0..4) == 0 => vec![Change::Delete { spam: false }],
            _ => vec![Change::Status(Status::Solved)],
        }
    }

    /// Everything that happened, from comments and audits alone.
    pub fn history(&self) -> History {
        self.app.read(slow::read).wait().unwrap()
    }
}

fn comment(public: bool) -> Change {
    let content = Content::from_text("text");
    Change::Comment(Box::new(NewComment { content, public: Some(public), ..NewComment::default() }))
}
