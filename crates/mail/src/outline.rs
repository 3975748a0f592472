//! The one reader of MIME structure (RFC 2045-2049): a single pass in constant memory.
//!
//! It keeps headers, text up to a cap and small machine-readable parts; of attachments it keeps only where they are.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use crate::header::{self, Field, Parametrised};
use crate::message::{Message, Problem};
use crate::parse;
use crate::transfer::Transfer;

/// Longest piece of a line looked at; longer lines come in pieces.
const MAX_LINE: u64 = 64 * 1024;
/// Most header bytes kept of one part.
const MAX_HEADERS: usize = 256 * 1024;
const MAX_DEPTH: usize = 32;
const MAX_PARTS: usize = 1000;

/// Bytes kept of parts, by what they are.
const KEEP_TEXT: usize = 4 * 1024 * 1024;
const KEEP_REPORT: usize = 64 * 1024;
const KEEP_MESSAGE: usize = 1024 * 1024;
const KEEP_TNEF: usize = 32 * 1024 * 1024;

/// Reads a message of any size from a stream and gives the same as [`crate::parse::parse`].
/// Attachments are ranges of the stream, counted from its start.
///
/// # Errors
/// Those of `reader`, when it fails before giving anything; a later failure is a [`Problem::Unreadable`].
pub fn outline<R: Read>(reader: R) -> io::Result<(Message, Vec<Problem>)> {
    outline_at(reader, 0)
}

pub(crate) fn outline_at<R: Read>(reader: R, nesting: usize) -> io::Result<(Message, Vec<Problem>)> {
    let mut source = BufReader::with_capacity(64 * 1024, reader);
    let mut scan = Scan::new();
    let mut line = Vec::with_capacity(1024);
    loop {
        line.clear();
        match (&mut source).take(MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => scan.line(&line),
            Err(error) if scan.position == 0 => return Err(error),
            Err(error) => {
                scan.problems.push(Problem::Unreadable(error.kind().to_string()));
                break;
            }
        }
    }
    scan.finish();
    Ok(parse::assemble(scan.into_found(), nesting))
}

/// What the scan brought.
pub(crate) struct Found {
    pub(crate) top: Vec<Field>,
    pub(crate) domain: Option<String>,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) size: u64,
    pub(crate) problems: Vec<Problem>,
}

/// A part without parts of its own.
#[derive(Debug, Default)]
pub(crate) struct Leaf {
    pub(crate) content_type: Parametrised,
    pub(crate) disposition: Parametrised,
    pub(crate) content_id: Option<String>,
    pub(crate) description: String,
    pub(crate) encoding: Transfer,
    pub(crate) range: Range<u64>,
    /// The number of the nearest multipart/alternative around it.
    pub(crate) alternative: Option<usize>,
    /// Raw bytes kept, still encoded.
    pub(crate) kept: Vec<u8>,
    /// More was there than is kept.
    pub(crate) cut: bool,
    keep: usize,
}

/// An open multipart.
#[derive(Debug)]
struct Frame {
    boundary: Vec<u8>,
    alternative: Option<usize>,
    digest: bool,
}

#[derive(Debug)]
enum Place {
    Headers(Block),
    Leaf(Leaf),
    /// A multipart whose boundary isn't known: the first line that looks like one will do.
    Seeking(Leaf),
    /// Before the first boundary of a multipart: shown only when that boundary never comes.
    Preamble(Leaf),
    /// Epilogue.
    Between,
}

/// Header lines of a part as they come.
#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    /// Where lines began that are no headers; the body, unless headers go on.
    stray: Option<usize>,
    /// Byte position in the message of each block start, to place a body that began without an empty line.
    start: u64,
    cut: bool,
}

struct Scan {
    place: Place,
    frames: Vec<Frame>,
    top: Vec<Field>,
    has_top: bool,
    /// The sender's domain, a hint for guessing charsets.
    domain: Option<String>,
    leaves: Vec<Leaf>,
    multiparts: usize,
    parts: usize,
    problems: Vec<Problem>,
    position: u64,
    /// Length of the line end before the present line.
    previous_end: u64,
    /// The present piece starts a line.
    at_start: bool,
}

impl Scan {
    fn new() -> Self {
        Self {
            place: Place::Headers(Block::default()),
            frames: Vec::new(),
            top: Vec::new(),
            has_top: false,
            domain: None,
            leaves: Vec::new(),
            multiparts: 0,
            parts: 0,
            problems: Vec::new(),
            position: 0,
            previous_end: 0,
            at_start: true,
        }
    }

    fn line(&mut self, line: &[u8]) {
        let end = line_end(line);
        let is_boundary = self.at_start && line.starts_with(b"--") && self.boundary(line);
        if !is_boundary {
            self.inside(line, end);
        }
        self.position += line.len() as u64;
        self.previous_end = end as u64;
        self.at_start = line.ends_with(b"\n");
    }

