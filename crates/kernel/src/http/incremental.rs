//! Zendesk's incremental exports: by time (`start_time`, `end_time`) and by cursor (`after_cursor`).
//!
//! <https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/>

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base::{Actor, Error, Result, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Answer, Failure, Me, Origin, Paging, Params};
use crate::exports::{self, Kind, Mark};
use crate::{App, Tx};

/// The largest page.
const LARGEST: usize = 1_000;
/// Records of a sample.
const SAMPLE: usize = 50;
/// The latest second that is looked at, so that microseconds stay whole numbers: the end of the year 9999.
const LATEST: i64 = 253_402_300_799;

/// What an incremental export is asked for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Incremental {
    /// From when on: seconds since 1970, or an ISO 8601 time.
    pub start_time: Option<String>,
    /// Where the last page by cursor ended.
    pub cursor: Option<String>,
    /// Records a page, at most 1000.
    pub per_page: Option<String>,
    /// Side-loads, separated by commas.
    pub include: Option<String>,
}

/// A page of an export: which records, and where it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The records in their order.
    pub marks: Vec<Mark>,
    /// Whether there is nothing after it.
    pub ended: bool,
    /// What the next page by time begins with, in seconds.
    end_time: i64,
    /// The number after which the next page by cursor begins.
    after: i64,
}

impl Slice {
    /// The records of the page.
    pub fn ids<T: From<i64>>(&self) -> Vec<T> {
        self.marks.iter().map(|mark| T::from(mark.id)).collect()
    }
}

impl Incremental {
    /// A page by time. It holds the last of its seconds whole, however many records share it, so that a client which
    /// goes on from `end_time` always comes further.
    ///
    /// # Errors
    /// `BadRequest` without a `start_time` that can be read.
    fn by_time(&self, tx: &mut Tx<'_>, kind: Kind) -> Result<Slice> {
        let start = self.start()?.ok_or_else(|| bad("start_time", "is missing"))?;
        self.whole_seconds(tx, kind, start, self.size()?)
    }

    fn whole_seconds(&self, tx: &mut Tx<'_>, kind: Kind, start: i64, size: usize) -> Result<Slice> {
        let from = start.saturating_mul(exports::SECOND);
        let mut marks = exports::range(tx, kind, from, i64::MAX, size + 1)?;
        let Some(last) = marks.get(size).and_then(|_| marks.get(size - 1)).copied() else {
            let end_time = marks.last().map_or(start, Mark::second);
            let after = marks.last().map_or(from - 1, |mark| mark.generated);
            return Ok(Slice { marks, ended: true, end_time, after });
        };
        marks.truncate(size);
        let next_second = (last.second() + 1).saturating_mul(exports::SECOND);
        marks.extend(exports::range(tx, kind, last.generated + 1, next_second, usize::MAX)?);
        let ended = exports::range(tx, kind, next_second, i64::MAX, 1)?.is_empty();
        // A second is over once a later one has begun; the last one may still grow.
        let end_time = if ended { last.second() } else { last.second() + 1 };
        let after = marks.last().map_or(from - 1, |mark| mark.generated);
        Ok(Slice { marks, ended, end_time, after })
    }

    /// A page by cursor, or the first one from `start_time`.
    ///
    /// # Errors
    /// `BadRequest` without either, or for a cursor that isn't ours.
    fn by_cursor(&self, tx: &mut Tx<'_>, kind: Kind) -> Result<Slice> {
        let from = match self.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
            Some(cursor) => decode(cursor).ok_or_else(|| bad("cursor", "is not a cursor"))?.saturating_add(1),
            None => {
                let start = self.start()?.ok_or_else(|| bad("start_time", "is missing, and so is cursor"))?;
                start.saturating_mul(exports::SECOND)
            }
        };
        let size = self.size()?;
        let mut marks = exports::range(tx, kind, from, i64::MAX, size + 1)?;
        let ended = marks.len() <= size;
        marks.truncate(size);
        let last = marks.last();
        let after = last.map_or(from - 1, |mark| mark.generated);
        Ok(Slice { ended, end_time: last.map_or(from.div_euclid(exports::SECOND), Mark::second), after, marks })
    }

    /// The first records of an export, for trying it out.
    ///
    /// # Errors
    /// As [`Incremental::by_time`].
    fn sample(&self, tx: &mut Tx<'_>, kind: Kind) -> Result<Slice> {
        let start = self.start()?.ok_or_else(|| bad("start_time", "is missing"))?;
        let from = start.saturating_mul(exports::SECOND);
        let marks = exports::range(tx, kind, from, i64::MAX, SAMPLE)?;
        let (end_time, ended) = (marks.last().map_or(start, Mark::second), marks.len() < SAMPLE);
        let after = marks.last().map_or(from - 1, |mark| mark.generated);
        Ok(Slice { marks, ended, end_time, after })
    }

    /// Whether a side-load is asked for. Unknown ones are nobody's.
    pub fn includes(&self, name: &str) -> bool {
        self.include.as_deref().is_some_and(|list| list.split(',').any(|word| word.trim() == name))
    }

    /// The `start_time` in seconds.
    fn start(&self) -> Result<Option<i64>> {
        let Some(text) = self.start_time.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let seconds = match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number.floor() as i64),
            Ok(_) => None,
            Err(_) => Timestamp::parse(text).map(Timestamp::unix_seconds),
        };
        let seconds = seconds.ok_or_else(|| bad("start_time", "is neither seconds since 1970 nor an ISO 8601 time"))?;
        Ok(Some(seconds.clamp(0, LATEST)))
    }

    fn size(&self) -> Result<usize> {
        let Some(text) = &self.per_page else { return Ok(LARGEST) };
        match text.parse::<usize>() {
            Ok(size) if size > 0 => Ok(size.min(LARGEST)),
            _ => Err(bad("per_page", "must be a positive number")),
        }
    }
}

