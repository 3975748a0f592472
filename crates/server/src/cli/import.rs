//! `tugi import zendesk`: moving in.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use base::Timestamp;
use clap::{Args, Subcommand};
use migrate::{Report, Source};

use super::{Outcome, Place, open_desk, spoken};

/// How often a line is written where there is no terminal.
const PLAIN_PAUSE: Duration = Duration::from_secs(10);
/// How often the line on a terminal is drawn.
const DRAWN_PAUSE: Duration = Duration::from_millis(100);

#[derive(Subcommand)]
pub(super) enum Command {
    /// Take over an account of Zendesk, or of a desk that speaks its API. Run again, it goes on where it was.
    Zendesk(Arguments),
}

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The address of the account, such as https://example.zendesk.com.
    #[arg(long, value_name = "URL")]
    from: String,
    /// The address of the admin whose token it is.
    #[arg(long)]
    email: String,
    /// An API token (default: the environment's ZENDESK_API_TOKEN, which others on this machine don't see).
    #[arg(long)]
    token: Option<String>,
    /// Only tickets changed since then: a date or an ISO 8601 time.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Option<Timestamp>,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| format!("{text}: is not a date or an ISO 8601 time"))
}

pub(super) fn run(command: Command) -> Outcome {
    let Command::Zendesk(Arguments { place, from, email, token, since }) = command;
    let app = open_desk(&place.config()?)?;
    let token = token.or_else(|| std::env::var("ZENDESK_API_TOKEN").ok());
    let token = token.ok_or("name a token by --token or ZENDESK_API_TOKEN")?;
    let source = Source::new(&from, &email, &token).map_err(spoken)?;
    let mut bar = Bar { shown: None, terminal: io::stderr().is_terminal() };
    let done = migrate::import(&app, &source, since, &mut |report| bar.show(report));
    bar.end();
    let report = done.map_err(|cause| format!("{}; begin again, and it goes on from here", spoken(cause)))?;
    print!("{report}");
    Ok(ExitCode::SUCCESS)
}

/// How far it is: a line that is drawn over and over on a terminal, one now and then elsewhere.
struct Bar {
    shown: Option<Instant>,
    terminal: bool,
}

impl Bar {
    fn show(&mut self, report: &Report) {
        let pause = if self.terminal { DRAWN_PAUSE } else { PLAIN_PAUSE };
        let Some(line) = report.current() else { return };
        if self.shown.is_some_and(|at| at.elapsed() < pause) {
            return;
        }
        self.shown = Some(Instant::now());
        let text = format!("{}: {} seen, {} taken over, {} known", line.kind, line.theirs, line.taken, line.known);
        if self.terminal {
            eprint!("\r{text:<78}");
            let _ = io::stderr().flush();
        } else {
            eprintln!("{text}");
        }
    }

    fn end(&self) {
        if self.terminal && self.shown.is_some() {
            eprintln!();
        }
    }
}
