//! The routes of mail's admin pages.

use kernel::http::Routes;
use kernel::live::Renderers;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
}

/// The renderers of what changes on these pages.
pub fn renderers(renderers: Renderers) -> Renderers {
    renderers
}
