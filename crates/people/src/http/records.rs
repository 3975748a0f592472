//! What all kinds of records have in common over HTTP. A kind says what it is called, who may read and write it, and how
//! it is loaded, shown and written; its lists, counts, single records and work on many follow from that.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use base::{Actor, Error, Result};
use kernel::http::{
    Answer, Body, Created, Failure, Me, Needs, NoContent, Origin, Page, PageKey, Paging, Params, Routes,
};
use kernel::{App, Tx};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{CountAnswer, Here, JobAnswer, Many, at_most, count_answer, job_answer};
use crate::bulk::{self, Verb};
use crate::store::{Found, Order};

/// The parameters of a query, as they came.
pub(crate) type Pairs = [(String, String)];

/// What a list reads.
pub(crate) enum Listed<R> {
    /// One page of many.
    Page(Found<R>),
    /// All: a list that is short by its nature.
    Whole(Vec<R>),
}

/// A kind of record.
pub(crate) trait Record: Sized + Send + Sync + 'static {
    /// Its name in JSON.
    const ONE: &'static str;
    /// The name of several.
    const MANY: &'static str;
    /// Who may read it.
    const READ: Needs;
    /// What lists may be sorted by: Zendesk's names and columns, of which the first is the id.
    const ORDERS: &'static [(&'static str, &'static str)] = &[("id", "id")];

    /// The parameters that narrow lists, with the type of each in JSON's words.
    const NARROWED_BY: &'static [(&'static str, &'static str)] = &[];

    /// Its one JSON shape.
    type View: Serialize + JsonSchema + Send;
    /// What lists are narrowed to.
    type Filter: Clone + Default + Send;

    /// The filter that a query asks for.
    fn filter(_: &Pairs) -> Self::Filter {
        Self::Filter::default()
    }

    /// What a list shows.
    fn load(tx: &mut Tx<'_>, filter: &Self::Filter, page: &Page, order: Order) -> Result<Listed<Self>>;

    /// How many there are.
    fn count(tx: &mut Tx<'_>, filter: &Self::Filter) -> Result<i64> {
        let (page, order) = (Paging::default().page()?, order_of(&Paging::default(), Self::ORDERS));
        match Self::load(tx, filter, &page, order)? {
            Listed::Whole(all) => Ok(all.len() as i64),
            Listed::Page(_) => Err(Error::internal(format!("{} are not counted", Self::MANY))),
        }
    }

    /// The one that a path names.
    fn get(tx: &mut Tx<'_>, at: &At) -> Result<Self>;

    /// Several as JSON, in their order.
    fn views(tx: &mut Tx<'_>, origin: &Origin, all: &[Self]) -> Result<Vec<Self::View>>;

    /// Where it stands in a list that is sorted by a column.
    fn key(&self, column: &str) -> PageKey;

    /// Adds the records that `include` names.
    fn beside(_: &mut Tx<'_>, _: &Wanted<'_>, _: &[Self], _: &mut Value) -> Result<()> {
        Ok(())
    }
}

/// What is wanted beside records, and by whom.
pub(crate) struct Wanted<'a> {
    /// Scheme and host that the client called.
    pub origin: &'a Origin,
    /// Who asks.
    pub actor: Option<&'a Actor>,
    /// What `include` names.
    pub paging: &'a Paging,
}

impl Wanted<'_> {
    /// Adds the records of a kind when `include` names it.
    pub fn add<R: Record>(
        &self,
        tx: &mut Tx<'_>,
        out: &mut Value,
        load: impl FnOnce(&mut Tx<'_>) -> Result<Vec<R>>,
    ) -> Result<()> {
        if self.paging.includes(R::MANY) {
            let all = load(tx)?;
            out[R::MANY] = values(R::views(tx, self.origin, &all)?)?.into();
        }
        Ok(())
    }
}

/// A record that is found by numbers, ours or another system's.
pub(crate) trait Numbered: Record {
    fn by_ids(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<Self>>;

    fn by_external_ids(_: &mut Tx<'_>, _: &[String]) -> Result<Vec<Self>> {
        Ok(Vec::new())
    }
}

/// A record of which lists can be narrowed to those of a `P`.
pub(crate) trait Of<P>: Record {
    /// Narrows the filter to those of this one.
    ///
    /// # Errors
    /// `NotFound` when there is no such one.
    fn of(tx: &mut Tx<'_>, at: &At, filter: &mut Self::Filter) -> Result<()>;
}

/// A record that clients write.
pub(crate) trait Written: Record {
    /// Who may write it.
    const WRITE: Needs;
    /// Who may change it.
    const UPDATE: Needs = Self::WRITE;
    /// Who may delete it.
    const DELETE: Needs = Self::WRITE;
    /// What is written.
    type Body: for<'de> Deserialize<'de> + JsonSchema + Default + Send;

    fn create(tx: &mut Tx<'_>, actor: &Actor, at: &At, body: Self::Body) -> Result<Self>;

    /// # Errors
    /// `NotFound` for kinds that are made and deleted only.
    fn update(_: &mut Tx<'_>, _: &Actor, _: &At, _: Self::Body) -> Result<Self> {
        Err(Error::NotFound)
    }

    fn delete(tx: &mut Tx<'_>, actor: &Actor, at: &At) -> Result<()>;
}

/// A record of which many are written by one request, as a job.
pub(crate) trait Bulk: Record {
    /// What making, changing and deleting many is called.
    const VERBS: Verbs;
}

/// The work that is done on many.
pub(crate) struct Verbs {
    pub create: Verb,
    pub update: Verb,
    pub destroy: Verb,
}

/// What a path names: the record, after those that it belongs to.
pub(crate) struct At(Vec<String>);

impl At {
    /// Nothing: the record is made or named otherwise.
    pub fn nothing() -> Self {
        Self(Vec::new())
    }

    /// A record by its number.
    pub fn number(id: i64) -> Self {
        Self(vec![id.to_string()])
    }

    /// A number in the path.
    ///
    /// # Errors
    /// `NotFound` for anything else.
    pub fn id<T: From<i64>>(&self, place: usize) -> Result<T> {
        self.text(place)?.parse::<i64>().map(T::from).map_err(|_| Error::NotFound)
    }

    /// A name in the path.
    pub fn text(&self, place: usize) -> Result<&str> {
        self.0.get(place).map(String::as_str).ok_or(Error::NotFound)
    }

    /// The number of the record itself, and of the one that it belongs to when the path names one.
    pub fn last<T: From<i64>, P: From<i64>>(&self) -> Result<(T, Option<P>)> {
        match self.0.len() {
            2 => Ok((self.id(1)?, Some(self.id(0)?))),
            _ => Ok((self.id(0)?, None)),
        }
    }
}

impl FromRequestParts<App> for At {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, app).await;
        Ok(Self(path.map(|path| path.0.into_iter().map(|(_, value)| value).collect()).unwrap_or_default()))
    }
}

/// A body that holds one record under its name.
pub(crate) struct One<R: Written>(pub R::Body);

impl<'de, R: Written> Deserialize<'de> for One<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(OneVisitor::<R>(PhantomData)).map(One)
    }
}

struct OneVisitor<R>(PhantomData<R>);

impl<'de, R: Written> Visitor<'de> for OneVisitor<R> {
    type Value = R::Body;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an object with {}", R::ONE)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R::Body, A::Error> {
        let mut body = R::Body::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == R::ONE {
                body = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(body)
    }
}

impl<R: Written> JsonSchema for One<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("one_{}", R::ONE).into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let body = schemas.subschema_for::<R::Body>();
        json_schema!({"type": "object", "properties": {R::ONE: body}})
    }
}

