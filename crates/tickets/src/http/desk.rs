//! Ticket fields, forms, brands, custom statuses and the desk's settings, in Zendesk's shapes.

mod brands;
mod fields;
mod form_statuses;
pub(in crate::http) mod forms;
mod settings;
mod statuses;

use kernel::http::{Created, Routes};
use serde_json::Value;

pub(super) fn routes() -> Routes {
    fields::routes()
        .merge(forms::routes())
        .merge(brands::routes())
        .merge(statuses::routes())
        .merge(settings::routes())
        .merge(form_statuses::routes())
}

/// What answers the making of a record: its JSON under its name, and where it is found.
fn made(answer: Value, name: &str) -> Created<Value> {
    let place = answer[name]["url"].as_str().unwrap_or_default().to_owned();
    Created(place, answer)
}
