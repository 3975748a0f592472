//! What kind of mail it is: written by a person, or a bounce, an auto-reply, a list, a loop, spam.

mod automatic;
mod bounce;

pub use automatic::AutoReply;
pub use bounce::{Bounce, Failure, Outcome};

use crate::message::Message;

/// Received fields of a mail that goes in circles; RFC 5321, 6.3 asks for at least 100, real routes have under 15.
const MAX_HOPS: usize = 50;

/// Everything that is known about the kind of a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Class {
    /// A report that mail of ours wasn't (or was) delivered.
    pub bounce: Option<Bounce>,
    /// No person wrote it.
    pub auto_reply: Option<AutoReply>,
    /// It came over a mailing list or in bulk.
    pub list: bool,
    /// It went through this desk before, or in circles.
    pub is_loop: bool,
    /// A filter before us marked it as spam.
    pub spam: bool,
    /// The envelope's sender is `<>`: nothing may be answered.
    pub null_sender: bool,
}

impl Class {
    /// Whether an automatic answer (receipt, out-of-office, trigger) may go out to it.
    pub fn may_be_answered_automatically(&self) -> bool {
        self.bounce.is_none()
            && self.auto_reply.is_none()
            && !self.list
            && !self.is_loop
            && !self.spam
            && !self.null_sender
    }
}

/// Classifies a mail. `sender` is the envelope's (None when unknown, as from IMAP; Return-Path is used then), `desk` our
/// X-Tugi-Loop mark.
pub fn classify(message: &Message, sender: Option<&str>, desk: &str) -> Class {
    let return_path = message.header("Return-Path").map(|path| path.trim_matches(['<', '>', ' ']));
    let null_sender = sender.or(return_path).is_some_and(str::is_empty);
    let bounce = bounce::find(message, null_sender);
    Class {
        auto_reply: if bounce.is_some() { None } else { automatic::find(message, null_sender) },
        bounce,
        list: is_list(message),
        is_loop: is_loop(message, desk),
        spam: is_spam(message),
        null_sender,
    }
}

fn is_list(message: &Message) -> bool {
    let precedence = message.header("Precedence").unwrap_or_default().trim().to_ascii_lowercase();
    let fields = [
        "List-Id",
        "List-Unsubscribe",
        "List-Post",
        "X-Mailman-Version",
        "X-Campaign-Id",
        "X-CampaignID",
        "Feedback-ID",
    ];
    matches!(precedence.as_str(), "list" | "bulk" | "junk") || fields.iter().any(|name| message.header(name).is_some())
}

fn is_loop(message: &Message, desk: &str) -> bool {
    let ours = message.headers_named("X-Tugi-Loop").any(|mark| mark.trim().eq_ignore_ascii_case(desk.trim()));
    ours || message.headers_named("Received").count() > MAX_HOPS
}

/// The marks of SpamAssassin, Rspamd, Exchange and big providers.
fn is_spam(message: &Message) -> bool {
    let starts = |name: &str, words: &[&str]| {
        message.headers_named(name).any(|value| {
            let value = value.trim().to_ascii_lowercase();
            words.iter().any(|word| value.starts_with(word))
        })
    };
    let confidence = message.header("X-MS-Exchange-Organization-SCL").and_then(|scl| scl.trim().parse::<i32>().ok());
    starts("X-Spam-Flag", &["yes", "true"])
        || starts("X-Spam-Status", &["yes"])
        || starts("X-Spam", &["yes", "true"])
        || starts("X-Rspamd-Action", &["reject", "add header", "rewrite subject"])
        || starts("X-Spam-Action", &["reject"])
        || confidence.is_some_and(|scl| scl >= 5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn class(headers: &str) -> Class {
        let raw = format!("From: a@b.example\r\nSubject: x\r\n{headers}\r\n\r\nTere");
        classify(&parse(raw.as_bytes()).0, Some("a@b.example"), "desk-1")
    }

    #[test]
    fn lists_loops_and_spam_are_seen() {
        assert!(class("List-Id: <x.b.example>").list && class("Precedence: bulk").list);
        assert!(class("X-Tugi-Loop: desk-1").is_loop && !class("X-Tugi-Loop: desk-2").is_loop);
        assert!(class("Received: from a by b\r\n".repeat(51).trim_end()).is_loop);
        assert!(
            class("X-Spam-Flag: YES").spam
                && class("X-Spam-Status: Yes, score=7").spam
                && !class("X-Spam-Status: No, score=1").spam
        );
    }

    #[test]
    fn a_letter_of_a_person_may_be_answered() {
        let class = class("X-Spam-Flag: NO\r\nReceived: from a by b");
        assert_eq!(class, Class::default());
        assert!(class.may_be_answered_automatically());
    }

    #[test]
    fn the_null_sender_is_never_answered() {
        let (mail, _) = parse(b"From: a@b.example\r\nReturn-Path: <>\r\n\r\nTere");
        assert!(classify(&mail, None, "d").null_sender && classify(&mail, Some(""), "d").null_sender);
        assert!(!classify(&mail, Some("a@b"), "d").null_sender);
    }
}
