//! The web parts: packages, build, type check, unit tests. Nothing is done again while its sources stay the same.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::process::{self, Outcome};

/// Folders and files that the web tools write themselves.
const WRITTEN: [&str; 8] = [
    "node_modules",
    "dist",
    ".nuxt-ui",
    "auto-imports.d.ts",
    "components.d.ts",
    "test-results",
    "playwright-report",
    "coverage",
];

/// Where output of the web tools goes.
#[derive(Clone, Copy)]
pub enum Show {
    /// To the terminal.
    All,
    /// To a log, with one line for each thing done: something else is writing to the terminal.
    Progress,
}

/// The npm workspace.
pub fn folder() -> PathBuf {
    process::root().join("web")
}

/// Whether this checkout has web parts.
pub fn exists() -> bool {
    folder().join("package.json").is_file()
}

/// Packages and build, each only when what it depends on has changed. Returns whether anything was built.
pub fn build(show: Show) -> Outcome<bool> {
    install(&folder(), show)?;
    let hash = hash_tree(&folder())?;
    let stamp = stamp_file("web-build")?;
    if is_current(&stamp, hash) && folder().join("agent/dist/index.html").is_file() {
        say(show, "web: unchanged since the last build");
        return Ok(false);
    }
    say(show, "web: building the workspace");
    step(npm(&folder(), &["run", "build"]), show)?;
    write_stamp(&stamp, hash)?;
    Ok(true)
}

/// `npm ci` in a folder, when its lock file has changed since the last time.
pub fn install(folder: &Path, show: Show) -> Outcome {
    let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let lock = folder.join("package-lock.json");
    let mut hasher = DefaultHasher::new();
    for file in [folder.join("package.json"), lock.clone()] {
        hasher.write(&fs::read(file).unwrap_or_default());
    }
    let stamp = stamp_file(&format!("{name}-packages"))?;
    if is_current(&stamp, hasher.finish()) && folder.join("node_modules").is_dir() {
        say(show, &format!("{name}: packages are current"));
        return Ok(());
    }
    say(show, &format!("{name}: installing packages (npm)"));
    let verb = if lock.is_file() { "ci" } else { "install" };
    step(npm(folder, &[verb, "--no-audit", "--no-fund"]), show)?;
    write_stamp(&stamp, hasher.finish())
}

/// Runs a script of the web workspace's package.json.
pub fn script(name: &str) -> Outcome {
    process::run(&mut npm(&folder(), &["run", name]))
}

/// npm in a folder; it never downloads a browser, because the system's is used.
pub fn npm(folder: &Path, args: &[&str]) -> Command {
    let mut command = process::program("npm", args);
    command.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}

fn step(mut command: Command, show: Show) -> Outcome {
    match show {
        Show::All => process::run(&mut command),
        Show::Progress => {
            let started = Instant::now();
            let log = process::state()?.join("web.log");
            fs::write(&log, "").map_err(|e| format!("cannot write {}: {e}", log.display()))?;
            process::run_logged(&mut command, &log)?;
            println!("web: done in {}", process::spoken(started.elapsed()));
            Ok(())
        }
    }
}

fn say(show: Show, line: &str) {
    match show {
        Show::All => println!("{line}"),
        // Cargo's progress bar may stand on the line.
        Show::Progress => println!("\r{line:<60}"),
    }
}

/// The file that remembers for which inputs something was done last.
pub fn stamp_file(name: &str) -> Outcome<PathBuf> {
    Ok(process::state()?.join(format!("{name}.stamp")))
}

/// Whether a stamp is that of this hash.
pub fn is_current(stamp: &Path, hash: u64) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text.trim() == format!("{hash:016x}"))
}

/// Remembers that it was done for this hash.
pub fn write_stamp(stamp: &Path, hash: u64) -> Outcome {
    fs::write(stamp, format!("{hash:016x}\n")).map_err(|e| format!("cannot write {}: {e}", stamp.display()))
}

/// A number that changes when any source file below `folder` changes its name or content.
fn hash_tree(folder: &Path) -> Outcome<u64> {
    let mut files = Vec::new();
    collect(folder, &mut files).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        let content = fs::read(&file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        hasher.write(file.strip_prefix(folder).unwrap_or(&file).as_os_str().as_encoded_bytes());
        hasher.write_usize(content.len());
        hasher.write(&content);
    }
    Ok(hasher.finish())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if WRITTEN.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_sources_and_ignores_what_tools_write() {
        let folder = std::env::temp_dir().join(format!("xtask-hash-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("src/a.ts"), "1").unwrap();
        let first = hash_tree(&folder).unwrap();
        fs::write(folder.join("node_modules/b.js"), "x").unwrap();
        fs::write(folder.join("components.d.ts"), "x").unwrap();
        assert_eq!(hash_tree(&folder).unwrap(), first);
        fs::write(folder.join("src/a.ts"), "2").unwrap();
        assert_ne!(hash_tree(&folder).unwrap(), first);
        fs::remove_dir_all(&folder).unwrap();
    }
}
