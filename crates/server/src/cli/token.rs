//! `tugi token`: API tokens.

use std::process::ExitCode;

use base::Actor;
use clap::{Args, Subcommand};

use super::{Outcome, Place, open_desk, spoken};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a token, and print it: it is never shown again.
    Create(Arguments),
}

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Whose token: it may do what they may.
    #[arg(long)]
    email: String,
    /// What it is for.
    #[arg(long)]
    name: String,
}

pub(super) fn run(command: Command) -> Outcome {
    let Command::Create(Arguments { place, email, name }) = command;
    let app = open_desk(&place.config()?)?;
    let address = email.clone();
    let found = app.read(move |tx| people::find_by_email(tx, &address)).wait().map_err(spoken)?;
    let user = found.ok_or_else(|| format!("nobody here has the address {email}"))?;
    let made = app.write(move |tx| people::create_token(tx, &Actor::system(), user.id, &name)).wait();
    println!("{}", made.map_err(spoken)?);
    Ok(ExitCode::SUCCESS)
}