    /// Handles a boundary line of any open multipart.
    fn boundary(&mut self, line: &[u8]) -> bool {
        let text = line[2..].trim_ascii_end();
        if matches!(self.place, Place::Seeking(_)) && text.len() > 2 && !text.contains(&b' ') {
            let boundary = text.strip_suffix(b"--").unwrap_or(text).to_vec();
            self.place = Place::Between;
            if let Some(frame) = self.frames.last_mut() {
                frame.boundary = boundary;
            }
        }
        let matched = self.frames.iter().rposition(|frame| {
            let tail = text.strip_prefix(frame.boundary.as_slice());
            !frame.boundary.is_empty() && tail.is_some_and(|tail| tail.is_empty() || tail == b"--")
        });
        let Some(at) = matched else { return false };
        let closes = text.len() > self.frames[at].boundary.len();
        self.end_place(self.position.saturating_sub(self.previous_end), true);
        if at + 1 < self.frames.len() {
            self.problems.push(Problem::UnclosedMultipart);
            self.frames.truncate(at + 1);
        }
        if closes {
            self.frames.truncate(at);
            self.place = Place::Between;
        } else {
            self.place = Place::Headers(Block { start: self.position + line.len() as u64, ..Block::default() });
        }
        true
    }

    fn inside(&mut self, line: &[u8], end: usize) {
        match &mut self.place {
            Place::Headers(block) => {
                let first = !self.has_top && block.bytes.is_empty();
                if line.len() == end && self.at_start {
                    if first {
                        // Empty lines before the first header.
                        block.start += line.len() as u64;
                    } else {
                        self.end_headers(self.position + line.len() as u64, line);
                    }
                } else if first && line.starts_with(b"From ") && !line[..line.len().min(20)].contains(&b':') {
                    // The separator of an mbox.
                    block.start += line.len() as u64;
                } else {
                    block.add(line, self.at_start, &mut self.problems);
                }
            }
            Place::Leaf(leaf) | Place::Seeking(leaf) | Place::Preamble(leaf) => leaf.keep(line),
            Place::Between => {}
        }
    }

    /// Ends what is open at a boundary (whose line end is `previous_end`) or at the end of the message.
    fn end_place(&mut self, end: u64, at_boundary: bool) {
        if let Place::Headers(block) = &self.place
            && (!block.bytes.is_empty() || !self.has_top)
        {
            self.end_headers(self.position, b"");
        }
        match std::mem::replace(&mut self.place, Place::Between) {
            Place::Leaf(mut leaf) | Place::Seeking(mut leaf) => {
                if at_boundary && !leaf.cut && leaf.range.start < self.position {
                    let kept = leaf.kept.len().saturating_sub(self.previous_end as usize);
                    leaf.kept.truncate(kept);
                }
                leaf.range.end = end.max(leaf.range.start);
                self.leaves.push(leaf);
            }
            Place::Preamble(mut leaf) if !at_boundary && !leaf.kept.trim_ascii().is_empty() => {
                self.problems.push(Problem::MissingBoundary);
                leaf.range.end = end.max(leaf.range.start);
                self.leaves.push(leaf);
            }
            Place::Headers(_) | Place::Preamble(_) | Place::Between => {}
        }
    }

    /// Understands a header block, ended by `empty_line`; the body starts at byte `body`.
    fn end_headers(&mut self, body: u64, empty_line: &[u8]) {
        let Place::Headers(block) = std::mem::replace(&mut self.place, Place::Between) else { return };
        let mut start = body;
        let mut tail: &[u8] = &[];
        let mut head = block.bytes.as_slice();
        if let Some(stray) = block.stray {
            (head, tail) = block.bytes.split_at(stray);
            start = block.start + stray as u64;
            self.problems.push(if head.is_empty() && !self.has_top {
                Problem::NoHeaders
            } else {
                Problem::BrokenHeader
            });
        }
        if !self.has_top {
            self.domain = header::sender_domain(head);
        }
        let fields = header::fields(head, self.domain.as_deref(), &mut self.problems);
        let mut place = self.open(&fields, start);
        if let Place::Leaf(leaf) | Place::Seeking(leaf) | Place::Preamble(leaf) = &mut place
            && !tail.is_empty()
        {
            leaf.keep(tail);
            // The line that ended the block belongs to the body too.
            leaf.keep(empty_line);
        }
        if !self.has_top {
            self.top = fields;
            self.has_top = true;
        }
        self.place = place;
    }

