//! Random tickets and random conditions: evaluated in memory and compiled to SQL they agree, on either database.

use std::sync::Arc;

use base::text::QueryTerm;
use base::{FixedClock, Fragment, GroupId, Timestamp, UserId, Value};
use rules::search::{self, Kind};
use rules::testing::{Generator, RandomTicket, World};
use rules::{Catalogue, Conditions, Context, Fact, FieldKey, FullText, Purpose, TextScope, eval, to_sql, word_run};

struct Words;
impl FullText for Words {
    fn matches(&self, scope: TextScope, terms: &[QueryTerm], phrase: Option<&str>) -> Fragment {
        let mut test = Fragment::new("EXISTS (SELECT 1 FROM ticket_texts x WHERE x.ticket_id = t.id");
        if scope != TextScope::Any {
            test.push(" AND x.scope = ").bind(scope as i64);
        }
        for term in terms {
            let stems = term.alternatives.iter().map(|stem| format!("% {stem} %"));
            let patterns: Vec<_> = stems.chain(term.prefix.as_ref().map(|p| format!("% {p}%"))).collect();
            test.push(" AND (1 = 0");
            for p in patterns {
                test.push(" OR x.terms LIKE ").bind(p);
            }
            test.push(")");
        }
        if let Some(phrase) = phrase {
            test.push(" AND x.run LIKE ").bind(format!("%{}%", word_run(phrase)));
        }
        test.push(")");
        test
    }
}

fn store(tx: &mut db::Tx, ticket: &RandomTicket, catalogue: &Catalogue) -> base::Result<()> {
    let more: Vec<(&'static str, Value)> = vec![
        ("rev", 1.into()),
        ("subject", "".into()),
        ("description", "".into()),
        ("submitter_id", 1.into()),
        ("via_source", "{}".into()),
        ("comment_count", 0.into()),
        ("has_incidents", false.into()),
        ("is_spam", false.into()),
        ("reopens", 0.into()),
        ("replies", 0.into()),
        ("assignee_stations", 0.into()),
        ("group_stations", 0.into()),
        ("requester_wait_ms", 0.into()),
        ("agent_wait_ms", 0.into()),
        ("on_hold_ms", 0.into()),
    ];
    let insert = ticket.insert(&more);
    tx.execute(&insert.sql, &insert.params)?;
    for i in ticket.inserts(catalogue) {
        tx.execute(&i.sql, &i.params)?;
    }
    for (scope, key) in [
        (TextScope::Subject, FieldKey::Subject),
        (TextScope::Description, FieldKey::Description),
        (TextScope::Comment, FieldKey::Comment),
    ] {
        if let Some(Fact::Text(text)) = ticket.facts.get(&key) {
            tx.execute(
                "INSERT INTO ticket_texts VALUES ($1, $2, $3, $4)",
                &[
                    ticket.id.into(),
                    (scope as i64).into(),
                    format!(" {} ", base::text::index_text(text)).into(),
                    word_run(text).into(),
                ],
            )?;
        }
    }
    Ok(())
}

#[test]
fn conditions_mean_the_same_in_memory_and_in_sql() {
    let now = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
    let test = db::testing::fresh(Arc::new(FixedClock::new(now))).unwrap();
    let mut world = World::small(now);
    world.users.iter_mut().for_each(|u| {
        u.1.get_or_insert("fi");
    });
    let mut generator = Generator::new(world.clone(), 7);
    let tickets: Vec<_> = (1..=100).map(|id| generator.ticket(id)).collect();
    let (w, ts) = (world.clone(), tickets.clone());
    test.db.write(move |tx| {
        tx.execute("CREATE TABLE ticket_texts (ticket_id BIGINT, scope BIGINT, terms TEXT, run TEXT)", &[])?;
        for (id, locale) in &w.users {
            tx.execute("INSERT INTO users (id, name, name_folded, role, ticket_access, locale, time_zone, active, verified, suspended, moderator, totp_confirmed, created_at, updated_at) VALUES ($1, 'x', 'x', 'agent', 'all', $2, 'UTC', TRUE, TRUE, FALSE, FALSE, FALSE, 1, 1)",
                &[(*id).into(), (*locale).into()])?;
        }
        ts.iter().try_for_each(|t| store(tx, t, &w.catalogue()))
    }).wait().unwrap();
    let context = Context { current_user: Some(UserId(2)), current_groups: vec![GroupId(1)], now, offset_minutes: 120 };
    for _ in 0..3000 {
        let json = generator.conditions();
        let conditions = Conditions::parse(&json, &world.catalogue(), Purpose::View).unwrap();
        let expected: Vec<i64> = tickets.iter().filter(|t| eval(&conditions, &context, *t)).map(|t| t.id).collect();
        let w = to_sql(&conditions, &context, &Words).unwrap();
        let sql = format!("SELECT t.id FROM tickets t WHERE {} ORDER BY t.id", w.sql);
        let text = format!("{json}\n{sql}\n{:?}", w.params);
        let found =
            test.db.read(move |tx| tx.column::<i64>(&sql, &w.params)).wait().unwrap_or_else(|e| panic!("{e}: {text}"));
        assert_eq!(found, expected, "{text}");
    }
    let queries = [
        "printer -fire",
        "\"on fire\" subject:printer comment:\"x y\"",
        "#3 id:4 external_id:A* external_id:x",
        "status<solved priority<high priority:none",
        "assignee:me requester:a@b.ee requester:*@b.ee requester:mari submitter:none cc:me follower:x commenter:3",
        "group:level* group:\"a b\" organization:none brand:desk form:x",
        "tags:a tags:\"a b\" tags:b* tags:none",
        "created>4hours created:2026-05 solved:none due_date<2027",
        "type:incident via:mail has_attachment:true satisfaction:bad satisfaction:offered is_public:false problem_id:3",
        "custom_field_7:red custom_field_8>5 custom_field_8<1.5 custom_field_7:none custom_field_1:true custom_field_3>2026-01-01 fieldvalue:blue custom_status_id:4",
        "recipient:a@b recipient:none",
        "name:m_ri email:x* phone:*1234 role:agent organization:\"a b\" group:x notes:x details:y 12 details:none name:none",
        "a%b 'x' \\ 12\u{0}a",
    ];
    for query in queries {
        let (query, problems) = search::parse(query, &context);
        assert!(problems.is_empty(), "{problems:?}");
        for (kind, from) in [
            (Kind::Ticket, "tickets t"),
            (Kind::User, "users u"),
            (Kind::Organization, "organizations o"),
            (Kind::Group, "groups g"),
        ] {
            let w = search::to_sql(&query, kind, &context, &Words);
            let sql = format!("SELECT 1 FROM {from} WHERE {}", w.sql);
            let text = sql.clone();
            test.db.read(move |tx| tx.query(&sql, &w.params)).wait().unwrap_or_else(|e| panic!("{e}: {text}"));
        }
    }
}
