//! Looking at what lies in a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is in a directory, sorted; nothing when it is not there or no directory.
pub(crate) fn content(path: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|ding| Ok(ding?.path()))
        .collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

/// Whether it is a directory itself, not a link to one.
pub(crate) fn is_dir(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|data| data.is_dir())
}

/// The last name; empty for one that is not text, which then fits nothing we know.
pub(crate) fn name_of(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
