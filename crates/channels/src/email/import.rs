//! Importing mail from files: `.eml`, mbox and Maildir.
//!
//! Each message takes the way of any other: stored once, then dealt with by its job, but on the channel `import`, where
//! dates are the messages' own and nothing is sent. An import that was broken off goes on when it is begun again.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use base::{Error, Result};
use kernel::{App, blobs};

use super::inbound::{self, Accepted, Envelope, IMPORT, New, Watcher};

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of all files.
    pub total: u64,
    /// Bytes that were read.
    pub done: u64,
    /// Messages that were stored.
    pub stored: u64,
    /// Messages that had been stored before.
    pub known: u64,
}

/// Imports files and folders; `progress` is told after each message. The jobs that make tickets of them run like all
/// others. Blocks.
///
/// # Errors
/// `BadRequest` that names the file which can't be read; what came before it stays imported.
pub fn import(app: &App, paths: &[PathBuf], mut progress: impl FnMut(Progress)) -> Result<Progress> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    let mut state = Progress { total: files.iter().map(|(_, size)| size).sum(), ..Progress::default() };
    for (path, size) in &files {
        let before = state.done;
        let file = File::open(path).map_err(|cause| unreadable(path, &cause))?;
        let mut reader = BufReader::with_capacity(256 * 1024, file);
        let is_mbox = reader.fill_buf().map_err(|cause| unreadable(path, &cause))?.starts_with(b"From ");
        let mut one = |piece: Incoming| {
            state.done += piece.length;
            match store(app, path, piece)? {
                Accepted::Stored(_) => state.stored += 1,
                Accepted::Known(_) => state.known += 1,
            }
            progress(state);
            Ok(())
        };
        if is_mbox {
            each_of_mbox(app, path, &mut reader, &mut one)?
        } else {
            one(whole(app, path, &mut reader)?)?
        }
        state.done = before + size;
    }
    progress(state);
    Ok(state)
}

fn unreadable(path: &Path, cause: &std::io::Error) -> Error {
    Error::BadRequest("UnreadableFile", format!("{}: {cause}", path.display()))
}

/// The mail files at a path, in a stable order, with their sizes. Of a Maildir that is `cur` and `new`, not `tmp`.
fn collect(path: &Path, out: &mut Vec<(PathBuf, u64)>) -> Result<()> {
    let meta = fs::metadata(path).map_err(|cause| unreadable(path, &cause))?;
    if !meta.is_dir() {
        out.push((path.to_owned(), meta.len()));
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|cause| unreadable(path, &cause))?;
    let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    inside.sort();
    let is_maildir = path.join("cur").is_dir() && path.join("new").is_dir();
    for entry in inside {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hidden_file = name.starts_with('.') && !entry.is_dir();
        let bookkeeping = is_maildir && (name == "tmp" || !entry.is_dir());
        if !hidden_file && !bookkeeping {
            collect(&entry, out)?;
        }
    }
    Ok(())
}

/// A message that was read from a file.
struct Incoming {
    writer: blobs::Writer,
    watcher: Watcher,
    length: u64,
}

impl Incoming {
    fn new(app: &App) -> Self {
        Self { writer: blobs::Writer::new(app), watcher: Watcher::default(), length: 0 }
    }

    fn take(&mut self, piece: &[u8]) -> Result<()> {
        self.watcher.update(piece);
        self.writer.write_all(piece).map_err(Error::internal)
    }
}

fn whole(app: &App, path: &Path, reader: &mut impl Read) -> Result<Incoming> {
    let mut message = Incoming::new(app);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut buffer).map_err(|cause| unreadable(path, &cause))?;
        if count == 0 {
            return Ok(message);
        }
        message.length += count as u64;
        message.take(&buffer[..count])?;
    }
}

/// Splits an mbox (RFC 4155): a message begins with `From ` after an empty line. `>From ` inside is unquoted (mboxrd).
fn each_of_mbox(
    app: &App,
    path: &Path,
    reader: &mut impl BufRead,
    one: &mut impl FnMut(Incoming) -> Result<()>,
) -> Result<()> {
    let mut message: Option<Incoming> = None;
    let mut after_empty = true;
    let mut line = Vec::new();
    loop {
        line.clear();
        // Lines longer than this come in pieces, which harms nothing.
        let count = reader.by_ref().take(1024 * 1024).read_until(b'\n', &mut line);
        let count = count.map_err(|cause| unreadable(path, &cause))? as u64;
        let begins = after_empty && line.starts_with(b"From ");
        if (count == 0 || begins)
            && let Some(complete) = message.take()
        {
            one(complete)?;
        }
        if count == 0 {
            return Ok(());
        }
        after_empty = matches!(line.as_slice(), b"\n" | b"\r\n");
        let current = message.get_or_insert_with(|| Incoming::new(app));
        current.length += count;
        if begins {
            continue;
        }
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        let unquoted = if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { &line };
        current.take(unquoted)?;
    }
}

fn store(app: &App, path: &Path, message: Incoming) -> Result<Accepted> {
    let envelope = Envelope { source: Some(path.display().to_string()), ..Envelope::default() };
    let new = New::of(IMPORT, message.watcher.finish(), message.writer.size(), &envelope)?;
    let content = message.writer.finish().map_err(Error::internal)?;
    app.write(move |tx| inbound::accept(tx, &new, content)).wait()
}
