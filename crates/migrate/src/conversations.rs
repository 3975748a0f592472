//! Tickets with their comments and files.

use std::io;

use base::{Actor, Error, Result, Role, UserId};
use kernel::{App, Tx, blobs};
use serde_json::{Map, Value, json};
use tickets::NewAttachment;
use tickets::import::{self, Import};

use crate::records::{Place, id_of, text};
use crate::source::Source;
use crate::{persons, store};

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;

/// A ticket with what belongs to it, read and not yet written.
pub(crate) struct Conversation {
    ticket: Value,
    comments: Vec<Value>,
    audits: Vec<Value>,
    files: Vec<(usize, NewAttachment)>,
}

/// Reads what belongs to a ticket. Files that the other side has no more are left out.
pub(crate) fn read(app: &App, source: &Source, ticket: Value) -> Result<Conversation> {
    let id = id_of(&ticket["id"]).unwrap_or_default();
    let mut comments = list(source, &format!("/api/v2/tickets/{id}/comments.json?page[size]=100"), "comments")?;
    let audits = list(source, &format!("/api/v2/tickets/{id}/audits.json?page[size]=100"), "audits")?;
    comments.sort_by_key(|comment| text(&comment["created_at"]));
    let mut files = Vec::new();
    for (place, comment) in comments.iter_mut().enumerate() {
        for file in comment["attachments"].take().as_array().into_iter().flatten() {
            if let Some(kept) = download(app, source, file)? {
                show_ours(comment, file, &kept);
                files.push((place, kept));
            }
        }
    }
    Ok(Conversation { ticket, comments, audits, files })
}

fn list(source: &Source, path: &str, key: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    source.pages(path, |mut page| {
        if let Value::Array(items) = page[key].take() {
            all.extend(items);
        }
        Ok(())
    })?;
    Ok(all)
}

fn download(app: &App, source: &Source, file: &Value) -> Result<Option<NewAttachment>> {
    let Some(url) = text(&file["content_url"]) else { return Ok(None) };
    let staged = source.download(&url, |content| {
        let mut writer = blobs::Writer::new(app);
        io::copy(content, &mut writer)?;
        writer.finish()
    });
    let staged = match staged {
        Ok(staged) => staged,
        Err(Error::NotFound | Error::Forbidden(_) | Error::BadRequest(..)) => return Ok(None),
        Err(cause) => return Err(cause),
    };
    let name = text(&file["file_name"]).unwrap_or_else(|| "file".into());
    let kind = text(&file["content_type"]).unwrap_or_else(|| "application/octet-stream".into());
    let mut kept = NewAttachment::new(app, name, kind, staged);
    kept.inline = file["inline"] == true;
    Ok(Some(kept))
}

/// The text shows our copy of a file where it showed theirs.
fn show_ours(comment: &mut Value, theirs: &Value, ours: &NewAttachment) {
    let (Some(html), Some(url)) = (text(&comment["html_body"]), text(&theirs["content_url"])) else { return };
    comment["html_body"] = html.replace(&url.replace('&', "&amp;"), &ours.path()).replace(&url, &ours.path()).into();
}

/// Writes the ticket with its line of the map; gives its number here.
pub(crate) fn write(tx: &mut Tx<'_>, place: &Place, conversation: Conversation) -> Result<i64> {
    let Conversation { ticket: theirs, comments, audits, files } = conversation;
    let id = id_of(&theirs["id"]).unwrap_or_default();
    let mut ticket = ours(tx, place, &theirs)?;
    let mut said = Vec::new();
    for comment in &comments {
        said.push(comment_of(tx, place, comment)?);
    }
    if said.is_empty() {
        said.push(json!({"body": text(&theirs["description"]).unwrap_or_else(|| "-".into()), "public": true}));
    }
    ticket.insert("comments".into(), said.into());
    let mut read: Import = import::read(ticket)?;
    for (comment, file) in files {
        read.attach(comment, vec![file]);
    }
    let made = import::import(tx, &Actor::system(), read)?.ticket.id.0;
    place.keep(tx, "tickets", &id, made)?;
    let audits = Value::from(audits).to_string();
    store::keep(tx, &place.source, "ticket_audits", &id, Some(made), Some(&audits))?;
    Ok(made)
}

fn comment_of(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Value> {
    let body = text(&theirs["plain_body"]).or_else(|| text(&theirs["body"])).unwrap_or_else(|| "-".into());
    Ok(json!({
        "author_id": person(tx, place, &theirs["author_id"])?,
        "body": body,
        "html_body": text(&theirs["html_body"]),
        "public": theirs["public"] != false,
        "created_at": theirs["created_at"],
    }))
}

fn person(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<UserId> {
    match id_of(theirs) {
        Some(id) => persons::forgotten(tx, place, &id),
        None => persons::forgotten(tx, place, "nobody"),
    }
}

/// The ticket's JSON with our numbers.
fn ours(tx: &mut Tx<'_>, place: &Place, theirs: &Value) -> Result<Map<String, Value>> {
    let mut out = Map::new();
    for key in ["status", "priority", "type", "external_id", "due_at", "recipient", "via", "created_at", "updated_at"] {
        out.insert(key.into(), theirs[key].clone());
    }
    let subject = text(&theirs["raw_subject"]).or_else(|| text(&theirs["subject"])).unwrap_or_default();
    out.insert("subject".into(), subject.chars().take(LONGEST_SUBJECT).collect::<String>().into());
    out.insert("tags".into(), theirs["tags"].clone());
    out.insert("solved_at".into(), theirs["metric_set"]["solved_at"].clone());
    out.insert("requester_id".into(), json!(person(tx, place, &theirs["requester_id"])?));
    for (key, kind) in [
        ("group_id", "groups"),
        ("organization_id", "organizations"),
        ("brand_id", "brands"),
        ("ticket_form_id", "ticket_forms"),
        ("custom_status_id", "custom_statuses"),
    ] {
        if let Some(id) = place.ours::<i64>(tx, kind, &theirs[key])? {
            out.insert(key.into(), id.into());
        }
    }
    if let Some(assignee) = place.ours::<UserId>(tx, "users", &theirs["assignee_id"])?
        && people::find_user(tx, assignee)?.is_some_and(|user| user.active && user.role >= Role::Agent)
    {
        out.insert("assignee_id".into(), json!(assignee));
    }
    for (key, list) in [("email_ccs", "email_cc_ids"), ("followers", "follower_ids")] {
        let people: Vec<UserId> = place.all_ours(tx, "users", &theirs[list])?;
        out.insert(key.into(), people.iter().map(|id| json!({"user_id": id})).collect());
    }
    let mut fields = Vec::new();
    for field in theirs["custom_fields"].as_array().into_iter().flatten() {
        if let Some(id) = place.ours::<i64>(tx, "ticket_fields", &field["id"])?.filter(|_| !field["value"].is_null()) {
            fields.push(json!({"id": id, "value": field["value"]}));
        }
    }
    out.insert("custom_fields".into(), fields.into());
    Ok(out)
}
