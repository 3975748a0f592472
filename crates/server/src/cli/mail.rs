//! `tugi mail import`: mail that is in files.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use channels::email::import::{Progress, import};
use clap::{Args, Subcommand};

use super::backup::in_words;
use super::{Outcome, Place, open_desk, spoken};
use crate::folder;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Take in .eml files, mbox files and Maildirs. Run again, it goes on where it was.
    Import(Arguments),
}

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

pub(super) fn run(command: Command) -> Outcome {
    let Command::Import(Arguments { place, paths }) = command;
    let config = place.config()?;
    let app = open_desk(&config)?;
    let mut bar = Bar::default();
    let done = import(&app, &paths, |progress| bar.show(progress)).map_err(spoken)?;
    bar.end(done);
    // A server that runs on this folder makes the tickets; without one they are made here.
    match folder::lock(&config.data) {
        Ok(_lock) => {
            eprintln!("making tickets of them ...");
            kernel::jobs::run_due(&app).map_err(spoken)?;
        }
        Err(_) => eprintln!("the running server makes tickets of them now"),
    }
    Ok(ExitCode::SUCCESS)
}

/// A line that is drawn over and over, on a terminal.
#[derive(Default)]
struct Bar {
    drawn: Option<Instant>,
}

impl Bar {
    fn show(&mut self, progress: Progress) {
        if !io::stderr().is_terminal() || self.drawn.is_some_and(|at| at.elapsed() < Duration::from_millis(100)) {
            return;
        }
        self.drawn = Some(Instant::now());
        let share = (progress.done * 30).checked_div(progress.total).unwrap_or(0);
        let full = "#".repeat(usize::try_from(share).unwrap_or(30));
        let read = format!("{} of {}", in_words(progress.done), in_words(progress.total));
        eprint!("\r[{full:<30}] {read}, {} new mails   ", progress.stored);
        let _ = io::stderr().flush();
    }

    fn end(&self, progress: Progress) {
        if self.drawn.is_some() {
            eprintln!();
        }
        eprintln!("{} mails taken in, {} were here before", progress.stored, progress.known);
    }
}
