//! The demo desk's content, as `fixtures/demo` describes it.

use std::collections::BTreeSet;

use base::{Error, Locale, Result};
use serde::Deserialize;

const DESK: &str = include_str!("../../../../fixtures/demo/desk.toml");
const ORGANIZATIONS: &str = include_str!("../../../../fixtures/demo/organizations.toml");
const CUSTOMERS: &str = include_str!("../../../../fixtures/demo/customers.toml");
const MACROS: &str = include_str!("../../../../fixtures/demo/macros.toml");
const CONVERSATIONS: [(&str, &str); 5] = [
    ("et.toml", include_str!("../../../../fixtures/demo/conversations/et.toml")),
    ("en.toml", include_str!("../../../../fixtures/demo/conversations/en.toml")),
    ("fi.toml", include_str!("../../../../fixtures/demo/conversations/fi.toml")),
    ("ru.toml", include_str!("../../../../fixtures/demo/conversations/ru.toml")),
    ("outage.toml", include_str!("../../../../fixtures/demo/conversations/outage.toml")),
];

/// The attachments: name, media type, content.
const FILES: [(&str, &str, &[u8]); 4] = [
    ("headers.txt", "text/plain", include_bytes!("../../../../fixtures/demo/files/headers.txt")),
    ("payment.txt", "text/plain", include_bytes!("../../../../fixtures/demo/files/payment.txt")),
    ("screenshot.png", "image/png", include_bytes!("../../../../fixtures/demo/files/screenshot.png")),
    ("zone.txt", "text/plain", include_bytes!("../../../../fixtures/demo/files/zone.txt")),
];

/// An attachment's media type and content.
pub(super) fn file(name: &str) -> Option<(&'static str, &'static [u8])> {
    FILES.iter().find(|file| file.0 == name).map(|file| (file.1, file.2))
}

