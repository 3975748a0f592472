//! Macros: prepared sets of changes. Canned replies are macros that write a comment.

use base::{Actor, Error, GroupId, MacroId, Result, Timestamp, UserId};
use kernel::Tx;
use serde_json::Value;

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
    if m.title.trim().is_empty() {
        return Err(Error::blank("title"));
    }
    let catalogue = fields::catalogue(tx)?;
    let actions = rules::parse_actions(&m.actions, &catalogue).map_err(Error::Invalid)?;
    if actions.is_empty() {
        return Err(Error::invalid("actions", "BlankValue", "Actions: at least one is needed"));
    }
    let id = match m.id.0 {
        0 => store::lists::insert_macro(tx, m)?,
        _ => {
            store::lists::update_macro(tx, m)?;
            m.id
        }
    };
    views::changed(tx, actor, m.owner, "macro", id.0, &m.title)?;
    Ok(id)
}

/// Deletes a macro.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: MacroId) -> Result<()> {
    let m = get(tx, actor, id)?;
    views::may_change(actor, m.owner)?;
    store::lists::delete_macro(tx, id)?;
    views::changed(tx, actor, m.owner, "macro", id.0, &m.title)
}
