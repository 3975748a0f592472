//! A desk with a fixed clock, one address, two agents, and e-mail in and out.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base::{Actor, Credential, FixedClock, OutboundId, Role, TicketId, Timestamp, UserId};
use channels::email::addresses::{self, NewAddress};
use channels::email::relay::Relay;
use channels::email::smtp::{SmtpOptions, serve_smtp};
use channels::{EmailOptions, deliver, wire};
use db::params;
use kernel::secrets::Secrets;
use kernel::{App, AppBuilder, Tx, jobs};
use people::{NewUser, User};
use tickets::{Change, Comment, Content, How, NewComment, Reactions, Target, Ticket, Via};

/// When every test begins.
pub const BEGIN: Timestamp = Timestamp(1_795_330_800_000);

pub struct Desk {
    pub app: App,
    pub clock: FixedClock,
    pub runtime: tokio::runtime::Runtime,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    pub smtp: SocketAddr,
    relay: Option<SocketAddr>,
    _db: db::testing::TestDb,
    _folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(EmailOptions::default(), |_| {})
    }

    pub fn with_relay(relay: SocketAddr) -> Self {
        let url = Relay::parse(&format!("smtp://{relay}")).unwrap();
        let desk = Self::with(EmailOptions { relay: Some(url), ..EmailOptions::default() }, |_| {});
        Self { relay: Some(relay), ..desk }
    }

    pub fn with(options: EmailOptions, change: impl FnOnce(&mut SmtpOptions)) -> Self {
        let clock = FixedClock::new(BEGIN);
        let test = db::testing::fresh(Arc::new(clock.clone())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let builder = AppBuilder::new(test.db.clone(), folder.path().to_owned(), Secrets::seeded(7));
        let builder = builder.base_url("https://desk.example").part(Reactions(vec![deliver]));
        let app = wire(builder, options).build().unwrap();
        app.write(furnish).wait().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut smtp_options = SmtpOptions::new("desk.example");
        change(&mut smtp_options);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let smtp = listener.local_addr().unwrap();
        let until = async {
            let _ = stopped.await;
        };
        runtime.spawn(serve_smtp(app.clone(), listener, smtp_options, until));
        Self { app, clock, runtime, stop: Some(stop), smtp, relay: None, _db: test, _folder: folder }
    }

    pub fn write<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> base::Result<T> + Send + 'static) -> T {
        self.app.write(work).wait().unwrap()
    }

    pub fn read<T: Send + 'static>(&self, work: impl FnOnce(&mut Tx<'_>) -> base::Result<T> + Send + 'static) -> T {
        self.app.read(work).wait().unwrap()
    }

    /// Runs what is due.
    pub fn settle(&self) {
        jobs::run_due(&self.app).unwrap();
    }

    /// Lets time pass and runs what has become due.
    pub fn pass(&self, ms: i64) {
        self.clock.advance(ms);
        self.settle();
    }

    pub fn user(&self, email: &str) -> User {
        let email = email.to_owned();
        self.read(move |tx| Ok(people::find_by_email(tx, &email)?.expect("a person")))
    }

    pub fn actor(&self, email: &str) -> Actor {
        let id = self.user(email).id;
        self.read(move |tx| people::actor_of(tx, id, Credential::System))
    }

    pub fn tickets(&self) -> Vec<Ticket> {
        self.read(|tx| {
            let ids: Vec<TicketId> = tx.column("SELECT id FROM tickets ORDER BY id", &[])?;
            tickets::access::many(tx, &Actor::system(), &ids)
        })
    }

    pub fn comments(&self, ticket: &Ticket) -> Vec<Comment> {
        let ticket = ticket.clone();
        self.read(move |tx| tickets::access::comments(tx, &Actor::system(), &ticket))
    }

    /// An agent answers in the workspace.
    pub fn reply(&self, agent: &str, ticket: TicketId, html: &str) -> Comment {
        self.comment(agent, ticket, html, true, Via::Web)
    }

    pub fn comment(&self, agent: &str, ticket: TicketId, html: &str, public: bool, via: Via) -> Comment {
        let (actor, content) = (self.actor(agent), Content::from_html(html, |_| None));
        let comment = NewComment { content, public: Some(public), ..NewComment::default() };
        self.change(&actor, ticket, vec![Change::Comment(Box::new(comment))], via).pop().unwrap()
    }

    pub fn change(&self, actor: &Actor, ticket: TicketId, changes: Vec<Change>, via: Via) -> Vec<Comment> {
        let actor = actor.clone();
        self.write(move |tx| Ok(tickets::commit(tx, &actor, Target::Ticket(ticket), changes, &How::via(via))?.comments))
    }

    /// One column of one row.
    pub fn text(&self, sql: &'static str) -> Vec<String> {
        self.read(move |tx| tx.column(sql, &[]))
    }

    pub fn inbound_states(&self) -> Vec<String> {
        self.text("SELECT state FROM inbound_messages ORDER BY id")
    }

    pub fn outbound_states(&self) -> Vec<String> {
        self.text("SELECT state FROM outbound_messages ORDER BY id")
    }

    pub fn alarms(&self) -> Vec<String> {
        self.read(kernel::alarms::all).into_iter().map(|alarm| alarm.kind).collect()
    }

    pub fn first_outbound(&self) -> OutboundId {
        self.read(|tx| tx.value("SELECT MIN(id) FROM outbound_messages", params![]))
    }

    pub fn client(&self) -> Client {
        Client::connect(self.smtp)
    }

    /// Sends a mail from somebody to our address, and has it dealt with.
    pub fn mail(&self, from: &str, subject: &str, text: &str) {
        self.mail_to("help@desk.example", from, &format!("Subject: {subject}\r\n"), text);
    }

    /// The same with fields of its own, to any recipient.
    pub fn mail_to(&self, to: &str, from: &str, fields: &str, text: &str) {
        let raw = format!("From: {from}\r\nTo: {to}\r\n{fields}\r\n{text}\r\n");
        let envelope = from.rsplit_once('<').map_or(from, |(_, rest)| rest.trim_end_matches('>'));
        let answer = self.client().send(envelope, to, &raw);
        assert!(answer.starts_with("250"), "{answer}");
        self.settle();
    }

    /// The relay's address.
    pub fn relay_address(&self) -> SocketAddr {
        self.relay.unwrap()
    }

    /// Somebody writes who copies nobody.
    pub fn mail_alone(&self, from: &str) -> TicketId {
        self.mail(from, "Alone", &format!("I am {from}"));
        self.tickets().last().unwrap().id
    }

    /// A report from a mail server, to a return path.
    pub fn bounce(&self, path: &str, fields: &str, text: &str) {
        let raw = format!("From: MAILER-DAEMON@mx.example\r\nTo: {path}\r\n{fields}\r\n{text}");
        let answer = self.client().send("", path, &raw);
        assert!(answer.starts_with("250"), "{answer}");
        self.settle();
    }

    pub fn stop(&mut self) {
        drop(self.stop.take());
    }
}

