//! Views: saved lists of tickets, shared or one's own.

use base::{Actor, Error, FieldProblem, GroupId, Permission, Result, Timestamp, UserId, ViewId};
use kernel::{Tx, events};
use rules::{Catalogue, Condition, Conditions, Context, FieldKey, Operand, Operator, Purpose, Status};
use serde_json::{Value, json};

use crate::listing::{Listing, Sort};
use crate::search::Index;
use crate::store::tickets::First;
use crate::{access, fields, store};

/// Tickets of a view are counted no further than this.
pub(crate) const COUNT_CAP: i64 = 1_000;

/// The longest title of a view or macro, in characters.
pub(crate) const LONGEST_TITLE: usize = 255;

/// A saved list.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its number.
    pub id: ViewId,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Whether it is shown.
    pub active: bool,
    /// Its place among the views.
    pub position: i64,
    /// Whose it is; none when it is shared.
    pub owner: Option<UserId>,
    /// The groups that it is shared with; all when there are none.
    pub groups: Vec<GroupId>,
    /// Its conditions in Zendesk's JSON, checked when they were saved.
    pub conditions: Value,
    /// The columns to show, by name.
    pub columns: Vec<String>,
    /// What it is ordered by.
    pub sort_by: String,
    /// Whether the greatest comes first.
    pub sort_descending: bool,
    /// What it is grouped by.
    pub group_by: Option<String>,
    /// Whether the greatest group comes first.
    pub group_descending: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The columns that a view shows when nobody chose any.
pub(crate) const COLUMNS: &[&str] = &["status", "subject", "requester", "assignee", "updated", "priority"];

/// The views that every desk begins with: title and conditions.
fn usual() -> Vec<(&'static str, Value)> {
    let unsolved = json!({"field": "status", "operator": "less_than", "value": "solved"});
    let is = |field: &str, value: &str| json!({"field": field, "operator": "is", "value": value});
    vec![
        ("Your unsolved tickets", json!({"all": [unsolved, is("assignee_id", "current_user")], "any": []})),
        ("Unassigned tickets", json!({"all": [unsolved, is("assignee_id", "")], "any": []})),
        ("All unsolved tickets", json!({"all": [unsolved], "any": []})),
        (
            "New tickets in your groups",
            json!({"all": [is("status", "new"), is("group_id", "current_groups")], "any": []}),
        ),
        ("Pending tickets", json!({"all": [is("status", "pending")], "any": []})),
        ("Recently solved tickets", json!({"all": [is("status", "solved")], "any": []})),
    ]
}

/// Makes the usual views of a new desk.
pub(crate) fn furnish(tx: &mut Tx<'_>) -> Result<()> {
    for (position, (title, conditions)) in usual().into_iter().enumerate() {
        let view = View { position: position as i64, ..new(tx, title, conditions) };
        store::lists::insert_view(tx, &view)?;
    }
    Ok(())
}

/// A shared view that is about to be made.
pub fn new(tx: &Tx<'_>, title: &str, conditions: Value) -> View {
    View {
        id: ViewId(0),
        title: title.to_owned(),
        description: String::new(),
        active: true,
        position: 9_999,
        owner: None,
        groups: Vec::new(),
        conditions,
        columns: COLUMNS.iter().map(|column| (*column).to_owned()).collect(),
        sort_by: "updated".into(),
        sort_descending: true,
        group_by: None,
        group_descending: false,
        created_at: tx.now(),
        updated_at: tx.now(),
    }
}

