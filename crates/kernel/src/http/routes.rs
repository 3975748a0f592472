//! The route table: method, path, permission, and the shapes that go in and out.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use base::{Actor, Error, Permission};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::failure;
use super::paging::CursorAsked;
use super::scopes::{Scopes, refusal};
use crate::App;

/// What a route asks of its caller. Every route states one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: the route is open to all.
    Nothing,
    /// To be signed in, as anybody.
    SignIn,
    /// To work at the desk.
    Staff,
    /// A permission.
    Permission(Permission),
}

impl Needs {
    /// The word in the route table.
    pub fn name(self) -> &'static str {
        match self {
            Needs::Nothing => "nothing",
            Needs::SignIn => "sign_in",
            Needs::Staff => "staff",
            Needs::Permission(permission) => permission.name(),
        }
    }

    /// Whether this actor, or nobody, may call the route.
    pub fn allows(self, actor: Option<&Actor>) -> base::Result<()> {
        let actor = match (self, actor) {
            (Needs::Nothing, _) => return Ok(()),
            (_, None) => return Err(Error::Unauthenticated("Couldn't authenticate you")),
            (_, Some(actor)) => actor,
        };
        match self {
            Needs::Permission(permission) => actor.needs(permission),
            Needs::Staff if !actor.is_staff() => Err(Error::Forbidden("staff")),
            _ => Ok(()),
        }
    }
}

impl From<Permission> for Needs {
    fn from(permission: Permission) -> Self {
        Needs::Permission(permission)
    }
}

/// Makes the schema of a type.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A route as the table shows it.
#[derive(Clone)]
pub struct RouteInfo {
    /// The method.
    pub method: Method,
    /// The path, with `{id}` for its parameters.
    pub path: &'static str,
    /// What it asks of its caller.
    pub needs: Needs,
    /// The name of its handler, which is the operation's id in the OpenAPI document.
    pub name: &'static str,
    pub(crate) query: Vec<SchemaOf>,
    pub(crate) takes: Option<SchemaOf>,
    pub(crate) gives: Option<SchemaOf>,
}

struct Route {
    info: RouteInfo,
    stated: bool,
    handler: MethodRouter<App>,
}

/// The routes of a capability.
#[derive(Default)]
pub struct Routes(Vec<Route>);

macro_rules! methods {
    ($($name:ident $method:ident $filter:ident),+ $(,)?) => {$(
        #[doc = concat!("Adds a ", stringify!($method), " route.")]
        pub fn $name<H, T>(self, path: &'static str, handler: H) -> Self
        where
            H: Handler<T, App>,
            T: 'static,
        {
            self.add(Method::$method, MethodFilter::$filter, path, handler)
        }
    )+};
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    methods! { get GET GET, post POST POST, put PUT PUT, patch PATCH PATCH, delete DELETE DELETE }

    fn add<H, T>(mut self, method: Method, filter: MethodFilter, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let name = std::any::type_name::<H>();
        let info = RouteInfo { method, path, needs: Needs::SignIn, name, query: Vec::new(), takes: None, gives: None };
        self.0.push(Route { info, stated: false, handler: on(filter, handler) });
        self
    }

    fn last(mut self, change: impl FnOnce(&mut Route)) -> Self {
        if let Some(route) = self.0.last_mut() {
            change(route);
        }
        self
    }

    /// States what the route just added asks of its caller.
    pub fn needs(self, needs: impl Into<Needs>) -> Self {
        let needs = needs.into();
        self.last(|route| {
            route.info.needs = needs;
            route.stated = true;
        })
    }

    /// States query parameters of the route just added. Several types add up.
    pub fn query<T: JsonSchema>(self) -> Self {
        self.last(|route| route.info.query.push(|schemas| schemas.subschema_for::<T>()))
    }

    /// States the body that the route just added takes.
    pub fn takes<T: JsonSchema>(self) -> Self {
        self.last(|route| route.info.takes = Some(|schemas| schemas.subschema_for::<T>()))
    }

    /// States the answer that the route just added gives.
    pub fn gives<T: JsonSchema>(self) -> Self {
        self.last(|route| route.info.gives = Some(|schemas| schemas.subschema_for::<T>()))
    }

    /// These routes and others.
    pub fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The table, in the order of paths and methods.
    pub fn table(&self) -> Vec<RouteInfo> {
        let mut table: Vec<_> = self.0.iter().map(|route| route.info.clone()).collect();
        table.sort_by(|a, b| (a.path, a.method.as_str()).cmp(&(b.path, b.method.as_str())));
        table
    }

    /// The routes that do not state what they ask of their callers: there must be none.
    pub fn unstated(&self) -> Vec<&'static str> {
        self.0.iter().filter(|route| !route.stated).map(|route| route.info.path).collect()
    }

    /// The router. Each route checks its caller before its handler runs.
    pub fn into_router(self, app: App) -> Router<App> {
        let mut router = Router::new();
        for route in self.0 {
            let check = from_fn_with_state(route.info.needs, check);
            router = router.route(route.info.path, route.handler.layer(check));
        }
        router.with_state::<App>(app)
    }
}

async fn check(State(needs): State<Needs>, request: Request, next: Next) -> Response {
    let scopes = request.extensions().get::<Scopes>();
    if let Some(missing) = scopes.and_then(|scopes| scopes.missing(request.method(), request.uri().path())) {
        return refusal(missing);
    }
    match needs.allows(request.extensions().get::<Actor>()) {
        Ok(()) => complete(request, next).await,
        Err(error) => failure(&error).into_response(),
    }
}

/// Lists that know no cursors are paged here, so that `page[size]` gives `meta` and `links` on every list.
async fn complete(request: Request, next: Next) -> Response {
    let Some(asked) = CursorAsked::of(&request) else { return next.run(request).await };
    let response = next.run(request).await;
    let json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if response.status() != StatusCode::OK || !json {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if CursorAsked::is_paged(&bytes) {
        return Response::from_parts(head, Body::from(bytes));
    }
    let paged = serde_json::from_slice(&bytes).ok().and_then(|answer| asked.complete(answer).transpose());
    match paged {
        Some(Ok(answer)) => {
            head.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(head, Body::from(answer.to_string()))
        }
        Some(Err(error)) => failure(&error),
        None => Response::from_parts(head, Body::from(bytes)),
    }
}
