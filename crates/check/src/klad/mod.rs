//! What rules over sets remember between batches: in memory while it is little, in a scratch file after that.
//!
//! Owns how much stays in memory and when bytes move out. A scratch file that fails is remembered here and told by
//! the call under way: it is never a finding. Leaves which file that is to the caller; this crate has no file system.

mod eersten;
mod rol;
mod teksten;
mod vakken;

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};

pub(crate) use eersten::Eersten;
pub(crate) use rol::Rol;
pub(crate) use teksten::Teksten;
pub(crate) use vakken::{Lid, Vakken};

use crate::fout::CheckFout;

/// Bytes that all rules together keep in memory before the scratch file is made.
const RUIMTE: usize = 64 << 20;

/// Most bytes that move out at once.
const BLOK: usize = 32 << 10;

/// A file to write to and to read back.
trait Bestand: Read + Write + Seek + Send {}

impl<B: Read + Write + Seek + Send> Bestand for B {}

type Maak = dyn FnMut() -> io::Result<Box<dyn Bestand>> + Send;

/// A scratch file, made when it is first needed: a small levering never asks for it.
pub struct Klad {
    maak: Box<Maak>,
    ruimte: usize,
    bestand: Option<Box<dyn Bestand>>,
    eind: u64,
}

impl Klad {
    /// The file that `maak` makes; nobody else may write to it.
    pub fn new<B: Read + Write + Seek + Send + 'static>(
        mut maak: impl FnMut() -> io::Result<B> + Send + 'static,
    ) -> Self {
        let maak = Box::new(move || Ok(Box::new(maak()?) as Box<dyn Bestand>));
        Self {
            maak,
            ruimte: RUIMTE,
            bestand: None,
            eind: 0,
        }
    }

    /// With this many bytes in memory before the file is made, instead of 64 MiB.
    #[must_use]
    pub fn ruimte(self, bytes: usize) -> Self {
        Self {
            ruimte: bytes,
            ..self
        }
    }

    /// Writes behind all that was written; gives where it begins.
    fn bewaar(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let bestand = match &mut self.bestand {
            Some(bestand) => bestand,
            leeg => leeg.insert((self.maak)()?),
        };
        bestand.seek(SeekFrom::Start(self.eind))?;
        bestand.write_all(bytes)?;
        let begin = self.eind;
        self.eind += bytes.len() as u64;
        Ok(begin)
    }

    fn haal(&mut self, begin: u64, bytes: &mut [u8]) -> io::Result<()> {
        let bestand = self.bestand.as_mut().ok_or(io::ErrorKind::NotFound)?;
        bestand.seek(SeekFrom::Start(begin))?;
        bestand.read_exact(bytes)
    }
}

impl fmt::Debug for Klad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Klad")
            .field("ruimte", &self.ruimte)
            .field("eind", &self.eind)
            .finish_non_exhaustive()
    }
}

/// Where blocks of bytes are kept: in memory as long as there is room, or for ever without a scratch file.
#[derive(Debug, Default)]
pub(crate) struct Opslag {
    klad: Option<Klad>,
    in_geheugen: usize,
    /// The first that went wrong. After it nothing is kept, and what is read back means nothing.
    fout: Option<io::Error>,
}

/// A block that was kept.
#[derive(Debug)]
enum Blok {
    Geheugen(Vec<u8>),
    /// Where it begins in the scratch file.
    Klad(u64),
}

impl Opslag {
    /// Keeps what there is too much of in this scratch file.
    pub(crate) fn new(klad: Klad) -> Self {
        Self {
            klad: Some(klad),
            ..Self::default()
        }
    }

    /// The size of a block: less where little may stay in memory, as many are begun at once.
    fn blok(&self) -> usize {
        self.klad
            .as_ref()
            .map_or(BLOK, |klad| (klad.ruimte / 2048).clamp(16, BLOK))
    }

    /// Keeps a full block, and leaves an empty one.
    fn keep(&mut self, bytes: &mut Vec<u8>) -> Blok {
        match &mut self.klad {
            Some(klad) if self.in_geheugen + bytes.len() > klad.ruimte => {
                let begin = if self.fout.is_none() {
                    klad.bewaar(bytes)
                } else {
                    Ok(0)
                };
                bytes.clear();
                Blok::Klad(begin.unwrap_or_else(|fout| {
                    self.fout = Some(fout);
                    0
                }))
            }
            _ => {
                self.in_geheugen += bytes.len();
                Blok::Geheugen(std::mem::take(bytes))
            }
        }
    }

    /// Reads from a block, from `begin` on.
    fn read(&mut self, blok: &Blok, begin: usize, uit: &mut [u8]) {
        match (blok, &mut self.klad) {
            (Blok::Geheugen(bytes), _) => uit.copy_from_slice(&bytes[begin..begin + uit.len()]),
            (Blok::Klad(at), Some(klad)) if self.fout.is_none() => {
                self.fout = klad.haal(at + begin as u64, uit).err()
            }
            _ => {}
        }
    }

    /// Tells what went wrong, if anything did.
    pub(crate) fn check(&mut self) -> Result<(), CheckFout> {
        self.fout
            .take()
            .map_or(Ok(()), |fout| Err(CheckFout::Klad(fout)))
    }
}
