//! Measures the real binary: how many mails it takes in, and how fast it answers on a large desk.
//!
//! `cargo xtask bench [mail|create|large|api|all] [--tickets N] [--keep]` builds a release and calls this with `TUGI_BIN`.
//! What is printed goes to docs/PERFORMANCE.md. Loads stay on 127.0.0.1 and end by themselves.

mod api;
mod client;
mod desk;
mod large;
mod mail;
mod measure;
mod store;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What is asked for on the command line.
struct Asked {
    what: String,
    tickets: i64,
    mails: usize,
    folder: PathBuf,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("bench: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let asked = read_arguments(std::env::args().skip(1))?;
    let all = asked.what == "all";
    if all || asked.what == "mail" {
        mail::run(&asked.folder, asked.mails)?;
    }
    if all || asked.what == "create" {
        mail::run_creates(&asked.folder, asked.mails / 2)?;
    }
    if all || asked.what == "large" {
        large::run(&asked.folder, asked.tickets)?;
    }
    if all || asked.what == "api" {
        api::run(&asked.folder, asked.tickets)?;
    }
    Ok(())
}

fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Asked> {
    let folder = std::env::current_dir()?.join("target/bench");
    let mut asked = Asked { what: "all".into(), tickets: 1_000_000, mails: 20_000, folder };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "mail" | "create" | "large" | "api" | "all" => asked.what = argument,
            "--tickets" => asked.tickets = arguments.next().ok_or("--tickets takes a number")?.parse()?,
            "--mails" => asked.mails = arguments.next().ok_or("--mails takes a number")?.parse()?,
            "--folder" => asked.folder = arguments.next().ok_or("--folder takes a path")?.into(),
            other => {
                return Err(format!(
                    "unknown argument {other}; known: mail, create, large, api, all, --tickets N, --mails N, --folder DIR"
                )
                .into());
            }
        }
    }
    Ok(asked)
}
