//! Jobs, blobs, settings, alarms and the live stream, on whichever database `TUGI_TEST_DATABASE` names.

#![allow(clippy::unwrap_used, reason = "a test that can't go on may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Actor, Error, FixedClock, Result, Timestamp, UserId, time};
use kernel::events::{self, Event};
use kernel::jobs::{self, Claim, Job};
use kernel::live::{Audience, Live, Message, Renderers, Stored};
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Staged, Tx, alarms, blobs, throttle};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

struct Fixture {
    app: App,
    clock: FixedClock,
    _folder: tempfile::TempDir,
    _db: db::testing::TestDb,
}

/// How often the jobs of one test ran.
#[derive(Default)]
struct Runs(AtomicUsize);

#[derive(Serialize, Deserialize)]
struct Note {
    name: String,
    fails: usize,
}

impl Job for Note {
    const KIND: &'static str = "note";
    const ATTEMPTS: i64 = 3;

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        let runs = app.part::<Runs>().map_or(0, |runs| runs.0.fetch_add(1, Ordering::SeqCst));
        if runs < self.fails {
            return Err(Error::Unavailable("not yet".into()));
        }
        assert!(self.name != "panic", "on purpose");
        app.write(move |tx| alarms::raise(tx, "note", &self.name, &json!({}))).wait()
    }
}

fn everyone() -> Audience {
    Arc::new(|_| true)
}

fn only_seven(_: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let audience: Audience = Arc::new(|actor| actor.user == UserId(7));
    Ok(Some((json!({"payload": event.payload}), audience)))
}

