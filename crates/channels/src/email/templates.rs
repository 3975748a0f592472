//! Templates of outgoing mail: Liquid, with Zendesk's placeholders.
//!
//! A brand's own template comes first, then the built-in one of the language (`texts/`).

use std::collections::HashMap;
use std::sync::LazyLock;

use base::{BrandId, Error, Locale, Result};
use kernel::Tx;
use serde::{Deserialize, Serialize};
use tickets::placeholders::{Object, Value, fill, put};

use super::store;

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A public comment, for the requester and those who get copies.
    Reply,
    /// A comment, for an agent who follows the ticket.
    Follower,
    /// Welcome to a new agent.
    Invitation,
    /// A link to choose another password.
    Reset,
    /// A link to prove an address.
    Verify,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 5] = [Kind::Reply, Kind::Follower, Kind::Invitation, Kind::Reset, Kind::Verify];

    /// The name in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Reply => "reply",
            Kind::Follower => "follower",
            Kind::Invitation => "invitation",
            Kind::Reset => "reset",
            Kind::Verify => "verify",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Subject and both bodies, in Liquid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Template {
    /// The subject.
    pub subject: String,
    /// The HTML body.
    pub html: String,
    /// The text body.
    pub text: String,
}

/// A template with its placeholders filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// The HTML body.
    pub html: String,
    /// The text body.
    pub text: String,
}

static BUILT_IN: LazyLock<HashMap<Locale, HashMap<String, Template>>> = LazyLock::new(|| {
    let texts = |locale| match locale {
        Locale::En => include_str!("texts/en.json"),
        Locale::Et => include_str!("texts/et.json"),
        Locale::Fi => include_str!("texts/fi.json"),
        Locale::Ru => include_str!("texts/ru.json"),
    };
    // The files are part of the program, and a test reads each.
    Locale::ALL.into_iter().map(|locale| (locale, serde_json::from_str(texts(locale)).unwrap_or_default())).collect()
});

/// The built-in template.
///
/// # Errors
/// `NotFound` when the program lacks it, which a test rules out.
pub fn built_in(locale: Locale, kind: Kind) -> Result<Template> {
    BUILT_IN.get(&locale).and_then(|all| all.get(kind.name())).cloned().ok_or(Error::NotFound)
}

/// The template in force, and whether it is the brand's own.
pub fn in_force(tx: &mut Tx<'_>, brand: BrandId, locale: Locale, kind: Kind) -> Result<(Template, bool)> {
    match store::templates::find(tx, brand, locale, kind)? {
        Some(own) => Ok((own, true)),
        None => Ok((built_in(locale, kind)?, false)),
    }
}

/// What stands for a placeholder.
#[derive(Clone, Debug, Default)]
pub struct Placeholders(Vec<(&'static str, Filling)>);

#[derive(Clone, Debug)]
enum Filling {
    /// Plain text, escaped where it goes into HTML.
    Text(String),
    /// HTML that is safe.
    Html(String),
    Bool(bool),
}

impl Placeholders {
    /// Fills a placeholder such as `ticket.title` with plain text.
    pub fn text(&mut self, name: &'static str, value: impl Into<String>) -> &mut Self {
        self.0.push((name, Filling::Text(value.into())));
        self
    }

    /// Fills a placeholder with HTML that is safe.
    pub fn html(&mut self, name: &'static str, value: impl Into<String>) -> &mut Self {
        self.0.push((name, Filling::Html(value.into())));
        self
    }

    /// Fills a placeholder that templates ask for with `if`.
    pub fn flag(&mut self, name: &'static str, value: bool) -> &mut Self {
        self.0.push((name, Filling::Bool(value)));
        self
    }

    /// The names of the placeholders.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }

    /// The fillings as Liquid's nested objects.
    fn object(&self, in_html: bool) -> Object {
        let mut all = Object::new();
        for (name, filling) in &self.0 {
            let value = match filling {
                Filling::Text(text) if in_html => Value::scalar(escaped(text)),
                Filling::Text(text) => Value::scalar(text.clone()),
                Filling::Html(html) if in_html => Value::scalar(html.clone()),
                Filling::Html(html) => Value::scalar(mail::sanitize::html_to_text(html)),
                Filling::Bool(flag) => Value::scalar(*flag),
            };
            put(&mut all, name, value);
        }
        all
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\n', "<br>")
}

/// Puts dynamic content into a template, in its reader's language.
pub fn put_dynamic_content(tx: &mut Tx<'_>, template: &mut Template, reader: Locale) -> Result<()> {
    let sources = [template.subject.as_str(), &template.html, &template.text];
    let texts = people::dynamic_content::texts(tx, &sources, reader)?;
    template.subject = texts.in_text(&template.subject);
    template.text = texts.in_text(&template.text);
    template.html = texts.in_html(&template.html);
    Ok(())
}

/// Fills a template's placeholders. One that is unknown stays empty, as in Zendesk's mails.
///
/// # Errors
/// `Invalid` that names the part and says what is wrong with it.
pub fn render(template: &Template, placeholders: &Placeholders) -> Result<Rendered> {
    let (plain, rich) = (placeholders.object(false), placeholders.object(true));
    let subject = fill("subject", &template.subject, &plain)?;
    Ok(Rendered {
        subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        html: fill("html", &template.html, &rich)?,
        text: fill("text", &template.text, &plain)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template { subject: "{{ticket.title}}".into(), html: format!("<p>{text}</p>"), text: text.into() }
    }

    fn placeholders() -> Placeholders {
        let mut all = Placeholders::default();
        all.text("ticket.title", "a <b>\nc")
            .html("ticket.latest_public_comment_html", "<b>x</b>")
            .flag("ticket.is_reply", true);
        all
    }

    #[test]
    fn every_language_has_every_kind_and_each_renders() {
        for locale in Locale::ALL {
            for kind in Kind::ALL {
                let rendered = render(&built_in(locale, kind).unwrap(), &placeholders()).unwrap();
                assert!(!rendered.html.contains("{{") && !rendered.text.contains("{%"), "{locale:?} {kind:?}");
            }
        }
    }

    #[test]
    fn text_is_escaped_in_html_and_html_is_not() {
        let all =
            render(&template("{{ticket.title}}|{{ ticket.latest_public_comment_html }}"), &placeholders()).unwrap();
        assert_eq!(all.html, "<p>a &lt;b&gt;<br>c|<b>x</b></p>");
        assert_eq!(all.text, "a <b>\nc|x");
        assert_eq!(all.subject, "a <b> c");
    }

    #[test]
    fn unknown_placeholders_stay_empty_and_broken_templates_are_named() {
        let all = render(
            &template("[{{ticket.nothing}}{{who.knows.that}}{% if ticket.x == 1 %}y{% endif %}]"),
            &placeholders(),
        );
        assert_eq!(all.unwrap().text, "[]");
        let broken = render(&template("{% if %}"), &placeholders()).unwrap_err();
        assert_eq!(broken.code(), "RecordInvalid");
    }
}
