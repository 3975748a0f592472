//! SMTP conversations as scripts: `C:` what the client sends, `S:` what it must get, `E:` what the session asks.

#![allow(clippy::unwrap_used)]

use mail::smtp::{DataAnswer, Event, Policy, RecipientAnswer, Session};

struct Play {
    session: Session,
    log: String,
    message: Vec<u8>,
}

impl Play {
    fn new(policy: Policy) -> Self {
        let mut play = Self { session: Session::new(policy), log: String::new(), message: Vec::new() };
        play.replies();
        play
    }

    fn desk() -> Self {
        Self::new(Policy::new("desk.example"))
    }

    fn say(&mut self, bytes: &str) -> &mut Self {
        let mut rest = bytes.as_bytes();
        loop {
            let (used, event) = self.session.feed(rest);
            rest = &rest[used..];
            let note = match event {
                Event::NeedInput => break,
                Event::Recipient(address) => format!("recipient {address}"),
                Event::DataStart => "data".into(),
                Event::Data(bytes) => {
                    self.message.extend_from_slice(bytes);
                    continue;
                }
                Event::DataTooLarge => "too large".into(),
                Event::DataEnd => format!("end {:?}", String::from_utf8_lossy(&std::mem::take(&mut self.message))),
                Event::StartTls => "tls".into(),
                Event::Close => "close".into(),
            };
            self.log.push_str(&format!("E: {note}\n"));
            match note.split_once(' ').unwrap_or((&note, "")) {
                ("recipient", address) => self.session.answer_recipient(answer(address)),
                ("end", _) => self.session.answer_data(DataAnswer::Stored { id: "77" }),
                ("tls" | "close", _) => break,
                _ => {}
            }
        }
        self.replies();
        self
    }

    fn replies(&mut self) {
        for line in String::from_utf8(self.session.take_replies()).unwrap().split_terminator("\r\n") {
            self.log.push_str(&format!("S: {line}\n"));
        }
    }

    fn log(&mut self) -> String {
        std::mem::take(&mut self.log)
    }
}

fn answer(address: &str) -> RecipientAnswer {
    match address {
        a if a.ends_with("@desk.example") && a.starts_with("help") => RecipientAnswer::Accept,
        a if a.ends_with("@desk.example") && a.starts_with("later") => RecipientAnswer::TryLater,
        a if a.ends_with("@desk.example") => RecipientAnswer::Unknown,
        _ => RecipientAnswer::NotOurs,
    }
}

