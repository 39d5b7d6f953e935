//! Which encoding a file has.
//!
//! Owns looking through all of it: byte order mark, valid UTF-8, Windows-1252, and the refusal of what is two of them at once.
//! Leaves decoding to [`super::TextStream`].

use std::io::Read;

use super::{BLOCK, TextEncoding, invalid_utf8};
use crate::refusal::FileRefusal;
use crate::refusal_codes::RefusalCode;
use crate::wording;

/// Looks through the whole file and says how it is encoded.
///
/// # Errors
/// When it can't be read, or is in no encoding that is known.
pub fn recognise(source: impl Read) -> Result<TextEncoding, FileRefusal> {
    scan(source)?.finish()
}

/// What the beginning of a file says: the rest may say otherwise.
///
/// # Errors
/// When it can't be read, or is in no encoding that is known.
pub fn recognise_beginning(beginning: impl Read) -> Result<TextEncoding, FileRefusal> {
    scan(beginning)?.so_far()
}

fn scan(mut source: impl Read) -> Result<EncodingScan, FileRefusal> {
    let mut scan = EncodingScan::default();
    let mut buffer = vec![0; BLOCK];
    while scan.utf16.is_none() {
        match source.read(&mut buffer).map_err(|e| FileRefusal::io(&e))? {
            0 => break,
            loaded => scan.look(&buffer[..loaded]),
        }
    }
    Ok(scan)
}

/// Looks at the bytes of a file while they go by.
#[derive(Default)]
pub struct EncodingScan {
    probe: EncodingProbe,
    /// Bytes that are not judged yet: a character cut in two.
    rest: Vec<u8>,
    /// The byte order mark was looked for.
    begun: bool,
    /// What a byte order mark says without more.
    utf16: Option<TextEncoding>,
}

impl EncodingScan {
    /// Looks at the next bytes.
    pub fn look(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        if !self.begun && self.rest.len() >= 3 {
            self.begin();
        }
        if self.begun {
            let rest = self.probe.look(&self.rest, false);
            self.rest.drain(..self.rest.len() - rest);
        }
    }

    fn begin(&mut self) {
        self.begun = true;
        match by_bom(&self.rest) {
            Some(TextEncoding::Utf8Bom) => self.probe.bom = true,
            utf16 => self.utf16 = utf16,
        }
    }

    fn so_far(&self) -> Result<TextEncoding, FileRefusal> {
        self.utf16.map_or_else(|| self.probe.oordeel(), Ok)
    }

    /// What all of it says.
    ///
    /// # Errors
    /// When that is no encoding that is known.
    pub fn finish(mut self) -> Result<TextEncoding, FileRefusal> {
        if !self.begun {
            self.begin();
        }
        self.probe.look(&self.rest, true);
        self.so_far()
    }
}

pub(super) fn by_bom(begin: &[u8]) -> Option<TextEncoding> {
    match begin {
        [0xef, 0xbb, 0xbf, ..] => Some(TextEncoding::Utf8Bom),
        [0xff, 0xfe, ..] => Some(TextEncoding::Utf16Little),
        [0xfe, 0xff, ..] => Some(TextEncoding::Utf16Be),
        _ => None,
    }
}

/// What was seen of a file's bytes so far.
#[derive(Default)]
struct EncodingProbe {
    bom: bool,
    position: u64,
    /// Offset of the first byte that is not UTF-8.
    invalid: Option<u64>,
    /// Whether there is a valid character of several bytes.
    multi_byte: bool,
    /// Something that is broken UTF-8 rather than another encoding.
    broken: bool,
    /// A byte that has no meaning, or none in running text, in Windows-1252.
    not_1252: bool,
    /// How many bytes are NUL.
    zero: u64,
    /// The last byte of the block before.
    vorige: Option<u8>,
}

impl EncodingProbe {
    /// Looks at a block; gives how many bytes at its end must come again (a character cut in two).
    fn look(&mut self, block: &[u8], end: bool) -> usize {
        let mut begin = 0;
        while begin < block.len() {
            let part = &block[begin..];
            let error = match std::str::from_utf8(part) {
                Ok(text) => {
                    self.multi_byte |= !text.is_ascii();
                    begin = block.len();
                    break;
                }
                Err(error) => error,
            };
            let valid = error.valid_up_to();
            self.multi_byte |= !part[..valid].is_ascii();
            // The checks below look three bytes ahead: leave those for the next block.
            if !end && block.len() - (begin + valid) < 4 {
                begin += valid;
                break;
            }
            self.invalid
                .get_or_insert(self.position + (begin + valid) as u64);
            let before = (begin + valid)
                .checked_sub(1)
                .map_or(self.vorige, |i| Some(block[i]));
            self.judge_byte(before, &part[valid..], error.error_len().is_none());
            begin += valid + 1;
        }
        // Looked for before they are counted, which is far slower: there are none.
        if block[..begin].contains(&0) {
            self.zero += block[..begin]
                .iter()
                .map(|b| u64::from(*b == 0))
                .sum::<u64>();
        }
        self.position += begin as u64;
        self.vorige = begin.checked_sub(1).map_or(self.vorige, |i| Some(block[i]));
        block.len() - begin
    }

    fn judge_byte(&mut self, before: Option<u8>, from: &[u8], cut_off: bool) {
        let continuation = |i: usize| from.get(i).is_some_and(|b| (0x80..0xc0).contains(b));
        self.broken |= cut_off
            || match from[0] {
                0xc0 | 0xc1 => continuation(1),
                0xe0..=0xef => continuation(1) && continuation(2),
                0xf0..=0xf7 => continuation(1) && continuation(2) && continuation(3),
                _ => false,
            };
        let letter = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphabetic());
        let inside_word = letter(before) && letter(from.get(1).copied());
        let character_in_word = matches!(from[0], 0x82..=0x84 | 0x86..=0x89 | 0x8b | 0x95 | 0x98 | 0x99 | 0x9b | 0xa1..=0xac | 0xae..=0xb3);
        self.not_1252 |= matches!(from[0], 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)
            || (inside_word && character_in_word);
    }

    fn oordeel(&self) -> Result<TextEncoding, FileRefusal> {
        // One among many letters is a control character, and refused where it stands.
        if self.zero * 8 > self.position {
            return Err(FileRefusal::new(
                RefusalCode::Encoding,
                wording::EMPTY_BYTES,
            ));
        }
        match self.invalid {
            None if self.bom => Ok(TextEncoding::Utf8Bom),
            None => Ok(TextEncoding::Utf8),
            Some(position) if self.bom || self.multi_byte || self.broken || self.not_1252 => {
                Err(invalid_utf8(position))
            }
            Some(_) => Ok(TextEncoding::Windows1252),
        }
    }
}
