//! Receiving by SMTP: the sockets around [`mail::smtp`].
//!
//! A message is answered with 250 only after the transaction that stores it and asks for its ingestion is committed.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{AbortPoint, Error, Result};
use kernel::{App, Staged, blobs};
use mail::smtp::{DataAnswer, Event, Policy, RecipientAnswer, Session};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::Email;
use super::inbound::{self, EMAIL, Envelope, New, Watcher};

/// How mail is received.
#[derive(Clone)]
pub struct SmtpOptions {
    /// Our name in the greeting.
    pub hostname: String,
    /// The largest message, in bytes.
    pub max_size: u64,
    /// Connections at once.
    pub max_connections: usize,
    /// Connections at once from one IP address.
    pub max_per_address: usize,
    /// Silence after which a client is cut off.
    pub idle: Duration,
    /// The longest time from DATA to the end of the message.
    pub message: Duration,
    /// The longest connection.
    pub session: Duration,
    /// Certificate and key; without them STARTTLS is not offered.
    pub tls: Option<TlsAcceptor>,
    /// Refuse mail before STARTTLS.
    pub tls_required: bool,
}

impl SmtpOptions {
    /// The usual limits: 100 MB, 500 connections, 100 from one address, 5 minutes of silence (RFC 5321, 4.5.3.2),
    /// 20 minutes for a message, an hour for a connection.
    pub fn new(hostname: impl Into<String>) -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            hostname: hostname.into(),
            max_size: 100 * 1024 * 1024,
            max_connections: 500,
            max_per_address: 100,
            idle: minutes(5),
            message: minutes(20),
            session: minutes(60),
            tls: None,
            tls_required: false,
        }
    }

    fn policy(&self) -> Policy {
        Policy {
            max_size: self.max_size,
            tls_available: self.tls.is_some(),
            tls_required: self.tls_required && self.tls.is_some(),
            ..Policy::new(self.hostname.clone())
        }
    }
}