fn furnish(tx: &mut Tx<'_>) -> base::Result<()> {
    let system = Actor::system();
    tickets::desk::furnish(tx, "Näide")?;
    let brand = tickets::desk::default_brand(tx)?.id;
    let email = "help@desk.example".to_owned();
    let address = NewAddress { email, name: "Help".into(), brand, group: None, is_default: true };
    addresses::add(tx, &system, &address)?;
    for (name, role) in [("mari", Role::Agent), ("anna", Role::Admin)] {
        let new = NewUser {
            name: Some(name.to_owned()),
            email: Some(format!("{name}@desk.example")),
            role: Some(role),
            password_hash: Some("unusable".into()),
            ..NewUser::default()
        };
        people::create_user(tx, &system, new)?;
    }
    Ok(())
}

/// The agents.
pub const MARI: &str = "mari@desk.example";
pub const ANNA: &str = "anna@desk.example";

/// A mail client that speaks SMTP line by line.
pub struct Client {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Client {
    pub fn connect(to: SocketAddr) -> Self {
        let (client, greeting) = Self::knock(to);
        assert!(greeting.starts_with("220"), "{greeting}");
        client
    }

    /// Connects; gives what the server says first.
    pub fn knock(to: SocketAddr) -> (Self, String) {
        let stream = TcpStream::connect(to).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let reader = BufReader::new(stream.try_clone().unwrap());
        let mut client = Self { stream, reader };
        let greeting = client.answer();
        (client, greeting)
    }

    /// The last line of the server's answer; empty when it has hung up.
    pub fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).is_err() {
                return String::new();
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    pub fn say(&mut self, line: &str) -> String {
        self.raw(format!("{line}\r\n").as_bytes());
        self.answer()
    }

    /// The bare connection, once everything that the server said was read.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        // The server may have hung up: then the next answer is empty.
        let _ = self.stream.write_all(bytes);
    }

    /// Sends a message; gives the last answer.
    pub fn send(&mut self, from: &str, to: &str, message: &str) -> String {
        self.say("EHLO client.example");
        self.say(&format!("MAIL FROM:<{from}>"));
        let answer = self.say(&format!("RCPT TO:<{to}>"));
        if !answer.starts_with("250") {
            return answer;
        }
        self.say("DATA");
        self.say(&format!("{}\r\n.", message.trim_end_matches("\r\n")))
    }
}

/// Who that is.
pub fn id_of(desk: &Desk, email: &str) -> UserId {
    desk.user(email).id
}
