//! [Files of macros](https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/#create-macro-attachment).

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{Actor, Error, MacroId, Permission, Result, Timestamp};
use kernel::http::{Answer, Asked, Created, Id, Me, Needs, Origin, Paging, Params, Routes};
use kernel::{App, Tx, blobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::attachments::{disposition, receive_named};
use crate::store::marks::MacroFile;
use crate::{macros, store, views};

/// The most files of one macro, as in Zendesk.
const MOST: usize = 5;

/// A file of a macro.
#[derive(Serialize, JsonSchema)]
struct MacroFileView {
    id: i64,
    filename: String,
    content_type: String,
    content_url: String,
    size: i64,
    created_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct FileAnswer {
    macro_attachment: MacroFileView,
}

#[derive(Serialize, JsonSchema)]
struct FilesAnswer {
    macro_attachments: Vec<MacroFileView>,
}

#[derive(Default, Deserialize, JsonSchema)]
struct UploadQuery {
    /// The file's name.
    filename: Option<String>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/macros/attachments", upload)
        .needs(Permission::PersonalRules)
        .query::<UploadQuery>()
        .gives::<FileAnswer>()
        .get("/api/v2/macros/attachments/{id}", show)
        .needs(Needs::Staff)
        .gives::<FileAnswer>()
        .get("/api/v2/macros/attachments/{id}/content", content)
        .needs(Needs::Staff)
        .get("/api/v2/macros/{id}/attachments", list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<FilesAnswer>()
        .post("/api/v2/macros/{id}/attachments", add)
        .needs(Permission::PersonalRules)
        .query::<UploadQuery>()
        .gives::<FileAnswer>()
}

fn view(origin: &Origin, file: &MacroFile) -> MacroFileView {
    MacroFileView {
        id: file.id,
        filename: file.file_name.clone(),
        content_type: file.content_type.clone(),
        content_url: format!("{}/api/v2/macros/attachments/{}/content", origin.0, file.id),
        size: file.size,
        created_at: file.created_at,
    }
}

/// Keeps a file of a macro, or of one that is about to be made.
async fn keep(
    app: App,
    actor: Actor,
    origin: Origin,
    of: Option<MacroId>,
    name: Option<String>,
    request: Request,
) -> Answer<Created<FileAnswer>> {
    let (received, content_type, file_name) = receive_named(&app, request, name).await?;
    let answer = app.write(move |tx| {
        if let Some(id) = of {
            let found = macros::get(tx, &actor, id)?;
            views::may_change(&actor, found.owner)?;
            if store::marks::macro_files(tx, id)?.len() >= MOST {
                let text = format!("attachments: a macro has at most {MOST}");
                return Err(Error::invalid("attachments", "TooMany", text));
            }
        }
        let size = i64::try_from(received.size()).unwrap_or(i64::MAX);
        let blob_key = received.keep(tx)?;
        let mut file = MacroFile { id: 0, of, file_name, content_type, size, blob_key, created_at: tx.now() };
        file.id = store::marks::add_macro_file(tx, &file)?;
        Ok(FileAnswer { macro_attachment: view(&origin, &file) })
    });
    let answer = answer.await?;
    Ok(Created(answer.macro_attachment.content_url.clone(), answer))
}

async fn upload(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(query): Params<UploadQuery>,
    request: Request,
) -> Answer<Created<FileAnswer>> {
    keep(app.0, actor, origin, None, query.filename, request).await
}

async fn add(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<MacroId>,
    Params(query): Params<UploadQuery>,
    request: Request,
) -> Answer<Created<FileAnswer>> {
    keep(app.0, actor, origin, Some(id), query.filename, request).await
}

/// A file that belongs to no macro yet, or to one that the actor sees.
fn find(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<MacroFile> {
    let file = store::marks::macro_file(tx, id)?;
    if let Some(of) = file.of {
        macros::get(tx, actor, of)?;
    }
    Ok(file)
}

async fn show(app: State<App>, Me(actor): Me, origin: Origin, Id(id): Id<i64>) -> Answer<Json<FileAnswer>> {
    let file = app.read(move |tx| find(tx, &actor, id)).await?;
    Ok(Json(FileAnswer { macro_attachment: view(&origin, &file) }))
}

async fn list(app: State<App>, asked: Asked, Id(id): Id<MacroId>) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        macros::get(tx, &asked.actor, id)?;
        let all = store::marks::macro_files(tx, id)?;
        asked.slice("macro_attachments", all.iter().map(|file| json!(view(&asked.origin, file))).collect())
    });
    Ok(Json(answer.await?))
}

async fn content(app: State<App>, Me(actor): Me, Id(id): Id<i64>) -> Answer<Response> {
    let found = app.read(move |tx| {
        let file = find(tx, &actor, id)?;
        Ok((blobs::read(tx, &file.blob_key)?, file.file_name))
    });
    let (bytes, name) = found.await?;
    let mut response = HttpBody::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&disposition("attachment", &name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
