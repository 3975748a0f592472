//! How long files and functions may be.

use super::Finding;
use super::source::{Kind, Source};

const FILE: usize = 800;
const COMPONENT: usize = 250;
const FUNCTION: usize = 100;

/// Files: 800 lines, Vue components 250. Catalogues of texts are as long as they need to be.
pub fn file_length(source: &Source) -> Vec<Finding> {
    if source.folders().contains(&"locales") {
        return Vec::new();
    }
    let limit = if source.kind == Kind::Component { COMPONENT } else { FILE };
    let length = source.lines.len();
    if length <= limit {
        return Vec::new();
    }
    let problem = format!("{length} lines, and {limit} is the limit");
    let fix = "split it by verb or by part; a file aims at 300 lines, a component at 120";
    vec![Finding::new(&source.path, limit + 1, problem, fix)]
}

/// Rust functions: 100 lines.
pub fn function_length(source: &Source) -> Vec<Finding> {
    if source.kind != Kind::Rust {
        return Vec::new();
    }
    let long = source.functions().into_iter().filter(|(_, _, length)| *length > FUNCTION);
    long.map(|(name, line, length)| {
        let problem = format!("function `{name}` has {length} lines, and {FUNCTION} is the limit");
        Finding::new(&source.path, line, problem, "take its parts out under names of their own; aim at 30 lines")
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_and_components_are_found() {
        let text = "// x\n".repeat(801);
        assert_eq!(file_length(&Source::new("crates/a/src/b.rs", &text).unwrap())[0].line, 801);
        let text = "<p/>\n".repeat(251);
        assert_eq!(file_length(&Source::new("web/agent/src/A.vue", &text).unwrap()).len(), 1);
        assert!(file_length(&Source::new("web/agent/src/a.ts", &text).unwrap()).is_empty());
    }

    #[test]
    fn long_functions_are_found_at_their_first_line() {
        let text = format!("fn short() {{}}\nfn long() {{\n{}}}\n", "    a();\n".repeat(99));
        let found = function_length(&Source::new("crates/a/src/b.rs", &text).unwrap());
        assert_eq!((found.len(), found[0].line), (1, 2));
        assert!(found[0].problem.contains("`long` has 101 lines"), "{found:?}");
    }
}
