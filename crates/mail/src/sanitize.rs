//! HTML of strangers -> HTML that is safe to show, and the ways between HTML and text.

mod clean;
mod render;

pub use clean::{Sanitized, sanitize};
pub use render::{html_to_text, text_to_html};
