//! The real program is killed, again and again, while mail pours in and answers go out. Afterwards every mail that was
//! answered 250 is exactly one comment, and every answer that was accepted went out under exactly one Message-ID.
//!
//! It is killed at random, at moments seen from outside by the mail client and the relay, and by itself at the points that
//! [`AbortPoint`] names.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that unwraps in vain has failed")]

mod mail;
mod moving;
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::time::Duration;

use base::AbortPoint;

use mail::{Client, Point, Sink};
use program::{Program, World};

/// How often the program is killed at random.
const KILLS: usize = 6;

/// Mails that are sent around one abort, and how long a point may take to be reached.
const MAILS_AT_POINT: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

/// Clients that send at the same time, and mails that each sends.
const CLIENTS: usize = 3;
const MAILS: usize = 40;

#[test]
fn no_acknowledged_mail_is_lost_or_doubled_and_no_answer_goes_out_under_two_names() {
    let sink = Sink::start();
    let world = World::new(sink.address);
    let mut random = fastrand::Rng::with_seed(std::process::id().into());
    let mut program = Program::start(&world);
    let (tell, told) = mpsc::channel::<()>();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (tell, smtp) = (tell.clone(), world.smtp);
            std::thread::spawn(move || Client::new(smtp).pour(number, MAILS, &tell))
        })
        .collect();
    let agent = {
        let (http, tell) = (world.http, tell);
        std::thread::spawn(move || program::answer_tickets(http, CLIENTS * MAILS, &tell))
    };
    for _ in 0..KILLS {
        // A random number of acknowledgements from now, wherever the program is then.
        for _ in 0..random.usize(5..18) {
            let _ = told.recv();
        }
        program.kill();
        program = Program::start(&world);
    }
    let acknowledged: BTreeSet<String> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    let answers = agent.join().unwrap();
    assert!(program.stop().success(), "the program stops in good order");
    assert_eq!(acknowledged.len(), CLIENTS * MAILS);
    assert!(!answers.is_empty(), "answers were accepted");

    let after = world.finish();
    for id in &acknowledged {
        assert_eq!(after.comments_of(id), 1, "the mail {id}");
    }
    assert_eq!(after.failed, Vec::<String>::new());
    check_answers(&sink, &after, &answers);
}

/// Each answer is one comment, and all its mails have one Message-ID.
fn check_answers(sink: &Sink, after: &program::After, answers: &[String]) {
    let mut names: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mails = sink.mails();
    for answer in answers {
        let of_answer = mails.iter().filter(|mail| mail.contains(answer.as_str()));
        names.entry(answer).or_default().extend(of_answer.map(|mail| mail::header(mail, "Message-ID")));
    }
    for (answer, names) in names {
        assert_eq!(after.comments_that_say(answer), 1, "{answer}");
        assert_eq!(names.len(), 1, "{answer} went out as {names:?}");
    }
}

/// Mails pour in and are answered; the program aborts at the point, is started anew, and goes on.
fn cut_off_at(point: AbortPoint, count: u64) {
    let sink = Sink::start();
    let world = World::new(sink.address);
    let aborted = Program::start_to_abort(&world, point, count);
    let (tell, told) = mpsc::channel::<()>();
    let (smtp, http) = (world.smtp, world.http);
    let for_agent = tell.clone();
    let client = std::thread::spawn(move || Client::new(smtp).pour(0, MAILS_AT_POINT, &tell));
    let agent = std::thread::spawn(move || program::answer_tickets(http, 4 * MAILS_AT_POINT, &for_agent));
    let status = aborted.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{point:?} is not reached"));
    assert!(!status.success(), "{point:?}: {status}");
    let program = Program::start(&world);
    let acknowledged = client.join().unwrap();
    drop(told);
    let answers = agent.join().unwrap();
    assert!(program.stop().success(), "{point:?}: the program stops in good order");
    let after = world.finish();
    assert_eq!(acknowledged.len(), MAILS_AT_POINT);
    for id in &acknowledged {
        assert_eq!(after.comments_of(id), 1, "{point:?}: the mail {id}");
    }
    assert_eq!(after.failed, Vec::<String>::new(), "{point:?}");
    check_answers(&sink, &after, &answers);
}

#[test]
fn nothing_is_lost_or_doubled_wherever_the_program_is_cut_off() {
    for point in AbortPoint::ALL {
        let counts = match point {
            // Commits also happen while the program starts.
            AbortPoint::BeforeCommit | AbortPoint::AfterCommit => [12, 19],
            _ => [1, 2],
        };
        for count in counts {
            cut_off_at(point, count);
        }
    }
}

#[test]
fn a_mail_whose_sender_never_heard_yes_may_come_again_and_is_one_comment() {
    let sink = Sink::start();
    let world = World::new(sink.address);
    let program = Program::start(&world);
    // The last dot is sent, and the program killed while the answer is under way.
    Client::new(world.smtp).send_without_waiting("<once@example.com>");
    program.kill();
    let program = Program::start(&world);
    Client::new(world.smtp).send("<once@example.com>").expect("the mail is taken now");
    program.stop();
    assert_eq!(world.finish().comments_of("<once@example.com>"), 1);
}

/// Killed right after 250, before anything was done with the mail.
#[test]
fn a_mail_is_kept_from_the_moment_of_250() {
    let sink = Sink::start();
    let world = World::new(sink.address);
    for number in 0..5 {
        let program = Program::start(&world);
        Client::new(world.smtp).send(&format!("<kept-{number}@example.com>")).expect("the mail is taken");
        program.kill();
    }
    let after = world.finish();
    for number in 0..5 {
        assert_eq!(after.comments_of(&format!("<kept-{number}@example.com>")), 1);
    }
}

#[test]
fn an_answer_keeps_its_message_id_wherever_its_sending_was_cut_off() {
    for point in [Point::RecipientTaken, Point::ContentRead, Point::YesSaid] {
        let sink = Sink::start();
        let world = World::new(sink.address);
        let program = Program::start(&world);
        Client::new(world.smtp).send("<question@example.com>").expect("the mail is taken");
        let ticket = program::wait_for_ticket(world.http);
        let reached = sink.stop_at(point);
        program::answer(world.http, ticket, "answer-1").expect("the answer is accepted");
        // The relay has come to that point and holds still until the program is dead.
        let go_on = reached.recv().expect("the relay is reached");
        program.kill();
        drop(go_on);
        let after = world.finish();
        let names: BTreeSet<String> = sink.mails().iter().map(|mail| mail::header(mail, "Message-ID")).collect();
        assert_eq!(names.len(), 1, "{point:?}: {names:?}");
        assert_eq!(after.comments_that_say("answer-1"), 1, "{point:?}");
        assert_eq!(after.outbound, ["sent"], "{point:?}");
    }
}
