//! Building the server binary, `tugi`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::process::{self, Outcome, cargo};
use crate::web::{self, Show};

/// How the server is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build; dependencies are optimised a little.
    Dev,
    /// As shipped.
    Release,
}

impl Profile {
    /// Reads `--release`; any word that is not in `known` is an error.
    pub fn from_flags(args: &[String], known: &[&str]) -> Outcome<Self> {
        if let Some(unknown) = args.iter().find(|a| !known.contains(&a.as_str())) {
            return Err(format!("unknown argument `{unknown}`"));
        }
        Ok(if args.iter().any(|a| a == "--release") { Self::Release } else { Self::Dev })
    }
}

/// Where the binary lies once built.
pub fn binary(profile: Profile) -> PathBuf {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    process::target().join(folder).join("tugi")
}

/// Whether this checkout has a server.
pub fn exists() -> bool {
    process::root().join("crates/server/Cargo.toml").is_file()
}

/// Builds the web parts and the server; returns the binary.
///
/// For development both are built side by side, and the server again if the web parts changed meanwhile (it reads them
/// from disk, so that is quick). A release carries them inside, so they come first.
pub fn build_all(profile: Profile) -> Outcome<PathBuf> {
    crate::tools::check_build_tools()?;
    if !exists() {
        return Err("crates/server is missing: this checkout cannot be built".into());
    }
    let started = Instant::now();
    println!("Building the web parts (npm) and the server (cargo); the first time takes some minutes.");
    match profile {
        Profile::Dev => build_side_by_side()?,
        Profile::Release => {
            build_web(Show::All)?;
            build(profile)?;
        }
    }
    println!("Built in {}.", process::spoken(started.elapsed()));
    Ok(binary(profile))
}

fn build_side_by_side() -> Outcome {
    let web = std::thread::spawn(|| build_web(Show::Progress));
    let server = build(Profile::Dev);
    if server.is_ok() && !web.is_finished() {
        println!("server: done, waiting for the web parts");
    }
    let web = web.join().map_err(|_| "the web build crashed".to_string())?;
    server?;
    if web? { build(Profile::Dev) } else { Ok(()) }
}

fn build_web(show: Show) -> Outcome<bool> {
    if web::exists() { web::build(show) } else { Ok(false) }
}

fn build(profile: Profile) -> Outcome {
    process::run(&mut cargo_build(profile))
}

fn cargo_build(profile: Profile) -> Command {
    let mut args = vec!["build", "--package", "server", "--bin", "tugi"];
    if profile == Profile::Release {
        args.push("--release");
    }
    cargo(&args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_arguments_are_named() {
        let args = ["--relase".to_string()];
        let problem = Profile::from_flags(&args, &["--release"]).err().unwrap();
        assert!(problem.contains("--relase"));
    }
}
