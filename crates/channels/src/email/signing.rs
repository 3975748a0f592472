//! What proves that an address or a Message-ID is of our making.

use base::{OutboundId, TicketId};
use kernel::App;
use mail::thread::{self, Key};

use super::outbound::OutboundKind;

/// The key of addresses and Message-IDs.
pub(crate) fn key(app: &App) -> Key {
    Key::new(&app.secrets().derive("mail threading"))
}

/// The mark that our own mail carries, so that it is recognised when it comes back in a loop.
pub(crate) fn loop_mark(app: &App) -> String {
    kernel::secrets::hex(&app.secrets().derive("mail loop mark")[..12])
}

/// The domain of an address.
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}

/// The Message-ID of an outgoing mail.
pub(crate) fn message_id(app: &App, kind: OutboundKind, id: OutboundId, sender: &str) -> String {
    thread::message_id(&key(app), kind.name(), id.0, domain(sender))
}

/// The address that answers go to.
pub(crate) fn reply_address(app: &App, ticket: TicketId, sender: &str) -> String {
    thread::reply_address(&key(app), ticket.0, sender)
}

/// The return path of an outgoing mail: reports that it could not be delivered name it.
pub(crate) fn return_path(app: &App, id: OutboundId, sender: &str) -> String {
    let (local, domain) = sender.rsplit_once('@').unwrap_or((sender, ""));
    let mac = thread::sign(&key(app), &path_text(id.0));
    format!("{local}+b.{id}.{mac}@{domain}")
}

/// The outgoing mail that a return path names.
pub(crate) fn outbound_of_path(app: &App, address: &str) -> Option<OutboundId> {
    let (local, _) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    let (_, token) = local.rsplit_once('+')?;
    let mut parts = token.split('.');
    let (mark, number, mac) = (parts.next()?, parts.next()?, parts.next()?);
    let id: i64 = number.parse().ok().filter(|id: &i64| *id > 0)?;
    let good = mark.eq_ignore_ascii_case("b") && thread::verify(&key(app), &path_text(id), mac);
    good.then_some(OutboundId(id))
}

fn path_text(id: i64) -> String {
    format!("return-path:{id}")
}
