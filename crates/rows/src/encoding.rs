//! Bytes into UTF-8 text, flat in memory.
//!
//! Owns telling the encoding (byte order mark, valid UTF-8, Windows-1252), decoding in blocks of any size, and
//! refusing what is broken: mixed or truncated encodings, control characters, marks that turn text round.
//! A file is only called Windows-1252 after it was looked through whole.

use std::io::Read;

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::characters::{control_at, is_turning};
use crate::refusal::Weigering;

/// How the bytes stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codering {
    /// UTF-8.
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Bom,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252.
    Windows1252,
}

impl Codering {
    /// What to say of it, where it was not plain UTF-8.
    pub fn aanname(self) -> Option<&'static str> {
        match self {
            Self::Utf8 => None,
            Self::Utf8Bom => {
                Some("Het bestand begint met een onzichtbaar teken (BOM). Dat is overgeslagen.")
            }
            Self::Utf16Le | Self::Utf16Be => Some("Het bestand is gelezen als UTF-16."),
            Self::Windows1252 => Some(
                "Het bestand is gelezen als Windows-1252 (de tekenset van oudere Windows-programma's).",
            ),
        }
    }
}

const BLOK: usize = 64 * 1024;

/// Looks through the whole file and says how it is encoded.
///
/// # Errors
/// When it can't be read, or is in no encoding that is known.
pub fn recognise(mut bron: impl Read) -> Result<Codering, Weigering> {
    let mut proef = Proef::default();
    let mut buffer = vec![0; BLOK];
    let mut bewaard = 0;
    let mut eerste = true;
    loop {
        let gelezen = bron
            .read(&mut buffer[bewaard..])
            .map_err(|e| Weigering::io(&e))?;
        let gevuld = bewaard + gelezen;
        if eerste && gevuld < 3 && gelezen > 0 {
            bewaard = gevuld;
            continue;
        }
        if eerste {
            match by_bom(&buffer[..gevuld]) {
                Some(Codering::Utf8Bom) => proef.bom = true,
                Some(utf16) => return Ok(utf16),
                None => {}
            }
            eerste = false;
        }
        let rest = proef.zie(&buffer[..gevuld], gelezen == 0);
        if gelezen == 0 {
            return proef.oordeel();
        }
        buffer.copy_within(gevuld - rest..gevuld, 0);
        bewaard = rest;
    }
}

fn by_bom(begin: &[u8]) -> Option<Codering> {
    match begin {
        [0xef, 0xbb, 0xbf, ..] => Some(Codering::Utf8Bom),
        [0xff, 0xfe, ..] => Some(Codering::Utf16Le),
        [0xfe, 0xff, ..] => Some(Codering::Utf16Be),
        _ => None,
    }
}

/// What was seen of a file's bytes so far.
#[derive(Default)]
struct Proef {
    bom: bool,
    positie: u64,
    /// Offset of the first byte that is not UTF-8.
    ongeldig: Option<u64>,
    /// Whether there is a valid character of several bytes.
    meerbyte: bool,
    /// Something that is broken UTF-8 rather than another encoding.
    gebroken: bool,
    /// A byte that has no meaning, or none in running text, in Windows-1252.
    geen_1252: bool,
    /// How many bytes are NUL.
    nul: u64,
    /// The last byte of the block before.
    vorige: Option<u8>,
}

