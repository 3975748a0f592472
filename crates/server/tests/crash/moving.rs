//! Moving in: the demo desk is taken over by an empty one over the API, with the program killed at several points.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use base::{Actor, SystemClock};
use kernel::App;
use kernel::http::ApiSettings;
use people::sign_in::Setup;
use server::config::{Config, Keys};
use server::{demo, wiring};

use crate::program::Serving;

const TOKEN: &str = "moving-in";

fn config(data: &Path) -> Config {
    let keys = Keys { data: Some(data.to_owned()), ..Keys::default() };
    Config::load(keys, None, std::iter::empty()).unwrap()
}

fn open(data: &Path) -> App {
    wiring::open(&config(data), Arc::new(SystemClock), |app| app).unwrap()
}

/// The demo desk with a token of an admin; gives the admin's address.
fn source(data: &Path) -> String {
    demo::prepare(&config(data)).unwrap();
    let app = open(data);
    app.write(|tx| {
        kernel::settings::set(tx, &ApiSettings::generous())?;
        let sql = "SELECT id, email FROM users WHERE role IN ('owner', 'admin') ORDER BY id LIMIT 1";
        let row = tx.get(sql, &[])?;
        people::keep_token(tx, &Actor::system(), row.at(0)?, "moving", TOKEN)?;
        row.at(1)
    })
    .wait()
    .unwrap()
}

/// A desk with an owner and nothing else.
fn empty(data: &Path) {
    let app = open(data);
    let password_hash = people::hash_password(&app, "correct horse").unwrap();
    app.write(move |tx| {
        wiring::furnish(tx)?;
        let (name, email) = ("New Owner".to_owned(), "new-owner@desk.test".to_owned());
        people::setup(tx, Setup { name, email, password_hash, desk_name: None }).map(drop)
    })
    .wait()
    .unwrap();
}

fn move_in(into: &Path, from: SocketAddr, email: &str, abort: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tugi"));
    command.args(["import", "zendesk", "--data"]).arg(into);
    command.args(["--from", &format!("http://{from}"), "--email", email]).env("ZENDESK_API_TOKEN", TOKEN);
    if let Some(point) = abort {
        command.env("TUGI_ABORT_AT", point);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

/// What must be the same on both sides.
fn contents(data: &Path) -> Vec<(&'static str, Vec<String>)> {
    let queries = [
        (
            "tickets",
            "SELECT subject || ' ' || status || ' ' || (created_at / 1000) || ' ' || comment_count FROM tickets WHERE deleted_at IS NULL ORDER BY 1",
        ),
        (
            "comments",
            "SELECT c.body || ' ' || u.name || ' ' || c.public || ' ' || (c.created_at / 1000) FROM comments c JOIN users u ON u.id = c.author_id JOIN tickets t ON t.id = c.ticket_id WHERE t.deleted_at IS NULL ORDER BY 1",
        ),
        (
            "files",
            "SELECT a.file_name || ' ' || a.size FROM attachments a JOIN comments c ON c.id = a.comment_id JOIN tickets t ON t.id = c.ticket_id WHERE t.deleted_at IS NULL ORDER BY 1",
        ),
        (
            "people",
            "SELECT name || ' ' || COALESCE(email, '') FROM users WHERE active AND name <> 'New Owner' ORDER BY 1",
        ),
        ("organizations", "SELECT name FROM organizations ORDER BY 1"),
        (
            "tags",
            "SELECT tag || ' ' || COUNT(*) FROM ticket_tags g JOIN tickets t ON t.id = g.ticket_id WHERE t.deleted_at IS NULL GROUP BY tag ORDER BY 1",
        ),
    ];
    let app = open(data);
    // HTML has no runs of blanks.
    let one_blank = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    app.read(move |tx| {
        let column = |tx: &mut kernel::Tx<'_>, sql: &str| tx.column::<String>(sql, &[]);
        let read = |(name, sql)| Ok((name, column(tx, sql)?.into_iter().map(one_blank).collect()));
        queries.into_iter().map(read).collect()
    })
    .wait()
    .unwrap()
}

#[track_caller]
fn assert_same(name: &str, theirs: &[String], ours: &[String]) {
    let missing = theirs.iter().filter(|one| !ours.contains(one)).take(3);
    let strange = ours.iter().filter(|one| !theirs.contains(one)).take(3);
    let (missing, strange): (Vec<_>, Vec<_>) = (missing.collect(), strange.collect());
    assert!(missing.is_empty() && strange.is_empty(), "{name}: {missing:#?} is not here, but {strange:#?}");
    assert_eq!(theirs.len(), ours.len(), "{name}");
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn a_desk_is_taken_over_whole_though_the_program_is_killed_again_and_again() {
    let (theirs, ours) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let email = source(theirs.path());
    empty(ours.path());
    let address = free();
    let serving = Serving::start(theirs.path(), address);
    for point in ["before_commit:3", "after_commit:9", "before_commit:60", "after_commit:150", "before_commit:200"] {
        let killed = move_in(ours.path(), address, &email, Some(point));
        assert_eq!(killed.status.code(), None, "{point}: {}", String::from_utf8_lossy(&killed.stderr));
    }
    let whole = move_in(ours.path(), address, &email, None);
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let there = contents(theirs.path());
    for ((name, theirs), (_, ours)) in there.iter().zip(contents(ours.path())) {
        assert!(!theirs.is_empty(), "{name}");
        assert_same(name, theirs, &ours);
    }
    let again = move_in(ours.path(), address, &email, None);
    assert!(again.status.success());
    let report = String::from_utf8_lossy(&again.stdout).into_owned();
    let tickets: Vec<&str> =
        report.lines().find(|line| line.starts_with("tickets ")).unwrap().split_whitespace().collect();
    assert_eq!(tickets[2], "0", "nothing is taken over twice: {report}");
    assert_eq!(contents(ours.path()).len(), there.len());
    for ((name, theirs), (_, ours)) in there.iter().zip(contents(ours.path())) {
        assert_same(name, theirs, &ours);
    }
    assert!(serving.stop().success());
}

#[test]
fn a_wrong_token_and_a_plain_address_are_refused_before_anything_is_written() {
    let ours = tempfile::tempdir().unwrap();
    empty(ours.path());
    let nobody = move_in(ours.path(), free(), "a@b.test", None);
    assert!(!nobody.status.success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_tugi"));
    command.args([
        "import",
        "zendesk",
        "--email",
        "a@b.test",
        "--token",
        "x",
        "--from",
        "http://example.com",
        "--data",
    ]);
    let refused = command.arg(ours.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("https://"));
}
