//! Webhooks, what they are to be told, and the attempts at it.

use base::{Result, Timestamp};
use db::{Row, params};
use kernel::Tx;
use serde_json::json;

use super::json_column;
use crate::webhooks::invoke::{Attempt, Invocation};
use crate::webhooks::{Webhook, open, seal};

fn webhook(tx: &Tx<'_>, row: &Row) -> Result<Webhook> {
    let sealed: Option<String> = row.get("authentication")?;
    Ok(Webhook {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        active: row.get::<String>("status")? == "active",
        endpoint: row.get("endpoint")?,
        http_method: row.get("http_method")?,
        request_format: row.get("request_format")?,
        subscriptions: json_column(row, "subscriptions")?,
        authentication: sealed.map(|sealed| open(tx, &sealed)).transpose()?,
        custom_headers: json_column(row, "custom_headers")?,
        signing_secret: row.get("signing_secret")?,
        created_by: row.get("created_by")?,
        updated_by: row.get("updated_by")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        failures: row.get("failures")?,
        paused_until: row.get("paused_until")?,
    })
}

pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Webhook>> {
    let rows = tx.query("SELECT * FROM webhooks ORDER BY id", &[])?;
    rows.iter().map(|row| webhook(tx, row)).collect()
}

pub(crate) fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<Webhook>> {
    let row = tx.find("SELECT * FROM webhooks WHERE id = $1", params![id])?;
    row.map(|row| webhook(tx, &row)).transpose()
}

pub(crate) fn get(tx: &mut Tx<'_>, id: &str) -> Result<Webhook> {
    find(tx, id)?.ok_or(base::Error::NotFound)
}

/// The webhook, locked until the end of the transaction: its count of failures is read and written.
pub(crate) fn lock(tx: &mut Tx<'_>, id: &str) -> Result<Option<Webhook>> {
    let lock = tx.for_update();
    let row = tx.find(&format!("SELECT * FROM webhooks WHERE id = $1 {lock}"), params![id])?;
    row.map(|row| webhook(tx, &row)).transpose()
}

/// The number and subscriptions of those that hear of events.
pub(crate) fn listeners(tx: &mut Tx<'_>) -> Result<Vec<(String, Vec<String>)>> {
    let sql = "SELECT id, subscriptions FROM webhooks WHERE status = 'active' ORDER BY id";
    let rows = tx.query(sql, &[])?;
    rows.iter().map(|row| Ok((row.get("id")?, json_column(row, "subscriptions")?))).collect()
}

pub(crate) fn insert(tx: &mut Tx<'_>, w: &Webhook) -> Result<()> {
    let sql = "INSERT INTO webhooks (id, name, description, status, endpoint, http_method, request_format, subscriptions,
        authentication, custom_headers, signing_secret, created_by, updated_by, created_at, updated_at, failures, paused_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    write(tx, sql, w)
}

pub(crate) fn update(tx: &mut Tx<'_>, w: &Webhook) -> Result<()> {
    let sql = "UPDATE webhooks SET name = $2, description = $3, status = $4, endpoint = $5, http_method = $6,
        request_format = $7, subscriptions = $8, authentication = $9, custom_headers = $10, signing_secret = $11,
        created_by = $12, updated_by = $13, created_at = $14, updated_at = $15, failures = $16, paused_until = $17
        WHERE id = $1";
    write(tx, sql, w)
}

fn write(tx: &mut Tx<'_>, sql: &str, w: &Webhook) -> Result<()> {
    let sealed = w.authentication.as_ref().map(|authentication| seal(tx, authentication)).transpose()?;
    let values = params![
        &w.id,
        &w.name,
        &w.description,
        if w.active { "active" } else { "inactive" },
        &w.endpoint,
        &w.http_method,
        &w.request_format,
        json!(w.subscriptions),
        sealed,
        json!(w.custom_headers),
        &w.signing_secret,
        w.created_by,
        w.updated_by,
        w.created_at,
        w.updated_at,
        w.failures,
        w.paused_until
    ];
    tx.execute(sql, values).map(drop)
}

/// Records how the endpoint does.
pub(crate) fn set_health(tx: &mut Tx<'_>, id: &str, failures: i64, paused_until: Option<Timestamp>) -> Result<()> {
    let sql = "UPDATE webhooks SET failures = $2, paused_until = $3 WHERE id = $1";
    tx.execute(sql, params![id, failures, paused_until]).map(drop)
}

pub(crate) fn delete(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    tx.execute("DELETE FROM webhook_attempts WHERE webhook_id = $1", params![id])?;
    tx.execute("DELETE FROM webhook_invocations WHERE webhook_id = $1", params![id])?;
    tx.execute("DELETE FROM webhooks WHERE id = $1", params![id]).map(drop)
}

