//! Outlook's winmail.dat (MS-OXTNEF): its body and its files.

use crate::charset;

const SIGNATURE: u32 = 0x223e_9f78;
const LEVEL_ATTACHMENT: u8 = 2;

const ATT_OEM_CODEPAGE: u32 = 0x0006_9007;
const ATT_BODY: u32 = 0x0002_800c;
const ATT_MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const ATT_ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATT_ATTACH_TITLE: u32 = 0x0001_8010;
const ATT_ATTACH_DATA: u32 = 0x0006_800f;
const ATT_ATTACH_PROPERTIES: u32 = 0x0006_9005;

const PR_SUBJECT: u16 = 0x0037;
const PR_BODY: u16 = 0x1000;
const PR_RTF_COMPRESSED: u16 = 0x1009;
const PR_HTML: u16 = 0x1013;
const PR_DISPLAY_NAME: u16 = 0x3001;
const PR_ATTACH_DATA: u16 = 0x3701;
const PR_ATTACH_FILENAME: u16 = 0x3704;
const PR_ATTACH_LONG_FILENAME: u16 = 0x3707;
const PR_ATTACH_MIME_TAG: u16 = 0x370e;
const PR_ATTACH_CONTENT_ID: u16 = 0x3712;
const PR_INTERNET_CODEPAGE: u16 = 0x3fde;

const PT_OBJECT: u16 = 0x000d;
const PT_STRING8: u16 = 0x001e;
const PT_UNICODE: u16 = 0x001f;
const PT_BINARY: u16 = 0x0102;
const MULTIPLE: u16 = 0x1000;

/// Messages embedded in messages are opened this deep.
const MAX_DEPTH: usize = 3;
/// Most values of one property, and most properties.
const MAX_COUNT: u32 = 10_000;

/// What a winmail.dat holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) files: Vec<File>,
    /// It ends too early or has nonsense in it; what came before is here.
    pub(crate) broken: bool,
}

/// A file in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) content_id: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Opens a winmail.dat. None when it isn't one.
pub(crate) fn decode(bytes: &[u8]) -> Option<Opened> {
    decode_at(bytes, 0)
}

fn decode_at(bytes: &[u8], depth: usize) -> Option<Opened> {
    let mut input = Input(bytes);
    if input.u32()? != SIGNATURE {
        return None;
    }
    input.take(2)?;
    let mut reading = Reading { opened: Opened::default(), codepage: 1252, rtf: None, subject: String::new(), depth };
    while !input.0.is_empty() {
        if reading.attribute(&mut input).is_none() {
            reading.opened.broken = true;
            break;
        }
    }
    Some(reading.finish())
}

struct Reading {
    opened: Opened,
    codepage: u32,
    rtf: Option<Vec<u8>>,
    subject: String,
    depth: usize,
}

impl Reading {
    fn attribute(&mut self, input: &mut Input<'_>) -> Option<()> {
        let level = input.u8()?;
        let id = input.u32()?;
        let length = input.u32()? as usize;
        let data = input.take(length)?;
        input.take(2)?;
        match id {
            ATT_OEM_CODEPAGE => self.codepage = Input(data).u32()?,
            ATT_BODY => self.opened.text = Some(self.string8(data)),
            ATT_MESSAGE_PROPERTIES => self.message_properties(data)?,
            ATT_ATTACH_REND_DATA => self.opened.files.push(File::default()),
            _ if level == LEVEL_ATTACHMENT => self.file_attribute(id, data)?,
            _ => {}
        }
        Some(())
    }

    fn file_attribute(&mut self, id: u32, data: &[u8]) -> Option<()> {
        if self.opened.files.is_empty() {
            self.opened.files.push(File::default());
        }
        match id {
            ATT_ATTACH_TITLE => {
                let name = self.string8(data);
                let file = self.opened.files.last_mut()?;
                if file.name.is_empty() {
                    file.name = name;
                }
            }
            ATT_ATTACH_DATA => self.opened.files.last_mut()?.bytes = data.to_vec(),
            ATT_ATTACH_PROPERTIES => self.file_properties(data)?,
            _ => {}
        }
        Some(())
    }

