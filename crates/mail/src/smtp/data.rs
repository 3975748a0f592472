//! The message after DATA: finds its end and takes the transparency dots out (RFC 5321, 4.5.2).

use memchr::memmem::Finder;

/// Where the last byte that was seen leaves us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start of a line.
    LineStart,
    /// Inside a line.
    Inside,
    /// After a CR.
    Cr,
    /// After a dot that opened a line and is held back.
    Dot,
    /// After such a dot and a CR, both held back.
    DotCr,
}

/// What [`Unstuffer::next`] found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Bytes of the message.
    Bytes(&'a [u8]),
    /// Nothing to hand out yet; the input is used up.
    Nothing,
    /// `CRLF.CRLF` was seen.
    End,
}

/// Streaming removal of dot-stuffing; keeps only its place between calls.
#[derive(Debug)]
pub(super) struct Unstuffer {
    place: Place,
    finder: Finder<'static>,
}

impl Unstuffer {
    pub(super) fn new() -> Self {
        Self { place: Place::LineStart, finder: Finder::new(b"\r\n.") }
    }

    /// Gives the next piece and how many bytes of `input` it used.
    pub(super) fn next<'a>(&mut self, input: &'a [u8]) -> (usize, Piece<'a>) {
        let Some(&first) = input.first() else { return (0, Piece::Nothing) };
        match (self.place, first) {
            (Place::LineStart, b'.') => {
                self.place = Place::Dot;
                (1, Piece::Nothing)
            }
            (Place::Dot, b'\r') => {
                self.place = Place::DotCr;
                (1, Piece::Nothing)
            }
            (Place::DotCr, b'\n') => {
                self.place = Place::LineStart;
                (1, Piece::End)
            }
            // The dot was followed by a bare CR: hand the CR out and look at this byte again.
            (Place::DotCr, _) => {
                self.place = Place::Cr;
                (0, Piece::Bytes(b"\r"))
            }
            (Place::Cr, b'\n') => {
                self.place = Place::LineStart;
                (1, Piece::Bytes(&input[..1]))
            }
            _ => self.run(input),
        }
    }

    /// Hands out everything up to the next line that opens with a dot.
    fn run<'a>(&mut self, input: &'a [u8]) -> (usize, Piece<'a>) {
        let bytes = match self.finder.find(input) {
            Some(at) => &input[..at + 2],
            None => input,
        };
        self.place = match bytes {
            [.., b'\r', b'\n'] => Place::LineStart,
            [.., b'\r'] => Place::Cr,
            _ => Place::Inside,
        };
        (bytes.len(), Piece::Bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unstuff(chunks: &[&[u8]]) -> (Vec<u8>, bool) {
        let (mut unstuffer, mut out) = (Unstuffer::new(), Vec::new());
        for chunk in chunks {
            let mut rest = *chunk;
            while !rest.is_empty() {
                let (used, piece) = unstuffer.next(rest);
                rest = &rest[used..];
                match piece {
                    Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                    Piece::Nothing => {}
                    Piece::End => return (out, true),
                }
            }
        }
        (out, false)
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_message() {
        assert_eq!(unstuff(&[b"a\r\n.\r\n"]), (b"a\r\n".to_vec(), true));
        for smuggled in [&b"a\n.\nb"[..], b"a\n.\r\nb", b"a\r.\r\nb", b"a\r\n.\nb", b"a\r\n.\rb", b"a\r.\rb"] {
            assert!(!unstuff(&[smuggled]).1, "{smuggled:?}");
        }
    }

    #[test]
    fn a_bare_cr_after_a_dot_stays_in_the_message() {
        assert_eq!(unstuff(&[b".\rx\r\n.\r\n"]), (b"\rx\r\n".to_vec(), true));
        assert_eq!(unstuff(&[b".\r", b"\r\n.\r\n"]), (b"\r\r\n".to_vec(), true));
    }

    proptest! {
        #[test]
        fn stuffing_and_unstuffing_is_a_round_trip(lines in prop::collection::vec("[.\r\n a-b]{0,6}", 0..8), cut in 0usize..60) {
            // A message as a client would stuff it: lines end with CRLF, each opening dot is doubled.
            let mut message = Vec::new();
            for line in &lines {
                message.extend_from_slice(line.as_bytes());
                message.extend_from_slice(b"\r\n");
            }
            let mut wire = Vec::new();
            let mut place = *b"\r\n";
            for &byte in &message {
                if place == *b"\r\n" && byte == b'.' {
                    wire.push(b'.');
                }
                wire.push(byte);
                place = [place[1], byte];
            }
            wire.extend_from_slice(b".\r\n");
            let cut = cut.min(wire.len());
            prop_assert_eq!(unstuff(&[&wire[..cut], &wire[cut..]]), (message, true));
        }
    }
}
