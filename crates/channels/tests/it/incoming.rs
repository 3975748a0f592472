//! From a stored mail to a ticket.

use mail::thread::{self, Key};
use tickets::Status;

use crate::desk::{ANNA, Desk, MARI};

/// The address that answers to a ticket go to.
fn token(desk: &Desk, ticket: i64) -> String {
    thread::reply_address(&Key::new(&desk.app.secrets().derive("mail threading")), ticket, "help@desk.example")
}

#[test]
fn a_mail_becomes_a_ticket_with_what_is_new_in_it() {
    let desk = Desk::new();
    let text =
        "The printer burns.\r\n\r\nOn Mon, 2 Nov 2026 at 10:00, Help <help@desk.example> wrote:\r\n> Old text\r\n";
    let fields = "Subject: =?utf-8?Q?Tere_=C3=B5htust?=\r\nCc: Peeter <peeter@b.example>, help@desk.example\r\nMessage-ID: <m1@a.example>\r\n";
    desk.mail_to("help@desk.example", "Juhan Juurikas <juhan@a.example>", fields, text);
    let ticket = desk.tickets().remove(0);
    assert_eq!(ticket.subject, "Tere õhtust");
    assert_eq!(ticket.recipient.as_deref(), Some("help@desk.example"));
    assert_eq!(ticket.status, Status::New);
    assert_eq!(desk.user("juhan@a.example").name, "Juhan Juurikas");
    assert_eq!(ticket.requester, desk.user("juhan@a.example").id);
    assert_eq!(ticket.ccs.iter().copied().collect::<Vec<_>>(), [desk.user("peeter@b.example").id]);
    let comment = desk.comments(&ticket).remove(0);
    assert_eq!(comment.body, "The printer burns.");
    assert!(comment.full_html_body.unwrap().contains("Old text"));
    assert_eq!(comment.message_id.as_deref(), Some("m1@a.example"));
}

#[test]
fn an_answer_with_the_token_joins_its_ticket_whatever_the_subject() {
    let desk = Desk::new();
    desk.mail("juhan@a.example", "Printer", "It burns");
    let id = desk.tickets()[0].id;
    desk.mail_to(&token(&desk, id.0), "juhan@a.example", "Subject: something else\r\n", "Still burning");
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1);
    assert_eq!(desk.comments(&tickets[0])[1].body, "Still burning");
}

#[test]
fn a_forged_token_and_the_same_subject_join_nothing() {
    let desk = Desk::new();
    desk.mail("juhan@a.example", "Printer", "It burns");
    let forged = token(&desk, desk.tickets()[0].id.0).replace("+1-", "+2-");
    desk.mail_to(&forged, "juhan@a.example", "Subject: Re: Printer\r\n", "Again");
    assert_eq!(desk.tickets().len(), 2);
}

#[test]
fn references_to_a_mail_of_the_ticket_are_enough() {
    let desk = Desk::new();
    desk.mail_to("help@desk.example", "juhan@a.example", "Subject: P\r\nMessage-ID: <m1@a.example>\r\n", "It burns");
    desk.mail_to(
        "help@desk.example",
        "juhan@a.example",
        "Subject: Re: P\r\nReferences: <x@y> <m1@a.example>\r\n",
        "More",
    );
    assert_eq!(desk.tickets().len(), 1);
}

#[test]
fn a_strangers_answer_opens_a_ticket_that_is_linked_to_the_other() {
    let desk = Desk::new();
    desk.mail("juhan@a.example", "Printer", "It burns");
    let first = desk.tickets()[0].id;
    desk.mail_to(&token(&desk, first.0), "stranger@evil.example", "Subject: Re: Printer\r\n", "Send me the password");
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 2);
    assert_eq!(desk.comments(&tickets[0]).len(), 1);
    let links: Vec<i64> = desk.read(|tx| tx.column("SELECT to_id FROM ticket_links WHERE kind = 'reply'", &[]));
    assert_eq!(links, [first.0]);
}

