//! Words that may not stand in code: unfinished work, sleeping tests, vague names.

use super::Finding;
use super::source::{Kind, Source};

/// Marks of unfinished work, put together so that this file does not hold them.
const UNFINISHED: [&str; 7] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("#[", "ignore"),
    concat!("allow(", "dead_code"),
    concat!("@ts-", "ignore"),
];

const VAGUE: [&str; 7] = ["Manager", "Service", "Helper", "Helpers", "Handler", "Util", "Utils"];

/// Nothing unfinished is committed.
pub fn unfinished_work(source: &Source) -> Vec<Finding> {
    let fix = "finish it, or leave it out and file an issue";
    let mut found = Vec::new();
    for (index, line) in source.lines.iter().enumerate() {
        for word in UNFINISHED.into_iter().filter(|word| holds_word(line, word)) {
            found.push(Finding::new(&source.path, index + 1, format!("`{word}` in the source"), fix));
        }
    }
    found
}

/// Tests wait for what they expect, never for time to pass.
pub fn sleeping_tests(source: &Source) -> Vec<Finding> {
    let words: &[&str] = match source.kind {
        Kind::Rust => &["sleep("],
        Kind::Script | Kind::Component => &["waitForTimeout("],
    };
    let fix = "wait for the event or the state itself, or move the injected clock";
    tests_with(source, words, fix)
}

/// No test is switched off, and none is singled out.
pub fn chosen_tests(source: &Source) -> Vec<Finding> {
    if source.kind == Kind::Rust {
        return Vec::new();
    }
    let words = [".only(", ".skip(", ".fixme(", "it.todo("];
    tests_with(source, &words, "run every test; delete one that has no meaning any more")
}

fn tests_with(source: &Source, words: &[&str], fix: &'static str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in source.code.iter().enumerate().filter(|(index, _)| source.is_test(index + 1)) {
        for word in words.iter().filter(|word| line.contains(**word)) {
            found.push(Finding::new(&source.path, index + 1, format!("`{word}` in a test"), fix));
        }
    }
    found
}

/// Types, modules and files are named by what they are.
pub fn vague_names(source: &Source) -> Vec<Finding> {
    let fix = "name it by what it is or does in the words of PRODUCT.md";
    let mut found = Vec::new();
    if ends_vaguely(source.stem()) {
        found.push(Finding::new(&source.path, 1, format!("a file called `{}`", source.stem()), fix));
    }
    for (index, line) in source.code.iter().enumerate() {
        if let Some(name) = defined_name(line).filter(|name| ends_vaguely(name)) {
            found.push(Finding::new(&source.path, index + 1, format!("the name `{name}` says nothing"), fix));
        }
    }
    found
}

fn ends_vaguely(name: &str) -> bool {
    VAGUE.iter().any(|word| {
        name.ends_with(word) || name == word.to_lowercase() || { name.ends_with(&format!("_{}", word.to_lowercase())) }
    })
}

/// The name that a line defines as a type or module.
fn defined_name(line: &str) -> Option<&str> {
    let mut words = line
        .split_whitespace()
        .skip_while(|w| w.starts_with("pub") || ["export", "default", "declare", "abstract", "unsafe"].contains(w));
    let kinds = ["struct", "enum", "trait", "type", "mod", "class", "interface", "union"];
    words.next().filter(|kind| kinds.contains(kind))?;
    let name = words.next()?;
    let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
    Some(&name[..end])
}

/// Whether the line holds `word` with no letter or digit right beside it.
fn holds_word(line: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let open_ended = !word.ends_with(char::is_alphanumeric);
    line.match_indices(word).any(|(at, _)| {
        let after = line[at + word.len()..].chars().next();
        !letter(line[..at].chars().next_back()) && (open_ended || !letter(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> Source {
        Source::new("crates/a/src/b.rs", text).unwrap()
    }

    #[test]
    fn unfinished_work_is_found() {
        let text = format!("// {} later\nfn a() {{ {}) }}\nlet METHODS = 1;\n", UNFINISHED[0], UNFINISHED[2]);
        let found = unfinished_work(&rust(&text));
        assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_sleep_counts_in_tests_only() {
        let text = "fn a() { sleep(x); }\n#[test]\nfn b() {\n    std::thread::sleep(x);\n}\n";
        assert_eq!(sleeping_tests(&rust(text)).iter().map(|f| f.line).collect::<Vec<_>>(), [4]);
        let story = Source::new("e2e/a.spec.ts", "await page.waitForTimeout(100)\n").unwrap();
        assert_eq!(sleeping_tests(&story).len(), 1);
    }

    #[test]
    fn a_test_singled_out_is_found() {
        let story = Source::new("e2e/a.spec.ts", "test.only('x', () => {})\n").unwrap();
        assert_eq!(chosen_tests(&story).len(), 1);
    }

    #[test]
    fn vague_names_are_found_and_plain_ones_are_not() {
        let found =
            vague_names(&rust("pub struct TicketManager;\nstruct Ticket;\npub(crate) mod utils;\nuse x::Service;\n"));
        assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(vague_names(&Source::new("web/agent/src/helpers.ts", "").unwrap()).len(), 1);
    }
}
