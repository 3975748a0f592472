//! The one table of fields. Evaluation, SQL and the editor's vocabulary all read it.

use std::borrow::Cow;

use base::FieldId;

use crate::operator::Operator;
use crate::values::Status;

/// What a condition or an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKey {
    /// Status category, as its rank.
    Status,
    /// Custom status, as its id.
    CustomStatus,
    /// Priority, as its rank; missing when none.
    Priority,
    /// Type, as its name; missing when none.
    Type,
    /// Group, as its id.
    Group,
    /// Assignee, as a user id.
    Assignee,
    /// Requester, as a user id.
    Requester,
    /// Organization, as its id.
    Organization,
    /// Brand, as its id.
    Brand,
    /// Form, as its id.
    Form,
    /// Tags.
    Tags,
    /// Channel, as its name.
    Via,
    /// Our address that the ticket was sent to, in lower case.
    Recipient,
    /// Subject.
    Subject,
    /// Text of the first comment.
    Description,
    /// Text of any comment; on an update, of the comment that it adds.
    Comment,
    /// Satisfaction rating.
    Satisfaction,
    /// Language of the requester, as ISO 639-1 code.
    RequesterLocale,
    /// Whether the ticket has a public comment, as a truth value.
    Visibility,
    /// How often the ticket was opened again.
    Reopens,
    /// How many public comments agents wrote.
    Replies,
    /// How many assignees it has had.
    AssigneeStations,
    /// How many groups it has had.
    GroupStations,
    /// When the ticket was made, as a time.
    CreatedAt,
    /// When the ticket was last changed, as a time.
    UpdatedAt,
    /// When it was made, for "hours since created".
    SinceCreated,
    /// When its status last changed, for "hours since open".
    SinceOpen,
    /// When its status last changed, for "hours since pending".
    SincePending,
    /// When its status last changed, for "hours since on-hold".
    SinceHold,
    /// When it was last solved; missing when it isn't, for "hours since solved".
    SinceSolved,
    /// When its status last changed, for "hours since closed".
    SinceClosed,
    /// When it was last assigned.
    SinceAssigned,
    /// When it was last changed.
    SinceUpdated,
    /// When its requester last wrote.
    SinceRequesterUpdated,
    /// When its assignee last changed it.
    SinceAssigneeUpdated,
    /// When it was due, looking back.
    SinceDue,
    /// When it is due, looking forward.
    UntilDue,
    /// Whether this update makes the ticket (`Create`) or changes it (`Change`).
    UpdateType,
    /// Whether the comment that this update adds is public, as a truth value; missing when it adds none.
    CommentPublic,
    /// What the person who updates is: `agent` or `end_user`.
    UpdaterRole,
    /// A custom ticket field.
    Custom(FieldId),
}

/// Which record an id names. The editor looks its names up there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// People who work at the desk.
    Agent,
    /// Anybody.
    User,
    /// Groups.
    Group,
    /// Organizations.
    Organization,
    /// Brands.
    Brand,
    /// Ticket forms.
    Form,
    /// Custom statuses.
    CustomStatus,
}

/// What values a field takes, and so which operators and which reading of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// A status category, ordered.
    Status,
    /// A priority, ordered, none first.
    Priority,
    /// One of a fixed list of names. A ticket without one counts as having `missing`.
    Choice {
        /// The names, in the editor's order.
        values: &'static [&'static str],
        /// What the absence of a value means.
        missing: Option<&'static str>,
    },
    /// `public` or `private`.
    Visibility,
    /// A channel.
    Via,
    /// A language.
    Locale,
    /// The id of a record.
    Id(Relation),
    /// A set of words.
    Tags,
    /// Running text, looked into word by word.
    Words(TextScope),
    /// Text taken whole.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// Yes or no; missing is no.
    Checkbox,
    /// A day, kept as `YYYY-MM-DD`.
    Date,
    /// An instant, asked about by day.
    Instant,
    /// Whole hours since an instant, while the ticket has that status.
    HoursSince(Option<Status>),
    /// Whole hours until an instant.
    HoursUntil,
    /// One of the options of a custom field.
    Option,
    /// Any of the options of a custom field.
    Options,
}

/// Which texts of a ticket a full-text condition looks into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextScope {
    /// Subject and all comments.
    Any,
    /// The subject.
    Subject,
    /// The first comment.
    Description,
    /// Any comment.
    Comment,
}

