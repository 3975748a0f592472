//! Tickets, their tags, field values, collaborators and links.

use std::collections::BTreeMap;

use base::{Actor, Error, FieldId, Fragment, Result, TicketAccess, TicketId, Timestamp, UserId, Value};
use db::{Row, params};
use kernel::Tx;
use rules::{CustomField, CustomKind, CustomValue, Priority, Status, TicketType};

use crate::ticket::{Metrics, Ticket, Via};

/// The columns that are written, in the order of [`values`].
const COLUMNS: &[&str] = &[
    "rev",
    "external_id",
    "subject",
    "description",
    "status",
    "custom_status_id",
    "priority",
    "type",
    "requester_id",
    "submitter_id",
    "assignee_id",
    "group_id",
    "organization_id",
    "brand_id",
    "form_id",
    "problem_id",
    "via",
    "via_source",
    "recipient",
    "is_public",
    "due_at",
    "satisfaction",
    "comment_count",
    "has_incidents",
    "merged_into_id",
    "followup_of_id",
    "deleted_at",
    "deleted_by_id",
    "is_spam",
    "created_at",
    "updated_at",
    "status_changed_at",
    "initially_assigned_at",
    "assigned_at",
    "requester_updated_at",
    "assignee_updated_at",
    "latest_comment_at",
    "first_reply_at",
    "first_solved_at",
    "solved_at",
    "closed_at",
    "reopens",
    "replies",
    "assignee_stations",
    "group_stations",
    "first_reply_business_ms",
    "first_resolution_business_ms",
    "full_resolution_business_ms",
    "requester_wait_ms",
    "agent_wait_ms",
    "on_hold_ms",
    "requester_wait_business_ms",
    "agent_wait_business_ms",
    "on_hold_business_ms",
];

fn values(t: &Ticket) -> Vec<Value> {
    let m = &t.metrics;
    params![
        t.rev,
        &t.external_id,
        &t.subject,
        &t.description,
        t.status.rank(),
        t.custom_status,
        t.priority.map(Priority::rank),
        t.kind.map(TicketType::name),
        t.requester,
        t.submitter,
        t.assignee,
        t.group,
        t.organization,
        t.brand,
        t.form,
        t.problem,
        t.via.name(),
        &t.via_source,
        &t.recipient,
        t.is_public,
        t.due_at,
        &t.satisfaction,
        t.comment_count,
        t.has_incidents,
        t.merged_into,
        t.followup_of,
        t.deleted_at,
        t.deleted_by,
        t.is_spam,
        t.created_at,
        t.updated_at,
        m.status_changed_at,
        m.initially_assigned_at,
        m.assigned_at,
        m.requester_updated_at,
        m.assignee_updated_at,
        m.latest_comment_at,
        m.first_reply_at,
        m.first_solved_at,
        m.solved_at,
        m.closed_at,
        m.reopens,
        m.replies,
        m.assignee_stations,
        m.group_stations,
        m.first_reply_business_ms,
        m.first_resolution_business_ms,
        m.full_resolution_business_ms,
        m.requester_wait_ms,
        m.agent_wait_ms,
        m.on_hold_ms,
        m.requester_wait_business_ms,
        m.agent_wait_business_ms,
        m.on_hold_business_ms,
    ]
    .to_vec()
}

