//! Names and paths: what may be one, where things lie, and making them durable.
//!
//! Owns the layout of the data directory and the two ways to write there that survive a crash: a directory that
//! stays, and a file that is there whole or not at all. Leaves streams to `upload` and `parquet_tabel`.

use std::collections::HashSet;
use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::{Disk, RealDisk};
use crate::error::LakeError;
use crate::levering_id::LeveringId;

/// Mode of what only the service may read.
pub(crate) const SECRET: u32 = 0o600;
/// The folder of compressed copies of published files: each can be made again.
pub(crate) const COPIES: &str = "ingepakt";
/// Mode of what is published.
pub(crate) const PUBLIC: u32 = 0o644;

/// The data directory: where things are, and durable ways to put them there.
#[derive(Clone)]
pub(crate) struct DataRoot {
    pub(crate) dir: PathBuf,
    pub(crate) storage: Arc<dyn Disk>,
    /// Directories whose name in their parent is durable, so that the next file need not wait for that again.
    durable: Arc<Mutex<HashSet<PathBuf>>>,
}

impl DataRoot {
    pub(crate) fn new(dir: PathBuf, storage: Arc<dyn Disk>) -> Self {
        Self {
            dir,
            storage,
            durable: Arc::default(),
        }
    }

    pub(crate) fn raw(&self, id: LeveringId) -> PathBuf {
        self.dir.join("raw").join(id.to_string())
    }

    pub(crate) fn raw_file(&self, id: LeveringId, tabel: &str) -> PathBuf {
        self.raw(id).join(format!("{tabel}.csv.zst"))
    }

    pub(crate) fn publicatie(&self, uitvraag: &str, jaar: i32, version: u32) -> PathBuf {
        self.dir
            .join("publicaties")
            .join(uitvraag)
            .join(jaar.to_string())
            .join(version.to_string())
    }

    /// The path below the data directory, to name it by.
    pub(crate) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.dir)
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned()
    }

    /// Makes a directory below the data directory, with all above it, durably.
    pub(crate) fn make(&self, path: &Path) -> io::Result<()> {
        if path == self.dir
            || self
                .durable
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(path)
        {
            return Ok(());
        }
        let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        self.make(parent)?;
        match self.storage.make_dir(path) {
            Ok(()) => {}
            Err(error)
                if error.kind() == io::ErrorKind::AlreadyExists
                    && path.symlink_metadata()?.is_dir() => {}
            Err(error) => return Err(error),
        }
        // Also when it was there already: whoever made it may not have come this far.
        self.storage.sync_map(parent)?;
        self.durable
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned());
        Ok(())
    }

    /// Forgets that a directory was durable, because it is going.
    pub(crate) fn forget(&self, path: &Path) {
        self.durable
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|known| !known.starts_with(path));
    }

    /// Writes a file whole: temp, fdatasync, rename, fsync of the directory. The directory exists.
    pub(crate) fn write_whole(&self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        let temporary = temporary_name(path);
        let written = self
            .write_loose(&temporary, bytes, mode)
            .and_then(|()| self.place(&temporary, path));
        if written.is_err() {
            // Best effort: what stays behind is recognised by its name and removed at start-up.
            self.storage.remove(&temporary).ok();
        }
        written
    }

    /// Gives what was written and synced its own name, durably.
    pub(crate) fn place(&self, temporary: &Path, path: &Path) -> io::Result<()> {
        let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        self.storage.rename(temporary, path)?;
        self.storage.sync_map(parent)
    }

    /// Writes a file and makes its bytes, not yet its name, durable.
    pub(crate) fn write_loose(&self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        let mut file = self.storage.write(path, 0, mode)?;
        file.write_all(bytes)?;
        file.sync()
    }

    /// Removes a directory and all in it; fine when it is not there.
    pub(crate) fn remove_tree(&self, path: &Path) -> io::Result<()> {
        self.forget(path);
        let content = match std::fs::read_dir(path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for ding in content {
            let ding = ding?;
            if ding.file_type()?.is_dir() {
                self.remove_tree(&ding.path())?;
            } else {
                self.storage.remove(&ding.path())?;
            }
        }
        self.storage.remove_dir(path)
    }

    /// Moves something nobody names to `quarantaine/<name>`, or beside what lies there already.
    pub(crate) fn to_quarantine(&self, path: &Path, name: &str) -> io::Result<PathBuf> {
        let quarantine = self.dir.join("quarantaine");
        self.make(&quarantine)?;
        let mut target = quarantine.join(name);
        let mut number = 2;
        while target.symlink_metadata().is_ok() {
            target = quarantine.join(format!("{name}-{number}"));
            number += 1;
        }
        self.forget(path);
        self.place(path, &target)?;
        if let Some(parent) = path.parent() {
            self.storage.sync_map(parent)?;
        }
        Ok(target)
    }
}

/// Writes a file that only its owner may read, whole and durably, with the folders above it: what is secret and stands
/// outside what a [`crate::Lake`] keeps, such as a key.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    DataRoot::new(dir.to_owned(), Arc::new(RealDisk)).write_whole(path, bytes, SECRET)
}

/// A name beside `path` that no one else uses and that start-up recognises as a leftover.
pub(crate) fn temporary_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    let mut random_bytes = [0; 8];
    getrandom::fill(&mut random_bytes).expect("the system has randomness");
    name.push(format!(".{:016x}.tmp", u64::from_le_bytes(random_bytes)));
    path.with_file_name(name)
}

/// Whether a name is one that [`temporary_name`] gives.
pub(crate) fn is_temporary(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "tmp")
}

/// Whether a text may be one name in a path: the names of uitvragen, tables and the like.
pub(crate) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    (1..=64).contains(&text.len()) && text.chars().all(allowed)
}

/// A relative path of plain names, or nothing: no `..`, no hidden names, no separators of other systems.
pub(crate) fn relative(text: &str) -> Result<PathBuf, LakeError> {
    let is_good = |part: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '=');
        (1..=128).contains(&part.len())
            && !part.starts_with('.')
            && !is_temporary(part)
            && part.chars().all(allowed)
    };
    if text.len() > 512 || !text.split('/').all(is_good) {
        return Err(LakeError::InvalidPath);
    }
    Ok(text.split('/').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only plain relative paths ever reach the file system.
    #[test]
    fn relative_refuses_what_leaves_the_directory() {
        for good in [
            "index.html",
            "spiegel/GM0344/index.html",
            "0-meting/index.html",
            "SHA256SUMS",
            "a=1/b_c.parquet",
        ] {
            assert!(relative(good).is_ok(), "{good}");
        }
        let long = "a".repeat(4096);
        for error in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            ".verborgen",
            "a\\b",
            "a\0b",
            "a b",
            "%2e%2e/x",
            "a/..%2f",
            "x.tmp",
            "é",
            "C:x",
            &long,
        ] {
            assert!(relative(error).is_err(), "{error}");
        }
    }

    /// Names of tables and uitvragen are lower-case words.
    #[test]
    fn is_name_refuses_anything_but_a_word() {
        assert!(is_name("traject") && is_name("omgang_2") && is_name("a-b"));
        for error in [
            "",
            ".",
            "..",
            "a/b",
            "A",
            "a.csv",
            "é",
            "a b",
            &"x".repeat(65),
        ] {
            assert!(!is_name(error), "{error}");
        }
    }
}
