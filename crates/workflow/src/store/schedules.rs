//! Schedules and their holidays.

use base::{Error, Result};
use db::{Row, params};
use kernel::Tx;
use serde_json::json;

use super::json_column;
use crate::schedule::{Holiday, Schedule};

fn schedule(row: &Row) -> Result<Schedule> {
    Ok(Schedule {
        id: row.get("id")?,
        name: row.get("name")?,
        time_zone: row.get("time_zone")?,
        intervals: json_column(row, "intervals")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Schedule>> {
    tx.query("SELECT * FROM schedules ORDER BY id", &[])?.iter().map(schedule).collect()
}

pub(crate) fn get(tx: &mut Tx<'_>, id: i64) -> Result<Schedule> {
    schedule(&tx.get("SELECT * FROM schedules WHERE id = $1", params![id])?)
}

pub(crate) fn insert(tx: &mut Tx<'_>, s: &Schedule) -> Result<i64> {
    let sql = "INSERT INTO schedules (name, time_zone, intervals, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)
        RETURNING id";
    tx.insert(sql, params![&s.name, &s.time_zone, json!(s.intervals), s.created_at, s.updated_at])
}

pub(crate) fn update(tx: &mut Tx<'_>, s: &Schedule) -> Result<()> {
    let sql = "UPDATE schedules SET name = $2, time_zone = $3, intervals = $4, updated_at = $5 WHERE id = $1";
    tx.execute(sql, params![s.id, &s.name, &s.time_zone, json!(s.intervals), s.updated_at]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM holidays WHERE schedule_id = $1", params![id])?;
    tx.execute("DELETE FROM schedules WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn holidays(tx: &mut Tx<'_>, schedule: i64) -> Result<Vec<Holiday>> {
    let rows = tx.query("SELECT * FROM holidays WHERE schedule_id = $1 ORDER BY start_date, id", params![schedule])?;
    rows.iter()
        .map(|row| {
            Ok(Holiday {
                id: row.get("id")?,
                schedule: row.get("schedule_id")?,
                name: row.get("name")?,
                start_date: row.get("start_date")?,
                end_date: row.get("end_date")?,
            })
        })
        .collect()
}

pub(crate) fn get_holiday(tx: &mut Tx<'_>, schedule: i64, id: i64) -> Result<Holiday> {
    holidays(tx, schedule)?.into_iter().find(|holiday| holiday.id == id).ok_or(Error::NotFound)
}

pub(crate) fn insert_holiday(tx: &mut Tx<'_>, h: &Holiday) -> Result<i64> {
    let sql = "INSERT INTO holidays (schedule_id, name, start_date, end_date) VALUES ($1, $2, $3, $4) RETURNING id";
    tx.insert(sql, params![h.schedule, &h.name, &h.start_date, &h.end_date])
}

pub(crate) fn update_holiday(tx: &mut Tx<'_>, h: &Holiday) -> Result<()> {
    let sql = "UPDATE holidays SET name = $2, start_date = $3, end_date = $4 WHERE id = $1";
    tx.execute(sql, params![h.id, &h.name, &h.start_date, &h.end_date]).map(drop)
}

pub(crate) fn delete_holiday(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    tx.execute("DELETE FROM holidays WHERE id = $1", params![id]).map(drop)
}