impl Proef {
    /// Looks at a block; gives how many bytes at its end must come again (a character cut in two).
    fn zie(&mut self, blok: &[u8], einde: bool) -> usize {
        let mut begin = 0;
        while begin < blok.len() {
            let deel = &blok[begin..];
            let fout = match std::str::from_utf8(deel) {
                Ok(tekst) => {
                    self.meerbyte |= !tekst.is_ascii();
                    begin = blok.len();
                    break;
                }
                Err(fout) => fout,
            };
            let geldig = fout.valid_up_to();
            self.meerbyte |= !deel[..geldig].is_ascii();
            // The checks below look three bytes ahead: leave those for the next block.
            if !einde && blok.len() - (begin + geldig) < 4 {
                begin += geldig;
                break;
            }
            self.ongeldig
                .get_or_insert(self.positie + (begin + geldig) as u64);
            let voor = (begin + geldig)
                .checked_sub(1)
                .map_or(self.vorige, |i| Some(blok[i]));
            self.judge_byte(voor, &deel[geldig..], fout.error_len().is_none());
            begin += geldig + 1;
        }
        // Looked for before they are counted, which is far slower: there are none.
        if blok[..begin].contains(&0) {
            self.nul += blok[..begin].iter().filter(|b| **b == 0).count() as u64;
        }
        self.positie += begin as u64;
        self.vorige = begin.checked_sub(1).map_or(self.vorige, |i| Some(blok[i]));
        blok.len() - begin
    }

    fn judge_byte(&mut self, voor: Option<u8>, vanaf: &[u8], afgebroken: bool) {
        let vervolg = |i: usize| vanaf.get(i).is_some_and(|b| (0x80..0xc0).contains(b));
        self.gebroken |= afgebroken
            || match vanaf[0] {
                0xc0 | 0xc1 => vervolg(1),
                0xe0..=0xef => vervolg(1) && vervolg(2),
                0xf0..=0xf7 => vervolg(1) && vervolg(2) && vervolg(3),
                _ => false,
            };
        let letter = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphabetic());
        let binnen_woord = letter(voor) && letter(vanaf.get(1).copied());
        let teken_in_woord = matches!(vanaf[0], 0x82..=0x84 | 0x86..=0x89 | 0x8b | 0x95 | 0x98 | 0x99 | 0x9b | 0xa1..=0xac | 0xae..=0xb3);
        self.geen_1252 |= matches!(vanaf[0], 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)
            || (binnen_woord && teken_in_woord);
    }

    fn oordeel(&self) -> Result<Codering, Weigering> {
        // One among many letters is a control character, and refused where it stands.
        if self.nul * 8 > self.positie {
            return Err(Weigering::new(
                "ENCODING",
                "Het bestand bevat lege bytes: het is UTF-16 zonder kenmerk, of geen tekstbestand. \
                 Sla het op als CSV UTF-8, of als Excel-bestand (.xlsx).",
            ));
        }
        match self.ongeldig {
            None if self.bom => Ok(Codering::Utf8Bom),
            None => Ok(Codering::Utf8),
            Some(positie) if self.bom || self.meerbyte || self.gebroken || self.geen_1252 => {
                Err(invalid_utf8(positie))
            }
            Some(_) => Ok(Codering::Windows1252),
        }
    }
}

fn invalid_utf8(positie: u64) -> Weigering {
    Weigering::new(
        "ENCODING_INVALID",
        format!(
            "Byte {positie} van het bestand past niet bij de tekenset. \
             Misschien staan er twee tekensets door elkaar, of is het bestand niet compleet. Sla het op als CSV UTF-8."
        ),
    )
}

/// A stream of bytes as a stream of whole UTF-8 characters, without a byte order mark or control characters.
pub struct Tekststroom<R> {
    bron: R,
    decoder: Option<Decoder>,
    invoer: Vec<u8>,
    begin: usize,
    eind: usize,
    op: bool,
    /// The decoder has given its last; it may not be asked again.
    uit: bool,
    /// Bytes of the source that were read before `invoer[begin]`.
    positie: u64,
    /// What is wrong right after the text that was given last.
    fout: Option<Weigering>,
    strikt: bool,
}

