//! `tugi setup`: the first person of a new desk, asked for at the terminal or given by flags.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use base::SystemClock;
use clap::Args;
use people::sign_in::Setup;

use super::{Outcome, Place, spoken};
use crate::{folder, wiring};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The owner's name.
    #[arg(long)]
    name: Option<String>,
    /// The owner's e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// The owner's password. Others on this machine can see it here: leave it out, and it is asked for.
    #[arg(long)]
    password: Option<String>,
    /// What the desk is called.
    #[arg(long)]
    desk_name: Option<String>,
}

pub(super) fn run(arguments: Arguments) -> Outcome {
    let config = arguments.place.config()?;
    folder::make(&config.data)?;
    let app = wiring::open(&config, Arc::new(SystemClock), |app| app).map_err(spoken)?;
    app.write(wiring::furnish).wait().map_err(spoken)?;
    if !app.read(people::sign_in::needs_setup).wait().map_err(spoken)? {
        return Err("this desk is set up already; its owner and admins invite others in the workspace".into());
    }
    let name = given_or_asked(arguments.name, "name", "Your name")?;
    let email = given_or_asked(arguments.email, "email", "Your e-mail address")?;
    let password = given_or_asked(arguments.password, "password", "A password (8 characters or more)")?;
    let password_hash = people::hash_password(&app, &password).map_err(spoken)?;
    let first = Setup { name, email, password_hash, desk_name: arguments.desk_name };
    let user = app.write(move |tx| people::setup(tx, first)).wait().map_err(spoken)?;
    println!("{} is the owner of this desk. Start it with: tugi serve --data {}", user.name, config.data.display());
    Ok(ExitCode::SUCCESS)
}

fn given_or_asked(given: Option<String>, flag: &str, question: &str) -> Result<String, String> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !io::stdin().is_terminal() {
        return Err(format!("--{flag} is missing, and there is no terminal to ask at"));
    }
    print!("{question}: ");
    let mut line = String::new();
    let asked = io::stdout().flush().and_then(|()| io::stdin().read_line(&mut line));
    asked.map_err(|cause| format!("the terminal can't be read: {cause}"))?;
    Ok(line.trim().to_owned())
}
