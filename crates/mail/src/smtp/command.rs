//! One command line -> what the client asks.

/// A command of RFC 5321 (or a near relative) with its arguments checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// EHLO or HELO.
    Hello {
        extended: bool,
        client: String,
    },
    Mail(Mail),
    Recipient {
        address: String,
        utf8: bool,
    },
    Data,
    Reset,
    Noop,
    Quit,
    Verify,
    Help,
    StartTls,
    /// A browser or proxy that talks HTTP at us.
    Http,
    /// Known, not offered here: EXPN, AUTH, BDAT, TURN ...
    NotOffered,
    Unknown,
    /// Right verb, wrong arguments: the reply to give.
    Wrong(&'static str),
}

/// The arguments of MAIL.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mail {
    /// Empty for `<>`.
    pub(super) sender: String,
    /// SIZE= (RFC 1870), bytes.
    pub(super) size: Option<u64>,
    /// BODY=8BITMIME.
    pub(super) eight_bit: bool,
    /// SMTPUTF8.
    pub(super) utf8: bool,
}

const SYNTAX: &str = "501 5.5.4 Syntax error in arguments\r\n";
const NOT_UTF8: &str = "501 5.5.4 Arguments are not UTF-8\r\n";
const BAD_ADDRESS: &str = "501 5.1.3 Bad address syntax\r\n";
const BAD_SENDER: &str = "501 5.1.7 Bad sender address syntax\r\n";
const PARAMETER: &str = "555 5.5.4 Parameter not recognised\r\n";
/// Longest address taken; RFC 5321 allows 64 + 1 + 255.
const MAX_ADDRESS: usize = 320;

/// Reads one line, given without its CRLF.
pub(super) fn parse(line: &[u8]) -> Command {
    let end = line.iter().position(|b| *b == b' ').unwrap_or(line.len());
    let (verb, args) = line.split_at(end);
    let verb = verb.to_ascii_uppercase();
    let Ok(args) = std::str::from_utf8(args) else { return Command::Wrong(NOT_UTF8) };
    let args = args.trim();
    if args.contains(|c: char| c.is_control()) {
        return Command::Wrong(SYNTAX);
    }
    match verb.as_slice() {
        b"EHLO" => hello(true, args),
        b"HELO" => hello(false, args),
        b"MAIL" => mail(args).map_or_else(Command::Wrong, Command::Mail),
        b"RCPT" => recipient(args).unwrap_or_else(Command::Wrong),
        b"DATA" => bare(args, Command::Data),
        b"RSET" => bare(args, Command::Reset),
        b"STARTTLS" => bare(args, Command::StartTls),
        b"NOOP" => Command::Noop,
        b"QUIT" => Command::Quit,
        b"VRFY" => Command::Verify,
        b"HELP" => Command::Help,
        b"GET" | b"POST" | b"PUT" | b"HEAD" | b"CONNECT" | b"OPTIONS" | b"PRI" => Command::Http,
        b"EXPN" | b"AUTH" | b"BDAT" | b"TURN" | b"ETRN" | b"SEND" | b"SOML" | b"SAML" => Command::NotOffered,
        _ => Command::Unknown,
    }
}

fn hello(extended: bool, args: &str) -> Command {
    if args.is_empty() || args.len() > 255 {
        return Command::Wrong(SYNTAX);
    }
    let client = args.split(' ').next().unwrap_or(args).to_owned();
    Command::Hello { extended, client }
}

fn bare(args: &str, command: Command) -> Command {
    if args.is_empty() { command } else { Command::Wrong(SYNTAX) }
}

fn mail(args: &str) -> Result<Mail, &'static str> {
    let (sender, parameters) = path(args, "FROM:").ok_or(BAD_SENDER)?;
    let mut mail = Mail::default();
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.to_ascii_uppercase().as_str() {
            "SIZE" => mail.size = Some(value.parse().map_err(|_| SYNTAX)?),
            "BODY" if value.eq_ignore_ascii_case("8BITMIME") => mail.eight_bit = true,
            "BODY" if value.eq_ignore_ascii_case("7BIT") => {}
            "SMTPUTF8" if value.is_empty() => mail.utf8 = true,
            _ => return Err(PARAMETER),
        }
    }
    if !sender.is_empty() {
        mail.sender = address(sender).ok_or(BAD_SENDER)?;
    }
    Ok(mail)
}

