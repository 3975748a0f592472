//! The demo desk before its first ticket: people, groups, organizations, addresses, fields, views and macros.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Actor, BrandId, FieldId, GroupId, OrganizationId, Result, Role, UserId};
use channels::email::addresses::{self, NewAddress};
use kernel::http::ApiSettings;
use kernel::{App, Tx, settings};
use people::identities::{NewIdentity, add_identity};
use people::{GroupChange, IdentityKind, NewUser, OrganizationChange};
use serde_json::{Value, json};
use tickets::desk::BusinessHours;
use tickets::fields::{self, FieldOption};
use tickets::jobs::CloseAfter;
use tickets::{definitions, macros, views};

use super::fixtures::{Agent, AgentRole, Customer, Fixtures, Macro, View};
use super::plan::CLOSED_AFTER_DAYS;
use crate::wiring;

/// The password of those who can sign in.
const PASSWORD: &str = "tugi-demo";

/// The admin's API token.
const TOKEN: &str = "tugi-demo-token";

/// Those who can sign in.
const KNOWN: [&str; 3] = ["admin", "agent1", "agent2"];

/// What the fixtures' names stand for.
#[derive(Default)]
pub(super) struct Cast {
    pub agents: Vec<UserId>,
    pub customers: Vec<UserId>,
    pub groups: HashMap<String, GroupId>,
    pub brands: HashMap<String, BrandId>,
    pub fields: HashMap<String, FieldId>,
}

/// The hash of the password that all know, and of one that nobody does.
struct Hashes {
    known: String,
    unknown: String,
}

/// Makes all of it in one transaction.
pub(super) fn make(app: &App, fixtures: &Arc<Fixtures>) -> Result<Cast> {
    let unknown = people::hash_password(app, &app.secrets().token())?;
    let hashes = Hashes { known: people::hash_password(app, PASSWORD)?, unknown };
    let fixtures = fixtures.clone();
    app.write(move |tx| {
        let mut cast = Cast::default();
        make_frame(tx, &fixtures, &mut cast)?;
        for agent in &fixtures.desk.agents {
            let user = make_agent(tx, agent, &cast, &hashes)?;
            cast.agents.push(user);
        }
        let organizations = make_organizations(tx, &fixtures, &cast)?;
        for customer in &fixtures.customers {
            let user = make_customer(tx, customer, &organizations)?;
            cast.customers.push(user);
        }
        make_rules(tx, &fixtures, &cast)?;
        Ok(cast)
    })
    .wait()
}

fn make_frame(tx: &mut Tx<'_>, fixtures: &Fixtures, cast: &mut Cast) -> Result<()> {
    let desk = &fixtures.desk;
    let (name, zone) = (desk.about.name.clone(), desk.about.time_zone.clone());
    settings::set(tx, &people::settings::Desk { name, locale: desk.about.locale, time_zone: zone.clone() })?;
    settings::set(tx, &BusinessHours { time_zone: zone, ..BusinessHours::default() })?;
    settings::set(tx, &CloseAfter { days: CLOSED_AFTER_DAYS })?;
    // A demo is there to be tried out, by test suites among others.
    settings::set(tx, &ApiSettings::generous())?;
    wiring::furnish(tx)?;
    let default = make_brands(tx, fixtures, cast)?;
    make_fields(tx, fixtures, cast)?;
    for group in &desk.groups {
        let (name, description) = (Some(group.name.clone()), Some(group.description.clone()));
        let made = people::create_group(tx, &Actor::system(), GroupChange { name, description, ..Default::default() })?;
        cast.groups.insert(group.key.clone(), made.id);
    }
    for address in &desk.addresses {
        let new = NewAddress {
            email: address.address.clone(),
            name: address.name.clone(),
            brand: cast.brands.get(&address.brand).copied().unwrap_or(default),
            group: cast.groups.get(&address.group).copied(),
            is_default: address.default,
        };
        addresses::add(tx, &Actor::system(), &new)?;
    }
    Ok(())
}

/// The first brand is the one that every desk has.
fn make_brands(tx: &mut Tx<'_>, fixtures: &Fixtures, cast: &mut Cast) -> Result<BrandId> {
    let default = tickets::desk::default_brand(tx)?;
    for (place, one) in fixtures.desk.brands.iter().enumerate() {
        let mut brand = default.clone();
        if place > 0 {
            brand.id = BrandId(0);
            brand.is_default = false;
            one.key.clone_into(&mut brand.subdomain);
        }
        one.name.clone_into(&mut brand.name);
        let signature = one.signature.get(&fixtures.desk.about.locale).cloned().unwrap_or_default();
        brand.signature_template = format!("{{{{agent.signature}}}}\n\n{signature}");
        cast.brands.insert(one.key.clone(), definitions::save_brand(tx, &Actor::system(), &brand)?);
    }
    Ok(default.id)
}

fn make_fields(tx: &mut Tx<'_>, fixtures: &Fixtures, cast: &mut Cast) -> Result<()> {
    for (place, one) in fixtures.desk.fields.iter().enumerate() {
        let mut field = fields::new(tx, &one.kind, &one.title);
        one.description.clone_into(&mut field.description);
        one.title.clone_into(&mut field.title_in_portal);
        field.position = 100 + place as i64;
        field.regexp.clone_from(&one.regexp);
        field.visible_in_portal = one.in_portal;
        field.editable_in_portal = one.in_portal;
        let option = |option: &super::fixtures::FieldOption| FieldOption {
            id: 0,
            name: option.name.clone(),
            value: option.value.clone(),
        };
        field.options = one.options.iter().map(option).collect();
        cast.fields.insert(one.key.clone(), definitions::save_field(tx, &Actor::system(), &field)?);
    }
    Ok(())
}

