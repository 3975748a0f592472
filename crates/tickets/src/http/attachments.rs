//! Uploads and attachments. Whoever has an attachment's address may fetch it: its token can't be guessed, and pictures in
//! mails must be seen by people who are not signed in.

use std::io::Write;

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{AttachmentId, Error, Result};
use kernel::http::{Answer, Created, Id, Me, Needs, NoContent, Origin, Params, Routes};
use kernel::{App, Staged, Tx, blobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_stream::StreamExt;

use crate::change::NewAttachment;
use crate::view::{AttachmentView, Context};
use crate::{access, store};

/// The largest upload, in bytes: Zendesk's 50 MB.
const LARGEST: u64 = 50 * 1024 * 1024;

/// Media types that a browser may show in place; others are saved. Neither HTML nor SVG is among them.
const SHOWN: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "video/mp4",
    "video/webm",
    "application/pdf",
    "text/plain",
];

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/v2/uploads", upload)
        .needs(Needs::SignIn)
        .query::<UploadQuery>()
        .gives::<UploadAnswer>()
        .delete("/api/v2/uploads/{token}", delete_upload)
        .needs(Needs::SignIn)
        .get("/api/v2/attachments/{id}", show)
        .needs(Needs::SignIn)
        .gives::<AttachmentAnswer>()
        .get("/api/v2/attachments/content/{token}/{name}", content)
        .needs(Needs::Nothing)
}

/// Files that wait for their comment.
#[derive(Serialize, JsonSchema)]
struct UploadView {
    /// What a comment's `uploads` name them by.
    token: String,
    /// The file just uploaded.
    attachment: AttachmentView,
    /// All files of the token.
    attachments: Vec<AttachmentView>,
}

#[derive(Serialize, JsonSchema)]
struct UploadAnswer {
    upload: UploadView,
}

#[derive(Serialize, JsonSchema)]
struct AttachmentAnswer {
    attachment: AttachmentView,
}

#[derive(Deserialize, JsonSchema)]
struct UploadQuery {
    /// The file's name.
    filename: Option<String>,
    /// The token of an earlier upload, to which this file is added.
    token: Option<String>,
}

async fn upload(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Params(query): Params<UploadQuery>,
    request: Request,
) -> Answer<Created<UploadAnswer>> {
    let (received, content_type, name) = receive_named(&app, request, query.filename).await?;
    let file = NewAttachment::new(&app, name, content_type, received);
    let token = query.token.unwrap_or_else(|| app.secrets().token());
    let answer = app.write(move |tx| {
        let mut file = file.keep(tx)?;
        let row = store::attachments::NewRow {
            comment: None,
            upload_token: Some(&token),
            uploaded_by: Some(actor.user),
            file: &file,
        };
        file.id = store::attachments::insert(tx, &row)?;
        let context = Context::load(tx, &origin.0)?;
        let all = store::attachments::of_upload(tx, &token)?;
        let attachments = all.iter().map(|file| context.attachment(file)).collect();
        let upload = UploadView { token, attachment: context.attachment(&file), attachments };
        Ok((context.url(&format!("attachments/{}", file.id)), UploadAnswer { upload }))
    });
    let (url, answer) = answer.await?;
    Ok(Created(url, answer))
}

/// The file of a request (its body, or the first file of a form) with its media type and its name: the one given, else
/// the form's.
///
/// # Errors
/// `TooLarge` past 50 MB, `Invalid` for a form without a file.
pub async fn receive_named(app: &App, request: Request, name: Option<String>) -> Answer<(Staged, String, String)> {
    let content_type = text_header(request.headers(), header::CONTENT_TYPE.as_str());
    let (received, content_type, form_name) = receive(app, request, content_type).await?;
    Ok((received, content_type, name.or(form_name).unwrap_or_else(|| "file".into())))
}

