//! Writing a mail out of a comment: template, quoting line, pictures, files, thread, signature.

use std::collections::HashSet;

use base::{Actor, Error, Locale, Result, UserId};
use kernel::settings;
use kernel::{App, Tx, blobs};
use mail::compose::{Automatic, File, Outgoing};
use mail::dkim::Signer;
use mail::{Mailbox, quote};
use people::User;
use tickets::desk::Brand;
use tickets::{Comment, Ticket};

use super::addresses::Address;
use super::outbound::{Outbound, OutboundKind, State};
use super::settings::DkimKeys;
use super::store::files;
use super::templates::{self, Kind, Placeholders, Rendered};
use super::{signing, store};

/// Files up to this many bytes together go into the mail; beyond it the mail has links to them.
const LARGEST_FILES: i64 = 20 * 1024 * 1024;

/// The beginning of an attachment's path in a comment's HTML.
const ATTACHMENTS: &str = "/api/v2/attachments/content/";

/// A mail as it is sent.
pub(crate) struct Composed {
    pub raw: Vec<u8>,
    pub subject: String,
}

/// Composes the mail of a comment.
pub(crate) fn compose(app: &App, mail: &Outbound) -> Result<Composed> {
    let wanted = mail.clone();
    let material = app.read(move |tx| Material::load(tx, &wanted)).wait()?;
    let rendered = material.render(app, mail)?;
    let outgoing = material.outgoing(app, mail, &rendered);
    let raw = sign(app, &mail.sender, mail::compose::compose(&outgoing))?;
    Ok(Composed { raw, subject: rendered.subject })
}

/// Puts the DKIM signature of the sender's domain before a message, if the desk has its key.
pub(crate) fn sign(app: &App, sender: &str, raw: Vec<u8>) -> Result<Vec<u8>> {
    let keys: DkimKeys = app.read(settings::get).wait()?;
    sign_with(app, &keys, sender, raw)
}

pub(crate) fn sign_with(app: &App, keys: &DkimKeys, sender: &str, raw: Vec<u8>) -> Result<Vec<u8>> {
    let domain = signing::domain(sender);
    let Some(key) = keys.0.iter().find(|key| key.active && key.domain.eq_ignore_ascii_case(domain)) else {
        return Ok(raw);
    };
    let pem = app.secrets().open_sealed(DKIM_KEY, &key.key)?;
    let signer = Signer::new(&key.domain, &key.selector, &pem)
        .map_err(|cause| Error::internal(format!("the DKIM key of {domain}: {cause:?}")))?;
    let header = signer.sign(&raw).ok_or_else(|| Error::internal("DKIM signing failed"))?;
    Ok([header.into_bytes(), raw].concat())
}

/// The purpose under which DKIM keys are sealed.
pub(crate) const DKIM_KEY: &str = "dkim key";

/// The From field of an address of ours.
pub(crate) fn from(address: &Address, brand: &str) -> Mailbox {
    let name = match (address.name.trim(), brand.trim()) {
        ("", brand) => brand.to_owned(),
        (name, brand) if brand.is_empty() || name.contains(brand) => name.to_owned(),
        (name, brand) => format!("{name} ({brand})"),
    };
    Mailbox::new(name, address.email.clone())
}

/// Everything that a mail is made of.
struct Material {
    ticket: Ticket,
    comment: Comment,
    /// Public comments, oldest first, with their authors' names, when the template asks for them.
    history: Vec<(String, Comment)>,
    author: Option<User>,
    reader: Option<User>,
    others: Vec<User>,
    requester: Option<User>,
    assignee: Option<String>,
    brand: Brand,
    address: Address,
    files: Vec<(files::File, Option<Vec<u8>>)>,
    references: Vec<String>,
    template: templates::Template,
    kind: Kind,
    locale: Locale,
}

