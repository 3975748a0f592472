//! The person behind a mail or a call.

use base::{Actor, Credential, Locale, UserId};
use people::{Contact, OrganizationChange};
use serde_json::json;

use crate::desk::Desk;

fn contact(name: Option<&str>, email: &str) -> Contact {
    Contact { name: name.map(str::to_owned), email: Some(email.to_owned()), ..Contact::default() }
}

#[tokio::test]
async fn a_stranger_becomes_an_unverified_customer_of_the_domains_organization() {
    let desk = Desk::new();
    let (user, made) = desk.write(|tx| {
        let new = OrganizationChange {
            name: Some("Aed".into()),
            domains: Some(vec!["aed.ee".into()]),
            ..OrganizationChange::default()
        };
        people::create_organization(tx, &Actor::system(), new)?;
        let mut contact = contact(Some(" \"Karl  Kask\" "), "Karl@Aed.ee");
        contact.locale = Some(Locale::Et);
        people::find_or_create(tx, &contact)
    });
    assert!(made);
    assert_eq!((user.name.as_str(), user.email.as_deref()), ("Karl Kask", Some("karl@aed.ee")));
    assert!(!user.verified && user.organization_id.is_some() && user.locale == Locale::Et);
    let (again, made) = desk.write(|tx| people::find_or_create(tx, &contact(None, "karl@aed.ee")));
    assert!(!made && again.id == user.id);
    assert_eq!(desk.get("mari", "/users/search?query=karl").await.ok()["count"], 1);
}

#[tokio::test]
async fn a_name_is_made_of_the_address_until_a_real_one_comes() {
    let desk = Desk::new();
    let receive = |name: Option<&'static str>| {
        desk.write(move |tx| Ok(people::find_or_create(tx, &contact(name, "karl.kask@aed.ee"))?.0.name))
    };
    assert_eq!(receive(None), "Karl Kask");
    assert_eq!(receive(Some("karl.kask@aed.ee")), "Karl Kask");
    assert_eq!(receive(Some("Karl K. Kask")), "Karl K. Kask");
    assert_eq!(receive(Some("Somebody Else")), "Karl K. Kask");
}

#[tokio::test]
async fn mail_to_a_merged_address_finds_who_stayed() {
    let desk = Desk::new();
    let into = desk.user(json!({"name": "Stays", "email": "stays@x.ee"})).await["id"].as_i64().unwrap();
    let from = desk.user(json!({"name": "Goes", "email": "goes@x.ee"})).await["id"].as_i64().unwrap();
    desk.put("mari", &format!("/users/{from}/merge"), json!({"user": {"id": into}})).await.ok();
    let (user, made) = desk.write(|tx| people::find_or_create(tx, &contact(None, "goes@x.ee")));
    assert_eq!((user.id, made), (UserId(into), false));
}

#[tokio::test]
async fn a_caller_is_known_by_their_number() {
    let desk = Desk::new();
    let known = desk.user(json!({"name": "Kati", "phone": "+372 600 1234"})).await;
    let call = |number: &'static str| {
        let contact = Contact { phone: Some(number.into()), ..Contact::default() };
        desk.write(move |tx| people::find_or_create(tx, &contact))
    };
    assert_eq!(call("+3726001234").0.id.0, known["id"]);
    let (stranger, made) = call("+37255500000");
    assert_eq!((stranger.name.as_str(), made), ("+37255500000", true));
}

#[tokio::test]
async fn somebody_without_address_or_number_is_refused() {
    let desk = Desk::new();
    let app = desk.app.clone();
    let refused = app.write(|tx| people::find_or_create(tx, &contact(Some("X"), "nonsense"))).await;
    assert_eq!(refused.unwrap_err().code(), "RecordInvalid");
}

#[tokio::test]
async fn a_bounce_marks_the_address_until_mail_gets_through() {
    let desk = Desk::new();
    let path = format!("/users/{}/identities", desk.id("juhan"));
    let owner = desk.write(|tx| people::bounce(tx, "JUHAN@tugi.test"));
    assert_eq!(owner.map(|id| id.0), Some(desk.id("juhan")));
    let marked = desk.get("mari", &path).await.ok()["identities"][0].clone();
    assert_eq!((&marked["deliverable_state"], &marked["undeliverable_count"]), (&json!("undeliverable"), &json!(1)));
    desk.write(|tx| people::unbounce(tx, "juhan@tugi.test"));
    assert_eq!(desk.get("mari", &path).await.ok()["identities"][0]["deliverable_state"], "deliverable");
    assert_eq!(desk.write(|tx| people::bounce(tx, "nobody@tugi.test")), None);
}

#[tokio::test]
async fn an_actor_knows_groups_and_access() {
    let desk = Desk::new();
    let (mari, juhan) = (UserId(desk.id("mari")), UserId(desk.id("juhan")));
    let (agent, customer) = desk.read(move |tx| {
        let agent = people::actor_of(tx, mari, Credential::Channel)?;
        Ok((agent, people::actor_of(tx, juhan, Credential::Channel)?))
    });
    assert_eq!((agent.groups.len(), agent.tickets), (1, base::TicketAccess::All));
    assert_eq!((customer.groups.len(), customer.tickets), (0, base::TicketAccess::Requested));
    assert!(agent.is_staff() && !customer.is_staff());
    let (group, found) = (agent.groups[0], mari);
    assert!(desk.read(move |tx| people::agent_in_group(tx, found, group)));
    assert!(!desk.read(move |tx| people::agent_in_group(tx, juhan, group)));
}
