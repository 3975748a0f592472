//! Starting other programs: where, with what, and which one failed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The result of every step: an error is a text for the developer who reads the terminal.
pub type Outcome<T = ()> = Result<T, String>;

/// The repository's root folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder for stamps and logs of these commands, made when absent.
pub fn state() -> Outcome<PathBuf> {
    let folder = target().join("xtask");
    std::fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    Ok(folder)
}

/// A program to be started in the repository's root, without what `cargo run` added to the environment.
pub fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root()).stdin(Stdio::null());
    for (key, _) in std::env::vars_os() {
        let key_text = key.to_string_lossy();
        if key_text.starts_with("CARGO_PKG_") || key_text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    command
}

/// Cargo, the one that started us.
pub fn cargo(args: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    program(&cargo, args)
}

/// Runs to the end with output on the terminal; an error names the command to repeat.
pub fn run(command: &mut Command) -> Outcome {
    let shown = show(command);
    println!("$ {shown}");
    let status = command.status().map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed ({status}). To repeat:\n  {shown}")) }
}

/// Runs to the end with output in the file `log`; on failure the error ends with the log's last lines.
pub fn run_logged(command: &mut Command, log: &Path) -> Outcome {
    let shown = show(command);
    let open = |e| format!("cannot write {}: {e}", log.display());
    let file = File::options().create(true).append(true).open(log).map_err(open)?;
    let copy = file.try_clone().map_err(open)?;
    let status = command.stdout(file).stderr(copy).status().map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    if status.success() {
        return Ok(());
    }
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(40)..].join("\n");
    Err(format!("{tail}\n\nfailed ({status}). To repeat:\n  {shown}"))
}

/// Standard output of a program that must succeed.
pub fn output(command: &mut Command) -> Outcome<String> {
    let shown = show(command);
    let output = command.output().map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}\nfailed ({}). To repeat:\n  {shown}", said.trim_end(), output.status))
}

/// Whether the program starts and succeeds, with its output thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// A duration as a person says it: `4.2 s`, `3 min 05 s`.
pub fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

fn show(command: &Command) -> String {
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir().and_then(|d| d.strip_prefix(root()).ok())
        && !folder.as_os_str().is_empty()
    {
        words.push(format!("cd {} &&", folder.display()));
    }
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", key.to_string_lossy(), quoted(&value.to_string_lossy())));
        }
    }
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    words.push(name.to_string_lossy().into_owned());
    words.extend(command.get_args().map(|a| quoted(&a.to_string_lossy())));
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_named_with_its_folder_and_environment() {
        let mut command = program("false", &["a b"]);
        command.current_dir(root().join("xtask")).env("COLOUR", "blue");
        let problem = run(&mut command).unwrap_err();
        assert!(problem.ends_with("cd xtask && COLOUR=blue false 'a b'"), "{problem}");
    }

    #[test]
    fn a_missing_program_is_an_error_not_a_crash() {
        assert!(run(&mut program("no-such-program", &[])).unwrap_err().contains("no-such-program"));
    }

    #[test]
    fn durations_read_as_spoken() {
        assert_eq!(spoken(Duration::from_millis(4210)), "4.2 s");
        assert_eq!(spoken(Duration::from_secs(185)), "3 min 05 s");
    }
}
