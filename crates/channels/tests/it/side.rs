//! Side conversations: mail with others about a ticket; and what is kept out or forgotten of mails.

use axum::http::StatusCode;
use base::time::SECOND;
use serde_json::{Value, json};

use crate::desk::{ANNA, Desk, MARI};
use crate::relay::{FakeRelay, Mood};

fn begin(desk: &Desk, to: Value) -> (i64, Value) {
    desk.mail("juhan@a.example", "Printer", "It burns");
    let ticket = desk.tickets()[0].id.0;
    let message = json!({"subject": "Spare parts", "html_body": "<p>Have you <b>any</b>?</p>", "to": to});
    let path = format!("/api/v2/tickets/{ticket}/side_conversations");
    let body = json!({"message": message, "external_ids": {"erp": "7"}});
    let (status, answer) = desk.call(&desk.actor(MARI), "POST", &path, body);
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    (ticket, answer)
}

#[test]
fn a_side_conversation_goes_out_by_mail_and_its_answer_comes_back_to_it() {
    let relay = FakeRelay::start(Mood::default());
    let desk = Desk::with_relay(relay.address);
    let (ticket, begun) = begin(&desk, json!([{"email": "parts@b.example", "name": "Parts"}]));
    let conversation = begun["side_conversation"].clone();
    assert_eq!((&conversation["state"], &conversation["ticket_id"]), (&json!("open"), &json!(ticket)));
    assert_eq!(conversation["external_ids"], json!({"erp": "7"}));
    assert_eq!(
        (&begun["event"]["type"], &begun["event"]["message"]["body"]),
        (&json!("create"), &json!("Have you any?"))
    );
    desk.pass(SECOND);
    let taken = relay.taken().remove(0);
    assert_eq!(taken.to, ["parts@b.example"]);
    let mail = taken.message();
    assert_eq!(mail.subject, "Spare parts");
    let reply_to = mail.reply_to[0].address.clone();
    assert!(reply_to.starts_with("help+s.1."), "{reply_to}");
    desk.mail_to(&reply_to, "Parts <parts@b.example>", "Subject: Re: Spare parts\r\n", "Two left");
    let by_reference = format!("Subject: Re: x\r\nIn-Reply-To: <{}>\r\n", mail.message_id.unwrap());
    desk.mail_to("help@desk.example", "boss@b.example", &by_reference, "One left");
    assert_eq!(desk.tickets().len(), 1);
    assert_eq!(desk.comments(&desk.tickets()[0]).len(), 1, "the customer's ticket knows nothing of it");
    let path = format!("/api/v2/tickets/{ticket}/side_conversations/{}", conversation["id"].as_str().unwrap());
    let mari = desk.actor(MARI);
    let (_, events) = desk.call(&mari, "GET", &format!("{path}/events?include=side_conversations"), Value::Null);
    let bodies: Vec<_> = events["events"].as_array().unwrap().iter().map(|e| e["message"]["body"].clone()).collect();
    assert_eq!(bodies, ["Have you any?", "Two left", "One left"]);
    assert_eq!(events["side_conversations"][0]["participants"].as_array().unwrap().len(), 3);
    assert_eq!(events["events"][1]["via"], "mail");
}

#[test]
fn a_conversation_is_closed_renamed_and_opened_by_an_answer() {
    let desk = Desk::new();
    let (ticket, begun) = begin(&desk, json!(["parts@b.example"]));
    let mari = desk.actor(MARI);
    let path =
        format!("/api/v2/tickets/{ticket}/side_conversations/{}", begun["side_conversation"]["id"].as_str().unwrap());
    let put = |body: Value| desk.call(&mari, "PUT", &path, json!({"side_conversation": body}));
    let (_, closed) = put(json!({"state": "closed", "subject": "Parts"}));
    assert_eq!(
        (&closed["side_conversation"]["state"], &closed["event"]["updates"]["subject"]),
        (&json!("closed"), &json!("Parts"))
    );
    assert_eq!(put(json!({"state": "closed"})).1["event"], Value::Null);
    assert_eq!(put(json!({"state": "burning"})).0, StatusCode::UNPROCESSABLE_ENTITY);
    let reply = json!({"message": {"body": "And now?"}});
    let (status, reply) = desk.call(&mari, "POST", &format!("{path}/reply"), reply);
    assert_eq!((status, &reply["side_conversation"]["state"]), (StatusCode::CREATED, &json!("open")));
    assert_eq!(reply["event"]["message"]["to"][0]["email"], "parts@b.example");
    let list = format!("/api/v2/tickets/{ticket}/side_conversations?include=events");
    let (_, list) = desk.call(&mari, "GET", &list, Value::Null);
    assert_eq!((&list["count"], list["events"].as_array().unwrap().len()), (&json!(1), 3));
    let (_, one) = desk.call(&mari, "GET", &path, Value::Null);
    assert!(one.get("events").is_none());
}

#[test]
fn a_file_goes_with_a_message_and_is_fetched_by_those_who_see_the_ticket() {
    let desk = Desk::new();
    let mari = desk.actor(MARI);
    let upload = "/api/v2/tickets/side_conversations/attachments";
    let (status, file) = desk.call(&mari, "POST", upload, json!({"x": 1}));
    assert_eq!(status, StatusCode::CREATED, "{file}");
    let file = file["attachment"].clone();
    desk.mail("juhan@a.example", "Printer", "It burns");
    let path = format!("/api/v2/tickets/{}/side_conversations", desk.tickets()[0].id);
    let message = json!({"body": "See", "to": ["parts@b.example"], "attachment_ids": [file["id"]]});
    let (_, begun) = desk.call(&mari, "POST", &path, json!({"message": message}));
    assert_eq!(begun["event"]["message"]["attachments"][0]["id"], file["id"]);
    let (_, again) = desk.call(&mari, "POST", &path, json!({"message": message}));
    assert!(again["details"].get("attachment_ids").is_some(), "{again}");
    let url = file["content_url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://desk.test")
        .or(file["content_url"].as_str().unwrap().strip_prefix("https://desk.test"))
        .unwrap()
        .to_owned();
    assert_eq!(desk.call_raw(&mari, "GET", &url, Value::Null).1, b"{\"x\":1}");
}

