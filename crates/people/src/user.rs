//! A person: end user, agent or admin; and how addresses and numbers are written down.

use std::collections::BTreeMap;

use base::{GroupId, IdentityId, Locale, OrganizationId, Role, RoleId, TicketAccess, Timestamp, UserId};
use serde_json::Value;

/// A person.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Their number.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their primary e-mail address, in lower case.
    pub email: Option<String>,
    /// Their telephone number, as [`phone`] writes it.
    pub phone: Option<String>,
    /// Whether the number is nobody's in particular: another person has it as an identity.
    pub shared_phone: bool,
    /// What they are to the desk.
    pub role: Role,
    /// Their custom role.
    pub custom_role: Option<RoleId>,
    /// Which tickets they see.
    pub ticket_access: TicketAccess,
    /// Their default organization.
    pub organization_id: Option<OrganizationId>,
    /// Their default group.
    pub default_group_id: Option<GroupId>,
    /// The language in which they are written to.
    pub locale: Locale,
    /// Their IANA time zone.
    pub time_zone: String,
    /// Their number in another system.
    pub external_id: Option<String>,
    /// The name that end users see instead of an agent's own.
    pub alias: Option<String>,
    /// What goes below an agent's public comments.
    pub signature: String,
    /// Details about the person, such as an address.
    pub details: String,
    /// Notes about the person, for agents.
    pub notes: String,
    /// The picture's key among the blobs.
    pub photo_key: Option<String>,
    /// False once the person was deleted or merged into another.
    pub active: bool,
    /// Whether one of their addresses was proved to be theirs.
    pub verified: bool,
    /// Suspended people can't sign in, and what they send is kept out of the tickets.
    pub suspended: bool,
    /// Whether they moderate the forums.
    pub moderator: bool,
    /// Whether signing in takes a second factor.
    pub second_factor: bool,
    /// When they last signed in.
    pub last_login_at: Option<Timestamp>,
    /// The person that this one was merged into.
    pub merged_into_id: Option<UserId>,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
}

impl User {
    /// Whether the person may sign in at all.
    pub fn may_sign_in(&self) -> bool {
        self.active && !self.suspended
    }
}

/// What is written into a person. `None` leaves a value alone; `Some(None)` empties it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserChange {
    /// The name.
    pub name: Option<String>,
    /// An e-mail address. It becomes an identity, and the primary one when there is none yet, as in Zendesk.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<Option<String>>,
    /// The role.
    pub role: Option<Role>,
    /// The custom role.
    pub custom_role: Option<Option<RoleId>>,
    /// Which tickets they see.
    pub ticket_access: Option<TicketAccess>,
    /// The default organization; the person becomes its member.
    pub organization: Option<Option<OrganizationId>>,
    /// The default group; an agent becomes its member.
    pub default_group: Option<GroupId>,
    /// The language.
    pub locale: Option<Locale>,
    /// The IANA time zone.
    pub time_zone: Option<String>,
    /// The number in another system.
    pub external_id: Option<Option<String>>,
    /// The name for end users.
    pub alias: Option<Option<String>>,
    /// What goes below public comments.
    pub signature: Option<String>,
    /// Details.
    pub details: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// Whether the primary address counts as proved. On a person that exists it proves the address they have.
    pub verified: Option<bool>,
    /// Whether they are suspended.
    pub suspended: Option<bool>,
    /// Whether they moderate the forums.
    pub moderator: Option<bool>,
    /// The tags, all of them.
    pub tags: Option<Vec<String>>,
    /// Values of custom fields, by the fields' keys.
    pub fields: BTreeMap<String, Value>,
    /// A hashed password, see [`crate::hash_password`].
    pub password_hash: Option<String>,
}

/// What is written into a person that is made: a name is needed, the rest has defaults.
pub type NewUser = UserChange;

/// The person behind a message or a call, as far as it tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// The language that they use.
    pub locale: Option<Locale>,
}

/// Where a person can be reached or recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    PhoneNumber,
    /// A Google account.
    Google,
    /// A Facebook account.
    Facebook,
    /// An X account.
    Twitter,
    /// An account of any other channel.
    AnyChannel,
}

