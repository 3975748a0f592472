//! The property that the crate stands on: evaluation and SQL select the same tickets.

use crate::testing::{Generator, RandomTicket, World};
use crate::{Conditions, Context, Purpose, eval, to_sql};
use base::{Fragment, GroupId, Timestamp, UserId};

use super::desk::Desk;

const TICKETS: i64 = 120;
const CONDITIONS: usize = 4_000;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T10:00:00Z").unwrap()
}

fn filled(world: &World, generator: &mut Generator) -> (Desk, Vec<RandomTicket>) {
    let desk = Desk::new();
    for (id, locale) in &world.users {
        let mut insert = Fragment::new("INSERT INTO users (id, locale) VALUES (");
        insert.bind(*id).push(", ").bind(*locale).push(")");
        desk.execute(&insert);
    }
    let tickets: Vec<_> = (1..=TICKETS).map(|id| generator.ticket(id)).collect();
    tickets.iter().for_each(|ticket| desk.store(ticket, &world.catalogue()));
    (desk, tickets)
}

fn assert_agreement(seed: u64, context: &Context) {
    let world = World::small(now());
    let mut generator = Generator::new(world.clone(), seed);
    let (desk, tickets) = filled(&world, &mut generator);
    let (mut none, mut some) = (0, 0);
    for _ in 0..CONDITIONS {
        let json = generator.conditions();
        let conditions = Conditions::parse(&json, &world.catalogue(), Purpose::View)
            .unwrap_or_else(|problems| panic!("{json}: {problems:?}"));
        let expected: Vec<i64> =
            tickets.iter().filter(|ticket| eval(&conditions, context, *ticket)).map(|ticket| ticket.id).collect();
        let where_ = to_sql(&conditions, context, &desk).unwrap();
        assert_eq!(desk.ids("tickets t", &where_), expected, "{json}\n{where_:?}");
        if expected.is_empty() { none += 1 } else { some += 1 }
    }
    assert!(some > CONDITIONS / 4 && none > CONDITIONS / 20, "the conditions are lopsided: {some} {none}");
}

#[test]
fn evaluation_and_sql_agree_for_an_agent_with_groups() {
    let context = Context {
        current_user: Some(UserId(2)),
        current_groups: vec![GroupId(1), GroupId(3)],
        now: now(),
        offset_minutes: 120,
    };
    assert_agreement(1, &context);
}

#[test]
fn evaluation_and_sql_agree_for_nobody() {
    assert_agreement(2, &Context { offset_minutes: -600, ..Context::at(now()) });
}
