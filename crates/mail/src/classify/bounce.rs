//! Delivery reports: RFC 3464, and what servers write instead.

use crate::header;
use crate::message::{Kind, Message};

/// A report about mail of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounce {
    /// One entry per recipient that it names.
    pub failures: Vec<Failure>,
    /// Message-ID of the mail that it is about, without angle brackets.
    pub original_message_id: Option<String>,
    /// A machine-readable report rather than free text.
    pub standard: bool,
}

impl Bounce {
    /// Some recipient's address doesn't work and should be marked.
    pub fn is_permanent(&self) -> bool {
        self.failures.iter().any(|failure| failure.outcome == Outcome::Failed)
    }
}

/// What happened to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The address; the original one when the report gives it. Empty when unknown.
    pub recipient: String,
    /// What happened.
    pub outcome: Outcome,
    /// Enhanced status code such as `5.1.1`; empty when unknown.
    pub status: String,
    /// What the refusing server said.
    pub diagnostic: String,
}

/// The action of a report (RFC 3464, 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Given up.
    Failed,
    /// Not yet delivered, still trying.
    Delayed,
    /// Delivered, relayed or expanded.
    Delivered,
}

/// Who sends reports that follow no standard: local parts, lower case.
const SENDERS: &[&str] =
    &["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mdaemon", "bounce", "noreply-bounce"];

/// What their subjects hold, lower case.
const SUBJECTS: &[&str] = &[
    "undelivered mail",
    "undeliverable",
    "delivery status notification",
    "delivery failure",
    "mail delivery failed",
    "failure notice",
    "returned mail",
    "mail delivery subsystem",
    "delivery has failed",
    "message not delivered",
    "could not be delivered",
    "delivery notification",
    "mail system error",
    "warning: could not send",
    "mail delivery failure",
    "returning message to sender",
    "kirja ei õnnestunud",
    "kättetoimetamatu",
    "ei saanud kohale toimetada",
    "sõnumi kohaletoimetamine nurjus",
    "toimitus epäonnistui",
    "ei voitu toimittaa",
    "viestiä ei",
    "недоставленное сообщение",
    "не удается доставить",
    "сообщение не доставлено",
    "unzustellbar",
    "nicht zugestellt",
    "non remis",
    "échec de la remise",
    "no entregado",
    "no se puede entregar",
    "kan inte levereras",
    "gick inte att leverera",
    "niedostarczona",
    "nie można dostarczyć",
    "nie dostarczono",
];

pub(super) fn find(message: &Message, null_sender: bool) -> Option<Bounce> {
    let reports: Vec<&str> = message
        .reports
        .iter()
        .filter(|r| r.content_type.ends_with("delivery-status"))
        .map(|r| r.text.as_str())
        .collect();
    if !reports.is_empty() && (message.report_type.is_empty() || message.report_type == "delivery-status") {
        let failures = reports.iter().flat_map(|text| standard_failures(text)).collect();
        return Some(Bounce { failures, original_message_id: original_id(message), standard: true });
    }
    if message.report_type == "delivery-status" || looks_like_bounce(message, null_sender) {
        return Some(Bounce {
            failures: loose_failures(message),
            original_message_id: original_id(message),
            standard: false,
        });
    }
    None
}

/// Two of: a mailer's name, a bounce's subject, the null sender, a field that only mailers write.
fn looks_like_bounce(message: &Message, null_sender: bool) -> bool {
    let address = message.author().map(|m| m.address.to_lowercase()).unwrap_or_default();
    let local = address.split('@').next().unwrap_or_default();
    let by_mailer = SENDERS.contains(&local);
    let subject = message.subject.to_lowercase();
    let by_subject = SUBJECTS.iter().any(|words| subject.contains(words));
    let field = message.header("X-Failed-Recipients").is_some();
    let answers_a_person = !by_mailer && subject.starts_with("re:");
    !answers_a_person
        && [by_mailer, by_subject, null_sender, field].into_iter().filter(|sign| *sign).count() >= 2
        && (by_subject || field)
}

/// Reads the groups of fields of a delivery-status part; the first group is about the message.
fn standard_failures(text: &str) -> Vec<Failure> {
    let mut failures = Vec::new();
    for group in unfolded(text).split("\n\n") {
        let field = |name: &str| {
            group.lines().find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
            })
        };
        let Some(recipient) = field("Original-Recipient").filter(|r| r.contains('@')).or(field("Final-Recipient"))
        else {
            continue;
        };
        let status = field("Status").map(status_code).unwrap_or_default();
        let outcome = match field("Action").unwrap_or_default().to_ascii_lowercase().as_str() {
            "delayed" => Outcome::Delayed,
            "delivered" | "relayed" | "expanded" => Outcome::Delivered,
            "" if status.starts_with('4') => Outcome::Delayed,
            _ => Outcome::Failed,
        };
        failures.push(Failure {
            recipient: typed(recipient),
            outcome,
            status,
            diagnostic: field("Diagnostic-Code").map(typed).unwrap_or_default(),
        });
    }
    failures
}

/// `rfc822; mari@a.ee` -> `mari@a.ee`.
fn typed(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, value)| value);
    let words: Vec<&str> = value.split_whitespace().collect();
    words.join(" ").trim_matches(['<', '>']).to_owned()
}

fn status_code(value: &str) -> String {
    value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect()
}

fn unfolded(text: &str) -> String {
    // Groups end with an empty line, which may hold white space.
    let lines: Vec<&str> = text.lines().map(|line| if line.trim().is_empty() { "" } else { line.trim_end() }).collect();
    lines.join("\n").replace("\n ", " ").replace("\n\t", " ")
}

