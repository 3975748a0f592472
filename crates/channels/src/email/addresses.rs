//! Our own addresses, and the memory of them that the SMTP port asks for every recipient.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base::{Actor, AddressId, BrandId, Error, GroupId, Result, Timestamp};
use kernel::{App, Tx, audit_log};

use super::Email;
use super::store;

/// One of our own addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// Its number.
    pub id: AddressId,
    /// The address in lower case, without a plus-tag.
    pub email: String,
    /// The display name.
    pub name: String,
    /// The brand that mail to it is for.
    pub brand: BrandId,
    /// The group that new tickets from it are given to.
    pub group: Option<GroupId>,
    /// Whether the brand's mail is sent from it when nothing else says so.
    pub is_default: bool,
    /// When mail to it first came.
    pub verified_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What an address is made with.
#[derive(Clone, Debug)]
pub struct NewAddress {
    /// The address.
    pub email: String,
    /// The display name.
    pub name: String,
    /// The brand.
    pub brand: BrandId,
    /// The group of new tickets.
    pub group: Option<GroupId>,
    /// Whether it becomes the brand's default.
    pub is_default: bool,
}

/// Adds an address of ours.
///
/// # Errors
/// `Invalid` when it is no address, has a plus-tag, or is there already.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, new: &NewAddress) -> Result<AddressId> {
    let email = people::user::email(&new.email)
        .filter(|email| !email.split('@').next().is_some_and(|local| local.contains('+')))
        .ok_or_else(|| Error::invalid("email", "InvalidFormat", "Email: is not an address without a tag"))?;
    let is_first = store::addresses::all(tx)?.iter().all(|other| other.brand != new.brand);
    let added = store::addresses::add(tx, &email, &new.name, new.brand, new.group)?;
    let id = added.ok_or_else(|| Error::invalid("email", "DuplicateValue", "Email: is an address of ours already"))?;
    if new.is_default || is_first {
        store::addresses::make_default(tx, id, new.brand)?;
    }
    audit_log::record(tx, actor, "create", ("recipient_address", Some(id.0), &email), "")?;
    forget(tx.app());
    Ok(id)
}

/// Changes an address's name, brand or group; a new default takes the place of the old one.
pub fn change(tx: &mut Tx<'_>, actor: &Actor, address: &Address) -> Result<()> {
    store::addresses::update(tx, address)?;
    if address.is_default {
        store::addresses::make_default(tx, address.id, address.brand)?;
    }
    audit_log::record(tx, actor, "update", ("recipient_address", Some(address.id.0), &address.email), "")?;
    forget(tx.app());
    Ok(())
}

/// Deletes an address.
///
/// # Errors
/// `Invalid` for a default address, which must be replaced first.
pub fn delete(tx: &mut Tx<'_>, actor: &Actor, id: AddressId) -> Result<()> {
    let address = store::addresses::get(tx, id)?;
    if address.is_default {
        return Err(Error::invalid("base", "InvalidValue", "The default address can't be deleted"));
    }
    store::addresses::delete(tx, id)?;
    audit_log::record(tx, actor, "destroy", ("recipient_address", Some(id.0), &address.email), "")?;
    forget(tx.app());
    Ok(())
}

/// All addresses.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Address>> {
    store::addresses::all(tx)
}

/// Forgets what is remembered, as after a change.
pub fn forget(app: &App) {
    if let Some(email) = app.part::<Email>() {
        email.book.forget();
    }
}

/// How long the addresses are remembered when nothing on this node changes them.
const REMEMBERED: Duration = Duration::from_secs(5);

/// A list that is at least this old is read again before a recipient is refused.
const FRESH: Duration = Duration::from_secs(1);

/// All addresses as they were at one instant.
pub(crate) type List = Arc<Vec<Address>>;

/// The addresses in memory.
#[derive(Default)]
pub(crate) struct Book(Mutex<Option<(Instant, List)>>);

impl Book {
    fn remembered(&self, at_most: Duration) -> Option<List> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(at, _)| at.elapsed() < at_most).map(|(_, list)| list.clone())
    }

    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The address of ours that this recipient means, if there is one.
    pub(crate) async fn find(&self, app: &App, recipient: &str) -> Result<Option<Address>> {
        if let Some(list) = self.remembered(REMEMBERED)
            && let Some(found) = find_in(&list, recipient)
        {
            return Ok(Some(found.clone()));
        }
        let list = match self.remembered(FRESH) {
            Some(list) => list,
            None => {
                let list = Arc::new(app.read(store::addresses::all).await?);
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), list.clone()));
                list
            }
        };
        Ok(find_in(&list, recipient).cloned())
    }
}

/// The address among these that a recipient means: the same in lower case once its plus-tag is taken off.
/// `postmaster` without a domain (RFC 5321, 4.5.1) is whoever is first.
pub(crate) fn find_in<'a>(list: &'a [Address], recipient: &str) -> Option<&'a Address> {
    if recipient.eq_ignore_ascii_case("postmaster") {
        return list.iter().find(|address| address.is_default).or(list.first());
    }
    let bare = mail::thread::without_tag(recipient.trim().trim_matches(['<', '>'])).to_lowercase();
    list.iter().find(|address| address.email == bare)
}

/// The address that a brand's mail is sent from: the one that the ticket came to, else the brand's default, else any.
pub(crate) fn sender_for<'a>(list: &'a [Address], recipient: Option<&str>, brand: BrandId) -> Option<&'a Address> {
    let came_to = recipient.and_then(|recipient| find_in(list, recipient));
    let of_brand = || list.iter().filter(|address| address.brand == brand);
    let default = || of_brand().find(|address| address.is_default).or_else(|| of_brand().next());
    came_to.or_else(default).or_else(|| list.iter().find(|address| address.is_default)).or(list.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(id: i64, email: &str, brand: i64, is_default: bool) -> Address {
        let at = Timestamp(0);
        Address {
            id: AddressId(id),
            email: email.into(),
            name: String::new(),
            brand: BrandId(brand),
            group: None,
            is_default,
            verified_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn tags_and_case_do_not_matter_and_foreign_domains_do() {
        let list = [address(1, "help@desk.example", 1, true)];
        assert!(find_in(&list, "Help+7-abc@Desk.Example").is_some());
        assert!(find_in(&list, "postmaster").is_some());
        assert!(find_in(&list, "help@other.example").is_none());
        assert!(find_in(&list, "helper@desk.example").is_none());
    }

    #[test]
    fn a_ticket_is_answered_from_the_address_that_it_came_to() {
        let list = [address(1, "a@x.ee", 1, true), address(2, "b@x.ee", 2, false), address(3, "c@x.ee", 2, true)];
        let id = |recipient, brand| sender_for(&list, recipient, BrandId(brand)).map(|found| found.id.0);
        assert_eq!(id(Some("b+1-x@x.ee"), 1), Some(2));
        assert_eq!(id(None, 2), Some(3));
        assert_eq!(id(Some("gone@x.ee"), 9), Some(1));
    }
}
