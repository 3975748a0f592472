//! From a comment to the customer's mailbox.

use base::time::{MINUTE, SECOND};
use channels::email::outbound;
use tickets::{Change, Via};

use crate::desk::{ANNA, Desk, MARI, id_of};
use crate::relay::{FakeRelay, Mood};

fn customer_wrote(desk: &Desk) -> base::TicketId {
    let fields = "Subject: Printer\r\nMessage-ID: <m1@a.example>\r\nCc: peeter@b.example\r\n";
    desk.mail_to("help@desk.example", "Juhan <juhan@a.example>", fields, "It burns");
    desk.tickets()[0].id
}

#[test]
fn an_answer_goes_out_after_the_undo_window_and_its_reply_comes_back_to_the_ticket() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    desk.reply(MARI, ticket, "<p>Use <b>water</b></p>");
    desk.settle();
    assert_eq!(desk.outbound_states(), ["held"]);
    assert!(relay.taken().is_empty());
    desk.pass(10 * SECOND);
    assert_eq!(desk.outbound_states(), ["sent"]);
    let taken = relay.taken().remove(0);
    assert_eq!(taken.to, ["juhan@a.example", "peeter@b.example"]);
    assert!(taken.from.starts_with("help+b."), "{}", taken.from);
    let mail = taken.message();
    assert_eq!(mail.from[0].name, "Help (Näide)");
    assert_eq!((mail.to[0].name.as_str(), mail.to[0].address.as_str()), ("Juhan", "juhan@a.example"));
    assert_eq!(mail.cc[0].address, "peeter@b.example");
    assert_eq!(mail.subject, "Re: Printer");
    assert_eq!(mail.in_reply_to, ["m1@a.example"]);
    assert!(mail.html.as_ref().unwrap().contains("<b>water</b>") && mail.text.as_ref().unwrap().contains("water"));
    let reply_to = mail.reply_to[0].address.clone();
    assert!(reply_to.starts_with("help+1-"), "{reply_to}");
    desk.mail_to(&reply_to, "juhan@a.example", "Subject: Re: Printer\r\n", "Thanks");
    let by_references = format!("Subject: Re: Printer\r\nIn-Reply-To: <{}>\r\n", mail.message_id.unwrap());
    desk.mail_to("help@desk.example", "peeter@b.example", &by_references, "From me too");
    assert_eq!(desk.tickets().len(), 1);
    assert_eq!(desk.comments(&desk.tickets()[0]).len(), 4);
}

#[test]
fn a_relay_that_was_down_gets_the_mail_once_with_the_same_id() {
    let desk = Desk::with_relay(FakeRelay::nowhere());
    let address = desk.relay_address();
    let ticket = customer_wrote(&desk);
    desk.reply(MARI, ticket, "<p>Water</p>");
    desk.pass(10 * SECOND);
    assert_eq!(desk.outbound_states(), ["queued"]);
    assert_eq!(desk.alarms(), ["relay_failed"]);
    let id = desk.text("SELECT message_id FROM outbound_messages").remove(0);
    let relay = FakeRelay::on(std::net::TcpListener::bind(address).unwrap(), Mood::default());
    desk.pass(MINUTE);
    desk.pass(MINUTE);
    let taken = relay.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].message().message_id, Some(id));
    assert_eq!(desk.outbound_states(), ["sent"]);
    assert!(desk.alarms().is_empty());
}

#[test]
fn a_mail_that_was_being_sent_when_the_program_died_goes_out_again_with_the_same_bytes() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    desk.comment(MARI, ticket, "<p>Water</p>", true, Via::Api);
    desk.settle();
    // As if the program had died between the relay's answer and its own note of it.
    desk.write(|tx| {
        tx.execute("UPDATE outbound_messages SET state = 'sending'", &[])?;
        let (id, key): (i64, String) = {
            let row = tx.get("SELECT id, job_key FROM outbound_messages", &[])?;
            (row.at(0)?, row.at(1)?)
        };
        kernel::jobs::enqueue(tx, &channels::email::send::Send { outbound: id.into(), key })
    });
    desk.settle();
    let taken = relay.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].raw, taken[1].raw);
    assert_eq!(desk.outbound_states(), ["sent"]);
}

#[test]
fn an_unknown_recipient_fails_for_good_and_the_others_get_theirs() {
    let relay = FakeRelay::start(Mood { refuse: Some("juhan".into()), ..Mood::default() });
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    desk.comment(MARI, ticket, "<p>Water</p>", true, Via::Api);
    desk.settle();
    assert_eq!(relay.taken()[0].to, ["peeter@b.example"]);
    assert_eq!(desk.alarms(), ["mail_undelivered"]);
    let alone = desk.mail_alone("juhan@c.example");
    desk.comment(MARI, alone, "<p>Hi</p>", true, Via::Api);
    desk.settle();
    assert_eq!(desk.outbound_states(), ["sent", "failed"]);
}

#[test]
fn a_busy_relay_is_asked_again_later() {
    let relay = FakeRelay::start(Mood { busy: true, ..Mood::default() });
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    desk.comment(MARI, ticket, "<p>Water</p>", true, Via::Api);
    desk.settle();
    desk.pass(30 * SECOND);
    assert_eq!(desk.outbound_states(), ["queued"]);
    assert!(desk.alarms().is_empty());
    let attempts: i64 = desk.read(|tx| tx.value("SELECT attempts FROM outbound_messages", &[]));
    assert_eq!(attempts, 2);
}

