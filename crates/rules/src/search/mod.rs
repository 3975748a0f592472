//! Zendesk's search language: read into a [`Query`], compiled to SQL for each kind of record.
//!
//! Words and `"phrases"` must all be there, `-` before anything turns it round, `keyword:value` compares (also with
//! `<`, `>`, `<=`, `>=`). Several values of one keyword mean any of them; `tags:"a b"` means both. What looks like a
//! keyword but isn't one is taken as plain words, as in Zendesk
//! ([search reference](https://support.zendesk.com/hc/en-us/articles/4408886879258)).

mod parse;
mod records;
mod sql;
mod value;

use base::FieldId;

pub use parse::parse;
pub use sql::to_sql;

/// What kind of record is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Tickets, alias `t` in SQL.
    Ticket,
    /// People, alias `u`.
    User,
    /// Organizations, alias `o`.
    Organization,
    /// Groups, alias `g`.
    Group,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Ticket, Kind::User, Kind::Organization, Kind::Group];

    /// The name after `type:`, which is also a hit's `result_type`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Ticket => "ticket",
            Kind::User => "user",
            Kind::Organization => "organization",
            Kind::Group => "group",
        }
    }
}

/// A query as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The kinds asked for by `type:`; empty when all are.
    pub kinds: Vec<Kind>,
    /// What a record must meet, all of it.
    pub parts: Vec<Part>,
    /// The order asked for by `order_by:` and `sort:`.
    pub sort: Option<Sort>,
}

impl Query {
    /// The kinds to look through.
    pub fn kinds(&self) -> Vec<Kind> {
        if self.kinds.is_empty() { Kind::ALL.to_vec() } else { self.kinds.clone() }
    }

    /// The words and phrases that a hit has, for showing where they are.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter(|part| !part.negated).filter_map(|part| match &part.node {
            Node::Words(text) | Node::Phrase(text) => Some(text.as_str()),
            Node::Any(_) => None,
        })
    }
}

/// One requirement.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Whether the record must not meet it.
    pub negated: bool,
    /// What it says.
    pub node: Node,
}

/// What a requirement says.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Every word of the text is in the record; a word that ends in `*` stands for its beginning.
    Words(String),
    /// The words of the text are in the record in this order.
    Phrase(String),
    /// Any of the clauses holds; they share one keyword.
    Any(Vec<Clause>),
}

/// `keyword:value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// What is compared.
    pub keyword: Keyword,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub value: Target,
}

/// The signs of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `:`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl Comparison {
    /// The sign in SQL.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => " = ",
            Comparison::Less => " < ",
            Comparison::LessEqual => " <= ",
            Comparison::Greater => " > ",
            Comparison::GreaterEqual => " >= ",
        }
    }
}

/// The value of a clause, read by its keyword.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// `none`: has no such value.
    Nothing,
    /// `me`: whoever searches.
    Me,
    /// An id, or a whole number.
    Number(i64),
    /// A text; one that ends in `*` stands for its beginning.
    Text(String),
    /// Instants from `from` to before `to`, in milliseconds.
    Times {
        /// The first instant.
        from: Option<i64>,
        /// The instant after the last.
        to: Option<i64>,
    },
    /// The rank of a status or priority.
    Rank(i64),
    /// Yes or no.
    Flag(bool),
    /// A value that the keyword can't have: met by nothing.
    Unreadable,
}

