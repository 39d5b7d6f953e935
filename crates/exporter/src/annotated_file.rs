//! `--rapport`: the aanbieder's own file back, with the findings in it.
//!
//! Owns where it is written, and that it never takes the place of a file that is read. Leaves what is in it to
//! `sheets::annotate`.

use std::path::{Path, PathBuf};

use schema::bevinding::WaitingFindings;
use schema::{Definitie, Oordeel};
use sheets::annotate::AnnotateLimits;
use sheets::{SourceFile, annotate};

use crate::atomic_file::write_whole;
use crate::error::Failure;
use crate::wording;

/// Writes the report on these files; without files only the judgement. What waits
/// for an answer is said in it. The same judgement gives the same bytes.
pub(crate) fn write(
    path: &Path,
    files: &[SourceFile],
    oordeel: &Oordeel,
    definitie: &Definitie,
    waiting: &[WaitingFindings],
) -> Result<(), Failure> {
    let limits = AnnotateLimits::default();
    let content = annotate::make_within(files, oordeel, definitie, waiting, limits)
        .map_err(|e| Failure::new(wording::files::rapport_not_made(&path.display())).cause(e))?;
    write_whole(path, &content)
}

/// Refuses a report that is no workbook, or that takes the place of a file that is read.
pub(crate) fn check_path(path: &Path, loaded: &[&Path]) -> Result<(), Failure> {
    const TIP: &str = wording::files::OTHER_RAPPORT_NAME;
    if !path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("xlsx"))
    {
        return Err(Failure::new(wording::files::rapport_is_workbook(&path.display())).tip(TIP));
    }
    spare(path, loaded)
}

/// Refuses to write in the place of a file that is read, also by another way to it.
pub(crate) fn spare(path: &Path, loaded: &[&Path]) -> Result<(), Failure> {
    let target = real_path(path);
    if loaded.iter().any(|file| real_path(file) == target) {
        return Err(
            Failure::new(wording::files::would_overwrite(&path.display()))
                .tip(wording::files::OTHER_NAME),
        );
    }
    Ok(())
}

/// The file a path leads to, whether it is there or not.
fn real_path(path: &Path) -> PathBuf {
    if let Ok(actual) = path.canonicalize() {
        return actual;
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    path.file_name()
        .map_or_else(|| dir.clone(), |name| dir.join(name))
}
