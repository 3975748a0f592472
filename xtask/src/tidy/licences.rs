//! Licences of what we build on, and a line of documentation for each dependency.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Finding;
use crate::process::{self, Outcome, cargo};
use crate::tools;

/// Every dependency's licence is one of those that deny.toml allows. cargo-deny checks when it is installed.
pub fn dependency_licences(root: &Path) -> Outcome<Vec<Finding>> {
    if tools::has_cargo_command("deny") {
        process::run(&mut cargo(&["deny", "check", "licenses", "bans", "sources"]))?;
        return Ok(Vec::new());
    }
    let policy = fs::read_to_string(root.join("deny.toml")).map_err(|e| format!("cannot read deny.toml: {e}"))?;
    let allowed = allowed(&policy);
    let said = process::output(&mut process::program("rustc", &["-vV"]))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    // For this platform only: cargo would download the crates of all others just to ask.
    let args = ["metadata", "--format-version", "1", "--filter-platform", host];
    let text = process::output(&mut cargo(&args))?;
    let metadata: Value = serde_json::from_str(&text).map_err(|e| format!("cargo metadata: {e}"))?;
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let foreign = packages.iter().filter(|p| !p["source"].is_null());
    Ok(foreign.filter_map(|package| judge(package, &allowed)).collect())
}

/// Every outside crate of the workspace has a line in docs/DEPENDENCIES.md (once that file is there).
pub fn undocumented_dependencies(root: &Path) -> Outcome<Vec<Finding>> {
    let Ok(document) = fs::read_to_string(root.join("docs/DEPENDENCIES.md")) else { return Ok(Vec::new()) };
    let manifest = fs::read_to_string(root.join("Cargo.toml")).map_err(|e| format!("cannot read Cargo.toml: {e}"))?;
    Ok(undocumented(&manifest, &document))
}

fn judge(package: &Value, allowed: &[String]) -> Option<Finding> {
    let licence = package["license"].as_str().unwrap_or_default();
    if allows(licence, allowed) {
        return None;
    }
    let (name, version) = (package["name"].as_str()?, package["version"].as_str()?);
    let said = if licence.is_empty() { "no licence" } else { licence };
    let problem = format!("{name} {version} has {said}, which deny.toml does not allow");
    Some(Finding::new(
        "Cargo.lock",
        1,
        problem,
        "take another crate, or add the licence to deny.toml if MIT OR Apache-2.0 may stand on it",
    ))
}

/// The `allow` list of deny.toml.
fn allowed(policy: &str) -> Vec<String> {
    let list = policy.split_once("allow = [").and_then(|(_, rest)| rest.split_once(']'));
    let list = list.map_or("", |(list, _)| list);
    list.split('"').skip(1).step_by(2).map(String::from).collect()
}

/// Whether an SPDX expression can be met with the allowed licences. `a/b` is the old way to write `a OR b`.
fn allows(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = either(&words, &mut at, allowed);
    met && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allowed);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut met = single(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= single(words, at, allowed);
    }
    met
}

fn single(words: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = either(words, at, allowed);
        *at += 1;
        return met;
    }
    let mut name = word.to_string();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&name)
}

fn undocumented(manifest: &str, document: &str) -> Vec<Finding> {
    let mut counts = false;
    let mut found = Vec::new();
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            counts = line == "[workspace.dependencies]";
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| counts && !line.starts_with('#')) else { continue };
        let name = name.trim();
        if !value.contains("path =") && !document.contains(&format!("`{name}`")) {
            let problem = format!("`{name}` has no line in docs/DEPENDENCIES.md");
            found.push(Finding::new(
                "Cargo.toml",
                index + 1,
                problem,
                "write there what for, what it costs, what would replace it",
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<String> {
        allowed("[licenses]\nallow = [\n \"MIT\",\n \"Apache-2.0\",\n \"Apache-2.0 WITH LLVM-exception\",\n]\n")
    }

    #[test]
    fn expressions_are_weighed() {
        let good = [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/GPL-2.0",
            "(MIT OR GPL-3.0) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
        ];
        let bad = ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0 WITH other", "(GPL-3.0 OR AGPL-3.0) AND MIT"];
        assert!(good.iter().all(|e| allows(e, &list())));
        assert!(bad.iter().all(|e| !allows(e, &list())));
    }

    #[test]
    fn a_foreign_licence_is_found_by_name() {
        let package = serde_json::json!({"name": "x", "version": "1.0.0", "license": "AGPL-3.0"});
        assert!(judge(&package, &list()).unwrap().problem.contains("x 1.0.0 has AGPL-3.0"));
    }

    #[test]
    fn a_dependency_without_a_line_is_found() {
        let manifest = "[workspace.dependencies]\nbase = { path = \"crates/base\" }\nserde = \"1\"\nrand = \"1\"\n[profile.dev]\na = 1\n";
        let found = undocumented(manifest, "- `serde`: JSON\n");
        assert_eq!((found.len(), found[0].line), (1, 4));
    }
}
