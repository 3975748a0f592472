//! [Zendesk's macros](https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use base::{Actor, Error, MacroId, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Body, Created, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::asked::{Asked, Given, numbers, url};
use super::views::{read_restriction, restriction_json};
use crate::apply::{apply, field_value};
use crate::change::Change;
use crate::content::Content;
use crate::macros::{self, Effect, Macro};
use crate::ticket::Ticket;
use crate::{access, fields, store};

pub(super) fn routes() -> Routes {
    lists()
        .post("/api/v2/macros", create)
        .needs(Permission::PersonalRules)
        .takes::<MacroBody>()
        .gives::<MacroAnswer>()
        .get("/api/v2/macros/new", replica)
        .needs(Needs::Staff)
        .query::<ReplicaQuery>()
        .gives::<MacroAnswer>()
        .put("/api/v2/macros/update_many", update_many)
        .needs(Permission::PersonalRules)
        .takes::<MacrosBody>()
        .gives::<MacrosAnswer>()
        .delete("/api/v2/macros/destroy_many", delete_many)
        .needs(Permission::PersonalRules)
        .query::<Ids>()
        .get("/api/v2/macros/{id}", show)
        .needs(Needs::Staff)
        .gives::<MacroAnswer>()
        .put("/api/v2/macros/{id}", update)
        .needs(Permission::PersonalRules)
        .takes::<MacroBody>()
        .gives::<MacroAnswer>()
        .delete("/api/v2/macros/{id}", delete)
        .needs(Permission::PersonalRules)
        .get("/api/v2/macros/{id}/apply", apply_alone)
        .needs(Permission::TicketNote)
        .gives::<AppliedAnswer>()
        .get("/api/v2/tickets/{id}/macros/{macro_id}/apply", apply_to_ticket)
        .needs(Permission::TicketNote)
        .gives::<AppliedAnswer>()
}

fn lists() -> Routes {
    Routes::new()
        .get("/api/v2/macros", list)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<MacrosAnswer>()
        .get("/api/v2/macros/active", list_active)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<MacrosAnswer>()
        .get("/api/v2/macros/search", list)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<MacrosAnswer>()
        .get("/api/v2/macros/categories", categories)
        .needs(Needs::Staff)
        .gives::<CategoriesAnswer>()
        .get("/api/v2/macros/definitions", definitions)
        .needs(Needs::Staff)
        .gives::<DefinitionsAnswer>()
        .get("/api/v2/macros/actions", actions)
        .needs(Needs::Staff)
        .gives::<ActionsAnswer>()
}

