//! What happened to people and organizations, for those who want to hear of it.

use base::{Result, UserId};
use kernel::Tx;

use crate::organization::Organization;
use crate::user::User;

/// Told, in the same transaction, of every change of a person or an organization; a part of the app.
pub struct Told(pub Vec<Hear>);

/// What hears of it.
pub type Hear = fn(&mut Tx<'_>, &News) -> Result<()>;

/// What happened.
pub enum News {
    /// A person is new.
    UserCreated(User),
    /// A person is another than before.
    UserChanged {
        /// As they were.
        before: Box<User>,
        /// As they are.
        after: Box<User>,
    },
    /// A person was deleted.
    UserDeleted(User),
    /// A person turned out to be another.
    UserMerged {
        /// Who is gone.
        gone: User,
        /// Who stays.
        into: UserId,
    },
    /// An organization is new.
    OrganizationCreated(Organization),
    /// An organization is another than before.
    OrganizationChanged {
        /// As it was.
        before: Box<Organization>,
        /// As it is.
        after: Box<Organization>,
    },
    /// An organization was deleted.
    OrganizationDeleted(Organization),
}

/// Tells all who want to hear.
pub(crate) fn tell(tx: &mut Tx<'_>, news: &News) -> Result<()> {
    let hears = tx.app().part::<Told>().map(|told| told.0.as_slice()).unwrap_or_default();
    hears.iter().try_for_each(|hear| hear(tx, news))
}
