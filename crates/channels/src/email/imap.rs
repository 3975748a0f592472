//! Fetching from IMAP mailboxes (RFC 3501, RFC 2177).
//!
//! A message is stored in the same transaction that moves the mailbox's last UID on, so a crash neither loses nor doubles
//! one; only then is it marked, moved or deleted at the server. A mailbox that is kept as it is begins with what comes
//! after it was set up; one whose messages are deleted or moved is a queue, and is fetched from its beginning.

use std::collections::HashMap;
use std::fmt::Debug;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use async_imap::{Authenticator, Client, Session};
use base::{Error, MailboxId, Result, Timestamp};
use futures_util::TryStreamExt;
use kernel::{App, blobs};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::inbound::{self, EMAIL, Envelope, New, Watcher};
use super::mailbox::{self, AfterFetch, Auth, Mailbox, MailboxState, Secret, Security};
use super::oauth::{self, TokenProblem};
use super::{smtp, store};

/// Bytes of a message that are asked for at once.
const PIECE: u64 = 4 * 1024 * 1024;
/// Messages larger than this are left at the server.
const LARGEST: u64 = 100 * 1024 * 1024;
/// The longest wait for an answer of the server.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long IDLE lasts before it is begun anew; servers may end it after 29 minutes, routers much earlier.
const IDLE: Duration = Duration::from_secs(9 * 60);
/// The pause between two looks when the server has no IDLE.
const POLL: Duration = Duration::from_secs(60);
/// The first pause after a failure; it doubles up to the last.
const PAUSE: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(15 * 60));
/// How often the list of mailboxes is looked at.
const SUPERVISE: Duration = Duration::from_secs(10);

/// Anything that IMAP can be spoken over.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}
type Connection = Session<Box<dyn Wire>>;

/// Why a mailbox could not be fetched.
#[derive(Debug)]
pub enum Trouble {
    /// The server can't be reached, refuses us or says something strange.
    Server(String),
    /// The tokens are not accepted any more.
    TokenDead(String),
    /// It is ours.
    Ours(Error),
}

impl Trouble {
    fn server(cause: impl std::fmt::Display) -> Self {
        Trouble::Server(base::text::excerpt(&cause.to_string(), 300))
    }

    fn words(&self) -> String {
        match self {
            Trouble::Server(words) | Trouble::TokenDead(words) => words.clone(),
            Trouble::Ours(cause) => cause.to_string(),
        }
    }
}

impl From<Error> for Trouble {
    fn from(cause: Error) -> Self {
        Trouble::Ours(cause)
    }
}

type Outcome<T> = std::result::Result<T, Trouble>;

/// Fetches all active mailboxes until `shutdown` is over.
pub async fn run_mailboxes(app: App, shutdown: impl Future<Output = ()>) {
    tokio::pin!(shutdown);
    let mut watched: HashMap<MailboxId, (Timestamp, tokio::task::JoinHandle<()>)> = HashMap::new();
    loop {
        match app.read(store::mailboxes::all).await {
            Ok(mailboxes) => supervise(&app, &mut watched, mailboxes),
            Err(cause) => tracing::error!(%cause, "the mailboxes could not be read"),
        }
        tokio::select! {
            () = &mut shutdown => break,
            () = tokio::time::sleep(SUPERVISE) => {}
        }
    }
    for (_, task) in watched.into_values() {
        task.abort();
    }
}

/// Starts to watch what is new or was changed, and leaves what is gone.
fn supervise(
    app: &App,
    watched: &mut HashMap<MailboxId, (Timestamp, tokio::task::JoinHandle<()>)>,
    mailboxes: Vec<Mailbox>,
) {
    let wanted: HashMap<_, _> = mailboxes
        .into_iter()
        .filter(|mailbox| mailbox.active)
        .map(|mailbox| (mailbox.id, mailbox.updated_at))
        .collect();
    watched.retain(|id, (of, task)| {
        let stays = wanted.get(id) == Some(of) && !task.is_finished();
        if !stays {
            task.abort();
        }
        stays
    });
    for (id, updated_at) in wanted {
        watched.entry(id).or_insert_with(|| (updated_at, tokio::spawn(watch(app.clone(), id))));
    }
}

