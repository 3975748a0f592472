//! The SMTP port.

use std::io::{BufRead, BufReader, Write};
use std::sync::Arc;
use std::time::Duration;

use channels::EmailOptions;
use channels::email::smtp::{SmtpOptions, tls_acceptor};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::desk::{Client, Desk};

const MAIL: &str = "From: j@a.example\r\nSubject: Hi\r\nMessage-ID: <1@a.example>\r\n\r\nHello\r\n";

fn desk(change: impl FnOnce(&mut SmtpOptions)) -> Desk {
    Desk::with(EmailOptions::default(), change)
}

#[test]
fn a_mail_is_stored_before_it_is_answered() {
    let desk = Desk::new();
    let answer = desk.client().send("j@a.example", "help@desk.example", MAIL);
    let id: i64 = desk.read(|tx| tx.value("SELECT id FROM inbound_messages WHERE state = 'received'", &[]));
    assert_eq!(answer, format!("250 2.0.0 Stored as {id}\r\n"));
    let envelope = desk.text("SELECT envelope FROM inbound_messages").remove(0);
    for part in [r#""from":"j@a.example""#, r#""helo":"client.example""#, r#""address":"127.0.0.1""#] {
        assert!(envelope.contains(part), "{envelope}");
    }
}

#[test]
fn other_peoples_mail_is_not_relayed() {
    let desk = Desk::new();
    let answer = desk.client().send("j@a.example", "victim@elsewhere.example", MAIL);
    assert!(answer.starts_with("550 5.7.1"), "{answer}");
    assert!(desk.inbound_states().is_empty());
}

#[test]
fn a_new_address_is_known_at_once() {
    let desk = Desk::new();
    let mut client = desk.client();
    assert!(client.send("j@a.example", "sales@desk.example", MAIL).starts_with("550"));
    desk.write(|tx| {
        let brand = tickets::desk::default_brand(tx)?.id;
        let email = "sales@desk.example".into();
        let new = channels::email::addresses::NewAddress {
            email,
            name: String::new(),
            brand,
            group: None,
            is_default: false,
        };
        channels::email::addresses::add(tx, &base::Actor::system(), &new)
    });
    assert!(client.send("j@a.example", "sales@desk.example", MAIL).starts_with("250"));
}

#[test]
fn the_same_mail_twice_is_stored_once_and_another_with_its_id_beside_it() {
    let desk = Desk::new();
    let mut client = desk.client();
    let first = client.send("j@a.example", "help@desk.example", MAIL);
    let again = client.send("j@a.example", "help@desk.example", &format!("Received: by b\r\n{MAIL}"));
    assert_eq!(first, again);
    let other = client.send("j@a.example", "help@desk.example", &MAIL.replace("Hello", "Other"));
    assert_ne!(first, other);
    assert_eq!(client.send("j@a.example", "help@desk.example", &MAIL.replace("Hello", "Other")), other);
    desk.settle();
    assert_eq!(desk.inbound_states(), ["processed", "processed"]);
    assert_eq!(desk.tickets().len(), 2);
}

#[test]
fn an_oversized_mail_is_refused_and_a_flood_cut_off() {
    let desk = desk(|options| options.max_size = 1_000);
    let mut client = desk.client();
    assert!(client.say("EHLO c").starts_with("250"));
    assert!(client.say("MAIL FROM:<j@a.example> SIZE=2000").starts_with("552"));
    let answer = client.send("j@a.example", "help@desk.example", &"x".repeat(1_500));
    assert!(answer.starts_with("552 5.3.4"), "{answer}");
    let mut flood = desk.client();
    for line in ["EHLO c", "MAIL FROM:<j@a.example>", "RCPT TO:<help@desk.example>", "DATA"] {
        flood.say(line);
    }
    flood.raw("y".repeat(100_000).as_bytes());
    assert!(flood.answer().starts_with("552"));
    assert_eq!(flood.answer(), "");
    assert!(desk.inbound_states().is_empty());
}

