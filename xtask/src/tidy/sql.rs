//! Where SQL may stand, and where the words of one database may.

use super::Finding;
use super::source::{Kind, Source};

/// Words that only one of the two databases knows.
const DIALECT: [&str; 22] = [
    "fts5",
    "tsvector",
    "tsquery",
    "pragma ",
    "information_schema",
    "pg_advisory",
    "pg_catalog",
    "pg_notify",
    "pg_class",
    "sqlite_master",
    "sqlite_schema",
    "sqlite_sequence",
    "autoincrement",
    "bigserial",
    " ilike ",
    " glob ",
    "json_extract",
    "jsonb",
    "skip locked",
    " for update",
    "strftime(",
    "date_trunc(",
];

/// SQL in text literals belongs to `store.rs` and `search.rs` (or folders of these names), to `db`, to migrations, and to
/// `rules`, which compiles conditions and never sees a database.
pub fn sql_outside_stores(source: &Source) -> Vec<Finding> {
    let homes = ["store", "search", "migrations"];
    let home = homes.contains(&source.stem()) || source.folders().iter().any(|f| homes.contains(f));
    let compiler = source.path.starts_with("crates/rules/");
    if source.kind != Kind::Rust || home || compiler || !in_crates(source) || is_db(source) {
        return Vec::new();
    }
    let fix = "move the statement into a function of the crate's store.rs (or search.rs) and call that";
    literals(source, is_sql).map(|(line, _)| Finding::new(&source.path, line, "SQL outside store.rs", fix)).collect()
}

/// Words of one database only in `db` and in `search` files.
pub fn dialect_outside_db(source: &Source) -> Vec<Finding> {
    let home = source.stem() == "search" || source.folders().contains(&"search");
    if source.kind != Kind::Rust || home || !in_crates(source) || is_db(source) {
        return Vec::new();
    }
    let fix = "write it in portable SQL, or give db a function for it";
    let mut found: Vec<Finding> = literals(source, |text| dialect_word(text).is_some())
        .map(|(line, text)| {
            let word = dialect_word(text).unwrap_or_default().trim();
            Finding::new(&source.path, line, format!("`{word}` is known to one database only"), fix)
        })
        .collect();
    for (index, code) in source.code.iter().enumerate() {
        if !source.is_test(index + 1) && code.contains("Dialect::") {
            found.push(Finding::new(&source.path, index + 1, "a branch on the kind of database", fix));
        }
    }
    found
}

fn in_crates(source: &Source) -> bool {
    source.path.starts_with("crates/")
}

fn is_db(source: &Source) -> bool {
    source.path.starts_with("crates/db/")
}

fn literals(source: &Source, wanted: fn(&str) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let outside_tests = source.literals.iter().filter(|(line, _)| !source.is_test(*line));
    outside_tests.map(|(line, text)| (*line, text.as_str())).filter(move |(_, text)| wanted(text))
}

fn is_sql(text: &str) -> bool {
    let has = |word: &str| text.contains(word);
    let selects = text.trim_start().starts_with("SELECT ") || has("SELECT ") && has(" FROM ");
    selects || has("INSERT INTO ") || has("DELETE FROM ") || has("UPDATE ") && has(" SET ")
}

fn dialect_word(text: &str) -> Option<&'static str> {
    // Table and column names are small letters; prose rarely holds these words, and may be worded otherwise.
    let lower = text.to_lowercase();
    DIALECT.into_iter().find(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source::new(path, text).unwrap()
    }

    #[test]
    fn sql_in_a_handler_is_found_and_in_a_store_is_not() {
        let text = "fn a() {\n    tx.query(\"SELECT id FROM users WHERE id = $1\");\n}\n";
        assert_eq!(sql_outside_stores(&source("crates/people/src/http.rs", text))[0].line, 2);
        assert!(sql_outside_stores(&source("crates/people/src/store.rs", text)).is_empty());
        assert!(sql_outside_stores(&source("crates/tickets/src/store/comments.rs", text)).is_empty());
        assert!(sql_outside_stores(&source("crates/rules/src/sql.rs", text)).is_empty());
        assert!(sql_outside_stores(&source("crates/server/tests/it/main.rs", text)).is_empty());
    }

    #[test]
    fn updates_are_sql_and_prose_is_not() {
        assert!(is_sql("UPDATE tickets SET rev = $1"));
        assert!(!is_sql("Select one from the list. UPDATE your password"));
    }

    #[test]
    fn dialect_words_outside_db_are_found() {
        let text = "fn a() {\n    x(\"SELECT 1 FROM t FOR UPDATE\");\n    if d == Dialect::Sqlite {}\n}\n";
        let found = dialect_outside_db(&source("crates/people/src/store.rs", text));
        assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [2, 3]);
        assert!(dialect_outside_db(&source("crates/tickets/src/search.rs", text)).is_empty());
    }
}