/// Fetches one mailbox for as long as it is wanted, again and again after failures.
async fn watch(app: App, id: MailboxId) {
    let mut pause = PAUSE.0;
    loop {
        let begun = tokio::time::Instant::now();
        let ended = stay(&app, id).await;
        if begun.elapsed() > PAUSE.1 {
            pause = PAUSE.0;
        }
        if let Err(trouble) = ended {
            tracing::warn!(mailbox = id.0, cause = trouble.words(), "a mailbox could not be fetched");
            report(&app, id, &trouble).await;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}

/// Connects, fetches, and waits for more until the connection ends.
async fn stay(app: &App, id: MailboxId) -> Outcome<()> {
    let mut mailbox = load(app, id).await?;
    let mut session = sign_in(app, &mut mailbox).await?;
    let can_idle = within(session.capabilities()).await?.has_str("IDLE");
    loop {
        fetch(app, id, &mut session).await?;
        let done = mailbox.clone();
        app.write(move |tx| mailbox::record_ok(tx, &done)).await?;
        if !can_idle {
            tokio::time::sleep(POLL).await;
            continue;
        }
        let mut idle = session.idle();
        within(idle.init()).await?;
        let (wait, _stop) = idle.wait_with_timeout(IDLE);
        if let IdleResponse::NewData(_) = wait.await.map_err(Trouble::server)? {
            tracing::debug!(mailbox = id.0, "a mailbox has something new");
        }
        session = within(idle.done()).await?;
    }
}

/// Fetches a mailbox once and records how it went. Gives the number of messages that were stored.
///
/// # Errors
/// As recorded.
pub async fn fetch_once(app: &App, id: MailboxId) -> Outcome<usize> {
    let fetched = async {
        let mut mailbox = load(app, id).await?;
        let mut session = sign_in(app, &mut mailbox).await?;
        let count = fetch(app, id, &mut session).await?;
        // The messages are stored; how the server takes our leave doesn't matter.
        let _ = timeout(PATIENCE, session.logout()).await;
        app.write(move |tx| mailbox::record_ok(tx, &mailbox)).await?;
        Ok(count)
    };
    let fetched = fetched.await;
    if let Err(trouble) = &fetched {
        report(app, id, trouble).await;
    }
    fetched
}

/// Signs in and opens the folder, changing nothing. Gives the number of messages in it.
///
/// # Errors
/// What went wrong.
pub async fn test(app: &App, mailbox: &Mailbox) -> Outcome<u32> {
    let mut session = sign_in(app, &mut mailbox.clone()).await?;
    let folder = within(session.examine(&mailbox.folder)).await?;
    let _ = timeout(PATIENCE, session.logout()).await;
    Ok(folder.exists)
}

async fn report(app: &App, id: MailboxId, trouble: &Trouble) {
    let (words, dead) = (trouble.words(), matches!(trouble, Trouble::TokenDead(_)));
    let state = if dead { MailboxState::TokenDead } else { MailboxState::Failed };
    let recorded = app.write(move |tx| {
        let mailbox = store::mailboxes::get(tx, id)?;
        mailbox::record_trouble(tx, &mailbox, state, &words)
    });
    if let Err(cause) = recorded.await {
        tracing::error!(mailbox = id.0, %cause, "a mailbox's trouble could not be recorded");
    }
}

async fn load(app: &App, id: MailboxId) -> Result<Mailbox> {
    app.read(move |tx| store::mailboxes::get(tx, id)).await
}

/// Waits for an answer of the server, but not for ever.
async fn within<T>(answer: impl Future<Output = async_imap::error::Result<T>>) -> Outcome<T> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(Trouble::server),
        Err(_) => Err(Trouble::Server("the server does not answer".into())),
    }
}

async fn connect(mailbox: &Mailbox) -> Outcome<Client<Box<dyn Wire>>> {
    let host = mailbox.host.as_str();
    let tcp = timeout(PATIENCE, TcpStream::connect((host, mailbox.port))).await;
    let tcp = tcp.map_err(|_| Trouble::Server("the server does not answer".into()))?.map_err(Trouble::server)?;
    let wire: Box<dyn Wire> = match mailbox.security {
        Security::Tls => Box::new(over_tls(host, tcp).await?),
        _ => Box::new(tcp),
    };
    let mut client = Client::new(wire);
    let greeting = timeout(PATIENCE, client.read_response()).await;
    let greeting =
        greeting.map_err(|_| Trouble::Server("the server does not answer".into()))?.map_err(Trouble::server)?;
    greeting.ok_or_else(|| Trouble::Server("the server closed the connection".into()))?;
    if mailbox.security != Security::StartTls {
        return Ok(client);
    }
    within(client.run_command_and_check_ok("STARTTLS", None)).await?;
    Ok(Client::new(Box::new(over_tls(host, client.into_inner()).await?)))
}

