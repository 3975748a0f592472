//! The demo desk.

use std::path::Path;

use server::config::{Config, Keys};
use server::{demo, wiring};

fn config(data: &Path) -> Config {
    let keys = Keys { data: Some(data.to_owned()), ..Keys::default() };
    Config::load(keys, None, std::iter::empty()).unwrap()
}

/// Tickets, comments, open jobs.
fn counts(config: &Config) -> (i64, i64, i64) {
    let app = wiring::open(config, std::sync::Arc::new(base::SystemClock), |app| app).unwrap();
    kernel::jobs::run_due(&app).unwrap();
    app.read(|tx| {
        let count = |tx: &mut kernel::Tx<'_>, sql: &str| tx.value(sql, &[]);
        Ok((
            count(tx, "SELECT COUNT(*) FROM tickets")?,
            count(tx, "SELECT COUNT(*) FROM comments WHERE created_at > 1600000000000")?,
            count(tx, "SELECT COUNT(*) FROM jobs WHERE state <> 'ready'")?,
        ))
    })
    .wait()
    .unwrap()
}

#[test]
fn the_demo_is_made_once_and_has_some_hundreds_of_tickets() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    demo::prepare(&config).unwrap();
    let (tickets, comments, jobs) = counts(&config);
    assert_eq!(tickets, 400);
    assert!(comments > 1_000, "{comments}");
    assert_eq!(jobs, 0);
    demo::prepare(&config).unwrap();
    assert_eq!(counts(&config).0, 400);
}

#[test]
fn a_real_desk_is_never_made_a_demo() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let app = wiring::open(&config, std::sync::Arc::new(base::SystemClock), |app| app).unwrap();
    let password_hash = people::hash_password(&app, "correct horse").unwrap();
    let (name, email) = ("Kaja".to_owned(), "kaja@firma.example".to_owned());
    let first = people::sign_in::Setup { name, email, password_hash, desk_name: None };
    app.write(|tx| people::setup(tx, first)).wait().unwrap();
    drop(app);
    assert!(demo::prepare(&config).unwrap_err().contains("real desk"));
}