/// A TLS acceptor from a certificate chain and a private key, both PEM.
///
/// # Errors
/// `Internal` that says what is wrong with them.
pub fn tls_acceptor(certificate_pem: &[u8], key_pem: &[u8]) -> Result<TlsAcceptor> {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let chain: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate_pem).collect();
    let chain = chain.map_err(|cause| Error::internal(format!("the certificate: {cause}")))?;
    let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(|cause| Error::internal(format!("the key: {cause}")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|cause| Error::internal(format!("the certificate and its key: {cause}")))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Receives mail until `shutdown` is over, then finishes the conversations in hand: each is told to go at its next wait.
///
/// # Errors
/// `Internal` when the app has no e-mail part.
pub async fn serve_smtp(
    app: App,
    listener: TcpListener,
    options: SmtpOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    if app.part::<Email>().is_none() {
        return Err(Error::internal("the app has no e-mail part"));
    }
    let options = Arc::new(options);
    let guests = Arc::new(Guests::default());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut conversations = tokio::task::JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = conversations.join_next(), if !conversations.is_empty() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let place = guests.enter(peer.ip(), &options);
                let desk = Desk { app: app.clone(), options: options.clone(), peer, stopped: stopped.clone() };
                conversations.spawn(receive(desk, stream, place));
            }
            // Out of file descriptors, mostly: what is open must end first.
            Err(cause) => {
                tracing::error!(%cause, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    let _ = stop.send(true);
    while conversations.join_next().await.is_some() {}
    Ok(())
}

/// Who is connected.
#[derive(Default)]
struct Guests(Mutex<HashMap<IpAddr, usize>>);

/// A place among the guests; given up when dropped.
struct Place(Arc<Guests>, IpAddr);

impl Guests {
    fn enter(self: &Arc<Self>, address: IpAddr, options: &SmtpOptions) -> Option<Place> {
        let mut guests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = guests.values().sum();
        let here = guests.entry(address).or_default();
        if all >= options.max_connections || *here >= options.max_per_address {
            return None;
        }
        *here += 1;
        Some(Place(self.clone(), address))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut guests = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = guests.get_mut(&self.1) {
            *here -= 1;
            if *here == 0 {
                guests.remove(&self.1);
            }
        }
    }
}

/// What a conversation needs to know.
struct Desk {
    app: App,
    options: Arc<SmtpOptions>,
    peer: SocketAddr,
    stopped: tokio::sync::watch::Receiver<bool>,
}

async fn receive(desk: Desk, mut stream: TcpStream, place: Option<Place>) {
    let _ = stream.set_nodelay(true);
    let mut session = Session::new(desk.options.policy());
    if place.is_none() {
        let _ = session.take_replies();
        session.go_away();
        let _ = stream.write_all(&session.take_replies()).await;
        return;
    }
    let ends = Instant::now() + desk.options.session;
    let mut talk = Talk { desk, session, ends, message: None };
    let ended = match talk.converse(&mut stream).await {
        Ok(After::StartTls) => talk.over_tls(stream).await,
        Ok(After::End) => Ok(()),
        Err(cause) => Err(cause),
    };
    if let Err(cause) = ended {
        tracing::debug!(peer = %talk.desk.peer, %cause, "a mail connection broke");
    }
}

/// One conversation.
struct Talk {
    desk: Desk,
    session: Session,
    ends: Instant,
    message: Option<Message>,
}

/// How a conversation in clear ended.
enum After {
    End,
    StartTls,
}

/// What the session asked for, without the borrow of its buffers.
enum Asked {
    Input,
    Nothing,
    Recipient(String),
    Store,
    StartTls,
    Close,
}

/// A message that is being received.
struct Message {
    writer: blobs::Writer,
    watcher: Watcher,
    broken: Option<io::Error>,
    due: Instant,
}

impl Message {
    fn begin(desk: &Desk, session: &Session) -> Self {
        let mut writer = blobs::Writer::new(&desk.app);
        let date = mail::compose::rfc5322_date(desk.app.clock().now());
        let trace = session.trace(&desk.peer.ip().to_string(), &desk.app.secrets().hex_id(), &date);
        let broken = io::Write::write_all(&mut writer, trace.as_bytes()).err();
        Self { writer, watcher: Watcher::default(), broken, due: Instant::now() + desk.options.message }
    }

    fn take(&mut self, piece: &[u8]) {
        self.watcher.update(piece);
        if self.broken.is_none() {
            self.broken = io::Write::write_all(&mut self.writer, piece).err();
        }
    }
}

impl Talk {
    async fn over_tls(&mut self, stream: TcpStream) -> io::Result<()> {
        let Some(acceptor) = self.desk.options.tls.clone() else { return Ok(()) };
        let mut stream = timeout(self.desk.options.idle, acceptor.accept(stream)).await??;
        self.session.tls_started();
        self.converse(&mut stream).await.map(drop)
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<After> {
        let mut buffer = vec![0; 32 * 1024];
        let (mut start, mut end) = (0, 0);
        loop {
            let (used, asked) = self.feed(&buffer[start..end]);
            start += used;
            match asked {
                Asked::Nothing => {}
                Asked::Recipient(address) => {
                    let answer = self.is_ours(&address).await;
                    self.session.answer_recipient(answer);
                }
                Asked::Store => match self.store().await {
                    Ok(id) => self.session.answer_data(DataAnswer::Stored { id: &id }),
                    Err(cause) => {
                        tracing::error!(%cause, "a mail could not be stored");
                        self.session.answer_data(DataAnswer::TryLater);
                    }
                },
                Asked::Input => {
                    self.reply(stream).await?;
                    (start, end) = (0, self.read(stream, &mut buffer).await?);
                    if end == 0 {
                        return self.reply(stream).await.map(|()| After::End);
                    }
                }
                Asked::StartTls => return self.reply(stream).await.map(|()| After::StartTls),
                Asked::Close => {
                    self.reply(stream).await?;
                    let _ = timeout(self.desk.options.idle, stream.shutdown()).await;
                    return Ok(After::End);
                }
            }
        }
    }

    fn feed(&mut self, input: &[u8]) -> (usize, Asked) {
        let (used, event) = self.session.feed(input);
        let asked = match event {
            Event::NeedInput => Asked::Input,
            Event::Recipient(address) => Asked::Recipient(address.to_owned()),
            Event::Data(piece) => {
                if let Some(message) = &mut self.message {
                    message.take(piece);
                }
                Asked::Nothing
            }
            Event::DataStart => {
                self.message = Some(Message::begin(&self.desk, &self.session));
                Asked::Nothing
            }
            Event::DataTooLarge => {
                self.message = None;
                Asked::Nothing
            }
            Event::DataEnd => Asked::Store,
            Event::StartTls => Asked::StartTls,
            Event::Close => Asked::Close,
        };
        (used, asked)
    }

    async fn reply<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        let replies = self.session.take_replies();
        if replies.is_empty() {
            return Ok(());
        }
        timeout(self.desk.options.idle, async {
            stream.write_all(&replies).await?;
            stream.flush().await
        })
        .await?
    }

    /// Reads; 0 when the client has gone, was silent for too long, or has to go: then the last reply waits.
    async fn read<S: AsyncRead + Unpin>(&mut self, stream: &mut S, buffer: &mut [u8]) -> io::Result<usize> {
        let idle = Instant::now() + self.desk.options.idle;
        let message = self.message.as_ref().map_or(self.ends, |message| message.due);
        let due = idle.min(message).min(self.ends);
        // A message that is under way is let through to its end.
        let may_stop = !self.session.in_data();
        tokio::select! {
            read = timeout_at(due, stream.read(buffer)) => match read {
                Ok(read) => read,
                Err(_) => {
                    self.session.time_out();
                    Ok(0)
                }
            },
            _ = self.desk.stopped.wait_for(|stopped| *stopped), if may_stop => {
                self.session.go_away();
                Ok(0)
            }
        }
    }

    async fn is_ours(&self, address: &str) -> RecipientAnswer {
        let app = &self.desk.app;
        let Some(email) = app.part::<Email>() else { return RecipientAnswer::TryLater };
        match email.book.find(app, address).await {
            Ok(Some(_)) => RecipientAnswer::Accept,
            Ok(None) => RecipientAnswer::NotOurs,
            Err(cause) => {
                tracing::error!(%cause, "the addresses could not be read");
                RecipientAnswer::TryLater
            }
        }
    }

    /// Makes the message durable and gives its id. All that needs no transaction is done before it.
    async fn store(&mut self) -> Result<String> {
        let message = self.message.take().ok_or_else(|| Error::internal("no message is under way"))?;
        if let Some(cause) = message.broken {
            return Err(Error::internal(cause));
        }
        let size = message.writer.size();
        let content = finish(message.writer).await?;
        let new = New::of(EMAIL, message.watcher.finish(), size, &self.envelope())?;
        AbortPoint::MailStaged.reached();
        let id = self.desk.app.write(move |tx| inbound::accept(tx, &new, content)).await?.id();
        AbortPoint::MailCommitted.reached();
        Ok(id.to_string())
    }

    fn envelope(&self) -> Envelope {
        let envelope = self.session.envelope();
        Envelope {
            from: Some(envelope.sender.clone()),
            to: envelope.recipients.clone(),
            helo: envelope.client.clone(),
            address: Some(self.desk.peer.ip().to_string()),
            tls: envelope.tls,
            source: None,
        }
    }
}

/// Ends a content; the sync of a large one must not hold up the other conversations.
pub(super) async fn finish(writer: blobs::Writer) -> Result<Staged> {
    if writer.size() <= blobs::SMALL as u64 {
        return writer.finish().map_err(Error::internal);
    }
    let finished = tokio::task::spawn_blocking(move || writer.finish()).await;
    finished.map_err(Error::internal)?.map_err(Error::internal)
}
