//! The search language, read and run.

use crate::search::{Clause, Comparison, Keyword, Kind, Node, Part, Query, SortBy, Target, parse, to_sql};
use crate::{Context, TextScope};
use base::{Timestamp, UserId};
use proptest::prelude::*;

use super::desk::Desk;

const KINDS: [(Kind, &str); 4] = [
    (Kind::Ticket, "tickets t"),
    (Kind::User, "users u"),
    (Kind::Organization, "organizations o"),
    (Kind::Group, "groups g"),
];

fn context() -> Context {
    let now = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
    Context { current_user: Some(UserId(1)), ..Context::at(now) }
}

fn read(text: &str) -> Query {
    let (query, problems) = parse(text, &context());
    assert!(problems.is_empty(), "{problems:?}");
    query
}

/// Mari (agent, 1) and Juhan (customer, 2) with four tickets.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.run(
        "INSERT INTO users (id, name, name_folded, role, created_at) VALUES
            (1, 'Mari Maasikas', 'mari maasikas', 'agent', 1767225600000), (2, 'Juhan Õun', 'juhan oun', 'end-user', 0);
         INSERT INTO user_identities (user_id, kind, value) VALUES (1, 'email', 'mari@desk.test'), (2, 'email', 'juhan@oun.test'),
            (2, 'phone_number', '+3725551234');
         INSERT INTO user_tags VALUES (2, 'vip');
         INSERT INTO groups (id, name) VALUES (1, 'Level 1'), (2, 'Level 2');
         INSERT INTO group_memberships (user_id, group_id) VALUES (1, 2);
         INSERT INTO organizations (id, name) VALUES (1, 'Oun Ltd');
         INSERT INTO organization_memberships (user_id, organization_id) VALUES (2, 1);
         INSERT INTO brands (id, name) VALUES (1, 'Desk');
         INSERT INTO tickets (id, external_id, status, priority, type, requester_id, assignee_id, group_id,
            organization_id, brand_id, via, created_at, is_public, satisfaction) VALUES
            (1, 'A-1', 0, NULL, NULL, 2, NULL, NULL, 1, 1, 'email', 1795341600000, TRUE, NULL),
            (2, 'A-2', 1, 2, 'incident', 2, 1, 2, 1, 1, 'web', 1795258800000, TRUE, NULL),
            (3, NULL, 4, 4, 'problem', 1, 1, 1, NULL, 1, 'email', 1777593600000, FALSE, 'good'),
            (4, NULL, 5, 3, 'task', 2, 1, 2, NULL, 1, 'chat', 1767225600000, TRUE, 'badwithcomment');
         INSERT INTO ticket_tags VALUES (1, 'a'), (1, 'b'), (2, 'b'), (3, 'billing');
         INSERT INTO ticket_field_values (ticket_id, field_id, text_value) VALUES (1, 7, 'red'), (2, 7, 'blue');
         INSERT INTO ticket_field_values (ticket_id, field_id, int_value) VALUES (2, 8, 5), (3, 8, 9);
         INSERT INTO ticket_collaborators (ticket_id, user_id, kind) VALUES (1, 1, 'cc'), (2, 1, 'follower');
         INSERT INTO comments (id, ticket_id, author_id) VALUES (1, 1, 2), (2, 2, 1);
         INSERT INTO attachments (id, comment_id) VALUES (1, 2);",
    );
    desk.store_text(1, TextScope::Subject, "Printer on fire");
    desk.store_text(2, TextScope::Subject, "Invoice missing");
    desk.store_text(2, TextScope::Comment, "The printer has paid 50%");
    desk
}

fn found(kind: Kind, text: &str) -> Vec<i64> {
    let desk = desk();
    let where_ = to_sql(&read(text), kind, &context(), &desk);
    let from = KINDS.iter().find(|(known, _)| *known == kind).unwrap().1;
    desk.ids(from, &where_)
}

fn tickets(text: &str) -> Vec<i64> {
    found(Kind::Ticket, text)
}

