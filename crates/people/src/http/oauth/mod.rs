//! OAuth 2: clients, tokens, grants, and the page that asks a person.

mod clients;
mod consent;
mod grant;
mod page;
mod tokens;

use kernel::http::Routes;

pub(super) fn routes() -> Routes {
    clients::routes().merge(tokens::routes()).merge(grant::routes()).merge(consent::routes())
}
