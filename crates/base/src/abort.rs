//! Points at which the crash tests end the program, as a power cut would.
//!
//! A debug build that is started with `TUGI_ABORT_AT=NAME:COUNT` aborts when it comes to the point of that name for the
//! COUNTth time. In release builds a point is nothing.

#[cfg(debug_assertions)]
use std::sync::OnceLock;
#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicU64, Ordering};

/// A point between two steps of which either may be the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbortPoint {
    /// A transaction wrote everything, and is not committed.
    BeforeCommit,
    /// It is committed, and nobody knows yet.
    AfterCommit,
    /// A mail's content is durable, and no row names it.
    MailStaged,
    /// A mail is in the database, and its sender not yet told.
    MailCommitted,
    /// It is known what becomes of a mail, and nothing of it done.
    MailPlanned,
    /// A job did its work, and is not crossed off.
    JobDone,
    /// An outgoing mail is marked as being sent, and the relay not yet called.
    SendBegun,
    /// The relay took a mail, and that isn't written down.
    SendTaken,
}

impl AbortPoint {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::MailStaged,
        Self::MailCommitted,
        Self::MailPlanned,
        Self::JobDone,
        Self::SendBegun,
        Self::SendTaken,
    ];

    /// The name by which `TUGI_ABORT_AT` asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeCommit => "before_commit",
            Self::AfterCommit => "after_commit",
            Self::MailStaged => "mail_staged",
            Self::MailCommitted => "mail_committed",
            Self::MailPlanned => "mail_planned",
            Self::JobDone => "job_done",
            Self::SendBegun => "send_begun",
            Self::SendTaken => "send_taken",
        }
    }

    /// The program has come to this point.
    #[cfg(not(debug_assertions))]
    #[inline]
    pub fn reached(self) {}

    /// The program has come to this point.
    #[cfg(debug_assertions)]
    pub fn reached(self) {
        static ASKED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        static TIMES: AtomicU64 = AtomicU64::new(0);
        let asked = ASKED.get_or_init(|| {
            let asked = std::env::var("TUGI_ABORT_AT").ok()?;
            let (name, count) = asked.split_once(':')?;
            Some((name.to_owned(), count.parse().ok()?))
        });
        if let Some((name, count)) = asked
            && name == self.name()
            && TIMES.fetch_add(1, Ordering::SeqCst) + 1 == *count
        {
            std::process::abort();
        }
    }
}
