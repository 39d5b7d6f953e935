//! Bytes into UTF-8 text, flat in memory.
//!
//! Owns decoding in blocks of any size, and refusing what is broken: mixed or truncated encodings, control characters,
//! marks that turn text round. Leaves telling the encoding to `recognise`: a file is only called Windows-1252 after it was
//! looked through whole.

mod recognise;

use std::io::Read;

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::invisible_characters::{control_at, is_turning};
use crate::refusal::FileRefusal;
use crate::refusal_codes::RefusalCode;
use recognise::by_bom;
pub use recognise::{EncodingScan, recognise, recognise_beginning};

use crate::wording;

/// How the bytes stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Bom,
    /// UTF-16, the low byte first.
    Utf16Little,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252.
    Windows1252,
}

impl TextEncoding {
    /// What to say of it, where it was not plain UTF-8.
    pub fn assumption(self) -> Option<&'static str> {
        match self {
            Self::Utf8 => None,
            Self::Utf8Bom => Some(wording::BOM_SKIPPED),
            Self::Utf16Little | Self::Utf16Be => Some(wording::READ_AS_UTF_16),
            Self::Windows1252 => Some(wording::READ_AS_WINDOWS_1252),
        }
    }
}

const BLOCK: usize = 64 * 1024;

fn invalid_utf8(position: u64) -> FileRefusal {
    FileRefusal::new(
        RefusalCode::EncodingInvalid,
        wording::byte_not_of_encoding(&position),
    )
}

/// A stream of bytes as a stream of whole UTF-8 characters, without a byte order mark or control characters.
pub struct TextStream<R> {
    bron: R,
    decoder: Option<Decoder>,
    input: Vec<u8>,
    begin: usize,
    eind: usize,
    op: bool,
    /// The decoder has given its last; it may not be asked again.
    uit: bool,
    /// Bytes of the source that were read before `input[begin]`.
    position: u64,
    /// What is wrong right after the text that was given last.
    fout: Option<FileRefusal>,
    strict: bool,
}

impl<R: Read> TextStream<R> {
    /// A stream in a known encoding.
    ///
    /// # Errors
    /// When the source can't be read.
    pub fn new(source: R, encoding: TextEncoding) -> Result<Self, FileRefusal> {
        let decoder = match encoding {
            TextEncoding::Utf8 | TextEncoding::Utf8Bom => None,
            TextEncoding::Utf16Little => Some(UTF_16LE.new_decoder_with_bom_removal()),
            TextEncoding::Utf16Be => Some(UTF_16BE.new_decoder_with_bom_removal()),
            TextEncoding::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
        };
        let input = vec![0; BLOCK];
        let mut stream = Self {
            bron: source,
            decoder,
            input,
            begin: 0,
            eind: 0,
            op: false,
            uit: false,
            position: 0,
            fout: None,
            strict: false,
        };
        while stream.eind < 4 && !stream.op {
            stream.fill()?;
        }
        if stream.decoder.is_none() && stream.input[..stream.eind].starts_with(&[0xef, 0xbb, 0xbf])
        {
            stream.begin = 3;
            stream.position = 3;
        }
        Ok(stream)
    }

    /// A stream that must be UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// When it begins as UTF-16 does, or can't be read.
    pub fn strict(source: R) -> Result<Self, FileRefusal> {
        let mut stream = Self::new(source, TextEncoding::Utf8)?;
        stream.strict = true;
        let begin = &stream.input[stream.begin..stream.eind];
        if matches!(
            by_bom(begin),
            Some(TextEncoding::Utf16Little | TextEncoding::Utf16Be)
        ) {
            return Err(FileRefusal::new(
                RefusalCode::EncodingUnsupported,
                wording::UTF_16,
            ));
        }
        let utf16 = begin.len() >= 4
            && (begin[0] == 0) != (begin[1] == 0)
            && (begin[0] == 0) == (begin[2] == 0)
            && (begin[1] == 0) == (begin[3] == 0);
        if utf16 {
            return Err(FileRefusal::new(
                RefusalCode::Encoding,
                wording::UTF_16_WITHOUT_MARK,
            ));
        }
        Ok(stream)
    }

    fn fill(&mut self) -> Result<(), FileRefusal> {
        if self.begin > 0 {
            self.input.copy_within(self.begin..self.eind, 0);
            self.eind -= self.begin;
            self.begin = 0;
        }
        loop {
            match self.bron.read(&mut self.input[self.eind..]) {
                Ok(0) => self.op = true,
                Ok(n) => self.eind += n,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(FileRefusal::io(&error)),
            }
            return Ok(());
        }
    }

