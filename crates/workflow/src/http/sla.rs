//! SLA policies and group SLA policies: the same routes for both.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, Permission, Result, Timestamp};
use kernel::http::{Answer, Asked, Body, Created, Given, Id, Me, Needs, NoContent, Origin, Paging, Routes, as_id, url};
use kernel::{App, Tx};
use rules::describe::ConditionDefinition;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sla::{self, Kind, Policy, Target};
use crate::store;

/// One of the two kinds, with its words in the API.
trait Of: Send + Sync + 'static {
    const KIND: Kind;
    const PATHS: [&'static str; 4];
    const PLURAL: &'static str;
    /// `{"sla_policy": {...}}`
    type One: DeserializeOwned + JsonSchema + Into<Map<String, Value>> + Send;
    /// `{"sla_policy_ids": [...]}`
    type Order: DeserializeOwned + JsonSchema + Into<Vec<Value>> + Send;
    type Answer: JsonSchema;
    type Answers: JsonSchema;
}

macro_rules! shapes {
    ($kind:ident, $path:literal, $one:ident $order:ident $answer:ident $answers:ident, $singular:ident $plural:ident $ids:ident) => {
        struct $kind;

        #[doc = concat!("`{\"", stringify!($singular), "\": {...}}`.")]
        #[derive(Default, Deserialize, JsonSchema)]
        struct $one {
            /// title, description, position, filter (all, any), policy_metrics (priority, metric, target in minutes,
            /// business_hours).
            #[serde(default)]
            $singular: Map<String, Value>,
        }

        #[doc = concat!("`{\"", stringify!($ids), "\": [...]}`.")]
        #[derive(Default, Deserialize, JsonSchema)]
        struct $order {
            #[serde(default)]
            $ids: Vec<Value>,
        }

        #[derive(Serialize, JsonSchema)]
        struct $answer {
            $singular: PolicyView,
        }

        #[derive(Serialize, JsonSchema)]
        struct $answers {
            $plural: Vec<PolicyView>,
            /// count, next_page and previous_page; or meta and links.
            #[serde(flatten)]
            paging: Map<String, Value>,
        }

        impl From<$one> for Map<String, Value> {
            fn from(body: $one) -> Self {
                body.$singular
            }
        }

        impl From<$order> for Vec<Value> {
            fn from(body: $order) -> Self {
                body.$ids
            }
        }

        impl Of for $kind {
            const KIND: Kind = Kind::$kind;
            const PATHS: [&'static str; 4] = [
                concat!("/api/v2/", $path, "/policies"),
                concat!("/api/v2/", $path, "/policies/definitions"),
                concat!("/api/v2/", $path, "/policies/reorder"),
                concat!("/api/v2/", $path, "/policies/{id}"),
            ];
            const PLURAL: &'static str = stringify!($plural);
            type One = $one;
            type Order = $order;
            type Answer = $answer;
            type Answers = $answers;
        }
    };
}

shapes!(Ticket, "slas", SlaBody SlaOrder SlaAnswer SlasAnswer, sla_policy sla_policies sla_policy_ids);
shapes!(Group, "group_slas", GroupSlaBody GroupSlaOrder GroupSlaAnswer GroupSlasAnswer,
    group_sla_policy group_sla_policies group_sla_policy_ids);

pub(super) fn routes() -> Routes {
    routes_of::<Ticket>().merge(routes_of::<Group>())
}

fn routes_of<K: Of>() -> Routes {
    let write = Permission::SharedRules;
    let [list_path, definitions_path, reorder_path, one] = K::PATHS;
    Routes::new()
        .get(list_path, list::<K>)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<K::Answers>()
        .post(list_path, create::<K>)
        .needs(write)
        .takes::<K::One>()
        .gives::<K::Answer>()
        .get(definitions_path, definitions::<K>)
        .needs(Needs::Staff)
        .gives::<DefinitionsAnswer>()
        .put(reorder_path, reorder::<K>)
        .needs(write)
        .takes::<K::Order>()
        .gives::<K::Answers>()
        .get(one, show::<K>)
        .needs(Needs::Staff)
        .gives::<K::Answer>()
        .put(one, update::<K>)
        .needs(write)
        .takes::<K::One>()
        .gives::<K::Answer>()
        .delete(one, delete::<K>)
        .needs(write)
}

/// A time that is promised.
#[derive(Serialize, JsonSchema)]
struct MetricView {
    priority: String,
    metric: String,
    /// Whole minutes.
    target: i64,
    /// The same to the second.
    target_in_seconds: i64,
    business_hours: bool,
}

#[derive(Serialize, JsonSchema)]
struct FilterView {
    all: Vec<Value>,
    any: Vec<Value>,
}