fn text_header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// The file of a request: its body as it is, or the part `uploaded_data` of a multipart form.
async fn receive(app: &App, request: Request, content_type: String) -> Answer<(Staged, String, Option<String>)> {
    if !content_type.starts_with("multipart/form-data") {
        let stream = request.into_body().into_data_stream().map(|chunk| chunk.map_err(Error::internal));
        let kind = if content_type.is_empty() { "application/octet-stream".into() } else { content_type };
        return Ok((write(app, stream).await?, kind, None));
    }
    use axum::extract::FromRequest;
    let form = axum::extract::Multipart::from_request(request, app).await;
    let mut form = form.map_err(|cause| Error::BadRequest("InvalidForm", cause.to_string()))?;
    let broken = |cause: axum::extract::multipart::MultipartError| Error::BadRequest("InvalidForm", cause.to_string());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() == Some("uploaded_data") || field.file_name().is_some() {
            let name = field.file_name().map(str::to_owned);
            let kind = field.content_type().unwrap_or("application/octet-stream").to_owned();
            return Ok((write(app, field.map(|chunk| chunk.map_err(broken))).await?, kind, name));
        }
    }
    Err(Error::blank("uploaded_data").into())
}

async fn write<B: AsRef<[u8]>>(app: &App, stream: impl tokio_stream::Stream<Item = Result<B>>) -> Result<Staged> {
    let mut stream = std::pin::pin!(stream);
    let mut writer = blobs::Writer::new(app);
    while let Some(chunk) = stream.next().await {
        writer.write_all(chunk?.as_ref()).map_err(Error::internal)?;
        if writer.size() > LARGEST {
            return Err(Error::TooLarge { limit: LARGEST });
        }
    }
    writer.finish().map_err(Error::internal)
}

async fn delete_upload(app: State<App>, Me(actor): Me, Path(token): Path<String>) -> Answer<NoContent> {
    app.write(move |tx| {
        let files = store::attachments::of_upload(tx, &token)?;
        if files.is_empty() {
            return Err(Error::NotFound);
        }
        for file in files {
            let owner = store::attachments::find(tx, file.id)?.and_then(|(_, _, owner)| owner);
            if owner != Some(actor.user) {
                return Err(Error::NotFound);
            }
            store::attachments::delete(tx, file.id)?;
            blobs::delete(tx, &file.blob_key)?;
        }
        Ok(())
    })
    .await?;
    Ok(NoContent)
}

async fn show(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<AttachmentId>,
) -> Answer<Json<AttachmentAnswer>> {
    let answer = app.read(move |tx| {
        let (file, comment, _) = store::attachments::find(tx, id)?.ok_or(Error::NotFound)?;
        let comment = comment.ok_or(Error::NotFound)?;
        let comment = store::comments::find(tx, comment)?.ok_or(Error::NotFound)?;
        access::get(tx, &actor, comment.ticket)?;
        if !access::may_see_comment(&actor, &comment) {
            return Err(Error::NotFound);
        }
        Ok(AttachmentAnswer { attachment: Context::load(tx, &origin.0)?.attachment(&file) })
    });
    Ok(Json(answer.await?))
}

async fn content(app: State<App>, Path((token, _)): Path<(String, String)>) -> Answer<Response> {
    let found = app.read(move |tx| load(tx, &token));
    let (name, kind, bytes) = found.await?;
    let media = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let shown = SHOWN.contains(&media.as_str());
    let kind = if shown { kind } else { "application/octet-stream".into() };
    let mut response = HttpBody::from(bytes).into_response();
    let headers = response.headers_mut();
    let mut set = |name, value: &str| drop(HeaderValue::from_str(value).map(|value| headers.insert(name, value)));
    set(header::CONTENT_TYPE, &kind);
    set(header::CONTENT_DISPOSITION, &disposition(if shown { "inline" } else { "attachment" }, &name));
    set(header::CACHE_CONTROL, "private, max-age=31536000, immutable");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    Ok(response)
}

fn load(tx: &mut Tx<'_>, token: &str) -> Result<(String, String, Vec<u8>)> {
    let (file, _, _) = store::attachments::find_by_token(tx, token)?.ok_or(Error::NotFound)?;
    Ok((file.file_name, file.content_type, blobs::read(tx, &file.blob_key)?))
}

/// The header that names a file, in RFC 6266's two forms.
pub(super) fn disposition(kind: &str, name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let header = disposition("attachment", "a\"; x=\r\nпривет.pdf");
        assert!(HeaderValue::from_str(&header).is_ok());
        assert!(header.starts_with("attachment; filename=\"a_;_x=________.pdf\""), "{header}");
    }
}
