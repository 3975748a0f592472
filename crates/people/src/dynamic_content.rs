//! Texts in several languages that stand for `{{dc.name}}`: Zendesk's
//! <https://developer.zendesk.com/api-reference/ticketing/ticket-management/dynamic_content/>.

use base::{Actor, Error, Locale, Permission, Result, Timestamp};
use kernel::{Tx, audit_log};

use crate::store::{self, dynamic_content as rows};

/// The longest text, in characters.
const LONGEST: usize = 65_535;

/// A text in several languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: i64,
    /// What agents call it.
    pub name: String,
    /// What stands for it in other texts, without braces and `dc.`.
    pub placeholder: String,
    /// The language of the variant that serves readers of languages without one.
    pub default_locale: Locale,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its number.
    pub id: i64,
    /// What it is a variant of.
    pub item: i64,
    /// The language.
    pub locale: Locale,
    /// The text. It may hold placeholders of its own.
    pub content: String,
    /// Whether readers get it.
    pub active: bool,
    /// Whether readers of languages without a variant get it.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is written into a variant. `None` leaves a value alone.
#[derive(Clone, Debug, Default)]
pub struct VariantChange {
    /// The language.
    pub locale: Option<Locale>,
    /// The text.
    pub content: Option<String>,
    /// Whether readers get it.
    pub active: Option<bool>,
    /// True makes it the default one.
    pub is_default: Option<bool>,
}

/// Every text, by name.
pub fn items(tx: &mut Tx<'_>) -> Result<Vec<Item>> {
    rows::items(tx)
}

/// The text with this number.
///
/// # Errors
/// `NotFound` when there is none.
pub fn get(tx: &mut Tx<'_>, id: i64) -> Result<Item> {
    store::find(tx, id)?.ok_or(Error::NotFound)
}

/// The variants of these texts, default ones first.
pub fn variants(tx: &mut Tx<'_>, items: &[i64]) -> Result<Vec<Variant>> {
    rows::variants(tx, items)
}

/// One variant of a text.
///
/// # Errors
/// `NotFound` when the text has no such one.
pub fn get_variant(tx: &mut Tx<'_>, item: i64, id: i64) -> Result<Variant> {
    store::find::<Variant>(tx, id)?.filter(|variant| variant.item == item).ok_or(Error::NotFound)
}

/// Makes a text with its variants, of which one has its default language.
///
/// # Errors
/// `Forbidden` without `desk_manage`; `Invalid` with the field that is wrong.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, name: &str, default: Locale, all: Vec<VariantChange>) -> Result<Item> {
    actor.needs(Permission::DeskManage)?;
    let name = checked_name(name)?;
    let placeholder = placeholder(&name);
    let taken = rows::items(tx)?.into_iter().any(|item| item.placeholder == placeholder);
    if taken || placeholder.is_empty() {
        return Err(Error::invalid("name", "DuplicateValue", format!("Name: {name} has already been taken")));
    }
    if !all.iter().any(|variant| variant.locale == Some(default)) {
        let text = "variants: one of them needs the default language";
        return Err(Error::invalid("variants", "BlankValue", text));
    }
    let now = tx.now();
    let mut item = Item { id: 0, name, placeholder, default_locale: default, created_at: now, updated_at: now };
    item.id = rows::insert(tx, &item)?;
    for variant in all {
        let is_default = Some(variant.locale == Some(default));
        add_variant(tx, actor, item.id, VariantChange { is_default, ..variant })?;
    }
    record(tx, actor, "create", &item)?;
    get(tx, item.id)
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::invalid("name", "BlankValue", "Name: cannot be blank")),
        1..=255 => Ok(name.to_owned()),
        _ => Err(Error::invalid("name", "TooLong", "Name: is longer than 255 characters")),
    }
}

/// `Snowboard Problem` is found under `snowboard_problem`.
fn placeholder(name: &str) -> String {
    let folded = base::text::fold(name);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// Gives a text another name; what stands for it stays.
///
/// # Errors
/// As [`create`], and `NotFound`.
pub fn rename(tx: &mut Tx<'_>, actor: &Actor, id: i64, name: &str) -> Result<Item> {
    actor.needs(Permission::DeskManage)?;
    let mut item = get(tx, id)?;
    item.name = checked_name(name)?;
    save(tx, &mut item)?;
    record(tx, actor, "update", &item)?;
    Ok(item)
}

fn save(tx: &mut Tx<'_>, item: &mut Item) -> Result<()> {
    item.updated_at = tx.now();
    rows::update(tx, item)
}

/// Deletes a text with its variants. Errors as [`rename`].
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let item = get(tx, id)?;
    rows::delete(tx, id)?;
    record(tx, actor, "destroy", &item)
}

/// Adds a variant.
///
/// # Errors
/// As [`rename`]; `Invalid` for a language that has one already.
pub fn add_variant(tx: &mut Tx<'_>, actor: &Actor, item: i64, new: VariantChange) -> Result<Variant> {
    actor.needs(Permission::DeskManage)?;
    get(tx, item)?;
    let locale = new.locale.ok_or_else(|| Error::blank("locale_id"))?;
    let now = tx.now();
    let mut variant = Variant {
        id: 0,
        item,
        locale,
        content: String::new(),
        active: true,
        is_default: false,
        created_at: now,
        updated_at: now,
    };
    apply(tx, &mut variant, &new)?;
    variant.id = rows::insert_variant(tx, &variant)?;
    settle(tx, &variant)?;
    get_variant(tx, item, variant.id)
}