fn read(row: &Row) -> Result<Ticket> {
    let unknown = |what: &str| Error::internal(format!("unknown {what} of a ticket"));
    let via_source: String = row.get("via_source")?;
    Ok(Ticket {
        id: row.get("id")?,
        rev: row.get("rev")?,
        external_id: row.get("external_id")?,
        subject: row.get("subject")?,
        description: row.get("description")?,
        status: Status::from_rank(row.get("status")?).ok_or_else(|| unknown("status"))?,
        custom_status: row.get("custom_status_id")?,
        priority: row.get::<Option<i64>>("priority")?.and_then(Priority::from_rank),
        kind: row.get::<Option<String>>("type")?.as_deref().and_then(TicketType::parse),
        requester: row.get("requester_id")?,
        submitter: row.get("submitter_id")?,
        assignee: row.get("assignee_id")?,
        group: row.get("group_id")?,
        organization: row.get("organization_id")?,
        brand: row.get("brand_id")?,
        form: row.get("form_id")?,
        problem: row.get("problem_id")?,
        via: Via::parse(&row.get::<String>("via")?).ok_or_else(|| unknown("channel"))?,
        via_source: serde_json::from_str(&via_source).unwrap_or_default(),
        recipient: row.get("recipient")?,
        is_public: row.get("is_public")?,
        due_at: row.get("due_at")?,
        satisfaction: row.get("satisfaction")?,
        comment_count: row.get("comment_count")?,
        has_incidents: row.get("has_incidents")?,
        merged_into: row.get("merged_into_id")?,
        followup_of: row.get("followup_of_id")?,
        deleted_at: row.get("deleted_at")?,
        deleted_by: row.get("deleted_by_id")?,
        is_spam: row.get("is_spam")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        metrics: read_metrics(row)?,
        tags: Default::default(),
        fields: BTreeMap::new(),
        ccs: Default::default(),
        followers: Default::default(),
        rating: None,
    })
}

fn read_metrics(row: &Row) -> Result<Metrics> {
    Ok(Metrics {
        status_changed_at: row.get("status_changed_at")?,
        initially_assigned_at: row.get("initially_assigned_at")?,
        assigned_at: row.get("assigned_at")?,
        requester_updated_at: row.get("requester_updated_at")?,
        assignee_updated_at: row.get("assignee_updated_at")?,
        latest_comment_at: row.get("latest_comment_at")?,
        first_reply_at: row.get("first_reply_at")?,
        first_solved_at: row.get("first_solved_at")?,
        solved_at: row.get("solved_at")?,
        closed_at: row.get("closed_at")?,
        reopens: row.get("reopens")?,
        replies: row.get("replies")?,
        assignee_stations: row.get("assignee_stations")?,
        group_stations: row.get("group_stations")?,
        first_reply_business_ms: row.get("first_reply_business_ms")?,
        first_resolution_business_ms: row.get("first_resolution_business_ms")?,
        full_resolution_business_ms: row.get("full_resolution_business_ms")?,
        requester_wait_ms: row.get("requester_wait_ms")?,
        agent_wait_ms: row.get("agent_wait_ms")?,
        on_hold_ms: row.get("on_hold_ms")?,
        requester_wait_business_ms: row.get("requester_wait_business_ms")?,
        agent_wait_business_ms: row.get("agent_wait_business_ms")?,
        on_hold_business_ms: row.get("on_hold_business_ms")?,
    })
}

/// Adds the row; gives its number, which is `id` when the ticket brings one.
pub(crate) fn insert(tx: &mut Tx<'_>, ticket: &Ticket) -> Result<TicketId> {
    let mut sql = Fragment::new("INSERT INTO tickets (");
    let brings_id = ticket.id.0 != 0;
    sql.push(if brings_id { "id, " } else { "" }).push(&COLUMNS.join(", ")).push(") VALUES (");
    if brings_id {
        sql.bind(ticket.id).push(", ");
    }
    sql.bind_all(values(ticket)).push(") RETURNING id");
    tx.insert(&sql.sql, &sql.params)
}

/// Saves the row if it is still at `rev`.
///
/// # Errors
/// `Conflict` when somebody else saved it first.
pub(crate) fn update(tx: &mut Tx<'_>, ticket: &Ticket, rev: i64) -> Result<()> {
    let mut sql = Fragment::new("UPDATE tickets SET ");
    for (i, (column, value)) in COLUMNS.iter().zip(values(ticket)).enumerate() {
        sql.push(if i > 0 { ", " } else { "" }).push(column).push(" = ").bind(value);
    }
    sql.push(" WHERE id = ").bind(ticket.id).push(" AND rev = ").bind(rev);
    match tx.execute(&sql.sql, &sql.params)? {
        0 => Err(Error::Conflict(Box::default())),
        _ => Ok(()),
    }
}