    fn message_properties(&mut self, data: &[u8]) -> Option<()> {
        let (properties, whole) = properties(data);
        let internet = properties.iter().find(|p| p.id == PR_INTERNET_CODEPAGE).and_then(|p| Input(p.value).u32());
        for property in &properties {
            match property.id {
                PR_BODY => self.opened.text = Some(self.string(property)),
                PR_SUBJECT => self.subject = self.string(property),
                PR_HTML if property.kind == PT_BINARY => {
                    let label = codepage_label(internet.unwrap_or(self.codepage));
                    self.opened.html = Some(charset::decode(property.value, Some(&label), None).0);
                }
                PR_HTML => self.opened.html = Some(self.string(property)),
                PR_RTF_COMPRESSED => self.rtf = decompress(property.value),
                _ => {}
            }
        }
        whole.then_some(())
    }

    fn file_properties(&mut self, data: &[u8]) -> Option<()> {
        let (properties, whole) = properties(data);
        let text = |id: u16| properties.iter().find(|p| p.id == id).map(|p| self.string(p)).filter(|t| !t.is_empty());
        let name = text(PR_ATTACH_LONG_FILENAME).or_else(|| text(PR_ATTACH_FILENAME)).or_else(|| text(PR_DISPLAY_NAME));
        let (content_type, content_id) = (text(PR_ATTACH_MIME_TAG), text(PR_ATTACH_CONTENT_ID));
        let object = properties.iter().find(|p| p.id == PR_ATTACH_DATA && matches!(p.kind, PT_OBJECT | PT_BINARY));
        // An object begins with the 16 bytes of its interface id.
        let bytes = object.map(|p| if p.kind == PT_OBJECT { p.value.get(16..).unwrap_or_default() } else { p.value });
        let embedded = bytes.filter(|_| self.depth < MAX_DEPTH).and_then(|bytes| decode_at(bytes, self.depth + 1));
        let file = self.opened.files.last_mut()?;
        file.name = name.unwrap_or(std::mem::take(&mut file.name));
        file.content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        file.content_id = content_id.map(|id| id.trim_matches(['<', '>']).to_owned());
        match (embedded, bytes) {
            (Some(embedded), _) => self.take_embedded(embedded),
            (None, Some(bytes)) => file.bytes = bytes.to_vec(),
            (None, None) => {}
        }
        whole.then_some(())
    }

    /// A message inside of the message: its body becomes a file, its files ours.
    fn take_embedded(&mut self, embedded: Opened) {
        if let Some(file) = self.opened.files.last_mut() {
            let (text, extension, kind) = match (embedded.html, embedded.text) {
                (Some(html), _) => (html, "html", "text/html"),
                (None, text) => (text.unwrap_or_default(), "txt", "text/plain"),
            };
            file.name = format!("{}.{extension}", if file.name.is_empty() { "message" } else { &file.name });
            file.content_type = kind.into();
            file.bytes = text.into_bytes();
        }
        self.opened.files.extend(embedded.files);
    }

    fn string8(&self, bytes: &[u8]) -> String {
        let bytes = bytes.split(|b| *b == 0).next().unwrap_or_default();
        charset::decode(bytes, Some(&codepage_label(self.codepage)), None).0.replace("\r\n", "\n")
    }

    fn string(&self, property: &Property<'_>) -> String {
        if property.kind != PT_UNICODE {
            return self.string8(property.value);
        }
        let units: Vec<u16> =
            property.value.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let end = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
        String::from_utf16_lossy(&units[..end]).replace("\r\n", "\n")
    }

    fn finish(mut self) -> Opened {
        for (number, file) in self.opened.files.iter_mut().enumerate() {
            if file.name.is_empty() {
                file.name = format!("attachment-{}.bin", number + 1);
            }
            if file.content_type.is_empty() {
                file.content_type = content_type(&file.name).into();
            }
        }
        let has_body =
            [&self.opened.text, &self.opened.html].iter().any(|b| b.as_deref().is_some_and(|b| !b.trim().is_empty()));
        if let Some(rtf) = self.rtf.filter(|_| !has_body) {
            let text = crate::rtf::to_text(&rtf);
            if text.trim().is_empty() {
                let name = if self.subject.is_empty() { "message.rtf".into() } else { format!("{}.rtf", self.subject) };
                self.opened.files.push(File {
                    name,
                    content_type: "application/rtf".into(),
                    content_id: None,
                    bytes: rtf,
                });
            } else {
                self.opened.text = Some(text);
            }
        }
        self.opened
    }
}