fn bad(name: &str, what: &str) -> Error {
    Error::BadRequest("InvalidValue", format!("{name} {what}"))
}

/// A cursor's text: the form of Zendesk's, which begins with the time.
fn encode(after: i64) -> String {
    let (seconds, rest) = (after.div_euclid(exports::SECOND), after.rem_euclid(exports::SECOND));
    URL_SAFE_NO_PAD.encode(format!("{seconds}.{rest:06}||"))
}

fn decode(cursor: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor.trim_end_matches('=')).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (seconds, rest) = text.strip_suffix("||")?.split_once('.')?;
    let (seconds, rest): (i64, i64) = (seconds.parse().ok()?, rest.parse().ok()?);
    seconds.checked_mul(exports::SECOND)?.checked_add(rest)
}

/// How an export is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By `start_time`.
    Time,
    /// By cursor.
    Cursor,
    /// Its first records only, for trying it out.
    Sample,
}

/// A request for an export: who asks, for what, and which page of it.
pub struct Export {
    /// Who asks.
    pub actor: Actor,
    /// Scheme and host that the client called.
    pub origin: Origin,
    /// What is asked for.
    pub asked: Incremental,
    path: String,
    query: String,
}

impl FromRequestParts<App> for Export {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let Me(actor) = Me::from_request_parts(parts, app).await?;
        let Params(asked) = Params::from_request_parts(parts, app).await?;
        let Ok(origin) = Origin::from_request_parts(parts, app).await;
        let path = format!("{}.json", parts.uri.path());
        let query = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self { actor, origin, asked, path, query })
    }
}

impl Export {
    /// The page that is asked for.
    ///
    /// # Errors
    /// `BadRequest` without a `start_time` or cursor that can be read.
    pub fn slice(&self, tx: &mut Tx<'_>, by: By, kind: Kind) -> Result<Slice> {
        match by {
            By::Time => self.asked.by_time(tx, kind),
            By::Cursor => self.asked.by_cursor(tx, kind),
            By::Sample => self.asked.sample(tx, kind),
        }
    }

    /// The page in Zendesk's envelope.
    ///
    /// By time `{name: [...], count, end_time, next_page, end_of_stream}`; `next_page` is there at the end too. By cursor
    /// `{name: [...], after_url, before_url, after_cursor, before_cursor, end_of_stream}`; what comes after is named at
    /// the end too, and pages lead forwards only.
    pub fn envelope(&self, by: By, slice: &Slice, name: &str, items: Vec<Value>) -> Value {
        let mut out = Map::new();
        let count = items.len();
        out.insert(name.to_owned(), items.into());
        out.insert("end_of_stream".into(), slice.ended.into());
        if by == By::Cursor {
            let cursor = encode(slice.after);
            out.insert("after_url".into(), self.link("cursor", &cursor).into());
            out.insert("before_url".into(), Value::Null);
            out.insert("after_cursor".into(), cursor.into());
            out.insert("before_cursor".into(), Value::Null);
        } else {
            out.insert("count".into(), count.into());
            out.insert("end_time".into(), slice.end_time.into());
            out.insert("next_page".into(), self.link("start_time", &slice.end_time.to_string()).into());
        }
        Value::Object(out)
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&self.query).unwrap_or_default();
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The side-loads that are asked for, as lists have them.
    pub fn paging(&self) -> Paging {
        Paging { include: self.asked.include.clone(), ..Paging::default() }
    }

    fn link(&self, name: &str, value: &str) -> String {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&self.query).unwrap_or_default();
        let kept = pairs.iter().filter(|(name, _)| name != "start_time" && name != "cursor");
        let all = kept.map(|(name, value)| (name.as_str(), value.as_str())).chain([(name, value)]);
        let query = serde_urlencoded::to_string(all.collect::<Vec<_>>()).unwrap_or_default();
        format!("{}{}?{query}", self.origin.0, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(start: &str) -> Result<Option<i64>> {
        Incremental { start_time: Some(start.into()), ..Incremental::default() }.start()
    }

    #[test]
    fn start_times_come_as_numbers_and_as_dates() {
        assert_eq!(asked("946684800").unwrap(), Some(946_684_800));
        assert_eq!(asked("946684800.7").unwrap(), Some(946_684_800));
        assert_eq!(asked("2000-01-01T00:00:00Z").unwrap(), Some(946_684_800));
        assert_eq!(asked("2000-01-01").unwrap(), Some(946_684_800));
        assert_eq!(asked("-5").unwrap(), Some(0));
        assert_eq!(asked("1e300").unwrap(), Some(LATEST));
        for wrong in ["NaN", "inf", "yesterday", "12:30"] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cursor_is_read_back_and_others_are_refused() {
        assert_eq!(decode(&encode(1_795_420_800_250_003)), Some(1_795_420_800_250_003));
        assert_eq!(decode(&encode(-1)), Some(-1));
        for wrong in ["x", "", "MTIz", &URL_SAFE_NO_PAD.encode("99999999999999999.0||")] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
