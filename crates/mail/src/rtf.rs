//! The text of an RTF document, for winmail.dat bodies that have nothing else.

use crate::charset;

/// Groups whose text isn't shown.
const HIDDEN: &[&str] =
    &["fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "generator"];

/// Takes the text out; formatting goes. HTML wrapped in RTF (MS-OXRTFEX) loses its tags.
pub(crate) fn to_text(rtf: &[u8]) -> String {
    let mut reader = Reader {
        input: rtf,
        out: String::new(),
        codes: Vec::new(),
        page: "windows-1252".into(),
        hidden: Vec::new(),
        now_hidden: false,
        skip: 0,
        fallback: 1,
    };
    reader.run();
    reader.out.trim().to_owned()
}

struct Reader<'a> {
    input: &'a [u8],
    out: String,
    /// Bytes in the document's code page that wait to be decoded together.
    codes: Vec<u8>,
    page: String,
    hidden: Vec<bool>,
    now_hidden: bool,
    /// Characters to skip after a \u, which older readers would show instead.
    skip: usize,
    fallback: usize,
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some((&byte, rest)) = self.input.split_first() {
            self.input = rest;
            match byte {
                b'{' => self.hidden.push(self.now_hidden),
                b'}' => self.now_hidden = self.hidden.pop().unwrap_or(false),
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                _ => self.code(byte),
            }
        }
        self.flush();
    }

    fn control(&mut self) {
        let Some((&first, rest)) = self.input.split_first() else { return };
        if !first.is_ascii_alphabetic() {
            self.input = rest;
            match first {
                b'\'' => {
                    let digits = rest.get(..2).and_then(|d| std::str::from_utf8(d).ok());
                    if let Some(code) = digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
                        self.input = &rest[2..];
                        self.code(code);
                    }
                }
                b'*' => self.now_hidden = true,
                b'~' => self.char(' '),
                b'\\' | b'{' | b'}' => self.code(first),
                _ => {}
            }
            return;
        }
        let letters = self.input.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = String::from_utf8_lossy(&self.input[..letters]).into_owned();
        self.input = &self.input[letters..];
        let digits =
            self.input.iter().enumerate().take_while(|(at, b)| b.is_ascii_digit() || (*at == 0 && **b == b'-')).count();
        let number = String::from_utf8_lossy(&self.input[..digits]).parse::<i32>().ok();
        self.input = &self.input[digits..];
        self.input = self.input.strip_prefix(b" ").unwrap_or(self.input);
        self.word(&word, number);
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "par" | "line" | "row" => self.char('\n'),
            "tab" | "cell" => self.char('\t'),
            "u" => {
                let code = number.unwrap_or(0);
                let code = if code < 0 { code + 65_536 } else { code };
                self.char(u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'));
                self.skip = self.fallback;
            }
            "uc" => self.fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(8),
            "ansicpg" => self.page = format!("windows-{}", number.unwrap_or(1252)),
            "htmlrtf" => self.now_hidden = number != Some(0),
            _ if HIDDEN.contains(&word) => self.now_hidden = true,
            _ => {}
        }
    }

    fn code(&mut self, code: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.now_hidden {
            self.codes.push(code);
        }
    }

    fn char(&mut self, c: char) {
        if !self.now_hidden {
            self.flush();
            self.out.push(c);
        }
    }

    fn flush(&mut self) {
        let codes = std::mem::take(&mut self.codes);
        self.out.push_str(&charset::decode(&codes, Some(&self.page), None).0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_out_of_rtf() {
        let rtf = br"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\f0 \'cf\'f0\'e8\'e2\'e5\'f2\par T\u252?re {\*\hidden x}\\end}";
        assert_eq!(to_text(rtf), "Привет\nTüre \\end");
    }
}
