//! What is taken back, blackened or deleted for good; and what requesters say of solved tickets.

use serde_json::{Value, json};

use crate::desk::Desk;

/// Whether a text is in any row of these tables.
fn is_anywhere(desk: &Desk, text: &'static str) -> Vec<&'static str> {
    let places = [
        ("comments", "body || html_body || COALESCE(full_html_body, '')"),
        ("tickets", "subject || description"),
        ("audits", "events || metadata"),
        ("notifications", "excerpt"),
    ];
    desk.read(move |tx| {
        let mut found = Vec::new();
        for (table, columns) in places {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {columns} LIKE $1");
            if tx.value::<i64>(&sql, &[format!("%{text}%").into()])? > 0 {
                found.push(table);
            }
        }
        Ok(found)
    })
}

#[test]
fn words_that_are_blackened_are_nowhere_any_more() {
    let desk = Desk::new();
    let html = "<p>My card is <b>4111</b>2222 thanks</p>";
    let id = desk.post("juhan", "/tickets", json!({"ticket": {"subject": "Card", "comment": {"html_body": html}}}));
    let id = id.ok()["ticket"]["id"].as_i64().unwrap();
    desk.change("anu", id, json!({"assignee_id": desk.id("mari")})).ok();
    assert_eq!(desk.get("mari", "/search?query=41112222").ok()["count"], 1);
    let comment = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][0]["id"].clone();
    let path = format!("/tickets/{id}/comments/{comment}/redact");
    assert_eq!(desk.put("liis", &path, json!({"text": "41112222"})).status, 403);
    assert_eq!(desk.put("sale", &path, json!({"text": "41112222"})).status, 404);
    assert_eq!(desk.put("mari", &path, json!({"text": "9999"})).faults(), ["text"]);
    assert_eq!(desk.put("mari", &path, json!({"text": " "})).faults(), ["text"]);
    let answer = desk.put("mari", &path, json!({"text": "41112222"})).ok()["comment"].clone();
    assert_eq!(answer["plain_body"], "My card is ▇▇▇▇▇▇▇▇ thanks");
    assert_eq!(is_anywhere(&desk, "4111"), [] as [&str; 0]);
    assert_eq!(desk.get("mari", "/search?query=41112222").ok()["count"], 0);
    assert_eq!(desk.get("mari", "/search?query=thanks").ok()["count"], 1);
    let audits = desk.get("mari", &format!("/tickets/{id}/audits")).ok();
    let last = audits["audits"].as_array().unwrap().last().unwrap()["events"][0].clone();
    assert_eq!((&last["type"], &last["comment_id"]), (&json!("CommentRedactionEvent"), &comment));
}

#[test]
fn marked_words_and_files_are_blackened_even_when_the_ticket_is_closed() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let file = desk.upload("mari", "/uploads?filename=secret.txt", "text/plain", b"topsecret").ok()["upload"].clone();
    let comment = json!({"body": "The code is 77 and 88", "uploads": [file["token"]]});
    desk.change("mari", id, json!({"comment": comment, "status": "closed"})).ok();
    let comment = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][1].clone();
    let body = json!({"ticket_id": id, "html_body": "<p>The code is <redact>77</redact> and <redact>88</redact></p>",
        "external_attachment_urls": [comment["attachments"][0]["content_url"]]});
    let path = format!("/comment_redactions/{}", comment["id"]);
    assert_eq!(desk.put("juhan", &path, body.clone()).status, 403);
    let answer = desk.put("mari", &path, body).ok()["comment"].clone();
    assert_eq!(answer["plain_body"], "The code is ▇▇ and ▇▇");
    assert_eq!(answer["attachments"][0]["file_name"], "redacted.txt");
    let url = comment["attachments"][0]["content_url"].as_str().unwrap().split("/api/v2").nth(1).unwrap().to_owned();
    assert_eq!(desk.get("mari", &url).bytes, b"");
    assert_eq!(desk.put("mari", &path, json!({"html_body": "nothing marked"})).faults(), ["html_body"]);
    assert_eq!(desk.put("mari", "/comment_redactions/9999", json!({})).status, 404);
}