/// Which column of `ticket_field_values` keeps a custom value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueColumn {
    /// `text_value`: text, options, dates as `YYYY-MM-DD`.
    Text,
    /// `int_value`: whole numbers, checkboxes as 0 or 1, ids.
    Int,
    /// `real_value`: decimals.
    Real,
}

impl ValueColumn {
    /// The column's name.
    pub fn name(self) -> &'static str {
        match self {
            ValueColumn::Text => "text_value",
            ValueColumn::Int => "int_value",
            ValueColumn::Real => "real_value",
        }
    }
}

/// How SQL reaches a field from the table alias `t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A column of `tickets t`.
    Ticket(&'static str),
    /// `ticket_tags(ticket_id, tag)`.
    Tags,
    /// `ticket_field_values(ticket_id, field_id, ...)`.
    Custom(FieldId, ValueColumn),
    /// A column of `users`, of the requester.
    Requester(&'static str),
    /// The full-text index.
    Text(TextScope),
    /// Known only while an update is made: no SQL.
    Update,
}

/// What a set of conditions or actions is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A saved list of tickets (also reports and SLA-free filters).
    View,
    /// A rule run on each update.
    Trigger,
    /// A rule run on the clock.
    Automation,
    /// A prepared set of actions; it has no conditions.
    Macro,
}

/// One field of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it is.
    pub key: FieldKey,
    /// Its name in conditions, Zendesk's.
    pub name: Cow<'static, str>,
    /// The title that an admin gave to a custom field. Built-in fields have the key `rules.fields.NAME` in the web
    /// catalogues instead.
    pub title: Option<String>,
    /// Its values.
    pub kind: FieldKind,
    /// Where SQL finds it.
    pub column: Column,
    /// Whether a ticket may have none (condition value `""`).
    pub nullable: bool,
}

impl Field {
    /// Whether conditions for `purpose` may name the field.
    pub fn is_for(&self, purpose: Purpose) -> bool {
        let update_only = self.column == Column::Update;
        let clock_only = matches!(self.kind, FieldKind::HoursSince(_) | FieldKind::HoursUntil);
        match purpose {
            Purpose::Trigger => !clock_only,
            Purpose::View | Purpose::Automation => !update_only,
            Purpose::Macro => false,
        }
    }

    /// The operators that conditions for `purpose` may use with the field.
    pub fn operators(&self, purpose: Purpose) -> Vec<Operator> {
        use Operator as O;
        let plain: &[Operator] = match self.kind {
            FieldKind::Status | FieldKind::Priority => &[O::Is, O::IsNot, O::LessThan, O::GreaterThan],
            FieldKind::Choice { .. } | FieldKind::Visibility | FieldKind::Via | FieldKind::Locale => &[O::Is, O::IsNot],
            FieldKind::Id(Relation::CustomStatus | Relation::Group) => &[O::Is, O::IsNot, O::Includes, O::NotIncludes],
            FieldKind::Id(_) | FieldKind::Text | FieldKind::Option => &[O::Is, O::IsNot],
            FieldKind::Tags | FieldKind::Options => &[O::Includes, O::NotIncludes],
            FieldKind::Words(_) => &[O::Includes, O::NotIncludes, O::Is, O::IsNot],
            FieldKind::Checkbox => &[O::Is],
            FieldKind::Integer | FieldKind::Decimal => &Operator::ORDERED,
            FieldKind::Date | FieldKind::Instant => &Operator::DATED,
            FieldKind::HoursSince(_) | FieldKind::HoursUntil => &[O::Is, O::LessThan, O::GreaterThan],
        };
        let mut operators = plain.to_vec();
        if self.has_presence() {
            operators.extend([O::Present, O::NotPresent]);
        }
        if purpose == Purpose::Trigger && self.has_changes() {
            operators.extend([O::Changed, O::NotChanged]);
            if plain.contains(&O::Is) {
                operators.extend(Operator::CHANGES_TO);
            }
        }
        operators
    }

    fn has_presence(&self) -> bool {
        matches!(self.key, FieldKey::Custom(_)) && self.kind != FieldKind::Checkbox
    }

    fn has_changes(&self) -> bool {
        use FieldKind as K;
        self.column != Column::Update
            && !matches!(self.kind, K::Words(_) | K::Locale | K::Via | K::Instant | K::HoursSince(_) | K::HoursUntil)
    }
}
