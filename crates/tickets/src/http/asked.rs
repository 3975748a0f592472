//! What requests say; the kernel reads them the same way for every capability.

pub(super) use kernel::http::{Asked, Given, numbers, url};
