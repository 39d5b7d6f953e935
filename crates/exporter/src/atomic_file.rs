//! Files that are there whole or not at all.
//!
//! Owns how one comes to be (another name, synced, renamed, the name synced), the patience that takes on Windows, and
//! that what a person edited is kept. Leaves a folder that comes to be as one to `pakket`, and secrets to
//! `pakket::private_file`.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tempfile::TempPath;

use crate::error::{Failure, is_in_use};
use crate::wording;

/// Writes a file whole or not at all: under another name first, then renamed.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let failure = |e: &std::io::Error| Failure::file(wording::files::FILE_NOT_WRITTEN, path, e);
    let dir = folder_of(path);
    let mut temporary = tempfile::NamedTempFile::new_in(dir).map_err(|e| failure(&e))?;
    temporary
        .write_all(content)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|e| failure(&e))?;
    shared_mode(temporary.path()).map_err(|e| failure(&e))?;
    place(temporary.into_temp_path(), path)
        .and_then(|()| sync_dir(dir))
        .map_err(|e| failure(&e))
}

/// Gives a temporary file its own name, in place of what had it.
pub(crate) fn place(temporary: TempPath, path: &Path) -> std::io::Result<()> {
    let mut temporary = Some(temporary);
    patiently(|| {
        let succeeded = temporary
            .take()
            .expect("put back where it failed")
            .persist(path);
        succeeded.map_err(|e| {
            temporary = Some(e.path);
            e.error
        })
    })
}

/// The folder that a path is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

/// Makes a folder, with those above it; fine when it is there.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place, which names the folder where that fails"
)]
pub(crate) fn make_dir(dir: &Path) -> Result<(), Failure> {
    fs::create_dir_all(dir).map_err(|e| Failure::file(wording::files::FOLDER_NOT_MADE, dir, &e))
}

/// Renames. On Windows a virus scanner or the search index may have what was just written for a moment: then again.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place, which has patience"
)]
pub(crate) fn rename(van: &Path, to: &Path) -> std::io::Result<()> {
    patiently(|| fs::rename(van, to))
}

fn patiently(mut doe: impl FnMut() -> std::io::Result<()>) -> std::io::Result<()> {
    for pause_ms in [10, 30, 100, 300, 600, 1000] {
        match doe() {
            Err(e)
                if cfg!(windows) && (is_in_use(&e) || e.kind() == ErrorKind::PermissionDenied) =>
            {
                thread::sleep(Duration::from_millis(pause_ms));
            }
            outcome => return outcome,
        }
    }
    doe()
}

/// Makes names in a folder as durable as the files.
#[cfg(unix)]
pub(crate) fn sync_dir(dir: &Path) -> std::io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

/// Windows keeps names with the files.
#[cfg(not(unix))]
pub fn sync_dir(_dir: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Writes a record as JSON that a person can read, whole or not at all.
pub(crate) fn write_json(path: &Path, record: &impl serde::Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(record).expect("plain records");
    text.push(b'\n');
    write_whole(path, &text)
}

/// Temporary files are private; a file for colleagues gets the usual mode.
#[cfg(unix)]
fn shared_mode(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn shared_mode(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Keeps an existing file under a free name, `x.vorige` and on. Gives that name where there was one.
pub(crate) fn keep_previous(path: &Path) -> Result<Option<PathBuf>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let free = (1..=u32::MAX)
        .map(|n| {
            path.with_file_name(if n == 1 {
                format!("{name}.vorige")
            } else {
                format!("{name}.vorige-{n}")
            })
        })
        .find(|p| !p.exists())
        .expect("nobody keeps four billion of them");
    rename(path, &free)
        .map_err(|e| Failure::file(wording::files::OLDER_FILE_NOT_KEPT, path, &e))?;
    Ok(Some(free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_edited_is_never_lost() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k.toml");
        assert_eq!(keep_previous(&path).unwrap(), None);
        for n in 0..3 {
            write_whole(&path, format!("{n}").as_bytes()).unwrap();
            keep_previous(&path).unwrap();
        }
        assert_eq!(
            fs::read_to_string(dir.path().join("k.toml.vorige")).unwrap(),
            "0"
        );
        assert_eq!(
            fs::read_to_string(dir.path().join("k.toml.vorige-3")).unwrap(),
            "2"
        );
    }
}
