//! Figures for Prometheus, in its text format 0.0.4.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base::Result;
use kernel::{App, Tx};

use crate::store;

/// Upper bounds of the latency histogram, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// What this process counted since it started; a part of the app.
#[derive(Default)]
pub struct Metrics {
    routes: Mutex<BTreeMap<(String, String), Route>>,
    live: Arc<AtomicI64>,
}

#[derive(Default)]
struct Route {
    by_status: BTreeMap<u16, u64>,
    buckets: [u64; BOUNDS.len()],
    seconds: f64,
    count: u64,
}

/// A live connection, counted for as long as this value lives.
pub struct LiveConnection(Arc<AtomicI64>);

impl Drop for LiveConnection {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Rows by state: table, state, number.
pub type Stock = Vec<(&'static str, String, i64)>;

/// What lies in the database, by state.
pub fn stock(tx: &mut Tx<'_>) -> Result<Stock> {
    store::counts_by_state(tx)
}

/// Counts a request by its route, status and time.
pub async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    if let (Some(path), Some(metrics)) = (path, app.part::<Metrics>()) {
        metrics.count(method, path, response.status().as_u16(), started.elapsed());
    }
    response
}

impl Metrics {
    /// Counts a live connection until the answer is dropped.
    pub fn live_connection(&self) -> LiveConnection {
        self.live.fetch_add(1, Ordering::Relaxed);
        LiveConnection(self.live.clone())
    }

    fn count(&self, method: String, path: String, status: u16, time: Duration) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let route = routes.entry((method, path)).or_default();
        let seconds = time.as_secs_f64();
        for (bucket, bound) in route.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
        *route.by_status.entry(status).or_default() += 1;
        route.seconds += seconds;
        route.count += 1;
    }

    /// Everything in Prometheus' text format.
    pub fn text(&self, stock: &Stock) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write_requests(&mut out);
        let _ = write_stock(&mut out, stock);
        let live = self.live.load(Ordering::Relaxed);
        let _ = writeln!(out, "# TYPE tugi_live_connections gauge\ntugi_live_connections {live}");
        out
    }

    fn write_requests(&self, out: &mut String) -> std::fmt::Result {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(out, "# TYPE tugi_http_requests_total counter")?;
        for ((method, path), route) in routes.iter() {
            for (status, count) in &route.by_status {
                let labels = format!("method=\"{method}\",route=\"{path}\",status=\"{status}\"");
                writeln!(out, "tugi_http_requests_total{{{labels}}} {count}")?;
            }
        }
        writeln!(out, "# TYPE tugi_http_request_seconds histogram")?;
        for ((method, path), route) in routes.iter() {
            let labels = format!("method=\"{method}\",route=\"{path}\"");
            for (bound, count) in BOUNDS.iter().zip(route.buckets) {
                writeln!(out, "tugi_http_request_seconds_bucket{{{labels},le=\"{bound}\"}} {count}")?;
            }
            writeln!(out, "tugi_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} {}", route.count)?;
            writeln!(out, "tugi_http_request_seconds_sum{{{labels}}} {}", route.seconds)?;
            writeln!(out, "tugi_http_request_seconds_count{{{labels}}} {}", route.count)?;
        }
        Ok(())
    }
}

fn write_stock(out: &mut String, stock: &Stock) -> std::fmt::Result {
    let mut last = "";
    for (table, state, count) in stock {
        if *table != last {
            writeln!(out, "# TYPE tugi_{table} gauge")?;
            last = table;
        }
        writeln!(out, "tugi_{table}{{state=\"{state}\"}} {count}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_fall_into_every_bucket_above_their_time() {
        let metrics = Metrics::default();
        metrics.count("GET".into(), "/api/v2/tickets".into(), 200, Duration::from_millis(4));
        let text = metrics.text(&vec![("jobs", "ready".into(), 3)]);
        assert!(text.contains("requests_total{method=\"GET\",route=\"/api/v2/tickets\",status=\"200\"} 1"), "{text}");
        assert!(text.contains("le=\"0.0025\"} 0\n") && text.contains("le=\"0.005\"} 1\n"), "{text}");
        assert!(text.contains("tugi_jobs{state=\"ready\"} 3"), "{text}");
    }

    #[test]
    fn a_live_connection_counts_while_it_lasts() {
        let metrics = Metrics::default();
        let one = metrics.live_connection();
        assert!(metrics.text(&Vec::new()).contains("tugi_live_connections 1"));
        drop(one);
        assert!(metrics.text(&Vec::new()).contains("tugi_live_connections 0"));
    }
}
