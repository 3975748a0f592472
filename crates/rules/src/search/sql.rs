//! Queries compiled to SQL: tickets here, other records in `records`.
//!
//! Tables beside those of conditions: `users(id, name, name_folded)`, `user_identities(user_id, kind, value)`,
//! `groups(id, name)`, `organizations(id, name)`, `brands(id, name)`, `ticket_forms(id, name)`,
//! `ticket_collaborators(ticket_id, user_id, kind)`, `comments(id, ticket_id, author_id)`, `attachments(comment_id)`.

use base::{Fragment, Value};

use super::{Clause, Comparison, Keyword, Kind, Node, Part, Query, Target, records};
use crate::context::Context;
use crate::field::{TextScope, ValueColumn};
use crate::predicate::query_terms;
use crate::sql::{FullText, join, negate_if};

/// Compiles a query to a WHERE expression over the alias of `kind`; `1 = 1` for an empty query. A keyword that the
/// kind doesn't have is met by none of its records.
pub fn to_sql(query: &Query, kind: Kind, context: &Context, full_text: &dyn FullText) -> Fragment {
    let compiler = Compiler { kind, context, full_text };
    let parts: Vec<_> = query.parts.iter().map(|part| compiler.part(part)).collect();
    join(&parts, " AND ", "1 = 1")
}

/// Further tags in one value are left out.
const MOST_TAGS: usize = 50;

/// What compiling one clause needs to know.
pub(super) struct Compiler<'a> {
    kind: Kind,
    pub(super) context: &'a Context,
    full_text: &'a dyn FullText,
}

impl Compiler<'_> {
    fn part(&self, part: &Part) -> Fragment {
        let test = match &part.node {
            Node::Words(text) => self.words(text),
            Node::Phrase(text) => self.phrase(text),
            Node::Any(clauses) => {
                let any: Vec<_> = clauses.iter().map(|clause| self.clause(clause)).collect();
                join(&any, " OR ", "1 = 0")
            }
        };
        negate_if(part.negated, &test)
    }

    fn words(&self, text: &str) -> Fragment {
        if self.kind != Kind::Ticket {
            return records::words(self.kind, text);
        }
        let found = self.full_text.matches(TextScope::Any, &query_terms(text), None);
        match text.parse::<i64>() {
            Ok(id) => join(&[found, equals("t.id", id)], " OR ", "1 = 0"),
            Err(_) => found,
        }
    }

    fn phrase(&self, text: &str) -> Fragment {
        if self.kind != Kind::Ticket {
            return records::phrase(self.kind, text);
        }
        self.full_text.matches(TextScope::Any, &query_terms(text), Some(text))
    }

    fn clause(&self, clause: &Clause) -> Fragment {
        if clause.value == Target::Unreadable {
            return nothing();
        }
        match self.kind {
            Kind::Ticket => self.ticket(clause),
            other => records::clause(other, clause, self),
        }
    }

    fn ticket(&self, clause: &Clause) -> Fragment {
        use Keyword as K;
        let value = &clause.value;
        match clause.keyword {
            K::Id => column("t.id", clause),
            K::Status => column("t.status", clause),
            K::CustomStatus => column("t.custom_status_id", clause),
            K::Priority => priority(clause),
            K::TicketType => column("t.type", clause),
            K::Created => column("t.created_at", clause),
            K::Updated => column("t.updated_at", clause),
            K::Solved => column("t.solved_at", clause),
            K::DueDate => column("t.due_at", clause),
            K::Requester => self.person("t.requester_id", value),
            K::Assignee => self.person("t.assignee_id", value),
            K::Submitter => self.person("t.submitter_id", value),
            K::Cc => self.collaborator("cc", value),
            K::Follower => self.collaborator("follower", value),
            K::Commenter => self.rows("comments x WHERE x.ticket_id = t.id", "x.author_id", value),
            K::Group => record("t.group_id", "groups", value),
            K::Organization => record("t.organization_id", "organizations", value),
            K::Brand => record("t.brand_id", "brands", value),
            K::Form => record("t.form_id", "ticket_forms", value),
            K::Tags => tags("ticket_tags", "ticket_id", "t.id", value),
            K::Subject => self.text(TextScope::Subject, value),
            K::Description => self.text(TextScope::Description, value),
            K::Comment => self.text(TextScope::Comment, value),
            K::Via => via(value),
            K::ExternalId => column("t.external_id", clause),
            K::Recipient => text_match("t.recipient", value, str::to_lowercase),
            K::Satisfaction => satisfaction(value),
            K::IsPublic => column("t.is_public", clause),
            K::Problem => column("t.problem_id", clause),
            K::HasAttachment => attachments(value),
            K::Custom(id) => custom(&format!(" AND x.field_id = {}", id.0), clause),
            K::FieldValue => custom("", clause),
            K::Name | K::Email | K::Phone | K::Role | K::Notes | K::Details => nothing(),
        }
    }

    /// A column that holds a person.
    pub(super) fn person(&self, column: &str, value: &Target) -> Fragment {
        match value {
            Target::Nothing => Fragment::new(format!("{column} IS NULL")),
            Target::Me => self.context.current_user.map_or_else(nothing, |user| equals(column, user.0)),
            Target::Number(id) => equals(column, *id),
            Target::Text(text) => {
                let mut test = Fragment::new(format!("{column} IN (SELECT p.id FROM users p WHERE "));
                test.append(&records::person_named("p", text)).push(")");
                test
            }
            _ => nothing(),
        }
    }

    fn collaborator(&self, kind: &str, value: &Target) -> Fragment {
        let from = format!("ticket_collaborators x WHERE x.ticket_id = t.id AND x.kind = '{kind}'");
        self.rows(&from, "x.user_id", value)
    }

    fn rows(&self, from: &str, column: &str, value: &Target) -> Fragment {
        if *value == Target::Nothing {
            return Fragment::new(format!("NOT EXISTS (SELECT 1 FROM {from})"));
        }
        let mut test = Fragment::new(format!("EXISTS (SELECT 1 FROM {from} AND "));
        test.append(&self.person(column, value)).push(")");
        test
    }

    fn text(&self, scope: TextScope, value: &Target) -> Fragment {
        let Target::Text(text) = value else { return nothing() };
        let terms = query_terms(text);
        if terms.is_empty() {
            return nothing();
        }
        let is_phrase = terms.len() > 1 && !text.contains('*');
        self.full_text.matches(scope, &terms, is_phrase.then_some(text.as_str()))
    }
}

