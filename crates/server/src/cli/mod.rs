//! The commands.

mod backup;
mod doctor;
mod import;
mod mail;
mod openapi;
mod serve;
mod setup;
mod token;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use base::SystemClock;
use clap::{Args, Parser, Subcommand};

use kernel::App;

use crate::config::{Config, Keys, parse_address, parse_relay_url, parse_web_url};
use crate::wiring;

/// Customer service of your own: e-mail in, tickets, answers out.
#[derive(Parser)]
#[command(name = "tugi", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the desk: web, API and mail.
    Serve(serve::Arguments),
    /// Make the first person of a new desk: its owner.
    Setup(setup::Arguments),
    /// API tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// Mail that is in files.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Moving in from another help desk.
    #[command(subcommand)]
    Import(import::Command),
    /// Write database, contents and key into one file, while the desk runs.
    Backup(backup::Arguments),
    /// Put a backup into an empty folder.
    Restore(backup::Arguments),
    /// Look for what is wrong, and say what to do about it.
    Doctor(doctor::Arguments),
    /// Print the OpenAPI document.
    Openapi,
}

/// What every command takes that works on a desk.
#[derive(Args, Default)]
struct Place {
    /// The folder of database, contents and key (default: data).
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration file (default: tugi.toml in the data folder, if there is one).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database: a path of a SQLite file, or postgres://USER:PASSWORD@HOST/NAME.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// Where a running desk is reached.
#[derive(Args, Default)]
struct Addresses {
    /// Where web and API are served (default: 127.0.0.1:8080).
    #[arg(long, value_name = "IP:PORT", value_parser = parse_address)]
    http: Option<SocketAddr>,
    /// Where mail is received by SMTP (default: nowhere).
    #[arg(long, value_name = "IP:PORT", value_parser = parse_address)]
    smtp: Option<SocketAddr>,
    /// The address under which browsers reach the desk (default: http:// and the address of --http).
    #[arg(long, value_name = "URL", value_parser = parse_web_url)]
    base_url: Option<String>,
    /// The relay that takes outgoing mail: smtp://HOST:PORT, smtps://USER:PASSWORD@HOST:PORT.
    #[arg(long, value_name = "URL", value_parser = parse_relay_url)]
    relay: Option<String>,
}

impl Place {
    fn config(self) -> Result<Config, String> {
        self.config_with(Addresses::default())
    }

    fn config_with(self, addresses: Addresses) -> Result<Config, String> {
        let Addresses { http, smtp, base_url, relay } = addresses;
        let (data, database) = (self.data, self.database);
        let flags = Keys { data, database, http, smtp, base_url, relay, ..Keys::default() };
        Config::load(flags, self.config.as_deref(), std::env::vars())
    }
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Setup(arguments) => setup::run(arguments),
        Command::Token(command) => token::run(command),
        Command::Mail(command) => mail::run(command),
        Command::Import(command) => import::run(command),
        Command::Backup(arguments) => backup::back_up(arguments),
        Command::Restore(arguments) => backup::restore(arguments),
        Command::Doctor(arguments) => doctor::run(arguments),
        Command::Openapi => openapi::run(),
    };
    match done {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("tugi: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// What a command ends with: its exit code, or a text for the person at the terminal.
type Outcome = Result<ExitCode, String>;

/// Opens the desk for a command; fails where there is none.
fn open_desk(config: &Config) -> Result<App, String> {
    if !config.data.join("secret.key").exists() {
        let place = config.data.display();
        return Err(format!(
            "{place} holds no desk; name its folder by --data, or make one: tugi serve --data {place}"
        ));
    }
    wiring::open(config, Arc::new(SystemClock), |app| app).map_err(spoken)
}

/// An error as a text for the person at the terminal.
pub(crate) fn spoken(error: base::Error) -> String {
    match error {
        base::Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    }
}