/// The failed recipients of free text: the field that Exim and Gmail write, else addresses beside a status code.
fn loose_failures(message: &Message) -> Vec<Failure> {
    let text = message.plain();
    let status = enhanced_status(&text);
    let outcome = if status.starts_with('4') || says_delayed(&message.subject, &text) {
        Outcome::Delayed
    } else {
        Outcome::Failed
    };
    let listed = message.header("X-Failed-Recipients").unwrap_or_default();
    let mut recipients: Vec<String> =
        listed.split(',').map(|r| r.trim().to_owned()).filter(|r| r.contains('@')).collect();
    if recipients.is_empty() {
        recipients.extend(first_address(message, &text));
    }
    let diagnostic = diagnostic(&text);
    recipients
        .into_iter()
        .map(|recipient| Failure { recipient, outcome, status: status.clone(), diagnostic: diagnostic.clone() })
        .collect()
}

fn says_delayed(subject: &str, text: &str) -> bool {
    let subject = subject.to_lowercase();
    let head: String = text.chars().take(1000).collect::<String>().to_lowercase();
    subject.contains("delay")
        || subject.starts_with("warning:")
        || head.contains("will be retried")
        || head.contains("do not need to resend")
}

/// The first address in the text that is neither the mailer's nor ours.
fn first_address(message: &Message, text: &str) -> Option<String> {
    let ours: Vec<&str> = message.to.iter().chain(&message.from).map(|m| m.address.as_str()).collect();
    let edge = |c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c);
    let words = text.split(edge).map(|word| word.trim_matches(['.', '\'']));
    let mut addresses = words
        .filter(|word| word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.')));
    addresses.find(|word| !ours.iter().any(|our| our.eq_ignore_ascii_case(word))).map(str::to_owned)
}

/// The first `5.1.1` after which comes no further digit.
fn enhanced_status(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || "()[]#,;:-<>".contains(c));
    let is_status = |word: &&str| {
        let parts: Vec<&str> = word.trim_end_matches('.').split('.').collect();
        parts.len() == 3
            && matches!(parts[0], "4" | "5")
            && parts[1..].iter().all(|p| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()))
    };
    words
        .filter(|word| word.len() <= 9)
        .find(is_status)
        .map(|word| word.trim_end_matches('.').to_owned())
        .unwrap_or_default()
}

/// The line that holds the server's answer.
fn diagnostic(text: &str) -> String {
    let has_code = |line: &&str| {
        line.split(|c: char| !c.is_ascii_digit())
            .any(|word| word.len() == 3 && (word.starts_with('5') || word.starts_with("45") || word.starts_with("42")))
    };
    let line = text.lines().map(str::trim).find(has_code).unwrap_or_default();
    line.chars().take(500).collect()
}

/// The Message-ID of the returned mail: from its copy, its headers, or its text below the report.
fn original_id(message: &Message) -> Option<String> {
    let copy = message
        .attachments
        .iter()
        .filter(|a| a.kind == Kind::Message)
        .find_map(|a| a.nested.as_ref()?.message_id.clone());
    let in_text = |text: &str| {
        unfolded(text).lines().find_map(|line| {
            let (name, value) = line.trim().trim_start_matches('>').split_once(':')?;
            let known = ["message-id", "original-message-id", "x-original-message-id"]
                .contains(&name.trim().to_ascii_lowercase().as_str());
            if known { header::ids(value).into_iter().next() } else { None }
        })
    };
    let reports = || message.reports.iter().find_map(|report| in_text(&report.text));
    copy.or_else(reports)
        .or_else(|| in_text(&message.plain()))
        .or_else(|| message.in_reply_to.first().cloned())
        .or_else(|| message.references.last().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn a_standard_report_names_recipient_status_and_original() {
        let raw = b"From: MAILER-DAEMON@a.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
            --b\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a.example\r\n\r\n\
            Original-Recipient: rfc822;mari@b.example\r\nFinal-Recipient: rfc822;mari2@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
            Diagnostic-Code: smtp; 550 5.1.1 User\r\n    unknown\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID:\r\n <tugi.c.1.x@desk>\r\n--b--\r\n";
        let bounce = find(&parse(raw).0, true).unwrap();
        assert_eq!(bounce.original_message_id.as_deref(), Some("tugi.c.1.x@desk"));
        assert_eq!(
            bounce.failures,
            [Failure {
                recipient: "mari@b.example".into(),
                outcome: Outcome::Failed,
                status: "5.1.1".into(),
                diagnostic: "550 5.1.1 User unknown".into()
            }]
        );
        assert!(bounce.is_permanent() && bounce.standard);
    }

    #[test]
    fn a_free_text_bounce_is_understood() {
        let raw = b"From: <MAILER-DAEMON@a.example>\r\nTo: desk@c.example\r\nSubject: failure notice\r\n\r\nHi. This is the qmail-send program at a.example.\r\n\r\n<mari@b.example>:\r\n\
            203.0.113.5 does not like recipient.\r\nRemote host said: 550 5.1.1 User unknown\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <tugi.c.1.x@desk>\r\n";
        let bounce = find(&parse(raw).0, false).unwrap();
        assert_eq!(
            (bounce.failures[0].recipient.as_str(), bounce.failures[0].status.as_str()),
            ("mari@b.example", "5.1.1")
        );
        assert_eq!((bounce.original_message_id.as_deref(), bounce.standard), (Some("tugi.c.1.x@desk"), false));
    }

    #[test]
    fn a_customer_who_writes_about_bounces_is_no_bounce() {
        let raw = b"From: mari@b.example\r\nSubject: Undeliverable mail?\r\n\r\nI get 550 5.1.1 from x@y.example, why?";
        assert_eq!(find(&parse(raw).0, false), None);
    }
}
