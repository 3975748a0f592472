//! Drafts, presence, notifications, and how far comments' mails have come.

use std::collections::BTreeMap;

use base::{CommentId, Fragment, NotificationId, Result, TicketId, Timestamp, UserId};
use db::{Row, params};
use kernel::Tx;
use kernel::http::Page;

use super::page::Slice;
use crate::personal::{Draft, Notification, Present};
use crate::view::DeliveryView;

/// The deliveries of these comments; the newest of each.
pub(crate) fn deliveries(tx: &mut Tx<'_>, comments: &[CommentId]) -> Result<BTreeMap<CommentId, DeliveryView>> {
    let mut out = BTreeMap::new();
    if comments.is_empty() {
        return Ok(out);
    }
    let mut sql = Fragment::new(
        "SELECT id, comment_id, state, last_error, next_attempt_at, updated_at FROM outbound_messages
         WHERE kind <> 'follower' AND comment_id IN (",
    );
    sql.bind_all(comments.iter().copied()).push(") ORDER BY id");
    for row in tx.query_fragment(&sql)? {
        let state: String = row.get("state")?;
        let until: Option<Timestamp> = row.get("next_attempt_at")?;
        let at = until.filter(|_| state == "held").map_or_else(|| row.get("updated_at"), Ok)?;
        let delivery = DeliveryView { state, at, error: row.get("last_error")?, outbound_id: row.get("id")? };
        out.insert(row.get("comment_id")?, delivery);
    }
    Ok(out)
}

pub(crate) fn draft(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Result<Option<Draft>> {
    let sql = "SELECT html_body, public, updated_at FROM drafts WHERE user_id = $1 AND ticket_id = $2";
    let row = tx.find(sql, params![user, ticket])?;
    row.map(|row| Ok(Draft { html_body: row.at(0)?, public: row.at(1)?, updated_at: row.at(2)? })).transpose()
}

pub(crate) fn put_draft(tx: &mut Tx<'_>, user: UserId, ticket: TicketId, html: &str, public: bool) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO drafts (user_id, ticket_id, html_body, public, updated_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (user_id, ticket_id) DO UPDATE SET html_body = excluded.html_body, public = excluded.public,
        updated_at = excluded.updated_at";
    tx.execute(sql, params![user, ticket, html, public, now]).map(drop)
}

pub(crate) fn delete_draft(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Result<()> {
    tx.execute("DELETE FROM drafts WHERE user_id = $1 AND ticket_id = $2", params![user, ticket]).map(drop)
}

pub(crate) fn put_presence(tx: &mut Tx<'_>, ticket: TicketId, user: UserId, doing: &str) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO presence (ticket_id, user_id, doing, seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (ticket_id, user_id) DO UPDATE SET doing = excluded.doing, seen_at = excluded.seen_at";
    tx.execute(sql, params![ticket, user, doing, now]).map(drop)
}

pub(crate) fn delete_presence(tx: &mut Tx<'_>, ticket: TicketId, user: UserId) -> Result<()> {
    tx.execute("DELETE FROM presence WHERE ticket_id = $1 AND user_id = $2", params![ticket, user]).map(drop)
}

/// Who has been at the ticket since an instant.
pub(crate) fn presence(tx: &mut Tx<'_>, ticket: TicketId, since: Timestamp) -> Result<Vec<Present>> {
    let sql = "SELECT p.user_id, u.name, p.doing FROM presence p JOIN users u ON u.id = p.user_id
        WHERE p.ticket_id = $1 AND p.seen_at >= $2 ORDER BY u.name, u.id";
    let rows = tx.query(sql, params![ticket, since])?;
    rows.iter().map(|row| Ok(Present { user: row.at(0)?, name: row.at(1)?, doing: row.at(2)? })).collect()
}

pub(crate) fn add_notification(tx: &mut Tx<'_>, n: &Notification) -> Result<NotificationId> {
    let sql = "INSERT INTO notifications (user_id, kind, ticket_id, actor_id, excerpt, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    tx.insert(sql, params![n.user, n.kind.as_str(), n.ticket, n.actor, n.excerpt.as_str(), n.created_at])
}

pub(crate) fn notifications(tx: &mut Tx<'_>, user: UserId, limit: i64) -> Result<Vec<Notification>> {
    let sql = "SELECT * FROM notifications WHERE user_id = $1 ORDER BY id DESC LIMIT $2";
    tx.query(sql, params![user, limit])?.iter().map(read_notification).collect()
}

pub(crate) fn notification(tx: &mut Tx<'_>, id: NotificationId) -> Result<Option<Notification>> {
    tx.find("SELECT * FROM notifications WHERE id = $1", params![id])?.as_ref().map(read_notification).transpose()
}

fn read_notification(row: &Row) -> Result<Notification> {
    Ok(Notification {
        id: row.get("id")?,
        user: row.get("user_id")?,
        kind: row.get("kind")?,
        ticket: row.get("ticket_id")?,
        actor: row.get("actor_id")?,
        excerpt: row.get("excerpt")?,
        read_at: row.get("read_at")?,
        created_at: row.get("created_at")?,
    })
}

/// A page of the notifications that an expression over the alias `n` names.
pub(crate) fn activities(
    tx: &mut Tx<'_>,
    filter: &Fragment,
    descending: bool,
    page: &Page,
) -> Result<Slice<Notification>> {
    super::page::page(tx, ("notifications n", "n.id"), filter, descending, page, read_notification)
}

/// How many notifications an expression over the alias `n` names.
pub(crate) fn count_activities(tx: &mut Tx<'_>, filter: &Fragment) -> Result<i64> {
    let mut sql = Fragment::new("SELECT COUNT(*) FROM notifications n WHERE ");
    sql.append(filter);
    tx.value(&sql.sql, &sql.params)
}

/// Marks a person's notifications up to one of them as read.
pub(crate) fn read_up_to(tx: &mut Tx<'_>, user: UserId, last: NotificationId) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE notifications SET read_at = $3 WHERE user_id = $1 AND id <= $2 AND read_at IS NULL";
    tx.execute(sql, params![user, last, now]).map(drop)
}

/// Marks a person's notifications of a ticket as read.
pub(crate) fn read_of_ticket(tx: &mut Tx<'_>, user: UserId, ticket: TicketId) -> Result<u64> {
    let now = tx.now();
    let sql = "UPDATE notifications SET read_at = $3 WHERE user_id = $1 AND ticket_id = $2 AND read_at IS NULL";
    tx.execute(sql, params![user, ticket, now])
}
