//! The SQL of the kernel's tables.

use base::{Actor, Fragment, JobId, Result, Timestamp, UserId};
use db::{Row, params};

use crate::Tx;
use crate::events::Event;

pub(crate) fn setting(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>> {
    tx.find("SELECT value FROM settings WHERE name = $1", params![name])?.map(|row| row.at(0)).transpose()
}

pub(crate) fn put_setting(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    tx.execute(sql, params![name, value, now]).map(drop)
}

pub(crate) fn add_event(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let sql = "INSERT INTO events (kind, ticket_id, user_id, payload, at) VALUES ($1, $2, $3, $4, $5)";
    let now = tx.now();
    let values = params![event.kind, event.ticket, event.user, &event.payload, now].to_vec();
    tx.execute_in_commit_order(sql, values)
}

pub(crate) fn events_after(tx: &mut Tx<'_>, seq: i64, limit: i64) -> Result<Vec<Row>> {
    let sql = "SELECT seq, kind, ticket_id, user_id, payload FROM events WHERE seq > $1 ORDER BY seq LIMIT $2";
    tx.query(sql, params![seq, limit])
}

/// The first and the last sequence number that is kept; `(0, 0)` when there is none.
pub(crate) fn event_range(tx: &mut Tx<'_>) -> Result<(i64, i64)> {
    // Asked for together in one SELECT, SQLite would read all rows for them.
    let sql = "SELECT COALESCE((SELECT MIN(seq) FROM events), 0), COALESCE((SELECT MAX(seq) FROM events), 0)";
    let row = tx.get(sql, &[])?;
    Ok((row.at(0)?, row.at(1)?))
}

pub(crate) fn forget_events(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    // The newest stays, so that a cursor never points past the end.
    tx.execute("DELETE FROM events WHERE at < $1 AND seq < (SELECT MAX(seq) FROM events)", params![before]).map(drop)
}

pub(crate) fn add_job(
    tx: &mut Tx<'_>,
    kind: &str,
    payload: &str,
    run_at: Timestamp,
    unique: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO jobs (kind, payload, state, run_at, attempts, unique_key, created_at)
        VALUES ($1, $2, 'ready', $3, 0, $4, $5) ON CONFLICT (unique_key) DO NOTHING";
    let now = tx.now();
    tx.wake();
    tx.execute(sql, params![kind, payload, run_at, unique, now]).map(drop)
}

/// Takes up to `limit` due jobs for this node until `until`. A job whose taker vanished is due again after that.
pub(crate) fn claim_jobs(tx: &mut Tx<'_>, limit: i64, until: Timestamp) -> Result<Vec<Row>> {
    let now = tx.now();
    let skip = tx.for_update_skipping();
    let sql = format!(
        "UPDATE jobs SET state = 'ready' WHERE id IN (
            SELECT id FROM jobs WHERE state = 'running' AND locked_until < $1 ORDER BY id LIMIT $2 {skip})"
    );
    tx.execute(&sql, params![now, limit])?;
    let sql = format!(
        "UPDATE jobs SET state = 'running', locked_until = $2, attempts = attempts + 1 WHERE id IN (
            SELECT id FROM jobs WHERE state = 'ready' AND run_at <= $1 ORDER BY run_at, id LIMIT $3 {skip})
         RETURNING id, kind, payload, attempts"
    );
    tx.query(&sql, params![now, until, limit])
}

pub(crate) fn finish_job(tx: &mut Tx<'_>, id: JobId) -> Result<()> {
    tx.execute("DELETE FROM jobs WHERE id = $1", params![id]).map(drop)
}

pub(crate) fn postpone_job(tx: &mut Tx<'_>, id: JobId, run_at: Timestamp, error: &str) -> Result<()> {
    let sql = "UPDATE jobs SET state = 'ready', locked_until = NULL, run_at = $2, last_error = $3 WHERE id = $1";
    tx.execute(sql, params![id, run_at, error]).map(drop)
}

