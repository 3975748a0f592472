//! People over HTTP, on whichever database `TUGI_TEST_DATABASE` names.

#![allow(clippy::unwrap_used)]

mod desk;
mod dynamic_content;
mod exporting;
mod fields;
mod merging;
mod organizations;
mod paging;
mod permissions;
mod receiving;
mod records;
mod sign_in;
mod users;
