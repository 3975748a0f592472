//! From text to [`Query`]. Nothing fails: what can't be read becomes plain words, or a problem beside the result.

use base::FieldProblem;

use super::value::{read_value, ticket_type};
use super::{Clause, Comparison, KEYWORDS, Keyword, Kind, Node, Part, Query, Sort, SortBy, Target};
use crate::context::Context;

/// Longer queries are cut, in characters, and so are those of more parts: databases bound the depth of expressions.
const LONGEST_QUERY: usize = 1_000;
const MOST_PARTS: usize = 100;

/// Reads a query. Times such as `4hours` are counted back from the context's now. Problems name the keyword whose
/// value can't be read; such a clause is met by nothing.
pub fn parse(text: &str, context: &Context) -> (Query, Vec<FieldProblem>) {
    let cut: String = text.chars().take(LONGEST_QUERY).collect();
    let mut reader = Reader { context, query: Query::default(), problems: Vec::new() };
    for token in tokens(&cut).into_iter().take(MOST_PARTS) {
        reader.take(token);
    }
    (reader.query, reader.problems)
}

/// One blank-separated piece of a query.
struct Token {
    negated: bool,
    keyword: Option<(String, Comparison)>,
    value: String,
    quoted: bool,
}

struct Reader<'a> {
    context: &'a Context,
    query: Query,
    problems: Vec<FieldProblem>,
}

impl Reader<'_> {
    fn take(&mut self, token: Token) {
        let Some((name, comparison)) = token.keyword else {
            return self.take_words(token);
        };
        let lower = name.to_lowercase();
        match lower.as_str() {
            "type" => self.take_type(&token.value, token.negated),
            "order_by" | "sort_by" => self.take_order(&token.value),
            "sort" | "sort_order" => self.take_direction(&token.value),
            _ => match keyword(&lower) {
                Some(keyword) => self.take_clause(&lower, keyword, comparison, &token.value, token.negated),
                None => self.take_text(token.negated, Node::Words(format!("{name} {}", token.value))),
            },
        }
    }

    fn take_words(&mut self, token: Token) {
        let id = token.value.strip_prefix('#').and_then(|digits| digits.parse().ok());
        if let (Some(id), false) = (id, token.quoted) {
            let clause = Clause { keyword: Keyword::Id, comparison: Comparison::Equal, value: Target::Number(id) };
            return self.push(token.negated, Node::Any(vec![clause]));
        }
        let node = if token.quoted { Node::Phrase(token.value) } else { Node::Words(token.value) };
        self.take_text(token.negated, node);
    }

    /// Signs without a letter or digit ask for nothing.
    fn take_text(&mut self, negated: bool, node: Node) {
        if let Node::Words(text) | Node::Phrase(text) = &node
            && !base::text::query_terms(text).is_empty()
        {
            self.push(negated, node);
        }
    }

    fn take_type(&mut self, value: &str, negated: bool) {
        let name = value.to_lowercase();
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) {
            if negated {
                let all = self.query.kinds();
                self.query.kinds = all.into_iter().filter(|other| *other != kind).collect();
            } else if !self.query.kinds.contains(&kind) {
                self.query.kinds.push(kind);
            }
            return;
        }
        if ticket_type(&name).is_some() && !self.query.kinds.contains(&Kind::Ticket) {
            self.query.kinds.push(Kind::Ticket);
        }
        self.take_clause("type", Keyword::TicketType, Comparison::Equal, value, negated);
    }

    fn take_order(&mut self, value: &str) {
        match SortBy::parse(&value.to_lowercase()) {
            Some(by) => {
                let descending = self.query.sort.is_none_or(|sort| sort.descending);
                self.query.sort = Some(Sort { by, descending });
            }
            None => self.problem("order_by", value),
        }
    }

    fn take_direction(&mut self, value: &str) {
        let descending = match value.to_lowercase().as_str() {
            "asc" | "ascending" => false,
            "desc" | "descending" => true,
            _ => return self.problem("sort", value),
        };
        let by = self.query.sort.map_or(SortBy::Relevance, |sort| sort.by);
        self.query.sort = Some(Sort { by, descending });
    }

    fn take_clause(&mut self, name: &str, keyword: Keyword, comparison: Comparison, value: &str, negated: bool) {
        let target = read_value(keyword, comparison, value, self.context);
        if target == Target::Unreadable {
            self.problem(name, value);
        }
        let clause = Clause { keyword, comparison, value: target };
        let joins = !negated && comparison == Comparison::Equal;
        let same = self.query.parts.iter_mut().find_map(|part| match &mut part.node {
            Node::Any(clauses) if joins && !part.negated && alike(clauses, keyword) => Some(clauses),
            _ => None,
        });
        match same {
            Some(clauses) => clauses.push(clause),
            None => self.push(negated, Node::Any(vec![clause])),
        }
    }

    fn push(&mut self, negated: bool, node: Node) {
        self.query.parts.push(Part { negated, node });
    }

    fn problem(&mut self, name: &str, value: &str) {
        self.problems.push(FieldProblem {
            field: name.to_owned(),
            code: "InvalidValue",
            message: format!("{name} can't be {value:?}"),
        });
    }
}

fn alike(clauses: &[Clause], keyword: Keyword) -> bool {
    clauses.iter().all(|clause| clause.keyword == keyword && clause.comparison == Comparison::Equal)
}

fn keyword(name: &str) -> Option<Keyword> {
    let custom = ["custom_field_", "custom_fields_", "ticket_field_"].iter().find_map(|p| name.strip_prefix(p));
    if let Some(digits) = custom {
        return digits.parse().ok().map(Keyword::Custom);
    }
    KEYWORDS.iter().find(|(known, _)| *known == name).map(|(_, keyword)| *keyword)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, after) = token(rest);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

/// The first token of a text that begins with no blank, and what follows it.
fn token(text: &str) -> (Token, &str) {
    let (negated, text) = match text.strip_prefix('-') {
        Some(rest) if rest.chars().next().is_some_and(|c| !c.is_whitespace()) => (true, rest),
        _ => (false, text),
    };
    let name_length = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let (name, after_name) = text.split_at(name_length);
    let sign = if name.is_empty() { None } else { sign(after_name) };
    let (keyword, body) = match sign {
        Some((comparison, length)) => (Some((name.to_owned(), comparison)), &after_name[length..]),
        None => (None, text),
    };
    let (value, quoted, rest) = value(body);
    (Token { negated, keyword, value, quoted }, rest)
}

fn sign(text: &str) -> Option<(Comparison, usize)> {
    let signs = [
        (":<=", Comparison::LessEqual),
        (":>=", Comparison::GreaterEqual),
        (":<", Comparison::Less),
        (":>", Comparison::Greater),
        ("<=", Comparison::LessEqual),
        (">=", Comparison::GreaterEqual),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
        (":", Comparison::Equal),
    ];
    signs.iter().find(|(sign, _)| text.starts_with(sign)).map(|(sign, comparison)| (*comparison, sign.len()))
}

fn value(text: &str) -> (String, bool, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = quoted.find('"').unwrap_or(quoted.len());
        let rest = quoted[end..].strip_prefix('"').unwrap_or_default();
        return (quoted[..end].trim().to_owned(), true, rest);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (text[..end].to_owned(), false, &text[end..])
}