impl Material {
    fn load(tx: &mut Tx<'_>, mail: &Outbound) -> Result<Self> {
        let (Some(ticket), Some(comment)) = (mail.ticket, mail.comment) else {
            return Err(Error::internal("a mail without a comment has to be composed when it is written"));
        };
        let system = Actor::system();
        let ticket = tickets::access::get(tx, &system, ticket)?;
        let mut history = tickets::access::comments(tx, &system, &ticket)?;
        let at = history.iter().position(|other| other.id == comment).ok_or(Error::NotFound)?;
        history.truncate(at + 1);
        let comment = history[at].clone();
        let brands = tickets::desk::brands(tx)?;
        let brand = brands.iter().find(|brand| brand.id == ticket.brand).or(brands.first()).cloned();
        let brand = brand.ok_or_else(|| Error::internal("the desk has no brand"))?;
        let address = store::addresses::all(tx)?.into_iter().find(|address| address.email == mail.sender);
        let address = address.unwrap_or_else(|| gone(mail, &brand));
        let people = People::load(tx, &ticket, &comment, mail, &history)?;
        let kind = if mail.kind == OutboundKind::Follower { Kind::Follower } else { Kind::Reply };
        let locale = people.of(mail.user).map(|reader| reader.locale).unwrap_or_default();
        let (mut template, _) = templates::in_force(tx, address.brand, locale, kind)?;
        templates::put_dynamic_content(tx, &mut template, locale)?;
        let asks = [&template.html, &template.text].iter().any(|part| part.contains("comments_formatted"));
        let history = if asks { formatted(tx, &people, history)? } else { Vec::new() };
        let references = store::threads::messages_of(tx, ticket.id)?;
        Ok(Self {
            files: files_of(tx, &comment)?,
            author: people.of(Some(comment.author)),
            reader: people.of(mail.user),
            others: people.others(mail),
            requester: people.of(Some(ticket.requester)),
            assignee: people.of(ticket.assignee).map(|assignee| shown_name(&assignee)),
            references: references.into_iter().filter(|id| *id != mail.message_id).collect(),
            ticket,
            comment,
            history,
            brand,
            address,
            template,
            kind,
            locale,
        })
    }

    /// Fills the template; a brand's own template that fails gives way to the built-in one, since the answer must go out.
    fn render(&self, app: &App, mail: &Outbound) -> Result<Rendered> {
        let placeholders = self.placeholders(app);
        let rendered = templates::render(&self.template, &placeholders).or_else(|cause| {
            tracing::warn!(outbound = mail.id.0, %cause, "a mail template failed");
            templates::render(&templates::built_in(self.locale, self.kind)?, &placeholders)
        })?;
        if self.kind != Kind::Reply {
            return Ok(rendered);
        }
        let marker = quote::reply_marker(self.locale.code());
        let line = format!("<div style=\"color:#b5b5b5\">{marker}</div>");
        Ok(Rendered {
            html: format!("{line}\n{}", rendered.html),
            text: format!("{marker}\n\n{}", rendered.text),
            ..rendered
        })
    }

    fn placeholders(&self, app: &App) -> Placeholders {
        let (ticket, comment) = (&self.ticket, &self.comment);
        let name = |user: &Option<User>| user.as_ref().map(shown_name).unwrap_or_default();
        let email = |user: &Option<User>| user.as_ref().and_then(|user| user.email.clone()).unwrap_or_default();
        let link = format!("{}/agent/tickets/{}", app.base_url(), ticket.id);
        let signature = self.signature();
        let (author, requester) = (name(&self.author), name(&self.requester));
        let mut all = Placeholders::default();
        all.text("ticket.id", ticket.id.to_string())
            .text("ticket.title", ticket.subject.clone())
            .text("ticket.subject", ticket.subject.clone())
            .text("ticket.description", ticket.description.clone())
            .text("ticket.status", ticket.status.name())
            .text("ticket.priority", ticket.priority.map(|priority| priority.name()).unwrap_or_default())
            .text("ticket.via", ticket.via.name())
            .text("ticket.tags", ticket.tags.iter().cloned().collect::<Vec<_>>().join(" "))
            .text("ticket.link", link.clone())
            .text("ticket.url", link.clone())
            .text("ticket.url_with_protocol", link)
            .text("ticket.account", self.brand.name.clone())
            .text("ticket.brand.name", self.brand.name.clone())
            .flag("ticket.is_reply", !self.references.is_empty())
            .text("ticket.requester.name", requester.clone())
            .text("ticket.requester.first_name", first_word(&requester))
            .text("ticket.requester.email", email(&self.requester))
            .text("ticket.assignee.name", self.assignee.clone().unwrap_or_default())
            .html("ticket.latest_comment_html", comment.html_body.clone())
            .text("ticket.latest_comment", comment.body.clone())
            .html("ticket.latest_public_comment_html", comment.html_body.clone())
            .text("ticket.latest_public_comment", comment.body.clone())
            .html("ticket.comments_formatted", self.formatted())
            .html("ticket.public_comments_formatted", self.formatted())
            .flag("comment.is_public", comment.public)
            .text("current_user.name", author.clone())
            .text("current_user.first_name", first_word(&author))
            .text("current_user.email", email(&self.author))
            .text("agent.name", author)
            .text("agent.signature", signature.clone())
            .html("agent.signature_html", mail::sanitize::text_to_html(&signature))
            .text("brand.name", self.brand.name.clone());
        all
    }

