//! Other people's clients (clients/): a virtual environment of Python with what `requirements.txt` names, and pytest in it.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::PathBuf;

use crate::process::{self, Outcome, program};
use crate::server::{self, Profile};
use crate::{tools, web};

/// The oldest Python that the clients run on: major and minor.
const PYTHON: (u32, u32) = (3, 11);

/// Whether this checkout has the clients.
pub fn exists() -> bool {
    folder().join("requirements.txt").is_file()
}

/// Runs pytest against the program as it was built last; `args` are pytest's. A missing environment is made first.
pub fn run(args: &[String]) -> Outcome {
    let python = prepared()?;
    let mut line = vec!["-m", "pytest", "-c", "clients/pytest.ini", "--rootdir", "clients", "clients/tests"];
    line.extend(args.iter().map(String::as_str));
    let mut command = program(&python.to_string_lossy(), &line);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("TUGI_BIN", server::binary(Profile::Dev));
    process::run(&mut command)
}

fn folder() -> PathBuf {
    process::root().join("clients")
}

fn environment() -> PathBuf {
    process::target().join("clients/venv")
}

/// The environment's Python, with everything installed; nothing is done when the requirements are those of the last time.
fn prepared() -> Outcome<PathBuf> {
    let requirements = folder().join("requirements.txt");
    let python = environment().join("bin/python");
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(&requirements).map_err(|e| format!("cannot read {}: {e}", requirements.display()))?);
    let stamp = web::stamp_file("clients")?;
    if web::is_current(&stamp, hasher.finish()) && python.is_file() {
        return Ok(python);
    }
    check_python()?;
    println!("clients: making target/clients/venv");
    let place = environment();
    let log = process::state()?.join("clients.log");
    let _ = fs::remove_file(&log);
    let steps = [
        program("python3", &["-m", "venv", "--clear", &place.to_string_lossy()]),
        program(
            &python.to_string_lossy(),
            &["-m", "pip", "install", "--disable-pip-version-check", "-r", &requirements.to_string_lossy()],
        ),
    ];
    for mut step in steps {
        process::run_logged(&mut step, &log).map_err(|problem| format!("{problem}\n\n{}", advice()))?;
    }
    web::write_stamp(&stamp, hasher.finish())?;
    Ok(python)
}

fn advice() -> &'static str {
    "The clients come from PyPI: is it reachable (a proxy: PIP_INDEX_URL, PIP_PROXY)? On Debian `venv` is a package of its \
     own: sudo apt-get install python3-venv"
}

fn check_python() -> Outcome {
    let (major, minor) = PYTHON;
    if tools::find("python3").is_none() {
        return Err(format!("Python {major}.{minor} or newer is needed for the clients, and python3 is not on PATH"));
    }
    let said = process::output(&mut program("python3", &["--version"]))?;
    match version(&said) {
        Some(version) if version >= PYTHON => Ok(()),
        _ => Err(format!("Python {major}.{minor} or newer is needed, and `python3 --version` says {}", said.trim())),
    }
}

fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().strip_prefix("Python ")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_python_is_read() {
        assert_eq!(version("Python 3.11.7\n"), Some((3, 11)));
        assert_eq!(version("nonsense"), None);
    }
}