#[test]
fn a_mail_that_its_domain_disowns_does_not_join() {
    let desk = Desk::new();
    desk.write(|tx| {
        let settings = channels::email::settings::MailSettings {
            authserv_id: Some("mx.desk.example".into()),
            ..Default::default()
        };
        kernel::settings::set(tx, &settings)
    });
    desk.mail("juhan@a.example", "Printer", "It burns");
    let to = token(&desk, desk.tickets()[0].id.0);
    let failed = "Authentication-Results: mx.desk.example; dmarc=fail\r\nSubject: x\r\n";
    desk.mail_to(&to, "juhan@a.example", failed, "I am Juhan, honestly");
    assert_eq!(desk.tickets().len(), 2);
    desk.mail_to("help@desk.example", MARI, failed, "I am Mari, honestly");
    assert_eq!(desk.inbound_states()[2], "suspended");
    assert_eq!(desk.text("SELECT cause FROM suspended_tickets"), ["failed_authentication"]);
}

#[test]
fn a_forward_by_an_agent_is_its_first_authors_ticket() {
    let desk = Desk::new();
    let text = "Please handle.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Juhan Juurikas <juhan@a.example>\r\n\
        Date: Mon, 2 Nov 2026 at 10:00\r\nSubject: Printer\r\nTo: <mari@desk.example>\r\n\r\nIt burns.\r\n";
    desk.mail(MARI, "Fwd: Printer", text);
    let ticket = desk.tickets().remove(0);
    assert_eq!(ticket.requester, desk.user("juhan@a.example").id);
    assert_eq!(ticket.submitter, desk.user(MARI).id);
    assert_eq!(ticket.subject, "Printer");
    assert_eq!(desk.comments(&ticket)[0].body, "It burns.");
}

#[test]
fn pictures_of_the_mail_are_shown_and_remote_ones_wait() {
    let desk = Desk::new();
    let fields = "Subject: Picture\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n";
    let text = "--b\r\nContent-Type: text/html\r\n\r\n<p>See <img src=\"cid:p1@a\"><img src=\"http://spy.example/x.gif\"></p>\r\n\
        --b\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <p1@a>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n";
    desk.mail_to("help@desk.example", "juhan@a.example", fields, text);
    let comment = desk.comments(&desk.tickets()[0]).remove(0);
    assert!(comment.html_body.contains("src=\"/api/v2/attachments/content/"), "{}", comment.html_body);
    assert!(comment.has_remote_images && !comment.html_body.contains(" src=\"http://spy"));
    let inline: Vec<bool> = desk.read(|tx| tx.column("SELECT inline FROM attachments", &[]));
    assert_eq!(inline, [true]);
}

#[test]
fn a_vacation_note_joins_quietly_and_one_without_a_ticket_is_kept_out() {
    let desk = Desk::new();
    desk.mail("juhan@a.example", "Printer", "It burns");
    let ticket = desk.tickets()[0].id;
    let mari = desk.actor(MARI);
    desk.change(&mari, ticket, vec![tickets::Change::Status(Status::Solved)], tickets::Via::Web);
    let note = "Subject: Automatic reply: Printer\r\nAuto-Submitted: auto-replied\r\n";
    desk.mail_to(&token(&desk, ticket.0), "juhan@a.example", note, "I am away");
    let after = desk.tickets().remove(0);
    assert_eq!((after.status, after.comment_count), (Status::Solved, 2));
    desk.mail_to("help@desk.example", "other@a.example", note, "I am away");
    assert_eq!(desk.tickets().len(), 1);
    assert_eq!(desk.text("SELECT cause FROM suspended_tickets"), ["automatic"]);
    assert!(desk.outbound_states().is_empty(), "something was answered to a vacation note");
}

#[test]
fn our_own_mail_that_comes_back_is_kept_out() {
    let desk = Desk::new();
    let mark = kernel::secrets::hex(&desk.app.secrets().derive("mail loop mark")[..12]);
    desk.mail_to("help@desk.example", "robot@a.example", &format!("Subject: x\r\nX-Tugi-Loop: {mark}\r\n"), "hi");
    desk.mail("help@desk.example", "From ourselves", "hi");
    assert_eq!(desk.text("SELECT cause FROM suspended_tickets ORDER BY id"), ["loop", "from_ourselves"]);
}

