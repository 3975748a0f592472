//! Writers of organizations and of who belongs to them.

use base::{Actor, Error, FieldProblem, OrganizationId, Permission, Result, UserId};
use db::fulltext;
use kernel::{Tx, audit_log};

use crate::access::{get_organization, get_user, may_change};
use crate::change::{clean_tags, problem, take_optional, take_text, tell};
use crate::fields::{self, Owner};
use crate::news::{self, News};
use crate::organization::{
    Organization, OrganizationChange, OrganizationMembership, OrganizationSubscription, domain_name,
};
use crate::store;
use crate::user::User;

/// Told, in the same transaction, that an organization is gone; a part of the app that `tickets` provides.
pub struct OrganizationGone(pub Vec<OrganizationHook>);

/// What is told of an organization that is gone.
pub type OrganizationHook = fn(&mut Tx<'_>, OrganizationId) -> Result<()>;

/// Makes an organization.
///
/// # Errors
/// `Forbidden` without `people_edit`; `Invalid` with the fields that are wrong.
pub fn create_organization(tx: &mut Tx<'_>, actor: &Actor, new: OrganizationChange) -> Result<Organization> {
    actor.needs(Permission::PeopleEdit)?;
    let now = tx.now();
    let mut organization = Organization {
        id: OrganizationId(0),
        name: String::new(),
        external_id: None,
        details: String::new(),
        notes: String::new(),
        group_id: None,
        shared_tickets: false,
        shared_comments: false,
        created_at: now,
        updated_at: now,
    };
    let domains = apply(tx, &mut organization, &new)?;
    organization.id = store::organizations::insert(tx, &organization)?;
    save_rest(tx, &organization, &new, domains)?;
    news::tell(tx, &News::OrganizationCreated(organization.clone()))?;
    Ok(organization)
}

/// Changes an organization. Errors as [`create_organization`].
pub fn update_organization(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrganizationId,
    change: OrganizationChange,
) -> Result<Organization> {
    actor.needs(Permission::PeopleEdit)?;
    let before = get_organization(tx, id)?;
    let mut organization = before.clone();
    let domains = apply(tx, &mut organization, &change)?;
    organization.updated_at = tx.now();
    store::organizations::update(tx, &organization)?;
    save_rest(tx, &organization, &change, domains)?;
    if organization.shared_tickets != before.shared_tickets {
        for user in store::organizations::member_ids(tx, id)? {
            tell(tx, user)?;
        }
    }
    let after = Box::new(organization.clone());
    news::tell(tx, &News::OrganizationChanged { before: Box::new(before), after })?;
    Ok(organization)
}

/// Checks the input and writes it into the organization; gives the domains when they change.
fn apply(tx: &mut Tx<'_>, organization: &mut Organization, change: &OrganizationChange) -> Result<Option<Vec<String>>> {
    let mut problems = Vec::new();
    take_text(&mut problems, "name", &mut organization.name, &change.name);
    take_optional(&mut problems, "external_id", &mut organization.external_id, &change.external_id);
    take_text(&mut problems, "details", &mut organization.details, &change.details);
    take_text(&mut problems, "notes", &mut organization.notes, &change.notes);
    check_name(tx, &mut problems, organization)?;
    if let Some(group) = change.group {
        organization.group_id = group;
        if let Some(group) = group
            && !crate::access::group_exists(tx, group)?
        {
            problems.push(problem("group_id", "RecordNotFound", "Group: there is no such group"));
        }
    }
    organization.shared_tickets = change.shared_tickets.unwrap_or(organization.shared_tickets);
    organization.shared_comments = change.shared_comments.unwrap_or(organization.shared_comments);
    let domains = match &change.domains {
        Some(domains) => Some(check_domains(tx, &mut problems, organization.id, domains)?),
        None => None,
    };
    problems.extend(fields::check(tx, Owner::Organization, &change.fields)?);
    if problems.is_empty() { Ok(domains) } else { Err(Error::Invalid(problems)) }
}

fn check_name(tx: &mut Tx<'_>, problems: &mut Vec<FieldProblem>, organization: &Organization) -> Result<()> {
    if organization.name.is_empty() {
        problems.push(problem("name", "BlankValue", "Name: cannot be blank"));
    }
    let same = store::organizations::named(tx, &organization.name)?;
    if same.is_some_and(|other| other.id != organization.id) {
        let text = format!("Name: {} has already been taken", organization.name);
        problems.push(problem("name", "DuplicateValue", text));
    }
    if let Some(external) = &organization.external_id {
        let same = store::organizations::by_external_ids(tx, std::slice::from_ref(external))?;
        if same.iter().any(|other| other.id != organization.id) {
            problems.push(problem("external_id", "DuplicateValue", "External: has already been taken"));
        }
    }
    Ok(())
}

fn check_domains(
    tx: &mut Tx<'_>,
    problems: &mut Vec<FieldProblem>,
    id: OrganizationId,
    texts: &[String],
) -> Result<Vec<String>> {
    let mut domains = Vec::new();
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let Some(domain) = domain_name(text) else {
            problems.push(problem("domain_names", "InvalidValue", format!("domain_names: {text} is not a domain")));
            continue;
        };
        if store::organizations::of_domain(tx, &domain)?.is_some_and(|other| other != id) {
            let text = format!("domain_names: {domain} belongs to another organization");
            problems.push(problem("domain_names", "DuplicateValue", text));
        }
        domains.push(domain);
    }
    domains.sort();
    domains.dedup();
    Ok(domains)
}

