//! IMAP mailboxes, against a small server that keeps its messages in memory.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base::{Actor, MailboxId, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::email::imap::{Trouble, fetch_once};
use channels::email::mailbox::{self, AfterFetch, Auth, Mailbox, MailboxState, Provider, Secret, Security};

use crate::desk::Desk;

/// What the server holds.
#[derive(Default)]
struct Store {
    validity: u32,
    messages: Vec<(u32, String)>,
    /// What was done to messages: `seen 5`, `deleted 5`, `moved 5 Archive`.
    done: Vec<String>,
    /// The access token that is let in.
    token: String,
}

struct FakeImap {
    address: SocketAddr,
    store: Arc<Mutex<Store>>,
}

impl FakeImap {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let store = Arc::new(Mutex::new(Store { validity: 7, ..Store::default() }));
        let shared = store.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                std::thread::spawn(move || talk(stream, &shared));
            }
        });
        Self { address, store }
    }

    fn put(&self, uid: u32, text: &str) {
        let raw =
            format!("From: juhan@a.example\r\nSubject: {text}\r\nMessage-ID: <{text}@a.example>\r\n\r\n{text}\r\n");
        self.store.lock().unwrap().messages.push((uid, raw));
    }

    fn done(&self) -> Vec<String> {
        std::mem::take(&mut self.store.lock().unwrap().done)
    }
}

fn talk(stream: TcpStream, store: &Mutex<Store>) {
    let mut out = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream);
    let mut say = |text: &str| drop(out.write_all(text.as_bytes()));
    say("* OK ready\r\n");
    let mut line = String::new();
    while {
        line.clear();
        lines.read_line(&mut line).is_ok_and(|count| count > 0)
    } {
        let (tag, command) = line.trim_end().split_once(' ').unwrap();
        let (tag, command) = (tag.to_owned(), command.to_owned());
        if command.starts_with("AUTHENTICATE") {
            say("+ \r\n");
            let mut token = String::new();
            lines.read_line(&mut token).unwrap();
            let text = String::from_utf8(STANDARD.decode(token.trim()).unwrap()).unwrap();
            let good = text == format!("user=help\u{1}auth=Bearer {}\u{1}\u{1}", store.lock().unwrap().token);
            if !good {
                say("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n");
                lines.read_line(&mut token).unwrap();
            }
            say(&format!("{tag} {}\r\n", if good { "OK in" } else { "NO AUTHENTICATE failed" }));
            continue;
        }
        let answer = answer(&mut store.lock().unwrap(), &command);
        say(&answer.0);
        say(&format!("{tag} {}\r\n", answer.1));
    }
}

/// The untagged lines and the tagged result.
fn answer(store: &mut Store, command: &str) -> (String, &'static str) {
    let words: Vec<&str> = command.split(' ').collect();
    let uid = || words.get(2).and_then(|uid| uid.parse::<u32>().ok()).unwrap_or_default();
    match words.as_slice() {
        ["LOGIN", ..] if command.contains("secret") => (String::new(), "OK in"),
        ["LOGIN", ..] => (String::new(), "NO wrong password"),
        ["CAPABILITY"] => ("* CAPABILITY IMAP4rev1 MOVE\r\n".into(), "OK"),
        ["SELECT" | "EXAMINE", ..] => {
            let next = store.messages.iter().map(|(uid, _)| uid + 1).max().unwrap_or(1);
            let (count, validity) = (store.messages.len(), store.validity);
            (format!("* {count} EXISTS\r\n* OK [UIDVALIDITY {validity}] v\r\n* OK [UIDNEXT {next}] n\r\n"), "OK")
        }
        ["UID", "SEARCH", ..] => {
            let from: u32 = words[3].split(':').next().unwrap().parse().unwrap();
            let newest = store.messages.iter().map(|(uid, _)| *uid).max();
            let found = store.messages.iter().map(|(uid, _)| *uid).filter(|uid| *uid >= from || Some(*uid) == newest);
            let found: Vec<String> = found.map(|uid| uid.to_string()).collect();
            (format!("* SEARCH {}\r\n", found.join(" ")), "OK")
        }
        ["UID", "FETCH", ..] => {
            let raw = store.messages.iter().find(|(other, _)| *other == uid()).map(|(_, raw)| raw.clone());
            let Some(raw) = raw else { return (String::new(), "OK") };
            (format!("* 1 FETCH (UID {} BODY[]<0> {{{}}}\r\n{raw})\r\n", uid(), raw.len()), "OK")
        }
        ["UID", "STORE", ..] => {
            let what = if command.contains("Seen") { "seen" } else { "deleted" };
            store.done.push(format!("{what} {}", uid()));
            (String::new(), "OK")
        }
        ["UID", "MOVE", ..] => {
            store.done.push(format!("moved {} {}", uid(), words[3].trim_matches('"')));
            (String::new(), "OK")
        }
        _ => (String::new(), "OK"),
    }
}

