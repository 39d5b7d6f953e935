//! Length and SHA-256 of what is too long to hold: a file of a pakket, or bytes on their way to one.
//!
//! Leaves the hash of bytes in memory, and how a hash is written, to [`schema::hash`].

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// What was written to it so far.
#[derive(Default)]
pub(super) struct FileDigest {
    hash: Sha256,
    bytes: u64,
}

impl FileDigest {
    /// Length and `sha256:<hex>`.
    pub(super) fn finish(self) -> (u64, String) {
        let hex = schema::hash::hex(&self.hash.finalize());
        (self.bytes, format!("sha256:{hex}"))
    }

    /// Length and `sha256:<hex>` of a file.
    pub(super) fn of_file(path: &Path) -> io::Result<(u64, String)> {
        let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
        let mut digest = Self::default();
        io::copy(&mut file, &mut digest)?;
        Ok(digest.finish())
    }
}

impl Write for FileDigest {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.hash.update(buffer);
        self.bytes += buffer.len() as u64;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
