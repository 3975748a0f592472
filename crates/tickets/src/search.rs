//! Search: Zendesk's query language over tickets, people, organizations and groups.

use base::text::{QueryTerm, query_terms};
use base::{Actor, Fragment, Permission, Result, TicketAccess};
use db::{Dialect, fulltext};
use kernel::Tx;
use rules::search::{Kind, Node, Part, Query, SortBy, parse, to_sql};
use rules::{FullText, TextScope};

use crate::listing::{Listing, Sort};
use crate::store::tickets::First;
use crate::{access, store, views};

/// The most words of a customer's search.
const MOST_WORDS: usize = 20;

/// How far the hits of words alone are counted, and those of words with conditions, for which each ticket is read.
const MOST_COUNTED: i64 = 10_000;
const MOST_COUNTED_WITH_CONDITIONS: i64 = 1_000;

/// The ticket index, of either database.
pub(crate) struct Index(pub Dialect);

impl FullText for Index {
    fn matches(&self, scope: TextScope, terms: &[QueryTerm], phrase: Option<&str>) -> Fragment {
        let Some(inside) = fulltext::matching(self.0, "ticket_text", terms) else { return Fragment::new("1 = 0") };
        let mut sql = Fragment::new("(t.id IN (");
        sql.append(&inside).push(")");
        // The index holds a ticket's words without their places: a part of it, or words in a row, are looked at again.
        let words: Vec<String> = match phrase {
            Some(phrase) => vec![rules::word_run(phrase)],
            None if scope == TextScope::Any => Vec::new(),
            None => terms.iter().filter_map(shortest).collect(),
        };
        for word in words {
            sql.push(" AND ").append(&contains(scope, &word));
        }
        sql.push(")");
        sql
    }
}

/// The beginning that all forms of the word share, as far as a stem tells.
fn shortest(term: &QueryTerm) -> Option<String> {
    term.prefix.clone().or_else(|| term.alternatives.iter().min_by_key(|word| word.len()).cloned())
}

/// An expression that is true when a text of the ticket contains the word, in lower case as the database knows it.
fn contains(scope: TextScope, word: &str) -> Fragment {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = format!("%{}%", escaped.replace(' ', "%"));
    let mut sql = Fragment::new("(");
    let like = |sql: &mut Fragment, column: &str| {
        sql.push(&format!("LOWER({column}) LIKE ")).bind(pattern.as_str()).push(" ESCAPE '\\'");
    };
    if matches!(scope, TextScope::Any | TextScope::Subject) {
        like(&mut sql, "t.subject");
    }
    if scope == TextScope::Description {
        like(&mut sql, "t.description");
    }
    if matches!(scope, TextScope::Any | TextScope::Comment) {
        sql.push(if scope == TextScope::Any { " OR " } else { "" });
        sql.push("EXISTS (SELECT 1 FROM comments tc WHERE tc.ticket_id = t.id AND ");
        like(&mut sql, "tc.body");
        sql.push(")");
    }
    sql.push(")");
    sql
}

/// An expression over `t` that is true where every word of a text stands in the subject or in a public comment: what
/// customers search by, who must not learn from the hits what the desk keeps to itself.
pub(crate) fn in_public(text: &str) -> Fragment {
    let mut sql = Fragment::new("1 = 1");
    for word in text.split_whitespace().take(MOST_WORDS).map(|word| word.trim_matches(['"', '*']).to_lowercase()) {
        let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = format!("%{escaped}%");
        sql.push(" AND (LOWER(t.subject) LIKE ").bind(pattern.as_str()).push(" ESCAPE '\\' OR EXISTS ");
        sql.push("(SELECT 1 FROM comments pc WHERE pc.ticket_id = t.id AND pc.public AND LOWER(pc.body) LIKE ");
        sql.bind(pattern.as_str()).push(" ESCAPE '\\'))");
    }
    sql
}

