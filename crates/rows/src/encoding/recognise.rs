//! Which encoding a file has.
//!
//! Owns looking through all of it: byte order mark, valid UTF-8, Windows-1252, and the refusal of what is two of them at once.
//! Leaves decoding to [`super::TextStream`].

use std::io::Read;

use super::{BLOCK, TextEncoding, invalid_utf8};
use crate::codes::RefusalCode;
use crate::refusal::FileRefusal;

/// Looks through the whole file and says how it is encoded.
///
/// # Errors
/// When it can't be read, or is in no encoding that is known.
pub fn recognise(mut source: impl Read) -> Result<TextEncoding, FileRefusal> {
    let mut probe = EncodingProbe::default();
    let mut buffer = vec![0; BLOCK];
    let mut stored = 0;
    let mut first = true;
    loop {
        let loaded = source
            .read(&mut buffer[stored..])
            .map_err(|e| FileRefusal::io(&e))?;
        let filled = stored + loaded;
        if first && filled < 3 && loaded > 0 {
            stored = filled;
            continue;
        }
        if first {
            match by_bom(&buffer[..filled]) {
                Some(TextEncoding::Utf8Bom) => probe.bom = true,
                Some(utf16) => return Ok(utf16),
                None => {}
            }
            first = false;
        }
        let rest = probe.look(&buffer[..filled], loaded == 0);
        if loaded == 0 {
            return probe.oordeel();
        }
        buffer.copy_within(filled - rest..filled, 0);
        stored = rest;
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
                "Het bestand bevat lege bytes: het is UTF-16 zonder kenmerk, of geen tekstbestand. \
                 Sla het op als CSV UTF-8, of als Excel-bestand (.xlsx).",
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
