//! The conversation: states, limits and replies.

use super::command::{self, Command, Mail};
use super::data::{Piece, Unstuffer};

/// What this server promises and how much it takes from one client.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Our name in the greeting and in trace lines.
    pub hostname: String,
    /// Largest message in bytes, announced by SIZE.
    pub max_size: u64,
    /// Offer STARTTLS.
    pub tls_available: bool,
    /// Refuse mail before STARTTLS.
    pub tls_required: bool,
    /// Recipients of one message.
    pub max_recipients: usize,
    /// Longest command line in bytes with its CRLF.
    pub max_line: usize,
    /// Wrong commands and refused recipients before the connection is closed.
    pub max_errors: u32,
    /// Commands in a row that bring no message on (NOOP, RSET ...) before the connection is closed.
    pub max_idle_commands: u32,
    /// Messages on one connection.
    pub max_messages: u32,
}

impl Policy {
    /// The usual limits: 25 MB messages, 100 recipients, no TLS.
    pub fn new(hostname: impl Into<String>) -> Self {
        Self {
            hostname: hostname.into(),
            max_size: 25 * 1024 * 1024,
            tls_available: false,
            tls_required: false,
            max_recipients: 100,
            max_line: 2048,
            max_errors: 10,
            max_idle_commands: 100,
            max_messages: 10_000,
        }
    }
}

/// What the client said about the message in hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The name given in EHLO or HELO, unchecked.
    pub client: String,
    /// ESMTP (EHLO) rather than SMTP (HELO).
    pub extended: bool,
    /// The connection is encrypted.
    pub tls: bool,
    /// MAIL FROM; empty for the null sender `<>`.
    pub sender: String,
    /// Accepted recipients, as written by the client.
    pub recipients: Vec<String>,
    /// SIZE given by the client, bytes.
    pub size: Option<u64>,
    /// BODY=8BITMIME was given.
    pub eight_bit: bool,
    /// SMTPUTF8 was given.
    pub utf8: bool,
}

/// What the session asks of its owner.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Everything fed is used up: write the replies and read more.
    NeedInput,
    /// Is this recipient ours? Answer with [`Session::answer_recipient`].
    Recipient(&'a str),
    /// A message begins; [`Session::envelope`] describes it.
    DataStart,
    /// A piece of the message, without transparency dots.
    Data(&'a [u8]),
    /// The message is larger than allowed: forget what came so far. The session refuses it by itself.
    DataTooLarge,
    /// The message is complete. Store it durably, then [`Session::answer_data`].
    DataEnd,
    /// Write the replies, drop all bytes that were read in clear, shake hands, then call [`Session::tls_started`].
    StartTls,
    /// Write the replies and close the connection.
    Close,
}

/// The answer to [`Event::Recipient`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientAnswer {
    /// One of our addresses.
    Accept,
    /// Our domain, no such address: 550 5.1.1.
    Unknown,
    /// Not our domain: 550 5.7.1. We are no open relay.
    NotOurs,
    /// Can't say now: 451 4.3.0.
    TryLater,
}

/// The answer to [`Event::DataEnd`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataAnswer<'a> {
    /// Stored durably under this id: 250 2.0.0.
    Stored {
        /// Shown to the client, for its log.
        id: &'a str,
    },
    /// Not stored, may work later: 451 4.3.0.
    TryLater,
    /// Refused for good: 554 5.7.1. The text is shown to the sender.
    Refused {
        /// ASCII, one line.
        reason: &'a str,
    },
}

#[derive(Debug)]
enum State {
    /// Before EHLO or after it, outside of a message.
    Ready,
    /// Between MAIL and DATA.
    Envelope,
    /// Waiting for an answer about this address.
    AskRecipient(String),
    /// In the message.
    Data {
        unstuffer: Unstuffer,
        size: u64,
    },
    /// In a message that is too large: what comes is dropped.
    Dropping {
        unstuffer: Unstuffer,
        size: u64,
    },
    /// Waiting for the fate of the message.
    AskData,
    /// Waiting for the TLS handshake: clear text is dropped.
    Handshake,
    Closed,
}

/// One connection.
#[derive(Debug)]
pub struct Session {
    policy: Policy,
    state: State,
    envelope: Envelope,
    line: Vec<u8>,
    overlong: bool,
    replies: Vec<u8>,
    errors: u32,
    idle_commands: u32,
    messages: u32,
}