/// Changes a variant. Errors as [`add_variant`].
pub fn change_variant(tx: &mut Tx<'_>, actor: &Actor, item: i64, id: i64, change: VariantChange) -> Result<Variant> {
    actor.needs(Permission::DeskManage)?;
    let mut variant = get_variant(tx, item, id)?;
    if variant.is_default && (change.is_default == Some(false) || change.active == Some(false)) {
        let text = "The default variant stays active until another is the default one";
        return Err(Error::invalid("default", "InvalidValue", text));
    }
    apply(tx, &mut variant, &change)?;
    variant.updated_at = tx.now();
    rows::update_variant(tx, &variant)?;
    settle(tx, &variant)?;
    get_variant(tx, item, id)
}

fn apply(tx: &mut Tx<'_>, variant: &mut Variant, change: &VariantChange) -> Result<()> {
    variant.locale = change.locale.unwrap_or(variant.locale);
    let others = rows::variants(tx, &[variant.item])?;
    if others.iter().any(|other| other.locale == variant.locale && other.id != variant.id) {
        return Err(Error::invalid("locale_id", "DuplicateValue", "locale_id: has a variant already"));
    }
    if let Some(content) = &change.content {
        content.clone_into(&mut variant.content);
    }
    if variant.content.trim().is_empty() {
        return Err(Error::blank("content"));
    }
    if variant.content.chars().count() > LONGEST {
        let text = format!("content: is longer than {LONGEST} characters");
        return Err(Error::invalid("content", "TooLong", text));
    }
    variant.active = change.active.unwrap_or(variant.active);
    variant.is_default |= change.is_default == Some(true);
    variant.active |= variant.is_default;
    Ok(())
}

/// A variant that is the default one is the only one, and its language is the text's.
fn settle(tx: &mut Tx<'_>, variant: &Variant) -> Result<()> {
    let mut item = get(tx, variant.item)?;
    if variant.is_default {
        item.default_locale = variant.locale;
        rows::only_default(tx, variant)?;
    }
    save(tx, &mut item)
}

/// Deletes a variant.
///
/// # Errors
/// As [`rename`]; `Invalid` for the default one.
pub fn delete_variant(tx: &mut Tx<'_>, actor: &Actor, item: i64, id: i64) -> Result<()> {
    actor.needs(Permission::DeskManage)?;
    let variant = get_variant(tx, item, id)?;
    if variant.is_default {
        return Err(Error::invalid("base", "InvalidValue", "The default variant can't be deleted"));
    }
    rows::delete_variant(tx, id)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, item: &Item) -> Result<()> {
    audit_log::record(tx, actor, action, ("dynamic_content", Some(item.id), &item.name), "")
}

/// The texts that stand for placeholders, in one reader's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(Vec<(String, String)>);

/// The texts that a source asks for, in a reader's language, or their default one. Most sources ask for none, which costs
/// nothing.
pub fn texts(tx: &mut Tx<'_>, sources: &[&str], reader: Locale) -> Result<Texts> {
    if !sources.iter().any(|source| source.contains("dc.")) {
        return Ok(Texts::default());
    }
    let items = rows::items(tx)?;
    let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
    let variants = rows::variants(tx, &ids)?;
    let text = |item: &Item| {
        let own = variants.iter().find(|one| one.item == item.id && one.active && one.locale == reader);
        let found = own.or_else(|| variants.iter().find(|one| one.item == item.id && one.is_default));
        found.map(|variant| (item.placeholder.clone(), variant.content.clone()))
    };
    Ok(Texts(items.iter().filter_map(text).collect()))
}

impl Texts {
    /// The source with these texts in it. What they ask for themselves is still to be filled.
    pub fn in_text(&self, source: &str) -> String {
        self.put_into(source, str::to_owned)
    }

    /// The same for a source that is HTML, which the texts are not.
    pub fn in_html(&self, source: &str) -> String {
        self.put_into(source, |text| {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            text.replace('\n', "<br>")
        })
    }

    fn put_into(&self, source: &str, write: impl Fn(&str) -> String) -> String {
        if self.0.is_empty() {
            return source.to_owned();
        }
        let mut out = String::new();
        let mut rest = source;
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let Some((name, behind)) = after.split_once("}}") else {
                out.push_str("{{");
                rest = after;
                continue;
            };
            let known = name.trim().strip_prefix("dc.");
            match known.and_then(|name| self.0.iter().find(|(placeholder, _)| placeholder == name)) {
                Some((_, text)) => out.push_str(&write(text)),
                None => out.extend(["{{", name, "}}"]),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_make_placeholders() {
        assert_eq!(placeholder("Snowboard Problem"), "snowboard_problem");
        assert_eq!(placeholder("  Tere, Õun! "), "tere_oun");
        assert_eq!(placeholder("!"), "");
    }

    #[test]
    fn texts_take_the_place_of_their_names_and_nothing_else_changes() {
        let texts = Texts(vec![("hello".into(), "Tere {{ticket.id}}".into())]);
        let filled = |source: &str| texts.put_into(source, str::to_uppercase);
        assert_eq!(filled("<p>{{dc.hello}}, {{ dc.hello }}</p>"), "<p>TERE {{TICKET.ID}}, TERE {{TICKET.ID}}</p>");
        assert_eq!(filled("{{dc.nobody}} {{ticket.id}} {{dc.hello"), "{{dc.nobody}} {{ticket.id}} {{dc.hello");
    }
}
