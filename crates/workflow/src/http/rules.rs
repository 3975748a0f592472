//! [Triggers](https://developer.zendesk.com/api-reference/ticketing/business-rules/triggers/) and
//! [automations](https://developer.zendesk.com/api-reference/ticketing/business-rules/automations/): the same routes for both.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, Permission, Result, Timestamp, time};
use kernel::http::{
    Answer, Asked, Body, Created, Given, Id, Me, Needs, NoContent, Origin, Paging, Params, Routes, as_id, numbers, url,
};
use kernel::{App, Tx};
use rules::Definitions;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::rule::{self, Category, Kind, Rule};
use crate::store;

/// One of the two kinds, with its words in the API.
trait Of: Send + Sync + 'static {
    const KIND: Kind;
    const PATHS: Paths;
    /// `{"trigger": {...}}`
    type One: DeserializeOwned + Serialize + JsonSchema + Into<Map<String, Value>> + Send;
    /// `{"triggers": [...]}`
    type Many: DeserializeOwned + Serialize + JsonSchema + Into<Vec<Map<String, Value>>> + Send;
    type Answer: Serialize + JsonSchema;
    type Answers: Serialize + JsonSchema;
}

struct Paths {
    plural: &'static str,
    list: &'static str,
    active: &'static str,
    search: &'static str,
    definitions: &'static str,
    update_many: &'static str,
    destroy_many: &'static str,
    one: &'static str,
}

macro_rules! paths {
    ($plural:ident) => {
        Paths {
            plural: stringify!($plural),
            list: concat!("/api/v2/", stringify!($plural)),
            active: concat!("/api/v2/", stringify!($plural), "/active"),
            search: concat!("/api/v2/", stringify!($plural), "/search"),
            definitions: concat!("/api/v2/", stringify!($plural), "/definitions"),
            update_many: concat!("/api/v2/", stringify!($plural), "/update_many"),
            destroy_many: concat!("/api/v2/", stringify!($plural), "/destroy_many"),
            one: concat!("/api/v2/", stringify!($plural), "/{id}"),
        }
    };
}

/// Bodies and answers of one kind.
macro_rules! shapes {
    ($kind:ident $one:ident $many:ident $answer:ident $answers:ident $singular:ident $plural:ident) => {
        struct $kind;

        #[doc = concat!("`{\"", stringify!($singular), "\": {...}}`.")]
        #[derive(Default, Deserialize, Serialize, JsonSchema)]
        struct $one {
            /// title, description, active, position, category_id, conditions (all, any), actions.
            #[serde(default)]
            $singular: Map<String, Value>,
        }

        #[doc = concat!("`{\"", stringify!($plural), "\": [{\"id\", \"position\", \"active\", ...}]}`.")]
        #[derive(Default, Deserialize, Serialize, JsonSchema)]
        struct $many {
            #[serde(default)]
            $plural: Vec<Map<String, Value>>,
        }

        #[derive(Serialize, JsonSchema)]
        struct $answer {
            $singular: RuleView,
        }

        #[derive(Serialize, JsonSchema)]
        struct $answers {
            $plural: Vec<RuleView>,
            /// count, next_page and previous_page; or meta and links.
            #[serde(flatten)]
            paging: Map<String, Value>,
        }

        impl From<$one> for Map<String, Value> {
            fn from(body: $one) -> Self {
                body.$singular
            }
        }

        impl From<$many> for Vec<Map<String, Value>> {
            fn from(body: $many) -> Self {
                body.$plural
            }
        }

        impl Of for $kind {
            const KIND: Kind = Kind::$kind;
            const PATHS: Paths = paths!($plural);
            type One = $one;
            type Many = $many;
            type Answer = $answer;
            type Answers = $answers;
        }
    };
}

shapes!(Trigger TriggerBody TriggersBody TriggerAnswer TriggersAnswer trigger triggers);
shapes!(Automation AutomationBody AutomationsBody AutomationAnswer AutomationsAnswer automation automations);

pub(super) fn routes() -> Routes {
    let shared = routes_of::<Trigger>().merge(routes_of::<Automation>());
    shared
        .put("/api/v2/triggers/reorder", reorder)
        .needs(Permission::SharedRules)
        .takes::<Order>()
        .gives::<TriggersAnswer>()
}