/// An expression that nothing meets.
pub(super) fn nothing() -> Fragment {
    Fragment::new("1 = 0")
}

/// `column = value`.
pub(super) fn equals(column: &str, value: impl Into<Value>) -> Fragment {
    let mut test = Fragment::new(format!("{column} = "));
    test.bind(value);
    test
}

/// A plain column compared with whatever the clause holds.
pub(super) fn column(column: &str, clause: &Clause) -> Fragment {
    let compare = |value: Value| {
        let mut test = Fragment::new(format!("{column}{}", clause.comparison.sign()));
        test.bind(value);
        test
    };
    match &clause.value {
        Target::Nothing => Fragment::new(format!("{column} IS NULL")),
        Target::Number(n) | Target::Rank(n) => compare(Value::Int(*n)),
        Target::Flag(flag) => equals(column, *flag),
        Target::Text(_) => text_match(column, &clause.value, str::to_owned),
        Target::Times { from, to } => times(column, *from, *to),
        Target::Me | Target::Unreadable => nothing(),
    }
}

fn times(column: &str, from: Option<i64>, to: Option<i64>) -> Fragment {
    let mut parts = Vec::new();
    for (value, sign) in [(from, " >= "), (to, " < ")] {
        if let Some(value) = value {
            let mut part = Fragment::new(format!("{column}{sign}"));
            part.bind(value);
            parts.push(part);
        }
    }
    join(&parts, " AND ", "1 = 1")
}

/// A ticket without a priority ranks below all.
fn priority(clause: &Clause) -> Fragment {
    let test = column("t.priority", clause);
    if matches!(clause.comparison, Comparison::Less | Comparison::LessEqual) && clause.value != Target::Nothing {
        return join(&[test, Fragment::new("t.priority IS NULL")], " OR ", "1 = 0");
    }
    test
}

/// Text compared whole, or by its beginning when it ends in `*`.
pub(super) fn text_match(column: &str, value: &Target, prepare: fn(&str) -> String) -> Fragment {
    match value {
        Target::Nothing => Fragment::new(format!("{column} IS NULL")),
        Target::Number(n) => equals(column, n.to_string()),
        Target::Text(text) if text.contains('*') => like(column, &pattern(&prepare(text))),
        Target::Text(text) => equals(column, prepare(text)),
        _ => nothing(),
    }
}

/// `column LIKE pattern`.
pub(super) fn like(column: &str, pattern: &str) -> Fragment {
    let mut test = Fragment::new(format!("{column} LIKE "));
    test.bind(pattern).push(" ESCAPE '\\'");
    test
}

/// A LIKE pattern from a text with `*`.
pub(super) fn pattern(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        match c {
            '*' => pattern.push('%'),
            '%' | '_' | '\\' => pattern.extend(['\\', c]),
            _ => pattern.push(c),
        }
    }
    pattern
}

