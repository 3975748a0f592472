//! Content transfer encodings (RFC 2045, section 6), decoded as a stream and never failing.

use std::borrow::Cow;
use std::io::{self, Read};

/// How the bytes of a part are encoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transfer {
    /// 7bit, 8bit or binary: as they are.
    #[default]
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
    /// uuencode (`x-uuencode`), from before MIME.
    Uuencode,
}

impl Transfer {
    /// Reads the value of Content-Transfer-Encoding. None when it is unknown.
    pub fn find(label: &str) -> Option<Self> {
        let label = label.split(';').next().unwrap_or(label).trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        match label.as_str() {
            "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" | "none" | "utf-8" => Some(Self::Identity),
            "base64" | "base-64" | "b" => Some(Self::Base64),
            "quoted-printable" | "quoted_printable" | "quoted" | "q" | "qp" => Some(Self::QuotedPrintable),
            "x-uuencode" | "x-uue" | "uuencode" => Some(Self::Uuencode),
            _ => None,
        }
    }
}

/// Decodes bytes that are in memory.
pub fn decode(bytes: &[u8], transfer: Transfer) -> Cow<'_, [u8]> {
    if transfer == Transfer::Identity {
        return Cow::Borrowed(bytes);
    }
    let mut decoder = Decoder::new(transfer);
    let mut out = Vec::with_capacity(bytes.len());
    decoder.push(bytes, &mut out);
    decoder.finish(&mut out);
    Cow::Owned(out)
}

/// A decoder that takes its input in pieces of any size.
#[derive(Debug)]
pub struct Decoder {
    transfer: Transfer,
    /// Base64: collected bits; quoted-printable: what is held back; uuencode: the line.
    held: Vec<u8>,
    bits: u32,
    count: u8,
    broken: bool,
}

/// Longest run of white space or uuencoded line that is held back.
const MAX_HELD: usize = 1024;

impl Decoder {
    /// A decoder at the start of its stream.
    pub fn new(transfer: Transfer) -> Self {
        Self { transfer, held: Vec::new(), bits: 0, count: 0, broken: false }
    }

    /// Decodes one more piece, appending to `out`.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) {
        match self.transfer {
            Transfer::Identity => out.extend_from_slice(input),
            Transfer::Base64 => self.base64(input, out),
            Transfer::QuotedPrintable => self.quoted_run(input, out),
            Transfer::Uuencode => input.iter().for_each(|byte| self.uuencode(*byte, out)),
        }
    }

    /// Hands out what was held back. True when the stream had foreign characters in it.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> bool {
        match self.transfer {
            Transfer::Identity => {}
            Transfer::Base64 => self.base64_end(out),
            Transfer::QuotedPrintable => {
                // A soft line break at the very end stands for nothing.
                if self.held.first() != Some(&b'=') {
                    out.append(&mut self.held);
                } else if self.held.len() > 1 {
                    self.broken = true;
                    out.append(&mut self.held);
                }
            }
            Transfer::Uuencode => self.uuencode_line(out),
        }
        self.held.clear();
        self.broken
    }

    fn base64(&mut self, input: &[u8], out: &mut Vec<u8>) {
        for &byte in input {
            let value = BASE64[byte as usize];
            if value < 64 {
                self.bits = self.bits << 6 | u32::from(value);
                self.count += 1;
                if self.count == 4 {
                    out.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                    (self.bits, self.count) = (0, 0);
                }
            } else if byte == b'=' {
                self.base64_end(out);
            } else if !byte.is_ascii_whitespace() {
                self.broken = true;
            }
        }
    }

    /// Ends a group, at padding or at the end of the stream; what follows may be another stream glued on.
    fn base64_end(&mut self, out: &mut Vec<u8>) {
        match self.count {
            2 => out.push((self.bits >> 4) as u8),
            3 => out.extend_from_slice(&[(self.bits >> 10) as u8, (self.bits >> 2) as u8]),
            1 => self.broken = true,
            _ => {}
        }
        (self.bits, self.count) = (0, 0);
    }

    fn quoted_run(&mut self, mut input: &[u8], out: &mut Vec<u8>) {
        while let Some((&byte, rest)) = input.split_first() {
            if self.held.is_empty() {
                let plain = input.iter().take_while(|b| !matches!(b, b'=' | b' ' | b'\t')).count();
                out.extend_from_slice(&input[..plain]);
                input = &input[plain..];
                if plain > 0 {
                    continue;
                }
            }
            self.quoted(byte, out);
            input = rest;
        }
    }

    fn quoted(&mut self, byte: u8, out: &mut Vec<u8>) {
        match (self.held.as_slice(), byte) {
            ([], b'=' | b' ' | b'\t') => self.held.push(byte),
            ([], _) => out.push(byte),
            ([b'='], b'\n') => self.held.clear(),
            ([b'='], _) if byte.is_ascii_hexdigit() => self.held.push(byte),
            ([b'=', first], _) if first.is_ascii_hexdigit() && byte.is_ascii_hexdigit() => {
                out.push(hex(*first) << 4 | hex(byte));
                self.held.clear();
            }
            // White space between a soft break's `=` and the line's end.
            ([b'=', .., b' ' | b'\t' | b'\r'] | [b'='], b' ' | b'\t' | b'\r') if self.held.len() < MAX_HELD => {
                self.held.push(byte);
            }
            ([b'=', .., b' ' | b'\t' | b'\r'], b'\n') => self.held.clear(),
            ([b'=', ..], _) => {
                self.broken = true;
                out.append(&mut self.held);
                self.quoted(byte, out);
            }
            // White space at the end of a line was added on the way.
            (_, b'\r' | b'\n') => {
                self.held.clear();
                out.push(byte);
            }
            (_, b' ' | b'\t') if self.held.len() < MAX_HELD => self.held.push(byte),
            (_, _) => {
                out.append(&mut self.held);
                self.quoted(byte, out);
            }
        }
    }

    fn uuencode(&mut self, byte: u8, out: &mut Vec<u8>) {
        if byte == b'\n' {
            self.uuencode_line(out);
        } else if byte != b'\r' && self.held.len() < MAX_HELD {
            self.held.push(byte);
        }
    }

    fn uuencode_line(&mut self, out: &mut Vec<u8>) {
        let line = std::mem::take(&mut self.held);
        let Some((&first, rest)) = line.split_first() else { return };
        if line.starts_with(b"begin ") || line.starts_with(b"end") || !(b' '..=b'`').contains(&first) {
            return;
        }
        let wanted = usize::from(first.wrapping_sub(b' ') & 63);
        let start = out.len();
        for group in rest.chunks(4) {
            let value = |at: usize| u32::from(group.get(at).copied().unwrap_or(b' ').wrapping_sub(b' ') & 63);
            let bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
        out.truncate(start + wanted);
    }
}

