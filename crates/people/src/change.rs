//! The only writer of people.

use base::{Actor, Error, FieldProblem, OrganizationId, Permission, Result, Role, TicketAccess, UserId};
use db::fulltext;
use kernel::{Tx, audit_log, events, exports};

use crate::access::{get_organization, get_user, may_change, may_grant};
use crate::fields::Owner;
use crate::news::{self, News};
use crate::organization::{CustomRole, Organization};
use crate::receive::blank;
use crate::user::{IdentityKind, NewUser, User, UserChange, domain, name_from};
use crate::{fields, groups, letters, store};

/// Makes a person.
///
/// # Errors
/// `Forbidden` when the actor may not make people of this role; `Invalid` with the fields that are wrong.
pub fn create_user(tx: &mut Tx<'_>, actor: &Actor, new: NewUser) -> Result<User> {
    let mut user = blank(tx, new.locale)?;
    let role = new.role.unwrap_or(Role::EndUser);
    permit_creation(tx, actor, role, &new)?;
    user.name = match (&new.name, &new.email) {
        (None, Some(email)) => name_from(Some(email), None),
        (name, _) => name.clone().unwrap_or_default(),
    };
    user.ticket_access = if role.is_staff() { TicketAccess::All } else { TicketAccess::Requested };
    apply(tx, &mut user, &new)?;
    let after = AfterSave { role: role.is_staff(), ..AfterSave::default() };
    user.id = store::users::insert(tx, &user, new.password_hash.as_deref())?;
    save_rest(tx, &mut user, &new, after)?;
    if role.is_staff() {
        record(tx, actor, "create", &user, &format!("role: {}", role.name()))?;
        if new.password_hash.is_none() {
            letters::invite(tx, &user)?;
        }
    }
    let user = get_user(tx, user.id)?;
    news::tell(tx, &News::UserCreated(user.clone()))?;
    Ok(user)
}

fn permit_creation(tx: &mut Tx<'_>, actor: &Actor, role: Role, new: &NewUser) -> Result<()> {
    if !role.is_staff() {
        return actor.needs(Permission::PeopleEdit);
    }
    permit_role(tx, actor, role, new.custom_role.flatten())
}

/// Whether the actor may give somebody this role.
fn permit_role(tx: &mut Tx<'_>, actor: &Actor, role: Role, custom: Option<base::RoleId>) -> Result<()> {
    if actor.user == Actor::SYSTEM {
        return Ok(());
    }
    actor.needs(Permission::AgentManage)?;
    if role == Role::Owner && actor.role != Role::Owner {
        return Err(Error::Forbidden("only the owner makes another the owner"));
    }
    match custom {
        Some(id) if role < Role::Admin => {
            let role = store::find::<CustomRole>(tx, id)?.ok_or_else(|| unknown("custom_role_id"))?;
            may_grant(actor, role.permissions)
        }
        _ => may_grant(actor, role.permissions()),
    }
}

fn unknown(field: &str) -> Error {
    Error::invalid(field, "RecordNotFound", format!("{field}: there is no such record"))
}

/// Changes a person. People may change their own name, number, language, time zone, alias and signature.
///
/// # Errors
/// `NotFound`, `Forbidden`, or `Invalid` with the fields that are wrong.
pub fn update_user(tx: &mut Tx<'_>, actor: &Actor, id: UserId, change: UserChange) -> Result<User> {
    let before = get_user(tx, id)?;
    if !before.active {
        return Err(Error::NotFound);
    }
    let change = news(tx, &before, change)?;
    if actor.user != id || !is_personal(&change) {
        may_change(tx, actor, &before)?;
    }
    let mut user = before.clone();
    let after = changes_of_rights(tx, actor, &before, &change)?;
    apply(tx, &mut user, &change)?;
    user.updated_at = tx.now();
    store::users::update(tx, &user)?;
    if let Some(hash) = &change.password_hash {
        store::credentials::set_password(tx, id, hash)?;
    }
    save_rest(tx, &mut user, &change, after)?;
    record_update(tx, actor, &before, &user)?;
    let after = get_user(tx, id)?;
    news::tell(tx, &News::UserChanged { before: Box::new(before), after: Box::new(after.clone()) })?;
    Ok(after)
}

