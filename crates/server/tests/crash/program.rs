//! The real program on a folder of its own, and a look at what it left there.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use base::{AbortPoint, Actor, Clock, FixedClock, SystemClock, time};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::email::addresses::{self, NewAddress};
use people::sign_in::Setup;
use serde_json::{Value, json};
use server::config::{Config, Keys};
use server::wiring;

const OWNER: &str = "owner@desk.test";
const TOKEN: &str = "crash-tests";

/// A folder, ports, and a relay.
pub struct World {
    folder: tempfile::TempDir,
    pub http: SocketAddr,
    pub smtp: SocketAddr,
    relay: SocketAddr,
}

impl World {
    /// A desk that is set up, with one address.
    pub fn new(relay: SocketAddr) -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap(), http: free(), smtp: free(), relay };
        let app = wiring::open(&world.config(), Arc::new(SystemClock), |app| app).unwrap();
        let password_hash = people::hash_password(&app, "correct horse").unwrap();
        app.write(move |tx| {
            wiring::furnish(tx)?;
            let (name, email) = ("Owner".to_owned(), OWNER.to_owned());
            let owner = people::setup(tx, Setup { name, email, password_hash, desk_name: None })?;
            let system = Actor::system();
            people::keep_token(tx, &system, owner.id, "tests", TOKEN)?;
            let brand = tickets::desk::default_brand(tx)?.id;
            let (email, name) = ("support@desk.test".to_owned(), "Desk".to_owned());
            let new = NewAddress { email, name, brand, group: None, is_default: true };
            addresses::add(tx, &system, &new)?;
            // Those who wait ask as fast as they can.
            kernel::settings::set(tx, &kernel::http::ApiSettings::generous())?;
            // All mails come from one customer and one address, more than a person would send.
            let settings = channels::email::settings::MailSettings { hourly_limit: 1_000_000, ..Default::default() };
            kernel::settings::set(tx, &settings)
        })
        .wait()
        .unwrap();
        world
    }

    fn config(&self) -> Config {
        let keys = Keys {
            data: Some(self.folder.path().to_owned()),
            http: Some(self.http),
            smtp: Some(self.smtp),
            relay: Some(self.relay_url()),
            ..Keys::default()
        };
        Config::load(keys, None, std::iter::empty()).unwrap()
    }

    fn relay_url(&self) -> String {
        format!("smtp://{}?tls=none", self.relay)
    }

    /// Does what is left to do, as the program would after the next start, and tells what is there then. The clock is
    /// ahead, so that what a dead program held is free again.
    pub fn finish(&self) -> After {
        let clock = FixedClock::new(SystemClock.now().plus(2 * time::HOUR));
        let app = wiring::open(&self.config(), Arc::new(clock), |app| app).unwrap();
        kernel::jobs::run_due(&app).unwrap();
        app.read(|tx| {
            let rows = tx.query("SELECT message_id, body FROM comments", &[])?;
            let mut after = After::default();
            for row in rows {
                let id: Option<String> = row.at(0)?;
                let id = id.unwrap_or_default().trim_matches(['<', '>']).to_owned();
                *after.by_message_id.entry(id).or_default() += 1;
                after.bodies.push(row.at(1)?);
            }
            after.failed = tx.column("SELECT kind FROM jobs WHERE state = 'failed'", &[])?;
            after.outbound = tx.column("SELECT state FROM outbound_messages ORDER BY id", &[])?;
            Ok(after)
        })
        .wait()
        .unwrap()
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// What the program left.
#[derive(Default)]
pub struct After {
    by_message_id: BTreeMap<String, usize>,
    bodies: Vec<String>,
    pub failed: Vec<String>,
    pub outbound: Vec<String>,
}

impl After {
    pub fn comments_of(&self, message_id: &str) -> usize {
        self.by_message_id.get(message_id.trim_matches(['<', '>'])).copied().unwrap_or(0)
    }

    pub fn comments_that_say(&self, text: &str) -> usize {
        self.bodies.iter().filter(|body| body.split_whitespace().any(|word| word == text)).count()
    }
}

/// A desk that serves a folder over HTTP alone.
pub struct Serving(Program);

impl Serving {
    /// Starts it, and waits until it serves.
    pub fn start(data: &Path, http: SocketAddr) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tugi"));
        command.args(["serve", "--data"]).arg(data).args(["--http", &http.to_string()]);
        Self(Program::wait_to_serve(command))
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(self) -> ExitStatus {
        self.0.stop()
    }
}

/// The program while it runs.
pub struct Program(Child);

impl Program {
    /// Starts it, and waits until it serves.
    pub fn start(world: &World) -> Self {
        Self::wait_to_serve(Self::command(world))
    }

    fn wait_to_serve(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("serving") {
            let length = said.len();
            log.read_line(&mut said).unwrap();
            assert!(said.len() > length, "the program ended before it served: {said}");
        }
        // Its log is read on, so that it never waits for a reader.
        std::thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        Self(child)
    }

    /// Starts it so that it aborts when it comes to a point for the `count`th time; tells how it ended then.
    pub fn start_to_abort(world: &World, point: AbortPoint, count: u64) -> mpsc::Receiver<ExitStatus> {
        let asked = format!("{}:{count}", point.name());
        let mut child = Self::command(world).env("TUGI_ABORT_AT", asked).stderr(Stdio::null()).spawn().unwrap();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || tell.send(child.wait().unwrap()));
        told
    }

    fn command(world: &World) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tugi"));
        command.args(["serve", "--data"]).arg(world.folder.path());
        command.args(["--http", &world.http.to_string(), "--smtp", &world.smtp.to_string()]);
        command.args(["--relay", &world.relay_url()]);
        command
    }

    /// Kills it, as a power cut would.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.0.wait().unwrap()
    }
}

/// Answers tickets one after the other until `count` acknowledgements could have come; gives the answers that were
/// accepted. One that fails is not tried again: whether it was written is unknown, as to a browser.
pub fn answer_tickets(http: SocketAddr, count: usize, tell: &mpsc::Sender<()>) -> Vec<String> {
    let mut accepted = Vec::new();
    for number in 0..count / 4 {
        let ticket = wait_for_ticket(http);
        let text = format!("answer-{number}-of-the-agent");
        if answer(http, ticket + number as i64 % 5, &text).is_ok() {
            accepted.push(text);
            let _ = tell.send(());
        }
    }
    accepted
}

/// The first ticket, once there is one.
pub fn wait_for_ticket(http: SocketAddr) -> i64 {
    loop {
        if let Ok((200, json)) = call(http, "GET", "/api/v2/tickets.json", &Value::Null)
            && let Some(id) = json["tickets"][0]["id"].as_i64()
        {
            return id;
        }
        std::thread::yield_now();
    }
}

/// Answers a ticket in public; Ok once the program said that it was done.
pub fn answer(http: SocketAddr, ticket: i64, text: &str) -> io::Result<()> {
    let body = json!({"ticket": {"comment": {"body": text, "public": true}}});
    match call(http, "PUT", &format!("/api/v2/tickets/{ticket}.json"), &body)? {
        (200, _) => Ok(()),
        (status, json) => Err(io::Error::other(format!("{status} {json}"))),
    }
}

fn call(http: SocketAddr, method: &str, path: &str, body: &Value) -> io::Result<(u16, Value)> {
    let mut stream = TcpStream::connect(http)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let login = STANDARD.encode(format!("{OWNER}/token:{TOKEN}"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {http}\r\nAuthorization: Basic {login}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or(io::ErrorKind::InvalidData)?, serde_json::from_str(body).unwrap_or_default()))
}