/// The views that the actor sees, in their order.
pub fn visible(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<View>> {
    let mut views = store::lists::views(tx)?;
    views.retain(|view| sees(actor, view.owner, &view.groups));
    Ok(views)
}

/// Whether the actor sees something that is one person's or some groups'.
pub(crate) fn sees(actor: &Actor, owner: Option<UserId>, groups: &[GroupId]) -> bool {
    match owner {
        Some(owner) => owner == actor.user,
        None => {
            groups.is_empty() || actor.may(Permission::SharedRules) || groups.iter().any(|g| actor.groups.contains(g))
        }
    }
}

/// Fails unless the actor may change something that is one person's or shared.
pub(crate) fn may_change(actor: &Actor, owner: Option<UserId>) -> Result<()> {
    match owner {
        Some(owner) if owner == actor.user => actor.needs(Permission::PersonalRules),
        Some(_) => Err(Error::NotFound),
        None => actor.needs(Permission::SharedRules),
    }
}

/// The view of that number, if the actor sees it.
pub fn get(tx: &mut Tx<'_>, actor: &Actor, id: ViewId) -> Result<View> {
    visible(tx, actor)?.into_iter().find(|view| view.id == id).ok_or(Error::NotFound)
}

/// Saves a view, new or changed; gives its number.
///
/// # Errors
/// `Invalid` with every problem of title, conditions and order.
pub fn save(tx: &mut Tx<'_>, actor: &Actor, view: &View) -> Result<ViewId> {
    may_change(actor, view.owner)?;
    let problems = problems(tx, view)?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = match view.id.0 {
        0 => store::lists::insert_view(tx, view)?,
        _ => {
            store::lists::update_view(tx, view)?;
            view.id
        }
    };
    let action = if view.id.0 == 0 { "create" } else { "update" };
    changed(tx, actor, view.owner, action, ("view", id.0, &view.title))?;
    Ok(id)
}

fn problems(tx: &mut Tx<'_>, view: &View) -> Result<Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut add = |field: &str, code, message: String| {
        problems.push(FieldProblem { field: field.into(), code, message });
    };
    if view.title.trim().is_empty() {
        add("title", "BlankValue", "Title: cannot be blank".into());
    }
    if view.title.chars().count() > LONGEST_TITLE {
        add("title", "TooLong", format!("Title: is too long (maximum is {LONGEST_TITLE} characters)"));
    }
    if Sort::parse(&view.sort_by, view.sort_descending).is_none() {
        add("output.sort_by", "InvalidValue", format!("Order: {} is not supported", view.sort_by));
    }
    if let Some(group_by) = view.group_by.as_deref().filter(|name| Sort::parse(name, false).is_none()) {
        add("output.group_by", "InvalidValue", format!("Grouping: {group_by} is not supported"));
    }
    for group in &view.groups {
        if !people::group_exists(tx, *group)? {
            add("restriction", "RecordNotFound", format!("Restriction: group {group} does not exist"));
        }
    }
    let catalogue = fields::catalogue(tx)?;
    match Conditions::parse(&view.conditions, &catalogue, Purpose::View) {
        Ok(conditions) if conditions.all.is_empty() && conditions.any.is_empty() => {
            add("conditions", "BlankValue", "Conditions: at least one is needed".into());
        }
        Ok(_) => {}
        Err(more) => problems.extend(more),
    }
    Ok(problems)
}

/// Deletes a view.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: ViewId) -> Result<()> {
    let view = get(tx, actor, id)?;
    may_change(actor, view.owner)?;
    store::lists::delete_view(tx, id)?;
    changed(tx, actor, view.owner, "destroy", ("view", id.0, &view.title))
}

/// Tells browsers that views or macros are others now, and the audit log when they were shared. `what`: kind, number
/// and title.
pub(crate) fn changed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    owner: Option<UserId>,
    action: &str,
    what: (&str, i64, &str),
) -> Result<()> {
    let (kind, id, title) = what;
    if owner.is_none() {
        kernel::audit_log::record(tx, actor, action, (kind, Some(id), title), "")?;
    }
    events::push(tx, events::Event::new("views"))
}

/// The tickets of a view that the actor may see.
pub(crate) fn listing(tx: &mut Tx<'_>, actor: &Actor, view: &View) -> Result<Listing> {
    let catalogue = fields::catalogue(tx)?;
    let sort = Sort::parse(&view.sort_by, view.sort_descending).unwrap_or_else(Sort::newest);
    by_conditions(tx, actor, &view.conditions, &catalogue, sort)
}

