//! The routes of mail, one module an entity.

mod addresses;
mod alarms;
mod dkim;
mod inbound;
mod mailboxes;
mod outbound;
mod senders;
mod settings;
mod suspended;
mod templates;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use base::{Error, Result};
use kernel::App;
use kernel::http::{Envelope, Origin, Page, PageKey, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::email::store::Slice;

/// The routes of mail.
pub fn routes() -> Routes {
    addresses::routes()
        .merge(suspended::routes())
        .merge(inbound::routes())
        .merge(outbound::routes())
        .merge(mailboxes::routes())
        .merge(senders::routes())
        .merge(templates::routes())
        .merge(settings::routes())
        .merge(dkim::routes())
        .merge(alarms::routes())
        .merge(crate::side::http::routes())
        .merge(crate::voice::routes())
}

/// The list that was asked for: what links in its answer begin with.
#[derive(Clone)]
struct Here {
    origin: Origin,
    path: String,
    query: String,
}

impl FromRequestParts<App> for Here {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> std::result::Result<Self, Self::Rejection> {
        let origin = Origin::from_request_parts(parts, app).await?;
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let path = uri.path().to_owned();
        Ok(Self { origin, path, query: uri.query().unwrap_or_default().to_owned() })
    }
}

impl Here {
    fn envelope(&self) -> Envelope<'_> {
        Envelope { origin: &self.origin, path: &self.path, query: &self.query }
    }

    /// A page of rows as their views.
    fn page<T, V: Serialize>(
        &self,
        page: &Page,
        name: &str,
        slice: Slice<T>,
        id: impl Fn(&T) -> i64,
        view: impl Fn(&T) -> V,
    ) -> Result<Value> {
        let key = |row: &T| PageKey { value: None, id: id(row) };
        let ends = slice.rows.first().zip(slice.rows.last()).map(|(first, last)| (key(first), key(last)));
        let items = slice.rows.iter().map(|row| serde_json::to_value(view(row)).map_err(Error::internal));
        let items = items.collect::<Result<Vec<_>>>()?;
        Ok(match page {
            Page::Offset(offset) => self.envelope().offset(*offset, slice.count, name, items),
            Page::Cursor { .. } => self.envelope().cursor(slice.has_more, ends, name, items),
        })
    }
}

/// `ids=1,2,3`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Many {
    /// Numbers, separated by commas; at most 100.
    ids: Option<String>,
}

impl Many {
    fn ids<T: From<i64>>(&self) -> Result<Vec<T>> {
        let text = self.ids.as_deref().unwrap_or_default();
        let ids: Vec<T> = text.split(',').filter_map(|id| id.trim().parse::<i64>().ok()).map(T::from).collect();
        match ids.len() {
            0 => Err(Error::BadRequest("InvalidQuery", "ids: at least one number is needed".into())),
            1..=100 => Ok(ids),
            _ => Err(Error::BadRequest("TooManyRecords", "ids: at most 100 numbers".into())),
        }
    }
}

/// A whole raw message as a download that no browser runs.
async fn raw(app: &App, key: String) -> Result<axum::response::Response> {
    use axum::http::{HeaderName, HeaderValue, header};
    use axum::response::IntoResponse;
    use std::io::Read;
    let mut source = app.read(move |tx| kernel::blobs::open(tx, &key)).await?;
    let (give, take) = tokio::sync::mpsc::channel::<std::io::Result<Vec<u8>>>(4);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; 64 * 1024];
            let read = source.read(&mut piece);
            let ends = !matches!(read, Ok(1..));
            let piece = read.map(|count| {
                piece.truncate(count);
                piece
            });
            if matches!(piece, Ok(ref piece) if piece.is_empty()) || give.blocking_send(piece).is_err() || ends {
                return;
            }
        }
    });
    let stream = tokio_stream::wrappers::ReceiverStream::new(take);
    let mut response = axum::body::Body::from_stream(stream).into_response();
    let fields: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"message.eml\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    for (name, value) in fields {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
