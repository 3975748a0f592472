//! Whatever comes in: no panic, and the same answer however it is cut.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use mail::smtp::{DataAnswer, Event, Policy, RecipientAnswer, Session};
use mail::{classify, forward, quote, sanitize, thread};
use proptest::prelude::*;

fn corpus() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/mails");
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let mut files: Vec<_> = files.collect();
    files.sort();
    files.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Does with a mail everything that the desk does.
fn use_everything(raw: &[u8]) {
    let (message, _) = mail::parse(raw);
    let plain = message.plain().into_owned();
    assert!(plain.get(quote::split_text(&plain).new).is_some());
    if let Some(html) = &message.html {
        let new = html.get(quote::split_html(html).new).unwrap();
        sanitize::sanitize(new, |_| None);
        sanitize::html_to_text(new);
    }
    sanitize::text_to_html(&plain);
    classify::classify(&message, None, "desk");
    forward::forwarded(&message);
    thread::messages_of_ours(&thread::Key::new(b"k"), &message);
    for attachment in &message.attachments {
        attachment.bytes(raw);
    }
}

#[derive(Debug, Clone)]
enum Damage {
    Cut(usize),
    Change(usize, u8),
    Remove(usize, usize),
    Repeat(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        (any::<usize>(), 0usize..60).prop_map(|(at, count)| Damage::Remove(at, count)),
        (any::<usize>(), 0usize..60).prop_map(|(at, count)| Damage::Repeat(at, count)),
    ]
}

fn damaged(mut raw: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let place = |at: usize| at % (raw.len() + 1);
        match *damage {
            Damage::Cut(at) => raw.truncate(place(at)),
            Damage::Change(at, byte) => {
                let at = place(at);
                if let Some(old) = raw.get_mut(at) {
                    *old = byte;
                }
            }
            Damage::Remove(at, count) => {
                let at = place(at);
                raw.drain(at..(at + count).min(raw.len()));
            }
            Damage::Repeat(at, count) => {
                let at = place(at);
                let piece = raw[at..(at + count).min(raw.len())].to_vec();
                raw.splice(at..at, piece);
            }
        }
    }
    raw
}

/// Everything that a session asks and answers, independent of how the input was cut.
fn converse(chunks: &[&[u8]]) -> (Vec<u8>, Vec<String>) {
    let mut policy = Policy::new("desk.example");
    policy.max_size = 200;
    policy.max_line = 100;
    policy.tls_available = true;
    let mut session = Session::new(policy);
    let (mut replies, mut events, mut data) = (session.take_replies(), Vec::new(), Vec::new());
    for chunk in chunks {
        let mut rest = *chunk;
        loop {
            let (used, event) = session.feed(rest);
            rest = &rest[used..];
            match event {
                Event::NeedInput => break,
                Event::Recipient(address) => {
                    events.push(format!("recipient {address}"));
                    let answer =
                        if address.starts_with('x') { RecipientAnswer::Unknown } else { RecipientAnswer::Accept };
                    session.answer_recipient(answer);
                }
                Event::DataStart => data.clear(),
                Event::Data(bytes) => data.extend_from_slice(bytes),
                Event::DataTooLarge => events.push("too large".into()),
                Event::DataEnd => {
                    events.push(format!("message {:?} {:?}", session.envelope(), String::from_utf8_lossy(&data)));
                    session.answer_data(DataAnswer::Stored { id: "1" });
                }
                Event::StartTls => {
                    events.push("tls".into());
                    break;
                }
                Event::Close => {
                    events.push("close".into());
                    replies.extend(session.take_replies());
                    return (replies, events);
                }
            }
        }
        replies.extend(session.take_replies());
        if events.last().is_some_and(|event| event == "tls") {
            break;
        }
    }
    (replies, events)
}

fn script() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just("EHLO a\r\n".to_owned()),
        Just("MAIL FROM:<a@b>\r\n".to_owned()),
        Just("RCPT TO:<c@d>\r\n".to_owned()),
        Just("RCPT TO:<x@d>\r\n".to_owned()),
        Just("DATA\r\n".to_owned()),
        Just(".\r\n".to_owned()),
        Just("..\r\n".to_owned()),
        Just(".\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("RSET\r\n".to_owned()),
        Just("STARTTLS\r\n".to_owned()),
        Just("QUIT\r\n".to_owned()),
        "[ -~\r\n.]{0,120}",
    ];
    let opening = Just("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n".to_owned());
    (prop_oneof![opening, Just(String::new())], prop::collection::vec(line, 0..12))
        .prop_map(|(first, rest)| (first + &rest.concat()).into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_parsed(raw in prop::collection::vec(any::<u8>(), 0..400)) {
        use_everything(&raw);
    }

    #[test]
    fn any_text_with_headers_is_parsed(head in "(From|To|Content-Type|Subject|Date|References): [ -~\n]{0,60}\n", body in "[ -~\n<>=?&;-]{0,300}") {
        use_everything(format!("{head}\n{body}").as_bytes());
        use_everything(format!("Content-Type: text/html\n\n{body}").as_bytes());
    }

    #[test]
    fn damaged_mails_are_parsed(number in any::<prop::sample::Index>(), damages in prop::collection::vec(damage(), 1..6)) {
        let all = corpus();
        use_everything(&damaged(number.get(&all).clone(), &damages));
    }

    #[test]
    fn an_smtp_session_does_not_depend_on_how_bytes_arrive(script in script(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(script.len() + 1)).collect();
        places.extend([0, script.len()]);
        places.sort_unstable();
        let chunks: Vec<&[u8]> = places.windows(2).map(|pair| &script[pair[0]..pair[1]]).collect();
        let single: Vec<&[u8]> = script.chunks(1).collect();
        let whole = converse(&[&script]);
        prop_assert_eq!(&converse(&chunks), &whole);
        prop_assert_eq!(&converse(&single), &whole);
    }

    #[test]
    fn any_bytes_are_answered_by_smtp(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        converse(&[&bytes]);
    }
}