    /// The author's signature within the brand's, on public comments only.
    fn signature(&self) -> String {
        let own = self.author.as_ref().filter(|author| author.role.is_staff()).map(|author| author.signature.clone());
        let own = own.unwrap_or_default();
        let template = self.brand.signature_template.trim();
        if !self.comment.public {
            return String::new();
        }
        if template.is_empty() { own } else { template.replace("{{agent.signature}}", &own).trim().to_owned() }
    }

    fn formatted(&self) -> String {
        let one = |(name, comment): &(String, Comment)| {
            let name = mail::sanitize::text_to_html(name);
            format!("<div><b>{name}</b> <small>{}</small>{}</div><hr>", comment.created_at, comment.html_body)
        };
        self.history.iter().rev().map(one).collect()
    }

    fn outgoing(&self, app: &App, mail: &Outbound, rendered: &Rendered) -> Outgoing {
        let mut html = rendered.html.replace(" data-remote-src=\"", " src=\"");
        let mut text = rendered.text.clone();
        let (mut inline, mut attachments, mut linked) = (Vec::new(), Vec::new(), Vec::new());
        for (file, bytes) in &self.files {
            let Some(bytes) = bytes else {
                linked.push(file);
                continue;
            };
            let content_id = format!("{}@{}", file.token, signing::domain(&mail.sender));
            let shown = point_to_cid(&html, &file.token, &content_id);
            let part = File {
                name: file.name.clone(),
                content_type: file.content_type.clone(),
                content_id: shown.is_some().then_some(content_id),
                bytes: bytes.clone(),
            };
            match shown {
                Some(changed) => {
                    html = changed;
                    inline.push(part);
                }
                None => attachments.push(part),
            }
        }
        for file in linked {
            let url = format!("{}{ATTACHMENTS}{}/{}", app.base_url(), file.token, url_name(&file.name));
            html.push_str(&format!("<p><a href=\"{url}\">{}</a></p>", html_text(&file.name)));
            text.push_str(&format!("\n\n{}: {url}", file.name));
        }
        // What is still there lies with us: readers elsewhere need the whole address.
        let html = html.replace(&format!("\"{ATTACHMENTS}"), &format!("\"{}{ATTACHMENTS}", app.base_url()));
        let mailbox = |user: &User, address: &str| Mailbox::new(user.name.clone(), address);
        let first = mail.recipients.first().cloned().unwrap_or_default();
        let to = match &self.reader {
            Some(reader) if reader.email.as_deref() == Some(first.as_str()) => mailbox(reader, &first),
            _ => Mailbox::new("", first),
        };
        let named = |address: &String| {
            let user = self.others.iter().find(|user| user.email.as_ref() == Some(address));
            Mailbox::new(user.map(|user| user.name.clone()).unwrap_or_default(), address.clone())
        };
        let reply_to = signing::reply_address(app, self.ticket.id, &mail.sender);
        let sender = from(&self.address, &self.brand.name);
        Outgoing {
            reply_to: Some(Mailbox::new(sender.name.clone(), reply_to)),
            from: sender,
            to: vec![to],
            cc: mail.recipients.iter().skip(1).map(named).collect(),
            message_id: mail.message_id.clone(),
            in_reply_to: self.references.last().cloned(),
            references: self.references.clone(),
            subject: rendered.subject.clone(),
            date: mail.created_at,
            text,
            html: Some(html),
            inline,
            attachments,
            automatic: mail.automatic.then_some(Automatic::Generated),
            loop_mark: Some(signing::loop_mark(app)),
            headers: Vec::new(),
        }
    }
}