fn routes_of<K: Of>() -> Routes {
    let write = Permission::SharedRules;
    Routes::new()
        .get(K::PATHS.list, list::<K>)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<K::Answers>()
        .post(K::PATHS.list, create::<K>)
        .needs(write)
        .takes::<K::One>()
        .gives::<K::Answer>()
        .get(K::PATHS.active, list_active::<K>)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<K::Answers>()
        .get(K::PATHS.search, search::<K>)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<K::Answers>()
        .get(K::PATHS.definitions, definitions::<K>)
        .needs(Needs::Staff)
        .gives::<DefinitionsAnswer>()
        .put(K::PATHS.update_many, update_many::<K>)
        .needs(write)
        .takes::<K::Many>()
        .gives::<K::Answers>()
        .delete(K::PATHS.destroy_many, destroy_many::<K>)
        .needs(write)
        .query::<Ids>()
        .get(K::PATHS.one, show::<K>)
        .needs(Needs::Staff)
        .gives::<K::Answer>()
        .put(K::PATHS.one, update::<K>)
        .needs(write)
        .takes::<K::One>()
        .gives::<K::Answer>()
        .delete(K::PATHS.one, delete::<K>)
        .needs(write)
}

/// What lists of rules take beside paging.
#[derive(Default, Deserialize, JsonSchema)]
struct ListQuery {
    /// Only those that are switched on, or off.
    active: Option<String>,
    /// Only those of a category.
    category_id: Option<String>,
    /// Only those whose title holds this.
    query: Option<String>,
    #[serde(flatten)]
    _paging: Paging,
}

#[derive(Default, Deserialize, JsonSchema)]
struct Ids {
    /// Numbers separated by commas.
    #[serde(default)]
    ids: String,
}

/// `{"trigger_ids": [...]}`.
#[derive(Default, Deserialize, JsonSchema)]
struct Order {
    #[serde(default)]
    trigger_ids: Vec<Value>,
}

#[derive(Serialize, JsonSchema)]
struct DefinitionsAnswer {
    definitions: Definitions,
}

#[derive(Serialize, JsonSchema)]
struct ConditionsView {
    /// All of these hold.
    all: Vec<Value>,
    /// One of these holds, if there are any.
    any: Vec<Value>,
}

/// A trigger or an automation.
#[derive(Serialize, JsonSchema)]
struct RuleView {
    url: String,
    id: i64,
    title: String,
    raw_title: String,
    description: Option<String>,
    active: bool,
    position: i64,
    /// Of triggers.
    category_id: Option<String>,
    conditions: ConditionsView,
    actions: Value,
    /// Always false.
    default: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Ours: how often it failed, one time after the other.
    failures: i64,
    /// With `include`: `usage_1h`, `usage_24h`, `usage_7d`, `usage_30d`.
    #[serde(flatten)]
    usage: BTreeMap<String, i64>,
}

fn view<K: Of>(origin: &Origin, r: &Rule) -> RuleView {
    let list = |name: &str| r.conditions[name].as_array().cloned().unwrap_or_default();
    RuleView {
        url: url(origin, &format!("{}/{}", K::PATHS.plural, r.id)),
        id: r.id,
        title: r.title.clone(),
        raw_title: r.title.clone(),
        description: Some(r.description.clone()).filter(|text| !text.is_empty()),
        active: r.active,
        position: r.position,
        category_id: r.category.map(|id| id.to_string()),
        conditions: ConditionsView { all: list("all"), any: list("any") },
        actions: r.actions.clone(),
        default: false,
        created_at: r.created_at,
        updated_at: r.updated_at,
        failures: r.failures,
        usage: BTreeMap::new(),
    }
}

/// Names of the side-loads that count what rules did, and over which time.
const USAGE: [(&str, i64); 4] =
    [("usage_1h", time::HOUR), ("usage_24h", time::DAY), ("usage_7d", 7 * time::DAY), ("usage_30d", 30 * time::DAY)];