impl<R: Read> Tekststroom<R> {
    /// A stream in a known encoding.
    ///
    /// # Errors
    /// When the source can't be read.
    pub fn new(bron: R, codering: Codering) -> Result<Self, Weigering> {
        let decoder = match codering {
            Codering::Utf8 | Codering::Utf8Bom => None,
            Codering::Utf16Le => Some(UTF_16LE.new_decoder_with_bom_removal()),
            Codering::Utf16Be => Some(UTF_16BE.new_decoder_with_bom_removal()),
            Codering::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
        };
        let invoer = vec![0; BLOK];
        let mut stroom = Self {
            bron,
            decoder,
            invoer,
            begin: 0,
            eind: 0,
            op: false,
            uit: false,
            positie: 0,
            fout: None,
            strikt: false,
        };
        while stroom.eind < 4 && !stroom.op {
            stroom.vul()?;
        }
        if stroom.decoder.is_none() && stroom.invoer[..stroom.eind].starts_with(&[0xef, 0xbb, 0xbf])
        {
            stroom.begin = 3;
            stroom.positie = 3;
        }
        Ok(stroom)
    }

    /// A stream that must be UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// When it begins as UTF-16 does, or can't be read.
    pub fn strikt(bron: R) -> Result<Self, Weigering> {
        let mut stroom = Self::new(bron, Codering::Utf8)?;
        stroom.strikt = true;
        let begin = &stroom.invoer[stroom.begin..stroom.eind];
        if matches!(by_bom(begin), Some(Codering::Utf16Le | Codering::Utf16Be)) {
            return Err(Weigering::new(
                "ENCODING_UNSUPPORTED",
                "Het bestand is UTF-16. In een pakket hoort UTF-8.",
            ));
        }
        let utf16 = begin.len() >= 4
            && (begin[0] == 0) != (begin[1] == 0)
            && (begin[0] == 0) == (begin[2] == 0)
            && (begin[1] == 0) == (begin[3] == 0);
        if utf16 {
            return Err(Weigering::new(
                "ENCODING",
                "Het bestand is UTF-16 zonder kenmerk. In een pakket hoort UTF-8.",
            ));
        }
        Ok(stroom)
    }

    fn vul(&mut self) -> Result<(), Weigering> {
        if self.begin > 0 {
            self.invoer.copy_within(self.begin..self.eind, 0);
            self.eind -= self.begin;
            self.begin = 0;
        }
        loop {
            match self.bron.read(&mut self.invoer[self.eind..]) {
                Ok(0) => self.op = true,
                Ok(n) => self.eind += n,
                Err(fout) if fout.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(fout) => return Err(Weigering::io(&fout)),
            }
            return Ok(());
        }
    }

    /// Fills `doel` (at least 16 bytes long) with whole characters; 0 means the end. What is wrong comes after all
    /// text before it, so that the reader knows where it stands.
    ///
    /// # Errors
    /// When the bytes are no text in this encoding, hold a control character, or can't be read.
    pub fn lees(&mut self, doel: &mut [u8]) -> Result<usize, Weigering> {
        debug_assert!(doel.len() >= 16, "room for a few characters");
        if let Some(fout) = self.fout.take() {
            return Err(fout);
        }
        loop {
            let geschreven = match self.decoder {
                None => self.neem_utf8(doel)?,
                Some(_) => self.decodeer(doel)?,
            };
            if geschreven > 0 {
                return match control_at(&doel[..geschreven]) {
                    None => Ok(geschreven),
                    Some((van, teken)) => {
                        self.stop_at(van, teken, van + teken.len_utf8() == geschreven)
                    }
                };
            }
            if self.op && (self.begin == self.eind || self.decoder.is_some()) {
                return Ok(0);
            }
            self.vul()?;
        }
    }

    /// Gives the text before a control character, and refuses after that. One Ctrl-Z as the very last byte is how
    /// old programs end a text.
    fn stop_at(&mut self, van: usize, teken: char, laatste: bool) -> Result<usize, Weigering> {
        if teken == '\u{1a}' && laatste && !self.strikt {
            while self.begin == self.eind && !self.op {
                self.vul()?;
            }
            if self.begin == self.eind {
                return Ok(van);
            }
        }
        if van == 0 {
            return Err(control_char(teken));
        }
        self.fout = Some(control_char(teken));
        Ok(van)
    }