#[test]
fn an_answer_is_taken_back_within_the_window_and_not_after_it() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    desk.reply(MARI, ticket, "<p>Wrong words</p>");
    let (id, mari) = (desk.first_outbound(), desk.actor(MARI));
    let by_author = mari.clone();
    desk.write(move |tx| outbound::cancel(tx, &by_author, id));
    desk.pass(MINUTE);
    assert_eq!(desk.outbound_states(), ["cancelled"]);
    assert!(relay.taken().is_empty());
    assert_eq!(desk.text("SELECT html_body FROM drafts"), ["<p>Wrong words</p>"]);
    desk.reply(MARI, ticket, "<p>Right words</p>");
    desk.pass(MINUTE);
    let sent = desk.app.write(move |tx| outbound::cancel(tx, &mari, base::OutboundId(id.0 + 1))).wait();
    assert_eq!(sent.unwrap_err().code(), "RecordInvalid");
}

#[test]
fn only_the_author_and_mail_admins_take_an_answer_back() {
    let desk = Desk::new();
    let ticket = customer_wrote(&desk);
    desk.reply(ANNA, ticket, "<p>Hi</p>");
    let (id, mari) = (desk.first_outbound(), desk.actor(MARI));
    let refused = desk.app.write(move |tx| outbound::cancel(tx, &mari, id)).wait();
    assert_eq!(refused.unwrap_err().code(), "Forbidden");
}

#[test]
fn a_scheduled_answer_waits_and_can_be_sent_at_once() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    let content = tickets::Content::from_html("<p>Later</p>", |_| None);
    let send_at = Some(crate::desk::BEGIN.plus(60 * MINUTE));
    let comment = tickets::NewComment { content, public: Some(true), send_at, ..Default::default() };
    let mari = desk.actor(MARI);
    desk.change(&mari, ticket, vec![Change::Comment(Box::new(comment))], Via::Web);
    desk.pass(10 * MINUTE);
    assert_eq!(desk.outbound_states(), ["held"]);
    let id = desk.first_outbound();
    desk.write(move |tx| outbound::send_now(tx, &mari, id));
    desk.settle();
    assert_eq!(relay.taken().len(), 1);
    desk.pass(60 * MINUTE);
    assert_eq!(relay.taken().len(), 1);
}

#[test]
fn followers_get_notes_and_customers_do_not() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    let (mari, anna) = (desk.actor(MARI), id_of(&desk, ANNA));
    desk.change(&mari, ticket, vec![Change::AddFollower(anna)], Via::Web);
    desk.comment(MARI, ticket, "<p>Between us</p>", false, Via::Api);
    desk.settle();
    let taken = relay.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to, [ANNA]);
    assert!(taken[0].message().text.unwrap().contains("Between us"));
}

#[test]
fn a_bounce_marks_the_mail_and_the_address() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let ticket = desk.mail_alone("juhan@a.example");
    desk.comment(MARI, ticket, "<p>Water</p>", true, Via::Api);
    desk.settle();
    let path = relay.taken()[0].from.clone();
    let report = "Subject: Undelivered Mail\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n";
    let text = "--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; mx.a.example\r\n\r\nFinal-Recipient: rfc822; juhan@a.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
        Diagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n";
    desk.bounce(&path, report, text);
    assert_eq!(desk.outbound_states(), ["bounced"]);
    let states = desk.text("SELECT deliverable_state FROM user_identities WHERE value = 'juhan@a.example'");
    assert_eq!(states, ["undeliverable"]);
    assert_eq!(desk.tickets().len(), 1);
    assert_eq!(desk.comments(&desk.tickets()[0]).len(), 2);
}

#[test]
fn without_a_relay_the_mail_stays_in_the_outbox() {
    let desk = Desk::new();
    let ticket = customer_wrote(&desk);
    desk.comment(MARI, ticket, "<p>Water</p>", true, Via::Api);
    desk.settle();
    assert_eq!(desk.outbound_states(), ["outbox"]);
    let kept: i64 = desk.read(|tx| tx.value("SELECT COUNT(*) FROM outbound_messages WHERE blob_key IS NOT NULL", &[]));
    assert_eq!(kept, 1);
}

#[test]
fn letters_are_written_in_their_readers_language() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    desk.write(|tx| {
        let new = people::NewUser {
            name: Some("Uus".into()),
            email: Some("uus@x.example".into()),
            role: Some(base::Role::Agent),
            locale: Some(base::Locale::Et),
            ..Default::default()
        };
        people::create_user(tx, &base::Actor::system(), new)
    });
    desk.settle();
    let mail = relay.taken()[0].message();
    assert_eq!(mail.subject, "Tere tulemast: Näide");
    assert!(mail.text.unwrap().contains("https://desk.example/password/"));
}

#[test]
fn a_rule_s_mail_goes_to_its_readers_only_and_an_answer_to_it_comes_to_the_ticket() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let ticket = customer_wrote(&desk);
    let to = vec![id_of(&desk, "juhan@a.example"), id_of(&desk, MARI)];
    desk.write(move |tx| {
        let content = tickets::Content::from_text("We have your request.\n<b>");
        let subject = "Request\r\nBcc: x@y.example".to_owned();
        channels::email::notices::write(tx, &tickets::Notice { ticket, to, subject, content })
    });
    desk.settle();
    assert_eq!(desk.outbound_states(), ["sent", "sent"]);
    let taken = relay.taken();
    let customer = taken.iter().find(|one| one.to == ["juhan@a.example"]).unwrap().message();
    assert_eq!(customer.subject, "Request Bcc: x@y.example");
    assert!(customer.text.as_ref().unwrap().contains("We have your request."));
    assert!(!customer.html.as_ref().unwrap().contains("<b>"));
    let reply_to = customer.reply_to[0].address.clone();
    desk.mail_to(&reply_to, "juhan@a.example", "Subject: Re: Request\r\n", "Thanks");
    assert_eq!(desk.tickets().len(), 1);
    // What rules write is no comment, and answers nobody.
    assert_eq!(desk.comments(&desk.tickets()[0]).len(), 2);
}
