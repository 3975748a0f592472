//! Texts that users read stand in the catalogues, never in templates.

use super::Finding;
use super::source::{Kind, Source};

const ATTRIBUTES: [&str; 9] =
    ["placeholder", "title", "label", "aria-label", "alt", "description", "text", "confirm-label", "hint"];

/// Names and keys that are the same in every language, and elements that hold such.
const SAME_EVERYWHERE: [&str; 8] = ["Tugi", "Ctrl", "Esc", "Enter", "Alt", "Shift", "Tab", "K"];
const KEYS: [&str; 3] = ["kbd", "UKbd", "code"];

/// Letters in the text or in a spoken attribute of a Vue template.
pub fn texts_outside_catalogues(source: &Source) -> Vec<Finding> {
    if source.kind != Kind::Component || source.is_test(1) {
        return Vec::new();
    }
    let fix = "put the text into every file of locales/ and write {{ t('...') }} or :attribute=\"t('...')\"";
    let mut found = Vec::new();
    for (line, text) in texts(&source.lines.join("\n")) {
        let problem = format!("text for users in a template: \"{}\"", text.trim());
        found.push(Finding::new(&source.path, line, problem, fix));
    }
    found
}

/// Texts with letters in the component's template, each with its line.
fn texts(component: &str) -> Vec<(usize, String)> {
    let Some(start) = component.find("<template") else { return Vec::new() };
    let end = component.rfind("</template>").unwrap_or(component.len());
    let mut found = Vec::new();
    let mut at = start;
    let mut element = String::new();
    while at < end {
        let rest = &component[at..end];
        let line = component[..at].matches('\n').count() + 1;
        if rest.starts_with("<!--") {
            at += rest.find("-->").map_or(rest.len(), |i| i + 3);
        } else if rest.starts_with('<') {
            let length = tag_length(rest);
            let tag = &rest[..length];
            element = tag.trim_start_matches(['<', '/']).chars().take_while(|c| c.is_alphanumeric()).collect();
            found.extend(spoken_attributes(tag).into_iter().map(|text| (line, text)));
            at += length;
        } else {
            let length = text_length(rest);
            let text = without_expressions(&rest[..length]);
            if says_something(&text) && !KEYS.contains(&element.as_str()) {
                let lead = rest[..length].len() - rest[..length].trim_start().len();
                found.push((line + rest[..lead].matches('\n').count(), text));
            }
            at += length;
        }
    }
    found
}

/// The length of the text before the next tag; expressions may hold `<`.
fn text_length(rest: &str) -> usize {
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("{{") {
            at += rest[at..].find("}}").map_or(rest.len() - at, |i| i + 2);
        } else if rest[at..].starts_with('<') {
            break;
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of the tag at the start, attributes with `>` in quotes included.
fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '>') => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Values of plain (unbound) attributes that are shown or read aloud.
fn spoken_attributes(tag: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in ATTRIBUTES {
        for (at, _) in tag.match_indices(&format!("{name}=\"")) {
            let plain = tag[..at].ends_with(char::is_whitespace);
            let value = tag[at + name.len() + 2..].split('"').next().unwrap_or_default();
            if plain && says_something(value) {
                found.push(value.to_string());
            }
        }
    }
    found
}

fn without_expressions(text: &str) -> String {
    let mut left = text;
    let mut out = String::new();
    while let Some(open) = left.find("{{") {
        out.push_str(&left[..open]);
        left = left[open..].split_once("}}").map_or("", |(_, after)| after);
    }
    out + left
}

fn says_something(text: &str) -> bool {
    let entities = ["&nbsp;", "&middot;", "&times;", "&hellip;", "&lt;", "&gt;", "&amp;"];
    let text = entities.iter().fold(text.to_string(), |text, entity| text.replace(entity, " "));
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.any(|word| !SAME_EVERYWHERE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(template: &str) -> Vec<usize> {
        let component =
            format!("<script setup lang=\"ts\">\nconst a = 'x'\n</script>\n<template>\n{template}\n</template>\n");
        let source = Source::new("web/agent/src/A.vue", &component).unwrap();
        texts_outside_catalogues(&source).iter().map(|f| f.line).collect()
    }

    #[test]
    fn plain_text_and_spoken_attributes_are_found() {
        assert_eq!(found("<p>\n  Save {{ name }}\n</p>"), [6]);
        assert_eq!(found("<UInput placeholder=\"Search\" />"), [5]);
    }

    #[test]
    fn texts_from_the_catalogue_and_marks_are_fine() {
        let fine = [
            "<p :title=\"t('a')\" class=\"text-sm\">{{ a < b ? t('save') : 1 }} · #{{ id }}</p>",
            "<!-- a comment --><UKbd>Ctrl</UKbd><kbd>k</kbd><b v-if=\"a > b\">&nbsp;</b>",
            "<h1>Tugi</h1><i icon-label=\"Search\" />",
        ];
        for template in fine {
            assert_eq!(found(template), Vec::<usize>::new(), "{template}");
        }
    }
}
