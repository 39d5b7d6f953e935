//! Length and SHA-256 of what is too long to hold: a file, or bytes on their way to one.
//!
//! Leaves the hash of bytes in memory, and how a hash is written, to [`schema::hash`].

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// What was written to it so far.
#[derive(Default)]
pub(crate) struct Fingerprint {
    hasher: Sha256,
    bytes: u64,
}

impl Fingerprint {
    /// Length and `sha256:<hex>`.
    pub(crate) fn finish(self) -> (u64, String) {
        let hex = schema::hash::hex(&self.hasher.finalize());
        (self.bytes, format!("sha256:{hex}"))
    }

    /// Length and `sha256:<hex>` of a file.
    pub(crate) fn of_file(path: &Path) -> io::Result<(u64, String)> {
        let mut file = BufReader::with_capacity(128 * 1024, File::open(path)?);
        let mut fingerprint = Self::default();
        io::copy(&mut file, &mut fingerprint)?;
        Ok(fingerprint.finish())
    }
}

impl Write for Fingerprint {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.hasher.update(buffer);
        self.bytes += buffer.len() as u64;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
