//! How a text is encoded: found out once, and of a large file while it is read.
//!
//! Owns what is known of it so far. Looking through a file before it is read is reading it twice; the beginning of a large
//! one is believed where its reader permits that, and every byte that goes by is held against it. Leaves the encodings
//! to `rows`, and reading anew where the beginning was no example to the callers.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rows::FileRefusal;
use rows::encoding::{EncodingScan, TextEncoding, recognise, recognise_beginning};

use crate::held_file::Stream;

/// Bytes that are looked at before the rest is believed to be like them.
const BEGINNING: u64 = 1 << 20;

/// What is known of the encoding of a file, shared by its copies.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownEncoding(Arc<Mutex<EncodingState>>);

#[derive(Debug, Clone, Copy, Default)]
enum EncodingState {
    /// Nothing: all of it is looked through first.
    #[default]
    Nothing,
    /// Nothing, and its beginning may be believed.
    Permitted,
    /// What its beginning says.
    Presumed(TextEncoding),
    /// What its beginning says and all of it does not; what that is, if anything.
    Differs(Option<TextEncoding>),
    /// What all of it says.
    Proven(TextEncoding),
}

impl KnownEncoding {
    fn known(&self) -> MutexGuard<'_, EncodingState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the beginning be believed, where nothing is known yet.
    pub(crate) fn permit(&self) {
        let mut known = self.known();
        if matches!(*known, EncodingState::Nothing) {
            *known = EncodingState::Permitted;
        }
    }

    /// The encoding.
    pub(crate) fn get(
        &self,
        open: impl Fn() -> Result<Stream, FileRefusal>,
    ) -> Result<TextEncoding, FileRefusal> {
        let mut known = self.known();
        let begin = match *known {
            EncodingState::Presumed(encoding) | EncodingState::Proven(encoding) => {
                return Ok(encoding);
            }
            EncodingState::Permitted => recognise_beginning(open()?.take(BEGINNING)).ok(),
            EncodingState::Nothing | EncodingState::Differs(_) => None,
        };
        if let Some(presumed) = begin {
            *known = EncodingState::Presumed(presumed);
            return Ok(presumed);
        }
        let encoding = recognise(open()?)?;
        *known = EncodingState::Proven(encoding);
        Ok(encoding)
    }

    /// Whether nothing was presumed that is not so.
    pub(crate) fn is_as_presumed(&self, open: impl Fn() -> Result<Stream, FileRefusal>) -> bool {
        let mut known = self.known();
        let (presumed, actual) = match *known {
            EncodingState::Nothing | EncodingState::Permitted | EncodingState::Proven(_) => {
                return true;
            }
            EncodingState::Presumed(presumed) => (Some(presumed), open().and_then(recognise).ok()),
            EncodingState::Differs(actual) => (None, actual),
        };
        *known = actual.map_or(EncodingState::Nothing, EncodingState::Proven);
        presumed.is_some() && presumed == actual
    }

    /// These bytes, all those of the file, held against what was presumed of them.
    pub(crate) fn prove(&self, stream: Stream) -> ProvingStream {
        let scan = matches!(*self.known(), EncodingState::Presumed(_)).then(EncodingScan::default);
        ProvingStream {
            stream,
            scan,
            encoding: self.clone(),
        }
    }
}

/// The bytes of a text.
pub(crate) struct ProvingStream {
    stream: Stream,
    /// What went by, where something is to be proven.
    scan: Option<EncodingScan>,
    encoding: KnownEncoding,
}

impl Read for ProvingStream {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let loaded = self.stream.read(target)?;
        if loaded > 0 {
            if let Some(scan) = &mut self.scan {
                scan.look(&target[..loaded]);
            }
        } else if !target.is_empty()
            && let Some(scan) = self.scan.take()
        {
            let mut known = self.encoding.known();
            if let EncodingState::Presumed(presumed) = *known {
                let actual = scan.finish().ok();
                *known = match actual {
                    Some(actual) if actual == presumed => EncodingState::Proven(actual),
                    other => EncodingState::Differs(other),
                };
            }
        }
        Ok(loaded)
    }
}