fn make_agent(tx: &mut Tx<'_>, agent: &Agent, cast: &Cast, hashes: &Hashes) -> Result<UserId> {
    let role = match agent.role {
        AgentRole::Owner => Role::Owner,
        AgentRole::Admin => Role::Admin,
        AgentRole::Agent => Role::Agent,
        AgentRole::LightAgent => Role::LightAgent,
    };
    let known = KNOWN.contains(&agent.key.as_str());
    let groups: Vec<GroupId> = agent.groups.iter().filter_map(|key| cast.groups.get(key).copied()).collect();
    let new = NewUser {
        name: Some(agent.name.clone()),
        email: Some(agent.email.clone()),
        role: Some(role),
        // The workspace speaks English to those who try the demo; they choose their own in the profile.
        locale: None,
        default_group: groups.first().copied(),
        verified: Some(true),
        password_hash: Some(if known { hashes.known.clone() } else { hashes.unknown.clone() }),
        ..NewUser::default()
    };
    let system = Actor::system();
    let user = people::create_user(tx, &system, new)?.id;
    let already = people::groups_of(tx, user)?;
    for group in groups.into_iter().filter(|group| !already.contains(group)) {
        people::add_to_group(tx, &system, user, group)?;
    }
    if role == Role::Admin {
        people::keep_token(tx, &system, user, "Demo", TOKEN)?;
    }
    Ok(user)
}

fn make_organizations(tx: &mut Tx<'_>, fixtures: &Fixtures, cast: &Cast) -> Result<HashMap<String, OrganizationId>> {
    let mut made = HashMap::new();
    for one in &fixtures.organizations {
        let new = OrganizationChange {
            name: Some(one.name.clone()),
            notes: Some(one.notes.trim().to_owned()),
            group: one.group.as_ref().map(|key| cast.groups.get(key).copied()),
            domains: Some(vec![one.domain.clone()]),
            ..Default::default()
        };
        made.insert(one.key.clone(), people::create_organization(tx, &Actor::system(), new)?.id);
    }
    Ok(made)
}

fn make_customer(
    tx: &mut Tx<'_>,
    customer: &Customer,
    organizations: &HashMap<String, OrganizationId>,
) -> Result<UserId> {
    let system = Actor::system();
    let organization = customer.organization.as_ref().and_then(|key| organizations.get(key).copied());
    let new = NewUser {
        name: Some(customer.name.clone()),
        email: Some(customer.email.clone()),
        phone: customer.phone.clone().map(Some),
        locale: Some(customer.language),
        organization: organization.map(Some),
        tags: customer.vip.then(|| vec!["vip".to_owned()]),
        verified: Some(true),
        ..NewUser::default()
    };
    let user = people::create_user(tx, &system, new)?.id;
    if let Some(value) = customer.email2.clone() {
        let new = NewIdentity { kind: IdentityKind::Email, value, verified: true, primary: false };
        add_identity(tx, &system, user, new)?;
    }
    Ok(user)
}

fn make_rules(tx: &mut Tx<'_>, fixtures: &Fixtures, cast: &Cast) -> Result<()> {
    let system = Actor::system();
    for one in &fixtures.desk.views {
        let mut view = views::new(tx, &one.title, view_conditions(one, cast));
        view.columns = one.columns.clone();
        one.sort_by.clone_into(&mut view.sort_by);
        view.sort_descending = one.sort_order == "desc";
        views::save(tx, &system, &view)?;
    }
    for one in &fixtures.macros {
        let mut made = macros::new(tx, &one.title, macro_actions(one));
        made.groups = one.group.iter().filter_map(|key| cast.groups.get(key).copied()).collect();
        macros::save(tx, &system, &made)?;
    }
    Ok(())
}

fn view_conditions(view: &View, cast: &Cast) -> Value {
    let value = |text: &str| match text.strip_prefix("group:") {
        Some(key) => cast.groups.get(key).map(ToString::to_string).unwrap_or_default(),
        None => text.to_owned(),
    };
    let list = |conditions: &[[String; 3]]| -> Value {
        let one = |[field, operator, operand]: &[String; 3]| json!({"field": field, "operator": operator, "value": value(operand)});
        conditions.iter().map(one).collect()
    };
    json!({"all": list(&view.all), "any": list(&view.any)})
}

fn macro_actions(one: &Macro) -> Value {
    let mut actions = vec![json!({"field": "comment_value_html", "value": one.html})];
    if one.note {
        actions.push(json!({"field": "comment_mode_is_public", "value": "false"}));
    }
    actions.extend(one.status.iter().map(|status| json!({"field": "status", "value": status})));
    actions.extend(one.priority.iter().map(|priority| json!({"field": "priority", "value": priority})));
    if !one.tags.is_empty() {
        actions.push(json!({"field": "current_tags", "value": one.tags.join(" ")}));
    }
    actions.into()
}
