//! A desk with a million tickets and three million comments: start, memory, view page, ticket page, search.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::Result;
use crate::client::Client;
use crate::desk::Desk;
use crate::measure::{Times, cpu_seconds, resident_mib};
use crate::store::{self, Batch};
use crate::words::{Dice, query};

/// Tickets written by one closure. SQLite's savepoints take time with the square of what happens inside one.
const AT_ONCE: i64 = 50;
/// Closures that wait for the database at once, and share its commits.
const WAITING: usize = 100;
/// Requests of each kind and client.
const REQUESTS: usize = 500;
/// Clients at once.
const CLIENTS: usize = 4;

/// Makes the desk if it isn't there yet; gives its folder.
pub fn prepare(folder: &Path, tickets: i64) -> Result<PathBuf> {
    let data = folder.join(format!("large-{tickets}"));
    if !data.join("complete").exists() {
        make(&data, tickets)?;
    }
    Ok(data)
}

/// Measures the desk of that size, which is made if it isn't there yet.
pub fn run(folder: &Path, tickets: i64) -> Result<()> {
    let desk = Desk::start(&prepare(folder, tickets)?)?;
    println!("A desk of {tickets} tickets and {} comments:", tickets * 3);
    println!("  ready after         {:8.2} s", desk.start_time.as_secs_f64());
    let views = views(&desk)?;
    let last = tickets;
    measure(&desk, "view page, 30 rows", |_, dice| {
        let view = views[dice.below(views.len() as u64) as usize];
        format!("/api/v2/views/{view}/tickets?page[size]=30&include=users,groups")
    })?;
    measure(&desk, "ticket page", |n, dice| {
        let id = 1 + dice.below(last as u64);
        match n % 3 {
            0 => format!("/api/v2/tickets/{id}?include=users,groups,organizations"),
            1 => format!("/api/v2/tickets/{id}/comments?page[size]=50&include=users"),
            _ => format!("/api/v2/tickets/{id}/audits?page[size]=50"),
        }
    })?;
    measure(&desk, "two-word search", |_, dice| {
        format!("/api/v2/search?query=type:ticket%20{}&per_page=30", query(dice))
    })?;
    let (all, own) = resident_mib(desk.pid())?;
    println!("  resident            {all:8} MiB, of which {own} MiB are not pages of the database file");
    Ok(())
}

fn make(data: &Path, tickets: i64) -> Result<()> {
    if data.exists() {
        std::fs::remove_dir_all(data)?;
    }
    std::fs::create_dir_all(data)?;
    println!("making a desk of {tickets} tickets (once) ...");
    drop(Desk::start(data)?);
    let path = data.join("tugi.sqlite");
    let options = db::Options::new(path.to_str().ok_or("path")?);
    let db = db::Db::open(&options)?;
    let (requesters, agents, groups, (brand, statuses), mut first) = db
        .read(|tx| {
            let last = store::last_ticket(tx)?;
            Ok((store::people(tx, false)?, store::people(tx, true)?, store::groups(tx)?, store::desk(tx)?, last + 1))
        })
        .wait()?;
    let started = Instant::now();
    let mut waiting = std::collections::VecDeque::new();
    while first <= tickets {
        let count = AT_ONCE.min(tickets - first + 1);
        let batch = Batch {
            first,
            count,
            total: tickets,
            requesters: requesters.clone(),
            agents: agents.clone(),
            groups: groups.clone(),
            brand,
            statuses: statuses.clone(),
        };
        waiting.push_back(db.write(move |tx| store::write(tx, &batch)));
        if waiting.len() >= WAITING
            && let Some(oldest) = waiting.pop_front()
        {
            oldest.wait()?;
        }
        first += count;
        if first % 50_000 < AT_ONCE {
            println!("  {first} after {:.0} s", started.elapsed().as_secs_f64());
        }
    }
    for last in waiting {
        last.wait()?;
    }
    std::fs::write(data.join("complete"), "")?;
    Ok(())
}

fn views(desk: &Desk) -> Result<Vec<i64>> {
    let (_, body) = Client::new(desk.http)?.get("/api/v2/views/active")?;
    let answer: Value = serde_json::from_slice(&body)?;
    let ids: Vec<i64> = answer["views"].as_array().into_iter().flatten().filter_map(|v| v["id"].as_i64()).collect();
    if ids.is_empty() { Err("the desk has no views".into()) } else { Ok(ids) }
}

/// One client and then several, since agents come both ways.
pub fn measure(desk: &Desk, name: &str, path: impl Fn(usize, &mut Dice) -> String + Sync) -> Result<()> {
    for clients in [1, CLIENTS] {
        let cpu = cpu_seconds(desk.pid())?;
        let started = Instant::now();
        let mut all = Times::default();
        std::thread::scope(|scope| {
            let path = &path;
            let running: Vec<_> =
                (0..clients).map(|client| scope.spawn(move || ask(desk, client as u64, path))).collect();
            for client in running {
                all.extend(client.join().map_err(|_| "a client panicked")??);
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        })?;
        let (took, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds(desk.pid())? - cpu);
        let count = all.len() as f64;
        println!(
            "  {name:20} {clients} client(s): p50 {:.2} ms, p99 {:.2} ms, {:.0} /s, {:.2} ms of CPU each",
            all.percentile(50.0),
            all.percentile(99.0),
            count / took,
            cpu * 1_000.0 / count
        );
    }
    Ok(())
}

fn ask(desk: &Desk, client: u64, path: impl Fn(usize, &mut Dice) -> String) -> Result<Times> {
    let (mut http, mut times, mut dice) = (Client::new(desk.http)?, Times::default(), Dice::new(client + 7));
    // The first requests find cold caches; they are asked and not counted.
    for n in 0..REQUESTS / 10 {
        http.get(&path(n, &mut dice))?;
    }
    for n in 0..REQUESTS {
        let path = path(n, &mut dice);
        let (status, body) = times.time(|| http.get(&path))?;
        if status != 200 {
            return Err(format!("{status} for {path}: {}", String::from_utf8_lossy(&body)).into());
        }
    }
    Ok(times)
}