pub(crate) fn fail_job(tx: &mut Tx<'_>, id: JobId, error: &str) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE jobs SET state = 'failed', locked_until = NULL, unique_key = NULL, last_error = $2,
        finished_at = $3 WHERE id = $1";
    tx.execute(sql, params![id, error, now]).map(drop)
}

/// Makes jobs that were running due again. Only for a database that one process uses.
pub(crate) fn release_jobs(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute("UPDATE jobs SET state = 'ready', locked_until = NULL WHERE state = 'running'", &[]).map(drop)
}

pub(crate) fn next_job_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    tx.value("SELECT MIN(run_at) FROM jobs WHERE state = 'ready'", &[])
}

pub(crate) fn count_jobs(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
    let rows = tx.query("SELECT state, COUNT(*) FROM jobs GROUP BY state ORDER BY state", &[])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

pub(crate) fn put_blob(tx: &mut Tx<'_>, key: &str, size: i64, content: Option<&[u8]>) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO blobs (key, size, content, created_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![key, size, content, now]).map(drop)
}

pub(crate) fn blob(tx: &mut Tx<'_>, key: &str) -> Result<Row> {
    tx.get("SELECT size, content FROM blobs WHERE key = $1", params![key])
}

pub(crate) fn delete_blob(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    tx.execute("DELETE FROM blobs WHERE key = $1", params![key]).map(drop)
}

pub(crate) fn raise_alarm(tx: &mut Tx<'_>, kind: &str, subject: &str, fields: &str) -> Result<bool> {
    let now = tx.now();
    let sql = "INSERT INTO alarms (kind, subject, fields, since) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kind, subject) DO NOTHING";
    Ok(tx.execute(sql, params![kind, subject, fields, now])? > 0)
}

pub(crate) fn clear_alarm(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM alarms WHERE kind = $1 AND subject = $2", params![kind, subject])? > 0)
}

pub(crate) fn alarms(tx: &mut Tx<'_>) -> Result<Vec<Row>> {
    tx.query("SELECT id, kind, subject, fields, since FROM alarms ORDER BY since", &[])
}

pub(crate) struct AuditLogLine<'a> {
    pub actor: &'a Actor,
    pub action: &'a str,
    pub source_type: &'a str,
    pub source_id: Option<i64>,
    pub source_label: &'a str,
    pub change: &'a str,
}

pub(crate) fn add_audit_log(tx: &mut Tx<'_>, line: &AuditLogLine<'_>) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO audit_log (actor_id, action, source_type, source_id, source_label, change_description,
        ip_address, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let AuditLogLine { actor, action, source_type, source_id, source_label, change } = *line;
    let ip = actor.ip.map(|ip| ip.to_string());
    tx.execute(sql, params![actor.user, action, source_type, source_id, source_label, change, ip, now]).map(drop)
}

pub(crate) fn attempts_since(tx: &mut Tx<'_>, key: &str, since: Timestamp) -> Result<i64> {
    tx.value("SELECT COUNT(*) FROM attempts WHERE key = $1 AND at > $2", params![key, since])
}

pub(crate) fn add_attempt(tx: &mut Tx<'_>, key: &str, forget_before: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.execute("DELETE FROM attempts WHERE key = $1 AND at < $2", params![key, forget_before])?;
    tx.execute("INSERT INTO attempts (key, at) VALUES ($1, $2)", params![key, now]).map(drop)
}

pub(crate) fn forget_attempts(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    tx.execute("DELETE FROM attempts WHERE key = $1", params![key]).map(drop)
}

pub(crate) fn add_progress(tx: &mut Tx<'_>, id: &str, actor: UserId, kind: &str, total: Option<i64>) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO job_statuses (id, actor_id, job_type, status, total, created_at, updated_at)
        VALUES ($1, $2, $3, 'queued', $4, $5, $5)";
    tx.execute(sql, params![id, actor, kind, total, now]).map(drop)
}

pub(crate) fn progress(tx: &mut Tx<'_>, id: &str) -> Result<Row> {
    tx.get("SELECT * FROM job_statuses WHERE id = $1", params![id])
}