/// The words before a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// The record's id.
    Id,
    /// Status category of a ticket, as a rank.
    Status,
    /// Custom status of a ticket, by id.
    CustomStatus,
    /// Priority of a ticket, as a rank.
    Priority,
    /// Type of a ticket.
    TicketType,
    /// When the record was made.
    Created,
    /// When it was last changed.
    Updated,
    /// When a ticket was last solved.
    Solved,
    /// When a ticket is due.
    DueDate,
    /// Requester of a ticket.
    Requester,
    /// Assignee of a ticket.
    Assignee,
    /// Submitter of a ticket.
    Submitter,
    /// Somebody who gets a copy of a ticket's public mails.
    Cc,
    /// An agent who follows a ticket.
    Follower,
    /// Somebody who wrote a comment of a ticket.
    Commenter,
    /// Group of a ticket or of an agent.
    Group,
    /// Organization of a ticket or of a person.
    Organization,
    /// Tags; several words in one value must all be there.
    Tags,
    /// Words of a ticket's subject.
    Subject,
    /// Words of a ticket's first comment.
    Description,
    /// Words of any of a ticket's comments.
    Comment,
    /// Channel of a ticket.
    Via,
    /// Brand of a ticket.
    Brand,
    /// Form of a ticket.
    Form,
    /// Id of the record in another system.
    ExternalId,
    /// Whether a ticket has attachments.
    HasAttachment,
    /// Our address that a ticket was sent to.
    Recipient,
    /// Satisfaction rating of a ticket.
    Satisfaction,
    /// Whether a ticket has a public comment.
    IsPublic,
    /// Problem that an incident belongs to, by id.
    Problem,
    /// A custom ticket field.
    Custom(FieldId),
    /// Any custom ticket field.
    FieldValue,
    /// Name of a person, organization or group.
    Name,
    /// Address of a person.
    Email,
    /// Phone number of a person.
    Phone,
    /// Role of a person.
    Role,
    /// Notes about a person or organization.
    Notes,
    /// Details of a person or organization.
    Details,
}

/// Every keyword but `custom_field_N`, with its other spellings.
pub(crate) const KEYWORDS: &[(&str, Keyword)] = &[
    ("id", Keyword::Id),
    ("status", Keyword::Status),
    ("custom_status_id", Keyword::CustomStatus),
    ("priority", Keyword::Priority),
    ("ticket_type", Keyword::TicketType),
    ("created", Keyword::Created),
    ("created_at", Keyword::Created),
    ("updated", Keyword::Updated),
    ("updated_at", Keyword::Updated),
    ("solved", Keyword::Solved),
    ("solved_at", Keyword::Solved),
    ("due_date", Keyword::DueDate),
    ("due_at", Keyword::DueDate),
    ("requester", Keyword::Requester),
    ("requester_id", Keyword::Requester),
    ("assignee", Keyword::Assignee),
    ("assignee_id", Keyword::Assignee),
    ("submitter", Keyword::Submitter),
    ("submitter_id", Keyword::Submitter),
    ("cc", Keyword::Cc),
    ("follower", Keyword::Follower),
    ("commenter", Keyword::Commenter),
    ("group", Keyword::Group),
    ("group_id", Keyword::Group),
    ("organization", Keyword::Organization),
    ("organization_id", Keyword::Organization),
    ("tags", Keyword::Tags),
    ("tag", Keyword::Tags),
    ("subject", Keyword::Subject),
    ("description", Keyword::Description),
    ("comment", Keyword::Comment),
    ("via", Keyword::Via),
    ("brand", Keyword::Brand),
    ("brand_id", Keyword::Brand),
    ("form", Keyword::Form),
    ("ticket_form_id", Keyword::Form),
    ("external_id", Keyword::ExternalId),
    ("has_attachment", Keyword::HasAttachment),
    ("recipient", Keyword::Recipient),
    ("satisfaction", Keyword::Satisfaction),
    ("is_public", Keyword::IsPublic),
    ("problem_id", Keyword::Problem),
    ("fieldvalue", Keyword::FieldValue),
    ("name", Keyword::Name),
    ("email", Keyword::Email),
    ("phone", Keyword::Phone),
    ("role", Keyword::Role),
    ("notes", Keyword::Notes),
    ("details", Keyword::Details),
];

/// The order of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

/// What hits can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// How well the words fit.
    Relevance,
    /// When the record was made.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// A ticket's priority.
    Priority,
    /// A ticket's status.
    Status,
    /// A ticket's type.
    TicketType,
}

impl SortBy {
    /// Reads `created`, `created_at`, `updated_at` ...; also the API's `sort_by` parameter.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "relevance" => SortBy::Relevance,
            "created" | "created_at" => SortBy::CreatedAt,
            "updated" | "updated_at" => SortBy::UpdatedAt,
            "priority" => SortBy::Priority,
            "status" => SortBy::Status,
            "ticket_type" => SortBy::TicketType,
            _ => return None,
        })
    }

    /// The column of `tickets`; none for relevance.
    pub fn column(self) -> Option<&'static str> {
        Some(match self {
            SortBy::Relevance => return None,
            SortBy::CreatedAt => "created_at",
            SortBy::UpdatedAt => "updated_at",
            SortBy::Priority => "priority",
            SortBy::Status => "status",
            SortBy::TicketType => "type",
        })
    }
}
