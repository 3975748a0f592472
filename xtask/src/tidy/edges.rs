//! Which crate may stand on which.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::Finding;
use crate::process::Outcome;

/// Each crate with those it stands on; what they stand on in turn is allowed too.
const EDGES: [(&str, &[&str]); 14] = [
    ("base", &[]),
    ("db", &["base"]),
    ("rules", &["base"]),
    ("mail", &["base"]),
    ("kernel", &["db"]),
    ("people", &["kernel"]),
    ("tickets", &["people", "rules", "mail"]),
    ("workflow", &["tickets"]),
    ("channels", &["tickets", "mail"]),
    ("migrate", &["tickets"]),
    ("knowledge", &["people"]),
    ("insight", &["tickets"]),
    ("server", &["workflow", "channels", "migrate", "knowledge", "insight"]),
    ("bench", &["mail", "db"]),
];

/// Dependencies between our crates that the table does not allow. Dev-dependencies are free.
pub fn crate_edges(root: &Path) -> Outcome<Vec<Finding>> {
    let mut findings = Vec::new();
    let folder = root.join("crates");
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(findings) };
    let mut names: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names {
        let path = format!("crates/{name}/Cargo.toml");
        let Ok(text) = fs::read_to_string(root.join(&path)) else { continue };
        findings.extend(edges_of(&name, &path, &text));
    }
    Ok(findings)
}

fn edges_of(name: &str, path: &str, manifest: &str) -> Vec<Finding> {
    if !EDGES.iter().any(|(known, _)| *known == name) {
        let problem = format!("crate `{name}` is not in the table of crates");
        let fix = "add it with what it may stand on to xtask/src/tidy/edges.rs and to ARCHITECTURE.md";
        return vec![Finding::new(path, 1, problem, fix)];
    }
    let allowed = reachable(name);
    let ours = |dependency: &str| EDGES.iter().any(|(known, _)| *known == dependency);
    let wrong = dependencies(manifest).into_iter().filter(|(_, d)| ours(d) && !allowed.contains(d.as_str()));
    wrong
        .map(|(line, dependency)| {
            let problem = format!("crate `{name}` may not stand on `{dependency}`");
            let fix = "move the code to the crate that may know both, or pass in what is needed";
            Finding::new(path, line, problem, fix)
        })
        .collect()
}

fn reachable(name: &str) -> BTreeSet<&'static str> {
    let mut all = BTreeSet::new();
    let direct = EDGES.iter().filter(|(known, _)| *known == name).flat_map(|(_, on)| on.iter().copied());
    for on in direct {
        all.insert(on);
        all.extend(reachable(on));
    }
    all
}

/// Names under `[dependencies]` and `[build-dependencies]` with their lines.
fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let mut counts = false;
    let mut found = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            counts = !section.contains("dev-dependencies") && section.ends_with("dependencies");
            let single = section.split_once("dependencies.").filter(|(before, _)| !before.ends_with("dev-"));
            found.extend(single.map(|(_, name)| (index + 1, name.to_string())));
        } else if counts && !line.is_empty() && !line.starts_with('#') {
            let name: String = line.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect();
            found.push((index + 1, name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_against_the_table_is_found() {
        let manifest =
            "[package]\nname = \"people\"\n[dependencies]\nkernel.workspace = true\ntickets = { path = \"x\" }\n";
        let found = edges_of("people", "crates/people/Cargo.toml", manifest);
        assert_eq!((found.len(), found[0].line), (1, 5));
    }

    #[test]
    fn edges_through_others_and_for_tests_are_allowed() {
        let manifest =
            "[dependencies]\nbase.workspace = true\nserde = \"1\"\n[dev-dependencies]\ntickets.workspace = true\n";
        assert!(edges_of("people", "p", manifest).is_empty());
    }

    #[test]
    fn an_unknown_crate_is_found() {
        assert_eq!(edges_of("common", "p", "").len(), 1);
    }

    #[test]
    fn a_dependency_written_as_a_section_counts() {
        assert_eq!(edges_of("base", "p", "[dependencies.db]\npath = \"../db\"\n").len(), 1);
    }
}