/// One MAPI property with its (first) value.
struct Property<'a> {
    kind: u16,
    id: u16,
    value: &'a [u8],
}

/// Reads a property list; false when it is cut short.
fn properties(data: &[u8]) -> (Vec<Property<'_>>, bool) {
    let mut input = Input(data);
    let mut found = Vec::new();
    let Some(count) = input.u32() else { return (found, false) };
    for _ in 0..count.min(MAX_COUNT) {
        match property(&mut input) {
            Some(property) => found.push(property),
            None => return (found, false),
        }
    }
    (found, true)
}

fn property<'a>(input: &mut Input<'a>) -> Option<Property<'a>> {
    let kind = input.u16()?;
    let id = input.u16()?;
    if id >= 0x8000 {
        skip_name(input)?;
    }
    let single = kind & !MULTIPLE;
    let variable = matches!(single, PT_OBJECT | PT_STRING8 | PT_UNICODE | PT_BINARY);
    let count = if kind & MULTIPLE != 0 || variable { input.u32()? } else { 1 };
    let mut first: &[u8] = &[];
    for number in 0..count.min(MAX_COUNT) {
        let length = if variable { input.u32()? as usize } else { fixed_length(single)? };
        let value = input.take(length)?;
        // The last value's padding is sometimes left out.
        input.skip(length.wrapping_neg() % 4);
        if number == 0 {
            first = value;
        }
    }
    Some(Property { kind: single, id, value: first })
}

/// Properties with a name carry a GUID and a number or a string before their value.
fn skip_name(input: &mut Input<'_>) -> Option<()> {
    input.take(16)?;
    if input.u32()? == 0 {
        input.u32()?;
    } else {
        let length = input.u32()? as usize;
        input.take(length)?;
        input.skip(length.wrapping_neg() % 4);
    }
    Some(())
}

fn fixed_length(kind: u16) -> Option<usize> {
    match kind {
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        _ => None,
    }
}

fn codepage_label(codepage: u32) -> String {
    match codepage {
        65001 => "utf-8".into(),
        20127 => "us-ascii".into(),
        20866 => "koi8-r".into(),
        28591..=28605 => format!("iso-8859-{}", codepage - 28590),
        932 => "shift_jis".into(),
        936 => "gbk".into(),
        949 => "euc-kr".into(),
        950 => "big5".into(),
        866 => "ibm866".into(),
        other => format!("windows-{other}"),
    }
}

fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "txt" | "log" => "text/plain",
        "csv" => "text/csv",
        "htm" | "html" => "text/html",
        "eml" => "message/rfc822",
        "ics" => "text/calendar",
        "zip" => "application/zip",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

/// What compressed RTF (MS-OXRTFCP) starts its dictionary with.
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// Most bytes that a compressed RTF may grow to.
const MAX_RTF: usize = 16 * 1024 * 1024;

/// Undoes the compression of MS-OXRTFCP. None when it isn't compressed RTF.
fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut input = Input(bytes);
    input.u32()?;
    let size = (input.u32()? as usize).min(MAX_RTF);
    let kind = input.take(4)?;
    input.u32()?;
    match kind {
        b"MELA" => return Some(input.0[..size.min(input.0.len())].to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut ring = [b' '; 4096];
    ring[..DICTIONARY.len()].copy_from_slice(DICTIONARY);
    let mut write = DICTIONARY.len();
    let mut out = Vec::new();
    while let Some(control) = input.u8() {
        for bit in 0..8 {
            if out.len() >= size {
                return Some(out);
            }
            if control >> bit & 1 == 0 {
                let Some(byte) = input.u8() else { return Some(out) };
                out.push(byte);
                ring[write] = byte;
                write = (write + 1) % 4096;
                continue;
            }
            let (Some(high), Some(low)) = (input.u8(), input.u8()) else { return Some(out) };
            let token = usize::from(high) << 8 | usize::from(low);
            let (offset, length) = (token >> 4, (token & 15) + 2);
            if offset == write {
                return Some(out);
            }
            for step in 0..length {
                let byte = ring[(offset + step) % 4096];
                out.push(byte);
                ring[write] = byte;
                write = (write + 1) % 4096;
            }
        }
    }
    Some(out)
}

/// Little-endian reading that stops at the end.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn skip(&mut self, length: usize) {
        self.0 = self.0.get(length..).unwrap_or_default();
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|b| u16::from_le_bytes([b[0], b[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
}
