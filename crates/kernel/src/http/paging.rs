//! Zendesk's two kinds of paging: by offset (`page`, `per_page`) and by cursor (`page[size]`, `page[after]`).

use axum::extract::{OriginalUri, Request};
use axum::http::Method;
use base::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Origin;

/// The largest page.
const LARGEST: u64 = 100;
/// The deepest record that offset paging reaches.
const DEEPEST: u64 = 10_000;

/// The paging parameters of a list, as they come in the query.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Paging {
    /// The number of the page, from 1.
    pub page: Option<String>,
    /// Records a page, at most 100.
    pub per_page: Option<String>,
    /// Records a page, at most 100. Asks for paging by cursor.
    #[serde(rename = "page[size]")]
    pub size: Option<String>,
    /// The cursor after which to go on.
    #[serde(rename = "page[after]")]
    pub after: Option<String>,
    /// The cursor before which to go back.
    #[serde(rename = "page[before]")]
    pub before: Option<String>,
    /// The order with cursors: a name, with `-` before it for descending.
    pub sort: Option<String>,
    /// The order with offsets.
    pub sort_by: Option<String>,
    /// `asc` or `desc`.
    pub sort_order: Option<String>,
    /// Side-loads, separated by commas.
    pub include: Option<String>,
}

/// One page of an offset-paged list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// The number of the page, from 1.
    pub page: u64,
    /// Records a page.
    pub per_page: u64,
}

/// Where a cursor stands: the value of the sort column and the id of the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageKey {
    /// The value that the list is sorted by; null sorts last.
    pub value: Option<i64>,
    /// The record's id.
    pub id: i64,
}

/// What page is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// By offset.
    Offset(Offset),
    /// By cursor: size, the key to go on after or before.
    Cursor {
        /// Records a page.
        size: u64,
        /// Go on after this record.
        after: Option<PageKey>,
        /// Go back before this record.
        before: Option<PageKey>,
    },
}

impl Page {
    /// Records a page.
    pub fn size(&self) -> u64 {
        match self {
            Page::Offset(offset) => offset.per_page,
            Page::Cursor { size, .. } => *size,
        }
    }
}

impl PageKey {
    /// The cursor's text.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(json!([self.value, self.id]).to_string())
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
        let (value, id) = serde_json::from_slice(&bytes).ok()?;
        Some(Self { value, id })
    }
}

impl Paging {
    /// The page that is asked for. Without parameters it is the first hundred by offset.
    ///
    /// # Errors
    /// `BadRequest` for a cursor that is not ours and for offsets past the 10,000th record.
    pub fn page(&self) -> Result<Page> {
        if self.by_cursor() {
            let size = number(self.size.as_deref(), LARGEST, "page.size")?;
            return Ok(Page::Cursor { size, after: key(self.after.as_deref())?, before: key(self.before.as_deref())? });
        }
        let first = self.page.as_deref().is_none_or(str::is_empty);
        let page = if first { 1 } else { number(self.page.as_deref(), u64::MAX, "page")? };
        let per_page = number(self.per_page.as_deref(), LARGEST, "per_page")?;
        if (page - 1).saturating_mul(per_page) >= DEEPEST {
            let text = "Offset paging ends at 10,000 records; use cursors (page[size])";
            return Err(Error::BadRequest("InvalidPaginationDepth", text.into()));
        }
        Ok(Page::Offset(Offset { page, per_page }))
    }

    /// Whether paging by cursor is asked for. Parameters without a value count as absent.
    pub fn by_cursor(&self) -> bool {
        [&self.size, &self.after, &self.before]
            .iter()
            .any(|given| given.as_deref().is_some_and(|text| !text.is_empty()))
    }

    /// Fails when a list by cursor is to be sorted by anything but these names, as Zendesk's tickets do.
    ///
    /// # Errors
    /// `BadRequest` with `InvalidPaginationParameter`.
    pub fn sorts_by(&self, names: &[&str]) -> Result<()> {
        match self.order().filter(|_| self.by_cursor()) {
            Some((name, _)) if !names.contains(&name) => {
                let text = format!("sort: {name} is not one of {}", names.join(", "));
                Err(Error::BadRequest("InvalidPaginationParameter", text))
            }
            _ => Ok(()),
        }
    }

    /// Whether a side-load is asked for. Unknown ones are nobody's.
    pub fn includes(&self, name: &str) -> bool {
        self.include.as_deref().is_some_and(|list| list.split(',').any(|word| word.trim() == name))
    }

    /// The name to sort by and whether it is descending: `sort` with cursors, `sort_by` and `sort_order` with offsets. The
    /// other way of asking is ignored.
    pub fn order(&self) -> Option<(&str, bool)> {
        if self.by_cursor() {
            let sort = self.sort.as_deref().filter(|sort| !sort.is_empty())?;
            return Some(sort.strip_prefix('-').map_or((sort, false), |name| (name, true)));
        }
        let descending = self.sort_order.as_deref().is_some_and(|order| order.eq_ignore_ascii_case("desc"));
        self.sort_by.as_deref().filter(|name| !name.is_empty()).map(|name| (name, descending))
    }
}