#[test]
fn a_pipelined_message_is_taken() {
    let log = Play::desk()
        .say("EHLO mx.a.example\r\n")
        .say("MAIL FROM:<mari@a.example> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<help+1@desk.example>\r\nRCPT TO:<x@desk.example>\r\nRCPT TO:<x@else.example>\r\nDATA\r\n")
        .say("Subject: x\r\n\r\n..dot\r\nTere\r\n.\r\nQUIT\r\n")
        .log();
    insta::assert_snapshot!(log, @r#"
    S: 220 desk.example ESMTP ready
    S: 250-desk.example
    S: 250-PIPELINING
    S: 250-SIZE 26214400
    S: 250-ENHANCEDSTATUSCODES
    S: 250-8BITMIME
    S: 250 SMTPUTF8
    E: recipient help+1@desk.example
    E: recipient x@desk.example
    E: recipient x@else.example
    E: data
    S: 250 2.1.0 Sender ok
    S: 250 2.1.5 Recipient ok
    S: 550 5.1.1 No such address here
    S: 550 5.7.1 Relaying denied
    S: 354 Go ahead, end with CRLF.CRLF
    E: end "Subject: x\r\n\r\n.dot\r\nTere\r\n"
    E: close
    S: 250 2.0.0 Stored as 77
    S: 221 2.0.0 Bye
    "#);
}

#[test]
fn smuggled_endings_end_nothing() {
    let log = Play::desk()
        .say("HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\n")
        .say("a\n.\nMAIL FROM:<evil@a>\r\nb\r\n.\nc\n.\r\nd\r.\re\r\n.\r\n")
        .log();
    insta::assert_snapshot!(log, @r#"
    S: 220 desk.example ESMTP ready
    E: recipient help@desk.example
    E: data
    S: 250 desk.example
    S: 250 2.1.0 Sender ok
    S: 250 2.1.5 Recipient ok
    S: 354 Go ahead, end with CRLF.CRLF
    E: end "a\n.\nMAIL FROM:<evil@a>\r\nb\r\n\nc\n.\r\nd\r.\re\r\n"
    S: 250 2.0.0 Stored as 77
    "#);
}

#[test]
fn too_large_messages_are_refused_before_and_during_data() {
    let mut policy = Policy::new("desk.example");
    policy.max_size = 10;
    let mut play = Play::new(policy);
    play.say("EHLO a\r\nMAIL FROM:<a@b> SIZE=11\r\nMAIL FROM:<a@b>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\n0123456789\r\n.\r\nNOOP\r\n");
    play.say("MAIL FROM:<a@b>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\n0123456789\r\n0123456789\r\n");
    insta::assert_snapshot!(play.log(), @r"
    S: 220 desk.example ESMTP ready
    E: recipient help@desk.example
    E: data
    E: too large
    S: 250-desk.example
    S: 250-PIPELINING
    S: 250-SIZE 10
    S: 250-ENHANCEDSTATUSCODES
    S: 250-8BITMIME
    S: 250 SMTPUTF8
    S: 552 5.3.4 Message too large
    S: 250 2.1.0 Sender ok
    S: 250 2.1.5 Recipient ok
    S: 354 Go ahead, end with CRLF.CRLF
    S: 552 5.3.4 Message too large
    S: 250 2.0.0 Ok
    E: recipient help@desk.example
    E: data
    E: too large
    E: close
    S: 250 2.1.0 Sender ok
    S: 250 2.1.5 Recipient ok
    S: 354 Go ahead, end with CRLF.CRLF
    S: 552 5.3.4 Message too large
    ");
}

#[test]
fn tls_starts_afresh_and_drops_what_was_said_in_clear() {
    let mut policy = Policy::new("desk.example");
    policy.tls_available = true;
    policy.tls_required = true;
    let mut play = Play::new(policy);
    play.say("EHLO a\r\nMAIL FROM:<a@b>\r\nSTARTTLS\r\nRSET\r\n");
    play.session.tls_started();
    play.say("MAIL FROM:<a@b>\r\nEHLO a\r\nMAIL FROM:<a@b>\r\nSTARTTLS\r\n");
    insta::assert_snapshot!(play.log(), @r"
    S: 220 desk.example ESMTP ready
    E: tls
    S: 250-desk.example
    S: 250-PIPELINING
    S: 250-SIZE 26214400
    S: 250-STARTTLS
    S: 250-ENHANCEDSTATUSCODES
    S: 250-8BITMIME
    S: 250 SMTPUTF8
    S: 530 5.7.0 Must issue STARTTLS first
    S: 220 2.0.0 Ready to start TLS
    S: 503 5.5.1 Say EHLO first
    S: 250-desk.example
    S: 250-PIPELINING
    S: 250-SIZE 26214400
    S: 250-ENHANCEDSTATUSCODES
    S: 250-8BITMIME
    S: 250 SMTPUTF8
    S: 250 2.1.0 Sender ok
    S: 502 5.5.1 STARTTLS is not offered
    ");
}

#[test]
fn wrong_orders_and_nonsense_are_answered_and_counted() {
    let long = "X".repeat(3000);
    let mut play = Play::desk();
    play.say("MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\nFOO\r\n\r\nEHLO\r\n");
    play.say(&format!("{long}\r\nNOOP\r\n"));
    play.say("EHLO a\r\nMAIL FROM:<a@b>\r\nDATA\r\nMAIL FROM:<a@b>\r\nRCPT TO:<jüri@desk.example>\r\nBDAT 3\r\nAUTH PLAIN\r\nNOOP\r\n");
    insta::assert_snapshot!(play.log(), @r"
    S: 220 desk.example ESMTP ready
    S: 503 5.5.1 Say EHLO first
    S: 503 5.5.1 Say MAIL first
    S: 503 5.5.1 Say MAIL first
    S: 500 5.5.2 Command not recognised
    S: 500 5.5.2 Command not recognised
    S: 501 5.5.4 Syntax error in arguments
    S: 500 5.5.2 Line too long
    S: 250 2.0.0 Ok
    E: close
    S: 250-desk.example
    S: 250-PIPELINING
    S: 250-SIZE 26214400
    S: 250-ENHANCEDSTATUSCODES
    S: 250-8BITMIME
    S: 250 SMTPUTF8
    S: 250 2.1.0 Sender ok
    S: 554 5.5.1 No valid recipients
    S: 503 5.5.1 A message is already begun
    S: 553 5.6.7 Address needs SMTPUTF8
    S: 502 5.5.1 Command not offered
    S: 421 4.7.0 Too many errors
    ");
}

#[test]
fn other_protocols_idlers_and_slow_clients_are_shown_out() {
    let mut log = Play::desk().say("GET / HTTP/1.1\r\nHost: a\r\n").log();
    let mut idler = Play::desk();
    idler.say(&"NOOP\r\n".repeat(200));
    log.push_str(&idler.log().lines().last().unwrap_or_default().replace("S: ", "S: idler "));
    let mut slow = Play::desk();
    slow.session.time_out();
    slow.replies();
    log.push_str(&format!("\n{}", slow.say("NOOP\r\n").log()));
    insta::assert_snapshot!(log, @r"
    S: 220 desk.example ESMTP ready
    E: close
    S: 421 4.7.0 This is not HTTP
    S: idler 421 4.7.0 Too many commands without mail
    S: 220 desk.example ESMTP ready
    S: 421 4.4.2 Timed out
    E: close
    ");
}

#[test]
fn refusals_of_the_owner_reach_the_client() {
    let mut session = Session::new(Policy::new("desk.example"));
    let input = b"EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<later@desk.example>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\nx\r\n.\r\n";
    let mut rest: &[u8] = input;
    let trace;
    loop {
        let (used, event) = session.feed(rest);
        rest = &rest[used..];
        match event {
            Event::Recipient(address) => {
                let answer = answer(address);
                session.answer_recipient(answer);
            }
            Event::DataEnd => {
                trace = session.trace("192.0.2.1", "77", "Sun, 22 Nov 2026 07:00:00 +0000");
                session.answer_data(DataAnswer::Refused { reason: "no\r\n250 fake" });
                break;
            }
            Event::NeedInput => panic!("the message was complete"),
            _ => {}
        }
    }
    let replies = String::from_utf8(session.take_replies()).unwrap();
    assert!(
        replies.contains("451 4.3.0 Try again later\r\n") && replies.ends_with("554 5.7.1 no  250 fake\r\n"),
        "{replies}"
    );
    assert_eq!(
        trace,
        "Received: from a ([192.0.2.1])\r\n\tby desk.example with ESMTP id 77;\r\n\tSun, 22 Nov 2026 07:00:00 +0000\r\n"
    );
    assert!(session.envelope().recipients.is_empty());
}