/// A macro.
#[derive(Serialize, JsonSchema)]
pub(super) struct MacroView {
    /// Null for one that isn't saved.
    id: Option<MacroId>,
    url: Option<String>,
    title: String,
    raw_title: String,
    active: bool,
    default: bool,
    position: i64,
    description: String,
    /// Zendesk's actions: field and value.
    actions: Value,
    /// Null for all, or whose it is.
    restriction: Value,
    /// Ours: how often it was used.
    usage: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct MacroAnswer {
    r#macro: MacroView,
}

#[derive(Serialize, JsonSchema)]
struct MacrosAnswer {
    macros: Vec<MacroView>,
}

#[derive(Serialize, JsonSchema)]
struct CategoriesAnswer {
    categories: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct ActionsAnswer {
    actions: Value,
}

#[derive(Serialize, JsonSchema)]
struct DefinitionsAnswer {
    definitions: ActionsAnswer,
}

/// What a macro would do.
#[derive(Serialize, JsonSchema)]
struct AppliedAnswer {
    result: AppliedView,
}

#[derive(Serialize, JsonSchema)]
struct AppliedView {
    /// The keys of a ticket that it sets.
    ticket: Map<String, Value>,
    /// The comment that it writes.
    comment: Option<Value>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ListQuery {
    /// Words of the title or the description.
    query: Option<String>,
    /// The folder: what stands before `::` in titles.
    category: Option<String>,
    /// `personal`, `shared` or `account`.
    access: Option<String>,
    /// `true` or `false`.
    active: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ReplicaQuery {
    /// The macro to be copied.
    macro_id: Option<String>,
    /// The ticket whose fields it is to set.
    ticket_id: Option<String>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct Ids {
    /// Numbers separated by commas.
    #[serde(default)]
    ids: String,
}

/// `{"macros": [{"id", "position", "active"}]}`.
#[derive(Default, Deserialize, JsonSchema)]
struct MacrosBody {
    #[serde(default)]
    macros: Vec<Map<String, Value>>,
}

/// `{"macro": {...}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct MacroBody {
    /// title, description, active, position, actions, restriction.
    #[serde(default)]
    r#macro: Map<String, Value>,
}

fn view(origin: &Origin, m: &Macro) -> MacroView {
    let id = (m.id.0 != 0).then_some(m.id);
    MacroView {
        id,
        url: id.map(|id| url(origin, &format!("macros/{id}"))),
        title: m.title.clone(),
        raw_title: m.title.clone(),
        active: m.active,
        default: false,
        position: m.position,
        description: m.description.clone(),
        actions: m.actions.clone(),
        restriction: restriction_json(m.owner, &m.groups),
        usage: m.usage,
        created_at: m.created_at,
        updated_at: m.updated_at,
    }
}

/// The folder of a macro: what stands before the first `::` of its title.
fn category(title: &str) -> Option<&str> {
    title.split_once("::").map(|(category, _)| category.trim())
}

async fn answer_list(app: App, asked: Asked, query: ListQuery, active_only: bool) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let wanted = match query.active.as_deref() {
            _ if active_only => Some(true),
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            _ => None,
        };
        let words = query.query.unwrap_or_default().to_lowercase();
        let has = |m: &Macro| {
            words
                .split_whitespace()
                .all(|word| m.title.to_lowercase().contains(word) || m.description.to_lowercase().contains(word))
        };
        let mut all = macros::visible(tx, &asked.actor)?;
        all.retain(|m| wanted.is_none_or(|active| m.active == active) && has(m));
        all.retain(|m| query.category.as_deref().is_none_or(|of| category(&m.title) == Some(of)));
        all.retain(|m| match query.access.as_deref() {
            Some("personal") => m.owner.is_some(),
            Some("shared" | "account") => m.owner.is_none(),
            _ => true,
        });
        match query.paging.order() {
            Some(("alphabetical", _)) => all.sort_by_key(|m| m.title.to_lowercase()),
            Some((name, _)) if name.starts_with("usage") => all.sort_by_key(|m| std::cmp::Reverse(m.usage)),
            Some(("created_at", _)) => all.sort_by_key(|m| m.created_at),
            Some(("updated_at", _)) => all.sort_by_key(|m| m.updated_at),
            _ => {}
        }
        if query.paging.sort_order.as_deref() == Some("desc") {
            all.reverse();
        }
        asked.slice("macros", all.iter().map(|m| json!(view(&asked.origin, m))).collect())
    });
    Ok(Json(answer.await?))
}

async fn list(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, false).await
}

async fn list_active(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, query, true).await
}

async fn actions(app: State<App>) -> Answer<Json<ActionsAnswer>> {
    let answer = app.read(|tx| {
        let definitions = rules::describe(&fields::catalogue(tx)?, rules::Purpose::Macro);
        Ok(ActionsAnswer { actions: json!(definitions.actions) })
    });
    Ok(Json(answer.await?))
}

/// A macro that isn't saved: a copy of another, or what a ticket is like.
async fn replica(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(query): Params<ReplicaQuery>,
) -> Answer<Json<MacroAnswer>> {
    let answer = app.read(move |tx| {
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse::<i64>().ok());
        let copy = match (number(&query.macro_id), number(&query.ticket_id)) {
            (Some(id), _) => Macro { id: MacroId(0), usage: 0, ..macros::get(tx, &actor, MacroId(id))? },
            (None, Some(id)) => {
                let ticket = access::get(tx, &actor, TicketId(id))?;
                let mut actions = vec![json!({"field": "status", "value": ticket.status.name()})];
                actions.extend(ticket.priority.map(|p| json!({"field": "priority", "value": p.name()})));
                actions.extend(ticket.kind.map(|kind| json!({"field": "type", "value": kind.name()})));
                let tags = ticket.tags.iter().cloned().collect::<Vec<_>>().join(" ");
                if !tags.is_empty() {
                    actions.push(json!({"field": "set_tags", "value": tags}));
                }
                macros::new(tx, &ticket.subject, json!(actions))
            }
            (None, None) => {
                return Err(Error::BadRequest("InvalidParameter", "macro_id or ticket_id is needed".into()));
            }
        };
        Ok(MacroAnswer { r#macro: view(&origin, &copy) })
    });
    Ok(Json(answer.await?))
}

async fn update_many(app: State<App>, asked: Asked, Body(body): Body<MacrosBody>) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let mut changed = Vec::new();
        for entry in body.macros {
            let id = entry.get("id").and_then(super::input::as_id).ok_or(Error::NotFound)?;
            let mut m = macros::get(tx, &asked.actor, MacroId(id))?;
            let mut given = Given::new(entry);
            given.flag("active", &mut m.active);
            given.number("position", &mut m.position);
            let saved = macros::save(tx, &asked.actor, &m);
            given.finish(saved)?;
            changed.push(json!(view(&asked.origin, &m)));
        }
        asked.slice("macros", changed)
    });
    Ok(Json(answer.await?))
}