/// The people of a mail.
struct People(Vec<User>);

impl People {
    fn load(tx: &mut Tx<'_>, ticket: &Ticket, comment: &Comment, mail: &Outbound, history: &[Comment]) -> Result<Self> {
        let named = [Some(ticket.requester), ticket.assignee, Some(comment.author), mail.user];
        let mut ids: Vec<UserId> = named.into_iter().flatten().chain(ticket.ccs.iter().copied()).collect();
        ids.extend(history.iter().map(|comment| comment.author));
        ids.sort();
        ids.dedup();
        Ok(Self(people::users(tx, &ids)?))
    }

    fn of(&self, id: Option<UserId>) -> Option<User> {
        id.and_then(|id| self.0.iter().find(|user| user.id == id)).cloned()
    }

    fn others(&self, mail: &Outbound) -> Vec<User> {
        let copied = |user: &&User| user.email.as_ref().is_some_and(|email| mail.recipients.contains(email));
        self.0.iter().filter(copied).cloned().collect()
    }
}

/// An address that was deleted since: the mail still goes out from it.
fn gone(mail: &Outbound, brand: &Brand) -> Address {
    Address {
        id: base::AddressId(0),
        email: mail.sender.clone(),
        name: String::new(),
        brand: brand.id,
        group: None,
        is_default: false,
        verified_at: None,
        created_at: mail.created_at,
        updated_at: mail.created_at,
    }
}

/// The public comments that weren't taken back, with their authors' names.
fn formatted(tx: &mut Tx<'_>, people: &People, history: Vec<Comment>) -> Result<Vec<(String, Comment)>> {
    let ids: Vec<_> = history.iter().map(|comment| comment.id).collect();
    let mails = store::outbound::of_comments(tx, &ids)?;
    let cancelled: HashSet<_> =
        mails.iter().filter(|mail| mail.state == State::Cancelled).filter_map(|mail| mail.comment).collect();
    let kept = history.into_iter().filter(|comment| comment.public && !cancelled.contains(&comment.id));
    let name = |comment: &Comment| people.of(Some(comment.author)).as_ref().map(shown_name).unwrap_or_default();
    Ok(kept.map(|comment| (name(&comment), comment)).collect())
}

/// The comment's files, with their contents as long as they fit into a mail.
fn files_of(tx: &mut Tx<'_>, comment: &Comment) -> Result<Vec<(files::File, Option<Vec<u8>>)>> {
    let mut room = LARGEST_FILES;
    let mut out = Vec::new();
    for file in files::of_comment(tx, comment.id)? {
        room -= file.size;
        let bytes = if room >= 0 { Some(blobs::read(tx, &file.blob_key)?) } else { None };
        out.push((file, bytes));
    }
    Ok(out)
}

/// The HTML with the pictures of this attachment shown from the mail itself; `None` when it shows none.
fn point_to_cid(html: &str, token: &str, content_id: &str) -> Option<String> {
    let mark = format!("{ATTACHMENTS}{token}/");
    if !html.contains(&mark) {
        return None;
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(&mark) {
        let start = rest[..at].rfind(['"', '\'']).map_or(at, |quote| quote + 1);
        let end = rest[at..].find(['"', '\'']).map_or(rest.len(), |length| at + length);
        out.push_str(&rest[..start]);
        out.push_str("cid:");
        out.push_str(content_id);
        rest = &rest[end..];
    }
    out.push_str(rest);
    Some(out)
}

/// The name that customers read: an agent's alias, if they have one.
fn shown_name(user: &User) -> String {
    user.alias.clone().filter(|alias| !alias.trim().is_empty()).unwrap_or_else(|| user.name.clone())
}

fn first_word(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

fn url_name(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    name.chars().map(safe).collect()
}

fn html_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_a_comment_are_shown_from_the_mail() {
        let html = "<p><img src=\"/api/v2/attachments/content/tok/a.png\" alt=\"x\"></p>";
        let changed = point_to_cid(html, "tok", "tok@desk.example");
        assert_eq!(changed.as_deref(), Some("<p><img src=\"cid:tok@desk.example\" alt=\"x\"></p>"));
        assert_eq!(point_to_cid(html, "other", "x"), None);
    }
}
