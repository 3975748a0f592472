//! Macros: prepared sets of changes. Canned replies are macros that write a comment.

use base::{Actor, Error, FieldProblem, GroupId, MacroId, Result, Timestamp, UserId};
use kernel::Tx;
use rules::{Action, CustomValue, GroupChoice, Person};
use serde_json::Value;

use crate::change::Change;
use crate::{fields, store, views};

/// A prepared set of changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Macro {
    /// Its number.
    pub id: MacroId,
    /// Its title; `::` makes folders.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Whether it is offered.
    pub active: bool,
    /// Its place among the macros.
    pub position: i64,
    /// Whose it is; none when it is shared.
    pub owner: Option<UserId>,
    /// The groups that it is shared with; all when there are none.
    pub groups: Vec<GroupId>,
    /// Its actions in Zendesk's JSON, checked when they were saved.
    pub actions: Value,
    /// How often it was used.
    pub usage: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A shared macro that is about to be made.
pub fn new(tx: &Tx<'_>, title: &str, actions: Value) -> Macro {
    Macro {
        id: MacroId(0),
        title: title.to_owned(),
        description: String::new(),
        active: true,
        position: 9_999,
        owner: None,
        groups: Vec::new(),
        actions,
        usage: 0,
        created_at: tx.now(),
        updated_at: tx.now(),
    }
}

/// The macros that the actor sees, in their order.
pub fn visible(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Macro>> {
    let mut macros = store::lists::macros(tx)?;
    macros.retain(|m| views::sees(actor, m.owner, &m.groups));
    Ok(macros)
}

/// The macro of that number, if the actor sees it.
pub fn get(tx: &mut Tx<'_>, actor: &Actor, id: MacroId) -> Result<Macro> {
    visible(tx, actor)?.into_iter().find(|m| m.id == id).ok_or(Error::NotFound)
}

/// Saves a macro, new or changed; gives its number.
///
/// # Errors
/// `Invalid` with every problem of title and actions.
pub fn save(tx: &mut Tx<'_>, actor: &Actor, m: &Macro) -> Result<MacroId> {
    views::may_change(actor, m.owner)?;
    let problems = problems(tx, m)?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = match m.id.0 {
        0 => store::lists::insert_macro(tx, m)?,
        _ => {
            store::lists::update_macro(tx, m)?;
            m.id
        }
    };
    let action = if m.id.0 == 0 { "create" } else { "update" };
    views::changed(tx, actor, m.owner, action, ("macro", id.0, &m.title))?;
    Ok(id)
}

fn problems(tx: &mut Tx<'_>, m: &Macro) -> Result<Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut add = |field: &str, code, message: String| {
        problems.push(FieldProblem { field: field.into(), code, message });
    };
    if m.title.trim().is_empty() {
        add("title", "BlankValue", "Title: cannot be blank".into());
    }
    if m.title.chars().count() > views::LONGEST_TITLE {
        add("title", "TooLong", format!("Title: is too long (maximum is {} characters)", views::LONGEST_TITLE));
    }
    for group in &m.groups {
        if !people::group_exists(tx, *group)? {
            add("restriction", "RecordNotFound", format!("Restriction: group {group} does not exist"));
        }
    }
    let catalogue = fields::catalogue(tx)?;
    match rules::parse_actions(&m.actions, &catalogue) {
        Ok(actions) if actions.is_empty() => add("actions", "BlankValue", "Actions: at least one is needed".into()),
        Ok(_) => {}
        Err(more) => problems.extend(more),
    }
    Ok(problems)
}

/// What a macro does: changes of the ticket, and the comment that it writes.
#[derive(Default)]
pub struct Effect {
    /// The changes, but for the comment.
    pub changes: Vec<Change>,
    /// The comment's HTML, before placeholders are filled.
    pub html: Option<String>,
    /// The comment's text, before placeholders are filled, when it was not written as HTML.
    pub text: Option<String>,
    /// Whether the comment is public.
    pub public: Option<bool>,
}

/// What actions do when the actor runs them, on a ticket of `requester` when there is one.
pub fn effect(actions: &[Action], actor: &Actor, requester: Option<UserId>, now: Timestamp) -> Effect {
    let mut effect = Effect::default();
    let person = |person: Person| match person {
        Person::Nobody => None,
        Person::CurrentUser => Some(actor.user),
        Person::Requester => requester,
        Person::User(id) => Some(id),
    };
    for action in actions {
        let change = match action {
            Action::CommentHtml(html) => {
                effect.html = Some(html.clone());
                continue;
            }
            Action::CommentText(text) => {
                effect.text = Some(text.clone());
                continue;
            }
            Action::CommentPublic(public) => {
                effect.public = Some(*public);
                continue;
            }
            Action::Status(status) => Change::Status(*status),
            Action::CustomStatus(id) => Change::CustomStatus(*id),
            Action::Priority(priority) => Change::Priority(*priority),
            Action::Type(kind) => Change::Type(*kind),
            Action::Assignee(who) => Change::Assignee(person(*who)),
            Action::Group(None) => Change::Group(None),
            Action::Group(Some(GroupChoice::Group(id))) => Change::Group(Some(*id)),
            Action::Group(Some(GroupChoice::CurrentGroups)) => match actor.groups.first() {
                Some(group) => Change::Group(Some(*group)),
                None => continue,
            },
            Action::Brand(id) => Change::Brand(*id),
            Action::Form(id) => Change::Form(Some(*id)),
            Action::SetTags(tags) => Change::SetTags(tags.clone()),
            Action::AddTags(tags) => Change::AddTags(tags.clone()),
            Action::RemoveTags(tags) => Change::RemoveTags(tags.clone()),
            Action::Subject(subject) => Change::Subject(subject.clone()),
            Action::Cc(who) | Action::Follower(who) => match person(*who) {
                Some(user) if matches!(action, Action::Cc(_)) => Change::AddCc(user),
                Some(user) => Change::AddFollower(user),
                None => continue,
            },
            Action::Custom(id, CustomValue::DaysFromNow(days)) => {
                let day = now.plus(days.saturating_mul(base::time::DAY)).to_string();
                Change::Field(*id, CustomValue::Date(day.chars().take(10).collect()))
            }
            Action::Custom(id, value) => Change::Field(*id, value.clone()),
            // Rules do these themselves.
            Action::OfferSatisfaction
            | Action::NotifyUser(..)
            | Action::NotifyGroup(..)
            | Action::NotifyWebhook(..) => continue,
        };
        effect.changes.push(change);
    }
    effect
}

/// Deletes a macro.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: MacroId) -> Result<()> {
    let m = get(tx, actor, id)?;
    views::may_change(actor, m.owner)?;
    store::lists::delete_macro(tx, id)?;
    views::changed(tx, actor, m.owner, "destroy", ("macro", id.0, &m.title))
}
