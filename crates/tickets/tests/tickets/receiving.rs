//! Messages from outside.

use people::Contact;
use serde_json::json;
use tickets::Content;

use crate::desk::{Desk, incoming};

#[test]
fn a_mail_opens_a_ticket_and_its_answer_joins_it() {
    let desk = Desk::new();
    let first = desk.mail("newcomer", "It burns", None);
    assert!(first.opened);
    let id = first.ticket.0;
    assert_eq!(desk.ticket(id)["requester_id"], json!(desk.id("newcomer")));
    desk.change("mari", id, json!({"status": "solved", "comment": {"body": "Put out"}})).ok();
    let second = desk.mail("newcomer", "Still burning", Some(id));
    assert_eq!((second.ticket.0, second.opened), (id, false));
    let ticket = desk.ticket(id);
    assert_eq!((&ticket["status"], &ticket["via"]["channel"]), (&json!("open"), &json!("email")));
    assert_eq!(desk.texts("mari", id), ["It burns", "Put out", "Still burning"]);
}

#[test]
fn an_automatic_answer_opens_nothing_again() {
    let desk = Desk::new();
    let id = desk.mail("juhan", "It burns", None).ticket.0;
    desk.change("mari", id, json!({"status": "solved", "comment": {"body": "Put out"}})).ok();
    let mut vacation = incoming("juhan", "I am away", Some(id));
    vacation.automatic = true;
    desk.write(move |tx| tickets::receive(tx, vacation));
    assert_eq!(desk.ticket(id)["status"], "solved");
}

#[test]
fn a_stranger_and_an_untrusted_sender_get_tickets_of_their_own_with_a_link() {
    let desk = Desk::new();
    let id = desk.mail("juhan", "It burns", None).ticket.0;
    let stranger = desk.mail("kati", "Me too", Some(id));
    assert!(stranger.opened);
    let mut forged = incoming("juhan", "Send me the password", Some(id));
    forged.trusted = false;
    let forged = desk.write(move |tx| tickets::receive(tx, forged));
    assert!(forged.opened);
    assert_eq!(desk.texts("mari", id), ["It burns"]);
    let related = desk.get("mari", &format!("/tickets/{id}/related")).ok();
    let mut linked: Vec<i64> = related["ticket_related"]["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["ticket_id"].as_i64().unwrap())
        .collect();
    linked.sort_unstable();
    assert_eq!(linked, [stranger.ticket.0, forged.ticket.0]);
}

#[test]
fn somebody_who_is_copied_may_answer() {
    let desk = Desk::new();
    let mut first = incoming("juhan", "It burns", None);
    first.ccs = vec![Contact { email: Some("kati@tugi.test".into()), ..Contact::default() }];
    let id = desk.write(move |tx| tickets::receive(tx, first)).ticket.0;
    assert!(!desk.mail("kati", "I see smoke", Some(id)).opened);
    assert_eq!(desk.ticket(id)["email_cc_ids"], json!([desk.id("kati")]));
}

#[test]
fn an_answer_to_a_closed_ticket_is_a_followup() {
    let desk = Desk::new();
    let id = desk.mail("juhan", "It burns", None).ticket.0;
    desk.change("mari", id, json!({"status": "closed", "tags": ["fire"], "group_id": desk.support})).ok();
    let after = desk.mail("juhan", "Again", Some(id));
    assert!(after.opened);
    let ticket = desk.ticket(after.ticket.0);
    assert_eq!(ticket["followup_source_id"], json!(id));
    assert_eq!((&ticket["tags"], &ticket["group_id"]), (&json!(["fire"]), &json!(desk.support)));
}

#[test]
fn an_answer_to_a_merged_ticket_goes_to_where_it_was_merged() {
    let desk = Desk::new();
    let (from, into) = (desk.mail("kati", "Me too", None).ticket.0, desk.mail("juhan", "It burns", None).ticket.0);
    let last = desk.open("juhan", "All fires");
    desk.post("mari", &format!("/tickets/{into}/merge"), json!({"ids": [from]})).ok();
    assert_eq!(desk.mail("kati", "And now?", Some(from)).ticket.0, into);
    desk.post("mari", &format!("/tickets/{last}/merge"), json!({"ids": [into]})).ok();
    assert_eq!(desk.mail("kati", "And now?", Some(from)).ticket.0, last);
}

#[test]
fn an_answer_to_a_deleted_ticket_opens_a_new_one() {
    let desk = Desk::new();
    let id = desk.mail("juhan", "It burns", None).ticket.0;
    desk.delete("mari", &format!("/tickets/{id}"));
    assert!(desk.mail("juhan", "Hello?", Some(id)).opened);
}

#[test]
fn an_agent_passes_a_mail_on_for_its_sender() {
    let desk = Desk::new();
    let mut forwarded = incoming("mari", "My printer burns", None);
    forwarded.requester =
        Some(Contact { name: Some("Uku".into()), email: Some("uku@tugi.test".into()), ..Contact::default() });
    let id = desk.write(move |tx| tickets::receive(tx, forwarded)).ticket.0;
    let ticket = desk.ticket(id);
    assert_eq!(ticket["requester_id"], json!(desk.id("uku")));
    assert_eq!(ticket["submitter_id"], json!(desk.id("mari")));
}

#[test]
fn an_agents_mail_answers_in_public_and_a_light_agents_is_a_note() {
    let desk = Desk::new();
    let id = desk.mail("juhan", "It burns", None).ticket.0;
    desk.mail("mari", "Use water", Some(id));
    let mut light = incoming("liis", "Not water!", Some(id));
    light.ccs = vec![Contact { email: Some("kati@tugi.test".into()), ..Contact::default() }];
    desk.write(move |tx| tickets::receive(tx, light));
    let all = desk.get("mari", &format!("/tickets/{id}/comments")).ok();
    let public: Vec<_> = all["comments"].as_array().unwrap().iter().map(|c| c["public"] == true).collect();
    assert_eq!(public, [true, true, false]);
}

#[test]
fn whatever_the_subject_is_the_mail_gets_in() {
    let desk = Desk::new();
    for subject in ["", " ", &"word ".repeat(100), &format!("{} and more", "x".repeat(150)), &"õ".repeat(400)] {
        let mut mail = incoming("juhan", "", None);
        mail.subject = subject.into();
        mail.content = Content::from_text("text");
        let id = desk.write(move |tx| tickets::receive(tx, mail)).ticket.0;
        let ticket = desk.ticket(id);
        let kept = ticket["subject"].as_str().unwrap();
        assert!(!kept.is_empty() && kept.chars().count() <= 150, "{kept}");
    }
    let mut blank = incoming("juhan", "", None);
    blank.subject = String::new();
    let id = desk.write(move |tx| tickets::receive(tx, blank)).ticket.0;
    assert_eq!(desk.texts("mari", id).len(), 1);
}
