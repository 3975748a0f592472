//! Placeholders such as `{{ticket.id}}`: [Liquid](https://shopify.github.io/liquid/), with Zendesk's names.

use base::{Error, Result};
pub use liquid::Object;
use liquid::Parser;
pub use liquid::model::Value;

/// Puts a value under a dotted name.
pub fn put(object: &mut Object, name: &str, value: Value) {
    let Some((head, rest)) = name.split_once('.') else {
        object.insert(name.to_owned().into(), value);
        return;
    };
    let inner = object.entry(head.to_owned()).or_insert_with(|| Value::Object(Object::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

/// Fills the placeholders of a text. One that is unknown stays empty, as in Zendesk's mails.
///
/// # Errors
/// `Invalid` that names the part and says what is wrong with it.
pub fn fill(part: &str, source: &str, known: &Object) -> Result<String> {
    let template = parser()?.parse(source).map_err(|cause| wrong(part, &cause))?;
    let mut object = known.clone();
    // Liquid fails on names that it doesn't know; Zendesk leaves them empty.
    for name in names_in(source) {
        put_missing(&mut object, name);
    }
    template.render(&object).map_err(|cause| wrong(part, &cause))
}

/// Fails when a text can't be filled whatever there is.
///
/// # Errors
/// As [`fill`].
pub fn check(part: &str, source: &str) -> Result<()> {
    parser()?.parse(source).map(drop).map_err(|cause| wrong(part, &cause))
}

fn parser() -> Result<Parser> {
    liquid::ParserBuilder::with_stdlib().build().map_err(Error::internal)
}

fn wrong(part: &str, cause: &liquid::Error) -> Error {
    let first = cause.to_string().lines().next().unwrap_or_default().to_owned();
    Error::invalid(part, "InvalidValue", format!("{part}: {first}"))
}

/// The dotted names between `{{ }}` and `{% %}`.
fn names_in(source: &str) -> impl Iterator<Item = &str> {
    let inner = source.split('{').skip(1).filter(|part| !part.is_empty()).filter_map(|part| part.split('}').next());
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let names = inner.flat_map(move |part| part.split(word));
    names.filter(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.ends_with('.') && !name.contains("..")
    })
}

fn put_missing(object: &mut Object, name: &str) {
    match name.split_once('.') {
        None => drop(object.entry(name.to_owned()).or_insert(Value::Nil)),
        Some((head, rest)) => {
            let inner = object.entry(head.to_owned()).or_insert_with(|| Value::Object(Object::new()));
            if let Value::Object(inner) = inner {
                put_missing(inner, rest);
            }
        }
    }
}