/// A [`Read`] that decodes what another one gives.
#[derive(Debug)]
pub struct Reader<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Reader<R> {
    /// Decodes `inner` from its present place to its end.
    pub fn new(inner: R, transfer: Transfer) -> Self {
        Self {
            inner,
            decoder: Decoder::new(transfer),
            input: vec![0; 32 * 1024],
            output: Vec::new(),
            at: 0,
            ended: false,
        }
    }
}

impl<R: Read> Read for Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.output.len() && !self.ended {
            self.output.clear();
            self.at = 0;
            let got = self.inner.read(&mut self.input)?;
            if got == 0 {
                self.ended = true;
                self.decoder.finish(&mut self.output);
            } else {
                self.decoder.push(&self.input[..got], &mut self.output);
            }
        }
        let count = buf.len().min(self.output.len() - self.at);
        buf[..count].copy_from_slice(&self.output[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn hex(digit: u8) -> u8 {
    (digit as char).to_digit(16).unwrap_or(0) as u8
}

const BASE64: [u8; 256] = {
    let mut table = [255u8; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < 64 {
        table[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8], transfer: Transfer) -> String {
        String::from_utf8_lossy(&decode(bytes, transfer)).into_owned()
    }

    #[test]
    fn base64_survives_noise_and_missing_padding() {
        assert_eq!(text(b"VGVy\r\nZQ==", Transfer::Base64), "Tere");
        assert_eq!(text(b"VGVy!\r\nZQ", Transfer::Base64), "Tere");
        assert_eq!(text(b"VGVyZQ==VGVyZQ==", Transfer::Base64), "TereTere");
    }

    #[test]
    fn quoted_printable_follows_the_rules_and_forgives() {
        assert_eq!(text(b"t=C3=A4na  \r\nsoft=\r\n break= \r\n.", Transfer::QuotedPrintable), "täna\r\nsoft break.");
        assert_eq!(text(b"a=zb =4 100%=", Transfer::QuotedPrintable), "a=zb =4 100%");
        assert_eq!(text(b"x = y\nz", Transfer::QuotedPrintable), "x = y\nz");
    }

    #[test]
    fn uuencoded_lines_are_decoded() {
        assert_eq!(text(b"begin 644 a.txt\n$5&5R90``\n`\nend\n", Transfer::Uuencode), "Tere");
    }

    proptest! {
        #[test]
        fn a_stream_decodes_the_same_in_any_pieces(input in "[=A-F0-9a \t\r\n+/]{0,80}", cut in 0usize..80, kind in 0usize..3) {
            let transfer = [Transfer::Base64, Transfer::QuotedPrintable, Transfer::Uuencode][kind];
            let cut = cut.min(input.len());
            let (mut decoder, mut out) = (Decoder::new(transfer), Vec::new());
            decoder.push(&input.as_bytes()[..cut], &mut out);
            decoder.push(&input.as_bytes()[cut..], &mut out);
            decoder.finish(&mut out);
            prop_assert_eq!(&out[..], &decode(input.as_bytes(), transfer)[..]);
            let mut read = Vec::new();
            Reader::new(input.as_bytes(), transfer).read_to_end(&mut read).unwrap();
            prop_assert_eq!(read, out);
        }
    }
}
