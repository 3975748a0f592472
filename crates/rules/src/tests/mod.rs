//! Conditions and searches, evaluated and run on a real SQLite.

mod agree;
mod conditions;
mod desk;
mod search;
