//! Rules about the source itself that the compiler does not know. Each finding says where, what and how to mend it.
//!
//! - `source` reads a file: code with comments and texts blanked, text literals, which lines are tests, functions.
//! - `sizes`, `edges`, `sql`, `words`, `texts`, `licences` hold the rules; each has a test with a bad sample.

mod edges;
mod licences;
mod sizes;
mod source;
mod sql;
mod texts;
mod words;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{self, Outcome};
use source::Source;

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    path: String,
    line: usize,
    problem: String,
    fix: &'static str,
}

impl Finding {
    fn new(path: &str, line: usize, problem: impl Into<String>, fix: &'static str) -> Self {
        Self { path: path.to_string(), line, problem: problem.into(), fix }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n    fix: {}", self.path, self.line, self.problem, self.fix)
    }
}

/// A rule about one file.
type Rule = fn(&Source) -> Vec<Finding>;

const RULES: [Rule; 9] = [
    sizes::file_length,
    sizes::function_length,
    sql::sql_outside_stores,
    sql::dialect_outside_db,
    words::unfinished_work,
    words::sleeping_tests,
    words::vague_names,
    texts::texts_outside_catalogues,
    words::chosen_tests,
];

/// Folders that hold nothing written by hand, wherever they are.
const SKIPPED: [&str; 7] = ["target", "node_modules", "dist", ".git", ".nuxt-ui", "test-results", "playwright-report"];

/// Folders of the root that hold data.
const DATA: [&str; 2] = ["data", "fixtures"];

/// Runs every rule over the repository and prints what it finds.
pub fn run() -> Outcome {
    let root = process::root();
    let mut findings = check_files(&root)?;
    findings.extend(edges::crate_edges(&root)?);
    findings.extend(licences::dependency_licences(&root)?);
    findings.extend(licences::undocumented_dependencies(&root)?);
    if findings.is_empty() {
        println!("tidy: nothing to mend");
        return Ok(());
    }
    for finding in &findings {
        println!("{finding}");
    }
    Err(format!("{} places to mend. To repeat:\n  cargo xtask tidy", findings.len()))
}

/// The rules about single files, over every source file of the repository.
fn check_files(root: &Path) -> Outcome<Vec<Finding>> {
    let mut files = Vec::new();
    collect(root, &mut files).map_err(|e| format!("cannot read {}: {e}", root.display()))?;
    files.retain(|file| !DATA.iter().any(|folder| file.starts_with(root.join(folder))));
    files.sort();
    let mut findings = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        let path = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if let Some(source) = Source::new(&path, &text) {
            findings.extend(RULES.iter().flat_map(|rule| rule(&source)));
        }
    }
    Ok(findings)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                collect(&entry.path(), files)?;
            }
        } else if [".rs", ".ts", ".vue"].iter().any(|end| name.to_string_lossy().ends_with(end)) {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let root = process::root();
        let mut findings = check_files(&root).unwrap();
        findings.extend(edges::crate_edges(&root).unwrap());
        let listed: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(listed.is_empty(), "{}", listed.join("\n"));
    }

    #[test]
    fn a_finding_says_where_what_and_how_to_mend_it() {
        let finding = Finding::new("a/b.rs", 7, "too long", "split it");
        assert_eq!(finding.to_string(), "a/b.rs:7: too long\n    fix: split it");
    }
}