/// The shape of an answer that holds one record.
pub(crate) struct Shown<R>(PhantomData<R>);

impl<R: Record> JsonSchema for Shown<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("shown_{}", R::ONE).into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let view = schemas.subschema_for::<R::View>();
        json_schema!({"type": "object", "required": [R::ONE], "properties": {R::ONE: view}})
    }
}

/// The shape of a list, paged either way.
pub(crate) struct List<R>(PhantomData<R>);

impl<R: Record> JsonSchema for List<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("list_of_{}", R::MANY).into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let view = schemas.subschema_for::<R::View>();
        let text = json!({"type": ["string", "null"]});
        json_schema!({
            "type": "object",
            "required": [R::MANY],
            "properties": {
                R::MANY: {"type": "array", "items": view},
                "count": {"type": "integer"},
                "next_page": text,
                "previous_page": text,
                "meta": {"type": "object", "properties": {
                    "has_more": {"type": "boolean"}, "after_cursor": text, "before_cursor": text}},
                "links": {"type": "object", "properties": {"prev": text, "next": text}},
            },
        })
    }
}

/// The parameters of a list.
pub(crate) struct Query<R>(PhantomData<R>);

impl<R: Record> JsonSchema for Query<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("query_of_{}", R::MANY).into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        narrowed(schemas, R::NARROWED_BY)
    }
}