/// A page of rules, with what was asked for beside them.
fn page<K: Of>(tx: &mut Tx<'_>, asked: &Asked, rules: &[Rule]) -> Result<Value> {
    let mut views: Vec<RuleView> = rules.iter().map(|rule| view::<K>(&asked.origin, rule)).collect();
    let order = asked.paging.order();
    for (name, span) in USAGE {
        if !asked.paging.includes(name) && order.is_none_or(|(by, _)| by != name) {
            continue;
        }
        let counts = store::rules::runs_since(tx, tx.now().plus(-span))?;
        for one in &mut views {
            one.usage.insert(name.to_owned(), counts.get(&one.id).copied().unwrap_or(0));
        }
    }
    match order {
        Some(("title" | "alphabetical", _)) => views.sort_by_key(|one| one.title.to_lowercase()),
        Some(("created_at", _)) => views.sort_by_key(|one| one.created_at),
        Some(("updated_at", _)) => views.sort_by_key(|one| one.updated_at),
        Some((name, _)) if name.starts_with("usage_") => views.sort_by_key(|one| one.usage.get(name).copied()),
        _ => {}
    }
    if order.is_some_and(|(_, descending)| descending) {
        views.reverse();
    }
    asked.slice(K::PATHS.plural, views.iter().map(|one| json!(one)).collect())
}

async fn answer_list<K: Of>(app: App, asked: Asked, query: ListQuery, wanted: Option<bool>) -> Answer<Json<Value>> {
    let active = query.active.as_deref().and_then(|text| text.parse::<bool>().ok());
    let wanted = wanted.or(active);
    let answer = app.read(move |tx| {
        let mut all = store::rules::all(tx, K::KIND)?;
        all.retain(|one| wanted.is_none_or(|active| one.active == active));
        if let Some(category) = query.category_id.filter(|id| !id.is_empty()) {
            all.retain(|one| one.category.map(|id| id.to_string()).as_deref() == Some(category.as_str()));
        }
        if let Some(part) = query.query.map(|part| part.to_lowercase()) {
            all.retain(|one| one.title.to_lowercase().contains(&part));
        }
        page::<K>(tx, &asked, &all)
    });
    Ok(Json(answer.await?))
}

async fn list<K: Of>(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    let query = ListQuery { query: None, ..query };
    answer_list::<K>(app.0, asked, query, None).await
}

async fn list_active<K: Of>(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    let query = ListQuery { query: None, ..query };
    answer_list::<K>(app.0, asked, query, Some(true)).await
}

async fn search<K: Of>(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    if query.query.as_deref().is_none_or(|text| text.trim().is_empty()) {
        return Err(Error::BadRequest("MissingParameter", "query: is needed".into()).into());
    }
    answer_list::<K>(app.0, asked, query, None).await
}

async fn definitions<K: Of>(app: State<App>) -> Answer<Json<DefinitionsAnswer>> {
    let found = app.read(|tx| Ok(rules::describe(&tickets::fields::catalogue(tx)?, K::KIND.purpose())));
    Ok(Json(DefinitionsAnswer { definitions: found.await? }))
}

fn answer<K: Of>(origin: &Origin, rule: &Rule) -> Value {
    json!({K::KIND.name(): view::<K>(origin, rule)})
}

async fn show<K: Of>(app: State<App>, origin: Origin, Id(id): Id<i64>) -> Answer<Json<Value>> {
    let found = app.read(move |tx| store::rules::get(tx, K::KIND, id)).await?;
    Ok(Json(answer::<K>(&origin, &found)))
}

/// Puts what the client gives into a rule and saves it.
fn save(tx: &mut Tx<'_>, actor: &Actor, rule: &mut Rule, map: Map<String, Value>) -> Result<()> {
    let mut given = Given::new(map);
    given.text("title", &mut rule.title);
    given.text("description", &mut rule.description);
    given.flag("active", &mut rule.active);
    given.number("position", &mut rule.position);
    if let Some(conditions) = given.value("conditions").filter(|value| value.is_object()) {
        let list = |name: &str| conditions.get(name).cloned().unwrap_or_else(|| json!([]));
        rule.conditions = json!({"all": list("all"), "any": list("any")});
    }
    for name in ["all", "any"] {
        if let Some(list) = given.value(name) {
            rule.conditions[name] = list.clone();
        }
    }
    if let Some(actions) = given.value("actions") {
        rule.actions = actions.clone();
    }
    if rule.kind == Kind::Trigger {
        read_category(tx, actor, &mut given, rule)?;
    }
    let saved = rule::save(tx, actor, rule);
    given.finish(saved)
}

