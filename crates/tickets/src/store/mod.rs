//! The SQL of the ticket tables, one file a table or two.

pub(crate) mod attachments;
pub(crate) mod comments;
pub(crate) mod desk;
pub(crate) mod lists;
pub(crate) mod people;
pub(crate) mod tickets;
