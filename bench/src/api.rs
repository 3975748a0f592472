//! The API that clients and exporters use, on the large desk: one ticket, pages of lists, incremental exports.

use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use crate::Result;
use crate::client::Client;
use crate::desk::Desk;
use crate::large::{self, measure};
use crate::measure::{Times, cpu_seconds};

/// Pages of a list that are walked.
const PAGES: usize = 200;

/// Measures the desk of that size, which is made if it isn't there yet.
pub fn run(folder: &Path, tickets: i64) -> Result<()> {
    let desk = Desk::start(&large::prepare(folder, tickets)?)?;
    println!("The API of a desk of {tickets} tickets:");
    measure(&desk, "GET tickets/{id}", |_, dice| format!("/api/v2/tickets/{}", 1 + dice.below(tickets as u64)))?;
    walk(&desk, "list, 100 by cursor", "/api/v2/tickets?page[size]=100", "tickets")?;
    walk(&desk, "list, by updated_at", "/api/v2/tickets?page[size]=100&sort=-updated_at", "tickets")?;
    let export = "/api/v2/incremental/tickets/cursor?start_time=0&per_page=1000";
    walk(&desk, "export by cursor", export, "tickets")?;
    let wide = format!("{export}&include=metric_sets,users,groups,organizations");
    walk(&desk, "export, side-loads", &wide, "tickets")?;
    walk(&desk, "export by time", "/api/v2/incremental/tickets?start_time=0&per_page=1000", "tickets")?;
    walk(&desk, "export of events", "/api/v2/incremental/ticket_events?start_time=0&per_page=1000", "ticket_events")?;
    let metrics = "/api/v2/incremental/ticket_metric_events?start_time=0&per_page=1000";
    walk(&desk, "export of metrics", metrics, "ticket_metric_events")
}

/// Follows a list from page to page, as one client does.
fn walk(desk: &Desk, name: &str, first: &str, key: &str) -> Result<()> {
    let (mut http, mut times, mut records) = (Client::new(desk.http)?, Times::default(), 0);
    let (started, cpu) = (Instant::now(), cpu_seconds(desk.pid())?);
    let mut next = Some(first.to_owned());
    while let Some(path) = next.take().filter(|_| times.len() < PAGES) {
        let (status, body) = times.time(|| http.get(&path))?;
        if status != 200 {
            return Err(format!("{status} for {path}: {}", String::from_utf8_lossy(&body)).into());
        }
        let page: Value = serde_json::from_slice(&body)?;
        records += page[key].as_array().map_or(0, Vec::len);
        next = next_page(&page);
    }
    let (took, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds(desk.pid())? - cpu);
    println!(
        "  {name:20} {} pages: p50 {:.2} ms, p99 {:.2} ms, {:.0} records/s, {:.2} ms of CPU each page",
        times.len(),
        times.percentile(50.0),
        times.percentile(99.0),
        records as f64 / took,
        cpu * 1_000.0 / times.len() as f64
    );
    Ok(())
}

/// The path of what follows, if anything does.
fn next_page(page: &Value) -> Option<String> {
    let more = page["meta"]["has_more"] == true || page["end_of_stream"] == false;
    let links = [&page["links"]["next"], &page["after_url"], &page["next_page"]];
    let url = links.into_iter().find_map(Value::as_str).filter(|_| more)?;
    url.find("/api/").map(|at| url[at..].to_owned())
}