async fn delete_many(app: State<App>, Me(actor): Me, Params(ids): Params<Ids>) -> Answer<NoContent> {
    let ids = numbers(&ids.ids);
    if ids.is_empty() {
        return Err(Error::BadRequest("BadRequest", "No macros were named".into()).into());
    }
    app.write(move |tx| ids.into_iter().try_for_each(|id| macros::delete(tx, &actor, MacroId(id)))).await?;
    Ok(NoContent)
}

async fn categories(app: State<App>, Me(actor): Me) -> Answer<Json<CategoriesAnswer>> {
    let all = app.read(move |tx| macros::visible(tx, &actor)).await?;
    let mut names: Vec<String> = all.iter().filter_map(|m| category(&m.title)).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    Ok(Json(CategoriesAnswer { categories: names }))
}

async fn definitions(app: State<App>) -> Answer<Json<DefinitionsAnswer>> {
    let answer = app.read(|tx| {
        let definitions = rules::describe(&fields::catalogue(tx)?, rules::Purpose::Macro);
        Ok(DefinitionsAnswer { definitions: ActionsAnswer { actions: json!(definitions.actions) } })
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<MacroId>) -> Answer<Json<MacroAnswer>> {
    let found = app.read(move |tx| macros::get(tx, &actor, id)).await?;
    Ok(Json(MacroAnswer { r#macro: view(&origin, &found) }))
}

fn save(tx: &mut Tx<'_>, actor: &Actor, origin: &Origin, mut m: Macro, body: MacroBody) -> Result<MacroAnswer> {
    let mut given = Given::new(body.r#macro);
    if m.id.0 != 0 {
        crate::views::may_change(actor, m.owner)?;
    }
    given.text("title", &mut m.title);
    given.text("description", &mut m.description);
    given.flag("active", &mut m.active);
    given.number("position", &mut m.position);
    read_restriction(&mut given, actor.user, &mut m.owner, &mut m.groups);
    if let Some(actions) = given.value("actions") {
        m.actions = actions.clone();
    }
    let saved = macros::save(tx, actor, &m);
    let id = given.finish(saved)?;
    Ok(MacroAnswer { r#macro: view(origin, &macros::get(tx, actor, id)?) })
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<MacroBody>,
) -> Answer<Created<MacroAnswer>> {
    let answer = app.write(move |tx| {
        let mut m = macros::new(tx, "", json!([]));
        let shared = actor.may(Permission::SharedRules) || body.r#macro.contains_key("restriction");
        m.owner = (!shared).then_some(actor.user);
        save(tx, &actor, &origin, m, body)
    });
    let answer = answer.await?;
    Ok(Created(answer.r#macro.url.clone().unwrap_or_default(), answer))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<MacroId>,
    Body(body): Body<MacroBody>,
) -> Answer<Json<MacroAnswer>> {
    let answer = app.write(move |tx| {
        let m = macros::get(tx, &actor, id)?;
        save(tx, &actor, &origin, m, body)
    });
    Ok(Json(answer.await?))
}

async fn delete(app: State<App>, Me(actor): Me, Id(id): Id<MacroId>) -> Answer<NoContent> {
    app.write(move |tx| macros::delete(tx, &actor, id)).await?;
    Ok(NoContent)
}

/// Runs a macro on nothing: what it would set.
async fn apply_alone(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<MacroId>,
) -> Answer<Json<AppliedAnswer>> {
    let answer = app.write(move |tx| result(tx, &actor, &origin, id, None));
    Ok(Json(answer.await?))
}

/// Runs a macro on a ticket without saving it: what the ticket would be given.
async fn apply_to_ticket(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Path((id, macro_id)): Path<(String, String)>,
) -> Answer<Json<AppliedAnswer>> {
    let ids = id.parse::<i64>().ok().zip(macro_id.parse::<i64>().ok()).ok_or(Error::NotFound)?;
    let answer = app.write(move |tx| {
        let ticket = access::get(tx, &actor, TicketId(ids.0))?;
        result(tx, &actor, &origin, MacroId(ids.1), Some(ticket))
    });
    Ok(Json(answer.await?))
}

fn result(
    tx: &mut Tx<'_>,
    actor: &Actor,
    origin: &Origin,
    id: MacroId,
    ticket: Option<Ticket>,
) -> Result<AppliedAnswer> {
    let found = macros::get(tx, actor, id)?;
    let actions = rules::parse_actions(&found.actions, &fields::catalogue(tx)?).map_err(Error::Invalid)?;
    let mut effect = macros::effect(&actions, actor, ticket.as_ref().map(|t| t.requester), tx.now());
    put_dynamic_content(tx, &mut effect, ticket.as_ref().map_or(actor.user, |ticket| ticket.requester))?;
    store::lists::count_macro_use(tx, id)?;
    let placeholders = placeholders(tx, actor, origin, ticket.as_ref())?;
    let comment = comment_json(&effect, &placeholders);
    let mut set = what_is_set(&effect, actor, ticket.as_ref(), tx.now());
    if let Some(ticket) = &ticket {
        set.insert("id".into(), json!(ticket.id));
        set.insert("url".into(), json!(url(origin, &format!("tickets/{}", ticket.id))));
    }
    if let Some(comment) = &comment {
        set.insert("comment".into(), comment.clone());
    }
    Ok(AppliedAnswer { result: AppliedView { ticket: set, comment } })
}

/// Puts dynamic content into the comment, in the language of its reader.
fn put_dynamic_content(tx: &mut Tx<'_>, effect: &mut Effect, reader: UserId) -> Result<()> {
    let sources: Vec<&str> = [&effect.html, &effect.text].into_iter().flatten().map(String::as_str).collect();
    let reader = people::find_user(tx, reader)?.map(|reader| reader.locale).unwrap_or_default();
    let texts = people::dynamic_content::texts(tx, &sources, reader)?;
    effect.html = effect.html.take().map(|html| texts.in_html(&html));
    effect.text = effect.text.take().map(|text| texts.in_text(&text));
    Ok(())
}

/// The keys of Zendesk's ticket that the macro sets, with their new values.
fn what_is_set(effect: &Effect, actor: &Actor, ticket: Option<&Ticket>, now: base::Timestamp) -> Map<String, Value> {
    let mut after = match ticket {
        Some(ticket) => ticket.clone(),
        None => Ticket::new(actor.user, actor.user, base::BrandId(0), crate::Via::Web, now),
    };
    let (mut set, mut custom) = (Map::new(), Vec::new());
    for change in &effect.changes {
        apply(&mut after, change, now, actor.user);
        let (key, value) = match change {
            Change::Subject(subject) => ("subject", json!(subject)),
            Change::Status(status) => ("status", json!(status.name())),
            Change::CustomStatus(id) => ("custom_status_id", json!(id)),
            Change::Priority(priority) => ("priority", json!(priority.map(rules::Priority::name))),
            Change::Type(kind) => ("type", json!(kind.map(rules::TicketType::name))),
            Change::Assignee(user) => ("assignee_id", json!(user)),
            Change::Group(group) => ("group_id", json!(group)),
            Change::Brand(brand) => ("brand_id", json!(brand)),
            Change::Form(form) => ("ticket_form_id", json!(form)),
            Change::SetTags(_) | Change::AddTags(_) | Change::RemoveTags(_) => ("tags", json!(after.tags)),
            Change::AddCc(_) => ("email_cc_ids", json!(after.ccs)),
            Change::AddFollower(_) => ("follower_ids", json!(after.followers)),
            Change::Field(id, value) => {
                custom.push(json!({"id": id, "value": field_value(value)}));
                continue;
            }
            _ => continue,
        };
        set.insert(key.into(), value);
    }
    if !custom.is_empty() {
        set.insert("custom_fields".into(), json!(custom));
    }
    set
}

/// The comment with its placeholders filled, in both forms.
fn comment_json(effect: &Effect, placeholders: &BTreeMap<&'static str, String>) -> Option<Value> {
    let content = match (&effect.html, &effect.text) {
        (Some(html), _) => Content::from_html(&fill(html, placeholders, escape), |_| None),
        (None, Some(text)) => Content::from_text(&fill(text, placeholders, str::to_owned)),
        (None, None) => return effect.public.map(|public| json!({"public": public})),
    };
    let scope = if effect.public == Some(false) { "channel:private" } else { "channel:all" };
    let mut comment =
        json!({"body": content.text(), "html_body": content.html(), "scoped_body": [[scope, content.text()]]});
    if let Some(public) = effect.public {
        comment["public"] = json!(public);
    }
    Some(comment)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What simple placeholders stand for. Without a ticket those about it stay as they are, to be filled when there is one.
fn placeholders(
    tx: &mut Tx<'_>,
    actor: &Actor,
    origin: &Origin,
    ticket: Option<&Ticket>,
) -> Result<BTreeMap<&'static str, String>> {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    let last = |name: &str| name.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
    let mut all = BTreeMap::new();
    if let Some(me) = people::find_user(tx, actor.user)? {
        all.extend([
            ("current_user.first_name", first(&me.name)),
            ("current_user.last_name", last(&me.name)),
            ("current_user.email", me.email.unwrap_or_default()),
            ("current_user.signature", me.signature),
            ("current_user.name", me.name),
        ]);
    }
    let Some(ticket) = ticket else { return Ok(all) };
    let requester = people::get_user(tx, ticket.requester)?;
    all.extend([
        ("ticket.requester.first_name", first(&requester.name)),
        ("ticket.requester.last_name", last(&requester.name)),
        ("ticket.requester.email", requester.email.unwrap_or_default()),
        ("ticket.requester.phone", requester.phone.unwrap_or_default()),
        ("ticket.requester.name", requester.name),
    ]);
    let assignee = ticket.assignee.map(|id| people::get_user(tx, id)).transpose()?;
    let group = ticket.group.map(|id| people::groups_by_ids(tx, &[id])).transpose()?.and_then(|mut all| all.pop());
    let organization = ticket.organization.map(|id| people::get_organization(tx, id)).transpose()?;
    let assignee = assignee.map(|user| user.name).unwrap_or_default();
    let place = format!("{}/agent/tickets/{}", origin.0, ticket.id);
    all.extend([
        ("ticket.assignee.first_name", first(&assignee)),
        ("ticket.assignee.name", assignee),
        ("ticket.group.name", group.map(|group| group.name).unwrap_or_default()),
        ("ticket.organization.name", organization.map(|one| one.name).unwrap_or_default()),
        ("ticket.id", ticket.id.to_string()),
        ("ticket.title", ticket.subject.clone()),
        ("ticket.subject", ticket.subject.clone()),
        ("ticket.description", ticket.description.clone()),
        ("ticket.status", ticket.status.name().to_owned()),
        ("ticket.priority", ticket.priority.map(rules::Priority::name).unwrap_or_default().to_owned()),
        ("ticket.external_id", ticket.external_id.clone().unwrap_or_default()),
        ("ticket.tags", ticket.tags.iter().cloned().collect::<Vec<_>>().join(" ")),
        ("ticket.link", place.clone()),
        ("ticket.url", place),
    ]);
    Ok(all)
}

/// Fills `{{name}}`; names that aren't known stay.
fn fill(text: &str, placeholders: &BTreeMap<&'static str, String>, escape: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let Some(length) = rest[open..].find("}}") else { break };
        let name = rest[open + 2..open + length].trim();
        out.push_str(&rest[..open]);
        match placeholders.get(name) {
            Some(value) => out.push_str(&escape(value)),
            None => out.push_str(&rest[open..open + length + 2]),
        }
        rest = &rest[open + length + 2..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_stay() {
        let all = BTreeMap::from([("ticket.title", "<b>".to_owned())]);
        assert_eq!(fill("{{ ticket.title }} {{x}} {{", &all, escape), "&lt;b&gt; {{x}} {{");
        assert_eq!(fill("no", &all, escape), "no");
    }
}
