//! Random tickets and conditions: a trigger that asks about the ticket as it is agrees with the view that asks the same.

use base::{Actor, Fragment, Result, TicketId, UserId, Value};
use kernel::Tx;
use rules::testing::{Generator, RandomTicket, World};
use rules::{Conditions, FieldKey, FullText, Purpose, TextScope};
use tickets::change::How;
use tickets::{Update, Via};

use crate::desk::{Desk, NOW};

const TICKETS: i64 = 60;

struct NoWords;
impl FullText for NoWords {
    fn matches(&self, _: TextScope, _: &[base::text::QueryTerm], _: Option<&str>) -> Fragment {
        Fragment::new("1 = 0")
    }
}

/// Puts a random ticket and what it names into the database.
fn store(tx: &mut Tx<'_>, ticket: &RandomTicket, world: &World) -> Result<()> {
    let more: Vec<(&'static str, Value)> = vec![
        ("rev", 1.into()),
        ("subject", "".into()),
        ("description", "".into()),
        ("submitter_id", 1.into()),
        ("via_source", "{}".into()),
        ("comment_count", 0.into()),
        ("has_incidents", false.into()),
        ("is_spam", false.into()),
        ("requester_wait_ms", 0.into()),
        ("agent_wait_ms", 0.into()),
        ("on_hold_ms", 0.into()),
    ];
    let given = ticket.insert(&more);
    tx.execute(&given.sql, &given.params)?;
    for one in ticket.inserts(&world.catalogue()) {
        tx.execute(&one.sql, &one.params)?;
    }
    // Conditions know more channels than tickets can come by.
    let known: Vec<String> = Via::ALL.iter().map(|via| format!("'{}'", via.name())).collect();
    tx.execute(&format!("UPDATE tickets SET via = 'email' WHERE via NOT IN ({})", known.join(", ")), &[]).map(drop)
}

/// A change of the ticket that changes nothing, so that only what is matters.
fn unchanged(tx: &mut Tx<'_>, id: i64) -> Result<Update> {
    let ticket = tickets::access::get(tx, &Actor::system(), TicketId(id))?;
    let actor = Actor { user: UserId(2), ..Actor::system() };
    Ok(Update { before: Some(ticket.clone()), after: ticket, comments: Vec::new(), actor, how: How::via(Via::Web) })
}

#[test]
fn triggers_and_views_mean_the_same() {
    let desk = Desk::new();
    let mut world = World::small(NOW);
    world.with_words = false;
    world.fields.clear();
    for user in &mut world.users {
        user.1 = Some("en");
    }
    let mut generator = Generator::new(world.clone(), 11);
    let all: Vec<RandomTicket> = (1..=TICKETS).map(|id| generator.ticket(id)).collect();
    let known = world.clone();
    desk.write(move |tx| all.iter().try_for_each(|ticket| store(tx, ticket, &known)));
    let compared = desk.write(move |tx| {
        let context = tickets::views::context(tx, &Actor { user: UserId(2), ..Actor::system() })?;
        let updates = (1..=TICKETS).map(|id| unchanged(tx, id)).collect::<Result<Vec<_>>>()?;
        let mut compared = 0;
        for _ in 0..200 {
            let json = generator.conditions();
            // Hours since something are asked by time only.
            if Conditions::parse(&json, &world.catalogue(), Purpose::Trigger).is_err() {
                continue;
            }
            compared += 1;
            let conditions = Conditions::parse(&json, &world.catalogue(), Purpose::View).unwrap();
            assert!(conditions.iter().all(|one| one.field.key != FieldKey::Comment));
            let fits = rules::to_sql(&conditions, &context, &NoWords).unwrap();
            let sql = format!("SELECT t.id FROM tickets t WHERE {} ORDER BY t.id", fits.sql);
            let listed: Vec<i64> = tx.column(&sql, &fits.params)?;
            let mut run = Vec::new();
            for update in &updates {
                if workflow::engine::would_run(tx, update, &json)? {
                    run.push(update.after.id.0);
                }
            }
            assert_eq!(run, listed, "{json}");
        }
        Ok(compared)
    });
    assert!(compared > 60, "{compared}");
}
