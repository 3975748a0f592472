//! `cargo xtask test`: everything that must be green, cheapest first, stopping at the first failure.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::process::{self, Outcome, cargo};
use crate::server::{self, Profile};
use crate::web::{self, Show};
use crate::{clients, openapi, tidy, tools};

/// How much is run.
#[derive(Clone, Copy, Default)]
pub struct Scope {
    fast: bool,
    cargo_test: bool,
}

impl Scope {
    /// Reads `--fast` and `--cargo-test`.
    pub fn from_flags(args: &[String]) -> Outcome<Self> {
        let mut scope = Self::default();
        for arg in args {
            match arg.as_str() {
                "--fast" => scope.fast = true,
                "--cargo-test" => scope.cargo_test = true,
                other => return Err(format!("unknown argument `{other}`; known: --fast, --cargo-test")),
            }
        }
        Ok(scope)
    }

    fn nextest(self) -> bool {
        !self.cargo_test && tools::has_cargo_command("nextest")
    }
}

/// One step: its title, what stands against running it here, and what it does.
struct Step {
    title: &'static str,
    skip: Option<String>,
    action: fn(Scope) -> Outcome,
}

/// What became of a step, for the table at the end.
enum Result {
    Passed(Duration),
    Failed(Duration),
    Skipped(String),
}

/// The same as on a build machine: CI=true for every program that is started.
pub fn run_as_build_machine(args: &[String]) -> Outcome {
    let myself = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let line: Vec<&str> = std::iter::once("test").chain(args.iter().map(String::as_str)).collect();
    process::run(process::program(&myself.to_string_lossy(), &line).env("CI", "true"))
}

/// Runs the steps and prints a table; an error tells the step that failed and how to repeat it.
pub fn run(scope: Scope) -> Outcome {
    let started = Instant::now();
    let mut table: Vec<(&str, Result)> = Vec::new();
    let mut failure = None;
    for step in steps(scope) {
        if let Some(why) = step.skip {
            table.push((step.title, Result::Skipped(why)));
            continue;
        }
        println!("\n=== {} ===", step.title);
        let begun = Instant::now();
        match (step.action)(scope) {
            Ok(()) => table.push((step.title, Result::Passed(begun.elapsed()))),
            Err(problem) => {
                table.push((step.title, Result::Failed(begun.elapsed())));
                failure = Some((step.title, problem));
                break;
            }
        }
    }
    println!("\n{}", drawn(&table, started.elapsed()));
    match failure {
        None => Ok(()),
        Some((title, problem)) => Err(format!("{title}: {problem}")),
    }
}

fn drawn(table: &[(&str, Result)], total: Duration) -> String {
    let mut lines = Vec::new();
    for (title, result) in table {
        lines.push(match result {
            Result::Passed(time) => format!("  ok       {title:<28} {:>12}", process::spoken(*time)),
            Result::Failed(time) => format!("  FAILED   {title:<28} {:>12}", process::spoken(*time)),
            Result::Skipped(why) => format!("  skipped  {title:<28} {why}"),
        });
    }
    lines.push(format!("           {:<28} {:>12}", "in all", process::spoken(total)));
    lines.join("\n")
}

fn steps(scope: Scope) -> Vec<Step> {
    let absent = |is_there: bool, what: &str| (!is_there).then(|| format!("no {what} yet"));
    let slow = || scope.fast.then(|| "left out by --fast".to_string());
    let ran_before = || (!scope.nextest()).then(|| "cargo test ran them with the others".to_string());
    let web = || absent(web::exists(), "web/");
    let step = |title, skip, action| Step { title, skip, action };
    vec![
        step("Tools", None, |scope| if scope.fast { tools::check_build_tools() } else { tools::install_for_tests() }),
        step("Format", None, |_| process::run(&mut cargo(&["fmt", "--all", "--check"]))),
        step("Tidy and licences", None, |_| tidy::run()),
        step("Web build", web(), |_| web::build(Show::All).map(|_| ())),
        step("Web types", web(), |_| web::script("typecheck")),
        step("Web unit tests", web(), |_| web::script("test")),
        step("Clippy", None, clippy),
        step("Rust build", None, rust_build),
        step("API document", absent(server::exists() && web::exists(), "server and web"), |_| openapi::check()),
        step("Rust tests on SQLite", None, tests_on_sqlite),
        step("Rust tests on PostgreSQL", slow().or(absent(has("crates/db"), "crates/db")), tests_on_postgres),
        step("Crash tests", slow().or(absent(has_crash_tests(), "crash tests")).or(ran_before()), crash_tests),
        step("Browser stories", slow().or(absent(has("e2e/package.json"), "e2e/")), browser_stories),
        step("Clients", slow().or(absent(clients::exists(), "clients/")), |_| clients::run(&[])),
    ]
}

