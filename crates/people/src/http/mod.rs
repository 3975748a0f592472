//! People's routes, one module an entity.

mod api_settings;
mod audit_logs;
mod countries;
mod deleted;
mod desk;
mod dynamic_content;
mod export;
mod fields;
mod groups;
mod identities;
mod input;
mod keys;
mod lists;
mod memberships;
mod oauth;
mod organization_merges;
mod organizations;
mod records;
mod roles;
mod sessions;
mod setup;
mod tags;
mod tokens;
mod user_lists;
mod user_settings;
mod users;

use input::{OrganizationBody, UserBody};
pub(crate) use records::{At, Numbered, Written};
pub(crate) use users::make_or_change;

use axum::extract::{FromRequestParts, OriginalUri, Path};
use axum::http::request::Parts;
use base::{Actor, Error, Result};
use kernel::App;
use kernel::http::{Answer, Envelope, Failure, Origin, Page, PageKey, Paging, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::store::Found;

/// The routes of people.
pub fn routes() -> Routes {
    users::routes()
        .merge(user_lists::routes())
        .merge(deleted::routes())
        .merge(identities::routes())
        .merge(tags::routes())
        .merge(organizations::routes())
        .merge(organization_merges::routes())
        .merge(memberships::routes())
        .merge(groups::routes())
        .merge(roles::routes())
        .merge(fields::routes())
        .merge(dynamic_content::routes())
        .merge(sessions::routes())
        .merge(keys::routes())
        .merge(setup::routes())
        .merge(tokens::routes())
        .merge(oauth::routes())
        .merge(api_settings::routes())
        .merge(audit_logs::routes())
        .merge(countries::routes())
        .merge(user_settings::routes())
        .merge(desk::routes())
        .merge(export::routes())
}

/// The list that was asked for: what links in its answer begin with.
#[derive(Clone)]
pub(crate) struct Here {
    pub origin: Origin,
    /// Who asks.
    pub actor: Option<Actor>,
    path: String,
    query: String,
}

impl FromRequestParts<App> for Here {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Self, Self::Rejection> {
        let origin = Origin::from_request_parts(parts, app).await?;
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let path = uri.path().to_owned();
        let actor = parts.extensions.get::<Actor>().cloned();
        Ok(Self { origin, actor, path, query: uri.query().unwrap_or_default().to_owned() })
    }
}

impl Here {
    pub fn envelope(&self) -> Envelope<'_> {
        Envelope { origin: &self.origin, path: &self.path, query: &self.query }
    }

    /// A list that is read whole.
    pub fn whole<T: Serialize>(&self, paging: &Paging, name: &str, items: Vec<T>) -> Result<Value> {
        let items = items.into_iter().map(|item| serde_json::to_value(item).map_err(Error::internal));
        self.envelope().slice(paging, name, items.collect::<Result<_>>()?)
    }

    /// A page of a list that is read page by page. `count` is asked for with offsets only.
    pub fn page<T: Serialize>(
        &self,
        page: &Page,
        name: &str,
        found: Found<T>,
        key: impl Fn(&T) -> PageKey,
        count: impl FnOnce() -> Result<i64>,
    ) -> Result<Value> {
        let ends = found.items.first().zip(found.items.last()).map(|(first, last)| (key(first), key(last)));
        let items = found.items.into_iter().map(|item| serde_json::to_value(item).map_err(Error::internal));
        let items = items.collect::<Result<Vec<_>>>()?;
        match page {
            Page::Offset(offset) => Ok(self.envelope().offset(*offset, count()?.unsigned_abs(), name, items)),
            Page::Cursor { .. } => Ok(self.envelope().cursor(found.has_more, ends, name, items)),
        }
    }

    /// The address that was called, without suffix and query.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin.0, self.path.strip_suffix(".json").unwrap_or(&self.path))
    }

    /// What is wanted beside the records.
    pub fn wanted<'a>(&'a self, paging: &'a Paging) -> records::Wanted<'a> {
        records::Wanted { origin: &self.origin, actor: self.actor.as_ref(), paging }
    }
}

/// Two ids in the path, such as a person's and their session's.
pub(crate) struct Ids<A, B>(pub A, pub B);

impl<A: From<i64> + Send, B: From<i64> + Send> FromRequestParts<App> for Ids<A, B> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, app).await;
        let values = path.map_err(|_| Error::NotFound)?.0;
        let id = |at: usize| values.get(at).and_then(|(_, text)| text.parse::<i64>().ok()).ok_or(Error::NotFound);
        Ok(Self(A::from(id(0)?), B::from(id(1)?)))
    }
}

/// `ids=1,2,3` or `external_ids=a,b`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Many {
    /// Numbers, separated by commas.
    pub ids: Option<String>,
    /// Numbers in another system, separated by commas.
    pub external_ids: Option<String>,
}

/// The most records that one request names.
pub(crate) const MOST: usize = 100;

impl Many {
    pub fn ids<T: From<i64>>(&self) -> Result<Option<Vec<T>>> {
        let Some(text) = &self.ids else { return Ok(None) };
        let ids: Vec<T> = text.split(',').filter_map(|id| id.trim().parse::<i64>().ok()).map(T::from).collect();
        at_most(ids.len())?;
        Ok(Some(ids))
    }

    pub fn external_ids(&self) -> Result<Option<Vec<String>>> {
        let Some(text) = &self.external_ids else { return Ok(None) };
        let ids: Vec<String> = text.split(',').map(|id| id.trim().to_owned()).collect();
        at_most(ids.len())?;
        Ok(Some(ids))
    }
}

pub(crate) fn at_most(count: usize) -> Result<()> {
    if count <= MOST {
        return Ok(());
    }
    Err(Error::TooManyValues { most: MOST })
}

/// How many there are.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CountAnswer {
    count: Count,
}

#[derive(Serialize, JsonSchema)]
struct Count {
    value: i64,
    refreshed_at: base::Timestamp,
}

pub(crate) fn count_answer(value: i64, at: base::Timestamp) -> CountAnswer {
    CountAnswer { count: Count { value, refreshed_at: at } }
}

/// What is queued.
#[derive(Serialize, JsonSchema)]
pub(crate) struct JobAnswer {
    pub job_status: JobView,
}

/// The status of work that was just queued.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct JobView {
    id: String,
    url: String,
    job_type: String,
    total: Option<i64>,
    progress: Option<i64>,
    status: String,
    message: Option<String>,
    results: Option<Value>,
}

pub(crate) fn job_answer(origin: &Origin, id: String, job_type: &str, total: usize) -> JobAnswer {
    let url = format!("{}/api/v2/job_statuses/{id}.json", origin.0);
    let (job_type, total) = (job_type.to_owned(), i64::try_from(total).ok());
    let status = "queued".to_owned();
    JobAnswer { job_status: JobView { id, url, job_type, total, progress: None, status, message: None, results: None } }
}