fn fixture() -> Fixture {
    let clock = FixedClock::new(Timestamp(1_000_000));
    let db = db::testing::fresh(Arc::new(clock.clone())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let renderers = Renderers::default()
        .with("open", |_, event| Ok(Some((json!({"payload": event.payload}), everyone()))))
        .with("secret", only_seven);
    let app = AppBuilder::new(db.db.clone(), folder.path().into(), Secrets::seeded(1))
        .job::<Note>()
        .part(Runs::default())
        .part(renderers)
        .build()
        .unwrap();
    Fixture { app, clock, _folder: folder, _db: db }
}

fn names(app: &App) -> Vec<String> {
    app.read(alarms::all).wait().unwrap().into_iter().map(|alarm| alarm.subject).collect()
}

fn states(app: &App) -> Vec<(String, i64)> {
    app.read(jobs::counts).wait().unwrap()
}

#[test]
fn a_job_runs_once_its_transaction_is_committed_and_not_otherwise() {
    let f = fixture();
    let kept = f.app.write(|tx| jobs::enqueue(tx, &Note { name: "kept".into(), fails: 0 }));
    kept.wait().unwrap();
    let undone = f.app.write(|tx| {
        jobs::enqueue(tx, &Note { name: "undone".into(), fails: 0 })?;
        Err::<(), _>(Error::NotFound)
    });
    assert!(undone.wait().is_err());
    assert_eq!(jobs::run_due(&f.app).unwrap(), 1);
    assert_eq!((names(&f.app), states(&f.app)), (vec!["kept".to_owned()], vec![]));
}

#[test]
fn a_failing_job_waits_longer_each_time_and_is_then_kept_as_failed() {
    let f = fixture();
    f.app.write(|tx| jobs::enqueue(tx, &Note { name: "late".into(), fails: 99 })).wait().unwrap();
    assert_eq!(jobs::run_due(&f.app).unwrap(), 1);
    f.clock.advance(4 * time::SECOND);
    assert_eq!(jobs::run_due(&f.app).unwrap(), 0);
    f.clock.advance(time::SECOND);
    assert_eq!(jobs::run_due(&f.app).unwrap(), 1);
    f.clock.advance(10 * time::SECOND);
    assert_eq!(jobs::run_due(&f.app).unwrap(), 1);
    assert_eq!(states(&f.app), [("failed".to_owned(), 1)]);
}

#[test]
fn a_panicking_job_harms_no_other() {
    let f = fixture();
    for name in ["panic", "fine"] {
        f.app.write(move |tx| jobs::enqueue(tx, &Note { name: name.into(), fails: 0 })).wait().unwrap();
    }
    jobs::run_due(&f.app).unwrap();
    assert_eq!(names(&f.app), ["fine"]);
    assert_eq!(states(&f.app), [("ready".to_owned(), 1)]);
}

#[test]
fn a_job_with_a_key_is_queued_once() {
    let f = fixture();
    for _ in 0..3 {
        f.app
            .write(|tx| {
                let now = tx.now();
                jobs::enqueue_unique(tx, &Note { name: "one".into(), fails: 0 }, now, "key")
            })
            .wait()
            .unwrap();
    }
    assert_eq!(jobs::run_due(&f.app).unwrap(), 1);
}

#[test]
fn a_runner_runs_what_comes_and_finishes_what_is_in_hand() {
    let f = fixture();
    let runner = jobs::Runner::start(&f.app, 2).unwrap();
    for n in 0..20 {
        f.app.write(move |tx| jobs::enqueue(tx, &Note { name: format!("{n}"), fails: 0 })).wait().unwrap();
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !states(&f.app).is_empty() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    runner.stop();
    assert_eq!(names(&f.app).len(), 20);
}

#[test]
fn small_and_large_contents_are_read_back_and_unkept_ones_leave_nothing() {
    let f = fixture();
    for size in [0, 10, blobs::SMALL, blobs::SMALL + 1, 300_000] {
        let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        let staged = Staged::of(&f.app, &bytes).unwrap();
        assert_eq!(staged.small().is_some(), size <= blobs::SMALL);
        let key = f.app.write(move |tx| staged.keep(tx)).wait().unwrap();
        let read = f.app.read(move |tx| blobs::read(tx, &key)).wait().unwrap();
        assert_eq!(read, bytes);
    }
    let before = files(f._folder.path());
    drop(Staged::of(&f.app, &vec![1; 200_000]).unwrap());
    assert_eq!(files(f._folder.path()), before);
}

fn files(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.map(|e| if e.path().is_dir() { files(&e.path()) } else { 1 }).sum()
}

#[test]
fn an_alarm_is_raised_once_and_cleared() {
    let f = fixture();
    for _ in 0..2 {
        f.app.write(|tx| alarms::raise(tx, "relay_failed", "relay.test", &json!({"error": "refused"}))).wait().unwrap();
    }
    let all = f.app.read(alarms::all).wait().unwrap();
    assert_eq!((all.len(), all[0].fields["error"].as_str()), (1, Some("refused")));
    f.app.write(|tx| alarms::clear(tx, "relay_failed", "relay.test")).wait().unwrap();
    assert!(f.app.read(alarms::all).wait().unwrap().is_empty());
}

#[test]
fn too_many_attempts_are_refused_until_time_has_passed() {
    let f = fixture();
    let limit = throttle::Limit { attempts: 2, within: time::MINUTE };
    let attempt = || {
        f.app
            .write(move |tx| {
                throttle::check(tx, "sign-in:mari", limit)?;
                throttle::count(tx, "sign-in:mari", limit)
            })
            .wait()
    };
    assert!(attempt().is_ok() && attempt().is_ok());
    assert!(matches!(attempt(), Err(Error::TooMany { retry_after: 60 })));
    f.clock.advance(2 * time::MINUTE);
    assert!(attempt().is_ok());
}

fn push(app: &App, kind: &'static str, payload: i64) {
    app.write(move |tx| events::push(tx, Event::new(kind).payload(json!(payload)))).wait().unwrap();
}

async fn next(receiver: &mut tokio::sync::mpsc::Receiver<Message>) -> String {
    match tokio::time::timeout(std::time::Duration::from_secs(20), receiver.recv()).await {
        Ok(Some(Message::Event(_, json))) => serde_json::from_str::<Value>(&json).unwrap()["payload"].to_string(),
        Ok(Some(Message::Reset(seq))) => format!("reset {seq}"),
        Ok(None) => "ended".into(),
        Err(_) => "nothing came".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_gives_what_was_missed_and_what_comes_but_only_what_the_actor_may_see() {
    let f = fixture();
    let app = f.app.clone();
    tokio::task::spawn_blocking(move || (1..=3).for_each(|n| push(&app, if n == 2 { "secret" } else { "open" }, n)))
        .await
        .unwrap();
    tokio::spawn(Live::run(f.app.clone()));
    let mut stream = Live::subscribe(&f.app, Actor::system(), 1);
    assert_eq!(next(&mut stream).await, "3");
    let app = f.app.clone();
    tokio::task::spawn_blocking(move || push(&app, "open", 4)).await.unwrap();
    assert_eq!(next(&mut stream).await, "4");
    let seven = Actor { user: UserId(7), ..Actor::system() };
    let mut stream = Live::subscribe(&f.app, seven, 1);
    assert_eq!(next(&mut stream).await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_from_elsewhere_is_told_to_begin_anew() {
    let f = fixture();
    let app = f.app.clone();
    tokio::task::spawn_blocking(move || push(&app, "open", 1)).await.unwrap();
    let mut stream = Live::subscribe(&f.app, Actor::system(), 999);
    assert_eq!(next(&mut stream).await, "reset 1");
}

#[test]
fn an_attempt_that_fails_undoes_only_itself() {
    let fixture = fixture();
    let seen = fixture.app.write(|tx| {
        alarms::raise(tx, "before", "", &json!({}))?;
        let failed: Result<()> = tx.attempt(|tx| {
            alarms::raise(tx, "within", "", &json!({}))?;
            tx.attempt(|tx| alarms::raise(tx, "deeper", "", &json!({})))?;
            Err(Error::NotFound)
        });
        assert!(failed.is_err());
        let failed: Result<()> = tx.attempt(|tx| {
            alarms::raise(tx, "panicking", "", &json!({}))?;
            panic!("on purpose")
        });
        assert!(failed.is_err());
        tx.attempt(|tx| alarms::raise(tx, "after", "", &json!({})))?;
        Ok(alarms::all(tx)?.into_iter().map(|alarm| alarm.kind).collect::<Vec<_>>())
    });
    assert_eq!(seen.wait().unwrap(), ["before", "after"]);
}