    /// Fills `target` (at least 16 bytes long) with whole characters; 0 means the end. What is wrong comes after all
    /// text before it, so that the reader knows where it stands.
    ///
    /// # Errors
    /// When the bytes are no text in this encoding, hold a control character, or can't be read.
    pub fn lees(&mut self, target: &mut [u8]) -> Result<usize, FileRefusal> {
        debug_assert!(target.len() >= 16, "room for a few characters");
        if let Some(error) = self.fout.take() {
            return Err(error);
        }
        loop {
            let written = match self.decoder {
                None => self.take_utf8(target)?,
                Some(_) => self.decode(target)?,
            };
            if written > 0 {
                return match control_at(&target[..written]) {
                    None => Ok(written),
                    Some((van, character)) => {
                        self.stop_at(van, character, van + character.len_utf8() == written)
                    }
                };
            }
            if self.op && (self.begin == self.eind || self.decoder.is_some()) {
                return Ok(0);
            }
            self.fill()?;
        }
    }

    /// Gives the text before a control character, and refuses after that. One Ctrl-Z as the very last byte is how
    /// old programs end a text.
    fn stop_at(&mut self, van: usize, character: char, last: bool) -> Result<usize, FileRefusal> {
        if character == '\u{1a}' && last && !self.strict {
            while self.begin == self.eind && !self.op {
                self.fill()?;
            }
            if self.begin == self.eind {
                return Ok(van);
            }
        }
        if van == 0 {
            return Err(control_char(character));
        }
        self.fout = Some(control_char(character));
        Ok(van)
    }

    fn take_utf8(&mut self, target: &mut [u8]) -> Result<usize, FileRefusal> {
        let length = target.len().min(self.eind - self.begin);
        let part = &self.input[self.begin..self.begin + length];
        let valid = match std::str::from_utf8(part) {
            Ok(_) => length,
            // Cut in two by the end of this block, unless there is nothing more to come.
            Err(error)
                if error.error_len().is_none() && (!self.op || self.begin + length < self.eind) =>
            {
                error.valid_up_to()
            }
            Err(error) if error.valid_up_to() > 0 => error.valid_up_to(),
            Err(error) => return Err(invalid_utf8(self.position + error.valid_up_to() as u64)),
        };
        target[..valid].copy_from_slice(&part[..valid]);
        self.begin += valid;
        self.position += valid as u64;
        Ok(valid)
    }

    fn decode(&mut self, target: &mut [u8]) -> Result<usize, FileRefusal> {
        if self.uit {
            return Ok(0);
        }
        let decoder = self.decoder.as_mut().expect("only called with a decoder");
        let input = &self.input[self.begin..self.eind];
        let (result, loaded, written) =
            decoder.decode_to_utf8_without_replacement(input, target, self.op);
        self.begin += loaded;
        self.position += loaded as u64;
        self.uit = self.op && matches!(result, encoding_rs::DecoderResult::InputEmpty);
        match result {
            encoding_rs::DecoderResult::Malformed(..) if written > 0 => {
                self.fout = Some(invalid_utf8(self.position));
                Ok(written)
            }
            encoding_rs::DecoderResult::Malformed(..) => Err(invalid_utf8(self.position)),
            encoding_rs::DecoderResult::InputEmpty | encoding_rs::DecoderResult::OutputFull => {
                Ok(written)
            }
        }
    }
}

