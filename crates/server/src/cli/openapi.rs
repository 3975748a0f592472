//! `tugi openapi`: the API's document.

use std::process::ExitCode;

use super::Outcome;
use crate::wiring;

pub(super) fn run() -> Outcome {
    let text = serde_json::to_string_pretty(&wiring::document()).map_err(|cause| cause.to_string())?;
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}
