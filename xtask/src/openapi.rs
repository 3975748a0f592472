//! The API document that the server gives, and the TypeScript types made from it.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::demo;
use crate::process::{self, Outcome, program};
use crate::server::{self, Profile};
use crate::web::{self, Show};

const DOCUMENT: &str = "shared/openapi.json";
const TYPES: &str = "shared/src/api/schema.d.ts";

/// Builds the server and writes web/shared/openapi.json and the types.
pub fn write() -> Outcome {
    process::run(&mut process::cargo(&["build", "--package", "server", "--bin", "tugi"]))?;
    keep(DOCUMENT, &from_server()?)?;
    keep(TYPES, &generate_types()?)
}

/// Fails when the committed document or types differ from what the built server gives.
pub fn check() -> Outcome {
    compare(&web::folder().join(DOCUMENT), &from_server()?)?;
    compare(&web::folder().join(TYPES), &generate_types()?)
}

fn keep(name: &str, text: &str) -> Outcome {
    let file = web::folder().join(name);
    fs::write(&file, text).map_err(|e| format!("cannot write {}: {e}", file.display()))?;
    println!("wrote web/{name}");
    Ok(())
}

fn compare(file: &Path, fresh: &str) -> Outcome {
    let committed = fs::read_to_string(file).unwrap_or_default();
    if committed.trim_end() == fresh.trim_end() {
        return Ok(());
    }
    let line = committed.lines().zip(fresh.lines()).position(|(a, b)| a != b);
    let line = line.unwrap_or_else(|| committed.lines().count().min(fresh.lines().count())) + 1;
    Err(format!(
        "{}:{line} differs from what the server's routes give.\nWrite it anew and commit it:\n  cargo xtask openapi",
        file.strip_prefix(process::root()).unwrap_or(file).display()
    ))
}

/// Starts the built server on an empty desk, asks it for its document and indents it for readable differences.
fn from_server() -> Outcome<String> {
    let data = process::state()?.join("openapi-desk");
    let _ = fs::remove_dir_all(&data);
    let http = free_address()?;
    let log_file = process::state()?.join("openapi.log");
    let log = fs::File::create(&log_file).map_err(|e| format!("cannot write {}: {e}", log_file.display()))?;
    let copy = log.try_clone().map_err(|e| format!("cannot write {}: {e}", log_file.display()))?;
    let binary = server::binary(Profile::Dev);
    let line = ["serve", "--data", &data.to_string_lossy(), "--http", &http, "--smtp", &free_address()?];
    let mut child = program(&binary.to_string_lossy(), &line)
        .stdout(Stdio::from(log))
        .stderr(Stdio::from(copy))
        .spawn()
        .map_err(|e| format!("cannot start {}: {e}", binary.display()))?;
    let answer = fetch(&http, &mut child);
    let _ = child.kill();
    let _ = child.wait();
    let _ = fs::remove_dir_all(&data);
    let body = answer.map_err(|problem| {
        let said = fs::read_to_string(&log_file).unwrap_or_default();
        format!("{}\n{problem}", said.trim_end())
    })?;
    let document: serde_json::Value =
        serde_json::from_str(&body).map_err(|e| format!("the server's document is not JSON: {e}"))?;
    let text = serde_json::to_string_pretty(&document).map_err(|e| e.to_string())?;
    Ok(text + "\n")
}

fn fetch(http: &str, child: &mut Child) -> Outcome<String> {
    let started = Instant::now();
    while !demo::get(http, "/readyz").is_ok_and(|(status, _)| status == 200) {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("the server ended with {status} before it answered"));
        }
        if started.elapsed() > Duration::from_secs(60) {
            return Err("the server does not answer /readyz after a minute".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    match demo::get(http, "/api/v2/openapi.json")? {
        (200, body) => Ok(body),
        (status, body) => Err(format!("/api/v2/openapi.json answered {status}: {body}")),
    }
}

fn free_address() -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| format!("no free port: {e}"))?;
    let address = listener.local_addr().map_err(|e| format!("no free port: {e}"))?;
    Ok(address.to_string())
}

fn generate_types() -> Outcome<String> {
    web::install(&web::folder(), Show::All)?;
    let folder = web::folder();
    let args = ["exec", "--", "openapi-typescript", DOCUMENT];
    process::output(&mut web::npm(&folder, &args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_named_by_file_and_line() {
        let file = std::env::temp_dir().join(format!("xtask-openapi-{}.json", std::process::id()));
        fs::write(&file, "{\n \"a\": 1\n}\n").unwrap();
        assert!(compare(&file, "{\n \"a\": 1\n}").is_ok());
        let problem = compare(&file, "{\n \"a\": 2\n}\n").unwrap_err();
        assert!(problem.contains(".json:2 differs"), "{problem}");
        fs::remove_file(&file).unwrap();
    }
}