/// The parameters of paging, and others.
pub(crate) fn narrowed(schemas: &mut SchemaGenerator, by: &[(&str, &str)]) -> Schema {
    let mut schema = Paging::json_schema(schemas);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.extend(by.iter().map(|(name, kind)| ((*name).to_owned(), json!({"type": kind}))));
    }
    schema
}

/// A body that holds many records, or one for all.
pub(crate) struct Several<R> {
    pub many: Vec<Value>,
    one: Option<Value>,
    kind: PhantomData<R>,
}

impl<'de, R: Record> Deserialize<'de> for Several<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut map = Map::<String, Value>::deserialize(from)?;
        let many = match map.remove(R::MANY) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(serde::de::Error::custom(format!("{} is not a list", R::MANY))),
        };
        Ok(Self { many, one: map.remove(R::ONE), kind: PhantomData })
    }
}

impl<R: Written> JsonSchema for Several<R> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("several_{}", R::MANY).into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let body = schemas.subschema_for::<R::Body>();
        json_schema!({
            "type": "object",
            "properties": {R::MANY: {"type": "array", "items": body, "maxItems": super::MOST}, R::ONE: body},
        })
    }
}

/// The number that a query gives under a name.
pub(crate) fn number<T: From<i64>>(pairs: &Pairs, name: &str) -> Option<T> {
    pairs.iter().rfind(|pair| pair.0 == name)?.1.parse::<i64>().ok().map(T::from)
}

/// The order that a list is asked for in, of those that it knows.
fn order_of(paging: &Paging, known: &[(&str, &'static str)]) -> Order {
    let asked = paging.order();
    let column = asked.and_then(|(name, _)| known.iter().find(|(known, _)| *known == name));
    let id = known.first().map_or("id", |(_, column)| *column);
    match (asked, column) {
        (Some((_, falling)), Some((_, column))) => Order { column, falling },
        _ => Order { column: id, falling: false },
    }
}

/// A list as it is answered.
pub(crate) fn listed<R: Record>(tx: &mut Tx<'_>, here: &Here, paging: &Paging, filter: &R::Filter) -> Result<Value> {
    let page = paging.page()?;
    let order = order_of(paging, R::ORDERS);
    let found = match R::load(tx, filter, &page, order)? {
        Listed::Whole(all) => return few(tx, here, paging, &all),
        Listed::Page(found) => found,
    };
    let views = R::views(tx, &here.origin, &found.items)?;
    let keys = found.items.iter().map(|record| record.key(order.column));
    let items = views.into_iter().zip(keys).map(|(view, key)| Keyed { view, key }).collect();
    let keyed = Found { items, has_more: found.has_more };
    let mut out = here.page(&page, R::MANY, keyed, |one| one.key.clone(), || R::count(tx, filter))?;
    R::beside(tx, &here.wanted(paging), &found.items, &mut out)?;
    Ok(out)
}

/// A record's JSON, and where it stands in the list.
#[derive(Serialize)]
struct Keyed<V> {
    #[serde(flatten)]
    view: V,
    #[serde(skip)]
    key: PageKey,
}

/// A list that is short by its nature.
pub(crate) fn few<R: Record>(tx: &mut Tx<'_>, here: &Here, paging: &Paging, all: &[R]) -> Result<Value> {
    let views = values(R::views(tx, &here.origin, all)?)?;
    let mut out = here.envelope().slice(paging, R::MANY, views)?;
    R::beside(tx, &here.wanted(paging), all, &mut out)?;
    Ok(out)
}

fn values<T: Serialize>(views: Vec<T>) -> Result<Vec<Value>> {
    views.into_iter().map(|view| serde_json::to_value(view).map_err(Error::internal)).collect()
}

/// A record as it is answered.
pub(crate) fn one<R: Record>(tx: &mut Tx<'_>, here: &Here, paging: &Paging, record: R) -> Result<Value> {
    let all = [record];
    let view = values(R::views(tx, &here.origin, &all)?)?.pop().unwrap_or_default();
    let mut out = json!({R::ONE: view});
    R::beside(tx, &here.wanted(paging), &all, &mut out)?;
    Ok(out)
}

async fn list<R: Record>(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<Json<Value>> {
    let filter = R::filter(&pairs);
    Ok(Json(app.read(move |tx| listed::<R>(tx, &here, &paging, &filter)).await?))
}

async fn list_of<R: Of<P>, P: 'static>(
    State(app): State<App>,
    at: At,
    here: Here,
    Params(paging): Params<Paging>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<Json<Value>> {
    let mut filter = R::filter(&pairs);
    let answer = app.read(move |tx| {
        R::of(tx, &at, &mut filter)?;
        listed::<R>(tx, &here, &paging, &filter)
    });
    Ok(Json(answer.await?))
}

async fn count<R: Record>(
    State(app): State<App>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<Json<CountAnswer>> {
    let filter = R::filter(&pairs);
    Ok(Json(app.read(move |tx| Ok(count_answer(R::count(tx, &filter)?, tx.now()))).await?))
}

async fn count_of<R: Of<P>, P: 'static>(State(app): State<App>, at: At) -> Answer<Json<CountAnswer>> {
    let answer = app.read(move |tx| {
        let mut filter = R::Filter::default();
        R::of(tx, &at, &mut filter)?;
        Ok(count_answer(R::count(tx, &filter)?, tx.now()))
    });
    Ok(Json(answer.await?))
}

async fn show<R: Record>(
    State(app): State<App>,
    at: At,
    here: Here,
    Params(paging): Params<Paging>,
) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let found = R::get(tx, &at)?;
        one(tx, &here, &paging, found)
    });
    Ok(Json(answer.await?))
}