fn save_rest(
    tx: &mut Tx<'_>,
    organization: &Organization,
    change: &OrganizationChange,
    domains: Option<Vec<String>>,
) -> Result<()> {
    let id = organization.id;
    if let Some(domains) = domains {
        store::organizations::set_domains(tx, id, &domains)?;
    }
    if let Some(tags) = &change.tags {
        store::organizations::set_tags(tx, id, &clean_tags(tags))?;
    }
    fields::save(tx, Owner::Organization, id.0, &change.fields)?;
    let mut text = organization.name.clone();
    let domains = store::organizations::domains(tx, &[id])?;
    for part in organization.external_id.iter().chain(domains.iter().map(|(_, domain)| domain)) {
        text.push(' ');
        text.push_str(part);
    }
    fulltext::replace(tx, "organization_text", id.0, &text)
}

/// Deletes an organization; its people and tickets lose it.
///
/// # Errors
/// `Forbidden` without `people_delete`; `NotFound`.
pub fn delete_organization(tx: &mut Tx<'_>, actor: &Actor, id: OrganizationId) -> Result<()> {
    actor.needs(Permission::PeopleDelete)?;
    let organization = get_organization(tx, id)?;
    let hooks = tx.app().part::<OrganizationGone>().map(|gone| gone.0.as_slice()).unwrap_or_default();
    hooks.iter().try_for_each(|hook| hook(tx, id))?;
    audit_log::record(tx, actor, "destroy", ("organization", Some(id.0), &organization.name), "")?;
    remove(tx, organization)
}

/// Takes an organization and its memberships away, and tells of it.
pub(crate) fn remove(tx: &mut Tx<'_>, organization: Organization) -> Result<()> {
    let members = store::organizations::member_ids(tx, organization.id)?;
    store::organizations::delete(tx, organization.id)?;
    fulltext::delete(tx, "organization_text", organization.id.0)?;
    for user in members {
        settle_default(tx, user)?;
        tell(tx, user)?;
    }
    news::tell(tx, &News::OrganizationDeleted(organization))
}

/// Subscribes a person to the tickets of an organization.
///
/// # Errors
/// `Forbidden` for others without `people_edit`; `Invalid` for who or what isn't there, and for who is subscribed already.
pub(crate) fn subscribe(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user: UserId,
    organization: OrganizationId,
) -> Result<OrganizationSubscription> {
    actor.needs(Permission::PeopleEdit)?;
    if !store::find::<User>(tx, user)?.is_some_and(|person| person.active) {
        return Err(Error::invalid("user_id", "RecordNotFound", "User: there is no such user"));
    }
    if store::find::<Organization>(tx, organization)?.is_none() {
        let text = "Organization: there is no such organization";
        return Err(Error::invalid("organization_id", "RecordNotFound", text));
    }
    let taken = || Error::invalid("user_id", "DuplicateValue", "User: is subscribed to the organization already");
    let id = store::organization_merges::subscribe(tx, user, organization)?.ok_or_else(taken)?;
    store::find(tx, id)?.ok_or(Error::NotFound)
}

