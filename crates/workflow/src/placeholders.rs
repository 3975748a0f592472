//! What stands for the placeholders of rules, with
//! [Zendesk's names](https://support.zendesk.com/hc/en-us/articles/4408886858138).

use base::{Actor, FieldId, Result, UserId};
use kernel::Tx;
use people::User;
use tickets::placeholders::{Object, Value, put};
use tickets::{Comment, Ticket};

/// How values are written into the text around them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// As they are.
    Nothing,
    /// Into JSON strings.
    Json,
    /// Into XML and HTML.
    Xml,
}

impl Escape {
    fn apply(self, text: &str) -> String {
        match self {
            Escape::Nothing => text.to_owned(),
            Escape::Json => {
                let quoted = serde_json::Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Escape::Xml => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
        }
    }
}

/// Everything that placeholders can name.
pub(crate) struct Material {
    ticket: Ticket,
    link: String,
    comments: Vec<(String, Comment)>,
    requester: Option<User>,
    assignee: Option<User>,
    current: Option<User>,
    group: Option<String>,
    organization: Option<String>,
    brand: Option<String>,
    fields: Vec<(FieldId, String)>,
}

impl Material {
    /// Loads what there is, when it wasn't loaded yet.
    pub fn once<'a>(tx: &mut Tx<'_>, known: &'a mut Option<Self>, ticket: &Ticket, by: &Actor) -> Result<&'a Self> {
        if known.is_none() {
            *known = Some(Self::load(tx, ticket, by)?);
        }
        known.as_ref().ok_or(base::Error::NotFound)
    }

