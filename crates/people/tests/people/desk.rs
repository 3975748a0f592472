//! A desk with a cast, spoken to as the browser and API clients do.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use axum::middleware::from_fn_with_state;
use base::{Actor, FixedClock, Result, Role, Timestamp, UserId};
use http_body_util::BodyExt;
use kernel::http::layers::{self, Authenticate};
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Tx};
use people::{GroupChange, Letter, Letters, Merged, NewUser, PasswordCost};
use serde_json::Value;
use tower::ServiceExt;

/// Sunday, 22 November 2026.
pub const NOW: Timestamp = Timestamp(1_795_330_800_000);

pub const PASSWORD: &str = "correct horse battery";

/// The cast, each with an API token of the same name: an owner, an admin, two agents, a light agent and a customer.
pub const CAST: [(&str, Role); 6] = [
    ("ott", Role::Owner),
    ("anu", Role::Admin),
    ("mari", Role::Agent),
    ("peeter", Role::Agent),
    ("liis", Role::LightAgent),
    ("juhan", Role::EndUser),
];

pub struct Desk {
    pub app: App,
    pub clock: FixedClock,
    router: Router,
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

    /// The session cookie that the answer sets.
    pub fn cookie(&self) -> String {
        let cookie = self.headers["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

/// Letters are laid down where tests find them.
fn keep_letter(tx: &mut Tx<'_>, letter: &Letter) -> Result<()> {
    let token = letter.link.rsplit('/').next().unwrap();
    let sql = "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, 0)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    let name = format!("letter:{}:{}", letter.kind.name(), letter.address);
    tx.execute(sql, db::params![name, token]).map(drop)
}

fn note_merge(tx: &mut Tx<'_>, from: UserId, into: UserId) -> Result<()> {
    let sql = "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, 0)";
    tx.execute(sql, db::params![format!("merged:{from}"), into.to_string()]).map(drop)
}

impl Desk {
    /// A desk with the cast, all of them in the group Support but the customer.
    pub fn new() -> Self {
        let desk = Self::empty();
        let hash = people::hash_password(&desk.app, PASSWORD).unwrap();
        desk.write(move |tx| {
            let system = Actor::system();
            people::create_group(tx, &system, GroupChange { name: Some("Support".into()), ..Default::default() })?;
            for (name, role) in CAST {
                let new = NewUser {
                    name: Some(name.to_uppercase()),
                    email: Some(format!("{name}@tugi.test")),
                    role: Some(role),
                    verified: Some(true),
                    password_hash: Some(hash.clone()),
                    ..NewUser::default()
                };
                let user = people::create_user(tx, &system, new)?;
                people::keep_token(tx, &system, user.id, "test", &format!("token-of-{name}"))?;
            }
            Ok(())
        });
        desk
    }

    /// A desk that nobody has set up.
    pub fn empty() -> Self {
        let clock = FixedClock::new(NOW);
        let for_db = Arc::new(clock.clone());
        // The PostgreSQL driver blocks, which asynchronous threads may not.
        let db = std::thread::spawn(move || db::testing::fresh(for_db).unwrap()).join().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let app = AppBuilder::new(db.db.clone(), folder.path().to_owned(), Secrets::seeded(7))
            .base_url("https://desk.test")
            .part(Authenticate(people::authenticate))
            .part(PasswordCost::cheapest())
            .part(Letters(keep_letter))
            .part(Merged(vec![note_merge]))
            .job::<people::bulk::Bulk>()
            .job::<people::organization_merge::MergeOrganizations>()
            .build()
            .unwrap();
        let router = people::routes()
            .into_router(app.clone())
            .layer(from_fn_with_state(app.clone(), layers::authenticate))
            .layer(from_fn_with_state(app.clone(), people::basic_password))
            .layer(from_fn_with_state(app.clone(), layers::request_id))
            .with_state(app.clone());
        Self { app, clock, router, _db: db, _folder: folder }
    }

    pub fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        std::thread::scope(|scope| scope.spawn(|| self.app.write(work).wait().unwrap()).join().unwrap())
    }

    pub fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        std::thread::scope(|scope| scope.spawn(|| self.app.read(work).wait().unwrap()).join().unwrap())
    }

    /// The number of one of the cast.
    pub fn id(&self, name: &str) -> i64 {
        let email = format!("{name}@tugi.test");
        self.read(move |tx| Ok(people::find_by_email(tx, &email)?.unwrap().id.0))
    }

    /// The token in the last letter of this kind to this address.
    pub fn letter(&self, kind: &str, address: &str) -> Option<String> {
        let name = format!("letter:{kind}:{address}");
        let sql = "SELECT value FROM settings WHERE name = $1";
        self.read(move |tx| tx.find(sql, db::params![name])?.map(|row| row.at(0)).transpose())
    }

    /// Runs the jobs that are due.
    pub fn run_jobs(&self) {
        let app = self.app.clone();
        std::thread::spawn(move || kernel::jobs::run_due(&app).unwrap()).join().unwrap();
    }

    /// A request with these headers.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answered {
        let mut request = Request::builder().method(method).uri(format!("/api/v2{path}")).header("host", "desk.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answered { status, headers, json }
    }

    /// A request with the API token of one of the cast; of nobody when the name is empty.
    pub async fn call(&self, who: &str, method: Method, path: &str, body: Value) -> Answered {
        let bearer = format!("Bearer token-of-{who}");
        let headers: &[(&str, &str)] = if who.is_empty() { &[] } else { &[("authorization", &bearer)] };
        self.send(method, path, headers, body).await
    }

    pub async fn get(&self, who: &str, path: &str) -> Answered {
        self.call(who, Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Answered {
        self.call(who, Method::POST, path, body).await
    }

    pub async fn put(&self, who: &str, path: &str, body: Value) -> Answered {
        self.call(who, Method::PUT, path, body).await
    }

    pub async fn delete(&self, who: &str, path: &str) -> Answered {
        self.call(who, Method::DELETE, path, Value::Null).await
    }

    /// Somebody made by the admin.
    pub async fn user(&self, user: Value) -> Value {
        self.post("anu", "/users", serde_json::json!({"user": user})).await.ok()["user"].clone()
    }
}