fn control_char(character: char) -> FileRefusal {
    let what = if is_turning(character) {
        wording::REVERSES_DIRECTION
    } else {
        "een stuurteken"
    };
    FileRefusal::new(
        RefusalCode::ControlChar,
        wording::forbidden_character(&what, character.into()),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn everything(
        bytes: &[u8],
        encoding: TextEncoding,
        step: usize,
    ) -> Result<String, FileRefusal> {
        let mut stream = TextStream::new(SmallReads { bytes, step }, encoding)?;
        let mut out = Vec::new();
        let mut target = [0; 16];
        loop {
            let n = stream.lees(&mut target)?;
            if n == 0 {
                return Ok(String::from_utf8(out).unwrap());
            }
            out.extend_from_slice(&target[..n]);
        }
    }

    /// Found by fuzzing: of a file of two bytes the end is known before the first is decoded, and a decoder that was told
    /// so may not be asked again.
    #[test]
    fn after_the_end_comes_nothing() {
        for encoding in [
            TextEncoding::Utf8,
            TextEncoding::Utf16Little,
            TextEncoding::Utf16Be,
            TextEncoding::Windows1252,
        ] {
            for length in [0, 2, 4, 32] {
                let bytes = b"a\0b\0".repeat(8);
                let bytes: Vec<u8> = if matches!(encoding, TextEncoding::Utf16Little) {
                    bytes
                } else {
                    vec![b'a'; 32]
                };
                let mut stream = TextStream::new(
                    SmallReads {
                        bytes: &bytes[..length],
                        step: 3,
                    },
                    encoding,
                )
                .unwrap();
                while stream.lees(&mut [0; 16]).unwrap() > 0 {}
                assert_eq!(
                    stream.lees(&mut [0; 16]).unwrap(),
                    0,
                    "{encoding:?}, {length} bytes"
                );
            }
        }
        assert_eq!(
            everything(&[0xff, 0xa4], TextEncoding::Windows1252, 9).unwrap(),
            "ÿ¤"
        );
    }

    /// Gives at most `step` bytes at a time.
    pub(crate) struct SmallReads<'a> {
        pub(crate) bytes: &'a [u8],
        pub(crate) step: usize,
    }

    impl Read for SmallReads<'_> {
        fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
            let n = self.step.min(target.len()).min(self.bytes.len());
            target[..n].copy_from_slice(&self.bytes[..n]);
            self.bytes = &self.bytes[n..];
            Ok(n)
        }
    }

    const SENTENCE: &str = "Cliëntnr;Beëindigd op;café\r\n€ 1,50;😀;x\n";

    #[test]
    fn every_encoding_and_every_chunk_size_gives_the_same_text() {
        let utf16 = |little: bool| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(SENTENCE.encode_utf16());
            units
                .flat_map(|e| {
                    if little {
                        e.to_le_bytes()
                    } else {
                        e.to_be_bytes()
                    }
                })
                .collect()
        };
        for step in 1..=17 {
            for (bytes, expected) in [
                (SENTENCE.as_bytes().to_vec(), TextEncoding::Utf8),
                (
                    format!("\u{feff}{SENTENCE}").into_bytes(),
                    TextEncoding::Utf8Bom,
                ),
                (utf16(true), TextEncoding::Utf16Little),
                (utf16(false), TextEncoding::Utf16Be),
            ] {
                let encoding = recognise(SmallReads {
                    bytes: &bytes,
                    step,
                })
                .unwrap();
                assert_eq!(encoding, expected, "stap {step}");
                assert_eq!(
                    everything(&bytes, encoding, step).unwrap(),
                    SENTENCE,
                    "{encoding:?} stap {step}"
                );
            }
            let (bytes, _, _) = WINDOWS_1252.encode("Cliëntnr;Beëindigd op;café;€\r\n");
            let encoding = recognise(SmallReads {
                bytes: &bytes,
                step,
            })
            .unwrap();
            assert_eq!(encoding, TextEncoding::Windows1252);
            assert_eq!(
                everything(&bytes, encoding, step).unwrap(),
                "Cliëntnr;Beëindigd op;café;€\r\n"
            );
        }
    }

    #[test]
    fn broken_text_is_refused_at_every_chunk_size() {
        let cases: [(&[u8], &str); 8] = [
            (b"a;\xc3\xab;\xe9\r\n", "ENCODING_INVALID"),
            (b"abc \xc3\xab en \xe2\x82", "ENCODING_INVALID"),
            (b"abc \xc3", "ENCODING_INVALID"),
            (b"a\xc0\x80b", "ENCODING_INVALID"),
            (b"a\xed\xa0\x80b", "ENCODING_INVALID"),
            (b"\xef\xbb\xbfa\xe9b", "ENCODING_INVALID"),
            (b"Cli\x89ntnr;Be\x89indigd\r\n", "ENCODING_INVALID"),
            (b"a\0b\0", "ENCODING"),
        ];
        for (bytes, code) in cases {
            for step in 1..=17 {
                let error = recognise(SmallReads { bytes, step })
                    .err()
                    .map(|w| w.code());
                assert_eq!(error, Some(code), "{bytes:?} stap {step}");
            }
        }
    }

    #[test]
    fn control_and_turning_characters_are_refused() {
        for bytes in [
            &b"a\x1b[31mb"[..],
            b"a\x00b",
            b"a\xc2\x85b",
            "a\u{202e}b".as_bytes(),
            b"a\x7f",
        ] {
            assert_eq!(
                everything(bytes, TextEncoding::Utf8, 5).unwrap_err().code(),
                "CONTROL_CHAR",
                "{bytes:?}"
            );
        }
        assert!(everything(b"a\tb\r\n", TextEncoding::Utf8, 5).is_ok());
    }
}
