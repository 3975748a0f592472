//! [Satisfaction ratings](https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/).

use axum::Json;
use axum::extract::State;
use base::{Error, FieldProblem, Fragment, GroupId, Permission, Result, TicketId, Timestamp, UserId};
use kernel::http::{Answer, Asked, Body, Created, Id, Me, Needs, Origin, Paging, Params, Routes, url};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::counts::CountAnswer;
use super::input::as_id;
use super::marks::{descending, page_json};
use super::tickets::via_of;
use crate::change::{Change, How, Target};
use crate::commit::commit;
use crate::ratings::{self, LONGEST, REASONS, Rated};
use crate::store;
use crate::ticket::Rating;

/// A rating.
#[derive(Serialize, JsonSchema)]
struct RatingView {
    id: i64,
    url: String,
    ticket_id: TicketId,
    requester_id: UserId,
    assignee_id: Option<UserId>,
    group_id: Option<GroupId>,
    /// `offered`, `good` or `bad`.
    score: String,
    comment: Option<String>,
    reason: Option<&'static str>,
    reason_id: Option<i64>,
    reason_code: Option<i64>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct RatingAnswer {
    satisfaction_rating: RatingView,
}

#[derive(Serialize, JsonSchema)]
struct RatingsAnswer {
    satisfaction_ratings: Vec<RatingView>,
}

/// `{"satisfaction_rating": {"score", "comment", "reason_code"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct RatingBody {
    #[serde(default)]
    satisfaction_rating: Map<String, Value>,
}

/// Why somebody was not satisfied.
#[derive(Serialize, JsonSchema)]
struct ReasonView {
    id: i64,
    url: String,
    reason_code: i64,
    value: &'static str,
    raw_value: &'static str,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
}

#[derive(Serialize, JsonSchema)]
struct ReasonAnswer {
    reason: ReasonView,
}

#[derive(Serialize, JsonSchema)]
struct ReasonsAnswer {
    reasons: Vec<ReasonView>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct RatingsQuery {
    /// offered, unoffered, received, good or bad; the last three also with `_with_comment` or `_without_comment`.
    score: Option<String>,
    /// Unix seconds.
    start_time: Option<String>,
    /// Unix seconds.
    end_time: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/satisfaction_ratings", list)
        .needs(Permission::TicketRead)
        .query::<RatingsQuery>()
        .gives::<RatingsAnswer>()
        .get("/api/v2/satisfaction_ratings/count", count)
        .needs(Permission::TicketRead)
        .query::<RatingsQuery>()
        .gives::<CountAnswer>()
        .get("/api/v2/satisfaction_ratings/{id}", show)
        .needs(Permission::TicketRead)
        .gives::<RatingAnswer>()
        .post("/api/v2/tickets/{id}/satisfaction_rating", rate)
        .needs(Needs::SignIn)
        .takes::<RatingBody>()
        .gives::<RatingAnswer>()
        .get("/api/v2/satisfaction_reasons", reasons)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<ReasonsAnswer>()
        .get("/api/v2/satisfaction_reasons/{id}", reason)
        .needs(Needs::SignIn)
        .gives::<ReasonAnswer>()
}

fn view(origin: &Origin, rated: &Rated) -> RatingView {
    let rating = &rated.rating;
    RatingView {
        id: rating.id,
        url: url(origin, &format!("satisfaction_ratings/{}", rating.id)),
        ticket_id: rated.ticket,
        requester_id: rated.requester,
        assignee_id: rated.assignee,
        group_id: rated.group,
        score: rating.score.clone(),
        comment: rating.comment.clone(),
        reason: ratings::reason(rating.reason_code),
        reason_id: rating.reason_code,
        reason_code: rating.reason_code,
        created_at: rated.created_at,
        updated_at: rated.updated_at,
    }
}

impl RatingsQuery {
    /// The ratings that are asked for, over the alias `r`.
    fn filter(&self, actor: &base::Actor) -> Result<Fragment> {
        let wrong = |name: &str, text: &str| {
            Err(Error::BadRequest("InvalidParameter", format!("{name}: {text:?} is not valid")))
        };
        let mut filter = ratings::visible_to(actor);
        if let Some(score) = self.score.as_deref().filter(|score| !score.is_empty())
            && !ratings::of_score(&mut filter, score)
        {
            return wrong("score", score);
        }
        for (name, sign, text) in [("start_time", ">=", &self.start_time), ("end_time", "<", &self.end_time)] {
            let Some(text) = text.as_deref().filter(|text| !text.is_empty()) else { continue };
            let seconds = text.parse::<f64>().ok().filter(|n| n.is_finite() && n.abs() < 1e11);
            let at = seconds.map(|n| Timestamp((n * 1_000.0) as i64)).or_else(|| Timestamp::parse(text));
            let Some(at) = at else { return wrong(name, text) };
            filter.push(&format!(" AND r.created_at {sign} ")).bind(at);
        }
        Ok(filter)
    }
}

async fn list(app: State<App>, asked: Asked, Params(query): Params<RatingsQuery>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let filter = query.filter(&asked.actor)?;
        let newest_first = descending(&query.paging, false);
        let found = store::ratings::page(tx, &filter, newest_first, &asked.page()?)?;
        let views = found.rows.iter().map(|rated| json!(view(&asked.origin, rated))).collect();
        page_json(&asked, "satisfaction_ratings", &found, |rated| rated.rating.id, views)
    });
    Ok(Json(answer.await?))
}

