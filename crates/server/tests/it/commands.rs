//! The program's commands, as they are typed.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the program; gives what it said on both streams, and whether it succeeded.
fn tugi(arguments: &[&str]) -> (String, bool) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tugi"));
    let Output { status, stdout, stderr } = command.args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (said, status.success())
}

fn set_up(data: &str) {
    let owner = ["--name", "Kaja", "--email", "kaja@firma.example", "--password", "correct horse"];
    let (said, done) = tugi(&[&["setup", "--data", data], &owner[..]].concat());
    assert!(done && said.contains("Kaja is the owner"), "{said}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_desk_is_set_up_once() {
    let folder = tempfile::tempdir().unwrap();
    set_up(text(folder.path()));
    let (said, done) = tugi(&["setup", "--data", text(folder.path())]);
    assert!(!done && said.contains("set up already"), "{said}");
}

#[test]
fn a_token_is_made_for_somebody_who_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    set_up(data);
    let (said, done) = tugi(&["token", "create", "--data", data, "--email", "kaja@firma.example", "--name", "scripts"]);
    assert!(done && said.trim().len() > 20, "{said}");
    let (said, done) = tugi(&["token", "create", "--data", data, "--email", "nobody@firma.example", "--name", "x"]);
    assert!(!done && said.contains("nobody@firma.example"), "{said}");
}

#[test]
fn what_is_backed_up_is_restored_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let file = folder.path().join("desk.tar.gz");
    set_up(text(&data));
    let (said, done) = tugi(&["backup", "--data", text(&data), text(&file)]);
    assert!(done, "{said}");
    let (said, done) = tugi(&["backup", "--data", text(&data), text(&file)]);
    assert!(!done && said.contains("exists already"), "{said}");
    let (said, done) = tugi(&["restore", "--data", text(&data), text(&file)]);
    assert!(!done && said.contains("holds a desk already"), "{said}");
    let (said, done) = tugi(&["restore", "--data", text(&other), text(&file)]);
    assert!(done, "{said}");
    let (said, done) = tugi(&["setup", "--data", text(&other)]);
    assert!(!done && said.contains("set up already"), "the restored desk has its owner: {said}");
}

#[test]
fn a_file_that_is_no_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("noise");
    std::fs::write(&file, "not a backup").unwrap();
    let (said, done) = tugi(&["restore", "--data", text(&folder.path().join("new")), text(&file)]);
    assert!(!done && said.contains("not a whole backup"), "{said}");
}

#[test]
fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    set_up(data);
    let key = folder.path().join("secret.key");
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let (said, done) = tugi(&["doctor", "--data", data]);
    assert!(!done && said.contains("FAULT") && said.contains("chmod 600"), "{said}");
    assert!(said.contains("the database is sound"), "{said}");
}

#[test]
fn commands_without_a_desk_say_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let (said, done) = tugi(&["mail", "import", "--data", text(folder.path()), "/nowhere"]);
    assert!(!done && said.contains("tugi serve --data"), "{said}");
}

#[test]
fn imported_mail_becomes_tickets_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    set_up(text(&data));
    let mail = folder.path().join("one.eml");
    std::fs::write(&mail, "From: juhan@example.com\r\nTo: support@firma.example\r\nSubject: Old\r\nMessage-ID: <old@example.com>\r\nDate: Mon, 2 Feb 2026 10:00:00 +0200\r\n\r\nAn old question.\r\n").unwrap();
    let (said, done) = tugi(&["mail", "import", "--data", text(&data), text(&mail)]);
    assert!(done && said.contains("1 mails taken in"), "{said}");
    let (said, done) = tugi(&["mail", "import", "--data", text(&data), text(&mail)]);
    assert!(done && said.contains("0 mails taken in, 1 were here before"), "{said}");
}
