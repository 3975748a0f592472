//! The one full-text analyser, and cutting of text.
//!
//! The same words come out of it on both databases, since neither database analyses text itself: SQLite's FTS5 and
//! PostgreSQL's `tsvector` are given what [`index_terms`] yields, and are asked for what [`query_terms`] yields.
//!
//! A word is indexed as itself and as its stems in the languages of its script (English, Estonian and Finnish for
//! Latin letters, Russian for Cyrillic), folded to lower case without diacritics. So no language has to be guessed:
//! a query word finds a text when any of its stems is among the text's.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

/// Words longer than this (in characters) are cut: they are encoded data, not words.
const LONGEST_WORD: usize = 40;

/// One word of a query: it is found when any of `alternatives` is, or when an indexed word begins with `prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryTerm {
    /// Stems of the word, folded.
    pub alternatives: Vec<String>,
    /// The folded beginning of a word, when the query asked for one by `*`.
    pub prefix: Option<String>,
}

/// How many words each thread keeps the terms of.
const WORDS_KEPT: usize = 10_000;

thread_local! {
    static SEEN: RefCell<HashMap<String, Vec<String>>> = RefCell::default();
    static STEMMERS: RefCell<[Stemmer; 4]> = RefCell::new([
        Stemmer::new(Algorithm::English),
        Stemmer::new(Algorithm::Estonian),
        Stemmer::new(Algorithm::Finnish),
        Stemmer::new(Algorithm::Russian),
    ]);
}

/// The distinct terms under which a text is found, sorted.
pub fn index_terms(text: &str) -> BTreeSet<String> {
    let words: BTreeSet<String> = words(text).collect();
    let mut terms = BTreeSet::new();
    for word in words {
        let seen = SEEN.with_borrow(|seen| seen.get(&word).cloned());
        terms.extend(seen.unwrap_or_else(|| remember(word)));
    }
    terms
}

/// The terms of one word, kept for the next text: a few thousand words make up most of what people write.
fn remember(word: String) -> Vec<String> {
    let mut terms = stems(&word);
    terms.extend(term(&word));
    let terms: Vec<_> = terms.into_iter().collect();
    SEEN.with_borrow_mut(|seen| {
        if seen.len() >= WORDS_KEPT {
            seen.clear();
        }
        seen.insert(word, terms.clone());
    });
    terms
}

/// [`index_terms`] joined by spaces, which is what both databases store.
pub fn index_text(text: &str) -> String {
    index_terms(text).into_iter().collect::<Vec<_>>().join(" ")
}

/// What to look for, one entry a word. A `*` right after a word asks for its beginning.
pub fn query_terms(query: &str) -> Vec<QueryTerm> {
    let mut terms = Vec::new();
    for part in query.split_whitespace() {
        let prefix = part.ends_with('*');
        let all: Vec<_> = words(part).collect();
        let last = all.len().saturating_sub(1);
        for (i, word) in all.iter().enumerate() {
            if prefix && i == last {
                terms.push(QueryTerm { alternatives: Vec::new(), prefix: term(word) });
            } else {
                terms.push(QueryTerm { alternatives: stems(word).into_iter().collect(), prefix: None });
            }
        }
    }
    terms
}

/// Lower case without diacritics (`Küsimus` becomes `kusimus`; й and ё become и and е).
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// At most `limit` characters of `text`, on one line, cut after a word, with an ellipsis when something was cut.
pub fn excerpt(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(limit) else { return line };
    // One character less, for the ellipsis.
    let room = line[..end].char_indices().next_back().map_or("", |(last, _)| &line[..last]);
    let whole = line[room.len()..].starts_with(' ');
    let cut = if whole { room } else { room.rsplit_once(' ').map_or(room, |(words, _)| words) };
    format!("{cut}…")
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c))
        .filter(|word| !word.is_empty())
        .map(|word| match word.is_ascii() {
            true => word[..word.len().min(LONGEST_WORD)].to_ascii_lowercase(),
            false => word.nfc().flat_map(char::to_lowercase).take(LONGEST_WORD).collect(),
        })
}

fn stems(word: &str) -> BTreeSet<String> {
    let range = if word.chars().any(|c| matches!(c, '\u{400}'..='\u{4ff}')) {
        3..4
    } else if word.chars().any(char::is_alphabetic) {
        0..3
    } else {
        return term(word).into_iter().collect();
    };
    STEMMERS.with_borrow(|stemmers| stemmers[range].iter().filter_map(|stemmer| term(&stemmer.stem(word))).collect())
}

/// A folded word, of letters and digits alone: folding makes signs of some letters (¾ becomes 3, a slash and 4).
fn term(word: &str) -> Option<String> {
    let mut folded = fold(word);
    folded.retain(char::is_alphanumeric);
    (!folded.is_empty()).then_some(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(text: &str, query: &str) -> bool {
        let index = index_terms(text);
        query_terms(query).iter().all(|term| match &term.prefix {
            Some(prefix) => index.iter().any(|word| word.starts_with(prefix.as_str())),
            None => term.alternatives.iter().any(|stem| index.contains(stem)),
        })
    }

    #[test]
    fn inflected_words_are_found_in_each_language() {
        assert!(finds("The printers are burning", "printer burn"));
        assert!(finds("Arvega on probleeme, palun saatke uued arved", "arve"));
        assert!(finds("Laskuista puuttuu viitenumero", "lasku"));
        assert!(finds("Письма не доходят до клиентов", "письмо клиент"));
        assert!(!finds("The printers are burning", "invoice"));
    }

    #[test]
    fn diacritics_and_case_do_not_matter() {
        assert!(finds("Küsimus ÕIGUSTE kohta", "kusimus"));
        assert!(finds("ЁЛКА", "елка"));
    }

    #[test]
    fn a_star_asks_for_the_beginning_of_a_word() {
        assert!(finds("domeeniregistreerimine", "domeen*"));
        assert!(!finds("domeeniregistreerimine", "omeen*"));
    }

    #[test]
    fn an_excerpt_is_one_line_and_ends_at_a_word() {
        assert_eq!(excerpt("one\n two   three", 50), "one two three");
        assert_eq!(excerpt("one two three", 8), "one two…");
        assert_eq!(excerpt("one two three", 7), "one…");
        assert_eq!(excerpt("abcdefghij", 5), "abcd…");
        assert_eq!(excerpt("õun ja pirn", 11), "õun ja pirn");
    }
}
