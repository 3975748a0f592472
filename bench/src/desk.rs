//! The binary under test.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::Client;

/// A running desk. It is stopped when this value goes.
pub struct Desk {
    child: Child,
    /// Where it speaks HTTP.
    pub http: SocketAddr,
    /// Where it receives mail.
    pub smtp: SocketAddr,
    /// How long it took until it was ready.
    pub start_time: Duration,
}

impl Desk {
    /// Starts the binary named by `TUGI_BIN` on this folder and waits until it is ready.
    pub fn start(data: &Path) -> Result<Self> {
        let binary = std::env::var("TUGI_BIN").unwrap_or_else(|_| "target/release/tugi".into());
        let (http, smtp) = (free_port()?, free_port()?);
        let started = Instant::now();
        let child = Command::new(&binary)
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--http", &http.to_string(), "--smtp", &smtp.to_string(), "--demo"])
            .env("TUGI_LOG_LEVEL", "error")
            .stdout(Stdio::null())
            .spawn()
            .map_err(|cause| format!("{binary}: {cause}"))?;
        let mut desk = Self { child, http, smtp, start_time: Duration::ZERO };
        desk.wait_until_ready()?;
        desk.start_time = started.elapsed();
        Ok(desk)
    }

    /// The process's id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(180);
        while Instant::now() < deadline {
            if let Ok((200, _)) = Client::new(self.http).and_then(|mut client| client.get("/readyz")) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the desk ended while starting: {status}").into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err("the desk was not ready within three minutes".into())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
