//! People, organizations and groups: found by their names and by their own keywords.
//!
//! Tables: `users(id, name, name_folded, role, external_id, notes, details, created_at, updated_at)`,
//! `user_identities(user_id, kind, value)` (addresses in lower case), `user_tags(user_id, tag)`,
//! `organization_memberships(user_id, organization_id)`, `group_memberships(user_id, group_id)`,
//! `organizations(id, name, external_id, notes, details, created_at, updated_at)`,
//! `organization_tags(organization_id, tag)`, `groups(id, name, created_at, updated_at)`.

use base::Fragment;
use base::text::fold;

use super::sql::{Compiler, column, equals, like, nothing, pattern, record, tags, text_match};
use super::{Clause, Keyword, Kind, Target};
use crate::sql::join;

/// Plain words, asked of a record's names.
pub(super) fn words(kind: Kind, text: &str) -> Fragment {
    match kind {
        Kind::User => {
            let mut parts = vec![begins_a_word("u.name_folded", &fold(text)), identity("u", None, &format!("{text}*"))];
            parts.extend(text.parse::<i64>().map(|id| equals("u.id", id)));
            join(&parts, " OR ", "1 = 0")
        }
        Kind::Organization => begins_a_word("lower(o.name)", &text.to_lowercase()),
        Kind::Group => begins_a_word("lower(g.name)", &text.to_lowercase()),
        Kind::Ticket => nothing(),
    }
}

/// A phrase, asked of a record's names.
pub(super) fn phrase(kind: Kind, text: &str) -> Fragment {
    words(kind, text)
}

/// A record whose name is the text, in any case; a text with `*` fits its beginning.
pub(super) fn named(column: &str, text: &str) -> Fragment {
    let lower = format!("lower({column})");
    if text.contains('*') {
        return like(&lower, &pattern(&text.to_lowercase()));
    }
    join(&[equals(column, text), equals(&lower, text.to_lowercase())], " OR ", "1 = 0")
}

/// A person with that address, or whose name has these words.
pub(super) fn person_named(alias: &str, text: &str) -> Fragment {
    if text.contains('@') {
        return identity(alias, Some("email"), text);
    }
    begins_a_word(&format!("{alias}.name_folded"), &fold(text))
}

/// A clause about a person, organization or group.
pub(super) fn clause(kind: Kind, clause: &Clause, compiler: &Compiler) -> Fragment {
    match kind {
        Kind::User => user(clause, compiler),
        Kind::Organization => organization(clause),
        Kind::Group => group(clause),
        Kind::Ticket => nothing(),
    }
}

fn user(clause: &Clause, compiler: &Compiler) -> Fragment {
    let value = &clause.value;
    match clause.keyword {
        Keyword::Id => compiler.person("u.id", value),
        Keyword::Name => name("u.name_folded", value, fold),
        Keyword::Email => of_text(value, |text| identity("u", Some("email"), text)),
        Keyword::Phone => of_text(value, |text| identity("u", Some("phone_number"), text)),
        Keyword::Role => text_match("u.role", value, str::to_lowercase),
        Keyword::Organization => member("organization_memberships", "organization_id", "organizations", value),
        Keyword::Group => member("group_memberships", "group_id", "groups", value),
        Keyword::Tags => tags("user_tags", "user_id", "u.id", value),
        Keyword::Created => column("u.created_at", clause),
        Keyword::Updated => column("u.updated_at", clause),
        Keyword::ExternalId => text_match("u.external_id", value, str::to_owned),
        Keyword::Notes => name("lower(u.notes)", value, str::to_lowercase),
        Keyword::Details => name("lower(u.details)", value, str::to_lowercase),
        _ => nothing(),
    }
}

fn organization(clause: &Clause) -> Fragment {
    let value = &clause.value;
    match clause.keyword {
        Keyword::Id => column("o.id", clause),
        Keyword::Name | Keyword::Organization => name("lower(o.name)", value, str::to_lowercase),
        Keyword::Tags => tags("organization_tags", "organization_id", "o.id", value),
        Keyword::Created => column("o.created_at", clause),
        Keyword::Updated => column("o.updated_at", clause),
        Keyword::ExternalId => text_match("o.external_id", value, str::to_owned),
        Keyword::Notes => name("lower(o.notes)", value, str::to_lowercase),
        Keyword::Details => name("lower(o.details)", value, str::to_lowercase),
        _ => nothing(),
    }
}

fn group(clause: &Clause) -> Fragment {
    match clause.keyword {
        Keyword::Id => column("g.id", clause),
        Keyword::Name | Keyword::Group => name("lower(g.name)", &clause.value, str::to_lowercase),
        Keyword::Created => column("g.created_at", clause),
        Keyword::Updated => column("g.updated_at", clause),
        _ => nothing(),
    }
}

fn of_text(value: &Target, test: impl Fn(&str) -> Fragment) -> Fragment {
    match value {
        Target::Text(text) => test(text),
        _ => nothing(),
    }
}

fn name(column: &str, value: &Target, prepare: fn(&str) -> String) -> Fragment {
    of_text(value, |text| begins_a_word(column, &prepare(text)))
}

/// The text stands in the column where a word begins.
fn begins_a_word(column: &str, text: &str) -> Fragment {
    like(&format!("(' ' || {column})"), &format!("% {}%", pattern(text.trim_end_matches('*'))))
}

fn identity(alias: &str, kind: Option<&str>, text: &str) -> Fragment {
    let mut test = Fragment::new(format!("{alias}.id IN (SELECT i.user_id FROM user_identities i WHERE "));
    if let Some(kind) = kind {
        test.append(&equals("i.kind", kind)).push(" AND ");
    }
    test.append(&text_match("i.value", &Target::Text(text.to_lowercase()), str::to_owned)).push(")");
    test
}

fn member(table: &str, key: &str, records: &str, value: &Target) -> Fragment {
    let from = format!("SELECT 1 FROM {table} m WHERE m.user_id = u.id");
    if *value == Target::Nothing {
        return Fragment::new(format!("NOT EXISTS ({from})"));
    }
    let mut test = Fragment::new(format!("EXISTS ({from} AND "));
    test.append(&record(&format!("m.{key}"), records, value)).push(")");
    test
}