/// A policy.
#[derive(Serialize, JsonSchema)]
struct PolicyView {
    url: String,
    /// A number; a text for group SLA policies.
    id: Value,
    title: String,
    description: String,
    position: i64,
    filter: FilterView,
    policy_metrics: Vec<MetricView>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct FilterDefinitions {
    all: Vec<ConditionDefinition>,
    any: Vec<ConditionDefinition>,
}

#[derive(Serialize, JsonSchema)]
struct DefinitionsAnswer {
    definitions: FilterDefinitions,
}

fn view(origin: &Origin, p: &Policy) -> PolicyView {
    let list = |name: &str| p.filter[name].as_array().cloned().unwrap_or_default();
    let (root, id) = match p.kind {
        Kind::Ticket => ("slas", json!(p.id)),
        Kind::Group => ("group_slas", json!(p.id.to_string())),
    };
    let metric = |target: &Target| MetricView {
        priority: target.priority.clone(),
        metric: target.metric.clone(),
        target: target.seconds / 60,
        target_in_seconds: target.seconds,
        business_hours: target.business_hours,
    };
    PolicyView {
        url: url(origin, &format!("{root}/policies/{}", p.id)),
        id,
        title: p.title.clone(),
        description: p.description.clone(),
        position: p.position,
        filter: FilterView { all: list("all"), any: list("any") },
        policy_metrics: p.targets.iter().map(metric).collect(),
        created_at: p.created_at,
        updated_at: p.updated_at,
    }
}

fn page<K: Of>(asked: &Asked, all: &[Policy]) -> Result<Value> {
    asked.slice(K::PLURAL, all.iter().map(|one| json!(view(&asked.origin, one))).collect())
}

fn answer<K: Of>(origin: &Origin, policy: &Policy) -> Value {
    json!({K::KIND.word(): view(origin, policy)})
}

async fn list<K: Of>(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| page::<K>(&asked, &store::sla::all(tx, K::KIND)?));
    Ok(Json(answer.await?))
}

async fn definitions<K: Of>(app: State<App>) -> Answer<Json<DefinitionsAnswer>> {
    let found = app.read(|tx| Ok(rules::describe(&tickets::fields::catalogue(tx)?, rules::Purpose::View)));
    let mut all = found.await?.conditions_all;
    if K::KIND == Kind::Group {
        all.retain(|one| one.subject == "group_id");
    }
    let any = if K::KIND == Kind::Group { Vec::new() } else { all.clone() };
    Ok(Json(DefinitionsAnswer { definitions: FilterDefinitions { all, any } }))
}

async fn show<K: Of>(app: State<App>, origin: Origin, Id(id): Id<i64>) -> Answer<Json<Value>> {
    let found = app.read(move |tx| store::sla::get(tx, K::KIND, id)).await?;
    Ok(Json(answer::<K>(&origin, &found)))
}

fn read_targets(given: &mut Given, into: &mut Vec<Target>) {
    let list = match given.value("policy_metrics") {
        None => return,
        Some(list) => list.as_array().cloned(),
    };
    let target = |one: &Value| {
        let seconds = match (one.get("target_in_seconds").and_then(as_id), one.get("target").and_then(as_id)) {
            (Some(seconds), _) => seconds,
            (None, minutes) => minutes?.checked_mul(60)?,
        };
        Some(Target {
            priority: one["priority"].as_str()?.to_owned(),
            metric: one["metric"].as_str()?.to_owned(),
            seconds,
            business_hours: one["business_hours"].as_bool().unwrap_or(false),
        })
    };
    match list.and_then(|list| list.iter().map(target).collect()) {
        Some(read) => *into = read,
        None => {
            let message = "policy_metrics: must be a list of priority, metric, target (minutes) and business_hours";
            given.problem("policy_metrics", message);
        }
    }
}

fn save(tx: &mut Tx<'_>, actor: &Actor, policy: &mut Policy, map: Map<String, Value>) -> Result<()> {
    let mut given = Given::new(map);
    given.text("title", &mut policy.title);
    given.text("description", &mut policy.description);
    given.number("position", &mut policy.position);
    if let Some(filter) = given.value("filter") {
        let list = |name: &str| filter.get(name).cloned().unwrap_or_else(|| json!([]));
        policy.filter = json!({"all": list("all"), "any": list("any")});
    }
    read_targets(&mut given, &mut policy.targets);
    let saved = sla::save(tx, actor, policy);
    given.finish(saved)
}

async fn create<K: Of>(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<K::One>,
) -> Answer<Created<Value>> {
    let map = body.into();
    let made = app.write(move |tx| {
        let last = store::sla::all(tx, K::KIND)?.iter().map(|one| one.position).max().unwrap_or(0);
        let mut policy = Policy {
            id: 0,
            kind: K::KIND,
            title: String::new(),
            description: String::new(),
            position: last.saturating_add(1),
            filter: json!({"all": [], "any": []}),
            targets: Vec::new(),
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        save(tx, &actor, &mut policy, map)?;
        Ok(answer::<K>(&origin, &policy))
    });
    let made = made.await?;
    let place = made[K::KIND.word()]["url"].as_str().unwrap_or_default().to_owned();
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
        let mut policy = store::sla::get(tx, K::KIND, id)?;
        save(tx, &actor, &mut policy, map)?;
        Ok(answer::<K>(&origin, &policy))
    });
    Ok(Json(saved.await?))
}

async fn delete<K: Of>(app: State<App>, Me(actor): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    app.write(move |tx| {
        let found = store::sla::get(tx, K::KIND, id)?;
        sla::delete(tx, &actor, &found)
    })
    .await?;
    Ok(NoContent)
}

async fn reorder<K: Of>(app: State<App>, asked: Asked, Body(body): Body<K::Order>) -> Answer<Json<Value>> {
    let field = format!("{}_ids", K::KIND.word());
    // Zendesk's specification has the numbers in the query, its examples in the body.
    let ids: Option<Vec<i64>> = match asked.parameter(&field) {
        Some(list) => list.split(',').map(|id| id.trim().parse().ok()).collect(),
        None => body.into().iter().map(as_id).collect(),
    };
    let ids = ids.ok_or_else(|| Error::invalid(&field, "InvalidValue", format!("{field}: must be a list of ids")))?;
    let ordered = app.write(move |tx| {
        sla::reorder(tx, &asked.actor, K::KIND, &ids)?;
        page::<K>(&asked, &store::sla::all(tx, K::KIND)?)
    });
    Ok(Json(ordered.await?))
}
