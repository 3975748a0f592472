//! The demo desk: some hundreds of tickets in four languages over the last 60 days, made by the same writers as all others.

mod calendar;
mod fixtures;
mod plan;
