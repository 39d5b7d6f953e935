//! The few file operations that durability hangs on, behind a trait.
//!
//! Owns the difference between written and durable: bytes count after [`Bestand::sync`], a name after
//! [`Opslag::sync_map`]. Leaves the order of the steps to its callers. The trait exists so that a test can put a
//! disk underneath that forgets everything that was not synced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// A file being written.
pub trait Bestand: Write + Send {
    /// Makes the bytes written so far durable (fdatasync).
    fn sync(&mut self) -> io::Result<()>;
}

/// Where files live.
pub trait Opslag: Send + Sync {
    /// Makes one directory; its parent exists. Not durable before the parent is synced.
    fn maak_map(&self, pad: &Path) -> io::Result<()>;
    /// Opens a file for writing at byte `offset`, made when it is not there; bytes beyond are cut off. An error when
    /// the file is shorter than `offset`.
    fn schrijf(&self, pad: &Path, offset: u64, modus: u32) -> io::Result<Box<dyn Bestand>>;
    /// Gives a file or directory another name, within one file system.
    fn hernoem(&self, van: &Path, naar: &Path) -> io::Result<()>;
    /// Removes a file.
    fn verwijder(&self, pad: &Path) -> io::Result<()>;
    /// Removes an empty directory.
    fn verwijder_map(&self, pad: &Path) -> io::Result<()>;
    /// Makes the names in a directory durable (fsync).
    fn sync_map(&self, pad: &Path) -> io::Result<()>;
}

/// The local file system.
#[derive(Debug, Default)]
pub struct Schijf;

impl Opslag for Schijf {
    fn maak_map(&self, pad: &Path) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(pad)
    }

    fn schrijf(&self, pad: &Path, offset: u64, modus: u32) -> io::Result<Box<dyn Bestand>> {
        // O_NOFOLLOW: a symlink planted under one of our names is refused, not followed.
        let mut bestand = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(modus)
            .custom_flags(O_NOFOLLOW)
            .open(pad)?;
        if bestand.metadata()?.len() < offset {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the file is shorter than its durable length",
            ));
        }
        bestand.set_len(offset)?;
        bestand.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(bestand))
    }

    fn hernoem(&self, van: &Path, naar: &Path) -> io::Result<()> {
        fs::rename(van, naar)
    }

    fn verwijder(&self, pad: &Path) -> io::Result<()> {
        fs::remove_file(pad)
    }

    fn verwijder_map(&self, pad: &Path) -> io::Result<()> {
        fs::remove_dir(pad)
    }

    fn sync_map(&self, pad: &Path) -> io::Result<()> {
        File::open(pad)?.sync_all()
    }
}

impl Bestand for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// `O_NOFOLLOW` on Linux, without a crate for one number. Elsewhere no flag: the directory is ours alone anyway.
const O_NOFOLLOW: i32 = if !cfg!(target_os = "linux") {
    0
} else if cfg!(any(target_arch = "x86_64", target_arch = "x86")) {
    0o400_000
} else {
    0o100_000
};
