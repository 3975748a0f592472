//! The façade's promises, on whichever database `TUGI_TEST_DATABASE` names.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Error, FixedClock, Timestamp, Value};

use crate::{fulltext, testing};

fn fresh() -> testing::TestDb {
    testing::fresh(Arc::new(FixedClock::new(Timestamp(1_000)))).unwrap()
}

const PUT: &str = "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)";

#[test]
fn what_is_written_is_read_back_with_parameters_in_any_order() {
    let test = fresh();
    let db = &test.db;
    db.write(|tx| {
        let sql = "INSERT INTO settings (updated_at, value, name) VALUES ($3, $2, $1)";
        tx.execute(sql, params!["name", "it's $1", tx.now()])
    })
    .wait()
    .unwrap();
    let row = db.read(|tx| tx.get("SELECT * FROM settings WHERE name = $1", params!["name"])).wait().unwrap();
    assert_eq!(row.get::<String>("value").unwrap(), "it's $1");
    assert_eq!(row.get::<Timestamp>("updated_at").unwrap(), Timestamp(1_000));
    assert!(row.get::<bool>("value").is_err());
}

#[test]
fn a_failed_or_panicking_closure_leaves_nothing_and_harms_no_neighbour() {
    let test = fresh();
    let db = &test.db;
    let fails = db.write(|tx| {
        tx.execute(PUT, params!["a", "1", 0])?;
        Err::<(), _>(Error::NotFound)
    });
    let panics = db.write(|tx| {
        tx.execute(PUT, params!["b", "1", 0])?;
        if tx.now() == Timestamp(1_000) {
            panic!("on purpose");
        }
        Ok(())
    });
    let succeeds = db.write(|tx| tx.execute(PUT, params!["c", "1", 0]));
    assert!(matches!(fails.wait(), Err(Error::NotFound)));
    assert!(matches!(panics.wait(), Err(Error::Internal(_))));
    assert_eq!(succeeds.wait().unwrap(), 1);
    let names = db.read(|tx| tx.column::<String>("SELECT name FROM settings ORDER BY name", &[])).wait().unwrap();
    assert_eq!(names, ["c"]);
}

#[test]
fn a_taken_unique_value_is_named_as_such() {
    let test = fresh();
    let db = &test.db;
    let put = || db.write(|tx| tx.execute(PUT, params!["a", "1", 0])).wait();
    put().unwrap();
    assert_eq!(put().unwrap_err().code(), "RecordInvalid");
}

#[test]
fn many_callers_share_commits_and_each_has_its_answer() {
    let test = fresh();
    let db = &test.db;
    let pending: Vec<_> =
        (0..500).map(|i| db.write(move |tx| tx.execute(PUT, params![format!("n{i}"), "v", 0]))).collect();
    assert!(pending.into_iter().all(|p| p.wait().unwrap() == 1));
    let count: i64 = db.read(|tx| tx.value("SELECT COUNT(*) FROM settings", &[])).wait().unwrap();
    assert_eq!(count, 500);
}

#[test]
fn listeners_are_woken_by_commits_in_commit_order_only() {
    let test = fresh();
    let db = &test.db;
    let woken = Arc::new(AtomicUsize::new(0));
    let (counter, (told, tells)) = (woken.clone(), std::sync::mpsc::channel());
    db.on_commit(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let _ = told.send(());
    });
    db.write(|tx| tx.execute(PUT, params!["quiet", "v", 0])).wait().unwrap();
    let sql = "INSERT INTO events (kind, payload, at) VALUES ($1, '{}', 0)";
    db.write(|tx| tx.execute_in_commit_order(sql, params!["loud"].to_vec())).wait().unwrap();
    tells.recv_timeout(std::time::Duration::from_secs(5)).unwrap();
    assert!(woken.load(Ordering::SeqCst) >= 1);
}

#[test]
fn full_text_finds_the_same_rows_on_both_databases() {
    let test = fresh();
    let db = &test.db;
    db.write(|tx| {
        fulltext::add(tx, "ticket_text", 1, "Printers on fire")?;
        fulltext::add(tx, "ticket_text", 1, "the hosting is down too")?;
        fulltext::add(tx, "ticket_text", 2, "Arve on valesti")?;
        fulltext::replace(tx, "ticket_text", 3, "printer printer")
    })
    .wait()
    .unwrap();
    let find = |query: &str| {
        let terms = base::text::query_terms(query);
        db.read(move |tx| {
            let mut sql = fulltext::matching(tx.dialect(), "ticket_text", &terms).ok_or(Error::NotFound)?;
            sql.push(" ORDER BY rowid");
            tx.column::<i64>(&sql.sql, &sql.params)
        })
        .wait()
        .unwrap()
    };
    assert_eq!(find("printer"), [1, 3]);
    assert_eq!(find("printer host*"), [1]);
    assert_eq!(find("arved"), [2]);
    assert_eq!(find("nothing"), [0i64; 0]);
}

#[test]
fn words_in_every_script_are_looked_for_on_both_databases() {
    let test = fresh();
    let db = &test.db;
    let words =
        ["3¾ cups", "東京都 支店", "ﷺ", "किताब", "ⓐⓑ", "\u{1E900}\u{1E901}\u{1E902}", "\u{10D70}x\u{16D43}", "²³"];
    db.write(move |tx| (1..).zip(words).try_for_each(|(id, text)| fulltext::add(tx, "ticket_text", id, text)))
        .wait()
        .unwrap();
    for (id, text) in (1i64..).zip(words) {
        for query in [text.to_owned(), format!("{text}*")] {
            let terms = base::text::query_terms(&query);
            let found = db.read(move |tx| {
                let sql = fulltext::matching(tx.dialect(), "ticket_text", &terms).ok_or(Error::NotFound)?;
                tx.column::<i64>(&sql.sql, &sql.params)
            });
            assert_eq!(found.wait().unwrap(), [id], "{query}");
        }
    }
}

#[test]
fn bytes_nulls_and_truth_values_survive() {
    let test = fresh();
    let db = &test.db;
    db.write(|tx| {
        let sql = "INSERT INTO blobs (key, size, content, created_at) VALUES ($1, $2, $3, 0)";
        tx.execute(sql, params!["k", 3, vec![0u8, 255, 1]])?;
        tx.execute(sql, params!["n", 0, Value::Null])
    })
    .wait()
    .unwrap();
    let rows =
        db.read(|tx| tx.query("SELECT content, content IS NULL AS gone FROM blobs ORDER BY key", &[])).wait().unwrap();
    assert_eq!(rows[0].get::<Option<Vec<u8>>>("content").unwrap(), Some(vec![0, 255, 1]));
    assert_eq!(rows[1].get::<Option<Vec<u8>>>("content").unwrap(), None);
    assert!(rows[1].get::<bool>("gone").unwrap());
}