/// A column that holds the id of a record with a name.
pub(super) fn record(column: &str, table: &str, value: &Target) -> Fragment {
    match value {
        Target::Nothing => Fragment::new(format!("{column} IS NULL")),
        Target::Number(id) => equals(column, *id),
        Target::Text(name) => {
            let mut test = Fragment::new(format!("{column} IN (SELECT n.id FROM {table} n WHERE "));
            test.append(&records::named("n.name", name)).push(")");
            test
        }
        _ => nothing(),
    }
}

/// Tags: every one of the words in the value.
pub(super) fn tags(table: &str, key: &str, id: &str, value: &Target) -> Fragment {
    let from = format!("SELECT 1 FROM {table} x WHERE x.{key} = {id}");
    let words = match value {
        Target::Nothing => return Fragment::new(format!("NOT EXISTS ({from})")),
        Target::Text(words) => words,
        _ => return nothing(),
    };
    let one = |word: &str| {
        let mut test = Fragment::new(format!("EXISTS ({from} AND "));
        test.append(&text_match("x.tag", &Target::Text(word.to_lowercase()), str::to_owned)).push(")");
        test
    };
    let all: Vec<_> = words.split([' ', ',']).filter(|word| !word.is_empty()).take(MOST_TAGS).map(one).collect();
    join(&all, " AND ", "1 = 0")
}

fn via(value: &Target) -> Fragment {
    let Target::Text(text) = value else { return nothing() };
    let lower = text.to_lowercase();
    let name = match lower.as_str() {
        "mail" => "email",
        "phone" | "voicemail" => "voice",
        other => crate::values::via_named(other).unwrap_or(other),
    };
    equals("t.via", name)
}

fn satisfaction(value: &Target) -> Fragment {
    let Target::Text(text) = value else { return nothing() };
    let lower = text.to_lowercase();
    let mut test = Fragment::new("t.satisfaction IN (");
    match lower.as_str() {
        "good" | "bad" => test.bind_all([lower.clone(), format!("{lower}withcomment")]),
        _ => test.bind(&lower),
    };
    test.push(")");
    test
}

fn attachments(value: &Target) -> Fragment {
    let exists = "EXISTS (SELECT 1 FROM attachments x JOIN comments k ON k.id = x.comment_id WHERE k.ticket_id = t.id)";
    let is_negated = *value == Target::Flag(false);
    Fragment::new(if is_negated { format!("NOT {exists}") } else { exists.to_owned() })
}

fn custom(which: &str, clause: &Clause) -> Fragment {
    let from = format!("SELECT 1 FROM ticket_field_values x WHERE x.ticket_id = t.id{which}");
    if clause.value == Target::Nothing {
        return Fragment::new(format!("NOT EXISTS ({from})"));
    }
    let column = |column: ValueColumn| format!("x.{}", column.name());
    let mut parts = vec![text_match(&column(ValueColumn::Text), &clause.value, str::to_owned)];
    match &clause.value {
        Target::Number(n) => parts.extend(number_parts(clause, *n, &column)),
        Target::Text(text) => parts.extend(word_parts(clause, text, &column)),
        _ => {}
    }
    let mut test = Fragment::new(format!("EXISTS ({from} AND "));
    test.append(&join(&parts, " OR ", "1 = 0")).push(")");
    test
}

fn number_parts(clause: &Clause, n: i64, column: &dyn Fn(ValueColumn) -> String) -> Vec<Fragment> {
    let compare = |column: String, value: Value| {
        let mut test = Fragment::new(format!("{column}{}", clause.comparison.sign()));
        test.bind(value);
        test
    };
    vec![compare(column(ValueColumn::Int), n.into()), compare(column(ValueColumn::Real), (n as f64).into())]
}

fn word_parts(clause: &Clause, text: &str, column: &dyn Fn(ValueColumn) -> String) -> Vec<Fragment> {
    let compare = |column: String, value: Value| {
        let mut test = Fragment::new(format!("{column}{}", clause.comparison.sign()));
        test.bind(value);
        test
    };
    let mut parts = Vec::new();
    if let Ok(x) = text.parse::<f64>() {
        parts.push(compare(column(ValueColumn::Real), x.into()));
    }
    if let Some(flag) = ["false", "true"].iter().position(|name| *name == text) {
        parts.push(equals(&column(ValueColumn::Int), flag));
    }
    if clause.comparison != Comparison::Equal && crate::operand::date(text).is_some() {
        parts.push(compare(column(ValueColumn::Text), text.into()));
    }
    parts
}