#[test]
fn a_silent_client_is_cut_off() {
    let desk = desk(|options| options.idle = Duration::from_millis(30));
    let mut client = desk.client();
    assert!(client.answer().starts_with("421 4.4.2"));
    assert_eq!(client.answer(), "");
}

#[test]
fn a_message_that_never_ends_is_cut_off_and_leaves_nothing() {
    let desk = desk(|options| options.message = Duration::from_millis(30));
    let mut client = desk.client();
    for line in ["EHLO c", "MAIL FROM:<j@a.example>", "RCPT TO:<help@desk.example>", "DATA"] {
        client.say(line);
    }
    client.raw(b"Subject: x\r\n");
    assert!(client.answer().starts_with("421"));
    assert!(desk.inbound_states().is_empty());
}

#[test]
fn connections_from_one_address_are_limited() {
    let desk = desk(|options| options.max_per_address = 1);
    let first = desk.client();
    let (mut second, greeting) = Client::knock(desk.smtp);
    assert!(greeting.starts_with("421"), "{greeting}");
    assert_eq!(second.answer(), "");
    drop(first);
}

#[test]
fn a_stopping_desk_lets_a_message_in_hand_through_and_then_says_so() {
    let mut desk = Desk::new();
    let mut client = desk.client();
    for line in ["EHLO c", "MAIL FROM:<j@a.example>", "RCPT TO:<help@desk.example>", "DATA"] {
        client.say(line);
    }
    client.raw(b"Subject: x\r\n\r\nhalf ");
    desk.stop();
    assert!(client.say("whole\r\n.").starts_with("250"));
    assert!(client.answer().starts_with("421"));
}

#[test]
fn a_large_mail_goes_through_in_pieces() {
    let desk = Desk::new();
    let line = format!("{}\r\n", "0123456789".repeat(7));
    let body = line.repeat(20_000);
    let raw = format!(
        "From: j@a.example\r\nSubject: Big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSee file\r\n--b\r\nContent-Type: application/x-log\r\n\
         Content-Disposition: attachment; filename=a.log\r\n\r\n{body}\r\n--b--\r\n"
    );
    assert!(desk.client().send("j@a.example", "help@desk.example", &raw).starts_with("250"));
    desk.settle();
    assert_eq!(desk.inbound_states(), ["processed"]);
    let sizes: Vec<i64> = desk.read(|tx| tx.column("SELECT size FROM attachments", &[]));
    assert_eq!(sizes, [body.len() as i64]);
}

#[test]
fn mail_comes_encrypted_after_starttls() {
    let certificate = include_bytes!("tls-certificate-for-tests.pem");
    let acceptor = tls_acceptor(certificate, include_bytes!("tls-key-for-tests.pem")).unwrap();
    let desk = desk(|options| (options.tls, options.tls_required) = (Some(acceptor), true));
    let mut client = desk.client();
    client.say("EHLO c");
    assert!(client.say("MAIL FROM:<j@a.example>").starts_with("530"));
    // What follows STARTTLS in clear is thrown away, so nobody on the way can add commands.
    assert!(client.say("STARTTLS\r\nMAIL FROM:<evil@a.example>").starts_with("220"));
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::pem_slice_iter(certificate).next().unwrap().unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let connection = rustls::ClientConnection::new(config, "desk.example".try_into().unwrap()).unwrap();
    let mut tls = BufReader::new(rustls::StreamOwned::new(connection, client.into_stream()));
    let mut last = String::new();
    for line in
        ["EHLO c", "MAIL FROM:<j@a.example>", "RCPT TO:<help@desk.example>", "DATA", "Subject: x\r\n\r\nhi\r\n."]
    {
        tls.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        last.clear();
        while last.as_bytes().get(3) != Some(&b' ') {
            last.clear();
            tls.read_line(&mut last).unwrap();
        }
    }
    assert!(last.starts_with("250"), "{last}");
    assert!(desk.text("SELECT envelope FROM inbound_messages").remove(0).contains(r#""tls":true"#));
}