/// The tickets that a WHERE expression over the alias `t` names, with tags, fields and collaborators. `rest` follows
/// the expression: ORDER BY, LIMIT.
pub(crate) fn select(tx: &mut Tx<'_>, filter: &Fragment, rest: &str) -> Result<Vec<Ticket>> {
    let mut sql = Fragment::new("SELECT t.* FROM tickets t WHERE ");
    sql.append(filter).push(" ").push(rest);
    let mut tickets = tx.query_fragment(&sql)?.iter().map(read).collect::<Result<Vec<_>>>()?;
    complete(tx, &mut tickets)?;
    Ok(tickets)
}

/// The ticket of that number, locked until the end of the transaction.
pub(crate) fn lock(tx: &mut Tx<'_>, id: TicketId) -> Result<Option<Ticket>> {
    let lock = tx.for_update();
    let mut filter = Fragment::new("t.id = ");
    filter.bind(id);
    Ok(select(tx, &filter, lock)?.pop())
}

/// Which tickets are meant.
#[derive(Clone)]
pub(crate) struct Selection {
    /// A WHERE expression over `t`, visibility included.
    pub filter: Fragment,
    /// A side table that is read before `tickets`, when it names few of them or names them in order.
    pub first: Option<First>,
}

/// What a side table says of the tickets that are meant.
#[derive(Clone)]
pub(crate) struct First {
    table: &'static str,
    /// The column that names the ticket. Rows come in its order, so that the newest are there before all are found.
    ticket: &'static str,
    condition: Fragment,
}

impl First {
    /// Tickets whose texts meet a condition of [`db::fulltext::holding`].
    pub fn text(condition: Fragment) -> Self {
        Self { table: "ticket_text", ticket: "ticket_text.rowid", condition }
    }

    /// Tickets with a tag.
    pub fn tag(tag: &str) -> Self {
        let mut condition = Fragment::new("first_tag.tag = ");
        condition.bind(tag);
        Self { table: "ticket_tags first_tag", ticket: "first_tag.ticket_id", condition }
    }
}

impl Selection {
    fn from(&self, columns: &str) -> Fragment {
        let mut sql = Fragment::new(format!("SELECT {columns} FROM "));
        match &self.first {
            Some(first) => {
                sql.push(&format!("{} CROSS JOIN tickets t WHERE ", first.table)).append(&first.condition);
                sql.push(&format!(" AND t.id = {} AND ", first.ticket)).append(&self.filter)
            }
            None => sql.push("tickets t WHERE ").append(&self.filter),
        };
        sql
    }
}

/// How many tickets are selected, counted no further than `cap`.
pub(crate) fn count(tx: &mut Tx<'_>, selection: &Selection, cap: i64) -> Result<i64> {
    counted(tx, &selection.from("1"), cap)
}

/// How many tickets have a tag, counted no further than `cap`.
pub(crate) fn count_tag(tx: &mut Tx<'_>, tag: &str, cap: i64) -> Result<i64> {
    let mut sql = Fragment::new("SELECT 1 FROM ticket_tags WHERE tag = ");
    sql.bind(tag);
    counted(tx, &sql, cap)
}

/// How many tickets hold a text and are not deleted, counted no further than `cap`. No ticket is read for it.
pub(crate) fn count_text(tx: &mut Tx<'_>, text: &Fragment, cap: i64) -> Result<i64> {
    let mut sql = Fragment::new("SELECT 1 FROM ticket_text WHERE ");
    sql.append(text).push(" AND ticket_text.rowid NOT IN (SELECT d.id FROM tickets d WHERE d.deleted_at IS NOT NULL)");
    counted(tx, &sql, cap)
}

fn counted(tx: &mut Tx<'_>, rows: &Fragment, cap: i64) -> Result<i64> {
    let mut sql = Fragment::new("SELECT COUNT(*) FROM (");
    sql.append(rows).push(" LIMIT ").bind(cap).push(") counted");
    tx.value(&sql.sql, &sql.params)
}

