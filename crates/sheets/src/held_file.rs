//! What a file is once it is open: its bytes in memory, or a handle that many readers share.
//!
//! Owns how much is kept in memory, of all files together, and reading from several places of one open file. Leaves
//! what is in it to the readers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

/// Files up to this size are read once and kept, as long as they and the others that are open fit in it together;
/// larger ones are read each time that is asked for their bytes.
const KEPT: u64 = 64 << 20;

/// How much is kept; in a test it may be less. Always [`KEPT`] in a release.
fn kept() -> u64 {
    let less = cfg!(debug_assertions)
        .then(|| std::env::var("UITVRAAG_IN_GEHEUGEN").ok()?.parse().ok())
        .flatten();
    less.unwrap_or(KEPT)
}

/// Bytes that are kept now.
static KEPT_NOW: AtomicU64 = AtomicU64::new(0);

/// An open file.
#[derive(Clone)]
pub(crate) enum Held {
    Memory(Arc<Memory>),
    Handle(Arc<Handle>),
}

/// Bytes in memory.
pub(crate) struct Memory {
    bytes: Bytes,
    /// How many of them count for what may be kept.
    reserved: u64,
}

/// A file on disk.
pub(crate) struct Handle {
    file: File,
    length: u64,
}

/// A place in an open file, read from there on.
pub(crate) struct Stream {
    held: Held,
    at: u64,
}

impl Drop for Memory {
    fn drop(&mut self) {
        KEPT_NOW.fetch_sub(self.reserved, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(memory) => write!(f, "Memory({} bytes)", memory.bytes.len()),
            Self::Handle(handle) => write!(f, "Handle({} bytes)", handle.length),
        }
    }
}

impl Held {
    /// Opens the file at this path.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        let length = about.len();
        if !reserve(length) {
            return Self::from_file(file);
        }
        let mut memory = Memory {
            bytes: Bytes::new(),
            reserved: length,
        };
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        if about.is_file() {
            // One that grows while it is read is as long as it was when it was opened.
            file.take(length).read_to_end(&mut bytes)?;
        } else {
            file.take(KEPT + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > KEPT {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        memory.bytes = bytes.into();
        Ok(Self::Memory(Arc::new(memory)))
    }

    /// Bytes that somebody else keeps.
    pub(crate) fn from_bytes(bytes: Bytes) -> Self {
        Self::Memory(Arc::new(Memory { bytes, reserved: 0 }))
    }

    /// A file that is open already.
    pub(crate) fn from_file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self::Handle(Arc::new(Handle { file, length })))
    }

    /// From the beginning.
    pub(crate) fn stream(&self) -> Stream {
        Stream {
            held: self.clone(),
            at: 0,
        }
    }
}

/// Whether so many bytes more may be kept; then they are.
fn reserve(bytes: u64) -> bool {
    let more = |now: u64| now.checked_add(bytes).filter(|all| *all <= kept());
    KEPT_NOW
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
        .is_ok()
}

impl Stream {
    fn length(&self) -> u64 {
        match &self.held {
            Held::Memory(memory) => memory.bytes.len() as u64,
            Held::Handle(handle) => handle.length,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match &self.held {
            Held::Memory(memory) => {
                let at = usize::try_from(self.at).unwrap_or(usize::MAX);
                let mut rest = memory.bytes.get(at..).unwrap_or_default();
                rest.read(buffer)?
            }
            Held::Handle(handle) => read_at(&handle.file, buffer, self.at)?,
        };
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Stream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Where there is one thread and no such call.
#[cfg(not(any(unix, windows)))]
fn read_at(mut file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(at))?;
    file.read(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_of_one_file_each_have_their_own_place() {
        let path = std::env::temp_dir().join(format!("held-{}", std::process::id()));
        std::fs::write(&path, b"0123456789").unwrap();
        let file = File::open(&path).unwrap();
        let handle = Held::Handle(Arc::new(Handle { file, length: 10 }));
        for held in [handle, Held::open(&path).unwrap()] {
            let (mut one, mut other) = (held.stream(), held.stream());
            let mut two = [0; 2];
            one.read_exact(&mut two).unwrap();
            other.seek(SeekFrom::End(-3)).unwrap();
            let mut rest = String::new();
            other.read_to_string(&mut rest).unwrap();
            assert_eq!((&two, rest.as_str()), (b"01", "789"), "{held:?}");
            one.read_exact(&mut two).unwrap();
            assert_eq!(&two, b"23");
            assert!(one.seek(SeekFrom::Current(-9)).is_err());
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn no_more_is_kept_than_fits() {
        assert!(!reserve(KEPT + 1) && !reserve(u64::MAX));
    }
}
