//! What a message says, made ready before the transaction: new text, whole text, files.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};

use base::{Error, Locale, Result};
use kernel::{App, Staged, blobs};
use mail::{Attachment, Content as Place_, Mailbox, Message, forward, quote, transfer};
use people::Contact;
use serde_json::json;
use tickets::{Content, Incoming, NewAttachment};

use super::plan::{self, Place};
use super::{Read, VIA};
use crate::email::addresses;
use crate::email::authenticity::Verdict;
use crate::email::inbound::IMPORT;

/// People who can be copied on a ticket: Zendesk's limit.
const MOST_CCS: usize = 48;

/// The message as [`tickets::receive()`] takes it.
pub(super) fn incoming(app: &App, read: &Read, place: Place) -> Result<Incoming> {
    let message = &read.message;
    let attachments = attachments(app, read)?;
    let paths: HashMap<String, String> =
        attachments.iter().filter_map(|file| Some((file.content_id.clone()?, file.path()))).collect();
    let sender = plan::correspondent(read, &place.ours).unwrap_or_else(|| Mailbox::new("", NOBODY));
    let trusted = read.verdict != Verdict::Fail;
    let by_agent = place.sender.as_ref().is_some_and(|sender| sender.role.is_staff());
    let passed_on = (by_agent && trusted && place.answers.is_none()).then(|| forward::forwarded(message)).flatten();
    let passed_on = passed_on.filter(|original| people::user::email(&original.sender.address).is_some());
    let whole = || whole(message, &paths);
    let (content, full, subject, requester) = match passed_on {
        Some(original) => {
            let content = match &original.html {
                Some(html) => Content::from_html(html, |id| paths.get(id).cloned()),
                None => Content::from_text(original.text.trim()),
            };
            let subject = if original.subject.is_empty() {
                forward::base_subject(&message.subject).to_owned()
            } else {
                original.subject
            };
            (content, Some(whole()), subject, Some(contact(&original.sender, None)))
        }
        None => {
            let (content, is_cut) = new_part(message, &paths);
            (content, is_cut.then(whole), message.subject.clone(), None)
        }
    };
    let automatic = !read.class.may_be_answered_automatically();
    let ccs = if automatic { Vec::new() } else { ccs(message, &sender, requester.as_ref(), &place) };
    let imported_at = (read.inbound.channel == IMPORT)
        .then(|| message.date.unwrap_or(read.inbound.received_at).min(read.inbound.received_at));
    let recipient = place.recipient.as_ref();
    Ok(Incoming {
        via: VIA,
        via_source: via_source(&sender, recipient),
        sender: contact(&sender, language(message)),
        requester,
        answers: place.answers,
        trusted,
        subject,
        content,
        full,
        attachments,
        ccs,
        recipient: recipient.map(|address| address.email.clone()),
        brand: recipient.map(|address| address.brand),
        group: recipient.and_then(|address| address.group),
        inbound: Some(read.inbound.id),
        message_id: message.message_id.clone().filter(|id| id.len() <= 500),
        automatic,
        imported_at,
    })
}

/// Who wrote a mail that says nothing of it, once an admin lets it in. The domain can't exist (RFC 2606).
const NOBODY: &str = "unknown-sender@mail.invalid";

fn contact(mailbox: &Mailbox, locale: Option<Locale>) -> Contact {
    let name = Some(mailbox.name.clone()).filter(|name| !name.trim().is_empty());
    Contact { name, email: Some(mailbox.address.clone()), phone: None, locale }
}

/// The language that the sender's program says they use.
fn language(message: &Message) -> Option<Locale> {
    let tag = message.header("Content-Language").or_else(|| message.header("Accept-Language"))?;
    Locale::parse(tag.split(',').next()?.trim())
}

/// Zendesk's `via.source` of a mail.
fn via_source(sender: &Mailbox, recipient: Option<&addresses::Address>) -> serde_json::Value {
    let to = recipient.map_or(json!({}), |address| json!({"name": address.name, "address": address.email}));
    json!({"from": {"address": sender.address, "name": sender.name}, "to": to, "rel": null})
}

