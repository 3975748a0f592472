//! The SQL of the ticket tables, one file a table or two.

pub(crate) mod attachments;
pub(crate) mod comments;
pub(crate) mod desk;
pub(crate) mod lists;
pub(crate) mod marks;
pub(crate) mod metrics;
pub(crate) mod page;
pub(crate) mod people;
pub(crate) mod ratings;
pub(crate) mod scrub;
pub(crate) mod tickets;