pub(crate) fn progress_many(tx: &mut Tx<'_>, actor: UserId, ids: &[String]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Fragment::new("SELECT * FROM job_statuses WHERE actor_id = ");
    sql.bind(actor).push(" AND id IN (").bind_all(ids).push(")");
    tx.query_fragment(&sql)
}

pub(crate) fn progress_of(tx: &mut Tx<'_>, actor: UserId) -> Result<Vec<Row>> {
    let sql = "SELECT * FROM job_statuses WHERE actor_id = $1 ORDER BY created_at DESC, id LIMIT 100";
    tx.query(sql, params![actor])
}

pub(crate) fn update_progress(tx: &mut Tx<'_>, id: &str, change: &crate::progress::Step) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE job_statuses SET status = $2, progress = COALESCE($3, progress), message = $4,
        results = COALESCE($5, results), undo = COALESCE($6, undo), updated_at = $7 WHERE id = $1";
    let results = change.results.as_ref().map(ToString::to_string);
    let undo = change.undo.as_ref().map(ToString::to_string);
    tx.execute(sql, params![id, change.status, change.progress, &change.message, results, undo, now]).map(drop)
}

/// Gives a record the next number of its kind, at the end of the transaction. The nested select keeps to the index.
pub(crate) fn mark_export(tx: &mut Tx<'_>, kind: &str, id: base::Value) -> Result<()> {
    let sql = "INSERT INTO exports (kind, id, generated) VALUES ($1, $2, (SELECT MAX(n) FROM (
            SELECT CAST($3 AS BIGINT) AS n UNION ALL
            SELECT generated + 1 FROM (
                SELECT generated FROM exports WHERE kind = $1 ORDER BY generated DESC LIMIT 1) newest) numbers))
        ON CONFLICT (kind, id) DO UPDATE SET generated = excluded.generated";
    let instant = crate::exports::number_at(tx.now());
    tx.execute_in_commit_order(sql, vec![kind.into(), id, instant.into()])
}

pub(crate) fn exports(tx: &mut Tx<'_>, kind: &str, from: i64, before: i64, limit: i64) -> Result<Vec<Row>> {
    let sql = "SELECT id, generated FROM exports WHERE kind = $1 AND generated >= $2 AND generated < $3
        ORDER BY generated LIMIT $4";
    tx.query(sql, params![kind, from, before, limit])
}

pub(crate) fn forget_idempotency(tx: &mut Tx<'_>, key: &str, before: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM idempotency WHERE key = $1 AND created_at < $2", params![key, before]).map(drop)
}

pub(crate) fn forget_old_idempotency(tx: &mut Tx<'_>, before: Timestamp) -> Result<()> {
    tx.execute("DELETE FROM idempotency WHERE created_at < $1", params![before]).map(drop)
}

/// Takes a key; false when it is taken. Whoever takes it at the same time waits here for the other's end.
pub(crate) fn claim_idempotency(tx: &mut Tx<'_>, key: &str, hash: &str) -> Result<bool> {
    let now = tx.now();
    let sql = "INSERT INTO idempotency (key, request_hash, status, body, created_at) VALUES ($1, $2, 201, '', $3)
        ON CONFLICT (key) DO NOTHING";
    Ok(tx.execute(sql, params![key, hash, now])? > 0)
}

pub(crate) fn keep_idempotency(tx: &mut Tx<'_>, key: &str, place: &str, body: &str) -> Result<()> {
    tx.execute("UPDATE idempotency SET place = $2, body = $3 WHERE key = $1", params![key, place, body]).map(drop)
}

/// What a key stood for: the request's hash, the place and the body of its answer.
pub(crate) fn idempotency(tx: &mut Tx<'_>, key: &str) -> Result<(String, String, String)> {
    let row = tx.get("SELECT request_hash, place, body FROM idempotency WHERE key = $1", params![key])?;
    Ok((row.at(0)?, row.at(1)?, row.at(2)?))
}