fn ccs(message: &Message, sender: &Mailbox, requester: Option<&Contact>, place: &Place) -> Vec<Contact> {
    let mut seen = vec![sender.address.to_lowercase()];
    seen.extend(requester.and_then(|requester| requester.email.clone()).map(|email| email.to_lowercase()));
    let mut out = Vec::new();
    for mailbox in message.to.iter().chain(&message.cc) {
        let Some(email) = people::user::email(&mailbox.address) else { continue };
        if addresses::find_in(&place.ours, &email).is_some() || seen.contains(&email) || out.len() == MOST_CCS {
            continue;
        }
        seen.push(email);
        out.push(contact(mailbox, None));
    }
    out
}

/// The new text, and whether something was left out of it.
fn new_part(message: &Message, paths: &HashMap<String, String>) -> (Content, bool) {
    if let Some(html) = &message.html {
        let split = quote::split_html(html);
        let content = Content::from_html(&html[split.new.clone()], |id| paths.get(id).cloned());
        if !content.is_blank() {
            return (content, split.is_cut(html));
        }
        return (whole(message, paths), false);
    }
    let text = message.text.as_deref().unwrap_or_default();
    let split = quote::split_text(text);
    (Content::from_text(text[split.new.clone()].trim()), split.is_cut(text))
}

fn whole(message: &Message, paths: &HashMap<String, String>) -> Content {
    match &message.html {
        Some(html) => Content::from_html(html, |id| paths.get(id).cloned()),
        None => Content::from_text(message.text.as_deref().unwrap_or_default().trim()),
    }
}

/// The files, each staged under a name of its own. The message is read once more from its start, in constant memory.
fn attachments(app: &App, read: &Read) -> Result<Vec<NewAttachment>> {
    let mut raw = Raw { app, key: &read.inbound.blob_key, source: None, position: 0 };
    let html = read.message.html.as_deref().unwrap_or_default();
    read.message.attachments.iter().map(|attachment| stage(app, attachment, html, &mut raw)).collect()
}

fn stage(app: &App, attachment: &Attachment, html: &str, raw: &mut Raw<'_>) -> Result<NewAttachment> {
    let content = match &attachment.content {
        Place_::Bytes(bytes) => Staged::of(app, bytes)?,
        Place_::Range { range, encoding } => {
            let mut writer = blobs::Writer::new(app);
            let encoded = raw.part(range.start, range.end)?;
            let mut decoded = transfer::Reader::new(encoded, *encoding);
            io::copy(&mut decoded, &mut writer).and_then(|_| writer.flush()).map_err(Error::internal)?;
            writer.finish().map_err(Error::internal)?
        }
    };
    let shown = attachment.content_id.as_ref().is_some_and(|id| !id.is_empty() && html.contains(id.as_str()));
    let mut file = NewAttachment::new(app, &attachment.name, &attachment.content_type, content);
    file.inline = shown;
    file.content_id = attachment.content_id.clone();
    Ok(file)
}

/// The raw message as a stream that mostly goes forward.
struct Raw<'a> {
    app: &'a App,
    key: &'a str,
    source: Option<Box<dyn io::Read + Send>>,
    position: u64,
}

impl Raw<'_> {
    /// The bytes from `start` to `end`.
    fn part(&mut self, start: u64, end: u64) -> Result<impl io::Read> {
        if self.source.is_none() || self.position > start {
            let key = self.key.to_owned();
            self.source = Some(self.app.read(move |tx| blobs::open(tx, &key)).wait()?);
            self.position = 0;
        }
        let source = self.source.as_mut().ok_or(Error::NotFound)?;
        io::copy(&mut source.by_ref().take(start - self.position), &mut io::sink()).map_err(Error::internal)?;
        self.position = end.max(start);
        // Whoever reads this reads it to its end: the copy above relies on it.
        Ok(source.take(end.saturating_sub(start)))
    }
}