#[test]
fn a_file_is_deleted_by_those_who_may() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let upload = || desk.upload("mari", "/uploads?filename=a.txt", "text/plain", b"x").ok()["upload"].clone();
    let waiting = upload()["attachment"]["id"].clone();
    assert_eq!(desk.delete("peeter", &format!("/attachments/{waiting}")).status, 404);
    assert_eq!(desk.delete("mari", &format!("/attachments/{waiting}")).status, 204);
    let (one, two) = (upload(), upload());
    let comment = json!({"body": "see", "uploads": [one["token"], two["token"]]});
    desk.change("mari", id, json!({"comment": comment})).ok();
    let comment = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][1].clone();
    let (first, second) = (&comment["attachments"][0]["id"], &comment["attachments"][1]["id"]);
    assert_eq!(desk.delete("juhan", &format!("/attachments/{first}")).status, 403);
    assert_eq!(desk.delete("mari", &format!("/attachments/{first}")).status, 204);
    let path = format!("/tickets/{id}/comments/{}/attachments/{second}/redact", comment["id"]);
    assert_eq!(desk.put("mari", &path, Value::Null).ok()["attachment"]["size"], 0);
    let override_ = json!({"attachment": {"malware_access_override": true}});
    desk.put("mari", &format!("/attachments/{second}"), override_).ok();
    assert_eq!(desk.put("mari", "/attachments/9999", json!({})).status, 404);
}

#[test]
fn a_comment_made_private_is_hidden_from_its_customer() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    desk.change("mari", id, json!({"comment": {"body": "Oops"}})).ok();
    let comment = desk.get("mari", &format!("/tickets/{id}/comments")).ok()["comments"][1]["id"].clone();
    let path = format!("/tickets/{id}/comments/{comment}/make_private");
    assert_eq!(desk.put("liis", &path, Value::Null).status, 403);
    desk.put("mari", &path, Value::Null).ok();
    let seen = desk.get("juhan", &format!("/requests/{id}/comments")).ok();
    assert_eq!(seen["comments"].as_array().unwrap().len(), 1);
    let other = desk.open("kati", "Fax");
    assert_eq!(desk.put("mari", &format!("/tickets/{other}/comments/{comment}/make_private"), Value::Null).status, 404);
}

#[test]
fn a_deleted_ticket_is_deleted_for_good_on_request() {
    let desk = Desk::new();
    let (id, other) = (desk.open("juhan", "Topsecret"), desk.open("kati", "Fax"));
    desk.change("mari", id, json!({"tags": ["vip"], "subject": "Topsecret too"})).ok();
    assert_eq!(desk.delete("mari", &format!("/deleted_tickets/{id}")).status, 404, "it isn't deleted");
    desk.delete("mari", &format!("/tickets/{id}"));
    assert_eq!(desk.delete("liis", &format!("/deleted_tickets/{id}")).status, 403);
    let job = desk.delete("mari", &format!("/deleted_tickets/{id}")).ok();
    assert_eq!(job["job_status"]["status"], "queued");
    desk.run_jobs();
    assert_eq!(is_anywhere(&desk, "opsecret"), [] as [&str; 0]);
    assert_eq!(desk.get("mari", "/deleted_tickets").ok()["deleted_tickets"], json!([]));
    assert_eq!(desk.put("mari", &format!("/deleted_tickets/{id}/restore"), Value::Null).status, 404);
    desk.delete("mari", &format!("/tickets/{other}"));
    let listed = desk.get("mari", "/deleted_tickets").ok();
    assert_eq!(listed["deleted_tickets"][0]["actor"]["name"], "Mari Tamm");
    desk.put("mari", &format!("/deleted_tickets/restore_many?ids={id},{other}"), Value::Null).ok();
    assert_eq!(desk.ticket(other)["status"], "new");
    assert_eq!(desk.delete("mari", "/deleted_tickets/destroy_many").status, 400);
}