async fn over_tls<S: Wire>(host: &str, stream: S) -> Outcome<tokio_rustls::client::TlsStream<S>> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Trouble::server)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from(host.to_owned()).map_err(Trouble::server)?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let shaken = timeout(PATIENCE, connector.connect(name, stream)).await;
    shaken.map_err(|_| Trouble::Server("the TLS handshake does not end".into()))?.map_err(Trouble::server)
}

/// Signs in. A token that the server refuses is renewed once before it counts as dead.
async fn sign_in(app: &App, mailbox: &mut Mailbox) -> Outcome<Connection> {
    let secret = mailbox.open(app.secrets())?;
    if mailbox.auth == Auth::Password {
        let client = connect(mailbox).await?;
        let signed = timeout(PATIENCE, client.login(&mailbox.username, &secret.password)).await;
        let signed = signed.map_err(|_| Trouble::Server("the server does not answer".into()))?;
        return signed.map_err(|(cause, _)| Trouble::server(cause));
    }
    let fresh = oauth::is_stale(&secret, app.clock().now());
    let secret = if fresh { renew(app, mailbox, secret).await? } else { secret };
    match bearer(mailbox, &secret).await? {
        Ok(session) => Ok(session),
        Err(words) if fresh => Err(Trouble::TokenDead(words)),
        Err(_) => {
            let secret = renew(app, mailbox, secret).await?;
            bearer(mailbox, &secret).await?.map_err(Trouble::TokenDead)
        }
    }
}

/// One attempt with an access token; the server's words when it refuses the token.
async fn bearer(mailbox: &Mailbox, secret: &Secret) -> Outcome<std::result::Result<Connection, String>> {
    let client = connect(mailbox).await?;
    let text = format!("user={}\u{1}auth=Bearer {}\u{1}\u{1}", mailbox.username, secret.access_token);
    let signed = timeout(PATIENCE, client.authenticate("XOAUTH2", Bearer(Some(text)))).await;
    match signed.map_err(|_| Trouble::Server("the server does not answer".into()))? {
        Ok(session) => Ok(Ok(session)),
        Err((async_imap::error::Error::No(words) | async_imap::error::Error::Bad(words), _)) => Ok(Err(words)),
        Err((cause, _)) => Err(Trouble::server(cause)),
    }
}

/// Gives the token once; the challenge after a refusal gets the empty answer that ends the exchange.
struct Bearer(Option<String>);

impl Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

/// Gets a new access token and keeps it.
async fn renew(app: &App, mailbox: &mut Mailbox, secret: Secret) -> Outcome<Secret> {
    let (provider, now) = (mailbox.provider, app.clock().now());
    let asked = tokio::task::spawn_blocking(move || oauth::refresh(provider, &secret, now)).await;
    let renewed = match asked.map_err(Trouble::server)? {
        Ok(renewed) => renewed,
        Err(TokenProblem::Dead(words)) => return Err(Trouble::TokenDead(words)),
        Err(TokenProblem::Later(words)) => return Err(Trouble::Server(words)),
    };
    let (id, kept) = (mailbox.id, renewed.clone());
    let sealed = app.write(move |tx| {
        let sealed = mailbox::seal(tx, &kept)?;
        store::mailboxes::set_secret(tx, id, &sealed)?;
        Ok(sealed)
    });
    mailbox.secret = sealed.await?;
    Ok(renewed)
}

/// Stores every message that is new. Gives their number.
async fn fetch(app: &App, id: MailboxId, session: &mut Connection) -> Outcome<usize> {
    let mailbox = load(app, id).await?;
    let folder = within(session.select(&mailbox.folder)).await?;
    let validity = i64::from(folder.uid_validity.unwrap_or_default());
    let queue = matches!(mailbox.after_fetch, AfterFetch::Delete | AfterFetch::Move);
    let last = match (mailbox.uid_validity, mailbox.last_uid) {
        (Some(known), Some(last)) if known == validity => last,
        // The folder was made anew: what was stored before is recognised by its Message-ID.
        (Some(_), _) => 0,
        _ if queue => 0,
        _ => i64::from(folder.uid_next.unwrap_or(1)) - 1,
    };
    if mailbox.uid_validity != Some(validity) || mailbox.last_uid != Some(last) {
        app.write(move |tx| store::mailboxes::advance(tx, id, validity, last)).await?;
    }
    let recipient = recipient(app, &mailbox).await?;
    // `n:*` names the newest message even when its UID is less than n.
    let mut uids: Vec<u32> = within(session.uid_search(format!("UID {}:*", last + 1))).await?.into_iter().collect();
    uids.retain(|uid| i64::from(*uid) > last);
    uids.sort_unstable();
    let mut count = 0;
    for uid in uids {
        count += usize::from(take(app, &mailbox, session, uid, validity, recipient.as_deref()).await?);
    }
    Ok(count)
}

