//! Mails that hold what was blackened in a comment: their contents go, as they came and as they went.

use base::Result;
use kernel::{Staged, Tx, blobs};
use tickets::redact::Forgotten;

use super::outbound::State;
use super::store;

/// What stands in the place of a mail whose content was deleted.
const GONE: &[u8] = b"Subject: (redacted)\r\n\r\nThe content of this message was deleted.\r\n";

/// The [`tickets::redact::Forget`] of the desk. A mail that waits to be sent is composed anew.
pub fn forget(tx: &mut Tx<'_>, forgotten: &Forgotten) -> Result<()> {
    for id in &forgotten.inbound {
        let inbound = match store::inbound::get(tx, *id) {
            Ok(inbound) => inbound,
            Err(base::Error::NotFound) => continue,
            Err(cause) => return Err(cause),
        };
        let blank = Staged::of(tx.app(), GONE)?.keep(tx)?;
        store::inbound::replace_content(tx, *id, &blank, GONE.len() as i64)?;
        blobs::delete(tx, &inbound.blob_key)?;
    }
    for (id, blob) in store::outbound::contents_of(tx, forgotten.ticket)? {
        store::outbound::drop_content(tx, id)?;
        blobs::delete(tx, &blob)?;
    }
    for (id, blob) in store::outbound::notices_of(tx, forgotten.ticket)? {
        let waiting = [State::Held, State::Queued, State::Failed, State::Outbox];
        store::outbound::advance(tx, id, &waiting, State::Cancelled)?;
        store::outbound::drop_content(tx, id)?;
        blobs::delete(tx, &blob)?;
    }
    Ok(())
}
