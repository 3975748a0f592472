//! [Zendesk's trigger categories](https://developer.zendesk.com/api-reference/ticketing/business-rules/trigger-categories/).

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, Permission, Result, Timestamp};
use kernel::http::{Answer, Asked, Body, Created, Given, Id, Me, Needs, NoContent, Origin, Paging, Routes, as_id, url};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::rule::{self, Category, Kind};
use crate::store;

pub(super) fn routes() -> Routes {
    let write = Permission::SharedRules;
    Routes::new()
        .get("/api/v2/trigger_categories", list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<CategoriesAnswer>()
        .post("/api/v2/trigger_categories", create)
        .needs(write)
        .takes::<CategoryBody>()
        .gives::<CategoryAnswer>()
        .post("/api/v2/trigger_categories/jobs", move_many)
        .needs(write)
        .takes::<BatchBody>()
        .gives::<BatchAnswer>()
        .get("/api/v2/trigger_categories/{id}", show)
        .needs(Needs::Staff)
        .gives::<CategoryAnswer>()
        .patch("/api/v2/trigger_categories/{id}", update)
        .needs(write)
        .takes::<CategoryBody>()
        .gives::<CategoryAnswer>()
        .put("/api/v2/trigger_categories/{id}", update)
        .needs(write)
        .takes::<CategoryBody>()
        .gives::<CategoryAnswer>()
        .delete("/api/v2/trigger_categories/{id}", delete)
        .needs(write)
}

/// `{"trigger_category": {"name", "position"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct CategoryBody {
    #[serde(default)]
    trigger_category: Map<String, Value>,
}

/// `{"job": {"action": "patch", "items": {"trigger_categories": [...], "triggers": [...]}}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct BatchBody {
    #[serde(default)]
    job: Map<String, Value>,
}

/// A folder of triggers.
#[derive(Serialize, JsonSchema)]
struct CategoryView {
    id: String,
    name: String,
    position: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct CategoryAnswer {
    trigger_category: CategoryView,
}

#[derive(Serialize, JsonSchema)]
struct CategoriesAnswer {
    trigger_categories: Vec<CategoryView>,
    /// meta and links; with `include=rule_counts` how many triggers each has.
    #[serde(flatten)]
    paging: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
struct BatchAnswer {
    /// complete
    status: &'static str,
    /// trigger_categories and triggers as they are now.
    results: Value,
}

fn view(c: &Category) -> CategoryView {
    let Category { id, name, position, created_at, updated_at } = c.clone();
    CategoryView { id: id.to_string(), name, position, created_at, updated_at }
}

fn get(tx: &mut Tx<'_>, id: i64) -> Result<Category> {
    store::rules::find_category(tx, id)?.ok_or(Error::NotFound)
}

async fn list(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = store::rules::categories(tx)?;
        let mut answer = asked.slice("trigger_categories", all.iter().map(|one| json!(view(one))).collect())?;
        if asked.paging.includes("rule_counts") {
            let rules = store::rules::all(tx, Kind::Trigger)?;
            let count = |id: i64, active: bool| {
                rules.iter().filter(|rule| rule.category == Some(id) && rule.active == active).count()
            };
            let counts = all.iter().map(|one| {
                let (on, off) = (count(one.id, true), count(one.id, false));
                json!({"category_id": one.id.to_string(), "active_count": on, "inactive_count": off})
            });
            answer["rule_counts"] = counts.collect();
        }
        Ok(answer)
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, Id(id): Id<i64>) -> Answer<Json<CategoryAnswer>> {
    let found = app.read(move |tx| get(tx, id)).await?;
    Ok(Json(CategoryAnswer { trigger_category: view(&found) }))
}

fn save(tx: &mut Tx<'_>, actor: &Actor, category: &mut Category, map: Map<String, Value>) -> Result<()> {
    let mut given = Given::new(map);
    given.text("name", &mut category.name);
    given.number("position", &mut category.position);
    let saved = rule::save_category(tx, actor, category);
    given.finish(saved)
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<CategoryBody>,
) -> Answer<Created<CategoryAnswer>> {
    let made = app.write(move |tx| {
        let position = store::rules::categories(tx)?.iter().map(|one| one.position).max().unwrap_or(0);
        let (created_at, position) = (tx.now(), position.saturating_add(1));
        let mut category = Category { id: 0, name: String::new(), position, created_at, updated_at: created_at };
        save(tx, &actor, &mut category, body.trigger_category)?;
        Ok(category)
    });
    let made = view(&made.await?);
    Ok(Created(url(&origin, &format!("trigger_categories/{}", made.id)), CategoryAnswer { trigger_category: made }))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    Id(id): Id<i64>,
    Body(body): Body<CategoryBody>,
) -> Answer<Json<CategoryAnswer>> {
    let saved = app.write(move |tx| {
        let mut category = get(tx, id)?;
        save(tx, &actor, &mut category, body.trigger_category)?;
        Ok(category)
    });
    Ok(Json(CategoryAnswer { trigger_category: view(&saved.await?) }))
}

async fn delete(app: State<App>, Me(actor): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    app.write(move |tx| {
        let category = get(tx, id)?;
        rule::delete_category(tx, &actor, &category)
    })
    .await?;
    Ok(NoContent)
}

/// Moves folders and triggers at once: all of it or nothing.
async fn move_many(app: State<App>, asked: Asked, Body(body): Body<BatchBody>) -> Answer<Json<BatchAnswer>> {
    let items = body.job.get("items").cloned().unwrap_or_default();
    let list = |name: &str| items[name].as_array().cloned().unwrap_or_default();
    let (categories, triggers) = (list("trigger_categories"), list("triggers"));
    let done = app.write(move |tx| {
        let id = |item: &Value| item.get("id").and_then(as_id).ok_or(Error::NotFound);
        let entry = |item: Value| item.as_object().cloned().unwrap_or_default();
        let (mut moved, mut changed) = (Vec::new(), Vec::new());
        for item in categories {
            let mut category = get(tx, id(&item)?)?;
            save(tx, &asked.actor, &mut category, entry(item))?;
            moved.push(json!(view(&category)));
        }
        for item in triggers {
            changed.push(super::rules::change_trigger(tx, &asked, id(&item)?, entry(item))?);
        }
        Ok(json!({"trigger_categories": moved, "triggers": changed}))
    });
    Ok(Json(BatchAnswer { status: "complete", results: done.await? }))
}
