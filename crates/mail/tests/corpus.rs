//! Every mail of fixtures/mails, read and summed up in one snapshot per folder.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use mail::{Attachment, Content, Kind, Message, classify, forward, quote, sanitize};

fn mails(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/mails").join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect()
}

fn folder(folder: &str, sum_up: impl Fn(&Message, &[u8]) -> String) -> String {
    let mut out = String::new();
    for (name, raw) in mails(folder) {
        let (message, problems) = mail::parse(&raw);
        writeln!(out, "== {name}").unwrap();
        if !problems.is_empty() {
            writeln!(out, "problems: {problems:?}").unwrap();
        }
        writeln!(out, "{}\n", sum_up(&message, &raw).trim_end()).unwrap();
    }
    out
}

fn file(attachment: &Attachment, raw: &[u8]) -> String {
    let bytes = attachment.bytes(raw);
    let inline = if attachment.inline { " inline" } else { "" };
    let cid = attachment.content_id.as_ref().map(|id| format!(" cid={id}")).unwrap_or_default();
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(12)]).into_owned();
    let nested = attachment.nested.as_ref().map(|n| {
        let files: Vec<&str> = n.attachments.iter().map(|a| a.name.as_str()).collect();
        format!(" nested: {:?} {:?} {files:?}", n.subject, n.plain())
    });
    format!(
        "{} {} {:?}{inline}{cid} {} bytes {start:?}{}",
        attachment.name,
        attachment.content_type,
        attachment.kind,
        bytes.len(),
        nested.unwrap_or_default()
    )
}

#[test]
fn bodies_and_attachments_of_all_shapes_are_read() {
    insta::assert_snapshot!(folder("mime", |message, raw| {
        let mut out = format!("from: {:?}\nsubject: {:?}\n", message.from, message.subject);
        for (name, list) in [("to", &message.to), ("cc", &message.cc)].into_iter().filter(|(_, l)| l.len() > 1) {
            writeln!(out, "{name}: {list:?}").unwrap();
        }
        writeln!(out, "text: {:?}\nhtml: {:?}", message.text, message.html).unwrap();
        for attachment in &message.attachments {
            writeln!(out, "- {}", file(attachment, raw)).unwrap();
        }
        out
    }));
}

#[test]
fn new_text_is_told_from_quotations_in_nine_languages() {
    insta::assert_snapshot!(folder("quotes", |message, _| {
        let body = |text: &str, html: Option<&str>| match html {
            Some(html) => sanitize::html_to_text(&html[quote::split_html(html).new]),
            None => text[quote::split_text(text).new].trim().to_owned(),
        };
        let new = body(&message.plain(), message.html.as_deref());
        if message.text.is_some() && message.html.is_some() {
            assert_eq!(body(&message.plain(), None), new, "text and HTML agree");
        }
        new
    }));
}

#[test]
fn charsets_are_repaired() {
    insta::assert_snapshot!(folder("charsets", |message, _| format!(
        "{}\n{}",
        message.subject,
        message.plain().trim()
    )));
}

#[test]
fn reports_and_other_mail_of_machines_are_recognised() {
    insta::assert_snapshot!(folder("reports", |message, _| format!(
        "{:#?}",
        classify::classify(message, None, "desk-1")
    )));
}

#[test]
fn forwards_give_the_first_author() {
    insta::assert_snapshot!(folder("forwards", |message, _| match forward::forwarded(message) {
        Some(found) => format!(
            "{:?}\n{:?} {:?} {:?}\nnote: {:?}\ntext: {:?}",
            found.sender, found.subject, found.date_text, found.date, found.note, found.text
        ),
        None => "no forward".into(),
    }));
}

#[test]
fn sanitised_mails_hold_nothing_that_runs_or_loads() {
    for folder in ["mime", "quotes", "forwards"] {
        for (name, raw) in mails(folder) {
            let Some(html) = mail::parse(&raw).0.html else { continue };
            let clean = sanitize::sanitize(&html, |id| Some(format!("/attachments/{id}"))).html;
            for forbidden in ["<script", "<style", "<form", " src=\"http", " id=", " class=", "javascript:"] {
                assert!(!clean.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }
}

#[test]
fn attachments_read_from_a_stream_are_the_same() {
    for (name, raw) in mails("mime") {
        let (message, _) = mail::parse(&raw);
        let (outlined, _) = mail::outline(Cursor::new(&raw)).unwrap();
        assert_eq!(message, outlined, "{name}");
        for attachment in &message.attachments {
            let mut streamed = Vec::new();
            attachment.reader(Cursor::new(&raw)).unwrap().read_to_end(&mut streamed).unwrap();
            assert_eq!(streamed, &attachment.bytes(&raw)[..], "{name} {}", attachment.name);
        }
    }
}

/// Makes a mail with a large attachment as it is read, so that only the reader under test could hold all of it.
struct LargeMail {
    head: Cursor<Vec<u8>>,
    lines: usize,
    line: Cursor<Vec<u8>>,
    tail: Cursor<Vec<u8>>,
}

impl Read for LargeMail {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        match self.head.read(buf)? {
            0 if self.lines > 0 || self.line.position() < 78 => {
                let got = self.line.read(buf)?;
                if self.line.position() == 78 && self.lines > 0 {
                    self.lines -= 1;
                    self.line.set_position(0);
                }
                Ok(got)
            }
            0 => self.tail.read(buf),
            got => Ok(got),
        }
    }
}

#[test]
fn a_hundred_megabytes_are_outlined_as_ranges() {
    let lines = 100 * 1024 * 1024 / 78;
    let head = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nBig file\r\n--x\r\nContent-Type: video/mp4; name=v.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let line = [b"A".repeat(76), b"\r\n".to_vec()].concat();
    let source = LargeMail {
        head: Cursor::new(head.to_vec()),
        lines,
        line: Cursor::new(line),
        tail: Cursor::new(b"--x--\r\n".to_vec()),
    };
    let (message, problems) = mail::outline(source).unwrap();
    assert_eq!((message.text.as_deref(), problems.len()), (Some("Big file"), 0));
    let Content::Range { range, .. } = &message.attachments[0].content else { panic!("a range") };
    assert_eq!(range.end - range.start, (lines as u64 + 1) * 78 - 2);
    assert_eq!((message.attachments.len(), message.attachments[0].kind), (1, Kind::File));
}
