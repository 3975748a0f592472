//! The main story: a mail comes in, an agent answers, the customer gets it, and answers again.

use base::time;
use serde_json::json;

use crate::desk::Desk;

#[test]
fn a_mail_becomes_a_ticket_and_its_answer_a_mail_that_can_be_answered() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "Printer on fire");
    desk.as_("mari").reply(ticket, "Try water.", "solved");
    assert_eq!(desk.outbox_of(ticket).len(), 1);
    desk.pass(time::MINUTE);

    let outbox = desk.outbox_of(ticket);
    assert_eq!(outbox[0].to, ["juhan@example.com"]);
    assert_eq!(outbox[0].state, "outbox", "without a relay mail is kept where it can be seen");
    assert!(outbox[0].raw.contains("Try water."));
    let reply_to = outbox[0].address("Reply-To").or(outbox[0].address("From")).unwrap();
    assert!(reply_to.starts_with("support+") && reply_to.ends_with("@desk.test"), "{reply_to}");
    assert!(outbox[0].header("References").unwrap().contains("mail-0@juhan.example.com"));

    assert_eq!(desk.reply_by_mail("juhan", ticket, "Still burning"), ticket);
    insta::assert_snapshot!(desk.timeline(ticket), @"
    juhan: Printer on fire. Please help.
    mari: Try water.
    juhan: Still burning
    open
    ");
}

#[test]
fn a_stranger_who_answers_opens_a_ticket_of_their_own() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "My contract");
    desk.as_("mari").reply(ticket, "Here it is.", "solved");
    desk.pass(time::MINUTE);
    let mail = desk.outbox_of(ticket).pop().unwrap();
    let to = mail.address("Reply-To").or(mail.address("From")).unwrap();
    let thread = format!("In-Reply-To: <{}>\r\n", mail.message_id.trim_matches(['<', '>']));
    let other = desk.mail_with("stranger", &to, "Re: My contract", "Show me more.", &thread);
    assert_ne!(other, ticket);
    assert!(!desk.timeline(ticket).contains("Show me more."));
}

#[test]
fn the_subject_alone_joins_nothing() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "Printer on fire");
    let other = desk.mail_with("juhan", "support@desk.test", &format!("Re: Printer on fire [#{ticket}]"), "And?", "");
    assert_ne!(other, ticket);
}

#[test]
fn a_note_goes_to_nobody() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "Printer on fire");
    let note = json!({"ticket": {"comment": {"body": "He is always so.", "public": false}}});
    desk.as_("mari").put(&format!("/api/v2/tickets/{ticket}"), note).ok();
    desk.pass(time::MINUTE);
    assert_eq!(desk.outbox_of(ticket).len(), 0);
}

#[test]
fn the_same_mail_twice_is_one_comment() {
    let desk = Desk::new();
    let raw =
        "From: juhan@example.com\r\nTo: support@desk.test\r\nSubject: Once\r\nMessage-ID: <one@example.com>\r\n\r\nHi";
    desk.deliver("juhan@example.com", "support@desk.test", raw);
    desk.deliver("juhan@example.com", "support@desk.test", raw);
    desk.settle();
    let count = desk.as_("admin").get("/api/v2/tickets.json").ok()["count"].clone();
    assert_eq!(count, 1);
}