    fn open(&mut self, fields: &[Field], start: u64) -> Place {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            if self.parts == MAX_PARTS + 1 {
                self.problems.push(Problem::TooManyParts);
            }
            return Place::Between;
        }
        let mut leaf = self.describe(fields);
        leaf.range = start..start;
        if !leaf.content_type.value.starts_with("multipart/") {
            return Place::Leaf(leaf);
        }
        if self.frames.len() >= MAX_DEPTH {
            self.problems.push(Problem::NestedTooDeep);
            return Place::Leaf(leaf);
        }
        let boundary = leaf.content_type.parameter("boundary").unwrap_or_default().trim_end().as_bytes().to_vec();
        let known = !boundary.is_empty();
        self.multiparts += 1;
        let alternative = match leaf.content_type.value.as_str() {
            "multipart/alternative" => Some(self.multiparts),
            _ => leaf.alternative,
        };
        let digest = leaf.content_type.value == "multipart/digest";
        self.frames.push(Frame { boundary, alternative, digest });
        leaf.content_type = header::parametrised("text/plain");
        leaf.keep = KEEP_TEXT;
        if known {
            return Place::Preamble(leaf);
        }
        self.problems.push(Problem::MissingBoundary);
        Place::Seeking(leaf)
    }

    fn describe(&mut self, fields: &[Field]) -> Leaf {
        let find = |name: &str| fields.iter().find(|f| f.name.eq_ignore_ascii_case(name)).map(|f| f.raw.as_str());
        let frame = self.frames.last();
        let default = if frame.is_some_and(|f| f.digest) { "message/rfc822" } else { "text/plain" };
        let mut content_type = header::parametrised(find("Content-Type").unwrap_or(default));
        if !content_type.value.contains('/') {
            content_type.value = match content_type.value.as_str() {
                "" | "text" => "text/plain".into(),
                "html" => "text/html".into(),
                _ => "application/octet-stream".into(),
            };
        }
        let label = find("Content-Transfer-Encoding").unwrap_or_default();
        let encoding = Transfer::find(label).unwrap_or_else(|| {
            self.problems.push(Problem::UnknownEncoding(label.chars().take(40).collect()));
            Transfer::Identity
        });
        let disposition = header::parametrised(find("Content-Disposition").unwrap_or_default());
        let name = disposition.parameter("filename").or(content_type.parameter("name")).unwrap_or_default();
        let keep = match content_type.value.as_str() {
            "application/ms-tnef" | "application/vnd.ms-tnef" => KEEP_TNEF,
            _ if name.eq_ignore_ascii_case("winmail.dat") => KEEP_TNEF,
            "message/rfc822" | "message/global" => KEEP_MESSAGE,
            "text/rfc822-headers" => KEEP_REPORT,
            other if other.starts_with("message/") => KEEP_REPORT,
            "text/plain" | "text/html" => KEEP_TEXT,
            _ => 0,
        };
        let content_id = find("Content-ID").map(|id| id.trim().trim_matches(['<', '>']).to_owned());
        Leaf {
            disposition,
            content_id: content_id.filter(|id| !id.is_empty()),
            description: find("Content-Description").map(header::decode_words).unwrap_or_default(),
            encoding,
            alternative: frame.and_then(|f| f.alternative),
            keep,
            content_type,
            ..Leaf::default()
        }
    }

    fn into_found(self) -> Found {
        Found { top: self.top, domain: self.domain, leaves: self.leaves, size: self.position, problems: self.problems }
    }

    fn finish(&mut self) {
        let open = !self.frames.is_empty();
        let in_part = !matches!(self.place, Place::Between | Place::Preamble(_));
        self.end_place(self.position, false);
        if open && (in_part || self.leaves.is_empty()) {
            self.problems.push(Problem::UnclosedMultipart);
        }
    }
}

impl Leaf {
    fn keep(&mut self, bytes: &[u8]) {
        let room = self.keep.saturating_sub(self.kept.len());
        if bytes.len() > room {
            self.cut = true;
        }
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

impl Block {
    fn add(&mut self, line: &[u8], starts: bool, problems: &mut Vec<Problem>) {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        if starts && self.stray.is_some() && is_known_field(line) {
            // Headers go on after all: the stray lines were noise.
            self.stray = None;
            problems.push(Problem::BrokenHeader);
        } else if starts && self.stray.is_none() && (!folded || self.bytes.is_empty()) && !is_field(line) {
            self.stray = Some(self.bytes.len());
        }
        if self.bytes.len() + line.len() <= MAX_HEADERS {
            self.bytes.extend_from_slice(line);
        } else if !self.cut {
            self.cut = true;
            problems.push(Problem::HeadersTooLarge);
        }
    }
}

fn line_end(line: &[u8]) -> usize {
    match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    }
}

/// `name:` with a name of visible ASCII.
fn is_field(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    let name = line[..colon].trim_ascii_end();
    !name.is_empty() && name.len() <= 100 && name.iter().all(|b| (33..=126).contains(b))
}

fn is_known_field(line: &[u8]) -> bool {
    const KNOWN: &[&str] = &[
        "received",
        "return-path",
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "references",
        "in-reply-to",
        "reply-to",
        "sender",
        "dkim-signature",
        "list-id",
        "delivered-to",
        "authentication-results",
    ];
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    let name = String::from_utf8_lossy(line[..colon].trim_ascii_end()).to_ascii_lowercase();
    name.starts_with("content-") || name.starts_with("x-") || KNOWN.contains(&name.as_str())
}
