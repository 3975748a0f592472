//! A relay that takes what it is given, or does not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use mail::Message;
use mail::smtp::{DataAnswer, Event, Policy, RecipientAnswer, Session};

/// What the relay took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub raw: Vec<u8>,
}

impl Taken {
    pub fn message(&self) -> Message {
        mail::parse(&self.raw).0
    }
}

/// How the relay behaves.
#[derive(Default)]
pub struct Mood {
    /// Recipients with this word in them are unknown.
    pub refuse: Option<String>,
    /// Everything is put off.
    pub busy: bool,
}

pub struct FakeRelay {
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    stopped: Arc<AtomicBool>,
}

impl FakeRelay {
    pub fn start(mood: Mood) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), mood)
    }

    pub fn on(listener: TcpListener, mood: Mood) -> Self {
        let address = listener.local_addr().unwrap();
        let (taken, stopped) = (Arc::<Mutex<Vec<Taken>>>::default(), Arc::<AtomicBool>::default());
        let (gives, ends, mood) = (taken.clone(), stopped.clone(), Arc::new(mood));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let (gives, mood) = (gives.clone(), mood.clone());
                std::thread::spawn(move || talk(stream, &gives, &mood));
            }
        });
        Self { address, taken, stopped }
    }

    /// An address at which nobody listens.
    pub fn nowhere() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

impl Drop for FakeRelay {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = std::net::TcpStream::connect(self.address);
    }
}

fn talk(mut stream: std::net::TcpStream, taken: &Mutex<Vec<Taken>>, mood: &Mood) {
    let mut session = Session::new(Policy::new("relay.example"));
    let (mut buffer, mut raw) = (vec![0; 64 * 1024], Vec::new());
    stream.write_all(&session.take_replies()).unwrap();
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let mut rest = &buffer[..count];
        loop {
            let (used, event) = session.feed(rest);
            rest = &rest[used..];
            match event {
                Event::NeedInput => break,
                Event::Recipient(address) => {
                    let unknown = mood.refuse.as_ref().is_some_and(|word| address.contains(word.as_str()));
                    let answer = if unknown { RecipientAnswer::Unknown } else { RecipientAnswer::Accept };
                    session.answer_recipient(answer);
                }
                Event::DataStart => raw.clear(),
                Event::Data(piece) => raw.extend_from_slice(piece),
                Event::DataEnd if mood.busy => session.answer_data(DataAnswer::TryLater),
                Event::DataEnd => {
                    let envelope = session.envelope();
                    let (from, to) = (envelope.sender.clone(), envelope.recipients.clone());
                    taken.lock().unwrap().push(Taken { from, to, raw: raw.clone() });
                    session.answer_data(DataAnswer::Stored { id: "1" });
                }
                _ => {
                    let _ = stream.write_all(&session.take_replies());
                    return;
                }
            }
        }
        if stream.write_all(&session.take_replies()).is_err() {
            return;
        }
    }
}
