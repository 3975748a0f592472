//! Whether a mail comes from whom it says: SPF, DKIM and DMARC (RFC 7208, 6376, 7489).

use std::net::IpAddr;
use std::sync::OnceLock;

use mail::Message;
use mail_auth::dmarc::Policy;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DmarcResult, MessageAuthenticator};

use super::inbound::Envelope;

/// What was found out about a mail's author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: nobody looked, or the author's domain makes no statement.
    None,
    /// The author's domain vouches for it.
    Pass,
    /// The author's domain asks for such mail to be put aside or refused.
    Fail,
}

impl Verdict {
    /// The word that the database keeps.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::None => "none",
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
        }
    }
}

/// Finds out whether mail is authentic.
pub trait Authenticity: Send + Sync {
    /// Looks at a whole message as it came.
    fn verify(&self, raw: &[u8], envelope: &Envelope) -> Verdict;
}

/// Looks at nothing: for tests, and for desks behind a server that checks.
pub struct Unchecked;

impl Authenticity for Unchecked {
    fn verify(&self, _: &[u8], _: &Envelope) -> Verdict {
        Verdict::None
    }
}

/// Asks the DNS servers of the system.
#[derive(Default)]
pub struct Dns(OnceLock<Option<(MessageAuthenticator, tokio::runtime::Runtime)>>);

impl Authenticity for Dns {
    fn verify(&self, raw: &[u8], envelope: &Envelope) -> Verdict {
        let address = envelope.address.as_deref().and_then(|address| address.parse::<IpAddr>().ok());
        let (Some(address), Some(sender)) = (address, envelope.from.as_deref()) else { return Verdict::None };
        let ready = self.0.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let dns = MessageAuthenticator::new_system_conf();
            match (dns, runtime) {
                (Ok(dns), Ok(runtime)) => Some((dns, runtime)),
                (dns, _) => {
                    tracing::error!(cause = ?dns.err(), "mail can't be authenticated: there is no DNS configuration");
                    None
                }
            }
        });
        let Some((dns, runtime)) = ready else { return Verdict::None };
        runtime.block_on(ask(dns, raw, &envelope.helo, address, sender))
    }
}

async fn ask(dns: &MessageAuthenticator, raw: &[u8], helo: &str, address: IpAddr, sender: &str) -> Verdict {
    let Some(message) = AuthenticatedMessage::parse(raw) else { return Verdict::None };
    let dkim = dns.verify_dkim(&message).await;
    let spf = dns.verify_spf(SpfParameters::verify_mail_from(address, helo, helo, sender)).await;
    let domain = sender.rsplit_once('@').map_or(helo, |(_, domain)| domain);
    let dmarc = dns.verify_dmarc(DmarcParameters::new(&message, &dkim, domain, &spf)).await;
    let results = [dmarc.dkim_result(), dmarc.spf_result()];
    let unknown = results.iter().any(|result| matches!(result, DmarcResult::TempError(_)));
    match dmarc.policy() {
        _ if results.contains(&&DmarcResult::Pass) => Verdict::Pass,
        _ if unknown => Verdict::None,
        Policy::Reject | Policy::Quarantine => Verdict::Fail,
        _ => Verdict::None,
    }
}

/// The verdict that a server of ours wrote into the mail (RFC 8601). Only the topmost field with its name counts: those
/// below it may have been sent along.
pub fn read_results(message: &Message, authserv_id: &str) -> Verdict {
    let of_ours = |value: &&str| {
        let name = value.split(';').next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
        name.eq_ignore_ascii_case(authserv_id.trim())
    };
    let Some(results) = message.headers_named("Authentication-Results").find(of_ours) else { return Verdict::None };
    let results = without_comments(results).to_ascii_lowercase();
    let of = |method: &str| {
        let found = results.split(';').skip(1).find_map(|result| {
            let (name, rest) = result.trim().split_once('=')?;
            (name.trim() == method)
                .then(|| rest.trim().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default())
        });
        found.unwrap_or_default().to_owned()
    };
    match of("dmarc").as_str() {
        "pass" | "bestguesspass" => Verdict::Pass,
        "fail" => Verdict::Fail,
        _ => Verdict::None,
    }
}

/// Text without what stands in round brackets.
fn without_comments(text: &str) -> String {
    let mut depth = 0usize;
    let keep = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(fields: &str) -> Verdict {
        let raw = format!("{fields}From: a@b.example\r\n\r\nx");
        read_results(&mail::parse(raw.as_bytes()).0, "mx.desk.example")
    }

    #[test]
    fn the_word_of_our_own_server_counts() {
        let ours = "Authentication-Results: mx.desk.example 1;\r\n dkim=fail (bad; dmarc=pass) header.d=b.example;\r\n dmarc=fail (p=REJECT)\r\n";
        assert_eq!(verdict(ours), Verdict::Fail);
        assert_eq!(
            verdict("Authentication-Results: mx.desk.example; dmarc=pass header.from=b.example\r\n"),
            Verdict::Pass
        );
        assert_eq!(verdict("Authentication-Results: mx.desk.example; spf=pass\r\n"), Verdict::None);
        assert_eq!(verdict(""), Verdict::None);
    }

    #[test]
    fn what_the_sender_wrote_into_the_field_does_not_count() {
        let forged = "Authentication-Results: mx.desk.example; dmarc=fail\r\n\
            Authentication-Results: mx.desk.example; dmarc=pass\r\nAuthentication-Results: evil.example; dmarc=pass\r\n";
        assert_eq!(verdict(forged), Verdict::Fail);
    }
}