#[test]
fn words_and_phrases_are_looked_for_in_all_texts() {
    assert_eq!(tickets("printer"), [1, 2]);
    assert_eq!(tickets("printers -fire"), [2]);
    assert_eq!(tickets("\"on fire\""), [1]);
    assert_eq!(tickets("-\"on fire\""), [2, 3, 4]);
    assert_eq!(tickets("inv*"), [2]);
    assert_eq!(tickets("subject:printer"), [1]);
    assert_eq!(tickets("comment:\"printer has\""), [2]);
}

#[test]
fn a_ticket_is_found_by_its_number() {
    assert_eq!(tickets("#3"), [3]);
    assert_eq!(tickets("3"), [3]);
    assert_eq!(tickets("id:4"), [4]);
    assert_eq!(tickets("external_id:A-2"), [2]);
    assert_eq!(tickets("external_id:A*"), [1, 2]);
}

#[test]
fn ranks_are_compared_in_zendesk_s_order() {
    assert_eq!(tickets("status<solved"), [1, 2]);
    assert_eq!(tickets("status>=solved"), [3, 4]);
    assert_eq!(tickets("status:new status:closed"), [1, 4]);
    assert_eq!(tickets("-status:new -status:closed"), [2, 3]);
    assert_eq!(tickets("priority>normal"), [3, 4]);
    assert_eq!(tickets("priority<high"), [1, 2]);
    assert_eq!(tickets("priority:none"), [1]);
}

#[test]
fn people_are_found_by_id_address_name_and_me() {
    assert_eq!(tickets("assignee:me"), [2, 3, 4]);
    assert_eq!(tickets("assignee:none"), [1]);
    assert_eq!(tickets("-assignee:me"), [1]);
    assert_eq!(tickets("requester:juhan@oun.test"), [1, 2, 4]);
    assert_eq!(tickets("requester:*@oun.test"), [1, 2, 4]);
    assert_eq!(tickets("requester:\"Juhan Õun\""), [1, 2, 4]);
    assert_eq!(tickets("requester:maasi*"), [3]);
    assert_eq!(tickets("requester:1"), [3]);
    assert_eq!(tickets("cc:me"), [1]);
    assert_eq!(tickets("follower:mari"), [2]);
    assert_eq!(tickets("commenter:mari"), [2]);
}

#[test]
fn groups_organizations_and_brands_are_found_by_name() {
    assert_eq!(tickets("group:\"level 2\""), [2, 4]);
    assert_eq!(tickets("group:level*"), [2, 3, 4]);
    assert_eq!(tickets("organization:\"Oun Ltd\""), [1, 2]);
    assert_eq!(tickets("organization:none"), [3, 4]);
    assert_eq!(tickets("brand:desk"), [1, 2, 3, 4]);
}

#[test]
fn tags_in_one_value_must_all_be_there() {
    assert_eq!(tickets("tags:a tags:billing"), [1, 3]);
    assert_eq!(tickets("tags:\"a b\""), [1]);
    assert_eq!(tickets("tags:b*"), [1, 2, 3]);
    assert_eq!(tickets("tags:none"), [4]);
}

#[test]
fn times_are_days_months_years_and_spans() {
    assert_eq!(tickets("created:2026-11-22"), [1]);
    assert_eq!(tickets("created:today"), [1]);
    assert_eq!(tickets("created:yesterday"), [2]);
    assert_eq!(tickets("created>4hours"), [1]);
    assert_eq!(tickets("created>2days"), [1, 2]);
    assert_eq!(tickets("created<4months"), [3, 4]);
    assert_eq!(tickets("created:2026-05"), [3]);
    assert_eq!(tickets("created>=2026-05 created<2026-11-22"), [2, 3]);
    assert_eq!(tickets("created<=2026-01-01"), [4]);
    assert_eq!(tickets("created>2026-01-01"), [1, 2, 3]);
}

