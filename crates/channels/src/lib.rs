//! The ways by which people reach the desk, and by which the desk answers.
//!
//! | module | holds |
//! |---|---|
//! | [`channel`] | the trait [`Channel`], and the reaction that hands comments to the channels |
//! | [`email`] | e-mail: SMTP and IMAP in, a relay out |
//! | [`side`] | side conversations: mail with others about a ticket |
//! | [`voice`] | calls that another program reports |
//! | `http` | the routes of its admin pages |
//!
//! Invariants: a message is stored durably, under a unique external id, before its sender is told that it was taken. It
//! has its effect once. A mail that goes out is composed once, and each attempt sends the same bytes under the same
//! Message-ID. Nothing here asks which channel something is: each channel answers for itself.

pub mod channel;
pub mod email;
mod http;
pub mod side;
pub mod voice;

pub use channel::{Channel, Channels, deliver};
pub use email::{Email, EmailOptions};
pub use http::routes;

use kernel::AppBuilder;

/// Adds the channels to an app that is being put together: their parts, their job kinds, and the desk's letters.
/// Beside this, wiring puts [`deliver`] last among the [`tickets::Reactions`].
pub fn wire(app: AppBuilder, options: EmailOptions) -> AppBuilder {
    app.part(Email::new(options))
        .part(Channels(vec![Box::new(email::outbound::EmailChannel)]))
        .part(people::Letters(email::letters::write))
        .part(tickets::redact::Forget(email::forget::forget))
        .part(tickets::Notices(email::notices::write))
        .part(tickets::requests::Doubts(email::submission::keep_out))
        .job::<email::ingest::Ingest>()
        .job::<email::send::Send>()
        .job::<email::cleanup::Cleanup>()
}
