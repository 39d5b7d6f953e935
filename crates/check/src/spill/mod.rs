//! What rules over sets remember between batches: in memory while it is little, in a scratch file after that.
//!
//! Owns how much stays in memory and when bytes move out. A scratch file that fails is remembered here and told by
//! the call under way: it is never a finding. Leaves which file that is to the caller; this crate has no file system.

mod buckets;
mod firsts;
mod run;
mod texts;

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};

pub(crate) use buckets::{Buckets, Member};
pub(crate) use firsts::Firsts;
pub(crate) use run::SpillRun;
pub(crate) use texts::SpilledTexts;

use crate::error::CheckError;

/// Bytes that all rules together keep in memory before the scratch file is made.
const ROOM: usize = 64 << 20;

/// Most bytes that move out at once.
const BLOCK: usize = 32 << 10;

/// A file to write to and to read back.
trait ScratchFile: Read + Write + Seek + Send {}

impl<B: Read + Write + Seek + Send> ScratchFile for B {}

type MakeScratch = dyn FnMut() -> io::Result<Box<dyn ScratchFile>> + Send;

/// A scratch file, made when it is first needed: a small levering never asks for it.
pub struct Spill {
    make: Box<MakeScratch>,
    room: usize,
    bestand: Option<Box<dyn ScratchFile>>,
    eind: u64,
}

impl Spill {
    /// The file that `make` makes; nobody else may write to it.
    pub fn new<B: Read + Write + Seek + Send + 'static>(
        mut make: impl FnMut() -> io::Result<B> + Send + 'static,
    ) -> Self {
        let make = Box::new(move || Ok(Box::new(make()?) as Box<dyn ScratchFile>));
        Self {
            make,
            room: ROOM,
            bestand: None,
            eind: 0,
        }
    }

    /// With this many bytes in memory before the file is made, instead of 64 MiB.
    #[must_use]
    pub fn room(self, bytes: usize) -> Self {
        Self {
            room: bytes,
            ..self
        }
    }

    /// Writes behind all that was written; gives where it begins.
    fn store(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let file = match &mut self.bestand {
            Some(file) => file,
            empty => empty.insert((self.make)()?),
        };
        file.seek(SeekFrom::Start(self.eind))?;
        file.write_all(bytes)?;
        let begin = self.eind;
        self.eind += bytes.len() as u64;
        Ok(begin)
    }

    fn fetch(&mut self, begin: u64, bytes: &mut [u8]) -> io::Result<()> {
        let file = self.bestand.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(begin))?;
        file.read_exact(bytes)
    }
}

impl fmt::Debug for Spill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Klad")
            .field("ruimte", &self.room)
            .field("eind", &self.eind)
            .finish_non_exhaustive()
    }
}

/// Where blocks of bytes are kept: in memory as long as there is room, or for ever without a scratch file.
#[derive(Debug, Default)]
pub(crate) struct SpillStore {
    spill: Option<Spill>,
    in_memory: usize,
    /// The first that went wrong. After it nothing is kept, and what is read back means nothing.
    fout: Option<io::Error>,
}

/// A block that was kept.
#[derive(Debug)]
enum StoredBlock {
    Memory(Vec<u8>),
    /// Where it begins in the scratch file.
    Spill(u64),
}

impl SpillStore {
    /// Keeps what there is too much of in this scratch file.
    pub(crate) fn new(spill: Spill) -> Self {
        Self {
            spill: Some(spill),
            ..Self::default()
        }
    }

    /// The size of a block: less where little may stay in memory, as many are begun at once.
    fn block(&self) -> usize {
        self.spill
            .as_ref()
            .map_or(BLOCK, |spill| (spill.room / 2048).clamp(16, BLOCK))
    }

    /// Keeps a full block, and leaves an empty one.
    fn keep(&mut self, bytes: &mut Vec<u8>) -> StoredBlock {
        match &mut self.spill {
            Some(spill) if self.in_memory + bytes.len() > spill.room => {
                let begin = if self.fout.is_none() {
                    spill.store(bytes)
                } else {
                    Ok(0)
                };
                bytes.clear();
                StoredBlock::Spill(begin.unwrap_or_else(|error| {
                    self.fout = Some(error);
                    0
                }))
            }
            _ => {
                self.in_memory += bytes.len();
                StoredBlock::Memory(std::mem::take(bytes))
            }
        }
    }

    /// Reads from a block, from `begin` on.
    fn read(&mut self, block: &StoredBlock, begin: usize, out: &mut [u8]) {
        match (block, &mut self.spill) {
            (StoredBlock::Memory(bytes), _) => {
                out.copy_from_slice(&bytes[begin..begin + out.len()]);
            }
            (StoredBlock::Spill(at), Some(spill)) if self.fout.is_none() => {
                self.fout = spill.fetch(at + begin as u64, out).err();
            }
            _ => {}
        }
    }

    /// Tells what went wrong, if anything did.
    pub(crate) fn check(&mut self) -> Result<(), CheckError> {
        self.fout
            .take()
            .map_or(Ok(()), |error| Err(CheckError::Spill(error)))
    }
}