/// All of it.
pub(super) struct Fixtures {
    pub desk: Desk,
    pub organizations: Vec<Organization>,
    pub customers: Vec<Customer>,
    pub macros: Vec<Macro>,
    pub conversations: Vec<Conversation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Desk {
    #[serde(rename = "desk")]
    pub about: About,
    #[serde(rename = "brand")]
    pub brands: Vec<Brand>,
    #[serde(rename = "address")]
    pub addresses: Vec<Address>,
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    #[serde(rename = "agent")]
    pub agents: Vec<Agent>,
    #[serde(rename = "tag")]
    pub tags: Vec<Tag>,
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
    #[serde(rename = "view")]
    pub views: Vec<View>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    pub name: String,
    pub locale: Locale,
    pub time_zone: String,
    pub tickets: usize,
    pub days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Brand {
    pub key: String,
    pub name: String,
    pub signature: std::collections::HashMap<Locale, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    pub address: String,
    pub name: String,
    pub brand: String,
    pub group: String,
    #[serde(default)]
    pub default: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub key: String,
    pub name: String,
    pub description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    pub key: String,
    pub name: String,
    pub email: String,
    pub role: AgentRole,
    pub groups: Vec<String>,
    pub languages: Vec<Locale>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AgentRole {
    Owner,
    Admin,
    Agent,
    LightAgent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tag {
    pub key: String,
    #[serde(rename = "marks")]
    pub _marks: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub key: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub description: String,
    pub regexp: Option<String>,
    pub in_portal: bool,
    #[serde(default)]
    pub options: Vec<FieldOption>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldOption {
    pub name: String,
    pub value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    pub title: String,
    #[serde(default)]
    pub all: Vec<[String; 3]>,
    #[serde(default)]
    pub any: Vec<[String; 3]>,
    pub columns: Vec<String>,
    pub sort_by: String,
    pub sort_order: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organization {
    pub key: String,
    pub name: String,
    pub domain: String,
    #[serde(rename = "language")]
    pub _language: Locale,
    #[serde(default)]
    pub notes: String,
    pub group: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    pub name: String,
    pub language: Locale,
    pub email: String,
    pub organization: Option<String>,
    pub domain: Option<String>,
    pub phone: Option<String>,
    pub email2: Option<String>,
    #[serde(default)]
    pub vip: bool,
    pub gender: Option<Gender>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Gender {
    F,
    M,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Macro {
    pub title: String,
    #[serde(rename = "language")]
    pub _language: Locale,
    pub group: Option<String>,
    pub html: String,
    pub status: Option<String>,
    pub priority: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub note: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conversation {
    pub key: String,
    pub language: Option<Locale>,
    pub once: Option<Once>,
    pub requester: Option<String>,
    pub problem: Option<String>,
    pub subject: String,
    pub group: String,
    pub product: String,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub priority: String,
    pub status: String,
    #[serde(default = "one")]
    pub weight: u32,
    #[serde(default = "usual_brand")]
    pub brand: String,
    pub gender: Option<Gender>,
    pub comments: Vec<Comment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Once {
    pub days_ago: i64,
    pub time: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Comment {
    pub by: By,
    #[serde(default)]
    pub after: i64,
    #[serde(default)]
    pub note: bool,
    pub text: Option<String>,
    pub html: Option<String>,
    #[serde(default)]
    pub attachments: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    Requester,
    Agent,
    SecondLine,
    Cc,
}

fn one() -> u32 {
    1
}

fn usual_brand() -> String {
    "tugi".into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConversationFile {
    language: Option<Locale>,
    #[serde(rename = "conversation")]
    conversations: Vec<Conversation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganizationFile {
    organization: Vec<Organization>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerFile {
    customers: Vec<Customer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MacroFile {
    #[serde(rename = "macro")]
    macros: Vec<Macro>,
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|cause| Error::internal(format!("fixtures/demo/{name}: {cause}")))
}

impl Fixtures {
    /// Reads what the program carries inside.
    pub fn load() -> Result<Self> {
        let mut conversations = Vec::new();
        for (name, text) in CONVERSATIONS {
            let file: ConversationFile = read(&format!("conversations/{name}"), text)?;
            let language = file.language;
            conversations.extend(file.conversations.into_iter().map(|mut conversation| {
                conversation.language = conversation.language.or(language);
                conversation
            }));
        }
        Ok(Self {
            desk: read("desk.toml", DESK)?,
            organizations: read::<OrganizationFile>("organizations.toml", ORGANIZATIONS)?.organization,
            customers: read::<CustomerFile>("customers.toml", CUSTOMERS)?.customers,
            macros: read::<MacroFile>("macros.toml", MACROS)?.macros,
            conversations,
        })
    }

    /// The customer's domain: what `{domain}` stands for.
    pub fn domain<'a>(&'a self, customer: &'a Customer) -> &'a str {
        let organization = customer.organization.as_ref();
        let organization = organization.and_then(|key| self.organizations.iter().find(|one| one.key == *key));
        organization.map(|one| one.domain.as_str()).or(customer.domain.as_deref()).unwrap_or("example.com")
    }

    /// Every name that stands for nothing.
    pub fn dangling(&self) -> Vec<String> {
        let desk = &self.desk;
        let groups: BTreeSet<&str> = desk.groups.iter().map(|group| group.key.as_str()).collect();
        let tags: BTreeSet<&str> = desk.tags.iter().map(|tag| tag.key.as_str()).collect();
        let brands: BTreeSet<&str> = desk.brands.iter().map(|brand| brand.key.as_str()).collect();
        let organizations: BTreeSet<&str> = self.organizations.iter().map(|one| one.key.as_str()).collect();
        let mut found = Vec::new();
        let mut need = |set: &BTreeSet<&str>, name: &str, place: &str| {
            if !set.contains(name) {
                found.push(format!("{place}: {name}"));
            }
        };
        desk.agents.iter().for_each(|agent| agent.groups.iter().for_each(|group| need(&groups, group, &agent.key)));
        for address in &desk.addresses {
            need(&groups, &address.group, &address.address);
            need(&brands, &address.brand, &address.address);
        }
        for organization in &self.organizations {
            organization.group.iter().for_each(|group| need(&groups, group, &organization.key));
        }
        for customer in &self.customers {
            customer.organization.iter().for_each(|key| need(&organizations, key, &customer.name));
        }
        for one in &self.macros {
            one.group.iter().for_each(|group| need(&groups, group, &one.title));
            one.tags.iter().for_each(|tag| need(&tags, tag, &one.title));
        }
        for one in &self.conversations {
            need(&groups, &one.group, &one.key);
            need(&brands, &one.brand, &one.key);
            one.tags.iter().for_each(|tag| need(&tags, tag, &one.key));
        }
        found.extend(self.dangling_in_conversations());
        found
    }

    fn dangling_in_conversations(&self) -> Vec<String> {
        let keys: BTreeSet<&str> = self.conversations.iter().map(|one| one.key.as_str()).collect();
        let agents: BTreeSet<&str> = self.desk.agents.iter().map(|agent| agent.key.as_str()).collect();
        let products = self.desk.fields.iter().filter(|field| field.key == "product").flat_map(|field| &field.options);
        let products: BTreeSet<&str> = products.map(|option| option.value.as_str()).collect();
        let mut found = Vec::new();
        for one in &self.conversations {
            let files = one.comments.iter().flat_map(|comment| &comment.attachments);
            let missing = files.filter(|name| file(name).is_none()).cloned();
            let problem = one.problem.iter().filter(|key| !keys.contains(key.as_str())).cloned();
            let requester = one.requester.iter().filter(|key| !agents.contains(key.as_str())).cloned();
            let product = Some(one.product.clone()).filter(|value| !products.contains(value.as_str()));
            let all = missing.chain(problem).chain(requester).chain(product);
            found.extend(all.map(|name| format!("{}: {name}", one.key)));
            let texts = one.comments.iter().filter(|comment| comment.text.is_some() == comment.html.is_some());
            found.extend(texts.map(|_| format!("{}: a comment needs either text or html", one.key)));
            if one.language.is_none() || one.comments.first().is_none_or(|first| first.by != By::Requester) {
                found.push(format!("{}: a conversation has a language and begins with its requester", one.key));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_fixtures_stands_for_something() {
        let fixtures = Fixtures::load().unwrap();
        assert_eq!(fixtures.dangling(), Vec::<String>::new());
        let keys: BTreeSet<_> = fixtures.conversations.iter().map(|one| &one.key).collect();
        assert_eq!(keys.len(), fixtures.conversations.len(), "keys are unique");
    }

    #[test]
    fn each_group_has_an_agent_for_each_language_of_its_conversations() {
        let fixtures = Fixtures::load().unwrap();
        for one in &fixtures.conversations {
            let speaks = |agent: &&Agent| {
                agent.role == AgentRole::Agent
                    && agent.groups.contains(&one.group)
                    && one.language.is_some_and(|language| agent.languages.contains(&language))
            };
            assert!(fixtures.desk.agents.iter().any(|agent| speaks(&agent)), "{}", one.key);
        }
    }
}