async fn show_many<R: Numbered>(
    State(app): State<App>,
    here: Here,
    Params(paging): Params<Paging>,
    Params(many): Params<Many>,
) -> Answer<Json<Value>> {
    let (ids, external) = (many.ids::<i64>()?, many.external_ids()?);
    let answer = app.read(move |tx| {
        let all = match (ids, external) {
            (Some(ids), _) => R::by_ids(tx, &ids)?,
            (None, external) => R::by_external_ids(tx, &external.unwrap_or_default())?,
        };
        few(tx, &here, &paging, &all)
    });
    Ok(Json(answer.await?))
}

async fn create<R: Written>(
    State(app): State<App>,
    Me(me): Me,
    at: At,
    here: Here,
    Body(One(body)): Body<One<R>>,
) -> Answer<Created<Value>> {
    let fallback = here.clone();
    let made = app.write(move |tx| {
        let made = R::create(tx, &me, &at, body)?;
        one(tx, &here, &Paging::default(), made)
    });
    Ok(created::<R>(&fallback, made.await?))
}

/// A record that was made, with its place.
pub(crate) fn created<R: Record>(here: &Here, answer: Value) -> Created<Value> {
    let place = match answer[R::ONE]["url"].as_str() {
        Some(url) => url.to_owned(),
        None => {
            format!("{}/{}", here.url(), answer[R::ONE]["id"].as_str().unwrap_or(&answer[R::ONE]["id"].to_string()))
        }
    };
    Created(place, answer)
}

async fn update<R: Written>(
    State(app): State<App>,
    Me(me): Me,
    at: At,
    here: Here,
    Body(One(body)): Body<One<R>>,
) -> Answer<Json<Value>> {
    let answer = app.write(move |tx| {
        let changed = R::update(tx, &me, &at, body)?;
        one(tx, &here, &Paging::default(), changed)
    });
    Ok(Json(answer.await?))
}

async fn delete<R: Written>(State(app): State<App>, Me(me): Me, at: At) -> Answer<NoContent> {
    app.write(move |tx| R::delete(tx, &me, &at)).await?;
    Ok(NoContent)
}

async fn create_many<R: Bulk>(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Body(body): Body<Several<R>>,
) -> Answer<Json<JobAnswer>> {
    queue(app, me, origin, R::VERBS.create, body.many).await
}

/// Either `{users: [{id, ...}]}`, or `?ids=` and one `{user: {...}}` for all. Some clients name the ids in both cases.
async fn update_many<R: Bulk + Numbered>(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Params(many): Params<Many>,
    Body(body): Body<Several<R>>,
) -> Answer<Json<JobAnswer>> {
    let items = match named::<R>(&app, &many).await? {
        Some(ids) if body.many.is_empty() => bulk::items(&ids, body.one),
        _ => body.many,
    };
    queue(app, me, origin, R::VERBS.update, items).await
}

async fn destroy_many<R: Bulk + Numbered>(
    State(app): State<App>,
    Me(me): Me,
    origin: Origin,
    Params(many): Params<Many>,
) -> Answer<Json<JobAnswer>> {
    let ids = named::<R>(&app, &many).await?.unwrap_or_default();
    queue(app, me, origin, R::VERBS.destroy, bulk::items(&ids, None)).await
}

