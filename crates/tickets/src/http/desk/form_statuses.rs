//! [The custom statuses that forms offer](https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_form_statuses/).

use axum::Json;
use axum::extract::{Path, State};
use base::{Error, FieldProblem, Permission, Result};
use kernel::http::{Answer, Asked, Body, Id, Needs, NoContent, Paging, Params, Routes, as_id};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::store::marks::{self, FormStatus};
use crate::{desk, fields};

/// A custom status that a form offers.
#[derive(Serialize, JsonSchema)]
struct FormStatusView {
    id: String,
    ticket_form_id: i64,
    custom_status_id: i64,
}

#[derive(Serialize, JsonSchema)]
struct FormStatusesAnswer {
    ticket_form_statuses: Vec<FormStatusView>,
}

/// `{"ticket_form_status": [{"ticket_form_id", "custom_status_id"}]}`.
#[derive(Default, Deserialize, JsonSchema)]
struct FormStatusBody {
    /// One or several.
    #[serde(default)]
    ticket_form_status: Value,
}

/// `{"id": ["..."]}`.
#[derive(Default, Deserialize, JsonSchema)]
struct IdsBody {
    #[serde(default)]
    id: Vec<String>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct ListQuery {
    /// Only of these forms, separated by commas.
    ticket_form_id: Option<String>,
    /// Only of these statuses, separated by commas.
    #[serde(rename = "filter[custom_status_id]")]
    custom_status_id: Option<String>,
    /// Only these, separated by commas.
    ids: Option<String>,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::DeskManage;
    Routes::new()
        .get("/api/v2/ticket_form_statuses", list)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<FormStatusesAnswer>()
        .get("/api/v2/ticket_form_statuses/show_many", list_many)
        .needs(Needs::Staff)
        .query::<ListQuery>()
        .gives::<FormStatusesAnswer>()
        .get("/api/v2/ticket_forms/{id}/ticket_form_statuses", of_form)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<FormStatusesAnswer>()
        .post("/api/v2/ticket_forms/{id}/ticket_form_statuses", add_to_form)
        .needs(manage)
        .takes::<FormStatusBody>()
        .gives::<FormStatusesAnswer>()
        .put("/api/v2/ticket_forms/{id}/ticket_form_statuses", replace)
        .needs(manage)
        .takes::<FormStatusBody>()
        .gives::<FormStatusesAnswer>()
        .delete("/api/v2/ticket_forms/{id}/ticket_form_statuses", remove_many)
        .needs(manage)
        .takes::<IdsBody>()
        .put("/api/v2/ticket_forms/{id}/ticket_form_statuses/{status}", change)
        .needs(manage)
        .takes::<FormStatusBody>()
        .gives::<FormStatusesAnswer>()
        .delete("/api/v2/ticket_forms/{id}/ticket_form_statuses/{status}", remove)
        .needs(manage)
        .post("/api/v2/custom_statuses/{id}/ticket_form_statuses", add_to_status)
        .needs(manage)
        .takes::<FormStatusBody>()
        .gives::<FormStatusesAnswer>()
}

fn views(all: impl IntoIterator<Item = FormStatus>) -> Vec<Value> {
    let view = |(id, ticket_form_id, custom_status_id)| json!(FormStatusView { id, ticket_form_id, custom_status_id });
    all.into_iter().map(view).collect()
}

async fn answer_list(
    app: App,
    asked: Asked,
    keep: impl Fn(&FormStatus) -> bool + Send + 'static,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = marks::form_statuses(tx)?;
        asked.slice("ticket_form_statuses", views(all.into_iter().filter(|one| keep(one))))
    });
    Ok(Json(answer.await?))
}

/// Whether a list of a query, separated by commas, has a value; one that was not given has all.
fn has(list: Option<&str>, value: &str) -> bool {
    list.is_none_or(|list| list.split(',').any(|one| one.trim() == value))
}

async fn list(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    answer_list(app.0, asked, move |(id, form, status)| {
        has(query.ticket_form_id.as_deref(), &form.to_string())
            && has(query.custom_status_id.as_deref(), &status.to_string())
            && has(query.ids.as_deref(), id)
    })
    .await
}

async fn list_many(app: State<App>, asked: Asked, Params(query): Params<ListQuery>) -> Answer<Json<Value>> {
    let ids = query.ids.unwrap_or_default();
    answer_list(app.0, asked, move |(id, ..)| has(Some(&ids), id)).await
}

fn check_form(tx: &mut Tx<'_>, form: i64) -> Result<()> {
    fields::forms(tx)?.iter().any(|known| known.id.0 == form).then_some(()).ok_or(Error::NotFound)
}

async fn of_form(app: State<App>, asked: Asked, Id(form): Id<i64>) -> Answer<Json<Value>> {
    app.read(move |tx| check_form(tx, form)).await?;
    answer_list(app.0, asked, move |(_, of, _)| *of == form).await
}

