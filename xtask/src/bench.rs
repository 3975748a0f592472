//! `cargo xtask bench`: the measurements of bench/README.md, on release builds.

use crate::process::{self, Outcome, cargo};
use crate::server::{self, Profile};

/// Builds the server as shipped, then builds and starts the load generator with `args`.
pub fn run(args: &[String]) -> Outcome {
    let folder = process::root().join("bench");
    if !folder.join("Cargo.toml").is_file() {
        return Err("bench/Cargo.toml is missing: this checkout has no load generator".into());
    }
    let binary = server::build_all(Profile::Release)?;
    let mut line = vec!["run", "--release", "--package", "bench", "--"];
    line.extend(args.iter().map(String::as_str));
    process::run(cargo(&line).env("TUGI_BIN", binary))
}