/// The change without what is so already: clients send whole records back.
fn news(tx: &mut Tx<'_>, before: &User, mut change: UserChange) -> Result<UserChange> {
    fn drop_same<T: PartialEq>(value: &mut Option<T>, now: &T) {
        if value.as_ref() == Some(now) {
            *value = None;
        }
    }
    drop_same(&mut change.name, &before.name);
    drop_same(&mut change.phone, &before.phone);
    drop_same(&mut change.role, &before.role);
    drop_same(&mut change.custom_role, &before.custom_role);
    drop_same(&mut change.ticket_access, &before.ticket_access);
    drop_same(&mut change.organization, &before.organization_id);
    drop_same(&mut change.locale, &before.locale);
    drop_same(&mut change.external_id, &before.external_id);
    drop_same(&mut change.alias, &before.alias);
    drop_same(&mut change.signature, &before.signature);
    drop_same(&mut change.details, &before.details);
    drop_same(&mut change.notes, &before.notes);
    drop_same(&mut change.verified, &before.verified);
    drop_same(&mut change.suspended, &before.suspended);
    drop_same(&mut change.moderator, &before.moderator);
    change.email = change.email.filter(|email| crate::user::email(email) != before.email || before.email.is_none());
    change.default_group = change.default_group.filter(|group| Some(*group) != before.default_group_id);
    if let Some(tags) = &change.tags {
        let now = crate::tags_of(tx, &[before.id])?.remove(&before.id).unwrap_or_default();
        change.tags = Some(tags.clone()).filter(|tags| clean_tags(tags) != now);
    }
    let now = fields::values_of(tx, Owner::User, &[before.id.0])?.remove(&before.id.0).unwrap_or_default();
    change.fields.retain(|key, value| now.get(key) != Some(value));
    Ok(change)
}

/// What people may change about themselves.
fn is_personal(change: &UserChange) -> bool {
    let UserChange { name, phone, locale, time_zone, alias, signature, .. } = change.clone();
    *change == UserChange { name, phone, locale, time_zone, alias, signature, ..UserChange::default() }
}

/// What has to follow once a person is written.
#[derive(Clone, Copy, Default)]
struct AfterSave {
    /// They work at the desk from now on, or no longer.
    role: bool,
    /// What they may do or see changed.
    rights: bool,
    /// They can no longer sign in.
    locked_out: bool,
}

fn changes_of_rights(tx: &mut Tx<'_>, actor: &Actor, before: &User, change: &UserChange) -> Result<AfterSave> {
    let role = change.role.unwrap_or(before.role);
    let custom = change.custom_role.unwrap_or(before.custom_role);
    let access = change.ticket_access.unwrap_or(before.ticket_access);
    let moved = role != before.role || custom != before.custom_role;
    if moved && (role.is_staff() || before.role.is_staff()) {
        permit_role(tx, actor, role, custom)?;
    }
    let locked_out = change.suspended == Some(true) && !before.suspended;
    if locked_out && before.id == actor.user {
        return Err(Error::invalid("suspended", "InvalidValue", "suspended: you cannot suspend yourself"));
    }
    if before.role >= Role::Admin && (role < Role::Admin || locked_out) {
        keep_an_admin(tx)?;
    }
    if role == Role::Owner && before.role != Role::Owner {
        step_down(tx, actor)?;
    } else if before.role == Role::Owner && role != Role::Owner && actor.user != Actor::SYSTEM {
        return Err(Error::invalid("role", "InvalidValue", "role: make somebody else the owner instead"));
    }
    let rights = moved || access != before.ticket_access || locked_out;
    Ok(AfterSave { role: role.is_staff() != before.role.is_staff(), rights, locked_out })
}

/// The owner becomes an admin as another becomes the owner.
fn step_down(tx: &mut Tx<'_>, actor: &Actor) -> Result<()> {
    if actor.user == Actor::SYSTEM {
        return Ok(());
    }
    let mut owner = get_user(tx, actor.user)?;
    owner.role = Role::Admin;
    owner.updated_at = tx.now();
    store::users::update(tx, &owner)?;
    tell(tx, owner.id)
}

fn keep_an_admin(tx: &mut Tx<'_>) -> Result<()> {
    if store::users::count_role(tx, &[Role::Admin, Role::Owner])? > 1 {
        return Ok(());
    }
    Err(Error::invalid("role", "InvalidValue", "role: the desk needs one admin at least"))
}