/// The numbers that a query names: ours, or those of the records behind another system's.
async fn named<R: Numbered>(app: &App, many: &Many) -> Result<Option<Vec<i64>>> {
    let (ids, external) = (many.ids::<i64>()?, many.external_ids()?);
    match (ids, external) {
        (Some(ids), _) => Ok(Some(ids)),
        (None, None) => Ok(None),
        (None, Some(external)) => {
            app.read(move |tx| {
                let found = R::by_external_ids(tx, &external)?;
                Ok(Some(found.iter().map(|record| record.key("").id).collect()))
            })
            .await
        }
    }
}

/// Asks for work on many.
pub(crate) async fn queue(
    app: App,
    me: Actor,
    origin: Origin,
    verb: Verb,
    items: Vec<Value>,
) -> Answer<Json<JobAnswer>> {
    at_most(items.len())?;
    let total = items.len();
    let id = app.write(move |tx| bulk::queue(tx, &me, verb, items)).await?;
    Ok(Json(job_answer(&origin, id, verb.name(), total)))
}

/// Adds the routes of a kind of record, each with what it asks, takes and gives.
pub(crate) trait RecordRoutes: Sized {
    /// A list.
    fn lists<R: Record>(self, path: &'static str) -> Self;
    /// A list of those that belong to another record.
    fn lists_of<R: Of<P>, P: 'static>(self, path: &'static str) -> Self;
    /// How many there are.
    fn counts<R: Record>(self, path: &'static str) -> Self;
    /// How many belong to another record.
    fn counts_of<R: Of<P>, P: 'static>(self, path: &'static str) -> Self;
    /// One of them.
    fn shows<R: Record>(self, path: &'static str) -> Self;
    /// Some of them, by their numbers.
    fn shows_many<R: Numbered>(self, path: &'static str) -> Self;
    /// Making one.
    fn creates<R: Written>(self, path: &'static str) -> Self;
    /// Changing one.
    fn updates<R: Written>(self, path: &'static str) -> Self;
    /// Deleting one.
    fn deletes<R: Written>(self, path: &'static str) -> Self;
    /// Making many.
    fn creates_many<R: Bulk + Written>(self, path: &'static str) -> Self;
    /// Changing many.
    fn updates_many<R: Bulk + Written + Numbered>(self, path: &'static str) -> Self;
    /// Deleting many.
    fn deletes_many<R: Bulk + Written + Numbered>(self, path: &'static str) -> Self;
}

impl RecordRoutes for Routes {
    fn lists<R: Record>(self, path: &'static str) -> Self {
        self.get(path, list::<R>).needs(R::READ).query::<Query<R>>().gives::<List<R>>()
    }

    fn lists_of<R: Of<P>, P: 'static>(self, path: &'static str) -> Self {
        self.get(path, list_of::<R, P>).needs(R::READ).query::<Query<R>>().gives::<List<R>>()
    }

    fn counts<R: Record>(self, path: &'static str) -> Self {
        self.get(path, count::<R>).needs(R::READ).gives::<CountAnswer>()
    }

    fn counts_of<R: Of<P>, P: 'static>(self, path: &'static str) -> Self {
        self.get(path, count_of::<R, P>).needs(R::READ).gives::<CountAnswer>()
    }

    fn shows<R: Record>(self, path: &'static str) -> Self {
        self.get(path, show::<R>).needs(R::READ).gives::<Shown<R>>()
    }

    fn shows_many<R: Numbered>(self, path: &'static str) -> Self {
        self.get(path, show_many::<R>).needs(R::READ).query::<Many>().gives::<List<R>>()
    }

    fn creates<R: Written>(self, path: &'static str) -> Self {
        self.post(path, create::<R>).needs(R::WRITE).takes::<One<R>>().gives::<Shown<R>>()
    }

    fn updates<R: Written>(self, path: &'static str) -> Self {
        self.put(path, update::<R>).needs(R::UPDATE).takes::<One<R>>().gives::<Shown<R>>()
    }

    fn deletes<R: Written>(self, path: &'static str) -> Self {
        self.delete(path, delete::<R>).needs(R::DELETE)
    }

    fn creates_many<R: Bulk + Written>(self, path: &'static str) -> Self {
        self.post(path, create_many::<R>).needs(R::WRITE).takes::<Several<R>>().gives::<JobAnswer>()
    }

    fn updates_many<R: Bulk + Written + Numbered>(self, path: &'static str) -> Self {
        let routes = self.put(path, update_many::<R>).needs(R::WRITE).query::<Many>();
        routes.takes::<Several<R>>().gives::<JobAnswer>()
    }

    fn deletes_many<R: Bulk + Written + Numbered>(self, path: &'static str) -> Self {
        self.delete(path, destroy_many::<R>).needs(R::DELETE).query::<Many>().gives::<JobAnswer>()
    }
}