/// An expression over `t` that is true where every word of a text stands in the subject.
pub(crate) fn in_subject(text: &str) -> Fragment {
    let mut sql = Fragment::new("1 = 1");
    for word in text.split_whitespace().take(MOST_WORDS) {
        sql.push(" AND ").append(&contains(TextScope::Subject, &word.to_lowercase()));
    }
    sql
}

/// A query that was read for somebody.
pub(crate) struct Search {
    pub query: Query,
    context: rules::Context,
}

/// Reads a query. What can't be understood is taken as plain words.
pub(crate) fn read(tx: &mut Tx<'_>, actor: &Actor, text: &str) -> Result<Search> {
    let context = views::context(tx, actor)?;
    let (query, _) = parse(text, &context);
    Ok(Search { query, context })
}

impl Search {
    /// The tickets that it finds, in the order asked for by the query itself or by the request.
    pub fn tickets(&self, dialect: Dialect, actor: &Actor, order: Option<(&str, bool)>) -> Result<Listing> {
        let mut filter = access::visible_to(actor);
        let (text, rest) = self.split(dialect);
        filter.push(" AND ").append(&to_sql(&rest, Kind::Ticket, &self.context, &Index(dialect)));
        let asked = order.filter(|(name, _)| *name != "relevance");
        let own = self.query.sort.and_then(|sort| match sort.by {
            SortBy::Relevance => None,
            by => Sort::parse(by.column().unwrap_or("updated_at"), sort.descending),
        });
        let sort = match own {
            Some(sort) => sort,
            // Newest first stands for relevance: ranking every hit of a common word costs too much.
            None => Sort::asked(asked, Sort::parse("id", true).unwrap_or_else(Sort::newest))?,
        };
        let mut listing = Listing::new(filter, sort);
        listing.selection.first = text.map(First::text);
        Ok(listing)
    }

    /// How many tickets it finds, counted no further than it stays quick.
    pub fn count_tickets(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<i64> {
        match self.split(tx.dialect()) {
            (Some(text), rest) if rest.parts.is_empty() && actor.tickets == TicketAccess::All => {
                store::tickets::count_text(tx, &text, MOST_COUNTED)
            }
            _ => self.tickets(tx.dialect(), actor, None)?.count(tx, MOST_COUNTED_WITH_CONDITIONS),
        }
    }

    /// The words that must be there, for the full-text index, and what else the query asks for.
    fn split(&self, dialect: Dialect) -> (Option<Fragment>, Query) {
        // A number may be a ticket's own, which the index doesn't hold.
        let plain = |part: &Part| match &part.node {
            Node::Words(text) if !part.negated && text.parse::<i64>().is_err() => query_terms(text),
            _ => Vec::new(),
        };
        let terms: Vec<_> = self.query.parts.iter().flat_map(plain).collect();
        let text = fulltext::holding(dialect, "ticket_text", &terms);
        let mut rest = self.query.clone();
        rest.parts.retain(|part| plain(part).is_empty());
        (text, rest)
    }

    /// Whether this kind of record is looked for, and the actor may find it.
    pub fn wants(&self, actor: &Actor, kind: Kind) -> bool {
        let allowed = kind == Kind::Ticket || actor.may(Permission::PeopleRead);
        allowed && self.query.kinds().contains(&kind)
    }

    /// How many people, organizations or groups it finds.
    pub fn count_records(&self, tx: &mut Tx<'_>, kind: Kind) -> Result<usize> {
        Ok(self.records(tx, kind, None, i64::from(i32::MAX))?.len())
    }

    /// The numbers of the people, organizations or groups that it finds, newest first, below `below`.
    pub fn records(&self, tx: &mut Tx<'_>, kind: Kind, below: Option<i64>, limit: i64) -> Result<Vec<i64>> {
        let filter = to_sql(&self.query, kind, &self.context, &Index(tx.dialect()));
        store::lists::found(tx, kind, &filter, below, limit)
    }
}
