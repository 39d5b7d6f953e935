//! Files under `intern/`: never served, written atomically, replaceable.
//!
//! Owns the writing; leaves the content (unprotected figures) to `analysis` and `monitor`, and the files per aanbieder to
//! [`crate::own_figures`].

use std::io;
use std::path::PathBuf;

use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::lock_files::{WRITE_LOCK, open_slot};
use crate::paths::{SECRET, relative};

impl Lake {
    /// Writes `intern/<name>` (mode 0600) durably and whole, replacing what was there. `name` may have folders.
    pub async fn write_internal(&self, name: &str, bytes: Vec<u8>) -> Result<PathBuf, LakeError> {
        let path = self.internal_path(name)?;
        let root = self.core.map.clone();
        blocking(move || {
            // Shared: it only keeps start-up of the service from taking our temporary file for a leftover.
            let lock = open_slot(&root, WRITE_LOCK)?;
            let write = || {
                lock.lock_shared()?;
                root.make(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
                root.write_whole(&path, &bytes, SECRET)
            };
            write().map_err(LakeError::io("writing an internal file"))?;
            Ok(path)
        })
        .await
    }

    /// Reads `intern/<name>`.
    pub async fn lees_intern(&self, name: &str) -> Result<Option<Vec<u8>>, LakeError> {
        let path = self.internal_path(name)?;
        blocking(move || match std::fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LakeError::io("reading an internal file")(error)),
        })
        .await
    }

    /// Where `intern/<name>` is, for a reader that wants a path.
    pub fn internal_path(&self, name: &str) -> Result<PathBuf, LakeError> {
        Ok(self.dir().join("intern").join(relative(name)?))
    }
}