#[test]
fn a_requester_rates_a_solved_ticket_and_may_change_their_mind() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer");
    let path = format!("/tickets/{id}/satisfaction_rating");
    let rate = |who: &str, score: &str, comment: &str| {
        desk.post(who, &path, json!({"satisfaction_rating": {"score": score, "comment": comment, "reason_code": 5}}))
    };
    assert_eq!(rate("juhan", "good", "").faults(), ["satisfaction_rating"]);
    desk.change("mari", id, json!({"status": "solved"})).ok();
    assert_eq!(rate("kati", "good", "").status, 404);
    assert_eq!(rate("mari", "good", "").status, 403);
    assert_eq!(rate("juhan", "fine", "").faults(), ["score"]);
    let rated = rate("juhan", "bad", "Too slow").ok()["satisfaction_rating"].clone();
    assert_eq!((&rated["score"], &rated["assignee_id"]), (&json!("bad"), &json!(desk.id("mari"))));
    assert_eq!(rated["reason"], "The issue took too long to resolve");
    let shown = desk.ticket(id)["satisfaction_rating"].clone();
    assert_eq!((&shown["score"], &shown["comment"], &shown["id"]), (&json!("bad"), &json!("Too slow"), &rated["id"]));
    assert_eq!(rate("juhan", "good", "Sorry, great").ok()["satisfaction_rating"]["id"], rated["id"]);
    let list = |query: &str| desk.get("mari", &format!("/satisfaction_ratings?{query}")).ok()["count"].clone();
    assert_eq!(
        (list("score=good"), list("score=bad"), list("score=good_with_comment")),
        (json!(1), json!(0), json!(1))
    );
    assert_eq!(
        (list("score=received&start_time=1"), list("end_time=1"), list("score=offered")),
        (json!(1), json!(0), json!(0))
    );
    assert_eq!(desk.get("mari", "/satisfaction_ratings?score=odd").status, 400);
    assert_eq!(desk.get("mari", "/satisfaction_ratings/count").ok()["count"]["value"], 1);
    let show = format!("/satisfaction_ratings/{}", rated["id"]);
    assert_eq!(desk.get("mari", &show).ok()["satisfaction_rating"]["score"], "good");
    assert_eq!(desk.get("sale", &show).status, 404);
    assert_eq!(desk.get("juhan", &show).status, 403);
    assert_eq!(desk.get("juhan", "/satisfaction_reasons").ok()["count"], 6);
    assert_eq!(desk.get("juhan", "/satisfaction_reasons/5").ok()["reason"]["reason_code"], 5);
}

#[test]
fn a_new_ticket_takes_all_that_clients_say_of_it() {
    let desk = Desk::new();
    let r#macro = json!({"macro": {"title": "Close", "actions": [{"field": "status", "value": "solved"}]}});
    let used = desk.post("anu", "/macros", r#macro).ok()["macro"]["id"].clone();
    let ticket = json!({
        "subject": "Called", "comment": {"body": "On the phone"}, "via_id": 45, "metadata": {"system_id": "X9"},
        "requester": {"name": "Uus", "email": "uus@tugi.test", "locale_id": 101}, "submitter_id": desk.id("peeter"),
        "macro_ids": [used], "collaborators": [desk.id("kati"), "third@tugi.test"],
    });
    let made = desk.post("mari", "/tickets", json!({"ticket": ticket})).ok();
    assert_eq!(
        (&made["ticket"]["via"]["channel"], &made["ticket"]["submitter_id"]),
        (&json!("voice"), &json!(desk.id("peeter")))
    );
    assert_eq!(made["audit"]["metadata"]["custom"], json!({"system_id": "X9"}));
    let events = made["audit"]["events"].as_array().unwrap();
    assert!(events.iter().any(|event| event["type"] == "AgentMacroReference"), "{events:?}");
    let comment = events.iter().find(|event| event["type"] == "Comment").unwrap();
    assert_eq!(comment["author_id"], json!(desk.id("peeter")));
    assert_eq!(made["ticket"]["email_cc_ids"].as_array().unwrap().len(), 2);
    let wrong = json!({"ticket": {"comment": {"body": "x"}, "submitter_id": 999}});
    assert_eq!(desk.post("mari", "/tickets", wrong).faults(), ["submitter"]);
}