/// The folder by its id, or a new one by its name.
fn read_category(tx: &mut Tx<'_>, actor: &Actor, given: &mut Given, rule: &mut Rule) -> Result<()> {
    match given.value("category_id").cloned() {
        None => {}
        Some(Value::Null) => rule.category = None,
        Some(value) => match as_id(&value) {
            Some(id) => rule.category = Some(id),
            None => given.problem("category_id", format!("category_id: {value} is not an id")),
        },
    }
    let Some(new) = given.value("category").filter(|value| value["name"].is_string()).cloned() else { return Ok(()) };
    let mut category = Category {
        id: 0,
        name: new["name"].as_str().unwrap_or_default().trim().to_owned(),
        position: new["position"].as_i64().unwrap_or(0),
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    rule::save_category(tx, actor, &mut category)?;
    rule.category = Some(category.id);
    Ok(())
}

async fn create<K: Of>(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<K::One>,
) -> Answer<Created<Value>> {
    let map = body.into();
    let made = app.write(move |tx| {
        let mut rule = Rule {
            id: 0,
            kind: K::KIND,
            title: String::new(),
            description: String::new(),
            active: true,
            position: store::rules::next_position(tx, K::KIND)?,
            category: None,
            conditions: json!({"all": [], "any": []}),
            actions: json!([]),
            failures: 0,
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        save(tx, &actor, &mut rule, map)?;
        Ok(answer::<K>(&origin, &rule))
    });
    let made = made.await?;
    let place = made[K::KIND.name()]["url"].as_str().unwrap_or_default().to_owned();
    Ok(Created(place, made))
}

async fn update<K: Of>(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<i64>,
    Body(body): Body<K::One>,
) -> Answer<Json<Value>> {
    let map = body.into();
    let saved = app.write(move |tx| {
        let mut rule = store::rules::get(tx, K::KIND, id)?;
        save(tx, &actor, &mut rule, map)?;
        Ok(answer::<K>(&origin, &rule))
    });
    Ok(Json(saved.await?))
}

async fn update_many<K: Of>(app: State<App>, asked: Asked, Body(body): Body<K::Many>) -> Answer<Json<Value>> {
    let entries: Vec<Map<String, Value>> = body.into();
    let saved = app.write(move |tx| {
        let mut changed = Vec::new();
        for entry in entries {
            let id = entry.get("id").and_then(as_id).ok_or(Error::NotFound)?;
            let mut rule = store::rules::get(tx, K::KIND, id)?;
            save(tx, &asked.actor, &mut rule, entry)?;
            changed.push(rule);
        }
        page::<K>(tx, &asked, &changed)
    });
    Ok(Json(saved.await?))
}

/// Changes a trigger; gives it as it is then.
pub(super) fn change_trigger(tx: &mut Tx<'_>, asked: &Asked, id: i64, map: Map<String, Value>) -> Result<Value> {
    let mut rule = store::rules::get(tx, Kind::Trigger, id)?;
    save(tx, &asked.actor, &mut rule, map)?;
    Ok(json!(view::<Trigger>(&asked.origin, &rule)))
}

async fn delete<K: Of>(app: State<App>, Me(actor): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    app.write(move |tx| {
        let found = store::rules::get(tx, K::KIND, id)?;
        rule::delete(tx, &actor, &found)
    })
    .await?;
    Ok(NoContent)
}

async fn destroy_many<K: Of>(app: State<App>, Me(actor): Me, Params(query): Params<Ids>) -> Answer<NoContent> {
    let ids = numbers(&query.ids);
    app.write(move |tx| {
        for id in ids {
            let found = store::rules::get(tx, K::KIND, id)?;
            rule::delete(tx, &actor, &found)?;
        }
        Ok(())
    })
    .await?;
    Ok(NoContent)
}

async fn reorder(app: State<App>, asked: Asked, Body(body): Body<Order>) -> Answer<Json<Value>> {
    let ids: Option<Vec<i64>> = body.trigger_ids.iter().map(as_id).collect();
    let ids = ids.ok_or_else(|| Error::invalid("trigger_ids", "InvalidValue", "trigger_ids: must be a list of ids"))?;
    let ordered = app.write(move |tx| {
        rule::reorder(tx, &asked.actor, Kind::Trigger, &ids)?;
        let all = store::rules::all(tx, Kind::Trigger)?;
        page::<Trigger>(tx, &asked, &all)
    });
    Ok(Json(ordered.await?))
}
