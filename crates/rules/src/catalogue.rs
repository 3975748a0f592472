//! The built-in fields as data, and the custom fields of a desk beside them.

use std::borrow::Cow;

use base::FieldId;

use crate::field::{Column, Field, FieldKey, FieldKind, Relation, TextScope, ValueColumn};
use crate::values::{Status, TicketType};

const UPDATE_TYPES: &[&str] = &["Create", "Change"];
const COMMENT_MODES: &[&str] = &["not_relevant", "true", "false", "requester_can_see_comment"];
const ROLES: &[&str] = &["agent", "end_user"];
const RATINGS: &[&str] = &["unoffered", "offered", "bad", "badwithcomment", "good", "goodwithcomment"];

const fn choice(values: &'static [&'static str]) -> FieldKind {
    FieldKind::Choice { values, missing: None }
}

const fn row(key: FieldKey, name: &'static str, kind: FieldKind, column: Column) -> Field {
    Field { key, name: Cow::Borrowed(name), title: None, kind, column, nullable: false }
}

const fn optional(key: FieldKey, name: &'static str, kind: FieldKind, column: Column) -> Field {
    Field { key, name: Cow::Borrowed(name), title: None, kind, column, nullable: true }
}

const fn words(key: FieldKey, name: &'static str, scope: TextScope) -> Field {
    row(key, name, FieldKind::Words(scope), Column::Text(scope))
}

const fn since(key: FieldKey, name: &'static str, status: Option<Status>, column: &'static str) -> Field {
    row(key, name, FieldKind::HoursSince(status), Column::Ticket(column))
}

/// The built-in fields, in the editor's order, with the names of Zendesk's
/// [conditions reference](https://developer.zendesk.com/documentation/ticketing/reference-guides/conditions-reference/).
pub static BUILT_IN: &[Field] = {
    use Column::{Requester, Tags, Ticket, Update};
    use FieldKey as F;
    use FieldKind as K;
    use Relation as R;
    &[
        row(F::Status, "status", K::Status, Ticket("status")),
        row(F::CustomStatus, "custom_status_id", K::Id(R::CustomStatus), Ticket("custom_status_id")),
        optional(F::Priority, "priority", K::Priority, Ticket("priority")),
        optional(F::Type, "type", choice(TicketType::NAMES), Ticket("type")),
        optional(F::Group, "group_id", K::Id(R::Group), Ticket("group_id")),
        optional(F::Assignee, "assignee_id", K::Id(R::Agent), Ticket("assignee_id")),
        row(F::Requester, "requester_id", K::Id(R::User), Ticket("requester_id")),
        optional(F::Organization, "organization_id", K::Id(R::Organization), Ticket("organization_id")),
        row(F::Brand, "brand_id", K::Id(R::Brand), Ticket("brand_id")),
        optional(F::Form, "ticket_form_id", K::Id(R::Form), Ticket("form_id")),
        row(F::Tags, "current_tags", K::Tags, Tags),
        row(F::Via, "via_id", K::Via, Ticket("via")),
        optional(F::Recipient, "recipient", K::Text, Ticket("recipient")),
        words(F::Subject, "subject_includes_word", TextScope::Subject),
        words(F::Description, "description_includes_word", TextScope::Description),
        words(F::Comment, "comment_includes_word", TextScope::Comment),
        row(
            F::Satisfaction,
            "satisfaction_score",
            K::Choice { values: RATINGS, missing: Some("unoffered") },
            Ticket("satisfaction"),
        ),
        row(F::RequesterLocale, "locale_id", K::Locale, Requester("locale")),
        row(F::Visibility, "ticket_is_public", K::Visibility, Ticket("is_public")),
        row(F::Reopens, "reopens", K::Integer, Ticket("reopens")),
        row(F::Replies, "replies", K::Integer, Ticket("replies")),
        row(F::AssigneeStations, "agent_stations", K::Integer, Ticket("assignee_stations")),
        row(F::GroupStations, "group_stations", K::Integer, Ticket("group_stations")),
        row(F::CreatedAt, "exact_created_at", K::Instant, Ticket("created_at")),
        row(F::UpdatedAt, "exact_updated_at", K::Instant, Ticket("updated_at")),
        since(F::SinceCreated, "NEW", None, "created_at"),
        since(F::SinceOpen, "OPEN", Some(Status::Open), "status_changed_at"),
        since(F::SincePending, "PENDING", Some(Status::Pending), "status_changed_at"),
        since(F::SinceHold, "HOLD", Some(Status::Hold), "status_changed_at"),
        since(F::SinceSolved, "SOLVED", None, "solved_at"),
        since(F::SinceClosed, "CLOSED", Some(Status::Closed), "status_changed_at"),
        since(F::SinceAssigned, "assigned_at", None, "assigned_at"),
        since(F::SinceUpdated, "updated_at", None, "updated_at"),
        since(F::SinceRequesterUpdated, "requester_updated_at", None, "requester_updated_at"),
        since(F::SinceAssigneeUpdated, "assignee_updated_at", None, "assignee_updated_at"),
        since(F::SinceDue, "due_date", None, "due_at"),
        row(F::UntilDue, "until_due_date", K::HoursUntil, Ticket("due_at")),
        row(F::UpdateType, "update_type", choice(UPDATE_TYPES), Update),
        row(F::CommentPublic, "comment_is_public", choice(COMMENT_MODES), Update),
        row(F::UpdaterRole, "role", choice(ROLES), Update),
    ]
};