#[test]
fn bad_messages_are_refused_by_name_and_strangers_see_nothing() {
    let desk = Desk::new();
    let (ticket, begun) = begin(&desk, json!(["parts@b.example"]));
    let mari = desk.actor(MARI);
    let path = format!("/api/v2/tickets/{ticket}/side_conversations");
    let faults = |message: Value| {
        let (status, answer) = desk.call(&mari, "POST", &path, json!({"message": message}));
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        answer["details"].as_object().unwrap().keys().next().unwrap().clone()
    };
    assert_eq!(faults(json!({"to": ["x@b.example"]})), "message.body");
    assert_eq!(faults(json!({"body": "x"})), "message.to");
    assert_eq!(faults(json!({"body": "x", "to": [{"user_id": 999}]})), "message.to");
    assert_eq!(faults(json!({"body": "x", "to": [{"slack_channel_id": "C1"}]})), "message.to");
    let id = begun["side_conversation"]["id"].as_str().unwrap();
    assert_eq!(
        desk.call(&mari, "GET", &format!("/api/v2/tickets/999/side_conversations/{id}"), Value::Null).0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(desk.call(&mari, "GET", &format!("{path}/nothing"), Value::Null).0, StatusCode::NOT_FOUND);
    let juhan = desk.actor("juhan@a.example");
    assert_eq!(desk.call(&juhan, "GET", &path, Value::Null).0, StatusCode::FORBIDDEN);
    // A forged address opens an ordinary ticket.
    desk.mail_to("help+s.1.aaaaaaaaaaaaaaaa@desk.example", "eve@c.example", "Subject: x\r\n", "Let me in");
    assert_eq!(desk.tickets().len(), 2);
}

#[test]
fn blackened_words_go_from_the_mail_that_brought_them() {
    let desk = Desk::new();
    desk.mail("juhan@a.example", "Card", "My card is 41112222");
    let ticket = desk.tickets()[0].clone();
    desk.reply(MARI, ticket.id, "<p>Thanks for 41112222</p>");
    desk.pass(60 * SECOND);
    let comment = desk.comments(&ticket)[0].id;
    let change = tickets::Change::Redact(comment, vec!["41112222".into()]);
    desk.change(&desk.actor(ANNA), ticket.id, vec![change], tickets::Via::Web);
    let raw = desk.read(|tx| {
        let keys: Vec<String> = tx.column("SELECT blob_key FROM inbound_messages", &[])?;
        keys.iter().map(|key| kernel::blobs::read(tx, key)).collect::<base::Result<Vec<_>>>()
    });
    assert!(raw.iter().all(|raw| !String::from_utf8_lossy(raw).contains("41112222")), "{raw:?}");
    let kept = desk.text("SELECT COALESCE(blob_key, '') FROM outbound_messages");
    assert_eq!(kept, [""]);
}

#[test]
fn a_request_of_a_blocked_sender_waits_among_the_suspended_and_can_be_let_in() {
    let desk = Desk::new();
    desk.write(|tx| {
        let sql = "INSERT INTO sender_lists (pattern, kind, created_at) VALUES ('spam.example', 'block', 0)";
        tx.execute(sql, &[]).map(drop)
    });
    let submission = || tickets::requests::Submission {
        contact: people::Contact {
            email: Some("eve@spam.example".into()),
            name: Some("Eve".into()),
            ..Default::default()
        },
        known: None,
        subject: "Watches".into(),
        text: "Cheap wätches".into(),
    };
    assert!(desk.write(move |tx| channels::email::submission::keep_out(tx, &submission())));
    let anna = desk.actor(ANNA);
    let (_, list) = desk.call(&anna, "GET", "/api/v2/suspended_tickets", Value::Null);
    let one = &list["suspended_tickets"][0];
    assert_eq!((&one["cause"], &one["content"]), (&json!("Sender is on the blocklist"), &json!("Cheap wätches")));
    let (_, export) = desk.call(&anna, "POST", "/api/v2/suspended_tickets/export", Value::Null);
    assert_eq!(export["export"]["view_id"], "suspended");
    let author = json!({"author": {"email": "Eve@spam.example"}});
    let path = "/api/v2/suspended_tickets/bulk_recover";
    assert_eq!(desk.call(&desk.actor(MARI), "PUT", path, author.clone()).0, StatusCode::FORBIDDEN);
    let (_, job) = desk.call(&anna, "PUT", path, author);
    assert_eq!((&job["job_status"]["status"], &job["job_status"]["total"]), (&json!("queued"), &json!(1)));
    assert_eq!(desk.tickets()[0].subject, "Watches");
    let (_, nobody) = desk.call(&anna, "PUT", path, json!({}));
    assert!(nobody["details"].get("author").is_some(), "{nobody}");
    let fine = tickets::requests::Submission {
        contact: people::Contact { email: Some("juhan@a.example".into()), ..Default::default() },
        known: None,
        subject: String::new(),
        text: String::new(),
    };
    assert!(!desk.write(move |tx| channels::email::submission::keep_out(tx, &fine)));
}