#[test]
fn a_form_that_writes_in_our_name_is_its_writers_mail() {
    let desk = Desk::new();
    desk.mail_to(
        "help@desk.example",
        "help@desk.example",
        "Subject: Form\r\nReply-To: Juhan <juhan@a.example>\r\n",
        "hi",
    );
    assert_eq!(desk.tickets()[0].requester, desk.user("juhan@a.example").id);
}

#[test]
fn blocked_spammy_and_too_frequent_senders_are_kept_out() {
    let desk = Desk::new();
    desk.write(|tx| {
        let settings = channels::email::settings::MailSettings { hourly_limit: 2, ..Default::default() };
        kernel::settings::set(tx, &settings)?;
        tx.execute("INSERT INTO sender_lists (pattern, kind, created_at) VALUES ('evil.example', 'block', 0)", &[])?;
        tx.execute("INSERT INTO sender_lists (pattern, kind, created_at) VALUES ('ok@evil.example', 'allow', 0)", &[])
    });
    desk.mail("a@evil.example", "1", "x");
    desk.mail_to("help@desk.example", "ok@evil.example", "Subject: 2\r\nX-Spam-Flag: YES\r\n", "allowed all the same");
    desk.mail_to("help@desk.example", "b@spam.example", "Subject: 3\r\nX-Spam-Flag: YES\r\n", "x");
    for n in 0..3 {
        desk.mail("many@a.example", &format!("many {n}"), &format!("x {n}"));
    }
    assert_eq!(desk.text("SELECT cause FROM suspended_tickets ORDER BY id"), ["blocked", "spam", "too_many"]);
    assert_eq!(desk.tickets().len(), 3);
}

#[test]
fn suspended_mail_is_recovered_as_if_it_had_come_in() {
    let desk = Desk::new();
    desk.mail_to("help@desk.example", "juhan@a.example", "Subject: Buy\r\nX-Spam-Flag: YES\r\n", "really");
    let anna = desk.actor(ANNA);
    let id = desk.read(|tx| tx.value("SELECT id FROM suspended_tickets", &[]));
    let ticket = channels::email::ingest::recover(&desk.app, &anna, id).unwrap();
    assert_eq!(desk.tickets()[0].id, ticket);
    assert_eq!(desk.inbound_states(), ["processed"]);
    assert!(desk.text("SELECT cause FROM suspended_tickets").is_empty());
    desk.pass(120_000);
    assert_eq!(desk.tickets().len(), 1);
    let mari = desk.actor(MARI);
    assert_eq!(channels::email::ingest::recover(&desk.app, &mari, id).unwrap_err().code(), "Forbidden");
}

#[test]
fn a_copy_to_another_address_of_ours_stays_one_ticket() {
    let desk = Desk::new();
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
    let raw = "From: j@a.example\r\nTo: help@desk.example, sales@desk.example\r\nSubject: x\r\nMessage-ID: <1@a>\r\n\r\nhi\r\n";
    assert!(desk.client().send("j@a.example", "help@desk.example", raw).starts_with("250"));
    assert!(desk.client().send("j@a.example", "sales@desk.example", raw).starts_with("250"));
    desk.settle();
    assert_eq!(desk.inbound_states(), ["processed", "ignored"]);
    assert_eq!(desk.tickets().len(), 1);
}

#[test]
fn whatever_comes_becomes_something_that_can_be_seen() {
    let desk = Desk::new();
    for (n, raw) in [
        "no header at all",
        "From: \r\nSubject: \r\n\r\n",
        "From: x@y.example\r\nContent-Type: multipart/mixed\r\n\r\n--",
        "\r\n\r\n\0\u{1}",
    ]
    .iter()
    .enumerate()
    {
        let answer = desk.client().send("j@a.example", "help@desk.example", raw);
        assert!(answer.starts_with("250"), "{n}: {answer}");
    }
    desk.settle();
    assert!(desk.inbound_states().iter().all(|state| state == "processed"), "{:?}", desk.inbound_states());
}