/// The objects of a body: one or several.
fn given(body: FormStatusBody) -> Vec<Map<String, Value>> {
    match body.ticket_form_status {
        Value::Array(list) => list.into_iter().filter_map(|one| one.as_object().cloned()).collect(),
        Value::Object(one) => vec![one],
        _ => Vec::new(),
    }
}

/// Adds what is given; `form` and `status` are what a path names of it.
fn add(tx: &mut Tx<'_>, form: Option<i64>, status: Option<i64>, list: &[Map<String, Value>]) -> Result<()> {
    let (forms, statuses) = (fields::forms(tx)?, desk::custom_statuses(tx)?);
    let mut problems = Vec::new();
    let mut wrong = |field: &str| {
        let message = format!("{field}: does not exist");
        problems.push(FieldProblem { field: field.into(), code: "RecordNotFound", message });
    };
    let mut pairs = Vec::new();
    for one in list {
        let number = |key: &str| one.get(key).and_then(as_id);
        let form = form.or_else(|| number("ticket_form_id")).filter(|id| forms.iter().any(|f| f.id.0 == *id));
        let status = status.or_else(|| number("custom_status_id")).filter(|id| statuses.iter().any(|s| s.id.0 == *id));
        match (form, status) {
            (Some(form), Some(status)) => pairs.push((form, status)),
            (None, _) => wrong("ticket_form_id"),
            (_, None) => wrong("custom_status_id"),
        }
    }
    if list.is_empty() {
        return Err(Error::blank("ticket_form_status"));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    for (form, status) in pairs {
        let id = tx.app().secrets().hex_id();
        marks::add_form_status(tx, &id, form, status)?;
    }
    Ok(())
}

fn answer(tx: &mut Tx<'_>, asked: &Asked, keep: impl Fn(&FormStatus) -> bool) -> Result<Value> {
    let all = marks::form_statuses(tx)?;
    asked.slice("ticket_form_statuses", views(all.into_iter().filter(|one| keep(one))))
}

async fn add_to_form(
    app: State<App>,
    asked: Asked,
    Id(form): Id<i64>,
    Body(body): Body<FormStatusBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        check_form(tx, form)?;
        add(tx, Some(form), None, &given(body))?;
        answer(tx, &asked, |(_, of, _)| *of == form)
    });
    Ok(Json(answer.await?))
}

async fn add_to_status(
    app: State<App>,
    asked: Asked,
    Id(status): Id<i64>,
    Body(body): Body<FormStatusBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        if !desk::custom_statuses(tx)?.iter().any(|known| known.id.0 == status) {
            return Err(Error::NotFound);
        }
        add(tx, None, Some(status), &given(body))?;
        answer(tx, &asked, |(_, _, of)| *of == status)
    });
    Ok(Json(answer.await?))
}

/// Makes a form offer these statuses and no others.
async fn replace(
    app: State<App>,
    asked: Asked,
    Id(form): Id<i64>,
    Body(body): Body<FormStatusBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        check_form(tx, form)?;
        let list = given(body);
        let wanted: Vec<i64> = list.iter().filter_map(|one| one.get("custom_status_id").and_then(as_id)).collect();
        add(tx, Some(form), None, &list)?;
        for (id, of, status) in marks::form_statuses(tx)? {
            if of == form && !wanted.contains(&status) {
                marks::delete_form_status(tx, &id)?;
            }
        }
        answer(tx, &asked, |(_, of, _)| *of == form)
    });
    Ok(Json(answer.await?))
}

/// One entry of a form.
fn entry(tx: &mut Tx<'_>, (form, id): &(String, String)) -> Result<FormStatus> {
    let all = marks::form_statuses(tx)?;
    all.into_iter().find(|(known, of, _)| known == id && of.to_string() == *form).ok_or(Error::NotFound)
}

async fn change(
    app: State<App>,
    asked: Asked,
    Path(path): Path<(String, String)>,
    Body(body): Body<FormStatusBody>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let (id, form, _) = entry(tx, &path)?;
        add(tx, Some(form), None, &given(body))?;
        marks::delete_form_status(tx, &id)?;
        answer(tx, &asked, |(_, of, _)| *of == form)
    });
    Ok(Json(answer.await?))
}

async fn remove(app: State<App>, Path(path): Path<(String, String)>) -> Answer<NoContent> {
    app.write(move |tx| {
        let (id, ..) = entry(tx, &path)?;
        marks::delete_form_status(tx, &id)
    })
    .await?;
    Ok(NoContent)
}

async fn remove_many(app: State<App>, Id(form): Id<i64>, Body(body): Body<IdsBody>) -> Answer<NoContent> {
    app.write(move |tx| {
        check_form(tx, form)?;
        for id in body.id {
            let (id, ..) = entry(tx, &(form.to_string(), id))?;
            marks::delete_form_status(tx, &id)?;
        }
        Ok(())
    })
    .await?;
    Ok(NoContent)
}