fn number(text: Option<&str>, largest: u64, name: &str) -> Result<u64> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(largest.min(LARGEST)) };
    match text.parse::<u64>() {
        Ok(n) if n > 0 => Ok(n.min(largest)),
        _ => {
            let text = format!(
                "You passed an invalid value for the {name} attribute. Invalid parameter: {name} must be a positive integer"
            );
            Err(Error::BadRequest("Invalid attribute", text))
        }
    }
}

fn key(text: Option<&str>) -> Result<Option<PageKey>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let key = PageKey::decode(text);
    key.map(Some).ok_or_else(|| Error::BadRequest("InvalidPaginationParameter", "page[after] is not a cursor".into()))
}

/// A list asked for by cursor, remembered while its handler runs.
pub(super) struct CursorAsked {
    origin: Origin,
    path: String,
    query: String,
    paging: Paging,
}

impl CursorAsked {
    /// What a GET with `page[size]` asks for.
    pub fn of(request: &Request) -> Option<Self> {
        if *request.method() != Method::GET {
            return None;
        }
        let query = request.uri().query().filter(|query| query.contains("page"))?.to_owned();
        let paging: Paging = serde_urlencoded::from_str(&query).ok()?;
        paging.size.as_deref().filter(|size| !size.is_empty())?;
        let origin = request.extensions().get::<Origin>()?.clone();
        let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0);
        Some(Self { origin, path: uri.path().to_owned(), query, paging })
    }

    /// Whether an answer is paged already: read without keeping anything of it.
    pub fn is_paged(answer: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Marks {
            meta: Option<IgnoredAny>,
            end_of_stream: Option<IgnoredAny>,
            after_cursor: Option<IgnoredAny>,
        }
        let marks = serde_json::from_slice::<Marks>(answer);
        marks.is_ok_and(|marks| marks.meta.is_some() || marks.end_of_stream.is_some() || marks.after_cursor.is_some())
    }

    /// The page of an answer that holds a whole list; `None` when it is paged already or is no list.
    pub fn complete(&self, answer: Value) -> Result<Option<Value>> {
        let Value::Object(mut fields) = answer else { return Ok(None) };
        let paged = ["meta", "end_of_stream", "after_cursor"].iter().any(|key| fields.contains_key(*key));
        // A record with side-loads is no list, and a list that goes on by offset is left to its handler.
        let whole = fields.get("next_page").is_none_or(Value::is_null) && !fields.values().any(Value::is_object);
        if paged || !whole {
            return Ok(None);
        }
        let named = self.path.trim_end_matches(".json").rsplit('/').find(|part| fields.contains_key(*part));
        let arrays: Vec<&String> = fields.iter().filter(|(_, value)| value.is_array()).map(|(name, _)| name).collect();
        let name = match (named, arrays.as_slice()) {
            (Some(name), _) => name.to_owned(),
            (None, [only]) => (*only).clone(),
            _ => return Ok(None),
        };
        let Some(Value::Array(items)) = fields.remove(&name) else { return Ok(None) };
        let envelope = Envelope { origin: &self.origin, path: &self.path, query: &self.query };
        let Value::Object(mut page) = envelope.slice(&self.paging, &name, items)? else { return Ok(None) };
        let offsets = ["next_page", "previous_page", "count"];
        page.extend(fields.into_iter().filter(|(key, _)| !offsets.contains(&key.as_str())));
        Ok(Some(Value::Object(page)))
    }
}

/// Puts a page into Zendesk's envelope.
pub struct Envelope<'a> {
    /// Scheme and host that the client called.
    pub origin: &'a Origin,
    /// The path of the list, such as `/api/v2/groups.json`.
    pub path: &'a str,
    /// The query as it came, from which links keep what isn't paging.
    pub query: &'a str,
}