fn invocation(row: &Row) -> Result<Invocation> {
    Ok(Invocation {
        id: row.get("id")?,
        webhook: row.get("webhook_id")?,
        cause: row.get("cause")?,
        status: row.get("status")?,
        status_code: row.get("status_code")?,
        query: row.get("query")?,
        body: row.get("body")?,
        tries: row.get("tries")?,
        created_at: row.get("created_at")?,
        latest_completed_at: row.get("latest_completed_at")?,
    })
}

pub(crate) fn add_invocation(tx: &mut Tx<'_>, i: &Invocation) -> Result<()> {
    let sql =
        "INSERT INTO webhook_invocations (id, webhook_id, cause, status, status_code, query, body, tries, created_at,
        latest_completed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        &i.id,
        &i.webhook,
        &i.cause,
        &i.status,
        i.status_code,
        &i.query,
        &i.body,
        i.tries,
        i.created_at,
        i.latest_completed_at
    ];
    tx.execute(sql, values).map(drop)
}

pub(crate) fn find_invocation(tx: &mut Tx<'_>, id: &str) -> Result<Option<Invocation>> {
    let row = tx.find("SELECT * FROM webhook_invocations WHERE id = $1", params![id])?;
    row.map(|row| invocation(&row)).transpose()
}

pub(crate) fn update_invocation(tx: &mut Tx<'_>, i: &Invocation) -> Result<()> {
    let sql = "UPDATE webhook_invocations SET status = $2, status_code = $3, tries = $4, latest_completed_at = $5
        WHERE id = $1";
    tx.execute(sql, params![&i.id, &i.status, i.status_code, i.tries, i.latest_completed_at]).map(drop)
}

/// What a log shows of its invocations.
pub(crate) struct Filter {
    pub status: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Older than this one.
    pub after: Option<String>,
}

/// The invocations of a webhook, newest first.
pub(crate) fn invocations(tx: &mut Tx<'_>, webhook: &str, filter: &Filter, limit: i64) -> Result<Vec<Invocation>> {
    let sql =
        "SELECT * FROM webhook_invocations WHERE webhook_id = $1 AND ($2 = '' OR status = $2) AND created_at >= $3
        AND created_at <= $4 AND ($5 = '' OR id < $5) ORDER BY id DESC LIMIT $6";
    let from = filter.from.unwrap_or(Timestamp(i64::MIN));
    let to = filter.to.unwrap_or(Timestamp(i64::MAX));
    let status = filter.status.clone().unwrap_or_default();
    let after = filter.after.clone().unwrap_or_default();
    tx.query(sql, params![webhook, status, from, to, after, limit])?.iter().map(invocation).collect()
}

pub(crate) fn add_attempt(tx: &mut Tx<'_>, a: &Attempt) -> Result<()> {
    let sql = "INSERT INTO webhook_attempts (id, webhook_id, invocation_id, status, status_code, error, request,
        response_headers, response_body, completed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = params![
        &a.id,
        &a.webhook,
        &a.invocation,
        &a.status,
        a.status_code,
        &a.error,
        &a.request,
        &a.response_headers,
        &a.response_body,
        a.completed_at
    ];
    tx.execute(sql, values).map(drop)
}

/// The attempts at an invocation, oldest first.
pub(crate) fn attempts(tx: &mut Tx<'_>, invocation: &str) -> Result<Vec<Attempt>> {
    let sql = "SELECT * FROM webhook_attempts WHERE invocation_id = $1 ORDER BY completed_at, id";
    let rows = tx.query(sql, params![invocation])?;
    rows.iter()
        .map(|row| {
            Ok(Attempt {
                id: row.get("id")?,
                webhook: row.get("webhook_id")?,
                invocation: row.get("invocation_id")?,
                status: row.get("status")?,
                status_code: row.get("status_code")?,
                error: row.get("error")?,
                request: json_column(row, "request")?,
                response_headers: json_column(row, "response_headers")?,
                response_body: row.get("response_body")?,
                completed_at: row.get("completed_at")?,
            })
        })
        .collect()
}

/// Attempts since an instant: how many, and how many of them failed.
pub(crate) fn lately(tx: &mut Tx<'_>, webhook: &str, since: Timestamp) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END), 0) FROM webhook_attempts
        WHERE webhook_id = $1 AND completed_at > $2";
    let row = tx.get(sql, params![webhook, since])?;
    Ok((row.at(0)?, row.at(1)?))
}

/// Deletes what was told, or given up, before an instant.
pub(crate) fn forget_before(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM webhook_attempts WHERE completed_at < $1", params![before])?;
    let sql = "DELETE FROM webhook_invocations WHERE created_at < $1 AND status <> 'pending'";
    tx.execute(sql, params![before]).map(drop)
}
