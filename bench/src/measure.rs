//! Times, percentiles, and what a process used.

use std::time::{Duration, Instant};

use crate::Result;

/// Times of single operations.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Runs an operation and notes how long it took.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let out = work();
        self.0.push(started.elapsed());
        out
    }

    /// Takes the times of another client in.
    pub fn extend(&mut self, other: Times) {
        self.0.extend(other.0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time that `percent` of the operations did not exceed, in milliseconds.
    pub fn percentile(&mut self, percent: f64) -> f64 {
        self.0.sort_unstable();
        let at = ((self.0.len() as f64 - 1.0) * percent / 100.0).round().max(0.0) as usize;
        self.0.get(at).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }
}

/// CPU seconds (user and system) that a process has used.
pub fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold blanks; fields are counted after it (utime and stime are 14 and 15).
    let rest = stat.rsplit(')').next().ok_or("no stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: f64 = fields.get(11).ok_or("utime")?.parse::<f64>()? + fields.get(12).ok_or("stime")?.parse::<f64>()?;
    // Linux counts in hundredths of a second wherever it runs today.
    Ok(ticks / 100.0)
}

/// Resident memory in MiB: all of it, and the part that isn't pages of files.
pub fn resident_mib(pid: u32) -> Result<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    Ok((field("VmRSS:"), field("RssAnon:")))
}