impl Envelope<'_> {
    /// A page of a list that lies whole in memory: `{name: [...], count, next_page ...}` or with `meta` and `links`.
    pub fn slice(&self, paging: &Paging, name: &str, items: Vec<Value>) -> Result<Value> {
        match paging.page()? {
            Page::Offset(offset) => {
                let count = items.len() as u64;
                let skip = usize::try_from((offset.page - 1) * offset.per_page).unwrap_or(usize::MAX);
                let take = usize::try_from(offset.per_page).unwrap_or(usize::MAX);
                Ok(self.offset(offset, count, name, items.into_iter().skip(skip).take(take).collect()))
            }
            Page::Cursor { size, after, before } => {
                let position = |key: &PageKey| usize::try_from(key.id).unwrap_or(usize::MAX);
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                let start = match (&after, &before) {
                    (Some(after), _) => position(after),
                    (None, Some(before)) => position(before).saturating_sub(size + 1),
                    (None, None) => 0,
                };
                let has_more = items.len() > start.saturating_add(size);
                let page: Vec<Value> = items.into_iter().skip(start).take(size).collect();
                let place = |n: usize| PageKey { value: None, id: n as i64 };
                let ends = (!page.is_empty()).then(|| (place(start + 1), place(start + page.len())));
                Ok(self.cursor(has_more, ends, name, page))
            }
        }
    }

    /// The envelope of a page by offset.
    pub fn offset(&self, offset: Offset, count: u64, name: &str, items: Vec<Value>) -> Value {
        let last = offset.page.saturating_mul(offset.per_page) >= count;
        let link = |page: u64| self.link(&[("page", &page.to_string()), ("per_page", &offset.per_page.to_string())]);
        let next = (!last).then(|| link(offset.page + 1));
        let previous = (offset.page > 1).then(|| link(offset.page - 1));
        let mut out = Map::new();
        out.insert(name.to_owned(), items.into());
        out.insert("next_page".into(), next.into());
        out.insert("previous_page".into(), previous.into());
        out.insert("count".into(), count.into());
        Value::Object(out)
    }

    /// The envelope of a page by cursor. `ends` are the keys of its first and last record; on an empty page there are
    /// none, and every link is null. Otherwise `links.next` is set even when there is nothing more, as in Zendesk's API.
    pub fn cursor(&self, has_more: bool, ends: Option<(PageKey, PageKey)>, name: &str, items: Vec<Value>) -> Value {
        let (before, after) = match &ends {
            Some((first, last)) => (Some(first.encode()), Some(last.encode())),
            None => (None, None),
        };
        let link = |name: &str, cursor: &Option<String>| cursor.as_ref().map(|cursor| self.link(&[(name, cursor)]));
        let links = json!({"prev": link("page[before]", &before), "next": link("page[after]", &after)});
        let meta = json!({"has_more": has_more, "after_cursor": after, "before_cursor": before});
        let mut out = Map::new();
        out.insert(name.to_owned(), items.into());
        out.insert("meta".into(), meta);
        out.insert("links".into(), links);
        Value::Object(out)
    }

    /// The list's own URL with other paging parameters.
    pub fn link(&self, parameters: &[(&str, &str)]) -> String {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(self.query).unwrap_or_default();
        let moved = ["page", "per_page", "page[after]", "page[before]"];
        let kept = pairs.iter().filter(|(name, _)| !moved.contains(&name.as_str()));
        let all: Vec<(&str, &str)> =
            kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(parameters.iter().copied()).collect();
        let query = serde_urlencoded::to_string(all).unwrap_or_default();
        format!("{}{}?{query}", self.origin.0, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(origin: &Origin) -> Envelope<'_> {
        Envelope { origin, path: "/api/v2/groups.json", query: "sort=name&page[size]=2" }
    }

    fn walk(count: usize) -> Vec<Value> {
        let origin = Origin("http://desk.test".into());
        let mut seen = Vec::new();
        let mut paging = Paging { size: Some("2".into()), ..Paging::default() };
        loop {
            let items = (0..count).map(Value::from).collect();
            let page = envelope(&origin).slice(&paging, "groups", items).unwrap();
            seen.extend(page["groups"].as_array().unwrap().clone());
            if page["meta"]["has_more"] == false {
                return seen;
            }
            paging.after = page["meta"]["after_cursor"].as_str().map(str::to_owned);
        }
    }

    #[test]
    fn cursors_reach_every_record_once() {
        for count in [0, 1, 2, 3, 4, 7] {
            assert_eq!(walk(count), (0..count).map(Value::from).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_page_after_the_last_is_empty_with_nulls() {
        let origin = Origin("http://desk.test".into());
        let after = PageKey { value: None, id: 3 }.encode();
        let paging = Paging { size: Some("2".into()), after: Some(after), ..Paging::default() };
        let page = envelope(&origin).slice(&paging, "groups", vec![1.into(), 2.into(), 3.into()]).unwrap();
        assert_eq!(page["links"], json!({"prev": null, "next": null}));
        assert_eq!(page["meta"]["has_more"], false);
    }

    #[test]
    fn links_keep_what_is_not_paging() {
        let origin = Origin("http://desk.test".into());
        let paging = Paging { per_page: Some("1".into()), ..Paging::default() };
        let page = envelope(&origin).slice(&paging, "groups", vec![1.into(), 2.into()]).unwrap();
        let next = "http://desk.test/api/v2/groups.json?sort=name&page%5Bsize%5D=2&page=2&per_page=1";
        assert_eq!(page["next_page"], next);
        assert_eq!(page["count"], 2);
    }

    #[test]
    fn offsets_end_at_ten_thousand() {
        let paging = Paging { page: Some("101".into()), ..Paging::default() };
        assert_eq!(paging.page().unwrap_err().code(), "InvalidPaginationDepth");
        let paging = Paging { page: Some("0".into()), ..Paging::default() };
        assert_eq!(paging.page().unwrap_err().code(), "Invalid attribute");
    }
}