/// A token endpoint that gives these answers one after the other, and keeps what it was asked.
fn token_endpoint(answers: Vec<(u16, &'static str)>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let keeps = asked.clone();
    std::thread::spawn(move || {
        for ((status, body), stream) in answers.into_iter().zip(listener.incoming().flatten()) {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).is_ok() && line != "\r\n" {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut form = vec![0; length];
            reader.read_exact(&mut form).unwrap();
            keeps.lock().unwrap().push(String::from_utf8(form).unwrap());
            let size = body.len();
            let answer = format!(
                "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n{body}"
            );
            (&stream).write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

fn mailbox(desk: &Desk, server: &FakeImap, secret: Secret, change: impl FnOnce(&mut Mailbox)) -> MailboxId {
    let mut mailbox = Mailbox {
        id: MailboxId(0),
        address: Some(base::AddressId(1)),
        host: "127.0.0.1".into(),
        port: server.address.port(),
        security: Security::None,
        username: "help".into(),
        auth: Auth::Password,
        provider: None,
        secret: String::new(),
        folder: "INBOX".into(),
        after_fetch: AfterFetch::Delete,
        move_to: None,
        active: true,
        uid_validity: None,
        last_uid: None,
        state: MailboxState::New,
        last_error: None,
        checked_at: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    };
    change(&mut mailbox);
    desk.write(move |tx| {
        mailbox.secret = mailbox::seal(tx, &secret)?;
        mailbox::add(tx, &Actor::system(), &mailbox)
    })
}

fn password() -> Secret {
    Secret { password: "secret".into(), ..Secret::default() }
}

fn fetch(desk: &Desk, id: MailboxId) -> Result<usize, Trouble> {
    let fetched = desk.runtime.block_on(fetch_once(&desk.app, id));
    desk.settle();
    fetched
}

fn state(desk: &Desk) -> String {
    desk.text("SELECT state FROM mailboxes").remove(0)
}

#[test]
fn new_messages_become_tickets_once() {
    let (desk, server) = (Desk::new(), FakeImap::start());
    let id = mailbox(&desk, &server, password(), |_| {});
    server.put(5, "first");
    assert_eq!(fetch(&desk, id).unwrap(), 1);
    assert_eq!(server.done(), ["deleted 5"]);
    server.put(6, "second");
    assert_eq!(fetch(&desk, id).unwrap(), 1);
    assert_eq!(fetch(&desk, id).unwrap(), 0);
    let subjects: Vec<String> = desk.tickets().into_iter().map(|ticket| ticket.subject).collect();
    assert_eq!(subjects, ["first", "second"]);
    assert_eq!(desk.tickets()[0].recipient.as_deref(), Some("help@desk.example"));
    assert_eq!(state(&desk), "ok");
}

#[test]
fn a_folder_that_was_made_anew_doubles_nothing() {
    let (desk, server) = (Desk::new(), FakeImap::start());
    let id = mailbox(&desk, &server, password(), |_| {});
    server.put(5, "first");
    fetch(&desk, id).unwrap();
    server.store.lock().unwrap().validity = 8;
    server.put(1, "other");
    assert_eq!(fetch(&desk, id).unwrap(), 2);
    assert_eq!(desk.tickets().len(), 2);
}

#[test]
fn a_mailbox_that_is_kept_begins_with_what_comes_after_it_was_set_up() {
    let (desk, server) = (Desk::new(), FakeImap::start());
    let id = mailbox(&desk, &server, password(), |mailbox| mailbox.after_fetch = AfterFetch::Seen);
    server.put(5, "old");
    assert_eq!(fetch(&desk, id).unwrap(), 0);
    server.put(6, "new");
    assert_eq!(fetch(&desk, id).unwrap(), 1);
    assert_eq!(server.done(), ["seen 6"]);
}

#[test]
fn messages_are_moved_to_the_folder_that_is_named() {
    let (desk, server) = (Desk::new(), FakeImap::start());
    let id = mailbox(&desk, &server, password(), |mailbox| {
        (mailbox.after_fetch, mailbox.move_to) = (AfterFetch::Move, Some("Archive".into()));
    });
    server.put(5, "first");
    fetch(&desk, id).unwrap();
    assert_eq!(server.done(), ["moved 5 Archive"]);
}

#[test]
fn a_wrong_password_raises_an_alarm_that_ends_with_the_right_one() {
    let (desk, server) = (Desk::new(), FakeImap::start());
    let id = mailbox(&desk, &server, Secret { password: "wrong".into(), ..Secret::default() }, |_| {});
    assert!(matches!(fetch(&desk, id), Err(Trouble::Server(_))));
    assert_eq!((state(&desk).as_str(), desk.alarms()), ("failed", vec!["mailbox_failed".to_owned()]));
    desk.write(move |tx| {
        let sealed = mailbox::seal(tx, &password())?;
        tx.execute("UPDATE mailboxes SET secret = $1", db::params![sealed])
    });
    fetch(&desk, id).unwrap();
    assert!(desk.alarms().is_empty());
}

#[test]
fn an_access_token_is_renewed_before_it_ends_and_a_dead_grant_raises_an_alarm() {
    let (desk, server) = (Desk::new(), FakeImap::start());
    server.store.lock().unwrap().token = "fresh".into();
    let (url, asked) = token_endpoint(vec![
        (200, r#"{"access_token":"fresh","expires_in":3600,"refresh_token":"next"}"#),
        (400, r#"{"error":"invalid_grant","error_description":"revoked"}"#),
    ]);
    let secret = Secret { client_id: "me".into(), refresh_token: "first".into(), token_url: url, ..Secret::default() };
    let id = mailbox(&desk, &server, secret, |mailbox| {
        (mailbox.auth, mailbox.provider) = (Auth::Xoauth2, Some(Provider::Custom));
    });
    server.put(5, "first");
    assert_eq!(fetch(&desk, id).unwrap(), 1);
    assert!(asked.lock().unwrap()[0].contains("refresh_token=first"));
    assert_eq!(fetch(&desk, id).unwrap(), 0);
    assert_eq!(asked.lock().unwrap().len(), 1);
    desk.clock.advance(2 * base::time::HOUR);
    server.put(6, "while dead");
    assert!(matches!(fetch(&desk, id), Err(Trouble::TokenDead(_))));
    assert!(asked.lock().unwrap()[1].contains("refresh_token=next"));
    assert_eq!((state(&desk).as_str(), desk.alarms()), ("token_dead", vec!["mailbox_token_dead".to_owned()]));
}

#[test]
fn a_token_that_the_server_refuses_is_renewed_once() {
    let (desk, server) = (Desk::new(), FakeImap::start());
    server.store.lock().unwrap().token = "fresh".into();
    let (url, asked) = token_endpoint(vec![(200, r#"{"access_token":"fresh","expires_in":3600}"#)]);
    let ends = crate::desk::BEGIN.plus(base::time::HOUR).0;
    let secret = Secret {
        refresh_token: "r".into(),
        access_token: "revoked".into(),
        expires_at: ends,
        token_url: url,
        ..Secret::default()
    };
    let id = mailbox(&desk, &server, secret, |mailbox| mailbox.auth = Auth::Xoauth2);
    server.put(5, "first");
    assert_eq!(fetch(&desk, id).unwrap(), 1);
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert!(desk.alarms().is_empty());
}
