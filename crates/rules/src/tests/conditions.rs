//! Reading, writing and evaluating conditions.

use std::collections::BTreeMap;

use crate::testing::{Generator, World};
use crate::{Catalogue, Conditions, Context, Fact, Facts, FieldKey, Priority, Purpose, Status, eval, to_sql};
use base::{Fragment, Timestamp, UserId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::desk::Desk;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T10:00:00Z").unwrap()
}

fn parse(conditions: Value, purpose: Purpose) -> Conditions {
    Conditions::parse(&conditions, &World::small(now()).catalogue(), purpose).unwrap()
}

fn one(field: &str, operator: &str, value: impl Into<Value>) -> Conditions {
    parse(json!({"all": [{"field": field, "operator": operator, "value": value.into()}]}), Purpose::Trigger)
}

/// An update from some values to others; a field that isn't named is missing.
#[derive(Default)]
struct Update {
    before: BTreeMap<FieldKey, Fact>,
    now: BTreeMap<FieldKey, Fact>,
}

impl Update {
    fn change(mut self, key: FieldKey, before: impl Into<Fact>, now: impl Into<Fact>) -> Self {
        self.before.insert(key, before.into());
        self.now.insert(key, now.into());
        self
    }

    fn meets(&self, conditions: &Conditions) -> bool {
        let context = Context { current_user: Some(UserId(5)), ..Context::at(now()) };
        eval(conditions, &context, self)
    }
}

impl Facts for Update {
    fn now(&self, field: FieldKey) -> Fact {
        self.now.get(&field).cloned().unwrap_or(Fact::Missing)
    }

    fn before(&self, field: FieldKey) -> Option<Fact> {
        Some(self.before.get(&field).cloned().unwrap_or(Fact::Missing))
    }
}

#[test]
fn changed_from_and_to_look_at_both_sides_of_an_update() {
    let solve = Update::default().change(FieldKey::Status, Status::Open.rank(), Status::Solved.rank());
    assert!(solve.meets(&one("status", "changed", Value::Null)));
    assert!(solve.meets(&one("status", "value", "solved")));
    assert!(solve.meets(&one("status", "value_previous", "open")));
    assert!(!solve.meets(&one("status", "value_previous", "pending")));
    assert!(solve.meets(&one("status", "not_value", "open")));
    assert!(!solve.meets(&one("priority", "changed", Value::Null)));
    assert!(solve.meets(&one("priority", "not_changed", Value::Null)));
}

#[test]
fn a_value_that_stays_was_not_changed_to() {
    let same = Update::default().change(FieldKey::Status, Status::Open.rank(), Status::Open.rank());
    assert!(!same.meets(&one("status", "value", "open")));
    assert!(same.meets(&one("status", "is", "open")));
}

#[test]
fn the_order_of_tags_is_no_change() {
    let tags = |words: &[&str]| Fact::Many(words.iter().map(|word| (*word).to_owned()).collect());
    let update = Update::default().change(FieldKey::Tags, tags(&["a", "b"]), tags(&["b", "a"]));
    assert!(!update.meets(&one("current_tags", "changed", Value::Null)));
    assert!(update.meets(&one("current_tags", "includes", "x B")));
    assert!(update.meets(&one("current_tags", "not_includes", "x y")));
}

#[test]
fn no_priority_ranks_below_low() {
    let none = Update::default();
    assert!(none.meets(&one("priority", "less_than", "low")));
    assert!(none.meets(&one("priority", "is", "")));
    assert!(!none.meets(&one("priority", "greater_than", "low")));
    let high = none.change(FieldKey::Priority, Fact::Missing, Priority::High.rank());
    assert!(high.meets(&one("priority", "greater_than", "normal")));
    assert!(high.meets(&one("priority", "value_previous", "")));
}

#[test]
fn words_are_found_in_any_form_and_phrases_in_their_order() {
    let update = Update::default().change(FieldKey::Comment, Fact::Missing, "The printers are burning!");
    assert!(update.meets(&one("comment_includes_word", "includes", "invoice printer")));
    assert!(update.meets(&one("comment_includes_word", "not_includes", "invoice")));
    assert!(update.meets(&one("comment_includes_word", "is", "Printers are burning")));
    assert!(!update.meets(&one("comment_includes_word", "is", "burning printers")));
}

#[test]
fn the_comment_of_an_update_is_public_internal_or_absent() {
    let public = Update::default().change(FieldKey::CommentPublic, Fact::Missing, true);
    assert!(public.meets(&one("comment_is_public", "is", "true")));
    assert!(!public.meets(&one("comment_is_public", "is", "false")));
    assert!(public.meets(&one("comment_is_public", "is", "requester_can_see_comment")));
    assert!(public.meets(&one("comment_is_public", "is", "not_relevant")));
    assert!(!Update::default().meets(&one("comment_is_public", "is", "not_relevant")));
    assert!(!Update::default().meets(&one("comment_is_public", "is", "false")));
}

