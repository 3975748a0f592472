//! The program `tugi`.

fn main() -> std::process::ExitCode {
    server::cli::main()
}