async fn count(app: State<App>, Me(actor): Me, Params(query): Params<RatingsQuery>) -> Answer<Json<CountAnswer>> {
    let answer = app.read(move |tx| {
        let filter = query.filter(&actor)?;
        let count = store::ratings::count(tx, &filter)?;
        Ok(CountAnswer::new(tx, count))
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<i64>) -> Answer<Json<RatingAnswer>> {
    let found = app.read(move |tx| ratings::find(tx, &actor, id)?.ok_or(Error::NotFound)).await?;
    Ok(Json(RatingAnswer { satisfaction_rating: view(&origin, &found) }))
}

fn read(given: &Map<String, Value>) -> Result<Rating> {
    let mut problems = Vec::new();
    let mut wrong =
        |field: &str, code, message: String| problems.push(FieldProblem { field: field.into(), code, message });
    let score = given.get("score").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !["good", "bad"].contains(&score.as_str()) {
        wrong("score", "InvalidValue", "Score: is good or bad".into());
    }
    let comment = match given.get("comment") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.chars().count() <= LONGEST => Some(text.clone()),
        Some(_) => {
            wrong("comment", "InvalidValue", format!("Comment: is a text of at most {LONGEST} characters"));
            None
        }
    };
    let reason_code = match given.get("reason_code").or_else(|| given.get("reason_id")) {
        None | Some(Value::Null) => None,
        Some(code) => match as_id(code).filter(|code| ratings::reason(Some(*code)).is_some()) {
            Some(code) => Some(code),
            None => {
                wrong("reason_code", "InvalidValue", format!("Reason code: {code} is none"));
                None
            }
        },
    };
    let rating = Rating { id: 0, score, comment: comment.filter(|text| !text.trim().is_empty()), reason_code };
    if problems.is_empty() { Ok(rating) } else { Err(Error::Invalid(problems)) }
}

async fn rate(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<TicketId>,
    Body(body): Body<RatingBody>,
) -> Answer<Created<RatingAnswer>> {
    let rating = read(&body.satisfaction_rating)?;
    let answer = app.write(move |tx: &mut Tx<'_>| {
        commit(tx, &actor, Target::Ticket(id), vec![Change::Rate(rating)], &How::via(via_of(&actor)))?;
        let rated = store::ratings::of_ticket(tx, id)?.ok_or(Error::NotFound)?;
        Ok(RatingAnswer { satisfaction_rating: view(&origin, &rated) })
    });
    let answer = answer.await?;
    Ok(Created(answer.satisfaction_rating.url.clone(), answer))
}

fn reason_view(origin: &Origin, (code, text): (i64, &'static str)) -> ReasonView {
    ReasonView {
        id: code,
        url: url(origin, &format!("satisfaction_reasons/{code}")),
        reason_code: code,
        value: text,
        raw_value: text,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        deleted_at: None,
    }
}

async fn reasons(asked: Asked) -> Answer<Json<Value>> {
    let views = REASONS.iter().map(|reason| json!(reason_view(&asked.origin, *reason))).collect();
    Ok(Json(asked.slice("reasons", views)?))
}

async fn reason(origin: Origin, Id(id): Id<i64>) -> Answer<Json<ReasonAnswer>> {
    let found = REASONS.iter().find(|(code, _)| *code == id).ok_or(Error::NotFound)?;
    Ok(Json(ReasonAnswer { reason: reason_view(&origin, *found) }))
}
