//! The files that processes on one data directory lock.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;

use crate::error::LakeError;
use crate::paths::{DataRoot, SECRET};

/// Held shared by whoever writes files outside a levering, exclusively by who publishes, migrates or cleans up.
pub(crate) const WRITE_LOCK: &str = "schrijf.slot";

/// Opens a file to lock, made with mode 0600 when it is not there.
pub(crate) fn open_slot(root: &DataRoot, name: &str) -> Result<File, LakeError> {
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(false)
        .mode(SECRET);
    options
        .open(root.dir.join(name))
        .map_err(LakeError::io("opening a lock file"))
}
