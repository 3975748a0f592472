//! `cargo xtask run`: the demo desk, from a fresh clone to the sign-in page.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::unix::process::{CommandExt, parent_id};
use std::time::{Duration, Instant};

use crate::process::{self, Outcome, program};
use crate::server::{self, Profile};

const HTTP: &str = "127.0.0.1:8080";
const SMTP: &str = "127.0.0.1:2525";
const DATA: &str = "data/demo";

/// Builds everything, starts the server in place of this process and says when and where it answers.
pub fn run(args: &[String]) -> Outcome {
    let profile = if args.iter().any(|a| a == "--release") { Profile::Release } else { Profile::Dev };
    let extra: Vec<&str> = args.iter().map(String::as_str).filter(|a| *a != "--release").collect();
    let http = option(&extra, "--http").unwrap_or(HTTP);
    let smtp = option(&extra, "--smtp").unwrap_or(SMTP);
    let data = option(&extra, "--data").unwrap_or(DATA);
    must_be_free(http, "--http")?;
    must_be_free(smtp, "--smtp")?;

    let binary = server::build_all(profile)?;
    let mut line = vec!["serve", "--demo"];
    for (name, value) in [("--data", DATA), ("--http", HTTP), ("--smtp", SMTP)] {
        if option(&extra, name).is_none() {
            line.extend([name, value]);
        }
    }
    line.extend(extra.iter().copied());
    println!("Starting: tugi {}", line.join(" "));

    let myself = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    program(&myself.to_string_lossy(), &["announce", http, smtp, data])
        .spawn()
        .map_err(|e| format!("cannot start the announcement: {e}"))?;
    // In place of this process: signals reach the server itself, and it shuts down in its own time.
    let problem = program(&binary.to_string_lossy(), &line).exec();
    Err(format!("cannot start {}: {problem}", binary.display()))
}

/// Waits until the server answers and prints where, and who can sign in. Ends when the server does.
pub fn announce(args: &[String]) -> Outcome {
    let [http, smtp, data] = args else { return Err("announce takes two addresses and a folder".into()) };
    let server = parent_id();
    let started = Instant::now();
    loop {
        if parent_id() != server {
            return Ok(());
        }
        if get(http, "/readyz").is_ok_and(|(status, _)| status == 200) {
            break;
        }
        if started.elapsed() > Duration::from_secs(120) {
            return Err(format!("http://{http}/readyz does not answer after two minutes; see the log above"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    println!(
        "
  Tugi is ready after {}: http://{http}

    admin    admin@tugi.test     tugi-demo
    agent    agent1@tugi.test    tugi-demo
    agent    agent2@tugi.test    tugi-demo

    API      curl -u admin@tugi.test/token:tugi-demo-token http://{http}/api/v2/tickets
    mail in  smtp://{smtp}

  Stop with Ctrl+C. Start afresh: delete {data}.
",
        process::spoken(started.elapsed())
    );
    Ok(())
}

/// The body and status of a plain GET on this machine.
pub fn get(address: &str, path: &str) -> Outcome<(u16, String)> {
    let resolved = resolve(address)?;
    let broken = |e: std::io::Error| format!("http://{address}{path}: {e}");
    let mut stream = TcpStream::connect_timeout(&resolved, Duration::from_secs(2)).map_err(broken)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(broken)?;
    // HTTP/1.0, so that the answer is neither chunked nor kept open.
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(broken)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(broken)?;
    parse_answer(&String::from_utf8_lossy(&answer)).ok_or_else(|| format!("http://{address}{path}: not an HTTP answer"))
}

fn parse_answer(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_string()))
}

/// The value of `--name value` or `--name=value`.
fn option<'a>(args: &[&'a str], name: &str) -> Option<&'a str> {
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if *arg == name {
            return rest.next().copied();
        }
        if let Some(value) = arg.strip_prefix(name).and_then(|r| r.strip_prefix('=')) {
            return Some(value);
        }
    }
    None
}

fn must_be_free(address: &str, flag: &str) -> Outcome {
    let resolved = resolve(address)?;
    match TcpListener::bind(resolved) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => Err(format!(
            "{address} is taken by another program (perhaps another Tugi).\n\
             Stop it, or choose another address: cargo xtask run {flag} 127.0.0.1:PORT"
        )),
        Err(e) => Err(format!("cannot listen on {address}: {e}. Choose another address by {flag}")),
    }
}

fn resolve(address: &str) -> Outcome<SocketAddr> {
    let found = address.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| format!("`{address}` is not an address like 127.0.0.1:8080"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_in_both_spellings() {
        assert_eq!(option(&["--http", "a:1"], "--http"), Some("a:1"));
        assert_eq!(option(&["--http=a:1"], "--http"), Some("a:1"));
        assert_eq!(option(&["--httpx", "a:1"], "--http"), None);
    }

    #[test]
    fn a_taken_port_is_named_with_the_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let problem = must_be_free(&address, "--smtp").unwrap_err();
        assert!(problem.contains(&address) && problem.contains("--smtp"), "{problem}");
    }

    #[test]
    fn an_answer_is_split_into_status_and_body() {
        assert_eq!(parse_answer("HTTP/1.0 200 OK\r\nA: b\r\n\r\n{}"), Some((200, "{}".into())));
        assert_eq!(parse_answer("220 smtp"), None);
    }
}
