//! The schema, the same on both databases.

use db::migrate::schema;

use crate::desk::Desk;

/// One snapshot for both: the suite runs on SQLite and on PostgreSQL, and neither may differ from it. Tables that a
/// database makes for its own full-text index are its own business.
#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let desk = Desk::new();
    let columns = desk.read(|tx| schema(tx));
    let its_own = |column: &String| {
        let table = column.split('.').next().unwrap_or_default();
        table.ends_with("_text") || table.contains("_text_")
    };
    let lines: Vec<String> = columns.into_iter().filter(|column| !its_own(column)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_database_that_is_opened_again_is_as_it_was() {
    let desk = Desk::new();
    let ticket = desk.mail("juhan", "Printer on fire");
    let before = desk.read(|tx| schema(tx));
    let again = db::Db::open(&db::Options::new(desk.url.clone())).unwrap();
    assert_eq!(again.read(schema).wait().unwrap(), before);
    assert_eq!(again.read(|tx| tx.value::<i64>("SELECT MAX(id) FROM tickets", &[])).wait().unwrap(), ticket);
}
