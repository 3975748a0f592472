//! `/users/{id}/identities`, and the same at `/end_users/{id}/identities` for the person themselves.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, IdentityId, Permission, Result, UserId};
use kernel::http::{Answer, Me, Needs, NoContent, Origin, Page, PageKey, Paging, Params, Routes};
use kernel::{App, Tx};
use serde_json::Value;

use super::Here;
use super::input::IdentityBody;
use super::records::{At, List, Listed, Of, Record, RecordRoutes, Shown, Written, few, one};
use crate::identities::{self, NewIdentity};
use crate::store::Order;
use crate::user::{Identity, IdentityKind, User};
use crate::view::{self, IdentityView};

impl Record for Identity {
    const ONE: &'static str = "identity";
    const MANY: &'static str = "identities";
    const READ: Needs = Needs::Permission(Permission::PeopleRead);
    type View = IdentityView;
    type Filter = Option<UserId>;

    fn load(tx: &mut Tx<'_>, of: &Option<UserId>, _: &Page, _: Order) -> Result<Listed<Self>> {
        identities::identities(tx, of.ok_or(Error::NotFound)?).map(Listed::Whole)
    }

    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self> {
        identities::get_identity(tx, at.id(0)?, at.id(1)?)
    }

    fn views(_: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<IdentityView>> {
        Ok(all.iter().map(|identity| view::identity(origin, identity)).collect())
    }

    fn key(&self, _: &str) -> PageKey {
        PageKey { value: None, id: self.id.0 }
    }
}

impl Of<User> for Identity {
    fn of(_: &mut Tx<'_>, at: &At, filter: &mut Option<UserId>) -> Result<()> {
        *filter = Some(at.id(0)?);
        Ok(())
    }
}

impl Written for Identity {
    const WRITE: Needs = Needs::Permission(Permission::PeopleEdit);
    type Body = IdentityBody;

    fn create(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: IdentityBody) -> Result<Self> {
        let IdentityBody { kind, value, verified, primary } = body;
        let kind = kind.as_deref().and_then(IdentityKind::parse);
        let kind = kind.ok_or_else(|| Error::invalid("type", "InvalidValue", "Type: is not a kind of identity"))?;
        let value = value.ok_or_else(|| Error::blank("value"))?;
        let new = NewIdentity { kind, value, verified: verified.unwrap_or(false), primary: primary.unwrap_or(false) };
        identities::add_identity(tx, actor, at.id(0)?, new)
    }

    fn update(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: IdentityBody) -> Result<Self> {
        let (user, id): (UserId, IdentityId) = (at.id(0)?, at.id(1)?);
        if let Some(value) = &body.value {
            identities::change_identity(tx, actor, user, id, value)?;
        }
        if body.verified == Some(true) {
            identities::verify_identity(tx, actor, user, id)?;
        }
        if body.primary == Some(true) {
            identities::make_primary(tx, actor, user, id)?;
        }
        identities::get_identity(tx, user, id)
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()> {
        identities::delete_identity(tx, actor, at.id(0)?, at.id(1)?)
    }
}

pub(super) fn routes() -> Routes {
    let (all, one) = ("/api/v2/users/{id}/identities", "/api/v2/users/{id}/identities/{identity_id}");
    Routes::new()
        .lists_of::<Identity, User>(all)
        .creates::<Identity>(all)
        .shows::<Identity>(one)
        .updates::<Identity>(one)
        .deletes::<Identity>(one)
        .put("/api/v2/users/{id}/identities/{identity_id}/make_primary", make_primary)
        .needs(Permission::PeopleEdit)
        .gives::<List<Identity>>()
        .put("/api/v2/users/{id}/identities/{identity_id}/verify", verify)
        .needs(Permission::PeopleEdit)
        .gives::<Shown<Identity>>()
        .put("/api/v2/users/{id}/identities/{identity_id}/request_verification", request_verification)
        .needs(Permission::PeopleEdit)
        .gives::<Shown<Identity>>()
        .merge(of_end_users())
}

/// The routes under which customers find their own identities, and staff everybody's. New ones are added by staff only: an
/// address that somebody merely says is theirs would bring them another's mail.
fn of_end_users() -> Routes {
    let (all, one) = ("/api/v2/end_users/{id}/identities", "/api/v2/end_users/{id}/identities/{identity_id}");
    Routes::new()
        .get(all, list_own)
        .needs(Needs::SignIn)
        .query::<Paging>()
        .gives::<List<Identity>>()
        .creates::<Identity>(all)
        .get(one, show_own)
        .needs(Needs::SignIn)
        .gives::<Shown<Identity>>()
        .delete(one, delete_own)
        .needs(Needs::SignIn)
        .put("/api/v2/end_users/{id}/identities/{identity_id}/make_primary", make_primary)
        .needs(Needs::SignIn)
        .gives::<List<Identity>>()
        .put("/api/v2/end_users/{id}/identities/{identity_id}/request_verification", request_verification)
        .needs(Needs::SignIn)
        .gives::<Shown<Identity>>()
}

fn may_read(actor: &Actor, at: &At) -> Result<()> {
    match at.id::<UserId>(0)? == actor.user {
        true => Ok(()),
        false => actor.needs(Permission::PeopleRead),
    }
}

async fn list_own(
    State(app): State<App>,
    Me(me): Me,
    at: At,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    may_read(&me, &at)?;
    let answer = app.read(move |tx| {
        let all = identities::identities(tx, at.id(0)?)?;
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn show_own(State(app): State<App>, Me(me): Me, at: At, here: Here) -> Answer<Json<Value>> {
    may_read(&me, &at)?;
    let answer = app.read(move |tx| {
        let identity = Identity::get(tx, &at)?;
        one(tx, &here, &Paging::default(), identity)
    });
    Ok(Json(answer.await?))
}

async fn delete_own(State(app): State<App>, Me(me): Me, at: At) -> Answer<NoContent> {
    app.write(move |tx| Identity::delete(tx, &me, &at)).await?;
    Ok(NoContent)
}

async fn make_primary(State(app): State<App>, Me(me): Me, at: At, here: Here) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let all = identities::make_primary(tx, &me, at.id(0)?, at.id(1)?)?;
        few(tx, &here, &Paging::default(), &all)
    });
    Ok(Json(answer.await?))
}

async fn verify(State(app): State<App>, Me(me): Me, at: At, here: Here) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let identity = identities::verify_identity(tx, &me, at.id(0)?, at.id(1)?)?;
        one(tx, &here, &Paging::default(), identity)
    });
    Ok(Json(answer.await?))
}

async fn request_verification(State(app): State<App>, Me(me): Me, at: At, here: Here) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let identity = identities::request_proof(tx, &me, at.id(0)?, at.id(1)?)?;
        one(tx, &here, &Paging::default(), identity)
    });
    Ok(Json(answer.await?))
}
