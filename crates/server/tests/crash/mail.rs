//! A mail client that tries until it is told yes, as mail servers do, and a relay that keeps what it is given.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// Longer than anything takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends mail to the program.
pub struct Client {
    to: SocketAddr,
}

impl Client {
    pub fn new(to: SocketAddr) -> Self {
        Self { to }
    }

    /// Sends mails until each was answered 250; gives their Message-IDs.
    pub fn pour(&self, number: usize, count: usize, tell: &mpsc::Sender<()>) -> Vec<String> {
        let ids = (0..count).map(|mail| format!("<mail-{number}-{mail}@example.com>"));
        ids.inspect(|id| {
            while self.send(id).is_err() {
                std::thread::yield_now();
            }
            let _ = tell.send(());
        })
        .collect()
    }

    /// Sends one mail; Ok once it was answered 250.
    pub fn send(&self, id: &str) -> io::Result<()> {
        let (mut stream, mut lines) = self.up_to_content(id)?;
        write!(stream, ".\r\n")?;
        expect(&mut lines, "250")
    }

    /// Sends one mail and goes away before the answer.
    pub fn send_without_waiting(&self, id: &str) {
        let (mut stream, _) = self.up_to_content(id).unwrap();
        write!(stream, ".\r\n").unwrap();
    }

    fn up_to_content(&self, id: &str) -> io::Result<(TcpStream, BufReader<TcpStream>)> {
        let mut stream = TcpStream::connect(self.to)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut lines = BufReader::new(stream.try_clone()?);
        expect(&mut lines, "220")?;
        for (say, answer) in [
            ("EHLO client.example.com", "250"),
            ("MAIL FROM:<juhan@example.com>", "250"),
            ("RCPT TO:<support@desk.test>", "250"),
            ("DATA", "354"),
        ] {
            write!(stream, "{say}\r\n")?;
            expect(&mut lines, answer)?;
        }
        write!(
            stream,
            "From: Juhan <juhan@example.com>\r\nTo: support@desk.test\r\nSubject: Question {id}\r\n\
             Message-ID: {id}\r\n\r\nWhat about {id}?\r\n"
        )?;
        Ok((stream, lines))
    }
}

fn expect(lines: &mut impl BufRead, code: &str) -> io::Result<()> {
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.as_bytes().get(3) == Some(&b'-') {
            continue;
        }
        return if line.starts_with(code) { Ok(()) } else { Err(io::Error::other(line)) };
    }
}

/// A point in the relay's conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The recipient was taken.
    RecipientTaken,
    /// The whole mail was read, and yes not yet said.
    ContentRead,
    /// Yes was said.
    YesSaid,
}

/// What holds the relay at its point until it is dropped.
pub struct GoOn {
    _held: mpsc::Sender<()>,
}

type Stop = Mutex<Option<(Point, mpsc::Sender<GoOn>)>>;

/// A relay that takes everything.
pub struct Sink {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
    stop: Arc<Stop>,
}

impl Sink {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (mails, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(None)));
        let (for_threads, stops) = (mails.clone(), stop.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mails, stop) = (for_threads.clone(), stops.clone());
                std::thread::spawn(move || take(stream, &mails, &stop));
            }
        });
        Self { address, mails, stop }
    }

    /// Every mail that was given to the relay, also those to which it had no time to say yes.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    /// Holds the relay, once, when it comes to this point.
    pub fn stop_at(&self, point: Point) -> mpsc::Receiver<GoOn> {
        let (reached, at_point) = mpsc::channel();
        *self.stop.lock().unwrap() = Some((point, reached));
        at_point
    }
}

fn take(mut stream: TcpStream, mails: &Mutex<Vec<String>>, stop: &Stop) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    write!(stream, "220 relay.test\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "DATA" => {
                write!(stream, "354 go on\r\n")?;
                mails.lock().unwrap().push(content(&mut lines)?);
                hold(stop, Point::ContentRead);
                write!(stream, "250 taken\r\n")?;
                hold(stop, Point::YesSaid);
            }
            "RCPT" => {
                hold(stop, Point::RecipientTaken);
                write!(stream, "250 ok\r\n")?;
            }
            "QUIT" => {
                write!(stream, "221 bye\r\n")?;
                return Ok(());
            }
            _ => write!(stream, "250 ok\r\n")?,
        }
    }
}

fn content(lines: &mut impl BufRead) -> io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(&line);
    }
}

/// Waits, if this is the point, until the test drops what it is given.
fn hold(stop: &Stop, here: Point) {
    let mut stop = stop.lock().unwrap();
    if stop.as_ref().is_some_and(|(point, _)| *point == here) {
        let Some((_, reached)) = stop.take() else { return };
        let (go_on, dropped) = mpsc::channel();
        if reached.send(GoOn { _held: go_on }).is_ok() {
            let _ = dropped.recv();
        }
    }
}

/// A header of a mail.
pub fn header(mail: &str, name: &str) -> String {
    let wanted = format!("{}:", name.to_lowercase());
    let mut lines = mail.lines();
    let line = lines.find(|line| line.to_lowercase().starts_with(&wanted)).unwrap_or_default();
    let value = line.get(wanted.len()..).unwrap_or_default().trim().to_owned();
    // A long id stands on the next line, folded.
    if value.is_empty() { lines.next().unwrap_or_default().trim().to_owned() } else { value }
}
