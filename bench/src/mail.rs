//! Mails over SMTP, and tickets over the API.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::client::Client;
use crate::desk::Desk;
use crate::measure::{Times, cpu_seconds};
use crate::words::{Dice, text};

/// Clients at once.
const CLIENTS: usize = 32;

/// The address of the demo desk that mail is sent to.
const ADDRESS: &str = "support@tugi.test";

/// Sends mails from all clients at once and waits until each is a ticket.
pub fn run(folder: &Path, mails: usize) -> Result<()> {
    let data = fresh(folder, "mail")?;
    let desk = Desk::start(&data)?;
    let before = count(&desk)?;
    let cpu = cpu_seconds(desk.pid())?;
    let started = Instant::now();
    let mut times = in_parallel(mails, |client, n| send_all(desk.smtp, client, n))?;
    let took = started.elapsed().as_secs_f64();
    let cpu_accept = cpu_seconds(desk.pid())? - cpu;
    println!("SMTP, {CLIENTS} connections, {} mails of about 2 KB, each durable before its 250:", times.len());
    println!("  accepted            {:8.0} /s", times.len() as f64 / took);
    println!("  DATA to 250         p50 {:.1} ms, p99 {:.1} ms", times.percentile(50.0), times.percentile(99.0));
    println!("  CPU while accepting {:8.2} s (ticket making included as far as it came)", cpu_accept);
    wait_for(&desk, before + mails as i64)?;
    let (all, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds(desk.pid())? - cpu);
    println!(
        "  from SMTP to ticket {:8.0} /s, {:.2} ms of CPU a mail, {:.0} mails a CPU-second",
        mails as f64 / all,
        cpu * 1_000.0 / mails as f64,
        mails as f64 / cpu
    );
    Ok(())
}

/// Makes tickets over the API.
pub fn run_creates(folder: &Path, tickets: usize) -> Result<()> {
    let data = fresh(folder, "create")?;
    let desk = Desk::start(&data)?;
    let cpu = cpu_seconds(desk.pid())?;
    let started = Instant::now();
    let mut times = in_parallel(tickets, |client, n| create_all(desk.http, client, n))?;
    let (took, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds(desk.pid())? - cpu);
    println!("POST /api/v2/tickets, {CLIENTS} connections, {} tickets:", times.len());
    println!(
        "  created             {:8.0} /s, {:.2} ms of CPU each, {:.0} a CPU-second",
        times.len() as f64 / took,
        cpu * 1_000.0 / times.len() as f64,
        times.len() as f64 / cpu
    );
    println!("  answer              p50 {:.1} ms, p99 {:.1} ms", times.percentile(50.0), times.percentile(99.0));
    Ok(())
}

fn fresh(folder: &Path, name: &str) -> Result<std::path::PathBuf> {
    let data = folder.join(name);
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    std::fs::create_dir_all(&data)?;
    Ok(data)
}

fn in_parallel(total: usize, work: impl Fn(usize, usize) -> Result<Times> + Sync) -> Result<Times> {
    let mut all = Times::default();
    std::thread::scope(|scope| {
        let work = &work;
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || work(client, total / CLIENTS))).collect();
        for client in clients {
            all.extend(client.join().map_err(|_| "a client panicked")??);
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    })?;
    Ok(all)
}

fn send_all(address: SocketAddr, client: usize, mails: usize) -> Result<Times> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    expect(&mut stream, "220")?;
    say(&mut stream, "EHLO bench.test", "250")?;
    let (mut times, mut dice) = (Times::default(), Dice::new(client as u64 + 1));
    for n in 0..mails {
        let sender = format!("customer{}@example.com", dice.below(5_000));
        say(&mut stream, &format!("MAIL FROM:<{sender}>"), "250")?;
        say(&mut stream, &format!("RCPT TO:<{ADDRESS}>"), "250")?;
        say(&mut stream, "DATA", "354")?;
        let mail = format!(
            "From: Customer <{sender}>\r\nTo: <{ADDRESS}>\r\nMessage-ID: <{client}.{n}@bench.test>\r\nSubject: {}\r\nDate: Mon, 16 Nov 2026 10:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n.\r\n",
            text(&mut dice, 6),
            text(&mut dice, 250)
        );
        times.time(|| {
            stream.get_mut().write_all(mail.as_bytes())?;
            expect(&mut stream, "250")
        })?;
    }
    Ok(times)
}

fn say(stream: &mut BufReader<TcpStream>, line: &str, code: &str) -> Result<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes())?;
    expect(stream, code)
}

fn expect(stream: &mut BufReader<TcpStream>, code: &str) -> Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if !line.starts_with(code) {
            return Err(format!("expected {code}, got {line:?}").into());
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
}

fn create_all(address: SocketAddr, client: usize, tickets: usize) -> Result<Times> {
    let mut http = Client::new(address)?;
    let (mut times, mut dice) = (Times::default(), Dice::new(client as u64 + 101));
    for _ in 0..tickets {
        let requester = format!("customer{}@example.com", dice.below(5_000));
        let body = json!({"ticket": {
            "subject": text(&mut dice, 6),
            "comment": {"body": text(&mut dice, 100)},
            "requester": {"email": requester, "name": "Customer"},
            "tags": ["bench"],
        }});
        let (status, answer) = times.time(|| http.post("/api/v2/tickets", body.to_string().as_bytes()))?;
        if status != 201 {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
        }
    }
    Ok(times)
}

fn count(desk: &Desk) -> Result<i64> {
    let (_, body) = Client::new(desk.http)?.get("/api/v2/tickets/count")?;
    let answer: Value = serde_json::from_slice(&body)?;
    answer["count"]["value"].as_i64().ok_or_else(|| "no count".into())
}

fn wait_for(desk: &Desk, tickets: i64) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(600);
    while Instant::now() < deadline {
        if count(desk)? >= tickets {
            return Ok(());
        }
        // Counting costs the desk something too: not too often.
        std::thread::sleep(Duration::from_secs(1));
    }
    Err(format!("after ten minutes there are {} tickets, not {tickets}", count(desk)?).into())
}