/// What kind of custom ticket field it is: `type` of Zendesk's ticket fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomKind {
    /// `text`, `textarea`, `regexp`, `partialcreditcard`.
    Text,
    /// `checkbox`.
    Checkbox,
    /// `date`.
    Date,
    /// `integer`.
    Integer,
    /// `decimal`.
    Decimal,
    /// `tagger`: one option.
    Dropdown,
    /// `multiselect`: any options.
    Multiselect,
    /// `lookup` of a record of that kind.
    Lookup(Relation),
}

impl CustomKind {
    /// The kind behind Zendesk's field type. Lookups are of users, until the caller says otherwise.
    pub fn parse(field_type: &str) -> Option<Self> {
        Some(match field_type {
            "text" | "textarea" | "regexp" | "partialcreditcard" => CustomKind::Text,
            "checkbox" => CustomKind::Checkbox,
            "date" => CustomKind::Date,
            "integer" => CustomKind::Integer,
            "decimal" => CustomKind::Decimal,
            "tagger" => CustomKind::Dropdown,
            "multiselect" => CustomKind::Multiselect,
            "lookup" => CustomKind::Lookup(Relation::User),
            _ => return None,
        })
    }

    /// Where `ticket_field_values` keeps values of the kind: text and options in `text_value` (one row an option),
    /// dates there as `YYYY-MM-DD`, whole numbers, checkboxes (0, 1) and ids in `int_value`, decimals in `real_value`.
    pub fn column(self) -> ValueColumn {
        match self {
            CustomKind::Text | CustomKind::Date | CustomKind::Dropdown | CustomKind::Multiselect => ValueColumn::Text,
            CustomKind::Checkbox | CustomKind::Integer | CustomKind::Lookup(_) => ValueColumn::Int,
            CustomKind::Decimal => ValueColumn::Real,
        }
    }

    fn field_kind(self) -> FieldKind {
        match self {
            CustomKind::Text => FieldKind::Text,
            CustomKind::Checkbox => FieldKind::Checkbox,
            CustomKind::Date => FieldKind::Date,
            CustomKind::Integer => FieldKind::Integer,
            CustomKind::Decimal => FieldKind::Decimal,
            CustomKind::Dropdown => FieldKind::Option,
            CustomKind::Multiselect => FieldKind::Options,
            CustomKind::Lookup(relation) => FieldKind::Id(relation),
        }
    }
}

/// One choice of a dropdown or multiselect field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomOption {
    /// The value that tickets keep; also a tag in Zendesk.
    pub value: String,
    /// What agents read.
    pub title: String,
}

/// A custom ticket field as conditions and actions need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    /// Its id.
    pub id: FieldId,
    /// Its title for agents.
    pub title: String,
    /// Its kind.
    pub kind: CustomKind,
    /// Its options, when it is a dropdown or multiselect.
    pub options: Vec<CustomOption>,
}

impl CustomField {
    /// The field as a row of the table.
    pub fn field(&self) -> Field {
        Field {
            key: FieldKey::Custom(self.id),
            name: Cow::Owned(format!("custom_fields_{}", self.id)),
            title: Some(self.title.clone()),
            kind: self.kind.field_kind(),
            column: Column::Custom(self.id, self.kind.column()),
            nullable: self.kind != CustomKind::Checkbox,
        }
    }
}

/// Every field that conditions and actions of a desk may name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    custom: Vec<CustomField>,
}

impl Catalogue {
    /// The built-in fields and these custom ones.
    pub fn new(custom: Vec<CustomField>) -> Self {
        Self { custom }
    }

    /// The custom fields.
    pub fn custom(&self) -> &[CustomField] {
        &self.custom
    }

    /// The custom field of that id.
    pub fn find_custom(&self, id: FieldId) -> Option<&CustomField> {
        self.custom.iter().find(|field| field.id == id)
    }

    /// The field of that name in conditions: `status`, `custom_fields_12` (also `ticket_fields_12`) ...
    pub fn find(&self, name: &str) -> Option<Field> {
        if let Some(id) = custom_id(name) {
            return self.find_custom(id).map(CustomField::field);
        }
        BUILT_IN.iter().find(|field| field.name == name).cloned()
    }

    /// Every field, built-in first.
    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        BUILT_IN.iter().cloned().chain(self.custom.iter().map(CustomField::field))
    }
}

/// The id in `custom_fields_12` or `ticket_fields_12`.
pub(crate) fn custom_id(name: &str) -> Option<FieldId> {
    let digits = name.strip_prefix("custom_fields_").or_else(|| name.strip_prefix("ticket_fields_"))?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::field::Purpose;

    #[test]
    fn names_and_keys_of_built_in_fields_are_distinct() {
        let names: BTreeSet<_> = BUILT_IN.iter().map(|field| field.name.as_ref()).collect();
        let keys: BTreeSet<_> = BUILT_IN.iter().map(|field| field.key).collect();
        assert_eq!((names.len(), keys.len()), (BUILT_IN.len(), BUILT_IN.len()));
    }

    #[test]
    fn every_field_serves_some_purpose_and_has_operators() {
        for field in BUILT_IN {
            assert!(field.is_for(Purpose::View) || field.is_for(Purpose::Trigger), "{}", field.name);
            assert!(!field.operators(Purpose::Trigger).is_empty(), "{}", field.name);
        }
    }

    #[test]
    fn custom_fields_are_found_by_either_name() {
        let custom =
            CustomField { id: FieldId(7), title: "Model".into(), kind: CustomKind::Integer, options: Vec::new() };
        let catalogue = Catalogue::new(vec![custom]);
        assert_eq!(catalogue.find("custom_fields_7").map(|f| f.key), Some(FieldKey::Custom(FieldId(7))));
        assert_eq!(catalogue.find("ticket_fields_7"), catalogue.find("custom_fields_7"));
        assert_eq!(catalogue.find("custom_fields_8"), None);
    }
}