/// Ends a subscription.
///
/// # Errors
/// `Forbidden` without `people_edit`; `NotFound`.
pub(crate) fn unsubscribe(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<()> {
    actor.needs(Permission::PeopleEdit)?;
    store::find::<OrganizationSubscription>(tx, id)?.ok_or(Error::NotFound)?;
    store::organization_merges::unsubscribe(tx, id)
}

/// Who lost their default organization has the next one for it.
pub(crate) fn settle_default(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    let memberships = store::organizations::memberships_of(tx, user)?;
    match memberships.first() {
        Some(first) if first.is_default => Ok(()),
        first => store::organizations::make_default(tx, user, first.map(|first| first.organization)),
    }
}

/// Agents may be restricted to the tickets of their organizations: only those who manage agents choose these.
fn permit(tx: &mut Tx<'_>, actor: &Actor, person: &User) -> Result<()> {
    actor.needs(Permission::PeopleEdit)?;
    may_change(tx, actor, person)
}

/// Makes a person a member of an organization; the first one is the default one.
///
/// # Errors
/// `Forbidden` without `people_edit`; `Invalid` for who or what isn't there, and for who is a member already.
pub fn add_to_organization(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user: UserId,
    organization: OrganizationId,
) -> Result<OrganizationMembership> {
    actor.needs(Permission::PeopleEdit)?;
    let person = store::find::<User>(tx, user)?.filter(|person| person.active);
    let person = person.ok_or_else(|| Error::invalid("user_id", "RecordNotFound", "User: there is no such user"))?;
    permit(tx, actor, &person)?;
    if store::find::<Organization>(tx, organization)?.is_none() {
        let text = "Organization: there is no such organization";
        return Err(Error::invalid("organization_id", "RecordNotFound", text));
    }
    if !store::organizations::add_member(tx, user, organization)? {
        return Err(Error::invalid("user_id", "DuplicateValue", "User: is a member of the organization already"));
    }
    if person.organization_id.is_none() {
        store::organizations::make_default(tx, user, Some(organization))?;
    }
    tell(tx, user)?;
    let all = store::organizations::memberships_of(tx, user)?;
    all.into_iter().find(|membership| membership.organization == organization).ok_or(Error::NotFound)
}

/// Ends a membership.
///
/// # Errors
/// `Forbidden` without `people_edit`; `NotFound`.
pub fn remove_from_organization(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<()> {
    let membership = store::find::<OrganizationMembership>(tx, id)?.ok_or(Error::NotFound)?;
    let person = get_user(tx, membership.user)?;
    permit(tx, actor, &person)?;
    store::organizations::remove_member(tx, membership.user, membership.organization)?;
    settle_default(tx, membership.user)?;
    tell(tx, membership.user)
}

/// Makes an organization the person's default one.
///
/// # Errors
/// `Forbidden` without `people_edit`; `NotFound` when they are no member.
pub fn make_default_organization(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user: UserId,
    organization: OrganizationId,
) -> Result<()> {
    let person = get_user(tx, user)?;
    permit(tx, actor, &person)?;
    let all = store::organizations::memberships_of(tx, user)?;
    if !all.iter().any(|membership| membership.organization == organization) {
        return Err(Error::NotFound);
    }
    store::organizations::make_default(tx, user, Some(organization))?;
    tell(tx, user)
}

/// Lets a member see all tickets of the organization.
pub(crate) fn let_see_all(tx: &mut Tx<'_>, membership: &OrganizationMembership) -> Result<()> {
    store::organizations::let_see_all(tx, membership.id)?;
    tell(tx, membership.user)
}
