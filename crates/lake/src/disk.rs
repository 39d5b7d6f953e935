//! The few file operations that durability hangs on, behind a trait.
//!
//! Owns the difference between written and durable: bytes count after [`DurableFile::sync`], a name after
//! [`Disk::sync_map`]. Leaves the order of the steps to its callers. The trait exists so that a test can put a
//! disk underneath that forgets everything that was not synced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// A file being written.
pub trait DurableFile: Write + Send {
    /// Makes the bytes written so far durable (fdatasync).
    fn sync(&mut self) -> io::Result<()>;
}

/// Where files live.
pub trait Disk: Send + Sync {
    /// Makes one directory; its parent exists. Not durable before the parent is synced.
    fn make_dir(&self, path: &Path) -> io::Result<()>;
    /// Opens a file for writing at byte `offset`, made when it is not there; bytes beyond are cut off. An error when
    /// the file is shorter than `offset`.
    fn write(&self, path: &Path, offset: u64, mode: u32) -> io::Result<Box<dyn DurableFile>>;
    /// Gives a file or directory another name, within one file system.
    fn rename(&self, van: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty directory.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a directory durable (fsync).
    fn sync_map(&self, path: &Path) -> io::Result<()>;
}

/// The local file system.
#[derive(Debug, Default)]
pub struct RealDisk;

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where a disk is a disk"
)]
impl Disk for RealDisk {
    fn make_dir(&self, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(path)
    }

    fn write(&self, path: &Path, offset: u64, mode: u32) -> io::Result<Box<dyn DurableFile>> {
        // O_NOFOLLOW: a symlink planted under one of our names is refused, not followed.
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(mode)
            .custom_flags(O_NOFOLLOW)
            .open(path)?;
        if file.metadata()?.len() < offset {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the file is shorter than its durable length",
            ));
        }
        file.set_len(offset)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }

    fn rename(&self, van: &Path, to: &Path) -> io::Result<()> {
        fs::rename(van, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn sync_map(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

impl DurableFile for File {
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