/// Loads tags, field values and collaborators of these tickets.
fn complete(tx: &mut Tx<'_>, tickets: &mut [Ticket]) -> Result<()> {
    if tickets.is_empty() {
        return Ok(());
    }
    let places: BTreeMap<TicketId, usize> = tickets.iter().enumerate().map(|(i, t)| (t.id, i)).collect();
    let of = |sql: &str| {
        let mut sql = Fragment::new(sql);
        sql.bind_all(places.keys().copied()).push(")");
        sql
    };
    for row in tx.query_fragment(&of("SELECT ticket_id, tag FROM ticket_tags WHERE ticket_id IN ("))? {
        tickets[places[&row.at(0)?]].tags.insert(row.at(1)?);
    }
    for row in
        tx.query_fragment(&of("SELECT ticket_id, user_id, kind FROM ticket_collaborators WHERE ticket_id IN ("))?
    {
        let ticket = &mut tickets[places[&row.at(0)?]];
        let user: UserId = row.at(1)?;
        let all = if row.at::<String>(2)? == "cc" { &mut ticket.ccs } else { &mut ticket.followers };
        all.insert(user);
    }
    let sql = "SELECT v.ticket_id, v.field_id, f.kind, v.text_value, v.int_value, v.real_value
        FROM ticket_field_values v JOIN ticket_fields f ON f.id = v.field_id WHERE v.ticket_id IN (";
    for row in tx.query_fragment(&of(sql))? {
        read_field_value(&row, &mut tickets[places[&row.at(0)?]])?;
    }
    super::ratings::complete(tx, tickets)
}

fn read_field_value(row: &Row, ticket: &mut Ticket) -> Result<()> {
    let (field, kind): (FieldId, String) = (row.at(1)?, row.at(2)?);
    let text: Option<String> = row.at(3)?;
    let value = match CustomKind::parse(&kind) {
        None => return Ok(()),
        Some(CustomKind::Multiselect) => {
            if let CustomValue::Options(options) = ticket.fields.entry(field).or_insert(CustomValue::Options(vec![])) {
                options.extend(text);
            }
            return Ok(());
        }
        Some(CustomKind::Checkbox) => CustomValue::Flag(row.at::<Option<i64>>(4)? == Some(1)),
        Some(CustomKind::Integer | CustomKind::Lookup(_)) => CustomValue::Int(row.at::<Option<i64>>(4)?.unwrap_or(0)),
        Some(CustomKind::Decimal) => CustomValue::Real(row.at::<Option<f64>>(5)?.unwrap_or(0.0)),
        Some(CustomKind::Date) => CustomValue::Date(text.unwrap_or_default()),
        Some(CustomKind::Text | CustomKind::Dropdown) => CustomValue::Text(text.unwrap_or_default()),
    };
    ticket.fields.insert(field, value);
    Ok(())
}

/// Makes the tags, field values and collaborators in the database what they are in `after`.
pub(crate) fn save_parts(tx: &mut Tx<'_>, before: Option<&Ticket>, after: &Ticket) -> Result<()> {
    let id = after.id;
    if before.map(|t| &t.tags) != Some(&after.tags) {
        let old = before.map(|t| t.tags.clone()).unwrap_or_default();
        for tag in old.difference(&after.tags) {
            tx.execute("DELETE FROM ticket_tags WHERE ticket_id = $1 AND tag = $2", params![id, tag])?;
        }
        for tag in after.tags.difference(&old) {
            tx.execute("INSERT INTO ticket_tags (ticket_id, tag) VALUES ($1, $2)", params![id, tag])?;
        }
    }
    save_collaborators(tx, "cc", id, before.map(|t| &t.ccs), &after.ccs)?;
    save_collaborators(tx, "follower", id, before.map(|t| &t.followers), &after.followers)?;
    let none = BTreeMap::new();
    let old = before.map_or(&none, |t| &t.fields);
    for field in old.keys().filter(|field| old.get(field) != after.fields.get(field)) {
        tx.execute("DELETE FROM ticket_field_values WHERE ticket_id = $1 AND field_id = $2", params![id, *field])?;
    }
    for (field, value) in after.fields.iter().filter(|(field, value)| old.get(field) != Some(value)) {
        insert_field_value(tx, id, *field, value)?;
    }
    Ok(())
}

fn save_collaborators(
    tx: &mut Tx<'_>,
    kind: &str,
    id: TicketId,
    before: Option<&std::collections::BTreeSet<UserId>>,
    after: &std::collections::BTreeSet<UserId>,
) -> Result<()> {
    let none = std::collections::BTreeSet::new();
    let before = before.unwrap_or(&none);
    for user in before.difference(after) {
        let sql = "DELETE FROM ticket_collaborators WHERE ticket_id = $1 AND user_id = $2 AND kind = $3";
        tx.execute(sql, params![id, *user, kind])?;
    }
    for user in after.difference(before) {
        let sql = "INSERT INTO ticket_collaborators (ticket_id, user_id, kind) VALUES ($1, $2, $3)";
        tx.execute(sql, params![id, *user, kind])?;
    }
    Ok(())
}

fn insert_field_value(tx: &mut Tx<'_>, ticket: TicketId, field: FieldId, value: &CustomValue) -> Result<()> {
    let sql = "INSERT INTO ticket_field_values (ticket_id, field_id, text_value, int_value, real_value)
        VALUES ($1, $2, $3, $4, $5)";
    let mut row = |text: Option<&str>, int: Option<i64>, real: Option<f64>| {
        tx.execute(sql, params![ticket, field, text, int, real]).map(drop)
    };
    match value {
        CustomValue::Nothing | CustomValue::DaysFromNow(_) => Ok(()),
        CustomValue::Text(text) | CustomValue::Date(text) => row(Some(text), None, None),
        CustomValue::Options(options) => options.iter().try_for_each(|option| row(Some(option), None, None)),
        CustomValue::Int(n) => row(None, Some(*n), None),
        CustomValue::Flag(flag) => row(None, Some((*flag).into()), None),
        CustomValue::Real(n) => row(None, None, Some(*n)),
    }
}

/// The custom fields as conditions need to know them.
pub(crate) fn custom_fields(tx: &mut Tx<'_>) -> Result<Vec<CustomField>> {
    let sql = "SELECT id, kind, title, options FROM ticket_fields WHERE system = FALSE ORDER BY position, id";
    let mut fields = Vec::new();
    for row in tx.query(sql, &[])? {
        let Some(kind) = CustomKind::parse(&row.get::<String>("kind")?) else { continue };
        let options = crate::fields::choices(crate::fields::read_options(&row.get::<String>("options")?)?);
        fields.push(CustomField { id: row.get("id")?, title: row.get("title")?, kind, options });
    }
    Ok(fields)
}

/// Joins two tickets. `undo` is what it takes to part them again.
pub(crate) fn link(tx: &mut Tx<'_>, from: TicketId, to: TicketId, kind: &str, undo: &serde_json::Value) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO ticket_links (from_id, to_id, kind, undo, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (from_id, to_id, kind) DO NOTHING";
    tx.execute(sql, params![from, to, kind, undo, now]).map(drop)
}

/// What a link keeps for its undoing, if there is such a link.
pub(crate) fn link_undo(tx: &mut Tx<'_>, from: TicketId, kind: &str) -> Result<Option<(TicketId, serde_json::Value)>> {
    let sql = "SELECT to_id, undo FROM ticket_links WHERE from_id = $1 AND kind = $2 ORDER BY created_at DESC LIMIT 1";
    let Some(row) = tx.find(sql, params![from, kind])? else { return Ok(None) };
    let undo: String = row.at(1)?;
    Ok(Some((row.at(0)?, serde_json::from_str(&undo).unwrap_or_default())))
}

/// Parts two tickets.
pub(crate) fn unlink(tx: &mut Tx<'_>, from: TicketId, to: TicketId, kind: &str) -> Result<()> {
    let sql = "DELETE FROM ticket_links WHERE from_id = $1 AND to_id = $2 AND kind = $3";
    tx.execute(sql, params![from, to, kind]).map(drop)
}

/// The tickets joined to this one in either direction: the other's number, the kind, whether this one is `from`.
pub(crate) fn links_of(tx: &mut Tx<'_>, id: TicketId) -> Result<Vec<(TicketId, String, bool)>> {
    let sql = "SELECT to_id AS other, kind, TRUE AS outward FROM ticket_links WHERE from_id = $1
        UNION ALL SELECT from_id, kind, FALSE FROM ticket_links WHERE to_id = $1";
    tx.query(sql, params![id])?.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?))).collect()
}