/// Checks the input and writes it into the person. Addresses, tags and custom fields follow in [`save_rest`].
fn apply(tx: &mut Tx<'_>, user: &mut User, change: &UserChange) -> Result<()> {
    let mut problems = Vec::new();
    apply_texts(&mut problems, user, change);
    apply_contact(tx, &mut problems, user, change)?;
    apply_place(tx, &mut problems, user, change)?;
    let (role, custom) = (change.role.unwrap_or(user.role), change.custom_role.unwrap_or(user.custom_role));
    if custom.is_some() && !matches!(role, Role::LightAgent | Role::Agent) {
        user.custom_role = None;
        if change.custom_role.flatten().is_some() {
            problems.push(problem("custom_role_id", "InvalidValue", "custom_role_id: is for agents"));
        }
    } else {
        user.custom_role = custom;
    }
    if role.is_staff() != user.role.is_staff() {
        user.ticket_access = if role.is_staff() { TicketAccess::All } else { TicketAccess::Requested };
        if !role.is_staff() {
            user.default_group_id = None;
        }
    }
    user.role = role;
    user.ticket_access = change.ticket_access.unwrap_or(user.ticket_access);
    user.suspended = change.suspended.unwrap_or(user.suspended);
    user.moderator = change.moderator.unwrap_or(user.moderator);
    problems.extend(fields::check(tx, Owner::User, &change.fields)?);
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

pub(crate) fn problem(field: &str, code: &'static str, message: impl Into<String>) -> FieldProblem {
    FieldProblem { field: field.into(), code, message: message.into() }
}

/// Takes a text over unless it is too long.
pub(crate) fn take_text(problems: &mut Vec<FieldProblem>, field: &str, into: &mut String, text: &Option<String>) {
    let Some(text) = text else { return };
    let limit = if matches!(field, "name" | "alias" | "external_id" | "title") { 255 } else { 65_535 };
    if text.chars().count() > limit {
        problems.push(problem(field, "TooLong", format!("{field}: is longer than {limit} characters")));
    } else {
        text.trim().clone_into(into);
    }
}

/// The same for a text that may be absent; an empty one counts as that.
pub(crate) fn take_optional(
    problems: &mut Vec<FieldProblem>,
    field: &str,
    into: &mut Option<String>,
    text: &Option<Option<String>>,
) {
    let Some(text) = text else { return };
    let mut taken = String::new();
    take_text(problems, field, &mut taken, text);
    *into = Some(taken).filter(|text| !text.is_empty());
}

fn apply_texts(problems: &mut Vec<FieldProblem>, user: &mut User, change: &UserChange) {
    take_text(problems, "name", &mut user.name, &change.name);
    if user.name.trim().is_empty() {
        problems.push(problem("name", "BlankValue", "Name: cannot be blank"));
    }
    take_optional(problems, "alias", &mut user.alias, &change.alias);
    take_optional(problems, "external_id", &mut user.external_id, &change.external_id);
    take_text(problems, "signature", &mut user.signature, &change.signature);
    take_text(problems, "details", &mut user.details, &change.details);
    take_text(problems, "notes", &mut user.notes, &change.notes);
    user.locale = change.locale.unwrap_or(user.locale);
    if let Some(zone) = &change.time_zone {
        match crate::time_zone::iana(zone) {
            Some(zone) => user.time_zone = zone,
            None => problems.push(problem("time_zone", "InvalidValue", format!("time_zone: {zone:?} is unknown"))),
        }
    }
}

fn apply_contact(
    tx: &mut Tx<'_>,
    problems: &mut Vec<FieldProblem>,
    user: &mut User,
    change: &UserChange,
) -> Result<()> {
    if let Some(text) = &change.email {
        match crate::user::email(text) {
            None => problems.push(problem("email", "InvalidValue", format!("Email: {text} is not properly formatted"))),
            Some(email) => {
                let taken = store::identities::by_value(tx, IdentityKind::Email, &email)?;
                if taken.is_some_and(|identity| identity.user != user.id) {
                    let text = format!("Email: {email} is already being used by another user");
                    problems.push(problem("email", "DuplicateValue", text));
                }
                user.email.get_or_insert(email);
            }
        }
    }
    if let Some(phone) = &change.phone {
        let text = phone.as_deref().map(str::trim).filter(|text| !text.is_empty());
        user.phone = text.and_then(crate::user::phone);
        if text.is_some() && user.phone.is_none() {
            problems.push(problem("phone", "InvalidValue", "phone: is not a telephone number"));
        }
    }
    if let Some(Some(external)) = &change.external_id {
        let same = store::users::by_external_ids(tx, std::slice::from_ref(external))?;
        if same.iter().any(|other| other.id != user.id) {
            problems.push(problem("external_id", "DuplicateValue", "External: has already been taken"));
        }
    }
    Ok(())
}

fn apply_place(tx: &mut Tx<'_>, problems: &mut Vec<FieldProblem>, user: &mut User, change: &UserChange) -> Result<()> {
    if let Some(organization) = change.organization {
        user.organization_id = organization;
        if let Some(id) = organization
            && store::find::<Organization>(tx, id)?.is_none()
        {
            problems.push(problem("organization_id", "RecordNotFound", "Organization: there is no such record"));
        }
    }
    if let Some(group) = change.default_group {
        if !change.role.unwrap_or(user.role).is_staff() {
            problems.push(problem("default_group_id", "InvalidValue", "default_group_id: is for agents"));
        } else if !crate::access::group_exists(tx, group)? {
            problems.push(problem("default_group_id", "RecordNotFound", "Group: there is no such record"));
        }
        user.default_group_id = Some(group);
    }
    Ok(())
}

/// Writes what lies in other tables, and tells those who have to know.
fn save_rest(tx: &mut Tx<'_>, user: &mut User, change: &UserChange, mut after: AfterSave) -> Result<()> {
    save_identities(tx, user, change)?;
    if let Some(tags) = &change.tags {
        store::users::set_tags(tx, user.id, &clean_tags(tags))?;
    }
    fields::save(tx, Owner::User, user.id.0, &change.fields)?;
    if let Some(organization) = change.organization {
        join(tx, user.id, organization)?;
        after.rights = true;
    } else if let Some(email) = user.email.clone().filter(|_| change.email.is_some()) {
        add_to_organization_of(tx, user, domain(&email))?;
    }
    if after.role {
        groups::follow_role(tx, user)?;
        after.rights = true;
    }
    if let Some(group) = change.default_group {
        store::groups::add_member(tx, user.id, group)?;
        store::groups::make_default(tx, user.id, Some(group))?;
        after.rights = true;
    }
    if after.locked_out {
        store::credentials::end_sessions(tx, user.id, None)?;
    }
    if after.rights {
        tell(tx, user.id)?;
    }
    index_user(tx, user.id)
}

fn save_identities(tx: &mut Tx<'_>, user: &mut User, change: &UserChange) -> Result<()> {
    let proved = change.verified == Some(true);
    let given = change.email.as_deref().and_then(crate::user::email);
    if let Some(email) = given.or_else(|| user.email.clone().filter(|_| proved)) {
        let primary = user.email.as_ref() == Some(&email);
        store::identities::add(tx, user.id, (IdentityKind::Email, &email), proved, primary)?;
        let identity = store::identities::by_value(tx, IdentityKind::Email, &email)?;
        if let Some(identity) = identity.filter(|identity| proved && identity.user == user.id) {
            store::identities::verify(tx, identity.id)?;
        }
    }
    if let Some(phone) = user.phone.clone().filter(|_| change.phone.is_some()) {
        // A number that somebody else has stays theirs, and is a shared one here.
        store::identities::add(tx, user.id, (IdentityKind::PhoneNumber, &phone), false, true)?;
    }
    settle(tx, user, proved)
}

/// Brings what a person's row repeats of their identities up to date.
pub(crate) fn settle(tx: &mut Tx<'_>, user: &mut User, proved: bool) -> Result<()> {
    let identities = store::identities::of_user(tx, user.id)?;
    let verified = proved || identities.iter().any(|identity| identity.verified);
    let emails: Vec<_> = identities.iter().filter(|identity| identity.kind == IdentityKind::Email).collect();
    let email = emails.iter().find(|identity| identity.primary).or(emails.first()).map(|i| i.value.clone());
    if user.verified != verified || user.email != email {
        (user.verified, user.email) = (verified, email);
        return store::users::update(tx, user);
    }
    // Exports show identities beside people.
    exports::mark(tx, exports::Kind::User, user.id)
}

/// Tags in lower case, without blanks, each once.
pub(crate) fn clean_tags(tags: &[String]) -> Vec<String> {
    let mut tags: Vec<String> =
        tags.iter().flat_map(|tag| tag.split([' ', ','])).map(|tag| tag.trim().to_lowercase()).collect();
    tags.retain(|tag| !tag.is_empty());
    tags.sort();
    tags.dedup();
    tags
}

/// Makes the organization the person's default one; without one they belong to none by default.
fn join(tx: &mut Tx<'_>, user: UserId, organization: Option<OrganizationId>) -> Result<()> {
    if let Some(organization) = organization {
        store::organizations::add_member(tx, user, organization)?;
    }
    store::organizations::make_default(tx, user, organization)
}

/// Makes a person without an organization a member of the one that has this e-mail domain.
pub(crate) fn add_to_organization_of(tx: &mut Tx<'_>, user: &mut User, domain: &str) -> Result<()> {
    if user.organization_id.is_some() {
        return Ok(());
    }
    if let Some(organization) = store::organizations::of_domain(tx, domain)? {
        get_organization(tx, organization)?;
        user.organization_id = Some(organization);
        join(tx, user.id, Some(organization))?;
    }
    Ok(())
}

/// Deletes a person: they stay as the author of what they wrote, but can't sign in, and their addresses are free.
///
/// # Errors
/// `Forbidden` as for changes, and for oneself; `Invalid` for the last admin.
pub fn delete_user(tx: &mut Tx<'_>, actor: &Actor, id: UserId) -> Result<User> {
    let mut user = get_user(tx, id)?;
    if !user.active {
        return Err(Error::NotFound);
    }
    if user.id == actor.user || user.role == Role::Owner {
        return Err(Error::Forbidden("neither yourself nor the owner can be deleted"));
    }
    may_change(tx, actor, &user)?;
    if !user.role.is_staff() {
        actor.needs(Permission::PeopleDelete)?;
    }
    if user.role >= Role::Admin {
        keep_an_admin(tx)?;
    }
    user.active = false;
    retire(tx, &mut user)?;
    groups::leave_all(tx, id)?;
    record(tx, actor, "destroy", &user, "")?;
    let gone = get_user(tx, id)?;
    news::tell(tx, &News::UserDeleted(gone.clone()))?;
    Ok(gone)
}

/// What deleted and merged people lose: addresses, sessions, tokens, memberships, a place in the index.
pub(crate) fn retire(tx: &mut Tx<'_>, user: &mut User) -> Result<()> {
    user.active = false;
    user.updated_at = tx.now();
    store::users::update(tx, user)?;
    store::identities::delete_of(tx, user.id)?;
    store::credentials::end_sessions(tx, user.id, None)?;
    store::credentials::delete_tokens_of(tx, user.id)?;
    store::oauth::delete_tokens_of(tx, user.id)?;
    store::credentials::delete_password_rights(tx, user.id)?;
    store::organizations::remove_from_all(tx, user.id)?;
    fulltext::delete(tx, "user_text", user.id.0)?;
    tell(tx, user.id)
}

/// Tells live streams and exports that what this person may do or see changed.
pub(crate) fn tell(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    exports::mark(tx, exports::Kind::User, user)?;
    events::push(tx, events::Event::new("user").user(user))
}

/// Brings the full-text index of a person up to date.
pub(crate) fn index_user(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    let user = get_user(tx, id)?;
    let mut text = user.name.clone();
    let others = [&user.alias, &user.external_id, &user.phone, &user.email];
    let identities = store::identities::of_user(tx, id)?;
    for part in others.into_iter().flatten().chain(identities.iter().map(|identity| &identity.value)) {
        text.push(' ');
        text.push_str(part);
    }
    fulltext::replace(tx, "user_text", id.0, &text)
}

/// Changes of staff are on the record, those of end users aren't.
fn record_update(tx: &mut Tx<'_>, actor: &Actor, before: &User, after: &User) -> Result<()> {
    if !before.role.is_staff() && !after.role.is_staff() && before.suspended == after.suspended {
        return Ok(());
    }
    let parts = [
        ("name", before.name.clone(), after.name.clone()),
        ("email", before.email.clone().unwrap_or_default(), after.email.clone().unwrap_or_default()),
        ("role", before.role.name().into(), after.role.name().into()),
        ("custom_role_id", number(before.custom_role), number(after.custom_role)),
        ("ticket_restriction", before.ticket_access.name().into(), after.ticket_access.name().into()),
        ("suspended", before.suspended.to_string(), after.suspended.to_string()),
    ];
    let changed = parts.into_iter().filter(|(_, old, new)| old != new);
    let lines: Vec<_> = changed.map(|(name, old, new)| format!("{name}: {old} -> {new}")).collect();
    if lines.is_empty() { Ok(()) } else { record(tx, actor, "update", after, &lines.join("\n")) }
}

fn number(id: Option<base::RoleId>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

pub(crate) fn record(tx: &mut Tx<'_>, actor: &Actor, action: &str, user: &User, change: &str) -> Result<()> {
    audit_log::record(tx, actor, action, ("user", Some(user.id.0), &user.name), change)
}
