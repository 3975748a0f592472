//! `/deleted_users`, and how far deletions have come.

use axum::Json;
use axum::extract::State;
use base::{Error, Permission, Result, Timestamp, UserId};
use kernel::http::{Answer, Id, Me, Needs, Origin, Page, PageKey, Paging, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Here;
use super::records::{At, Listed, Of, Record, RecordRoutes, Shown, one};
use crate::deletion::{self, DeletionStep};
use crate::store;
use crate::store::users::Filter;
use crate::store::{Found, Order};
use crate::user::User;
use crate::view::DeletedUserView;

/// Somebody who was deleted.
struct DeletedUser(User);

impl Record for DeletedUser {
    const ONE: &'static str = "deleted_user";
    const MANY: &'static str = "deleted_users";
    const READ: Needs = Needs::Permission(Permission::PeopleRead);
    const ORDERS: &'static [(&'static str, &'static str)] = User::ORDERS;
    type View = DeletedUserView;
    type Filter = ();

    fn load(tx: &mut Tx<'_>, (): &(), page: &Page, order: Order) -> Result<Listed<Self>> {
        let found = store::users::page(tx, &deleted(), page, order)?;
        Ok(Listed::Page(Found { items: found.items.into_iter().map(Self).collect(), has_more: found.has_more }))
    }

    fn count(tx: &mut Tx<'_>, (): &()) -> Result<i64> {
        store::users::count(tx, &deleted())
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        deletion::get_deleted(tx, at.id(0)?).map(Self)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<DeletedUserView>> {
        Ok(all.iter().map(|user| DeletedUserView::new(origin, &user.0)).collect())
    }

    fn key(&self, column: &str) -> PageKey {
        self.0.key(column)
    }
}

fn deleted() -> Filter {
    Filter { deleted: true, ..Filter::default() }
}

/// A step of a deletion, in Zendesk's words.
#[derive(Serialize, JsonSchema)]
#[allow(missing_docs)]
pub(crate) struct StepView {
    action: String,
    application: String,
    account_subdomain: String,
    executer_id: Option<UserId>,
    user_id: UserId,
    created_at: Timestamp,
}

impl Record for DeletionStep {
    const ONE: &'static str = "compliance_deletion_status";
    const MANY: &'static str = "compliance_deletion_statuses";
    const READ: Needs = Needs::Permission(Permission::PeopleRead);
    type View = StepView;
    type Filter = Option<UserId>;

    fn load(tx: &mut Tx<'_>, of: &Option<UserId>, _: &Page, _: Order) -> Result<Listed<Self>> {
        deletion::steps(tx, of.ok_or(Error::NotFound)?).map(Listed::Whole)
    }

    fn get(_: &mut Tx<'_>, _: &At) -> Result<Self> {
        Err(Error::NotFound)
    }

    fn views(tx: &mut Tx<'_>, _: &Origin, all: &[Self]) -> Result<Vec<StepView>> {
        let subdomain = tx.app().base_url().split("://").last().unwrap_or_default();
        let subdomain = subdomain.split(['.', ':', '/']).next().unwrap_or_default().to_owned();
        let view = |step: &DeletionStep| StepView {
            action: step.action.clone(),
            application: step.application.clone(),
            account_subdomain: subdomain.clone(),
            executer_id: step.executer,
            user_id: step.user,
            created_at: step.created_at,
        };
        Ok(all.iter().map(view).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id }
    }
}

impl Of<User> for DeletionStep {
    fn of(_: &mut Tx<'_>, at: &At, filter: &mut Option<UserId>) -> Result<()> {
        *filter = Some(at.id(0)?);
        Ok(())
    }
}

pub(super) fn routes() -> Routes {
    let one = "/api/v2/deleted_users/{id}";
    Routes::new()
        .lists::<DeletedUser>("/api/v2/deleted_users")
        .counts::<DeletedUser>("/api/v2/deleted_users/count")
        .shows::<DeletedUser>(one)
        .delete(one, delete)
        .needs(Permission::PeopleDelete)
        .gives::<Shown<DeletedUser>>()
        .lists_of::<DeletionStep, User>("/api/v2/users/{id}/compliance_deletion_statuses")
}

/// Answers with the person as they were, unlike other deletions.
async fn delete(State(app): State<App>, Me(me): Me, Id(id): Id<UserId>, here: Here) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let user = deletion::delete_for_good(tx, &me, id)?;
        one(tx, &here, &Paging::default(), DeletedUser(user))
    });
    Ok(Json(answer.await?))
}
