//! Programs that the commands need: found, or installed where that is possible, or asked for by the exact command.

use std::path::{Path, PathBuf};

use crate::process::{self, Outcome, program};

/// The oldest Node that the web tools run on.
const NODE: u32 = 20;

/// Where a program lies on PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Refuses to go on without Node and npm. (A C compiler is there: without one this program would not have been linked.)
pub fn check_build_tools() -> Outcome {
    if find("node").is_none() || find("npm").is_none() {
        return Err(format!("Node {NODE} or newer with npm is needed for the web parts, and is not on PATH"));
    }
    let said = process::output(&mut program("node", &["--version"]))?;
    match node_major(&said) {
        Some(major) if major >= NODE => Ok(()),
        _ => Err(format!("Node {NODE} or newer is needed, and `node --version` says {}", said.trim())),
    }
}

/// Chromium's program, whichever name it goes by.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].iter().find_map(|name| find(name))
}

/// PostgreSQL's `initdb`: on PATH, or where Debian keeps it.
pub fn initdb() -> Option<PathBuf> {
    find("initdb").or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        versions.flatten().map(|v| v.path().join("bin/initdb")).find(|file| file.is_file())
    })
}

/// Installs the Debian packages that the tests need and the machine lacks.
pub fn install_for_tests() -> Outcome {
    check_build_tools()?;
    install_cargo_components()?;
    let mut missing = Vec::new();
    if initdb().is_none() {
        missing.push("postgresql");
    }
    if chromium().is_none() {
        // Without any font installed Chromium draws no text.
        missing.extend(["chromium", "fonts-dejavu-core"]);
    }
    if !process::succeeds(&mut program("python3", &["-c", "import ensurepip, venv"])) {
        missing.push("python3-venv");
    }
    if missing.is_empty() {
        println!("everything is there");
        return Ok(());
    }
    println!("missing: {}", missing.join(", "));
    install(&missing)
}

fn install_cargo_components() -> Outcome {
    if has_cargo_command("fmt") && has_cargo_command("clippy") {
        return Ok(());
    }
    process::run(&mut program("rustup", &["component", "add", "rustfmt", "clippy"]))
}

fn install(packages: &[&str]) -> Outcome {
    let by_hand = format!("sudo apt-get update && sudo apt-get install -y {}", packages.join(" "));
    let ask = |why: &str| Err(format!("{why}. Install what is missing and start again:\n  {by_hand}"));
    if find("apt-get").is_none() {
        return ask("this is not a Debian system, so nothing was installed");
    }
    let Some(prefix) = root_prefix() else {
        return ask("installing packages needs root, or sudo without a password");
    };
    let words = |rest: &[&str]| -> Vec<String> {
        let fixed = prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        fixed.chain(rest.iter().copied()).map(String::from).collect()
    };
    let apt = |rest: &[&str]| {
        let words = words(rest);
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        process::run(&mut program(&words[0], &args))
    };
    apt(&["update", "-q"])?;
    let mut line = vec!["install", "-y", "-q", "--no-install-recommends"];
    line.extend_from_slice(packages);
    apt(&line)
}

/// What to put before a command to be root: nothing, `sudo -n`, or None when neither works.
fn root_prefix() -> Option<&'static [&'static str]> {
    let is_root = process::output(&mut program("id", &["-u"])).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Some(&[]);
    }
    let by_sudo = find("sudo").is_some() && process::succeeds(&mut program("sudo", &["-n", "true"]));
    by_sudo.then_some(&["sudo", "-n"])
}

/// Whether `cargo NAME` exists.
pub fn has_cargo_command(name: &str) -> bool {
    let file = format!("cargo-{name}");
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|h| Path::new(&h).join(".cargo")));
    find(&file).is_some() || home.is_some_and(|h| h.join("bin").join(&file).is_file())
}

fn node_major(said: &str) -> Option<u32> {
    said.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("unknown"), None);
    }
}