impl IdentityKind {
    const ALL: [IdentityKind; 6] = [
        IdentityKind::Email,
        IdentityKind::PhoneNumber,
        IdentityKind::Google,
        IdentityKind::Facebook,
        IdentityKind::Twitter,
        IdentityKind::AnyChannel,
    ];

    /// Zendesk's name, which the database keeps.
    pub fn name(self) -> &'static str {
        match self {
            IdentityKind::Email => "email",
            IdentityKind::PhoneNumber => "phone_number",
            IdentityKind::Google => "google",
            IdentityKind::Facebook => "facebook",
            IdentityKind::Twitter => "twitter",
            IdentityKind::AnyChannel => "any_channel",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The value as it is kept and looked for; `None` when it can't be one of this kind.
    pub fn normalise(self, value: &str) -> Option<String> {
        match self {
            IdentityKind::Email => email(value),
            IdentityKind::PhoneNumber => phone(value),
            _ => Some(value.trim().to_lowercase()).filter(|value| !value.is_empty() && value.len() <= 255),
        }
    }
}

/// One address, number or account of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Its number.
    pub id: IdentityId,
    /// Whose it is.
    pub user: UserId,
    /// What it is.
    pub kind: IdentityKind,
    /// The address, number or account name, normalised.
    pub value: String,
    /// Whether it was proved to be theirs.
    pub verified: bool,
    /// Whether it is the first choice among those of its kind.
    pub primary: bool,
    /// False once mail to it came back.
    pub deliverable: bool,
    /// How often mail to it came back.
    pub undeliverable_count: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An e-mail address in lower case; `None` when it is none.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, domain) = text.rsplit_once('@')?;
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
    let domain_ok = !domain.is_empty()
        && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    let fits = local.len() <= 64 && text.len() <= 254;
    let good = !local.is_empty() && !local.contains(bad) && !local.contains('@') && domain_ok && fits;
    good.then(|| text.to_lowercase())
}

/// A telephone number as `+` and digits, or digits alone for an internal one; `None` when it is none.
pub fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let plus = text.starts_with('+') || text.starts_with("00");
    let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = if plus { digits.trim_start_matches("00").to_owned() } else { digits };
    let good = text.chars().all(known) && (3..=20).contains(&digits.len());
    good.then(|| if plus { format!("+{digits}") } else { digits })
}

/// The domain of a normalised address.
pub fn domain(email: &str) -> &str {
    email.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// A name for someone who gave none: the address before its `@`, in words, or the number.
pub fn name_from(email: Option<&str>, phone: Option<&str>) -> String {
    let local = email.and_then(|email| email.split('@').next());
    let words = local.map(|local| {
        let parts = local.split(['.', '_', '-', '+']).filter(|part| !part.is_empty());
        let capital = |part: &str| {
            let mut chars = part.chars();
            chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
        };
        parts.map(capital).collect::<Vec<_>>().join(" ")
    });
    words.filter(|words| !words.is_empty()).or_else(|| phone.map(str::to_owned)).unwrap_or_else(|| "Unknown".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_lower_case_and_nonsense_is_refused() {
        assert_eq!(email(" Mari.Maasikas@Example.EE ").as_deref(), Some("mari.maasikas@example.ee"));
        assert_eq!(email("<a@b.c>").as_deref(), Some("a@b.c"));
        for bad in ["", "mari", "@x.ee", "a@", "a b@x.ee", "a@x..ee", "a@-x.ee", "a@x.ee, b@x.ee", "a@b@c.ee"] {
            assert_eq!(email(bad), None, "{bad}");
        }
        assert_eq!(email(&format!("{}@x.ee", "a".repeat(65))), None);
    }

    #[test]
    fn numbers_lose_their_decoration() {
        assert_eq!(phone("+372 5555-1234").as_deref(), Some("+37255551234"));
        assert_eq!(phone("00372 (5555) 1234").as_deref(), Some("+37255551234"));
        assert_eq!(phone("1188").as_deref(), Some("1188"));
        assert_eq!(phone("call me"), None);
        assert_eq!(phone("+1"), None);
    }

    #[test]
    fn a_name_is_made_of_the_address() {
        assert_eq!(name_from(Some("mari.maasikas@x.ee"), None), "Mari Maasikas");
        assert_eq!(name_from(None, Some("+372555")), "+372555");
        assert_eq!(name_from(Some("._@x.ee"), None), "Unknown");
    }
}
