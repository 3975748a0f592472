//! People on their way to the browsers.

use std::sync::Arc;

use base::{Actor, Permission, Result, UserId};
use kernel::Tx;
use kernel::http::Origin;
use kernel::live::{Audience, Stored};
use serde_json::{Value, json};

use crate::{access, view};

/// The renderer of `user` events: who may read people sees them, and everybody sees themselves.
pub fn render(tx: &mut Tx<'_>, event: &Stored) -> Result<Option<(Value, Audience)>> {
    let Some(user) = event.user.map(|id: UserId| access::find_user(tx, id)).transpose()?.flatten() else {
        return Ok(None);
    };
    let origin = Origin(tx.app().base_url().to_owned());
    let json = json!({"user": view::user(tx, &origin, &user)?});
    let audience: Audience = Arc::new(move |actor: &Actor| actor.may(Permission::PeopleRead) || actor.user == user.id);
    Ok(Some((json, audience)))
}
