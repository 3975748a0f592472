//! Importing mail from files.

use std::fs;

use channels::email::import::import;

use crate::desk::Desk;

fn mail(n: u32) -> String {
    format!(
        "From: p{n}@a.example\r\nSubject: Mail {n}\r\nMessage-ID: <{n}@a.example>\r\n\
         Date: Mon, 2 Nov 2020 10:00:00 +0200\r\n\r\nText {n}\r\n"
    )
}

#[test]
fn files_folders_and_mboxes_are_imported_once_with_their_own_dates() {
    let (desk, folder) = (Desk::new(), tempfile::tempdir().unwrap());
    let root = folder.path();
    for name in ["cur", "new", "tmp"] {
        fs::create_dir_all(root.join("Maildir").join(name)).unwrap();
    }
    fs::write(root.join("one.eml"), mail(1)).unwrap();
    fs::write(root.join("Maildir/cur/1:2,S"), mail(2)).unwrap();
    fs::write(root.join("Maildir/tmp/2"), "half").unwrap();
    let quoted = mail(4).replace("Text 4", ">From here on");
    let mbox = format!("From a@b Mon Nov  2 10:00:00 2020\n{}\nFrom a@b Mon Nov  2 10:00:00 2020\n{quoted}\n", mail(3));
    fs::write(root.join("box.mbox"), mbox).unwrap();
    let mut seen = Vec::new();
    let done = import(&desk.app, &[root.to_owned()], |progress| seen.push(progress)).unwrap();
    assert_eq!((done.stored, done.known, done.done), (4, 0, done.total));
    assert!(seen.len() >= 4);
    desk.settle();
    let again = import(&desk.app, &[root.to_owned()], |_| {}).unwrap();
    assert_eq!((again.stored, again.known), (0, 4));
    desk.settle();
    let tickets = desk.tickets();
    let mut subjects: Vec<&str> = tickets.iter().map(|ticket| ticket.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["Mail 1", "Mail 2", "Mail 3", "Mail 4"]);
    assert!(tickets.iter().all(|ticket| ticket.created_at.to_string() == "2020-11-02T08:00:00Z"));
    let fourth = tickets.iter().find(|ticket| ticket.subject == "Mail 4").unwrap();
    assert_eq!(desk.comments(fourth)[0].body, "From here on");
    assert!(desk.outbound_states().is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let desk = Desk::new();
    let failed = import(&desk.app, &["/nowhere/at-all.eml".into()], |_| {}).unwrap_err();
    assert!(failed.to_string().contains("/nowhere/at-all.eml"), "{failed}");
}
