//! What becomes of tickets when two people become one.

use base::{Actor, UserId};
use serde_json::{Value, json};

use crate::desk::Desk;

/// Merges one of the cast into another, as an admin does.
fn merge(desk: &Desk, from: &str, into: &str) {
    let (from, into) = (UserId(desk.id(from)), UserId(desk.id(into)));
    desk.write(move |tx| people::merge(tx, &Actor::system(), from, into).map(drop));
}

/// The fields that a ticket's audits say were changed, oldest first, without those of its making.
fn changed(desk: &Desk, id: i64) -> Vec<Value> {
    let audits = desk.get("anu", &format!("/tickets/{id}/audits")).ok();
    let events = audits["audits"].as_array().unwrap().iter().flat_map(|audit| audit["events"].as_array().unwrap());
    events.filter(|event| event["type"] == "Change").map(|event| event["field_name"].clone()).collect()
}

#[test]
fn whatever_names_somebody_who_became_another_names_the_other_and_says_so() {
    let desk = Desk::new();
    let (kati, juhan) = (desk.id("kati"), desk.id("juhan"));
    let (own, closed, deleted) = (desk.open("kati", "Own"), desk.open("kati", "Closed"), desk.open("kati", "Deleted"));
    let copied = desk.open("juhan", "Copied");
    desk.change("mari", copied, json!({"email_ccs": [{"user_id": kati}]})).ok();
    desk.mail("kati", "I see this too", Some(copied));
    desk.change("mari", closed, json!({"status": "closed"})).ok();
    desk.delete("anu", &format!("/tickets/{deleted}")).ok();
    desk.clock.advance(base::time::MINUTE);
    merge(&desk, "kati", "juhan");
    for id in [own, closed] {
        let ticket = desk.ticket(id);
        assert_eq!((&ticket["requester_id"], &ticket["submitter_id"]), (&json!(juhan), &json!(juhan)));
        assert_eq!(ticket["updated_at"], "2026-11-23T08:01:00Z");
        let comments = desk.get("mari", &format!("/tickets/{id}/comments")).ok();
        assert_eq!(comments["comments"][0]["author_id"], juhan);
    }
    assert_eq!(changed(&desk, own), ["requester_id", "submitter_id", "author_id"]);
    // Who wants it gets no copy beside.
    assert_eq!(desk.ticket(copied)["email_cc_ids"], json!([]));
    assert_eq!(changed(&desk, copied), ["email_ccs", "email_ccs", "author_id"]);
    desk.put("anu", &format!("/deleted_tickets/{deleted}/restore"), json!({})).ok();
    assert_eq!(desk.ticket(deleted)["requester_id"], juhan);
    let last = desk.get("anu", &format!("/tickets/{own}/audits")).ok();
    assert_eq!(last["audits"][1]["author_id"], Actor::SYSTEM.0);
}

#[test]
fn many_tickets_follow_in_batches_and_none_is_lost_meanwhile() {
    let desk = Desk::new();
    let (kati, juhan) = (desk.id("kati"), desk.id("juhan"));
    let all: Vec<i64> = (0..120).map(|n| desk.open("kati", &format!("T{n}"))).collect();
    merge(&desk, "kati", "juhan");
    let requester = |id: i64| desk.ticket(id)["requester_id"].as_i64().unwrap();
    let moved = all.iter().filter(|id| requester(**id) == juhan).count();
    assert!((1..120).contains(&moved), "{moved}");
    let (last, before_last) = (all[119], all[118]);
    assert_eq!((requester(last), requester(before_last)), (kati, kati));
    let shown = desk.get("anu", &format!("/tickets/{last}?include=users")).ok();
    assert!(shown["users"].as_array().unwrap().iter().any(|user| user["id"] == kati));
    // The address is the other's by now: an answer from it is the requester's, and goes into the ticket.
    let received = desk.mail("kati", "Any news?", Some(last));
    assert_eq!((received.ticket.0, received.opened), (last, false));
    assert_eq!(requester(last), juhan);
    // Whoever answers answers the one who can be reached.
    desk.change("mari", before_last, json!({"comment": {"body": "Soon"}})).ok();
    assert_eq!(requester(before_last), juhan);
    desk.run_jobs();
    for id in all {
        assert_eq!(requester(id), juhan);
        assert_eq!(changed(&desk, id).iter().filter(|name| *name == "requester_id").count(), 1, "{id}");
    }
}

#[test]
fn a_person_who_becomes_another_twice_takes_the_tickets_along() {
    let desk = Desk::new();
    let all: Vec<i64> = (0..60).map(|n| desk.open("kati", &format!("T{n}"))).collect();
    merge(&desk, "kati", "juhan");
    merge(&desk, "juhan", "peeter");
    desk.run_jobs();
    assert!(all.iter().all(|id| desk.ticket(*id)["requester_id"] == desk.id("peeter")));
}

#[test]
fn nobody_puts_one_person_in_anothers_place_by_hand() {
    let desk = Desk::new();
    let id = base::TicketId(desk.open("kati", "Own"));
    let (from, into) = (UserId(desk.id("kati")), UserId(desk.id("juhan")));
    let anu = desk.actor("anu");
    let refused = desk.app.write(move |tx| {
        let became = tickets::Change::Became(tickets::change::Became::Person { from, into });
        tickets::commit(tx, &anu, tickets::Target::Ticket(id), vec![became], &tickets::How::via(tickets::Via::Web))
    });
    assert!(matches!(refused.wait(), Err(base::Error::Forbidden(_))));
}