fn recipient(args: &str) -> Result<Command, &'static str> {
    let (mailbox, parameters) = path(args, "TO:").ok_or(BAD_ADDRESS)?;
    if !parameters.trim().is_empty() {
        return Err(PARAMETER);
    }
    let address = address(mailbox).ok_or(BAD_ADDRESS)?;
    let utf8 = !address.is_ascii();
    Ok(Command::Recipient { address, utf8 })
}

/// Takes `FROM:<path> parameters` apart; a path without angle brackets is taken too, as most servers do.
fn path<'a>(args: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let head = args.get(..prefix.len())?;
    if !head.eq_ignore_ascii_case(prefix) {
        return None;
    }
    let rest = args[prefix.len()..].trim_start();
    let Some(inner) = rest.strip_prefix('<') else {
        let end = rest.find(' ').unwrap_or(rest.len());
        return (end > 0).then(|| rest.split_at(end));
    };
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some((&inner[..at], &inner[at + 1..])),
            _ => {}
        }
    }
    None
}

/// Checks a mailbox and drops a source route (`@a,@b:user@host`, RFC 5321 appendix C).
fn address(path: &str) -> Option<String> {
    let mailbox = match path.strip_prefix('@') {
        Some(route) => route.split_once(':')?.1,
        None => path,
    };
    if mailbox.is_empty() || mailbox.len() > MAX_ADDRESS {
        return None;
    }
    let Some((local, domain)) = mailbox.rsplit_once('@') else {
        return mailbox.eq_ignore_ascii_case("postmaster").then(|| mailbox.to_owned());
    };
    (local_is_valid(local) && domain_is_valid(domain)).then(|| mailbox.to_owned())
}

fn local_is_valid(local: &str) -> bool {
    if let Some(inner) = local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
        return !inner.contains(['\r', '\n']);
    }
    !local.is_empty() && !local.contains([' ', '"', '<', '>', '(', ')', ',', ':', ';', '@', '[', ']', '\\'])
}

fn domain_is_valid(domain: &str) -> bool {
    if domain.starts_with('[') {
        return domain.ends_with(']') && domain.len() > 2;
    }
    !domain.is_empty()
        && domain.len() <= 255
        && domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_' || !c.is_ascii())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rcpt(path: &str) -> Option<String> {
        match parse(format!("RCPT TO:{path}").as_bytes()) {
            Command::Recipient { address, .. } => Some(address),
            _ => None,
        }
    }

    #[test]
    fn addresses_are_taken_out_of_every_form_of_path() {
        assert_eq!(rcpt("<a@b.example>").as_deref(), Some("a@b.example"));
        assert_eq!(rcpt(" <a@b.example>").as_deref(), Some("a@b.example"));
        assert_eq!(rcpt("a@b.example").as_deref(), Some("a@b.example"));
        assert_eq!(rcpt("<@x.example,@y.example:a@b.example>").as_deref(), Some("a@b.example"));
        assert_eq!(rcpt("<\"a>b c\"@b.example>").as_deref(), Some("\"a>b c\"@b.example"));
        assert_eq!(rcpt("<postmaster>").as_deref(), Some("postmaster"));
        assert_eq!(rcpt("<a@[192.0.2.1]>").as_deref(), Some("a@[192.0.2.1]"));
        assert_eq!(rcpt("<jüri@näide.ee>").as_deref(), Some("jüri@näide.ee"));
    }

    #[test]
    fn broken_paths_are_refused() {
        for path in ["<>", "<a>", "<a@>", "<@b>", "<a@b", "<a b@c>", "<a@b..c>", "", "<a@b> NOTIFY=NEVER", "<a@b\u{1}>"]
        {
            assert_eq!(rcpt(path), None, "{path}");
        }
    }

    #[test]
    fn mail_takes_the_parameters_that_are_announced() {
        let expected = Mail { sender: "a@b".into(), size: Some(12), eight_bit: true, utf8: true };
        assert_eq!(parse(b"mail from:<a@b> size=12 BODY=8bitmime SMTPUTF8"), Command::Mail(expected));
        assert_eq!(parse(b"MAIL FROM:<>"), Command::Mail(Mail::default()));
        assert_eq!(parse(b"MAIL FROM:<a@b> RET=HDRS"), Command::Wrong(PARAMETER));
        assert_eq!(parse(b"MAIL FROM:<a@b> SIZE=x"), Command::Wrong(SYNTAX));
    }
}