fn has(path: &str) -> bool {
    process::root().join(path).exists()
}

fn has_crash_tests() -> bool {
    has("crates/server/tests/crash") || has("crates/server/tests/crash.rs")
}

fn clippy(_: Scope) -> Outcome {
    process::run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn rust_build(_: Scope) -> Outcome {
    process::run(&mut cargo(&["build", "--workspace", "--lib", "--bins", "--tests"]))
}

fn tests_on_sqlite(scope: Scope) -> Outcome {
    let mut command = if scope.nextest() {
        let not_crash = if has_crash_tests() { "not binary(crash)" } else { "all()" };
        cargo(&["nextest", "run", "--workspace", "--no-tests=pass", "-E", not_crash])
    } else {
        if !scope.cargo_test {
            println!("cargo-nextest is not installed (cargo install cargo-nextest --locked): using cargo test");
        }
        cargo(&["test", "--workspace", "--lib", "--bins", "--tests"])
    };
    process::run(command.env("TUGI_TEST_DATABASE", "sqlite"))
}

/// The tests of every crate that stands on the database, against a PostgreSQL that they start themselves.
fn tests_on_postgres(scope: Scope) -> Outcome {
    let mut command = if scope.nextest() {
        let filter = if has_crash_tests() { "rdeps(=db) and not binary(crash)" } else { "rdeps(=db)" };
        cargo(&["nextest", "run", "--workspace", "--no-tests=pass", "-E", filter])
    } else {
        cargo(&["test", "--workspace", "--lib", "--bins", "--tests"])
    };
    with_initdb_on_path(&mut command);
    process::run(command.env("TUGI_TEST_DATABASE", "postgres"))
}

fn with_initdb_on_path(command: &mut std::process::Command) {
    let folder = tools::initdb().and_then(|file| file.parent().map(PathBuf::from));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(folder);
    if let Ok(longer) = std::env::join_paths(folders)
        && tools::find("initdb").is_none()
    {
        command.env("PATH", longer);
    }
}

/// The whole workspace is named, so that the features, and with them what is compiled, stay those of the steps before.
fn crash_tests(_: Scope) -> Outcome {
    process::run(&mut cargo(&["nextest", "run", "--profile", "crash", "--workspace", "-E", "binary(crash)"]))
}

fn browser_stories(_: Scope) -> Outcome {
    let folder = process::root().join("e2e");
    web::install(&folder, Show::All)?;
    let mut command = web::npm(&folder, &["exec", "--", "playwright", "test"]);
    command.env("TUGI_BIN", server::binary(Profile::Dev));
    if let Some(chromium) = tools::chromium() {
        command.env("TUGI_CHROMIUM", chromium);
    }
    process::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_passed_failed_and_skipped() {
        let table = [
            ("Format", Result::Passed(Duration::from_millis(300))),
            ("Browser stories", Result::Skipped("no e2e/ yet".into())),
            ("Clippy", Result::Failed(Duration::from_secs(61))),
        ];
        let text = drawn(&table, Duration::from_secs(62));
        assert!(text.contains("ok       Format") && text.contains("no e2e/ yet"), "{text}");
        assert!(text.contains("FAILED   Clippy") && text.contains("1 min 01 s"), "{text}");
    }

    #[test]
    fn unknown_flags_are_refused() {
        assert!(Scope::from_flags(&["--quick".to_string()]).is_err());
        assert!(Scope::from_flags(&["--fast".to_string()]).is_ok());
    }
}