/// The incidents of a problem.
pub(crate) fn incidents_of(tx: &mut Tx<'_>, problem: TicketId) -> Result<Vec<TicketId>> {
    let sql = "SELECT id FROM tickets WHERE problem_id = $1 AND deleted_at IS NULL ORDER BY id";
    tx.column(sql, params![problem])
}

/// How many incidents each of these problems has; those without any are left out.
pub(crate) fn incident_counts(tx: &mut Tx<'_>, problems: &[TicketId]) -> Result<BTreeMap<TicketId, i64>> {
    if problems.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut sql =
        Fragment::new("SELECT problem_id, COUNT(*) FROM tickets WHERE deleted_at IS NULL AND problem_id IN (");
    sql.bind_all(problems.iter().copied()).push(") GROUP BY problem_id");
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// The follow-ups of a closed ticket.
pub(crate) fn followups_of(tx: &mut Tx<'_>, id: TicketId) -> Result<Vec<TicketId>> {
    tx.column("SELECT id FROM tickets WHERE followup_of_id = $1 ORDER BY id", params![id])
}

/// The tickets, over the alias `t`, that name a person as one who wants something, opened it, is copied in or wrote on it.
pub(crate) fn naming(user: UserId) -> Fragment {
    let mut filter = Fragment::new("t.id IN (SELECT id FROM tickets WHERE requester_id = ");
    filter.bind(user).push(" UNION SELECT id FROM tickets WHERE submitter_id <> requester_id AND submitter_id = ");
    filter.bind(user).push(" UNION SELECT ticket_id FROM ticket_collaborators WHERE user_id = ").bind(user);
    filter.push(" UNION SELECT ticket_id FROM comments WHERE author_id = ").bind(user).push(")");
    filter
}

/// How many tickets that were not deleted fulfil a condition over the alias `t`.
pub(crate) fn count_of(tx: &mut Tx<'_>, filter: &Fragment) -> Result<i64> {
    let mut sql = Fragment::new("SELECT COUNT(*) FROM tickets t WHERE t.deleted_at IS NULL AND ");
    sql.append(filter);
    tx.value(&sql.sql, &sql.params)
}

/// In how many tickets that were not deleted a person is copied in.
pub(crate) fn count_ccd(tx: &mut Tx<'_>, user: UserId) -> Result<i64> {
    let mut filter =
        Fragment::new("t.id IN (SELECT ticket_id FROM ticket_collaborators WHERE kind = 'cc' AND user_id = ");
    filter.bind(user).push(")");
    count_of(tx, &filter)
}

/// How many unsolved tickets each of these people requested; those without any are left out.
pub(crate) fn open_requested(tx: &mut Tx<'_>, users: &[UserId]) -> Result<BTreeMap<UserId, i64>> {
    if users.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut sql = Fragment::new("SELECT requester_id, COUNT(*) FROM tickets WHERE deleted_at IS NULL AND status < ");
    sql.bind(Status::Solved.rank()).push(" AND requester_id IN (").bind_all(users.iter().copied());
    sql.push(") GROUP BY requester_id");
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// The tags in use with their counts, most used first.
pub(crate) fn tags_in_use(tx: &mut Tx<'_>, prefix: &str, limit: i64) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT tag, COUNT(*) AS uses FROM ticket_tags WHERE tag >= $1 AND tag < $2
        GROUP BY tag ORDER BY uses DESC, tag LIMIT $3";
    let rows = tx.query(sql, params![prefix, format!("{prefix}\u{10ffff}"), limit])?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Numbers of tickets whose `updated_at` is older than an instant and that have this status.
pub(crate) fn solved_before(tx: &mut Tx<'_>, at: Timestamp, limit: i64) -> Result<Vec<TicketId>> {
    let sql = "SELECT id FROM tickets WHERE status = $1 AND solved_at < $2 AND deleted_at IS NULL ORDER BY id LIMIT $3";
    tx.column(sql, params![Status::Solved.rank(), at, limit])
}

/// Forgets how to undo a piece of bulk work, so that it is undone once.
pub(crate) fn forget_undo(tx: &mut Tx<'_>, progress: &str) -> Result<()> {
    tx.execute("UPDATE job_statuses SET undo = NULL WHERE id = $1", params![progress]).map(drop)
}

/// The ticket of that number, deleted or not, without a lock: for showing what happened to it.
pub(crate) fn peek(tx: &mut Tx<'_>, id: TicketId) -> Result<Option<Ticket>> {
    let mut filter = Fragment::new("t.id = ");
    filter.bind(id);
    Ok(select(tx, &filter, "")?.pop())
}

/// What [`crate::access::may_see`] says, over the alias `t`. Deleted tickets are not among them.
pub(crate) fn visible_to(actor: &Actor) -> Fragment {
    let mut sql = Fragment::new("t.deleted_at IS NULL");
    if actor.tickets == TicketAccess::All {
        return sql;
    }
    sql.push(" AND (t.requester_id = ").bind(actor.user);
    sql.push(" OR EXISTS (SELECT 1 FROM ticket_collaborators tc WHERE tc.ticket_id = t.id AND tc.user_id = ");
    sql.bind(actor.user).push(")");
    if matches!(actor.tickets, TicketAccess::Groups | TicketAccess::Assigned) {
        sql.push(" OR t.assignee_id = ").bind(actor.user);
    }
    if actor.tickets == TicketAccess::Groups && !actor.groups.is_empty() {
        sql.push(" OR t.group_id IN (").bind_all(actor.groups.iter().copied()).push(")");
    }
    if actor.tickets == TicketAccess::Organization && !actor.organizations.is_empty() {
        sql.push(" OR t.organization_id IN (").bind_all(actor.organizations.iter().copied()).push(")");
    }
    sql.push(")");
    sql
}

/// Whether `column` names a ticket that the actor sees.
pub(crate) fn of_seen(actor: &Actor, column: &str) -> Fragment {
    let mut sql = Fragment::new(format!("EXISTS (SELECT 1 FROM tickets t WHERE t.id = {column} AND "));
    sql.append(&visible_to(actor)).push(")");
    sql
}

/// The tickets that somebody is copied on, over the alias `t`.
pub(crate) fn copied_to(filter: &mut Fragment, user: UserId) {
    filter.push(" AND EXISTS (SELECT 1 FROM ticket_collaborators cc WHERE cc.ticket_id = t.id AND cc.user_id = ");
    filter.bind(user).push(")");
}

/// The tickets that somebody follows, over the alias `t`.
pub(crate) fn followed_by(filter: &mut Fragment, user: UserId) {
    filter.push(" AND EXISTS (SELECT 1 FROM ticket_collaborators cc WHERE cc.ticket_id = t.id AND cc.user_id = ");
    filter.bind(user).push(" AND cc.kind = 'follower')");
}

/// Where a page of keys begins: the value of the sort key, and the ticket's number.
pub(crate) type Start = (i64, i64);

/// Values of a sort key and numbers of the tickets that are selected, in the order of both, after `start`.
pub(crate) fn keys(
    tx: &mut Tx<'_>,
    selection: &Selection,
    (key, descending): (&str, bool),
    start: Option<Start>,
    limit: i64,
) -> Result<Vec<(i64, i64)>> {
    let (sign, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    let mut sql = selection.from(&format!("{key}, t.id"));
    if let Some((value, id)) = start {
        // The first comparison lets the index be entered at the right place, the second breaks ties.
        sql.push(&format!(" AND {key} {sign}= ")).bind(value);
        sql.push(&format!(" AND ({key} {sign} ")).bind(value).push(&format!(" OR t.id {sign} ")).bind(id).push(")");
    }
    match (&selection.first, key) {
        (Some(first), "t.id") => sql.push(&format!(" ORDER BY {} {direction} LIMIT ", first.ticket)),
        _ => sql.push(&format!(" ORDER BY {key} {direction}, t.id {direction} LIMIT ")),
    };
    sql.bind(limit);
    tx.query_fragment(&sql)?.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}

/// Numbers of the tickets that a WHERE expression over `t` names, no more than `limit`.
pub(crate) fn numbers(tx: &mut Tx<'_>, filter: &Fragment, limit: i64) -> Result<Vec<i64>> {
    let mut sql = Fragment::new("SELECT t.id FROM tickets t WHERE ");
    sql.append(filter).push(" ORDER BY t.id LIMIT ").bind(limit);
    tx.column(&sql.sql, &sql.params)
}