#[test]
fn every_problem_is_named_at_once_with_its_place() {
    let json = json!({
        "all": [
            {"field": "colour", "operator": "is", "value": "red"},
            {"field": "status", "operator": "includes", "value": "open"},
            {"field": "status", "operator": "is", "value": "opened"},
            {"field": "status", "operator": "changed", "value": null},
        ],
        "any": [{"field": "current_tags", "operator": "includes", "value": ""}, "nonsense"],
    });
    let problems = Conditions::parse(&json, &Catalogue::default(), Purpose::View).unwrap_err();
    let places: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    let expected = [
        "conditions.all.0.field",
        "conditions.all.1.operator",
        "conditions.all.2.value",
        "conditions.all.3.operator",
        "conditions.any.0.value",
        "conditions.any.1.field",
    ];
    assert_eq!(places, expected);
    assert_eq!(problems[2].message, "status: \"opened\" is not one of its values");
}

#[test]
fn conditions_about_updates_have_no_sql() {
    let conditions = one("status", "changed", Value::Null);
    let problems = to_sql(&conditions, &Context::at(now()), &Desk::new()).unwrap_err();
    assert_eq!(problems[0].field, "status");
}

#[test]
fn zendesk_s_json_is_kept() {
    let json = json!({
        "all": [
            {"field": "status", "operator": "less_than", "value": "solved"},
            {"field": "assignee_id", "operator": "is", "value": "current_user"},
            {"field": "group_id", "operator": "is_not", "value": ""},
            {"field": "via_id", "operator": "is", "value": "4"},
            {"field": "current_tags", "operator": "includes", "value": "vip arve"},
            {"field": "SOLVED", "operator": "greater_than", "value": "96"},
            {"field": "custom_fields_6", "operator": "present", "value": null},
            {"field": "locale_id", "operator": "is", "value": "101"},
        ],
        "any": [{"field": "priority", "operator": "greater_than", "value": "normal"}],
    });
    assert_eq!(parse(json.clone(), Purpose::View).to_json(), json);
}

#[test]
fn open_tickets_are_found_through_the_index() {
    let desk = Desk::new();
    let conditions =
        parse(json!({"all": [{"field": "status", "operator": "less_than", "value": "solved"}]}), Purpose::View);
    let where_ = to_sql(&conditions, &Context::at(now()), &desk).unwrap();
    assert_eq!(where_.sql, "t.status < $1");
    assert!(
        desk.plan(&where_).contains("USING INDEX tickets_status")
            || desk.plan(&where_).contains("tickets_status_updated"),
        "{}",
        desk.plan(&where_)
    );
}

#[test]
fn no_conditions_select_all() {
    let where_ = to_sql(&Conditions::default(), &Context::at(now()), &Desk::new()).unwrap();
    assert_eq!(where_, Fragment::new("1 = 1"));
    assert!(Update::default().meets(&Conditions::default()));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["status", "is", "current_user", "2026-02-30", "99999999999999999999", "includes"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let keys = prop::sample::select(vec!["all", "any", "field", "operator", "value"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys.prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Value::from(serde_json::Map::from_iter(map))),
        ]
    })
}

fn any_condition() -> impl Strategy<Value = Value> {
    let names: Vec<String> = World::small(now()).catalogue().fields().map(|field| field.name.to_string()).collect();
    let operators: Vec<_> = crate::Operator::ALL.iter().map(|operator| operator.name()).collect();
    (prop::sample::select(names), prop::sample::select(operators), any_json())
        .prop_map(|(field, operator, value)| json!({"all": [{"field": field, "operator": operator, "value": value}]}))
}

proptest! {
    #[test]
    fn reading_never_panics(json in prop_oneof![any_json(), any_condition()]) {
        let catalogue = World::small(now()).catalogue();
        for purpose in [Purpose::View, Purpose::Trigger] {
            if let Ok(conditions) = Conditions::parse(&json, &catalogue, purpose) {
                let again = Conditions::parse(&conditions.to_json(), &catalogue, purpose);
                prop_assert_eq!(again, Ok(conditions.clone()));
                let context = Context::at(now());
                eval(&conditions, &context, &Update::default());
                let _ = to_sql(&conditions, &context, &Desk::new());
            }
        }
    }

    #[test]
    fn random_conditions_are_written_and_read_back(seed in any::<u64>()) {
        let world = World::small(now());
        let json = Generator::new(world.clone(), seed).conditions();
        let conditions = Conditions::parse(&json, &world.catalogue(), Purpose::View).unwrap();
        let again = Conditions::parse(&conditions.to_json(), &world.catalogue(), Purpose::View).unwrap();
        prop_assert_eq!(again, conditions);
    }

    #[test]
    fn a_negated_operator_is_the_complement(seed in any::<u64>()) {
        let world = World::small(now());
        let catalogue = world.catalogue();
        let mut generator = Generator::new(world, seed);
        let ticket = generator.ticket(1);
        let conditions = Conditions::parse(&generator.conditions(), &catalogue, Purpose::View).unwrap();
        let context = Context::at(now());
        for condition in conditions.iter() {
            if let Some(positive) = condition.operator.negates() {
                let mut turned = condition.clone();
                turned.operator = positive;
                let of = |condition| Conditions { all: vec![condition], any: Vec::new() };
                let answers = [of(condition.clone()), of(turned)].map(|one| eval(&one, &context, &ticket));
                prop_assert!(answers[0] != answers[1]);
            }
        }
    }
}