    fn neem_utf8(&mut self, doel: &mut [u8]) -> Result<usize, Weigering> {
        let lengte = doel.len().min(self.eind - self.begin);
        let deel = &self.invoer[self.begin..self.begin + lengte];
        let geldig = match std::str::from_utf8(deel) {
            Ok(_) => lengte,
            // Cut in two by the end of this block, unless there is nothing more to come.
            Err(fout)
                if fout.error_len().is_none() && (!self.op || self.begin + lengte < self.eind) =>
            {
                fout.valid_up_to()
            }
            Err(fout) if fout.valid_up_to() > 0 => fout.valid_up_to(),
            Err(fout) => return Err(invalid_utf8(self.positie + fout.valid_up_to() as u64)),
        };
        doel[..geldig].copy_from_slice(&deel[..geldig]);
        self.begin += geldig;
        self.positie += geldig as u64;
        Ok(geldig)
    }

    fn decodeer(&mut self, doel: &mut [u8]) -> Result<usize, Weigering> {
        if self.uit {
            return Ok(0);
        }
        let decoder = self.decoder.as_mut().expect("only called with a decoder");
        let invoer = &self.invoer[self.begin..self.eind];
        let (uitslag, gelezen, geschreven) =
            decoder.decode_to_utf8_without_replacement(invoer, doel, self.op);
        self.begin += gelezen;
        self.positie += gelezen as u64;
        self.uit = self.op && matches!(uitslag, encoding_rs::DecoderResult::InputEmpty);
        match uitslag {
            encoding_rs::DecoderResult::Malformed(..) if geschreven > 0 => {
                self.fout = Some(invalid_utf8(self.positie));
                Ok(geschreven)
            }
            encoding_rs::DecoderResult::Malformed(..) => Err(invalid_utf8(self.positie)),
            encoding_rs::DecoderResult::InputEmpty | encoding_rs::DecoderResult::OutputFull => {
                Ok(geschreven)
            }
        }
    }
}

