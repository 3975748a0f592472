//! What people and organizations look like on their way in.

use std::collections::BTreeMap;

use base::{FieldProblem, GroupId, Locale, OrganizationId, Result, Role, RoleId, TicketAccess};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::change::problem;
use crate::organization::OrganizationChange;
use crate::user::{NewUser, UserChange};

/// A value that was given, be it null.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(value).map(Some)
}

/// An identity of a person who is made.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct IdentityBody {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub value: Option<String>,
    pub verified: Option<bool>,
    pub primary: Option<bool>,
}

/// A person as clients write them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct UserBody {
    pub id: Option<i64>,
    pub name: Option<String>,
    pub email: Option<String>,
    #[serde(deserialize_with = "given")]
    pub phone: Option<Option<String>>,
    pub role: Option<String>,
    /// 1 beside the role `agent` is a light agent.
    pub role_type: Option<i64>,
    /// Beside the role `admin`: whether they are the owner. Ours.
    pub owner: Option<bool>,
    #[serde(deserialize_with = "given")]
    pub custom_role_id: Option<Option<RoleId>>,
    #[serde(deserialize_with = "given")]
    pub ticket_restriction: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub organization_id: Option<Option<OrganizationId>>,
    pub organization: Option<NamedBody>,
    pub default_group_id: Option<GroupId>,
    pub locale: Option<String>,
    pub locale_id: Option<i64>,
    pub time_zone: Option<String>,
    pub iana_time_zone: Option<String>,
    #[serde(deserialize_with = "given")]
    pub external_id: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub alias: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub signature: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub details: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub notes: Option<Option<String>>,
    pub verified: Option<bool>,
    pub suspended: Option<bool>,
    pub moderator: Option<bool>,
    pub tags: Option<Vec<String>>,
    pub user_fields: Option<BTreeMap<String, Value>>,
    pub identities: Option<Vec<IdentityBody>>,
    pub password: Option<String>,
}

/// An organization named by its name.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct NamedBody {
    pub name: String,
}

impl UserBody {
    /// The change that this asks for.
    ///
    /// # Errors
    /// `Invalid` with the words that are none of ours.
    pub fn into_change(self) -> Result<UserChange> {
        let mut problems = Vec::new();
        let role = self.role.as_deref().and_then(|name| word(&mut problems, "role", name, Role::parse));
        let role = role.map(|role| match role {
            Role::Agent if self.role_type == Some(1) => Role::LightAgent,
            Role::Admin if self.owner == Some(true) => Role::Owner,
            role => role,
        });
        let by_id = self.locale_id.map(|id| id.to_string());
        let locale = match (&self.locale, &by_id) {
            (Some(tag), _) => word(&mut problems, "locale", tag, Locale::parse),
            (None, Some(id)) => word(&mut problems, "locale_id", id, |id| Locale::from_zendesk_id(id.parse().ok()?)),
            (None, None) => None,
        };
        let access = match &self.ticket_restriction {
            None => None,
            Some(None) => Some(TicketAccess::All),
            Some(Some(name)) => word(&mut problems, "ticket_restriction", name, TicketAccess::parse),
        };
        if !problems.is_empty() {
            return Err(base::Error::Invalid(problems));
        }
        let text = |text: Option<Option<String>>| text.map(Option::unwrap_or_default);
        Ok(UserChange {
            name: self.name,
            email: self.email.filter(|email| !email.trim().is_empty()),
            phone: self.phone,
            role,
            custom_role: self.custom_role_id,
            ticket_access: access,
            organization: self.organization_id,
            default_group: self.default_group_id,
            locale,
            time_zone: self.iana_time_zone.or(self.time_zone),
            external_id: self.external_id,
            alias: self.alias,
            signature: text(self.signature),
            details: text(self.details),
            notes: text(self.notes),
            verified: self.verified,
            suspended: self.suspended,
            moderator: self.moderator,
            tags: self.tags,
            fields: self.user_fields.unwrap_or_default(),
            ..NewUser::default()
        })
    }
}

/// A word of a closed list.
pub(crate) fn word<T>(
    problems: &mut Vec<FieldProblem>,
    field: &str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let found = parse(text);
    if found.is_none() {
        problems.push(problem(field, "InvalidValue", format!("{field}: {text:?} is not one of its values")));
    }
    found
}

/// An organization as clients write it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct OrganizationBody {
    pub id: Option<i64>,
    pub name: Option<String>,
    #[serde(deserialize_with = "given")]
    pub external_id: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub details: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub notes: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    pub group_id: Option<Option<GroupId>>,
    pub shared_tickets: Option<bool>,
    pub shared_comments: Option<bool>,
    pub domain_names: Option<Vec<String>>,
    pub tags: Option<Vec<String>>,
    pub organization_fields: Option<BTreeMap<String, Value>>,
}

impl OrganizationBody {
    /// The change that this asks for.
    pub fn into_change(self) -> OrganizationChange {
        let text = |text: Option<Option<String>>| text.map(Option::unwrap_or_default);
        OrganizationChange {
            name: self.name,
            external_id: self.external_id,
            details: text(self.details),
            notes: text(self.notes),
            group: self.group_id,
            shared_tickets: self.shared_tickets,
            shared_comments: self.shared_comments,
            domains: self.domain_names,
            tags: self.tags,
            fields: self.organization_fields.unwrap_or_default(),
        }
    }
}
