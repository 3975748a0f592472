//! `tugi doctor`: looks at everything that commonly goes wrong, and says what to do about what it finds.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;
use std::sync::Arc;

use base::{Clock, SystemClock, Timestamp, time};
use channels::email::doctor::Severity;
use clap::Args;
use kernel::App;

use super::backup::in_words;
use super::{Outcome, Place, spoken};
use crate::config::Config;
use crate::{folder, store, wiring};

/// Less free space than this is a fault, in bytes.
const LITTLE_SPACE: u64 = 512 * 1024 * 1024;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
}

/// How one thing looks.
enum Finding {
    /// Well.
    Good(String),
    /// It works, and somebody should look at it.
    Warning(String),
    /// It doesn't work.
    Fault(String),
}

use Finding::{Fault, Good, Warning};

pub(super) fn run(arguments: Arguments) -> Outcome {
    let config = arguments.place.config()?;
    let mut findings = vec![Good("the configuration can be read".into())];
    findings.extend(look_at_folder(&config));
    if config.data.join("secret.key").exists() {
        match wiring::open(&config, Arc::new(SystemClock), |app| app) {
            Ok(app) => findings.extend(look_at_desk(&app, &config)),
            Err(cause) => findings.push(Fault(format!("the database can't be opened: {}", spoken(cause)))),
        }
    }
    let mut healthy = true;
    for finding in findings {
        match finding {
            Good(text) => println!("  ok       {text}"),
            Warning(text) => println!("  warning  {text}"),
            Fault(text) => {
                healthy = false;
                println!("  FAULT    {text}");
            }
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn look_at_folder(config: &Config) -> Vec<Finding> {
    let place = config.data.display();
    let key = config.data.join("secret.key");
    let Ok(meta) = fs::metadata(&key) else {
        return vec![Warning(format!("{place} holds no desk yet; `tugi serve --data {place}` makes one"))];
    };
    let mut findings = Vec::new();
    if meta.permissions().mode() & 0o077 != 0 {
        let shown = key.display();
        findings.push(Fault(format!("{shown} can be read by others than its owner; run: chmod 600 {shown}")));
    }
    match rustix::fs::statvfs(&config.data) {
        Ok(space) => findings.push(judge_space(space.f_bavail * space.f_frsize)),
        Err(cause) => findings.push(Warning(format!("the free space of {place} is unknown: {cause}"))),
    }
    match folder::lock(&config.data) {
        Ok(_lock) => findings.extend(look_at_addresses(config)),
        Err(_) => findings.push(Good("a server runs on this folder".into())),
    }
    findings
}

fn judge_space(free: u64) -> Finding {
    if free < LITTLE_SPACE {
        return Fault(format!("only {} are free; mail is refused when the disk is full: make room", in_words(free)));
    }
    Good(format!("{} are free", in_words(free)))
}

fn look_at_addresses(config: &Config) -> Vec<Finding> {
    let named = [("http", Some(config.http)), ("smtp", config.smtp)];
    named
        .into_iter()
        .filter_map(|(key, address)| Some((key, address?)))
        .map(|(key, address)| match TcpListener::bind(address) {
            Ok(_) => Good(format!("{key}: {address} is free to listen on")),
            Err(cause) => Fault(format!("{key}: {address} can't be listened on: {cause}; choose another by --{key}")),
        })
        .collect()
}

fn look_at_desk(app: &App, config: &Config) -> Vec<Finding> {
    let mut findings = vec![look_at_database(app, config), look_at_clock(app)];
    match app.read(store::counts_by_state).wait() {
        Ok(counts) => findings.extend(judge_counts(&counts)),
        Err(cause) => findings.push(Fault(format!("the database can't be read: {}", spoken(cause)))),
    }
    findings.extend(look_at_mail(app));
    findings
}

fn look_at_mail(app: &App) -> Vec<Finding> {
    let found = match channels::email::doctor::doctor(app) {
        Ok(found) => found,
        Err(cause) => return vec![Fault(format!("mail can't be checked: {}", spoken(cause)))],
    };
    let judge = |one: channels::email::doctor::Finding| {
        let text = format!("{}: {}", one.subject, one.text);
        match one.severity {
            Severity::Good => Good(text),
            Severity::Hint => Warning(text),
            Severity::Trouble => Fault(text),
        }
    };
    found.into_iter().map(judge).collect()
}

fn look_at_database(app: &App, config: &Config) -> Finding {
    let size = fs::metadata(&config.database).map(|meta| format!(", {}", in_words(meta.len()))).unwrap_or_default();
    match app.read(|tx| tx.damage()).wait() {
        Ok(damage) if damage.is_empty() => Good(format!("the database is sound{size}")),
        Ok(damage) => Fault(format!("the database is damaged; restore a backup. It says: {}", damage.join("; "))),
        Err(cause) => Fault(format!("the database can't be checked: {}", spoken(cause))),
    }
}

/// What is in the database can't have happened after now.
fn look_at_clock(app: &App) -> Finding {
    let now = SystemClock.now();
    match app.read(store::newest_event).wait() {
        Ok(Some(newest)) if newest > now.plus(time::MINUTE) => {
            Fault(format!("the clock says {now}, but something was recorded at {newest}: set the clock, and run NTP"))
        }
        _ if now < Timestamp(1_700_000_000_000) => Fault(format!("the clock says {now}: set it, and run NTP")),
        _ => Good(format!("the clock says {now}")),
    }
}

fn judge_counts(counts: &[(&'static str, String, i64)]) -> Vec<Finding> {
    let failed = counts.iter().filter(|(_, state, _)| state == "failed");
    let mut findings: Vec<Finding> = failed
        .map(|(table, _, count)| match *table {
            "jobs" => Warning(format!("{count} jobs failed for good; the log says why")),
            "inbound_messages" => Warning(format!(
                "{count} mails could not be read; see them in the workspace under Mail, and run them again"
            )),
            _ => Warning(format!("{count} mails could not be sent; see the outbox in the workspace, and retry them")),
        })
        .collect();
    if findings.is_empty() {
        findings.push(Good("nothing failed".into()));
    }
    findings
}