fn control_char(teken: char) -> Weigering {
    let wat = if is_turning(teken) {
        "een teken dat de leesrichting omdraait"
    } else {
        "een stuurteken"
    };
    Weigering::new(
        "CONTROL_CHAR",
        format!(
            "Het bestand bevat {wat} (U+{:04X}). Haal het weg en lever opnieuw.",
            teken as u32
        ),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn alles(bytes: &[u8], codering: Codering, stap: usize) -> Result<String, Weigering> {
        let mut stroom = Tekststroom::new(Hapjes { bytes, stap }, codering)?;
        let mut uit = Vec::new();
        let mut doel = [0; 16];
        loop {
            let n = stroom.lees(&mut doel)?;
            if n == 0 {
                return Ok(String::from_utf8(uit).unwrap());
            }
            uit.extend_from_slice(&doel[..n]);
        }
    }

    /// Found by fuzzing: of a file of two bytes the end is known before the first is decoded, and a decoder that was told
    /// so may not be asked again.
    #[test]
    fn after_the_end_comes_nothing() {
        for codering in [
            Codering::Utf8,
            Codering::Utf16Le,
            Codering::Utf16Be,
            Codering::Windows1252,
        ] {
            for lengte in [0, 2, 4, 32] {
                let bytes = b"a\0b\0".repeat(8);
                let bytes: Vec<u8> = if matches!(codering, Codering::Utf16Le) {
                    bytes
                } else {
                    vec![b'a'; 32]
                };
                let mut stroom = Tekststroom::new(
                    Hapjes {
                        bytes: &bytes[..lengte],
                        stap: 3,
                    },
                    codering,
                )
                .unwrap();
                while stroom.lees(&mut [0; 16]).unwrap() > 0 {}
                assert_eq!(
                    stroom.lees(&mut [0; 16]).unwrap(),
                    0,
                    "{codering:?}, {lengte} bytes"
                );
            }
        }
        assert_eq!(
            alles(&[0xff, 0xa4], Codering::Windows1252, 9).unwrap(),
            "ÿ¤"
        );
    }

    /// Gives at most `stap` bytes at a time.
    pub(crate) struct Hapjes<'a> {
        pub(crate) bytes: &'a [u8],
        pub(crate) stap: usize,
    }

    impl Read for Hapjes<'_> {
        fn read(&mut self, doel: &mut [u8]) -> std::io::Result<usize> {
            let n = self.stap.min(doel.len()).min(self.bytes.len());
            doel[..n].copy_from_slice(&self.bytes[..n]);
            self.bytes = &self.bytes[n..];
            Ok(n)
        }
    }

    const ZIN: &str = "Cliëntnr;Beëindigd op;café\r\n€ 1,50;😀;x\n";

    #[test]
    fn every_encoding_and_every_chunk_size_gives_the_same_text() {
        let utf16 = |le: bool| -> Vec<u8> {
            let eenheden = std::iter::once(0xfeff).chain(ZIN.encode_utf16());
            eenheden
                .flat_map(|e| if le { e.to_le_bytes() } else { e.to_be_bytes() })
                .collect()
        };
        for stap in 1..=17 {
            for (bytes, verwacht) in [
                (ZIN.as_bytes().to_vec(), Codering::Utf8),
                (format!("\u{feff}{ZIN}").into_bytes(), Codering::Utf8Bom),
                (utf16(true), Codering::Utf16Le),
                (utf16(false), Codering::Utf16Be),
            ] {
                let codering = recognise(Hapjes {
                    bytes: &bytes,
                    stap,
                })
                .unwrap();
                assert_eq!(codering, verwacht, "stap {stap}");
                assert_eq!(
                    alles(&bytes, codering, stap).unwrap(),
                    ZIN,
                    "{codering:?} stap {stap}"
                );
            }
            let (bytes, _, _) = WINDOWS_1252.encode("Cliëntnr;Beëindigd op;café;€\r\n");
            let codering = recognise(Hapjes {
                bytes: &bytes,
                stap,
            })
            .unwrap();
            assert_eq!(codering, Codering::Windows1252);
            assert_eq!(
                alles(&bytes, codering, stap).unwrap(),
                "Cliëntnr;Beëindigd op;café;€\r\n"
            );
        }
    }

    #[test]
    fn broken_text_is_refused_at_every_chunk_size() {
        let gevallen: [(&[u8], &str); 8] = [
            (b"a;\xc3\xab;\xe9\r\n", "ENCODING_INVALID"),
            (b"abc \xc3\xab en \xe2\x82", "ENCODING_INVALID"),
            (b"abc \xc3", "ENCODING_INVALID"),
            (b"a\xc0\x80b", "ENCODING_INVALID"),
            (b"a\xed\xa0\x80b", "ENCODING_INVALID"),
            (b"\xef\xbb\xbfa\xe9b", "ENCODING_INVALID"),
            (b"Cli\x89ntnr;Be\x89indigd\r\n", "ENCODING_INVALID"),
            (b"a\0b\0", "ENCODING"),
        ];
        for (bytes, code) in gevallen {
            for stap in 1..=17 {
                let fout = recognise(Hapjes { bytes, stap }).err().map(|w| w.code());
                assert_eq!(fout, Some(code), "{bytes:?} stap {stap}");
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
                alles(bytes, Codering::Utf8, 5).unwrap_err().code(),
                "CONTROL_CHAR",
                "{bytes:?}"
            );
        }
        assert!(alles(b"a\tb\r\n", Codering::Utf8, 5).is_ok());
    }
}