impl Session {
    /// Opens the session; the greeting waits in [`Session::take_replies`].
    pub fn new(policy: Policy) -> Self {
        let replies = format!("220 {} ESMTP ready\r\n", policy.hostname).into_bytes();
        Self {
            policy,
            state: State::Ready,
            envelope: Envelope::default(),
            line: Vec::new(),
            overlong: false,
            replies,
            errors: 0,
            idle_commands: 0,
            messages: 0,
        }
    }

    /// Takes bytes from the client and says how many were used and what is to be done.
    /// Call it again with the rest until it gives [`Event::NeedInput`], [`Event::StartTls`] or [`Event::Close`].
    pub fn feed<'a>(&'a mut self, input: &'a [u8]) -> (usize, Event<'a>) {
        let mut used = 0;
        loop {
            let rest = &input[used..];
            match &mut self.state {
                State::AskRecipient(_) | State::AskData | State::Closed | State::Handshake => break,
                State::Data { unstuffer, size } => {
                    let (taken, piece) = unstuffer.next(rest);
                    used += taken;
                    match piece {
                        Piece::Bytes(bytes) => {
                            *size += bytes.len() as u64;
                            if *size <= self.policy.max_size {
                                return (used, Event::Data(bytes));
                            }
                            self.begin_dropping();
                            return (used, Event::DataTooLarge);
                        }
                        Piece::End => self.state = State::AskData,
                        Piece::Nothing if used == input.len() => return (used, Event::NeedInput),
                        Piece::Nothing => {}
                    }
                }
                State::Dropping { size, .. } if *size / 2 > self.policy.max_size => {
                    // A client that sends more than twice what is allowed isn't listened to any longer.
                    self.close("552 5.3.4 Message too large\r\n");
                }
                State::Dropping { unstuffer, size } => {
                    let (taken, piece) = unstuffer.next(rest);
                    used += taken;
                    match piece {
                        Piece::Bytes(bytes) => *size += bytes.len() as u64,
                        Piece::End => self.refuse_large(),
                        Piece::Nothing if used == input.len() => return (used, Event::NeedInput),
                        Piece::Nothing => {}
                    }
                }
                State::Ready | State::Envelope => {
                    used += self.take_line(rest);
                    if self.line.ends_with(b"\r\n") {
                        if self.run_line() {
                            return (used, Event::DataStart);
                        }
                    } else if used == input.len() {
                        return (used, Event::NeedInput);
                    }
                }
            }
        }
        match &self.state {
            State::AskRecipient(address) => (used, Event::Recipient(address)),
            State::AskData => (used, Event::DataEnd),
            State::Handshake => (input.len(), Event::StartTls),
            _ => (input.len(), Event::Close),
        }
    }

    /// Takes the replies that wait to be written.
    pub fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// The message in hand, from [`Event::DataStart`] until [`Session::answer_data`].
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Answers [`Event::Recipient`]; without such an event nothing happens.
    pub fn answer_recipient(&mut self, answer: RecipientAnswer) {
        let State::AskRecipient(address) = std::mem::replace(&mut self.state, State::Envelope) else {
            return;
        };
        match answer {
            RecipientAnswer::Accept => {
                self.envelope.recipients.push(address);
                self.reply("250 2.1.5 Recipient ok\r\n");
            }
            RecipientAnswer::Unknown => self.refuse("550 5.1.1 No such address here\r\n"),
            RecipientAnswer::NotOurs => self.refuse("550 5.7.1 Relaying denied\r\n"),
            RecipientAnswer::TryLater => self.reply("451 4.3.0 Try again later\r\n"),
        }
    }

    /// Answers [`Event::DataEnd`] and ends the message; without such an event nothing happens.
    pub fn answer_data(&mut self, answer: DataAnswer<'_>) {
        if !matches!(self.state, State::AskData) {
            return;
        }
        match answer {
            DataAnswer::Stored { id } => {
                self.idle_commands = 0;
                let id = one_line(id);
                self.reply(&format!("250 2.0.0 Stored as {id}\r\n"));
            }
            DataAnswer::TryLater => self.reply("451 4.3.0 Not stored, try again later\r\n"),
            DataAnswer::Refused { reason } => {
                let reason = one_line(reason);
                self.reply(&format!("554 5.7.1 {reason}\r\n"));
            }
        }
        self.messages += 1;
        self.end_message();
    }

    /// The handshake after [`Event::StartTls`] is done: the client starts again with EHLO (RFC 3207, 4.2).
    pub fn tls_started(&mut self) {
        if matches!(self.state, State::Handshake) {
            self.state = State::Ready;
            self.envelope = Envelope { tls: true, ..Envelope::default() };
            self.line.clear();
        }
    }

    /// The client was silent or slow for too long: says so and closes.
    pub fn time_out(&mut self) {
        self.close("421 4.4.2 Timed out\r\n");
    }

    /// The server stops or is too busy: says so and closes.
    pub fn go_away(&mut self) {
        self.close("421 4.3.2 Service not available, try again later\r\n");
    }

    /// A message is being received right now (its bytes are with the owner).
    pub fn in_data(&self) -> bool {
        matches!(self.state, State::Data { .. } | State::AskData)
    }

    /// The trace line for the top of the message (RFC 5321, 4.4). `peer` is the client's IP address, `id` ours for
    /// the message, `date` as [`crate::compose::rfc5322_date`] writes it.
    pub fn trace(&self, peer: &str, id: &str, date: &str) -> String {
        let envelope = &self.envelope;
        let with = match (envelope.utf8, envelope.extended, envelope.tls) {
            (true, _, true) => "UTF8SMTPS",
            (true, _, false) => "UTF8SMTP",
            (false, true, true) => "ESMTPS",
            (false, true, false) => "ESMTP",
            (false, false, _) => "SMTP",
        };
        let (client, host) = (one_line(&envelope.client), &self.policy.hostname);
        let (peer, id, date) = (one_line(peer), one_line(id), one_line(date));
        format!("Received: from {client} ([{peer}])\r\n\tby {host} with {with} id {id};\r\n\t{date}\r\n")
    }

    /// Moves bytes into the line buffer up to and with the CRLF; drops what is over the limit.
    fn take_line(&mut self, input: &[u8]) -> usize {
        let mut used = 0;
        while used < input.len() {
            let rest = &input[used..];
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let kept = end.min(self.policy.max_line.saturating_sub(self.line.len()));
            self.line.extend_from_slice(&rest[..kept]);
            if kept < end {
                self.overlong = true;
                // Keep the last two bytes of the stream at the end of the buffer, so that its CRLF is seen.
                self.keep_tail(&rest[..end]);
            }
            used += end;
            if self.line.ends_with(b"\r\n") {
                break;
            }
        }
        used
    }

    fn keep_tail(&mut self, bytes: &[u8]) {
        for &byte in &bytes[bytes.len().saturating_sub(2)..] {
            let length = self.line.len();
            if length >= 2 {
                self.line[length - 2] = self.line[length - 1];
                self.line[length - 1] = byte;
            }
        }
    }

    /// Runs the complete line in the buffer. True when a message begins.
    fn run_line(&mut self) -> bool {
        let line = std::mem::take(&mut self.line);
        let command = if std::mem::take(&mut self.overlong) {
            Command::Wrong("500 5.5.2 Line too long\r\n")
        } else {
            command::parse(&line[..line.len() - 2])
        };
        self.line = line;
        self.line.clear();
        let began = self.run(command);
        if self.errors > self.policy.max_errors {
            self.close("421 4.7.0 Too many errors\r\n");
        } else if self.idle_commands > self.policy.max_idle_commands {
            self.close("421 4.7.0 Too many commands without mail\r\n");
        }
        began
    }

    fn run(&mut self, command: Command) -> bool {
        match command {
            Command::Hello { extended, client } => self.hello(extended, client),
            Command::Mail(mail) => self.mail(mail),
            Command::Recipient { address, utf8 } => self.recipient(address, utf8),
            Command::Data => return self.data(),
            Command::Reset => {
                self.idle_commands += 1;
                self.end_message();
                self.reply("250 2.0.0 Ok\r\n");
            }
            Command::Noop => self.idle("250 2.0.0 Ok\r\n"),
            Command::Verify => self.idle("252 2.5.2 Send some mail, I'll try to deliver it\r\n"),
            Command::Help => self.idle("214 2.0.0 See RFC 5321\r\n"),
            Command::Quit => self.close("221 2.0.0 Bye\r\n"),
            Command::StartTls => self.start_tls(),
            Command::Http => self.close("421 4.7.0 This is not HTTP\r\n"),
            Command::NotOffered => self.refuse("502 5.5.1 Command not offered\r\n"),
            Command::Unknown => self.refuse("500 5.5.2 Command not recognised\r\n"),
            Command::Wrong(reply) => self.refuse(reply),
        }
        false
    }

    fn hello(&mut self, extended: bool, client: String) {
        self.idle_commands += 1;
        self.end_message();
        self.envelope.client = client;
        self.envelope.extended = extended;
        let (host, size) = (&self.policy.hostname, self.policy.max_size);
        if !extended {
            let reply = format!("250 {host}\r\n");
            return self.reply(&reply);
        }
        let tls = if self.policy.tls_available && !self.envelope.tls { "250-STARTTLS\r\n" } else { "" };
        let reply = format!(
            "250-{host}\r\n250-PIPELINING\r\n250-SIZE {size}\r\n{tls}250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        );
        self.reply(&reply);
    }

    fn mail(&mut self, mail: Mail) {
        if self.envelope.client.is_empty() {
            return self.refuse("503 5.5.1 Say EHLO first\r\n");
        }
        if matches!(self.state, State::Envelope) {
            return self.refuse("503 5.5.1 A message is already begun\r\n");
        }
        if self.policy.tls_required && !self.envelope.tls {
            return self.refuse("530 5.7.0 Must issue STARTTLS first\r\n");
        }
        if self.messages >= self.policy.max_messages {
            return self.close("421 4.7.0 Too many messages on one connection\r\n");
        }
        if mail.size.is_some_and(|size| size > self.policy.max_size) {
            return self.refuse("552 5.3.4 Message too large\r\n");
        }
        if !mail.sender.is_ascii() && !mail.utf8 {
            return self.refuse("553 5.6.7 Address needs SMTPUTF8\r\n");
        }
        self.envelope.sender = mail.sender;
        self.envelope.size = mail.size;
        self.envelope.eight_bit = mail.eight_bit;
        self.envelope.utf8 = mail.utf8;
        self.state = State::Envelope;
        self.reply("250 2.1.0 Sender ok\r\n");
    }

    fn recipient(&mut self, address: String, utf8: bool) {
        if !matches!(self.state, State::Envelope) {
            return self.refuse("503 5.5.1 Say MAIL first\r\n");
        }
        if utf8 && !self.envelope.utf8 {
            return self.refuse("553 5.6.7 Address needs SMTPUTF8\r\n");
        }
        if self.envelope.recipients.len() >= self.policy.max_recipients {
            return self.refuse("452 4.5.3 Too many recipients\r\n");
        }
        self.state = State::AskRecipient(address);
    }

    fn data(&mut self) -> bool {
        if !matches!(self.state, State::Envelope) {
            self.refuse("503 5.5.1 Say MAIL first\r\n");
            return false;
        }
        if self.envelope.recipients.is_empty() {
            self.refuse("554 5.5.1 No valid recipients\r\n");
            return false;
        }
        self.state = State::Data { unstuffer: Unstuffer::new(), size: 0 };
        self.reply("354 Go ahead, end with CRLF.CRLF\r\n");
        true
    }

    fn start_tls(&mut self) {
        if self.envelope.tls || !self.policy.tls_available {
            return self.refuse("502 5.5.1 STARTTLS is not offered\r\n");
        }
        self.state = State::Handshake;
        self.reply("220 2.0.0 Ready to start TLS\r\n");
    }

    fn begin_dropping(&mut self) {
        if let State::Data { unstuffer, size } = std::mem::replace(&mut self.state, State::Ready) {
            self.state = State::Dropping { unstuffer, size };
        }
    }

    fn refuse_large(&mut self) {
        self.messages += 1;
        self.end_message();
        self.refuse("552 5.3.4 Message too large\r\n");
    }

    fn end_message(&mut self) {
        self.state = State::Ready;
        self.envelope.sender.clear();
        self.envelope.recipients.clear();
        self.envelope.size = None;
        self.envelope.eight_bit = false;
        self.envelope.utf8 = false;
    }

    fn idle(&mut self, reply: &str) {
        self.idle_commands += 1;
        self.reply(reply);
    }

    fn refuse(&mut self, reply: &str) {
        self.errors += 1;
        self.reply(reply);
    }

    fn close(&mut self, reply: &str) {
        if !matches!(self.state, State::Closed) {
            self.reply(reply);
            self.state = State::Closed;
        }
    }

    fn reply(&mut self, reply: &str) {
        self.replies.extend_from_slice(reply.as_bytes());
    }
}

/// Keeps text from breaking out of the line it is put on.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}
