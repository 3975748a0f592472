//! The project's own commands: `cargo xtask run`, `build`, `test`, `ci`, `clients`, `tidy`, `bench`, `openapi`.
//!
//! - `process` starts programs and says which one failed; `tools` finds or installs what they need.
//! - `web` and `server` build the two halves; `demo` starts the result.
//! - `suite` is everything that must be green; `tidy` holds the rules about the source itself.
//! - `clients` runs other people's clients against the program.
//! - `openapi` writes the API document that the web client's types come from; `bench` measures.

mod bench;
mod clients;
mod demo;
mod openapi;
mod process;
mod server;
mod suite;
mod tidy;
mod tools;
mod web;

use std::process::ExitCode;

use process::Outcome;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  run [--release] [ARGS]    build everything and start the demo desk on http://127.0.0.1:8080;
                            ARGS go to `tugi serve` (--data, --http and --smtp replace the defaults)
  build [--release]         build the web parts and the server
  test [--fast]             everything that must be green; --fast: no PostgreSQL, crash or browser tests
       [--cargo-test]       run the Rust tests by `cargo test` even where cargo-nextest is installed
  ci                        the same as `test`, in a terminal as on a build machine (CI=true)
  clients [ARGS]            other people's clients against the built program; ARGS are pytest's (clients/README.md)
  tidy                      the rules about the source: sizes, crate edges, SQL, words, texts, licences
  bench [ARGS]              build for release and measure (bench/README.md)
  openapi                   write web/shared/openapi.json and the types made from it";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\nxtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Outcome {
    let Some((command, rest)) = args.split_first() else {
        println!("{USAGE}");
        return Ok(());
    };
    match command.as_str() {
        "run" => demo::run(rest),
        "announce" => demo::announce(rest),
        "build" => {
            let profile = server::Profile::from_flags(rest, &["--release"])?;
            server::build_all(profile).map(|_| ())
        }
        "test" => suite::run(suite::Scope::from_flags(rest)?),
        "ci" => suite::run_as_build_machine(rest),
        "clients" => clients::run(rest),
        "tidy" => tidy::run(),
        "bench" => bench::run(rest),
        "openapi" => openapi::write(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("unknown command `{other}`\n\n{USAGE}")),
    }
}
