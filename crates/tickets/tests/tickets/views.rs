//! Views and macros.

use base::time;
use serde_json::{Value, json};

use crate::desk::Desk;

fn found(desk: &Desk, who: &str, all: Value) -> Vec<i64> {
    let body = json!({"view": {"all": all, "output": {"columns": ["subject"], "sort_by": "id", "sort_order": "asc"}}});
    let rows = desk.post(who, "/views/preview", body).ok();
    rows["rows"].as_array().unwrap().iter().map(|row| row["ticket"]["id"].as_i64().unwrap()).collect()
}

fn is(field: &str, operator: &str, value: Value) -> Value {
    json!([{"field": field, "operator": operator, "value": value}])
}

#[test]
fn each_class_of_operators_finds_what_it_says() {
    let desk = Desk::new();
    let options = json!([{"name": "Mail", "value": "p_mail"}, {"name": "Web", "value": "p_web"}]);
    let field = json!({"ticket_field": {"type": "multiselect", "title": "Products", "custom_field_options": options}});
    let field = desk.post("anu", "/ticket_fields", field).ok()["ticket_field"]["id"].clone();
    let (a, b, c) = (desk.open("juhan", "Printer burns"), desk.open("kati", "Invoice"), desk.open("kati", "Hello"));
    let fields = json!([{"id": field, "value": ["p_mail", "p_web"]}]);
    desk.change(
        "mari",
        a,
        json!({"priority": "high", "assignee_id": desk.id("mari"), "tags": ["fire", "vip"], "custom_fields": fields}),
    )
    .ok();
    desk.clock.advance(3 * time::HOUR);
    desk.change("mari", b, json!({"status": "pending", "type": "task", "due_at": "2026-11-30T10:00:00Z"})).ok();
    let find = |conditions| found(&desk, "mari", conditions);
    assert_eq!(find(is("status", "less_than", json!("pending"))), [a, c]);
    assert_eq!(find(is("status", "is_not", json!("new"))), [a, b]);
    assert_eq!(find(is("priority", "greater_than", json!("normal"))), [a]);
    assert_eq!(find(is("priority", "is", json!(""))), [b, c]);
    assert_eq!(find(is("assignee_id", "is", json!("current_user"))), [a]);
    assert_eq!(find(is("assignee_id", "is_not", json!("current_user"))), [b, c]);
    assert_eq!(find(is("group_id", "is", json!("current_groups"))), [a]);
    assert_eq!(find(is("current_tags", "includes", json!("vip other"))), [a]);
    assert_eq!(find(is("current_tags", "not_includes", json!("vip"))), [b, c]);
    assert_eq!(find(is("subject_includes_word", "includes", json!("printers"))), [a]);
    assert_eq!(find(is("type", "is", json!("task"))), [b]);
    assert_eq!(find(is("updated_at", "greater_than", json!("2"))), [a, c]);
    assert_eq!(find(is("due_date", "less_than", json!("1"))), [] as [i64; 0]);
    assert_eq!(find(is(&format!("custom_fields_{field}"), "includes", json!(["p_web"]))), [a]);
    assert_eq!(find(is(&format!("custom_fields_{field}"), "not_present", json!(null))), [b, c]);
    assert_eq!(find(is("requester_id", "is", json!(desk.id("kati").to_string()))), [b, c]);
}

