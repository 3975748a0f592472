//! A large desk, written straight into the database: making a million tickets by the front door would take an hour.

use base::{Result, Timestamp, Value, time};
use db::{Tx, params};

use crate::words::{Dice, text};

/// What a batch of tickets is made of.
pub struct Batch {
    /// The number of the first ticket.
    pub first: i64,
    /// How many.
    pub count: i64,
    /// How many there will be in all, which spreads their dates over two years.
    pub total: i64,
    /// Numbers of the people who request.
    pub requesters: Vec<i64>,
    /// Numbers of the agents.
    pub agents: Vec<i64>,
    /// Numbers of the groups.
    pub groups: Vec<i64>,
    /// The brand.
    pub brand: i64,
    /// The statuses' own numbers, by category.
    pub statuses: Vec<i64>,
}

/// The largest ticket number.
pub fn last_ticket(tx: &mut Tx) -> Result<i64> {
    tx.value("SELECT COALESCE(MAX(id), 0) FROM tickets", &[])
}

/// Numbers of people of these roles.
pub fn people(tx: &mut Tx, staff: bool) -> Result<Vec<i64>> {
    let sql = if staff {
        "SELECT id FROM users WHERE role IN ('agent', 'admin', 'owner') AND active = TRUE"
    } else {
        "SELECT id FROM users WHERE role = 'end-user'"
    };
    tx.column(sql, &[])
}

/// Numbers of the groups.
pub fn groups(tx: &mut Tx) -> Result<Vec<i64>> {
    tx.column("SELECT id FROM groups ORDER BY id", &[])
}

/// The brand and the numbers of the default statuses.
pub fn desk(tx: &mut Tx) -> Result<(i64, Vec<i64>)> {
    let brand = tx.value("SELECT MIN(id) FROM brands", &[])?;
    Ok((brand, tx.column("SELECT id FROM custom_statuses WHERE is_default = TRUE ORDER BY status", &[])?))
}

const TICKET: &str = "INSERT INTO tickets (id, rev, subject, description, status, custom_status_id, priority, requester_id,
    submitter_id, assignee_id, group_id, brand_id, via, via_source, is_public, satisfaction, comment_count, has_incidents,
    is_spam, created_at, updated_at, status_changed_at, solved_at, first_reply_at, reopens, replies, assignee_stations,
    group_stations, requester_wait_ms, agent_wait_ms, on_hold_ms)
    VALUES ($1, 3, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, 'email', '{}', TRUE, 'unoffered', 3, FALSE, FALSE, $11, $12, $12,
    $13, $14, 0, 1, 1, 1, 0, 0, 0)";
const COMMENT: &str =
    "INSERT INTO comments (ticket_id, author_id, audit_id, public, body, html_body, has_remote_images, via,
    via_source, created_at) VALUES ($1, $2, $3, TRUE, $4, $5, FALSE, 'email', '{}', $6) RETURNING id";
const AUDIT: &str = "INSERT INTO audits (ticket_id, author_id, via, via_source, metadata, events, created_at)
    VALUES ($1, $2, 'email', '{}', '{}', '[]', $3) RETURNING id";

/// What exports read: a thousand changes a second from the year 2024 on.
fn mark(tx: &mut Tx, kind: &str, id: i64) -> Result<()> {
    let sql = "INSERT INTO exports (kind, id, generated) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO NOTHING";
    tx.execute(sql, params![kind, id, 1_704_067_200_000_000_i64 + id * 1_000]).map(drop)
}

/// Writes a batch: three comments, three audits and the full-text terms of each ticket.
pub fn write(tx: &mut Tx, batch: &Batch) -> Result<()> {
    let mut dice = Dice::new(batch.first as u64);
    for id in batch.first..batch.first + batch.count {
        one(tx, batch, id, &mut dice)?;
    }
    Ok(())
}

fn one(tx: &mut Tx, batch: &Batch, id: i64, dice: &mut Dice) -> Result<()> {
    let pick = |list: &[i64], dice: &mut Dice| list[dice.below(list.len() as u64) as usize];
    let age = (batch.total - id).max(0) * 2 * 365 / batch.total.max(1) * time::DAY;
    let created = tx.now().plus(-age - dice.below(time::DAY as u64) as i64);
    let updated = created.plus(dice.below(3 * time::DAY as u64) as i64);
    // One in twenty is still being worked on; the rest was solved, and most of that closed.
    let status = match dice.below(100) {
        0 => 0,
        1..=2 => 1,
        3 => 2,
        4 => 3,
        // Older ones would be closed by the desk while it is measured.
        5..=14 if age < 3 * time::DAY => 4,
        _ => 5,
    };
    let (requester, agent) = (pick(&batch.requesters, dice), pick(&batch.agents, dice));
    let (subject, words) = (text(dice, 6), [text(dice, 40), text(dice, 30), text(dice, 20)]);
    let custom = batch.statuses[(status as usize).min(batch.statuses.len() - 1)];
    let priority = (dice.below(2) == 0).then(|| 1 + dice.below(4) as i64);
    let assignee = (status > 0).then_some(agent);
    let solved = (status >= 4).then_some(updated);
    let reply = created.plus(dice.below(4 * time::HOUR as u64) as i64);
    let values = params![
        id,
        &subject,
        &words[0],
        status as i64,
        custom,
        priority,
        requester,
        assignee,
        pick(&batch.groups, dice),
        batch.brand,
        created,
        updated,
        solved,
        reply
    ];
    tx.execute(TICKET, values)?;
    for (i, body) in words.iter().enumerate() {
        let author = if i == 1 { agent } else { requester };
        let at = Timestamp(created.0 + (updated.0 - created.0) * i as i64 / 2);
        let audit: i64 = tx.insert(AUDIT, params![id, author, at])?;
        let comment: i64 = tx.insert(COMMENT, params![id, author, audit, body, format!("<p>{body}</p>"), at])?;
        let events = format!("[{{\"type\":\"Comment\",\"comment_id\":{comment}}}]");
        tx.execute("UPDATE audits SET events = $2 WHERE id = $1", params![audit, events])?;
        mark(tx, "audit", audit)?;
    }
    mark(tx, "ticket", id)?;
    if dice.below(3) == 0 {
        let tag = Value::from(crate::words::word(dice.below(200)));
        tx.execute("INSERT INTO ticket_tags (ticket_id, tag) VALUES ($1, $2)", &[Value::Int(id), tag])?;
    }
    db::fulltext::add(tx, "ticket_text", id, &format!("{subject} {}", words.join(" ")))
}