#[test]
fn the_other_keywords_of_tickets_find_theirs() {
    assert_eq!(tickets("type:incident"), [2]);
    assert_eq!(tickets("ticket_type:problem"), [3]);
    assert_eq!(tickets("via:mail"), [1, 3]);
    assert_eq!(tickets("has_attachment:true"), [2]);
    assert_eq!(tickets("satisfaction:bad"), [4]);
    assert_eq!(tickets("custom_field_7:red"), [1]);
    assert_eq!(tickets("custom_field_8>5"), [3]);
    assert_eq!(tickets("custom_field_7:none"), [3, 4]);
    assert_eq!(tickets("fieldvalue:blue"), [2]);
    assert_eq!(tickets("is_public:false"), [3]);
}

#[test]
fn people_organizations_and_groups_are_found_too() {
    assert_eq!(found(Kind::User, "type:user mari"), [1]);
    assert_eq!(found(Kind::User, "juhan@"), [2]);
    assert_eq!(found(Kind::User, "role:agent"), [1]);
    assert_eq!(found(Kind::User, "phone:*1234"), [2]);
    assert_eq!(found(Kind::User, "name:õun"), [2]);
    assert_eq!(found(Kind::User, "organization:\"oun ltd\""), [2]);
    assert_eq!(found(Kind::User, "organization:none"), [1]);
    assert_eq!(found(Kind::User, "tags:vip"), [2]);
    assert_eq!(found(Kind::User, "created>2025"), [1]);
    assert_eq!(found(Kind::User, "status:open"), [] as [i64; 0]);
    assert_eq!(found(Kind::Organization, "ltd"), [1]);
    assert_eq!(found(Kind::Group, "level"), [1, 2]);
}

#[test]
fn types_choose_the_kinds_and_sorting_is_read() {
    assert_eq!(read("type:user type:organization x").kinds(), [Kind::User, Kind::Organization]);
    assert_eq!(read("type:incident").kinds(), [Kind::Ticket]);
    assert_eq!(read("printer").kinds(), Kind::ALL);
    let sort = read("printer order_by:updated sort:asc").sort.unwrap();
    assert_eq!((sort.by, sort.descending), (SortBy::UpdatedAt, false));
}

#[test]
fn an_unknown_keyword_is_plain_text_and_a_bad_value_is_a_problem() {
    assert_eq!(read("RE:printer").parts, [Part { negated: false, node: Node::Words("RE printer".into()) }]);
    let (query, problems) = parse("status:done created:soon printer", &context());
    let names: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(names, ["status", "created"]);
    let clause = Clause { keyword: Keyword::Status, comparison: Comparison::Equal, value: Target::Unreadable };
    assert_eq!(query.parts[0].node, Node::Any(vec![clause]));
    assert!(desk().ids("tickets t", &to_sql(&query, Kind::Ticket, &context(), &desk())).is_empty());
}

#[test]
fn signs_of_like_are_plain_letters_in_a_query() {
    assert_eq!(found(Kind::User, "name:m_ri"), [] as [i64; 0]);
    assert_eq!(found(Kind::User, "name:%"), [] as [i64; 0]);
}

#[test]
fn the_longest_queries_still_run() {
    let longest = ["a ", "a.", "-a ", "#1 ", "tags:a ", "-tags:a ", "\"a\" ", "requester:a "];
    for text in longest.iter().map(|piece| piece.repeat(2_000)).chain([format!("tags:\"{}\"", "a ".repeat(2_000))]) {
        let (query, _) = parse(&text, &context());
        for (kind, from) in KINDS {
            desk().ids(from, &to_sql(&query, kind, &context(), &desk()));
        }
    }
}

fn any_query() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        ".{0,8}",
        "[a-z]{1,3}[:<>=]{1,2}[a-z0-9\"*-]{0,8}",
        (
            prop::sample::select(vec![
                "created",
                "status",
                "tags",
                "requester",
                "id",
                "custom_field_7",
                "type",
                "sort"
            ]),
            "[:<>]=?",
            "[a-z0-9\"*#%_ -]{0,9}"
        )
            .prop_map(|(name, sign, value)| format!("{name}{sign}{value}")),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_read_and_runs(text in any_query()) {
        let desk = desk();
        let (query, _) = parse(&text, &context());
        for (kind, from) in KINDS {
            desk.ids(from, &to_sql(&query, kind, &context(), &desk));
        }
    }
}