/// The tickets that conditions name and the actor may see.
pub(crate) fn by_conditions(
    tx: &mut Tx<'_>,
    actor: &Actor,
    conditions: &Value,
    catalogue: &Catalogue,
    sort: Sort,
) -> Result<Listing> {
    let conditions = Conditions::parse(conditions, catalogue, Purpose::View).map_err(Error::Invalid)?;
    let context = context(tx, actor)?;
    let statuses = statuses(&conditions, &context);
    let first = rare_tag(tx, &conditions)?;
    // Databases take the best index when the statuses stand there once, and as equalities.
    let is_said = |condition: &Condition| statuses.is_some() && condition.field.key == FieldKey::Status;
    let rest = conditions.all.iter().filter(|condition| !is_said(condition)).cloned().collect();
    let rest = Conditions { all: rest, any: conditions.any };
    let sql = rules::to_sql(&rest, &context, &Index(tx.dialect())).map_err(Error::Invalid)?;
    let mut filter = access::visible_to(actor);
    filter.push(" AND ").append(&sql);
    let few = first.is_some() || rest.all.iter().any(names_few);
    let mut listing = Listing { statuses, ..Listing::new(filter, sort) };
    listing.selection.first = first;
    Ok(if few { listing.of_few() } else { listing })
}

/// Whether a condition names one of many people or organizations.
fn names_few(condition: &Condition) -> bool {
    let of_one = matches!(condition.field.key, FieldKey::Requester | FieldKey::Organization);
    of_one && condition.operator == Operator::Is && matches!(condition.operand, Operand::Int(_))
}

/// A tag with fewer tickets is read first, whatever else is asked.
const RARE: i64 = 1_000;

/// The tag that every ticket of the conditions has, if it is a rare one.
fn rare_tag(tx: &mut Tx<'_>, conditions: &Conditions) -> Result<Option<First>> {
    let asked = conditions.all.iter().filter(|condition| condition.field.key == FieldKey::Tags);
    for condition in asked.filter(|condition| condition.operator == Operator::Includes) {
        if let Operand::Many(tags) = &condition.operand
            && let [tag] = tags.as_slice()
            && store::tickets::count_tag(tx, tag, RARE)? < RARE
        {
            return Ok(Some(First::tag(tag)));
        }
    }
    Ok(None)
}

/// The tickets that meet conditions, over the alias `t`; deleted ones are not among them. For rules, which see all.
///
/// # Errors
/// `Invalid` for conditions about a change, which lists know nothing of.
pub fn matching(tx: &mut Tx<'_>, conditions: &Conditions) -> Result<base::Fragment> {
    let system = Actor::system();
    let context = context(tx, &system)?;
    let sql = rules::to_sql(conditions, &context, &Index(tx.dialect())).map_err(Error::Invalid)?;
    let mut filter = access::visible_to(&system);
    filter.push(" AND (").append(&sql).push(")");
    Ok(filter)
}

/// What conditions are read against. Days are those of the desk's time zone, as its clocks stand now.
pub fn context(tx: &mut Tx<'_>, actor: &Actor) -> Result<Context> {
    let desk: people::settings::Desk = kernel::settings::get(tx)?;
    let zone = jiff::tz::TimeZone::get(&desk.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let offset_minutes = zone.to_offset(tx.now().to_jiff()).seconds() / 60;
    let (current_user, current_groups) = (Some(actor.user), actor.groups.clone());
    Ok(Context { current_user, current_groups, offset_minutes, ..Context::at(tx.now()) })
}

/// The statuses that conditions let through, when one of them is about the status.
fn statuses(conditions: &Conditions, context: &Context) -> Option<Vec<Status>> {
    let about_status: Vec<Condition> =
        conditions.all.iter().filter(|condition| condition.field.key == FieldKey::Status).cloned().collect();
    if about_status.is_empty() {
        return None;
    }
    let only = Conditions { all: about_status, any: Vec::new() };
    let fits = |status: &Status| rules::eval(&only, context, &OnlyStatus(*status));
    Some(Status::ALL.iter().copied().filter(fits).collect())
}

struct OnlyStatus(Status);

impl rules::Facts for OnlyStatus {
    fn now(&self, field: FieldKey) -> rules::Fact {
        if field == FieldKey::Status { rules::Fact::Int(self.0.rank()) } else { rules::Fact::Missing }
    }

    fn before(&self, _: FieldKey) -> Option<rules::Fact> {
        None
    }
}