#[test]
fn every_described_condition_can_be_asked() {
    let desk = Desk::new();
    desk.open("juhan", "Printer burns");
    let definitions = desk.get("mari", "/rules/definitions?for=view").ok();
    let mut asked = 0;
    for field in definitions["definitions"]["conditions_all"].as_array().unwrap() {
        for operator in field["operators"].as_array().unwrap() {
            let value = match field["values"].as_array().unwrap().iter().find(|v| v["value"] != "") {
                Some(value) => value["value"].clone(),
                None => json!("1"),
            };
            let value = match (field["type"].as_str().unwrap(), operator["format"].as_str()) {
                (_, Some("days")) => json!("3"),
                (_, Some("multiselect")) => json!(["1"]),
                ("date", _) => json!("2026-11-23"),
                _ => value,
            };
            let subject = field["subject"].as_str().unwrap();
            found(&desk, "mari", is(subject, operator["value"].as_str().unwrap(), value));
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
    assert_eq!(desk.get("mari", "/rules/definitions?for=dinner").status, 400);
}

#[test]
fn a_view_is_made_changed_shown_and_deleted() {
    let desk = Desk::new();
    let (a, b) = (desk.open("juhan", "Printer"), desk.open("kati", "Scanner"));
    let conditions = is("status", "is", json!("new"));
    let body = json!({"view": {"title": "Fresh", "all": conditions, "output": {"columns": ["nice_id", "subject"], "sort_by": "id", "sort_order": "desc"}}});
    let made = desk.post("anu", "/views", body);
    assert_eq!(made.status, 201);
    assert!(
        made.headers["location"].to_str().unwrap().starts_with("http://desk.test/api/v2/views/")
            || made.headers["location"].to_str().unwrap().starts_with("https://desk.test/api/v2/views/")
    );
    let view = made.json["view"].clone();
    let id = view["id"].as_i64().unwrap();
    assert_eq!(
        view["execution"]["columns"][0],
        json!({"id": "nice_id", "title": "ID", "filterable": true, "sortable": true})
    );
    assert_eq!((&view["restriction"], &view["conditions"]["any"]), (&Value::Null, &json!([])));
    let listed = desk.get("mari", &format!("/views/{id}/tickets?page[size]=10&include=users")).ok();
    assert_eq!(Desk::ids(&listed, "tickets"), [b, a]);
    assert_eq!(listed["users"].as_array().unwrap().len(), 2);
    let sorted = desk.get("mari", &format!("/views/{id}/tickets?page[size]=1&sort=id")).ok();
    assert_eq!((Desk::ids(&sorted, "tickets"), &sorted["meta"]["has_more"]), (vec![a], &json!(true)));
    let rows = desk.get("mari", &format!("/views/{id}/execute")).ok();
    assert_eq!((&rows["rows"][0]["subject"], &rows["columns"][1]["id"]), (&json!("Scanner"), &json!("subject")));
    let count = desk.get("mari", &format!("/views/count_many?ids={id},999")).ok();
    assert_eq!(count["view_counts"].as_array().unwrap().len(), 1);
    assert_eq!((&count["view_counts"][0]["value"], &count["view_counts"][0]["pretty"]), (&json!(2), &json!("2")));
    let changed = desk.put("anu", &format!("/views/{id}"), json!({"view": {"title": "Fresher"}})).ok();
    assert_eq!((&changed["view"]["title"], &changed["view"]["conditions"]), (&json!("Fresher"), &view["conditions"]));
    desk.put("anu", "/views/update_many", json!({"views": [{"id": id, "position": 0, "active": false}]})).ok();
    assert!(!Desk::ids(&desk.get("mari", "/views/active").ok(), "views").contains(&id));
    assert_eq!(desk.delete("anu", &format!("/views/{id}")).status, 204);
    assert_eq!(desk.get("mari", &format!("/views/{id}")).status, 404);
}

#[test]
fn everything_wrong_with_a_view_is_told_at_once() {
    let desk = Desk::new();
    let view = json!({"title": "", "all": [{"field": "smell", "operator": "is", "value": "1"}], "position": "first",
        "output": {"columns": ["smell"], "sort_by": "smell"}, "restriction": {"type": "Group", "ids": [99]}});
    let faults = desk.post("anu", "/views", json!({"view": view})).faults();
    assert_eq!(
        faults,
        ["conditions.all.0.field", "output.columns", "output.sort_by", "position", "restriction", "title"]
    );
    assert_eq!(desk.post("anu", "/views", json!({"view": {"title": "Empty"}})).faults(), ["conditions"]);
}

#[test]
fn a_personal_view_is_its_owners_alone() {
    let desk = Desk::new();
    let all = is("status", "is", json!("new"));
    let view = desk.post("mari", "/views", json!({"view": {"title": "Mine", "all": all}})).ok()["view"].clone();
    assert_eq!(view["restriction"], json!({"type": "User", "id": desk.id("mari")}));
    let path = format!("/views/{}", view["id"]);
    assert_eq!(desk.get("peeter", &path).status, 404);
    assert_eq!(desk.get("anu", &path).status, 404);
    let sneaky = json!({"view": {"restriction": null}});
    assert_eq!(desk.put("mari", &path, sneaky).status, 403);
    let shared = json!({"view": {"title": "All", "restriction": {"type": "Group", "ids": [desk.sales]}, "all": all}});
    let shared = desk.post("anu", "/views", shared).ok()["view"]["id"].clone();
    assert_eq!(desk.get("mari", &format!("/views/{shared}")).status, 404);
    assert_eq!(desk.get("sale", &format!("/views/{shared}")).status, 200);
    assert_eq!(
        desk.put(
            "sale",
            &format!("/views/{shared}"),
            json!({"view": {"restriction": {"type": "User", "id": desk.id("sale")}}})
        )
        .status,
        403
    );
}

#[test]
fn views_show_only_what_one_may_see() {
    let desk = Desk::new();
    let (ours, theirs) = (desk.open("juhan", "Buy"), desk.open("juhan", "Fix"));
    desk.change("mari", ours, json!({"group_id": desk.sales})).ok();
    desk.change("mari", theirs, json!({"group_id": desk.support})).ok();
    assert_eq!(found(&desk, "sale", is("status", "less_than", json!("closed"))), [ours]);
    assert_eq!(found(&desk, "mari", is("status", "less_than", json!("closed"))), [ours, theirs]);
}

#[test]
fn a_day_in_a_view_is_the_desks_day() {
    let desk = Desk::new();
    // 22:30 in Tallinn, half past midnight the next day in UTC terms of the day before.
    desk.clock.advance(14 * time::HOUR + 30 * time::MINUTE);
    let id = desk.open("juhan", "Late");
    assert_eq!(found(&desk, "mari", is("exact_created_at", "is", json!("2026-11-24"))), [id]);
    assert_eq!(found(&desk, "mari", is("exact_created_at", "is", json!("2026-11-23"))), [] as [i64; 0]);
}

#[test]
fn a_macro_says_what_it_would_do_to_a_ticket() {
    let desk = Desk::new();
    let id = desk.open("juhan", "Printer & <scanner>");
    desk.change("mari", id, json!({"tags": ["old"]})).ok();
    let actions = json!([
        {"field": "comment_value_html", "value": "<p>Hi {{ticket.requester.first_name}}, about {{ticket.title}} ({{ticket.id}}): {{current_user.name}} {{what}}</p>"},
        {"field": "comment_mode_is_public", "value": "true"},
        {"field": "status", "value": "pending"}, {"field": "assignee_id", "value": "current_user"}, {"field": "current_tags", "value": "asked"},
    ]);
    let made = desk.post("anu", "/macros", json!({"macro": {"title": "Ask::More", "actions": actions}}));
    assert_eq!(made.status, 201);
    let macro_id = made.json["macro"]["id"].clone();
    let result = desk.get("mari", &format!("/tickets/{id}/macros/{macro_id}/apply")).ok()["result"].clone();
    let ticket = &result["ticket"];
    assert_eq!((&ticket["status"], &ticket["assignee_id"]), (&json!("pending"), &json!(desk.id("mari"))));
    assert_eq!(ticket["tags"], json!(["asked", "old"]));
    let html = result["comment"]["html_body"].as_str().unwrap();
    assert!(
        html.contains(&format!("Hi Juhan, about Printer &amp; &lt;scanner&gt; ({id}): Mari Tamm {{{{what}}}}")),
        "{html}"
    );
    assert_eq!((&result["comment"]["public"], &ticket["comment"]), (&json!(true), &result["comment"]));
    assert_eq!(desk.ticket(id)["status"], "new");
    let alone = desk.get("mari", &format!("/macros/{macro_id}/apply")).ok();
    assert!(alone["result"]["comment"]["body"].as_str().unwrap().contains("{{ticket.id}}"));
    assert_eq!(desk.get("mari", &format!("/macros/{macro_id}")).ok()["macro"]["usage"], 2);
    assert_eq!(desk.get("mari", "/macros/categories").ok()["categories"], json!(["Ask"]));
    assert_eq!(desk.get("mari", "/macros?category=Other").ok()["count"], 0);
    let wrong = json!({"macro": {"title": "", "actions": [{"field": "status", "value": "burnt"}]}});
    assert_eq!(desk.post("anu", "/macros", wrong).faults(), ["actions.0.value", "title"]);
    assert_eq!(desk.delete("mari", &format!("/macros/{macro_id}")).status, 403);
    assert_eq!(desk.delete("anu", &format!("/macros/{macro_id}")).status, 204);
}

#[test]
fn a_macro_speaks_the_requesters_language() {
    let desk = Desk::new();
    let id = desk.open("kati", "Printer");
    let kati = base::UserId(desk.id("kati"));
    desk.write(move |tx| {
        let system = base::Actor::system();
        let estonian = people::UserChange { locale: Some(base::Locale::Et), ..Default::default() };
        people::change::update_user(tx, &system, kati, estonian)?;
        let variant = |locale, text: &str| people::dynamic_content::VariantChange {
            locale: Some(locale),
            content: Some(text.to_owned()),
            ..Default::default()
        };
        let (en, et) = (base::Locale::En, base::Locale::Et);
        let all = vec![
            variant(en, "Hello {{ticket.requester.first_name}}"),
            variant(et, "Tere <{{ticket.requester.first_name}}>"),
        ];
        people::dynamic_content::create(tx, &system, "Hello", en, all)
    });
    let actions = json!([{"field": "comment_value_html", "value": "<p>{{dc.hello}}!</p>"}]);
    let made = desk.post("anu", "/macros", json!({"macro": {"title": "Greet", "actions": actions}})).ok();
    let macro_id = made["macro"]["id"].clone();
    let result = desk.get("mari", &format!("/tickets/{id}/macros/{macro_id}/apply")).ok();
    assert_eq!(result["result"]["comment"]["body"], "Tere <Kati>!");
    let other = desk.open("juhan", "Printer");
    let result = desk.get("mari", &format!("/tickets/{other}/macros/{macro_id}/apply")).ok();
    assert_eq!(result["result"]["comment"]["body"], "Hello Juhan!");
}