/// Our address that the mailbox holds mail for.
async fn recipient(app: &App, mailbox: &Mailbox) -> Result<Option<String>> {
    let Some(id) = mailbox.address else { return Ok(None) };
    let all = app.read(store::addresses::all).await?;
    Ok(all.into_iter().find(|address| address.id == id).map(|address| address.email))
}

/// Stores one message and does with it what is to be done; false when it is not there or too large.
async fn take(
    app: &App,
    mailbox: &Mailbox,
    session: &mut Connection,
    uid: u32,
    validity: i64,
    recipient: Option<&str>,
) -> Outcome<bool> {
    let id = mailbox.id;
    let Some((writer, watcher)) = download(app, session, uid).await? else {
        tracing::warn!(mailbox = id.0, uid, "a message was passed over: it is gone or too large");
        app.write(move |tx| store::mailboxes::advance(tx, id, validity, i64::from(uid))).await?;
        return Ok(false);
    };
    let size = writer.size();
    let envelope = Envelope {
        to: recipient.map(str::to_owned).into_iter().collect(),
        source: Some(mailbox.label()),
        ..Envelope::default()
    };
    let new = New::of(EMAIL, watcher.finish(), size, &envelope)?;
    let content = smtp::finish(writer).await?;
    let stored = app.write(move |tx| {
        inbound::accept(tx, &new, content)?;
        store::mailboxes::advance(tx, id, validity, i64::from(uid))
    });
    stored.await?;
    mark(mailbox, session, uid).await?;
    Ok(true)
}

/// Downloads a message piece by piece, in constant memory.
async fn download(app: &App, session: &mut Connection, uid: u32) -> Outcome<Option<(blobs::Writer, Watcher)>> {
    let (mut writer, mut watcher) = (blobs::Writer::new(app), Watcher::default());
    loop {
        let from = writer.size();
        let query = format!("(UID BODY.PEEK[]<{from}.{PIECE}>)");
        let mut answers = within(session.uid_fetch(uid.to_string(), query)).await?;
        let mut piece = None;
        while let Some(answer) =
            timeout(PATIENCE, answers.try_next()).await.map_err(Trouble::server)?.map_err(Trouble::server)?
        {
            if answer.uid == Some(uid) || answer.uid.is_none() {
                piece = answer.body().map(<[u8]>::to_vec).or(piece);
            }
        }
        drop(answers);
        let Some(piece) = piece else {
            // Gone since we asked, or empty past the end.
            return Ok((from > 0).then_some((writer, watcher)));
        };
        watcher.update(&piece);
        writer.write_all(&piece).map_err(|cause| Trouble::Ours(Error::internal(cause)))?;
        if writer.size() > LARGEST {
            return Ok(None);
        }
        if (piece.len() as u64) < PIECE {
            return Ok(Some((writer, watcher)));
        }
    }
}

/// Marks, moves or deletes a message that is stored.
async fn mark(mailbox: &Mailbox, session: &mut Connection, uid: u32) -> Outcome<()> {
    let uid = uid.to_string();
    let flag = match (mailbox.after_fetch, &mailbox.move_to) {
        (AfterFetch::Keep, _) => return Ok(()),
        (AfterFetch::Seen, _) => "+FLAGS.SILENT (\\Seen)",
        (AfterFetch::Move, Some(folder)) => {
            if within(session.capabilities()).await?.has_str("MOVE") {
                return within(session.uid_mv(&uid, folder)).await;
            }
            within(session.uid_copy(&uid, folder)).await?;
            "+FLAGS.SILENT (\\Deleted)"
        }
        (AfterFetch::Move | AfterFetch::Delete, _) => "+FLAGS.SILENT (\\Deleted)",
    };
    let stored = async { session.uid_store(&uid, flag).await?.try_collect::<Vec<_>>().await };
    within(stored).await?;
    if mailbox.after_fetch == AfterFetch::Seen {
        return Ok(());
    }
    let expunged = async { session.expunge().await?.try_collect::<Vec<_>>().await };
    within(expunged).await.map(drop)
}
