//! What a way of reaching people can do, and the reaction that hands comments to them.

use base::{Error, Result};
use kernel::Tx;
use tickets::commit::Asked;
use tickets::{Comment, Update, Via};

/// A way by which the desk's comments reach people.
///
/// What comes in needs no trait: every channel calls [`tickets::receive()`].
pub trait Channel: Send + Sync {
    /// Its name.
    fn via(&self) -> Via;

    /// Hands a comment to whoever should have it. Runs in the transaction that writes the comment, so it only writes rows
    /// and asks for jobs. Which comments go out, and to whom, is the channel's own decision.
    fn deliver(&self, tx: &mut Tx<'_>, update: &Update, comment: &Comment, asked: &Asked) -> Result<()>;
}

/// The channels of the desk; a part of the app. The first is the one that reaches everybody.
pub struct Channels(pub Vec<Box<dyn Channel>>);

impl Channels {
    /// The channel that a ticket came by, else the first.
    fn of(&self, via: Via) -> Option<&dyn Channel> {
        let same = self.0.iter().find(|channel| channel.via() == via);
        same.or(self.0.first()).map(|channel| &**channel)
    }
}

/// The [`tickets::Reaction`] that delivers what was written. To be wired after the rules, whose comments go out too.
///
/// # Errors
/// `Internal` when the app has no [`Channels`].
pub fn deliver(tx: &mut Tx<'_>, update: &mut Update) -> Result<()> {
    if update.comments.is_empty() {
        return Ok(());
    }
    let channels = tx.app().part::<Channels>().ok_or_else(|| Error::internal("the app has no channels"))?;
    let Some(channel) = channels.of(update.after.via) else { return Ok(()) };
    for (comment, asked) in &update.comments {
        channel.deliver(tx, update, comment, asked)?;
    }
    Ok(())
}