    fn load(tx: &mut Tx<'_>, ticket: &Ticket, by: &Actor) -> Result<Self> {
        let comments = tickets::access::comments(tx, &Actor::system(), ticket)?;
        let named = [Some(ticket.requester), ticket.assignee, Some(by.user)];
        let mut ids: Vec<UserId> = named.into_iter().flatten().chain(comments.iter().map(|one| one.author)).collect();
        ids.sort_unstable();
        ids.dedup();
        let people = people::users(tx, &ids)?;
        let of = |id: Option<UserId>| people.iter().find(|user| Some(user.id) == id).cloned();
        let name = |id: UserId| of(Some(id)).map(|user| user.name).unwrap_or_default();
        let groups = people::groups_by_ids(tx, &ticket.group.into_iter().collect::<Vec<_>>())?;
        let organization = ticket.organization.map(|id| people::get_organization(tx, id)).transpose()?;
        let brand = tickets::desk::brands(tx)?.into_iter().find(|brand| brand.id == ticket.brand);
        let value = |value| match tickets::view::field_value(value) {
            serde_json::Value::String(text) => text,
            serde_json::Value::Array(list) => list.iter().filter_map(|one| one.as_str()).collect::<Vec<_>>().join(", "),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        Ok(Self {
            link: format!("{}/agent/tickets/{}", tx.app().base_url(), ticket.id),
            requester: of(Some(ticket.requester)),
            assignee: of(ticket.assignee),
            current: of(Some(by.user)),
            comments: comments.into_iter().map(|comment| (name(comment.author), comment)).collect(),
            group: groups.into_iter().next().map(|group| group.name),
            organization: organization.map(|one| one.name),
            brand: brand.map(|brand| brand.name),
            fields: ticket.fields.iter().map(|(id, given)| (*id, value(given))).collect(),
            ticket: ticket.clone(),
        })
    }

    /// The values, for readers who see internal comments or not.
    pub fn object(&self, sees_all: bool, escape: Escape) -> Object {
        let t = &self.ticket;
        let mut all = Object::new();
        let mut text = |name: &str, value: &str| put(&mut all, name, Value::scalar(escape.apply(value)));
        let opt = |value: &Option<String>| value.clone().unwrap_or_default();
        text("ticket.id", &t.id.to_string());
        for name in ["ticket.title", "ticket.subject"] {
            text(name, &t.subject);
        }
        text("ticket.description", &t.description);
        text("ticket.status", t.status.name());
        text("ticket.priority", t.priority.map(rules::Priority::name).unwrap_or_default());
        text("ticket.ticket_type", t.kind.map(rules::TicketType::name).unwrap_or_default());
        text("ticket.via", t.via.name());
        text("ticket.tags", &t.tags.iter().cloned().collect::<Vec<_>>().join(" "));
        text("ticket.external_id", &opt(&t.external_id));
        text("ticket.due_date", &t.due_at.map(|at| at.to_string()).unwrap_or_default());
        text("ticket.created_at", &t.created_at.to_string());
        text("ticket.updated_at", &t.updated_at.to_string());
        text("ticket.group.name", &opt(&self.group));
        text("ticket.organization.name", &opt(&self.organization));
        text("ticket.requester.organization.name", &opt(&self.organization));
        for name in ["ticket.brand.name", "ticket.account", "brand.name"] {
            text(name, &opt(&self.brand));
        }
        for name in ["ticket.link", "ticket.url", "ticket.url_with_protocol"] {
            text(name, &self.link);
        }
        for (id, value) in &self.fields {
            text(&format!("ticket.ticket_field_{id}"), value);
        }
        let people = [
            ("ticket.requester", &self.requester),
            ("ticket.assignee", &self.assignee),
            ("current_user", &self.current),
        ];
        for (name, user) in people {
            person(&mut text, name, user.as_ref());
        }
        self.put_comments(&mut all, sees_all, escape);
        all
    }

    fn put_comments(&self, all: &mut Object, sees_all: bool, escape: Escape) {
        let seen: Vec<_> = self.comments.iter().rev().filter(|(_, comment)| sees_all || comment.public).collect();
        let text = |value: String| Value::scalar(escape.apply(&value));
        let written =
            |one: Option<&&(String, Comment)>| one.map(|(_, comment)| comment.body.clone()).unwrap_or_default();
        let last_public = seen.iter().find(|(_, comment)| comment.public);
        put(all, "ticket.latest_comment", text(written(seen.first())));
        put(all, "ticket.latest_public_comment", text(written(last_public)));
        let one = |(name, comment): &&(String, Comment)| format!("{name}, {}\n\n{}", comment.created_at, comment.body);
        let formatted = |all: &[&(String, Comment)]| all.iter().map(one).collect::<Vec<_>>().join("\n\n----\n\n");
        let public: Vec<_> = seen.iter().copied().filter(|(_, comment)| comment.public).collect();
        put(all, "ticket.comments_formatted", text(formatted(&seen)));
        put(all, "ticket.public_comments_formatted", text(formatted(&public)));
        put(all, "ticket.latest_comment_formatted", text(formatted(&seen[..seen.len().min(1)])));
        let list = seen.iter().map(|(name, comment)| {
            let mut one = Object::new();
            put(&mut one, "author.name", text(name.clone()));
            put(&mut one, "value", text(comment.body.clone()));
            put(&mut one, "created_at", text(comment.created_at.to_string()));
            put(&mut one, "is_public", Value::scalar(comment.public));
            Value::Object(one)
        });
        put(all, "ticket.comments", Value::Array(list.collect()));
    }
}

fn person(text: &mut impl FnMut(&str, &str), name: &str, user: Option<&User>) {
    let part = |get: fn(&User) -> Option<String>| user.and_then(get).unwrap_or_default();
    let full = part(|user| Some(user.name.clone()));
    text(&format!("{name}.id"), &user.map(|user| user.id.to_string()).unwrap_or_default());
    text(&format!("{name}.name"), &full);
    text(&format!("{name}.first_name"), full.split_whitespace().next().unwrap_or_default());
    text(&format!("{name}.last_name"), &full.split_whitespace().skip(1).collect::<Vec<_>>().join(" "));
    text(&format!("{name}.email"), &part(|user| user.email.clone()));
    text(&format!("{name}.phone"), &part(|user| user.phone.clone()));
    text(&format!("{name}.external_id"), &part(|user| user.external_id.clone()));
    text(&format!("{name}.details"), &part(|user| Some(user.details.clone())));
    text(&format!("{name}.notes"), &part(|user| Some(user.notes.clone())));
}
